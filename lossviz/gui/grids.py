"""Grids of losses: a file becomes the surface of the window, and optimizers race on it; one edit."""

from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from lossviz.experiment import Experiment, SurfaceSection
from lossviz.gui.backend import Backend
from lossviz.gui.document import Document
from lossviz.gui.history import Gesture
from lossviz.jobs.messages import Cancelled, Done, Failed, Progress, Reply


class Grids(QObject):
    """Has files of losses read by the backend, and takes what comes to the session.

    Parameters
    ----------
    document : Document
    backend : Backend
    """

    progress = Signal(float)
    """0..1 while a file is being read; 1 when none is."""

    def __init__(self, document: Document, backend: Backend, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._backend = document, backend
        self._awaited = 0
        self._file = Path()
        backend.replied.connect(self._replied)

    @Slot(str)
    def open(self, path: str) -> None:
        """Open a file; where it can't be used say so, and leave everything as it was."""
        self._file = Path(path).resolve()
        self._awaited = self._backend.propose_race(SurfaceSection(grid=str(self._file)))

    @Slot(object)
    def _replied(self, reply: Reply) -> None:
        if reply.number != self._awaited:
            return
        if isinstance(reply, Progress):
            self.progress.emit(reply.part)
            return
        self._awaited = 0
        self.progress.emit(1.0)
        match reply:
            case Done(result=Experiment() as experiment):
                self._show(experiment)
            case Failed(sentence=sentence, details=details):
                self._document.session.say(sentence, details)
            case Cancelled():
                # something else was asked for
                pass

    def _show(self, experiment: Experiment) -> None:
        session, settings = self._document.session, self._document.settings
        view = msgspec.structs.replace(session.experiment.view, point=None, selected=0)
        session.grasp(Gesture(f"open {self._file.name}"))
        session.edit(msgspec.structs.replace(experiment, view=view))
        session.release()
        settings.keep_recent(str(self._file))
        settings.keep_folder(str(self._file.parent))
