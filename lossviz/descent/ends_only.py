"""The loop of which the last row alone is kept: many runs, for as many steps as one likes."""

from collections.abc import Generator, Sequence
from dataclasses import replace

import numpy as np

from lossviz.descent.conditions import Conditions
from lossviz.descent.lanes import Ends, Indices, Lanes
from lossviz.descent.recorded import Recorded
from lossviz.descent.stopping import StopRule
from lossviz.landscape.base import BaseSurface
from lossviz.landscape.objective import Array, Surface
from lossviz.rules import stacked
from lossviz.rules.base import Rule
from lossviz.rules.schedules.base import Schedule

STRETCH = 128
"""Steps between two looks at which runs need no more work."""
ABREAST = 16_384
"""Runs in one block: its arrays stay in the processor's second cache."""
COSTS = 1_000_000
"""Costs that one step of a block may sum: some milliseconds."""

_PLAIN = ("schedule", "seed", "shuffle", "drop_last", "keep", "step_seconds", "sample_seconds")
"""The conditions that may be other than by default: those of batches say nothing where there are none."""


def ends_only(
    surface: Surface,
    rules: Sequence[Rule],
    start: Array,
    steps: int,
    free: Sequence[int],
    conditions: Conditions,
    stop: StopRule,
) -> Generator[float, None, Recorded]:
    """Descend from starts (2, K) and give the last row of each run; yield the progress.

    Runs that have come to rest, or go in a circle of last digits, are known to go on so and cost hardly more; nor do
    those that have left all numbers.

    Parameters
    ----------
    surface : Surface
    rules : sequence of Rule
        One for all runs, whose hyperparameters may be arrays (K,), or one a run.
    start : array (2, K)
    steps : int
    free : sequence of int
    conditions : Conditions
        A schedule may be among them.
    stop : StopRule

    Raises
    ------
    ValueError
        If the conditions ask for more than the slope of the whole loss and a rate.
    """
    check_plain(conditions)
    schedule = None if conditions.schedule is None else conditions.schedule.for_steps(steps)
    ends = Ends(start, steps)
    blocks = _blocks(surface, rules, schedule, start, free)
    for number, block in enumerate(blocks):
        for progress in _going(block, steps, schedule is None, stop, ends):
            yield (number + progress) / len(blocks)
    losses, gradients = np.empty(start.shape[1]), np.empty(start.shape)
    for part in _parts(surface, start.shape[1]):
        with np.errstate(all="ignore"):
            losses[part], gradients[:, part] = surface.value_and_gradient(ends.theta[:, part])
        yield 1.0
    return Recorded(ends.theta[None], losses[None], gradients[None], ends.stopped, ())


def check_plain(conditions: Conditions) -> None:
    """Say what can't be had where only ends are kept.

    Raises
    ------
    ValueError
        If the conditions ask for it.
    """
    usual = Conditions()
    for name in (field for field in vars(usual) if field not in _PLAIN):
        if getattr(conditions, name) != getattr(usual, name):
            raise ValueError(f"keep='end' goes without {name}: keep the path, or leave {name} out.")
    schedule = conditions.schedule
    if schedule is not None and (schedule.adaptive or schedule.moves_momentum):
        what = "follows the losses" if schedule.adaptive else "moves the momentum"
        raise ValueError(f"keep='end' goes without the schedule {schedule.name}, which {what}: keep the path.")


def _blocks(
    surface: Surface, rules: Sequence[Rule], schedule: Schedule | None, start: Array, free: Sequence[int]
) -> list[Lanes]:
    """Part runs into blocks, each of one kind of rule."""
    runs = start.shape[1]
    if len(rules) == 1:
        bands = [Lanes(surface, _spread(rules[0], runs), schedule, start, free, np.arange(runs))]
    else:
        kinds = [(stacked([rules[k] for k in own]), np.array(own)) for own in _by_kind(rules)]
        bands = [Lanes(surface, rule, schedule, start[:, numbers], free, numbers) for rule, numbers in kinds]
    return [band.only(part) for band in bands for part in _parts(surface, len(band))]


def _by_kind(rules: Sequence[Rule]) -> list[list[int]]:
    """Give the numbers of the rules of each kind; rules that differ in a switch or a count are of two kinds."""
    kinds: dict[object, list[int]] = {}
    for i, rule in enumerate(rules):
        shared = tuple(getattr(rule, param.name) for param in rule.params() if param.shared)
        kinds.setdefault((type(rule), shared), []).append(i)
    return [*kinds.values()]


def _spread(rule: Rule, runs: int) -> Rule:
    """Give the rule with one number a run in each of its arrays."""
    arrays = {name: value for name, value in rule.values.items() if np.ndim(value)}
    own = {name: np.broadcast_to(value, (*np.shape(value)[:-1], runs)) for name, value in arrays.items()}
    return replace(rule, **own) if own else rule


def _parts(surface: Surface, runs: int) -> list[slice]:
    """Give the parts of runs that are worked on at once."""
    cost = surface.cost_per_point if isinstance(surface, BaseSurface) else 1
    abreast = max(1, min(ABREAST, COSTS // max(1, cost)))
    return [slice(first, first + abreast) for first in range(0, runs, abreast)]


def _going(block: Lanes, steps: int, steady: bool, stop: StopRule, ends: Ends) -> Generator[float, None, None]:
    """Let a block of runs go to their ends; yield the progress.

    Parameters
    ----------
    steady : bool
        Whether the rate never changes.
    """
    # what has gone astray is gone back for, and then watched
    bands = [(block, stop.active)]
    # a loss that changes little may be found so after runs have begun to go in circles
    circles = steady and (not stop.active or (stop.loss_change is None and STRETCH % stop.check_every == 0))
    while bands:
        band, watched = bands.pop()
        circling = _Circling(band)
        while len(band) and band.made < steps:
            # first what is over, so that only whole stretches follow
            whole = (steps - band.made) % STRETCH == 0
            to = band.made + (STRETCH if whole else (steps - band.made) % STRETCH)
            before = band.copied()
            while band.made < to and len(band):
                if watched:
                    band.watch(to, stop, ends)
                else:
                    band.hurry(to)
                yield band.made / steps
            if watched:
                band.leave(band.nowhere, ends, steps)
            else:
                astray = band.astray()
                if np.any(astray):
                    bands.append((before.only(astray), True))
                    band = band.only(~astray)
            if whole and circles:
                ahead, band = circling.jump(band, steps)
                bands += [(group, watched) for group in ahead]
        band.leave(np.ones(len(band), dtype=bool), ends, steps)


class _Circling:
    """Finds runs that are again where they were, with all that the rule remembers: they go in circles for ever.

    Compared are the states after whole stretches with one before them, which is renewed after 1, 2, 4, 8, … of them
    (Brent's way): a circle of any length is found.

    Parameters
    ----------
    band : Lanes
    """

    def __init__(self, band: Lanes) -> None:
        self._anchor = band.copied()
        self._length: Indices = np.zeros(len(band), dtype=np.intp)
        self._stretches, self._renewed = 0, 1

    def jump(self, band: Lanes, steps: int) -> tuple[list[Lanes], Lanes]:
        """Give the runs that were found, by the lengths of their circles, put on by whole circles; and the others."""
        if len(band) < len(self._anchor):
            there = np.isin(self._anchor.numbers, band.numbers)
            self._anchor, self._length = self._anchor.only(there), self._length[there]
        again = band.still(self._anchor) & (self._length == 0)
        self._length[again] = band.made - self._anchor.made
        self._stretches += 1
        renew = self._stretches == self._renewed
        found = self._length > 0
        groups = []
        # to part a block takes some time, too
        if np.any(found) and (renew or np.count_nonzero(found) >= len(found) / 8):
            for length in np.unique(self._length[found]):
                group = band.only(self._length == length)
                group.made += (steps - group.made) // int(length) * int(length)
                groups.append(group)
            band, self._length = band.only(~found), self._length[~found]
            self._anchor = self._anchor.only(~found)
        if renew:
            self._anchor, self._renewed = band.copied(), 2 * self._renewed
            self._stretches = 0
            self._length[:] = 0
        return groups, band
