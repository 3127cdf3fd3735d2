"""A dialog at the window's side: what is chosen in it is seen in the pictures at once, and all of it is one edit."""

import msgspec
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from lossviz.experiment import Experiment
from lossviz.gui.backend import Backend
from lossviz.gui.history import Gesture
from lossviz.gui.session import Session
from lossviz.gui.side_window import HEIGHT, WIDTH, SideWindow


class SideDialog(SideWindow):
    """Shows choices in the session until they are kept, or given up.

    It makes `buttons` beside what every window at the side has; a dialog lays them out.

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
        super().__init__(title, session, backend, parent, (WIDTH, height))
        self._before = session.experiment
        # whatever is chosen until the dialog is left is one edit
        self._gesture = Gesture(edit)
        self._edited = self._over = self._leaving = False
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

    # what a person wants ------------------------------------------------------------------------------------------

    @Slot()
    def reject(self) -> None:
        """Bring back what was shown before."""
        self._end(False)

    def keep(self) -> None:
        """Keep what is shown and go, whatever is being chosen: the window closes, or shows something else."""
        self._end(True)

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
        self._give_up()
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
