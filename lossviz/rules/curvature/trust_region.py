"""Newton's method within a region that is trusted: it neither goes uphill nor stays at a saddle."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.objective import Array
from lossviz.landscape.param import Param
from lossviz.rules.base import Hyper, Oracle, Rule, State, Step, declare
from lossviz.rules.curvature.linear_algebra import dot, eigen, times
from lossviz.rules.curvature.newton import CURVATURES, WHOLE_STEP, curvatures
from lossviz.rules.plain import SLOPE
from lossviz.rules.terms import Term

ROUNDING = 8.0 * float(np.finfo(np.float64).eps)
POOR, GOOD = 0.25, 0.75
"""Parts of the promised fall: below the one the region shrinks, above the other it grows."""
DAMPINGS = 60
"""Rounds in search of the damping at most; they converge quadratically, mostly within six."""
TRIES = 2000
"""Regions tried in one step at most; far fewer make any region vanish."""

RADIUS = Param(
    "radius", "R₀", 1.0, low=0.0, shown=(0.01, 100.0), log=True, open_low=True, text="How far the first step may go."
)
GROW = Param(
    "grow",
    "γ",
    2.0,
    low=1.0,
    shown=(1.0, 4.0),
    text="The radius is multiplied by this where a step as long as it fell as much as was foreseen.",
)
SHRINK = Param(
    "shrink",
    "σ",
    0.25,
    low=0.01,
    high=0.99,
    shown=(0.05, 0.95),
    text="The radius is multiplied by this where a step fell far less than was foreseen.",
)


@dataclass(frozen=True, eq=False)
class DampedNewton(Rule):
    """Goes to the lowest point, within a radius, of the quadratic that has the slope and curvature found here.

    That point is where (H + μ·I)·d = −g, with the least μ ≥ 0 for which H + μ·I has no negative curvature and ‖d‖ ≤ R.
    The radius R grows and shrinks by how well the quadratic foretold the fall of the loss; a step that would not go
    down is tried again with a smaller radius before it is made.
    """

    name: ClassVar[str] = "damped_newton"
    title: ClassVar[str] = "damped Newton"
    formula: ClassVar[str] = (
        "(H + μ·I)·d = −g,  ‖d‖ ≤ R,  least μ ≥ 0\n"
        "θ ← θ + η · d\n"
        "fell < ¼ foreseen:  R ← σ·R\n"
        "fell > ¾ foreseen, ‖d‖ = R:  R ← γ·R"
    )
    terms: ClassVar[tuple[Term, ...]] = (
        SLOPE,
        *CURVATURES,
        Term("R", "radius", told="radius"),
        Term("μ", "damping", told="damping"),
        Term("d", "direction", told="direction"),
        Term("Δ", "step", "η·d"),
    )
    source: ClassVar[str] = "Moré & Sorensen (1983), Computing a trust region step; Nocedal & Wright (2006), chapter 4"
    good: ClassVar[str] = "It goes through ravines as Newton's method does, never goes uphill, and leaves saddles."
    bad: ClassVar[str] = "It needs the whole Hessian, and the lowest minimum is not the one that it looks for."
    per_parameter: ClassVar[bool] = False

    learning_rate: Hyper = declare(WHOLE_STEP)
    radius: Hyper = declare(RADIUS)
    grow: Hyper = declare(GROW)
    shrink: Hyper = declare(SHRINK)

    def init(self, theta: Array) -> State:
        """Begin with the first radius."""
        return (np.zeros(theta.shape[1:]) + self.radius,)

    def step(self, oracle: Oracle, theta: Array, rate: Hyper, state: State) -> Step:
        """Try smaller and smaller regions until a step goes down; then trust more or less."""
        with np.errstate(all="ignore"):
            loss, g = oracle.value_and_gradient(theta)
            hessian = oracle.hessian(theta)
            values, vectors = eigen(hessian)
            along = np.stack([dot(vectors[:, i], g) for i in range(len(g))])
            noise = ROUNDING * np.abs(loss)
            hopeless = ~(np.isfinite(loss) & np.all(np.isfinite(along) & np.isfinite(values), axis=0))
            held = np.min(values, axis=0) > ROUNDING * np.max(np.abs(values), axis=0)
            radius = np.asarray(state[0])
            after, chosen = theta, np.zeros_like(theta)
            tried, damping, trusted = radius, radius, radius
            evaluations = np.ones(theta.shape[1:])
            still = np.ones(theta.shape[1:], dtype=bool)
            for _ in range(TRIES):
                inside, mu = within(values, along, radius)
                # a radius that has vanished leaves no direction
                direction = times(vectors, np.where(np.isfinite(inside) | hopeless, inside, 0.0))
                foreseen = -rate * (dot(g, direction) + 0.5 * rate * dot(direction, times(hessian, direction)))
                unseen = np.abs(foreseen) <= noise
                # on level ground rounding would lead it astray
                direction = np.where(unseen & ~held, 0.0, direction)
                there = theta + rate * direction
                fell = loss - oracle.value(there)
                evaluations = evaluations + still
                unseen = unseen & (np.abs(fell) <= noise)
                share = np.where(unseen, 1.0, fell / foreseen)
                ends = still & ((fell > 0.0) | unseen | hopeless | np.all(there == theta, axis=0))
                after, chosen = np.where(ends, there, after), np.where(ends, direction, chosen)
                tried, damping = np.where(ends, radius, tried), np.where(ends, mu, damping)
                resized = np.where((share > GOOD) & (mu > 0.0) & ~unseen, self.grow * radius, radius)
                trusted = np.where(ends, np.where(share < POOR, self.shrink * radius, resized), trusted)
                still = still & ~ends
                if not np.any(still):
                    break
                radius = np.where(still, self.shrink * np.minimum(radius, length(direction)), radius)
        told = {"radius": tried, "damping": damping, "direction": chosen, "evaluations": evaluations}
        return Step(after, (trusted,), {**told, **curvatures(hessian)})


def within(values: Array, along: Array, radius: Array) -> tuple[Array, Array]:
    """Give the lowest point of a quadratic within a radius, in the directions of its eigenvectors, and the damping μ.

    Parameters
    ----------
    values, along : array (n, *batch)
        Eigenvalues, and the slopes along the eigenvectors.
    radius : array (*batch)
    """
    least, sharpest = np.min(values, axis=0), np.max(np.abs(values), axis=0)
    # a slope that no damping can tell from none; which way it leads is still seen
    lost = (values == least) & (least <= 0.0) & (np.abs(along) <= ROUNDING * sharpest * radius)
    sign, pull = np.where(along > 0.0, -1.0, 1.0), np.where(lost, 0.0, -along / radius)
    # in units of the radius, so that nothing overflows; without a pull there is no part of the way
    stiff = np.where(pull == 0.0, np.inf, values)
    newton = pull / stiff
    free = (least > 0.0) & (dot(newton, newton) <= 1.0)
    # from below the rounds go up to the damping and not beyond, as 1/‖d‖ is concave in it
    damping = np.maximum(np.maximum(-least, 0.0), np.max(np.abs(pull) - values, axis=0))
    going = ~free
    for _ in range(DAMPINGS):
        d = pull / (stiff + damping)
        size = np.sqrt(dot(d, d))
        going = going & (size > 1.0 + ROUNDING)
        if not np.any(going):
            break
        more = (size - 1.0) * size * size / dot(d, d / (stiff + damping))
        damping = np.where(going, damping + more, damping)
    # where no slope leads along the lowest curvature, there is room left: to one side as well as to the other
    hard = ~free & (least <= 0.0) & (damping <= -least)
    room = np.sqrt(np.maximum(1.0 - size, 0.0) * (1.0 + size))
    d = np.where(hard & _first(values == least), sign * room, d)
    return radius * np.where(free, newton, d), np.where(free, 0.0, damping)


def length(d: Array) -> Array:
    """Give ‖d‖, shape ``(*batch)``, scaled first: squares of 1e200 would overflow."""
    largest = np.max(np.abs(d), axis=0)
    scaled = d / np.where(largest > 0.0, largest, 1.0)
    return np.asarray(largest * np.sqrt(dot(scaled, scaled)))


def _first(of: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Give the first of the True ones along the first axis alone."""
    return np.asarray(of & (np.cumsum(of, axis=0) == 1))
