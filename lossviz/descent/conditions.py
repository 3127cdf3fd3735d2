"""Conditions: under which a rule makes its steps, beside the surface and the rule itself."""

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lossviz.landscape.naming import unknown
from lossviz.landscape.objective import Surface
from lossviz.landscape.randomness import LARGEST_SEED
from lossviz.numerals import counted, typed
from lossviz.rules.base import Rule

if TYPE_CHECKING:
    from lossviz.rules.schedules.base import Schedule

PRECISIONS = ("float64", "float32")
KEPT = ("path", "end")
WEIGHT, BIAS = "w", "b"


@dataclass(frozen=True)
class Conditions:
    """How steps are made beside the rule; as they are by default, each step follows the slope of the whole loss.

    Parameters
    ----------
    schedule : Schedule, optional
        Changes the learning rate from step to step, with the rule's own as its base; some change the momentum too.
    batch_size : int, optional
        Samples of which a step takes the slope; None: all.
    seed : int
        Decides the order of the samples.
    shuffle : bool
        Whether each epoch has an order of its own; else it is that of the file.
    drop_last : bool
        Whether the last batch of an epoch is left out where it is smaller than the others.
    accumulate : int
        So many batches make one step, by the mean of their slopes.
    clip_value : float, optional
        Each slope is cut to ± this: PyTorch's clip_grad_value_, Keras's clipvalue, Optax's clip.
    clip_norm : float, optional
        Each parameter's slope is shortened to this length by itself: Keras's clipnorm.
    clip_global_norm : float, optional
        The slopes of all free parameters are shortened together to this length: PyTorch's clip_grad_norm_, Keras's
        global_clipnorm, Optax's clip_by_global_norm, as the rule's convention has it.
    average : float, optional
        A running mean of the parameters is kept, which keeps this part of itself at each step.
    rate_scale : (float, float), optional
        By what the learning rate is multiplied for weight and bias.
    decay_mask : tuple of str, optional
        The parameters that weight decay acts on, such as ``("w",)``; None: all.
    precision : str
        ``"float64"``, or ``"float32"``: parameters, slopes and what the rule remembers are rounded to that.
    record : tuple of str
        What the rule tells of each step that is to be kept: ``"velocity"``, ``"second_moment"``, …
    keep : str
        ``"path"``, or ``"end"``: only the last row of each run.
    check_seconds : float, optional
        Losses are looked at every so many seconds of modelled time, instead of every so many steps.
    step_seconds, sample_seconds : float
        The modelled time of a step, and of each sample that is looked at in it.

    Raises
    ------
    TypeError, ValueError
        If one is not what it must be.
    """

    schedule: "Schedule | None" = None
    batch_size: int | None = None
    seed: int = 0
    shuffle: bool = True
    drop_last: bool = False
    accumulate: int = 1
    clip_value: float | None = None
    clip_norm: float | None = None
    clip_global_norm: float | None = None
    average: float | None = None
    rate_scale: tuple[float, float] | None = None
    decay_mask: tuple[str, ...] | None = None
    precision: str = "float64"
    record: tuple[str, ...] = ()
    keep: str = "path"
    check_seconds: float | None = None
    step_seconds: float = 1e-3
    sample_seconds: float = 1e-6

    def __post_init__(self) -> None:
        if self.schedule is not None:
            # most descents have none
            from lossviz.rules.schedules.base import Schedule

            if not isinstance(self.schedule, Schedule):
                raise TypeError(
                    f"schedule must be a schedule, such as lossviz.schedule('cosine'), or None, not {self.schedule!r}."
                )
        if self.batch_size is not None:
            self._set("batch_size", _whole("batch_size", self.batch_size, 1))
        self._set("seed", _whole("seed", self.seed, 0, LARGEST_SEED))
        self._set("accumulate", _whole("accumulate", self.accumulate, 1, 1_000_000))
        for name in ("shuffle", "drop_last"):
            if not isinstance(getattr(self, name), (bool, np.bool_)):
                raise TypeError(f"{name} must be true or false, not {getattr(self, name)!r}.")
            self._set(name, bool(getattr(self, name)))
        for name in ("clip_value", "clip_norm", "clip_global_norm", "check_seconds"):
            if getattr(self, name) is not None:
                self._set(name, _number(name, getattr(self, name), "above 0", lambda number: number > 0.0))
        for name in ("step_seconds", "sample_seconds"):
            self._set(name, _number(name, getattr(self, name), "of 0 or more", lambda number: number >= 0.0))
        if self.average is not None:
            allowed = "from 0 to below 1"
            self._set("average", _number("average", self.average, allowed, lambda number: 0.0 <= number < 1.0))
        if self.rate_scale is not None:
            self._set("rate_scale", _scale(self.rate_scale))
        if self.decay_mask is not None:
            self._set("decay_mask", _names("decay_mask", "the parameters that weight decay acts on", self.decay_mask))
        self._set("record", _names("record", "what is to be recorded of each step", self.record))
        for name, known in (("precision", PRECISIONS), ("keep", KEPT)):
            if getattr(self, name) not in known:
                options = " or ".join(f"'{option}'" for option in known)
                raise ValueError(f"{name} must be {options}, not {getattr(self, name)!r}.")

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    @property
    def clips(self) -> bool:
        """Whether slopes may be clipped."""
        return any(limit is not None for limit in (self.clip_value, self.clip_norm, self.clip_global_norm))

    def check_for(self, surface: Surface, rules: Sequence[Rule] = ()) -> None:
        """Say where the conditions don't go with a surface, or with a rule.

        Raises
        ------
        ValueError
            If it has no samples to make batches of, or fewer than a batch, or no such parameter; or if the rule chooses
            one length for all parameters, and they are to have rates of their own.
        """
        for rule in rules:
            if self.rate_scale is not None and not rule.per_parameter:
                raise ValueError(f"rate_scale: {rule.name} chooses one length for all parameters; leave it out.")
        for name in self.decay_mask or ():
            if name not in surface.parameters:
                raise ValueError(f"decay_mask: {unknown('a parameter', name, surface.parameters)}")
        if self.batch_size is None:
            return
        if surface.samples is None:
            raise ValueError("batch_size goes with data, but this surface has no samples: leave it out.")
        if self.batch_size > surface.samples:
            found = typed(self.batch_size)
            raise ValueError(f"batch_size must be at most {counted(surface.samples)}, all samples, not {found}.")


def _whole(name: str, value: object, low: int, high: int | None = None) -> int:
    upwards = high is None or high == LARGEST_SEED
    allowed = f"a whole number of {low} or more" if upwards else f"a whole number from {low} to {counted(high or 0)}"
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be {allowed}, not {value!r}.")
    if value < low or (high is not None and value > high):
        allowed = f"{allowed}, below 2⁶³" if upwards and value >= low else allowed
        raise ValueError(f"{name} must be {allowed}, not {typed(value)}.")
    return int(value)


def _number(name: str, value: Any, allowed: str, holds: Callable[[float], bool]) -> float:
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{name} must be a number {allowed}, not {value!r}.")
    # a whole number may be larger than any float
    huge = isinstance(value, int) and abs(value) > sys.float_info.max
    number = math.copysign(math.inf, 1 if value > 0 else -1) if huge else float(value)
    if not (math.isfinite(number) and holds(number)):
        raise ValueError(f"{name} must be a number {allowed}, not {typed(number)}.")
    return number


def _scale(given: object) -> tuple[float, float]:
    expected = "rate_scale must be two numbers of 0 or more, for weight and bias"
    if isinstance(given, (str, bytes)) or not isinstance(given, (Sequence, np.ndarray)):
        raise TypeError(f"{expected}, not {given!r}.")
    if len(given) != 2:
        raise ValueError(f"{expected}, not {len(given)}.")
    w, b = (
        _number("rate_scale", value, "of 0 or more for each parameter", lambda number: number >= 0.0) for value in given
    )
    return w, b


def _names(name: str, what: str, given: object) -> tuple[str, ...]:
    names: Any = (given,) if isinstance(given, str) else given
    if not isinstance(names, Sequence) or not all(isinstance(one, str) for one in names):
        raise TypeError(f"{name} must name {what}, not {given!r}.")
    return tuple(names)
