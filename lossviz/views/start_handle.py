"""The ring at the start of the descents on the map, which can be dragged."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QPainter

from lossviz.views.brushes import draw_shape, marker, pen
from lossviz.views.handle import Handle

if TYPE_CHECKING:
    from lossviz.views.map_view import MapView


class StartHandle(Handle):
    """The ring at the start of the descents, which can be dragged. It emits only what a hand does."""

    dragged = Signal(float, float)
    dropped = Signal(float, float)

    def __init__(self, chart: "MapView") -> None:
        super().__init__(chart, 20, "Start of the descents", "Start of the descents: drag it")
        self.map = chart

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Draw the ring."""
        style, scale = self.chart.style_, self.chart.scale_
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = marker(0)
        size = (9.5 if self._hovered else 8.5) * scale
        draw_shape(painter, shape, QPointF(0, 0), size, None, pen(style.casing, 5.0, scale))
        draw_shape(painter, shape, QPointF(0, 0), size, None, pen(style.ink, 2.4, scale))
        self.paint_reached(painter)

    def at(self) -> tuple[float, float]:
        """Give weight and bias of the start."""
        assert self.map.frame is not None
        return self.map.frame.scene.experiment.start

    def put(self, w: float, b: float) -> None:
        """Ask for another start."""
        self.dragged.emit(w, b)

    def settle(self, w: float, b: float) -> None:
        """Tell that it stays there."""
        self.dropped.emit(w, b)

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
        w, b = self.map.point_at(self.mapToParent(event.pos()))
        (self.dropped if event.isFinish() else self.dragged).emit(w, b)
