"""Form: an editor for one Param, made from its declaration alone: a slider, an exact entry, its help."""

import math

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QLineEdit, QWidget

from lossviz.gui import theme
from lossviz.gui.fine_slider import HELP, POSITIONS, FineSlider
from lossviz.gui.slider_scale import ZERO, Scale
from lossviz.landscape.param import Param
from lossviz.numerals import short

OVERRIDE = QEvent.Type.ShortcutOverride

NAME, ENTRY = 88, 74
"""Pixels of a name and of its entry."""
NARROW = 236
"""A field narrower than this has its slider below its name."""
TIGHT = 256
"""And one narrower than this its button below all."""


def parsed(text: str) -> float | None:
    """Read a number as people type it: ``.71``, ``0,71``, ``7.1e-1``, ``−2``; None where it is none."""
    cleaned = "".join(text.split()).replace("−", "-")
    if "," in cleaned and "." not in cleaned:
        cleaned = cleaned.replace(",", ".")
    try:
        value = float(cleaned)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


class NumberEntry(QLineEdit):
    """A line for a number: Enter takes it and gives the keys back to the window, Escape takes it back."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = ""

    def show_text(self, text: str) -> None:
        """Show a text that is not being typed."""
        self.shown = text
        self.setText(text)
        # the sign and the first digits say most
        self.setCursorPosition(0)

    def event(self, event: QEvent) -> bool:
        """Keep Escape for this line while it is typed in: elsewhere it is a key of the window."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and event.type() == OVERRIDE:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter and Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.setText(self.shown)
            self.textEdited.emit(self.shown)
            self.clearFocus()
            return
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.property("wrong"):
            self.clearFocus()


class ParamField(QWidget):
    """Shows and edits the value of one Param.

    Parameters
    ----------
    param : Param
    wide : bool
        Whether the slider has the whole width, below the name.
    title : str
        What it is called; "": its name in words.
    """

    edited = Signal(str, object)
    """The Param's name and its new value, as a person asks for it."""
    grasped = Signal()
    released = Signal()
    """A drag of the slider begins, and ends."""

    def __init__(self, param: Param, wide: bool = False, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.param, self._always_wide = param, wide
        self.scale = Scale(param)
        self._wide: bool | None = None
        self._narrow = False
        self._button: QWidget | None = None
        title = title or param.name.replace("_", " ").capitalize()
        self.value: float | bool = param.default
        layout = self._grid = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(0)
        layout.setColumnStretch(1, 1)
        default = ("on" if param.default else "off") if param.switch else short(float(param.default), 6)
        help_text = f"<b>{title}</b> {param.symbol}<br>{param.text}<br>{param.range_text}, default {default}"
        self.label = QLabel(title)
        self.label.setProperty("quiet", True)
        layout.addWidget(self.label, 0, 0)
        self.setToolTip(help_text)
        self.switch: QCheckBox | None = None
        if param.switch:
            theme.set_sizes(self.label, least_width=NAME)
            self.switch = QCheckBox()
            self.switch.setAccessibleName(title)
            self.switch.toggled.connect(self._switched)
            layout.addWidget(self.switch, 0, 1)
            return
        self.slider = FineSlider(ZERO if self.scale.zero else 0.0)
        self.slider.setAccessibleName(f"{title}, slider")
        self.slider.setToolTip(f"{help_text}<br><br>{HELP}<br>A double click brings back {default}.")
        self.entry = NumberEntry()
        self.entry.setAccessibleName(title)
        theme.set_sizes(self.entry, width=ENTRY)
        self.entry.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.label.setBuddy(self.entry)
        self.note = QLabel()
        self.note.setProperty("quiet", True)
        self.note.setWordWrap(True)
        theme.set_type(self.note, 12)
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.note.hide()
        layout.addWidget(self.entry, 0, 2)
        layout.addWidget(self.note, 2, 0, 1, 3)
        self._arrange()
        self.slider.valueChanged.connect(self._slid)
        self.slider.placed.connect(self._placed)
        self.slider.stepped.connect(self._stepped)
        self.slider.reset.connect(self._reset)
        self.slider.grasped.connect(self.grasped)
        self.slider.released.connect(self.released)
        self.entry.editingFinished.connect(self._typed)
        self.entry.textEdited.connect(self._typing)

    def add_button(self, button: QWidget) -> None:
        """Put a button before the entry, or below all where there is little room."""
        self._button, self._wide = button, None
        self._arrange()

    def show_value(self, value: float | bool) -> None:
        """Show a value; nothing is emitted."""
        self.value = value
        if self.switch is not None:
            self.switch.blockSignals(True)
            self.switch.setChecked(bool(value))
            self.switch.blockSignals(False)
            return
        self.slider.show_place(self.scale.place(float(value)))
        if not (self.entry.hasFocus() and self.entry.isModified()):
            self.entry.show_text(self._written(value))
        self._mark_wrong("")

    def refuse(self, value: float | bool, sentence: str) -> None:
        """Say why what a person asked for can't be, where it was asked for; `value` holds on."""
        self.value = value
        self._mark_wrong(sentence)

    def show_marks(self, marks: list[tuple[float, str]], note: str) -> None:
        """Show values that mean something as marks on the slider, and a line of text about them."""
        placed = [(self.scale.place(value), colour) for value, colour in marks if value > 0]
        if placed != self.slider.marks:
            self.slider.marks = placed
            self.slider.update()
        # an error stands there until it is mended
        if not self.entry.property("wrong") and note != self.note.text():
            self.note.setText(note)
            self.note.setVisible(bool(note))

    def _written(self, value: float | bool) -> str:
        # digits of a count are not parted: they are to be edited
        return str(int(value)) if self.param.whole else short(float(value), 6)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the slider below its name where there is little room beside it."""
        super().resizeEvent(event)
        if self.switch is None:
            self._arrange()

    def minimumSizeHint(self) -> QSize:
        """Give the width that name and entry need: what stands between them goes below where there is no room."""
        least = super().minimumSizeHint()
        if self.switch is not None:
            return least
        width = self.label.minimumSizeHint().width() + self.entry.minimumWidth() + 2 * self._grid.horizontalSpacing()
        return QSize(min(least.width(), width), least.height())

    def _arrange(self) -> None:
        narrow = self.width() < theme.scaled(TIGHT)
        wide = self._always_wide or self.width() < theme.scaled(NARROW)
        if (wide, narrow) != (self._wide, self._narrow):
            self._wide, self._narrow = wide, narrow
            self._grid.removeWidget(self.slider)
            self._grid.addWidget(self.slider, *((1, 0, 1, 3) if wide else (0, 1, 1, 1)))
            if self._button is not None:
                self._grid.removeWidget(self._button)
                self._grid.addWidget(
                    self._button, *((3, 0, 1, 3) if narrow else (0, 1, 1, 1)), Qt.AlignmentFlag.AlignRight
                )
        # of the column, not of the name: Qt would remember how wide that had to be
        self._grid.setColumnMinimumWidth(0, 0 if wide else theme.scaled(NAME))

    @Slot(bool)
    def _switched(self, on: bool) -> None:
        self.value = on
        self.edited.emit(self.param.name, on)

    @Slot(int)
    def _slid(self, position: int) -> None:
        self._take(float(f"{self.scale.value_at(position / POSITIONS):.3g}"))

    @Slot(float, float)
    def _placed(self, place: float, exact: float) -> None:
        self._take(self.scale.pointed(place, exact))

    @Slot(int, bool)
    def _stepped(self, count: int, small: bool) -> None:
        self._take(self.scale.stepped(float(self.value), count, small))

    @Slot()
    def _reset(self) -> None:
        self._take(float(self.param.default))

    def _take(self, value: float) -> None:
        """Ask for a value that a hand has set, if it may be."""
        try:
            self.param.check(value)
        except ValueError:
            return
        if value != self.value:
            self.value = value
            self.entry.setModified(False)
            self.entry.show_text(self._written(value))
            self._mark_wrong("")
            self.edited.emit(self.param.name, value)

    @Slot(str)
    def _typing(self, text: str) -> None:
        self._mark_wrong("")

    @Slot()
    def _typed(self) -> None:
        if not self.entry.isModified():
            return
        value = parsed(self.entry.text())
        try:
            if value is None:
                raise ValueError(f"a number is expected, {self.param.range_text}.")
            self.param.check(value)
        except ValueError as error:
            self._mark_wrong(str(error).replace("_", " "))
            return
        self.entry.setModified(False)
        self._mark_wrong("")
        if value != self.value:
            self.value = value
            self.edited.emit(self.param.name, value)

    def _mark_wrong(self, sentence: str) -> None:
        """Show an error where it was made; the picture stays as it was."""
        if bool(self.entry.property("wrong")) == bool(sentence):
            return
        for widget in (self.entry, self.note):
            theme.mark(widget, "wrong", bool(sentence))
        if sentence:
            self.note.setText(sentence[:1].upper() + sentence[1:])
        self.note.setVisible(bool(sentence))
