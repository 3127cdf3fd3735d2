"""The plane of two features: samples as dots, and for each run the line on which it predicts the middle.

Of classes that is the boundary between them, with the selected run's probability as a shade; of labels it is where the
mean is predicted, with more level lines of the selected run.
"""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QLinearGradient, QPainter, QPen

from lossviz.landscape.losses import sigmoid
from lossviz.numerals import short, tick
from lossviz.scene.clipping import heading
from lossviz.scene.frame import Frame
from lossviz.scene.picked import Picked
from lossviz.scene.plane import Plane, Tilt
from lossviz.scene.style import Style, mixed
from lossviz.views.brushes import casing, color, draw_shape, font, halo_text, marker, pen, stroke, text_width
from lossviz.views.chart import Chart
from lossviz.views.point_mark import paint_mark
from lossviz.views.tags import Tag

Array = NDArray[np.float64]

SURE = 6.0
"""Log-odds from which a probability is drawn as 0 or 1."""
STOPS = 25
"""Colours of the shade, between which it is straight."""
LEAST = 0.5
"""Pixels that the shade takes from one probability to the other, however large the weights are."""
SHADES = 12
"""Of the labels."""
LEAST = 0.15
"""The part of the way from the faint to the strong shade at which the lowest label stands out."""
STRENGTH = {True: 0.30, False: 0.22}
"""Opacity of the shade where class 1 is certain, on dark and on light."""


def paint_samples(painter: QPainter, chart: Chart, plane: Plane) -> None:
    """Draw the samples: of classes, 0 as rings and 1 as discs; of labels, with a shade."""
    u, v, label = plane.dots
    places = chart.pixels(u, v)
    crowd = min(1.0, 250.0 / len(label))
    radius = (1.7 + 1.6 * crowd**0.5) * chart.scale_
    if plane.binary:
        _classes(painter, chart, places[label < 0.5], places[label >= 0.5], radius)
        return
    low, high = plane.usual
    share = np.clip((label - low) / ((high - low) or 1.0), 0.0, 1.0)
    shade = np.minimum((share * SHADES).astype(int), SHADES - 1)
    painter.setPen(Qt.PenStyle.NoPen)
    # in the order of the samples: none of the shades always lies on top
    for (x, y), one in zip(places.tolist(), shade.tolist(), strict=True):
        painter.setBrush(color(_shade(chart.style_, one), 0.6 + 0.2 * crowd))
        painter.drawEllipse(QPointF(x, y), radius, radius)


def _classes(painter: QPainter, chart: Chart, zeros: Array, ones: Array, radius: float) -> None:
    """Draw samples of class 0 as rings, those of class 1 as discs."""
    ring, disc = _class_colours(chart.style_)
    painter.setPen(pen(ring, 1.3, chart.scale_))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for x, y in zeros.tolist():
        painter.drawEllipse(QPointF(x, y), radius, radius)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(disc, 0.85))
    for x, y in ones.tolist():
        painter.drawEllipse(QPointF(x, y), radius, radius)


def _class_colours(style: Style) -> tuple[str, str]:
    return style.data, mixed(style.data, style.ink, 0.55)


def _shade(style: Style, number: int) -> str:
    """Give the colour of a label, the highest one being the strongest."""
    return mixed(style.ramp[1], style.ramp[0], LEAST + (1.0 - LEAST) * number / (SHADES - 1))


def key_room(chart: Chart, plane: Plane) -> QRectF:
    """Give the room of the key, at the bottom right."""
    room = QRectF(0.0, 0.0, sum(_widths(chart, plane)) + 8.0 * chart.scale_, 19.0 * chart.scale_)
    room.moveBottomRight(chart.box.rect().bottomRight() - QPointF(4.0, 4.0) * chart.scale_)
    return room


def _names(plane: Plane) -> tuple[str, str]:
    """Give the names of the two kinds of dots in the key, or of the two outermost shades."""
    if plane.binary:
        return f"{plane.pair.first.label} 0", f"{plane.pair.first.label} 1"
    low, high = plane.usual
    return f"≤ {short(low)}", f"≥ {short(high)} {plane.pair.label_unit}".rstrip()


def _widths(chart: Chart, plane: Plane) -> list[float]:
    face = font(chart.style_.small * chart.scale_)
    return [22.0 * chart.scale_ + text_width(name, face) for name in _names(plane)]


def paint_key(painter: QPainter, chart: Chart, plane: Plane) -> None:
    """Write what the dots mean."""
    style, scale = chart.style_, chart.scale_
    plate = key_room(chart, plane)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(style.card, 0.88))
    painter.drawRoundedRect(plate, 5.0 * scale, 5.0 * scale)
    left = plate.left()
    painter.setFont(font(style.small * scale))
    for number, (name, width) in enumerate(zip(_names(plane), _widths(chart, plane), strict=True)):
        spot = np.array([[left + 11.0 * scale, plate.center().y()]])
        if plane.binary:
            _classes(painter, chart, spot[: 1 - number], spot[:number], 3.6 * scale)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(_shade(style, number * (SHADES - 1))))
            painter.drawEllipse(QPointF(*spot[0].tolist()), 3.6 * scale, 3.6 * scale)
        painter.setPen(color(style.ink))
        painter.drawText(QPointF(left + 19.0 * scale, plate.center().y() + 4.3 * scale), name)
        left += width


def paint_runs(painter: QPainter, chart: Chart, plane: Plane, frame: Frame, chosen: Picked | None) -> list[Tag]:
    """Draw what the weights of each run mean in the plane; give the labels of their lines."""
    style, scale = chart.style_, chart.scale_
    selected = frame.selected
    if selected is not None and not selected.gone:
        tilt = plane.tilt(selected.w, selected.b)
        if plane.binary:
            _paint_probability(painter, chart, plane, tilt)
        else:
            _paint_levels(painter, chart, plane, tilt, style.path(selected.descent.number), key_room(chart, plane))
    for ghost in frame.scene.ghosts:
        row = min(frame.row, ghost.finite - 1)
        if row >= 0:
            line = _line(chart, plane, *ghost.trajectory.path[row].tolist())
            if line is not None:
                painter.setPen(casing(style.path(ghost.number), 1.6, scale, 0.35))
                painter.drawLine(line)
    ends, tags = [], []
    for ball in frame.balls:
        line = None if ball.gone else _line(chart, plane, ball.w, ball.b)
        if line is None:
            continue
        painter.setPen(casing(style.card, 4.6, scale))
        painter.drawLine(line)
        painter.setPen(stroke(style.path(ball.descent.number), 2.4, scale))
        painter.drawLine(line)
        part = _part(ball.descent.number)
        at = line.pointAt(part)
        rest = None
        if not ball.resting:
            lay = _line(chart, plane, *ball.descent.trajectory.path[ball.row].tolist())
            rest = _place(lay.pointAt(part)) if lay is not None else None
        tags.append(Tag(ball.descent.tag, _place(at), rest))
        ends.append((ball.descent.number, at))
    if chosen is not None and chosen.descent is None:
        tags += _paint_picked(painter, chart, plane, chosen)
    # after all lines: one line may lie on another's marker
    for number, at in ends:
        draw_shape(painter, marker(number), at, 5.0 * scale, None, pen(style.card, 3.5, scale))
        draw_shape(painter, marker(number), at, 5.0 * scale, color(style.path(number)), None)
    return tags


def _part(number: int) -> float:
    """Give where on its line a marker stands: each run's elsewhere, so that equal lines are told apart.

    Not in the middle, where the lines of all runs cross.
    """
    return (0.76, 0.64, 0.26, 0.14, 0.88)[number % 5]


def _place(point: QPointF) -> Array:
    return np.array([point.x(), point.y()])


def _line(chart: Chart, plane: Plane, w1: float, w2: float, level: float | None = None) -> QLineF | None:
    """Give in pixels the line on which two weights predict a level, or the middle; None where it isn't seen."""
    found = plane.line(plane.tilt(w1, w2), plane.middle if level is None else level)
    if found is None:
        return None
    begin, end = (chart.pixels(*place) for place in found)
    return QLineF(*begin.tolist(), *end.tolist())


def _paint_picked(painter: QPainter, chart: Chart, plane: Plane, chosen: Picked) -> list[Tag]:
    """Draw the line of the picked point with its mark; give what labels must keep free of."""
    line = _line(chart, plane, chosen.w, chosen.b)
    if line is None:
        return []
    style, scale = chart.style_, chart.scale_
    painter.setPen(pen(style.card, 5.0, scale, 0.85))
    painter.drawLine(line)
    dashed = QPen(pen(style.accent, 2.8, scale))
    dashed.setDashPattern([5.0, 2.2])
    dashed.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(dashed)
    painter.drawLine(line)
    at = line.pointAt(0.12)
    paint_mark(painter, at, style, scale, 6.0)
    return [Tag("", _place(at))]


def _paint_probability(painter: QPainter, chart: Chart, plane: Plane, tilt: Tilt) -> None:
    """Shade the plane by the probability of class 1."""
    rect = chart.box.rect()
    strength = STRENGTH[chart.style_.is_dark]
    corners = np.array([[u, v] for u in plane.ranges[0] for v in plane.ranges[1]])
    z = tilt.value(corners[:, 0], corners[:, 1])
    if np.any(np.isnan(z)):
        return
    low, high = max(-SURE, float(z.min())), min(SURE, float(z.max()))
    gradient = _gradient(chart, plane, tilt, low, high, strength) if low < high else None
    if gradient is None:
        painter.fillRect(rect, color(chart.style_.data, round(strength * float(sigmoid(z).mean()), 3)))
    else:
        painter.fillRect(rect, QBrush(gradient))


def _gradient(
    chart: Chart, plane: Plane, tilt: Tilt, low: float, high: float, strength: float
) -> QLinearGradient | None:
    """Give the shade: z rises straight across the picture, so that it is one of a straight gradient.

    None where it rises so little, or is so large, that it can't be told where.
    """
    rect, ((u0, u1), (v0, v1)) = chart.box.rect(), plane.ranges
    # per pixel; downward is less
    rise = np.array([tilt.across * (u1 - u0) / rect.width(), -tilt.up * (v1 - v0) / rect.height()])
    middle = np.array([0.5 * rect.width(), 0.5 * rect.height()])
    at = float(tilt.value(np.array(0.5 * (u0 + u1)), np.array(0.5 * (v0 + v1))))
    along = heading(np.zeros(2), rise)
    with np.errstate(all="ignore"):
        begin, end = (np.array([low, high]) - at) / np.hypot(*rise)
    if along is None or not np.isfinite(end - begin):
        return None
    # Qt draws no gradient between two places that are one
    end = max(end, begin + LEAST)
    begin, end = middle + begin * along, middle + end * along
    gradient = QLinearGradient(QPointF(*begin.tolist()), QPointF(*end.tolist()))
    for part in np.linspace(0.0, 1.0, STOPS).tolist():
        probability = float(sigmoid(np.array(low + part * (high - low))))
        gradient.setColorAt(part, color(chart.style_.data, round(strength * probability, 3)))
    return gradient


def _paint_levels(painter: QPainter, chart: Chart, plane: Plane, tilt: Tilt, colour: str, key: QRectF) -> None:
    """Draw where round labels are predicted, and which ones."""
    style, scale = chart.style_, chart.scale_
    face = font(style.small * scale)
    levels = plane.levels
    spacing = levels[1] - levels[0] if len(levels) > 1 else 1.0
    for level in levels:
        found = plane.line(tilt, level)
        if found is None:
            continue
        begin, end = (chart.pixels(*place) for place in found)
        line = QLineF(*begin.tolist(), *end.tolist())
        painter.setPen(casing(style.card, 3.0, scale))
        painter.drawLine(line)
        painter.setPen(stroke(colour, 1.1, scale))
        painter.drawLine(line)
        text = tick(level, spacing)
        place = _beside(line, text_width(text, face), style.small * scale, chart.box.rect(), key)
        if place is not None:
            halo_text(painter, place, text, face, color(style.ink), color(style.card, 0.9))


def _beside(line: QLineF, width: float, height: float, room: QRectF, key: QRectF) -> QPointF | None:
    """Give where a text of a size stands near an end of a line, beside it; None where there is no such place."""
    if line.length() < 4.0 * width:
        return None
    across = QPointF(line.dy() / line.length(), -line.dx() / line.length())
    away = 0.5 * (width * abs(across.x()) + height * abs(across.y())) + 0.3 * height
    for part in (0.06, 0.94, 0.14, 0.86):
        text = QRectF(0.0, 0.0, width, height)
        text.moveCenter(line.pointAt(part) + across * away)
        if room.adjusted(2.0, 2.0, -2.0, -2.0).contains(text) and not text.intersects(key):
            return text.bottomLeft() - QPointF(0.0, 0.15 * height)
    return None
