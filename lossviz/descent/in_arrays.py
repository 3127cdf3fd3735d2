"""The loop for many runs, or for any rule: all runs side by side in one array."""

from collections.abc import Generator, Sequence
from time import perf_counter

import numpy as np

from lossviz.descent.recorded import BREATH, Recorded
from lossviz.descent.stopping import StopRule, Watch
from lossviz.landscape.objective import Array, Objective, Surface
from lossviz.landscape.restricted import Restricted
from lossviz.rules.base import Oracle, Rule, State
from lossviz.rules.componentwise import Componentwise
from lossviz.rules.replay import States, spacing


def in_arrays(
    surface: Surface, rule: Rule, start: Array, steps: int, free: Sequence[int], stop: StopRule
) -> Generator[float, None, Recorded]:
    """Descend from starts (2, K) by one rule, whose hyperparameters may be arrays (K,); yield the progress."""
    whole = len(free) == len(start)
    objective: Objective = surface if whole else Restricted(surface, free, start)
    oracle = Oracle(objective)
    # one of two parameters, or both: they are next to each other
    part = slice(free[0], free[-1] + 1)
    moving = start[part]
    path = np.empty((steps + 1, *start.shape))
    path[:] = start
    losses, gradients = np.empty((steps + 1, start.shape[1])), np.empty(path.shape)
    watch = Watch(stop, start.shape[1], steps)
    state = rule.init(moving)
    every = spacing(steps)
    kept: list[State] = []
    last_breath = perf_counter()
    for k in range(steps + 1):
        with np.errstate(all="ignore"):
            value, gradient = oracle.value_and_gradient(moving)
            path[k, part], losses[k], gradients[k, part] = moving, value, gradient
            if watch.ends(k, value, gradient) or k == steps:
                break
            if k % every == 0:
                kept.append(state)
            if isinstance(rule, Componentwise):
                after, state = rule.follow(gradient, moving, rule.learning_rate, state)
            else:
                after, state, _ = rule.step(oracle, moving, rule.learning_rate, state)
            moving = after if watch.complete else np.where(watch.running, after, moving)
        if perf_counter() - last_breath > BREATH:
            yield k / steps
            last_breath = perf_counter()
    path, losses, gradients = path[: k + 1], losses[: k + 1], gradients[: k + 1]
    if not whole:
        with np.errstate(all="ignore"):
            gradients = np.moveaxis(surface.gradient(*np.moveaxis(path, 1, 0)), 0, 1)
    return Recorded(path, losses, gradients, watch.stopped, (States(every, kept or [state]),))
