"""The loop for a few runs under plain conditions: stretches of steps by a function that was written for the rule."""

from collections.abc import Callable, Generator, Sequence
from functools import lru_cache
from time import perf_counter
from typing import Any

import numpy as np

from lossviz.descent.recorded import BREATH, Recorded
from lossviz.landscape.base import InNumbers
from lossviz.landscape.objective import Array
from lossviz.rules.base import State
from lossviz.rules.componentwise import Componentwise
from lossviz.rules.replay import States, spacing

Course = Callable[..., tuple[Any, Any]]
"""What ``rules.traced.course`` gives."""

WORTH_WRITING = 250
"""Steps that take as long as writing such a function does."""
AT_ONCE = 4096
"""Steps between two looks at the clock, some milliseconds; their rows are held as plain numbers."""


def courses_of(rules: Sequence[Componentwise], steps: int, free: Sequence[int]) -> list[Course] | None:
    """Give the function for the rule of each run; None where it is not worth it, or there is none for a rule."""
    if steps < WORTH_WRITING:
        return None
    found = [_written(_Key(rule, tuple(free))) for rule in rules]
    courses = [one for one in found if one is not None]
    return courses if len(courses) == len(rules) else None


def in_courses(
    slopes: InNumbers,
    rules: Sequence[Componentwise],
    courses: Sequence[Course],
    start: Array,
    rates: Array,
    free: Sequence[int],
) -> Generator[float, None, Recorded]:
    """Descend from starts (2, K), each by its own rule, without a stop rule; yield the progress.

    Parameters
    ----------
    slopes : callable
        Gives loss and slopes at a point.
    rules, courses : sequence of K
    start : array (2, K)
    rates : array (steps, K)
    free : sequence of int
    """
    steps, runs = rates.shape
    path, losses = np.empty((steps + 1, *start.shape)), np.empty((steps + 1, runs))
    gradients = np.empty(path.shape)
    every = spacing(steps)
    at_once = every * max(1, AT_ONCE // every)
    states = []
    last_breath = perf_counter()
    for run, (rule, makes) in enumerate(zip(rules, courses, strict=True)):
        begun = rule.init(start[free[0] : free[-1] + 1, run])
        memory, point = by_component(begun, len(free)), start[:, run].tolist()
        kept: list[tuple[list[float], list[State]]] = []
        for first in range(0, steps, at_once):
            of_run = rates[first : first + at_once, run].tolist()
            stretches = [of_run[k : k + every] for k in range(0, len(of_run), every)]
            rows: list[tuple[float, ...]] = []
            known = len(kept)
            with np.errstate(all="ignore"):
                while len(kept) < known + len(stretches):
                    made = len(kept) - known
                    try:
                        point, memory = makes(slopes, point, memory, stretches[made:], rows.append, kept.append)
                    except (ValueError, ZeroDivisionError, OverflowError):
                        # where Python's arithmetic raises, the rule itself knows what is meant
                        point, memory = kept[-1]
                        last = len(kept) - known - 1
                        del rows[last * every :]
                        point, memory = _step_by_step(rule, slopes, point, memory, stretches[last], free, rows)
            if first + at_once >= steps:
                rows.append((*point, *slopes(*point)))
            part, block = slice(first, first + len(rows)), np.array(rows)
            path[part, :, run], losses[part, run], gradients[part, :, run] = block[:, :2], block[:, 2], block[:, 3:]
            if perf_counter() - last_breath > BREATH:
                yield (run + min(1.0, (first + at_once) / steps)) / runs
                last_breath = perf_counter()
        states.append(States(every, _all_together([remembered for _, remembered in kept], begun)))
    return Recorded(path, losses, gradients, np.full(runs, steps, dtype=np.intp), tuple(states), rates=rates)


def by_component(state: State, components: int) -> list[State]:
    """Give what a rule remembers of one run, (n,) arrays and numbers, for each component in plain numbers."""
    return [tuple(part if np.ndim(part) == 0 else float(part[i]) for part in state) for i in range(components)]


def together(states: Sequence[State], like: State) -> State:
    """Give what is remembered of the components as a rule does of a batch of one run: (n, 1) arrays, and numbers."""
    parts = zip(like, zip(*states, strict=True), strict=True)
    return tuple(part[0] if np.ndim(model) == 0 else np.array(part)[:, None] for model, part in parts)


def _all_together(kept: Sequence[list[State]], like: State) -> list[State]:
    """Give what ``together`` gives of each."""
    parts = []
    for place, model in enumerate(like):
        if np.ndim(model) == 0:
            parts.append([states[0][place] for states in kept])
        else:
            parts.append(list(np.array([[own[place] for own in states] for states in kept])[:, :, None]))
    return [*zip(*parts, strict=True)] if parts else [()] * len(kept)


def _step_by_step(
    rule: Componentwise,
    slopes: InNumbers,
    point: list[float],
    memory: list[State],
    rates: Sequence[float],
    free: Sequence[int],
    rows: list[tuple[float, ...]],
) -> tuple[list[float], list[State]]:
    point, memory = list(point), list(memory)
    for rate in rates:
        row = (*point, *slopes(*point))
        rows.append(row)
        for place, i in enumerate(free):
            point[i], memory[place] = rule.follow(row[3 + i], point[i], rate, memory[place])
    return point, memory


class _Key:
    """What a function is written for: a rule but for its rate, and which parameters move."""

    def __init__(self, rule: Componentwise, free: tuple[int, ...]) -> None:
        self.rule, self.free = rule, free
        values = tuple(value for name, value in rule.values.items() if name != "learning_rate")
        self._compared = (type(rule), values, free)

    def __hash__(self) -> int:
        return hash(self._compared)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._compared == other._compared


@lru_cache(maxsize=256)
def _written(key: _Key) -> Course | None:
    # needed by long runs only, not at the start
    from lossviz.rules.traced import course, traced

    begun = key.rule.init(np.zeros(len(key.free)))
    script = traced(key.rule, [2 if np.ndim(part) else 0 for part in begun])
    return None if script is None else course(script, key.free, len(begun))
