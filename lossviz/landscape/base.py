"""BaseSurface: what every surface over weight and bias shares, whatever its loss is made of."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Sequence

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.batch_slopes import BatchSlopes, EachBatch
from lossviz.landscape.domain import Domain, Grid
from lossviz.landscape.objective import Array, Surface, Value
from lossviz.landscape.param import Param
from lossviz.landscape.work import completed

InNumbers = Callable[[float, float], tuple[float, ...]]
"""From w and b to the loss and its slopes by w and by b, all plain numbers."""

IntoArray = Callable[[Array, Array], None]
"""Writes the gradient at theta ``(2, K)`` into an array of that shape."""

GRID_BLOCK = 400_000
"""Costs between two yields: about 10 ms of work."""


class BaseSurface(ABC):
    """A loss of a weight w and a bias b over a domain: a Surface.

    A family of surfaces says what its loss, its gradient and its Hessian are; where it knows a faster way to a grid,
    it says that too.
    """

    parameters: tuple[str, ...] = ("w", "b")
    params: tuple[Param, ...] = ()
    smooth: bool = True
    convex: bool = False
    """Whether the loss is known to be convex: then a single minimum is its only stationary point."""
    quadratic: bool = False
    """Whether the Hessian is the same everywhere, so that what holds at one point holds at all."""
    axis_names: tuple[str, str] = ("weight w", "bias b")
    """What the two parameters are called on axes."""

    @property
    @abstractmethod
    def title(self) -> str:
        """What the loss is, in words: ``"mean squared error"``, ``"Himmelblau"``."""

    @property
    @abstractmethod
    def formula(self) -> str:
        """The loss in symbols; "" where it has no formula."""

    @property
    def loss_unit(self) -> str:
        """The loss's unit, ``"kg²"``; "" for a pure number."""
        return ""

    @property
    @abstractmethod
    def samples(self) -> int | None:
        """How many samples the loss is a mean over; None where there are no data."""

    @property
    @abstractmethod
    def domain(self) -> Domain:
        """The rectangle that is looked at."""

    @property
    @abstractmethod
    def known_minimum(self) -> tuple[float, float] | None:
        """The global minimiser, to rounding; None where there is none, not a single one, or it isn't known."""

    @abstractmethod
    def value_and_gradient(self, theta: Array) -> tuple[Array, Array]:
        """Give loss ``(*batch)`` and gradient ``(2, *batch)`` at theta ``(2, *batch)``."""

    @property
    def in_numbers(self) -> InNumbers | None:
        """What gives loss, ∂L/∂w and ∂L/∂b at (w, b) in plain numbers, many times faster than of an array of one.

        None where the loss is a sum over samples, which arrays do faster. It raises nothing: its numbers are those of
        ``value_and_gradient``, bit for bit where they are made by + − × ÷ √ alone.
        """
        return None

    @property
    def slopes_alone(self) -> tuple[IntoArray, float] | None:
        """What writes the gradient without the loss, and how far from 0 theta may lie for that; None: no faster way.

        There it gives the bits of ``value_and_gradient``; farther out it may have slopes where the loss is no number.
        """
        return None

    @abstractmethod
    def loss(self, w: Value, b: Value) -> Array:
        """Give the loss, broadcasting over any shape."""

    @abstractmethod
    def hessian(self, w: Value, b: Value) -> Array:
        """Give the Hessian, shape ``(2, 2, *batch)``."""

    def batch(self, indices: Sequence[int] | NDArray[np.intp]) -> "BaseSurface":
        """Give the loss over these samples alone.

        Raises
        ------
        ValueError
            Where there are no samples.
        """
        raise ValueError("this surface has no samples, so there are no batches of it.")

    def batches(self, order: NDArray[np.intp], ends: NDArray[np.intp]) -> BatchSlopes:
        """Give the slopes of the batches that an order of samples is cut into: each ends before its place in `ends`."""
        return EachBatch(self, np.split(order[: ends[-1]], ends[:-1]))

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


def points_at_once(surface: Surface, together: int) -> int:
    """Give how many groups of so many points can be evaluated between two yields: some milliseconds of work.

    By the cost of a point alone, so that the same sums are made in the same blocks each time.
    """
    cost = surface.cost_per_point if isinstance(surface, BaseSurface) else surface.samples or 1
    return max(1, GRID_BLOCK // (16 * cost * together))
