"""Labels beside points, kept apart: never one over another; where there are too many, some are left out."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from lossviz.scene.style import Style
from lossviz.views.brushes import color, font, halo_text, text_width

Array = NDArray[np.float64]

CROWD = 8
"""With more labels than this that of the selected run comes first, and only those are written that stand close by."""
GAP = 13.0
"""Pixels between a point and its label."""


class Tag(NamedTuple):
    """A label and the pixel (2,) that it names; without a text it is a place to keep free.

    `rest` is where that point last lay still, while it moves: the label rides with it, on the side that it had there.
    """

    text: str
    at: Array
    rest: Array | None = None


def paint_tags(
    painter: QPainter,
    tags: list[Tag],
    bounds: QRectF,
    style: Style,
    scale: float,
    above: bool = False,
    first: str = "",
    asides: list[Tag] | None = None,
    obstacles: Sequence[QRectF] = (),
) -> None:
    """Write labels beside points, each where it covers no other label and no point, if there is such a place.

    The first one is written in any case; of the others those that have no such place may cover points, but no label,
    and in a crowd they are left out: where many labels stand around many points, nobody knows which is whose. Labels of
    points that move may pass over one another: to get out of the way they would jump about.

    Parameters
    ----------
    painter : QPainter
    tags : list of Tag
    bounds : QRectF
        Where labels may stand.
    style : Style
    scale : float
    above : bool
        Whether the place above a point is better than the one at its right.
    first : str
        The text that is placed first in a crowd.
    asides : list of Tag
        Written small and quietly after the others, and only where they cover nothing.
    obstacles : sequence of QRectF
        What is to be covered least of all: handles, stars, lines of text.
    """
    gap, crowded = GAP * scale, len(tags) > CROWD
    if crowded:
        tags = sorted(tags, key=lambda tag: tag.text != first)
    points = [_anchor(tag, bounds) for tag in tags]
    marks = [_around(point, gap) for point in points]
    face, height = font(style.text * scale), style.text * scale
    placed: list[QRectF] = []
    written: list[QRectF] = []
    for tag, point in zip(tags, points, strict=True):
        if not tag.text:
            continue
        places = list(_places(text_width(tag.text, face), height, point, gap, above))[: 6 if crowded else None]
        found = _chosen(places, bounds, marks, placed, obstacles, crowded)
        if found is not None:
            placed.append(found)
            written.append(_inside(found.translated(*(tag.at - point).tolist()), bounds))
            base = QPointF(written[-1].left(), written[-1].bottom() - 0.16 * height)
            halo_text(painter, base, tag.text, face, color(style.ink), color(style.card, 0.8))
    taken = [*written, *(_around(tag.at, gap) for tag in tags), *obstacles]
    face, height = font(style.small * scale), style.small * scale
    for tag in asides or ():
        around = _places(text_width(tag.text, face), height, tag.at, 0.7 * gap, above)
        free = (place for place in around if bounds.contains(place) and not _covers(place, taken))
        if (quiet := next(free, None)) is not None:
            taken.append(quiet)
            base = QPointF(quiet.left(), quiet.bottom() - 0.16 * height)
            halo_text(painter, base, tag.text, face, color(style.quiet), color(style.card, 0.8))


def _anchor(tag: Tag, bounds: QRectF) -> Array:
    """Give the point around which a place is chosen: where a moving one last lay still, if that is seen."""
    if tag.rest is not None and bounds.contains(*np.clip(tag.rest, -1e6, 1e6).tolist()):
        return tag.rest
    return tag.at


def _chosen(
    places: list[QRectF],
    bounds: QRectF,
    marks: list[QRectF],
    placed: list[QRectF],
    obstacles: Sequence[QRectF],
    crowded: bool,
) -> QRectF | None:
    """Give the first place that covers nothing, or else what matters least; None where a label is left out."""
    inside = [place for place in places if bounds.contains(place)]
    free = (place for place in inside if not _covers(place, marks, placed, obstacles))
    if crowded and placed:
        return next(free, None)
    over_points = (place for place in inside if not _covers(place, placed, obstacles))
    over_all = (place for place in inside if not _covers(place, placed))
    anyhow = [] if placed else (inside or places)[:1]
    return next(chain(free, over_points, over_all, anyhow), None)


def _inside(place: QRectF, bounds: QRectF) -> QRectF:
    """Give a place moved to where it is seen whole."""
    place.moveLeft(min(max(place.left(), bounds.left()), bounds.right() - place.width()))
    place.moveTop(min(max(place.top(), bounds.top()), bounds.bottom() - place.height()))
    return place


def _around(point: Array, size: float) -> QRectF:
    return QRectF(point[0] - size / 2, point[1] - size / 2, size, size)


def _covers(place: QRectF, *others: Sequence[QRectF]) -> bool:
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
