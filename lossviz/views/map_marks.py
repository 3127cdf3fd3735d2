"""The stationary points on a map: drawn once beneath the paths; full stars over them, where there are few."""

from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPixmap

from lossviz.diagnosis.nature import StationaryPoint
from lossviz.scene.landmarks import landmark_text, landmarks
from lossviz.views.chart import Chart
from lossviz.views.stationary_marks import (
    LOCAL,
    many,
    mark_size,
    paint_line_dot,
    paint_stationary,
    positions,
    radius,
)

Array = NDArray[np.float64]

NEAR = 8.0
"""Pixels from a mark at which the hand points at it."""


class MapMarks:
    """Draws the landmarks of the frame that a chart shows, and tells of them.

    Parameters
    ----------
    chart : Chart
        A map: weight across, bias up.
    """

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self._kept: tuple[Hashable, QPixmap] | None = None

    @property
    def points(self) -> tuple[StationaryPoint, ...]:
        """What is marked."""
        return landmarks(self.chart.frame) if self.chart.frame is not None else ()

    def paint(self, painter: QPainter, key: Hashable, ratio: float) -> None:
        """Draw all marks but the full stars that come later."""
        points = self.points
        if not points:
            return
        key = (key, points)
        if self._kept is None or self._kept[0] != key:
            picture = self.chart.layer.blank(ratio)
            onto = QPainter(picture)
            onto.setRenderHint(QPainter.RenderHint.Antialiasing)
            for point in points:
                for w, b in point.along:
                    paint_line_dot(onto, self._at(w, b), self.chart.style_, self.chart.scale_)
            # the best ones last: they lie over the others
            self._paint(onto, [p for p in points if not p.is_minimum])
            self._paint(onto, [p for p in points if p.is_minimum and (many(points) or not p.is_global)])
            onto.end()
            self._kept = (key, picture)
        painter.drawPixmap(QPointF(0, 0), self._kept[1])

    def paint_best(self, painter: QPainter) -> None:
        """Draw the full stars over the paths, where there are few."""
        points = self.points
        if not many(points):
            self._paint(painter, [point for point in points if point.is_global])

    def obstacles(self) -> list[QRectF]:
        """Give what labels are to leave free: the minima, where there are few."""
        points = [] if many(self.points) else [point for point in self.points if point.is_minimum]
        reaches = [(radius(point, self._size) + 1.0) * self.chart.scale_ for point in points]
        places = [self._at(*point.position) for point in points]
        return [
            QRectF(at.x() - reach, at.y() - reach, 2.0 * reach, 2.0 * reach)
            for at, reach in zip(places, reaches, strict=True)
        ]

    def readout_at(self, position: QPointF) -> str:
        """Tell of the point under the hand; "" where there is none."""
        points = self.points
        if not points or self.chart.frame is None:
            return ""
        # of a line of minima all its points are meant
        owners = [point for point in points for _ in (point.position, *point.along)]
        places = np.array([place for point in points for place in (point.position, *point.along)])
        pixels = self.chart.pixels(places[:, 0], places[:, 1])
        away = np.hypot(pixels[:, 0] - position.x(), pixels[:, 1] - position.y())
        nearest = int(np.argmin(away))
        near = max(NEAR * self._size, LOCAL / 2.0) * self.chart.scale_
        return landmark_text(self.chart.frame.scene, owners[nearest]) if away[nearest] <= near else ""

    @property
    def _size(self) -> float:
        return mark_size(len(self.points), self.chart.box.rect())

    def _paint(self, painter: QPainter, points: list[StationaryPoint]) -> None:
        pixels = self.chart.pixels(*positions(points))
        size = self._size
        for point, (x, y) in zip(points, pixels.tolist(), strict=True):
            paint_stationary(painter, point, QPointF(x, y), self.chart.style_, self.chart.scale_, size)

    def _at(self, w: float, b: float) -> QPointF:
        return QPointF(*self.chart.pixels(np.array(w), np.array(b)).tolist())
