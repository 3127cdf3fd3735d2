"""A room whose content may be higher than it is: scrolled by wheel and hand, and by keys once a Tab has reached it."""

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

from lossviz.gui import theme

KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
RING = 2.0
LEAST = 60
"""Pixels of height at least."""


class Scroll(QScrollArea):
    """Scrolls up and down, to what gets the focus too; a stop of the Tab key only while there is something to scroll.

    Parameters
    ----------
    content : QWidget
    title : str
        For who can't see it.
    stop : bool
        Whether Tab stops at it; there is no need where it stops at all that is inside.
    """

    def __init__(self, content: QWidget, title: str, parent: QWidget | None = None, stop: bool = True) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(title)
        self.setWidget(content)
        self.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)
        if stop:
            self.verticalScrollBar().rangeChanged.connect(self._range_changed)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_changed)

    @property
    def scrolls(self) -> bool:
        """Whether there is more than is seen."""
        return self.verticalScrollBar().maximum() > 0

    def sizeHint(self) -> QSize:
        """Give the size of the content (Qt keeps the one that it had at first)."""
        content = self.widget()
        return content.sizeHint().expandedTo(QSize(0, 0)) if content is not None else QSize(0, 0)

    def minimumSizeHint(self) -> QSize:
        """Give the width that the content needs at least, as there is no scrolling across."""
        content = self.widget()
        width = content.minimumSizeHint().width() if content is not None else 0
        return QSize(max(0, width) + self.verticalScrollBar().sizeHint().width(), theme.scaled(LEAST))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask for another size where the content does (Qt asks for none)."""
        if event.type() == QEvent.Type.LayoutRequest and watched is self.widget():
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """Keep the keys that scroll: elsewhere they are keys of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in KEYS:
            event.accept()
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that keys scroll it."""
        super().focusInEvent(event)
        self._show_reached(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show it as it was."""
        super().focusOutEvent(event)
        self._show_reached(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a ring while keys scroll it: under the content, which doesn't move for it."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), RING))
            half = RING / 2.0
            room = QRectF(self.viewport().rect()).adjusted(half, half, -half, -half)
            painter.drawRoundedRect(room, 4.0, 4.0)
            painter.end()

    def _show_reached(self, reached: bool) -> None:
        # the content may hide the ring
        theme.mark(self.verticalScrollBar(), "reached", reached)
        self.viewport().update()

    @Slot()
    def _range_changed(self) -> None:
        policy = Qt.FocusPolicy.TabFocus if self.scrolls else Qt.FocusPolicy.NoFocus
        if policy != self.focusPolicy():
            self.setFocusPolicy(policy)

    @Slot(QWidget, QWidget)
    def _focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        # Qt does so for a Tab from inside, and not for one that comes in
        if now is not None and now is not self and self.isAncestorOf(now):
            self.ensureWidgetVisible(now, 0, 8)
