"""The plane of the slice view's upper picture: the loss along one parameter, and where everything lies on it."""

from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter

from lossviz.scene.frame import Ball
from lossviz.scene.heights import nice_ticks
from lossviz.scene.scene import Descent
from lossviz.scene.slice import Seen
from lossviz.views.brushes import pen, polygon
from lossviz.views.chart import Chart
from lossviz.views.slice_labels import slice_readout
from lossviz.views.slice_strokes import hop_point, paint_curve

Array = NDArray[np.float64]

REACH = 120.0
"""Pixels that the tangent reaches to either side of the ball."""


class CurvePlane(Chart):
    """The curve of the loss, and where balls, tangent and step lie."""

    bottom_height = 7
    seen: Seen | None = None

    def show_seen(self, seen: Seen) -> None:
        """Show what is seen of a frame."""
        before = self.seen
        self.seen = seen
        scene, line = seen.frame.scene, seen.line
        self.label("", f"{scene.loss_text}, log" if seen.heights.kind == "log" else scene.loss_text)
        # below the smallest loss there is room for the numbers of the balls
        lowest = float(seen.heights.height(seen.heights.lowest))
        self.show_range((scene.surface.domain.w, scene.surface.domain.b)[line.index], (min(0.0, lowest - 0.15), 1.1))
        if before is None or _axis(before) != _axis(seen) or self._runs_key(before) != self._runs_key(seen):
            self.forget_lines()
            self.update()
        super().draw(seen.frame)

    def _runs_key(self, seen: Seen) -> Hashable:
        runs = tuple((ball.descent.number, ball.descent.trajectory) for ball in seen.balls)
        return runs, seen.selected.descent.number if seen.selected else -1, seen.line.parameter

    def range_key(self) -> Hashable:
        """Give what decides where a point is drawn, and on which slice."""
        if self.seen is None:
            return super().range_key()
        return super().range_key(), _axis(self.seen), self.seen.line.held if self.seen.held else None

    def background_key(self) -> Hashable:
        """Give what the background depends on."""
        return self.seen.line if self.seen else None

    def lines_key(self) -> Hashable:
        """Give what the hops depend on."""
        return self._runs_key(self.seen) if self.seen else None

    # geometry -----------------------------------------------------------------------------------------------------

    def pixels(self, x: Array, y: Array) -> Array:
        """Give the pixels (..., 2) of parameters and losses."""
        return super().pixels(x, self.seen.heights.height(y) if self.seen else y)

    def ticks(self) -> tuple[list[float], list[float]]:
        """Give round losses; the parameter's numbers stand below the lower picture."""
        if self.seen is None:
            return [], []
        heights, (low, high) = self.seen.heights, self.box.viewRange()[1]
        losses = heights.ticks()
        if heights.kind == "linear":
            spaces = max(2, int(self.box.rect().height() / (46.0 * self.scale_)))
            losses = nice_ticks(heights.floor, heights.floor + high * (heights.ceiling - heights.floor), spaces)
        return [], [loss for loss in losses if low <= float(heights.height(loss)) <= high]

    def curve(self, descent: Descent) -> Array:
        """Give the rows of a run in pixels."""
        t, i = descent.trajectory, self.index
        return self.pixels(t.path[: descent.finite, i], t.losses[: descent.finite])

    @property
    def index(self) -> int:
        """The parameter's place in theta."""
        return self.seen.line.index if self.seen else 0

    def ball_place(self, ball: Ball) -> Array | None:
        """Give where a ball is, in pixels (2,): on its point or on its arc; None where it is beyond all numbers."""
        points = self.points(ball.descent.number)
        if ball.row >= len(points):
            return None
        if ball.resting or ball.row + 1 >= len(points):
            return np.asarray(points[ball.row])
        return hop_point(points[ball.row], points[ball.row + 1], ball.part, self.scale_)

    def move_place(self) -> Array | None:
        """Give where the step that is looked at begins, in pixels (2,)."""
        move = self.seen.move if self.seen else None
        return None if move is None else self.pixels(np.array(move.at), np.array(move.loss))

    def arrow_ends(self) -> tuple[Array, Array] | None:
        """Give the ends of the arrow of the step, in pixels (2,): its length is the step."""
        move = self.seen.move if self.seen else None
        if move is None or move.step is None:
            return None
        both = self.pixels(np.array([move.at, move.at + move.step]), np.full(2, move.loss))
        return both[0], both[1]

    def tangent(self) -> Array | None:
        """Give the tangent at the step that is looked at, as pixels (n, 2); bent where the axis is logarithmic."""
        move = self.seen.move if self.seen else None
        if move is None or self.seen is None:
            return None
        (x0, x1), width = self.box.viewRange()[0], self.box.rect().width()
        small = 1e-4 * (x1 - x0)
        with np.errstate(all="ignore"):
            ends = self.pixels(move.at + np.array([-small, small]), move.loss + move.slope * np.array([-small, small]))
            length = float(np.hypot(*(ends[1] - ends[0])))
        if not (np.isfinite(length) and length > 0.0):
            return None
        reach = min(REACH * self.scale_, 0.2 * width) / length * 2.0 * small
        away = np.linspace(-reach, reach, 41)
        losses = move.loss + move.slope * away
        if self.seen.heights.kind == "log":
            losses = np.where(losses > self.seen.heights.lowest, losses, np.nan)
        return self.pixels(move.at + away, losses)

    def readout_at(self, position: QPointF) -> str:
        """Say loss and slope on the slice at a pixel."""
        return slice_readout(self, self.seen, position)

    def in_picture(self, at: Array | None, margin: float = 1.0) -> bool:
        """Tell whether a pixel (2,) lies in the picture."""
        rect = self.box.rect().adjusted(-margin, -margin, margin, margin)
        return at is not None and bool(np.all(np.isfinite(at))) and rect.contains(QPointF(*at.tolist()))

    def beside(self, descent: Descent, row: int, at: Array, away: float = 15.0) -> tuple[float, float]:
        """Give a place outside of the valley, along the normal of the curve."""
        t, (x0, x1) = descent.trajectory, self.box.viewRange()[0]
        value, loss, slope = t.path[row, self.index], t.losses[row], t.gradients[row, self.index]
        small = 1e-4 * (x1 - x0)
        with np.errstate(all="ignore"):
            ahead = self.pixels(np.array(value + small), np.array(loss + slope * small)) - at
        length = float(np.hypot(*ahead))
        normal = (
            np.array([-ahead[1], ahead[0]]) / length if np.isfinite(length) and length > 0 else np.array([0.0, 1.0])
        )
        return tuple((at + away * self.scale_ * normal).tolist())

    def change(self) -> tuple[Array, Array, Array, float] | None:
        """Give the change of loss by the step just made: from, to and at the ball, in pixels (2,), and its value."""
        move, ball = (self.seen.move, self.seen.selected) if self.seen else (None, None)
        if move is None or ball is None or not move.row < ball.row < ball.descent.finite:
            return None
        t = ball.descent.trajectory
        value, loss = float(t.path[ball.row, self.index]), float(t.losses[ball.row])
        levels = self.pixels(np.full(2, value), np.array([move.loss, loss]))
        # beside the ball, where it came to: it would hide the end of the arrow
        beside = np.array([16.0 * self.scale_ * (1.0 if value >= move.at else -1.0), 0.0])
        return levels[0] + beside, levels[1] + beside, levels[1], loss - move.loss

    # background ---------------------------------------------------------------------------------------------------

    def paint_background(self, painter: QPainter) -> None:
        """Draw the grid lines, the curve, and shades below it that are those of the map."""
        assert self.seen is not None
        line, rect = self.seen.line, self.box.rect()
        painter.setPen(pen(self.style_.hairline, 1.0, self.scale_, 0.7))
        _, ticks = self.ticks()
        for y in self.pixels(np.zeros(len(ticks)), np.array(ticks))[:, 1].tolist():
            painter.drawLine(QLineF(0.0, round(y), rect.width(), round(y)))
        points = self.pixels(line.values, line.losses)
        good = points[np.all(np.isfinite(points), axis=1)]
        if len(good) > 1:
            area = np.clip(good, -1e5, 1e5)
            below = np.array([[area[-1, 0], rect.bottom()], [area[0, 0], rect.bottom()]])
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._shades())
            painter.drawPolygon(polygon(np.concatenate([area, below])))
        paint_curve(painter, points, rect, pen(self.style_.ramp[0], 2.6, self.scale_))

    def _shades(self) -> QLinearGradient:
        assert self.seen is not None
        heights, rect = self.seen.heights, self.box.rect()
        shading = QLinearGradient(rect.topLeft(), rect.bottomLeft())
        (_, (low, high)), span = self.box.viewRange(), heights.ceiling - heights.floor
        for part in np.linspace(0.0, 1.0, 17).tolist():
            height = high - part * (high - low)
            loss = heights.floor + height * span
            shade = float(heights.shade(loss)) if heights.kind == "linear" else min(max(height, 0.0), 1.0)
            red, green, blue = self.style_.table[round(255.0 * shade)].tolist()
            shading.setColorAt(part, QColor(red, green, blue, 70))
        return shading


def _axis(seen: Seen) -> Hashable:
    h = seen.heights
    return h.kind, h.floor, h.ceiling, h.lowest
