"""BFGS: the curvature, learnt from how the slope changes on the way."""

from dataclasses import dataclass
from math import isfinite, nan
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import Hyper, Oracle, Rule, State, Step, declare
from lossviz.rules.curvature.linear_algebra import dot, times
from lossviz.rules.curvature.questions import (
    Point,
    Search,
    asked,
    columns,
    gathered,
    inner,
    onward,
    same_or,
    spread,
    together,
)
from lossviz.rules.curvature.strong_wolfe import Trial, strong_wolfe
from lossviz.rules.plain import SLOPE
from lossviz.rules.terms import Term

TRIALS = 40
"""Lengths tried in one step at most."""
EPS = float(np.finfo(np.float64).eps)
FINE = 1e-12
"""A step that is a smaller part of where it begins changes the slope by little more than rounding."""
CURVED = 1e-10
"""Below this part of ‖s‖·‖y‖, s·y is no curvature to learn from."""

FIRST_TRY = Param(
    "learning_rate",
    "η",
    1.0,
    low=0.0,
    shown=(1e-3, 10.0),
    log=True,
    open_low=True,
    text="The part of the foreseen step that is tried first; of the first step of all, its length.",
)


@dataclass(frozen=True, eq=False)
class BFGS(Rule):
    """Newton's method with an inverse Hessian that is learnt, and steps that meet the strong Wolfe conditions."""

    name: ClassVar[str] = "bfgs"
    title: ClassVar[str] = "BFGS"
    formula: ClassVar[str] = (
        "d = −H·g; as long as nothing is learnt, −g/‖g‖\n"
        "α: L(θ + α·d) ≤ L(θ) + 10⁻⁴·α·g·d and the slope along d at most 0.9 of what it was\n"
        "s = α · d,  y = g(θ + s) − g\n"
        "θ ← θ + s\n"
        "H ← (I − s·yᵀ/(s·y)) · H · (I − y·sᵀ/(s·y)) + s·sᵀ/(s·y)"
    )
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        Term("d", "direction", told="direction"),
        Term("α", "step length", told="step_length"),
        Term("Δ", "step", "α·d"),
    )
    source: ClassVar[str] = "Broyden, Fletcher, Goldfarb & Shanno (1970); Nocedal & Wright (2006), algorithm 6.1"
    good: ClassVar[str] = "It learns the curvature from slopes alone, and soon steps as Newton's method does, downhill."
    bad: ClassVar[str] = "It needs exact slopes: with mini-batches what it learns is noise."
    per_parameter: ClassVar[bool] = False

    learning_rate: Hyper = declare(FIRST_TRY)

    def init(self, theta: Array) -> State:
        """Know nothing yet: H is 0."""
        return (np.zeros((len(theta), *theta.shape)),)

    def step(self, oracle: Oracle, theta: Array, rate: Hyper, state: State) -> Step:
        """Search along −H·g, and learn from the slope there."""
        with np.errstate(all="ignore"):
            loss, g = oracle.value_and_gradient(theta)
            inverse = np.asarray(state[0])
            direction = -times(inverse, g)
            slope = dot(direction, g)
            plain = ~(slope < 0.0)
            # along the slope alone the first try has the length of the rate
            direction = np.where(plain, -g / _norm(g), direction)
            lanes = zip(
                columns(theta), columns(direction), columns(g), spread(loss, theta), spread(rate, theta), strict=True
            )
            found, last = asked(oracle, theta, [_searched(*lane) for lane in lanes])
            length = gathered([trial.length for trial, _ in found], theta)
            s = length * direction
            after = same_or(last, theta + s)
            y = together([trial.gradient for trial, _ in found], theta) - g
            known = np.where(plain, 0.0, inverse)
            long = np.max(np.abs(s), axis=0) > FINE * np.max(np.abs(theta), axis=0)
            told = {
                "direction": direction,
                "step_length": length,
                "evaluations": gathered([1.0 + tries for _, tries in found], theta),
            }
            return Step(after, (_learnt(known, s, y, long),), told)


def _norm(g: Array) -> Array:
    """Give ‖g‖, and 1 where it is 0; scaled first, as squares of 1e200 would overflow."""
    largest = np.max(np.abs(g), axis=0)
    scaled = g / np.where(largest > 0.0, largest, 1.0)
    return np.where(largest > 0.0, largest * np.sqrt(dot(scaled, scaled)), 1.0)


def _searched(x: Point, d: Point, g: Point, loss: float, length: float) -> Search[tuple[Trial, int]]:
    """Find the length of a step; 0 where it can't go down, NaN where nothing is known."""
    slope = inner(d, g)
    if not isfinite(loss + slope):
        return Trial(nan, loss, g, slope), 0
    begin = Trial(0.0, loss, g, slope)
    if slope >= 0.0:
        return begin, 0
    narrow = EPS * max(abs(part) for part in x)
    found, tries = yield from strong_wolfe(x, d, begin, length, most=TRIALS, narrow=narrow, careful=True)
    if onward(x, found.length, d) == x:
        return begin, tries
    return found, tries


def _learnt(inverse: Array, s: Array, y: Array, told: NDArray[np.bool_]) -> Array:
    """Give the inverse Hessian (n, n, *batch) after a step s that changed the slope by y.

    Where that tells of no positive curvature, or by `told` of nothing, it is as it was. The first one is scaled by the
    first y before it learns.
    """
    n = len(s)
    curved = dot(s, y)
    learns = told & (curved > CURVED * np.sqrt(dot(s, s)) * np.sqrt(dot(y, y)))
    first = np.all(inverse == 0.0, axis=(0, 1))
    begun = np.zeros_like(inverse)
    for i in range(n):
        begun[i, i] = curved / dot(y, y)
    known = np.where(first, begun, inverse)
    through = times(known, y)
    weight = (1.0 + dot(y, through) / curved) / curved
    new = np.empty_like(known)
    for i in range(n):
        for j in range(n):
            new[i, j] = known[i, j] + weight * (s[i] * s[j]) - (through[i] * s[j] + s[i] * through[j]) / curved
    return np.where(learns & np.all(np.isfinite(new), axis=(0, 1)), new, inverse)
