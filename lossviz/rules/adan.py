"""Adan, as Optax has it: Adam with the change of the slope beside the slope."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.rules.base import Hyper, State, declare
from lossviz.rules.componentwise import Quantity, chosen, divided, root, used
from lossviz.rules.memory import EPSILON_ROOT, decay, epsilon, learning_rate
from lossviz.rules.moments import MOMENT, NEW_MOMENT, Corrected, Decay, Written, correction, shrinking, step
from lossviz.rules.plain import SLOPE
from lossviz.rules.terms import Term


@cache
def _written(decay: Decay, under: bool) -> Written:
    size = "√(n\u0302 + ε₀)" if under else "√n\u0302"
    quotient = f"(m\u0302 + (1 − β₂)·v\u0302) / ({size} + ε)"
    formula = "\n".join(
        (
            "d ← g − p   (0 in the first step)",
            "p ← g",
            "m ← β₁·m + (1 − β₁)·g",
            "v ← β₂·v + (1 − β₂)·d",
            "n ← β₃·n + (1 − β₃)·(g + (1 − β₂)·d)²",
            "m\u0302 ← m/(1 − β₁ᵗ)",
            "v\u0302 ← v/(1 − β₂ᵗ)",
            "n\u0302 ← n/(1 − β₃ᵗ)",
            f"θ ← θ − η · ({quotient} + λ·θ)" if decay else f"θ ← θ − η · {quotient}",
        )
    )
    terms = (
        SLOPE,
        Term("p", "slope before", remembered=3),
        Term("d", "change", "if(t > 1, g − p, 0)"),
        MOMENT,
        Term("m′", "new mean", f"{NEW_MOMENT}g"),
        Term("v", "mean change", remembered=1, carries=True),
        Term("v′", "new change", "β₂·v + (1 − β₂)·d"),
        Term("n", "mean square", remembered=2),
        Term("n′", "new square", "β₃·n + (1 − β₃)·(g + (1 − β₂)·d)²"),
        Term("n\u0302", "corrected", "n′/(1 − β₃ᵗ)"),
        Term("η′", "effective rate", f"η/({size} + ε)"),
        Term("a", "look ahead", "m′/(1 − β₁ᵗ) + (1 − β₂)·v′/(1 − β₂ᵗ)"),
        step("η′·a", decay),
    )
    return formula, terms


@dataclass(frozen=True, eq=False)
class Adan(Corrected):
    """Adam that adds the mean change of the slope: it looks ahead without asking there (optax.adan)."""

    name: ClassVar[str] = "adan"
    title: ClassVar[str] = "Adan"
    convention: ClassVar[str] = "optax"
    formula: ClassVar[str] = _written("", True)[0]
    terms: ClassVar[tuple[Term, ...]] = _written("", True)[1]
    source: ClassVar[str] = "Xie et al. (2024), Adan: adaptive Nesterov momentum algorithm, algorithm 1"
    good: ClassVar[str] = "It feels how the slope changes, and so takes bends that Adam overshoots."
    bad: ClassVar[str] = "Three means have to be tuned, and with mini-batches the change is mostly noise."

    learning_rate: Hyper = declare(learning_rate(1e-3))
    beta1: Hyper = declare(decay("beta1", "β₁", 0.98, "How slowly the mean of gradients forgets."))
    beta2: Hyper = declare(decay("beta2", "β₂", 0.92, "How slowly the mean of the gradients' changes forgets."))
    beta3: Hyper = declare(decay("beta3", "β₃", 0.99, "How slowly the mean of squares forgets."))
    epsilon: Hyper = declare(epsilon(1e-8))
    epsilon_root: Hyper = declare(replace(EPSILON_ROOT, default=1e-8))
    weight_decay: Hyper = declare(shrinking(0.0))

    def written_out(self) -> Written:
        """Name what acts."""
        return _written(self.decay(True), used(self.epsilon_root))

    def init(self, theta: Array) -> State:
        """Start three means at zero, remember no slope, and count steps."""
        nothing = (np.zeros_like(theta), np.zeros_like(theta), np.zeros_like(theta), np.zeros_like(theta))
        return (*nothing, 0.0)

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Update the means of slope, change and square, correct them, and divide."""
        m, v, n, before, made = state
        t = made + 1.0
        change = chosen(made > 0.0, slope - before, 0.0)
        m = (1.0 - self.beta1) * slope + self.beta1 * m
        v = (1.0 - self.beta2) * change + self.beta2 * v
        ahead = slope + (1.0 - self.beta2) * change
        n = (1.0 - self.beta3) * (ahead * ahead) + self.beta3 * n
        size = root(n / correction(self.beta3, t) + self.epsilon_root) + self.epsilon
        mean, mean_change = m / correction(self.beta1, t), v / correction(self.beta2, t)
        along = divided(mean + (1.0 - self.beta2) * mean_change, size)
        return theta - rate * self.pulled(along, theta), (m, v, n, slope, t)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell the means of slope and square, corrected and not, and by what the look ahead was multiplied."""
        m, _, n, _, t = state
        square = n / correction(self.beta3, t)
        return {
            "moment": m,
            "second_moment": n,
            "corrected_moment": m / correction(self.beta1, t),
            "corrected_second_moment": square,
            "effective_rate": divided(rate, root(square + self.epsilon_root) + self.epsilon),
        }
