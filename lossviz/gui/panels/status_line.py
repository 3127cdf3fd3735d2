"""The status line: what lies under the pointer, and what is being worked on."""

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

TOLD = 8000
"""Milliseconds for which something that was told stays."""
PATIENCE = 300
"""Milliseconds that work may take before anything is said of it: nothing flickers while a knob is turned."""


class StatusLine(QWidget):
    """One line below everything."""

    cancel_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.readout = self._label("Under the pointer")
        # rather cut off than wider than the window
        self.readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.working = self._label("Being worked on")
        self.cancel = QToolButton()
        self.cancel.setObjectName("bare")
        self.cancel.setText("Cancel")
        self.cancel.setAccessibleName("Cancel the export")
        self.cancel.setToolTip("End the export; nothing of it is left")
        self.cancel.clicked.connect(self.cancel_asked)
        self.cancel.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 0, 2, 0)
        row.setSpacing(10)
        row.addWidget(self.readout, 1)
        row.addWidget(self.working)
        row.addWidget(self.cancel)
        self._computing = self._exporting = self._told = ""
        self._telling = QTimer(self)
        self._telling.setSingleShot(True)
        self._telling.setInterval(TOLD)
        self._telling.timeout.connect(self._forget)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(self._show)

    @Slot(str)
    def show_readout(self, text: str) -> None:
        """Show what lies under the pointer."""
        if text != self.readout.text():
            self.readout.setText(text)

    @Slot(float)
    def show_progress(self, part: float) -> None:
        """Show how much is computed; 1: all."""
        if part >= 1.0:
            self._patience.stop()
            self._computing = ""
            self._show()
            return
        waiting = not self._computing
        self._computing = f"computing {100 * part:.0f} %"
        if waiting:
            self._patience.start()
        elif not self._patience.isActive():
            self._show()

    def show_export(self, text: str, running: bool) -> None:
        """Show how an export goes; "" when there is none."""
        self._exporting = text
        self.cancel.setVisible(running)
        self._show()

    @Slot(str)
    def tell(self, sentence: str) -> None:
        """Say something for a while."""
        self._told = sentence
        self._telling.start()
        self._show()

    @Slot()
    def _forget(self) -> None:
        self._told = ""
        self._show()

    @Slot()
    def _show(self) -> None:
        text = " · ".join(filter(None, (self._computing, self._exporting, self._told)))
        if text != self.working.text():
            self.working.setText(text)

    @staticmethod
    def _label(name: str) -> QLabel:
        label = QLabel()
        label.setProperty("quiet", True)
        label.setAccessibleName(name)
        return label
