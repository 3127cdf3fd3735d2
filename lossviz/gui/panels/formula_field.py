"""The formula field: a formula is typed, judged at each letter, and taken by Enter or given up by Escape."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from lossviz.gui import theme
from lossviz.gui.panels.formula_line import FormulaLine
from lossviz.landscape.calculus.program import program
from lossviz.landscape.parsing import FormulaError

PATIENCE = 400
"""Milliseconds that a hand rests before it is told what is wrong: until then it may just not be done."""
LONGEST = 60
"""Letters of an older formula in the menu."""

FUNCTIONS = (
    ("exp(x)", "e to the power of x; also expm1, sigmoid, softplus"),
    ("log(x)", "natural logarithm; also log2, log10, log1p"),
    ("sqrt(x)", "square root; also cbrt"),
    ("abs(x)", "absolute value; also sign, floor, relu"),
    ("sin(x)", "also cos, tan, asin, acos, atan, atan2(y, x)"),
    ("sinh(x)", "also cosh, tanh"),
    ("hypot(x, y)", "√(x² + y²)"),
    ("max(x, y)", "the larger one; also min, clip(x, low, high)"),
    ("where(w > b, x, y)", "x where the condition holds, else y"),
)
"""What the help offers: how a function is written, and what it is."""
SYNTAX = (
    "A loss of w and b: numbers, + − * / ** and brackets, pi and e, functions.<br>"
    "Any other name is a number with a slider of its own."
)


class FormulaField(QWidget):
    """Shows a formula and takes another one.

    What stands there is judged at each letter: one that can be computed is told by `edited`, all else is marked.
    """

    begun = Signal()
    """A person begins to type."""
    edited = Signal(str)
    """A formula that can be computed stands there."""
    taken = Signal(str)
    """It stays."""
    left = Signal()
    """What was there before is wanted back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.typing = False
        """Whether what stands there is neither taken nor given up."""
        self._shown = self._sent = ""
        self._fault = ""
        self._history: tuple[str, ...] = ()
        self._recalled, self._draft = -1, ""
        name = QLabel("L(w, b) =")
        name.setProperty("quiet", True)
        self.line = FormulaLine()
        self.line.setAccessibleName("Formula of the loss")
        self.line.setToolTip(f"{SYNTAX}<br>Enter takes it, Esc goes back, ↑ and ↓ bring older ones.")
        name.setBuddy(self.line)
        self.older = self._button("Older", "Formulas that were typed before (↑ in the field)")
        self.older.setMenu(QMenu(self.older))
        self.help = self._button("?", f"{SYNTAX}<br>Click for the functions.")
        self.help.setAccessibleName("Functions of a formula")
        menu = QMenu(self.help)
        for written, told in FUNCTIONS:
            menu.addAction(f"{written}    {told}", partial(self.insert, written.partition("(")[0] + "("))
        self.help.setMenu(menu)
        self.sentence = QLabel()
        self.sentence.setProperty("wrong", True)
        self.sentence.setWordWrap(True)
        self.sentence.setAccessibleName("What is wrong with the formula")
        theme.set_type(self.sentence, 12)
        self.sentence.hide()
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(name)
        head.addStretch(1)
        head.addWidget(self.older)
        head.addWidget(self.help)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(4)
        body.addLayout(head)
        body.addWidget(self.line)
        body.addWidget(self.sentence)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(self._tell_fault)
        self.line.textChanged.connect(self._typed)
        self.line.entered.connect(self._entered)
        self.line.escaped.connect(self._escaped)
        self.line.recalled.connect(self._recall)
        self.line.rested.connect(self._rested)
        self.show_history(())

    @property
    def fault(self) -> str:
        """What is wrong with what stands there, in one sentence; "": nothing."""
        return self._fault

    @property
    def _good(self) -> bool:
        return self.line.toPlainText().strip() == self._sent

    def show_formula(self, text: str) -> None:
        """Show a formula, "" where there is none; what is being typed on top of it stays, and nothing is emitted."""
        if self.typing and text and text == self._sent:
            return
        self.typing = False
        self._shown = self._sent = text
        self._recalled = -1
        self._put(text)

    def show_history(self, formulas: Sequence[str]) -> None:
        """Offer formulas that were typed before, the last one first."""
        self._history = tuple(formulas)
        menu = self.older.menu()
        menu.clear()
        for text in self._history:
            shown = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
            menu.addAction(shown.replace("&", "&&"), partial(self._choose, text))
        self.older.setEnabled(bool(self._history))

    def type_from(self, text: str) -> None:
        """Let a person type, from a text on that is not their own."""
        self.typing = False
        self._shown = self._sent = text
        self._put(text)
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.line.selectAll()

    def insert(self, text: str) -> None:
        """Write where the cursor is, as a hand would."""
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.line.insertPlainText(text)

    # what a hand does -----------------------------------------------------------------------------------------------

    @Slot()
    def _typed(self) -> None:
        text = self.line.toPlainText()
        if not self.typing:
            self.typing = True
            self.begun.emit()
        try:
            program(text)
        except FormulaError as error:
            # who clears the line is about to type
            self._mark(str(error) if text.strip() else "", error.column if text.strip() else 0)
            return
        self._mark("", 0)
        # a space more is no other formula
        if text.strip() != self._sent:
            self._sent = text.strip()
            self.edited.emit(self._sent)

    @Slot()
    def _entered(self) -> None:
        if self.typing and not self._good:
            self._tell_fault()
            return
        self._take()
        self.line.clearFocus()

    @Slot()
    def _rested(self) -> None:
        if self.typing and self._good:
            self._take()
        elif self.typing and self.line.toPlainText().strip():
            self._tell_fault()
        else:
            self._escaped()

    @Slot()
    def _escaped(self) -> None:
        self.typing = False
        self._put(self._shown)
        self._recalled = -1
        self.line.clearFocus()
        self.left.emit()

    def _take(self) -> None:
        if self.typing:
            self.typing = False
            self._shown, self._recalled = self._sent, -1
            self.taken.emit(self._sent)

    @Slot(int)
    def _recall(self, way: int) -> None:
        """Bring an older formula, or a newer one; after the newest what was typed before."""
        place = min(max(self._recalled - way, -1), len(self._history) - 1)
        if place == self._recalled:
            return
        if self._recalled < 0:
            self._draft = self.line.toPlainText()
        self._recalled = place
        self.line.show_text(self._history[place] if place >= 0 else self._draft)

    def _choose(self, text: str) -> None:
        self.line.show_text(text)
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    # showing --------------------------------------------------------------------------------------------------------

    def _put(self, text: str) -> None:
        """Show a text that nobody has typed."""
        self._mark("", 0)
        if text != self.line.toPlainText():
            self.line.blockSignals(True)
            self.line.show_text(text)
            self.line.blockSignals(False)

    def _mark(self, fault: str, place: int) -> None:
        self._fault = fault[:1].upper() + fault[1:]
        self.line.mark_wrong(place)
        if not fault:
            self._patience.stop()
            self.sentence.hide()
        elif self.sentence.isVisible():
            self._tell_fault()
        else:
            self._patience.start()

    @Slot()
    def _tell_fault(self) -> None:
        self._patience.stop()
        self.sentence.setText(self._fault)
        self.sentence.setVisible(bool(self._fault))

    @staticmethod
    def _button(text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName("menu")
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip.partition(" (")[0])
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button
