"""The export dialog: a preview, a form, and an export that goes on even when the dialog is closed."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from lossviz.export.movie import schedule
from lossviz.gui import theme
from lossviz.gui.export_form import ExportForm
from lossviz.gui.export_job import ExportJob
from lossviz.gui.export_preview import ExportPreview
from lossviz.gui.panels.scroll import Scroll
from lossviz.gui.session import Session
from lossviz.numerals import counted, fixed, short
from lossviz.scene.style import Style
from lossviz.views.dashboard import VIEWS

DUE = 100
"""Milliseconds until a change in the window is taken up."""
REMEMBERED = 8000
"""Milliseconds for which the window's status line says how an export ended."""


class ExportDialog(QDialog):
    """Asks what to export, and exports it by a child process.

    Parameters
    ----------
    session : Session
        Whose experiment is exported: as it is when the export begins.
    style : Style
    """

    told = Signal(str, bool)
    """How the export goes, in a few words for the window's status line, and whether it is still going on."""
    folder_chosen = Signal(str)
    """The folder that a person has exported to."""

    def __init__(self, session: Session, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setWindowTitle("Export")
        self.setAccessibleName("Export")
        large = session.experiment.view.large
        self.form = ExportForm(large if large in VIEWS else "dashboard", style.name, _pictures_folder())
        self.preview = ExportPreview(style)
        self.job = ExportJob(self)
        self._last_path = ""
        self._lay_out()
        self._connect()
        self.restyle(style)
        self.resize(theme.within_screen(1040, 560))
        self._show_idle()

    @property
    def folder(self) -> str:
        """Where exports go, unless a person says otherwise."""
        return str(self.form.folder)

    def set_folder(self, folder: str) -> None:
        """Let exports go to another folder."""
        self.form.folder = Path(folder)
        self._show_session()

    def restyle(self, style: Style) -> None:
        """Change colours."""
        self.preview.restyle(style)
        self.form.show_theme(style.name)
        self.setStyleSheet(f"""
            QProgressBar {{ background: {style.hairline}; border: none; border-radius: 3px;
                            min-height: 6px; max-height: 6px; }}
            QProgressBar::chunk {{ background: {style.accent}; border-radius: 3px; }}
            QPushButton#chief {{ background: {style.accent}; color: {style.on_accent}; font-weight: 600;
                                 border: 1px solid {style.accent}; padding: 4px 18px; }}
            QPushButton#chief:focus {{ border: 2px solid {style.ink}; padding: 3px 17px; }}
            QPushButton#chief:disabled {{ background: {style.hairline}; color: {style.quiet};
                                          border: 1px solid {style.hairline}; }}
        """)
        self._refresh()

    @Slot()
    def cancel(self) -> None:
        """End the export; nothing of it is left."""
        self.job.cancel()

    @Slot()
    def end(self) -> None:
        """End all that goes on, at once: the window closes."""
        self.job.close()
        self.preview.stop()
        self._due.stop()
        self._forget.stop()
        self._show_idle()

    def showEvent(self, event: QShowEvent) -> None:
        """Show the session as it is now."""
        super().showEvent(event)
        self._show_session()
        if not self.job.running and not self.done_row.isVisibleTo(self):
            self._show_idle()

    def hideEvent(self, event: QHideEvent) -> None:
        """End the preview; an export goes on."""
        super().hideEvent(event)
        self.preview.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press by Enter the button that has the focus; Enter in a field starts nothing, Ctrl+Enter does."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        event.accept()
        reached = self.focusWidget()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._accept_name()
            if self.export.isVisible() and self.export.isEnabled():
                self.export.click()
        elif isinstance(reached, QPushButton):
            reached.click()

    # the parts ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        left, right = QFrame(), QFrame()
        inner = QWidget()
        inner.setObjectName("inner")
        fields = QVBoxLayout(inner)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.addWidget(self.form)
        fields.addStretch(1)
        for card, content in ((left, self.preview), (right, Scroll(inner, "What is exported", stop=False))):
            card.setObjectName("card")
            inside = QVBoxLayout(card)
            inside.setContentsMargins(12, 12, 12, 12)
            inside.addWidget(content)
        cards = QHBoxLayout()
        cards.setSpacing(8)
        cards.addWidget(left, 4)
        cards.addWidget(right, 3)
        self.export = self._button("&Export", "Write the file (Ctrl+Enter)", self.start)
        self.export.setObjectName("chief")
        self.leave = self._button("Close", "Close the dialog; an export goes on (Esc)", self.close)
        self.stop = self._button("&Cancel the export", "End the export; nothing of it is left", self.cancel)
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setAccessibleName("How the export goes")
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the export")
        self.details = self._button("Copy &details", "Copy what the export said, for a report", self._copy_details)
        self.done_row = QWidget()
        done = QHBoxLayout(self.done_row)
        done.setContentsMargins(0, 0, 0, 0)
        done.addWidget(self._button("&Show in folder", "Open the folder of the file", self._show_in_folder))
        done.addWidget(self._button("Copy &path", "Copy where the file is", self._copy_path))
        words = QVBoxLayout()
        words.setSpacing(6)
        words.addWidget(self.message)
        words.addWidget(self.bar)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addLayout(words, 1)
        for widget in (self.details, self.done_row, self.stop, self.leave, self.export):
            foot.addWidget(widget)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 12, 12, 12)
        whole.setSpacing(10)
        whole.addLayout(cards, 1)
        whole.addLayout(foot)
        self.form.view.setFocus()

    @staticmethod
    def _button(text: str, tip: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(text.replace("&", ""))
        button.setToolTip(tip)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def _connect(self) -> None:
        session, job = self.session, self.job
        # while it plays, a few times a second are enough
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.setInterval(DUE)
        self._due.timeout.connect(self._show_session)
        for signal in (session.experiment_changed, session.scene_changed, session.frame_changed):
            signal.connect(self._session_changed)
        self._forget = QTimer(self)
        self._forget.setSingleShot(True)
        self._forget.setInterval(REMEMBERED)
        self._forget.timeout.connect(self._tell_nothing)
        self.form.changed.connect(self._refresh)
        self.form.browse_asked.connect(self._browse)
        # later: the Enter itself comes to the dialog too, and would press the button
        self.form.file.returnPressed.connect(self._accept_name, Qt.ConnectionType.QueuedConnection)
        job.progress.connect(self._show_progress)
        job.finished.connect(self._show_finished)
        job.failed.connect(self._show_failed)
        job.cancelled.connect(self._show_cancelled)

    # before an export ---------------------------------------------------------------------------------------------

    @Slot()
    def _session_changed(self) -> None:
        if self.isVisible() and not self._due.isActive():
            self._due.start()

    @Slot()
    def _show_session(self) -> None:
        if not self.isVisible():
            return
        self.form.show_steps(self.session.steps, int(self.session.step))
        self.form.show_title(self.session.experiment.title)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        """Say what would be written, and ask for its preview."""
        if not self.isVisible():
            return
        fault = self.form.fault
        try:
            text = fault or self._outlook()
        except ValueError as error:
            text = fault = f"{str(error)[:1].upper()}{str(error)[1:]}"
        self.form.show_note(text, bool(fault))
        self.export.setEnabled(not fault and not self.job.running)
        if any(entry.fault for entry in self.form.entries()):
            return
        options = self.form.options()
        step = options.at
        if step is None:
            step = min(max(float(int(self.session.step)), options.first or 0.0), options.last or 0.0)
        self.preview.ask(self.session.experiment, options, step)

    def _outlook(self) -> str:
        """Tell how much will be written, and where to."""
        options, kind, scene = self.form.options(), self.form.chosen_format, self.session.scene
        path = self.form.path
        # a long path may break behind each folder
        where = str(path.parent).replace("/", "/\u200b").replace("\\", "\\\u200b")
        end = f"It replaces {path.name} in {where}." if self.form.replaces else f"Into {where}."
        if not kind.moves or scene is None:
            return end if kind.moves else f"1 picture. {end}"
        times, hold = schedule(scene, options.fps, None, options.first, options.last)
        playing = len(times) / options.fps
        if kind.suffix:
            last = float(scene.steps if options.last is None else options.last)
            rest = f"{hold:.0f} s of them at rest on step {short(last, 6)}"
            return f"{counted(len(times))} frames, {fixed(playing + hold, 1)} s, {rest}. {end}"
        return f"{counted(len(times))} pictures, for {fixed(playing, 1)} s. {end}"

    @Slot()
    def _accept_name(self) -> None:
        """Take what stands in the field, and go on to the button."""
        self.form.take_name()
        self.export.setFocus()

    @Slot()
    def _browse(self) -> None:
        kind = self.form.chosen_format
        kinds = f"{kind.name} (*{kind.suffix})" if kind.suffix else "Folders (*)"
        dialog = QFileDialog(self, "Export to", str(self.form.path.parent), kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setDefaultSuffix(kind.suffix.removeprefix("."))
        dialog.selectFile(self.form.path.name)
        dialog.fileSelected.connect(self._file_chosen)
        dialog.open()

    @Slot(str)
    def _file_chosen(self, path: str) -> None:
        self.form.show_path(Path(path))
        self._refresh()

    # while it runs, and after -------------------------------------------------------------------------------------

    @Slot()
    def start(self) -> None:
        """Begin the export, of the experiment as it is now."""
        if self.job.running or self.form.fault:
            return
        options = self.form.options()
        folder = str(Path(options.path).parent)
        self.form.folder = Path(folder)
        self.folder_chosen.emit(folder)
        self.job.start(self.session.experiment, options)
        self._show_row(running=True)
        self.bar.setRange(0, 0)
        self._say(f"Exporting {Path(options.path).name} …")
        self._forget.stop()
        self.told.emit(f"exporting {Path(options.path).name}", True)

    @Slot(float)
    def _show_progress(self, part: float) -> None:
        name = Path(self.job.options.path).name
        self.bar.setRange(0, 100)
        self.bar.setValue(round(100 * part))
        self._say(f"Exporting {name}: {100 * part:.0f} %")
        self.told.emit(f"exporting {name} {100 * part:.0f} %", True)

    @Slot(str)
    def _show_finished(self, path: str) -> None:
        self._last_path = path
        self._show_row(done=True)
        self._say(f"Written: {Path(path).name} ({self.job.written})")
        self.told.emit(f"written: {Path(path).name}", False)
        self._forget.start()
        self._refresh()

    @Slot(str)
    def _show_failed(self, sentence: str) -> None:
        self._show_row(details=bool(self.job.details))
        self._say(sentence, wrong=True)
        self.told.emit(f"the export failed: {sentence}", False)
        self._forget.start()
        self._refresh()

    @Slot()
    def _show_cancelled(self) -> None:
        self._show_row()
        self._say("Cancelled; nothing was written.")
        self.told.emit("", False)
        self._refresh()

    @Slot()
    def _tell_nothing(self) -> None:
        if not self.job.running:
            self.told.emit("", False)

    def _show_idle(self) -> None:
        self._show_row()
        self._say("")

    def _show_row(self, running: bool = False, done: bool = False, details: bool = False) -> None:
        self.bar.setVisible(running)
        self.stop.setVisible(running)
        self.export.setVisible(not running)
        self.done_row.setVisible(done)
        self.details.setVisible(details)

    def _say(self, text: str, wrong: bool = False) -> None:
        self.message.setText(text)
        theme.mark(self.message, "wrong", wrong)

    @Slot()
    def _show_in_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(self._last_path).parent)))

    @Slot()
    def _copy_path(self) -> None:
        QGuiApplication.clipboard().setText(self._last_path)

    @Slot()
    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(self.job.details)


def _pictures_folder() -> Path:
    """Give the folder of a person's pictures, or their home."""
    for place in (QStandardPaths.StandardLocation.PicturesLocation, QStandardPaths.StandardLocation.HomeLocation):
        folder = QStandardPaths.writableLocation(place)
        if folder and Path(folder).is_dir():
            return Path(folder)
    return Path.cwd()
