"""Departures: who has left the map, and what lies off it: an arrow head at the edge, and a line of text."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF

from lossviz.numerals import counted, short
from lossviz.scene.clipping import clip_segments, heading
from lossviz.scene.frame import Ball
from lossviz.views.brushes import color, draw_shape, font, halo_text, pen, text_width
from lossviz.views.chart import Chart

Array = NDArray[np.float64]

LINES = 4
"""So many lines of text at most: with more, the last one counts the rest."""


@dataclass(frozen=True, eq=False)
class Departure:
    """One line of text, and its arrow head.

    Parameters
    ----------
    text : str
    at : array (2,)
        Where the edge is crossed, in pixels.
    direction : array (2,)
        Outward, of length 1.
    colour : str
    """

    text: str
    at: Array
    direction: Array
    colour: str


def left(chart: Chart, ball: Ball) -> Departure | None:
    """Tell when a run has left the map and how far away it is; None where it hasn't."""
    descent, domain = ball.descent, ball.descent.trajectory.surface.domain
    rows = descent.trajectory.path[: min(ball.row + 1, descent.finite)]
    inside = np.flatnonzero(domain.contains(rows[:, 0], rows[:, 1]))
    if inside.size == 0 or inside[-1] + 1 >= descent.finite:
        return None
    last = int(inside[-1])
    points = chart.pixels(descent.trajectory.path[last : last + 2, 0], descent.trajectory.path[last : last + 2, 1])
    rect = chart.box.rect()
    _, end, seen = clip_segments(points[:1], points[1:], np.zeros(2), np.array([rect.width(), rect.height()]))
    if not seen[0] or last + 1 > ball.row:
        return None
    away = max(
        max(low - value, value - high, 0.0) / (high - low)
        for value, (low, high) in ((ball.w, domain.w), (ball.b, domain.b))
    )
    text = f"{descent.label} left at step {last + 1}"
    if ball.gone:
        text += f", {ball.descent.beyond}"
    elif away >= 0.1:
        far = counted(round(away)) if 10 <= away < 1e6 else short(away, 2)
        text += f", now {far} map widths away"
    direction = heading(points[0], points[1])
    if direction is None:
        return None
    return Departure(text, end[0], direction, chart.style_.path(descent.number))


def off_map(chart: Chart, what: str, point: tuple[float, float], colour: str) -> Departure | None:
    """Tell where a point lies that is off the map; None where it is on it."""
    assert chart.frame is not None
    w, b = point
    if chart.frame.scene.surface.domain.contains(w, b):
        return None
    rect = chart.box.rect()
    middle = np.array([rect.center().x(), rect.center().y()])
    way = np.clip(chart.pixels(np.array(w), np.array(b)), -1e9, 1e9) - middle
    size = np.array([rect.width(), rect.height()])
    _, edge, _ = clip_segments(middle[None], (middle + way)[None], np.zeros(2), size)
    text = f"{what} lies off the map, at w = {short(w)}, b = {short(b)}"
    return Departure(text, edge[0], way / max(1e-9, float(np.hypot(*way))), colour)


def paint_departures(painter: QPainter, chart: Chart, departures: list[Departure]) -> list[QRectF]:
    """Draw an arrow head where each one crosses the edge, and a line of text for each; give what the texts cover.

    The texts stand along the upper edge: beside the arrow heads they would cover the paths and each other.
    """
    style, scale, rect = chart.style_, chart.scale_, chart.box.rect()
    for departure in departures:
        _paint_head(painter, chart, departure)
    face, covered = font(style.text * scale), []
    shown = departures if len(departures) <= LINES else departures[: LINES - 1]
    for line in range(min(len(departures), LINES)):
        base = QPointF(26.0 * scale, (20.0 + 19.0 * line) * scale)
        if base.y() > rect.height():
            break
        text = shown[line].text if line < len(shown) else f"and {len(departures) - len(shown)} more"
        if base.x() + text_width(text, face) + 6.0 * scale > rect.width():
            text = text.split(", ")[0]
        covered.append(QRectF(8.0 * scale, base.y() - 14.0 * scale, base.x() + text_width(text, face), 18.0 * scale))
        halo_text(painter, base, text, face, color(style.ink), color(style.card, 0.85))
        if line < len(shown):
            swatch = QPointF(base.x() - 12.0 * scale, base.y() - 4.5 * scale)
            edge = pen(style.casing, 1.5, scale)
            draw_shape(painter, head_right(), swatch, 6.0 * scale, color(shown[line].colour), edge)
    return covered


def _paint_head(painter: QPainter, chart: Chart, departure: Departure) -> None:
    scale, at, direction = chart.scale_, departure.at, departure.direction
    across = np.array([-direction[1], direction[0]])
    base = at - 15.0 * scale * direction
    corners = [at, base + 7.0 * scale * across, base - 7.0 * scale * across]
    head = QPainterPath()
    head.addPolygon(QPolygonF([QPointF(*corner.tolist()) for corner in corners]))
    head.closeSubpath()
    painter.setPen(pen(chart.style_.casing, 3.0, scale))
    painter.setBrush(color(departure.colour))
    painter.drawPath(head)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawPath(head)


def head_right() -> QPainterPath:
    """Give an arrow head that points right, around 0."""
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(1.0, 0.0), QPointF(-0.8, -0.9), QPointF(-0.8, 0.9)]))
    path.closeSubpath()
    return path
