"""Objective and Surface: the two protocols that everything below floor 2 is written against.

Why they are as they are, against what has to fit later:

- *Component first.* ``theta`` has shape ``(n, *batch)``; a basin map is ``(2, 65536)``, one run is ``(2,)``, a network
  ``(n,)``. Every method broadcasts, so one run, a sweep and a map are one code path.
- *Mini-batches*: ``samples`` says how many samples there are (None: no data), ``batch(indices)`` gives an Objective of
  the same parameters over those samples alone. The gradient of a mini-batch is therefore a true one, never noise, and
  the full loss stays beside it for the record.
- *Networks* have n parameters and no cheap Hessian: an Objective offers ``hessian_vector`` only. A Surface, which has
  two parameters, offers the whole ``hessian``.
- *Sampled surfaces* answer NaN outside and in their holes; nothing here assumes finite values, and ``smooth`` tells
  whether derivatives of second order mean anything.
- *Line searches* need values alone (``loss``), *Newton* the Hessian, *Nesterov* a gradient elsewhere: all are here, so
  a rule never needs a second interface.
- ``params`` are the Params of the surface itself (the steepness of Rosenbrock's valley); a data loss has none.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.domain import Domain, Grid
from lossviz.landscape.param import Param

Array = NDArray[np.float64]
Value = float | Array


@runtime_checkable
class Objective(Protocol):
    """A loss of n parameters: what a rule descends."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the n parameters, in the order of theta's components."""

    @property
    def params(self) -> tuple[Param, ...]:
        """The adjustable numbers of the objective itself."""

    @property
    def samples(self) -> int | None:
        """How many samples the loss is a mean over; None where there are no data."""

    @property
    def smooth(self) -> bool:
        """Whether the Hessian exists everywhere that the loss is finite."""

    @property
    def loss(self) -> Callable[..., Array]:
        """Give the loss of the n components, ``loss(w, b)`` for a surface, broadcasting over any shape."""

    @property
    def gradient(self) -> Callable[..., Array]:
        """Give the gradient by the n components, ``gradient(w, b)`` for a surface, shape ``(n, *batch)``."""

    def value_and_gradient(self, theta: Array) -> tuple[Array, Array]:
        """Give loss ``(*batch)`` and gradient ``(n, *batch)`` at theta ``(n, *batch)`` at the cost of one pass."""

    def hessian_vector(self, theta: Array, v: Array) -> Array:
        """Give the Hessian at theta times v, both ``(n, *batch)``."""

    def batch(self, indices: Sequence[int] | NDArray[np.intp]) -> "Objective":
        """Give the objective over these samples alone.

        Raises
        ------
        ValueError
            Where the objective has no samples.
        """


@runtime_checkable
class Surface(Objective, Protocol):
    """An objective of two parameters, called w and b, over a domain: what can be drawn."""

    @property
    def domain(self) -> Domain:
        """The rectangle that is looked at."""

    @property
    def known_minimum(self) -> tuple[float, float] | None:
        """The global minimiser where the surface knows it to rounding, else None."""

    def hessian(self, w: Value, b: Value) -> Array:
        """Give the Hessian, shape ``(2, 2, *batch)``."""

    def grid(self, n: int) -> Grid:
        """Give the losses on n × n points of the domain by the fastest way this family of surfaces has."""

    def slice(self, parameter: str, at: tuple[float, float], n: int) -> tuple[Array, Array]:
        """Give n values of one parameter across the domain and the losses there, the other one held as in `at`."""
