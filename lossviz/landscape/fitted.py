"""Fit: a surface that is the loss of a model over data; what all such surfaces share."""

from abc import abstractmethod
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.base import BaseSurface
from lossviz.landscape.domain import Domain, around
from lossviz.landscape.losses import Loss
from lossviz.landscape.models import Model
from lossviz.landscape.objective import Array, Value
from lossviz.landscape.penalty import NONE, Penalty, Point
from lossviz.landscape.samples import Samples


class Fit(BaseSurface):
    """The loss of a model with weight w and bias b over samples: a Surface.

    Parameters
    ----------
    samples : Samples
        Features and labels.
    model : Model
    measure : Loss
        The loss, by its definition; class weights and a penalty included.
    domain : Domain or None
        What is looked at; None: a rectangle around the minimum.
    """

    def __init__(self, samples: Samples, model: Model, measure: Loss, domain: Domain | None) -> None:
        self.data = samples
        self.model = model
        self.measure = measure
        self.convex = measure.convex
        self._domain = domain

    @property
    def title(self) -> str:
        """The loss in words."""
        return self.measure.title

    @property
    def formula(self) -> str:
        """The loss in symbols."""
        return self.measure.formula

    @property
    def label_unit(self) -> str:
        """The unit of the labels."""
        return self.data.label_unit

    @property
    def loss_unit(self) -> str:
        """The loss's unit."""
        return self.measure.unit(self.label_unit)

    @property
    def samples(self) -> int:
        """How many samples the loss is a mean over."""
        return len(self.data.x)

    @property
    def domain(self) -> Domain:
        """The rectangle that is looked at; where none was given, one around the minimum."""
        if self._domain is None:
            self._domain = self._around_minimum()
        return self._domain

    @property
    def data_term(self) -> "Fit":
        """The loss of the data alone: what it is without a penalty."""
        return self

    def data_loss(self, w: Value, b: Value) -> Array:
        """Give the loss of the data alone, without a penalty."""
        return self.data_term.loss(w, b)

    def penalty(self, w: Value, b: Value) -> Array:
        """Give what the weight costs by itself: the loss is that of the data and this."""
        return np.zeros(np.broadcast_shapes(np.shape(w), np.shape(b)))

    @cached_property
    def known_minimum(self) -> Point | None:
        """The global minimiser, to rounding; None where there is none, not a single one, or it isn't known."""
        return self.lowest(NONE)

    @abstractmethod
    def lowest(self, penalty: Penalty) -> Point | None:
        """Give the global minimiser of this loss with a penalty added, to rounding; None as for `known_minimum`."""

    @property
    def unbounded_direction(self) -> Point | None:
        """A direction (Δw, Δb) in which the loss falls for ever, so that it has no minimum; None where there is none.

        Only a logistic loss has one: where a threshold on the feature parts the labels, or all labels are equal.
        """
        return None

    @abstractmethod
    def batch(self, indices: Sequence[int] | NDArray[np.intp]) -> "Fit":
        """Give the loss of the same model over these samples alone."""

    def predict(self, x: Array, w: float, b: float) -> Array:
        """Give the model's predictions for features x, same shape."""
        return self.model.predict(x, w, b)

    @property
    def rise(self) -> float:
        """A loss above the smallest that counts as far up: how high the default domain reaches."""
        return 1.0

    def _around_minimum(self) -> Domain:
        """Give the box around the ellipse on which the loss, by its second order at the minimum, is `rise` higher."""
        minimum = self.known_minimum or (0.0, 0.0)
        return around(minimum, self.hessian(*minimum), self.rise)
