"""FTRL, as Keras has it: each step goes to the minimum of what all slopes so far say."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.adagrad import INITIAL_ACCUMULATOR
from lossviz.rules.base import Hyper, State, declare
from lossviz.rules.componentwise import (
    Componentwise,
    Quantity,
    chosen,
    decayed,
    divided,
    largest,
    power,
    smallest,
    with_decay,
)
from lossviz.rules.memory import learning_rate
from lossviz.rules.moments import shrinking
from lossviz.rules.plain import SLOPE
from lossviz.rules.terms import Term

POWER = Param(
    "learning_rate_power",
    "q",
    -0.5,
    high=0.0,
    shown=(-1.0, 0.0),
    text="How the rate falls with the sum of squared gradients; 0: not at all.",
)
L1 = Param(
    "l1_regularization_strength",
    "λ₁",
    0.0,
    low=0.0,
    shown=(0.0, 10.0),
    text="Parameters whose slopes add up to less than this are exactly 0.",
)
L2 = Param(
    "l2_regularization_strength", "λ₂", 0.0, low=0.0, shown=(0.0, 10.0), text="How strongly steps are held back."
)
SHRINKAGE = Param(
    "l2_shrinkage_regularization_strength",
    "λ₃",
    0.0,
    low=0.0,
    shown=(0.0, 1.0),
    text="Twice this part of each parameter is added to its slope, as by an l2 penalty.",
)
BETA = Param("beta", "β", 0.0, low=0.0, shown=(0.0, 10.0), text="Makes the first steps shorter.")


@dataclass(frozen=True, eq=False)
class Ftrl(Componentwise):
    """Each parameter is where the sum of its slopes, and a parabola that steepens, have their minimum (keras Ftrl).

    The sum of slopes begins at zero, not at the start: with an initial accumulator above 0, the first steps draw the
    parameters towards 0.
    """

    name: ClassVar[str] = "ftrl"
    title: ClassVar[str] = "FTRL"
    convention: ClassVar[str] = "keras"
    formula: ClassVar[str] = (
        "n₁ ← n;  n ← n + g²\n"
        "z ← z + g + 2λ₃·θ − (n^(−q) − n₁^(−q))/η·θ\n"
        "a ← n^(−q)/η + 2λ₂ + β/η\n"
        "θ ← (max(−λ₁, min(λ₁, z)) − z)/a"
    )
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        Term("x", "shrunk", "θ − η·λ·θ"),
        Term("n", "squares", remembered=0),
        Term("n′", "new squares", "n + g²"),
        Term("σ", "steeper by", "(n′^(−q) − n^(−q))/η"),
        Term("z", "slopes", remembered=1),
        Term("z′", "new slopes", "z + g + 2·λ₃·x − σ·x"),
        Term("a", "steepness", "n′^(−q)/η + 2·λ₂ + β/η"),
        Term("y", "minimum", "(max(−λ₁, min(λ₁, z′)) − z′)/a"),
        Term("Δ", "step", "if(a > 0, y, x) − θ"),
    )
    source: ClassVar[str] = "McMahan et al. (2013), Ad click prediction: a view from the trenches"
    good: ClassVar[str] = (
        "It keeps parameters that matter little at exactly 0, which is worth much where there are many."
    )
    bad: ClassVar[str] = "It forgets its start, and its steps shrink for ever, as Adagrad's do."

    learning_rate: Hyper = declare(learning_rate(0.001))
    learning_rate_power: Hyper = declare(POWER)
    initial_accumulator: Hyper = declare(replace(INITIAL_ACCUMULATOR, default=0.1))
    l1_regularization_strength: Hyper = declare(L1)
    l2_regularization_strength: Hyper = declare(L2)
    l2_shrinkage_regularization_strength: Hyper = declare(SHRINKAGE)
    beta: Hyper = declare(BETA)
    weight_decay: Hyper = declare(shrinking(0.0))

    def init(self, theta: Array) -> State:
        """Start the sum of squares where the hyperparameter says, and that of slopes at zero."""
        return np.zeros_like(theta) + self.initial_accumulator, np.zeros_like(theta)

    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Add the slope to both sums, and go to the minimum."""
        squares, slopes = state
        theta = decayed(theta, rate, self.weight_decay)
        more = squares + slope * slope
        steep, before = power(more, -self.learning_rate_power), power(squares, -self.learning_rate_power)
        shrinkage = self.l2_shrinkage_regularization_strength
        pull = with_decay(slope, theta, 2.0 * shrinkage)
        slopes = slopes + (pull - divided(steep - before, rate) * theta)
        held = self.l2_regularization_strength + divided(self.beta, 2.0 * rate)
        steepness = divided(steep, rate) + 2.0 * held
        limit = self.l1_regularization_strength
        within = smallest(largest(slopes, -limit), limit)
        return chosen(steepness > 0.0, divided(within - slopes, steepness), theta), (more, slopes)

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Tell the sum of squares, and that of slopes as a velocity."""
        return {"second_moment": state[0], "velocity": state[1]}
