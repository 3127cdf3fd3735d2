"""A choice: a few small buttons side by side, of which one at most is chosen."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from lossviz.gui import theme
from lossviz.views.brushes import font

ROOM, SHORT_ROOM = 20, 14
"""Pixels of a button beside its text, and beside a short one."""


class Option(NamedTuple):
    """What can be chosen: its name, its text, a shorter one, and its help."""

    name: str
    text: str
    short: str
    told: str


class Choice(QWidget):
    """Shows which option holds; a click asks for another one, and changes nothing by itself.

    Parameters
    ----------
    options : sequence of Option
    title : str
        For who can't see it.
    """

    asked = Signal(str)

    def __init__(self, options: Sequence[Option], title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.options = tuple(options)
        self.shown = ""
        self.setAccessibleName(title)
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(1)
        # no QButtonGroup: in one only the chosen button can be reached by Tab
        self.buttons: dict[str, QToolButton] = {}
        for option in self.options:
            button = QToolButton()
            button.setObjectName("bare")
            button.setText(option.text)
            button.setCheckable(True)
            button.setToolTip(option.told)
            button.setAccessibleName(option.text)
            button.setAccessibleDescription(option.told)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(partial(self._clicked, option.name))
            row.addWidget(button)
            self.buttons[option.name] = button

    def show_choice(self, name: str) -> None:
        """Mark an option, or with "" none; nothing is emitted."""
        self.shown = name
        for option, button in self.buttons.items():
            if button.isChecked() != (option == name):
                button.setChecked(option == name)
                self.update()

    def dress(self, pixels: float, short: bool) -> None:
        """Write in another size, the short texts or the long ones."""
        metrics = QFontMetrics(font(pixels * theme.zoom()))
        for option in self.options:
            button, text = self.buttons[option.name], option.short if short else option.text
            theme.set_type(button, pixels)
            if button.text() != text:
                button.setText(text)
            button.setMinimumWidth(metrics.horizontalAdvance(text) + theme.scaled(SHORT_ROOM if short else ROOM))

    def width_of(self, pixels: float, short: bool) -> int:
        """Give how wide it is in that dress, at least."""
        metrics = QFontMetrics(font(pixels * theme.zoom()))
        texts = [option.short if short else option.text for option in self.options]
        room = theme.scaled(SHORT_ROOM if short else ROOM)
        return sum(metrics.horizontalAdvance(text) + room + 1 for text in texts) + 1

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame around all, lines between them, and a tint behind the chosen one."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for button in self.buttons.values():
            if button.isChecked():
                tint = self.palette().color(QPalette.ColorRole.Highlight)
                tint.setAlphaF(0.16)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(tint)
                painter.drawRoundedRect(QRectF(button.geometry()), 5.0, 5.0)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6.0, 6.0)
        for button in list(self.buttons.values())[1:]:
            x = button.geometry().left() - 0.5
            painter.drawLine(QPointF(x, 5.0), QPointF(x, self.height() - 5.0))
        painter.end()

    def _clicked(self, name: str, _: bool = False) -> None:
        self.show_choice(self.shown)
        self.asked.emit(name)
