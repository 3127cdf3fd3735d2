"""Arrows on a map: a change of weight and bias as it is seen there."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from lossviz.scene.clipping import clip_segments
from lossviz.views.brushes import color, pen
from lossviz.views.chart import Chart
from lossviz.views.tags import Tag

Array = NDArray[np.float64]
Tags = list[Tag]

SEEN = 7.0
"""Pixels below which an arrow can't be told from its head."""
TIMES = (2, 5, 10, 20, 50, 100, 200, 500, 1000)


def pixel(chart: Chart, point: Array) -> Array:
    """Give where weight and bias lie."""
    return chart.pixels(point[0], point[1])


def across(chart: Chart, change: Array) -> Array:
    """Give a change of weight and bias in pixels: without the rounding of places that are far away."""
    (x0, x1), (y0, y1) = chart.box.viewRange()
    rect = chart.box.rect()
    with np.errstate(all="ignore"):
        return np.array([change[0] / (x1 - x0) * rect.width(), -change[1] / (y1 - y0) * rect.height()])


def drawn_longer(length: float, wanted: float) -> tuple[int, str]:
    """Give how many times as long an arrow is drawn to be seen, and the words that say so."""
    if length >= wanted or length == 0.0:
        return 1, ""
    longer = next((times for times in TIMES if times * length >= wanted), TIMES[-1])
    return longer, f", drawn {longer} × as long"


def paint_arrow(
    painter: QPainter,
    chart: Chart,
    begin: Array,
    end: Array,
    colour: str,
    width: float,
    text: str,
    *,
    dashed: bool = False,
    leave: float = 0.0,
    stop: float = 0.0,
) -> Tags:
    """Draw an arrow on a map, cut to the view; give its label, and the places along it.

    Parameters
    ----------
    leave, stop : float
        Pixels that stay free at its beginning and at its end.
    """
    scale, rect = chart.scale_, chart.box.rect()
    with np.errstate(all="ignore"):
        length = float(np.hypot(*(end - begin)))
    if not math.isfinite(length):
        return []
    if length - stop * scale < SEEN * scale:
        # of a sum's parts one may well be next to nothing
        return [Tag(f"{text.split(',')[0]}: too short to be seen", begin)] if text and not dashed else []
    way = (end - begin) / length
    # a short arrow begins in the ball, so that there is an arrow
    first = begin + way * min(leave * scale, 0.35 * length)
    last = end - way * min(stop * scale, 0.35 * length)
    size = np.array([rect.width(), rect.height()])
    starts, ends, seen = clip_segments(first[None], last[None], np.zeros(2), size)
    if not seen[0]:
        return []
    first, tip = starts[0], ends[0]
    whole = bool(np.allclose(tip, last))
    head = min(4.0 * width * scale, 0.6 * float(np.hypot(*(tip - first))))
    neck = tip - way * (0.8 * head if whole else 0.0)
    line = QLineF(*first.tolist(), *neck.tolist())
    painter.setPen(pen(chart.style_.casing, width + 2.4, scale, 0.9))
    painter.drawLine(line)
    style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
    painter.setPen(pen(colour, width, scale, style=style))
    painter.drawLine(line)
    if whole:
        side = np.array([-way[1], way[0]]) * 0.5 * head
        corners = [tip, tip - way * head + side, tip - way * head - side]
        painter.setPen(pen(chart.style_.casing, 1.2, scale))
        painter.setBrush(color(colour))
        painter.drawPolygon(QPolygonF([QPointF(*corner.tolist()) for corner in corners]))
    free: Tags = [Tag("", first + part * (tip - first)) for part in (0.3, 0.7, 1.0)]
    return [*free, Tag(text if whole else f"{text}: lands off the map", 0.5 * (first + tip))] if text else free
