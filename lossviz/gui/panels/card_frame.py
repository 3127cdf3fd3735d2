"""A card of widgets, and a card of a view: what the window is laid out from."""

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFont, QHelpEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from lossviz.gui import theme
from lossviz.scene.frame import Frame
from lossviz.scene.style import Style
from lossviz.views.card import HEAD, Card
from lossviz.views.view import View


class CardFrame(QFrame):
    """A card with a title; panels put their widgets into `body`."""

    title_double_clicked = Signal(str)
    """With the card's name."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = ""
        self.setObjectName("card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(12, 10, 12, 12)
        self.body.setSpacing(7)
        self.title = QLabel()
        self.title.setObjectName("title")
        theme.set_type(self.title, 11, QFont.Weight.DemiBold, 0.9)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        self.head = head
        self.body.addLayout(head)
        self.set_title(title)

    def set_title(self, title: str) -> None:
        """Change the title."""
        if self.title.text() != title.upper():
            self.title.setText(title.upper())
            self.setAccessibleName(title)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Tell of a double click on the title."""
        if event.position().y() <= self.body.contentsMargins().top() + self.title.height():
            self.title_double_clicked.emit(self.name)


class ViewCard(pg.GraphicsView):
    """A view as a card of the window.

    Parameters
    ----------
    view : View
    style : Style
    """

    first_painted = Signal()
    """The first frame is on the screen."""
    title_double_clicked = Signal(str)
    """With the card's name."""

    def __init__(self, view: View, style: Style, zoom: float = 1.0, parent: QWidget | None = None) -> None:
        super().__init__(parent, useOpenGL=False, background=None)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 150)
        for widget in (self, self.viewport()):
            widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(view.title)
        self.name = ""
        self.view = view
        self._painted = False
        self.card = Card(view, hands=True)
        self.setCentralItem(self.card)
        self.restyle(style, zoom)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and say so the first time that there is a frame."""
        super().paintEvent(event)
        if not self._painted and self.view.frame is not None:
            self._painted = True
            self.first_painted.emit()

    def viewportEvent(self, event: QEvent) -> bool:
        """Say over the title how the view is made, where it has something to say."""
        tip = getattr(self.view, "tip", "") if event.type() == QEvent.Type.ToolTip else ""
        if tip and isinstance(event, QHelpEvent) and event.pos().y() <= HEAD * self.view.scale_:
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return bool(super().viewportEvent(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Tell of a double click on the title."""
        if event.position().y() <= HEAD * self.view.scale_:
            self.title_double_clicked.emit(self.name)
            event.accept()
            return
        super().mouseDoubleClickEvent(event)

    def draw(self, frame: Frame) -> None:
        """Show a frame."""
        self.card.draw(frame)

    def restyle(self, style: Style, zoom: float = 1.0) -> None:
        """Change colours and sizes."""
        self.setBackground(style.ground)
        self.card.restyle(style, zoom)
