"""RAdam, as PyTorch and Optax have it: Adam that doesn't divide before it has seen enough slopes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import nan
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import Hyper, State, declare
from lossviz.rules.componentwise import (
    Quantity,
    chosen,
    divided,
    power,
    root,
    towards,
    used,
)
from lossviz.rules.memory import BETA2, EPSILON_ROOT, epsilon, learning_rate, weight_decay
from lossviz.rules.moments import DECOUPLED, NESTEROV, Corrected, Decay, Written, correction, moments, step, written
from lossviz.rules.moments import decayed as of_decay
from lossviz.rules.plain import SLOPE
from lossviz.rules.terms import Term

THRESHOLD = Param(
    "threshold", "ρ₀", 5.0, low=0.0, shown=(4.0, 20.0), text="From how many seen squares on they are divided by."
)
SOURCE = "Liu et al. (2020), On the variance of the adaptive learning rate and beyond, algorithm 2"
GOOD = "It warms up by itself: at first it is momentum, and divides only by what it knows well enough."
BAD = "Its first five or so steps are as long as the slope is steep, where Adam's are as long as the rate."
ENDING, SEEN = "2/(1 − β₂) − 1", "ρ∞ − 2·t·β₂ᵗ/(1 − β₂ᵗ)"
RECTIFIED = "√((ρ − 4)·(ρ − 2)·ρ∞/((ρ∞ − 4)·(ρ∞ − 2)·ρ))"


def seen_squares(beta2: Hyper, t: float) -> tuple[Quantity, Quantity]:
    """Give how many squares the second moment is made of at the end, ρ∞, and after t steps, ρ."""
    ending = 2.0 / (1.0 - beta2) - 1.0
    fallen = power(beta2, t)
    return ending, ending - divided(2.0 * t * fallen, 1.0 - fallen)


def rectified(ending: Hyper, seen: Hyper) -> Quantity:
    """Give by what the step is shortened, as long as few squares are seen; NaN where they are too few for that."""
    square = divided((seen - 4.0) * (seen - 2.0) * ending, (ending - 4.0) * (ending - 2.0) * seen)
    return chosen(square < 0.0, nan, root(abs(square)))


@cache
def _pytorch(decay: Decay) -> Written:
    formula = written(
        decay,
        "m ← β₁·m + (1 − β₁)·g",
        "v ← β₂·v + (1 − β₂)·g²",
        f"ρ∞ ← {ENDING}",
        f"ρ ← {SEEN}",
        "ρ > 5:  θ ← θ − η · r · m/(1 − β₁ᵗ) · √(1 − β₂ᵗ)/(√v + ε)",
        f"    with r = {RECTIFIED}",
        "else:  θ ← θ − η · m/(1 − β₁ᵗ)",
    )
    terms = (
        SLOPE,
        *of_decay(decay),
        *moments("g′" if decay == "slope" else "g"),
        Term("ρ∞", "squares at the end", ENDING),
        Term("ρ", "squares seen", SEEN),
        Term("m\u0302", "corrected", "m′/(1 − β₁ᵗ)"),
        Term("r", "shortened by", f"if(ρ > 5, {RECTIFIED}, 1)"),
        Term("η′", "effective rate", "if(ρ > 5, η·r·√(1 − β₂ᵗ)/(√v′ + ε), η)"),
        step("η′·m\u0302", decay),
    )
    return formula, terms


@dataclass(frozen=True, eq=False)
class RAdam(Corrected):
    """Adam that divides only when it has seen more than five squares, as it counts them (torch.optim.RAdam)."""

    name: ClassVar[str] = "radam"
    title: ClassVar[str] = "RAdam"
    formula: ClassVar[str] = _pytorch("")[0]
    terms: ClassVar[tuple[Term, ...]] = _pytorch("")[1]
    source: ClassVar[str] = SOURCE
    good: ClassVar[str] = GOOD
    bad: ClassVar[str] = BAD

    learning_rate: Hyper = declare(learning_rate(1e-3))
    beta2: Hyper = declare(BETA2)
    epsilon: Hyper = declare(epsilon(1e-8))
    weight_decay: Hyper = declare(weight_decay(0.0))
    decoupled_weight_decay: bool = declare(DECOUPLED)

    def written_out(self) -> Written:
        """Name weight decay where it acts."""
        return _pytorch(self.decay(self.decoupled_weight_decay))

    def init(self, theta: Array) -> State:
        """Start both moments at zero, and count steps."""
        return np.zeros_like(theta), np.zeros_like(theta), 0.0

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Update both moments, correct them, and divide if enough squares are seen."""
        if self.decoupled_weight_decay:
            theta = self.shrunk(theta, rate)
        else:
            slope = self.pulled(slope, theta)
        m, v, t = state
        t = t + 1.0
        m = towards(m, slope, 1.0 - self.beta1)
        v = self.beta2 * v + (1.0 - self.beta2) * slope * slope
        along = m / correction(self.beta1, t) * rate
        adaptive, rectifying, seen = self._factors(v, t)
        return theta - chosen(seen > 5.0, along * adaptive * rectifying, along), (m, v, t)

    def _factors(self, v: Quantity, t: float) -> tuple[Quantity, Quantity, Quantity]:
        """Give by what a step is multiplied, for the slopes' size and for the squares' number, and that number."""
        ending, seen = seen_squares(self.beta2, t)
        # so PyTorch divides a number by an array
        adaptive = divided(1.0, root(v) + self.epsilon) * root(correction(self.beta2, t))
        return adaptive, rectified(ending, seen), seen

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell both moments, corrected and not, and by what the corrected first was multiplied."""
        adaptive, rectifying, seen = self._factors(state[1], state[2])
        return _told(self, state, chosen(seen > 5.0, rate * adaptive * rectifying, rate))


@cache
def _optax(nesterov: bool, under: bool) -> Written:
    ahead = "β₁·m/(1 − β₁^(t + 1)) + (1 − β₁)·g/(1 − β₁ᵗ)"
    square = "v/(1 − β₂ᵗ)"
    size = f"√({square} + ε₀)" if under else f"√({square})"
    formula = written(
        "",
        "m ← β₁·m + (1 − β₁)·g",
        "v ← β₂·v + (1 − β₂)·g²",
        f"m\u0302 ← {ahead if nesterov else 'm/(1 − β₁ᵗ)'}",
        f"ρ∞ ← {ENDING}",
        f"ρ ← {SEEN}",
        f"ρ ≥ ρ₀:  θ ← θ − η · r · m\u0302 / ({size} + ε)",
        f"    with r = {RECTIFIED}",
        "else:  θ ← θ − η · m\u0302",
    )
    root_of = "√(v\u0302 + ε₀)" if under else "√v\u0302"
    terms = (
        SLOPE,
        *moments(),
        Term("ρ∞", "squares at the end", ENDING),
        Term("ρ", "squares seen", SEEN),
        Term("m\u0302", "look ahead", ahead.replace("m", "m′"))
        if nesterov
        else Term("m\u0302", "corrected", "m′/(1 − β₁ᵗ)"),
        Term("v\u0302", "corrected", "v′/(1 − β₂ᵗ)"),
        Term("r", "shortened by", f"if(ρ₀ > ρ, 1, {RECTIFIED})"),
        Term("η′", "effective rate", f"if(ρ₀ > ρ, η, η·r/({root_of} + ε))"),
        step("η′·m\u0302", ""),
    )
    return formula, terms


@dataclass(frozen=True, eq=False)
class OptaxRAdam(Corrected):
    """The same with ε beside the corrected root, and a threshold to choose (optax.radam)."""

    name: ClassVar[str] = "radam"
    title: ClassVar[str] = "RAdam"
    convention: ClassVar[str] = "optax"
    formula: ClassVar[str] = _optax(False, False)[0]
    terms: ClassVar[tuple[Term, ...]] = _optax(False, False)[1]
    source: ClassVar[str] = SOURCE
    good: ClassVar[str] = GOOD
    bad: ClassVar[str] = BAD

    learning_rate: Hyper = declare(learning_rate(1e-3))
    beta2: Hyper = declare(BETA2)
    epsilon: Hyper = declare(epsilon(1e-8))
    epsilon_root: Hyper = declare(EPSILON_ROOT)
    threshold: Hyper = declare(THRESHOLD)
    nesterov: bool = declare(NESTEROV)

    def written_out(self) -> Written:
        """Name what acts."""
        return _optax(self.nesterov, used(self.epsilon_root))

    def init(self, theta: Array) -> State:
        """Start both moments at zero, and count steps."""
        return np.zeros_like(theta), np.zeros_like(theta), 0.0

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Update both moments, correct them, and divide if enough squares are seen."""
        m, v, t = state
        t = t + 1.0
        correction1 = correction(self.beta1, t)
        m = (1.0 - self.beta1) * slope + self.beta1 * m
        v = (1.0 - self.beta2) * (slope * slope) + self.beta2 * v
        moment = m / correction1
        if self.nesterov:
            following = correction(self.beta1, t + 1.0)
            moment = self.beta1 * (m / following) + (1.0 - self.beta1) * (slope / correction1)
        size, rectifying, seen = self._factors(v, t)
        along = chosen(seen >= self.threshold, divided(rectifying * moment, size), moment)
        return theta - rate * along, (m, v, t)

    def _factors(self, v: Quantity, t: float) -> tuple[Quantity, Quantity, Quantity]:
        """Give by what a step is divided and multiplied if enough squares are seen, and their number."""
        ending, seen = seen_squares(self.beta2, t)
        size = root(v / correction(self.beta2, t) + self.epsilon_root) + self.epsilon
        return size, rectified(ending, seen), seen

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell both moments, corrected and not, and by what the moment that is followed was multiplied."""
        size, rectifying, seen = self._factors(state[1], state[2])
        return _told(self, state, chosen(seen >= self.threshold, rectifying * divided(rate, size), rate))


def _told(rule: RAdam | OptaxRAdam, state: State, effective: Quantity) -> Mapping[str, Array]:
    m, v, t = state
    return {
        "moment": m,
        "second_moment": v,
        "corrected_moment": m / correction(rule.beta1, t),
        "corrected_second_moment": v / correction(rule.beta2, t),
        "effective_rate": np.broadcast_to(effective, np.shape(m)),
    }
