"""The loop for many runs, or for any rule: all runs side by side in one array."""

from collections.abc import Generator, Sequence
from time import perf_counter
from typing import Any

import numpy as np

from lossviz.descent.clipping import Clipping
from lossviz.descent.conditions import Conditions
from lossviz.descent.courses import WORTH_WRITING
from lossviz.descent.plan import PLAIN, Plan, decaying, for_arrays, move_momentum, moved_momentum, scale_of
from lossviz.descent.recorded import BREATH, STEPPING, Recorded, measuring
from lossviz.descent.seen import Seen
from lossviz.descent.stopping import StopRule, Watch
from lossviz.landscape.objective import Array, Surface
from lossviz.landscape.work import scaled
from lossviz.rules.base import Oracle, Rule, State
from lossviz.rules.componentwise import Componentwise
from lossviz.rules.replay import States, spacing


def in_arrays(
    surface: Surface,
    rule: Rule,
    start: Array,
    steps: int,
    free: Sequence[int],
    stop: StopRule,
    conditions: Conditions = PLAIN,
) -> Generator[float, None, Recorded]:
    """Descend from starts (2, K) by one rule, whose hyperparameters may be arrays (K,); yield the progress."""
    runs = start.shape[1]
    plan = Plan(surface, [rule], runs, steps, stop, conditions)
    if plan.only_rates and isinstance(rule, Componentwise) and steps >= WORTH_WRITING:
        # the first picture has fewer runs, and those are made in plain numbers
        from lossviz.descent.strides import in_strides

        return (yield from in_strides(surface, rule, start, free, plan))
    clipping, stream, single = Clipping.of(conditions, rule), plan.stream, plan.single
    seen = Seen(surface, free, start, clipping, single)
    oracle = Oracle(seen)
    own = for_arrays(rule, decaying(surface, conditions, free), 2, single)
    momentum = moved_momentum(rule) if plan.momenta is not None else None
    factors = scale_of(conditions, free)
    scale = None if factors is None else factors[:, None]
    # one of two parameters, or both: they are next to each other
    part = slice(free[0], free[-1] + 1)
    moving: Any = start[part].astype(np.float32) if single else start[part]
    path = np.empty((steps + 1, *start.shape))
    path[:] = start
    losses, gradients = np.empty((steps + 1, runs)), np.empty(path.shape)
    slopes = np.empty((steps, *start.shape)) if stream is not None or clipping is not None or single else None
    clipped = None if clipping is None else np.zeros((steps, runs), dtype=bool)
    asked = None if isinstance(rule, Componentwise) else np.zeros(steps, dtype=np.int64)
    told = {name: np.full((steps, *start.shape), np.nan) for name in conditions.record}
    watch = Watch(stop, runs, steps)
    state = _rounded(own.init(moving)) if single else own.init(moving)
    rate = _rate(rule.learning_rate, scale, single)
    every = spacing(steps)
    kept: list[State] = []
    samples_seen = 0
    last_breath = perf_counter()
    for k in range(steps + 1):
        with np.errstate(all="ignore"):
            path[k, part] = moving
            questions = _questions(oracle)
            if stream is None:
                given = oracle.gradient(moving)
                value, gradient = seen.value, seen.uncut
                losses[k], gradients[k] = value, gradient
            if plan.waits and plan.looks.due(k, samples_seen):
                if stream is not None:
                    value, gradient = surface.value_and_gradient(path[k].copy())
                plan.tell(k, value)
                if watch.ends(k, value, gradient[part]):
                    break
            if k == steps:
                break
            if k % every == 0:
                kept.append(state)
            if not plan.constant:
                rate = _rate(_together(plan.settle(k)), scale, single)
            if momentum is not None and plan.momenta is not None:
                move_momentum(own, momentum, float(plan.momenta[k]))
            if stream is not None:
                if isinstance(own, Componentwise):
                    given = seen.given(np.stack(stream.slope(k, path[k, 0], path[k, 1])))
                else:
                    assert plan.batches is not None
                    seen.over(plan.batches.of_update(k), surface)
                    oracle.forget()
                    given = oracle.gradient(moving)
            if slopes is not None:
                slopes[k] = seen.uncut
                slopes[k, part] = given
            if clipped is not None:
                clipped[k] = seen.cut
            if isinstance(own, Componentwise):
                after, state = own.follow(given, moving, rate, state)
                info: Any = own.told(rate, state) if told else {}
            else:
                after, state, info = own.step(oracle, moving, rate, state)
            if single:
                after, state = after.astype(np.float32, copy=False), _rounded(state)
            for name, rows in told.items():
                if name in info:
                    rows[k, part] = info[name]
            moving = after if watch.complete else np.where(watch.running, after, moving)
            if asked is not None:
                asked[k] = _questions(oracle) - questions
            if plan.looks.timed:
                samples_seen += int(plan.samples[k]) * (1 if asked is None else int(asked[k]))
        if perf_counter() - last_breath > BREATH:
            yield k / steps * (1.0 if stream is None else STEPPING)
            last_breath = perf_counter()
    path, losses, gradients = path[: k + 1], losses[: k + 1], gradients[: k + 1]
    if stream is not None:
        losses, gradients = yield from scaled(measuring(surface, path), STEPPING, 1.0)
    return Recorded(
        path,
        losses,
        gradients,
        watch.stopped,
        (States(every, kept or [state]),),
        slopes if slopes is None else slopes[:k],
        clipped if clipped is None else clipped[:k],
        plan.rates[:k],
        plan.momenta if plan.momenta is None else plan.momenta[:k],
        asked if asked is None else asked[:k],
        {name: rows[:k] for name, rows in told.items()},
    )


def _together(rates: Array) -> Any:
    """Give the rates of all runs, as a plain number where they are one."""
    return float(rates[0]) if len(rates) == 1 or np.all(rates == rates[0]) else rates


def _rate(rate: Any, scale: Array | None, single: bool) -> Any:
    """Give the rate of a step, a number, (K,) or, scaled, (n, K)."""
    scaled = rate if scale is None else scale * rate
    return scaled.astype(np.float32) if single and isinstance(scaled, np.ndarray) else scaled


def _questions(oracle: Oracle) -> int:
    return oracle.values + oracle.gradients + oracle.hessians


def _rounded(state: State) -> State:
    """Give what is remembered, arrays rounded to float32."""
    return tuple(p.astype(np.float32) if isinstance(p, np.ndarray) and p.dtype == np.float64 else p for p in state)
