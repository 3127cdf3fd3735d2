"""L-BFGS, as PyTorch has it."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from math import fabs, isnan, nan
from typing import ClassVar, NamedTuple

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import Hyper, Oracle, Rule, State, Step, declare
from lossviz.rules.curvature.questions import (
    Answer,
    Point,
    asked,
    columns,
    gathered,
    inner,
    onward,
    ratio,
    same_or,
    spread,
    together,
)
from lossviz.rules.curvature.strong_wolfe import Trial, strong_wolfe
from lossviz.rules.plain import SLOPE
from lossviz.rules.terms import Term

CURVED = 1e-10
"""A pair with s·y up to this is not remembered."""

LENGTH = Param(
    "learning_rate",
    "η",
    1.0,
    low=0.0,
    shown=(1e-3, 10.0),
    log=True,
    open_low=True,
    text="The length of an inner step along its direction; with a search for it, the first try.",
)
MAX_ITERATIONS = Param(
    "max_iter", "N", 20, low=1, shown=(1, 50), whole=True, text="Inner steps that make one step, at most."
)
MAX_EVALUATIONS = Param(
    "max_eval",
    "E",
    0,
    low=0,
    shown=(0, 100),
    whole=True,
    text="Losses and slopes asked for in one step, about; 0: a quarter more than inner steps.",
)
TOLERANCE_GRADIENT = Param(
    "tolerance_grad",
    "τ₁",
    1e-7,
    low=0.0,
    shown=(1e-12, 1e-2),
    log=True,
    text="Where no slope is larger, nothing is done any more.",
)
TOLERANCE_CHANGE = Param(
    "tolerance_change",
    "τ₂",
    1e-9,
    low=0.0,
    shown=(1e-15, 1e-3),
    log=True,
    text="A step ends where an inner step changes loss or parameters by less.",
)
HISTORY_SIZE = Param(
    "history_size", "M", 100, low=1, shown=(1, 100), whole=True, text="How many inner steps are remembered."
)
STRONG_WOLFE = Param(
    "strong_wolfe",
    "Wolfe",
    False,
    text="Search for a length that meets the strong Wolfe conditions in each inner step.",
)


class Pair(NamedTuple):
    """An inner step s, the change y of the slope over it, and 1/(s·y)."""

    s: Point
    y: Point
    weight: float


@dataclass(frozen=True)
class Memory:
    """What is remembered of one run.

    Parameters
    ----------
    steps : int
        Inner steps made so far.
    pairs : tuple of Pair
        The oldest first.
    scale : float
        What the inverse Hessian is before the pairs are put to it.
    direction, length, slope
        Of the last inner step: along what, how far, and the gradient where it began.
    """

    steps: int = 0
    pairs: tuple[Pair, ...] = ()
    scale: float = 1.0
    direction: Point = field(default_factory=list)
    length: float = 0.0
    slope: Point = field(default_factory=list)


class Made(NamedTuple):
    """A step of one run: where it leads, what is remembered, the first inner step, and how many there were."""

    at: Point
    memory: Memory
    direction: Point
    length: float
    steps: int
    evaluations: int


@dataclass(frozen=True, eq=False)
class LBFGS(Rule):
    """Up to 20 inner steps along the slope bent by the curvature that the last ones met (torch.optim.LBFGS).

    The direction comes from the pairs (s, y) by the two loops of Nocedal & Wright (2006), algorithm 7.4: from −g, the
    newest pair first, α = (s·q)/(s·y), q − α·y; times (s·y)/(y·y) of the newest pair; then the oldest first, β =
    (y·r)/(s·y), r + (α − β)·s. As in PyTorch the first inner step of all has a length of at most η/‖g‖₁, and without a
    search a step ends before its last slope is asked for.
    """

    name: ClassVar[str] = "lbfgs"
    title: ClassVar[str] = "L-BFGS"
    formula: ClassVar[str] = (
        "up to N times:\n  d = −H·g, with H from the remembered pairs s, y\n  s = η · d,  y = g(θ + s) − g\n  θ ← θ + s"
    )
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        Term("d", "first direction", told="direction"),
        Term("α", "its length", told="step_length"),
        Term("s", "first inner step", "α·d"),
        Term("n", "inner steps", told="inner_steps"),
        Term("r", "those after it", told="rest"),
        Term("Δ", "step", "s + r"),
    )
    source: ClassVar[str] = "Liu & Nocedal (1989), On the limited memory BFGS method for large scale optimization"
    good: ClassVar[str] = "It learns the curvature from slopes alone, and needs no more memory with more parameters."
    bad: ClassVar[str] = "Without a search for the length it may go uphill, and one step costs up to 20 slopes or more."
    per_parameter: ClassVar[bool] = False

    learning_rate: Hyper = declare(LENGTH)
    max_iter: int = declare(MAX_ITERATIONS)
    max_eval: int = declare(MAX_EVALUATIONS)
    tolerance_grad: Hyper = declare(TOLERANCE_GRADIENT)
    tolerance_change: Hyper = declare(TOLERANCE_CHANGE)
    history_size: int = declare(HISTORY_SIZE)
    strong_wolfe: bool = declare(STRONG_WOLFE)

    def written_out(self) -> tuple[str, tuple[Term, ...]] | None:
        """Write α where the length is searched for."""
        if not self.strong_wolfe:
            return None
        searched = "s = α · d, with α by a strong Wolfe search from η on"
        return type(self).formula.replace("s = η · d", searched), type(self).terms

    def init(self, theta: Array) -> State:
        """Remember nothing of any run."""
        memories = np.empty(theta.shape[1:], dtype=object)
        memories[...] = Memory()
        return (memories,)

    def step(self, oracle: Oracle, theta: Array, rate: Hyper, state: State) -> Step:
        """Make the inner steps of each run."""
        with np.errstate(all="ignore"):
            loss, g = oracle.value_and_gradient(theta)
            lanes = zip(
                columns(theta),
                spread(loss, theta),
                columns(g),
                np.ravel(state[0]).tolist(),
                spread(rate, theta),
                spread(self.tolerance_grad, theta),
                spread(self.tolerance_change, theta),
                strict=True,
            )
            made, last = asked(oracle, theta, [self._stepped(*lane) for lane in lanes])
            after = same_or(last, together([run.at for run in made], theta))
            direction = together([run.direction for run in made], theta)
            length = gathered([run.length for run in made], theta)
            told = {
                "direction": direction,
                "step_length": length,
                "inner_steps": gathered([run.steps for run in made], theta),
                "rest": after - theta - length * direction,
                "evaluations": gathered([run.evaluations for run in made], theta),
            }
        memories = np.empty(theta.shape[1:], dtype=object)
        memories.reshape(-1)[:] = [run.memory for run in made]
        return Step(after, (memories,), told)

    def _stepped(
        self, x: Point, loss: float, g: Point, memory: Memory, rate: float, level: float, unchanged: float
    ) -> Generator[Point, Answer, Made]:
        """Make the step of one run, with a rate and tolerances of its own."""
        most = self.max_eval or self.max_iter * 5 // 4
        evaluations = 1
        first: tuple[Point, float] = ([0.0] * len(x), 0.0)
        if _largest(g) <= level:
            return Made(x, memory, *first, 0, evaluations)
        for made in range(1, self.max_iter + 1):
            memory = _bent(memory, g, self.history_size)
            d, before = memory.direction, loss
            length = (min(1.0, ratio(1.0, sum(map(fabs, g)))) if memory.steps == 1 else 1.0) * rate
            memory = replace(memory, length=length)
            slope = inner(g, d)
            if slope > -unchanged:
                # no step is made: it doesn't go down
                return Made(x, memory, *first, made - 1, evaluations)
            if self.strong_wolfe:
                begin = Trial(0.0, loss, g, slope)
                found, tries = yield from strong_wolfe(
                    x, d, begin, length, most=most - evaluations, narrow=unchanged, careful=False
                )
                length, loss, g = found.length, found.loss, found.gradient
                memory = replace(memory, length=length)
                x = onward(x, length, d)
                evaluations += tries
            else:
                x = onward(x, length, d)
                if made < self.max_iter:
                    loss, g = yield x
                    evaluations += 1
            first = first if made > 1 else (d, length)
            if evaluations >= most or _largest(g) <= level or _largest(onward([0.0] * len(d), length, d)) <= unchanged:
                break
            if fabs(loss - before) < unchanged:
                break
        return Made(x, memory, *first, made, evaluations)


def _bent(memory: Memory, g: Point, history_size: int) -> Memory:
    """Learn from the last inner step, if that tells of curvature; give the next direction, remembered with the rest."""
    steps = memory.steps + 1
    if steps == 1:
        return Memory(steps, direction=[-part for part in g], slope=g)
    pairs, scale = memory.pairs, memory.scale
    y = [now - before for now, before in zip(g, memory.slope, strict=True)]
    s = [part * memory.length for part in memory.direction]
    curved = inner(y, s)
    if curved > CURVED:
        pairs = (*pairs[len(pairs) == history_size :], Pair(s, y, 1.0 / curved))
        scale = ratio(curved, inner(y, y))
    d = (_direction_of_two if len(g) == 2 else _direction)(g, pairs, scale)
    return Memory(steps, pairs, scale, d, memory.length, g)


def _direction(g: Point, pairs: Sequence[Pair], scale: float) -> Point:
    """Give −H·g by the two loops over the pairs."""
    q, parts = [-part for part in g], []
    for pair in reversed(pairs):
        part = inner(pair.s, q) * pair.weight
        parts.append(part)
        q = onward(q, -part, pair.y)
    d = [part * scale for part in q]
    for pair in pairs:
        d = onward(d, parts.pop() - inner(pair.y, d) * pair.weight, pair.s)
    return d


def _direction_of_two(g: Point, pairs: Sequence[Pair], scale: float) -> Point:
    """Give the same of two parameters, where plain numbers are several times faster than lists of two."""
    w, b = -g[0], -g[1]
    parts = []
    for (sw, sb), (yw, yb), weight in reversed(pairs):
        part = (sw * w + sb * b) * weight
        parts.append(part)
        w, b = w - part * yw, b - part * yb
    w, b = w * scale, b * scale
    for (sw, sb), (yw, yb), weight in pairs:
        part = parts.pop() - (yw * w + yb * b) * weight
        w, b = w + part * sw, b + part * sb
    return [w, b]


def _largest(of: Point) -> float:
    """Give the size of the largest component, NaN if one is NaN."""
    sizes = [fabs(part) for part in of]
    return nan if any(map(isnan, sizes)) else max(sizes)
