"""Restricted: an objective of which some parameters are held, so that the others move alone."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.objective import Array, Objective, Value
from lossviz.landscape.param import Param


class Restricted:
    """The objective of the free parameters alone.

    A rule that sees only the free parameters makes the right thing of norms, moments, decay and Newton steps without
    knowing that others exist.

    Parameters
    ----------
    full : Objective
        The objective of all n parameters.
    free : sequence of int
        Which components move.
    held : array (n, *batch)
        The values of all parameters; the free ones among them are not looked at.
    """

    def __init__(self, full: Objective, free: Sequence[int], held: Array) -> None:
        self.full = full
        self.free = list(free)
        self.held = held
        self.parameters = tuple(full.parameters[i] for i in self.free)
        self.params: tuple[Param, ...] = full.params
        self.samples = full.samples
        self.smooth = full.smooth

    def expand(self, theta: Array) -> Array:
        """Give all n components, the held ones included."""
        complete = np.array(np.broadcast_to(self.held, self.held.shape[:1] + theta.shape[1:]))
        complete[self.free] = theta
        return complete

    def loss(self, *theta: Value) -> Array:
        """Give the loss."""
        return self.full.loss(*self.expand(np.array(np.broadcast_arrays(*theta), dtype=np.float64)))

    def gradient(self, *theta: Value) -> Array:
        """Give the gradient by the free parameters."""
        return self.value_and_gradient(np.array(np.broadcast_arrays(*theta), dtype=np.float64))[1]

    def value_and_gradient(self, theta: Array) -> tuple[Array, Array]:
        """Give loss and gradient by the free parameters."""
        value, gradient = self.full.value_and_gradient(self.expand(theta))
        return value, gradient[self.free]

    def hessian_vector(self, theta: Array, v: Array) -> Array:
        """Give the free block of the Hessian times v."""
        direction = np.zeros(self.held.shape[:1] + v.shape[1:])
        direction[self.free] = v
        return self.full.hessian_vector(self.expand(theta), direction)[self.free]

    def batch(self, indices: Sequence[int] | NDArray[np.intp]) -> "Restricted":
        """Give the same restriction over these samples alone."""
        return Restricted(self.full.batch(indices), self.free, self.held)
