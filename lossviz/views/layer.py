"""Layer: what a chart draws inside its axes: kept pictures of what stands still, and over them what moves."""

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsItem

from lossviz.views.stamps import pixel_ratio
from lossviz.views.trail import Trail

if TYPE_CHECKING:
    from lossviz.views.chart import Chart

GHOST = 0.42
"""Opacity of the runs before the last change."""


class Coat(Protocol):
    """Something between the background and the lines, which keeps its own pictures."""

    def paint(self, painter: QPainter, key: Hashable, ratio: float) -> None:
        """Draw it; `key` says what range, size and style it is drawn for."""


class Layer(QGraphicsItem):
    """Draws a chart's content in the pixels of its view box.

    Parameters
    ----------
    chart : Chart
        Asked for its background, its lines step by step, and what moves.
    """

    def __init__(self, chart: "Chart") -> None:
        super().__init__(chart.box)
        self.chart = chart
        self.setZValue(10)
        # nothing is ever drawn outside the view box
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemClipsToShape)
        self.coats: tuple[Coat, ...] = ()
        self._pictures: dict[str, tuple[Hashable, QPixmap]] = {}
        self._trail, self._ghost_trail = Trail(), Trail()

    def boundingRect(self) -> QRectF:
        """Give the view box's rectangle."""
        return self.chart.box.rect()

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Put the kept pictures on the screen, add the new lines to them, then draw what moves."""
        chart = self.chart
        if chart.frame is None or self.boundingRect().isEmpty():
            return
        ratio = pixel_ratio(painter)
        key = (chart.range_key(), ratio, chart.style_.name, chart.scale_)
        painter.drawPixmap(QPointF(0, 0), self._background(key, ratio))
        for coat in self.coats:
            coat.paint(painter, key, ratio)
        if chart.ghosts:
            # faint as a whole: its pieces would show where they meet
            painter.setOpacity(GHOST)
            painter.drawPixmap(QPointF(0, 0), self._ghost_lines(key, ratio))
            painter.setOpacity(1.0)
        row = chart.frame.row
        if chart.quick and row:
            # straight onto the screen: it will be another one next time
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            chart.paint_quickly(painter, row)
        else:
            painter.drawPixmap(QPointF(0, 0), self._lines(key, row, ratio))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chart.paint_moving(painter)

    def _background(self, key: Hashable, ratio: float) -> QPixmap:
        chart = self.chart
        return self._picture("background", (key, chart.background_key()), ratio, chart.paint_background)

    def _lines(self, key: Hashable, row: int, ratio: float) -> QPixmap:
        key = (key, self.chart.lines_key())
        chart = self.chart
        return self._trail.picture(key, row, lambda: self.blank(ratio), chart.paint_step, chart.busy_steps)

    def _ghost_lines(self, key: Hashable, ratio: float) -> QPixmap:
        chart, key = self.chart, (key, self.chart.ghosts)
        row = chart.frame.row if chart.frame else 0
        if chart.quick and row:
            return self._picture("ghosts", (key, row), ratio, lambda painter: chart.paint_ghosts_quickly(painter, row))
        return self._ghost_trail.picture(key, row, lambda: self.blank(ratio), chart.paint_ghost_step)

    def _picture(self, name: str, key: Hashable, ratio: float, paint: Callable[[QPainter], None]) -> QPixmap:
        """Give a kept picture, painted anew where its key is another one."""
        kept = self._pictures.get(name)
        if kept is None or kept[0] != key:
            pixmap = self.blank(ratio)
            painter = QPainter(pixmap)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint(painter)
            painter.end()
            kept = self._pictures[name] = (key, pixmap)
        return kept[1]

    def blank(self, ratio: float) -> QPixmap:
        """Give an empty picture of the view box's size."""
        rect = self.boundingRect()
        pixmap = QPixmap(max(1, round(rect.width() * ratio)), max(1, round(rect.height() * ratio)))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        return pixmap
