"""The panel "Coefficients": the line that is looked at beside the best one, in the columns' own units."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from lossviz.gui import theme
from lossviz.gui.panels.card_frame import CardFrame
from lossviz.scene.coefficient_table import CoefficientTable, coefficient_table, written, written_difference
from lossviz.scene.frame import Frame

ROWS, COLUMNS = 3, 3
WIDEST = 330
"""Pixels across the table at most."""


class CoefficientsPanel(CardFrame):
    """Shows a CoefficientTable; it has nothing to ask for."""

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
        theme.set_type(self.equation, 15, QFont.Weight.DemiBold)
        self.equation.setWordWrap(True)
        column.addWidget(self.equation)
        table = QWidget()
        table.setObjectName("inner")
        # numbers stand close together on a wide screen too
        table.setMaximumWidth(WIDEST)
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2)
        grid.setVerticalSpacing(1)
        self.heads = tuple(_cell() for _ in range(COLUMNS))
        for place, head in enumerate(self.heads):
            head.setProperty("quiet", True)
            theme.set_type(head, 12)
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
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        scroll.viewport().setAutoFillBackground(False)
        self.body.addWidget(scroll, 1)
        self.setMinimumWidth(230)

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
