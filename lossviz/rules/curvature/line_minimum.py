"""The lowest point along a line, to rounding; and gradient descent that goes there in each step."""

from dataclasses import dataclass
from math import copysign, fabs, inf, isfinite, isinf, nan
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.rules.base import Hyper, Oracle, Rule, State, Step, declare
from lossviz.rules.curvature.linear_algebra import dot
from lossviz.rules.curvature.newton import WHOLE_STEP
from lossviz.rules.curvature.questions import Point, Search, asked, columns, gathered, inner, onward, ratio, spread
from lossviz.rules.plain import SLOPE
from lossviz.rules.terms import Term

LEVEL = 45.0
"""A slope that is so many roundings of the first one is zero."""
FIRST = 0.01
"""Where no curvature says how far to go at first: this part of the place's distance from 0, and of 1."""
FARTHER = 4.0
MOST = 200
"""Tries at most; where the slope jumps, some 60 halve the bracket until it is as narrow as floats are."""


def lowest_along(oracle: Oracle, theta: Array, d: Array) -> tuple[Array, Array]:
    """Give the lengths α (*batch) at which the loss is lowest along d, and how many gradients each run has taken.

    On a quadratic it is −g·d/(d·H·d) exactly. Elsewhere it is the minimum that follows on that place, to rounding; 0
    where d does not go down; as far as the loss falls where it falls for ever.

    Parameters
    ----------
    theta, d : array (n, *batch)
    """
    losses, gradients = oracle.value_and_gradient(theta)
    with np.errstate(all="ignore"):
        # by a power of two, which changes no digit: squares of 1e200 would overflow, those of 1e-200 vanish
        scale = np.ldexp(1.0, np.frexp(np.max(np.abs(d), axis=0))[1] - 1)
        unit = d / scale
        curvature = dot(unit, oracle.hessian_vector(theta, unit))
        first = -dot(gradients, unit) / curvature
    lanes = zip(
        columns(theta), columns(unit), columns(gradients), spread(losses, theta), spread(first, theta), strict=True
    )
    rounding = float(np.finfo(theta.dtype).eps)
    found, _ = asked(oracle, theta, [_lowest(*lane, rounding) for lane in lanes])
    lengths = gathered([length for length, _ in found], theta)
    return lengths / scale, gathered([tries + 1.0 for _, tries in found], theta)


def _lowest(
    x: Point, d: Point, gradient: Point, loss: float, first: float, rounding: float
) -> Search[tuple[float, int]]:
    """Find the length at which the slope along d is zero and the loss low, trying `first`; and tell the tries."""
    begun = inner(gradient, d)
    if not isfinite(loss + begun):
        return nan, 0
    if begun >= 0.0:
        return 0.0, 0
    finest, level = rounding * max(map(fabs, x)), -LEVEL * rounding * begun
    length = first if isfinite(first) and first > 0.0 else FIRST * (1.0 + max(map(fabs, x)))
    if length <= finest:
        return length, 0
    low, low_slope, low_loss = 0.0, begun, loss
    for tries in range(1, MOST):
        loss, gradient = yield onward(x, length, d)
        slope = _felt(loss, inner(gradient, d), low_loss, LEVEL * rounding)
        if fabs(slope) <= level:
            return length, tries
        if slope > 0.0:
            break
        low, low_slope, low_loss = length, slope, loss
        length *= FARTHER
    else:
        return low, tries
    # Brent's zero of the slope between the two, with the names of his book: b the best, c on the other side of it
    a, b, c, at_a, at_b, at_c = low, length, low, low_slope, slope, low_slope
    step = before = b - a
    while tries < MOST:
        if (at_b > 0.0) == (at_c > 0.0):
            c, at_c = a, at_a
            step = before = b - a
        if fabs(at_c) < fabs(at_b):
            a, b, c, at_a, at_b, at_c = b, c, b, at_b, at_c, at_b
        tolerance, half = rounding * b + finest / 2.0, (c - b) / 2.0
        if fabs(half) <= tolerance or fabs(at_b) <= level:
            break
        tried = _interpolation(a, b, at_a, at_b, at_c, half) if fabs(at_a) > fabs(at_b) else nan
        # a step that is too long or shrinks too slowly halves the bracket instead
        short = fabs(before) >= tolerance and fabs(2.0 * tried) < fabs(before) and 0.0 < tried / half < 1.5
        before, step = (step, tried) if short else (half, half)
        a, at_a = b, at_b
        b += step if fabs(step) > tolerance else copysign(tolerance, half)
        loss, gradient = yield onward(x, b, d)
        at_b = _felt(loss, inner(gradient, d), low_loss, LEVEL * rounding)
        tries += 1
    return b, tries


def _felt(loss: float, slope: float, low_loss: float, part: float) -> float:
    """Give a slope, or ∞ where it goes down from a loss that is higher already: too far, as where nothing is known."""
    if not isfinite(loss + slope) or (slope < 0.0 and loss > low_loss + part * fabs(low_loss)):
        return inf
    return slope


def _interpolation(a: float, b: float, at_a: float, at_b: float, at_c: float, half: float) -> float:
    """Give the way from b to where the slope would be zero, by a parabola through three points or a line."""
    share = at_b / at_a
    if isinf(at_c):
        return ratio((a - b) * share, share - 1.0)
    if at_a == at_c:
        return ratio(2.0 * half * share, share - 1.0)
    q, r = at_a / at_c, at_b / at_c
    return -ratio(share * (2.0 * half * q * (q - r) - (b - a) * (r - 1.0)), (q - 1.0) * (r - 1.0) * (share - 1.0))


@dataclass(frozen=True, eq=False)
class ExactLineSearch(Rule):
    """Gradient descent that goes to the lowest point along each slope."""

    name: ClassVar[str] = "exact_line_search"
    title: ClassVar[str] = "exact line search"
    formula: ClassVar[str] = (
        "α = the length at which L(θ − α·g) is lowest; on a quadratic g·g / (g·H·g)\nθ ← θ − η · α · g"
    )
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        Term("α", "step length", told="step_length"),
        Term("Δ", "step", "−η·α·g"),
    )
    source: ClassVar[str] = "Cauchy (1847), Méthode générale pour la résolution des systèmes d'équations simultanées"
    good: ClassVar[str] = "It needs no learning rate, and with η = 1 it never goes uphill."
    bad: ClassVar[str] = "Each step is at a right angle to the one before, so in a ravine it zig-zags all the way down."
    limit_formula: ClassVar[str] = "2"
    per_parameter: ClassVar[bool] = False

    learning_rate: Hyper = declare(WHOLE_STEP)

    def init(self, theta: Array) -> State:
        """Remember nothing."""
        return ()

    def step(self, oracle: Oracle, theta: Array, rate: Hyper, state: State) -> Step:
        """Find the lowest point against the gradient, and go there."""
        with np.errstate(all="ignore"):
            g = oracle.gradient(theta)
            length, evaluations = lowest_along(oracle, theta, -g)
            return Step(theta - rate * length * g, (), {"step_length": length, "evaluations": evaluations})

    def limit(self, sharpness: Array) -> Array:
        """Give 2, however sharp the quadratic is: twice as far as the lowest point is as high as the start."""
        return np.full_like(np.asarray(sharpness, dtype=np.float64), 2.0)
