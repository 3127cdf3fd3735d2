"""The sheet of keys: every action that has one, and what the mouse does, in as many columns as there is room for."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from lossviz.gui import theme
from lossviz.gui.actions import Actions
from lossviz.gui.panels.scroll import Scroll

HANDS = (
    ("Double click", "On a title: the card large, and back"),
    ("Drag ○", "On the map: let the descents start elsewhere"),
    ("Click", "On the map: the line of that point, in the data"),
    ("Drag", "In the data: the point of that line, on the map"),
    ("Drag, wheel", "On the surface: turn it, come nearer; with Shift move it"),
    ("Ctrl and wheel", "On a picture, where the wheel scrolls all of them: come nearer"),
    ("Shift and drag", "On a slider: ten times as fine"),
)
REACHED = (
    ("Arrows", "On the map: move the start, after another Tab the picked point; Shift: far"),
    ("Arrows", "On a slider: small steps; Shift: smaller ones"),
    ("Up, Down", "On what is higher than its room: scroll it"),
    ("Delete", "On the map: take the picked point away"),
)
COLUMN, KEYS = 310, 130
"""Pixels of a column, and of the keys in it."""
MOST = 3


class KeySheet(Scroll):
    """Shows all keys.

    Parameters
    ----------
    actions : Actions
    """

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        self.label = QLabel()
        self.label.setTextFormat(Qt.TextFormat.RichText)
        self.label.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.label.setContentsMargins(8, 0, 8, 8)
        self.label.setWordWrap(True)
        super().__init__(self.label, "Sheet of keys", parent)
        self._groups: dict[str, list[tuple[str, str]]] = {}
        for declared, action in actions.declared:
            if declared.keys:
                keys = ", ".join(key.toString(key.SequenceFormat.NativeText) for key in action.shortcuts())
                self._groups.setdefault(declared.group, []).append((keys, declared.text.rstrip("…")))
        self._groups["With the mouse"] = list(HANDS)
        self._groups["Where Tab has led to"] = list(REACHED)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write in fewer columns where there is less room."""
        super().resizeEvent(event)
        self._show()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the window's type."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationFontChange:
            self._show()

    def _show(self) -> None:
        count = min(MOST, max(1, self.viewport().width() // theme.scaled(COLUMN)))
        columns: list[list[str]] = [[] for _ in range(count)]
        # columns of about equal height; a heading takes the room of three rows
        heights = [len(rows) + 3 for rows in self._groups.values()]
        above = 0.0
        for (name, rows), height in zip(self._groups.items(), heights, strict=True):
            columns[min(count - 1, int(count * (above + height / 2) / sum(heights)))].append(_table(name, rows))
            above += height
        cells = "".join(f"<td width={100 // count}% valign=top>{''.join(column)}</td>" for column in columns)
        text = f"<table width=100%><tr>{cells}</tr></table>"
        if text != self.label.text():
            self.label.setText(text)


def _table(name: str, rows: list[tuple[str, str]]) -> str:
    lines = "".join(f"<tr><td width={theme.scaled(KEYS)}><b>{keys}</b></td><td>{text}</td></tr>" for keys, text in rows)
    return f"<h3>{name}</h3><table cellspacing=3>{lines}</table>"
