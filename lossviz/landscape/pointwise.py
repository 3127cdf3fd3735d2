"""Losses that are a mean of costs per sample: exact sums over the samples, in blocks that fit the cache."""

from collections.abc import Iterator, Sequence
from copy import copy
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.condensed import Condensed, Weighted
from lossviz.landscape.domain import Domain
from lossviz.landscape.fitted import Fit
from lossviz.landscape.losses import Loss
from lossviz.landscape.models import Model
from lossviz.landscape.objective import Array, Value
from lossviz.landscape.samples import Samples

BLOCK = 32_768
"""Numbers in one intermediate array: 256 KiB of float64, which stays in the second-level cache."""


class PointwiseFit(Fit):
    """L(w, b) = mean cost(w·x + b, y), with first and second derivatives of the cost by z = w·x + b.

    ∂L/∂w = mean cost'·x, ∂L/∂b = mean cost', and the Hessian is mean cost''·[[x², x], [x, 1]].
    Equal samples are summed once with their number as weight: whole numbers repeat (an age, a weight in pounds), so
    that a million births cost as much as their few hundred different values; where very many differ, they are
    condensed to fewer ones whose sums are equal to 1e-12.
    """

    def __init__(self, samples: Samples, model: Model, measure: Loss, domain: Domain | None = None) -> None:
        super().__init__(samples, model, measure, domain)
        x, y, counts = _different(samples.x, samples.y)
        self._samples = Condensed(Weighted(x, y, counts / len(samples.x)))

    @property
    def cost_per_point(self) -> int:
        """How many different samples there are, or what they are condensed to."""
        return len(self._samples.for_weights(np.array(self.domain.w)).x)

    @cached_property
    def known_minimum(self) -> tuple[float, float] | None:
        """The minimiser by damped Newton steps to rounding; None where the loss has none.

        The steps are made with the feature standardised, as they lose all digits in a ravine.
        """
        x, weight = self._samples.samples.x, self._samples.samples.weight
        mean = float(weight @ x)
        deviation = float(np.sqrt(weight @ (x - mean) ** 2))
        if not deviation > 1e-14 * abs(mean):
            return None
        standard = copy(self)
        standard._samples = self._samples.standardized(mean, deviation)
        found = standard._newton()
        return None if found is None else (found[0] / deviation, found[1] - found[0] * mean / deviation)

    def _newton(self) -> tuple[float, float] | None:
        """Give the minimiser by Newton steps from the origin, halved while they lead uphill."""
        theta = np.zeros(2)
        value, gradient = self.value_and_gradient(theta)
        for _ in range(100):
            try:
                newton = np.linalg.solve(self.hessian(*theta), gradient)
            except np.linalg.LinAlgError:
                return None
            if np.all(np.abs(newton) <= 1e-13 * (1.0 + np.abs(theta))):
                last = theta - newton
                return float(last[0]), float(last[1])
            for halving in range(40):
                candidate = theta - newton * 0.5**halving
                new_value, new_gradient = self.value_and_gradient(candidate)
                # near the minimum the loss is equal but for rounding, and the Newton step still the way there
                if new_value <= value + 1e-14 * abs(value):
                    break
            else:
                # no lower point along the step: rounding is reached, at a minimum or where the loss is 0 but for it
                near = bool(np.all(np.abs(newton) <= 1e-6 * (1.0 + np.abs(theta))))
                return (float(theta[0]), float(theta[1])) if near else None
            theta, value, gradient = candidate, new_value, new_gradient
            if not np.all(np.abs(theta) < 1e8):
                return None
        return None

    def loss(self, w: Value, b: Value) -> Array:
        """Give the loss, broadcasting over any shape."""
        w, b = np.broadcast_arrays(np.asarray(w, dtype=np.float64), np.asarray(b, dtype=np.float64))
        assert self.measure.cost is not None
        flat = np.empty(w.size)
        samples = self._samples.for_weights(w)
        for part, z in self._blocks(samples, w.ravel(), b.ravel()):
            flat[part] = self.measure.cost(z, samples.y) @ samples.weight
        return flat.reshape(w.shape)

    def value_and_gradient(self, theta: Array) -> tuple[Array, Array]:
        """Give loss and gradient in one pass over the samples."""
        assert self.measure.cost is not None
        assert self.measure.slope is not None
        shape = theta.shape[1:]
        w, b = theta.reshape(2, -1)
        value, gradient = np.empty(w.size), np.empty((2, w.size))
        samples = self._samples.for_weights(w)
        weighted_x = samples.weight * samples.x
        for part, z in self._blocks(samples, w, b):
            value[part] = self.measure.cost(z, samples.y) @ samples.weight
            slope = self.measure.slope(z, samples.y)
            gradient[0, part] = slope @ weighted_x
            gradient[1, part] = slope @ samples.weight
        return value.reshape(shape), gradient.reshape(2, *shape)

    def hessian(self, w: Value, b: Value) -> Array:
        """Give the Hessian, shape ``(2, 2, *batch)``."""
        w, b = np.broadcast_arrays(np.asarray(w, dtype=np.float64), np.asarray(b, dtype=np.float64))
        assert self.measure.curvature is not None
        flat = np.empty((2, 2, w.size))
        samples = self._samples.for_weights(w)
        weighted_x = samples.weight * samples.x
        for part, z in self._blocks(samples, w.ravel(), b.ravel()):
            curvature = self.measure.curvature(z, samples.y)
            flat[0, 0, part] = curvature @ (weighted_x * samples.x)
            flat[0, 1, part] = flat[1, 0, part] = curvature @ weighted_x
            flat[1, 1, part] = curvature @ samples.weight
        return flat.reshape(2, 2, *w.shape)

    def batch(self, indices: Sequence[int] | NDArray[np.intp]) -> "PointwiseFit":
        """Give the loss over these samples alone."""
        return PointwiseFit(self.data.take(indices), self.model, self.measure, self.domain)

    def _blocks(self, samples: Weighted, w: Array, b: Array) -> Iterator[tuple[slice, Array]]:
        """Yield (slice of the points, z of those points × samples)."""
        points = max(1, BLOCK // len(samples.x))
        for low, high in pairwise([*range(0, w.size, points), w.size]):
            part = slice(low, high)
            yield part, np.multiply.outer(w[part], samples.x) + b[part, None]


def _different(x: Array, y: Array) -> tuple[Array, Array, NDArray[np.intp]]:
    """Give the different pairs of x and y, in their order, and how often each occurs."""
    # not np.unique by columns: it sorts them without letting other threads run, half a second for a million
    order = np.lexsort((y, x))
    x, y = x[order], y[order]
    first = np.flatnonzero(np.concatenate([[True], (x[1:] != x[:-1]) | (y[1:] != y[:-1])]))
    return x[first], y[first], np.diff(first, append=len(x))
