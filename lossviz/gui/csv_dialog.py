"""The dialog of a table: a preview, and what of it is fitted; the surface behind it follows each choice."""

from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from lossviz.experiment import Experiment, SurfaceSection
from lossviz.experiment.from_table import ChoiceError
from lossviz.gui import theme
from lossviz.gui.backend import Backend
from lossviz.gui.csv_form import CsvForm
from lossviz.gui.csv_preview import CsvPreview
from lossviz.gui.panels.scroll import Scroll
from lossviz.gui.session import Session
from lossviz.gui.side_dialog import SideDialog
from lossviz.jobs.messages import Cancelled, Done, Failed, Reply
from lossviz.landscape.datasets import Dataset
from lossviz.numerals import counted
from lossviz.scene.style import Style

MOST_NAMED = 3
"""Columns of text that are told by name."""


class CsvDialog(SideDialog):
    """Asks what of a CSV file is fitted; beside the window's pictures, which show each choice at once.

    Parameters
    ----------
    path : str or Path
    session : Session
        Its experiment becomes one of the table; when the dialog is cancelled, what it was before.
    backend : Backend
    style : Style
    parent : QWidget, optional
        The window.
    """

    def __init__(
        self, path: str | Path, session: Session, backend: Backend, style: Style, parent: QWidget | None = None
    ) -> None:
        name = Path(path).name
        super().__init__(f"Data from {name}", f"open {name}", session, backend, parent)
        self.path = Path(path)
        self._data: Dataset | None = None
        self._refusal: tuple[str, str] | None = None
        self._lay_out(style)
        self.form.chosen.connect(self._fit)
        self.form.judged.connect(self._judge)
        self.count.setText("Reading …")
        self.progress.show()
        self._awaited = backend.read_table(str(self.path))

    def _lay_out(self, style: Style) -> None:
        body = QVBoxLayout(self)
        body.setContentsMargins(12, 12, 12, 12)
        body.setSpacing(8)
        self.title = QLabel(self.path.name)
        theme.set_type(self.title, 14, QFont.Weight.DemiBold)
        self.title.setToolTip(str(self.path))
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        self.count = QLabel()
        self.count.setProperty("quiet", True)
        self.count.setTextFormat(Qt.TextFormat.PlainText)
        self.count.setWordWrap(True)
        self.count.setAccessibleName("Rows and columns")
        self.preview = CsvPreview(style)
        self.form = CsvForm()
        self.done_button.setEnabled(False)
        inner = QWidget()
        inner.setObjectName("inner")
        parts = QVBoxLayout(inner)
        parts.setContentsMargins(0, 0, 0, 0)
        parts.setSpacing(8)
        for widget in (self.title, self.count, self.preview, self.form, self.sentence):
            parts.addWidget(widget)
        for widget in (self.preview, self.form, self.sentence):
            widget.hide()
        parts.addStretch(1)
        body.addWidget(Scroll(inner, "Table and what of it is fitted", stop=False), 1)
        body.addWidget(self.progress)
        body.addLayout(self.buttons)

    def restyle(self, style: Style) -> None:
        """Change colours."""
        self.preview.restyle(style)

    # what a person wants ------------------------------------------------------------------------------------------

    @Slot()
    def accept(self) -> None:
        """Keep what is shown; while something is wrong stay, and point to it."""
        if self._data is None or self._over:
            return
        self.form.take()
        wrong = self.form.wrong
        if wrong is not None:
            wrong.box.setFocus()
        elif self._awaited:
            # the last choice is still being fitted
            self._leaving = True
        elif self._refusal is not None:
            self._refuse(*self._refusal)
        else:
            self._end(True)

    @Slot(object)
    def _fit(self, section: SurfaceSection) -> None:
        self.say("")
        self.preview.show_used(self.form.used)
        self._await(self._backend.fit_table(str(self.path), section))

    @Slot(bool)
    def _judge(self, readable: bool) -> None:
        """Say again what is wrong with the choice that stands there again."""
        if readable and not self._awaited and self._refusal is not None:
            self._refuse(*self._refusal)
        self._allow_done()

    def _forget(self) -> None:
        self._data = None
        self.preview.show_table(None)

    # what the backend says ----------------------------------------------------------------------------------------

    def _answered(self, reply: Reply) -> None:
        match reply:
            case Done(result=Dataset() as data):
                self._show_table(data)
            case Done(result=Experiment() as experiment):
                self._show_experiment(experiment)
            case Done(result=ChoiceError() as error):
                self._show_choices(error.surface)
                self._refuse(str(error), error.choice)
            case Failed(sentence=sentence):
                self._refuse(sentence)
            case Cancelled():
                self._leaving = False

    def _show_table(self, data: Dataset) -> None:
        self._data = data
        columns = f"{counted(len(data))} column{'s' if len(data) > 1 else ''}"
        dropped = f"; {counted(data.dropped)} left out, as a cell is empty" if data.dropped else ""
        aside = f"; {_left_aside(data.left_out)}" if data.left_out else ""
        rows = f"{counted(data.rows)} {data.one if data.rows == 1 else data.many}"
        self.count.setText(f"{rows}, {columns}{dropped}{aside}")
        self.preview.show_table(data)
        self.preview.show()
        self._await(self._backend.fit_table(str(self.path)))

    def _show_choices(self, section: SurfaceSection) -> None:
        """Show what was proposed; what a person has chosen stands there already."""
        if self.form.isVisibleTo(self) or self._data is None:
            return
        self.form.show_section(section, self._data)
        self.form.show()
        self._allow_done()
        self.preview.show_used(self.form.used)
        self.form.feature.box.setFocus()

    def _show_experiment(self, experiment: Experiment) -> None:
        self._show_choices(experiment.surface)
        self.say("")
        self._refusal = None
        self._take(experiment)

    def _refuse(self, sentence: str, choice: str = "") -> None:
        self._refusal, self._leaving = (sentence, choice), False
        if self._data is None:
            self.count.setText("This file can't be used.")
            self.done_button.hide()
            self.cancel_button.setText("Close")
        if not self.form.say(choice, sentence):
            self.say(sentence)
        self._allow_done()

    def _allow_done(self) -> None:
        """Let nothing be kept while something is said to be wrong."""
        shown = self.form.isVisibleTo(self)
        self.done_button.setEnabled(shown and self.form.wrong is None and not self.sentence.text())

    def say(self, sentence: str) -> None:
        """Show what is wrong on the whole, or with "" nothing."""
        super().say(sentence)
        self._allow_done()


def _left_aside(names: tuple[str, ...]) -> str:
    """Say which columns hold text."""
    if len(names) > MOST_NAMED:
        return f"{counted(len(names))} columns are text and left aside"
    *others, last = [name if len(name) <= 24 else f"{name[:23]}…" for name in names]
    return f"{', '.join(others)} and {last} are text and left aside" if others else f"{last} is text and left aside"
