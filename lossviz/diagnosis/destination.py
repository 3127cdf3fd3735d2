"""Destination: which minimum a descent is in, and how good that one is among the others."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lossviz.diagnosis.nature import ENDED, StationaryPoint, ended_in
from lossviz.landscape.domain import Domain
from lossviz.numerals import short


@dataclass(frozen=True)
class Destination:
    """Where a descent is, among the stationary points of its surface.

    Parameters
    ----------
    kind : str
        ``"only"``, ``"global"`` or ``"local"`` for a minimum; ``"saddle"``, ``"maximum"`` or ``"degenerate"`` for a
        point that is none; ``"none"`` where it is at no such point.
    point : StationaryPoint or None
    above_best : float
        How much higher the loss of that point is than that of the best minimum; NaN where there is none.
    equals : int
        How many minima are of the same rank as this one, itself among them: equally low, or local.
    """

    kind: str
    point: StationaryPoint | None
    above_best: float
    equals: int

    @property
    def text(self) -> str:
        """The same in words: ``"in the local minimum, 0.7 above the best"``."""
        match self.kind:
            case "only":
                return "in the only minimum"
            case "global" if self.equals == 1:
                return "in the global minimum"
            case "global":
                return f"in one of the {self.equals} global minima"
            case "local":
                article = "the" if self.equals == 1 else "a"
                return f"in {article} local minimum, {short(self.above_best, 2)} above the best"
            case "none":
                return "at no minimum yet"
            case "degenerate":
                return "where the slope is 0"
        return f"at a {self.kind}"


def destination(points: Sequence[StationaryPoint], position: tuple[float, float], domain: Domain) -> Destination:
    """Tell at which of the points a descent is.

    Parameters
    ----------
    points : sequence of StationaryPoint
    position : (w, b)
    domain : Domain
        A thousandth of its width is near.
    """
    minima = [point for point in points if point.is_minimum]
    # there may be hundreds of points, and as many runs
    near = [point for point in points if point.along or _away(point, position, domain) <= ENDED]
    found = ended_in(near, position, domain)
    if found is not None:
        equals = sum(point.is_global == found.is_global for point in minima)
        kind = "only" if len(minima) == 1 else "global" if found.is_global else "local"
        return Destination(kind, found, found.loss - min(point.loss for point in minima), equals)
    other = next((point for point in near if _away(point, position, domain) <= ENDED), None)
    return Destination(other.kind if other is not None else "none", other, math.nan, 1 if other is not None else 0)


def _away(point: StationaryPoint, position: tuple[float, float], domain: Domain) -> float:
    """Give how far a point is from a place, in widths of the domain."""
    (w, b), (x, y), (width, height) = point.position, position, domain.width
    return math.hypot((w - x) / width, (b - y) / height)
