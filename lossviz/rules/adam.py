"""Adam, as PyTorch, Keras and Optax have it; and what each library's AdamW shares with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import Hyper, State, declare
from lossviz.rules.componentwise import Quantity, divided, largest, root, towards, used
from lossviz.rules.memory import BETA2, EPSILON_ROOT, epsilon, learning_rate, weight_decay
from lossviz.rules.moments import (
    AMSGRAD,
    DECOUPLED,
    NESTEROV,
    Corrected,
    Decay,
    Written,
    correction,
    moments,
    shrinking,
    step,
    written,
)
from lossviz.rules.moments import decayed as of_decay
from lossviz.rules.plain import SLOPE
from lossviz.rules.terms import Term

CORRECTED = "Divide the mean of {} by 1 − βᵗ, as it starts at zero."
SOURCE = "Kingma & Ba (2015), Adam: a method for stochastic optimization, algorithm 1"
SOURCE_AMSGRAD = f"{SOURCE}; AMSGrad: Reddi, Kale & Kumar (2018), On the convergence of Adam and beyond"
GOOD = "Steep and flat directions move alike, and a rate that suits one loss mostly suits the next."
BAD = "Its steps hardly shrink near the minimum: it circles there until the rate is lowered."


@cache
def pytorch_writes(decay: Decay, amsgrad: bool) -> Written:
    """Give formula and terms as PyTorch's Adam computes."""
    slope, square = ("g′" if decay == "slope" else "g"), ("u" if amsgrad else "v")
    formula = written(
        decay,
        "m ← β₁·m + (1 − β₁)·g",
        "v ← β₂·v + (1 − β₂)·g²",
        "u ← max(u, v)" if amsgrad else "",
        f"θ ← θ − η/(1 − β₁ᵗ) · m / (√{square}/√(1 − β₂ᵗ) + ε)",
    )
    most = (Term("u", "largest 2nd", remembered=3), Term("u′", "new largest", "max(u, v′)")) if amsgrad else ()
    terms = (
        SLOPE,
        *of_decay(decay),
        *moments(slope),
        *most,
        Term("m\u0302", "corrected", "m′/(1 − β₁ᵗ)"),
        Term("v\u0302", "corrected", f"{square}′/(1 − β₂ᵗ)"),
        Term("η′", "effective rate", "η/(√v\u0302 + ε)"),
        step("η′·m\u0302", decay),
    )
    return formula, terms


@dataclass(frozen=True, eq=False)
class PyTorchAdam(Corrected):
    """What torch.optim.Adam and AdamW share: ε outside the root of the corrected second moment."""

    beta2: Hyper = declare(BETA2)
    epsilon: Hyper = declare(epsilon(1e-8))
    weight_decay: Hyper = declare(weight_decay(0.0))
    amsgrad: bool = declare(AMSGRAD)
    # a hyperparameter of Adam
    decoupled_weight_decay = True

    def written_out(self) -> Written:
        """Name weight decay and the largest second moment where they act."""
        return pytorch_writes(self.decay(self.decoupled_weight_decay), self.amsgrad)

    def init(self, theta: Array) -> State:
        """Start both moments at zero, and count steps."""
        state: State = (np.zeros_like(theta), np.zeros_like(theta), 0.0)
        return (*state, np.zeros_like(theta)) if self.amsgrad else state

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Update both moments, correct them, and divide."""
        if self.decoupled_weight_decay:
            theta = self.shrunk(theta, rate)
        else:
            slope = self.pulled(slope, theta)
        m, v, t = state[:3]
        t = t + 1.0
        m = towards(m, slope, 1.0 - self.beta1)
        v = self.beta2 * v + (1.0 - self.beta2) * slope * slope
        square = largest(state[3], v) if self.amsgrad else v
        size = root(square) / root(correction(self.beta2, t)) + self.epsilon
        after = theta - divided(rate / correction(self.beta1, t) * m, size)
        return after, (m, v, t, square) if self.amsgrad else (m, v, t)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell both moments, corrected and not, and by what each corrected first moment was multiplied."""
        m, v, t, *most = state
        square = most[0] if most else v
        correction2 = correction(self.beta2, t)
        return {
            "moment": m,
            "second_moment": v,
            "corrected_moment": m / correction(self.beta1, t),
            "corrected_second_moment": square / correction2,
            "effective_rate": divided(rate, root(square) / root(correction2) + self.epsilon),
        }


@dataclass(frozen=True, eq=False)
class Adam(PyTorchAdam):
    """Fading means of gradient and squared gradient, both corrected for their start at zero (torch.optim.Adam)."""

    name: ClassVar[str] = "adam"
    title: ClassVar[str] = "Adam"
    formula: ClassVar[str] = pytorch_writes("", False)[0]
    terms: ClassVar[tuple[Term, ...]] = pytorch_writes("", False)[1]
    source: ClassVar[str] = SOURCE_AMSGRAD
    good: ClassVar[str] = GOOD
    bad: ClassVar[str] = BAD

    learning_rate: Hyper = declare(learning_rate(1e-3))
    decoupled_weight_decay: bool = declare(DECOUPLED)


@cache
def keras_writes(decay: Decay, amsgrad: bool) -> Written:
    """Give formula and terms as Keras's Adam computes."""
    square = "u" if amsgrad else "v"
    formula = written(
        decay,
        "m ← β₁·m + (1 − β₁)·g",
        "v ← β₂·v + (1 − β₂)·g²",
        "u ← max(u, v)" if amsgrad else "",
        f"θ ← θ − η·√(1 − β₂ᵗ)/(1 − β₁ᵗ) · m / (√{square} + ε)",
    )
    most = (Term("u", "largest 2nd", remembered=3), Term("u′", "new largest", "max(u, v′)")) if amsgrad else ()
    terms = (
        SLOPE,
        *moments(),
        *most,
        Term("η\u0302", "corrected rate", "η·√(1 − β₂ᵗ)/(1 − β₁ᵗ)"),
        Term("η′", "effective rate", f"η\u0302/(√{square}′ + ε)"),
        step("η′·m′", decay),
    )
    return formula, terms


@dataclass(frozen=True, eq=False)
class KerasAdam(Corrected):
    """Adam with both corrections in the rate, so that ε stands beside an uncorrected root (keras.optimizers.Adam)."""

    name: ClassVar[str] = "adam"
    title: ClassVar[str] = "Adam"
    convention: ClassVar[str] = "keras"
    formula: ClassVar[str] = keras_writes("", False)[0]
    terms: ClassVar[tuple[Term, ...]] = keras_writes("", False)[1]
    source: ClassVar[str] = f"{SOURCE_AMSGRAD}, with the “epsilon hat” of the end of Adam's section 2"
    good: ClassVar[str] = GOOD
    bad: ClassVar[str] = BAD

    learning_rate: Hyper = declare(learning_rate(1e-3))
    beta2: Hyper = declare(BETA2)
    epsilon: Hyper = declare(epsilon(1e-7))
    weight_decay: Hyper = declare(shrinking(0.0))
    amsgrad: bool = declare(AMSGRAD)

    def written_out(self) -> Written:
        """Name weight decay and the largest second moment where they act."""
        return keras_writes(self.decay(True), self.amsgrad)

    def init(self, theta: Array) -> State:
        """Start both moments at zero, and count steps."""
        state: State = (np.zeros_like(theta), np.zeros_like(theta), 0.0)
        return (*state, np.zeros_like(theta)) if self.amsgrad else state

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Shrink the parameter, update both moments, correct the rate, and divide."""
        theta = self.drawn(theta, rate)
        m, v, t = state[:3]
        t = t + 1.0
        m = m + (slope - m) * (1.0 - self.beta1)
        v = v + (slope * slope - v) * (1.0 - self.beta2)
        square = largest(state[3], v) if self.amsgrad else v
        corrected = rate * root(correction(self.beta2, t)) / correction(self.beta1, t)
        after = theta - divided(m * corrected, root(square) + self.epsilon)
        return after, (m, v, t, square) if self.amsgrad else (m, v, t)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell both moments, corrected and not, and by what each corrected first moment was multiplied."""
        m, v, t, *most = state
        square = most[0] if most else v
        correction2 = correction(self.beta2, t)
        return {
            "moment": m,
            "second_moment": v,
            "corrected_moment": m / correction(self.beta1, t),
            "corrected_second_moment": square / correction2,
            "effective_rate": divided(rate * root(correction2), root(square) + self.epsilon),
        }


@cache
def optax_writes(
    decay: Decay,
    nesterov: bool,
    amsgrad: bool = False,
    corrected: tuple[bool, bool] = (True, True),
    under: bool = False,
) -> Written:
    """Give formula and terms as Optax's Adam computes; `under`: ε₀ stands under the root."""
    by1, by2 = ("/(1 − β₁ᵗ)" if corrected[0] else ""), ("/(1 − β₂ᵗ)" if corrected[1] else "")
    next1 = "/(1 − β₁^(t + 1))" if corrected[0] else ""
    square = "u" if amsgrad else "v\u0302"
    size = f"√({square} + ε₀)" if under else f"√{square}"
    ahead = f"β₁·m{next1} + (1 − β₁)·g{by1}"
    quotient = f"m\u0302 / ({size} + ε)"
    formula = "\n".join(
        (
            "m ← β₁·m + (1 − β₁)·g",
            "v ← β₂·v + (1 − β₂)·g²",
            f"m\u0302 ← {ahead if nesterov else f'm{by1}'}",
            f"v\u0302 ← v{by2}",
            *(("u ← max(u, v\u0302)",) if amsgrad else ()),
            f"θ ← θ − η · ({quotient} + λ·θ)" if decay else f"θ ← θ − η · {quotient}",
        )
    )
    most = (Term("u", "largest 2nd", remembered=3), Term("u′", "new largest", "max(u, v\u0302)")) if amsgrad else ()
    root_of = "u′" if amsgrad else "v\u0302"
    terms = (
        SLOPE,
        *moments(),
        Term("m\u0302", "look ahead", ahead.replace("m", "m′"))
        if nesterov
        else Term("m\u0302", "corrected" if corrected[0] else "as it is", f"m′{by1}"),
        Term("v\u0302", "corrected" if corrected[1] else "as it is", f"v′{by2}"),
        *most,
        Term("η′", "effective rate", f"η/(√({root_of} + ε₀) + ε)" if under else f"η/(√{root_of} + ε)"),
        step("η′·m\u0302", decay),
    )
    return formula, terms


@dataclass(frozen=True, eq=False)
class OptaxMoments(Corrected):
    """What optax.adam, amsgrad, adamw and nadam share: corrected moments, ε₀ under the root and ε outside it."""

    convention: ClassVar[str] = "optax"

    beta2: Hyper = declare(BETA2)
    epsilon: Hyper = declare(epsilon(1e-8))
    epsilon_root: Hyper = declare(EPSILON_ROOT)
    # hyperparameters of some
    nesterov = False
    amsgrad = False
    correct_moment = True
    correct_second_moment = True

    def written_out(self) -> Written:
        """Name what acts."""
        corrected = (self.correct_moment, self.correct_second_moment)
        return optax_writes(self.decay(True), self.nesterov, self.amsgrad, corrected, used(self.epsilon_root))

    def init(self, theta: Array) -> State:
        """Start both moments at zero, and count steps."""
        state: State = (np.zeros_like(theta), np.zeros_like(theta), 0.0)
        return (*state, np.zeros_like(theta)) if self.amsgrad else state

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Update both moments, correct them, and divide."""
        m, v, t = state[:3]
        t = t + 1.0
        correction1 = correction(self.beta1, t)
        m = (1.0 - self.beta1) * slope + self.beta1 * m
        v = (1.0 - self.beta2) * (slope * slope) + self.beta2 * v
        moment, ahead = m, slope
        if self.correct_moment:
            moment = m / (correction(self.beta1, t + 1.0) if self.nesterov else correction1)
            ahead = slope / correction1
        if self.nesterov:
            moment = self.beta1 * moment + (1.0 - self.beta1) * ahead
        square = v / correction(self.beta2, t) if self.correct_second_moment else v
        if self.amsgrad:
            square = largest(state[3], square)
        along = divided(moment, root(square + self.epsilon_root) + self.epsilon)
        after = theta - rate * self.pulled(along, theta)
        return after, (m, v, t, square) if self.amsgrad else (m, v, t)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell both moments, corrected and not, and by what the moment that is followed was multiplied."""
        m, v, t, *most = state
        square = v / correction(self.beta2, t) if self.correct_second_moment else v
        square = most[0] if most else square
        return {
            "moment": m,
            "second_moment": v,
            "corrected_moment": m / correction(self.beta1, t) if self.correct_moment else m,
            "corrected_second_moment": square,
            "effective_rate": divided(rate, root(square + self.epsilon_root) + self.epsilon),
        }


@dataclass(frozen=True, eq=False)
class OptaxAdam(OptaxMoments):
    """Adam with a look ahead if asked, or the largest corrected second moment (optax.adam, and optax.amsgrad)."""

    name: ClassVar[str] = "adam"
    title: ClassVar[str] = "Adam"
    formula: ClassVar[str] = optax_writes("", False)[0]
    terms: ClassVar[tuple[Term, ...]] = optax_writes("", False)[1]
    source: ClassVar[str] = SOURCE_AMSGRAD
    good: ClassVar[str] = GOOD
    bad: ClassVar[str] = BAD

    learning_rate: Hyper = declare(learning_rate(1e-3))
    nesterov: bool = declare(NESTEROV)
    amsgrad: bool = declare(AMSGRAD)
    correct_moment: bool = declare(Param("correct_moment", "correct m", True, text=CORRECTED.format("gradients")))
    correct_second_moment: bool = declare(
        Param("correct_second_moment", "correct v", True, text=CORRECTED.format("squared gradients"))
    )
