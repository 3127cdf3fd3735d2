"""Pad: the plane of a chart as something that a hand clicks and drags on."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QCursor, QPainter
from PySide6.QtWidgets import QGraphicsObject

from lossviz.views.plot import Plot

STILL = 5.0
"""Pixels: a hand that moved less made a click, however long it took."""


class Pad(QGraphicsObject):
    """Lies over a chart's view box and tells, in its pixels, what a hand does there; it draws nothing.

    A drag is told from where the button went down to where the hand is, between `grasped` and `released`.
    """

    clicked = Signal(QPointF)
    grasped = Signal()
    pulled = Signal(QPointF, QPointF)
    released = Signal()

    def __init__(self, chart: Plot) -> None:
        super().__init__(chart.box)
        self.chart = chart
        # above the layer, below what can be taken
        self.setZValue(11)
        self.setCursor(QCursor(Qt.CursorShape.CrossCursor))

    def boundingRect(self) -> QRectF:
        """Give the view box's rectangle."""
        return self.chart.box.rect()

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Draw nothing."""

    def mouseClickEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        """Tell of a click (pyqtgraph's own kind of event)."""
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self.clicked.emit(QPointF(event.pos()))

    def mouseDragEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        """Tell of a drag; one over no distance is a slow click."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        event.accept()
        begin, end = QPointF(event.buttonDownPos()), QPointF(event.pos())
        if event.isStart():
            self.grasped.emit()
        self.pulled.emit(begin, end)
        if event.isFinish():
            self.released.emit()
            if (end - begin).manhattanLength() < STILL:
                self.clicked.emit(begin)
