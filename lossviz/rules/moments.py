"""The two moments of Adam and its kin, fading means of slopes and of their squares: as terms, formulas, corrected."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, cast

from lossviz.landscape.param import Param
from lossviz.rules.base import Hyper, declare
from lossviz.rules.componentwise import Componentwise, Quantity, power, used
from lossviz.rules.memory import BETA1, weight_decay
from lossviz.rules.terms import Term

Written = tuple[str, tuple[Term, ...]]
"""A rule's formula, and its update line by line."""

Decay = Literal["", "slope", "parameter"]
"""Where weight decay acts: nowhere, on the slope, or on the parameter itself."""

MOMENT = Term("m", "1st moment", remembered=0, carries=True)
SECOND = Term("v", "2nd moment", remembered=1)
NEW_MOMENT = "β₁·m + (1 − β₁)·"
NEW_SECOND = "β₂·v + (1 − β₂)·"

AMSGRAD = Param(
    "amsgrad", "AMSGrad", False, text="Divide by the root of the largest second moment so far, so that no rate grows."
)
DECOUPLED = Param(
    "decoupled_weight_decay", "decoupled", False, text="Shrink each parameter itself instead of adding to its slope."
)
NESTEROV = Param("nesterov", "Nesterov", False, text="Look one step ahead with the mean of gradients.")


@dataclass(frozen=True, eq=False)
class Decaying(Componentwise):
    """A rule that may have weight decay."""

    # a hyperparameter of those that have it
    weight_decay = cast(Hyper, 0.0)

    @cached_property
    def decays(self) -> bool:
        """Whether weight decay acts in any run."""
        return used(self.weight_decay)

    def decay(self, decoupled: bool) -> Decay:
        """Tell where weight decay acts."""
        if not self.decays:
            return ""
        return "parameter" if decoupled else "slope"

    def shrunk(self, theta: Quantity, rate: Hyper) -> Quantity:
        """Give the parameter after decoupled weight decay, reckoned as PyTorch does."""
        return theta * (1.0 - rate * self.weight_decay) if self.decays else theta

    def drawn(self, theta: Quantity, rate: Hyper) -> Quantity:
        """Give the parameter after decoupled weight decay, reckoned as Keras does."""
        return theta - theta * self.weight_decay * rate if self.decays else theta

    def pulled(self, slope: Quantity, theta: Quantity) -> Quantity:
        """Give the slope with weight decay in it."""
        return slope + self.weight_decay * theta if self.decays else slope


@dataclass(frozen=True, eq=False)
class Corrected(Decaying):
    """A rule whose first moment is corrected for its start at zero, by 1 − β₁ᵗ; it counts its steps."""

    beta1: Hyper = declare(BETA1)


def correction(beta: Hyper, t: float) -> Quantity:
    """Give 1 − βᵗ, by which a mean of t numbers that started at zero falls short."""
    # of β as it is now, should a schedule move it: so do the libraries
    return 1.0 - power(beta, t)


def shrinking(default: float) -> Param:
    """Declare a weight decay that acts on each parameter itself."""
    return weight_decay(default, "The rate times this part of each parameter is taken off in every step.")


def acting(value: Hyper, decoupled: bool) -> Decay:
    """Tell where a weight decay of this value acts."""
    if not used(value):
        return ""
    return "parameter" if decoupled else "slope"


def moments(slope: str = "g") -> tuple[Term, ...]:
    """Give the terms of both moments of this slope."""
    return (
        MOMENT,
        Term("m′", "new 1st", f"{NEW_MOMENT}{slope}"),
        SECOND,
        Term("v′", "new 2nd", f"{NEW_SECOND}{slope}²"),
    )


def decayed(decay: Decay) -> tuple[Term, ...]:
    """Give the term of a slope with weight decay, where there is one: its symbol is g′."""
    return (Term("g′", "with decay", "g + λ·θ"),) if decay == "slope" else ()


def step(of: str, decay: Decay) -> Term:
    """Give the term of the step, from what is subtracted."""
    return Term("Δ", "step", f"−{of} − η·λ·θ" if decay == "parameter" else f"−{of}")


def written(decay: Decay, *lines: str) -> str:
    """Give the lines of a formula, with that of the weight decay before them."""
    of_decay = {"": (), "slope": ("g ← g + λ·θ",), "parameter": ("θ ← θ − η·λ·θ",)}[decay]
    return "\n".join((*of_decay, *(line for line in lines if line)))
