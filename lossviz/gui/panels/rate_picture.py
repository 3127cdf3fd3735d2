"""A small picture of a schedule: the learning rate over the steps of a descent, and where one is in it."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from lossviz.gui import theme
from lossviz.numerals import counted, short
from lossviz.scene.style import LIGHT, Style
from lossviz.views.brushes import color, font, pen, polygon, text_width

HEIGHT = 72
TYPE = 11
MOST_POINTS = 400
"""Of a line that is never wider than so many pixels."""


class RatePicture(QWidget):
    """Draws the rates of all steps as a line, and a dot at the step that is seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = LIGHT
        self._rates: NDArray[np.float64] = np.zeros(0)
        self._steps = 0
        self._seen = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rates(self, rates: NDArray[np.float64], steps: int) -> None:
        """Show the rates of steps evenly spaced over so many."""
        self._rates, self._steps = rates, steps
        if rates.size:
            ends = f"from {short(float(rates[0]))} to {short(float(rates[-1]))}"
            most = f", at most {short(float(rates.max()))}"
            self.setAccessibleName(f"Learning rate over {counted(steps)} steps: {ends}{most}")
            self.setToolTip(self.accessibleName())
        self.update()

    def show_step(self, step: float) -> None:
        """Mark a step."""
        if step != self._seen:
            self._seen = step
            self.update()

    def restyle(self, style: Style) -> None:
        """Change colours."""
        self._style = style
        self.update()

    def sizeHint(self) -> QSize:
        """Give its size (Qt's)."""
        return QSize(theme.scaled(160), theme.scaled(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Give the least size (Qt's)."""
        return QSize(theme.scaled(80), theme.scaled(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        rates = self._rates
        if not rates.size or not np.all(np.isfinite(rates)) or not rates.max() > 0.0:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        zoom, style = theme.zoom(), self._style
        face = font(TYPE * zoom)
        painter.setFont(face)
        high = short(float(rates.max()))
        left, line = text_width(high, face) + 6.0 * zoom, TYPE * zoom * 1.35
        room = QRectF(left, 0.5 * line, self.width() - left - 4.0 * zoom, self.height() - 1.8 * line)
        painter.setPen(pen(style.hairline, 1.0))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        painter.drawLine(room.bottomLeft(), room.topLeft())
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        for text, y in ((high, room.top()), ("0", room.bottom())):
            box = QRectF(0.0, y - 0.5 * line, left - 4.0 * zoom, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        below = QRectF(room.left(), room.bottom() + 1.0, room.width(), line)
        end = f"{counted(self._steps)} steps" if self._steps != 1 else "1 step"
        painter.drawText(below, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, end)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, "0")
        along = np.linspace(0.0, 1.0, rates.size) if rates.size > 1 else np.array([0.5])
        points = np.column_stack(
            (room.left() + along * room.width(), room.bottom() - rates / rates.max() * room.height())
        )
        painter.setPen(pen(style.accent, 2.0, zoom))
        painter.drawPolyline(polygon(points))
        share = min(max(self._seen / max(1, self._steps), 0.0), 1.0)
        at = QPointF(room.left() + share * room.width(), float(np.interp(share, along, points[:, 1])))
        painter.setPen(pen(style.card, 1.5, zoom))
        painter.setBrush(color(style.ink))
        painter.drawEllipse(at, 4.0 * zoom, 4.0 * zoom)
        painter.end()
