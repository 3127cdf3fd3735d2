"""Schedule: how the learning rate changes from update to update.

A schedule is a frozen dataclass of declared Params, as a rule is. It knows no optimizer and remembers nothing: the rate
of update k + 1 is a function of k and of the base rate, in closed form where a library goes on from the rate before.
One kind depends on how the descent goes (``adaptive``): it gives a follower, which is told the losses.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import Declared, declare
from lossviz.rules.schedules.params import Optional

Rate = Any
"""A float, or an array of them where updates or base rates are arrays."""

WARMUP = Param(
    "warmup",
    "m",
    0,
    low=0,
    shown=(0, 100),
    whole=True,
    text="Updates over which the rate first rises in a straight line to where the schedule begins.",
)
WARMUP_START = Param(
    "warmup_start",
    "w₀",
    1.0 / 3.0,
    low=0.0,
    shown=(0.0, 1.0),
    text="The part of that rate at which the warm-up begins.",
)
FROM_ZERO = replace(WARMUP_START, default=0.0)
"""Where Keras and Optax begin a warm-up."""


def length(name: str, symbol: str, text: str, *, absent: str = "as long as the run", alone: int | None = None) -> Param:
    """Declare a number of updates that is taken from the run where it is left out."""
    return Optional(name, symbol, low=1, shown=(1, 1000), log=True, whole=True, text=text, absent=absent, alone=alone)


STEPS = length("steps", "n", "Updates until the end of the schedule.")


@dataclass(frozen=True)
class Schedule(Declared, ABC):
    """How the learning rate changes: one of ``lossviz.schedules()``, its parameters checked at construction.

    Parameters
    ----------
    warmup : int
        Updates before it, over which the rate rises in a straight line.
    warmup_start : float
        The part of the schedule's first rate at which the warm-up begins.

    Raises
    ------
    TypeError, ValueError
        If a parameter is not what it must be.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    convention: ClassVar[str] = "pytorch"
    """Whose way of the schedule it is: "pytorch", "keras" or "optax"."""
    formula: ClassVar[str]
    """The rate η of update k + 1 in symbols, from the base rate η₀; k is counted from the end of the warm-up."""
    source: ClassVar[str] = ""
    good: ClassVar[str] = ""
    """One sentence: what it is good at."""
    adaptive: ClassVar[bool] = False
    """Whether the rate depends on the losses: then ``begin`` gives what follows them."""

    warmup: int = declare(WARMUP)
    warmup_start: float = declare(WARMUP_START)

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, value in self.values.items():
            if isinstance(value, np.ndarray):
                raise TypeError(f"{name} must be one number: a schedule is the same for all runs.")

    @classmethod
    def params(cls) -> tuple[Param, ...]:
        """Give the Params, those of the warm-up last."""
        return tuple(sorted(super().params(), key=lambda param: param.name.startswith("warmup")))

    def __call__(self, k: ArrayLike, base: ArrayLike = 1.0) -> Rate:
        """Give the learning rate of update k + 1.

        Parameters
        ----------
        k : int or array of int
            How many updates were made before; 0 or more.
        base : float or array
            The optimizer's own rate; broadcasts against `k`.

        Raises
        ------
        ValueError
            If `k` is negative, or the schedule lacks a length that only a run could give it.
        """
        updates, rates = _counted(k), _based(base)
        with np.errstate(all="ignore"):
            found = self.at(updates, rates)
        return _plain(np.broadcast_to(found, np.broadcast_shapes(updates.shape, rates.shape)))

    def rates(self, steps: int, base: ArrayLike = 1.0) -> Array:
        """Give the rates of the first updates, shape ``(steps, *base.shape)``."""
        if isinstance(steps, bool) or not isinstance(steps, (int, np.integer)) or steps < 0:
            raise ValueError(f"steps must be a number of updates, 0 or more, not {steps!r}.")
        rates = _based(base)
        return np.asarray(self(np.arange(steps).reshape(-1, *(1,) * rates.ndim), rates))

    @property
    def moves_momentum(self) -> bool:
        """Whether it changes the momentum (of Adam and its kin: β₁) too."""
        return False

    def momentum(self, k: ArrayLike) -> Rate | None:
        """Give the momentum of update k + 1; None where the schedule leaves it alone."""
        if not self.moves_momentum:
            return None
        updates = _counted(k)
        with np.errstate(all="ignore"):
            found = self.momentum_after_warmup(np.maximum(updates - self.warmup, 0.0))
        return _plain(np.broadcast_to(found, updates.shape))

    def for_steps(self, steps: int) -> Self:
        """Give the schedule for a run of so many updates: what was left out of its lengths is filled in."""
        lengths = self.lengths(max(1, steps - self.warmup))
        absent = {name: value for name, value in lengths.items() if getattr(self, name) is None}
        return replace(self, **absent) if absent else self

    def to_table(self) -> str | dict[str, Any]:
        """Give what ``from_table`` reads and experiment files hold: the name alone where all else is as usual."""
        table: dict[str, Any] = {"name": self.name}
        if self.convention != "pytorch":
            table["convention"] = self.convention
        for param in self.params():
            value = getattr(self, param.name)
            if value != param.default:
                table[param.name] = list(value) if isinstance(value, tuple) else value
        return self.name if len(table) == 1 else table

    def at(self, k: Array, base: Array) -> Array:
        """Give the rates after k updates in all: those of the warm-up, then those of the schedule."""
        rates = self.after_warmup(np.maximum(k - self.warmup, 0.0), base)
        return np.where(k < self.warmup, rates * self.rising(k), rates) if self.warmup else rates

    def rising(self, k: Array) -> Array:
        """Give the part of the schedule's first rate that update k + 1 of the warm-up has."""
        return self.warmup_start + (1.0 - self.warmup_start) * np.minimum(k / max(self.warmup, 1), 1.0)

    @abstractmethod
    def after_warmup(self, k: Array, base: Array) -> Array:
        """Give the rates after k updates, counted from the end of the warm-up."""

    def momentum_after_warmup(self, k: Array) -> Array:
        """Give the momenta after k updates, counted from the end of the warm-up."""
        raise NotImplementedError

    def lengths(self, steps: int) -> Mapping[str, Any]:
        """Give what is filled in for a run of so many updates after the warm-up."""
        return {}

    def known(self, name: str) -> float:
        """Give a length, the library's own default where it was left out and there is one.

        Raises
        ------
        ValueError
            If it has to be given.
        """
        value = getattr(self, name)
        if value is None:
            value = next(getattr(param, "alone", None) for param in self.params() if param.name == name)
        if value is None:
            raise ValueError(f"the schedule {self.name} needs its {name}, or a run to take it from.")
        return float(value)


def cosine(of: Array) -> Array:
    """Give cos, by the C library: near π the last bit shows in 1 + cos, and NumPy's depends on the processor."""
    return np.asarray(_COSINE(of), dtype=np.float64)


def power(of: ArrayLike, exponent: ArrayLike) -> Array:
    """Give a power, by the C library: NumPy takes another way to it for one number than for many."""
    return np.asarray(_POWER(of, exponent), dtype=np.float64)


def _power(of: float, exponent: float) -> float:
    try:
        return math.pow(of, exponent)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan


_COSINE = np.frompyfunc(math.cos, 1, 1)
_POWER = np.frompyfunc(_power, 2, 1)


def _counted(k: ArrayLike) -> Array:
    wrong = f"k must be a number of updates, 0 or more, not {k!r}."
    try:
        updates = np.asarray(k, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(wrong) from None
    if not np.all((updates >= 0.0) & (updates < np.inf)):
        raise ValueError(wrong)
    return updates


def _based(base: ArrayLike) -> Array:
    wrong = f"base must be a learning rate, or an array of them, not {base!r}."
    try:
        rates = np.asarray(base, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(wrong) from None
    if not np.all(np.isfinite(rates)):
        raise ValueError(wrong)
    return rates


def _plain(rates: Array) -> Rate:
    return np.array(rates) if rates.ndim else float(rates)
