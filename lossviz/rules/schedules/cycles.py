"""Schedules that go up and down, and move the momentum against the rate: one cycle, and cycle after cycle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import declare
from lossviz.rules.schedules.base import FROM_ZERO, STEPS, Schedule, cosine, length, power
from lossviz.rules.schedules.params import Choice, Optional

ANNEAL = Choice("anneal", "anneal", "cosine", options=("cosine", "linear"), text="Along which line the rate goes.")
PCT_START = Param("pct_start", "a", 0.3, low=0.0, high=1.0, text="The part of the cycle over which the rate rises.")
DIV_FACTOR = Param(
    "div_factor", "D", 25.0, low=0.0, shown=(1.0, 100.0), log=True, open_low=True, text="Highest rate over the first."
)
FINAL_DIV_FACTOR = Param(
    "final_div_factor", "F", 1e4, low=0.0, shown=(1.0, 1e6), log=True, open_low=True, text="First rate over the last."
)
CYCLE_MOMENTUM = Param(
    "cycle_momentum", "cycle_momentum", True, text="Whether the momentum falls while the rate rises, and the other way."
)


def highest(absent: str) -> Param:
    """Declare the highest rate."""
    text = "The highest rate."
    return Optional("maximum", "ηₘₐₓ", low=0.0, shown=(1e-4, 10.0), log=True, open_low=True, absent=absent, text=text)


def momentum(name: str, symbol: str, default: float, text: str) -> Param:
    """Declare a momentum."""
    return Param(name, symbol, default, low=0.0, high=1.0, shown=(0.0, 0.99), open_high=True, text=text)


Phase = tuple[float, Any, Any]
"""Until which update it lasts, and what it goes from and to."""


def along(anneal: str, first: Array, last: Array, part: Array) -> Array:
    """Go from first to last, straight or along a cosine."""
    if anneal == "linear":
        return (last - first) * part + first
    return last + (first - last) / 2.0 * (cosine(np.pi * part) + 1.0)


def phase_by_phase(k: Array, phases: Sequence[Phase], anneal: str) -> Array:
    """Give the values after k updates; a phase without length is over at once."""
    found: Array | None = None
    begin = 0.0
    # the last phase is what holds where no other does
    values: list[tuple[float, Array]] = []
    for end, first, last in phases:
        part = (k - begin) / (end - begin) if end != begin else np.ones_like(k)
        values.append((end, along(anneal, first, last, part)))
        begin = end
    for end, value in reversed(values):
        found = value if found is None else np.where(k <= end, value, found)
    assert found is not None
    return found


@dataclass(frozen=True)
class OneCycle(Schedule):
    """PyTorch's OneCycleLR: up to the highest rate, down to almost nothing; the momentum the other way."""

    name: ClassVar[str] = "one_cycle"
    title: ClassVar[str] = "one cycle"
    formula: ClassVar[str] = "ηₘₐₓ/D → ηₘₐₓ until k = a·n − 1\nηₘₐₓ → ηₘₐₓ/(D·F) until k = n − 1"
    source: ClassVar[str] = "Smith and Topin (2017), Super-Convergence; torch.optim.lr_scheduler.OneCycleLR"
    good: ClassVar[str] = "Uses rates that could not be kept for long, and arrives in a fraction of the steps."

    maximum: float | None = declare(highest("the base rate"))
    steps: int | None = declare(STEPS)
    pct_start: float = declare(PCT_START)
    anneal: str = declare(ANNEAL)
    div_factor: float = declare(DIV_FACTOR)
    final_div_factor: float = declare(FINAL_DIV_FACTOR)
    three_phase: bool = declare(
        Param(
            "three_phase", "three_phase", False, text="Whether the rate falls as it rose before it falls to the last."
        )
    )
    cycle_momentum: bool = declare(CYCLE_MOMENTUM)
    minimum_momentum: float = declare(momentum("minimum_momentum", "βₘᵢₙ", 0.85, "The momentum at the highest rate."))
    maximum_momentum: float = declare(
        momentum("maximum_momentum", "βₘₐₓ", 0.95, "The momentum at the start and at the end.")
    )

    @property
    def moves_momentum(self) -> bool:
        """Whether it cycles the momentum too."""
        return self.cycle_momentum

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Go through the phases; after the last update nothing changes."""
        top = base if self.maximum is None else np.asarray(self.maximum)
        first = top / self.div_factor
        return self._through(k, first, top, first / self.final_div_factor)

    def momentum_after_warmup(self, k: Array) -> Array:
        """Go through the phases the other way."""
        high, low = np.asarray(self.maximum_momentum), np.asarray(self.minimum_momentum)
        return self._through(k, high, low, high)

    def _through(self, k: Array, first: Array, turn: Array, last: Array) -> Array:
        n, a = self.known("steps"), self.pct_start
        if self.three_phase:
            phases = [(a * n - 1.0, first, turn), (2.0 * a * n - 2.0, turn, first), (n - 1.0, first, last)]
        else:
            phases = [(a * n - 1.0, first, turn), (n - 1.0, turn, last)]
        return phase_by_phase(np.minimum(k, n - 1.0), phases, self.anneal)

    def lengths(self, steps: int) -> Mapping[str, Any]:
        """Make one cycle of the run."""
        return {"steps": steps}


@dataclass(frozen=True)
class OptaxOneCycle(Schedule):
    """Optax's cosine_onecycle_schedule and linear_onecycle_schedule: the turns lie one update later than PyTorch's."""

    name: ClassVar[str] = "one_cycle"
    title: ClassVar[str] = "one cycle"
    convention: ClassVar[str] = "optax"
    formula: ClassVar[str] = "ηₘₐₓ/D → ηₘₐₓ until k = ⌊a·n⌋\nηₘₐₓ → ηₘₐₓ/(D·F) until k = n"
    source: ClassVar[str] = (
        "Smith and Topin (2017), Super-Convergence; optax.cosine_onecycle_schedule, optax.linear_onecycle_schedule"
    )
    good: ClassVar[str] = OneCycle.good

    maximum: float | None = declare(highest("the base rate"))
    steps: int | None = declare(STEPS)
    pct_start: float = declare(PCT_START)
    pct_final: float = declare(
        Param("pct_final", "e", 0.85, low=0.0, high=1.0, text="Where straight lines have come back to the first rate.")
    )
    anneal: str = declare(ANNEAL)
    div_factor: float = declare(DIV_FACTOR)
    final_div_factor: float = declare(FINAL_DIV_FACTOR)
    warmup_start: float = declare(FROM_ZERO)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.anneal == "linear" and not self.pct_start <= self.pct_final:
            raise ValueError(f"pct_final must be pct_start ({self.pct_start:g}) or more, not {self.pct_final:g}.")

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Go through the phases; after the last nothing changes."""
        n = self.known("steps")
        top = base if self.maximum is None else np.asarray(self.maximum)
        first = top / self.div_factor
        last = first / self.final_div_factor
        turn, back = float(int(self.pct_start * n)), float(int(self.pct_final * n))
        if self.anneal == "linear":
            phases = [(turn, first, top), (back, top, first), (n, first, last)]
        else:
            phases = [(turn, first, top), (n, top, last)]
        return phase_by_phase(np.minimum(k, n), phases, self.anneal)

    def lengths(self, steps: int) -> Mapping[str, Any]:
        """Make one cycle of the run."""
        return {"steps": steps}


@dataclass(frozen=True)
class Cyclic(Schedule):
    """PyTorch's CyclicLR: up and down in straight lines, again and again; the momentum the other way."""

    name: ClassVar[str] = "cyclic"
    title: ClassVar[str] = "cyclic"
    formula: ClassVar[str] = (
        "η = ηₘᵢₙ + (ηₘₐₓ − ηₘᵢₙ)·x·c\nx = 0 → 1 in u updates, 1 → 0 in d\n"
        "c = 1, or 2^(1 − cycle) (triangular2), or γᵏ (exp_range)"
    )
    source: ClassVar[str] = "Smith (2017), Cyclical Learning Rates; torch.optim.lr_scheduler.CyclicLR"
    good: ClassVar[str] = (
        "Needs no exact rate: it passes all between two bounds, and large ones lead out of flat places."
    )

    maximum: float | None = declare(highest("four times the lowest"))
    minimum: float | None = declare(
        Optional(
            "minimum",
            "ηₘᵢₙ",
            low=0.0,
            shown=(1e-5, 1.0),
            log=True,
            absent="the base rate",
            text="The lowest rate, at the start and between the cycles.",
        )
    )
    step_size_up: int | None = declare(
        length("step_size_up", "u", "Updates on the way up.", absent="a quarter of the run", alone=2000)
    )
    step_size_down: int | None = declare(
        length("step_size_down", "d", "Updates on the way down.", absent="as on the way up")
    )
    mode: str = declare(
        Choice(
            "mode",
            "mode",
            "triangular",
            options=("triangular", "triangular2", "exp_range"),
            text="Whether the cycles stay as high as they are, are halved each time, or shrink with every update.",
        )
    )
    gamma: float = declare(
        Param("gamma", "γ", 1.0, low=0.0, high=1.0, shown=(0.9, 1.0), text="In exp_range: the factor of each update.")
    )
    cycle_momentum: bool = declare(CYCLE_MOMENTUM)
    minimum_momentum: float = declare(momentum("minimum_momentum", "βₘᵢₙ", 0.8, "The momentum at the highest rate."))
    maximum_momentum: float = declare(momentum("maximum_momentum", "βₘₐₓ", 0.9, "The momentum at the lowest rate."))

    @property
    def moves_momentum(self) -> bool:
        """Whether it cycles the momentum too."""
        return self.cycle_momentum

    def after_warmup(self, k: Array, base: Array) -> Array:
        """Go up and down from the lowest rate."""
        low = base if self.minimum is None else np.asarray(self.minimum)
        high = 4.0 * low if self.maximum is None else np.asarray(self.maximum)
        height, scale = self._heights(k)
        return low + (high - low) * height * scale

    def momentum_after_warmup(self, k: Array) -> Array:
        """Go down and up from the highest momentum."""
        height, scale = self._heights(k)
        return self.maximum_momentum - (self.maximum_momentum - self.minimum_momentum) * height * scale

    def _heights(self, k: Array) -> tuple[Array, Array]:
        """Give how far up each update is in its cycle, 0..1, and how high that cycle is."""
        up = self.known("step_size_up")
        down = up if self.step_size_down is None else float(self.step_size_down)
        turn = up / (up + down)
        cycle = np.floor(1.0 + k / (up + down))
        x = 1.0 + k / (up + down) - cycle
        height = np.where(x <= turn, x / turn, (x - 1.0) / (turn - 1.0))
        if self.mode == "triangular2":
            return height, 1.0 / power(2.0, cycle - 1.0)
        return height, power(self.gamma, k) if self.mode == "exp_range" else np.ones_like(k)

    def lengths(self, steps: int) -> Mapping[str, Any]:
        """Make two cycles in a run."""
        return {"step_size_up": -(-steps // 4)}
