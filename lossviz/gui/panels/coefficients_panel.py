"""The panel "Coefficients": the line that is looked at beside the best one, in the columns' own units."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QFont, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from lossviz.gui import theme
from lossviz.gui.panels.card_frame import CardFrame
from lossviz.gui.panels.scroll import Scroll
from lossviz.scene.coefficient_table import CoefficientTable, coefficient_table, written, written_difference
from lossviz.scene.frame import Frame

ROWS, COLUMNS = 3, 3
WIDEST = 330
"""Pixels across the table at most."""
ROOMY, LARGEST = (430, 300), 3.0
"""A card larger than this has larger type, up to so much larger: it is seen alone, in front of a hall."""


class CoefficientsPanel(CardFrame):
    """Shows a CoefficientTable; a right click asks to copy it."""

    copy_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Coefficients", parent)
        self._table: CoefficientTable | None = None
        inner = QWidget()
        inner.setObjectName("inner")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.equation = QLabel()
        self.equation.setAccessibleName("Equation of the line")
        self.equation.setWordWrap(True)
        column.addWidget(self.equation)
        table = self._grid = QWidget()
        table.setObjectName("inner")
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2)
        grid.setVerticalSpacing(1)
        self.heads = tuple(_cell() for _ in range(COLUMNS))
        for place, head in enumerate(self.heads):
            head.setProperty("quiet", True)
            head.setWordWrap(True)
            head.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
            grid.addWidget(head, 0, place)
            grid.setColumnStretch(place, 1)
        self.names: list[tuple[QLabel, QLabel]] = []
        self.numbers: list[tuple[QLabel, ...]] = []
        for i in range(ROWS):
            name, unit = QLabel(), QLabel()
            unit.setProperty("quiet", True)
            line = QHBoxLayout()
            line.setContentsMargins(0, 5, 0, 0)
            line.setSpacing(7)
            line.addWidget(name)
            line.addWidget(unit)
            line.addStretch(1)
            grid.addLayout(line, 2 * i + 1, 0, 1, COLUMNS)
            numbers = tuple(_cell() for _ in range(COLUMNS))
            for place, label in enumerate(numbers):
                grid.addWidget(label, 2 * i + 2, place)
            self.names.append((name, unit))
            self.numbers.append(numbers)
        column.addWidget(table)
        self.note = QLabel()
        self.note.setProperty("quiet", True)
        self.note.setWordWrap(True)
        column.addWidget(self.note)
        column.addStretch(1)
        self.body.addWidget(Scroll(inner, "Table of coefficients"), 1)
        copy = QAction("Copy these numbers", self)
        copy.triggered.connect(self.copy_asked)
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._dressed = (0.0, 0.0)
        self._dress()

    def show_frame(self, frame: Frame) -> None:
        """Show the line that is looked at; nothing is emitted."""
        table = self._table = coefficient_table(frame)
        if table is None:
            return
        _set(self.equation, table.equation or "There is no line to look at")
        for label, text in zip(self.heads, ("this line", table.best, "difference"), strict=True):
            _set(label, text)
        for row, (name, unit), numbers in zip(table.rows, self.names, self.numbers, strict=True):
            _set(name, row.name)
            _set(unit, row.unit)
            texts = (written(row.here), written(row.best), written_difference(row.difference))
            for label, text in zip(numbers, texts, strict=True):
                _set(label, text)
                label.setAccessibleName(f"{row.name}, {row.unit}: {text}" if row.unit else f"{row.name}: {text}")
        parts = (table.line, table.count, "the best line is kept back" if table.kept_back else "")
        _set(self.note, " · ".join(part for part in parts if part))

    def copy_text(self) -> str:
        """Give the numbers as a table with tabs between its columns; "" before there is one."""
        return self._table.text if self._table is not None else ""

    # looks --------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write larger where there is room."""
        super().resizeEvent(event)
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the window's type."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationFontChange:
            self._dress()

    def _dress(self) -> None:
        dress = larger, _ = self.roominess(*ROOMY, LARGEST), theme.zoom()
        if dress == self._dressed:
            return
        self._dressed = dress
        theme.set_type(self.equation, 15 * larger, QFont.Weight.DemiBold)
        for head in self.heads:
            theme.set_type(head, 12 * larger)
        for label in (self.note, *(label for row in (*self.names, *self.numbers) for label in row)):
            theme.set_type(label, 13 * larger)
        # numbers stand close together on a wide screen too
        self._grid.setMaximumWidth(theme.scaled(WIDEST * larger))


def _cell() -> QLabel:
    label = QLabel()
    label.setAlignment(Qt.AlignmentFlag.AlignRight)
    # all columns are of one width, whatever the numbers are
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def _set(label: QLabel, text: str) -> None:
    """Change a text only where it differs: laying out again costs more than comparing."""
    if label.text() != text:
        label.setText(text)
