"""A card of widgets, and a card of a view: what the window is laid out from."""

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QHelpEvent, QKeyEvent, QMouseEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from lossviz.gui import theme
from lossviz.scene.frame import Frame
from lossviz.scene.style import Style
from lossviz.views.card import HEAD, Card
from lossviz.views.handle import Handle
from lossviz.views.view import View

ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
"""Across and up."""
AWAY = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


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

    def roominess(self, width: float, height: float, most: float) -> float:
        """Give how much larger than usual the card's type may be: it has room for that where it is seen alone.

        Parameters
        ----------
        width, height : float
            Pixels that the content needs at its usual size.
        most : float
        """
        return min(most, max(1.0, min(self.width() / width, self.height() / height) / theme.zoom()))

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
        # a click leaves the keys to the window; a Tab reaches what they can move
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if view.handles else Qt.FocusPolicy.NoFocus)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(view.title)
        self.name = ""
        self.view = view
        self.leaves_wheel = False
        """Whether the wheel scrolls what the card lies on; with Ctrl it is the view's all the same."""
        self._reached: Handle | None = None
        self._painted = False
        self.card = Card(view, hands=True)
        self.setCentralItem(self.card)
        self.restyle(style, zoom)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and say so the first time that there is a frame."""
        super().paintEvent(event)
        if not self._painted and self.view.drawn:
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

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Give the wheel to the view, or leave it to what the card lies on."""
        if self.leaves_wheel and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        else:
            super().wheelEvent(event)

    # keys -----------------------------------------------------------------------------------------------------------

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Go from one handle to the next before leaving the card."""
        handles = self.view.handles
        if self._reached is not None and self.hasFocus():
            place = handles.index(self._reached) + (1 if forward else -1)
            if 0 <= place < len(handles):
                self._reach(handles[place])
                return True
        return QWidget.focusNextPrevChild(self, forward)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Let the keys move a handle: the first one, or after Shift+Tab the last."""
        super().focusInEvent(event)
        if self.view.drawn and self.view.handles:
            self._reach(self.view.handles[-1 if event.reason() == Qt.FocusReason.BacktabFocusReason else 0])

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Give the keys back."""
        super().focusOutEvent(event)
        self._reach(None)

    def event(self, event: QEvent) -> bool:
        """Keep the arrows while they move a handle: elsewhere they are keys of the window."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._reached is not None
            and event.key() in (*ARROWS, *AWAY)
        ):
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the handle that was reached, or take it away."""
        key, handle = Qt.Key(event.key()), self._reached
        if handle is not None and key in ARROWS:
            handle.step(*ARROWS[key], bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            self._tell_place()
        elif handle is not None and key in AWAY:
            handle.take_away()
        elif not self.view.take_key(key):
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Take what a key did while it was held as one move."""
        if self._reached is not None and not event.isAutoRepeat():
            self._reached.let_go()
        event.ignore()

    def _reach(self, handle: Handle | None) -> None:
        if self._reached is not None:
            self._reached.reach(False)
        self._reached = handle
        if handle is not None:
            handle.reach(True)
        self._tell_place()
        self.card.update()

    def _tell_place(self) -> None:
        told = f": {self._reached.told}" if self._reached is not None else ""
        self.setAccessibleName(f"{self.view.title}{told}")

    def draw(self, frame: Frame) -> None:
        """Show a frame."""
        self.card.draw(frame)

    def restyle(self, style: Style, zoom: float = 1.0) -> None:
        """Change colours and sizes."""
        self.setBackground(style.ground)
        self.card.restyle(style, zoom)
