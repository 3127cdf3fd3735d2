"""The trouble bar: what is wrong, in one sentence, where the work is; no box in front of it."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from lossviz.resources import program_version


class TroubleBar(QFrame):
    """Shows a sentence until it is over; details for a report can be copied."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trouble")
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label.setAccessibleName("Message")
        self.copy = self._button("Copy details", "Copy the sentence and what a report needs")
        self.copy.clicked.connect(self._copy)
        self.close_ = self._button("Close", "Close the message")
        self.close_.clicked.connect(self._close)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 5, 6, 5)
        row.addWidget(self.label, 1)
        row.addWidget(self.copy)
        row.addWidget(self.close_)
        self._details = ""
        self.hide()

    def text(self) -> str:
        """Give the sentence that is shown."""
        return self.label.text()

    def show_trouble(self, sentence: str, details: str = "") -> None:
        """Show one sentence, or with "" none."""
        self._details = details
        self.label.setText(sentence)
        self.copy.setVisible(bool(details))
        self.setVisible(bool(sentence))

    @Slot()
    def _copy(self) -> None:
        text = f"lossviz {program_version()}\n{self.label.text()}\n\n{self._details}"
        QGuiApplication.clipboard().setText(text)

    @Slot()
    def _close(self) -> None:
        self.show_trouble("")
        self.closed.emit()

    @staticmethod
    def _button(text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName("bare")
        button.setText(text)
        button.setAccessibleName(text)
        button.setToolTip(tip)
        return button
