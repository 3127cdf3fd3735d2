"""A slider for a value of many decades: a hand can be fine with it, and it has marks at values that mean something."""

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QSlider, QStyle, QStyleOptionSlider

from lossviz.gui import theme
from lossviz.views.brushes import color, font

POSITIONS = 1000
"""Of Qt's slider, from its left to its right end."""
FINER = 0.1
"""How far the slider goes for one pixel of a hand that is fine."""
AWAY = 40
"""Pixels above or below the slider beyond which a hand is fine."""
NOTCH = 120
"""Of a wheel, in Qt's units."""
ZERO_TYPE = 10
"""Pixels of the 0 at the left end."""
REST = 500
"""Milliseconds after which a turn of the wheel is over."""

LESS = (Qt.Key.Key_Left, Qt.Key.Key_Down)
MORE = (Qt.Key.Key_Right, Qt.Key.Key_Up)
PAGES = {Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}

HELP = (
    "Drag; with Shift, or with the hand far above or below, ten times as fine.<br>"
    "The wheel goes in small steps, as the arrow keys do once Tab has reached it; with Shift in smaller ones."
)


class FineSlider(QSlider):
    """Tells what a hand, a wheel or keys ask for, between `grasped` and `released`; it sets nothing by itself.

    Parameters
    ----------
    zero : float
        Where its scale begins, if its left end stands for a 0 that the scale doesn't reach; else 0.
    """

    placed = Signal(float, float)
    """To a place, from 0 to 1, and how exactly the hand has pointed there."""
    stepped = Signal(int, bool)
    """By so many small steps, or with True by smaller ones."""
    reset = Signal()
    grasped = Signal()
    released = Signal()

    def __init__(self, zero: float = 0.0) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(0, POSITIONS)
        # a click leaves the keys to the window: right after a drag they step through the descents
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.marks: list[tuple[float, str]] = []
        """Places from 0 to 1, each with its colour."""
        self._zero = zero
        self._place = 0.0
        self._last_x: float | None = None
        self._turned = 0
        self._held = False
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.setInterval(REST)
        self._resting.timeout.connect(self._let_go)

    def show_place(self, place: float) -> None:
        """Show a place from 0 to 1; nothing is emitted."""
        self.blockSignals(True)
        self.setValue(round(POSITIONS * min(max(place, 0.0), 1.0)))
        self.blockSignals(False)

    # the mouse ------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the slider: where it is, or to where the hand is."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        event.accept()
        left, room, half = self._track()
        x = event.position().x()
        self._let_go()
        self._take()
        self.setSliderDown(True)
        self._last_x, self._place = x, self.value() / POSITIONS
        if abs(x - left - self._place * room) > half:
            self._place = min(max((x - left) / room, 0.0), 1.0)
            self.placed.emit(self._place, 1.0 / room)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go with the hand, or a tenth as far."""
        if self._last_x is None:
            event.ignore()
            return
        event.accept()
        x, (_, room, _) = event.position().x(), self._track()
        away = abs(event.position().y() - self.height() / 2.0)
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier) or away > theme.scaled(AWAY)
        exact = (FINER if fine else 1.0) / room
        moved, self._last_x = (x - self._last_x) * exact, x
        if moved:
            self._place = min(max(self._place + moved, 0.0), 1.0)
            self.placed.emit(self._place, exact)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._last_x is None or event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        event.accept()
        self._last_x = None
        self.setSliderDown(False)
        self._let_go()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for the value that is usual."""
        event.accept()
        if event.button() == Qt.MouseButton.LeftButton:
            self.reset.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go by small steps; a panel that can be scrolled is scrolled, unless the slider has the keys."""
        if not self.hasFocus() and self._is_scrolled():
            event.ignore()
            return
        event.accept()
        turn = event.angleDelta()
        # some systems turn the wheel sideways while Shift is held
        self._turned += turn.y() or turn.x()
        count = int(self._turned / NOTCH)
        if count:
            self._turned -= NOTCH * count
            self._take()
            self._resting.start()
            self.stepped.emit(count, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def _is_scrolled(self) -> bool:
        parent = self.parentWidget()
        while parent is not None and not parent.isWindow():
            if isinstance(parent, QAbstractScrollArea) and parent.verticalScrollBar().maximum() > 0:
                return True
            parent = parent.parentWidget()
        return False

    # the keys -------------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keep the keys that are the slider's while it has the focus: elsewhere they are keys of the window."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in (*LESS, *MORE, *PAGES)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go by small steps, or ten of them."""
        key = Qt.Key(event.key())
        count = PAGES.get(key, (key in MORE) - (key in LESS))
        if not count:
            super().keyPressEvent(event)
            return
        event.accept()
        self._take()
        self.stepped.emit(count, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Take what a key did while it was held as one change."""
        if not event.isAutoRepeat():
            self._let_go()
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go."""
        self._let_go()
        super().focusOutEvent(event)

    def _take(self) -> None:
        if not self._held:
            self._held = True
            self.grasped.emit()

    @Slot()
    def _let_go(self) -> None:
        self._resting.stop()
        self._turned = 0
        if self._held and self._last_x is None:
            self._held = False
            self.released.emit()

    # looks ----------------------------------------------------------------------------------------------------------

    def _track(self) -> tuple[float, float, float]:
        """Give where the handle's middle begins, how far it goes, and half the handle's width."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        control, handle = QStyle.ComplexControl.CC_Slider, QStyle.SubControl.SC_SliderHandle
        half = self.style().subControlRect(control, option, handle, self).width() / 2.0
        return half, max(1.0, self.width() - 2.0 * half), half

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the slider, and the marks under its groove."""
        super().paintEvent(event)
        if not self.marks and not self._zero:
            return
        left, room, _ = self._track()
        painter = QPainter(self)
        width, top = theme.scaled(2), self.height() // 2 + theme.scaled(5)
        for place, colour in self.marks:
            if 0.0 <= place <= 1.0:
                painter.fillRect(round(left + place * room - width / 2.0), top, width, theme.scaled(5), color(colour))
        if self._zero:
            self._paint_zero(painter, left, room)
        painter.end()

    def _paint_zero(self, painter: QPainter, left: float, room: float) -> None:
        """Part the left end from the scale, and write what it means, unless the handle stands there."""
        begin = self._zero * room
        if self.value() / POSITIONS * room < begin + left:
            return
        palette, high = self.palette(), theme.scaled(6)
        gap = round((begin - left) / 2.0 + left)
        painter.fillRect(
            gap, (self.height() - high) // 2, theme.scaled(4), high, palette.color(QPalette.ColorRole.Base)
        )
        painter.setFont(font(ZERO_TYPE * theme.zoom()))
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(QPointF((gap - painter.fontMetrics().horizontalAdvance("0")) / 2.0, self.height() - 1.0), "0")
