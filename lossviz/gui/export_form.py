"""The form of an export: what, as what, how large, which steps, where to."""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from lossviz.export.canvas import LARGEST, SMALLEST
from lossviz.gui import theme
from lossviz.gui.chooser import Chooser
from lossviz.gui.export_job import ExportOptions
from lossviz.gui.ranged_entry import RangedEntry
from lossviz.scene.style import STYLES
from lossviz.views.dashboard import PICTURES, VIEWS


@dataclass(frozen=True)
class Format:
    """A kind of file: its name, its suffix, and whether it has time."""

    name: str
    suffix: str
    moves: bool


GIF = Format("GIF film", ".gif", True)
PNG = Format("PNG, one step", ".png", False)
FOLDER = Format("PNGs, numbered, in a folder", "", True)
FORMATS = (GIF, PNG, FOLDER)
SIZES = (
    ("1280 × 720", (1280, 720)),
    ("1920 × 1080", (1920, 1080)),
    ("1080 × 1080, square", (1080, 1080)),
    ("1440 × 1080, slide 4:3", (1440, 1080)),
)
THEMES = {"print": "Print, on white", "contrast": "High contrast"}


def slug(title: str) -> str:
    """Give a title as the name of a file: ``"four-learning-rates"``."""
    letters = "".join(letter if letter.isalnum() else " " for letter in title.lower())
    return "-".join(letters.split())[:60].rstrip("-") or "lossviz"


class ExportForm(QWidget):
    """Shows and edits what is to be exported.

    Parameters
    ----------
    view : str
        The view that is chosen at first.
    theme : str
        The theme that is chosen at first.
    folder : Path
        Where the file goes at first.
    """

    changed = Signal()
    """A person has chosen something else, or something that can't be: see `fault`."""
    browse_asked = Signal()

    def __init__(self, view: str, theme: str, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.folder = folder
        self._steps = 1
        self._title = "lossviz"
        self._own_name = self._own_step = self._own_theme = False
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(12)
        self._form.setVerticalSpacing(8)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        names = {name: VIEWS[name].title if name in VIEWS else "Dashboard, all in one" for name in PICTURES}
        self.view = self._choice("View", "Which picture", list(names.items()))
        self.view.setCurrentIndex(PICTURES.index(view))
        self.format = self._choice("Format", "A film that moves, or a still", [(f, f.name) for f in FORMATS])
        self._lay_out_size()
        self._lay_out_steps()
        themes = [(name, THEMES.get(name, name.capitalize())) for name in STYLES]
        self.theme = self._choice("Theme", "The colours of the picture", themes)
        self._lay_out_texts()
        self.show_theme(theme)
        for box in (self.view, self.pixels, self.theme):
            box.activated.connect(self._chosen)
        self.format.activated.connect(self._format_chosen)
        self._arrange()

    # what is chosen -----------------------------------------------------------------------------------------------

    @property
    def chosen_format(self) -> Format:
        """The kind of file."""
        return FORMATS[self.format.currentIndex()]

    @property
    def fault(self) -> str:
        """What can't be exported as it stands: one sentence, or nothing."""
        for entry in self.entries():
            if entry.fault:
                return entry.fault
        if self.chosen_format.moves and not self.first.value < self.last.value:
            return "A film goes from a step to a later one."
        return f"File: {wrong}" if (wrong := self._wrong_path()) else ""

    @property
    def path(self) -> Path:
        """Where to, absolute."""
        return Path(self.folder, os.path.expanduser(self.file.text().strip() or "lossviz"))

    def _wrong_path(self) -> str:
        path, suffix = self.path, self.chosen_format.suffix
        # os.path: what can't be looked into is not there
        is_folder = os.path.isdir(path)
        if not self.file.text().strip():
            return "expected a name."
        if path.suffix.lower() != suffix and (suffix or not is_folder):
            return f"expected a name that {f'ends in {suffix}' if suffix else 'has no full stop, for a folder'}."
        if not os.path.isdir(path.parent):
            return f"there is no folder {path.parent}."
        if suffix and is_folder:
            return f"{path.name} is a folder."
        if not suffix and os.path.isfile(path):
            return f"{path.name} is a file; expected a new or empty folder."
        with suppress(OSError):
            if not suffix and is_folder and os.listdir(path):
                return f"the folder {path.name} is not empty."
        return ""

    @property
    def replaces(self) -> bool:
        """Whether a file that is there already will be replaced."""
        return bool(self.chosen_format.suffix) and os.path.isfile(self.path)

    def options(self) -> ExportOptions:
        """Give what is chosen."""
        moves = self.chosen_format.moves
        return ExportOptions(
            path=str(self.path),
            view=self.view.currentData(),
            size=self.pixels.currentData() or (int(self.width_.value), int(self.height_.value)),
            theme=self.theme.currentData(),
            caption=self.caption.text().strip(),
            fps=self.fps.value,
            at=None if moves else self.at.value,
            first=self.first.value if moves else None,
            last=self.last.value if moves else None,
        )

    # showing, without a signal ------------------------------------------------------------------------------------

    def show_steps(self, steps: int, seen: int) -> None:
        """Show how many steps there are, and which one is seen: a still is of that one unless a person said."""
        if steps != self._steps:
            to_the_end = self.last.value >= self._steps
            self._steps = steps
            self.first.set_range(0, steps - 1)
            self.last.set_range(1, steps)
            self.at.set_range(0, steps)
            if to_the_end and not self.last.fault:
                self.last.show_value(steps)
        if not self._own_step and not self.at.hasFocus():
            self.at.show_value(min(seen, steps))

    def show_title(self, title: str) -> None:
        """Name the file after the experiment, unless a person has named it."""
        self._title = slug(title)
        if not self._own_name:
            self.show_path(self.folder / self._default_name())
            self._own_name = False

    def show_path(self, path: Path) -> None:
        """Show another target, which a person has chosen."""
        self.folder = path.parent
        self.file.setText(path.name)
        self._own_name = True

    def show_theme(self, theme: str) -> None:
        """Choose the window's theme, unless a person has chosen one."""
        if not self._own_theme and self.theme.findData(theme) >= 0:
            self.theme.setCurrentIndex(self.theme.findData(theme))

    # the parts ----------------------------------------------------------------------------------------------------

    def _lay_out_size(self) -> None:
        self.pixels = self._choice("Size", "Pixels of the picture", [(size, text) for text, size in SIZES])
        self.pixels.addItem("Other …", None)
        self.width_ = self._entry("Width", SMALLEST, LARGEST, 1280, unit="pixels")
        self.height_ = self._entry("Height", SMALLEST, LARGEST, 720, unit="pixels")
        self._own_size = self._row(self.width_, QLabel("×"), self.height_)
        self._form.addRow(self._label("Width × height", self.width_), self._own_size)

    def _lay_out_steps(self) -> None:
        self.fps = self._entry("Frames a second", 0.1, 50, 25, whole=False)
        self._rate = self._row(self.fps)
        self._form.addRow(self._label("Frames a second", self.fps), self._rate)
        self.first = self._entry("First step", 0, 0, 0)
        self.last = self._entry("Last step", 1, 1, 1)
        self._range = self._row(self.first, QLabel("to"), self.last)
        self._form.addRow(self._label("Steps", self.first), self._range)
        self.at = self._entry("Step", 0, 1, 0)
        self.at.edited.connect(self._step_chosen)
        self._moment = self._row(self.at)
        self._form.addRow(self._label("Step", self.at), self._moment)

    def _lay_out_texts(self) -> None:
        self.caption = QLineEdit()
        self.caption.setPlaceholderText("none")
        self.caption.setAccessibleName("Caption")
        self.caption.setToolTip("A line under the picture; a long one is wrapped")
        self.caption.textEdited.connect(self.changed)
        self._form.addRow(self._label("Caption", self.caption), self.caption)
        self.file = QLineEdit()
        self.caption.returnPressed.connect(self.file.setFocus)
        self.file.setAccessibleName("File")
        self.file.setToolTip("The name of the file, with or without its folder")
        self.file.textEdited.connect(self._named)
        self.file.editingFinished.connect(self.take_name)
        self.browse = QPushButton("Browse …")
        self.browse.setAutoDefault(False)
        self.browse.setAccessibleName("Browse for the file")
        self.browse.setToolTip("Choose the file in a dialog")
        self.browse.clicked.connect(self.browse_asked)
        self._form.addRow(self._label("File", self.file), self._row(self.file, self.browse, stretch=False))
        self.note = QLabel()
        self.note.setProperty("quiet", True)
        theme.set_type(self.note, 12)
        self.note.setWordWrap(True)
        self.note.setAccessibleName("About the export")
        self._form.addRow(self.note)

    def entries(self) -> tuple[RangedEntry, ...]:
        """Give the entries that matter to the format and the size."""
        size = (self.width_, self.height_) if self.pixels.currentData() is None else ()
        return (*size, self.fps, self.first, self.last) if self.chosen_format.moves else (*size, self.at)

    def show_note(self, text: str, wrong: bool) -> None:
        """Show what will be written, or why nothing can be."""
        self.note.setText(text)
        theme.mark(self.note, "wrong", wrong)
        self._give_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep room for all lines of the note."""
        super().resizeEvent(event)
        self._give_room()

    def _give_room(self) -> None:
        # a scroll area whose bar comes and goes may stop at too small a height for words that wrap
        self.note.setMinimumHeight(max(0, self.note.heightForWidth(self.note.width())))

    def _arrange(self) -> None:
        """Show the rows that the format and the size need."""
        moves = self.chosen_format.moves
        self._form.setRowVisible(self._own_size, self.pixels.currentData() is None)
        for row, shown in ((self._rate, moves), (self._range, moves), (self._moment, not moves)):
            self._form.setRowVisible(row, shown)

    def _default_name(self) -> str:
        kind = self.chosen_format
        return f"{self._title}{kind.suffix}" if kind.suffix else f"{self._title}-frames"

    def _choice(self, name: str, text: str, items: Sequence[tuple[object, str]]) -> QComboBox:
        box = Chooser()
        box.setAccessibleName(name)
        box.setToolTip(text)
        for data, shown in items:
            box.addItem(shown, data)
        self._form.addRow(self._label(name, box), box)
        return box

    def _entry(
        self, name: str, low: float, high: float, value: float, *, whole: bool = True, unit: str = ""
    ) -> RangedEntry:
        entry = RangedEntry(name, low, high, value, whole=whole, unit=unit)
        entry.edited.connect(self.changed)
        return entry

    @staticmethod
    def _label(name: str, buddy: QWidget) -> QLabel:
        label = QLabel(name)
        label.setProperty("quiet", True)
        label.setBuddy(buddy)
        theme.set_sizes(label, least_width=112, least_height=28)
        return label

    @staticmethod
    def _row(*widgets: QWidget, stretch: bool = True) -> QWidget:
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in widgets:
            row.addWidget(widget)
        if stretch:
            row.addStretch(1)
        row.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        return whole

    # a person's choices -------------------------------------------------------------------------------------------

    @Slot(int)
    def _chosen(self, index: int) -> None:
        self._own_theme = self._own_theme or self.sender() is self.theme
        self._arrange()
        self.changed.emit()

    @Slot(int)
    def _format_chosen(self, index: int) -> None:
        if self._own_name and self.file.text().strip():
            path, suffix = self.path, self.chosen_format.suffix
            known = path.suffix.lower() in (".gif", ".png")
            self.show_path(path.with_suffix(suffix) if known else path.with_name(path.name + suffix))
        else:
            self.show_title(self._title)
        self._arrange()
        self.changed.emit()

    @Slot()
    def _step_chosen(self) -> None:
        self._own_step = True

    @Slot()
    def _named(self) -> None:
        self._own_name = bool(self.file.text().strip())
        self.changed.emit()

    @Slot()
    def take_name(self) -> None:
        """Take a suffix that belongs to another format as the choice of that format; add one that is missing."""
        if not self._own_name:
            return
        path = self.path
        for number, kind in enumerate(FORMATS):
            if kind.suffix and path.suffix.lower() == kind.suffix and kind is not self.chosen_format:
                self.format.setCurrentIndex(number)
                self._arrange()
        if not path.suffix and self.chosen_format.suffix and not os.path.isdir(path):
            path = path.with_name(path.name + self.chosen_format.suffix)
        if os.path.isdir(path.parent):
            # a folder that was typed becomes the folder
            self.show_path(path)
        self.changed.emit()
