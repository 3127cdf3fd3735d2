"""Ranged entry: a line for one number of a range, checked when it is typed to its end."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent

from lossviz.gui import theme
from lossviz.gui.form import NumberEntry, parsed
from lossviz.numerals import counted, short


class RangedEntry(NumberEntry):
    """Shows and edits a number from a range.

    Parameters
    ----------
    name : str
        As errors and screen readers call it.
    low, high : float
    value : float
    whole : bool
        Whether only whole numbers are meant.
    unit : str
        What is counted: ``"pixels"``.
    """

    edited = Signal()
    """A person has typed another value, or one that can't be taken: see `fault`."""

    def __init__(self, name: str, low: float, high: float, value: float, *, whole: bool = True, unit: str = "") -> None:
        super().__init__()
        self.name, self.whole, self.unit = name, whole, unit
        self.value = value
        self.fault = ""
        """What is wrong with what was typed: one sentence, or nothing."""
        self.setAccessibleName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        theme.set_sizes(self, width=74)
        self.set_range(low, high)
        self.show_value(value)
        self.editingFinished.connect(self._typed)
        self.textEdited.connect(self._typing)

    def set_range(self, low: float, high: float) -> None:
        """Change the range; the value moves into it."""
        self.low, self.high = low, high
        self.setToolTip(f"{self.name}: {self._range}")
        if not low <= self.value <= high and not self.fault:
            self.show_value(min(max(self.value, low), high))

    def show_value(self, value: float) -> None:
        """Show a value; nothing is emitted."""
        self.value = value
        self.setModified(False)
        self.show_text(short(value, 10))
        self._mark("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep Enter: it takes the number, and is not meant for the dialog's button."""
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()

    @property
    def _range(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        unit = f" {self.unit}" if self.unit else ""
        return f"{kind} from {self._bound(self.low)} to {self._bound(self.high)}{unit}"

    @staticmethod
    def _bound(value: float) -> str:
        return counted(round(value)) if value == round(value) else short(value, 10)

    @Slot(str)
    def _typing(self, text: str) -> None:
        # what is not typed to its end is no error yet
        if text == self.shown:
            self._mark("")
            self.edited.emit()

    @Slot()
    def _typed(self) -> None:
        if self.text() == self.shown:
            return
        value = parsed(self.text())
        if value is None or not self.low <= value <= self.high or (self.whole and value != int(value)):
            self._mark(f"{self.name}: expected {self._range}, found “{self.text()}”.")
        else:
            self.show_value(value)
        self.edited.emit()

    def _mark(self, fault: str) -> None:
        self.fault = fault
        theme.mark(self, "wrong", bool(fault))
