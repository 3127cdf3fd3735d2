"""Who has left the upper picture of the slice view: a line at the top, and an arrow where the edge was crossed."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from lossviz.numerals import counted, short
from lossviz.scene.clipping import clip_segments, heading
from lossviz.scene.frame import Ball
from lossviz.views.brushes import color, draw_shape, marker, pen, text_width
from lossviz.views.slice_labels import Labels, label_font
from lossviz.views.slice_plane import CurvePlane
from lossviz.views.slice_strokes import hop_is_far, hop_points, paint_arrow

Array = NDArray[np.float64]


def paint_notes(chart: CurvePlane, painter: QPainter, labels: Labels) -> None:
    """Say who has left the picture, each in a line at the top, with an arrow where it crossed the edge."""
    assert chart.seen is not None
    notes = [(ball, note) for ball in chart.seen.balls if (note := note_of(chart, ball)) is not None]
    scale, rect, style = chart.scale_, chart.box.rect(), chart.style_
    face = label_font(style, scale)
    line = chart.seen.line
    lines: list[tuple[str, int]] = []
    for ball, (text, at, direction) in notes:
        colour = style.path(ball.descent.number)
        if text_width(text, face) + 40.0 * scale > rect.width():
            text = text.split(", ")[0]
        lines.append((text, ball.descent.number))
        if at is not None:
            tail = at - 18.0 * scale * direction
            paint_arrow(painter, tail, at, style.casing, 4.6, scale)
            paint_arrow(painter, tail, at, colour, 3.4, scale)
            labels.keep_free((at + tail) / 2, 12.0 * scale)
    finite = line.losses[np.isfinite(line.losses)]
    if not finite.size or float(chart.seen.heights.height(finite.min())) > chart.box.viewRange()[1][1]:
        other = chart.seen.frame.scene.symbols[1 - line.index]
        least = f", from {short(float(finite.min()))}" if finite.size else ""
        lines.append((f"at {other} = {short(line.held)} every loss is above this picture{least}", -1))
    for number, (text, run) in enumerate(lines):
        y, half = (14.0 + 19.0 * number) * scale, text_width(text, face) / 2 + 26.0 * scale
        middles = [(x, y) for x in (rect.center().x(), half, rect.width() - half)]
        place = labels.put(text, middles, plate=21.0, must=True)
        if place is not None and run >= 0:
            spot = QPointF(place.left() - 12.0 * scale, y)
            draw_shape(painter, marker(run), spot, 4.6 * scale, color(style.path(run)), pen(style.casing, 1.5, scale))


def note_of(chart: CurvePlane, ball: Ball) -> tuple[str, Array | None, Array] | None:
    """Give text, place and direction of the arrow where a run left the picture; None while it is in it."""
    if chart.in_picture(chart.ball_place(ball)):
        return None
    descent, rect = ball.descent, chart.box.rect()
    every = chart.points(descent.number)
    points = every[: ball.row + 1]
    if not ball.resting and ball.row + 1 < len(every) and chart.in_picture(every[ball.row + 1]):
        # it comes back before it lies anywhere
        return None
    right, bottom = rect.width() + 1.0, rect.height() + 1.0
    x, y = points.T
    inside = np.flatnonzero((x >= -1.0) & (x <= right) & (y >= -1.0) & (y <= bottom))
    where, direction = None, np.array([1.0, 0.0])
    if inside.size and inside[-1] + 1 < descent.finite:
        last = int(inside[-1])
        text = f"{descent.label} left at step {last + 1}"
        begin, end = every[last], every[last + 1]
        if not hop_is_far(begin, end, rect):
            # the piece of its arc that crosses the edge for good
            arc = hop_points(begin, end, np.linspace(0.0, 1.0, 129), chart.scale_)
            seen_last = int(np.flatnonzero([chart.in_picture(at) for at in arc[:-1]])[-1])
            begin, end = arc[seen_last], arc[seen_last + 1]
        # with the pixel around the picture that `in_picture` takes in
        _, cut, seen = clip_segments(begin[None], end[None], np.full(2, -1.0), np.array([right, bottom]))
        way = heading(begin, end)
        if seen[0] and way is not None:
            where, direction = cut[0], way
        if last == ball.row:
            return text, where, direction
    else:
        text = f"{descent.label} lies outside"
    return text + _away(chart, ball), where, direction


def _away(chart: CurvePlane, ball: Ball) -> str:
    """Say how far away a run is."""
    assert chart.seen is not None
    if ball.gone:
        return f", {ball.descent.beyond}"
    t, (low, high) = ball.descent.trajectory, chart.box.viewRange()[0]
    value = float(t.path[ball.row, chart.index])
    away = max(low - value, value - high, 0.0) / (high - low)
    if away >= 0.1:
        far = counted(round(away)) if 10 <= away < 1e6 else short(away, 2)
        return f", now {far} map widths away"
    return f", now at a loss of {short(float(t.losses[ball.row]))}"
