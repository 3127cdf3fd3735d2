"""Document: the file that the experiment of the window lives in, and whether it holds all edits."""

from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from lossviz.diagnosis.stability import stability
from lossviz.experiment import Experiment, Run, ViewSection, experiments, load, save
from lossviz.gui.session import Session
from lossviz.gui.settings import Settings
from lossviz.landscape.grid_file import SUFFIXES as GRIDS
from lossviz.landscape.grid_file import TABLES
from lossviz.rules import optimizer

PICTURES = (".png", ".gif")
"""What may carry an experiment; it is never saved back into one."""


class Document(QObject):
    """Opens, makes anew and saves the session's experiment.

    Parameters
    ----------
    session : Session
    settings : Settings
        Remembers recent files.
    """

    changed = Signal()
    """Another file, another name, or whether it holds all edits."""
    opened = Signal()
    table_found = Signal(str)
    """A file of data is to be opened: which columns, a person must say."""
    grid_found = Signal(str)
    """A file of losses on a grid is to be opened."""

    def __init__(self, session: Session, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session, self.settings = session, settings
        self.path: Path | None = None
        self._unsaved = False
        session.history.cleanChanged.connect(self.changed)
        session.experiment_changed.connect(self.changed)

    @property
    def dirty(self) -> bool:
        """Whether there are edits that no file holds."""
        return self._unsaved or not self.session.history.isClean()

    @property
    def name(self) -> str:
        """What the document is called: its file, else its title."""
        return self.path.name if self.path is not None else self.session.experiment.title or "Untitled"

    @Slot(str)
    def open(self, path: str) -> bool:
        """Open an experiment, a picture that carries one, or a shipped one by its name; tell whether it was opened."""
        file = Path(path)
        shipped = path in experiments() and not file.is_file()
        if file.suffix.lower() in TABLES:
            self.table_found.emit(path)
            return False
        if file.suffix.lower() in GRIDS:
            self.grid_found.emit(path)
            return False
        try:
            experiment = load(path)
        except (ValueError, OSError) as error:
            self.session.say(_sentence(error, path))
            # a chooser that shows what was asked for shows again what is there
            self.session.experiment_changed.emit()
            return False
        picture = file.suffix.lower() in PICTURES
        self.show(experiment, None if shipped or picture else file.resolve())
        if not shipped:
            self.settings.keep_recent(str(file.resolve()))
            self.settings.keep_folder(str(file.resolve().parent))
            self.changed.emit()
        return True

    def started_with(self, path: str) -> None:
        """Take the file that the app was started with: its experiment is shown already."""
        file = Path(path)
        if file.suffix.lower() in TABLES:
            self.table_found.emit(path)
        elif file.suffix.lower() in GRIDS:
            self.grid_found.emit(path)
        elif file.is_file():
            if file.suffix.lower() not in PICTURES:
                self.path = file.resolve()
            self.settings.keep_recent(str(file.resolve()))
            self.changed.emit()

    def show(self, experiment: Experiment, path: Path | None, unsaved: bool = False) -> None:
        """Show an experiment as that of a file; `unsaved`: the file doesn't hold it."""
        self.path, self._unsaved = path, unsaved
        self.session.say("")
        self.session.open(experiment)
        self.opened.emit()
        self.changed.emit()

    @Slot()
    def new(self) -> None:
        """Begin an experiment: the data of the one that is seen, and one descent."""
        now = self.session.experiment
        run = Run(optimizer="gradient_descent", hyperparameters={"learning_rate": self._good_rate()})
        plain = msgspec.structs.replace(now, title="", runs=(run,), view=ViewSection())
        self.show(plain, None)

    def _good_rate(self) -> float:
        """Give a learning rate that neither creeps nor leaps: half the limit at the start, where there is one."""
        scene = self.session.scene
        if scene is None:
            return 0.1
        at = self.session.experiment.descent.start
        limit = stability(scene.surface, optimizer("gradient_descent"), at=at).limit
        return float(f"{limit / 2.0:.2g}") if limit is not None and 0.0 < limit < float("inf") else 0.1

    def give_up(self) -> None:
        """Take the edits as given up."""
        self._unsaved = False
        self.session.history.setClean()

    def save(self) -> bool:
        """Save to the file that it lives in; tell whether it was saved."""
        return self.path is not None and self.save_as(str(self.path))

    def save_as(self, path: str) -> bool:
        """Save to a file, and live in it; tell whether it was saved."""
        file = Path(path)
        if not file.suffix:
            file = file.with_name(f"{file.name}.lossviz.toml")
        try:
            save(self.session.experiment, file)
        except (ValueError, OSError) as error:
            self.session.say(_sentence(error, path))
            return False
        self.path, self._unsaved = file.resolve(), False
        self.session.history.setClean()
        self.settings.keep_recent(str(self.path))
        self.settings.keep_folder(str(self.path.parent))
        self.session.say("")
        self.changed.emit()
        return True


def _sentence(error: Exception, path: str) -> str:
    if isinstance(error, OSError) and len(error.args) > 1:
        return f"{Path(path).name} can't be read: {error.strerror}."
    return str(error)
