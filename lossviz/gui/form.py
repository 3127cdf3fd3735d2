"""Form: an editor for one Param, made from its declaration alone: a slider, an exact entry, its help."""

import math

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QLineEdit, QSlider, QWidget

from lossviz.diagnosis.wording import short
from lossviz.gui import theme
from lossviz.landscape.param import Param
from lossviz.views.brushes import color

OVERRIDE = QEvent.Type.ShortcutOverride

FINE = 1000
"""Positions of a slider."""


def parsed(text: str) -> float | None:
    """Read a number as people type it: ``.71``, ``0,71``, ``7.1e-1``, ``−2``; None where it is none."""
    cleaned = text.strip().replace("−", "-").replace(" ", "")
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


class RuledSlider(QSlider):
    """A slider with marks at values that mean something."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(0, FINE)
        self.marks: list[tuple[float, str]] = []
        """Places from 0 to 1, each with its colour."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the slider, and the marks under its groove."""
        super().paintEvent(event)
        painter = QPainter(self)
        room = self.width() - 14
        for place, colour in self.marks:
            if 0.0 <= place <= 1.0:
                x = round(7 + place * room)
                painter.fillRect(x - 1, self.height() // 2 + 5, 2, 5, color(colour))
        painter.end()


class ParamField(QWidget):
    """Shows and edits the value of one Param.

    Parameters
    ----------
    param : Param
    """

    edited = Signal(str, object)
    """The Param's name and its new value, as a person asks for it."""
    grasped = Signal()
    released = Signal()
    """A drag of the slider begins, and ends."""

    def __init__(self, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.param = param
        title = param.name.replace("_", " ").capitalize()
        self.value: float | bool = param.default
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(0)
        layout.setColumnStretch(1, 1)
        help_text = f"<b>{title}</b> {param.symbol}<br>{param.text}<br>{param.range_text}, default {param.default:g}"
        self.label = QLabel(title)
        self.label.setProperty("quiet", True)
        self.label.setMinimumWidth(88)
        layout.addWidget(self.label, 0, 0)
        self.setToolTip(help_text)
        self.switch: QCheckBox | None = None
        if param.switch:
            self.switch = QCheckBox()
            self.switch.setAccessibleName(title)
            self.switch.toggled.connect(self._switched)
            layout.addWidget(self.switch, 0, 1)
            return
        self.slider = RuledSlider()
        self.slider.setAccessibleName(f"{title}, slider")
        self.entry = NumberEntry()
        self.entry.setAccessibleName(title)
        self.entry.setFixedWidth(74)
        self.entry.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.label.setBuddy(self.entry)
        self.note = QLabel()
        self.note.setProperty("quiet", True)
        self.note.setWordWrap(True)
        theme.set_type(self.note, 12)
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.note.hide()
        layout.addWidget(self.slider, 0, 1)
        layout.addWidget(self.entry, 0, 2)
        layout.addWidget(self.note, 1, 0, 1, 3)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderPressed.connect(self.grasped)
        self.slider.sliderReleased.connect(self.released)
        self.entry.editingFinished.connect(self._typed)
        self.entry.textEdited.connect(self._typing)

    def show_value(self, value: float | bool) -> None:
        """Show a value; nothing is emitted."""
        self.value = value
        if self.switch is not None:
            self.switch.blockSignals(True)
            self.switch.setChecked(bool(value))
            self.switch.blockSignals(False)
            return
        self.slider.blockSignals(True)
        self.slider.setValue(round(FINE * self.place(float(value))))
        self.slider.blockSignals(False)
        if not (self.entry.hasFocus() and self.entry.isModified()):
            self.entry.show_text(short(float(value), 6))
        self._mark_wrong("")

    def show_marks(self, marks: list[tuple[float, str]], note: str) -> None:
        """Show values that mean something as marks on the slider, and a line of text about them."""
        placed = [(self.place(value), colour) for value, colour in marks if value > 0]
        if placed != self.slider.marks:
            self.slider.marks = placed
            self.slider.update()
        # an error stands there until it is mended
        if not self.entry.property("wrong") and note != self.note.text():
            self.note.setText(note)
            self.note.setVisible(bool(note))

    def place(self, value: float) -> float:
        """Give where on the slider a value lies, from 0 to 1, and beyond where it is not shown."""
        low, high = self.param.shown
        if self.param.log:
            return (math.log(max(value, 1e-300)) - math.log(low)) / (math.log(high) - math.log(low))
        return (value - low) / (high - low)

    @Slot(bool)
    def _switched(self, on: bool) -> None:
        self.value = on
        self.edited.emit(self.param.name, on)

    @Slot(int)
    def _slid(self, position: int) -> None:
        low, high = self.param.shown
        part = position / FINE
        value = low * (high / low) ** part if self.param.log else low + (high - low) * part
        # what a hand sets has no more digits than a hand has
        value = float(f"{value:.3g}")
        if value != self.value:
            self.value = value
            self.entry.setModified(False)
            self.entry.show_text(short(value, 6))
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
