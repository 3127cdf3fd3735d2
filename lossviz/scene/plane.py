"""Plane: the samples of two features, and where the predictions of two weights have one value: on a straight line."""

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.pair import PairFit
from lossviz.landscape.samples import Samples
from lossviz.scene.clipping import clip_segments
from lossviz.scene.picked import dots_every
from lossviz.scene.scales import LINEAR

Array = NDArray[np.float64]
Range = tuple[float, float]

MARGIN = 0.05
"""Of the width of the samples, to either side of them."""
TAIL = 0.02
"""The part of the labels, at either end, that has the last shade: one that lies far out takes no shade from others."""
MOST_LEVELS = 7


class Tilt(NamedTuple):
    """z = across·u + up·v + at, over the axes of the plane: a label, or log-odds."""

    across: float
    up: float
    at: float

    def value(self, u: Array, v: Array) -> Array:
        """Give z at places of the plane."""
        with np.errstate(all="ignore"):
            return np.asarray(self.across * u + self.up * v + self.at)


@dataclass(frozen=True, eq=False)
class Plane:
    """The plane of two features, along the columns themselves where the features are affine in them."""

    pair: PairFit

    @property
    def binary(self) -> bool:
        """Whether the labels are the classes 0 and 1."""
        return self.pair.measure.binary

    @property
    def sides(self) -> tuple[Samples, Samples]:
        """The two features: along the horizontal and the vertical axis."""
        return self.pair.first, self.pair.second

    @cached_property
    def dots(self) -> Array:
        """The samples that are drawn, as rows of horizontal, vertical and label, shape (3, n)."""
        every = dots_every(self.pair.samples)
        first, second = self.sides
        return np.stack([first.horizontal[::every], second.horizontal[::every], self.pair.y[::every]])

    @cached_property
    def ranges(self) -> tuple[Range, Range]:
        """What is seen along each axis: all samples, and a margin."""
        return _range(self.sides[0].horizontal), _range(self.sides[1].horizontal)

    @cached_property
    def usual(self) -> Range:
        """The labels between which shades differ: all but the last few at either end."""
        low, high = np.quantile(self.pair.y, [TAIL, 1.0 - TAIL])
        return float(low), float(high)

    @cached_property
    def middle(self) -> float:
        """The z on whose line a run is marked: log-odds of 0, where both classes are as likely; else the mean label."""
        return 0.0 if self.binary else float(self.pair.y.mean())

    @cached_property
    def levels(self) -> list[float]:
        """Round labels whose lines show how steep a prediction is."""
        return LINEAR.ticks(*self.usual, MOST_LEVELS)

    def tilt(self, w1: float, w2: float) -> Tilt:
        """Give how log-odds or label change over the plane for two weights, with the bias at its best."""
        lines = (side.feature_line for side in self.sides)
        (s1, t1), (s2, t2) = ((line.scale, line.shift) if line else (1.0, 0.0) for line in lines)
        with np.errstate(all="ignore"):
            return Tilt(w1 * s1, w2 * s2, w1 * t1 + w2 * t2 + best_bias(self.pair, w1, w2))

    def line(self, tilt: Tilt, level: float) -> tuple[Array, Array] | None:
        """Give the ends (2,) of the line on which z is `level`, cut to the ranges; None where it isn't seen.

        Higher values lie at its right, so that it turns about steadily as weights change.
        """
        (u0, u1), (v0, v1) = self.ranges
        low, width = np.array([u0, v0]), np.array([u1 - u0, v1 - v0])
        with np.errstate(all="ignore"):
            # over the unit square, the larger slope being 1
            slope = np.array([tilt.across, tilt.up]) * width
            size = np.abs(slope).max()
            slope, at = slope / size, (float(tilt.value(low[0], low[1])) - level) / size
            length = math.hypot(*slope.tolist())
            foot = 0.5 - (0.5 * slope.sum() + at) * slope / length**2
            along = np.array([-slope[1], slope[0]]) / length
            starts, ends, seen = clip_segments((foot - 2.0 * along)[None], (foot + 2.0 * along)[None], *_SQUARE)
        if not seen[0]:
            return None
        return low + starts[0] * width, low + ends[0] * width


_SQUARE = np.zeros(2), np.ones(2)


@lru_cache(maxsize=4)
def plane_of(pair: PairFit) -> Plane:
    """Give the plane of a surface; kept, as it is asked for in every frame."""
    return Plane(pair)


@lru_cache(maxsize=256)
def best_bias(pair: PairFit, w1: float, w2: float) -> float:
    """Give the best bias for two weights; kept, as several views ask for the same."""
    with np.errstate(all="ignore"):
        return float(pair.bias(w1, w2))


def _range(values: Array) -> Range:
    low, high = float(values.min()), float(values.max())
    margin = MARGIN * ((high - low) or 1.0)
    return low - margin, high + margin
