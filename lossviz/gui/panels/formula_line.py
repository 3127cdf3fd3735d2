"""The line that a formula is typed in: as high as it is long, with a wave under the place that is wrong."""

from PySide6.QtCore import QEvent, QMimeData, QPointF, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPalette, QPolygonF, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy

from lossviz.gui import theme
from lossviz.views.brushes import color, pen

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
MOST_ROWS = 6
"""Rows of type that are seen at once."""
LETTER = 7
"""Pixels under which the wave goes where no letter stands."""
WAVE = 2.0
"""Pixels from the middle of the wave to its top, and half of its length."""
ELSEWHERE = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
"""Reasons to lose the keys that end nothing: they come back."""


class FormulaLine(QPlainTextEdit):
    """Takes one formula, over as many rows as it needs; it sets nothing by itself."""

    entered = Signal()
    escaped = Signal()
    recalled = Signal(int)
    """Arrow up (−1) in the first row, or down (1) in the last: an older formula is wanted, or a newer one."""
    rested = Signal()
    """The keys went elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("formula")
        self._wrong_at = 0
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(3.0)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        # the style sheet comes after the widget
        QTimer.singleShot(0, self._fit)

    @property
    def wrong_at(self) -> int:
        """The place of the letter, from 1, that a wave is under; 0: none."""
        return self._wrong_at

    def mark_wrong(self, place: int) -> None:
        """Draw a wave under a letter, counted from 1, or behind the last one; 0: none."""
        self._wrong_at = place
        theme.mark(self, "wrong", place > 0)
        self.viewport().update()

    def show_text(self, text: str) -> None:
        """Show another text."""
        self.setPlainText(text)
        self.moveCursor(QTextCursor.MoveOperation.End)

    def wave_room(self) -> QRect:
        """Give where the wave is drawn, in pixels; empty where none is."""
        length = len(self.toPlainText())
        if not 0 < self._wrong_at <= length + 1:
            return QRect()
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._wrong_at - 1)
        here = self.cursorRect(cursor)
        width = theme.scaled(LETTER)
        if self._wrong_at <= length:
            cursor.setPosition(self._wrong_at)
            after = self.cursorRect(cursor)
            if after.top() == here.top():
                width = max(width, after.left() - here.left())
        return QRect(here.left(), here.bottom() - theme.scaled(2), width, theme.scaled(4))

    # Qt asks --------------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keep Enter and Escape: elsewhere they are keys of the window."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in (*ENTER, Qt.Key.Key_Escape)
        ):
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter, Escape, and the arrows that lead out of the text."""
        key = Qt.Key(event.key())
        if key in ENTER:
            self.entered.emit()
        elif key == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            up = key == Qt.Key.Key_Up
            move = QTextCursor.MoveOperation.Up if up else QTextCursor.MoveOperation.Down
            if QTextCursor(self.textCursor()).movePosition(move):
                super().keyPressEvent(event)
            else:
                self.recalled.emit(-1 if up else 1)
        else:
            super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste as one line."""
        self.insertPlainText(" ".join(source.text().split()))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that the keys went elsewhere."""
        super().focusOutEvent(event)
        if event.reason() not in ELSEWHERE:
            self.rested.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the height that the text has in this width."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Take the height that the text has in this type."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text and the wave."""
        super().paintEvent(event)
        room = self.wave_room()
        if room.isEmpty():
            return
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dark = self.palette().color(QPalette.ColorRole.Base).lightness() < 128
        size = theme.zoom()
        painter.setPen(pen(color(theme.wrong_colour(dark)).name(), 1.5, size))
        count = max(3, round(room.width() / (WAVE * size)))
        middle = room.center().y()
        points = (
            QPointF(room.left() + i * room.width() / count, middle + (WAVE if i % 2 else -WAVE) * 0.6 * size)
            for i in range(count + 1)
        )
        painter.drawPolyline(QPolygonF(list(points)))
        painter.end()

    @Slot()
    def _fit(self) -> None:
        """Be as high as the rows of the text."""
        rows = min(MOST_ROWS, max(1, round(self.document().size().height())))
        frame = self.height() - self.viewport().height()
        margin = 2.0 * self.document().documentMargin()
        height = round(rows * self.fontMetrics().lineSpacing() + margin) + max(frame, 2)
        if height != self.height():
            self.setFixedHeight(height)
