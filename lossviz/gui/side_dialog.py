"""A dialog at the window's side: what is chosen in it is seen in the pictures at once, and all of it is one edit."""

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from lossviz.experiment import Experiment
from lossviz.gui import theme
from lossviz.gui.backend import Backend
from lossviz.gui.history import Gesture
from lossviz.gui.session import Session
from lossviz.jobs.messages import Progress, Reply

WIDTH, HEIGHT = 318, 560
PATIENCE = 300
"""Milliseconds after which work that goes on is shown."""


class SideDialog(QDialog):
    """Shows choices in the session until they are kept, or given up.

    It makes what such dialogs share, `progress`, `sentence` and `buttons`; a dialog lays them out.

    Parameters
    ----------
    title : str
    edit : str
        What all the choices are called in the history.
    session : Session
        Its experiment becomes what is chosen; when the dialog is cancelled, what it was before.
    backend : Backend
    parent : QWidget, optional
        The window.
    height : int
        Pixels that it would like, grown with the type.
    """

    finished_with = Signal(bool)
    """Whether what was chosen is kept."""

    def __init__(
        self,
        title: str,
        edit: str,
        session: Session,
        backend: Backend,
        parent: QWidget | None = None,
        height: int = HEIGHT,
    ) -> None:
        super().__init__(parent)
        self._session, self._backend = session, backend
        self._before = session.experiment
        # whatever is chosen until the dialog is left is one edit
        self._gesture = Gesture(edit)
        self._awaited = 0
        self._edited = self._over = self._leaving = False
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._size = (WIDTH, height)
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
        self.cancel_button, self.done_button = QPushButton("Cancel"), QPushButton("Done")
        for button in (self.cancel_button, self.done_button):
            button.setAccessibleName(button.text())
        self.cancel_button.setToolTip("Go back to what was shown before (Esc)")
        self.done_button.setToolTip("Keep what is shown (Enter)")
        self.done_button.setObjectName("play")
        self.done_button.setDefault(True)
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)
        self.done_button.clicked.connect(self.accept)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.buttons.addStretch(1)
        self.buttons.addWidget(self.cancel_button)
        self.buttons.addWidget(self.done_button)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(self.progress.show)
        backend.replied.connect(self._replied)
        self.resize(theme.within_screen(*self._size))

    def showEvent(self, event: QShowEvent) -> None:
        """Stand over the window's left column, so that the pictures stay seen."""
        window = self.parentWidget()
        if window is not None and not event.spontaneous():
            frame = self.frameGeometry().height() - self.geometry().height()
            corner = window.geometry().topLeft()
            menus = theme.scaled(30)
            self.move(corner.x(), corner.y() + menus)
            high = min(theme.within_screen(*self._size).height(), window.height() - menus - 8 - frame)
            self.resize(self.width(), max(self.minimumSizeHint().height(), high))
        super().showEvent(event)

    # what a person wants ------------------------------------------------------------------------------------------

    @Slot()
    def reject(self) -> None:
        """Bring back what was shown before."""
        self._end(False)

    def keep(self) -> None:
        """Keep what is shown and go, whatever is being chosen: the window closes, or shows something else."""
        self._end(True)

    def say(self, sentence: str) -> None:
        """Show what is wrong, or with "" nothing."""
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))

    def _await(self, number: int) -> None:
        """Wait for the answer to a request; show its progress if that takes long."""
        self._awaited = number
        self._patience.start()

    def _take(self, experiment: Experiment) -> None:
        """Show what was chosen, looked at as before; go where a person only waits for it."""
        self._edited = True
        now = self._session.experiment.view
        view = msgspec.structs.replace(now, point=None, selected=experiment.view.selected)
        self._edit(msgspec.structs.replace(experiment, view=view))
        if self._leaving:
            self._end(True)

    def _edit(self, experiment: Experiment) -> None:
        self._session.grasp(self._gesture)
        self._session.edit(experiment)
        self._session.release()

    def _end(self, kept: bool) -> None:
        if self._over:
            return
        self._over = True
        if self._awaited:
            self._backend.leave_table()
        self._awaited = 0
        self._patience.stop()
        if self._edited and not kept:
            self._edit(self._before)
        self._forget()
        if kept:
            super().accept()
        else:
            super().reject()
        self.finished_with.emit(kept)

    def _forget(self) -> None:
        """Let go of what is large."""

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
