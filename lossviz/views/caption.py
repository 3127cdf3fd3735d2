"""Caption: a person's own line under a picture, wrapped, and set smaller where it is long."""

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QTextLayout, QTextOption

from lossviz.scene.style import Style
from lossviz.views.brushes import color, font

SIZES = (16.0, 15.0, 14.0, 13.0, 12.0, 11.0)
"""Sizes of type, in pixels at scale 1: the first one at which it fits."""
PADDING = 6.0


class Caption:
    """A text below the cards of a picture.

    Parameters
    ----------
    text : str
        May have line breaks; "" for none.
    style : Style
    scale : float
    """

    def __init__(self, text: str, style: Style, scale: float = 1.0) -> None:
        self.text = "\u2028".join(text.strip().splitlines())
        self._style, self._scale = style, scale
        self._layout = QTextLayout()
        self.height = 0.0
        """What it takes of the picture's height, once it is arranged."""

    def arrange(self, width: float, room: float) -> bool:
        """Break the text into lines of a width; tell whether it is not higher than `room`."""
        if not self.text:
            return True
        for size in SIZES:
            self._break(size, width)
            if self.height <= room:
                return True
        return False

    def paint(self, painter: QPainter, at: QPointF) -> None:
        """Draw it from its left upper corner."""
        if self.text:
            painter.setPen(color(self._style.ink))
            self._layout.draw(painter, at + QPointF(0.0, 0.5 * PADDING * self._scale))

    def _break(self, size: float, width: float) -> None:
        face = font(size * self._scale)
        self._layout = QTextLayout(self.text, face)
        option = QTextOption()
        # a word that is wider than the picture is broken too: nothing is cut off
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._layout.setTextOption(option)
        self._layout.beginLayout()
        y = 0.0
        while (line := self._layout.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0.0, y))
            y += round(1.3 * size * self._scale)
        self._layout.endLayout()
        self.height = y + PADDING * self._scale
