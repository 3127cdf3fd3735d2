"""Domain and Grid: the rectangle of weights and biases that is looked at, and the losses on it."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lossviz.numerals import short

Array = NDArray[np.float64]
Bounds = tuple[tuple[float, float], tuple[float, float]]

FARTHEST, NARROWEST = 1e100, 1e-100
"""How far a bound, a start or a picked point may lie from 0, and how near bounds to each other; beyond, losses and
their differences overflow."""


@dataclass(frozen=True)
class Domain:
    """The rectangle of the (w, b) plane that is looked at; descents may leave it.

    Parameters
    ----------
    w, b : tuple of two floats
        (low, high) of each axis, low < high; at most 1e100 from 0, at least 1e-100 apart.

    Raises
    ------
    ValueError
        If a bound is not finite or beyond 1e100, or low is not below high.
    TypeError
        If they are not numbers.
    """

    w: tuple[float, float]
    b: tuple[float, float]

    def __post_init__(self) -> None:
        for name in ("w", "b"):
            try:
                low, high = (float(bound) for bound in getattr(self, name))
            except (TypeError, ValueError):
                raise TypeError(f"domain {name} must be two numbers, low and high.") from None
            if not (math.isfinite(low) and math.isfinite(high) and low < high):
                raise ValueError(f"domain {name} must be two finite numbers, low below high, not {low:g} and {high:g}.")
            if not (max(-low, high) <= FARTHEST and high - low >= NARROWEST):
                raise ValueError(
                    f"domain {name} must lie within ±{short(FARTHEST)} and be at least {short(NARROWEST)} wide, "
                    f"not from {short(low, 6)} to {short(high, 6)}."
                )
            object.__setattr__(self, name, (low, high))

    @property
    def width(self) -> tuple[float, float]:
        """The extent along w and along b."""
        return self.w[1] - self.w[0], self.b[1] - self.b[0]

    @property
    def centre(self) -> tuple[float, float]:
        """The point in the middle."""
        return (self.w[0] + self.w[1]) / 2, (self.b[0] + self.b[1]) / 2

    def axes(self, n: int) -> tuple[Array, Array]:
        """Give n evenly spaced values of w and of b, both ends included; n >= 2."""
        if n < 2:
            raise ValueError(f"a grid needs at least 2 points an axis, not {n}.")
        return np.linspace(*self.w, n), np.linspace(*self.b, n)

    def contains(self, w: float | Array, b: float | Array) -> NDArray[np.bool_]:
        """Tell, point by point, whether (w, b) lies inside or on the edge."""
        inside = (np.asarray(w) >= self.w[0]) & (np.asarray(w) <= self.w[1])
        return np.asarray(inside & (np.asarray(b) >= self.b[0]) & (np.asarray(b) <= self.b[1]))


def as_domain(domain: Domain | Bounds) -> Domain:
    """Give the Domain that is meant by itself or by the two pairs of its bounds.

    Raises
    ------
    ValueError, TypeError
        If it is neither, or no rectangle.
    """
    if isinstance(domain, Domain):
        return domain
    try:
        w, b = domain
    except (TypeError, ValueError):
        raise TypeError(f"domain must be ((low, high), (low, high)), not {domain!r}.") from None
    return Domain(w, b)


def around(minimum: tuple[float, float], curvature: Array, rise: float) -> Domain:
    """Give the box around the ellipse on which a loss, by its second order at its minimum, is higher by `rise`.

    Parameters
    ----------
    minimum : (w, b)
    curvature : array (2, 2)
        The Hessian there; where it is none of a minimum the box reaches 3 to each side.
    rise : float
    """
    try:
        with np.errstate(invalid="ignore"):
            half = np.sqrt(2.0 * rise * np.diag(np.linalg.inv(curvature)))
    except np.linalg.LinAlgError:
        half = np.full(2, np.nan)
    half = np.where(np.isfinite(half) & (half > 0) & (half < 1e6 * (1.0 + np.abs(minimum))), half, 3.0)
    return Domain(*((m - h, m + h) for m, h in zip(minimum, half.tolist(), strict=True)))


@dataclass(frozen=True, eq=False)
class Grid:
    """The losses on a grid: ``loss[i, j] = L(w[i], b[j])`` (indexing "ij", never transposed).

    Parameters
    ----------
    w : array (n,)
    b : array (m,)
    loss : array (n, m)
        NaN where a sampled surface has a hole.
    """

    w: Array
    b: Array
    loss: Array
