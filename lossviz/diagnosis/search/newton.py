"""Newton's method for points where the gradient is 0, from many starts at once."""

import numpy as np
from numpy.typing import NDArray

from lossviz.diagnosis.search.unit_square import UnitSquare, Work
from lossviz.landscape.work import scaled

Array = NDArray[np.float64]
Marks = NDArray[np.bool_]

MOST_STEPS = 80
"""Enough for 1e-12 where the gradient vanishes like the third power: there each step takes a third of the way."""
EXACT = 1e-15
"""A step of this part of the domain ends the search."""
ARRIVED = 1e-9
"""Where rounding allows no smaller gradient, the last step may have been this long."""
SINGULAR = 1e-13
"""A determinant below this part of the squared trace: one curvature is 0 but for rounding."""
LEFT = 1e-12
"""A slope along a direction without curvature may be this part of the largest curvature, by rounding."""
SHORTEST = 2.0**-10
"""The smallest part of a step that is tried."""


def zeros(square: UnitSquare, starts: Array, reach: Array) -> Work[Array]:
    """Find points where the gradient is 0.

    A step is halved until the next one, by the same Hessian, is shorter: that leads to minima, saddles and maxima
    alike, and is as easy in a ravine as in a round valley.

    Parameters
    ----------
    square : UnitSquare
    starts : array (2, n)
        Within the unit square.
    reach : array (n,)
        How far from its start each search may lead.

    Returns
    -------
    array (2, found)
        The points of those that arrived, several of them perhaps the same.

    References
    ----------
    Deuflhard (2011), Newton Methods for Nonlinear Problems, section 3.3 (natural monotonicity).
    """
    u = np.clip(starts, 0.0, 1.0)
    _, slope = yield from scaled(square.slopes(u), 0.0, 0.0)
    part = np.ones(u.shape[1])
    active = np.flatnonzero(np.all(np.isfinite(slope), axis=0))
    arrived = np.zeros(u.shape[1], dtype=bool)
    step, hessian = np.zeros_like(u), np.zeros((2, *u.shape))
    fresh = active
    for number in range(MOST_STEPS):
        if not active.size:
            break
        at = number / MOST_STEPS
        # only those that have moved need a new Hessian
        hessian[:, :, fresh] = yield from scaled(square.hessians(u[:, fresh]), at, at)
        step[:, fresh], left = _step(hessian[:, :, fresh], slope[:, fresh])
        length = _length(step)
        length[fresh[(left > LEFT) & (length[fresh] <= ARRIVED)]] = np.inf
        arrived[active[length[active] <= EXACT]] = True
        active = active[(length[active] > EXACT) & (length[active] < np.inf)]
        most = reach[active] / length[active]
        tried = np.clip(u[:, active] + np.minimum(part[active], most) * step[:, active], 0.0, 1.0)
        _, there = yield from scaled(square.slopes(tried), at, at)
        better = _length(_step(hessian[:, :, active], there)[0]) < length[active]
        within = np.max(np.abs(tried - starts[:, active]), axis=0) <= reach[active]
        fresh = active[better & within]
        u[:, fresh], slope[:, fresh] = tried[:, better & within], there[:, better & within]
        part[fresh] = np.minimum(1.0, 2.0 * part[fresh])
        failed = active[~better]
        close = length[failed] <= ARRIVED
        arrived[failed[close]] = True
        part[failed] /= 2.0
        active = np.concatenate([fresh, failed[~close & (part[failed] >= SHORTEST)]])
    return u[:, arrived]


def _step(hessian: Array, slope: Array) -> tuple[Array, Array]:
    """Give −H⁻¹g; where one curvature is 0 the step along the other alone, and what is left of the slope then.

    What is left is told as part of the larger curvature: a slope along the direction without curvature leads on for
    ever, so that a short step is no sign of arriving.
    """
    a, b, c = hessian[0, 0], hessian[0, 1], hessian[1, 1]
    with np.errstate(all="ignore"):
        size = np.max(np.abs(hessian), axis=(0, 1))
        a, b, c = a / size, b / size, c / size
        g = slope / size
        determinant, square = a * c - b * b, a * a + 2.0 * b * b + c * c
        regular = np.abs(determinant) > SINGULAR * square
        full = np.stack([b * g[1] - c * g[0], b * g[0] - a * g[1]]) / determinant
        # a Hessian of rank 1 is λ·v·vᵀ, and H·g/λ² the step along v
        along = -np.stack([a * g[0] + b * g[1], b * g[0] + c * g[1]]) / square
        left = np.max(np.abs(g + np.stack([a * along[0] + b * along[1], b * along[0] + c * along[1]])), axis=0)
        step = np.where(regular, full, along)
    level = np.all(slope == 0.0, axis=0)
    return np.where(level, 0.0, step), np.where(regular | level, 0.0, left)


def _length(step: Array) -> Array:
    """Give how long steps are along that axis where they are longer; infinite where there is none."""
    longest = np.max(np.abs(step), axis=0)
    return np.where(np.isnan(longest), np.inf, longest)
