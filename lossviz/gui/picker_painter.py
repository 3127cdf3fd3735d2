"""The painter of the surface picker's rows: picture, name and formula."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from lossviz.gui import theme
from lossviz.gui.picker_model import SurfaceRows
from lossviz.gui.picker_rows import Row
from lossviz.scene.style import LIGHT
from lossviz.views.brushes import font, pen

PICTURE, EDGE, GAP = 52, 6, 10
"""Pixels: a picture's side, what is free around it, and from it to the name."""
HEADING = 26

Index = QModelIndex | QPersistentModelIndex


def row_height() -> int:
    """Give the pixels of a row with a surface."""
    return theme.scaled(PICTURE + 2 * EDGE)


class RowPainter(QStyledItemDelegate):
    """Draws the rows of a list.

    Parameters
    ----------
    view : QListView
    rows : SurfaceRows
    """

    def __init__(self, view: QListView, rows: SurfaceRows) -> None:
        super().__init__(view)
        self._view, self._rows = view, rows

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Give a row's height; the width is the list's."""
        row, width = self._rows.rows[index.row()], self._view.viewport().width()
        if row.definition is not None:
            return QSize(width, row_height())
        if row.heading:
            return QSize(width, theme.scaled(HEADING))
        room = QRect(0, 0, width - 2 * theme.scaled(GAP), 10_000)
        flags = int(Qt.TextFlag.TextWordWrap)
        return QSize(width, option.fontMetrics.boundingRect(room, flags, row.text).height() + theme.scaled(8))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw a row."""
        row, rect = self._rows.rows[index.row()], option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.definition is not None:
            self._paint_surface(painter, option, row)
        else:
            palette = self._view.palette()
            painter.setPen(
                palette.color(QPalette.ColorRole.PlaceholderText if row.heading else QPalette.ColorRole.Text)
            )
            align = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
            if row.heading:
                painter.setFont(font(LIGHT.title * theme.zoom(), QFont.Weight.DemiBold, 0.5 * theme.zoom()))
                align = Qt.AlignmentFlag.AlignBottom
            side = theme.scaled(GAP)
            text = row.text.upper() if row.heading else row.text
            painter.drawText(rect.adjusted(side, 0, -side, -theme.scaled(4)), int(align), text)
        painter.restore()

    def _paint_surface(self, painter: QPainter, option: QStyleOptionViewItem, row: Row) -> None:
        rect, palette = option.rect, self._view.palette()
        self._paint_ground(painter, option)
        side, edge = theme.scaled(PICTURE), theme.scaled(EDGE)
        room = QRect(rect.left() + edge, rect.top() + edge, side, side)
        assert row.definition is not None
        picture = self._rows.picture(row.definition.name, side, self._view.devicePixelRatioF())
        if picture is not None:
            painter.drawPixmap(room, picture)
        else:
            painter.fillRect(room, palette.color(QPalette.ColorRole.Mid))
        left = room.right() + theme.scaled(GAP)
        words = QRect(left, room.top(), rect.right() - edge - left, side)
        below = font(LIGHT.small * theme.zoom())
        lines = (
            (row.text, font(LIGHT.text * theme.zoom(), QFont.Weight.DemiBold), QPalette.ColorRole.Text),
            (row.below, below, QPalette.ColorRole.PlaceholderText),
        )
        for part, (text, face, role) in enumerate(lines):
            painter.setFont(face)
            painter.setPen(palette.color(role))
            half = words.adjusted(0, part * side // 2, 0, (part - 1) * side // 2)
            cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, half.width())
            align = Qt.AlignmentFlag.AlignTop if part else Qt.AlignmentFlag.AlignBottom
            painter.drawText(half, int(align), cut)

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        """Draw what shows that a row is marked, or pointed at."""
        marked = bool(option.state & QStyle.StateFlag.State_Selected)
        if not marked and not option.state & QStyle.StateFlag.State_MouseOver:
            return
        accent = QColor(self._view.palette().color(QPalette.ColorRole.Highlight))
        painter.setPen(Qt.PenStyle.NoPen)
        if marked:
            line = pen(accent.name(), 2.0 if self._view.hasFocus() else 1.0)
            painter.setPen(line)
        accent.setAlphaF(0.13 if marked else 0.07)
        painter.setBrush(accent)
        inside = QRectF(option.rect).adjusted(2.0, 1.0, -2.0, -1.0)
        painter.drawRoundedRect(inside, theme.scaled(6), theme.scaled(6))
