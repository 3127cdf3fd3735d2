"""The rows of the table of minima, written when they come to be seen, as Qt's tables take them."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPointF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from lossviz.diagnosis.nature import StationaryPoint
from lossviz.gui import theme
from lossviz.scene.landmarks import landmark_text
from lossviz.scene.minima_table import MinimaTable
from lossviz.scene.style import Style
from lossviz.views.brushes import font
from lossviz.views.stationary_marks import paint_stationary

Index = QModelIndex | QPersistentModelIndex

SIDE = 18
"""Pixels of a mark's square."""
HEAD_TIPS = {
    "λ₁": "The smaller eigenvalue of the Hessian: the least curvature; both are positive at a minimum",
    "λ₂": "The larger eigenvalue of the Hessian: the sharpness",
    "runs": "How many of the selected descent's random starts have ended there, up to the step that is seen",
}


class Points(QAbstractTableModel):
    """The rows of a MinimaTable, written when they come to be seen."""

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self.table: MinimaTable | None = None
        self.style_ = style
        self.words: int | None = None
        """For how many words of each kind there is room beside its mark; None: for all."""
        self.pixels = 12.0
        """Of the type."""

    def show_table(self, table: MinimaTable) -> None:
        """Show another table; where it has the same points, what is chosen stays chosen."""
        before, self.table = self.table, table
        if before is not None and (before.points, before.heads) == (table.points, table.heads):
            if before.runs != table.runs or before.scene.surface is not table.scene.surface:
                self._tell_changed(self.columnCount() - 1)
            return
        self.beginResetModel()
        self.endResetModel()

    def restyle(self, style: Style) -> None:
        """Change the colours of the marks."""
        self.style_ = style
        self._tell_changed(0)

    def _tell_changed(self, last_column: int) -> None:
        """Say that the rows are to be drawn anew, if there are any."""
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, last_column))

    def rowCount(self, parent: Index | None = None) -> int:
        """Give the number of points (Qt's)."""
        return len(self.table.points) if self.table is not None and not (parent and parent.isValid()) else 0

    def columnCount(self, parent: Index | None = None) -> int:
        """Give the number of columns (Qt's)."""
        return len(self.table.heads) if self.table is not None and not (parent and parent.isValid()) else 0

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give a text, a mark, or the line that tells all of a point (Qt's)."""
        if self.table is None or not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            text = self.table.texts(row)[column]
            return text if column else " ".join(text.split()[: self.words])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignVCenter | (
                Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            )
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return mark_pixmap(self.table.points[row], self.style_, self.pixels)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            told = landmark_text(self.table.scene, self.table.points[row])
            return f"{told}\nA click, or Enter, looks at this point." if role == Qt.ItemDataRole.ToolTipRole else told
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give the name of a column (Qt's)."""
        if self.table is None or orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.table.heads[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section else Qt.AlignmentFlag.AlignLeft
            return Qt.AlignmentFlag.AlignVCenter | side
        if role == Qt.ItemDataRole.ToolTipRole:
            return HEAD_TIPS.get(self.table.heads[section])
        if role == Qt.ItemDataRole.FontRole:
            return font(theme.zoom() * self.pixels)
        return None


def mark_pixmap(point: StationaryPoint, style: Style, pixels: float) -> QPixmap:
    """Give the mark of a point, as large as type of so many pixels asks for."""
    side = theme.scaled(SIDE * pixels / 12.0)
    pixmap = QPixmap(2 * side, 2 * side)
    pixmap.setDevicePixelRatio(2.0)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_stationary(painter, point, QPointF(side / 2, side / 2), style, 0.045 * side, on_card=True)
    painter.end()
    return pixmap
