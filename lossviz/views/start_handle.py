"""The ring at the start of the descents on the map, which can be dragged."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QCursor, QPainter
from PySide6.QtWidgets import QGraphicsObject

from lossviz.views.brushes import draw_shape, marker, pen

if TYPE_CHECKING:
    from lossviz.views.map_view import MapView


class StartHandle(QGraphicsObject):
    """The ring at the start of the descents, which can be dragged. It emits only what a hand does."""

    grasped = Signal()
    dragged = Signal(float, float)
    dropped = Signal(float, float)

    def __init__(self, chart: "MapView") -> None:
        super().__init__(chart.box)
        self.chart = chart
        self.setZValue(20)
        self.setCursor(QCursor(Qt.CursorShape.OpenHandCursor))
        self.setToolTip("Start of the descents: drag it")
        self.setAcceptHoverEvents(True)
        self._hovered = False

    def boundingRect(self) -> QRectF:
        """Give an area that is easy to hit."""
        reach = 15.0 * self.chart.scale_
        return QRectF(-reach, -reach, 2 * reach, 2 * reach)

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Draw the ring."""
        style, scale = self.chart.style_, self.chart.scale_
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = marker(0)
        size = (9.5 if self._hovered else 8.5) * scale
        draw_shape(painter, shape, QPointF(0, 0), size, None, pen(style.casing, 5.0, scale))
        draw_shape(painter, shape, QPointF(0, 0), size, None, pen(style.ink, 2.4, scale))

    def hoverEnterEvent(self, event: object) -> None:
        """Show that it can be taken."""
        self._hovered = True
        self.update()

    def hoverLeaveEvent(self, event: object) -> None:
        """Show it as it was."""
        self._hovered = False
        self.update()

    def mouseClickEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        """Take a click, so that none of the map's points is picked by it (pyqtgraph's own kind of event)."""
        event.accept()

    def mouseDragEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        """Tell where the hand has it (pyqtgraph's own kind of event)."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        event.accept()
        if event.isStart():
            self.grasped.emit()
        w, b = self.chart.point_at(self.mapToParent(event.pos()))
        (self.dropped if event.isFinish() else self.dragged).emit(w, b)
