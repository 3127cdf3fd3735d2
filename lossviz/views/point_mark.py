"""The mark of the picked point: a ring with cross hairs, on the map as a thing that can be dragged."""

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath

from lossviz.scene.style import Style
from lossviz.views.brushes import draw_shape, marker, pen
from lossviz.views.chart import Chart
from lossviz.views.handle import Handle


def cross_hairs() -> QPainterPath:
    """Give a ring of radius 1 around 0 with four arms that reach inward and outward."""
    path = QPainterPath()
    path.addEllipse(QPointF(0, 0), 1.0, 1.0)
    for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        path.moveTo(0.5 * x, 0.5 * y)
        path.lineTo(1.45 * x, 1.45 * y)
    return path


def paint_ring(painter: QPainter, at: QPointF, style: Style, scale: float) -> None:
    """Draw a ring around a ball: its line is the one that is looked at."""
    size = 11.0 * scale
    draw_shape(painter, marker(0), at, size, None, pen(style.casing, 4.0, scale, 0.9))
    draw_shape(painter, marker(0), at, size, None, pen(style.accent, 2.0, scale))


def paint_mark(painter: QPainter, at: QPointF, style: Style, scale: float, size: float = 7.5) -> None:
    """Draw the mark, `size` pixels in radius at scale 1."""
    shape = cross_hairs()
    draw_shape(painter, shape, at, size * scale, None, pen(style.casing, 5.0, scale, 0.9))
    draw_shape(painter, shape, at, size * scale, None, pen(style.accent, 2.2, scale))


class PointHandle(Handle):
    """The mark of the picked point on a chart, which can be dragged, or taken away. It emits only what a hand does."""

    dragged = Signal(QPointF)
    """To a pixel of the view box."""
    moved = Signal(float, float)
    """To a weight and a bias, by keys."""
    released = Signal()
    cleared = Signal()

    def __init__(self, chart: Chart) -> None:
        # above the start: it can be picked upon it, and must be seen and moved away again
        tip = "Picked point: drag it and its line follows; a right click takes it away"
        super().__init__(chart, 21, "Picked point", tip)
        self.setVisible(False)
        self._point: tuple[float, float] | None = None

    def place(self, point: tuple[float, float] | None) -> None:
        """Stand at a point of the chart; nowhere where there is none, or it isn't seen.

        Where keys have reached it before there is one, it shows where they begin.
        """
        self._point = point
        self.drawn(point)
        if point is None and self.reached:
            point = self.at()
        if point is None:
            self.setVisible(False)
            return
        at = QPointF(*np.clip(self.chart.pixels(np.array(point[0]), np.array(point[1])), -1e6, 1e6).tolist())
        self.setVisible(self.chart.box.rect().contains(at))
        self.setPos(at)

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Draw the mark."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = 8.2 if self._hovered else 7.5
        if self._point is not None:
            paint_mark(painter, QPointF(0, 0), self.chart.style_, self.chart.scale_, size)
        self.paint_reached(painter)

    def at(self) -> tuple[float, float]:
        """Give weight and bias of the picked point; where there is none, of the selected run's ball."""
        frame = self.chart.frame
        if self._point is not None or frame is None:
            return self._point or (0.0, 0.0)
        ball = frame.selected
        inside = ball is not None and not ball.gone and np.isfinite([ball.w, ball.b]).all()
        return (ball.w, ball.b) if ball is not None and inside else frame.scene.experiment.start

    def put(self, w: float, b: float) -> None:
        """Ask for another point."""
        self.moved.emit(w, b)

    def settle(self, w: float, b: float) -> None:
        """Tell that it stays there."""
        self.released.emit()

    def take_away(self) -> None:
        """Ask that there is no picked point."""
        self.cleared.emit()

    def reach(self, reached: bool) -> None:
        """Let keys move it, or no longer; where there is no point, they make one."""
        super().reach(reached)
        self.place(self._point)

    def mouseClickEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        """Be taken away by the right button; the left one alone moves nothing (pyqtgraph's own kind of event)."""
        event.accept()
        if event.button() == Qt.MouseButton.RightButton:
            self.cleared.emit()

    def mouseDragEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        """Tell where the hand has it."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        event.accept()
        if event.isStart():
            self.grasped.emit()
        self.dragged.emit(self.mapToParent(QPointF(event.pos())))
        if event.isFinish():
            self.released.emit()
