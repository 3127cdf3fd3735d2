"""Losses that are a mean of costs per sample: exact sums over the samples, in blocks that fit the cache."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.batch_slopes import BatchSlopes, SumBatches
from lossviz.landscape.class_weights import ClassWeights
from lossviz.landscape.condensed import Condensed, Weighted
from lossviz.landscape.domain import Domain
from lossviz.landscape.fitted import Fit
from lossviz.landscape.losses import LOSSES, Loss
from lossviz.landscape.models import MODELS
from lossviz.landscape.objective import Array, Value
from lossviz.landscape.samples import Samples
from lossviz.numerals import short

BLOCK = 32_768
"""Numbers in one intermediate array: 256 KiB of float64, which stays in the second-level cache."""


class PointwiseFit(Fit):
    """L(w, b) = mean cost(w·x + b, y), with first and second derivatives of the cost by z = w·x + b.

    ∂L/∂w = mean cost'·x, ∂L/∂b = mean cost', and the Hessian is mean cost''·[[x², x], [x, 1]].
    Equal samples are summed once with their number as weight: whole numbers repeat (an age, a weight in pounds), so
    that a million births cost as much as their few hundred different values; where very many differ and the cost is
    smooth, they are condensed to fewer ones whose sums are equal to 1e-12.

    Parameters
    ----------
    samples : Samples
    domain : Domain or None
        What is looked at; None: the rectangle of the model's usual loss.
    class_weight : two numbers, optional
        By what the costs of samples with label 0 and with label 1 are multiplied.
    """

    name: str
    """Which of LOSSES it is."""

    def __init__(
        self, samples: Samples, domain: Domain | None = None, class_weight: ClassWeights | None = None
    ) -> None:
        model = next(model for model in MODELS.values() if self.name in model.losses)
        super().__init__(samples, model, _measure(self.name, class_weight), domain)
        self.smooth = self.measure.smooth
        self.class_weight = class_weight
        x, y, counts = _different(samples.x, samples.y)
        weight = counts / len(samples.x)
        if class_weight is not None:
            weight *= np.where(y == 0.0, *class_weight)
        self._samples = Condensed(Weighted(x, y, weight), self.measure.smooth)

    @property
    def cost_per_point(self) -> int:
        """How many different samples there are, or what they are condensed to."""
        return len(self._samples.for_weights(np.array(self.domain.w)).x)

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
        """Give the loss over these samples alone; their labels keep the weights that they have among all."""
        return type(self)(self.data.take(indices), self.domain, self.class_weight)

    def batches(self, order: NDArray[np.intp], ends: NDArray[np.intp]) -> BatchSlopes:
        """Give the slopes of batches: sums over the samples of each, ordered once for all."""
        assert self.measure.slope is not None
        x, y = self.data.x[order], self.data.y[order]
        weight = np.ones(len(y)) if self.class_weight is None else np.where(y == 0.0, *self.class_weight)
        return SumBatches(self.measure.slope, x, y, weight, ends)

    def _blocks(self, samples: Weighted, w: Array, b: Array) -> Iterator[tuple[slice, Array]]:
        """Yield (slice of the points, z of those points × samples)."""
        points = max(1, BLOCK // len(samples.x))
        for low, high in pairwise([*range(0, w.size, points), w.size]):
            part = slice(low, high)
            yield part, np.multiply.outer(w[part], samples.x) + b[part, None]


def _measure(name: str, class_weight: ClassWeights | None) -> Loss:
    """Give the loss by its definition, with class weights written into it."""
    loss = LOSSES[name]
    if class_weight is None:
        return loss
    zero, one = class_weight
    return replace(
        loss,
        title=f"weighted {loss.title}",
        terms=loss.terms.replace("mean ", "mean c·", 1),
        where=f"{loss.where},  c = {short(zero)} for y = 0, {short(one)} for y = 1".removeprefix(",  "),
        method=f"weighted {loss.method}",
    )


def _different(x: Array, y: Array) -> tuple[Array, Array, NDArray[np.intp]]:
    """Give the different pairs of x and y, in their order, and how often each occurs."""
    # not np.unique by columns: it sorts them without letting other threads run, half a second for a million
    order = np.lexsort((y, x))
    x, y = x[order], y[order]
    first = np.flatnonzero(np.concatenate([[True], (x[1:] != x[:-1]) | (y[1:] != y[:-1])]))
    return x[first], y[first], np.diff(first, append=len(x))
