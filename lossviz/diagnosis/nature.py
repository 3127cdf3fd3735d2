"""The nature of stationary points: what is known of each, and which are the lowest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

EQUAL = 1e-10
"""Minima whose losses differ by less than this part of the usual rise above them are equally low."""
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
