"""The marks of stationary points: a star for a minimum, a cross for a saddle, a triangle for a maximum."""

import math
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QTransform

from lossviz.diagnosis.nature import StationaryPoint
from lossviz.scene.style import Style
from lossviz.views.brushes import color, draw_shape, marker, pen, star
from lossviz.views.stamps import press

STAR, LOCAL, SADDLE, MAXIMUM = 9.0, 6.5, 4.2, 4.6
"""Pixels from the middle to the edge: of the star of a global minimum, of a local one, and of the other marks."""
DOT = 1.4
"""The same of the dots of a line of minima."""
ROOMY = 46.0
"""Pixels between neighbours from which marks have their full size."""
SMALLEST, FAINTEST = 0.45, 0.5
"""Of their size and opacity, where there are hundreds."""
PLAIN = 0.6
"""Marks of a smaller size have an edge alone."""
FEW = 12
"""Up to so many minima each is a mark of its own worth, which paths and labels leave free."""


def mark_size(count: int, room: QRectF) -> float:
    """Give how large marks are where so many share a room, as a part of their full size."""
    apart = math.sqrt(max(0.0, room.width() * room.height()) / max(1, count))
    return min(1.0, max(SMALLEST, apart / ROOMY))


def strength(size: float) -> float:
    """Give how opaque marks of a size are: where there are many, the paths have to stand out."""
    return FAINTEST + (1.0 - FAINTEST) * (size - SMALLEST) / (1.0 - SMALLEST)


def radius(point: StationaryPoint, size: float = 1.0) -> float:
    """Give how far a mark reaches, in pixels at scale 1."""
    if point.is_minimum:
        # the best one is found among a hundred others too
        return STAR * max(size, 0.7) if point.is_global else LOCAL * size
    return (MAXIMUM if point.kind == "maximum" else SADDLE) * size


def paint_stationary(
    painter: QPainter,
    point: StationaryPoint,
    at: QPointF,
    style: Style,
    scale: float,
    size: float = 1.0,
    on_card: bool = False,
) -> None:
    """Draw the mark of a point: a global minimum's star is full, that of a local one empty and smaller.

    Parameters
    ----------
    painter : QPainter
    point : StationaryPoint
    at : QPointF
    style : Style
    scale : float
    size : float
        A part of the full size; small marks are fainter.
    on_card : bool
        Whether it stands among text, in ink alone; else it has an edge, to be seen on any shade.
    """
    reach = radius(point, size) * scale
    opacity = 1.0 if point.is_global else strength(size)
    kind = ("best" if point.is_global else "star") if point.is_minimum else point.kind

    def paint(onto: QPainter) -> None:
        onto.setOpacity(onto.opacity() * opacity)
        shape, full = _SHAPES.get(kind, ring)(), kind == "best"
        if on_card:
            draw_shape(
                onto, shape, QPointF(0, 0), reach, color(style.ink) if full else None, pen(style.ink, 1.3, scale)
            )
        else:
            _paint(onto, shape, full, reach, style, scale, size < PLAIN)

    room = reach + 3.0 * scale
    key = ("stationary", kind, reach, opacity, style.name, scale, on_card)
    press(painter, at, key, QRectF(-room, -room, 2.0 * room, 2.0 * room), paint)


def paint_line_dot(painter: QPainter, at: QPointF, style: Style, scale: float) -> None:
    """Draw one of the dots of a line of equally low or high points."""
    room = (DOT + 2.0) * scale

    def paint(onto: QPainter) -> None:
        draw_shape(onto, marker(0), QPointF(0, 0), DOT * scale, color(light(style)), pen(style.ink, 0.8, scale))

    key = ("stationary", "dot", style.name, scale)
    press(painter, at, key, QRectF(-room, -room, 2.0 * room, 2.0 * room), paint)


def light(style: Style) -> str:
    """Give the colour that stands out against the ramp's low end, whose edge is ink."""
    return "#0c1420" if style.is_dark else "#ffffff"


def _paint(
    painter: QPainter, shape: QPainterPath, full: bool, reach: float, style: Style, scale: float, plain: bool
) -> None:
    at, fill = QPointF(0, 0), light(style)
    if full:
        draw_shape(painter, shape, at, reach, color(fill), pen(style.ink, 1.2, scale))
    elif plain:
        # an edge on both sides would fill it; minima lie where the ramp is low, the others do not
        low = shape is star(1.0)
        draw_shape(painter, shape, at, reach, color(fill) if low else None, pen(style.ink, 0.9, scale))
    else:
        draw_shape(painter, shape, at, reach, None, pen(style.ink, 3.4, scale))
        draw_shape(painter, shape, at, reach, None, pen(fill, 1.6, scale))


@cache
def cross() -> QPainterPath:
    """Give two lines that cross at 0."""
    path = QPainterPath()
    for x, y in ((-0.8, -0.8), (-0.8, 0.8)):
        path.moveTo(x, y)
        path.lineTo(-x, -y)
    return path


@cache
def triangle() -> QPainterPath:
    """Give a triangle around 0 that points up."""
    return QTransform.fromScale(0.85, 0.85).map(marker(2))


@cache
def ring() -> QPainterPath:
    """Give a circle around 0: for a point that is none of the others."""
    return QTransform.fromScale(0.8, 0.8).map(marker(0))


_SHAPES: dict[str, Callable[[], QPainterPath]] = {
    "best": lambda: star(1.0),
    "star": lambda: star(1.0),
    "saddle": cross,
    "maximum": triangle,
}


def many(points: Sequence[StationaryPoint]) -> bool:
    """Tell whether there are too many minima for each to be kept free."""
    return sum(point.is_minimum for point in points) > FEW


def positions(points: Sequence[StationaryPoint]) -> tuple[np.ndarray, np.ndarray]:
    """Give the weights and the biases of points."""
    places = np.array([point.position for point in points], dtype=np.float64).reshape(-1, 2)
    return places[:, 0], places[:, 1]
