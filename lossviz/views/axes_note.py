"""A note on the map: why an arrow down the slope does not cross the contour lines at right angles."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QGraphicsItem

from lossviz.views.brushes import color, font, halo_text, text_width

if TYPE_CHECKING:
    from lossviz.views.chart import Chart

EQUAL = 0.02
"""How far the scales of the two axes may differ for right angles still to look right."""
EDGE = 8.0
"""Pixels from the lower right corner."""
TEXTS = (
    "axes of different scale: slope and contours not at right angles",
    "axes of different scale: no right angles",
    "axes of different scale",
)
WHOLE = (
    "An arrow down the slope crosses the contour lines at right angles only where one unit of w is drawn as long as "
    "one unit of b. Here the two axes have different scales, so it leans; the ball moves in its direction all the same."
)


class AxesNote(QGraphicsItem):
    """Stands in the lower right corner of a chart, where arrows are drawn and its axes differ; its tooltip says more.

    Parameters
    ----------
    chart : Chart
    """

    def __init__(self, chart: "Chart") -> None:
        super().__init__(chart.box)
        self.chart = chart
        self.setZValue(12)
        self.setToolTip(WHOLE)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setVisible(False)

    @property
    def room(self) -> QRectF:
        """What it covers; empty where there is nothing to say, or no room to say it."""
        frame, rect, scale = self.chart.frame, self.chart.box.rect(), self.chart.scale_
        if frame is None or frame.phase not in ("slope", "rate") or frame.selected is None or self._equal:
            return QRectF()
        text = self._text
        if not text:
            return QRectF()
        width, height = text_width(text, self._font), 1.3 * self._font.pixelSize()
        return QRectF(rect.right() - width - EDGE * scale, rect.bottom() - 0.5 * EDGE * scale - height, width, height)

    def place(self) -> None:
        """Show it where it has something to say."""
        self.prepareGeometryChange()
        self.setVisible(not self.room.isEmpty())

    def boundingRect(self) -> QRectF:
        """Give what it covers, with the edge of its letters."""
        edge = 0.2 * self._font.pixelSize() + 1.0
        return self.room.adjusted(-edge, -edge, edge, edge)

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Write it."""
        room, style = self.room, self.chart.style_
        base = QPointF(room.left(), room.bottom() - 0.3 * self._font.pixelSize())
        halo_text(painter, base, self._text, self._font, color(style.ink), color(style.card, 0.8))

    @property
    def _font(self) -> QFont:
        return font(self.chart.style_.small * self.chart.scale_)

    @property
    def _text(self) -> str:
        """The fullest text that there is room for; "" for none."""
        room = self.chart.box.rect().width() - 2.0 * EDGE * self.chart.scale_
        return next((text for text in TEXTS if text_width(text, self._font) <= room), "")

    @property
    def _equal(self) -> bool:
        """Whether one unit of w is drawn as long as one of b."""
        (x0, x1), (y0, y1) = self.chart.box.viewRange()
        rect = self.chart.box.rect()
        across, up = rect.width() / (x1 - x0), rect.height() / (y1 - y0)
        return bool(abs(across - up) <= EQUAL * max(across, up))
