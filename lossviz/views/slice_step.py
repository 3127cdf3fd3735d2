"""What a step is made of, on the curve of the slice view: the tangent, the step as an arrow, the change of loss."""

import numpy as np
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QPainter

from lossviz.numerals import short, signed
from lossviz.scene.clipping import clip_segments
from lossviz.scene.slice import Move, Seen
from lossviz.views.brushes import pen, text_width
from lossviz.views.slice_labels import Labels, label_font, slope_text
from lossviz.views.slice_plane import CurvePlane
from lossviz.views.slice_strokes import paint_arrow, paint_curve


def paint_tangent(chart: CurvePlane, painter: QPainter, labels: Labels) -> None:
    """Draw the tangent at the ball: how steep it is, is the slope."""
    assert chart.seen is not None
    phase, line = chart.seen.frame.phase, chart.tangent()
    if phase in ("move", "check") or line is None or not chart.in_picture(chart.move_place()):
        return
    width, strength = {"slope": (3.6, 1.0), "rate": (1.6, 0.45)}.get(phase, (2.2, 1.0))
    paint_curve(painter, line, chart.box.rect(), pen(chart.style_.card, width + 2.4, chart.scale_, 0.8))
    paint_curve(painter, line, chart.box.rect(), pen(chart.style_.ink, width, chart.scale_, strength))
    for at in line[::4]:
        if np.all(np.isfinite(at)):
            labels.keep_free(at, 4.0 * chart.scale_)


def paint_move(chart: CurvePlane, painter: QPainter, labels: Labels) -> None:
    """Draw the step as an arrow from the ball; at "check" the change of loss."""
    assert chart.seen is not None
    phase, ends, scale = chart.seen.frame.phase, chart.arrow_ends(), chart.scale_
    if phase == "check":
        _paint_change(chart, painter, labels)
        return
    if phase == "slope" or ends is None or not chart.in_picture(ends[0]):
        return
    begin, tip = ends
    width = {"rate": 4.4, "move": 1.8}.get(phase, 2.6)
    # a tip outside is drawn at the edge, without a head: the step goes on
    rect = chart.box.rect()
    size = np.array([rect.width(), rect.height()])
    _, cut, _ = clip_segments(begin[None], tip[None], np.zeros(2), size)
    if chart.in_picture(tip, 0.0):
        paint_arrow(painter, begin, tip, chart.style_.accent, width, scale, 0.5 if phase == "move" else 1.0)
    else:
        painter.setPen(pen(chart.style_.accent, width, scale))
        painter.drawLine(QLineF(*begin.tolist(), *cut[0].tolist()))
    for part in np.linspace(0.0, 1.0, 9):
        labels.keep_free(begin + part * (cut[0] - begin), 6.0 * scale)


def _paint_change(chart: CurvePlane, painter: QPainter, labels: Labels) -> None:
    """Draw the change of loss as an arrow beside the ball, from the level where the step began."""
    change, begin = chart.change(), chart.move_place()
    if change is None or begin is None or not chart.in_picture(begin):
        return
    before, after, place, _ = change
    accent, scale = chart.style_.accent, chart.scale_
    painter.setPen(pen(accent, 1.6, scale, 0.8, Qt.PenStyle.DashLine))
    for level in (chart.hop(begin, before), chart.hop(place, after)):
        if level is not None:
            painter.drawLine(level)
    for part in np.linspace(0.0, 1.0, 33):
        labels.keep_free(np.clip(begin + part * (before - begin), -1e6, 1e6), 3.0 * scale)
    if chart.in_picture(before) and chart.in_picture(after):
        paint_arrow(painter, before, after, accent, 3.6, scale)
        for part in np.linspace(0.0, 1.0, 9):
            labels.keep_free(before + part * (after - before), 6.0 * scale)


def label_step(chart: CurvePlane, labels: Labels) -> None:
    """Write at the arrow how long the step is, or at "check" the change of loss."""
    assert chart.seen is not None
    move, phase, scale, rect = chart.seen.move, chart.seen.frame.phase, chart.scale_, chart.box.rect()
    ends = chart.arrow_ends()
    if move is None or phase == "slope" or not chart.in_picture(chart.move_place()):
        return
    if phase == "check":
        _label_change(chart, labels)
        return
    if ends is None:
        return
    loud = phase == "rate"
    begin, tip = (np.clip(end, 0.0, [rect.width(), rect.height()]) for end in ends)
    x, y = ((begin + tip) / 2).tolist()
    toward = 1.0 if tip[0] >= begin[0] else -1.0
    ups = (-15.0 * scale, 15.0 * scale, -31.0 * scale, -47.0 * scale)
    for text in step_texts(move, chart.seen, loud):
        half = text_width(text, label_font(chart.style_, scale, loud)) / 2
        beyond = float(tip[0]) + toward * (half + 12.0 * scale)
        within = min(max(x, half + 4.0 * scale), rect.width() - half - 4.0 * scale)
        middles = [(within, y + ups[0]), (beyond, y), *((beyond, y + up) for up in ups)]
        if labels.put(text, [*middles, *((within, y + up) for up in ups[1:])], bold=loud, plate=5.0) is not None:
            return


def label_slope(chart: CurvePlane, labels: Labels) -> None:
    """Write the slope at an end of the tangent."""
    assert chart.seen is not None
    move, phase, scale, tangent = chart.seen.move, chart.seen.frame.phase, chart.scale_, chart.tangent()
    if move is None or tangent is None or phase not in ("", "slope") or not chart.in_picture(chart.move_place()):
        return
    loud = phase == "slope"
    text = slope_text(move, chart.seen)
    half = text_width(text, label_font(chart.style_, scale, loud)) / 2 + 10.0 * scale
    # the upper end first, then the lower one, then nearer to the ball
    ends = tangent if move.slope < 0 else tangent[::-1]
    last = len(tangent) - 1
    middles = []
    for part in (0.0, 0.12, 0.24):
        for x, y in (ends[round(part * last)].tolist(), ends[round((1.0 - part) * last)].tolist()):
            ups = (0.0, -12.0 * scale, 12.0 * scale)
            middles += [(x + side, y + up) for up in ups for side in (half, -half) if np.isfinite(y)]
    labels.put(text, middles, bold=loud)


def _label_change(chart: CurvePlane, labels: Labels) -> None:
    """Write by how much the loss changed."""
    change = chart.change()
    if change is None:
        return
    before, after, _, difference = change
    text, scale, rect = f"loss {signed(difference, short)}", chart.scale_, chart.box.rect()
    half = text_width(text, label_font(chart.style_, scale, True)) / 2 + 11.0 * scale
    x, y = np.clip((before + after) / 2, 0.0, [rect.width(), rect.height()]).tolist()
    ups = (0.0, -20.0 * scale, 20.0 * scale, -40.0 * scale)
    labels.put(text, [(x + side * half, y + up) for up in ups for side in (-1.0, 1.0)], bold=True, plate=4.0, must=True)


def step_texts(move: Move, seen: Seen, numbers: bool = False) -> tuple[str, ...]:
    """Give what is written at the arrow of a step, the longest first."""
    if move.step is None:
        return ()
    domain = seen.frame.scene.surface.domain
    small = abs(move.step) < 5e-4 * domain.width[seen.line.index]
    change = signed(move.step, short)
    result, brief = ("≈ 0", "step ≈ 0") if small else (f"= {change}", f"step {change}")
    if move.rate is None:
        return f"next {brief}", brief
    long = f"step = −rate × slope {result}"
    told = f"step = −{short(move.rate)} × {short(move.slope)} {result}"
    return (told, long, brief) if numbers and not small else (long, brief)
