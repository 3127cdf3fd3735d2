"""Lanes: runs side by side of which nothing is kept but where they are; they become fewer as runs come to their end."""

import copy
from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossviz.descent.recorded import BREATH
from lossviz.descent.stopping import StopRule
from lossviz.descent.strides import Striding, own
from lossviz.diagnosis.evidence import off_surface
from lossviz.landscape.base import BaseSurface, IntoArray
from lossviz.landscape.objective import Array, Objective, Surface
from lossviz.landscape.restricted import Restricted
from lossviz.rules.base import Oracle, Rule, State
from lossviz.rules.componentwise import Componentwise
from lossviz.rules.schedules.base import Schedule

Indices = NDArray[np.intp]
Marks = NDArray[np.bool_]


class Ends:
    """Where runs have ended, and after how many steps.

    Parameters
    ----------
    start : array (2, K)
    steps : int
        What each run makes unless it ends before.
    """

    def __init__(self, start: Array, steps: int) -> None:
        self.theta = np.array(start)
        self.stopped: Indices = np.full(start.shape[1], steps, dtype=np.intp)


class Lanes:
    """Some runs of one rule, all after the same number of steps.

    Parameters
    ----------
    surface : Surface
    rule : Rule
        Its hyperparameters may be arrays (K,).
    schedule : Schedule or None
    start : array (2, K)
    free : sequence of int
    numbers : array of int (K,)
        Which runs they are, ascending.
    """

    def __init__(
        self,
        surface: Surface,
        rule: Rule,
        schedule: Schedule | None,
        start: Array,
        free: Sequence[int],
        numbers: Indices,
    ) -> None:
        self.surface = surface
        self.numbers = numbers
        self.made = 0
        self._rule = rule
        self._schedule = schedule
        self._free = tuple(free)
        self._part = slice(free[0], free[-1] + 1)
        # each parameter by itself in memory
        self._full = np.array(start, order="C")
        self._lost: Marks = np.zeros(len(numbers), dtype=bool)
        self._before: Array | None = None
        self._judged = -1
        self._theta = self._full[self._part].copy()
        self._state = own(rule.init(self._theta))
        self._striding = Striding(rule) if isinstance(rule, Componentwise) else None
        self._alone = surface.slopes_alone if isinstance(surface, BaseSurface) and len(free) == len(start) else None

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def theta(self) -> Array:
        """Where they are, held parameters included."""
        self._full[self._part] = self._theta
        return self._full

    def copied(self) -> "Lanes":
        """Give the same runs, to go back to."""
        return self.only(slice(None))

    def only(self, which: Marks | slice) -> "Lanes":
        """Give some of the runs, as they are now."""
        other = copy.copy(self)
        other.numbers = self.numbers[which].copy()
        other._full, other._theta = self._full[:, which].copy(), self._theta[:, which].copy()
        other._state = tuple(part[..., which].copy() if np.ndim(part) else part for part in self._state)
        other._lost = self._lost[which].copy()
        other._before = None if self._before is None else self._before[which].copy()
        arrays = {name: value[..., which] for name, value in self._rule.values.items() if np.ndim(value)}
        # an array of no numbers is no hyperparameter
        other._rule = replace(self._rule, **arrays) if arrays and len(other.numbers) else self._rule
        if self._striding is not None and isinstance(other._rule, Componentwise):
            other._striding = Striding(other._rule, self._striding.written)
        return other

    def still(self, before: "Lanes") -> Marks:
        """Tell which are to the last bit as they were before: place, and all that the rule remembers."""
        same = np.ones(len(self), dtype=bool)
        for now, then in zip((self._theta, *self._state), (before._theta, *before._state), strict=True):
            # of numbers that count the steps, too
            if np.shape(now) != np.shape(then):
                return np.zeros(len(self), dtype=bool)
            equal = (now == then) | ((now != now) & (then != then))
            same &= np.all(equal, axis=tuple(range(np.ndim(equal) - 1))) if np.ndim(equal) else equal
        return same

    def astray(self) -> Marks:
        """Tell which are where slopes may not be those of the loss, or are no numbers, or have slopes that are none."""
        with np.errstate(all="ignore"):
            if self._alone is not None:
                return np.asarray(~np.all(np.abs(self._theta) <= self._alone[1], axis=0))
            slopes = np.empty(self._theta.shape)
            self._slopes()(self._theta, slopes)
            return np.asarray(~np.all(np.isfinite(self._theta) & np.isfinite(slopes), axis=0))

    @property
    def nowhere(self) -> Marks:
        """Those at no number, where they stay whatever comes."""
        return np.asarray(np.all(np.isnan(self._theta), axis=0))

    def hurry(self, to: int) -> None:
        """Make the steps up to this number by slopes alone, or as many of them as take a breath."""
        begun = perf_counter()
        into, theta, state, slopes = self._slopes(), self._theta, self._state, np.empty(self._theta.shape)
        step = self._followed if self._striding is None else self._striding.step
        with np.errstate(all="ignore"):
            for rate in self._rates(to):
                into(theta, slopes)
                theta, state, slopes = step(slopes, theta, rate, state)
                self.made += 1
                if perf_counter() - begun > BREATH:
                    break
        self._theta, self._state = theta, state

    def watch(self, to: int, stop: StopRule, ends: Ends) -> None:
        """Make the steps up to this number, or as many as take a breath, with an eye on the loss of each row.

        Runs that meet the stop rule, or come off the surface, end there.
        """
        begun = perf_counter()
        objective = self._objective()
        with np.errstate(all="ignore"):
            for rate in self._rates(to):
                value, gradient = objective.value_and_gradient(self._theta)
                over = self._over(value, gradient, stop)
                if np.any(over):
                    self.leave(over, ends)
                    # the others have yet to make this step
                    break
                oracle = Oracle(objective)
                oracle.recall(self._theta, value, gradient)
                if isinstance(self._rule, Componentwise):
                    self._theta, self._state = self._rule.follow(gradient, self._theta, rate, self._state)
                else:
                    self._theta, self._state, _ = self._rule.step(oracle, self._theta, rate, self._state)
                self.made += 1
                if perf_counter() - begun > BREATH:
                    break
        self._state = own(self._state)

    def leave(self, which: Marks, ends: Ends, after: int | None = None) -> None:
        """Let runs end where they are, after so many steps: as many as were made."""
        numbers = self.numbers[which]
        consecutive = len(numbers) == len(self) == numbers[-1] - numbers[0] + 1 if len(numbers) else False
        # a whole block is copied faster as what it is
        place = slice(numbers[0], numbers[-1] + 1) if consecutive else numbers
        ends.theta[:, place] = self.theta if consecutive else self.theta[:, which]
        ends.stopped[place] = self.made if after is None else after
        self.__dict__.update(self.only(~which).__dict__)

    def _over(self, value: Array, gradient: Array, stop: StopRule) -> Marks:
        """Tell which end in this row, once: of those that go on it is asked for again."""
        if self._judged == self.made:
            return np.zeros(len(self), dtype=bool)
        self._judged = self.made
        first = ~np.isfinite(value) & ~self._lost
        self._lost |= first
        over: Marks = first & off_surface(self.theta[None], value[None], self.surface.domain)[0]
        if stop.active and self.made % stop.check_every == 0:
            over |= stop.met(value, gradient, self._before)
            self._before = value
        return over

    def _objective(self) -> Objective:
        whole = len(self._free) == len(self._full)
        return self.surface if whole else Restricted(self.surface, self._free, self._full)

    def _slopes(self) -> IntoArray:
        if self._alone is not None:
            return self._alone[0]
        objective = self._objective()

        def into(theta: Array, out: Array) -> None:
            out[...] = objective.value_and_gradient(theta)[1]

        return into

    def _rates(self, to: int) -> Sequence[Any]:
        """Give the rates of the steps from here up to that number."""
        base = self._rule.learning_rate
        if self._schedule is None:
            return [base] * (to - self.made)
        rates = self._schedule(np.arange(self.made, to).reshape(-1, *(1,) * np.ndim(base)), base)
        return list(rates) if np.ndim(base) else list(map(float, rates))

    def _followed(self, slopes: Array, theta: Array, rate: Any, state: State) -> tuple[Array, State, Array]:
        """Make a step of a rule that asks for more than a slope; give the array for the next slopes, too."""
        theta, state, _ = self._rule.step(Oracle(self._objective()), theta, rate, state)
        return theta, own(state), slopes
