"""AdaBelief and Yogi, as Optax has them: Adam with another idea of the second moment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.rules.base import Hyper, State, declare
from lossviz.rules.componentwise import Quantity, divided, root, sign, used
from lossviz.rules.memory import BETA2, EPSILON_ROOT, epsilon, learning_rate
from lossviz.rules.moments import MOMENT, NESTEROV, NEW_MOMENT, SECOND, Corrected, Written, correction, step
from lossviz.rules.plain import SLOPE
from lossviz.rules.terms import Term

SURPRISE_ROOT = replace(EPSILON_ROOT, default=1e-16, text="A small number added to the mean of squares in each step.")


@cache
def _written(nesterov: bool, adding: bool) -> Written:
    ahead = "β₁·m/(1 − β₁^(t + 1)) + (1 − β₁)·g/(1 − β₁ᵗ)"
    more = " + ε₀" if adding else ""
    formula = "\n".join(
        (
            "m ← β₁·m + (1 − β₁)·g",
            f"s ← β₂·s + (1 − β₂)·(g − m)²{more}",
            f"m\u0302 ← {ahead if nesterov else 'm/(1 − β₁ᵗ)'}",
            "θ ← θ − η · m\u0302 / (√(s/(1 − β₂ᵗ)) + ε)",
        )
    )
    terms = (
        SLOPE,
        MOMENT,
        Term("m′", "new 1st", f"{NEW_MOMENT}g"),
        Term("s", "surprise", remembered=1),
        Term("s′", "new surprise", f"β₂·s + (1 − β₂)·(g − m′)²{more}"),
        Term("m\u0302", "look ahead", ahead.replace("m", "m′"))
        if nesterov
        else Term("m\u0302", "corrected", "m′/(1 − β₁ᵗ)"),
        Term("s\u0302", "corrected", "s′/(1 − β₂ᵗ)"),
        Term("η′", "effective rate", "η/(√s\u0302 + ε)"),
        step("η′·m\u0302", ""),
    )
    return formula, terms


@dataclass(frozen=True, eq=False)
class AdaBelief(Corrected):
    """Adam that divides by how much slopes differ from their mean, not by how large they are (optax.adabelief)."""

    name: ClassVar[str] = "adabelief"
    title: ClassVar[str] = "AdaBelief"
    convention: ClassVar[str] = "optax"
    formula: ClassVar[str] = _written(False, True)[0]
    terms: ClassVar[tuple[Term, ...]] = _written(False, True)[1]
    source: ClassVar[str] = "Zhuang et al. (2020), AdaBelief optimizer: adapting stepsizes by the belief in gradients"
    good: ClassVar[str] = "It takes long steps where the slope is as expected, also where it is steep."
    bad: ClassVar[str] = "On an even slope it believes ever more, and its steps grow far beyond the rate."

    learning_rate: Hyper = declare(learning_rate(1e-3))
    beta2: Hyper = declare(replace(BETA2, text="How slowly the mean of squared surprises forgets."))
    epsilon: Hyper = declare(epsilon(1e-16))
    epsilon_root: Hyper = declare(SURPRISE_ROOT)
    nesterov: bool = declare(NESTEROV)

    def written_out(self) -> Written:
        """Name what acts."""
        return _written(self.nesterov, used(self.epsilon_root))

    def init(self, theta: Array) -> State:
        """Start both means at zero, and count steps."""
        return np.zeros_like(theta), np.zeros_like(theta), 0.0

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Update the mean of slopes and that of their squared distance from it, correct both, and divide."""
        m, s, t = state
        t = t + 1.0
        correction1 = correction(self.beta1, t)
        m = (1.0 - self.beta1) * slope + self.beta1 * m
        surprise = slope - m
        s = (1.0 - self.beta2) * (surprise * surprise) + self.beta2 * s + self.epsilon_root
        moment = m / correction1
        if self.nesterov:
            following = correction(self.beta1, t + 1.0)
            moment = self.beta1 * (m / following) + (1.0 - self.beta1) * (slope / correction1)
        size = root(s / correction(self.beta2, t)) + self.epsilon
        return theta - rate * divided(moment, size), (m, s, t)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell both means, corrected and not, and by what the mean that is followed was multiplied."""
        m, s, t = state
        square = s / correction(self.beta2, t)
        return {
            "moment": m,
            "second_moment": s,
            "corrected_moment": m / correction(self.beta1, t),
            "corrected_second_moment": square,
            "effective_rate": divided(rate, root(square) + self.epsilon),
        }


@dataclass(frozen=True, eq=False)
class Yogi(Corrected):
    """Adam whose second moment changes by the newest square, however far it is from it (optax.yogi)."""

    name: ClassVar[str] = "yogi"
    title: ClassVar[str] = "Yogi"
    convention: ClassVar[str] = "optax"
    formula: ClassVar[str] = (
        "m ← β₁·m + (1 − β₁)·g\nv ← v − (1 − β₂)·sign(v − g²)·g²\n"
        "θ ← θ − η · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε)\nat the start:  m = v = 0.000001"
    )
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        MOMENT,
        Term("m′", "new 1st", f"{NEW_MOMENT}g"),
        SECOND,
        Term("v′", "new 2nd", "v − (1 − β₂)·sign(v − g²)·g²"),
        Term("m\u0302", "corrected", "m′/(1 − β₁ᵗ)"),
        Term("v\u0302", "corrected", "v′/(1 − β₂ᵗ)"),
        Term("η′", "effective rate", "η/(√v\u0302 + ε)"),
        Term("Δ", "step", "−η′·m\u0302"),
    )
    source: ClassVar[str] = "Zaheer et al. (2018), Adaptive methods for nonconvex optimization, algorithm 2"
    good: ClassVar[str] = "After a steep place its rate grows back slowly, so that rare slopes don't throw it off."
    bad: ClassVar[str] = "Where it began on a steep slope, it stays slow for long."

    learning_rate: Hyper = declare(learning_rate(1e-2))
    beta2: Hyper = declare(replace(BETA2, text="How slowly the second moment follows the squared gradients."))
    epsilon: Hyper = declare(epsilon(1e-3))

    def init(self, theta: Array) -> State:
        """Start both moments at 10⁻⁶, as Optax does, and count steps."""
        return np.zeros_like(theta) + 1e-6, np.zeros_like(theta) + 1e-6, 0.0

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Update both moments, correct them, and divide."""
        m, v, t = state
        t = t + 1.0
        correction1 = correction(self.beta1, t)
        m = (1.0 - self.beta1) * slope + self.beta1 * m
        square = slope * slope
        v = v - (1.0 - self.beta2) * sign(v - square) * square
        size = root(v / correction(self.beta2, t)) + self.epsilon
        return theta - rate * divided(m / correction1, size), (m, v, t)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell both moments, corrected and not, and by what the corrected first was multiplied."""
        m, v, t = state
        square = v / correction(self.beta2, t)
        return {
            "moment": m,
            "second_moment": v,
            "corrected_moment": m / correction(self.beta1, t),
            "corrected_second_moment": square,
            "effective_rate": divided(rate, root(square) + self.epsilon),
        }
