"""A question of the window: asked in its place, answered by a button, waited for by nobody."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

OVERRIDE = QEvent.Type.ShortcutOverride


class QuestionBar(QFrame):
    """Shows one question at a time; the last answer is the one that changes nothing (Escape)."""

    answered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("question")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setAccessibleName("Question")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 7, 10, 7)
        self._row.setSpacing(8)
        self._row.addWidget(self.text, 1)
        self.buttons: list[QPushButton] = []
        self._answers: dict[str, Callable[[], object]] = {}
        self.hide()

    def ask(self, question: str, answers: dict[str, Callable[[], object]]) -> None:
        """Ask; each answer is a button's text and what it does."""
        self._clear()
        self._answers = dict(answers)
        self.text.setText(question)
        self.setAccessibleName(question)
        for text in answers:
            button = QPushButton(text)
            button.setAccessibleName(text)
            button.clicked.connect(self._clicked)
            self._row.addWidget(button)
            self.buttons.append(button)
        self.buttons[0].setObjectName("first")
        self.show()
        self.buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def event(self, event: QEvent) -> bool:
        """Keep Escape for the question: elsewhere it is a key of the window."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and event.type() == OVERRIDE:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the last answer by Escape, the one with the focus by Enter."""
        if event.key() == Qt.Key.Key_Escape and self.buttons:
            self.buttons[-1].click()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            next((button for button in self.buttons if button.hasFocus()), self.buttons[0]).click()
        else:
            super().keyPressEvent(event)

    def withdraw(self) -> None:
        """Ask no longer."""
        self._clear()
        self.hide()

    @Slot()
    def _clicked(self) -> None:
        button = self.sender()
        text = button.text() if isinstance(button, QPushButton) else ""
        action = self._answers.get(text)
        self.withdraw()
        self.answered.emit(text)
        if action is not None:
            action()

    def _clear(self) -> None:
        for button in self.buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = []
        self._answers = {}
