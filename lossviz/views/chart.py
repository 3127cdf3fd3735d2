"""Chart: a view with two axes, and a layer that keeps what it has drawn and adds only what is new."""

from collections.abc import Hashable

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsItem

from lossviz.scene.clipping import clip_segments
from lossviz.scene.frame import Ball, Frame
from lossviz.scene.heights import nice_ticks
from lossviz.scene.style import Style
from lossviz.views.brushes import casing, color, draw_shape, font, marker, pen, text_width
from lossviz.views.tags import paint_tags
from lossviz.views.trail import Trail
from lossviz.views.view import View

Array = NDArray[np.float64]


FARTHEST_SEEN = 1e11
"""Pixels from the view: coordinates have 16 digits, so from farther away a line can't be drawn to a pixel."""


def number_text(value: float, spacing: float) -> str:
    """Write an axis number with as many decimals as its neighbours need, and a true minus."""
    if abs(value) < spacing * 1e-6:
        return "0"
    if abs(value) >= 1e4 or spacing < 1e-4:
        mantissa, _, exponent = f"{value:.3e}".partition("e")
        text = f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    else:
        text = f"{value:.{max(0, -int(np.floor(np.log10(spacing) + 1e-9)))}f}"
    return text.replace("-", "−")


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
        self._backdrop: tuple[Hashable, QPixmap] | None = None
        self._trail = Trail()

    def boundingRect(self) -> QRectF:
        """Give the view box's rectangle."""
        return self.chart.box.rect()

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Put the kept pictures on the screen, add the new lines to them, then draw what moves."""
        chart = self.chart
        if chart.frame is None or self.boundingRect().isEmpty():
            return
        ratio = painter.device().devicePixelRatioF() if painter.device() is not None else 1.0
        key = (chart.range_key(), ratio, chart.style_.name, chart.scale_)
        painter.drawPixmap(QPointF(0, 0), self._background(key, ratio))
        painter.drawPixmap(QPointF(0, 0), self._lines(key, ratio))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chart.paint_moving(painter)

    def _background(self, key: Hashable, ratio: float) -> QPixmap:
        key = (key, self.chart.background_key())
        if self._backdrop is None or self._backdrop[0] != key:
            pixmap = self._pixmap(ratio)
            painter = QPainter(pixmap)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.chart.paint_background(painter)
            painter.end()
            self._backdrop = (key, pixmap)
        return self._backdrop[1]

    def _lines(self, key: Hashable, ratio: float) -> QPixmap:
        chart = self.chart
        row = chart.frame.row if chart.frame else 0
        return self._trail.picture((key, chart.lines_key()), row, lambda: self._pixmap(ratio), chart.paint_step)

    def _pixmap(self, ratio: float) -> QPixmap:
        rect = self.boundingRect()
        pixmap = QPixmap(max(1, round(rect.width() * ratio)), max(1, round(rect.height() * ratio)))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        return pixmap


class Chart(View):
    """A view with a horizontal and a vertical axis.

    Subclasses say what lies in the background, what a step adds, and what moves.
    """

    left_width = 58
    bottom_height = 46

    def __init__(self, style: Style, scale: float = 1.0) -> None:
        super().__init__(style, scale)
        # a view box alone, the axes are painted: a whole PlotItem has menus and dialogs that nobody would see,
        # and its axes have a layout of their own, which makes room for their numbers and so moves everything
        self.box = pg.ViewBox(parent=self, enableMouse=False, enableMenu=False)
        self._names = ("", "")
        self.box.setDefaultPadding(0.0)
        self.box.disableAutoRange()
        self.layer = Layer(self)
        self.box.sigRangeChanged.connect(self._range_changed)
        self.box.sigResized.connect(self._range_changed)
        self._points: dict[int, Array] = {}
        self._segments: dict[int, tuple[Array, NDArray[np.bool_]]] = {}
        self.restyle(style, scale)

    # what subclasses say ------------------------------------------------------------------------------------------

    def background_key(self) -> Hashable:
        """Give what the background depends on, beside range and style."""
        return self.frame.scene.descents if self.frame else ()

    def lines_key(self) -> Hashable:
        """Give what the lines depend on, beside range and style.

        Objects that equal only themselves, never their ids: those are given to others when an object dies.
        """
        return self.frame.scene.descents if self.frame else ()

    def paint_background(self, painter: QPainter) -> None:
        """Draw what lies behind."""

    def paint_step(self, painter: QPainter, step: int) -> None:
        """Draw what the step from row `step` to the next one adds."""

    def paint_moving(self, painter: QPainter) -> None:
        """Draw what is different in every frame."""

    # geometry -----------------------------------------------------------------------------------------------------

    def range_key(self) -> Hashable:
        """Give what decides where a point is drawn."""
        rect = self.box.rect()
        return (*map(tuple, self.box.viewRange()), rect.width(), rect.height())

    def show_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Set what part of the plane is seen."""
        if [list(x), list(y)] != [list(side) for side in self.box.viewRange()]:
            self.box.setRange(xRange=x, yRange=y, padding=0.0, disableAutoRange=True)

    def pixels(self, x: Array, y: Array) -> Array:
        """Give the pixels (..., 2) of points, in the view box's own coordinates."""
        (x0, x1), (y0, y1) = self.box.viewRange()
        rect = self.box.rect()
        with np.errstate(all="ignore"):
            px = (np.asarray(x, dtype=np.float64) - x0) / (x1 - x0) * rect.width()
            py = (y1 - np.asarray(y, dtype=np.float64)) / (y1 - y0) * rect.height()
        return np.stack([px, py], axis=-1)

    def polyline(self, number: int) -> Array:
        """Give the points (n, 2) of run `number` in pixels; computed anew only when range or runs change."""
        return np.empty((0, 2))

    def points(self, number: int) -> Array:
        """Give the kept polyline of a run."""
        kept = self._points.get(number)
        if kept is None:
            kept = self._points[number] = self.polyline(number)
        return kept

    def segment(self, number: int, step: int) -> QLineF | None:
        """Give one segment of a run's polyline, cut to the view; None where nothing of it is seen.

        Nor is a segment given of which both ends are so far away that rounding decides where it crosses the view.
        """
        kept = self._segments.get(number)
        if kept is None:
            points = self.points(number)
            rect, edge = self.box.rect(), 12.0 * self.scale_
            low = np.array([-edge, -edge])
            high = np.array([rect.width() + edge, rect.height() + edge])
            starts, ends, seen = clip_segments(points[:-1], points[1:], low, high)
            near = np.abs(points).max(axis=1, initial=0.0) < FARTHEST_SEEN
            seen &= near[:-1] | near[1:]
            kept = self._segments[number] = (np.concatenate([starts, ends], axis=1), seen)
        if step >= len(kept[1]) or not kept[1][step]:
            return None
        return QLineF(*kept[0][step].tolist())

    def hop(self, begin: Array, end: Array) -> QLineF | None:
        """Give the line from a computed point to a ball in the air, both pixels (2,), cut to the view; None outside."""
        size = np.array([self.box.rect().width(), self.box.rect().height()])
        starts, ends, seen = clip_segments(begin[None], end[None], np.full(2, -12.0), size + 12.0)
        return QLineF(*starts[0].tolist(), *ends[0].tolist()) if seen[0] else None

    def forget_lines(self) -> None:
        """Compute the runs' lines anew when they are drawn next."""
        self._points.clear()
        self._segments.clear()

    def resizeEvent(self, event: object) -> None:
        """Give the axes their fixed room, so that nothing moves when their numbers change, and the plane the rest."""
        s, rect = self.scale_, self.rect()
        left, bottom = self.left_width * s, self.bottom_height * s
        top, right = 6.0 * s, 10.0 * s
        if rect.width() <= left + right or rect.height() <= top + bottom:
            return
        self.box.setGeometry(left, top, rect.width() - left - right, rect.height() - top - bottom)

    def restyle(self, style: Style, scale: float = 1.0) -> None:
        """Change colours and sizes."""
        super().restyle(style, scale)
        self.box.setBackgroundColor(None)
        self.resizeEvent(None)
        self.forget_lines()

    def label(self, bottom: str, left: str) -> None:
        """Name the axes."""
        if self._names != (bottom, left):
            self._names = (bottom, left)
            self.update()

    def ticks(self) -> tuple[list[float], list[float]]:
        """Give round numbers for the horizontal and the vertical axis, as many as there is room for."""
        (x0, x1), (y0, y1) = self.box.viewRange()
        rect, scale = self.box.rect(), self.scale_
        across, up = rect.width() / (74.0 * scale), rect.height() / (46.0 * scale)
        return nice_ticks(x0, x1, max(2, int(across))), nice_ticks(y0, y1, max(2, int(up)))

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Draw both axes: a line, ticks, numbers, the name."""
        style, scale, area = self.style_, self.scale_, self.box.geometry()
        if area.isEmpty() or self.frame is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = pen(style.hairline if style.name != "print" else style.quiet, 1.0, scale)
        ink, face, tick = color(style.quiet), font(style.small * scale), 4.0 * scale
        painter.setFont(face)
        across, up = self.ticks()
        painter.setPen(line)
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.drawLine(area.bottomLeft(), area.topLeft())
        for values, upright in ((across, False), (up, True)):
            spacing = values[1] - values[0] if len(values) > 1 else 1.0
            zeros = np.zeros(len(values))
            places = self.pixels(zeros, np.array(values)) if upright else self.pixels(np.array(values), zeros)
            for value, (x, y) in zip(values, places.tolist(), strict=True):
                text = number_text(value, spacing)
                at = QPointF(area.left(), area.top() + y) if upright else QPointF(area.left() + x, area.bottom())
                end = at - QPointF(tick, 0) if upright else at + QPointF(0, tick)
                width = text_width(text, face)
                painter.setPen(line)
                painter.drawLine(at, end)
                painter.setPen(ink)
                shift = (
                    QPointF(-tick - 3.0 * scale - width, 0.36 * face.pixelSize())
                    if upright
                    else QPointF(-width / 2, tick + 2.0 * scale + 0.92 * face.pixelSize())
                )
                painter.drawText(at + shift, text)
        self._paint_names(painter, area)

    def _paint_names(self, painter: QPainter, area: QRectF) -> None:
        named = font(self.style_.text * self.scale_)
        painter.setFont(named)
        painter.setPen(color(self.style_.quiet))
        bottom, left = self._names
        base = self.rect().bottom() - 5.0 * self.scale_
        painter.drawText(QPointF(area.center().x() - text_width(bottom, named) / 2, base), bottom)
        painter.save()
        painter.translate(0.95 * named.pixelSize(), area.center().y() + text_width(left, named) / 2)
        painter.rotate(-90.0)
        painter.drawText(QPointF(0, 0), left)
        painter.restore()

    def _range_changed(self, *_: object) -> None:
        self.forget_lines()
        self.update()
        self.layer.prepareGeometryChange()
        self.layer.update()

    def draw(self, frame: Frame) -> None:
        """Show a frame; the axes are painted again only when they change."""
        first = self.frame is None
        if self.frame is not None and self.frame.scene.descents is not frame.scene.descents:
            self.forget_lines()
        self.frame = frame
        self.layer.update()
        if first:
            self.update()

    # pieces that several charts draw ------------------------------------------------------------------------------

    def paint_line(self, painter: QPainter, line: QLineF, colour: str, width: float = 2.0) -> None:
        """Draw one cased piece of a path."""
        painter.setPen(casing(self.style_.casing, width + 2.0, self.scale_, 0.85))
        painter.drawLine(line)
        painter.setPen(pen(colour, width, self.scale_))
        painter.drawLine(line)

    def paint_ball(self, painter: QPainter, ball: Ball, at: Array) -> None:
        """Draw a run's marker: solid on a computed point, hollow and larger while it hops."""
        colour = self.style_.path(ball.descent.number)
        shape = marker(ball.descent.number)
        size = (6.0 + 2.5 * ball.lift) * self.scale_
        point = QPointF(*at.tolist())
        draw_shape(painter, shape, point, size, None, pen(self.style_.casing, 5.0, self.scale_))
        if ball.resting:
            draw_shape(painter, shape, point, size, color(colour), None)
        else:
            draw_shape(painter, shape, point, size, color(self.style_.card, 0.75), pen(colour, 2.2, self.scale_))

    def paint_tags(self, painter: QPainter, tags: list[tuple[str, Array]], above: bool = False) -> None:
        """Write labels beside points of the view box; see ``paint_tags``."""
        paint_tags(painter, tags, self.box.rect(), self.style_, self.scale_, above)
