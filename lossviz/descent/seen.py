"""What a rule sees of an objective in a step: free parameters alone, the samples of a batch, clipped, in float32."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from lossviz.descent.clipping import Clipping
from lossviz.landscape.objective import Array, Objective, Surface
from lossviz.landscape.param import Param
from lossviz.landscape.restricted import Restricted


class MeanOf:
    """The mean of objectives of the same parameters: what several batches together say.

    Parameters
    ----------
    objectives : sequence of Objective
    """

    def __init__(self, objectives: Sequence[Objective]) -> None:
        self.objectives = objectives
        first = objectives[0]
        self.parameters: tuple[str, ...] = first.parameters
        self.params: tuple[Param, ...] = first.params
        self.samples: int | None = sum(objective.samples or 0 for objective in objectives)
        self.smooth: bool = first.smooth

    def _mean(self, of: Callable[[Objective], Array]) -> Array:
        total = of(self.objectives[0])
        for objective in self.objectives[1:]:
            total = total + of(objective)
        return np.asarray(total / len(self.objectives))

    def loss(self, *theta: Array) -> Array:
        """Give the mean loss."""
        return self._mean(lambda objective: objective.loss(*theta))

    def gradient(self, *theta: Array) -> Array:
        """Give the mean gradient."""
        return self._mean(lambda objective: objective.gradient(*theta))

    def value_and_gradient(self, theta: Array) -> tuple[Array, Array]:
        """Give the mean loss and gradient."""
        found = [objective.value_and_gradient(theta) for objective in self.objectives]
        value, gradient = found[0]
        for more in found[1:]:
            value, gradient = value + more[0], gradient + more[1]
        return np.asarray(value / len(found)), gradient / len(found)

    def hessian_vector(self, theta: Array, v: Array) -> Array:
        """Give the mean Hessian times v."""
        return self._mean(lambda objective: objective.hessian_vector(theta, v))

    def batch(self, indices: Sequence[int] | NDArray[np.intp]) -> Objective:
        """Give the batch of the first."""
        return self.objectives[0].batch(indices)


class Seen(Restricted):
    """The objective as a rule sees it.

    Parameters
    ----------
    surface : Surface
    free : sequence of int
        The parameters that move.
    held : array (2, *batch)
        The values of all parameters; the free ones among them are not looked at.
    clipping : Clipping or None
        What cuts each gradient that the rule asks for.
    single : bool
        Whether the answers are rounded to float32; the points that are asked about are.

    Attributes
    ----------
    value : array (*batch)
    uncut : array (2, *batch)
        Loss and gradient of the last answer, before anything was cut or rounded, of all parameters.
    cut : array of bool (*batch)
        Whether the last answer's gradient was cut.
    """

    def __init__(
        self, surface: Surface, free: Sequence[int], held: Array, clipping: Clipping | None = None, single: bool = False
    ) -> None:
        super().__init__(surface, free, held)
        self._clipping = clipping
        self._single = single
        self._part = slice(self.free[0], self.free[-1] + 1)
        self._whole = len(self.free) == len(held)
        self.value, self.uncut, self.cut = held[0], held, np.zeros(held.shape[1:], dtype=bool)

    def over(self, batches: Sequence[NDArray[np.intp]], surface: Surface) -> None:
        """Answer for these batches from now on."""
        parts = [surface.batch(batch) for batch in batches]
        self.full = parts[0] if len(parts) == 1 else MeanOf(parts)

    def expand(self, theta: Array) -> Array:
        """Give all components, in float64."""
        if self._whole:
            return np.asarray(theta, dtype=np.float64)
        return super().expand(theta)

    def given(self, gradient: Array) -> Array:
        """Give what the rule is given of a gradient by all parameters."""
        self.uncut = gradient
        seen = gradient[self._part]
        if self._single:
            seen = seen.astype(np.float32)
        if self._clipping is not None:
            with np.errstate(all="ignore"):
                slopes, acted = self._clipping.cut(list(seen))
            seen, self.cut = np.stack(slopes).astype(seen.dtype), np.asarray(acted)
        return seen

    def value_and_gradient(self, theta: Array) -> tuple[Array, Array]:
        """Give loss and gradient as the rule sees them."""
        self.value, gradient = self.full.value_and_gradient(self.expand(theta))
        return (self.value.astype(np.float32) if self._single else self.value), self.given(gradient)

    def hessian_vector(self, theta: Array, v: Array) -> Array:
        """Give the free block of the Hessian times v."""
        product = super().hessian_vector(theta, np.asarray(v, dtype=np.float64))
        return product.astype(np.float32) if self._single else product
