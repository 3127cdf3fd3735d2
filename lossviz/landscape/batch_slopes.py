"""The slopes of batches: true gradients of a loss over a few of its samples at a time, many batches made ready at once.

A surface over one batch, ``Objective.batch``, answers every question; a descent by small batches asks each of them for
one gradient only, and there the making of the surface would take most of the time.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.objective import Array, Objective
from lossviz.landscape.penalty import Penalty

Indices = NDArray[np.intp]
Quantity = Any
"""An array (K,), or one plain number."""

BLOCK = 32_768
"""Numbers in one intermediate array."""


class BatchSlopes(ABC):
    """The gradients of batches, asked for by their numbers."""

    @property
    def in_numbers(self) -> bool:
        """Whether w and b may be plain numbers, which are then faster than arrays of one."""
        return False

    @abstractmethod
    def slope(self, number: int, w: Quantity, b: Quantity) -> tuple[Quantity, Quantity]:
        """Give the slopes by w and by b of the loss over one batch, at w and b (K,)."""


class EachBatch(BatchSlopes):
    """The gradients of the surfaces over the batches: the way that any objective has.

    Parameters
    ----------
    objective : Objective
    batches : sequence of array
        The samples of each batch.
    """

    def __init__(self, objective: Objective, batches: Sequence[Indices]) -> None:
        self._objective = objective
        self._batches = batches

    def slope(self, number: int, w: Quantity, b: Quantity) -> tuple[Quantity, Quantity]:
        """Make the surface over the batch, and ask it."""
        gradient = self._objective.batch(self._batches[number]).value_and_gradient(np.array([w, b]))[1]
        return gradient[0], gradient[1]


class SquareBatches(BatchSlopes):
    """The mean squared errors of a line over batches, each from its centred moments as the loss over all samples is.

    Parameters
    ----------
    x, y : array (n,)
        Features and labels, batch after batch.
    ends : array of int (batches,)
        Where each batch ends; none is empty.
    """

    def __init__(self, x: Array, y: Array, ends: Indices) -> None:
        starts = np.concatenate([[0], ends[:-1]])
        x, y, sizes = x[: ends[-1]], y[: ends[-1]], np.diff(ends, prepend=0)

        def mean(values: Array) -> Array:
            return np.asarray(np.add.reduceat(values, starts) / sizes)

        # the mean of equal numbers may differ from them in the last bit: that is no spread
        equal = np.minimum.reduceat(x, starts) == np.maximum.reduceat(x, starts)
        x_mean, y_mean = np.where(equal, x[starts], mean(x)), mean(y)
        dx, dy = x - np.repeat(x_mean, sizes), y - np.repeat(y_mean, sizes)
        spread = mean(dx * dx)
        slope = np.divide(mean(dx * dy), spread, out=np.zeros_like(spread), where=spread > 0.0)
        residual = dy - np.repeat(slope, sizes) * dx
        moments = zip(slope, y_mean - slope * x_mean, x_mean, spread, mean(residual * residual), strict=True)
        self._moments = [tuple(map(float, of_batch)) for of_batch in moments]

    @property
    def in_numbers(self) -> bool:
        """They may: a few products."""
        return True

    def slope(self, number: int, w: Quantity, b: Quantity) -> tuple[Quantity, Quantity]:
        """Give the slopes from the moments, as MeanSquare does."""
        slope, intercept, x_mean, spread, _ = self._moments[number]
        u = w - slope
        r = u * x_mean + (b - intercept)
        return 2.0 * (spread * u + x_mean * r), 2.0 * r


class RootBatches(SquareBatches):
    """The roots of the mean squared errors of a line over batches; where a line fits a batch the slope is 0."""

    def slope(self, number: int, w: Quantity, b: Quantity) -> tuple[Quantity, Quantity]:
        """Give the slopes of the square, divided by twice its root."""
        slope, intercept, x_mean, spread, smallest = self._moments[number]
        u = w - slope
        r = u * x_mean + (b - intercept)
        value = smallest + spread * u * u + r * r
        by_w, by_b = 2.0 * (spread * u + x_mean * r), 2.0 * r
        if isinstance(value, float):
            twice = 2.0 * math.sqrt(value)
            return (by_w / twice, by_b / twice) if twice != 0.0 else (0.0, 0.0)
        twice = 2.0 * np.sqrt(value)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(twice == 0.0, 0.0, by_w / twice), np.where(twice == 0.0, 0.0, by_b / twice)


class SumBatches(BatchSlopes):
    """The means of costs over batches.

    Parameters
    ----------
    slope : callable
        The derivative of the cost of one sample by z = w·x + b, as a function of (z, y).
    x, y, weight : array (n,)
        Features, labels and what each sample counts for beside its part of the batch, batch after batch.
    ends : array of int (batches,)
    """

    def __init__(
        self, slope: Callable[[Array, Array], Array], x: Array, y: Array, weight: Array, ends: Indices
    ) -> None:
        self._slope = slope
        sizes = np.diff(ends, prepend=0)
        weight = weight[: ends[-1]] / np.repeat(sizes, sizes)
        parts = [slice(end - size, end) for size, end in zip(sizes.tolist(), ends.tolist(), strict=True)]
        # by w and by b in one product
        both = np.stack([weight * x[: ends[-1]], weight], axis=1)
        self._batches = [(x[part], y[part], both[part]) for part in parts]

    def slope(self, number: int, w: Quantity, b: Quantity) -> tuple[Quantity, Quantity]:
        """Sum over the samples of the batch."""
        x, y, both = self._batches[number]
        points = max(1, BLOCK // len(x))
        if len(w) <= points:
            found = self._slope(np.multiply.outer(w, x) + b[:, None], y) @ both
        else:
            found = np.empty((len(w), 2))
            for low in range(0, len(w), points):
                part = slice(low, low + points)
                found[part] = self._slope(np.multiply.outer(w[part], x) + b[part, None], y) @ both
        return found[:, 0], found[:, 1]


class PenalisedBatches(BatchSlopes):
    """The losses over batches with a penalty on the weight, which stays whole.

    Parameters
    ----------
    data : BatchSlopes
    penalty : Penalty
    """

    def __init__(self, data: BatchSlopes, penalty: Penalty) -> None:
        self._data, self._penalty = data, penalty

    @property
    def in_numbers(self) -> bool:
        """Whether the data's own are."""
        return self._data.in_numbers

    def slope(self, number: int, w: Quantity, b: Quantity) -> tuple[Quantity, Quantity]:
        """Add the slope of the penalty to that by the weight."""
        by_w, by_b = self._data.slope(number, w, b)
        if isinstance(w, float):
            # of 0 and of no number the sign is itself
            sign = 1.0 if w > 0.0 else -1.0 if w < 0.0 else w
            return by_w + (self._penalty.l1 * sign + 2.0 * self._penalty.l2 * w), by_b
        return by_w + self._penalty.slope(w), by_b
