"""Nonlinear conjugate gradients."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import Hyper, Oracle, Rule, State, Step, declare
from lossviz.rules.curvature.line_minimum import lowest_along
from lossviz.rules.curvature.linear_algebra import dot
from lossviz.rules.curvature.newton import WHOLE_STEP
from lossviz.rules.plain import SLOPE
from lossviz.rules.terms import Term

FLETCHER_REEVES = Param(
    "fletcher_reeves",
    "Fletcher–Reeves",
    False,
    text="Weigh the direction before by Fletcher and Reeves, not by Polak and Ribière.",
)


@dataclass(frozen=True, eq=False)
class ConjugateGradient(Rule):
    """Goes to the lowest point along the slope mixed with the direction before, so that it undoes nothing."""

    name: ClassVar[str] = "conjugate_gradient"
    title: ClassVar[str] = "conjugate gradients"
    formula: ClassVar[str] = (
        "β = max(0, g·(g − p)/(p·p)), where p is the g before\n"
        "d ← β·d − g\n"
        "α = the length at which L(θ + α·d) is lowest\n"
        "θ ← θ + η · α · d"
    )
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        Term("p", "slope before", remembered=0),
        Term("d", "direction before", remembered=1),
        Term("β", "part kept", told="kept"),
        Term("d′", "direction", "β·d − g"),
        Term("α", "step length", told="step_length"),
        Term("Δ", "step", "η·α·d′"),
    )
    source: ClassVar[str] = "Polak & Ribière (1969); Fletcher & Reeves (1964); Nocedal & Wright (2006), section 5.2"
    good: ClassVar[str] = "On a quadratic of two parameters it ends after two steps, without a matrix."
    bad: ClassVar[str] = "It needs exact slopes and a search along each direction, so mini-batches spoil it."
    per_parameter: ClassVar[bool] = False

    learning_rate: Hyper = declare(WHOLE_STEP)
    fletcher_reeves: bool = declare(FLETCHER_REEVES)

    def written_out(self) -> tuple[str, tuple[Term, ...]] | None:
        """Write β as the switch has it."""
        if not self.fletcher_reeves:
            return None
        return type(self).formula.replace("max(0, g·(g − p)/(p·p))", "g·g/(p·p)"), type(self).terms

    def init(self, theta: Array) -> State:
        """Remember no slope and no direction."""
        return np.zeros_like(theta), np.zeros_like(theta)

    def step(self, oracle: Oracle, theta: Array, rate: Hyper, state: State) -> Step:
        """Mix slope and direction, and go to the lowest point along that."""
        with np.errstate(all="ignore"):
            g = oracle.gradient(theta)
            before, direction = state
            largest = np.max(np.abs(before), axis=0)
            # scaled: squares of 1e200 would overflow
            p, now = before / largest, g / largest
            change = now if self.fletcher_reeves else now - p
            kept = np.maximum(dot(now, change) / dot(p, p), 0.0)
            kept = np.where(np.isfinite(kept), kept, 0.0)
            # a direction that doesn't go down is forgotten
            kept = np.where(dot(kept * direction - g, g) < 0.0, kept, 0.0)
            direction = kept * direction - g
            length, evaluations = lowest_along(oracle, theta, direction)
            told = {"kept": kept, "step_length": length, "evaluations": evaluations}
            return Step(theta + rate * length * direction, (g, direction), told)
