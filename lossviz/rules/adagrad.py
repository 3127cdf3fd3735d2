"""Adagrad, as PyTorch, Keras and Optax have it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import Hyper, State, declare
from lossviz.rules.componentwise import Componentwise, Quantity, decayed, divided, root, used, with_decay
from lossviz.rules.memory import epsilon, learning_rate, weight_decay
from lossviz.rules.moments import Written, acting, shrinking, step, written
from lossviz.rules.moments import decayed as of_decay
from lossviz.rules.plain import SLOPE
from lossviz.rules.terms import Term

LEARNING_RATE_DECAY = Param(
    "learning_rate_decay", "γ", 0.0, low=0.0, shown=(0.0, 1.0), text="The rate is divided by 1 + γ·(steps made)."
)
INITIAL_ACCUMULATOR = Param(
    "initial_accumulator", "s₀", 0.0, low=0.0, shown=(0.0, 10.0), text="The sum of squared gradients before any step."
)


@dataclass(frozen=True, eq=False)
class Adagrad(Componentwise):
    """Each parameter's steps shrink with all the squared gradients it has seen (torch.optim.Adagrad)."""

    name: ClassVar[str] = "adagrad"
    title: ClassVar[str] = "Adagrad"
    formula: ClassVar[str] = "s ← s + g²\nθ ← θ − η/(1 + γ·k) · g / (√s + ε)"
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        Term("s", "squares", remembered=0),
        Term("s′", "new squares", "s + g²"),
        Term("r", "root", "√s′ + ε"),
        Term("η′", "effective rate", "η/(1 + γ·k)/r"),
        Term("Δ", "step", "−η′·g"),
    )
    source: ClassVar[str] = "Duchi, Hazan & Singer (2011), Adaptive subgradient methods"
    good: ClassVar[str] = "Each parameter gets a rate of its own, so a rare one still takes long steps when it is felt."
    bad: ClassVar[str] = "It never forgets a slope, so its steps shrink for ever and it may stop on the way."

    learning_rate_decay: Hyper = declare(LEARNING_RATE_DECAY)
    weight_decay: Hyper = declare(weight_decay(0.0))
    initial_accumulator: Hyper = declare(INITIAL_ACCUMULATOR)
    epsilon: Hyper = declare(epsilon(1e-10))

    def written_out(self) -> Written:
        """Give formula and terms with the decays that are used."""
        decay = acting(self.weight_decay, decoupled=False)
        g = "g′" if decay else "g"
        rate, fallen = ("η/(1 + γ·k) ·", "η/(1 + γ·k)/r") if used(self.learning_rate_decay) else ("η ·", "η/r")
        return written(decay, "s ← s + g²", f"θ ← θ − {rate} g / (√s + ε)"), (
            SLOPE,
            *of_decay(decay),
            Term("s", "squares", remembered=0),
            Term("s′", "new squares", f"s + {g}²"),
            Term("r", "root", "√s′ + ε"),
            Term("η′", "effective rate", fallen),
            step(f"η′·{g}", decay),
        )

    def init(self, theta: Array) -> State:
        """Start the sum where the hyperparameter says, and count steps."""
        return np.zeros_like(theta) + self.initial_accumulator, 0

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Add the squared gradient, and divide by the root of the sum."""
        s, k = state
        g = with_decay(slope, theta, self.weight_decay)
        s = s + g * g
        fallen = rate / (1.0 + self.learning_rate_decay * k)
        return theta - divided(fallen * g, root(s) + self.epsilon), (s, k + 1)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell the sum of squares, and by what each slope was multiplied."""
        s, made = state
        effective = divided(rate / (1.0 + self.learning_rate_decay * (made - 1)), root(s) + self.epsilon)
        return {"second_moment": s, "effective_rate": effective}


@dataclass(frozen=True, eq=False)
class OptaxAdagrad(Componentwise):
    """The same with ε under the root, and a sum that starts above 0 (optax.adagrad)."""

    name: ClassVar[str] = "adagrad"
    title: ClassVar[str] = "Adagrad"
    convention: ClassVar[str] = "optax"
    formula: ClassVar[str] = "s ← s + g²\nθ ← θ − η · g / √(s + ε)"
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        Term("s", "squares", remembered=0),
        Term("s′", "new squares", "s + g²"),
        Term("r", "root", "√(s′ + ε)"),
        Term("η′", "effective rate", "η/r"),
        Term("Δ", "step", "−η′·g"),
    )
    source: ClassVar[str] = Adagrad.source
    good: ClassVar[str] = Adagrad.good
    bad: ClassVar[str] = Adagrad.bad

    initial_accumulator: Hyper = declare(replace(INITIAL_ACCUMULATOR, default=0.1))
    epsilon: Hyper = declare(epsilon(1e-7, "A small number under the root, so that nothing is divided by zero."))

    def init(self, theta: Array) -> State:
        """Start the sum where the hyperparameter says."""
        return (np.zeros_like(theta) + self.initial_accumulator,)

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Add the squared gradient, and divide by the root of the sum."""
        s = state[0] + slope * slope
        return theta - rate * (divided(1.0, root(s + self.epsilon)) * slope), (s,)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell the sum of squares, and by what each slope was multiplied."""
        return {"second_moment": state[0], "effective_rate": divided(rate, root(state[0] + self.epsilon))}


@dataclass(frozen=True, eq=False)
class KerasAdagrad(OptaxAdagrad):
    """The same with weight decay beside the step (keras.optimizers.Adagrad)."""

    convention: ClassVar[str] = "keras"
    formula: ClassVar[str] = OptaxAdagrad.formula
    terms: ClassVar[tuple[Term, ...]] = OptaxAdagrad.terms

    learning_rate: Hyper = declare(learning_rate(0.001))
    weight_decay: Hyper = declare(shrinking(0.0))

    def written_out(self) -> Written:
        """Give formula and terms with the decay where it is used."""
        decay = acting(self.weight_decay, decoupled=True)
        return written(decay, *OptaxAdagrad.formula.split("\n")), (*OptaxAdagrad.terms[:-1], step("η′·g", decay))

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Shrink the parameter, add the squared gradient, and divide by the root of the sum."""
        theta = decayed(theta, rate, self.weight_decay)
        s = state[0] + slope * slope
        return theta - divided(rate * slope, root(s + self.epsilon)), (s,)
