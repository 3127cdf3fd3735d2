"""Averages: on the map, the running mean of each run's path that keeps one, dashed and faint, with a hollow end."""

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from lossviz.scene.scene import Descent
from lossviz.views.brushes import color, draw_shape, marker, pen
from lossviz.views.chart import BEYOND, Chart
from lossviz.views.dashes import Dashes

FAINT = 0.75
"""The opacity of the dashes."""


class Averages:
    """Draws the means of a chart's runs.

    Parameters
    ----------
    chart : Chart
        Of weight and bias.
    """

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self._kept: dict[Descent | int, Dashes] = {}

    def forget(self, line: Descent | int | None = None) -> None:
        """Compute the line of a run, or of all, anew when it is drawn next."""
        if line is None:
            self._kept.clear()
        else:
            self._kept.pop(line, None)

    def paint_step(self, painter: QPainter, step: int) -> None:
        """Draw what a step adds."""
        chart = self.chart
        for descent in chart.shown:
            if descent.trajectory.average is not None:
                colour = color(chart.style_.path(descent.number), FAINT)
                self._dashes(descent).paint(painter, step, colour, 1.6, chart.scale_)

    def paint_ends(self, painter: QPainter) -> None:
        """Draw a small hollow marker where each mean is."""
        chart = self.chart
        assert chart.frame is not None
        for descent in chart.shown:
            mean = descent.trajectory.average
            row = min(chart.frame.row, descent.trajectory.steps)
            if mean is None or row == 0 or row >= descent.finite or not np.all(np.isfinite(mean[row])):
                continue
            at = QPointF(*np.clip(chart.pixels(*mean[row]), -1e6, 1e6).tolist())
            if chart.box.rect().contains(at):
                edge, shape = pen(chart.style_.path(descent.number), 1.8, chart.scale_), marker(descent.number)
                draw_shape(painter, shape, at, 4.0 * chart.scale_, color(chart.style_.card, 0.85), edge)

    def _dashes(self, descent: Descent) -> Dashes:
        kept = self._kept.get(descent.number)
        if kept is None:
            mean, rect = descent.trajectory.average, self.chart.box.rect()
            assert mean is not None
            points = self.chart.pixels(*mean[: descent.finite].T)
            made = Dashes(points, rect.width(), rect.height(), BEYOND * self.chart.scale_)
            kept = self._kept[descent.number] = made
        return kept
