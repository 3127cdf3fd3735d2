"""The loss curve: loss by step, of every run up to the step that is seen."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from lossviz.diagnosis.wording import short
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
        self.show_range((-0.045 * last, last / (1.0 - share)), self._vertical(frame))
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
        if frame.minimum is not None:
            low = min(low, frame.minimum[2])
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
        minimum = self.frame.minimum
        if minimum is None:
            return
        y = float(self.pixels(np.array(0.0), np.array(minimum[2]))[1])
        painter.setPen(pen(self.style_.quiet, 1.2, self.scale_, style=Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(0.0, round(y), rect.width(), round(y)))

    def _paint_smallest(self, painter: QPainter, taken: list[QRectF]) -> None:
        """Name the line of the smallest loss, below it: where no label stands, at the left if possible."""
        assert self.frame is not None
        minimum = self.frame.minimum
        if minimum is None:
            return
        scale, rect = self.scale_, self.box.rect()
        text, face = f"smallest possible {short(minimum[2])}", font(self.style_.small * scale)
        line = float(self.pixels(np.array(0.0), np.array(minimum[2]))[1])
        width, height = text_width(text, face), self.style_.small * scale
        for down in (16.0, 34.0):
            y = line + down * scale
            for left in (8.0 * scale, rect.width() - width - 6.0 * scale):
                place = QRectF(left - 4.0 * scale, y - height, width + 8.0 * scale, height)
                if rect.contains(place) and not any(place.intersects(label) for label in taken):
                    halo_text(
                        painter, QPointF(left, y), text, face, color(self.style_.quiet), color(self.style_.card, 0.9)
                    )
                    return

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
        size = self.style_.text * self.scale_
        taken = [QRectF(float(at[0]) - size, float(at[1]) - size, 2.0 * size, 2.0 * size) for _, at in tags]
        for (text, at), y in zip(tags, heights, strict=True):
            left = min(float(at[0]) + 12.0 * self.scale_, rect.width() - text_width(text, face))
            base = QPointF(left, y + 0.36 * self.style_.text * self.scale_)
            halo_text(painter, base, text, face, color(self.style_.ink), color(self.style_.card, 0.9))
            taken.append(QRectF(left, y - 0.6 * size, text_width(text, face), 1.2 * size))
        self._paint_smallest(painter, taken)

    def _paint_hop(self, painter: QPainter, ball: Ball, at: Array) -> None:
        """Draw the part of the step that is done."""
        begin = self.pixels(np.array(ball.row), ball.descent.trajectory.losses[ball.row])
        line = self.hop(begin, at)
        if line is not None:
            painter.setPen(pen(self.style_.path(ball.descent.number), 2.0, self.scale_))
            painter.drawLine(line)

    def _end(self, ball: Ball) -> Array:
        return self.pixels(np.array(ball.row + ball.part), np.array(ball.loss))
