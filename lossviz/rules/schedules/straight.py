"""Schedules along a straight line or a power of one: constant, linear, polynomial."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import declare
from lossviz.rules.schedules.base import FROM_ZERO, STEPS, Schedule, power

STEPS_OR_FIVE = replace(STEPS, alone=5)  # type: ignore[call-arg]
POWER = Param("power", "p", 1.0, low=0.0, shown=(0.1, 4.0), text="How bent the way is: 1 is a straight line.")
END = Param("end", "η₁", 0.0, low=0.0, shown=(1e-5, 1.0), log=True, text="The rate at the end, whatever the base rate.")
BEGIN = Param("begin", "d", 0, low=0, shown=(0, 100), whole=True, text="Updates at the base rate before it begins.")


def part_of(name: str, symbol: str, default: float, text: str, *, open_low: bool = False) -> Param:
    """Declare a part of the base rate, at most all of it."""
    return Param(name, symbol, default, low=0.0, high=1.0, shown=(0.0, 1.0), text=text, open_low=open_low)


@dataclass(frozen=True)
class Constant(Schedule):
    """PyTorch's ConstantLR: a part of the rate for some updates, then all of it; by default all of it at once."""

    name: ClassVar[str] = "constant"
    title: ClassVar[str] = "constant"
    formula: ClassVar[str] = "η = f·η₀ for k < n\nη = η₀ from there on"
    source: ClassVar[str] = "torch.optim.lr_scheduler.ConstantLR"
    good: ClassVar[str] = "Nothing moves but the point, so that the optimizer alone is to be seen."

    factor: float = declare(part_of("factor", "f", 1.0, "The part of the base rate that is used at first."))
    steps: int = declare(
        Param("steps", "n", 5, low=1, shown=(1, 1000), log=True, whole=True, text="Updates with that part of the rate.")
    )

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Give the part, then the whole."""
        return base * (self.factor + (k >= self.steps) * (1.0 - self.factor))


@dataclass(frozen=True)
class OptaxConstant(Schedule):
    """Optax's constant_schedule: the base rate, always."""

    name: ClassVar[str] = "constant"
    title: ClassVar[str] = "constant"
    convention: ClassVar[str] = "optax"
    formula: ClassVar[str] = "η = η₀"
    source: ClassVar[str] = "optax.constant_schedule"
    good: ClassVar[str] = Constant.good

    warmup_start: float = declare(FROM_ZERO)

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Give the base rate."""
        return base + 0.0 * k


@dataclass(frozen=True)
class Linear(Schedule):
    """PyTorch's LinearLR: from one part of the rate to another; by default it rises from a third to the whole."""

    name: ClassVar[str] = "linear"
    title: ClassVar[str] = "linear"
    formula: ClassVar[str] = "η = η₀·(a + (b − a)·min(k, n)/n)"
    source: ClassVar[str] = "torch.optim.lr_scheduler.LinearLR"
    good: ClassVar[str] = "The simplest way down to a rate so small that noise dies out, or up from a careful start."

    start_factor: float = declare(
        part_of("start_factor", "a", 1.0 / 3.0, "The part of the base rate at the start.", open_low=True)
    )
    end_factor: float = declare(part_of("end_factor", "b", 1.0, "The part of the base rate at the end."))
    steps: int | None = declare(STEPS_OR_FIVE)

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Go straight from the one part to the other."""
        n = self.known("steps")
        return base * (self.start_factor + (self.end_factor - self.start_factor) * np.minimum(n, k) / n)

    def lengths(self, steps: int) -> Mapping[str, Any]:
        """Last as long as the run."""
        return {"steps": steps}


@dataclass(frozen=True)
class OptaxLinear(Schedule):
    """Optax's linear_schedule: from the base rate to another."""

    name: ClassVar[str] = "linear"
    title: ClassVar[str] = "linear"
    convention: ClassVar[str] = "optax"
    formula: ClassVar[str] = "j = min(max(k − d, 0), n)\nη = η₁ + (η₀ − η₁)·(1 − j/n)"
    source: ClassVar[str] = "optax.linear_schedule"
    good: ClassVar[str] = Linear.good

    end: float = declare(END)
    steps: int | None = declare(STEPS)
    begin: int = declare(BEGIN)
    warmup_start: float = declare(FROM_ZERO)

    @property
    def bend(self) -> float:
        """The power of the way that is left."""
        return 1.0

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Go to the end by a power of what is left of the way."""
        n = self.known("steps")
        left = 1.0 - np.clip(k - self.begin, 0.0, n) / n
        return (base - self.end) * power(left, self.bend) + self.end

    def lengths(self, steps: int) -> Mapping[str, Any]:
        """Last until the end of the run."""
        return {"steps": max(1, steps - self.begin)}


@dataclass(frozen=True)
class Polynomial(Schedule):
    """PyTorch's PolynomialLR: down to 0 by a power of the updates that are left."""

    name: ClassVar[str] = "polynomial"
    title: ClassVar[str] = "polynomial"
    formula: ClassVar[str] = "η = η₀·(1 − min(k, n)/n)ᵖ"
    source: ClassVar[str] = "torch.optim.lr_scheduler.PolynomialLR"
    good: ClassVar[str] = "Comes to rest exactly at the end of the run, soon or late as the power says."

    power: float = declare(POWER)
    steps: int | None = declare(STEPS_OR_FIVE)

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Take the power of what is left."""
        n = self.known("steps")
        return base * power(1.0 - np.minimum(n, k) / n, self.power)

    def lengths(self, steps: int) -> Mapping[str, Any]:
        """Last as long as the run."""
        return {"steps": steps}


@dataclass(frozen=True)
class KerasPolynomial(Schedule):
    """Keras's PolynomialDecay: down to a rate above 0, and again and again where it cycles."""

    name: ClassVar[str] = "polynomial"
    title: ClassVar[str] = "polynomial"
    convention: ClassVar[str] = "keras"
    formula: ClassVar[str] = "η = η₁ + (η₀ − η₁)·(1 − min(k, n)/n)ᵖ"
    source: ClassVar[str] = "keras.optimizers.schedules.PolynomialDecay"
    good: ClassVar[str] = Polynomial.good

    end: float = declare(replace(END, default=1e-4))
    power: float = declare(POWER)
    steps: int | None = declare(STEPS)
    cycle: bool = declare(
        Param("cycle", "cycle", False, text="Whether it begins anew, with n doubled, tripled, …, where it has ended.")
    )
    warmup_start: float = declare(FROM_ZERO)

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Take the power of what is left, of this cycle where it cycles."""
        n = self.known("steps")
        rounds = np.where(k == 0.0, 1.0, np.ceil(k / n)) if self.cycle else 1.0
        part = k / (n * rounds) if self.cycle else np.minimum(k, n) / n
        return (base - self.end) * power(1.0 - part, self.power) + self.end

    def lengths(self, steps: int) -> Mapping[str, Any]:
        """Last as long as the run."""
        return {"steps": steps}


@dataclass(frozen=True)
class OptaxPolynomial(OptaxLinear):
    """Optax's polynomial_schedule: from the base rate to another, by a power."""

    name: ClassVar[str] = "polynomial"
    title: ClassVar[str] = "polynomial"
    formula: ClassVar[str] = "j = min(max(k − d, 0), n)\nη = η₁ + (η₀ − η₁)·(1 − j/n)ᵖ"
    source: ClassVar[str] = "optax.polynomial_schedule"
    good: ClassVar[str] = Polynomial.good

    power: float = declare(POWER)

    @property
    def bend(self) -> float:
        """The power of the way that is left."""
        return self.power
