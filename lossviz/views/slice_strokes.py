"""Strokes of the slice view: a curve cut to its picture, an arrow, the arc of a hop."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF

from lossviz.scene.clipping import clip_segments
from lossviz.views.brushes import color, pen, polygon

Array = NDArray[np.float64]

HIGHEST = 46.0
"""Pixels that a hop rises above the straight way, at most; a short one is a low one."""
FAR = 6.0
"""Widths of the picture: a hop to a place farther away is drawn straight."""


def hop_is_far(begin: Array, end: Array, rect: QRectF) -> bool:
    """Tell whether a hop between two pixels (2,) leads so far away that it is drawn straight."""
    size = np.array([rect.width(), rect.height()])
    return not max(np.abs(begin / size).max(), np.abs(end / size).max()) < FAR


def hop_rise(begin: Array, end: Array, scale: float) -> float:
    """Give how high a hop between two pixels (2,) rises above the straight way between them."""
    return min(0.2 * abs(float(end[0]) - float(begin[0])), HIGHEST * scale)


def hop_points(begin: Array, end: Array, parts: Array, scale: float) -> Array:
    """Give where a ball is (n, 2) when parts (n,) of its hop are done; not finite where that overflows."""
    with np.errstate(all="ignore"):
        points = begin + parts[:, None] * (end - begin)
    points[:, 1] -= 4.0 * parts * (1.0 - parts) * hop_rise(begin, end, scale)
    return np.asarray(points)


def hop_point(begin: Array, end: Array, part: float, scale: float) -> Array:
    """Give where a ball is (2,) when a part of its hop is done."""
    return np.asarray(hop_points(begin, end, np.array([part]), scale)[0])


def hop_path(begin: Array, end: Array, part: float, scale: float) -> QPainterPath:
    """Give the arc of a hop from its beginning to where the ball is when a part of it is done."""
    # the parabola as a Bézier curve, and the first part of that
    control = 0.5 * (begin + end) - np.array([0.0, 2.0 * hop_rise(begin, end, scale)])
    path = QPainterPath(QPointF(*begin.tolist()))
    middle, last = begin + part * (control - begin), hop_point(begin, end, part, scale)
    path.quadTo(QPointF(*middle.tolist()), QPointF(*last.tolist()))
    return path


def paint_curve(painter: QPainter, points: Array, rect: QRectF, stroke: QPen) -> None:
    """Draw a polyline (n, 2), cut to a rectangle."""
    edge = 4.0
    low, high = np.array([rect.left(), rect.top()]) - edge, np.array([rect.right(), rect.bottom()]) + edge
    starts, ends, seen = clip_segments(points[:-1], points[1:], low, high)
    painter.setPen(stroke)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for chain in np.split(np.arange(len(seen)), np.flatnonzero(seen[1:] != seen[:-1]) + 1):
        if len(chain) and seen[chain[0]]:
            painter.drawPolyline(polygon(np.concatenate([starts[chain[:1]], ends[chain]])))


def paint_arrow(
    painter: QPainter,
    begin: Array,
    end: Array,
    colour: str,
    width: float,
    scale: float,
    alpha: float = 1.0,
) -> None:
    """Draw an arrow between pixels (2,) whose tip lies exactly at `end`; the head shrinks with a short one."""
    (x0, y0), (x1, y1) = begin.tolist(), end.tolist()
    length = float(np.hypot(x1 - x0, y1 - y0))
    if length < 0.5:
        return
    width = min(width, 0.16 * length / scale)
    along, head = ((x1 - x0) / length, (y1 - y0) / length), min((5.0 + 2.6 * width) * scale, 0.7 * length)
    half = 0.48 * head
    base = (x1 - head * along[0], y1 - head * along[1])
    # a pen is kept: this one is a copy
    stroke = QPen(pen(colour, width, scale))
    stroke.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.save()
    painter.setOpacity(alpha)
    painter.setPen(stroke)
    # a little into the head, so that no seam is seen
    painter.drawLine(QLineF(x0, y0, base[0] + 0.1 * head * along[0], base[1] + 0.1 * head * along[1]))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(colour))
    corners = [(x1, y1), (base[0] - half * along[1], base[1] + half * along[0])]
    corners.append((base[0] + half * along[1], base[1] - half * along[0]))
    painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
    painter.restore()
