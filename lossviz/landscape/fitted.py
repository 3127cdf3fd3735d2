"""Fit: a surface that is the loss of a model over data; what all such surfaces share."""

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.base import BaseSurface
from lossviz.landscape.domain import Domain
from lossviz.landscape.losses import Loss
from lossviz.landscape.models import Model
from lossviz.landscape.objective import Array
from lossviz.landscape.samples import Samples


class Fit(BaseSurface):
    """The loss of a model with weight w and bias b over samples: a Surface.

    Parameters
    ----------
    samples : Samples
        Features and labels.
    model : Model
    measure : Loss
        The loss, by its definition.
    domain : Domain or None
        What is looked at; None: a rectangle around the minimum.
    """

    def __init__(self, samples: Samples, model: Model, measure: Loss, domain: Domain | None) -> None:
        self.data = samples
        self.model = model
        self.measure = measure
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
    def samples(self) -> int:
        """How many samples the loss is a mean over."""
        return len(self.data.x)

    @property
    def domain(self) -> Domain:
        """The rectangle that is looked at; where none was given, one around the minimum."""
        if self._domain is None:
            self._domain = self._around_minimum()
        return self._domain

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
        curvature = self.hessian(*minimum)
        try:
            half = np.sqrt(2.0 * self.rise * np.diag(np.linalg.inv(curvature)))
        except np.linalg.LinAlgError:
            half = np.full(2, np.nan)
        half = np.where(np.isfinite(half) & (half > 0) & (half < 1e6 * (1.0 + np.abs(minimum))), half, 3.0)
        return Domain(*((m - h, m + h) for m, h in zip(minimum, half.tolist(), strict=True)))
