"""Adam, as PyTorch, Keras and Optax have it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.rules.base import Hyper, State, declare
from lossviz.rules.componentwise import Componentwise, Quantity, divided, root
from lossviz.rules.memory import BETA1, BETA2, epsilon
from lossviz.rules.plain import SLOPE
from lossviz.rules.terms import Term


@dataclass(frozen=True, eq=False)
class Adam(Componentwise):
    """Fading means of gradient and squared gradient, both corrected for their start at zero (torch.optim.Adam)."""

    name: ClassVar[str] = "adam"
    title: ClassVar[str] = "Adam"
    formula: ClassVar[str] = (
        "m ← β₁·m + (1 − β₁)·g\nv ← β₂·v + (1 − β₂)·g²\nθ ← θ − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)"
    )
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        Term("m", "1st moment", remembered=0, carries=True),
        Term("m′", "new 1st", "β₁·m + (1 − β₁)·g"),
        Term("v", "2nd moment", remembered=1),
        Term("v′", "new 2nd", "β₂·v + (1 − β₂)·g²"),
        Term("m\u0302", "corrected", "m′/(1 − β₁ᵗ)"),
        Term("v\u0302", "corrected", "v′/(1 − β₂ᵗ)"),
        Term("η′", "effective rate", "η/(√v\u0302 + ε)"),
        Term("Δ", "step", "−η′·m\u0302"),
    )
    source: ClassVar[str] = "Kingma & Ba (2015), Adam: a method for stochastic optimization, algorithm 1"

    beta1: Hyper = declare(BETA1)
    beta2: Hyper = declare(BETA2)
    epsilon: Hyper = declare(epsilon(1e-8))

    def init(self, theta: Array) -> State:
        """Start both moments at zero, and the powers of both factors at one."""
        return np.zeros_like(theta), np.zeros_like(theta), 1.0, 1.0

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Update both moments, correct them, and divide."""
        m, v, power1, power2 = state
        # by multiplication: powers of an array and of a number may differ in the last bit
        power1, power2 = power1 * self.beta1, power2 * self.beta2
        m = m + (1.0 - self.beta1) * (slope - m)
        v = self.beta2 * v + (1.0 - self.beta2) * (slope * slope)
        first = rate / (1.0 - power1)
        size = root(v) / root(1.0 - power2)
        effective = divided(first, size + self.epsilon)
        return theta - effective * m, (m, v, power1, power2)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell both moments, corrected and not, and by what each corrected first moment was multiplied."""
        m, v, power1, power2 = state
        return {
            "moment": m,
            "second_moment": v,
            "corrected_moment": m / (1.0 - power1),
            "corrected_second_moment": v / (1.0 - power2),
            "effective_rate": divided(rate, root(v) / root(1.0 - power2) + self.epsilon),
        }
