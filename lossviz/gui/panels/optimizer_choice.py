"""The optimizer of the selected run: which one, whose way of it, and a library's defaults."""

from functools import partial

from PySide6.QtCore import QEvent, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from lossviz.experiment import Run
from lossviz.gui import theme
from lossviz.gui.chooser import Chooser
from lossviz.gui.optimizer_edits import twin, with_convention, with_defaults
from lossviz.gui.panels.flow import Flow
from lossviz.rules import CONVENTIONS, conventions

TOLD = (
    "The rule by which the selected descent steps (Ctrl+K). Another one keeps the learning rate, unless its usual rate "
    "is quite another, and what else means the same in both."
)
LIBRARY_TOLD = "The library that makes the steps so; its defaults; the same numbers in another one, to compare"
OPENING = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down)


class AskingBox(Chooser):
    """Looks like a box with a list, and asks for something instead of opening one."""

    asked = Signal()

    def show_text(self, text: str) -> None:
        """Show what is chosen; nothing is emitted."""
        if self.currentText() != text:
            self.clear()
            if text:
                self.addItem(text)

    def event(self, event: QEvent) -> bool:
        """Keep the keys that open it: elsewhere Space is a key of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _opens(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open by the keys that open lists, and by Enter."""
        if _opens(event):
            self.showPopup()
        else:
            super().keyPressEvent(event)

    def showPopup(self) -> None:
        """Ask."""
        self.asked.emit()


def _opens(event: QKeyEvent) -> bool:
    return event.key() in OPENING and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier


class OptimizerChoice(QWidget):
    """Shows a run's optimizer; what a person wants leaves as the run that it would be."""

    picker_asked = Signal()
    edited = Signal(object)
    """The run with another library's way, or with defaults."""
    added = Signal(object)
    """A run to be seen beside it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.run: Run | None = None
        self.box, self.library = AskingBox(), AskingBox()
        self.box.setAccessibleName("Optimizer")
        self.box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.box.asked.connect(self.picker_asked)
        self.library.setAccessibleName("Library whose way of the optimizer it is, and its defaults")
        self.library.setToolTip(LIBRARY_TOLD)
        theme.set_sizes(self.library, width=94)
        self.library.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.library.asked.connect(self._show_menu)
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        row = Flow(spacing=6, parent=self)
        row.add(self.box)
        row.add(self.library)

    def show_run(self, run: Run | None) -> None:
        """Show a run's optimizer; nothing is emitted."""
        before, self.run = self.run, run
        self.box.setEnabled(run is not None)
        ways = conventions(run.optimizer) if run is not None else ()
        self.library.setVisible(len(ways) > 1)
        if run is None:
            self.box.show_text("")
            return
        rule = run.rule()
        self.box.show_text(rule.title)
        self.box.setToolTip("\n".join(filter(None, (TOLD, rule.good, rule.bad))))
        self.library.show_text(CONVENTIONS[run.way])
        if before is None or (before.optimizer, before.way) != (run.optimizer, run.way):
            self._fill_menu(run, ways)

    def _fill_menu(self, run: Run, ways: tuple[str, ...]) -> None:
        self.menu.clear()
        for way in ways:
            action = self._add(f"As {CONVENTIONS[way]} steps", "The numbers stay", partial(self._ask_way, way))
            action.setCheckable(True)
            action.setChecked(way == run.way)
        self.menu.addSeparator()
        for way in ways:
            told = f"All hyperparameters as {CONVENTIONS[way]} has them, the learning rate too"
            self._add(f"{CONVENTIONS[way]}'s defaults", told, partial(self._ask_defaults, way))
        self.menu.addSeparator()
        for way in ways:
            if way != run.way:
                both = f"{CONVENTIONS[run.way]} and in {CONVENTIONS[way]}"
                told = f"Add a descent with the same numbers that steps as {CONVENTIONS[way]} does"
                self._add(f"The same in {both}", told, partial(self._ask_twin, way))

    def _add(self, text: str, told: str, ask: "partial[None]") -> QAction:
        action = self.menu.addAction(text)
        action.setToolTip(told)
        action.triggered.connect(ask)
        return action

    @Slot()
    def _show_menu(self) -> None:
        self.menu.popup(self.library.mapToGlobal(QPoint(0, self.library.height())))

    def _ask_way(self, way: str, _: bool = False) -> None:
        if self.run is None:
            return
        # the session decides
        self._fill_menu(self.run, conventions(self.run.optimizer))
        if way != self.run.way:
            self.edited.emit(with_convention(self.run, way))

    def _ask_defaults(self, way: str, _: bool = False) -> None:
        if self.run is not None:
            self.edited.emit(with_defaults(self.run, way))

    def _ask_twin(self, way: str, _: bool = False) -> None:
        if self.run is not None:
            self.added.emit(twin(self.run, way))
