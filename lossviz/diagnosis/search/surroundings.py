"""Surroundings: whether the loss rises or falls around a point, where derivatives don't tell."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lossviz.diagnosis.search.unit_square import UnitSquare, Work
from lossviz.landscape.work import scaled

Array = NDArray[np.float64]
Marks = NDArray[np.bool_]

DIRECTIONS = 64
FINER = 8
LEVELS = 13
"""The lowest and the highest direction are looked for among 64, then 13 times among 17 around the best so far."""
EQUAL = 1e-7
"""A rise below this part of the largest one is none."""
ROUNDING = 32.0 * float(np.finfo(np.float64).eps)
WIDER = 6.0
"""Where all is level, a circle so much larger is looked at too."""


@dataclass(frozen=True, eq=False)
class Surroundings:
    """How much higher the loss is on a small circle around points, each array ``(n,)``.

    Parameters
    ----------
    lowest, highest : array
        The smallest and the largest rise.
    equal : array
        A rise up to this counts as none.
    ways_down : array of int
        Into how many separate arcs of the circle the loss falls.
    whole : array of bool
        Whether the loss is finite all around.
    """

    lowest: Array
    highest: Array
    equal: Array
    ways_down: NDArray[np.intp]
    whole: Marks

    @property
    def valley(self) -> Marks:
        """Whether the loss rises in every direction."""
        return self.lowest > self.equal

    @property
    def hill(self) -> Marks:
        """Whether the loss falls in every direction."""
        return self.highest < -self.equal

    @property
    def level(self) -> Marks:
        """Whether the loss is the same in every direction."""
        return (np.abs(self.lowest) <= self.equal) & (np.abs(self.highest) <= self.equal)

    @property
    def valley_line(self) -> Marks:
        """Whether the loss rises, but for some directions in which it is the same."""
        return (np.abs(self.lowest) <= self.equal) & (self.highest > self.equal)

    @property
    def hill_line(self) -> Marks:
        """Whether the loss falls, but for some directions in which it is the same."""
        return (np.abs(self.highest) <= self.equal) & (self.lowest < -self.equal)

    @property
    def between(self) -> Marks:
        """Whether the loss falls in two or more directions and rises between them."""
        return np.asarray((self.ways_down > 1) & (self.highest > self.equal))

    @property
    def largest(self) -> Array:
        """How much the loss differs from that in the centre, at most."""
        return np.fmax(np.abs(self.lowest), np.abs(self.highest))

    def of(self, number: int | Marks) -> "Surroundings":
        """Give those of one point, or of some."""
        return Surroundings(
            self.lowest[number], self.highest[number], self.equal[number], self.ways_down[number], self.whole[number]
        )


def surroundings(square: UnitSquare, u: Array, radius: float) -> Work[Surroundings]:
    """Look at the losses on a circle around each of the points u ``(2, n)``."""
    centre = yield from scaled(square.losses(u), 0.0, 0.0)
    angles = 2.0 * np.pi * (np.arange(DIRECTIONS) + 0.381966) / DIRECTIONS
    angles = np.broadcast_to(angles, (u.shape[1], DIRECTIONS))
    rise = yield from scaled(_rises(square, u, centre, radius, angles), 0.0, 0.3)
    lowest = yield from scaled(_extreme(square, u, centre, radius, angles, rise, 1.0), 0.3, 0.6)
    highest = yield from scaled(_extreme(square, u, centre, radius, angles, rise, -1.0), 0.6, 0.9)
    equal = np.maximum(EQUAL * np.maximum(np.abs(lowest), np.abs(highest)), ROUNDING * np.abs(centre))
    down = rise < -equal[:, None]
    ways = np.sum(down & ~np.roll(down, 1, axis=1), axis=1)
    found = Surroundings(lowest, highest, equal, ways, np.all(np.isfinite(rise), axis=1))
    again = np.flatnonzero(found.level)
    if radius >= 1e-3 and radius < 0.02 and again.size:
        wide = yield from scaled(surroundings(square, u[:, again], WIDER * radius), 0.9, 1.0)
        for name in ("lowest", "highest", "equal", "ways_down", "whole"):
            getattr(found, name)[again] = getattr(wide, name)
    return found


def _rises(square: UnitSquare, u: Array, centre: Array, radius: float, angles: Array) -> Work[Array]:
    """Give how much higher the loss is at points of the circles than in the centre, ``(n, angles)``."""
    ring = u[:, :, None] + radius * np.stack([np.cos(angles), np.sin(angles)])
    loss = yield from square.losses(ring)
    with np.errstate(invalid="ignore"):
        return np.asarray(loss - centre[:, None])


def _extreme(
    square: UnitSquare, u: Array, centre: Array, radius: float, angles: Array, rise: Array, sign: float
) -> Work[Array]:
    """Give the smallest rise on each circle, or the largest for sign −1, by ever finer angles around the best one."""
    spacing = 2.0 * np.pi / DIRECTIONS
    best = np.full(u.shape[1], np.nan)
    for level in range(LEVELS + 1):
        signed = np.where(np.isnan(rise), np.inf, sign * rise)
        column = np.argmin(signed, axis=1)[:, None]
        best = np.fmin(best, np.take_along_axis(signed, column, axis=1)[:, 0])
        if level == LEVELS:
            break
        middle = np.take_along_axis(angles, column, axis=1)
        angles = middle + spacing * np.linspace(-1.0, 1.0, 2 * FINER + 1)
        spacing /= FINER
        at = level / LEVELS
        rise = yield from scaled(_rises(square, u, centre, radius, angles), at, at)
    return np.asarray(sign * best)
