"""The loop for a few runs: steps in plain numbers, which for so few are many times faster than in arrays."""

from collections.abc import Generator, Sequence
from time import perf_counter

import numpy as np

from lossviz.descent.recorded import BREATH, Recorded
from lossviz.descent.stopping import StopRule, Watch
from lossviz.landscape.objective import Array, Surface
from lossviz.rules.base import State
from lossviz.rules.componentwise import Componentwise
from lossviz.rules.replay import States, spacing


def in_numbers(
    surface: Surface, rules: Sequence[Componentwise], start: Array, steps: int, free: Sequence[int], stop: StopRule
) -> Generator[float, None, Recorded]:
    """Descend from starts (2, K), each by its own rule of whatever kind; yield the progress.

    The surface is asked about all runs at once: a sum over samples is made faster of arrays.
    """
    theta, points = start, start.tolist()
    path, losses = np.empty((steps + 1, *start.shape)), np.empty((steps + 1, len(rules)))
    gradients = np.empty(path.shape)
    watch = Watch(stop, len(rules), steps)
    part, components = slice(free[0], free[-1] + 1), list(enumerate(free))
    begun = [rule.init(start[part, run]) for run, rule in enumerate(rules)]
    remembered = [_by_component(state, len(free)) for state in begun]
    moves = [(run, rule.follow, float(rule.learning_rate), remembered[run]) for run, rule in enumerate(rules)]
    every = spacing(steps)
    kept: list[list[State]] = [[] for _ in rules]
    last_breath = perf_counter()
    with np.errstate(all="ignore"):
        for k in range(steps + 1):
            value, gradient = surface.value_and_gradient(theta)
            path[k], losses[k], gradients[k] = theta, value, gradient
            ended = watch.ends(k, value, gradient[part])
            if k % every == 0:
                for states, first, memory in zip(kept, begun, remembered, strict=True):
                    states.append(_together(memory, first))
            if ended or k == steps:
                break
            slopes = gradient.tolist()
            for run, follow, rate, memory in moves:
                if watch.complete or watch.running[run]:
                    for place, i in components:
                        at = points[i]
                        at[run], memory[place] = follow(slopes[i][run], at[run], rate, memory[place])
            theta = np.array(points)
            if perf_counter() - last_breath > BREATH:
                yield k / steps
                last_breath = perf_counter()
    return Recorded(
        path[: k + 1],
        losses[: k + 1],
        gradients[: k + 1],
        watch.stopped,
        tuple(States(every, states) for states in kept),
    )


def _by_component(state: State, components: int) -> list[State]:
    """Give what a rule remembers of one run, (n,) arrays and numbers, for each component in plain numbers."""
    return [tuple(part if np.ndim(part) == 0 else float(part[i]) for part in state) for i in range(components)]


def _together(states: Sequence[State], like: State) -> State:
    """Give what is remembered of the components as a rule does of a batch of one run: (n, 1) arrays, and numbers."""
    parts = zip(like, zip(*states, strict=True), strict=True)
    return tuple(part[0] if np.ndim(model) == 0 else np.array(part)[:, None] for model, part in parts)
