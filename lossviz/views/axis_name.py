"""Axis name: the name of a plot's horizontal axis as something that a hand clicks to change what the axis counts."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QCursor, QPainter
from PySide6.QtWidgets import QGraphicsObject

from lossviz.views.view import View

HEIGHT = 20.0
"""Pixels at the foot of the view."""
REACH = 90.0
"""Pixels to both sides of the middle."""


class AxisName(QGraphicsObject):
    """Lies over the foot of a view and tells of clicks there; it draws nothing."""

    clicked = Signal()

    def __init__(self, view: View, tip: str) -> None:
        super().__init__(view)
        self.view = view
        self.setZValue(20)
        self.setCursor(QCursor(Qt.CursorShape.PointingHandCursor))
        self.setToolTip(tip)

    def boundingRect(self) -> QRectF:
        """Give the place of the name."""
        rect, scale = self.view.rect(), self.view.scale_
        height, reach = HEIGHT * scale, min(REACH * scale, rect.width() / 2.0)
        return QRectF(rect.center().x() - reach, rect.bottom() - height, 2.0 * reach, height)

    def place(self) -> None:
        """Take another place: the view has another size."""
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Draw nothing."""

    def mouseClickEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        """Tell of a click (pyqtgraph's own kind of event)."""
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self.clicked.emit()
