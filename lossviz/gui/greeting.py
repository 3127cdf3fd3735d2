"""The greeting: four balls under a question; where nobody does anything the race runs once, then says what to try."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QLabel

from lossviz.views.brushes import font

if TYPE_CHECKING:
    from lossviz.gui.main_window import MainWindow

QUESTION = "Which one gets there?"
HINT = "Drag ○ on the map, or the learning rate."
WAIT = 2000
"""Milliseconds without input before it plays by itself."""
SLOW_STEPS = 10
_INPUT = (QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress, QEvent.Type.Wheel, QEvent.Type.Drop)


class Greeting(QObject):
    """Greets once: any input ends it."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self.window = window
        # in the row of the menus, which is empty there: nothing moves when it goes
        self.label = QLabel(window.menuBar())
        self.label.setAccessibleName("Greeting")
        self.label.hide()
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(WAIT)
        self.timer.timeout.connect(self._play)
        window.player.finished.connect(self._finished)

    def begin(self) -> None:
        """Ask, and wait."""
        application = QApplication.instance()
        if application is None:
            return
        application.installEventFilter(self)
        self._say(QUESTION)
        if not self.window.player.calm:
            self.timer.start()

    @Slot()
    def end(self) -> None:
        """Greet no longer."""
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self.timer.stop()
        self.window.player.slow_steps = 0
        self.label.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """End at the first input."""
        if event.type() in _INPUT and event.spontaneous():
            self.end()
        elif event.type() == QEvent.Type.Resize and watched is self.window.menuBar():
            self._place()
        return False

    @Slot()
    def _play(self) -> None:
        self.window.player.slow_steps = SLOW_STEPS
        self.window.player.play()

    @Slot()
    def _finished(self) -> None:
        if self.label.isVisible():
            self.window.player.slow_steps = 0
            self._say(HINT)

    def _say(self, text: str) -> None:
        self.label.setFont(font(16 * self.window.zoom, QFont.Weight.DemiBold))
        self.label.setText(text)
        self.label.adjustSize()
        self._place()
        self.label.show()
        self.label.raise_()

    def _place(self) -> None:
        """Stand above the middle of the cards."""
        bar, deck = self.window.menuBar(), self.window.deck
        middle = deck.mapTo(self.window, deck.rect().center()).x()
        left = min(max(middle - self.label.width() // 2, 0), bar.width() - self.label.width())
        self.label.move(left, (bar.height() - self.label.height()) // 2)
