"""Newton's method."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import Hyper, Oracle, Rule, State, Step, declare
from lossviz.rules.curvature.linear_algebra import dot, eigen, times
from lossviz.rules.plain import SLOPE
from lossviz.rules.terms import Term

CURVATURES = (Term("h", "own curvature", told="own_curvature"), Term("c", "mixed curvature", told="mixed_curvature"))
"""The Hessian of two parameters: of each the second slope, and what one changes in the other's slope."""

ROUNDING = 4.0 * float(np.finfo(np.float64).eps)

WHOLE_STEP = Param(
    "learning_rate",
    "η",
    1.0,
    low=0.0,
    shown=(0.01, 4.0),
    log=True,
    open_low=True,
    text="Which part of the step is made; 1: all of it.",
)


@dataclass(frozen=True, eq=False)
class Newton(Rule):
    """Steps to where the slope would be zero if the curvature stayed as it is.

    Where there is no curvature along some direction, the step has no part along it (the least-squares solution of the
    least length); where there is none at all, the gradient takes its place.
    """

    name: ClassVar[str] = "newton"
    title: ClassVar[str] = "Newton's method"
    formula: ClassVar[str] = "H·d = g\nθ ← θ − η · d"
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        *CURVATURES,
        Term("d", "Newton step", told="direction"),
        Term("Δ", "step", "−η·d"),
    )
    source: ClassVar[str] = "Nocedal & Wright (2006), Numerical optimization, section 3.3"
    good: ClassVar[str] = "On a quadratic one step leads to the minimum, however narrow the ravine is."
    bad: ClassVar[str] = (
        "It goes wherever the slope is zero, so to saddles and maxima too, and far away where the curvature is small."
    )
    limit_formula: ClassVar[str] = "2"
    seeks_level: ClassVar[bool] = True
    per_parameter: ClassVar[bool] = False

    learning_rate: Hyper = declare(WHOLE_STEP)

    def init(self, theta: Array) -> State:
        """Remember nothing."""
        return ()

    def step(self, oracle: Oracle, theta: Array, rate: Hyper, state: State) -> Step:
        """Solve H·d = g by the eigenvectors of H, and go against d."""
        with np.errstate(all="ignore"):
            g, hessian = oracle.gradient(theta), oracle.hessian(theta)
            values, vectors = eigen(hessian)
            largest = np.max(np.abs(values), axis=0)
            # NaN is felt
            felt = ~(np.abs(values) <= ROUNDING * largest)
            along = np.stack([dot(vectors[:, i], g) for i in range(len(g))])
            lengths = np.where(felt, along / np.where(felt, values, 1.0), 0.0)
            direction = np.where(largest == 0.0, g, times(vectors, lengths))
            return Step(theta - rate * direction, (), {"direction": direction, **curvatures(hessian)})

    def limit(self, sharpness: Array) -> Array:
        """Give 2, however sharp the quadratic is."""
        return np.full_like(np.asarray(sharpness, dtype=np.float64), 2.0)


def curvatures(hessian: Array) -> dict[str, Array]:
    """Give what is told of a Hessian (n, n, *batch): its diagonal, and of two parameters the mixed second slope."""
    n = len(hessian)
    mixed = hessian[0, 1] if n == 2 else np.full(hessian.shape[2:], 0.0 if n == 1 else np.nan)
    return {"own_curvature": np.stack([hessian[i, i] for i in range(n)]), "mixed_curvature": mixed}
