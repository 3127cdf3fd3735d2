"""Autosave: edits that no file holds are kept aside every second, and offered again after a crash."""

import contextlib
import os
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QLockFile, QObject, QTimer, Slot

from lossviz.experiment import Experiment, parse
from lossviz.gui.backend import Backend
from lossviz.gui.document import Document
from lossviz.gui.session import Session
from lossviz.jobs.messages import Done, Failed, Reply

EVERY = 1000
"""Milliseconds after an edit when it is kept, at most."""
SUFFIX = ".autosave.toml"
_ORIGIN = "# edits of "


class Autosave(QObject):
    """Keeps the unsaved edits of one window in a file of its own.

    Parameters
    ----------
    session : Session
    document : Document
    backend : Backend
        Writes, so that no frame waits for a disk.
    folder : Path
        Where all windows keep theirs.
    """

    def __init__(
        self, session: Session, document: Document, backend: Backend, folder: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.folder = folder
        self.file = folder / f"{uuid4().hex}{SUFFIX}"
        self._session, self._document, self._backend = session, document, backend
        self._asked: set[int] = set()
        self._told = False
        self._lock = _lock(self.file)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self._keep)
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
        self._works = self._lock.tryLock(0)
        backend.replied.connect(self._replied)
        document.changed.connect(self._changed)
        session.frame_changed.connect(self._changed)

    def lost(self) -> list[Path]:
        """Name what windows that are no longer there have left, the newest first."""
        left = []
        try:
            files = [file for file in self.folder.glob(f"*{SUFFIX}") if file != self.file]
        except OSError:
            return []
        for file in files:
            lock = _lock(file)
            if lock.tryLock(0):
                left.append(file)
                lock.unlock()
        return sorted(left, key=_age, reverse=True)

    def close(self, forget: bool = True) -> None:
        """End; what was kept is forgotten, unless nobody was asked about it."""
        self._timer.stop()
        if forget:
            self._forget()
        self._lock.unlock()

    @Slot()
    def _changed(self) -> None:
        if self._works and self._document.dirty and not self._timer.isActive():
            self._timer.start()
        elif not self._document.dirty:
            self._timer.stop()
            self._forget()

    @Slot()
    def _keep(self) -> None:
        origin = str(self._document.path or "")
        head = f"{_ORIGIN}{' '.join(origin.split())}\n"
        self._asked.add(self._backend.keep_experiment(self._session.experiment, self.file, head))

    @Slot(object)
    def _replied(self, reply: Reply) -> None:
        if reply.number not in self._asked:
            return
        if isinstance(reply, Failed) and not self._told:
            # once: the person goes on working, and can save elsewhere
            self._told = True
            self._session.say(f"Edits can't be kept aside: {reply.sentence}")
        if isinstance(reply, Done) and not self._document.dirty:
            self._forget()

    def _forget(self) -> None:
        with contextlib.suppress(OSError):
            self.file.unlink(missing_ok=True)


def restored(file: Path) -> tuple[Experiment, Path | None]:
    """Give what was kept in a file, and the file that it was opened from.

    Raises
    ------
    ExperimentError, OSError
        If it can't be read.
    """
    text = file.read_text(encoding="utf-8")
    first = text.split("\n", 1)[0]
    origin = first.removeprefix(_ORIGIN).strip() if first.startswith(_ORIGIN) else ""
    return parse(text, "the last time's edits"), Path(origin) if origin else None


def standard_folder() -> Path:
    """Give the folder in which all windows keep their unsaved edits."""
    from PySide6.QtCore import QStandardPaths

    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)) / "unsaved"


def _lock(file: Path) -> QLockFile:
    lock = QLockFile(f"{os.fspath(file)}.lock")
    # by whether its process lives, never by its age: a window may be open for weeks
    lock.setStaleLockTime(0)
    return lock


def _age(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0
