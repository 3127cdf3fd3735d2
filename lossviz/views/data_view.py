"""The data and the models: every sample, and for each run the line or curve of its weight and bias at this step."""

from collections.abc import Hashable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from lossviz.scene.clipping import clip_segments
from lossviz.scene.frame import Ball, Frame
from lossviz.scene.scene import Scene
from lossviz.views.brushes import color, draw_shape, marker, pen
from lossviz.views.chart import Chart

Array = NDArray[np.float64]

CURVE = 161
"""Points of a curve; a line needs two."""
MOST_POINTS = 5000
"""Samples drawn at most: more can't be told apart. Which ones is the same in every picture."""


class DataView(Chart):
    """Samples as dots, models as lines; for labels 0 and 1 the probability and where it is one half."""

    title: ClassVar[str] = "Data and lines"

    @property
    def hint(self) -> str:
        """Say how many samples there are, and how many of them are drawn."""
        if self.frame is None:
            return ""
        data = self.frame.scene.surface.data
        shown = f", {MOST_POINTS:,} drawn" if len(data.x) > MOST_POINTS else ""
        made_up = " (made up)" if data.dataset.made_up else ""
        return f"{len(data.x):,} {data.dataset.many}{made_up}{shown}"

    def draw(self, frame: Frame) -> None:
        """Show a frame."""
        data = frame.scene.surface.data
        binary = frame.scene.surface.measure.binary
        self.label(data.feature_text, f"probability of {data.label}" if binary else data.label_text)
        x, y = data.horizontal, data.y
        across, up = float(np.ptp(x)) or 1.0, float(np.ptp(y)) or 1.0
        low, high = (-0.16, 1.16) if binary else (float(y.min()) - 0.14 * up, float(y.max()) + 0.14 * up)
        self.show_range((float(x.min()) - 0.05 * across, float(x.max()) + 0.05 * across), (low, high))
        super().draw(frame)

    def background_key(self) -> Hashable:
        """Give the data: a changed descent leaves the dots as they are."""
        return self.frame.scene.surface.data if self.frame else None

    def paint_background(self, painter: QPainter) -> None:
        """Draw the samples."""
        assert self.frame is not None
        scene = self.frame.scene
        points = self._dots(scene)
        # the more there are, the smaller and fainter, so that crowds show as shade
        crowd = min(1.0, 250.0 / len(points))
        radius = (1.5 + 1.6 * crowd**0.5) * self.scale_
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(self.style_.data, 0.25 + 0.35 * crowd))
        for x, y in self.pixels(points[:, 0], points[:, 1]).tolist():
            painter.drawEllipse(QPointF(x, y), radius, radius)
        if scene.surface.measure.binary:
            rect = self.box.rect()
            painter.setPen(pen(self.style_.hairline, 1.0, self.scale_))
            for level in (0.0, 0.5, 1.0):
                y = float(self.pixels(np.array(0.0), np.array(level))[1])
                painter.drawLine(QLineF(0.0, y, rect.width(), y))

    def _dots(self, scene: Scene) -> Array:
        data = scene.surface.data
        every = -(-len(data.x) // MOST_POINTS)
        x, y = data.horizontal[::every], data.y[::every]
        if scene.surface.measure.binary:
            # 0 and 1 would lie on two lines: spread outward by the golden ratio, which repeats nowhere
            spread = (np.arange(len(y)) * 0.6180339887498949) % 1.0 * 0.1 + 0.03
            y = np.where(y > 0.5, 1.0 + spread, -spread)
        return np.stack([x, y], axis=1)

    def paint_moving(self, painter: QPainter) -> None:
        """Draw each run's line or curve, then the markers."""
        assert self.frame is not None
        ends: list[tuple[Ball, QPointF]] = []
        tags: list[tuple[str, Array]] = []
        for ball in self.frame.balls:
            place = None if ball.gone else self._paint_model(painter, ball)
            if place is not None:
                tags.append((ball.descent.tag, place))
                ends.append((ball, QPointF(*place.tolist())))
        # after all lines: one line may lie on another's marker
        for ball, at in ends:
            shape, edge = marker(ball.descent.number), pen(self.style_.card, 3.5, self.scale_)
            draw_shape(painter, shape, at, 5.0 * self.scale_, None, edge)
            draw_shape(painter, shape, at, 5.0 * self.scale_, color(self.style_.path(ball.descent.number)), None)
        self.paint_tags(painter, tags, above=True)

    def _paint_model(self, painter: QPainter, ball: Ball) -> Array | None:
        """Draw the model of one run; give where its marker stands."""
        assert self.frame is not None
        scene, rect = self.frame.scene, self.box.rect()
        surface = scene.surface
        binary = surface.measure.binary
        (x0, x1), _ = self.box.viewRange()
        straight = surface.model.name == "linear" and surface.data.feature_line is not None
        x = np.linspace(x0, x1, 2 if straight else CURVE)
        with np.errstate(all="ignore"):
            y = surface.predict(surface.data.x_of(x), ball.w, ball.b)
        points = self.pixels(x, y)
        size = np.array([rect.width(), rect.height()])
        starts, ends, seen = clip_segments(points[:-1], points[1:], np.zeros(2), size)
        colour = self.style_.path(ball.descent.number)
        if not np.any(seen):
            return None
        # as one polyline each time: separate pieces would show their round ends in the casing
        chain = QPolygonF([QPointF(*p) for p in [starts[seen][0].tolist(), *ends[seen].tolist()]])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen(self.style_.card, 4.2, self.scale_, 0.8))
        painter.drawPolyline(chain)
        painter.setPen(pen(colour, 2.2, self.scale_))
        painter.drawPolyline(chain)
        if binary and ball.w != 0.0:
            self._paint_boundary(painter, ball, colour)
        # the marker a little inside, each run's at another place, so that equal lines stay told apart
        at = starts[seen][0] + (ends[seen][-1] - starts[seen][0]) * (0.86 - 0.11 * (ball.descent.number % 5))
        if not straight:
            at = starts[seen][int((0.86 - 0.11 * (ball.descent.number % 5)) * (np.count_nonzero(seen) - 1))]
        return at

    def _paint_boundary(self, painter: QPainter, ball: Ball, colour: str) -> None:
        """Draw where the probability is one half: x = −b/w."""
        assert self.frame is not None
        line = self.frame.scene.surface.data.feature_line
        x = -ball.b / ball.w
        if line is not None:
            x = (x - line.shift) / line.scale
        (x0, x1), _ = self.box.viewRange()
        if x0 <= x <= x1:
            px = float(self.pixels(np.array(x), np.array(0.5))[0])
            painter.setPen(pen(colour, 1.4, self.scale_, style=Qt.PenStyle.DashLine))
            painter.drawLine(QLineF(px, 0.0, px, self.box.rect().height()))
