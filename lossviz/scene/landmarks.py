"""Landmarks: the minima, saddles and maxima that pictures mark, and what is said of each."""

import math
from collections import Counter
from collections.abc import Sequence

from lossviz.diagnosis.nature import StationaryPoint
from lossviz.numerals import listed, short
from lossviz.scene.frame import Frame
from lossviz.scene.scene import Scene

NOTHING = 1e-12
"""A loss below this part of the highest one that is drawn is 0 but for rounding."""


def landmarks(frame: Frame) -> tuple[StationaryPoint, ...]:
    """Give the points that are marked: none where they are kept back.

    Where all runs hold one parameter that is the minimum they can reach; until the search has found the points, the
    minimum that is known without it.
    """
    minimum = frame.minimum
    if minimum is not None and (minimum != frame.best or not frame.stationary):
        w, b, loss = minimum
        return (StationaryPoint("minimum", (w, b), loss, (math.nan, math.nan), True, is_global=True),)
    return frame.stationary


def kind_text(point: StationaryPoint, among: Sequence[StationaryPoint]) -> str:
    """Name a point in a few words: ``"global minimum"``, ``"saddle"``, ``"line of minima"``."""
    if point.kind == "degenerate":
        return point.text.partition(":")[0].removeprefix("a ") or "degenerate"
    corner = ", a kink" if point.text.startswith("a kink") else ""
    if point.kind != "minimum":
        return point.kind + corner
    alone = sum(other.is_minimum for other in among) == 1
    return ("minimum" if alone else "global minimum" if point.is_global else "local minimum") + corner


def count_text(points: Sequence[StationaryPoint]) -> str:
    """Count the points: ``"4 minima, 4 saddles, 1 maximum"``."""
    plural = {"minimum": "minima", "saddle": "saddles", "maximum": "maxima", "degenerate": "degenerate"}
    counts = Counter(point.kind for point in points)
    told = [f"{counts[kind]} {kind if counts[kind] == 1 else many}" for kind, many in plural.items() if counts[kind]]
    return ", ".join(told) or "no minimum, saddle or maximum in this domain"


def loss_text(scene: Scene, loss: float, digits: int = 4) -> str:
    """Write the loss of a point in so many significant digits; what is rounding alone is 0."""
    highest = max(abs(scene.heights.ceiling), abs(scene.heights.lowest))
    return "0" if abs(loss) <= NOTHING * highest else short(loss, digits)


def landmark_text(scene: Scene, point: StationaryPoint) -> str:
    """Tell of a point in one line: ``"saddle at (0.0867, 2.88) · loss 67.72 · eigenvalues −67.5 and 73.9"``."""
    w, b = point.position
    unit = f" {scene.loss_unit}".rstrip()
    parts = [
        f"{kind_text(point, scene.stationary or (point,))} at ({listed((short(w), short(b)))})",
        f"loss {loss_text(scene, point.loss)}{unit}",
    ]
    if not math.isnan(point.eigenvalues[0]):
        low, high = point.eigenvalues
        parts.append(f"eigenvalues {short(low)} and {short(high)}")
    if point.kind == "degenerate" and ":" in point.text:
        parts.append(point.text.partition(": ")[2])
    return " · ".join(parts)
