"""Rules of which each step has the same length in each parameter: only signs count."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.rules.base import Hyper, State, declare
from lossviz.rules.componentwise import Componentwise, Quantity, decayed, sign, with_decay
from lossviz.rules.memory import decay as fading
from lossviz.rules.memory import learning_rate
from lossviz.rules.moments import Written, acting, shrinking, step, written
from lossviz.rules.plain import SLOPE
from lossviz.rules.terms import Term

BETA1 = fading("beta1", "β₁", 0.9, "How much of the memory is in what gives the direction.")
BETA2 = fading("beta2", "β₂", 0.99, "How slowly the memory of gradients forgets.")


@dataclass(frozen=True, eq=False)
class SignSGD(Componentwise):
    """Each parameter goes by the rate, against the sign of its slope (optax.sign_sgd)."""

    name: ClassVar[str] = "signsgd"
    title: ClassVar[str] = "signSGD"
    convention: ClassVar[str] = "optax"
    formula: ClassVar[str] = "θ ← θ − η · sign(g)"
    terms: ClassVar[tuple[Term, ...]] = (SLOPE, Term("d", "direction", "sign(g)"), Term("Δ", "step", "−η·d"))
    bounded: ClassVar[bool] = True
    source: ClassVar[str] = "Bernstein et al. (2018), signSGD: compressed optimisation for non-convex problems"
    good: ClassVar[str] = "A sign is one bit, so many computers can agree on a step cheaply; no slope can throw it off."
    bad: ClassVar[str] = "It ends in hopping to and fro, and goes diagonally however the valley runs."

    def init(self, theta: Array) -> State:
        """Remember nothing."""
        return ()

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Go one rate against the sign."""
        return theta - rate * sign(slope), ()


@dataclass(frozen=True, eq=False)
class Lion(Componentwise):
    """Each parameter goes by the rate, against the sign of a mean of its slopes (optax.lion)."""

    name: ClassVar[str] = "lion"
    title: ClassVar[str] = "Lion"
    convention: ClassVar[str] = "optax"
    formula: ClassVar[str] = "c ← β₁·m + (1 − β₁)·g\nθ ← θ − η·(sign(c) + λ·θ)\nm ← β₂·m + (1 − β₂)·g"
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        Term("m", "mean", remembered=0, carries=True),
        Term("c", "mixed", "β₁·m + (1 − β₁)·g"),
        Term("d", "direction", "sign(c)"),
        Term("Δ", "step", "−η·d − η·λ·θ"),
    )
    source: ClassVar[str] = "Chen et al. (2023), Symbolic discovery of optimization algorithms"
    good: ClassVar[str] = "It remembers one number a parameter where Adam needs two, and no slope can throw it off."
    bad: ClassVar[str] = "All its steps are as long as the rate says, so it needs a small one, and one that falls."

    learning_rate: Hyper = declare(learning_rate(0.001))
    beta1: Hyper = declare(BETA1)
    beta2: Hyper = declare(BETA2)
    weight_decay: Hyper = declare(shrinking(1e-3))

    def written_out(self) -> Written:
        """Give formula and terms with the decay where it is used."""
        decay = acting(self.weight_decay, decoupled=True)
        lines = ("c ← β₁·m + (1 − β₁)·g", "θ ← θ − η·sign(c)", "m ← β₂·m + (1 − β₂)·g")
        return written(decay, *lines), (*Lion.terms[:-1], step("η·d", decay))

    def init(self, theta: Array) -> State:
        """Start with no mean."""
        return (np.zeros_like(theta),)

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Go against the sign of mean and slope mixed, and then update the mean."""
        mixed = self.beta1 * state[0] + (1.0 - self.beta1) * slope
        mean = self.beta2 * state[0] + (1.0 - self.beta2) * slope
        return theta - rate * with_decay(sign(mixed), theta, self.weight_decay), (mean,)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell the mean."""
        return {"moment": state[0]}


@dataclass(frozen=True, eq=False)
class KerasLion(Lion):
    """The same without weight decay, unless it is asked for (keras.optimizers.Lion)."""

    convention: ClassVar[str] = "keras"
    formula: ClassVar[str] = Lion.formula
    terms: ClassVar[tuple[Term, ...]] = Lion.terms

    weight_decay: Hyper = declare(shrinking(0.0))

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Shrink the parameter, go against the sign of mean and slope mixed, and then update the mean."""
        mixed = self.beta1 * state[0] + (1.0 - self.beta1) * slope
        mean = self.beta2 * state[0] + (1.0 - self.beta2) * slope
        return decayed(theta, rate, self.weight_decay) - rate * sign(mixed), (mean,)
