"""Where all descents begin: a weight and a bias, and a lock for each that holds it there."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from lossviz.experiment import Experiment
from lossviz.gui import theme
from lossviz.gui.form import NAME, NumberEntry, parsed
from lossviz.gui.panels.flow import Flow
from lossviz.gui.theme import icon
from lossviz.landscape.domain import FARTHEST
from lossviz.numerals import exact, short
from lossviz.scene.style import Style


class StartFields(QWidget):
    """Shows and edits the start, and what is held there."""

    edited = Signal(float, float)
    held = Signal(str)
    """A parameter is to be held at its start, or let go."""
    trouble = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.w, self.b = NumberEntry(), NumberEntry()
        for entry, name in ((self.w, "Start, weight w"), (self.b, "Start, bias b")):
            entry.setAccessibleName(name)
            entry.setToolTip(f"{name}: where all descents begin; or drag ○ on the map")
            theme.set_sizes(entry, least_width=52)
            entry.editingFinished.connect(self._typed)
        self.locks = {"w": self._lock("w", "weight"), "b": self._lock("b", "bias")}
        self._name = QLabel("Start (w, b)")
        self._name.setProperty("quiet", True)
        theme.set_sizes(self._name, least_width=NAME)
        row = Flow(spacing=4, parent=self)
        row.add(self._name)
        row.add(self.w, self.locks["w"], self.b, self.locks["b"])

    def show_experiment(self, experiment: Experiment, style: Style) -> None:
        """Show the start of the selected run; nothing is emitted."""
        start, pair = experiment.start, experiment.surface.features is not None
        self._name.setText("Start (w₁, w₂)" if pair else "Start (w, b)")
        self.w.setAccessibleName("Start, weight w₁" if pair else "Start, weight w")
        self.b.setAccessibleName("Start, weight w₂" if pair else "Start, bias b")
        for entry, value in zip((self.w, self.b), start, strict=True):
            if not (entry.hasFocus() and entry.isModified()):
                entry.show_text(short(value, 4))
                entry.setToolTip(
                    f"{entry.accessibleName()}: {exact(value)}; all descents begin here. Or drag ○ on the map"
                )
        free = experiment.descent.free or ("w", "b")
        for name, lock in self.locks.items():
            lock.setChecked(name not in free)
            lock.setToolTip(_lock_tip(name, free, pair))
            lock.setIcon(icon("lock" if name not in free else "lock-open", style.quiet, 15))

    def _lock(self, name: str, text: str) -> QToolButton:
        lock = QToolButton()
        lock.setObjectName("lock")
        lock.setCheckable(True)
        theme.set_sizes(lock, icon=15)
        lock.setAccessibleName(f"Hold the {text}")
        # the session decides: the last free parameter stays free
        lock.clicked.connect(lambda _=False: self.held.emit(name))
        return lock

    @Slot()
    def _typed(self) -> None:
        if not (self.w.isModified() or self.b.isModified()):
            return
        values = [_place(entry.text()) for entry in (self.w, self.b)]
        for entry, value in zip((self.w, self.b), values, strict=True):
            theme.mark(entry, "wrong", value is None)
        if values[0] is None or values[1] is None:
            self.trouble.emit(f"The start must be two numbers within ±{short(FARTHEST)}: a weight and a bias.")
            return
        self.w.setModified(False)
        self.b.setModified(False)
        self.trouble.emit("")
        self.edited.emit(values[0], values[1])


def _place(text: str) -> float | None:
    """Read a weight or bias where a descent can start; None where it is none."""
    value = parsed(text)
    return value if value is not None and abs(value) <= FARTHEST else None


def _lock_tip(name: str, free: Sequence[str], pair: bool) -> str:
    """Say what a click on a lock does; one of the two parameters always moves."""
    names = ("weight w₁", "weight w₂") if pair else ("weight", "bias")
    this, other = names if name == "w" else names[::-1]
    if name not in free:
        return f"The {this} is held at its start; a click lets it move again"
    if len(free) == 1:
        return f"Hold the {this} instead: the {other} is let go, as one of the two must move"
    return f"Hold the {this}: it stays at its start, and the descents move along the {other} alone"
