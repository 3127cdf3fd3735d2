"""A window at the main window's side: it asks the backend, and the pictures stay seen beside it."""

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QLabel, QProgressBar, QWidget

from lossviz.gui import theme
from lossviz.gui.backend import Backend
from lossviz.gui.session import Session
from lossviz.jobs.messages import Progress, Reply

WIDTH, HEIGHT = 318, 560
PATIENCE = 300
"""Milliseconds after which work that goes on is shown."""


class SideWindow(QDialog):
    """Waits for one answer of the backend at a time.

    It makes `progress` and `sentence`, and connects them; a window lays them out.

    Parameters
    ----------
    title : str
    session : Session
    backend : Backend
    parent : QWidget, optional
        The main window.
    size : (width, height)
        Pixels that it would like, grown with the type.
    """

    def __init__(
        self,
        title: str,
        session: Session,
        backend: Backend,
        parent: QWidget | None = None,
        size: tuple[int, int] = (WIDTH, HEIGHT),
    ) -> None:
        super().__init__(parent)
        self._session, self._backend = session, backend
        self._awaited = 0
        self._size = size
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.progress.setAccessibleName("Progress")
        # its room stays, so that nothing moves when it comes
        kept = self.progress.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(kept)
        self.sentence = QLabel()
        self.sentence.setProperty("wrong", True)
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setAccessibleName("Message")
        self.sentence.hide()
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(self.progress.show)
        backend.replied.connect(self._replied)
        self.resize(theme.within_screen(*self._size))

    def showEvent(self, event: QShowEvent) -> None:
        """Stand over the main window's left column, so that the pictures stay seen."""
        window = self.parentWidget()
        if window is not None and not event.spontaneous():
            frame = self.frameGeometry().height() - self.geometry().height()
            corner = window.geometry().topLeft()
            menus = theme.scaled(30)
            self.move(corner.x(), corner.y() + menus)
            high = min(theme.within_screen(*self._size).height(), window.height() - menus - 8 - frame)
            self.resize(self.width(), max(self.minimumSizeHint().height(), high))
        super().showEvent(event)

    def say(self, sentence: str) -> None:
        """Show what is wrong, or with "" nothing."""
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))

    def _await(self, number: int) -> None:
        """Wait for the answer to a request; show its progress if that takes long."""
        self._awaited = number
        self._patience.start()

    def _give_up(self) -> None:
        """Wait no longer."""
        self._awaited = 0
        self._patience.stop()

    # what the backend says ----------------------------------------------------------------------------------------

    @Slot(object)
    def _replied(self, reply: Reply) -> None:
        if reply.number != self._awaited:
            return
        if isinstance(reply, Progress):
            self.progress.setValue(round(1000 * reply.part))
            return
        self._awaited = 0
        self._patience.stop()
        self.progress.hide()
        self.progress.setValue(0)
        self._answered(reply)

    def _answered(self, reply: Reply) -> None:
        """Show the ending of what was asked for."""
        raise NotImplementedError
