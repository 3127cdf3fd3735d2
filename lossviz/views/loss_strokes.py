"""Loss strokes: what each step adds to a run's loss curve: its line or band, its average, looks, and clipped slopes."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from lossviz.scene.looks import looks
from lossviz.scene.scene import Descent
from lossviz.scene.style import mixed
from lossviz.views.band import band, dense_from
from lossviz.views.brushes import color, draw_shape, marker, pen, stroke
from lossviz.views.chart import BEYOND, Chart
from lossviz.views.dashes import Dashes
from lossviz.views.pieces import cut, pieces
from lossviz.views.sketch import sketch

Array = NDArray[np.float64]

WIDE = 2.0
"""Pixels of a curve's line."""
THIN, QUIET = 1.3, 0.35
"""The same of a run that somebody looks at now and then, and how far its colour is mixed with the ground."""
SHADE = 0.5
"""The opacity of a band."""
DOT = 3.0
"""Pixels of a look's radius; two of them stand three times as far apart at least."""
TICK = (5.0, 11.0)
"""Pixels from the curve to both ends of a tick."""
TICKS_APART = 3.0


class LossStrokes:
    """The strokes of one run in the pixels of a chart; made anew when range, size or run change.

    Parameters
    ----------
    chart : Chart
    descent : Descent
    points, average : array (n, 2)
        The losses of its rows, and those of its average; none where it has no average.
    """

    def __init__(self, chart: Chart, descent: Descent, points: Array, average: Array) -> None:
        self.chart, self.descent, self.points, self._average = chart, descent, points, average
        t = descent.trajectory
        noisy = t.conditions.batch_size is not None
        self._dense = dense_from(points, chart.scale_) if noisy else max(0, len(points) - 1)
        self._looks = looks(t)

    @cached_property
    def lines(self) -> dict[int, QLineF]:
        """What steps add to the curve before its band."""
        rect = self.chart.box.rect()
        rows, lines = cut(self.points[: self._dense + 1], rect.width(), rect.height(), BEYOND * self.chart.scale_)
        return {row: QLineF(*line) for row, line in zip(rows.tolist(), lines.tolist(), strict=True)}

    @cached_property
    def band(self) -> dict[int, QRectF]:
        """What steps add to the band."""
        scale = self.chart.scale_
        return band(self.points, self._dense, self.chart.box.rect().height(), BEYOND * scale, scale)

    @cached_property
    def _dashes(self) -> Dashes | None:
        if not len(self._average):
            return None
        rect = self.chart.box.rect()
        return Dashes(self._average, rect.width(), rect.height(), BEYOND * self.chart.scale_)

    @cached_property
    def _joins(self) -> dict[int, QLineF]:
        """The lines from look to look, by the step that ends with the later one."""
        rows = self._looks[self._looks < len(self.points)]
        rect = self.chart.box.rect()
        found = pieces(self.points[rows], rect.width(), rect.height(), BEYOND * self.chart.scale_)
        return {int(row) - 1: line for row, line in zip(rows[1:], found, strict=True) if line is not None}

    @cached_property
    def _dots(self) -> dict[int, QPointF]:
        """Where the looks' dots stand, by the step that ends there; that of row 0 comes with the first step."""
        rows = self._looks[self._looks < len(self.points)]
        return {max(0, row - 1): at for row, at in self._apart(rows, 3.0 * DOT).items()}

    @cached_property
    def _ticks(self) -> dict[int, QPointF]:
        """Where a slope was clipped."""
        clips = self.descent.trajectory.clips
        return self._apart(clips[clips < len(self.points)], TICKS_APART)

    def _apart(self, rows: NDArray[np.intp], least: float) -> dict[int, QPointF]:
        """Give the places of rows that are seen and far enough from the one before."""
        least, rect = least * self.chart.scale_, self.chart.box.rect()
        found: dict[int, QPointF] = {}
        last = QPointF(-1e9, 0.0)
        for row, (x, y) in zip(rows.tolist(), np.clip(self.points[rows], -1e6, 1e6).tolist(), strict=True):
            if x - last.x() >= least and rect.contains(x, y):
                last = found[row] = QPointF(x, y)
        return found

    @cached_property
    def _more(self) -> set[int]:
        """The steps that add something beside the curve."""
        dashes = self._dashes.steps if self._dashes is not None else ()
        return {*dashes, *self._joins, *self._dots, *self._ticks}

    @cached_property
    def steps(self) -> NDArray[np.intp]:
        """The steps that add anything, in any order."""
        return np.array([*self.lines, *self.band, *self._more], dtype=np.intp)

    @cached_property
    def _shade(self) -> QColor:
        return color(self.chart.style_.path(self.descent.number), SHADE)

    @cached_property
    def _pen(self) -> QPen:
        style, scale = self.chart.style_, self.chart.scale_
        colour = style.path(self.descent.number)
        if len(self._looks):
            return stroke(mixed(colour, style.card, QUIET), THIN, scale)
        return stroke(colour, WIDE, scale)

    def paint(self, painter: QPainter, step: int) -> None:
        """Draw what a step adds."""
        if (line := self.lines.get(step)) is not None:
            painter.setPen(self._pen)
            painter.drawLine(line)
        if (box := self.band.get(step)) is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.fillRect(box, self._shade)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if step in self._more:
            self._paint_more(painter, step)

    def paint_quickly(self, painter: QPainter, row: int) -> None:
        """Draw all steps before a row, as quickly as can be."""
        chart = self.chart
        points = self.points[: min(row, self._dense) + 1]
        sketch(painter, points, chart.box.rect(), BEYOND * chart.scale_, self._pen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for step, box in self.band.items():
            if step >= row:
                break
            painter.fillRect(box, self._shade)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for step in sorted(self._more):
            if step < row:
                self._paint_more(painter, step)

    def _paint_more(self, painter: QPainter, step: int) -> None:
        """Draw what a step adds beside the curve."""
        style, scale = self.chart.style_, self.chart.scale_
        colour = style.path(self.descent.number)
        if self._dashes is not None:
            self._dashes.paint(painter, step, color(colour), 1.8, scale)
        if (join := self._joins.get(step)) is not None:
            dotted = QPen(color(colour), 2.0 * scale)
            dotted.setCapStyle(Qt.PenCapStyle.RoundCap)
            dotted.setDashPattern([0.1, 2.2])
            painter.setPen(dotted)
            painter.drawLine(join)
        if (dot := self._dots.get(step)) is not None:
            draw_shape(painter, marker(0), dot, DOT * scale, color(style.card), pen(colour, 1.8, scale))
        if (at := self._ticks.get(step)) is not None:
            near, far = (reach * scale for reach in TICK)
            # below it where there is no room above
            way = -1.0 if at.y() > far else 1.0
            painter.setPen(pen(colour, 1.6, scale))
            painter.drawLine(QLineF(at.x(), at.y() + way * near, at.x(), at.y() + way * far))
