"""Step arrows: one step on the map part by part: its slope, what rate and rule make of it, the move, the check."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from lossviz.numerals import fixed
from lossviz.scene.frame import Ball, Frame
from lossviz.scene.micro_steps import step_meant
from lossviz.scene.terms import WorkedStep, worked_step
from lossviz.views.arrow import across, drawn_longer, paint_arrow, pixel
from lossviz.views.brushes import color, draw_shape, marker, pen
from lossviz.views.chart import Chart
from lossviz.views.tags import Tag

Array = NDArray[np.float64]
Tags = list[Tag]

SHORTEST, LONGEST = 34.0, 96.0
"""Pixels of the slope's arrow: of the flattest slope, and of the steepest so far."""
BALL = 9.0
"""Pixels around a ball that stay free."""
PLAIN, SUM = 28.0, 64.0
"""Pixels of a step, or of the longest arrow of a sum, below which it is drawn longer than it is, and says so."""


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
    begin = pixel(chart, t.path[worked.k])
    way = across(chart, down)
    length = float(np.hypot(*way))
    if not (math.isfinite(length) and length > 0.0):
        return [Tag("no slope here", begin)]
    norms = np.sqrt(np.sum(t.gradients[: worked.k + 1, free] ** 2, axis=1))
    share = math.sqrt(float(norms[-1] / max(np.max(norms), 1e-300)))
    reach = (SHORTEST + (LONGEST - SHORTEST) * share) * chart.scale_
    return paint_arrow(painter, chart, begin, begin + way / length * reach, chart.style_.ink, 2.6, "slope", leave=BALL)


def _rate(painter: QPainter, chart: Chart, frame: Frame, ball: Ball, worked: WorkedStep) -> Tags:
    """Draw the step from the ball to where it will land; where the rule has a velocity, as the sum of two parts."""
    begin = pixel(chart, ball.descent.trajectory.path[worked.k])
    whole, colour, style = across(chart, worked.step), chart.style_.path(ball.descent.number), chart.style_
    if worked.carried is None or not np.any(worked.carried):
        text = "rate × slope" if set(worked.terms[-1].tree.symbols()) == {"η", "g"} else "step"
        longer, note = drawn_longer(float(np.hypot(*whole)), PLAIN * chart.scale_)
        return paint_arrow(painter, chart, begin, begin + longer * whole, colour, 3.4, text + note, leave=BALL)
    part = across(chart, worked.carried)
    with np.errstate(all="ignore"):
        longest = float(np.max([np.hypot(*arrow) for arrow in (whole, part, whole - part)]))
    if not math.isfinite(longest):
        return []
    longer, note = drawn_longer(longest, SUM * chart.scale_)
    corner, end = begin + longer * part, begin + longer * whole
    kept = next(term.name for term in worked.terms if term.carries)
    tags = paint_arrow(painter, chart, begin, end, colour, 3.4, f"step{note}", leave=BALL)
    tags += paint_arrow(painter, chart, begin, corner, style.quiet, 2.2, f"{kept}'s part", dashed=True, leave=BALL)
    return tags + paint_arrow(painter, chart, corner, end, style.ink, 2.2, "slope's part", dashed=True)


def _move(painter: QPainter, chart: Chart, frame: Frame, ball: Ball, worked: WorkedStep) -> Tags:
    """Draw the step that is made, and where it began."""
    begin = _ring(painter, chart, ball, worked)
    if not ball.resting or worked.k + 1 >= ball.descent.finite:
        return [Tag("", begin)]
    end = pixel(chart, ball.descent.trajectory.path[worked.k + 1])
    colour = chart.style_.path(ball.descent.number)
    return [Tag("", begin), *paint_arrow(painter, chart, begin, end, colour, 4.6, "", leave=BALL, stop=BALL)]


def _check(painter: QPainter, chart: Chart, frame: Frame, ball: Ball, worked: WorkedStep) -> Tags:
    """Write the loss where the step began, and where it ended."""
    t, k = ball.descent.trajectory, worked.k
    begin = _ring(painter, chart, ball, worked)
    tags: Tags = [Tag(f"loss {fixed(float(t.losses[k]))}", begin)]
    if k + 1 >= ball.descent.finite:
        return tags
    end = pixel(chart, t.path[k + 1])
    colour = chart.style_.path(ball.descent.number)
    tags += paint_arrow(painter, chart, begin, end, colour, 3.4, "", leave=BALL, stop=BALL)
    before, after = float(t.losses[k]), float(t.losses[k + 1])
    turn = ", higher" if t.evidence.events.uphill[k] else ", lower" if after < before else ""
    return [*tags, Tag(f"loss {fixed(after)}{turn}", end)]


# pieces ---------------------------------------------------------------------------------------------------------------


def _ring(painter: QPainter, chart: Chart, ball: Ball, worked: WorkedStep) -> Array:
    """Draw an empty marker where the step began; give its place."""
    begin = pixel(chart, ball.descent.trajectory.path[worked.k])
    at = QPointF(*np.clip(begin, -1e6, 1e6).tolist())
    shape, size, style = marker(ball.descent.number), 6.0 * chart.scale_, chart.style_
    draw_shape(painter, shape, at, size, None, pen(style.casing, 5.0, chart.scale_))
    draw_shape(painter, shape, at, size, color(style.card), pen(style.path(ball.descent.number), 2.2, chart.scale_))
    return begin
