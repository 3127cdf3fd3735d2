"""The dialog of a table: a preview, and what of it is fitted; the surface behind it follows each choice."""

from pathlib import Path

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFont, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from lossviz.experiment import Experiment, SurfaceSection
from lossviz.experiment.from_table import ChoiceError
from lossviz.gui.backend import Backend
from lossviz.gui.csv_form import CsvForm
from lossviz.gui.csv_preview import CsvPreview
from lossviz.gui.session import Session
from lossviz.jobs.messages import Cancelled, Done, Failed, Progress, Reply
from lossviz.landscape.datasets import Dataset
from lossviz.scene.style import Style
from lossviz.views.brushes import font

WIDTH, HEIGHT = 318, 560
PATIENCE = 300
"""Milliseconds after which work that goes on is shown."""
MOST_NAMED = 3
"""Columns of text that are told by name."""


class CsvDialog(QDialog):
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

    finished_with = Signal(bool)
    """Whether what was chosen is kept."""

    def __init__(
        self, path: str | Path, session: Session, backend: Backend, style: Style, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.path = Path(path)
        self._session, self._backend = session, backend
        self._before = session.experiment
        self._data: Dataset | None = None
        self._awaited = 0
        self._edited = self._over = self._leaving = False
        self._refusal: tuple[str, str] | None = None
        self.setWindowTitle(f"Data from {self.path.name}")
        self.setAccessibleName(self.windowTitle())
        self._lay_out(style)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(self.progress.show)
        self.form.chosen.connect(self._fit)
        self.form.judged.connect(self._judge)
        backend.replied.connect(self._replied)
        self.resize(WIDTH, HEIGHT)
        self.count.setText("Reading …")
        self.progress.show()
        self._awaited = backend.read_table(str(self.path))

    def _lay_out(self, style: Style) -> None:
        body = QVBoxLayout(self)
        body.setContentsMargins(12, 12, 12, 12)
        body.setSpacing(8)
        self.title = QLabel(self.path.name)
        self.title.setFont(font(14, QFont.Weight.DemiBold))
        self.title.setToolTip(str(self.path))
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        self.count = QLabel()
        self.count.setProperty("quiet", True)
        self.count.setTextFormat(Qt.TextFormat.PlainText)
        self.count.setWordWrap(True)
        self.count.setAccessibleName("Rows and columns")
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.progress.setAccessibleName("Progress")
        # its room stays, so that nothing moves when it comes
        kept = self.progress.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(kept)
        self.preview = CsvPreview(style)
        self.form = CsvForm(style)
        self.sentence = QLabel()
        self.sentence.setProperty("wrong", True)
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setAccessibleName("Message")
        self.cancel_button, self.done_button = QPushButton("Cancel"), QPushButton("Done")
        self.cancel_button.setToolTip("Go back to what was shown before (Esc)")
        self.done_button.setToolTip("Keep what is shown (Enter)")
        self.done_button.setObjectName("play")
        self.done_button.setDefault(True)
        self.cancel_button.setAutoDefault(False)
        self.done_button.setEnabled(False)
        self.cancel_button.clicked.connect(self.reject)
        self.done_button.clicked.connect(self.accept)
        for widget in (self.title, self.count, self.preview, self.form, self.sentence):
            body.addWidget(widget)
        for widget in (self.preview, self.form, self.sentence):
            widget.hide()
        body.addStretch(1)
        body.addWidget(self.progress)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.done_button)
        body.addLayout(buttons)

    def showEvent(self, event: QShowEvent) -> None:
        """Stand over the window's left column, so that the pictures stay seen."""
        window = self.parentWidget()
        if window is not None and not event.spontaneous():
            frame = self.frameGeometry().height() - self.geometry().height()
            corner = window.geometry().topLeft()
            self.move(corner.x(), corner.y() + 30)
            self.resize(self.width(), max(self.minimumSizeHint().height(), min(HEIGHT, window.height() - 38 - frame)))
        super().showEvent(event)

    def restyle(self, style: Style) -> None:
        """Change colours."""
        self.preview.restyle(style)
        self.form.restyle(style)

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

    @Slot()
    def reject(self) -> None:
        """Bring back what was shown before."""
        self._end(False)

    @Slot(object)
    def _fit(self, section: SurfaceSection) -> None:
        self.say("")
        self.preview.show_used(self.form.used)
        self._patience.start()
        self._awaited = self._backend.fit_table(str(self.path), section)

    @Slot(bool)
    def _judge(self, readable: bool) -> None:
        """Say again what is wrong with the choice that stands there again."""
        if readable and not self._awaited and self._refusal is not None:
            self._refuse(*self._refusal)
        self._allow_done()

    def _end(self, kept: bool) -> None:
        if self._over:
            return
        self._over = True
        if self._awaited:
            self._backend.leave_table()
        self._awaited = 0
        self._patience.stop()
        if self._edited:
            if not kept:
                self._session.edit(self._before)
            self._session.release()
        # a table may be large
        self._data = None
        self.preview.show_table(None)
        if kept:
            super().accept()
        else:
            super().reject()
        self.finished_with.emit(kept)

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
        columns = f"{len(data):,} column{'s' if len(data) > 1 else ''}"
        dropped = f"; {data.dropped:,} left out, as a cell is empty" if data.dropped else ""
        aside = f"; {_left_aside(data.left_out)}" if data.left_out else ""
        self.count.setText(f"{data.rows:,} {data.one if data.rows == 1 else data.many}, {columns}{dropped}{aside}")
        self.preview.show_table(data)
        self.preview.show()
        self._patience.start()
        self._awaited = self._backend.fit_table(str(self.path))

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
        if not self._edited:
            # what is typed letter by letter is one edit
            self._edited = True
            self._session.grasp()
        now = self._session.experiment.view
        view = msgspec.structs.replace(now, point=None, selected=experiment.view.selected)
        self._session.edit(msgspec.structs.replace(experiment, view=view))
        if self._leaving:
            self._end(True)

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
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))
        self._allow_done()


def _left_aside(names: tuple[str, ...]) -> str:
    """Say which columns hold text."""
    if len(names) > MOST_NAMED:
        return f"{len(names):,} columns are text and left aside"
    *others, last = [name if len(name) <= 24 else f"{name[:23]}…" for name in names]
    return f"{', '.join(others)} and {last} are text and left aside" if others else f"{last} is text and left aside"
