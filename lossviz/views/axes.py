"""The axes of a chart: lines, ticks, numbers and names."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from lossviz.views.brushes import color, font, pen, text_width

if TYPE_CHECKING:
    from lossviz.views.plot import Plot


SMALLEST = 0.8
"""How much smaller than usual the name of an axis may be."""


def paint_axes(painter: QPainter, chart: "Plot", names: tuple[str, str] | None) -> None:
    """Draw both axes of a chart, with the names of the horizontal and the vertical one; None: their lines alone."""
    style, scale, area = chart.style_, chart.scale_, chart.box.geometry()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    line = pen(style.hairline if style.name != "print" else style.quiet, 1.0, scale)
    ink, face, length = color(style.quiet), font(style.small * scale), 4.0 * scale
    painter.setFont(face)
    across, up = chart.ticks()
    painter.setPen(line)
    painter.drawLine(area.bottomLeft(), area.bottomRight())
    painter.drawLine(area.bottomLeft(), area.topLeft())
    for values, upright in ((across, False), (up, True)):
        spacing = values[1] - values[0] if len(values) > 1 else 1.0
        linear, ones = chart.scales[upright].linear, np.ones(len(values))
        places = chart.pixels(ones, np.array(values)) if upright else chart.pixels(np.array(values), ones)
        for value, (x, y) in zip(values, places.tolist(), strict=True):
            at = QPointF(area.left(), area.top() + y) if upright else QPointF(area.left() + x, area.bottom())
            end = at - QPointF(length, 0) if upright else at + QPointF(0, length)
            painter.setPen(line)
            painter.drawLine(at, end)
            if names is None or not (upright or chart.numbered):
                continue
            text = chart.tick_text(value, spacing if linear else value or 1.0, upright)
            width = text_width(text, face)
            painter.setPen(ink)
            shift = (
                QPointF(-length - 3.0 * scale - width, 0.36 * face.pixelSize())
                if upright
                else QPointF(-width / 2, length + 2.0 * scale + 0.92 * face.pixelSize())
            )
            painter.drawText(at + shift, text)
    if names is not None:
        _paint_names(painter, chart, area, names)


def _paint_names(painter: QPainter, chart: "Plot", area: QRectF, names: tuple[str, str]) -> None:
    painter.setPen(color(chart.style_.quiet))
    size, rect = chart.style_.text * chart.scale_, chart.rect()
    if chart.numbered:
        bottom, named = _fitting(names[0], size, rect.width())
        painter.setFont(named)
        middle = min(area.center().x(), rect.right() - text_width(bottom, named) / 2)
        painter.drawText(QPointF(middle - text_width(bottom, named) / 2, rect.bottom() - 5.0 * chart.scale_), bottom)
    left, named = _fitting(names[1], size, rect.height() if chart.numbered else area.bottom())
    painter.setFont(named)
    painter.save()
    middle = max(area.center().y(), text_width(left, named) / 2)
    painter.translate(0.95 * size, middle + text_width(left, named) / 2)
    painter.rotate(-90.0)
    painter.drawText(QPointF(0, 0), left)
    painter.restore()


def _fitting(text: str, size: float, room: float) -> tuple[str, QFont]:
    """Give a name and its type so that it fits: smaller where that does, else without its end."""
    face = font(size)
    width = text_width(text, face)
    if width <= room:
        return text, face
    face = font(size * max(SMALLEST, room / width))
    return QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, room), face
