"""RMSprop, as PyTorch, Keras and Optax have it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.rules.base import Hyper, State, declare
from lossviz.rules.componentwise import Componentwise, Quantity, divided, root
from lossviz.rules.memory import decay, epsilon
from lossviz.rules.plain import SLOPE
from lossviz.rules.terms import Term

ALPHA = decay("alpha", "α", 0.99, "How slowly the mean of squared gradients forgets.")


@dataclass(frozen=True, eq=False)
class RMSprop(Componentwise):
    """Each parameter's slope is divided by a fading root mean square of the slopes before (torch.optim.RMSprop)."""

    name: ClassVar[str] = "rmsprop"
    title: ClassVar[str] = "RMSprop"
    formula: ClassVar[str] = "s ← α·s + (1 − α)·g²\nθ ← θ − η · g / (√s + ε)"
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        Term("s", "mean square", remembered=0),
        Term("s′", "new mean", "α·s + (1 − α)·g²"),
        Term("r", "root", "√s′ + ε"),
        Term("η′", "effective rate", "η/r"),
        Term("Δ", "step", "−η′·g"),
    )
    source: ClassVar[str] = "Tieleman & Hinton (2012), Lecture 6.5: rmsprop, Coursera"

    alpha: Hyper = declare(ALPHA)
    epsilon: Hyper = declare(epsilon(1e-8))

    def init(self, theta: Array) -> State:
        """Start with no mean square."""
        return (np.zeros_like(theta),)

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Update the mean square, and divide by its root."""
        s = self.alpha * state[0] + (1.0 - self.alpha) * (slope * slope)
        effective = divided(rate, root(s) + self.epsilon)
        return theta - effective * slope, (s,)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell the mean square, and by what each slope was multiplied."""
        return {"second_moment": state[0], "effective_rate": divided(rate, root(state[0]) + self.epsilon)}
