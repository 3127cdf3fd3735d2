"""Learning-rate range test: the rate grows exponentially while a rule descends, and shows which rates are of use.

What the loss says is set beside the true limit, where one is known: that is what the test is to find.
"""

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.descent import Trajectory, checked_steps, descending
from lossviz.descent.conditions import Conditions
from lossviz.diagnosis.stability import stability
from lossviz.landscape.naming import unknown
from lossviz.landscape.objective import Surface
from lossviz.landscape.work import completed
from lossviz.numerals import short
from lossviz.rules.base import Rule
from lossviz.rules.schedules import schedule

Array = NDArray[np.float64]

SMOOTHING = 0.9
"""What the mean of the losses keeps of itself at each step: about ten of them. fastai's 0.98 lags by a decade."""
BLOWN_UP = 4.0
"""How many times the best loss is too much (fastai)."""
MOST_KEPT = 10
"""For how many steps the best loss must be kept, in a test of 200 steps or more."""
ROUNDING = 1e-24
"""Differences of losses below this part of the first one are rounding errors, where the best loss is 0."""
FELL = 1e-12
"""A fall by less than this part of the first loss is a rounding error of the mean."""
SAFE = 10.0
"""How far below the rate of the lowest loss the suggested one lies at least (fastai)."""
ITS_OWN = ("schedule", "keep")
"""Conditions that the test itself sets."""
GIVEN = tuple(field.name for field in fields(Conditions) if field.name not in ITS_OWN)


@dataclass(frozen=True, eq=False)
class RangeTest:
    """What a range test has found.

    Parameters
    ----------
    rates : array (steps,)
        The learning rate of each step, from `low` to `high`.
    losses : array (steps,)
        The full loss that each step led to.
    smoothed : array (steps,)
        Its exponentially weighted mean, corrected for its start.
    steepest : float or None
        Where the smoothed loss falls most steeply over the logarithm of the rate; None where it never falls.
    lowest : float or None
        Where the smoothed loss is lowest; None where it never falls.
    blow_up : float or None
        The first rate from which on the loss stays above 4 times the best.
    limit : float or None
        The exact limit by the curvature at the start: above it a quadratic is left for ever. None where none is known.
    suggested : float or None
        A rate to begin with: the steepest, or a tenth of the lowest or of the one that blows up, whichever is least.
    trajectory : Trajectory
        The descent itself.

    References
    ----------
    Smith (2017), Cyclical Learning Rates for Training Neural Networks.
    """

    rates: Array
    losses: Array
    smoothed: Array
    steepest: float | None
    lowest: float | None
    blow_up: float | None
    limit: float | None
    suggested: float | None
    trajectory: Trajectory

    def __repr__(self) -> str:
        names = ("steepest", "lowest", "blow_up", "limit", "suggested")
        told = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"RangeTest({len(self.rates)} rates from {self.rates[0]:g} to {self.rates[-1]:g}, {told})"


def range_test(
    surface: Surface,
    optimizer: Rule,
    start: ArrayLike,
    low: float = 1e-5,
    high: float = 10.0,
    steps: int = 200,
    *,
    smoothing: float = SMOOTHING,
    free: Sequence[str] | None = None,
    **conditions: Any,
) -> RangeTest:
    """Let the learning rate grow from step to step, and tell which rates are of use.

    The rate of step k is ``low·(high/low)^(k/(steps − 1))``.

    Parameters
    ----------
    surface : Surface
    optimizer : Rule
        Its own learning rate doesn't count.
    start : (w, b)
    low, high : float
        The first and the last rate; above 0.
    steps : int
        2 or more.
    smoothing : float
        What the mean of the losses keeps of itself at each step, from 0 (nothing: no smoothing) to below 1.
    free : sequence of str, optional
        The parameters that move. Default: all.
    **conditions
        As of ``descend``: ``batch_size=32``, ``seed=1``, …

    Raises
    ------
    ValueError, TypeError
        If an argument is not what it must be.
    """
    work = range_testing(
        surface, optimizer, start, low, high, steps, smoothing=smoothing, free=free, conditions=_conditions(conditions)
    )
    return completed(work)


def range_testing(
    surface: Surface,
    optimizer: Rule,
    start: ArrayLike,
    low: float,
    high: float,
    steps: int,
    *,
    smoothing: float = SMOOTHING,
    free: Sequence[str] | None = None,
    conditions: Conditions | None = None,
) -> Generator[float, None, RangeTest]:
    """Make a range test as a generator that yields its progress (0..1) and returns what ``range_test`` returns."""
    low, high = _rate("low", low), _rate("high", high)
    if not low < high:
        raise ValueError(f"high must be above low ({low:g}), not {high:g}.")
    if not math.isfinite(high / low):
        raise ValueError(f"high must be at most 1e300 times low, not {high:g} with {low:g}.")
    if checked_steps(steps) < 2:
        raise ValueError("steps must be 2 or more: a first rate and a last.")
    smoothing = _part("smoothing", smoothing)
    if not isinstance(optimizer, Rule):
        raise TypeError(f"optimizer must be an optimizer, such as lossviz.optimizer('adam'), not {optimizer!r}.")
    if np.ndim(start) != 1 or any(np.ndim(value) for value in optimizer.values.values()):
        raise ValueError("a range test is of one run: give one start (w, b), and hyperparameters that are no arrays.")
    grows = schedule("exponential", convention="keras", gamma=high / low, step_size=steps - 1)
    rule = replace(optimizer, learning_rate=low)
    under = replace(conditions or Conditions(), schedule=grows)
    run = yield from descending(surface, rule, start, steps, free=free, conditions=under)
    assert isinstance(run, Trajectory)
    at = (float(run.path[0, 0]), float(run.path[0, 1]))
    return _judged(run, smoothing, stability(surface, rule, at, free).limit)


def smooth(losses: Array, smoothing: float) -> Array:
    """Give the exponentially weighted mean of losses up to each, corrected for its start.

    Parameters
    ----------
    losses : array (steps,)
    smoothing : float
        What the mean keeps of itself at each step.
    """
    mean, found = 0.0, []
    for k, loss in enumerate(losses.tolist()):
        mean = smoothing * mean + (1.0 - smoothing) * loss
        found.append(mean / (1.0 - smoothing ** (k + 1)))
    return np.array(found)


def _judged(run: Trajectory, smoothing: float, limit: float | None) -> RangeTest:
    """Read off the rates that are worth knowing."""
    if not run.steps:
        raise ValueError("a range test must start on the surface, where there is a loss.")
    rates, losses = np.array(run.learning_rates), np.array(run.losses[1:])
    with np.errstate(all="ignore"):
        smoothed = smooth(losses, smoothing)
        finite = np.isfinite(smoothed)
        falls = np.diff(smoothed) / np.diff(np.log(rates))
        falls[~np.isfinite(falls)] = 0.0
    bottom = int(np.argmin(np.where(finite, smoothed, np.inf)))
    fell = bool(finite[bottom]) and run.losses[0] - smoothed[bottom] > FELL * abs(run.losses[0])
    lowest = float(rates[bottom]) if fell else None
    # where the steepest fall begins
    steepest = float(rates[np.argmin(falls)]) if fell and falls.size and np.min(falls) < 0.0 else None
    blow_up = _blow_up(rates, run.losses)
    bounds = [steepest, None if lowest is None else lowest / SAFE, None if blow_up is None else blow_up / SAFE]
    known = [bound for bound in bounds if bound is not None]
    for array in (rates, losses, smoothed):
        array.flags.writeable = False
    suggested = min(known) if fell else None
    return RangeTest(rates, losses, smoothed, steepest, lowest, blow_up, limit, suggested, run)


def _blow_up(rates: Array, losses: Array) -> float | None:
    """Give the rate of the step after the last row, start included, whose loss is not above 4 times the best.

    Not the first row above it: with momentum the loss swings up and down by more than that on its way to 0. For the
    same reason the best loss is one that was kept for some steps, not one that was only passed. Losses may be below 0,
    so that the best one is exceeded by 3 times its size. On a smooth quadratic that comes some steps after the limit:
    what has shrunk at the rates before must grow again first.
    """
    highest = np.where(np.isfinite(losses), losses, np.inf)
    kept = max(1, min(MOST_KEPT, len(losses) // 20))
    best = float(np.min(np.max(np.lib.stride_tricks.sliding_window_view(highest, kept), axis=1)))
    if not math.isfinite(best):
        return None
    size = max(abs(best), ROUNDING * abs(float(losses[0])))
    last = int(np.flatnonzero(highest <= best + (BLOWN_UP - 1.0) * size)[-1])
    return float(rates[last]) if last < len(rates) else None


def _conditions(given: dict[str, Any]) -> Conditions:
    for name in given:
        if name in ITS_OWN:
            raise TypeError(f"{name} can't be given to a range test: it makes its own rates, and keeps the path.")
        if name not in GIVEN:
            raise TypeError(unknown("a condition of a descent", name, GIVEN))
    return Conditions(**given)


def _rate(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{name} must be a learning rate above 0, not {value!r}.")
    if not (math.isfinite(value) and value > 0):
        found = short(float(value), 6) if math.isfinite(value) else f"{value:g}"
        raise ValueError(f"{name} must be a learning rate above 0, not {found}.")
    return float(value)


def _part(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{name} must be a number from 0 to below 1, not {value!r}.")
    if not 0.0 <= value < 1.0:
        raise ValueError(f"{name} must be a number from 0 to below 1, not {value:g}.")
    return float(value)
