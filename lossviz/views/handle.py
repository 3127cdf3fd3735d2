"""A handle: what stands on a chart and can be taken by a hand."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QGraphicsObject

from lossviz.views.chart import Chart


class Handle(QGraphicsObject):
    """Easy to hit, and shows that it can be taken.

    Parameters
    ----------
    chart : Chart
    height : float
        Which of two handles lies above the other.
    tip : str
    """

    def __init__(self, chart: Chart, height: float, tip: str) -> None:
        super().__init__(chart.box)
        self.chart = chart
        self.setZValue(height)
        self.setCursor(QCursor(Qt.CursorShape.OpenHandCursor))
        self.setToolTip(tip)
        self.setAcceptHoverEvents(True)
        self._hovered = False

    def boundingRect(self) -> QRectF:
        """Give an area that is easy to hit."""
        reach = 15.0 * self.chart.scale_
        return QRectF(-reach, -reach, 2 * reach, 2 * reach)

    def hoverEnterEvent(self, event: object) -> None:
        """Show that it can be taken."""
        self._hovered = True
        self.update()

    def hoverLeaveEvent(self, event: object) -> None:
        """Show it as it was."""
        self._hovered = False
        self.update()
