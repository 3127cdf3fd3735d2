"""Runs from random starts on a map: thin lines beneath the paths, and a dot where each of them is."""

from collections.abc import Hashable

import numpy as np
from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QPainter, QPen

from lossviz.descent import Trajectories
from lossviz.scene.frame import places
from lossviz.scene.scene import Descent
from lossviz.views.brushes import small_marker, stroke
from lossviz.views.chart import Chart
from lossviz.views.pieces import pieces_of_many
from lossviz.views.trail import Trail

THIN, DOT = 1.2, 3.0
"""Pixels: the width of a line, and from the middle of a dot to its edge."""
OPACITY = 0.75


class MapCrowds:
    """Draws the crowds of the runs that a chart shows.

    Parameters
    ----------
    chart : Chart
        A map: weight across, bias up.
    """

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self._trail = Trail()
        self._key: Hashable = None
        self._pieces: dict[Trajectories, list[list[QLineF]]] = {}

    @property
    def descents(self) -> list[tuple[Descent, Trajectories]]:
        """The runs that have a crowd."""
        return [(descent, descent.crowd) for descent in self.chart.shown if descent.crowd is not None]

    def paint(self, painter: QPainter, key: Hashable, ratio: float) -> None:
        """Draw the lines up to the step that is seen."""
        frame, descents = self.chart.frame, self.descents
        if frame is None or not descents:
            return
        if key != self._key:
            self._key, self._pieces = key, {}
        crowds = tuple(crowd for _, crowd in descents)
        self._pieces = {crowd: known for crowd, known in self._pieces.items() if crowd in crowds}
        painter.setOpacity(OPACITY)
        if self.chart.quick and frame.row:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for descent, crowd in descents:
                lines = [line for step in self._lines(crowd)[: frame.row] for line in step]
                painter.setPen(self._pen(descent))
                painter.drawLines(lines)
        else:
            numbers = tuple(descent.number for descent, _ in descents)
            picture = self._trail.picture(
                (key, numbers, crowds), frame.row, lambda: self.chart.layer.blank(ratio), self._paint_step
            )
            painter.drawPixmap(QPointF(0, 0), picture)
        painter.setOpacity(1.0)

    def paint_dots(self, painter: QPainter) -> None:
        """Draw where the runs are now."""
        if self.chart.frame is None:
            return
        style, scale, rect = self.chart.style_, self.chart.scale_, self.chart.box.rect()
        for descent, crowd in self.descents:
            pixels = self.chart.pixels(*places(crowd, self.chart.frame.step)[:2])
            with np.errstate(invalid="ignore"):
                seen = np.all((pixels > -DOT * scale) & (pixels < [rect.width() + DOT, rect.height() + DOT]), axis=1)
            for x, y in pixels[seen].tolist():
                small_marker(
                    painter, descent.number, QPointF(x, y), DOT * scale, style.path(descent.number), style.casing, scale
                )

    def _paint_step(self, painter: QPainter, step: int) -> None:
        for descent, crowd in self.descents:
            lines = self._lines(crowd)
            if step < len(lines) and lines[step]:
                painter.setPen(self._pen(descent))
                painter.drawLines(lines[step])

    def _pen(self, descent: Descent) -> QPen:
        return stroke(self.chart.style_.path(descent.number), THIN, self.chart.scale_)

    def _lines(self, crowd: Trajectories) -> list[list[QLineF]]:
        kept = self._pieces.get(crowd)
        if kept is None:
            rect = self.chart.box.rect()
            points = self.chart.pixels(crowd.path[:, 0], crowd.path[:, 1])
            kept = self._pieces[crowd] = pieces_of_many(points, rect.width(), rect.height(), 12.0)
        return kept
