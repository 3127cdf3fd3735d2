"""A line that says in words what holds, and opens and closes what lies below it."""

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from lossviz.gui import theme

INDENT, EDGE = 13, 3
"""Pixels before the text, and above and below it."""
WRAPPED = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
OPENING = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class FoldLine(QAbstractButton):
    """A triangle and a text, on more lines where there is little room; checked while what lies below is open.

    Parameters
    ----------
    title : str
        What it is about.
    """

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.plain = title, True
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.toggled.connect(self.update)

    def show_words(self, words: str, plain: bool) -> None:
        """Say what holds, quietly where that is as usual; nothing is emitted."""
        text = f"{self.title}: {words}" if words else self.title
        if (text, plain) != (self.text(), self.plain):
            self.plain = plain
            self.setText(text)
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()

    def hasHeightForWidth(self) -> bool:
        """Tell that it is higher where it is narrower (Qt's)."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Give the height of all its lines (Qt's)."""
        room = QRect(0, 0, max(1, width - theme.scaled(INDENT)), 10_000)
        return self.fontMetrics().boundingRect(room, WRAPPED, self.text()).height() + 2 * theme.scaled(EDGE)

    def sizeHint(self) -> QSize:
        """Give the size of one line (Qt's)."""
        wide = self.fontMetrics().horizontalAdvance(self.text()) + theme.scaled(INDENT)
        return QSize(wide, self.fontMetrics().height() + 2 * theme.scaled(EDGE))

    def minimumSizeHint(self) -> QSize:
        """Give the least size (Qt's)."""
        return QSize(theme.scaled(80), self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Keep the keys that open it: elsewhere Space is a key of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _opens(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open and close by Space and Enter."""
        if _opens(event):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the triangle and the text, and a ring while keys can open it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        if self.underMouse():
            tint = palette.color(QPalette.ColorRole.Highlight)
            tint.setAlphaF(0.10)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tint)
            painter.drawRoundedRect(self.rect(), 5.0, 5.0)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Highlight), 2.0))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 5.0, 5.0)
        quiet = palette.color(QPalette.ColorRole.PlaceholderText)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(quiet)
        painter.drawPolygon(self._triangle())
        painter.setPen(quiet if self.plain else palette.color(QPalette.ColorRole.WindowText))
        painter.drawText(self.rect().adjusted(theme.scaled(INDENT), 0, 0, 0), WRAPPED, self.text())
        painter.end()

    def _triangle(self) -> QPolygonF:
        half = theme.scaled(4)
        x, y = 0.42 * theme.scaled(INDENT), theme.scaled(EDGE) + self.fontMetrics().height() / 2.0
        corners = (
            ((-1.0, -0.5), (1.0, -0.5), (0.0, 0.7)) if self.isChecked() else ((-0.5, -1.0), (-0.5, 1.0), (0.7, 0.0))
        )
        return QPolygonF([QPointF(x + dx * half, y + dy * half) for dx, dy in corners])


def _opens(event: QKeyEvent) -> bool:
    return event.key() in OPENING and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
