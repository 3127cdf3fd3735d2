"""Memory marks: what the selected run's optimizer remembers, as arrows and an ellipse about its ball on the map."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter

from lossviz.scene.frame import Frame
from lossviz.scene.memory import Remembered, remembered
from lossviz.views.arrow import across, drawn_longer, paint_arrow, pixel
from lossviz.views.brushes import color, pen
from lossviz.views.chart import Chart
from lossviz.views.tags import Tag

Array = NDArray[np.float64]
Tags = list[Tag]

LONGEST = 0.36
"""Of the shorter side of the map, the longest of what has the unit of a slope: all of it is drawn to one scale."""
STEP = 28.0
"""Pixels of a step below which it is drawn longer than it is, and says so."""
BALL = 9.0
"""Pixels around the ball that stay free."""


def paint_memory(painter: QPainter, chart: Chart, frame: Frame) -> Tags:
    """Draw slope, velocity or mean slope, step, and the ellipse of the slopes' size, about the selected ball.

    All that has the unit of a slope is drawn to one scale, so that an arrow's length can be held against the ellipse;
    the step has the scale of the map.

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
    if ball is None or not ball.resting or ball.gone or ball.row + 1 > ball.descent.finite:
        return []
    found = remembered(ball.descent.trajectory, ball.row)
    if found is None or not found.finite:
        return []
    begin = pixel(chart, ball.descent.trajectory.path[ball.row])
    if not chart.box.rect().contains(QPointF(*np.clip(begin, -1e6, 1e6).tolist())):
        return []
    painter.save()
    tags = _paint(painter, chart, found, begin, ball.descent.number, ball.row < ball.descent.trajectory.steps)
    painter.restore()
    return tags


def _paint(painter: QPainter, chart: Chart, found: Remembered, begin: Array, number: int, ahead: bool) -> Tags:
    slope = across(chart, -found.slope)
    carried = None if found.carried is None else across(chart, -found.carried)
    size = None if found.size is None else np.abs(across(chart, found.size))
    lengths = [float(np.hypot(*part)) for part in (slope, carried) if part is not None]
    lengths += [] if size is None else size.tolist()
    longest = max(lengths)
    if not (math.isfinite(longest) and longest > 0.0):
        return [Tag("no slope here", begin)]
    rect = chart.box.rect()
    times = LONGEST * min(rect.width(), rect.height()) / longest
    tags: Tags = []
    style = chart.style_
    if size is not None:
        tags += _ellipse(painter, chart, begin, times * size)
    if carried is not None:
        tags += _labelled(painter, chart, begin, times * carried, style.quiet, 3.0, found.name)
    tags += _labelled(painter, chart, begin, times * slope, style.ink, 2.4, "slope")
    if ahead:
        step = across(chart, found.step)
        longer, note = drawn_longer(float(np.hypot(*step)), STEP * chart.scale_)
        tags += _labelled(painter, chart, begin, longer * step, style.path(number), 3.4, f"step{note}", dashed=True)
    return tags


def _labelled(
    painter: QPainter,
    chart: Chart,
    begin: Array,
    way: Array,
    colour: str,
    width: float,
    text: str,
    dashed: bool = False,
) -> Tags:
    """Draw an arrow whose label stands at its tip: at the ball there is little room."""
    end = begin + way
    tags = paint_arrow(painter, chart, begin, end, colour, width, "", dashed=dashed, leave=BALL)
    # the last place that it keeps free is its tip, or where it leaves the view
    return [*tags, Tag(text, tags[-1].at)] if tags else tags


def _ellipse(painter: QPainter, chart: Chart, middle: Array, size: Array) -> Tags:
    """Draw how large the slopes of each parameter have been: half axes in pixels."""
    style, scale = chart.style_, chart.scale_
    fill = QColor(color(style.quiet))
    fill.setAlphaF(0.10)
    painter.setBrush(fill)
    painter.setPen(pen(style.casing, 4.0, scale, 0.8))
    at = QPointF(*middle.tolist())
    painter.drawEllipse(at, *size.tolist())
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen(style.quiet, 1.8, scale))
    painter.drawEllipse(at, *size.tolist())
    # the label at the end of its longer half axis, away from the arrows' ends
    across_it = size[0] >= size[1]
    edge = middle + (np.array([size[0], 0.0]) if across_it else np.array([0.0, -size[1]]))
    return [Tag("size of slopes", edge)]
