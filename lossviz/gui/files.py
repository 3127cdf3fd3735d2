"""Files of the window: dialogs, the question about unsaved edits, drag and drop, what was lost last time."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from lossviz.gui.document import Document
from lossviz.gui.question_bar import QuestionBar
from lossviz.landscape.grid_file import SUFFIXES as GRIDS
from lossviz.landscape.grid_file import TABLES

if TYPE_CHECKING:
    from lossviz.gui.autosave import Autosave

EXPERIMENTS = "Experiments (*.toml)"
_SUFFIXES = (".toml", ".png", ".gif", *TABLES, *GRIDS)
OPENED = f"Experiments, pictures, data, grids of losses ({' '.join(f'*{suffix}' for suffix in _SUFFIXES)})"
GRIDS_OPENED = f"Grids of losses ({' '.join(f'*{suffix}' for suffix in (*GRIDS, *TABLES))})"


class Files(QObject):
    """Takes a person's wishes about files to the document; asks before edits are lost.

    Parameters
    ----------
    window : QWidget
    document : Document
    question : QuestionBar
    """

    close_agreed = Signal()
    """The window may close: nothing is lost that a person didn't give up."""

    def __init__(self, window: QWidget, document: Document, question: QuestionBar) -> None:
        super().__init__(window)
        self.window, self.document, self.question = window, document, question
        self.dialog: QFileDialog | None = None
        self._then: Callable[[], object] | None = None

    @Slot()
    def new(self) -> None:
        """Begin a new experiment."""
        self._once_safe(self.document.new)

    @Slot()
    def ask_open(self) -> None:
        """Choose what to open."""
        dialog = self._dialog("Open", f"{OPENED};;All files (*)")
        dialog.fileSelected.connect(self.open)
        dialog.open()

    @Slot()
    def ask_grid(self) -> None:
        """Choose a grid of losses; a table may be one too."""
        dialog = self._dialog("Open a grid of losses", f"{GRIDS_OPENED};;All files (*)")
        dialog.fileSelected.connect(self.document.grid_found)
        dialog.open()

    @Slot(str)
    def open(self, path: str) -> None:
        """Open a file, or a shipped experiment by its name."""
        if Path(path).suffix.lower() in (*TABLES, *GRIDS):
            # an edit like others: it can be undone
            self.document.open(path)
            return
        self._once_safe(lambda: self.document.open(path))

    @Slot()
    def save(self) -> None:
        """Save, asking for a file if there is none."""
        if self.document.path is None:
            self.ask_save()
        elif self.document.save():
            self._go_on()

    @Slot()
    def ask_save(self) -> None:
        """Choose where to save."""
        dialog = self._dialog("Save the experiment as", f"{EXPERIMENTS};;All files (*)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("lossviz.toml")
        dialog.selectFile(self.document.path.name if self.document.path else f"{_slug(self.document.name)}")
        dialog.fileSelected.connect(self._save_as)
        dialog.rejected.connect(self._forget)
        dialog.open()

    def agree_to_close(self) -> bool:
        """Tell whether the window may close now; else ask, and emit `close_agreed` when it may."""
        if not self.document.dirty:
            return True
        self._ask(self.close_agreed.emit)
        return False

    def offer(self, autosave: "Autosave") -> None:
        """Offer what was lost last time, if anything was."""
        # after the first picture
        from lossviz.gui.autosave import restored

        for file in autosave.lost():
            try:
                experiment, origin = restored(file)
            except (ValueError, OSError):
                file.unlink(missing_ok=True)
                continue
            name = origin.name if origin is not None else experiment.title or "an experiment without a name"

            def restore(file: Path = file, experiment: object = experiment, origin: Path | None = origin) -> None:
                self.document.show(experiment, origin, unsaved=True)  # type: ignore[arg-type]
                file.unlink(missing_ok=True)

            def discard(file: Path = file) -> None:
                file.unlink(missing_ok=True)

            self.question.ask(
                f"lossviz ended last time before the edits of “{name}” were saved.",
                {"Restore them": restore, "Discard them": discard, "Later": _nothing},
            )
            return

    # drag and drop ------------------------------------------------------------------------------------------------

    @staticmethod
    def droppable(mime: QMimeData) -> str | None:
        """Give the file that is dragged, if it is one that can be opened."""
        files = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
        return next((file for file in files if Path(file).suffix.lower() in _SUFFIXES), None)

    # the question -------------------------------------------------------------------------------------------------

    def _once_safe(self, action: Callable[[], object]) -> None:
        if self.document.dirty:
            self._ask(action)
        else:
            action()

    def _ask(self, then: Callable[[], object]) -> None:
        self._then = then
        self.question.ask(
            f"Save the changes to “{self.document.name}”?",
            {"Save": self.save, "Discard": self._go_on, "Cancel": self._forget},
        )

    @Slot(str)
    def _save_as(self, path: str) -> None:
        if self.document.save_as(path):
            self._go_on()

    @Slot()
    def _go_on(self) -> None:
        then, self._then = self._then, None
        if then is not None:
            then()

    @Slot()
    def _forget(self) -> None:
        self._then = None

    def _dialog(self, title: str, kinds: str) -> QFileDialog:
        dialog = QFileDialog(self.window, title, self.document.settings.folder, kinds)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog = dialog
        return dialog


def _nothing() -> None:
    """Leave all as it is."""


def _slug(name: str) -> str:
    """Give a name for a file."""
    letters = "".join(letter.lower() if letter.isalnum() else "-" for letter in name)
    return "-".join(filter(None, letters.split("-"))) or "experiment"
