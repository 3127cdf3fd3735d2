"""Residuals: how far each sample lies from the line that is looked at, and how well that line fits."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter

from lossviz.scene.clipping import clip_segments
from lossviz.scene.picked import Picked
from lossviz.views.brushes import color, draw_shape, font, marker, text_width
from lossviz.views.chart import Chart
from lossviz.views.point_mark import paint_mark
from lossviz.views.tags import Tag

Array = NDArray[np.float64]

CROWD = 60.0
"""So many residuals are still drawn in full strength: more are drawn fainter, so that the dots stay in sight."""


def paint_residuals(painter: QPainter, chart: Chart, line: Picked, colour: str) -> None:
    """Draw a thin upright line from each sample to the prediction."""
    begin, end = chart.pixels(line.x, line.y), chart.pixels(line.x, line.fitted)
    size = np.array([chart.box.rect().width(), chart.box.rect().height()])
    starts, ends, seen = clip_segments(begin, end, np.zeros(2), size)
    if not np.any(seen):
        return
    strength = 0.3 + 0.4 * min(1.0, CROWD / max(1, len(line.x)))
    if line.binary:
        # from 0 and from 1 they fill the height together
        strength *= 0.5
    # upright lines as rectangles without smoothed edges: many times as fast, and as sharp
    wide = max(1.0, round(1.1 * chart.scale_))
    left = np.floor(starts[seen, 0] - wide / 2.0 + 0.5)
    top, bottom = np.minimum(starts[seen, 1], ends[seen, 1]), np.maximum(starts[seen, 1], ends[seen, 1])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(colour, round(strength, 2)))
    rows = np.stack([left, top, np.full_like(left, wide), bottom - top], axis=1)
    painter.drawRects([QRectF(*row) for row in rows.tolist()])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def paint_fit(painter: QPainter, chart: Chart, line: Picked, top: float, brief: bool = False) -> list[Tag]:
    """Write how well the line fits on a plate at the left, its top at a pixel of the view box.

    Gives the points that other labels must keep free of. A brief one says nothing of the best line.
    """
    style, scale = chart.style_, chart.scale_
    bold, plain = font(style.text * scale, QFont.Weight.DemiBold), font(style.small * scale)
    best, fit = f"at best {line.best}" if line.best and not brief else "", f"{line.measure} {line.fit}"
    if text_width(fit, bold) > chart.box.rect().width() - 38.0 * scale:
        fit = line.fit
    plate = QRectF(4.0 * scale, top, 0.0, (42.0 if best else 26.0) * scale)
    plate.setWidth(30.0 * scale + max(text_width(fit, bold), text_width(best, plain)))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(style.card, 0.88))
    painter.drawRoundedRect(plate, 5.0 * scale, 5.0 * scale)
    spot = plate.topLeft() + QPointF(11.0, 13.0) * scale
    if line.descent is None:
        paint_mark(painter, spot, style, scale, 5.0)
    else:
        fill = color(style.path(line.descent.number))
        draw_shape(painter, marker(line.descent.number), spot, 5.0 * scale, fill, None)
    for text, face, ink, base in ((fit, bold, style.ink, 17.5), (best, plain, style.quiet, 34.0)):
        painter.setFont(face)
        painter.setPen(color(ink))
        painter.drawText(plate.topLeft() + QPointF(24.0, base) * scale, text)
    across = np.arange(plate.left() + 6.0 * scale, plate.right(), 12.0 * scale).tolist()
    down = np.arange(plate.top() + 8.0 * scale, plate.bottom(), 13.0 * scale).tolist()
    return [Tag("", np.array([x, y])) for x in across for y in down]
