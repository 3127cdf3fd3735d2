"""Rules that scale each parameter's step by the gradients it has seen. Conventions and defaults of PyTorch 2.13."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import Hyper, State, Step, declare
from lossviz.rules.componentwise import Componentwise, Quantity, divided, root
from lossviz.rules.plain import SLOPE
from lossviz.rules.terms import Term


def decay(name: str, symbol: str, default: float, text: str) -> Param:
    """Declare a factor from 0 to below 1 by which a memory shrinks at each step."""
    return Param(name, symbol, default, low=0.0, high=1.0, shown=(0.0, 0.9999), open_high=True, text=text)


def epsilon(default: float) -> Param:
    """Declare the small number that keeps a division finite."""
    text = "A small number beside the root, so that nothing is divided by zero."
    return Param("epsilon", "ε", default, low=0.0, shown=(1e-12, 1.0), log=True, text=text)


ALPHA = decay("alpha", "α", 0.99, "How slowly the mean of squared gradients forgets.")
BETA1 = decay("beta1", "β₁", 0.9, "How slowly the mean of gradients forgets.")
BETA2 = decay("beta2", "β₂", 0.999, "How slowly the mean of squared gradients forgets.")
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

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> Step:
        """Add the squared gradient, and divide by the root of the sum."""
        s, k = state
        s = s + slope * slope
        effective = divided(rate / (1.0 + self.learning_rate_decay * k), root(s) + self.epsilon)
        return Step(theta - effective * slope, (s, k + 1), {"squares": s, "effective_rate": effective})


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

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> Step:
        """Update the mean square, and divide by its root."""
        s = self.alpha * state[0] + (1.0 - self.alpha) * (slope * slope)
        effective = divided(rate, root(s) + self.epsilon)
        return Step(theta - effective * slope, (s,), {"squares": s, "effective_rate": effective})


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

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> Step:
        """Update both moments, correct them, and divide."""
        m, v, power1, power2 = state
        # by multiplication: powers of an array and of a number may differ in the last bit
        power1, power2 = power1 * self.beta1, power2 * self.beta2
        m = m + (1.0 - self.beta1) * (slope - m)
        v = self.beta2 * v + (1.0 - self.beta2) * (slope * slope)
        first = rate / (1.0 - power1)
        size = root(v) / root(1.0 - power2)
        effective = divided(first, size + self.epsilon)
        info = {"moment": m / (1.0 - power1), "squares": v / (1.0 - power2), "effective_rate": effective}
        return Step(theta - effective * m, (m, v, power1, power2), info)
