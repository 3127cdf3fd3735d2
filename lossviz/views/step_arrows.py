"""Step arrows: one step on the map part by part: its slope, what rate and rule make of it, the move, the check."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from lossviz.numerals import fixed
from lossviz.scene.clipping import clip_segments
from lossviz.scene.frame import Ball, Frame
from lossviz.scene.micro_steps import step_meant
from lossviz.scene.terms import WorkedStep, worked_step
from lossviz.views.brushes import color, draw_shape, marker, pen
from lossviz.views.chart import Chart
from lossviz.views.tags import Tag

Array = NDArray[np.float64]
Tags = list[Tag]

SHORTEST, LONGEST = 34.0, 96.0
"""Pixels of the slope's arrow: of the flattest slope, and of the steepest so far."""
BALL = 9.0
"""Pixels around a ball that stay free."""
SEEN = 7.0
"""Pixels below which an arrow can't be told from its head."""
PLAIN, SUM = 28.0, 64.0
"""Pixels of a step, or of the longest arrow of a sum, below which it is drawn longer than it is, and says so."""
TIMES = (2, 5, 10, 20, 50, 100, 200, 500, 1000)


def paint_step_arrows(painter: QPainter, chart: Chart, frame: Frame) -> Tags:
    """Draw the part of the selected run's step that a frame looks at.

    Parameters
    ----------
    painter : QPainter
        In the pixels of the chart's view box.
    chart : Chart
        A map: weight across, bias up.
    frame : Frame

    Returns
    -------
    list of Tag
        Labels to be placed with the chart's own; those without a text are places to keep free.
    """
    ball = frame.selected
    if ball is None or not frame.phase:
        return []
    worked = worked_step(ball.descent.trajectory, step_meant(frame))
    if worked is None or worked.k >= ball.descent.finite or not np.all(np.isfinite(worked.step)):
        return []
    paint = {"slope": _slope, "rate": _rate, "move": _move, "check": _check}[frame.phase]
    painter.save()
    tags = paint(painter, chart, frame, ball, worked)
    painter.restore()
    return tags


def _slope(painter: QPainter, chart: Chart, frame: Frame, ball: Ball, worked: WorkedStep) -> Tags:
    """Draw where down is; the steeper, the longer."""
    t, free = ball.descent.trajectory, list(worked.free)
    down = np.zeros(2)
    down[free] = -t.gradients[worked.k, free]
    begin = _pixel(chart, t.path[worked.k])
    way = _across(chart, down)
    length = float(np.hypot(*way))
    if not (math.isfinite(length) and length > 0.0):
        return [Tag("no slope here", begin)]
    norms = np.sqrt(np.sum(t.gradients[: worked.k + 1, free] ** 2, axis=1))
    share = math.sqrt(float(norms[-1] / max(np.max(norms), 1e-300)))
    reach = (SHORTEST + (LONGEST - SHORTEST) * share) * chart.scale_
    return _arrow(painter, chart, begin, begin + way / length * reach, chart.style_.ink, 2.6, "slope", leave=BALL)


def _rate(painter: QPainter, chart: Chart, frame: Frame, ball: Ball, worked: WorkedStep) -> Tags:
    """Draw the step from the ball to where it will land; where the rule has a velocity, as the sum of two parts."""
    begin = _pixel(chart, ball.descent.trajectory.path[worked.k])
    whole, colour, style = _across(chart, worked.step), chart.style_.path(ball.descent.number), chart.style_
    if worked.carried is None or not np.any(worked.carried):
        text = "rate × slope" if set(worked.terms[-1].tree.symbols()) == {"η", "g"} else "step"
        longer, note = _drawn_longer(float(np.hypot(*whole)), PLAIN * chart.scale_)
        return _arrow(painter, chart, begin, begin + longer * whole, colour, 3.4, text + note, leave=BALL)
    part = _across(chart, worked.carried)
    with np.errstate(all="ignore"):
        longest = float(np.max([np.hypot(*arrow) for arrow in (whole, part, whole - part)]))
    if not math.isfinite(longest):
        return []
    longer, note = _drawn_longer(longest, SUM * chart.scale_)
    corner, end = begin + longer * part, begin + longer * whole
    kept = next(term.name for term in worked.terms if term.carries)
    tags = _arrow(painter, chart, begin, end, colour, 3.4, f"step{note}", leave=BALL)
    tags += _arrow(painter, chart, begin, corner, style.quiet, 2.2, f"{kept}'s part", dashed=True, leave=BALL)
    return tags + _arrow(painter, chart, corner, end, style.ink, 2.2, "slope's part", dashed=True)


def _drawn_longer(length: float, wanted: float) -> tuple[int, str]:
    """Give how many times as long an arrow is drawn to be seen, and the words that say so."""
    if length >= wanted or length == 0.0:
        return 1, ""
    longer = next((times for times in TIMES if times * length >= wanted), TIMES[-1])
    return longer, f", drawn {longer} × as long"


def _move(painter: QPainter, chart: Chart, frame: Frame, ball: Ball, worked: WorkedStep) -> Tags:
    """Draw the step that is made, and where it began."""
    begin = _ring(painter, chart, ball, worked)
    if not ball.resting or worked.k + 1 >= ball.descent.finite:
        return [Tag("", begin)]
    end = _pixel(chart, ball.descent.trajectory.path[worked.k + 1])
    colour = chart.style_.path(ball.descent.number)
    return [Tag("", begin), *_arrow(painter, chart, begin, end, colour, 4.6, "", leave=BALL, stop=BALL)]


def _check(painter: QPainter, chart: Chart, frame: Frame, ball: Ball, worked: WorkedStep) -> Tags:
    """Write the loss where the step began, and where it ended."""
    t, k = ball.descent.trajectory, worked.k
    begin = _ring(painter, chart, ball, worked)
    tags: Tags = [Tag(f"loss {fixed(float(t.losses[k]))}", begin)]
    if k + 1 >= ball.descent.finite:
        return tags
    end = _pixel(chart, t.path[k + 1])
    colour = chart.style_.path(ball.descent.number)
    tags += _arrow(painter, chart, begin, end, colour, 3.4, "", leave=BALL, stop=BALL)
    before, after = float(t.losses[k]), float(t.losses[k + 1])
    turn = ", higher" if t.evidence.events.uphill[k] else ", lower" if after < before else ""
    return [*tags, Tag(f"loss {fixed(after)}{turn}", end)]


# pieces ---------------------------------------------------------------------------------------------------------------


def _pixel(chart: Chart, point: Array) -> Array:
    return chart.pixels(point[0], point[1])


def _across(chart: Chart, change: Array) -> Array:
    """Give a change of weight and bias in pixels: without the rounding of places that are far away."""
    (x0, x1), (y0, y1) = chart.box.viewRange()
    rect = chart.box.rect()
    with np.errstate(all="ignore"):
        return np.array([change[0] / (x1 - x0) * rect.width(), -change[1] / (y1 - y0) * rect.height()])


def _ring(painter: QPainter, chart: Chart, ball: Ball, worked: WorkedStep) -> Array:
    """Draw an empty marker where the step began; give its place."""
    begin = _pixel(chart, ball.descent.trajectory.path[worked.k])
    at = QPointF(*np.clip(begin, -1e6, 1e6).tolist())
    shape, size, style = marker(ball.descent.number), 6.0 * chart.scale_, chart.style_
    draw_shape(painter, shape, at, size, None, pen(style.casing, 5.0, chart.scale_))
    draw_shape(painter, shape, at, size, color(style.card), pen(style.path(ball.descent.number), 2.2, chart.scale_))
    return begin


def _arrow(
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
    """Draw an arrow, cut to the view; give its label, and the places along it.

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
