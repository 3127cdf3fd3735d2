"""Adamax, as PyTorch, Keras and Optax have it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.rules.base import Hyper, State, declare
from lossviz.rules.componentwise import Quantity, divided, largest, towards
from lossviz.rules.memory import decay, epsilon, learning_rate, weight_decay
from lossviz.rules.moments import MOMENT, NEW_MOMENT, Corrected, Decay, Written, correction, shrinking, step, written
from lossviz.rules.moments import decayed as of_decay
from lossviz.rules.plain import SLOPE
from lossviz.rules.terms import Term

BETA2 = decay("beta2", "β₂", 0.999, "How slowly the largest slope is forgotten.")
SOURCE = "Kingma & Ba (2015), Adam: a method for stochastic optimization, algorithm 2"
GOOD = "Divides by the largest slope of late, so that one very steep place can't make the steps after it longer."
BAD = "After one very large slope its steps stay short for about 1/(1 − β₂) steps."


@cache
def _written(decay: Decay, inside: bool) -> Written:
    """Write it out; `inside`: ε stands inside the max."""
    slope = "g′" if decay == "slope" else "g"
    size = "|{}| + ε" if inside else "|{}|"
    by = "u" if inside else "(u + ε)"
    formula = written(
        decay,
        "m ← β₁·m + (1 − β₁)·g",
        f"u ← max(β₂·u, {size.format('g')})",
        f"θ ← θ − η/(1 − β₁ᵗ) · m / {by}",
    )
    terms = (
        SLOPE,
        *of_decay(decay),
        MOMENT,
        Term("m′", "new 1st", f"{NEW_MOMENT}{slope}"),
        Term("u", "largest", remembered=1),
        Term("u′", "new largest", f"max(β₂·u, {size.format(slope)})"),
        Term("m\u0302", "corrected", "m′/(1 − β₁ᵗ)"),
        Term("η′", "effective rate", "η/u′" if inside else "η/(u′ + ε)"),
        step("η′·m\u0302", decay),
    )
    return formula, terms


@dataclass(frozen=True, eq=False)
class OptaxAdamax(Corrected):
    """A fading mean of gradients divided by the largest of them, which fades too (optax.adamax)."""

    name: ClassVar[str] = "adamax"
    title: ClassVar[str] = "Adamax"
    convention: ClassVar[str] = "optax"
    formula: ClassVar[str] = _written("", True)[0]
    terms: ClassVar[tuple[Term, ...]] = _written("", True)[1]
    source: ClassVar[str] = SOURCE
    good: ClassVar[str] = GOOD
    bad: ClassVar[str] = BAD

    learning_rate: Hyper = declare(learning_rate(2e-3))
    beta2: Hyper = declare(BETA2)
    epsilon: Hyper = declare(epsilon(1e-8, "A small number added to the size of each slope."))

    def init(self, theta: Array) -> State:
        """Start both at zero, and count steps."""
        return np.zeros_like(theta), np.zeros_like(theta), 0.0

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Update mean and largest, correct the mean, and divide."""
        m, u, t = state
        t = t + 1.0
        m = (1.0 - self.beta1) * slope + self.beta1 * m
        u = largest(abs(slope) + self.epsilon, self.beta2 * u)
        return theta - rate * divided(m / correction(self.beta1, t), u), (m, u, t)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell the mean, corrected and not, and by what the corrected one was multiplied."""
        m, u, t = state
        return {"moment": m, "corrected_moment": m / correction(self.beta1, t), "effective_rate": divided(rate, u)}


@dataclass(frozen=True, eq=False)
class Adamax(OptaxAdamax):
    """The same, with weight decay that is added to the slope (torch.optim.Adamax)."""

    convention: ClassVar[str] = "pytorch"

    weight_decay: Hyper = declare(weight_decay(0.0))

    def written_out(self) -> Written:
        """Name weight decay where it acts."""
        return _written(self.decay(False), True)

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Add the weight decay, update mean and largest, correct the mean, and divide."""
        slope = self.pulled(slope, theta)
        m, u, t = state
        t = t + 1.0
        m = towards(m, slope, 1.0 - self.beta1)
        u = largest(self.beta2 * u, abs(slope) + self.epsilon)
        return theta - divided(rate / correction(self.beta1, t) * m, u), (m, u, t)


@dataclass(frozen=True, eq=False)
class KerasAdamax(Corrected):
    """A fading mean of gradients divided by the largest of them and ε (keras.optimizers.Adamax)."""

    name: ClassVar[str] = "adamax"
    title: ClassVar[str] = "Adamax"
    convention: ClassVar[str] = "keras"
    formula: ClassVar[str] = _written("", False)[0]
    terms: ClassVar[tuple[Term, ...]] = _written("", False)[1]
    source: ClassVar[str] = SOURCE
    good: ClassVar[str] = GOOD
    bad: ClassVar[str] = BAD

    learning_rate: Hyper = declare(learning_rate(1e-3))
    beta2: Hyper = declare(BETA2)
    epsilon: Hyper = declare(epsilon(1e-7, "A small number beside the largest slope."))
    weight_decay: Hyper = declare(shrinking(0.0))

    def written_out(self) -> Written:
        """Name weight decay where it acts."""
        return _written(self.decay(True), False)

    def init(self, theta: Array) -> State:
        """Start both at zero, and count steps."""
        return np.zeros_like(theta), np.zeros_like(theta), 0.0

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Shrink the parameter, update mean and largest, correct the mean, and divide."""
        theta = self.drawn(theta, rate)
        m, u, t = state
        t = t + 1.0
        m = m + (slope - m) * (1.0 - self.beta1)
        u = largest(self.beta2 * u, abs(slope))
        return theta - divided(m * rate, (u + self.epsilon) * correction(self.beta1, t)), (m, u, t)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell the mean, corrected and not, and by what the corrected one was multiplied."""
        m, u, t = state
        return {
            "moment": m,
            "corrected_moment": m / correction(self.beta1, t),
            "effective_rate": divided(rate, u + self.epsilon),
        }
