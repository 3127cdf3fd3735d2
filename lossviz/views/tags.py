"""Labels beside points, kept apart: never one over another; where there are too many, some are left out."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from lossviz.scene.style import Style
from lossviz.views.brushes import color, font, halo_text, text_width

Array = NDArray[np.float64]

CROWD = 8
"""With more labels than this that of the selected run comes first, and only those are written that stand close by."""


def paint_tags(
    painter: QPainter,
    tags: list[tuple[str, Array]],
    bounds: QRectF,
    style: Style,
    scale: float,
    above: bool = False,
    first: str = "",
    asides: list[tuple[str, Array]] | None = None,
) -> None:
    """Write labels beside points, each where it covers no other label and no point, if there is such a place.

    The first one is written in any case; of the others those that have no such place may cover points, but no label,
    and in a crowd they are left out: where many labels stand around many points, nobody knows which is whose.

    Parameters
    ----------
    painter : QPainter
    tags : list of (text, pixel)
        A point without a text is one to keep free.
    bounds : QRectF
        Where labels may stand.
    style : Style
    scale : float
    above : bool
        Whether the place above a point is better than the one at its right.
    first : str
        The text that is placed first in a crowd.
    asides : list of (text, pixel)
        Written small and quietly after the others, and only where they cover nothing.
    """
    gap = 13.0 * scale
    points = [QRectF(p[0] - gap / 2, p[1] - gap / 2, gap, gap) for _, p in tags]
    written: list[QRectF] = []
    crowded = len(tags) > CROWD
    if crowded:
        tags = sorted(tags, key=lambda tag: tag[0] != first)
    face, height = font(style.text * scale), style.text * scale
    for text, point in tags:
        if not text:
            continue
        places = list(_places(text_width(text, face), height, point, gap, above))[: 6 if crowded else None]
        inside = [place for place in places if bounds.contains(place)]
        apart = (place for place in inside if not _covers(place, written))
        found = next((place for place in inside if not _covers(place, points, written)), None)
        if found is None and not (crowded and written):
            found = next(apart, None)
        if found is None and not written:
            found = (inside or places)[0]
        if found is not None:
            written.append(found)
            base = QPointF(found.left(), found.bottom() - 0.16 * height)
            halo_text(painter, base, text, face, color(style.ink), color(style.card, 0.8))
    face, height = font(style.small * scale), style.small * scale
    for text, point in asides or ():
        around = _places(text_width(text, face), height, point, 0.7 * gap, above)
        quiet = (place for place in around if bounds.contains(place) and not _covers(place, points, written))
        found = next(quiet, None)
        if found is not None:
            written.append(found)
            base = QPointF(found.left(), found.bottom() - 0.16 * height)
            halo_text(painter, base, text, face, color(style.quiet), color(style.card, 0.8))


def _covers(place: QRectF, *others: list[QRectF]) -> bool:
    return any(place.intersects(other) for group in others for other in group)


def _places(width: float, height: float, point: Array, gap: float, above: bool) -> Iterator[QRectF]:
    """Give where a label may stand around a point, the best place first."""
    x, y = float(point[0]), float(point[1])
    right, left, middle = x + gap, x - gap - width, x - width / 2
    beside = [(right, y - height / 2), (left, y - height / 2)]
    over = [(middle, y - gap - height), (middle, y + gap)]
    for at, top in over + beside if above else beside + over:
        yield QRectF(at, top, width, height)
    for rows in (1.0, 2.1, 3.2, 4.3):
        down, up = y + rows * height - height / 2, y - rows * height - height / 2
        for at, top in ((right, down), (right, up), (left, down), (left, up)):
            yield QRectF(at, top, width, height)


def spread(heights: list[float], gap: float, low: float, high: float) -> list[float]:
    """Move numbers in ascending order apart by at least `gap`, as little as can be, between low and high.

    Groups that touch lie around the mean of their places; where all don't fit between low and high, they go on below.
    """
    groups: list[tuple[float, int]] = []
    for height in heights:
        middle, count = height, 1
        while groups and middle - (count - 1) * gap / 2 < groups[-1][0] + (groups[-1][1] + 1) * gap / 2:
            before, size = groups.pop()
            middle, count = (before * size + middle * count) / (size + count), size + count
        groups.append((middle, count))
    moved = [middle + (i - (count - 1) / 2) * gap for middle, count in groups for i in range(count)]
    for i in reversed(range(len(moved))):
        moved[i] = min(moved[i], high - (len(moved) - 1 - i) * gap)
    for i in range(len(moved)):
        moved[i] = max(moved[i], low + i * gap)
    return moved


def thinned(heights: list[float], first: int, gap: float) -> list[int]:
    """Choose of numbers, in any order, those that lie at least `gap` apart: the first one chosen is `first`."""
    chosen: list[int] = []
    for i in [first, *(i for i in range(len(heights)) if i != first)]:
        if all(abs(heights[i] - heights[other]) >= gap for other in chosen):
            chosen.append(i)
    return chosen
