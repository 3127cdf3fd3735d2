"""Schedules that fall for ever: exponentially, and with the inverse of time."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import declare
from lossviz.rules.schedules.base import FROM_ZERO, Schedule, power
from lossviz.rules.schedules.params import Optional
from lossviz.rules.schedules.straight import BEGIN

GAMMA = Param(
    "gamma",
    "γ",
    0.99,
    low=0.0,
    shown=(0.5, 1.0),
    open_low=True,
    text="What the rate is multiplied by, again and again.",
)
STEP_SIZE = Param("step_size", "s", 1, low=1, shown=(1, 1000), log=True, whole=True, text="Updates for one factor γ.")
STAIRCASE = Param("staircase", "staircase", False, text="Whether the rate falls in steps rather than all the time.")


@dataclass(frozen=True)
class Exponential(Schedule):
    """PyTorch's ExponentialLR: the same factor after each update."""

    name: ClassVar[str] = "exponential"
    title: ClassVar[str] = "exponential"
    formula: ClassVar[str] = "η = η₀·γᵏ"
    source: ClassVar[str] = "torch.optim.lr_scheduler.ExponentialLR"
    good: ClassVar[str] = "Falls evenly on a logarithmic scale, without a length that has to be known before."

    gamma: float = declare(GAMMA)

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Take a power of the factor."""
        return base * power(self.gamma, k)


@dataclass(frozen=True)
class KerasExponential(Schedule):
    """Keras's ExponentialDecay: one factor in so many updates, evenly or in steps."""

    name: ClassVar[str] = "exponential"
    title: ClassVar[str] = "exponential"
    convention: ClassVar[str] = "keras"
    formula: ClassVar[str] = "η = η₀·γ^(k/s)"
    source: ClassVar[str] = "keras.optimizers.schedules.ExponentialDecay"
    good: ClassVar[str] = Exponential.good

    gamma: float = declare(GAMMA)
    step_size: int = declare(STEP_SIZE)
    staircase: bool = declare(STAIRCASE)
    warmup_start: float = declare(FROM_ZERO)

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Take a power of the factor, a whole one on the stairs."""
        part = k / self.step_size
        return base * power(self.gamma, np.floor(part) if self.staircase else part)


@dataclass(frozen=True)
class OptaxExponential(KerasExponential):
    """Optax's exponential_decay: as Keras's, and it can begin late and end at a rate."""

    convention: ClassVar[str] = "optax"
    formula: ClassVar[str] = "j = max(k − d, 0)\nη = max(η₀·γ^(j/s), η₁)"
    source: ClassVar[str] = "optax.exponential_decay"

    begin: int = declare(BEGIN)
    end: float | None = declare(
        Optional(
            "end",
            "η₁",
            low=0.0,
            shown=(1e-5, 1.0),
            log=True,
            absent="none",
            text="The rate that it doesn't fall below, or, with γ of 1 or more, rise above.",
        )
    )

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Fall from the beginning on, as far as the end."""
        rates = super().after_warmup(np.maximum(k - self.begin, 0.0), base)
        if self.end is None:
            return rates
        return np.maximum(rates, self.end) if self.gamma < 1.0 else np.minimum(rates, self.end)


@dataclass(frozen=True)
class InverseTime(Schedule):
    """Keras's InverseTimeDecay: a half, a third, a quarter of the rate, and so on."""

    name: ClassVar[str] = "inverse_time"
    title: ClassVar[str] = "inverse of time"
    convention: ClassVar[str] = "keras"
    formula: ClassVar[str] = "η = η₀/(1 + γ·k/s)"
    source: ClassVar[str] = "Robbins and Monro (1951); keras.optimizers.schedules.InverseTimeDecay"
    good: ClassVar[str] = (
        "The classic one for noisy gradients: it falls fast enough to settle and slowly enough to get anywhere."
    )

    gamma: float = declare(
        replace(GAMMA, default=0.01, low=0.0, open_low=False, shown=(1e-4, 1.0), log=True, text="How fast it falls.")
    )
    step_size: int = declare(replace(STEP_SIZE, text="Updates that count as one."))
    staircase: bool = declare(STAIRCASE)
    warmup_start: float = declare(FROM_ZERO)

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Divide by the time."""
        part = k / self.step_size
        return base / (1.0 + self.gamma * (np.floor(part) if self.staircase else part))
