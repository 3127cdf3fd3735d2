"""Losses that are straight or parabolic between corners: absolute error, Huber loss, hinge."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np

from lossviz.landscape.base import GRID_BLOCK
from lossviz.landscape.corners import Corners
from lossviz.landscape.domain import Domain, Grid
from lossviz.landscape.huber import HuberSum
from lossviz.landscape.logistic import CrossEntropy
from lossviz.landscape.objective import Array
from lossviz.landscape.penalty import Penalty, Point
from lossviz.landscape.pointwise import PointwiseFit
from lossviz.landscape.quadratic import MeanSquare

ON_ONE_THREAD = 2**18
"""Products in one of matrices that BLAS makes on one thread: two that wait for each other are many times slower."""


class PiecewiseFit(PointwiseFit):
    """A mean of costs that are parabolas or straight lines between corners.

    In a row of a grid, where w is the same, a sample's cost depends on b less its own place, where z is in the middle
    of the corners. The biases, moved to every corner, cut these places into cells, and samples in one cell are on the
    same piece for every bias: of each cell only the weight, the sum and the sum of squares are needed, about its own
    middle, so that nothing cancels.
    """

    corners: tuple[float, ...]
    """Where the cost has corners, from the middle of them."""

    def gridding(self, n: int) -> Generator[float, None, Grid]:
        """Compute the grid with one pass over the samples for each row."""
        w, b = self.domain.axes(n)
        loss = np.zeros((n, n))
        cells = _Cells(b, self.corners)
        branches = self._branches()
        rows = max(1, GRID_BLOCK // (4 * max(len(branch.x) for branch in branches)))
        for k, branch in enumerate(branches):
            kernels = self._kernels(branch, b - cells.middle[:, None])
            for first in range(0, n, rows):
                places = branch.middle - np.multiply.outer(w[first : first + rows], branch.x)
                for moment, kernel in zip(cells.moments(places, branch.weight, len(kernels)), kernels, strict=True):
                    _add_product(loss[first : first + rows], moment, kernel)
                yield (k + min(1.0, (first + rows) / n)) / len(branches)
        # rounding is that of the distance between two biases, beside which the loss may be nothing
        return Grid(w, b, np.maximum(loss, 0.0, out=loss))

    def _branches(self) -> "list[_Branch]":
        """Part the samples by the shape that their cost has around its middle."""
        s = self._samples.samples
        if not self.measure.binary:
            return [_Branch(s.x, s.y, s.weight, 0.0, 0.0)]
        both = [(label, s.y == label, 2.0 * label - 1.0) for label in (0.0, 1.0)]
        return [_Branch(s.x[at], margin, s.weight[at], label, margin) for label, at, margin in both if np.any(at)]

    def _kernels(self, branch: "_Branch", t: Array) -> list[Array]:
        """Give what weights, sums and sums of squares are multiplied by: the cost's Taylor series around t."""
        cost, slope, curvature = self.measure.cost, self.measure.slope, self.measure.curvature
        assert cost is not None
        assert slope is not None
        assert curvature is not None
        z, y = t + branch.margin, np.array(branch.label)
        kernels = [cost(z, y), -slope(z, y), curvature(z, y) / 2.0]
        return kernels if np.any(kernels[2]) else kernels[:2]


@dataclass(frozen=True, eq=False)
class _Branch:
    """Samples whose costs have one shape: that of one with this label and the middle of its corners at margin."""

    x: Array
    middle: Array | float
    weight: Array
    label: float
    margin: float


class _Cells:
    """The intervals between evenly spaced biases, moved to every corner."""

    def __init__(self, b: Array, corners: tuple[float, ...]) -> None:
        self._starts = [float(b[0]) - corner for corner in corners]
        self._width, self._count = float(b[1] - b[0]), len(b)
        edges = np.sort(np.concatenate([b - corner for corner in corners]))
        # what lies beyond all biases is on one piece too, whichever place there it is measured from
        ends = edges[0] - self._width, edges[-1] + self._width
        self.middle = np.concatenate([ends[:1], (edges[1:] + edges[:-1]) / 2.0, ends[1:]])

    def moments(self, at: Array, weight: Array, count: int) -> Iterator[Array]:
        """Yield weights, sums, sums of squares, so many of these, of the places (rows, n) that lie in each cell."""
        cell = np.zeros(at.shape, dtype=np.intp)
        for start in self._starts:
            passed = np.ceil((at - start) / self._width)
            cell += np.clip(passed, 0.0, self._count, out=passed).astype(np.intp)
        away = at - self.middle[cell]
        shape = (len(at), len(self.middle))
        cell += np.arange(len(at))[:, None] * shape[1]
        of = np.broadcast_to(weight, at.shape)
        for power in range(count):
            of = of * away if power else of
            summed = np.bincount(cell.ravel(), of.ravel(), shape[0] * shape[1])
            yield np.asarray(summed.reshape(shape), dtype=np.float64)


def _add_product(total: Array, left: Array, right: Array) -> None:
    """Add left @ right in parts of rows."""
    rows = max(1, ON_ONE_THREAD // right.size)
    for first in range(0, len(left), rows):
        total[first : first + rows] += left[first : first + rows] @ right


class AbsoluteError(PiecewiseFit):
    """The mean absolute error: its best line goes through two of the samples."""

    name = "mae"
    corners = (0.0,)

    def _around_minimum(self) -> Domain:
        return MeanSquare(self.data).domain

    def lowest(self, penalty: Penalty) -> Point | None:
        """Give the line of the least absolute errors; None where several are equally good."""
        s = self._samples.samples
        return Corners(s.x, s.y, s.weight, s.weight, penalty).lowest()


class Huber(PiecewiseFit):
    """Huber's loss with δ = 1, as PyTorch's HuberLoss (scikit-learn's HuberRegressor divides by an own scale)."""

    name = "huber"
    corners = (-1.0, 1.0)

    def _around_minimum(self) -> Domain:
        return MeanSquare(self.data).domain

    def lowest(self, penalty: Penalty) -> Point | None:
        """Give the minimiser; None where several are equally good."""
        s = self._samples.samples
        return HuberSum(s.x, s.y, s.weight).lowest(penalty)


class Hinge(PiecewiseFit):
    """The hinge loss of a support vector machine, whose l2 keeps the margin wide (scikit-learn's linear SVC)."""

    name = "hinge"
    corners = (0.0,)

    def _around_minimum(self) -> Domain:
        return CrossEntropy(self.data, None, self.class_weight).domain

    def lowest(self, penalty: Penalty) -> Point | None:
        """Give the minimiser; None where several are equally good."""
        s = self._samples.samples
        return Corners(
            s.x, 2.0 * s.y - 1.0, np.where(s.y == 0.0, s.weight, 0.0), np.where(s.y == 1.0, s.weight, 0.0), penalty
        ).lowest()
