"""PairFit: the loss over the weights of two features, with the bias at its best for every pair of weights."""

from abc import abstractmethod
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.base import BaseSurface
from lossviz.landscape.domain import Domain, around
from lossviz.landscape.losses import LOSSES, Loss, sigmoid, softplus
from lossviz.landscape.models import MODELS, Model
from lossviz.landscape.objective import Array, Value
from lossviz.landscape.samples import Samples

Point = tuple[float, float]

BLOCK = 65_536
"""Numbers in one intermediate array."""
MOST_ROUNDS = 100
"""Newton steps, or halvings where these lead out, until a bias is exact; about six are needed."""


class PairFit(BaseSurface):
    """M(w₁, w₂) = min over b of L(w₁, w₂, b): the loss of a model with two features; a Surface.

    At the best bias ∂L/∂b = 0, so the gradient of M is that of L by the weights, and its Hessian is the Schur
    complement H_ww − H_wb·H_bw / H_bb (Danskin's theorem and the implicit function theorem).

    Parameters
    ----------
    first, second : Samples
        The two features of the same rows, each with the label.
    measure : Loss
    domain : Domain or None
        What is looked at of w₁ and w₂; None: a rectangle around the minimum.
    """

    def __init__(self, first: Samples, second: Samples, measure: Loss, domain: Domain | None) -> None:
        self.first, self.second = first, second
        self.measure = measure
        self.x = np.stack([first.x, second.x])
        self.y = first.y
        self._domain = domain
        self.axis_names = (_axis("w₁", first, measure), _axis("w₂", second, measure))

    @property
    def model(self) -> Model:
        """The model that the loss goes with."""
        return next(model for model in MODELS.values() if self.measure.name in model.losses)

    @property
    def title(self) -> str:
        """The loss in words."""
        return self.measure.title

    @property
    def formula(self) -> str:
        """The loss in symbols."""
        inner = "w₁·x₁ + w₂·x₂ + b"
        return f"min over b of {self.measure.formula.replace('w·x + b', inner)}"

    @property
    def label_unit(self) -> str:
        """The unit of the labels."""
        return self.first.label_unit

    @property
    def loss_unit(self) -> str:
        """The loss's unit."""
        return self.measure.unit(self.label_unit)

    @property
    def samples(self) -> int:
        """How many samples the loss is a mean over."""
        return len(self.y)

    @cached_property
    def domain(self) -> Domain:
        """The rectangle that is looked at; where none was given, one around the minimum."""
        if self._domain is not None:
            return self._domain
        minimum = self.known_minimum or (0.0, 0.0)
        return around(minimum, self.hessian(*minimum), self.rise)

    @property
    @abstractmethod
    def rise(self) -> float:
        """A loss above the smallest that counts as far up: how high the default domain reaches."""

    @abstractmethod
    def bias(self, w1: Value, w2: Value) -> Array:
        """Give the best bias for weights, broadcasting over any shape."""

    def predict(self, x1: Array, x2: Array, w1: float, w2: float) -> Array:
        """Give the model's predictions for features of equal shape, with the bias at its best."""
        z = w1 * np.asarray(x1) + w2 * np.asarray(x2) + float(self.bias(w1, w2))
        return self.model.link(np.asarray(z, dtype=np.float64))

    def batch(self, indices: Sequence[int] | NDArray[np.intp]) -> "PairFit":
        """Give the loss over these samples alone, with the bias that is best for them."""
        return type(self)(self.first.take(indices), self.second.take(indices), self.measure, self.domain)


class PairSquare(PairFit):
    """The mean squared error: M = M̂ + (w − ŵ)ᵀ·C·(w − ŵ), with C the covariance of the features.

    From centred moments, so that the number of samples doesn't matter.
    """

    quadratic = True

    def __init__(self, first: Samples, second: Samples, measure: Loss, domain: Domain | None) -> None:
        super().__init__(first, second, measure, domain)
        self._mean, self._label = self.x.mean(axis=1), float(self.y.mean())
        centred, label = self.x - self._mean[:, None], self.y - self._label
        self._covariance = centred @ centred.T / len(label)
        solution, _, rank, _ = np.linalg.lstsq(centred.T, label, rcond=None)
        self._definite = bool(rank == 2)
        self._best = np.asarray(solution)
        self._smallest = float(np.mean((label - solution @ centred) ** 2))
        self._spread = float(np.mean(label * label))

    @property
    def known_minimum(self) -> Point | None:
        """The least-squares plane; None where the features are multiples of one another."""
        return (float(self._best[0]), float(self._best[1])) if self._definite else None

    @property
    def rise(self) -> float:
        """Four times the spread of the labels."""
        return 4.0 * self._spread or 1.0

    def bias(self, w1: Value, w2: Value) -> Array:
        """Give the best bias: ȳ − w₁·x̄₁ − w₂·x̄₂."""
        return np.asarray(self._label - np.asarray(w1) * self._mean[0] - np.asarray(w2) * self._mean[1])

    def loss(self, w: Value, b: Value) -> Array:
        """Give the loss of weights w₁ and w₂, broadcasting over any shape."""
        u, v = np.asarray(w, dtype=np.float64) - self._best[0], np.asarray(b, dtype=np.float64) - self._best[1]
        (c, d), (_, e) = self._covariance.tolist()
        return np.asarray(self._smallest + (c * u + 2.0 * d * v) * u + e * v * v)

    def value_and_gradient(self, theta: Array) -> tuple[Array, Array]:
        """Give loss and gradient."""
        u, v = theta[0] - self._best[0], theta[1] - self._best[1]
        (c, d), (_, e) = self._covariance.tolist()
        return self.loss(theta[0], theta[1]), 2.0 * np.stack([c * u + d * v, d * u + e * v])

    def hessian(self, w: Value, b: Value) -> Array:
        """Give the Hessian 2·C, the same everywhere."""
        shape = np.broadcast_shapes(np.shape(w), np.shape(b))
        constant = (2.0 * self._covariance).reshape(2, 2, *(1 for _ in shape))
        return np.array(np.broadcast_to(constant, (2, 2, *shape)))


class PairRoot(PairSquare):
    """The root of the mean squared error: the same minimiser, in the label's unit.

    Where a plane fits all samples it has a kink; there the gradient is taken to be 0, and the Hessian is NaN.
    """

    quadratic = False

    def __init__(self, first: Samples, second: Samples, measure: Loss, domain: Domain | None) -> None:
        super().__init__(first, second, measure, domain)
        self.smooth = self._smallest > 0.0

    @cached_property
    def domain(self) -> Domain:
        """The rectangle that is looked at: that of the mean square."""
        if self._domain is not None:
            return self._domain
        minimum = self.known_minimum or (0.0, 0.0)
        return around(minimum, super().hessian(*minimum), self.rise)

    def loss(self, w: Value, b: Value) -> Array:
        """Give the loss of weights w₁ and w₂, broadcasting over any shape."""
        return np.asarray(np.sqrt(super().loss(w, b)))

    def value_and_gradient(self, theta: Array) -> tuple[Array, Array]:
        """Give loss and gradient."""
        root = self.loss(theta[0], theta[1])
        u, v = theta[0] - self._best[0], theta[1] - self._best[1]
        (c, d), (_, e) = self._covariance.tolist()
        with np.errstate(invalid="ignore", divide="ignore"):
            slope = np.stack([c * u + d * v, d * u + e * v]) / root
        return root, np.where(root == 0.0, 0.0, slope)

    def hessian(self, w: Value, b: Value) -> Array:
        """Give the Hessian; NaN at the kink of a perfect fit."""
        w, b = np.broadcast_arrays(np.asarray(w, dtype=np.float64), np.asarray(b, dtype=np.float64))
        root, slope = self.value_and_gradient(np.array([w, b]))
        with np.errstate(invalid="ignore", divide="ignore"):
            hessian = (super().hessian(w, b) - 2.0 * slope[:, None] * slope[None, :]) / (2.0 * root)
        return np.where(root == 0.0, np.nan, hessian)


class PairCrossEntropy(PairFit):
    """The cross-entropy of a logistic model.

    The best bias solves mean σ(z + b) = ȳ, z = w₁·x₁ + w₂·x₂: the left side rises with b, so Newton's steps, kept
    between bounds that close in, find it to rounding.
    """

    @property
    def cost_per_point(self) -> int:
        """How many costs are summed for one loss: each sample for every Newton step of the bias."""
        return 6 * self.samples

    @property
    def rise(self) -> float:
        """As for one feature."""
        return 1.0

    @cached_property
    def known_minimum(self) -> Point | None:
        """The minimiser by damped Newton steps to rounding, the features standardised; None where there is none."""
        mean, deviation = self.x.mean(axis=1), self.x.std(axis=1)
        if not np.all(deviation > 1e-14 * np.abs(mean)) or np.ptp(self.y) == 0.0:
            return None
        theta = np.zeros(2)
        value, gradient = self.value_and_gradient(theta)
        for _ in range(MOST_ROUNDS):
            scaled = self.hessian(*theta) / np.outer(deviation, deviation)
            try:
                step = np.linalg.solve(scaled, gradient / deviation)
            except np.linalg.LinAlgError:
                return None
            if not np.all(np.abs(theta * deviation) < 1e4):
                return None
            if np.all(np.abs(step) <= 1e-12 * (1.0 + np.abs(theta * deviation))):
                last = theta - step / deviation
                return float(last[0]), float(last[1])
            for halving in range(40):
                candidate = theta - step * 0.5**halving / deviation
                new_value, new_gradient = self.value_and_gradient(candidate)
                if new_value <= value + 1e-14 * abs(value):
                    break
            theta, value, gradient = candidate, new_value, new_gradient
        return None

    def bias(self, w1: Value, w2: Value) -> Array:
        """Give the best bias; infinite where all labels are equal."""
        w1, w2 = np.broadcast_arrays(np.asarray(w1, dtype=np.float64), np.asarray(w2, dtype=np.float64))
        flat = np.empty(w1.size)
        for part in self._parts(w1.size):
            flat[part] = self._solved(self._z(w1.ravel()[part], w2.ravel()[part]))
        return flat.reshape(w1.shape)

    def loss(self, w: Value, b: Value) -> Array:
        """Give the loss of weights w₁ and w₂, broadcasting over any shape."""
        w, b = np.broadcast_arrays(np.asarray(w, dtype=np.float64), np.asarray(b, dtype=np.float64))
        flat = np.empty(w.size)
        for part in self._parts(w.size):
            z = self._z(w.ravel()[part], b.ravel()[part])
            flat[part] = self._mean_cost(z + self._solved(z)[:, None])
        return flat.reshape(w.shape)

    def value_and_gradient(self, theta: Array) -> tuple[Array, Array]:
        """Give loss and gradient."""
        shape = theta.shape[1:]
        w, b = theta.reshape(2, -1)
        value, gradient = np.empty(w.size), np.empty((2, w.size))
        for part in self._parts(w.size):
            z = self._z(w[part], b[part])
            z += self._solved(z)[:, None]
            value[part] = self._mean_cost(z)
            gradient[:, part] = self.x @ (sigmoid(z) - self.y).T / self.samples
        return value.reshape(shape), gradient.reshape(2, *shape)

    def hessian(self, w: Value, b: Value) -> Array:
        """Give the Hessian, shape ``(2, 2, *batch)``."""
        w, b = np.broadcast_arrays(np.asarray(w, dtype=np.float64), np.asarray(b, dtype=np.float64))
        flat = np.empty((2, 2, w.size))
        x1, x2 = self.x
        for part in self._parts(w.size):
            z = self._z(w.ravel()[part], b.ravel()[part])
            p = sigmoid(z + self._solved(z)[:, None])
            weight = p * (1.0 - p)
            total = weight.sum(axis=1)
            # centred with these weights: nothing cancels where the features lie far from 0
            with np.errstate(invalid="ignore", divide="ignore"):
                d1 = x1 - (weight @ x1 / total)[:, None]
                d2 = x2 - (weight @ x2 / total)[:, None]
            for i, j, product in ((0, 0, d1 * d1), (0, 1, d1 * d2), (1, 1, d2 * d2)):
                flat[i, j, part] = flat[j, i, part] = (weight * product).sum(axis=1) / self.samples
        return flat.reshape(2, 2, *w.shape)

    def _z(self, w1: Array, w2: Array) -> Array:
        return np.asarray(np.multiply.outer(w1, self.x[0]) + np.multiply.outer(w2, self.x[1]))

    def _mean_cost(self, z: Array) -> Array:
        """Give mean log(1 + e^u) with u = (1 − 2y)·z, in which nothing cancels."""
        return np.asarray(softplus((1.0 - 2.0 * self.y) * z).mean(axis=1))

    def _solved(self, z: Array) -> Array:
        """Give the best bias for each row of z (points, samples)."""
        share = float(self.y.mean())
        if share in (0.0, 1.0):
            return np.full(len(z), np.inf if share else -np.inf)
        middle = float(np.log(share) - np.log1p(-share))
        low, high = middle - z.max(axis=1), middle - z.min(axis=1)
        bias = np.clip(middle - z.mean(axis=1), low, high)
        for _ in range(MOST_ROUNDS):
            p = sigmoid(z + bias[:, None])
            excess, slope = p.mean(axis=1) - share, (p * (1.0 - p)).mean(axis=1)
            high, low = np.where(excess > 0.0, bias, high), np.where(excess > 0.0, low, bias)
            with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
                better = bias - excess / slope
            better = np.where((better >= low) & (better <= high), better, 0.5 * (low + high))
            near = np.abs(better - bias) <= 4e-16 * (1.0 + np.abs(bias))
            bias = better
            if np.all(near):
                break
        return np.asarray(bias)

    def _parts(self, size: int) -> list[slice]:
        points = max(1, BLOCK // self.samples)
        return [slice(first, min(first + points, size)) for first in range(0, size, points)]


FAMILIES: dict[str, type[PairFit]] = {"mse": PairSquare, "rmse": PairRoot, "cross_entropy": PairCrossEntropy}


def pair_fit(first: Samples, second: Samples, loss: str, domain: Domain | None) -> PairFit:
    """Give the surface over the weights of two features.

    Raises
    ------
    ValueError
        If the loss is not one of which the best bias is known for every pair of weights.
    """
    if loss not in FAMILIES:
        raise ValueError(f"two features go with {', '.join([*FAMILIES][:-1])} or {[*FAMILIES][-1]}, not with {loss}.")
    return FAMILIES[loss](first, second, LOSSES[loss], domain)


def _axis(symbol: str, samples: Samples, measure: Loss) -> str:
    """Name an axis, with its unit: ``"weight w₁ of weeks (g per week)"``."""
    unit = "log-odds" if measure.binary else samples.label_unit
    step = f" ({unit} per {samples.feature_step})" if unit and samples.feature_step else ""
    name = samples.feature_line.column if samples.feature_line else samples.feature
    return f"weight {symbol} of {name}{step}"
