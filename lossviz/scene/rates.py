"""Rates: what is seen of a learning-rate range test: its marks, the range of its losses, and what it says in words."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lossviz.analysis.range_test import RangeTest
from lossviz.experiment import Experiment
from lossviz.landscape.base import BaseSurface
from lossviz.numerals import short

Array = NDArray[np.float64]

ABOVE = 0.6
"""How far the axis reaches above the loss at the start, as part of the fall: beyond, the loss has run away."""
LEAST = 1e-300
"""A loss nearer to 0 has no place on a logarithmic axis."""


@dataclass(frozen=True)
class RateMark:
    """A rate that means something.

    Parameters
    ----------
    kind : str
        ``"suggested"``, ``"steepest"``, ``"limit"`` or ``"blow_up"``.
    rate : float
    text : str
        As it stands beside it: ``"limit 2/λmax = 1.41"``.
    loss : float or None
        Where on the smoothed curve it was read off.
    """

    kind: str
    rate: float
    text: str
    loss: float | None = None


@dataclass(frozen=True, eq=False)
class RatesSeen:
    """A range test as it is shown.

    Parameters
    ----------
    test : RangeTest
    low, high : float
        The rates that it was to go through; one that has left all numbers ends before.
    rate : float
        The run's present one.
    number : int
        The run's place in the experiment: decides the colour.
    label : str
        The run's.
    logarithmic : bool
        Whether the axis of losses is.
    answered : bool
        Whether it is told which rates are good: not while what comes is kept back. The curve itself is shown even then,
        as who opens the test asks for it; which rate to take is what a lecturer asks the class.
    limited : bool
        Whether the limit is told, where one is known.
    """

    test: RangeTest
    low: float
    high: float
    rate: float
    number: int
    label: str
    logarithmic: bool = False
    answered: bool = True
    limited: bool = True

    @property
    def loss_text(self) -> str:
        """The axis of the loss in words: ``"loss (kg²)"``."""
        unit = self._surface.loss_unit
        return f"loss ({unit})" if unit else "loss"

    @property
    def _surface(self) -> BaseSurface:
        surface = self.test.trajectory.surface
        assert isinstance(surface, BaseSurface)
        return surface

    @property
    def suggestion(self) -> float | None:
        """The suggested rate, in two digits: more of them it doesn't have."""
        suggested = self.test.suggested
        return None if suggested is None or not self.answered else float(f"{suggested:.2g}")

    @cached_property
    def marks(self) -> tuple[RateMark, ...]:
        """The rates that mean something, in ascending order, where they were gone through."""
        t = self.test
        found = []
        if self.answered:
            steepest = self._steepest
            one = t.suggested is not None and t.suggested == steepest
            if t.suggested is not None:
                words = "steepest fall, suggested" if one else "suggested"
                found.append(self._read("suggested", t.suggested, f"{words} {short(t.suggested, 2)}"))
            if steepest is not None and not one:
                found.append(self._read("steepest", steepest, f"steepest fall {short(steepest, 2)}"))
            if t.blow_up is not None:
                found.append(RateMark("blow_up", t.blow_up, f"blows up {short(t.blow_up, 2)}"))
            if t.limit is not None and self.limited:
                found.append(RateMark("limit", t.limit, f"{self._limit_words} = {short(t.limit)}"))
        return tuple(sorted((mark for mark in found if self.low <= mark.rate <= self.high), key=lambda mark: mark.rate))

    @property
    def _steepest(self) -> float | None:
        """Where the loss falls fastest; what falls after it has run away is no fall of a descent."""
        steepest, blow_up = self.test.steepest, self.test.blow_up
        return None if steepest is None or (blow_up is not None and steepest >= blow_up) else steepest

    @property
    def _limit_words(self) -> str:
        return f"limit {self.test.trajectory.rule.limit_formula}".rstrip()

    def _read(self, kind: str, rate: float, text: str) -> RateMark:
        """Give a mark with the place on the smoothed curve where its rate was, or lies between."""
        losses = np.interp(math.log(rate), np.log(self.test.rates), self.test.smoothed)
        return RateMark(kind, rate, text, float(losses) if np.isfinite(losses) else None)

    @cached_property
    def loss_range(self) -> tuple[float, float]:
        """The lowest and the highest loss of the axis, positive ones on a logarithm.

        It holds the start and all before the loss runs away, but not how far it runs.
        """
        t = self.test
        before = t.rates < t.blow_up if t.blow_up is not None else np.ones(len(t.rates), dtype=bool)
        losses = np.concatenate([t.trajectory.losses[:1], t.losses[before], t.smoothed[before]])
        losses = losses[np.isfinite(losses)]
        start = float(t.trajectory.losses[0])
        if self.logarithmic:
            losses = losses[losses > LEAST]
            if not losses.size or start <= LEAST:
                return 0.1, 1.0
            low, high = _around(np.log(losses), math.log(start), math.log(2.0))
            return math.exp(max(low, -690.0)), math.exp(min(high, 690.0))
        low, high = _around(losses, start, abs(start) or 1.0)
        # 0 is the floor of losses that come near it and have none below
        return (0.0 if low < 0.0 <= float(losses.min()) else low), high

    @property
    def sentence(self) -> str:
        """What is seen, in plain words."""
        t = self.test
        if not self.answered:
            return "What comes is kept back, and so is the answer: which rate would you take?"
        low, high = short(self.low, 2), short(self.high, 2)
        away = "" if t.blow_up is None else short(t.blow_up, 2)
        if t.suggested is None:
            if not away:
                return f"The loss neither falls nor runs away from {low} to {high}{self._limit_told}."
            at_once = t.blow_up == float(t.rates[0])
            when = f"already at {away}, the first rate" if at_once else f"from {away} on"
            return f"The loss never falls, and runs away {when}: lower rates are to be tried{self._limit_told}."
        parts = [] if self._steepest is None else [f"falls fastest at {short(self._steepest, 2)}"]
        if t.lowest is not None and t.lowest == float(t.rates[-1]) and not away:
            parts.append(f"still falls at {short(t.lowest, 2)}, the last rate")
        else:
            # the smoothed loss trails behind: it may still fall where the loss itself has run away
            if t.lowest is not None and (t.blow_up is None or t.lowest < t.blow_up):
                parts.append(f"is lowest at {short(t.lowest, 2)}")
            parts.append(f"runs away from {away} on" if away else f"doesn't run away up to {high}")
        listed = " and ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else parts[0]
        return f"The loss {listed}{self._limit_told}."

    @property
    def _limit_told(self) -> str:
        t = self.test
        if t.limit is None or not self.limited:
            return ""
        if not self._surface.quadratic:
            return f"; by the curvature at the start the limit is {short(t.limit)}"
        late = t.blow_up is not None and t.suggested is not None and t.blow_up > 1.5 * t.limit
        why = ": from there the loss grows again, which is seen only later" if late else ""
        return f"; the true limit is {short(t.limit)}{why}"


def rates_seen(
    experiment: Experiment, number: int, test: RangeTest, low: float, high: float, logarithmic: bool | None = None
) -> RatesSeen:
    """Give a range test of a run as its experiment is looked at.

    Parameters
    ----------
    experiment : Experiment
    number : int
        The run's place.
    test : RangeTest
    low, high : float
        The rates that it was to go through.
    logarithmic : bool, optional
        Whether the axis of losses is; default: as that of the loss curve.
    """
    run, view = experiment.runs[number], experiment.view
    return RatesSeen(
        test,
        low,
        high,
        float(run.rule().learning_rate),
        number,
        run.label,
        view.loss_axis == "log" if logarithmic is None else logarithmic,
        not view.hide_future,
        "limits" not in view.hidden,
    )


def _around(losses: Array, start: float, size: float) -> tuple[float, float]:
    """Give a range for losses, with a margin: above the start not more than a part of the fall.

    Parameters
    ----------
    losses : array (n,)
        Or their logarithms; n ≥ 1.
    start : float
    size : float
        What stands for the fall where there is none.
    """
    lowest = float(losses.min())
    fall = start - lowest if start - lowest > 1e-3 * size else size
    highest = max(start, min(float(losses.max()), start + ABOVE * fall))
    if start - lowest <= 1e-3 * size:
        # nothing fell: what is to be seen is how the loss rises
        highest = start + ABOVE * fall
    margin = 0.06 * (highest - lowest)
    return lowest - margin, highest + margin
