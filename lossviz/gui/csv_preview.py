"""The preview of a table: its first rows, with the columns that are used marked."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from lossviz.gui import theme
from lossviz.landscape.datasets import Dataset
from lossviz.numerals import short
from lossviz.scene.style import Style
from lossviz.views.brushes import color, font

ROWS, ROW = 8, 21
"""Rows that are shown, and how high each is."""
Index = QModelIndex | QPersistentModelIndex


class _FirstRows(QAbstractTableModel):
    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self.style_ = style
        self.data_: Dataset | None = None
        self.letters: dict[str, str] = {}

    def rowCount(self, parent: Index | None = None) -> int:
        """Give how many rows are shown."""
        return min(ROWS, self.data_.rows) if self.data_ is not None else 0

    def columnCount(self, parent: Index | None = None) -> int:
        """Give how many columns there are."""
        return len(self.data_) if self.data_ is not None else 0

    def name(self, section: int) -> str:
        """Give the name of a column."""
        return self.data_.columns[section] if self.data_ is not None else ""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give a cell as it is shown."""
        if self.data_ is None:
            return None
        name = self.name(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return short(float(self.data_[name][index.row()]), 6)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.BackgroundRole and name in self.letters:
            return color(self.style_.accent, 0.13)
        return None

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give the names of the columns, and what the model calls them."""
        if way == Qt.Orientation.Vertical or self.data_ is None:
            return str(section + 1) if role == Qt.ItemDataRole.DisplayRole else None
        name = self.name(section)
        letter = self.letters.get(name, "")
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{name} · {letter}" if letter else name
        if role == Qt.ItemDataRole.ToolTipRole:
            values = self.data_[name]
            return f"{name}: from {short(float(values.min()), 6)} to {short(float(values.max()), 6)}"
        if role == Qt.ItemDataRole.FontRole:
            return font(12 * theme.zoom(), QFont.Weight.DemiBold if letter else QFont.Weight.Normal)
        return None


class CsvPreview(QTableView):
    """Shows the first rows of a table."""

    def __init__(self, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = _FirstRows(style, self)
        self.setModel(self._rows)
        self.setAccessibleName("First rows")
        theme.set_type(self, 12)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def show_table(self, data: Dataset | None) -> None:
        """Show another table."""
        self._rows.beginResetModel()
        self._rows.data_ = data
        self._rows.letters = {}
        self._rows.endResetModel()
        self._fit()

    def show_used(self, letters: dict[str, str]) -> None:
        """Mark the columns that are used, each with its letter in the model."""
        if letters == self._rows.letters or self._rows.data_ is None:
            return
        self._rows.letters = letters
        last = self._rows.columnCount() - 1
        self._rows.dataChanged.emit(self._rows.index(0, 0), self._rows.index(self._rows.rowCount() - 1, last))
        self._rows.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, last)
        self._fit()
        first = next((i for i in range(last + 1) if self._rows.name(i) in letters), 0)
        self.scrollTo(self._rows.index(0, first), QAbstractItemView.ScrollHint.EnsureVisible)

    def restyle(self, style: Style) -> None:
        """Change colours."""
        self._rows.style_ = style
        self._fit()
        self.viewport().update()

    def _fit(self) -> None:
        row, header = theme.scaled(ROW), self.horizontalHeader()
        self.verticalHeader().setDefaultSectionSize(row)
        header.setMinimumSectionSize(theme.scaled(44))
        header.setMaximumSectionSize(theme.scaled(180))
        # a table of thousands of columns keeps the usual width for those that are far away
        for section in range(min(60, self._rows.columnCount())):
            self.resizeColumnToContents(section)
        rows = row * max(1, self._rows.rowCount())
        bar = self.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight(header.sizeHint().height() + rows + bar + 3)
