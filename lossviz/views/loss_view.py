"""The loss curve: loss by step, of every run up to the step that is seen."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter

from lossviz.diagnosis.wording import short
from lossviz.scene.clipping import clip_segments
from lossviz.scene.frame import Ball, Frame
from lossviz.views.brushes import color, font, halo_text, pen, text_width
from lossviz.views.chart import Chart

Array = NDArray[np.float64]

WINDOWS = (25, 50, 100, 200, 400, 800)
"""The axis of steps grows in these strides, so that it neither tells the future nor moves at each step."""


class LossView(Chart):
    """Loss by step; the range follows the runs that stay finite, a diverging one leaves through the top."""

    title: ClassVar[str] = "Loss by step"

    def draw(self, frame: Frame) -> None:
        """Show a frame."""
        scene = frame.scene
        self.label("step", scene.loss_text)
        last = float(self._last(frame))
        # the labels at the ends of the curves have their room to the right of the last step
        face = font(self.style_.text * self.scale_)
        tags = max((text_width(descent.tag, face) for descent in scene.shown), default=0.0)
        room, width = tags + 20.0 * self.scale_, self.box.rect().width()
        share = min(0.4, room / width) if width > 0 else 0.0
        self.show_range((-0.02 * last, last / (1.0 - share)), self._vertical(frame))
        super().draw(frame)

    def resizeEvent(self, event: object) -> None:
        """Make room for the labels anew."""
        super().resizeEvent(event)
        if self.frame is not None:
            self.draw(self.frame)

    def _last(self, frame: Frame) -> int:
        steps = frame.scene.steps
        return min(steps, next((w for w in WINDOWS if w >= 1.08 * frame.step), int(np.ceil(1.08 * frame.step))))

    def _vertical(self, frame: Frame) -> tuple[float, float]:
        """Give a range that holds the start and every run that doesn't diverge, and doesn't depend on the step."""
        losses = []
        for descent in frame.scene.shown:
            values = descent.trajectory.losses[: descent.finite]
            if values.size:
                stays = not descent.diverges
                losses.append(np.minimum(values, 3.0 * values[0]) if stays else values[:1])
        high = max((float(np.max(v)) for v in losses), default=1.0)
        low = min((float(np.min(v)) for v in losses), default=0.0)
        if frame.scene.minimum is not None:
            low = min(low, frame.scene.minimum[2])
        span = high - low or abs(high) or 1.0
        top = high + 0.42 * span
        # below the smallest loss there is room for its name; 0 is the floor where it leaves that room
        return (0.0 if 0.13 * top <= low < 0.6 * span else low - 0.15 * (top - low)), top

    def paint_background(self, painter: QPainter) -> None:
        """Draw the grid lines and the smallest possible loss."""
        assert self.frame is not None
        rect = self.box.rect()
        _, ticks = self.ticks()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(pen(self.style_.hairline, 1.0, self.scale_, 0.7))
        for y in self.pixels(np.zeros(len(ticks)), np.array(ticks))[:, 1].tolist():
            painter.drawLine(QLineF(0.0, round(y), rect.width(), round(y)))
        minimum = self.frame.scene.minimum
        if minimum is None:
            return
        y = float(self.pixels(np.array(0.0), np.array(minimum[2]))[1])
        painter.setPen(pen(self.style_.quiet, 1.2, self.scale_, style=Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(0.0, round(y), rect.width(), round(y)))

    def _paint_smallest(self, painter: QPainter, taken: list[tuple[float, float]]) -> None:
        """Name the line of the smallest loss, below it: at the left, or at the right, where nothing else stands.

        Parameters
        ----------
        painter : QPainter
        taken : list of (left, right)
            Where along the line markers and labels stand.
        """
        assert self.frame is not None
        minimum = self.frame.scene.minimum
        if minimum is None:
            return
        text, face = f"smallest possible {short(minimum[2])}", font(self.style_.small * self.scale_)
        y = float(self.pixels(np.array(0.0), np.array(minimum[2]))[1]) + 16.0 * self.scale_
        width, right = text_width(text, face), self.box.rect().width() - 6.0 * self.scale_
        left = 8.0 * self.scale_
        if any(left < end + 8.0 * self.scale_ and begin - 10.0 * self.scale_ < left + width for begin, end in taken):
            left = right - width
        if left < 0 or (any(left < end + 8.0 * self.scale_ for _, end in taken) and left > 8.0 * self.scale_):
            return
        halo_text(painter, QPointF(left, y), text, face, color(self.style_.quiet), color(self.style_.card, 0.9))

    def polyline(self, number: int) -> Array:
        """Give a run's losses by step, in pixels."""
        assert self.frame is not None
        descent = self.frame.scene.descents[number]
        # one row further if there is one: the line must be seen to leave through the top
        losses = descent.trajectory.losses[: descent.finite + 1]
        kept = np.where(np.isfinite(losses), losses, 1e140)
        return self.pixels(np.arange(len(kept), dtype=np.float64), kept)

    def paint_step(self, painter: QPainter, step: int) -> None:
        """Draw the change of loss over one step of each run."""
        assert self.frame is not None
        for descent in self.frame.scene.shown:
            line = self.segment(descent.number, step)
            if line is not None:
                painter.setPen(pen(self.style_.path(descent.number), 2.0, self.scale_))
                painter.drawLine(line)

    def paint_moving(self, painter: QPainter) -> None:
        """Draw the runs' markers at the end of their curves, and their labels."""
        assert self.frame is not None
        rect = self.box.rect()
        tags: list[tuple[str, Array]] = []
        for ball in self.frame.balls:
            at = self._end(ball)
            if not ball.resting and not ball.gone:
                self._paint_hop(painter, ball, at)
            if ball.gone or not rect.adjusted(-1, -1, 1, 1).contains(QPointF(*at.tolist())):
                continue
            self.paint_ball(painter, ball, at)
            tags.append((ball.descent.tag, at))
        face = font(self.style_.text * self.scale_)
        room = 12.0 * self.scale_
        self._paint_smallest(
            painter, [(float(at[0]), float(at[0]) + room + text_width(text, face)) for text, at in tags]
        )
        self._paint_tags_in_column(painter, tags)

    def _paint_tags_in_column(self, painter: QPainter, tags: list[tuple[str, Array]]) -> None:
        """Write the labels at the right of the curves' ends, moved apart up and down where they would overlap."""
        face = font(self.style_.text * self.scale_)
        gap, rect = 1.25 * self.style_.text * self.scale_, self.box.rect()
        tags = sorted(tags, key=lambda tag: float(tag[1][1]))
        heights = [float(at[1]) for _, at in tags]
        for _ in range(8):
            for i in range(len(heights) - 1):
                lack = gap - (heights[i + 1] - heights[i])
                if lack > 0:
                    heights[i] -= lack / 2
                    heights[i + 1] += lack / 2
            below = max([h - (rect.height() - 0.6 * gap) for h in heights], default=0.0)
            if below > 0:
                heights = [h - below if i == len(heights) - 1 else h for i, h in enumerate(heights)]
        for (text, at), y in zip(tags, heights, strict=True):
            left = min(float(at[0]) + 12.0 * self.scale_, rect.width() - text_width(text, face))
            base = QPointF(left, y + 0.36 * self.style_.text * self.scale_)
            halo_text(painter, base, text, face, color(self.style_.ink), color(self.style_.card, 0.9))

    def _paint_hop(self, painter: QPainter, ball: Ball, at: Array) -> None:
        """Draw the part of the step that is done."""
        begin = self.pixels(np.array(ball.row), ball.descent.trajectory.losses[ball.row])
        size = np.array([self.box.rect().width(), self.box.rect().height()])
        starts, ends, seen = clip_segments(begin[None], at[None], np.full(2, -12.0), size + 12.0)
        if seen[0]:
            painter.setPen(pen(self.style_.path(ball.descent.number), 2.0, self.scale_))
            painter.drawLine(QLineF(*starts[0], *ends[0]))

    def _end(self, ball: Ball) -> Array:
        return self.pixels(np.array(ball.row + ball.part), np.array(ball.loss))
