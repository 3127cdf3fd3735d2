"""Schedule strip: the learning rate of every run's steps, under the loss curve and on the same axis."""

from collections.abc import Hashable, Iterable
from itertools import pairwise
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QPainter

from lossviz.scene.cost import cost_of_ball, costs, kind_of
from lossviz.scene.frame import Ball, Frame
from lossviz.scene.scales import Scale
from lossviz.scene.scene import Descent
from lossviz.scene.schedule_strip import rate_range, rates_text
from lossviz.scene.style import Style
from lossviz.views.brushes import color, draw_shape, marker, pen, stroke
from lossviz.views.chart import Chart

Array = NDArray[np.float64]

BELOW = 1e6
"""Pixels down: where a logarithmic axis has no place for a rate, its line leaves through the bottom."""
LINE = 1.8
"""Pixels of a line."""
NARROW = 6.0
"""Pixels of a step below which its stair is not told from a slope, which is smoother."""


class ScheduleStrip(Chart):
    """The rates as stairs: each holds for its step; the marker is at the one of the step that was made last."""

    title: ClassVar[str] = "Learning rate"
    hurries: ClassVar[bool] = True

    def __init__(self, style: Style, scale: float = 1.0) -> None:
        self._busy: tuple[tuple[Descent, ...], NDArray[np.intp]] | None = None
        super().__init__(style, scale)

    def follow(self, frame: Frame, across: tuple[float, float], scale: Scale, name: str) -> None:
        """Show a frame on the loss curve's horizontal axis: its range, its division and its name."""
        rates, up = rate_range(frame)
        self.label(name, "rate" if up.linear else "rate, log")
        before = self.frame
        if before is not None and kind_of(before.scene) != kind_of(frame.scene):
            self.forget_lines()
        self.show_range(across, rates, (scale, up))
        self.draw(frame)

    @property
    def _kind(self) -> str:
        """What the horizontal axis counts."""
        return kind_of(self.frame.scene) if self.frame is not None else ""

    def range_key(self) -> Hashable:
        """Give what decides where a point is drawn: what the axis counts too."""
        return super().range_key(), self._kind

    def background_key(self) -> Hashable:
        """Give nothing: grid lines depend on the range alone."""
        return ()

    def tick_text(self, value: float, spacing: float, upright: bool) -> str:
        """Write the number of a tick, on the horizontal axis as the loss curve does."""
        parent = self.parentItem()
        if upright or not isinstance(parent, Chart):
            return super().tick_text(value, spacing, upright)
        return parent.tick_text(value, spacing, upright)

    def paint_background(self, painter: QPainter) -> None:
        """Draw the grid lines."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(pen(self.style_.hairline, 1.0, self.scale_, 0.7))
        for tick in self.ticks()[1]:
            y = round(float(self.pixels(np.array(0.0), np.array(tick))[1]))
            painter.drawLine(QLineF(0.0, y, self.box.rect().width(), y))

    def curve(self, descent: Descent) -> Array:
        """Give the stairs: two points a step, from its begin to its end; narrow ones are a slope."""
        t = descent.trajectory
        if not t.steps:
            return np.empty((0, 2))
        rates = np.repeat(np.nan_to_num(t.learning_rates, nan=-1.0, posinf=1e140, neginf=-1.0), 2)
        points = self.pixels(np.repeat(costs(descent, self._kind), 2)[1:-1], rates)
        points[:, 1] = np.where(np.isposinf(points[:, 1]), BELOW, points[:, 1])
        narrow = 2 * np.flatnonzero(points[3::2, 0] - points[2::2, 0] < NARROW * self.scale_) + 2
        points[narrow] = points[narrow - 1]
        return points

    def busy_steps(self, first: int, last: int) -> Iterable[int]:
        """Give the steps that draw anything: of many to a pixel few do."""
        if self._busy is None or self._busy[0] != self.shown:
            drawn = (i for d in self.shown for i, piece in enumerate(self.segments(d.number)) if piece is not None)
            self._busy = self.shown, np.unique((np.fromiter(drawn, dtype=np.intp) + 1) // 2)
        steps = self._busy[1]
        return steps[slice(*np.searchsorted(steps, [first, last]))].tolist()

    def forget_lines(self) -> None:
        """Compute lines anew."""
        super().forget_lines()
        self._busy = None

    def forget_line(self, line: Descent | int) -> None:
        """Compute the line of one run anew."""
        super().forget_line(line)
        self._busy = None

    def paint_step(self, painter: QPainter, step: int) -> None:
        """Draw the way to a step's rate, and that rate."""
        for descent in self.shown:
            painter.setPen(stroke(self.style_.path(descent.number), LINE, self.scale_))
            for piece in (2 * step - 1, 2 * step):
                line = self.segment(descent.number, piece) if piece >= 0 else None
                if line is not None:
                    painter.drawLine(line)

    def paint_quickly(self, painter: QPainter, row: int) -> None:
        """Draw the stairs one after the other."""
        for descent in self.shown:
            self.paint_run_quickly(painter, descent.number, 2 * row - 1, cased=False)

    def paint_moving(self, painter: QPainter) -> None:
        """Draw the steps that are under way, and the markers."""
        assert self.frame is not None
        ends: list[tuple[Ball, Array]] = []
        for ball in self.frame.balls:
            t = ball.descent.trajectory
            if not t.steps or ball.gone:
                continue
            under_way = not ball.resting
            k = min(ball.row, t.steps - 1) if under_way else max(0, ball.row - 1)
            at = self.pixels(np.array(cost_of_ball(ball, self._kind)), np.array(t.learning_rates[k]))
            if not np.all(np.isfinite(at)):
                continue
            if under_way:
                painter.setPen(stroke(self.style_.path(ball.descent.number), LINE, self.scale_))
                points = self.points(ball.descent.number)
                turns = ([points[2 * k - 1]] if k else []) + [points[2 * k], at]
                for begin, end in pairwise(turns):
                    if (line := self.hop(begin, end)) is not None:
                        painter.drawLine(line)
            ends.append((ball, at))
        room = self.box.rect().adjusted(-1, -1, 1, 1)
        for ball, at in ends:
            place = QPointF(*np.clip(at, -1e6, 1e6).tolist())
            if room.contains(place):
                shape, size = marker(ball.descent.number), 4.5 * self.scale_
                draw_shape(painter, shape, place, size, None, pen(self.style_.casing, 4.0, self.scale_))
                draw_shape(painter, shape, place, size, color(self.style_.path(ball.descent.number)), None)

    def readout_at(self, position: QPointF) -> str:
        """Tell the rates at a place, that of the nearest run first."""
        if self.frame is None:
            return ""
        cost, _ = self.values_at(position)
        shown = [d for d in self.shown if d.trajectory.steps]
        height = position.y()

        def away(descent: Descent) -> float:
            rows = costs(descent, self._kind)
            k = min(max(int(np.searchsorted(rows, cost, side="right")) - 1, 0), descent.trajectory.steps - 1)
            return abs(float(self.points(descent.number)[2 * k, 1]) - height)

        return rates_text(self.frame, cost, min(shown, key=away, default=None))
