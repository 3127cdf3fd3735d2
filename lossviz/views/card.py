"""Card: a view on a rounded ground, with its title and its hint; alike in the window and in files."""

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter

from lossviz.scene.frame import Frame
from lossviz.scene.style import Style
from lossviz.views.brushes import color, font, pen, text_width
from lossviz.views.view import View

RADIUS = 8.0
PADDING = 12.0
HEAD = 34.0


class Card(pg.GraphicsWidget):
    """A view with its title above it.

    Parameters
    ----------
    view : View
    hands : bool
        Whether there are hands to follow the view's hints: in the window, not in a file.
    """

    def __init__(self, view: View, hands: bool = False) -> None:
        super().__init__()
        # so that it is told what of it is to be painted
        self.setFlag(self.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._head = ("", "")
        self.view = view
        view.hands = hands
        view.setParentItem(self)

    def draw(self, frame: Frame) -> None:
        """Show a frame."""
        self.view.draw(frame)
        if (self.view.heading, self.view.hint) != self._head:
            self.update()

    def restyle(self, style: Style, scale: float = 1.0) -> None:
        """Change colours and sizes."""
        self.view.restyle(style, scale)
        self._arrange()
        self.update()

    def resizeEvent(self, event: object) -> None:
        """Give the view what the title leaves."""
        self._arrange()

    def _arrange(self) -> None:
        scale, rect = self.view.scale_, self.rect()
        pad = PADDING * scale
        inner = rect.adjusted(pad, HEAD * scale, -pad, -0.6 * pad)
        if inner.width() > 0 and inner.height() > 0:
            self.view.setGeometry(inner)

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Draw ground, title and hint."""
        style, scale = self.view.style_, self.view.scale_
        exposed = getattr(option, "exposedRect", None)
        if exposed is not None and self.view.geometry().contains(exposed):
            # the view alone changes, as it does in every frame: nothing but the ground shows through
            painter.fillRect(exposed, color(style.card))
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen(style.hairline, 1.0, scale))
        painter.setBrush(color(style.card))
        half = 0.5 * scale
        painter.drawRoundedRect(self.rect().adjusted(half, half, -half, -half), RADIUS * scale, RADIUS * scale)
        title = self.view.heading.upper()
        face = font(style.title * scale, QFont.Weight.DemiBold, 0.9 * scale)
        base = 21.0 * scale
        painter.setFont(face)
        painter.setPen(color(style.quiet))
        painter.drawText(QPointF(PADDING * scale, base), title)
        hint, small = self.view.hint, font(style.small * scale)
        self._head = self.view.heading, hint
        left = self.rect().width() - PADDING * scale - text_width(hint, small)
        if hint and left > PADDING * scale + text_width(title, face) + 12 * scale:
            painter.setFont(small)
            painter.drawText(QPointF(left, base), hint)


class Ground(pg.GraphicsWidget):
    """What cards lie on."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self.style_ = style

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Fill the ground."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(self.style_.ground))
        painter.drawRect(QRectF(self.rect()))
