"""Fit: a surface that is the loss of a model over data; what all such surfaces share."""

from abc import ABC, abstractmethod
from collections.abc import Generator, Sequence

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.domain import Domain, Grid
from lossviz.landscape.losses import Loss
from lossviz.landscape.models import Model
from lossviz.landscape.objective import Array, Value
from lossviz.landscape.param import Param
from lossviz.landscape.samples import Samples
from lossviz.landscape.work import completed

GRID_BLOCK = 400_000
"""Costs between two yields: about 10 ms of work."""


class Fit(ABC):
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

    parameters: tuple[str, ...] = ("w", "b")
    params: tuple[Param, ...] = ()
    smooth = True

    def __init__(self, samples: Samples, model: Model, measure: Loss, domain: Domain | None) -> None:
        self.data = samples
        self.model = model
        self.measure = measure
        self._domain = domain

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
    @abstractmethod
    def known_minimum(self) -> tuple[float, float] | None:
        """The global minimiser, to rounding; None where there is none or not a single one."""

    @abstractmethod
    def value_and_gradient(self, theta: Array) -> tuple[Array, Array]:
        """Give loss ``(*batch)`` and gradient ``(2, *batch)`` at theta ``(2, *batch)``."""

    @abstractmethod
    def loss(self, w: Value, b: Value) -> Array:
        """Give the loss, broadcasting over any shape."""

    @abstractmethod
    def hessian(self, w: Value, b: Value) -> Array:
        """Give the Hessian, shape ``(2, 2, *batch)``."""

    @abstractmethod
    def batch(self, indices: Sequence[int] | NDArray[np.intp]) -> "Fit":
        """Give the loss of the same model over these samples alone."""

    def gradient(self, w: Value, b: Value) -> Array:
        """Give the gradient, shape ``(2, *batch)``."""
        w, b = np.broadcast_arrays(np.asarray(w, dtype=np.float64), np.asarray(b, dtype=np.float64))
        return self.value_and_gradient(np.array([w, b]))[1]

    def hessian_vector(self, theta: Array, v: Array) -> Array:
        """Give the Hessian at theta times v, both ``(2, *batch)``."""
        return np.asarray(np.einsum("ij...,j...->i...", self.hessian(*theta), v))

    def grid(self, n: int) -> Grid:
        """Give the losses on n × n points of the domain."""
        return completed(self.gridding(n))

    def gridding(self, n: int) -> Generator[float, None, Grid]:
        """Compute the grid as a generator that yields its progress after every few rows."""
        w, b = self.domain.axes(n)
        loss = np.empty((n, n))
        rows = max(1, GRID_BLOCK // max(1, self.cost_per_point * n))
        for first in range(0, n, rows):
            loss[first : first + rows] = self.loss(w[first : first + rows, None], b[None, :])
            yield min(1.0, (first + rows) / n)
        return Grid(w, b, loss)

    @property
    def cost_per_point(self) -> int:
        """How many costs are summed for one loss: what a grid takes is n² of them."""
        return 1

    def slice(self, parameter: str, at: tuple[float, float], n: int) -> tuple[Array, Array]:
        """Give n values of one parameter across the domain and the losses there, the other held as in `at`."""
        if parameter not in self.parameters:
            raise ValueError(f"a slice runs along 'w' or 'b', not '{parameter}'.")
        w, b = self.domain.axes(n)
        return (w, self.loss(w, at[1])) if parameter == "w" else (b, self.loss(at[0], b))

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
