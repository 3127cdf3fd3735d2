"""Fonts, pens and markers: what every view draws with. All sizes are in pixels, times the view's scale."""

import math
from functools import cache, lru_cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QRadialGradient,
)

from lossviz.resources import resource
from lossviz.scene.style import MARKERS
from lossviz.views.stamps import press

FAMILY = "Inter"


@cache
def load_fonts() -> bool:
    """Load the bundled font once; tell whether it is there. Needs a QGuiApplication."""
    loaded = [QFontDatabase.addApplicationFont(str(file)) for file in sorted(resource("fonts").glob("*.otf"))]
    return bool(loaded) and all(number >= 0 for number in loaded)


def font(size: float, weight: QFont.Weight = QFont.Weight.Normal, spacing: float = 0.0) -> QFont:
    """Give the bundled font with figures of equal width; size in pixels, spacing between letters in pixels."""
    return QFont(_font(max(1, round(size)), weight, spacing))


@lru_cache(256)
def _font(size: int, weight: QFont.Weight, spacing: float) -> QFont:
    load_fonts()
    made = QFont(FAMILY)
    made.setPixelSize(size)
    made.setWeight(weight)
    made.setFeature(QFont.Tag("tnum"), 1)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if spacing:
        made.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, spacing)
    return made


@lru_cache(512)
def color(name: str, alpha: float = 1.0) -> QColor:
    """Give a "#rrggbb" with an opacity from 0 to 1; kept, so never to be changed."""
    made = QColor(name)
    made.setAlphaF(alpha)
    return made


@lru_cache(1024)
def pen(
    name: str, width: float = 1.0, scale: float = 1.0, alpha: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine
) -> QPen:
    """Give a pen: a colour, a width in pixels at scale 1, an opacity; round ends, so that segments join.

    Kept, so never to be changed.
    """
    made = QPen(color(name, alpha), width * scale, style)
    made.setCapStyle(Qt.PenCapStyle.RoundCap if style == Qt.PenStyle.SolidLine else Qt.PenCapStyle.FlatCap)
    made.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return made


@lru_cache(256)
def stroke(name: str, width: float, scale: float = 1.0) -> QPen:
    """Give the pen of a path's pieces, with square ends, so that they join.

    Qt draws a piece with a straight end and no transparency ten times as fast as one with round ends, and at a path's
    width nobody can tell them apart.
    """
    made = QPen(color(name), width * scale)
    made.setCapStyle(Qt.PenCapStyle.SquareCap)
    return made


@lru_cache(256)
def casing(name: str, width: float, scale: float = 1.0, alpha: float = 1.0) -> QPen:
    """Give the pen of a path's edge, with flat ends: other ones would cover the end of the piece before.

    An opaque one is drawn several times as fast.
    """
    made = QPen(color(name, alpha), width * scale)
    made.setCapStyle(Qt.PenCapStyle.FlatCap)
    return made


@cache
def marker(number: int) -> QPainterPath:
    """Give the marker of run `number`, of about radius 1 around 0."""
    path = QPainterPath()
    kind = MARKERS[number % len(MARKERS)]
    corners = {"square": (4, 45.0), "triangle": (3, -90.0), "diamond": (4, 0.0), "pentagon": (5, -90.0)}
    if kind == "circle":
        path.addEllipse(QPointF(0, 0), 1.0, 1.0)
    elif kind in corners:
        count, turn = corners[kind]
        path.addPolygon(_regular(count, turn, 1.2))
        path.closeSubpath()
    elif kind == "star":
        path = star(1.35)
    else:
        arm = QPainterPath()
        arm.addRect(QRectF(-1.25, -0.42, 2.5, 0.84))
        other = QPainterPath()
        other.addRect(QRectF(-0.42, -1.25, 0.84, 2.5))
        path = arm.united(other)
        if kind == "cross":
            from PySide6.QtGui import QTransform

            path = QTransform().rotate(45.0).map(path)
    return path


def _regular(count: int, turn: float, radius: float) -> QPolygonF:
    angles = (math.radians(turn + 360.0 * i / count) for i in range(count))
    return QPolygonF([QPointF(radius * math.cos(a), radius * math.sin(a)) for a in angles])


@cache
def star(radius: float) -> QPainterPath:
    """Give a star with five points around 0."""
    path = QPainterPath()
    points = []
    for i in range(10):
        r = radius if i % 2 == 0 else 0.42 * radius
        a = math.radians(-90.0 + 36.0 * i)
        points.append(QPointF(r * math.cos(a), r * math.sin(a)))
    path.addPolygon(QPolygonF(points))
    path.closeSubpath()
    return path


def draw_shape(
    painter: QPainter, path: QPainterPath, at: QPointF, size: float, fill: QColor | QBrush | None, edge: QPen | None
) -> None:
    """Draw a shape made around 0, `size` times as large, at a point."""
    painter.save()
    painter.translate(at)
    painter.scale(size, size)
    if edge is not None:
        thin = QPen(edge)
        thin.setWidthF(edge.widthF() / size)
        painter.setPen(thin)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(fill) if fill is not None else QBrush())
    painter.drawPath(path)
    painter.restore()


def small_marker(painter: QPainter, number: int, at: QPointF, size: float, fill: str, edge: str, scale: float) -> None:
    """Draw the marker of a run, one of many along its path."""

    def paint(onto: QPainter) -> None:
        draw_shape(onto, marker(number), QPointF(0, 0), size, color(fill), pen(edge, 1.0, scale))

    reach = 1.5 * size + scale
    key = ("marker", number % len(MARKERS), size, fill, edge, scale)
    press(painter, at, key, QRectF(-reach, -reach, 2 * reach, 2 * reach), paint)


def ball_brush(name: str, at: QPointF, radius: float) -> QBrush:
    """Give the shading of a ball lit from above left."""
    shading = QRadialGradient(at + QPointF(-0.35 * radius, -0.4 * radius), 1.5 * radius)
    shading.setColorAt(0.0, color(name).lighter(165))
    shading.setColorAt(0.45, color(name))
    shading.setColorAt(1.0, color(name).darker(170))
    return QBrush(shading)


def halo_text(painter: QPainter, at: QPointF, text: str, with_font: QFont, ink: QColor, halo: QColor) -> None:
    """Write text from its baseline's left end, with an edge that keeps it readable on any ground."""
    size, weight = with_font.pixelSize(), with_font.weight()

    def paint(onto: QPainter) -> None:
        outline = _outline(text, size, weight)
        edge = QPen(halo, 3.2 * size / 13.0)
        edge.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        onto.setBrush(Qt.BrushStyle.NoBrush)
        onto.strokePath(outline, edge)
        onto.fillPath(outline, ink)

    def paint_pixels(onto: QPainter) -> None:
        # the edge is the text itself a dozen times: to stroke its outline takes twenty times as long
        onto.setFont(_grey(size, weight))
        onto.setPen(QColor(halo.rgb()))
        for shift in _AROUND:
            onto.drawText(shift * (1.6 * size / 13.0), text)
        onto.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
        onto.fillRect(room, halo)
        onto.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        onto.setPen(ink)
        onto.drawText(QPointF(0, 0), text)

    edge_width = 0.2 * size
    room = QRectF(0.0, -size, text_width(text, with_font), 1.4 * size)
    room.adjust(-edge_width - 1.0, -edge_width, edge_width + 1.0, edge_width)
    press(painter, at, (text, size, weight, ink.rgba(), halo.rgba()), room, paint, paint_pixels)


@cache
def _grey(size: int, weight: QFont.Weight) -> QFont:
    made = font(size, weight)
    made.setStyleStrategy(QFont.StyleStrategy.NoSubpixelAntialias)
    return made


_AROUND = tuple(QPointF(math.cos(math.radians(30.0 * i)), math.sin(math.radians(30.0 * i))) for i in range(12))


@lru_cache(4096)
def _outline(text: str, size: int, weight: QFont.Weight) -> QPainterPath:
    """Give the shape of a text; kept, as Qt's outlines differ in their last digits by what was written before."""
    path = QPainterPath()
    path.addText(QPointF(0, 0), font(size, weight), text)
    return path


def polygon(points: NDArray[np.float64]) -> QPolygonF:
    """Give points (n, 2) as Qt takes them, without a Python object for each."""
    return pg.functions.arrayToQPolygonF(points[:, 0], points[:, 1])


def text_width(text: str, with_font: QFont) -> float:
    """Give how wide a text is, in pixels."""
    look = (text, with_font.pixelSize(), with_font.weight(), with_font.letterSpacing(), with_font.italic())
    width = _widths.get(look)
    if width is None:
        if len(_widths) > 10_000:
            _widths.clear()
        width = _widths[look] = QFontMetricsF(with_font).horizontalAdvance(text)
    return width


_widths: dict[tuple[str, int, QFont.Weight, float, bool], float] = {}
