"""NAdam, as PyTorch, Keras and Optax have it: Adam with Nesterov's look ahead.

PyTorch keeps the product of the momenta in its default type, which may be float32; here it has all its digits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.adam import OptaxMoments, optax_writes
from lossviz.rules.base import Hyper, State, declare
from lossviz.rules.componentwise import Quantity, divided, power, root, towards
from lossviz.rules.memory import BETA1, BETA2, epsilon, learning_rate, weight_decay
from lossviz.rules.moments import DECOUPLED, Decay, Decaying, Written, correction, moments, shrinking, step, written
from lossviz.rules.moments import decayed as of_decay
from lossviz.rules.plain import SLOPE
from lossviz.rules.terms import Term

FADING = 0.96
"""How the warm-up of the momentum fades: by this factor in each step, in Keras."""
MOMENTUM_DECAY = Param(
    "momentum_decay",
    "ψ",
    0.004,
    low=0.0,
    shown=(0.0, 1.0),
    text="How fast the momentum grows from about half of β₁ to β₁: by 0.96^(ψ·t).",
)
SOURCE = "Dozat (2016), Incorporating Nesterov momentum into Adam"
GOOD = "It looks ahead as Nesterov does, and so brakes a little before Adam would."
BAD = "It circles around the minimum as Adam does, and its momentum is one more thing that changes."


@cache
def _written(decay: Decay, exponent: str) -> Written:
    """Write it out; `exponent` says of 0.96 how it depends on the step, with "t" in it."""
    slope = "g′" if decay == "slope" else "g"
    following = exponent.replace("t", "(t + 1)")
    raised, afterwards = (f"({one})" if "·" in one else one for one in (exponent, following))
    formula = written(
        decay,
        f"μ ← β₁·(1 − 0.5·0.96^{raised})",
        f"κ ← β₁·(1 − 0.5·0.96^{afterwards})",
        "π ← π·μ",
        "m ← β₁·m + (1 − β₁)·g",
        "v ← β₂·v + (1 − β₂)·g²",
        "m\u0302 ← κ·m/(1 − π·κ) + (1 − μ)·g/(1 − π)",
        "θ ← θ − η · m\u0302 / (√(v/(1 − β₂ᵗ)) + ε)",
    )
    terms = (
        SLOPE,
        *of_decay(decay),
        Term("μ", "momentum", f"β₁·(1 − 0.5·0.96^{raised})"),
        Term("κ", "next momentum", f"β₁·(1 − 0.5·0.96^{afterwards})"),
        Term("π", "product", remembered=3),
        Term("π′", "new product", "π·μ"),
        *moments(slope),
        Term("m\u0302", "look ahead", f"κ·m′/(1 − π′·κ) + (1 − μ)·{slope}/(1 − π′)"),
        Term("v\u0302", "corrected", "v′/(1 − β₂ᵗ)"),
        Term("η′", "effective rate", "η/(√v\u0302 + ε)"),
        step("η′·m\u0302", decay),
    )
    return formula, terms


@dataclass(frozen=True, eq=False)
class KerasNAdam(Decaying):
    """Adam with Nesterov's look ahead, whose momentum is soon β₁ (keras.optimizers.Nadam)."""

    name: ClassVar[str] = "nadam"
    title: ClassVar[str] = "NAdam"
    convention: ClassVar[str] = "keras"
    formula: ClassVar[str] = _written("", "t")[0]
    terms: ClassVar[tuple[Term, ...]] = _written("", "t")[1]
    source: ClassVar[str] = SOURCE
    good: ClassVar[str] = GOOD
    bad: ClassVar[str] = BAD

    learning_rate: Hyper = declare(learning_rate(1e-3))
    beta1: Hyper = declare(BETA1)
    beta2: Hyper = declare(BETA2)
    epsilon: Hyper = declare(epsilon(1e-7))
    weight_decay: Hyper = declare(shrinking(0.0))

    @property
    def fades(self) -> Hyper:
        """How many factors of 0.96 the warm-up of the momentum gets in each step."""
        return 1.0

    def written_out(self) -> Written:
        """Name weight decay where it acts."""
        return _written(self.decay(True), "t")

    def init(self, theta: Array) -> State:
        """Start both moments at zero, and the product of the momenta at one; count steps."""
        return np.zeros_like(theta), np.zeros_like(theta), 0.0, 1.0

    def _warm(self, t: float) -> Quantity:
        """Give by what β₁ is multiplied to be the momentum of step t."""
        return 1.0 - 0.5 * power(FADING, t * self.fades)

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Shrink the parameter, and follow what both moments say about the next step."""
        theta = self.drawn(theta, rate)
        m, v, t, product = state
        t = t + 1.0
        warm, following = self._warm(t), self.beta1 * self._warm(t + 1.0)
        momentum = self.beta1 * warm
        product = product * self.beta1 * warm
        m = m + (slope - m) * (1.0 - self.beta1)
        v = v + (slope * slope - v) * (1.0 - self.beta2)
        ahead = following * m / (1.0 - product * following) + (1.0 - momentum) * slope / (1.0 - product)
        size = root(v / correction(self.beta2, t)) + self.epsilon
        return theta - divided(ahead * rate, size), (m, v, t, product)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell both moments, the second corrected too, and by what the look ahead was multiplied."""
        m, v, t, _ = state
        square = v / correction(self.beta2, t)
        return {
            "moment": m,
            "second_moment": v,
            "corrected_second_moment": square,
            "effective_rate": divided(rate, root(square) + self.epsilon),
        }


@dataclass(frozen=True, eq=False)
class NAdam(KerasNAdam):
    """Adam with Nesterov's look ahead, whose momentum grows slowly from half of β₁ (torch.optim.NAdam)."""

    convention: ClassVar[str] = "pytorch"
    formula: ClassVar[str] = _written("", "t·ψ")[0]
    terms: ClassVar[tuple[Term, ...]] = _written("", "t·ψ")[1]

    learning_rate: Hyper = declare(learning_rate(2e-3))
    epsilon: Hyper = declare(epsilon(1e-8))
    weight_decay: Hyper = declare(weight_decay(0.0))
    momentum_decay: Hyper = declare(MOMENTUM_DECAY)
    decoupled_weight_decay: bool = declare(DECOUPLED)

    @property
    def fades(self) -> Hyper:
        """How many factors of 0.96 the warm-up of the momentum gets in each step."""
        return self.momentum_decay

    def written_out(self) -> Written:
        """Name weight decay where it acts."""
        return _written(self.decay(self.decoupled_weight_decay), "t·ψ")

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Let weight decay act, update both moments and the momentum, and step along the slope and then the mean."""
        if self.decoupled_weight_decay:
            theta = self.shrunk(theta, rate)
        else:
            slope = self.pulled(slope, theta)
        m, v, t, product = state
        t = t + 1.0
        momentum, following = self.beta1 * self._warm(t), self.beta1 * self._warm(t + 1.0)
        product = product * momentum
        m = towards(m, slope, 1.0 - self.beta1)
        v = self.beta2 * v + (1.0 - self.beta2) * slope * slope
        size = root(v / correction(self.beta2, t)) + self.epsilon
        theta = theta - divided(rate * (1.0 - momentum) / (1.0 - product) * slope, size)
        return theta - divided(rate * following / (1.0 - product * following) * m, size), (m, v, t, product)


@dataclass(frozen=True, eq=False)
class OptaxNAdam(OptaxMoments):
    """Adam with Nesterov's look ahead at one momentum, β₁, from the first step on (optax.nadam)."""

    name: ClassVar[str] = "nadam"
    title: ClassVar[str] = "NAdam"
    formula: ClassVar[str] = optax_writes("", True)[0]
    terms: ClassVar[tuple[Term, ...]] = optax_writes("", True)[1]
    source: ClassVar[str] = SOURCE
    good: ClassVar[str] = GOOD
    bad: ClassVar[str] = "It circles around the minimum as Adam does."

    learning_rate: Hyper = declare(learning_rate(2e-3))
    nesterov = True
