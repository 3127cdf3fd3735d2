"""Schedules in steps: at equal distances, at milestones, piece by piece."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import declare
from lossviz.rules.schedules.base import FROM_ZERO, Schedule, cosine, length, power
from lossviz.rules.schedules.params import Choice, Numbers

GAMMA = Param("gamma", "γ", 0.1, low=0.0, shown=(0.01, 1.0), text="What the rate is multiplied by at each step.")
MILESTONES = Numbers(
    "milestones",
    "m",
    low=0,
    shown=(1, 1000),
    whole=True,
    ascending=True,
    absent="at a half and at three quarters of the run",
    text="After how many updates the rate changes.",
)


def factors(default: tuple[float, ...], text: str) -> Param:
    """Declare the factors of the pieces."""
    return Numbers("factors", "f", default, low=0.0, shown=(0.01, 1.0), text=text)


def usual_milestones(steps: int) -> tuple[int, int]:
    """Give a half and three quarters of a run."""
    return max(1, steps // 2), max(2, 3 * steps // 4)


@dataclass(frozen=True)
class Step(Schedule):
    """PyTorch's StepLR: a factor at equal distances."""

    name: ClassVar[str] = "step"
    title: ClassVar[str] = "step"
    formula: ClassVar[str] = "η = η₀·γ^⌊k/s⌋"
    source: ClassVar[str] = "torch.optim.lr_scheduler.StepLR"
    good: ClassVar[str] = "Shows plainly what a smaller rate does: the loss falls off a step each time."

    step_size: int | None = declare(length("step_size", "s", "Updates between two steps.", absent="a third of the run"))
    gamma: float = declare(GAMMA)

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Take a whole power of the factor."""
        return base * power(self.gamma, np.floor_divide(k, self.known("step_size")))

    def lengths(self, steps: int) -> Mapping[str, Any]:
        """Make two steps in a run."""
        return {"step_size": -(-steps // 3)}


@dataclass(frozen=True)
class MultiStep(Schedule):
    """PyTorch's MultiStepLR: a factor at each milestone."""

    name: ClassVar[str] = "multi_step"
    title: ClassVar[str] = "steps at milestones"
    formula: ClassVar[str] = "η = η₀·γ^(milestones m ≤ k)"
    source: ClassVar[str] = "torch.optim.lr_scheduler.MultiStepLR"
    good: ClassVar[str] = "The classic recipe of image networks: a tenth of the rate whenever the loss stands still."

    milestones: tuple[int, ...] | None = declare(MILESTONES)
    gamma: float = declare(GAMMA)

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Take the factor once for each milestone that was passed."""
        return base * power(self.gamma, np.searchsorted(_given(self), k, side="right"))

    def lengths(self, steps: int) -> Mapping[str, Any]:
        """Make two steps in a run."""
        return {"milestones": usual_milestones(steps)}


@dataclass(frozen=True)
class Piecewise(Schedule):
    """Optax's piecewise_constant_schedule and piecewise_interpolate_schedule: a factor of its own at each milestone."""

    name: ClassVar[str] = "piecewise"
    title: ClassVar[str] = "piece by piece"
    convention: ClassVar[str] = "optax"
    formula: ClassVar[str] = "η = η₀·f₁·…·fⱼ with j = the milestones m ≤ k"
    source: ClassVar[str] = "optax.piecewise_constant_schedule, optax.piecewise_interpolate_schedule"
    good: ClassVar[str] = "Whatever one wants to try, put together by hand."

    milestones: tuple[int, ...] | None = declare(MILESTONES)
    factors: tuple[float, ...] = declare(
        factors((0.1, 0.1), "What the rate is multiplied by at each milestone, on top of what came before.")
    )
    interpolate: str = declare(
        Choice(
            "interpolate",
            "interpolate",
            "none",
            options=("none", "linear", "cosine"),
            text="How the rate goes from one milestone to the next: not at all, straight, or along a cosine.",
        )
    )
    warmup_start: float = declare(FROM_ZERO)

    def __post_init__(self) -> None:
        super().__post_init__()
        _go_together(self.milestones, self.factors, 0, "one for each milestone")

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Multiply what was passed; on the way to the next milestone, go there."""
        milestones, reached = _given(self), np.cumprod((1.0, *self.factors))
        piece = np.searchsorted(milestones, k, side="right")
        if self.interpolate == "none":
            return base * reached[piece]
        bounds = np.array((0.0, *milestones))
        following = np.minimum(piece + 1, len(milestones))
        part = np.where(
            following > piece, (k - bounds[piece]) / np.maximum(bounds[following] - bounds[piece], 1.0), 0.0
        )
        first, last = base * reached[piece], base * reached[following]
        if self.interpolate == "linear":
            return (last - first) * part + first
        return last + (first - last) / 2.0 * (cosine(np.pi * part) + 1.0)

    def lengths(self, steps: int) -> Mapping[str, Any]:
        """Change twice in a run."""
        return {"milestones": usual_milestones(steps)}


@dataclass(frozen=True)
class KerasPiecewise(Schedule):
    """Keras's PiecewiseConstantDecay: between milestones a factor of the base rate."""

    name: ClassVar[str] = "piecewise"
    title: ClassVar[str] = "piece by piece"
    convention: ClassVar[str] = "keras"
    formula: ClassVar[str] = "η = η₀·fⱼ with j = the milestones m < k"
    source: ClassVar[str] = "keras.optimizers.schedules.PiecewiseConstantDecay"
    good: ClassVar[str] = Piecewise.good

    milestones: tuple[int, ...] | None = declare(MILESTONES)
    factors: tuple[float, ...] = declare(
        factors((1.0, 0.1, 0.01), "The parts of the base rate: up to each milestone, and after the last.")
    )
    warmup_start: float = declare(FROM_ZERO)

    def __post_init__(self) -> None:
        super().__post_init__()
        _go_together(self.milestones, self.factors, 1, "one more than there are milestones")

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Take the factor of the piece; a milestone itself belongs to the piece before it."""
        part: Array = np.array(self.factors)[np.searchsorted(_given(self), k, side="left")]
        return base * part

    def lengths(self, steps: int) -> Mapping[str, Any]:
        """Change twice in a run."""
        return {"milestones": usual_milestones(steps)}


def _given(made: MultiStep | Piecewise | KerasPiecewise) -> tuple[int, ...]:
    if made.milestones is None:
        raise ValueError(f"the schedule {made.name} needs its milestones, or a run to take them from.")
    return made.milestones


def _go_together(milestones: tuple[int, ...] | None, given: tuple[float, ...], more: int, words: str) -> None:
    """Refuse factors that are too many or too few; milestones that are left out will be two."""
    expected = (2 if milestones is None else len(milestones)) + more
    if len(given) != expected:
        raise ValueError(f"factors must be {expected}, {words}, not {len(given)}.")
