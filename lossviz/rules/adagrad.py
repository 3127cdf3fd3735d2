"""Adagrad, as PyTorch, Keras and Optax have it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import Hyper, State, declare
from lossviz.rules.componentwise import Componentwise, Quantity, divided, root
from lossviz.rules.memory import epsilon
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

    learning_rate_decay: Hyper = declare(LEARNING_RATE_DECAY)
    initial_accumulator: Hyper = declare(INITIAL_ACCUMULATOR)
    epsilon: Hyper = declare(epsilon(1e-10))

    def init(self, theta: Array) -> State:
        """Start the sum where the hyperparameter says, and count steps."""
        return np.zeros_like(theta) + self.initial_accumulator, 0

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Add the squared gradient, and divide by the root of the sum."""
        s, k = state
        s = s + slope * slope
        effective = divided(rate / (1.0 + self.learning_rate_decay * k), root(s) + self.epsilon)
        return theta - effective * slope, (s, k + 1)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell the sum of squares, and by what each slope was multiplied."""
        s, made = state
        effective = divided(rate / (1.0 + self.learning_rate_decay * (made - 1)), root(s) + self.epsilon)
        return {"second_moment": s, "effective_rate": effective}
