"""Splines through losses on a grid: piecewise cubics by their slopes at the knots, and by tensor product over a plane.

A piecewise cubic is known by its value and its slope at every knot (Hermite's form). Over the plane that is four
numbers a knot: value, slope along w, slope along b and the mixed derivative. The two ways to find the slopes:

- ``spline_slopes``: those of the one cubic spline whose second derivative is continuous everywhere, with not-a-knot
  ends (de Boor, A Practical Guide to Splines, 1978, chapter IV). It needs every value, as each has a say everywhere.
- ``local_slopes``: those of the quartic through the five nearest values (at the ends a cubic through four): the second
  derivative jumps at the knots, but a value has no say beyond two knots, so that around a missing one all else stands.
"""

from collections.abc import Callable, Generator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from lossviz.landscape.work import scaled

Array = NDArray[np.float64]
Slopes = Callable[[Array, Array], Generator[float, None, Array]]
"""From knots (n,) and values (n, m) to the slopes along the first axis."""

FEWEST = 4
"""Knots an axis: as many as a cubic needs."""

ROWS, COLUMNS = 256, 512
"""Knots between two yields, and values that each has at most: a few milliseconds."""

POINTS = 2**16
"""Points that are reckoned with at a time."""

_HERMITE = np.array(
    [
        # value, slope at the left knot; value, slope at the right one: by powers of the part of the interval
        [[1.0, 0.0, -3.0, 2.0], [0.0, 1.0, -2.0, 1.0], [0.0, 0.0, 3.0, -2.0], [0.0, 0.0, -1.0, 1.0]],
        [[0.0, -6.0, 6.0, 0.0], [1.0, -4.0, 3.0, 0.0], [0.0, 6.0, -6.0, 0.0], [0.0, -2.0, 3.0, 0.0]],
        [[-6.0, 12.0, 0.0, 0.0], [-4.0, 6.0, 0.0, 0.0], [6.0, -12.0, 0.0, 0.0], [-2.0, 6.0, 0.0, 0.0]],
    ]
)
"""Hermite's four cubics, and their first and second derivatives."""


def spline_slopes(knots: Array, values: Array) -> Generator[float, None, Array]:
    """Give the slopes of the not-a-knot cubic spline, as a generator that yields its progress.

    Parameters
    ----------
    knots : array (n,)
        Increasing; four or more.
    values : array (n, m)
        Finite.
    """
    n, h = len(knots), np.diff(knots)
    rise = np.diff(values, axis=0) / h[:, None]
    # tridiagonal: the second derivatives agree at inner knots, the third ones at the second knot and the last but one
    below, diagonal, above = np.empty(n), np.empty(n), np.empty(n)
    below[1:-1], diagonal[1:-1], above[1:-1] = h[1:], 2.0 * (h[:-1] + h[1:]), h[:-1]
    diagonal[0], above[0] = h[1], h[0] + h[1]
    below[-1], diagonal[-1] = h[-1] + h[-2], h[-2]
    slopes = np.empty_like(values)
    slopes[1:-1] = 3.0 * (h[1:, None] * rise[:-1] + h[:-1, None] * rise[1:])
    slopes[0] = _at_the_end(h[0], h[1], rise[0], rise[1])
    slopes[-1] = _at_the_end(h[-1], h[-2], rise[-1], rise[-2])
    # no pivoting is needed: the eliminated diagonal stays positive, the two ends included
    above[0] /= diagonal[0]
    slopes[0] /= diagonal[0]
    for i in range(1, n):
        pivot = diagonal[i] - below[i] * above[i - 1]
        above[i] /= pivot
        slopes[i] = (slopes[i] - below[i] * slopes[i - 1]) / pivot
        if i % ROWS == 0:
            yield 0.5 * i / n
    for i in range(n - 2, -1, -1):
        slopes[i] -= above[i] * slopes[i + 1]
        if i % ROWS == 0:
            yield 1.0 - 0.5 * i / n
    return slopes


def _at_the_end(first: float, second: float, rise: Array, next_rise: Array) -> Array:
    """Give the right side of the equation that makes the cubics of the two outermost intervals one."""
    both = first + second
    return np.asarray(((first + 2.0 * both) * second * rise + first * first * next_rise) / both)


def local_slopes(knots: Array, values: Array) -> Generator[float, None, Array]:
    """Give at each knot the slope of the polynomial through the nearest values, as a generator that yields progress.

    Parameters
    ----------
    knots : array (n,)
        Increasing; four or more.
    values : array (n, m)
        NaN where there is none; so are the slopes that would need it.
    """
    n = len(knots)
    slopes = np.empty_like(values)
    for i in range(n):
        # at the ends four, so that nothing is asked of a value three knots away
        first, last = (0, 4) if i < 2 else (n - 4, n) if i >= n - 2 else (i - 2, i + 3)
        slopes[i] = _slope_weights(knots[first:last], i - first) @ values[first:last]
        if i % ROWS == 0:
            yield i / n
    return slopes


def _slope_weights(knots: Array, at: int) -> Array:
    """Give what each value counts in the slope, at one of the knots, of the polynomial through all of them."""
    apart = knots[at] - knots
    apart[at] = 1.0
    weights = np.empty(len(knots))
    for i in range(len(knots)):
        if i != at:
            between = knots[i] - knots
            between[i] = 1.0
            weights[i] = np.prod(np.delete(apart, [i, at])) / np.prod(between)
    weights[at] = 0.0
    # a constant has no slope
    weights[at] = -np.sum(weights)
    return weights


class Bicubic:
    """A function on a plane that is a cubic along either axis in every cell of a grid.

    Parameters
    ----------
    w, b : array (n,), (m,)
        The knots, increasing, four or more an axis.
    known : array (2n, 2m)
        ``known[2i + p, 2j + q]``: at ``(w[i], b[j])`` the derivative of order p along w and q along b, each 0 or 1; NaN
        where it isn't known.
    """

    def __init__(self, w: Array, b: Array, known: Array) -> None:
        self.w, self.b = w, b
        self._known = known
        # values and slopes at the two ends of a cell along both axes lie side by side
        self._cells = sliding_window_view(known, (4, 4))

    def at(self, w: Array, b: Array, order: int) -> Array:
        """Give the derivatives at points w and b ``(k,)``, shape ``(order + 1, order + 1, k)``: by w, then by b.

        Beyond the grid the cells at its edge go on; in a cell where something isn't known all is NaN.
        """
        found = np.empty((order + 1, order + 1, len(w)))
        for first in range(0, len(w), POINTS):
            part = slice(first, first + POINTS)
            i, by_w = _weights(self.w, w[part], order)
            j, by_b = _weights(self.b, b[part], order)
            products = by_w.transpose(2, 0, 1) @ self._cells[2 * i, 2 * j] @ by_b.transpose(2, 1, 0)
            found[:, :, part] = products.transpose(1, 2, 0)
        return found

    def on_grid(self, w: Array, b: Array) -> Generator[float, None, Array]:
        """Give the values ``(k, l)`` at w ``(k,)`` × b ``(l,)`` as a generator that yields its progress.

        First along w alone, then along b: that costs eight products a value, not sixteen.
        """
        values = np.empty((len(w), len(b)))
        i, by_w = _weights(self.w, w, 0)
        j, by_b = _weights(self.b, b, 0)
        rows = max(1, POINTS // max(2 * len(self.b), len(b)))
        for first in range(0, len(w), rows):
            part = slice(first, first + rows)
            along = np.zeros((len(i[part]), 2 * len(self.b)))
            for k in range(4):
                along += by_w[0, k, part, None] * self._known[2 * i[part] + k]
            values[part] = np.sum([by_b[0, k] * along[:, 2 * j + k] for k in range(4)], axis=0)
            yield min(1.0, (first + rows) / len(w))
        return values


def through(w: Array, b: Array, values: Array, slopes: Slopes) -> Generator[float, None, Bicubic]:
    """Give the bicubic through values ``(n, m)`` at w ``(n,)`` × b ``(m,)``, as a generator that yields its progress.

    Parameters
    ----------
    slopes : callable
        ``spline_slopes`` or ``local_slopes``.
    """
    along_w = yield from scaled(_by_columns(slopes, w, values), 0.0, 0.4)
    both = np.empty((2 * len(w), len(b)))
    both[::2], both[1::2] = values, along_w
    # along b a slope along w is a value like another
    known = np.empty((2 * len(w), 2 * len(b)))
    known[:, ::2] = both
    known[:, 1::2] = (yield from scaled(_by_columns(slopes, b, both.T), 0.4, 1.0)).T
    return Bicubic(w, b, known)


def _by_columns(slopes: Slopes, knots: Array, values: Array) -> Generator[float, None, Array]:
    """Give the slopes of some columns at a time: each alone is a spline, and all at once would take long."""
    found, columns = np.empty_like(values), values.shape[1]
    for first in range(0, columns, COLUMNS):
        part = slice(first, first + COLUMNS)
        work = slopes(knots, np.ascontiguousarray(values[:, part]))
        found[:, part] = yield from scaled(work, first / columns, min(1.0, (first + COLUMNS) / columns))
        yield min(1.0, (first + COLUMNS) / columns)
    return found


def _weights(knots: Array, at: Array, order: int) -> tuple[NDArray[np.intp], Array]:
    """Give the interval of each point (k,), and what values and slopes at its two ends count there.

    The second has shape ``(order + 1, 4, k)``: for the value and each derivative.
    """
    # an end belongs to the interval inside it
    i = np.clip(np.searchsorted(knots, at, side="right") - 1, 0, len(knots) - 2)
    left = knots[i]
    h = knots[i + 1] - left
    t = (at - left) / h
    t_squared = t * t
    weights = _HERMITE[: order + 1] @ np.array([np.ones_like(t), t, t_squared, t_squared * t])
    weights[:, 1::2] *= h
    for derivative in range(1, order + 1):
        weights[derivative:] /= h
    return i, weights
