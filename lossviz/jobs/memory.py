"""Memory: results that the backend keeps, so that what didn't change isn't computed again."""

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Generic, TypeVar

from lossviz.descent import Trajectories, Trajectory
from lossviz.diagnosis.nature import StationaryPoint
from lossviz.landscape.base import BaseSurface
from lossviz.landscape.datasets import Dataset
from lossviz.landscape.domain import Grid
from lossviz.scene.mesh import Mesh

if TYPE_CHECKING:
    from lossviz.analysis.range_test import RangeTest
    from lossviz.scene.gallery import Thumbnail

Value = TypeVar("Value")

MOST_SAMPLES = 10_000_000
"""Samples of all surfaces that are kept; one with more is kept alone."""


class Shelf(Generic[Value]):
    """The most recently used values by key.

    Parameters
    ----------
    room : int
        How many are kept.
    weigh : callable, optional
        What a value weighs, such as how many samples it holds.
    heaviest : float
        What all that are kept may weigh together; the newest is kept whatever it weighs.
    """

    def __init__(self, room: int, weigh: Callable[[Value], float] | None = None, heaviest: float = math.inf) -> None:
        self.room = room
        self.heaviest = heaviest
        self.made = 0
        """How many values were put in, ever: tests count on it that nothing is computed twice."""
        self._weigh = weigh or (lambda _: 0.0)
        self._values: OrderedDict[Hashable, Value] = OrderedDict()

    def get(self, key: Hashable) -> Value | None:
        """Give the value of a key, or None."""
        if key in self._values:
            self._values.move_to_end(key)
        return self._values.get(key)

    def put(self, key: Hashable, value: Value) -> Value:
        """Keep a value, and forget those that were not used for longest if there is no room."""
        self.made += 1
        self._values[key] = value
        self._values.move_to_end(key)
        while len(self._values) > 1 and (len(self._values) > self.room or self._weight > self.heaviest):
            self._values.popitem(last=False)
        return value

    @property
    def _weight(self) -> float:
        return sum(self._weigh(value) for value in self._values.values())


class Memory:
    """What the tasks keep between requests."""

    def __init__(self) -> None:
        self.tables: Shelf[Dataset] = Shelf(2)
        # a surface holds its samples, and a run its surface
        self.surfaces: Shelf[BaseSurface] = Shelf(8, lambda surface: surface.samples or 0, MOST_SAMPLES)
        self.grids: Shelf[Grid] = Shelf(16)
        self.runs: Shelf[Trajectory] = Shelf(128, lambda run: run.surface.samples or 0, 4 * MOST_SAMPLES)
        # each holds its descent, and that its surface
        self.rates: Shelf[RangeTest] = Shelf(16, lambda test: test.trajectory.surface.samples or 0, 4 * MOST_SAMPLES)
        self.meshes: Shelf[Mesh] = Shelf(8)
        self.coarse_meshes: Shelf[Mesh] = Shelf(16)
        self.crowds: Shelf[Trajectories] = Shelf(16)
        self.stationary: Shelf[tuple[StationaryPoint, ...]] = Shelf(16)
        self.thumbnails: Shelf[Thumbnail] = Shelf(1000)
