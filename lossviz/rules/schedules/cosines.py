"""Schedules along a cosine, once or again and again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import declare
from lossviz.rules.schedules.base import FROM_ZERO, STEPS, Schedule, cosine, length, power

MINIMUM = Param(
    "minimum", "ηₘ", 0.0, low=0.0, shown=(1e-5, 1.0), log=True, text="The lowest rate, whatever the base rate."
)
ALPHA = Param("alpha", "α", 0.0, low=0.0, high=1.0, text="The lowest rate, as a part of the base rate.")
POWER = Param("power", "p", 1.0, low=0.0, shown=(0.1, 4.0), text="What power of the cosine's bow is taken.")
RESTART_EVERY = length("restart_every", "n₀", "Updates until the first restart.", absent="a quarter of the run")
RESTART_FACTOR = Param(
    "restart_factor", "μ", 1, low=1, shown=(1, 4), whole=True, text="How many times as long each round is as the last."
)
PEAK_FACTOR = Param(
    "peak_factor", "ν", 1.0, low=0.0, shown=(0.1, 1.0), text="How many times as high each round begins as the last."
)
SGDR = "Loshchilov and Hutter (2017), SGDR"


@dataclass(frozen=True)
class Cosine(Schedule):
    """PyTorch's CosineAnnealingLR: half a cosine down to the lowest rate; whoever goes on then rises again."""

    name: ClassVar[str] = "cosine"
    title: ClassVar[str] = "cosine"
    formula: ClassVar[str] = "η = ηₘ + (η₀ − ηₘ)·(1 + cos(π·k/n))/2"
    source: ClassVar[str] = f"{SGDR}; torch.optim.lr_scheduler.CosineAnnealingLR"
    good: ClassVar[str] = "Stays long at large rates, comes down smoothly and ends gently; what most people begin with."

    steps: int | None = declare(STEPS)
    minimum: float = declare(MINIMUM)

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Follow the cosine, for ever."""
        return self.minimum + (base - self.minimum) * (1.0 + cosine(np.pi * k / self.known("steps"))) / 2.0

    def lengths(self, steps: int) -> Mapping[str, Any]:
        """Last as long as the run."""
        return {"steps": steps}


@dataclass(frozen=True)
class KerasCosine(Schedule):
    """Keras's CosineDecay: half a cosine down to a part of the base rate, and there it stays."""

    name: ClassVar[str] = "cosine"
    title: ClassVar[str] = "cosine"
    convention: ClassVar[str] = "keras"
    formula: ClassVar[str] = "c = (1 + cos(π·min(k, n)/n))/2\nη = η₀·((1 − α)·c + α)"
    source: ClassVar[str] = f"{SGDR}; keras.optimizers.schedules.CosineDecay"
    good: ClassVar[str] = Cosine.good

    steps: int | None = declare(STEPS)
    alpha: float = declare(ALPHA)
    warmup_start: float = declare(FROM_ZERO)

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Follow the cosine to its end."""
        n = self.known("steps")
        return base * ((1.0 - self.alpha) * _bow(np.minimum(k, n) / n) + self.alpha)

    def lengths(self, steps: int) -> Mapping[str, Any]:
        """Last as long as the run."""
        return {"steps": steps}


@dataclass(frozen=True)
class OptaxCosine(KerasCosine):
    """Optax's cosine_decay_schedule; with a warm-up warmup_cosine_decay_schedule, whose steps count the warm-up too."""

    convention: ClassVar[str] = "optax"
    formula: ClassVar[str] = "c = (1 + cos(π·min(k, n)/n))/2\nη = η₀·((1 − α)·cᵖ + α)"
    source: ClassVar[str] = f"{SGDR}; optax.cosine_decay_schedule, optax.warmup_cosine_decay_schedule"

    steps: int | None = declare(replace(STEPS, text="Updates until the end of the schedule, the warm-up included."))
    power: float = declare(POWER)

    def __post_init__(self) -> None:
        super().__post_init__()
        _beyond_warmup("steps", self.steps, self.warmup)

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Follow the cosine to its end, in what the warm-up leaves of the steps."""
        n = self.known("steps") - self.warmup
        return base * ((1.0 - self.alpha) * power(_bow(np.minimum(k, n) / n), self.power) + self.alpha)

    def lengths(self, steps: int) -> Mapping[str, Any]:
        """Last as long as the run."""
        return {"steps": steps + self.warmup}


@dataclass(frozen=True)
class CosineRestarts(Schedule):
    """PyTorch's CosineAnnealingWarmRestarts: half a cosine, again and again."""

    name: ClassVar[str] = "cosine_restarts"
    title: ClassVar[str] = "cosine with restarts"
    formula: ClassVar[str] = (
        "η = ηₘ + (η₀ − ηₘ)·(1 + cos(π·t/n))/2\nt = updates since the restart, n = n₀, μ·n₀, μ²·n₀, …"
    )
    source: ClassVar[str] = f"{SGDR}; torch.optim.lr_scheduler.CosineAnnealingWarmRestarts"
    good: ClassVar[str] = "Throws the point out of where it settled, so that one run finds several minima."

    restart_every: int | None = declare(RESTART_EVERY)
    restart_factor: int = declare(RESTART_FACTOR)
    minimum: float = declare(MINIMUM)

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Follow the cosine of this round."""
        _, since, n = _rounds(k, self.known("restart_every"), self.restart_factor)
        return self.minimum + (base - self.minimum) * (1.0 + cosine(np.pi * since / n)) / 2.0

    def lengths(self, steps: int) -> Mapping[str, Any]:
        """Make four rounds in a run, where they are equally long."""
        return {"restart_every": -(-steps // 4)}


@dataclass(frozen=True)
class KerasCosineRestarts(Schedule):
    """Keras's CosineDecayRestarts: rounds that may grow longer and lower."""

    name: ClassVar[str] = "cosine_restarts"
    title: ClassVar[str] = "cosine with restarts"
    convention: ClassVar[str] = "keras"
    formula: ClassVar[str] = "c = νⁱ·(1 + cos(π·t/n))/2 in round i, t updates after its start\nη = η₀·((1 − α)·c + α)"
    source: ClassVar[str] = f"{SGDR}; keras.optimizers.schedules.CosineDecayRestarts"
    good: ClassVar[str] = CosineRestarts.good

    restart_every: int | None = declare(RESTART_EVERY)
    restart_factor: float = declare(replace(RESTART_FACTOR, default=2.0, low=1.0, whole=False))
    peak_factor: float = declare(PEAK_FACTOR)
    alpha: float = declare(ALPHA)
    warmup_start: float = declare(FROM_ZERO)

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Follow the cosine of this round; which one it is, Keras finds by a logarithm."""
        done, grows = k / self.known("restart_every"), self.restart_factor
        if grows == 1.0:
            number = np.floor(done)
            part = done - number
        else:
            number = np.floor(np.log(1.0 - done * (1.0 - grows)) / np.log(grows))
            part = (done - (1.0 - power(grows, number)) / (1.0 - grows)) / power(grows, number)
        bow = power(self.peak_factor, number) * _bow(part)
        return base * ((1.0 - self.alpha) * bow + self.alpha)

    def lengths(self, steps: int) -> Mapping[str, Any]:
        """Begin with a quarter of the run."""
        return {"restart_every": -(-steps // 4)}


@dataclass(frozen=True)
class OptaxCosineRestarts(Schedule):
    """Optax's sgdr_schedule of rounds that grow by factors, each with its own warm-up, which counts as part of it."""

    name: ClassVar[str] = "cosine_restarts"
    title: ClassVar[str] = "cosine with restarts"
    convention: ClassVar[str] = "optax"
    formula: ClassVar[str] = (
        "c = ((1 + cos(π·t/n))/2)ᵖ in round i, t updates after its warm-up\nη = η₀·νⁱ·((1 − α)·c + α)"
    )
    source: ClassVar[str] = f"{SGDR}; optax.sgdr_schedule"
    good: ClassVar[str] = CosineRestarts.good

    restart_every: int | None = declare(
        replace(RESTART_EVERY, text="Updates until the first restart, the warm-up included.")
    )
    restart_factor: int = declare(RESTART_FACTOR)
    peak_factor: float = declare(PEAK_FACTOR)
    alpha: float = declare(ALPHA)
    power: float = declare(POWER)
    warmup_start: float = declare(FROM_ZERO)

    def __post_init__(self) -> None:
        super().__post_init__()
        _beyond_warmup("restart_every", self.restart_every, self.warmup)

    def at(self, k: Array, base: Array) -> Array:
        """Warm up and follow the cosine in each round."""
        number, since, n = _rounds(k, self.known("restart_every"), self.restart_factor)
        part = np.maximum(since - self.warmup, 0.0) / (n - self.warmup)
        peak = base * power(self.peak_factor, number)
        falling = peak * ((1.0 - self.alpha) * power(_bow(part), self.power) + self.alpha)
        return np.where(since < self.warmup, peak * self.rising(since), falling)

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Give the rates from the end of the first warm-up on."""
        return self.at(k + self.warmup, base)

    def lengths(self, steps: int) -> Mapping[str, Any]:
        """Make four rounds in a run, where they are equally long."""
        return {"restart_every": max(self.warmup + 1, -(-(steps + self.warmup) // 4))}


def _bow(part: Array) -> Array:
    """Give half a cosine from 1 down to 0."""
    return 0.5 * (1.0 + cosine(np.pi * part))


def _rounds(k: Array, first: float, factor: int) -> tuple[Array, Array, Array]:
    """Give the number of the round after k updates, the updates since its start, and how many it has."""
    if factor == 1:
        return np.floor_divide(k, first), np.mod(k, first), np.full_like(k, first)
    starts = [0.0]
    lengths = [first]
    last = float(np.max(k, initial=0.0))
    while starts[-1] + lengths[-1] <= last:
        starts.append(starts[-1] + lengths[-1])
        lengths.append(lengths[-1] * factor)
    number = np.searchsorted(starts, k, side="right") - 1
    return number.astype(np.float64), k - np.array(starts)[number], np.array(lengths)[number]


def _beyond_warmup(name: str, updates: int | None, warmup: int) -> None:
    if updates is not None and updates <= warmup:
        raise ValueError(f"{name} must be above the warmup of {warmup}, which counts as part of it, not {updates}.")
