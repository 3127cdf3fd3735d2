"""Penalised: a loss of data with a penalty on the weight."""

from collections.abc import Generator, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.base import InNumbers
from lossviz.landscape.batch_slopes import BatchSlopes, PenalisedBatches
from lossviz.landscape.domain import Domain, Grid
from lossviz.landscape.fitted import Fit
from lossviz.landscape.losses import Loss
from lossviz.landscape.objective import Array, Value
from lossviz.landscape.penalty import Penalty, Point


class Penalised(Fit):
    """L(w, b) = loss of the data + l1·|w| + l2·w².

    Where l1 makes a kink, at w = 0, its slope counts as 0, as in PyTorch.

    Parameters
    ----------
    data_term : Fit
        The loss of the data alone.
    regularization : Penalty
    """

    def __init__(self, data_term: Fit, regularization: Penalty) -> None:
        super().__init__(data_term.data, data_term.model, _measure(data_term.measure, regularization), None)
        self._data_term = data_term
        self.regularization = regularization
        self.smooth = data_term.smooth and regularization.l1 == 0.0
        self.quadratic = data_term.quadratic and regularization.l1 == 0.0

    @property
    def data_term(self) -> Fit:
        """The loss of the data alone."""
        return self._data_term

    @property
    def domain(self) -> Domain:
        """The rectangle that is looked at: that of the data's own loss, so that both can be compared."""
        return self.data_term.domain

    @property
    def rise(self) -> float:
        """A loss above the smallest that counts as far up."""
        return self.data_term.rise

    @property
    def cost_per_point(self) -> int:
        """How many costs are summed for one loss."""
        return self.data_term.cost_per_point

    def lowest(self, penalty: Penalty) -> Point | None:
        """Give the minimiser with a further penalty."""
        own = self.regularization
        return self.data_term.lowest(Penalty(own.l1 + penalty.l1, own.l2 + penalty.l2))

    @cached_property
    def unbounded_direction(self) -> Point | None:
        """That of the data, if it costs no weight."""
        direction = self.data_term.unbounded_direction
        return None if direction is None or direction[0] != 0.0 else direction

    def penalty(self, w: Value, b: Value) -> Array:
        """Give what the weight costs by itself."""
        return np.array(np.broadcast_to(self.regularization.value(w), np.broadcast_shapes(np.shape(w), np.shape(b))))

    def loss(self, w: Value, b: Value) -> Array:
        """Give the loss, broadcasting over any shape."""
        return np.asarray(self.data_loss(w, b) + self.regularization.value(w))

    def value_and_gradient(self, theta: Array) -> tuple[Array, Array]:
        """Give loss and gradient."""
        value, gradient = self.data_term.value_and_gradient(theta)
        gradient[0] += self.regularization.slope(theta[0])
        return np.asarray(value + self.regularization.value(theta[0])), gradient

    @property
    def in_numbers(self) -> InNumbers | None:
        """What gives loss and slopes in plain numbers where that of the data does, the same bits."""
        data, l1, l2 = self.data_term.in_numbers, self.regularization.l1, self.regularization.l2
        if data is None:
            return None

        def at(w: float, b: float) -> tuple[float, ...]:
            value, by_w, by_b = data(w, b)
            # of 0 and of no number the sign is itself
            sign = 1.0 if w > 0.0 else -1.0 if w < 0.0 else w
            return value + (l1 * abs(w) + l2 * w * w), by_w + (l1 * sign + 2.0 * l2 * w), by_b

        return at

    def hessian(self, w: Value, b: Value) -> Array:
        """Give the Hessian; what l1 adds is 0, but for its kink."""
        hessian = self.data_term.hessian(w, b)
        hessian[0, 0] += 2.0 * self.regularization.l2
        return hessian

    def gridding(self, n: int) -> Generator[float, None, Grid]:
        """Compute the grid: that of the data, and the penalty of each weight."""
        grid = yield from self.data_term.gridding(n)
        grid.loss[...] += self.regularization.value(grid.w)[:, None]
        return grid

    def batch(self, indices: Sequence[int] | NDArray[np.intp]) -> "Penalised":
        """Give the loss over these samples alone; the penalty stays whole."""
        return Penalised(self.data_term.batch(indices), self.regularization)

    def batches(self, order: NDArray[np.intp], ends: NDArray[np.intp]) -> BatchSlopes:
        """Give the slopes of batches: those of the data, and that of the penalty."""
        return PenalisedBatches(self.data_term.batches(order, ends), self.regularization)


def reaching(domain: Domain, point: Point) -> Domain:
    """Give a domain that is widened, where it must be, to hold a point a little inside."""
    sides = []
    for (low, high), at in zip((domain.w, domain.b), point, strict=True):
        margin = 0.2 * (high - low)
        sides.append((low, high) if low <= at <= high else (min(low, at - margin), max(high, at + margin)))
    return Domain(sides[0], sides[1])


def _measure(loss: Loss, penalty: Penalty) -> Loss:
    """Give the definition of a loss with its penalty, under another name: what holds for it need not hold for this."""
    kinds = [kind for kind in ("l1", "l2") if getattr(penalty, kind) > 0.0]
    return replace(
        loss,
        name="+".join([loss.name, *kinds]),
        title=f"{loss.title} + {' + '.join(kinds)}",
        terms=f"{loss.terms} + {penalty.terms}",
        method=f"penalised {loss.method}",
    )
