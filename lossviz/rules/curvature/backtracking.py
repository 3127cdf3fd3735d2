"""Gradient descent that tries shorter and shorter steps until one goes down enough."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import Hyper, Oracle, Rule, State, Step, declare
from lossviz.rules.curvature.linear_algebra import dot
from lossviz.rules.plain import SLOPE
from lossviz.rules.terms import Term

ROUNDING = 4.0 * float(np.finfo(np.float64).eps)
"""What losses differ by without meaning, as a part of them."""

FIRST_TRY = Param(
    "learning_rate",
    "η",
    1.0,
    low=0.0,
    shown=(1e-3, 10.0),
    log=True,
    open_low=True,
    text="The step length that is tried first.",
)
SHRINK = Param(
    "shrink",
    "σ",
    0.5,
    low=0.01,
    high=0.99,
    shown=(0.1, 0.9),
    text="A step length that doesn't do is multiplied by this.",
)
SUFFICIENT_DECREASE = Param(
    "sufficient_decrease",
    "c",
    1e-4,
    low=0.0,
    high=1.0,
    shown=(1e-5, 0.5),
    log=True,
    open_high=True,
    text="The loss must fall by this part of what the slope promises.",
)


@dataclass(frozen=True, eq=False)
class Backtracking(Rule):
    """Gradient descent whose step is shortened until it meets Armijo's condition, up to the rounding of the loss."""

    name: ClassVar[str] = "backtracking"
    title: ClassVar[str] = "backtracking"
    formula: ClassVar[str] = "α = the first of η, σ·η, σ²·η, … with L(θ − α·g) ≤ L(θ) − c · α · ‖g‖²\nθ ← θ − α · g"
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        Term("m", "times shortened", told="shortened"),
        Term("α", "step length", "η·σ^m"),
        Term("Δ", "step", "−α·g"),
    )
    source: ClassVar[str] = (
        "Armijo (1966), Minimization of functions having Lipschitz continuous first partial derivatives"
    )
    good: ClassVar[str] = "It never goes uphill, whatever rate it begins with."
    bad: ClassVar[str] = "In a ravine it zig-zags as gradient descent does, and each try costs a look at the loss."
    per_parameter: ClassVar[bool] = False

    learning_rate: Hyper = declare(FIRST_TRY)
    shrink: Hyper = declare(SHRINK)
    sufficient_decrease: Hyper = declare(SUFFICIENT_DECREASE)

    def init(self, theta: Array) -> State:
        """Remember nothing."""
        return ()

    def step(self, oracle: Oracle, theta: Array, rate: Hyper, state: State) -> Step:
        """Shorten the step until the loss falls enough, or no parameter changes any more."""
        with np.errstate(all="ignore"):
            loss, g = oracle.value_and_gradient(theta)
            promised = dot(g, g)
            highest = loss + ROUNDING * np.abs(loss)
            hopeless = ~(np.isfinite(loss) & np.all(np.isfinite(g), axis=0))
            length = np.zeros(theta.shape[1:]) + rate
            shortened, evaluations = np.zeros(length.shape), np.ones(length.shape)
            still = np.ones(length.shape, dtype=bool)
            while True:
                there = theta - length * g
                reached = oracle.value(there)
                evaluations = evaluations + still
                low = reached <= highest - self.sufficient_decrease * length * promised
                still = still & ~(low | hopeless | np.all(there == theta, axis=0))
                if not np.any(still):
                    return Step(there, (), {"shortened": shortened, "step_length": length, "evaluations": evaluations})
                length = np.where(still, length * self.shrink, length)
                shortened = shortened + still
