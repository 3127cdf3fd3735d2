"""The zoom of the map: what part of the plane it shows, and the buttons to keep it or to go back."""

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QCursor, QFont, QPainter
from PySide6.QtWidgets import QGraphicsObject

from lossviz.landscape.domain import FARTHEST, Domain
from lossviz.views.brushes import color, font, pen, text_width
from lossviz.views.pad import Pad

if TYPE_CHECKING:
    from lossviz.views.map_view import MapView

NEAREST, WIDEST = 1.0 / 300.0, 20.0
"""The narrowest and the widest view, in widths of the domain."""
NOTCH = 1.0015
"""How much nearer a unit of the wheel goes; a notch has 120."""
KEY = 1.25
"""How much nearer a key goes."""
SHOVES = (Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton)
HEIGHT, ROOM, EDGE = 24.0, 10.0, 8.0
"""Pixels: a button's height, the room beside its text, and its distance from the corner of the map."""


class MapPad(Pad):
    """The plane of the map: the wheel goes nearer, and a hand shifts it, with another button or with Shift."""

    wheeled = Signal(QPointF, float)
    shoved = Signal(QPointF)
    """By so many pixels."""

    def __init__(self, view: "MapView") -> None:
        super().__init__(view)
        self._shoving = False
        """Whether the drag that goes on shifts the map."""

    def wheelEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        """Tell how much nearer (Qt's own kind of event)."""
        event.accept()
        self.wheeled.emit(QPointF(event.pos()), NOTCH ** event.delta())

    def mouseDragEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        """Tell of a hand that shifts the map; else of what any pad tells (pyqtgraph's own kind of event)."""
        if event.isStart():
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._shoving = event.button() in SHOVES or (event.button() == Qt.MouseButton.LeftButton and shift)
        if self._shoving:
            event.accept()
            self.shoved.emit(QPointF(event.pos() - event.lastPos()))
        else:
            super().mouseDragEvent(event)


class MapButton(QGraphicsObject):
    """A small button on the map, which a click presses; keys do the same."""

    pressed = Signal()

    def __init__(self, view: "MapView", text: str, tip: str) -> None:
        super().__init__(view.box)
        self.view, self.text = view, text
        self._hovered = False
        self.setZValue(30)
        self.setToolTip(tip)
        self.setCursor(QCursor(Qt.CursorShape.PointingHandCursor))
        self.setAcceptHoverEvents(True)
        self.hide()

    def boundingRect(self) -> QRectF:
        """Give a rectangle with room for the text."""
        scale = self.view.scale_
        width = text_width(self.text, self._font()) + 2.0 * ROOM * scale
        return QRectF(0.0, 0.0, width, HEIGHT * scale)

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Draw it as the buttons of the panels look."""
        style, scale, room = self.view.style_, self.view.scale_, self.boundingRect()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen(style.accent if self._hovered else style.quiet, 1.0, scale))
        painter.setBrush(color(style.card))
        painter.drawRoundedRect(room.adjusted(0.5, 0.5, -0.5, -0.5), 6.0 * scale, 6.0 * scale)
        painter.setPen(color(style.ink))
        painter.setFont(self._font())
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self.text)

    def hoverEnterEvent(self, event: object) -> None:
        """Show that it can be pressed."""
        self._hovered = True
        self.update()

    def hoverLeaveEvent(self, event: object) -> None:
        """Show it as it was."""
        self._hovered = False
        self.update()

    def mouseClickEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        """Be pressed (pyqtgraph's own kind of event)."""
        event.accept()
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit()

    def _font(self) -> QFont:
        return font(self.view.style_.small * self.view.scale_)


class MapZoom(QObject):
    """What part of the plane the map shows: the domain, until a hand looks elsewhere.

    Parameters
    ----------
    view : MapView
    """

    changed = Signal()
    asked = Signal(object)
    """A Domain: what is seen is to be computed."""

    def __init__(self, view: "MapView") -> None:
        super().__init__()
        self.view = view
        self.domain: Domain | None = None
        self.window: Domain | None = None
        """What is seen; None until something is shown."""
        self.recompute = MapButton(
            view, "Recompute here", "Compute the surface over what is seen: it becomes the domain (Ctrl+M)"
        )
        self.whole = MapButton(view, "Whole map", "See the whole domain again (Ctrl+Shift+M)")
        self.recompute.pressed.connect(self.ask)
        self.whole.pressed.connect(self.see_whole)

    @property
    def moved(self) -> bool:
        """Whether something else than the domain is seen."""
        return self.window != self.domain

    def show_domain(self, domain: Domain) -> None:
        """Take notice of the domain; another one is seen as a whole."""
        if domain != self.domain:
            self.domain = self.window = domain
            self.place()

    def zoom(self, w: float, b: float, factor: float) -> None:
        """Go nearer to a place, which stays where it is."""
        if self.domain is None or self.window is None:
            return
        sides = []
        for at, side, whole in zip((w, b), self._sides(self.window), self._sides(self.domain), strict=True):
            width, own = whole[1] - whole[0], side[1] - side[0]
            now = min(max(own / factor, NEAREST * width), WIDEST * width)
            sides.append((at - (at - side[0]) * now / own, at + (side[1] - at) * now / own))
        self._see(sides[0], sides[1])

    def shift(self, across: float, up: float) -> None:
        """See what lies beside, by parts of what is seen."""
        if self.window is None:
            return
        sides = []
        for part, (low, high) in zip((across, up), self._sides(self.window), strict=True):
            sides.append((low + part * (high - low), high + part * (high - low)))
        self._see(sides[0], sides[1])

    @Slot()
    def see_whole(self) -> None:
        """See the domain again."""
        if self.moved:
            self.window = self.domain
            self.place()
            self.changed.emit()

    @Slot()
    def ask(self) -> None:
        """Ask that what is seen is computed."""
        if self.moved and self.window is not None:
            self.asked.emit(Domain(*map(_round, self._sides(self.window))))

    def place(self) -> None:
        """Put the buttons into the upper right corner, while there is a use for them."""
        scale, right = self.view.scale_, self.view.box.rect().right()
        x, y = right - EDGE * scale, EDGE * scale
        for button in (self.whole, self.recompute):
            button.prepareGeometryChange()
            button.setVisible(self.moved and self.view.hands)
            x -= button.boundingRect().width()
            button.setPos(QPointF(x, y))
            x -= EDGE * scale
            button.update()

    @property
    def rooms(self) -> list[QRectF]:
        """Give what the buttons cover."""
        return [button.mapRectToParent(button.boundingRect()) for button in self.buttons if button.isVisible()]

    @property
    def buttons(self) -> tuple[MapButton, MapButton]:
        """Both buttons."""
        return self.recompute, self.whole

    def _see(self, w: tuple[float, float], b: tuple[float, float]) -> None:
        if max(map(abs, (*w, *b))) > FARTHEST:
            return
        try:
            self.window = Domain(w, b)
        except ValueError:
            # nearer than numbers can be told apart
            return
        self.place()
        self.changed.emit()

    @staticmethod
    def _sides(domain: Domain) -> tuple[tuple[float, float], tuple[float, float]]:
        return domain.w, domain.b


def _round(side: tuple[float, float]) -> tuple[float, float]:
    """Give the ends of a side with no more digits than a hand has set."""
    digits = 3 - math.floor(math.log10(side[1] - side[0]))
    return round(side[0], digits), round(side[1], digits)
