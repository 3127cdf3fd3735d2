"""Schedules that follow the losses: the rate falls where they no longer do."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import declare
from lossviz.rules.schedules.base import FROM_ZERO, Rate, Schedule
from lossviz.rules.schedules.cosines import MINIMUM
from lossviz.rules.schedules.params import Choice

FACTOR = Param(
    "factor", "f", 0.1, low=0.0, high=1.0, open_high=True, text="What the rate is multiplied by on a plateau."
)
PATIENCE = Param(
    "patience", "patience", 10, low=0, shown=(0, 100), whole=True, text="Looks without an improvement that are borne."
)
THRESHOLD = Param(
    "threshold", "τ", 1e-4, low=0.0, shown=(1e-6, 1.0), log=True, text="How much a loss must fall to be an improvement."
)
COOLDOWN = Param(
    "cooldown",
    "cooldown",
    0,
    low=0,
    shown=(0, 100),
    whole=True,
    text="Looks after a fall of the rate that don't count.",
)
FALLS = "η ← f·η after more than `patience` looks in a row"


class Follower(ABC):
    """Follows the losses of one run, or of several side by side.

    Parameters
    ----------
    schedule : AfterPlateau
    base : float or array (K,)
        The optimizer's own rate.
    """

    def __init__(self, schedule: "AfterPlateau", base: ArrayLike) -> None:
        self._schedule = schedule
        self._rate = np.array(base, dtype=np.float64)
        self._best = np.full_like(self._rate, np.inf)
        self._bad = np.zeros(self._rate.shape, dtype=np.intp)
        self._cooling = np.zeros(self._rate.shape, dtype=np.intp)

    @property
    def rate(self) -> Rate:
        """The rate as it is now: a float, or an array (K,)."""
        return np.array(self._rate) if self._rate.ndim else float(self._rate)

    def at(self, k: int) -> Rate:
        """Give the rate of update k + 1, if no loss is seen before: while the schedule warms up, a part of it."""
        rate = self.rate
        return rate * float(self._schedule.rising(np.asarray(float(k)))) if k < self._schedule.warmup else rate

    @abstractmethod
    def see(self, loss: ArrayLike) -> None:
        """Look at the losses, () or (K,)."""


@dataclass(frozen=True)
class AfterPlateau(Schedule):
    """What depends on the losses."""

    name: ClassVar[str] = "reduce_on_plateau"
    title: ClassVar[str] = "reduced on a plateau"
    adaptive: ClassVar[bool] = True
    good: ClassVar[str] = "Needs no plan: the rate falls when, and only when, nothing is gained any more."

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Refuse: there is no rate without the losses.

        Raises
        ------
        ValueError
            Always.
        """
        raise ValueError(f"the rates of {self.name} depend on the losses: begin() gives what follows them.")

    @abstractmethod
    def begin(self, base: ArrayLike) -> Follower:
        """Give what follows the losses of a run, or of runs with base rates (K,)."""


@dataclass(frozen=True)
class ReduceOnPlateau(AfterPlateau):
    """PyTorch's ReduceLROnPlateau of a loss (mode "min")."""

    formula: ClassVar[str] = f"{FALLS} without\nL < (1 − τ)·L of the best (relative), L < L of the best − τ (absolute)"
    source: ClassVar[str] = "torch.optim.lr_scheduler.ReduceLROnPlateau"

    factor: float = declare(FACTOR)
    patience: int = declare(PATIENCE)
    threshold: float = declare(THRESHOLD)
    threshold_mode: str = declare(
        Choice(
            "threshold_mode",
            "threshold_mode",
            "relative",
            options=("relative", "absolute"),
            text="Whether the threshold is a part of the best loss or a difference from it.",
        )
    )
    cooldown: int = declare(COOLDOWN)
    minimum: float = declare(MINIMUM)
    epsilon: float = declare(
        Param(
            "epsilon",
            "ε",
            1e-8,
            low=0.0,
            shown=(1e-10, 1e-2),
            log=True,
            text="Falls of the rate up to this are left out.",
        )
    )

    def begin(self, base: ArrayLike) -> Follower:
        """Follow as PyTorch does: the rate falls at look patience + 1."""
        return _AsPyTorch(self, base)


class _AsPyTorch(Follower):
    _schedule: ReduceOnPlateau

    def see(self, loss: ArrayLike) -> None:
        now, s = np.asarray(loss, dtype=np.float64), self._schedule
        aim = self._best * (1.0 - s.threshold) if s.threshold_mode == "relative" else self._best - s.threshold
        better = now < aim
        self._best = np.where(better, now, self._best)
        cooling = self._cooling > 0
        self._bad = np.where(better | cooling, 0, self._bad + 1)
        self._cooling = self._cooling - cooling
        fall = self._bad > s.patience
        lower = np.maximum(self._rate * s.factor, s.minimum)
        self._rate = np.where(fall & (self._rate - lower > s.epsilon), lower, self._rate)
        self._cooling = np.where(fall, s.cooldown, self._cooling)
        self._bad = np.where(fall, 0, self._bad)


@dataclass(frozen=True)
class KerasReduceOnPlateau(AfterPlateau):
    """Keras's callback ReduceLROnPlateau of a loss: one look less patient than PyTorch, the threshold a difference."""

    convention: ClassVar[str] = "keras"
    formula: ClassVar[str] = "η ← max(f·η, ηₘ) after `patience` looks in a row without\nL < L of the best − τ"
    source: ClassVar[str] = "keras.callbacks.ReduceLROnPlateau"

    factor: float = declare(FACTOR)
    patience: int = declare(PATIENCE)
    threshold: float = declare(THRESHOLD)
    cooldown: int = declare(COOLDOWN)
    minimum: float = declare(MINIMUM)
    warmup_start: float = declare(FROM_ZERO)

    def begin(self, base: ArrayLike) -> Follower:
        """Follow as Keras does: the rate falls at look number `patience`."""
        return _AsKeras(self, base)


class _AsKeras(Follower):
    _schedule: KerasReduceOnPlateau

    def __init__(self, schedule: AfterPlateau, base: ArrayLike) -> None:
        super().__init__(schedule, base)
        self._first = True

    def see(self, loss: ArrayLike) -> None:
        now, s = np.asarray(loss, dtype=np.float64), self._schedule
        # the first is the best whatever it is, NaN too
        better = np.full(self._rate.shape, True) if self._first else now + s.threshold < self._best
        self._first = False
        self._best = np.where(better, now, self._best)
        was_cooling = self._cooling > 0
        self._cooling = self._cooling - was_cooling
        self._bad = np.where(was_cooling | better, 0, self._bad)
        counts = ~better & (self._cooling == 0)
        self._bad = self._bad + counts
        fall = counts & (self._bad >= s.patience) & (self._rate > s.minimum)
        self._rate = np.where(fall, np.maximum(self._rate * s.factor, s.minimum), self._rate)
        self._cooling = np.where(fall, s.cooldown, self._cooling)
        self._bad = np.where(fall, 0, self._bad)


@dataclass(frozen=True)
class OptaxReduceOnPlateau(AfterPlateau):
    """Optax's contrib.reduce_on_plateau: both thresholds, and means of several losses."""

    convention: ClassVar[str] = "optax"
    formula: ClassVar[str] = (
        "η ← max(f·η, m·η₀) after `patience` looks in a row without\nL < (1 − τᵣ)·L of the best − τₐ"
    )
    source: ClassVar[str] = "optax.contrib.reduce_on_plateau"

    factor: float = declare(
        Param("factor", "f", 0.1, low=0.0, high=1.0, open_low=True, open_high=True, text=FACTOR.text)
    )
    patience: int = declare(PATIENCE)
    relative_threshold: float = declare(
        Param("relative_threshold", "τᵣ", 1e-4, low=0.0, high=1.0, text="What part of the best loss it must fall.")
    )
    absolute_threshold: float = declare(
        Param("absolute_threshold", "τₐ", 0.0, low=0.0, shown=(0.0, 1.0), text="How much more a loss must fall.")
    )
    cooldown: int = declare(COOLDOWN)
    accumulation_size: int = declare(
        Param("accumulation_size", "a", 1, low=1, shown=(1, 100), whole=True, text="Losses whose mean is one look.")
    )
    minimum_factor: float = declare(
        Param("minimum_factor", "m", 0.0, low=0.0, high=1.0, text="The lowest rate, as a part of the base rate.")
    )
    warmup_start: float = declare(FROM_ZERO)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.relative_threshold == self.absolute_threshold == 0.0:
            raise ValueError("relative_threshold or absolute_threshold must be above 0.")

    def begin(self, base: ArrayLike) -> Follower:
        """Follow as Optax does: the rate falls at look number `patience`."""
        return _AsOptax(self, base)


class _AsOptax(Follower):
    _schedule: OptaxReduceOnPlateau

    def __init__(self, schedule: AfterPlateau, base: ArrayLike) -> None:
        super().__init__(schedule, base)
        self._base, self._scale = self._rate, np.ones_like(self._rate)
        self._mean, self._losses = np.zeros_like(self._rate), 0

    def see(self, loss: ArrayLike) -> None:
        s = self._schedule
        self._mean = (self._losses * self._mean + np.asarray(loss, dtype=np.float64)) / (self._losses + 1)
        self._losses += 1
        if self._losses < s.accumulation_size:
            return
        now, self._mean, self._losses = self._mean, np.zeros_like(self._rate), 0
        better = now < (1.0 - s.relative_threshold) * self._best - s.absolute_threshold
        self._best = np.where(better, now, self._best)
        cooling = self._cooling > 0
        bad = np.where(better, 0, self._bad + 1)
        fall = ~cooling & (bad == s.patience)
        self._bad = np.where(cooling | fall, 0, bad)
        self._cooling = np.where(fall, s.cooldown, self._cooling - cooling)
        lower = np.maximum(np.where(fall, self._scale * s.factor, self._scale), s.minimum_factor)
        self._scale = np.where(cooling, self._scale, lower)
        self._rate = self._base * self._scale
