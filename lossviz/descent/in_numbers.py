"""The loop for a few runs: steps in plain numbers, which for so few are many times faster than in arrays."""

from collections.abc import Callable, Generator, Sequence
from time import perf_counter
from typing import Any

import numpy as np

from lossviz.descent.batches import Stream
from lossviz.descent.clipping import Clipping
from lossviz.descent.conditions import Conditions
from lossviz.descent.courses import by_component, courses_of, in_courses, together
from lossviz.descent.plan import PLAIN, Plan, decaying, for_component, move_momentum, moved_momentum, scale_of
from lossviz.descent.recorded import BREATH, STEPPING, Recorded, measuring
from lossviz.descent.stopping import StopRule, Watch
from lossviz.landscape.base import BaseSurface
from lossviz.landscape.objective import Array, Surface
from lossviz.landscape.work import scaled
from lossviz.rules.base import State
from lossviz.rules.componentwise import Componentwise
from lossviz.rules.replay import States, spacing

AT_ONCE = 1024
"""Rows that are kept as plain numbers before they are put into an array."""

Points = list[list[float]]
"""Of each parameter the values of all runs."""


def in_numbers(
    surface: Surface,
    rules: Sequence[Componentwise],
    start: Array,
    steps: int,
    free: Sequence[int],
    stop: StopRule,
    conditions: Conditions = PLAIN,
) -> Generator[float, None, Recorded]:
    """Descend from starts (2, K), each by its own rule of whatever kind; yield the progress.

    A sum over samples is asked for of all runs at once: it is made faster of arrays.
    """
    runs = len(rules)
    plan = Plan(surface, rules, runs, steps, stop, conditions)
    alone = surface.in_numbers if isinstance(surface, BaseSurface) else None
    if alone is not None and plan.only_rates:
        courses = courses_of(rules, steps, free)
        if courses:
            return (yield from in_courses(alone, rules, courses, start, plan.rates, free))
    points: Points = start.tolist()
    rows, values, gradients = _Rows(2 * runs), _Rows(runs), _Rows(2 * runs)
    whole_loss, stream = _asked(surface), plan.stream
    clippings = [Clipping.of(conditions, rule) for rule in rules]
    clips = conditions.clips
    slopes_apart = _Rows(2 * runs) if clips or stream is not None else None
    clipped = np.zeros((steps, runs), dtype=bool) if clips else None
    told = {name: np.full((steps, *start.shape), np.nan) for name in conditions.record}
    watch = Watch(stop, runs, steps)
    part = slice(free[0], free[-1] + 1)
    begun = [rule.init(start[part, run]) for run, rule in enumerate(rules)]
    remembered = [by_component(state, len(free)) for state in begun]
    rates = [float(rule.learning_rate) for rule in rules]
    decays = decaying(surface, conditions, free) or [True] * len(free)
    factors = scale_of(conditions, free)
    scale = [1.0] * len(free) if factors is None else factors.tolist()
    lanes = [_Lane(run, rule, remembered[run], free, scale, decays) for run, rule in enumerate(rules)]
    moves = [lane.components for lane in lanes]
    every = spacing(steps)
    kept: list[list[State]] = [[] for _ in rules]
    samples_seen = 0
    last_breath = perf_counter()
    with np.errstate(all="ignore"):
        for k in range(steps + 1):
            rows.add(points)
            if stream is None:
                value, slopes = whole_loss(points)
                values.add([value])
                gradients.add(slopes)
            if plan.waits and plan.looks.due(k, samples_seen):
                value, looked = (value, slopes) if stream is None else whole_loss(points)
                plan.tell(k, np.array(value))
                ended = watch.ends(k, np.array(value), np.array(looked)[part])
            else:
                ended = False
            if ended or k == steps:
                break
            if k % every == 0:
                for states, first, memory in zip(kept, begun, remembered, strict=True):
                    states.append(together(memory, first))
            if stream is not None:
                slopes = _of_batch(stream, k, points)
            if clipped is not None:
                slopes = _cut(slopes, free, clippings, clipped[k])
            if slopes_apart is not None:
                slopes_apart.add(slopes)
            if not plan.constant:
                rates = plan.settle(k).tolist()
            if plan.momenta is not None:
                momentum = float(plan.momenta[k])
                for lane in lanes:
                    lane.move_momentum(momentum)
            for run, memory, components in moves:
                if watch.complete or watch.running[run]:
                    rate = rates[run]
                    for place, i, follow, factor in components:
                        at = points[i]
                        at[run], memory[place] = follow(slopes[i][run], at[run], rate * factor, memory[place])
            if told:
                for lane in lanes:
                    lane.tell(told, k, rates[lane.run])
            if plan.looks.timed:
                samples_seen += int(plan.samples[k])
            if perf_counter() - last_breath > BREATH:
                yield k / steps * (1.0 if stream is None else STEPPING)
                last_breath = perf_counter()
    path = rows.together(2, runs)
    if stream is None:
        losses, slopes_of_all = values.together(runs), gradients.together(2, runs)
    else:
        losses, slopes_of_all = yield from scaled(measuring(surface, path), STEPPING, 1.0)
    return Recorded(
        path,
        losses,
        slopes_of_all,
        watch.stopped,
        tuple(States(every, states or [together(remembered[run], begun[run])]) for run, states in enumerate(kept)),
        None if slopes_apart is None else slopes_apart.together(2, runs),
        clipped if clipped is None else clipped[:k],
        plan.rates[:k],
        plan.momenta if plan.momenta is None else plan.momenta[:k],
        None,
        {name: of_step[:k] for name, of_step in told.items()},
    )


class _Rows:
    """Rows of plain numbers, put into arrays many at a time: one by one that would take most of a step."""

    def __init__(self, width: int) -> None:
        self._most = AT_ONCE * width
        self._numbers: list[float] = []
        self._whole: list[Array] = []

    def add(self, row: Sequence[Sequence[float]]) -> None:
        """Add a row of several lists."""
        for numbers in row:
            self._numbers.extend(numbers)
        if len(self._numbers) >= self._most:
            self._put_away()

    def together(self, *shape: int) -> Array:
        """Give all rows, each of this shape."""
        self._put_away()
        return np.concatenate(self._whole).reshape(-1, *shape)

    def _put_away(self) -> None:
        self._whole.append(np.array(self._numbers, dtype=np.float64))
        self._numbers.clear()


class _Lane:
    """One run: what its rule remembers, and how each free parameter follows its slope."""

    def __init__(
        self,
        run: int,
        rule: Componentwise,
        memory: list[State],
        free: Sequence[int],
        scale: Sequence[float],
        decays: Sequence[bool],
    ) -> None:
        self.run, self._memory, self._free, self._scale = run, memory, free, scale
        self._rules = [for_component(rule, acts) for acts in decays]
        self._momentum = moved_momentum(rule)

    @property
    def components(self) -> tuple[int, list[State], list[tuple[int, int, Any, float]]]:
        """Its number and memory; of each free parameter its place there, its number, what makes its step, its scale."""
        follow = [rule.follow for rule in self._rules]
        return self.run, self._memory, [*zip(range(len(self._free)), self._free, follow, self._scale, strict=True)]

    def move_momentum(self, momentum: float) -> None:
        """Give the rule another momentum, if it has one."""
        if self._momentum is not None:
            for rule in self._rules:
                move_momentum(rule, self._momentum, momentum)

    def tell(self, told: dict[str, Array], k: int, rate: float) -> None:
        """Keep what the rule tells of a step."""
        for place, i in enumerate(self._free):
            info = self._rules[place].told(rate * self._scale[place], self._memory[place])
            for name, rows in told.items():
                if name in info:
                    rows[k, i, self.run] = info[name]


def _asked(surface: Surface) -> Callable[[Points], tuple[list[float], Points]]:
    """Give what gives losses and slopes of all runs, by parameters, as lists."""
    alone = surface.in_numbers if isinstance(surface, BaseSurface) else None
    if alone is None:

        def together(points: Points) -> tuple[list[float], Points]:
            value, gradient = surface.value_and_gradient(np.array(points))
            return value.tolist(), gradient.tolist()

        return together

    def one_by_one(points: Points) -> tuple[list[float], Points]:
        found = [alone(w, b) for w, b in zip(*points, strict=True)]
        values, by_w, by_b = zip(*found, strict=True)
        return list(values), [list(by_w), list(by_b)]

    return one_by_one


def _of_batch(stream: Stream, k: int, points: Points) -> Points:
    """Give the slopes of step k's batch."""
    if not stream.in_numbers:
        by_w, by_b = stream.slope(k, np.array(points[0]), np.array(points[1]))
        return [by_w.tolist(), by_b.tolist()]
    found = [stream.slope(k, w, b) for w, b in zip(*points, strict=True)]
    return [[by_w for by_w, _ in found], [by_b for _, by_b in found]]


def _cut(slopes: Points, free: Sequence[int], clippings: Sequence[Clipping | None], acted: Array) -> Points:
    """Cut the slopes of the free parameters of each run, and mark the runs where anything was cut."""
    given = [list(of_all) for of_all in slopes]
    for run, clipping in enumerate(clippings):
        assert clipping is not None
        cut, acted[run] = clipping.cut([slopes[i][run] for i in free])
        for i, slope in zip(free, cut, strict=True):
            given[i][run] = slope
    return given
