"""SearchGrid: the slopes of a surface on a grid, and what they tell about where its stationary points are."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lossviz.diagnosis.search.unit_square import RESOLVED, UnitSquare, Work, flat
from lossviz.diagnosis.search.winding import Index, crossing, lowest, meeting, winding
from lossviz.landscape.work import scaled

Array = NDArray[np.float64]
Marks = NDArray[np.bool_]

FEWEST, USUAL, MOST = 17, 129, 513
"""Points an axis."""
AFFORDABLE = 20_000_000
"""Costs of the grid, unless the fewest points cost more: about a second."""
CROWDED = 0.03
"""Where more than this part of the cells seem to hold a point, the grid is too coarse to tell them apart."""
HOPELESS = 0.075
"""Where more than this part of the finest cells do, they tell of nothing: of noise it is a third."""
SHIFT = np.array([0.1545, 0.2137])
"""How far, in cells, the inner lines are moved along either axis: off the round numbers where the points often lie."""
REACH = 3.0
"""How many cells from its start a search may lead."""


@dataclass(frozen=True, eq=False)
class SearchGrid:
    """A surface on the nodes of a grid over the unit square.

    Parameters
    ----------
    nodes : array (2, n)
        The u of its lines along both axes.
    loss : array (n, n)
    slope : array (2, n, n)
        By u; NaN where there is none.
    """

    nodes: Array
    loss: Array
    slope: Array

    @property
    def cell(self) -> float:
        """The usual width of a cell."""
        return 1.0 / (len(self.loss) - 1)

    @cached_property
    def level(self) -> Marks:
        """Where the slope can't be told from 0."""
        return flat(self.loss, self.slope)

    @cached_property
    def index(self) -> Index:
        """How often the gradient turns around each cell; 0 also where a corner is level or NaN."""
        return winding(np.where(self.level, np.nan, self.slope))

    @cached_property
    def meeting(self) -> Marks:
        """The cells in which both components of the gradient may be 0, those on a plateau left out."""
        level = self.level
        plateau = level[:-1, :-1] & level[1:, :-1] & level[:-1, 1:] & level[1:, 1:]
        return meeting(self.slope) & ~plateau

    @cached_property
    def promising(self) -> Marks:
        """The cells that may hold a point."""
        return np.asarray((self.index != 0) | self.meeting)

    @property
    def crowd(self) -> float:
        """The part of the cells that seem to hold a point."""
        return float(np.mean(self.index != 0))

    @property
    def noise(self) -> bool:
        """Whether many small cells can't follow the loss, so that they tell of nothing."""
        return len(self.loss) >= USUAL and self.crowd > HOPELESS

    @cached_property
    def finite(self) -> Marks:
        """Where the loss is finite."""
        return np.isfinite(self.loss)

    @property
    def constant(self) -> bool:
        """Whether the loss is the same everywhere, as far as floating point can tell."""
        return bool(np.all(self.level[self.finite]) and np.ptp(self.loss[self.finite]) == 0.0)

    @property
    def rise(self) -> float:
        """How much higher a usual loss is than the lowest."""
        return float(np.nanmedian(self.loss) - np.nanmin(self.loss))

    def starts(self) -> Work[tuple[Array, Array]]:
        """Give where to look for points, ``(2, n)``, and how far from there."""
        chosen = self.promising
        yield 0.5
        i, j = np.nonzero(chosen)
        corner = np.stack([self.nodes[0, i], self.nodes[1, j]])
        size = np.stack([self.nodes[0, i + 1], self.nodes[1, j + 1]]) - corner
        in_cells = corner + crossing(self.slope, chosen) * size
        # two points that are about to meet leave a dent in the gradient's length between them
        at_nodes = self.at(lowest(np.max(np.abs(self.slope), axis=0)) & ~self.level)
        starts = np.concatenate([in_cells, at_nodes], axis=1)
        yield 1.0
        return starts, np.full(starts.shape[1], REACH * self.cell)

    def at(self, nodes: Marks) -> Array:
        """Give the points ``(2, k)`` of some nodes."""
        i, j = np.nonzero(nodes)
        return np.stack([self.nodes[0, i], self.nodes[1, j]])

    def cells(self, u: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Give the cells that points ``(2, k)`` lie in."""
        n = self.nodes.shape[1]
        i, j = (np.clip(np.searchsorted(self.nodes[axis], u[axis], side="right") - 1, 0, n - 2) for axis in (0, 1))
        return i, j

    def unexplained(self, u: Array, index: Index, exempt: Array) -> Array:
        """Give the middles ``(2, k)`` of the cells whose index isn't the sum of those of their points, and around.

        Parameters
        ----------
        u : array (2, m)
            The points found.
        index : array (m,)
            Theirs: 1 for minima and maxima, −1 for saddles.
        exempt : array (2, l)
            Points without an index, as they are not alone; their cells, and those around, are left out.
        """
        counted = np.zeros_like(self.index)
        np.add.at(counted, self.cells(u), index)
        told = ~self.level & np.all(np.isfinite(self.slope), axis=0)
        told = told[:-1, :-1] & told[1:, :-1] & told[:-1, 1:] & told[1:, 1:]
        excused = np.zeros_like(told)
        excused[self.cells(exempt)] = True
        # a turn that was misjudged along an edge makes one cell wrong, and may make the other one seem right
        return self.middles(grown((self.index != counted) & told & ~grown(excused)))

    def middles(self, cells: Marks) -> Array:
        """Give the middles ``(2, k)`` of some cells."""
        i, j = np.nonzero(cells)
        return np.stack([self.nodes[0, i] + self.nodes[0, i + 1], self.nodes[1, j] + self.nodes[1, j + 1]]) / 2.0

    def valleys(self) -> Array:
        """Give points ``(2, k)`` near which the loss may be lowest, whatever its slopes are."""
        plain = lowest(self.loss) & ~self.level
        return np.concatenate([self.at(plain), self.middles(self.promising)], axis=1)

    def plateaus(self) -> Work[list[tuple[Array, bool]]]:
        """Find where the loss is constant: of each region the nodes ``(2, k)``, and whether nothing around is lower."""
        label = np.where(self.level, np.arange(self.loss.size).reshape(self.loss.shape), -1)
        joined = []
        for first, second in ((np.s_[:-1, :], np.s_[1:, :]), (np.s_[:, :-1], np.s_[:, 1:])):
            equal = np.abs(self.loss[first] - self.loss[second]) <= RESOLVED * np.abs(self.loss[first])
            joined.append((first, second, self.level[first] & self.level[second] & equal))
        before = None
        while before is None or np.any(before != label):
            before = label.copy()
            for first, second, both in joined:
                least = np.minimum(label[first], label[second])
                for side in (first, second):
                    label[side] = np.where(both, np.minimum(label[side], least), label[side])
            yield 0.5
        names, sizes = np.unique(label[label >= 0], return_counts=True)
        regions = []
        # a single node may be level by chance
        for name in names[sizes > 3]:
            inside = label == name
            loss = np.min(self.loss[inside])
            # beside a jump to a hole nothing is lower
            around = self.loss[grown(inside) & ~inside & self.finite]
            regions.append((self.at(inside), not np.any(around < loss - RESOLVED * abs(loss))))
            yield 1.0
        return regions


def grown(chosen: Marks) -> Marks:
    """Choose the neighbours of what is chosen too."""
    n, m = chosen.shape
    padded = np.pad(chosen, 1)
    return np.asarray(np.any([padded[i : i + n, j : j + m] for i in range(3) for j in range(3)], axis=0))


def sampled(square: UnitSquare, resolution: int | None) -> Work[SearchGrid]:
    """Sample a surface: with so many points an axis, or as many as its points need and its cost allows."""
    cost = max(1, square.surface.cost_per_point)
    most = min(MOST, max(FEWEST, int(np.sqrt(AFFORDABLE / cost))))
    n = resolution or min(USUAL, most)
    while True:
        steps = np.arange(n)
        nodes = (steps + np.where((steps > 0) & (steps < n - 1), SHIFT[:, None], 0.0)) / (n - 1)
        u = np.stack(np.meshgrid(*nodes, indexing="ij"))
        loss, slope = yield from scaled(square.slopes(u), 0.0, 1.0)
        grid = SearchGrid(nodes, loss, slope)
        if resolution is not None or grid.crowd <= CROWDED or 2 * n - 1 > most:
            return grid
        n = 2 * n - 1
