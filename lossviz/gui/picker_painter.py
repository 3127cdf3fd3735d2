"""The painter of a picker's rows: picture and name with a line below; without pictures the line stands beside."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from lossviz.gui import theme
from lossviz.gui.picker_model import Index, PickerRows, Row
from lossviz.scene.style import LIGHT
from lossviz.views.brushes import font, pen

PICTURE, EDGE, GAP = 52, 6, 10
"""Pixels: a picture's side, what is free around it, and from it to the name."""
HEADING, PLAIN = 26, 30
"""Pixels of a title's row, and of an offer's that has no picture."""


def row_height(pictured: bool) -> int:
    """Give the pixels of a row with an offer."""
    return theme.scaled(PICTURE + 2 * EDGE if pictured else PLAIN)


class RowPainter(QStyledItemDelegate):
    """Draws the rows of a list.

    Parameters
    ----------
    view : QListView
    rows : PickerRows
    """

    def __init__(self, view: QListView, rows: PickerRows) -> None:
        super().__init__(view)
        self._view, self._rows = view, rows

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Give a row's height; the width is the list's."""
        row, width = self._rows.rows[index.row()], self._view.viewport().width()
        if row.name:
            return QSize(width, row_height(self._rows.pictured))
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
        if row.name:
            self._paint_ground(painter, option)
            paint = self._paint_pictured if self._rows.pictured else self._paint_plain
            paint(painter, rect, row)
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

    def _paint_pictured(self, painter: QPainter, rect: QRect, row: Row) -> None:
        palette = self._view.palette()
        side, edge = theme.scaled(PICTURE), theme.scaled(EDGE)
        room = QRect(rect.left() + edge, rect.top() + edge, side, side)
        picture = self._rows.picture(row.name, side, self._view.devicePixelRatioF())
        if picture is not None:
            painter.drawPixmap(room, picture)
        else:
            painter.fillRect(room, palette.color(QPalette.ColorRole.Mid))
        left = room.right() + theme.scaled(GAP)
        words = QRect(left, room.top(), rect.right() - edge - left, side)
        upper, lower = words.adjusted(0, 0, 0, -side // 2), words.adjusted(0, side // 2, 0, 0)
        self._write(painter, upper, row.text, name=True, align=Qt.AlignmentFlag.AlignBottom)
        self._write(painter, lower, row.below, name=False, align=Qt.AlignmentFlag.AlignTop)

    def _paint_plain(self, painter: QPainter, rect: QRect, row: Row) -> None:
        """Write the name, and what else is told at the right end, if both have room."""
        edge = theme.scaled(GAP)
        words = rect.adjusted(edge, 0, -edge, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        name = self._write(painter, words, row.text, name=True, align=middle)
        rest = words.adjusted(name + edge, 0, 0, 0)
        self._write(painter, rest, row.below, name=False, align=middle | Qt.AlignmentFlag.AlignRight)

    def _write(self, painter: QPainter, room: QRect, text: str, *, name: bool, align: Qt.AlignmentFlag) -> int:
        """Write a name, or what else is told, cut to its room; give how wide it is."""
        pictured = self._rows.pictured
        size = LIGHT.text if name else LIGHT.small if pictured else LIGHT.title
        # beside no picture a name needs no more weight
        weight = QFont.Weight.DemiBold if name and pictured else QFont.Weight.Normal
        painter.setFont(font(size * theme.zoom(), weight))
        role = QPalette.ColorRole.Text if name else QPalette.ColorRole.PlaceholderText
        painter.setPen(self._view.palette().color(role))
        metrics = painter.fontMetrics()
        cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(align), cut)
        return metrics.horizontalAdvance(cut)

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
