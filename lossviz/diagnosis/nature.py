"""The nature of stationary points: what is known of each, which are the lowest, and in which a run has ended."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.domain import Domain

Array = NDArray[np.float64]

EQUAL = 1e-10
"""Minima whose losses differ by less than this part of the usual rise above them are equally low."""
ENDED = 1e-3
"""A run has ended in a minimum that is so near, in widths of the domain."""
KINDS = ("minimum", "saddle", "maximum", "degenerate")


@dataclass(frozen=True)
class StationaryPoint:
    """A point where a surface is level, or has a kink that a descent can't leave.

    Parameters
    ----------
    kind : str
        ``"minimum"``, ``"saddle"`` or ``"maximum"`` by the signs of the eigenvalues of the Hessian, and
        ``"degenerate"`` where one of them is 0 but for rounding; at a kink, where there is no Hessian, by the losses
        around.
    position : (w, b)
    loss : float
    eigenvalues : (float, float)
        Of the Hessian by w and b, ascending; NaN where there is none.
    is_minimum : bool
        Whether no loss nearby is lower: so at a minimum, and at a degenerate point that is none the less the lowest.
    is_global : bool
        Whether it is the lowest such point of the domain; several may be equally low.
    text : str
        What is special about it, in words: a kink, a line of minima, a plateau; "" for what the kind says already.
    along : tuple of (w, b)
        Of a line of equally low or high points: points on it, about a cell of the search apart, in no order.
    """

    kind: str
    position: tuple[float, float]
    loss: float
    eigenvalues: tuple[float, float]
    is_minimum: bool
    is_global: bool = False
    text: str = ""
    along: tuple[tuple[float, float], ...] = ()


def with_global(points: Sequence[StationaryPoint], rise: float) -> list[StationaryPoint]:
    """Sort the points by kind and loss, and mark the lowest minima: those equal but for rounding.

    Parameters
    ----------
    points : sequence of StationaryPoint
    rise : float
        How much higher a usual loss is than the lowest.
    """
    lowest = min((point.loss for point in points if point.is_minimum), default=np.nan)
    equal = EQUAL * max(abs(lowest), rise)
    marked = [
        replace(point, is_global=True) if point.is_minimum and point.loss - lowest <= equal else point
        for point in points
    ]
    return sorted(marked, key=lambda point: (KINDS.index(point.kind), point.loss, point.position))


def ended_in(
    points: Sequence[StationaryPoint], position: tuple[float, float], domain: Domain, within: float = ENDED
) -> StationaryPoint | None:
    """Give the minimum that a run ended in: the nearest one, if it is near.

    Parameters
    ----------
    points : sequence of StationaryPoint
    position : (w, b)
        Where the run ended.
    domain : Domain
    within : float
        How near, in widths of the domain.
    """
    width, end = np.array(domain.width)[:, None], np.array(position)[:, None]
    nearest, distance = None, within
    for point in points:
        if point.is_minimum:
            places = np.array([point.position, *point.along]).T
            away = _distance((places - end) / width)
            if away <= distance:
                nearest, distance = point, away
    return nearest


def _distance(offsets: Array) -> float:
    """Give how far the origin is from a line through points ``(2, n)``, from the one point where n is 1."""
    order = np.argsort(np.sum(offsets * offsets, axis=0), kind="stable")
    first = offsets[:, order[0]]
    others = offsets[:, order[1:]]
    others = others[:, np.any(others != first[:, None], axis=0)]
    if not others.shape[1]:
        return float(np.hypot(*first))
    along = others[:, 0] - first
    share = np.clip(-(first @ along) / (along @ along), 0.0, 1.0)
    return float(np.hypot(*(first + share * along)))
