"""The mean squared error of a line, and its root: exact from five centred moments, however many samples there are."""

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.base import InNumbers
from lossviz.landscape.batch_slopes import BatchSlopes, RootBatches, SquareBatches
from lossviz.landscape.domain import Domain, Grid
from lossviz.landscape.fitted import Fit
from lossviz.landscape.losses import LOSSES
from lossviz.landscape.models import MODELS
from lossviz.landscape.objective import Array, Value
from lossviz.landscape.penalty import Penalty, Point
from lossviz.landscape.samples import Samples


@dataclass(frozen=True)
class Moments:
    """What the mean squared error depends on.

    Centred moments, as those of raw values lose all digits where the data lie far from 0: with data around 1e6 the
    relative error is 5e-10 centred and 5e-3 raw.

    Parameters
    ----------
    x_mean, y_mean : float
    spread : float
        mean (x − x̄)².
    slope, intercept : float
        The least-squares line; slope 0 where x is constant.
    smallest : float
        The mean squared residual of that line.
    label_spread : float
        mean (y − ȳ)².
    """

    x_mean: float
    y_mean: float
    spread: float
    slope: float
    intercept: float
    smallest: float
    label_spread: float

    @classmethod
    def of(cls, x: Array, y: Array) -> "Moments":
        """Compute the moments of features x and labels y, both (n,)."""
        # the mean of equal numbers may differ from them in the last bit: that is no spread
        x_mean = float(x[0]) if np.all(x == x[0]) else float(np.mean(x))
        y_mean = float(np.mean(y))
        dx, dy = x - x_mean, y - y_mean
        spread = float(np.mean(dx * dx))
        slope = float(np.mean(dx * dy)) / spread if spread > 0.0 else 0.0
        residual = dy - slope * dx
        return cls(
            x_mean, y_mean, spread, slope, y_mean - slope * x_mean, float(np.mean(residual**2)), float(np.mean(dy * dy))
        )

    def line(self, w: float) -> Point:
        """Give the best line of slope w: the one through the means."""
        return w, self.y_mean - w * self.x_mean


class MeanSquare(Fit):
    r"""L(w, b) = mean (w·x + b − y)², without a half.

    With ŵ, b̂ the least-squares line, u = w − ŵ, v = b − b̂ and r = u·x̄ + v:
    L = L̂ + S·u² + r², ∂L/∂w = 2(S·u + x̄·r), ∂L/∂b = 2r, with S = mean (x − x̄)².
    Written around the minimum, so that nothing cancels there.
    """

    quadratic = True

    def __init__(self, samples: Samples, domain: Domain | None = None) -> None:
        super().__init__(samples, MODELS["linear"], LOSSES["mse"], domain)
        self.moments = Moments.of(samples.x, samples.y)

    def lowest(self, penalty: Penalty) -> Point | None:
        """Give the least-squares line, its slope shrunk: w = sign(ŵ)·max(S·|ŵ| − l1/2, 0) / (S + l2), b = ȳ − w·x̄.

        None where the feature is constant and the weight costs nothing, as then a whole line of points is best.
        """
        m = self.moments
        if not penalty:
            return (m.slope, m.intercept) if m.spread > 0 else None
        pull = max(m.spread * abs(m.slope) - penalty.l1 / 2.0, 0.0)
        return m.line(math.copysign(pull / (m.spread + penalty.l2), m.slope) if pull > 0.0 else 0.0)

    @property
    def rise(self) -> float:
        """Four times the spread of the labels."""
        return 4.0 * self.moments.label_spread or 1.0

    def loss(self, w: Value, b: Value) -> Array:
        """Give the loss, broadcasting over any shape."""
        m = self.moments
        u = np.asarray(w, dtype=np.float64) - m.slope
        r = u * m.x_mean + (np.asarray(b, dtype=np.float64) - m.intercept)
        return np.asarray(m.smallest + (m.spread * u) * u + r * r)

    def value_and_gradient(self, theta: Array) -> tuple[Array, Array]:
        """Give loss and gradient; nothing here depends on the number of samples."""
        m = self.moments
        u = theta[0] - m.slope
        r = u * m.x_mean + (theta[1] - m.intercept)
        su = m.spread * u
        gradient = np.empty(theta.shape)
        gradient[0] = 2.0 * (su + m.x_mean * r)
        gradient[1] = 2.0 * r
        return np.asarray(m.smallest + su * u + r * r), gradient

    @property
    def in_numbers(self) -> InNumbers:
        """What gives loss and slopes in plain numbers, the same bits."""
        m = self.moments
        w_best, b_best, x_mean, spread, smallest = m.slope, m.intercept, m.x_mean, m.spread, m.smallest

        def at(w: float, b: float) -> tuple[float, ...]:
            u = w - w_best
            r = u * x_mean + (b - b_best)
            su = spread * u
            return smallest + su * u + r * r, 2.0 * (su + x_mean * r), 2.0 * r

        return at

    def hessian(self, w: Value, b: Value) -> Array:
        """Give the Hessian 2·[[S + x̄², x̄], [x̄, 1]], the same everywhere."""
        m = self.moments
        shape = np.broadcast_shapes(np.shape(w), np.shape(b))
        constant = np.array([[2.0 * (m.spread + m.x_mean**2), 2.0 * m.x_mean], [2.0 * m.x_mean, 2.0]])
        return np.array(np.broadcast_to(constant.reshape(2, 2, *(1 for _ in shape)), (2, 2, *shape)))

    def gridding(self, n: int) -> Generator[float, None, Grid]:
        """Compute the grid: three passes over it, none over the samples."""
        yield 0.0
        m = self.moments
        w, b = self.domain.axes(n)
        u = w - m.slope
        loss = (u * m.x_mean)[:, None] + (b - m.intercept)[None, :]
        loss *= loss
        loss += (m.smallest + (m.spread * u) * u)[:, None]
        return Grid(w, b, loss)

    def batch(self, indices: Sequence[int] | NDArray[np.intp]) -> "MeanSquare":
        """Give the loss over these samples alone."""
        return MeanSquare(self.data.take(indices), self.domain)

    def batches(self, order: NDArray[np.intp], ends: NDArray[np.intp]) -> BatchSlopes:
        """Give the slopes of batches from the moments of each."""
        return SquareBatches(self.data.x[order], self.data.y[order], ends)


class RootMeanSquare(Fit):
    """R(w, b) = √ mean (w·x + b − y)²: the same minimiser, in the label's unit.

    ∇R = ∇L / 2R and ∇²R = (∇²L − 2 ∇R ∇Rᵀ) / 2R. Where a line fits all samples R has a kink (a cone): there the
    gradient is taken to be 0, which is a subgradient, and the Hessian is NaN.
    """

    def __init__(self, samples: Samples, domain: Domain | None = None) -> None:
        super().__init__(samples, MODELS["linear"], LOSSES["rmse"], domain)
        self.square = MeanSquare(samples, domain)
        self.smooth = self.square.moments.smallest > 0.0

    def lowest(self, penalty: Penalty) -> Point | None:
        """Give the least-squares line, or with a penalty the one where both slopes along the weight are equal."""
        m = self.square.moments
        if not penalty or m.slope == 0.0:
            return self.square.lowest(penalty)
        full = abs(m.slope)
        # among the best lines of each slope, the root of L̂ + S·(w − ŵ)² against l1·w + l2·w², both with ŵ's sign

        def steepness(w: float) -> float:
            """Give the derivative, which rises with w; from below at the kink of a perfect fit."""
            root = math.sqrt(m.smallest + m.spread * (w - full) ** 2)
            data = m.spread * (w - full) / root if root > 0.0 else -math.sqrt(m.spread)
            return data + penalty.l1 + 2.0 * penalty.l2 * w

        if steepness(0.0) >= 0.0:
            # flat all the way to a perfect fit
            level = m.smallest == 0.0 and penalty.l2 == 0.0 and steepness(0.0) == 0.0
            return None if level else m.line(0.0)
        if steepness(full) <= 0.0:
            return m.slope, m.intercept
        low, high = 0.0, full
        while low < (middle := (low + high) / 2.0) < high:
            low, high = (middle, high) if steepness(middle) < 0.0 else (low, middle)
        return m.line(math.copysign(middle, m.slope))

    @property
    def domain(self) -> Domain:
        """The rectangle that is looked at: that of the mean square."""
        return self.square.domain

    def loss(self, w: Value, b: Value) -> Array:
        """Give the loss, broadcasting over any shape."""
        return np.asarray(np.sqrt(self.square.loss(w, b)))

    def value_and_gradient(self, theta: Array) -> tuple[Array, Array]:
        """Give loss and gradient."""
        value, gradient = self.square.value_and_gradient(theta)
        root = np.sqrt(value)
        with np.errstate(invalid="ignore", divide="ignore"):
            gradient /= 2.0 * root
        return np.asarray(root), np.where(root == 0.0, 0.0, gradient)

    @property
    def in_numbers(self) -> InNumbers:
        """What gives loss and slopes in plain numbers, the same bits."""
        square = self.square.in_numbers

        def at(w: float, b: float) -> tuple[float, ...]:
            value, by_w, by_b = square(w, b)
            root = math.sqrt(value)
            twice = 2.0 * root
            return (root, by_w / twice, by_b / twice) if root != 0.0 else (root, 0.0, 0.0)

        return at

    def hessian(self, w: Value, b: Value) -> Array:
        """Give the Hessian; NaN at the kink of a perfect fit."""
        w, b = np.broadcast_arrays(np.asarray(w, dtype=np.float64), np.asarray(b, dtype=np.float64))
        root, slope = self.value_and_gradient(np.array([w, b]))
        with np.errstate(invalid="ignore", divide="ignore"):
            hessian = (self.square.hessian(w, b) - 2.0 * slope[:, None] * slope[None, :]) / (2.0 * root)
        return np.where(root == 0.0, np.nan, hessian)

    def gridding(self, n: int) -> Generator[float, None, Grid]:
        """Compute the grid: the root of that of the mean square."""
        grid = yield from self.square.gridding(n)
        return Grid(grid.w, grid.b, np.sqrt(grid.loss, out=grid.loss))

    def batch(self, indices: Sequence[int] | NDArray[np.intp]) -> "RootMeanSquare":
        """Give the loss over these samples alone."""
        return RootMeanSquare(self.data.take(indices), self.domain)

    def batches(self, order: NDArray[np.intp], ends: NDArray[np.intp]) -> BatchSlopes:
        """Give the slopes of batches from the moments of each."""
        return RootBatches(self.data.x[order], self.data.y[order], ends)
