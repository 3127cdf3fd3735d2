"""Ground: what a judge knows of the surface itself, whatever a run does on it."""

import math
from dataclasses import dataclass

import numpy as np

from lossviz.landscape.base import BaseSurface
from lossviz.landscape.fitted import Fit
from lossviz.landscape.objective import Surface
from lossviz.landscape.penalised import Penalised

ACROSS = 17
"""Points an axis at which the losses are looked at, where that is affordable."""
AFFORDABLE = 400_000
"""Costs of these losses: some milliseconds."""


@dataclass(frozen=True)
class Ground:
    """What is known of a surface.

    Parameters
    ----------
    exact : bool
        Whether a rule's limit means the same everywhere, or at least errs to the same side: the loss is quadratic or
        convex. Elsewhere it is one of the place, and no more.
    convex : bool
    kinked : bool
        Whether there may be corners, where a slope jumps.
    minimum : tuple of float or None
        The exact minimiser, where it is known and may lie at a kink.
    endless : bool
        Whether the loss is known to fall for ever as the free parameters grow.
    penalty_helps : bool
        Whether a penalty on the weight would give such a loss a minimum.
    lowest : float
        The lowest loss of the domain, looked at coarsely; NaN where the loss is convex, or too dear to look at.
    relief : float
        How much higher a usual loss of the domain is; NaN as before.
    """

    exact: bool = True
    convex: bool = True
    kinked: bool = False
    minimum: tuple[float, float] | None = None
    endless: bool = False
    penalty_helps: bool = False
    lowest: float = math.nan
    relief: float = math.nan


def ground_of(surface: Surface, free: tuple[int, ...]) -> Ground:
    """Look at a surface, of which some parameters are free."""
    convex = isinstance(surface, BaseSurface) and surface.convex
    quadratic = isinstance(surface, BaseSurface) and surface.quadratic
    kinked = not surface.smooth and not (isinstance(surface, Fit) and _bends_softly(surface))
    direction = surface.unbounded_direction if isinstance(surface, Fit) else None
    # a direction that needs a held parameter is none
    endless = direction is not None and all(part == 0.0 or i in free for i, part in enumerate(direction))
    lowest, relief = (math.nan, math.nan) if convex else _relief(surface)
    return Ground(
        exact=convex or quadratic,
        convex=convex,
        kinked=kinked,
        minimum=surface.known_minimum if not surface.smooth and len(free) == len(surface.parameters) else None,
        endless=endless,
        penalty_helps=direction is not None and direction[0] != 0.0,
        lowest=lowest,
        relief=relief,
    )


def _bends_softly(surface: Fit) -> bool:
    """Tell whether only the curvature of a loss jumps: so that of Huber's."""
    sharp = isinstance(surface, Penalised) and surface.regularization.l1 > 0.0
    return surface.data_term.measure.name == "huber" and not sharp


def _relief(surface: Surface) -> tuple[float, float]:
    """Give the lowest loss of the domain, and how much higher the middle one is; NaN where that costs too much."""
    cost = surface.cost_per_point if isinstance(surface, BaseSurface) else 1
    across = min(ACROSS, math.isqrt(AFFORDABLE // max(1, cost)))
    if across < 5:
        return math.nan, math.nan
    w, b = surface.domain.axes(across)
    with np.errstate(all="ignore"):
        losses = surface.loss(w[:, None], b[None, :]).ravel()
        if surface.known_minimum is not None:
            # which may be a pit between the points
            losses = np.append(losses, surface.loss(*surface.known_minimum))
    losses = losses[np.isfinite(losses)]
    if not losses.size:
        return math.nan, math.nan
    lowest = float(np.min(losses))
    return lowest, float(np.median(losses)) - lowest
