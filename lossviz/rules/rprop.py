"""Rprop, as PyTorch and Optax have it: only the signs of the slopes count."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import Hyper, State, declare
from lossviz.rules.componentwise import Componentwise, Quantity, chosen, largest, sign, smallest
from lossviz.rules.plain import SLOPE
from lossviz.rules.terms import Term

ETA_MINUS = Param(
    "eta_minus",
    "η₋",
    0.5,
    low=0.0,
    high=1.0,
    shown=(0.01, 0.99),
    open_low=True,
    open_high=True,
    text="By this a step shrinks where the slope's sign has changed.",
)
ETA_PLUS = Param(
    "eta_plus",
    "η₊",
    1.2,
    low=1.0,
    shown=(1.0, 2.0),
    open_low=True,
    text="By this a step grows where the slope's sign has stayed.",
)
STEP_MIN = Param(
    "step_min", "δ₋", 1e-6, low=0.0, shown=(1e-9, 1.0), log=True, text="No parameter's step becomes shorter."
)
STEP_MAX = Param(
    "step_max", "δ₊", 50.0, low=0.0, shown=(1e-3, 100.0), log=True, text="No parameter's step becomes longer."
)


@dataclass(frozen=True, eq=False)
class Rprop(Componentwise):
    """Each parameter has a step that grows while its slope keeps its sign, and shrinks else (torch.optim.Rprop)."""

    name: ClassVar[str] = "rprop"
    title: ClassVar[str] = "Rprop"
    formula: ClassVar[str] = (
        "c ← g·p;  δ ← η at first\n"
        "δ ← δ·η₊ if c > 0, δ·η₋ if c < 0\n"
        "δ ← max(δ₋, min(δ₊, δ))\n"
        "p ← g;  p ← 0 if c < 0\n"
        "θ ← θ − δ·sign(p)"
    )
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        Term("p", "slope before", remembered=0),
        Term("c", "same sign", "g·p"),
        Term("δ", "step size", remembered=1),
        Term("δ₁", "size so far", "if(k > 0, δ, η)"),
        Term("f", "factor", "if(c > 0, η₊, if(0 > c, η₋, 1))"),
        Term("δ′", "new size", "max(δ₋, min(δ₊, δ₁·f))"),
        Term("p′", "followed", "if(0 > c, 0, g)"),
        Term("Δ", "step", "−δ′·sign(p′)"),
    )
    source: ClassVar[str] = "Riedmiller & Braun (1993), A direct adaptive method for faster backpropagation learning"
    good: ClassVar[str] = "It needs no good rate: each parameter finds its own step within a few updates."
    bad: ClassVar[str] = (
        "It fails on mini-batches: noise turns the signs, and small slopes count as much as large ones."
    )

    eta_minus: Hyper = declare(ETA_MINUS)
    eta_plus: Hyper = declare(ETA_PLUS)
    step_min: Hyper = declare(STEP_MIN)
    step_max: Hyper = declare(STEP_MAX)

    def init(self, theta: Array) -> State:
        """Start without a slope before; the first rate will be the step size."""
        return np.zeros_like(theta), np.zeros_like(theta), 0

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Compare the signs, change the step size, and step unless the sign has changed."""
        before, size, made = state
        same = slope * before
        size = chosen(made == 0, size + rate, size)
        # multiplied before it is chosen: of plain factors NumPy would make double precision
        size = chosen(same > 0.0, size * self.eta_plus, chosen(same < 0.0, size * self.eta_minus, size))
        size = smallest(largest(size, self.step_min), self.step_max)
        followed = chosen(same < 0.0, 0.0, slope)
        return theta - size * sign(followed), (followed, size, made + 1)

    def told(self, rate: Hyper, state: State) -> dict[str, Array]:
        """Tell each parameter's step size, as what the sign of its slope was multiplied by."""
        return {"effective_rate": state[1]}


@dataclass(frozen=True, eq=False)
class OptaxRprop(Rprop):
    """The same one update late: the first makes no step, and each later one that of the update before (optax.rprop).

    A first step size is not held within its bounds.
    """

    convention: ClassVar[str] = "optax"
    formula: ClassVar[str] = (
        "c ← g·p;  δ ← η at first\n"
        "θ ← θ − p;  not at all if c < 0\n"
        "δ ← max(δ₋, min(δ₊, δ·η₊)) if c > 0\n"
        "δ ← max(δ₋, min(δ₊, δ·η₋)) if c < 0\n"
        "p ← δ·sign(g);  p ← 0 if c < 0"
    )
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        Term("δ", "step size", remembered=1),
        Term("p", "step in waiting", remembered=0, carries=True),
        Term("c", "same sign", "g·p"),
        Term("Δ", "step", "if(0 > c, 0, −p)"),
    )

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Make the step of the update before unless the sign has changed, and prepare the next."""
        before, size, made = state
        same = slope * before
        size = chosen(made == 0, size + rate, size)
        changed = chosen(same > 0.0, size * self.eta_plus, size * self.eta_minus)
        size = chosen(same == 0.0, size, smallest(largest(changed, self.step_min), self.step_max))
        after = chosen(same < 0.0, theta, theta - before)
        return after, (chosen(same < 0.0, 0.0, size * sign(slope)), size, made + 1)
