"""A handle: what stands on a chart and can be taken by a hand, or moved by keys."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QCursor, QPainter
from PySide6.QtWidgets import QGraphicsObject

from lossviz.numerals import listed, short
from lossviz.scene.round_numbers import next_multiple, nice_step
from lossviz.views.brushes import draw_shape, marker, pen
from lossviz.views.plot import Plot

SMALL, LARGE = 0.01, 0.1
"""The steps of an arrow key, at most, as parts of the axis."""


class Handle(QGraphicsObject):
    """Easy to hit, and shows that it can be taken.

    Parameters
    ----------
    chart : Plot
    height : float
        Which of two handles lies above the other.
    name : str
        "start", as it is told to who uses keys.
    tip : str
    """

    grasped = Signal()
    """A hand or a key begins to move it."""

    def __init__(self, chart: Plot, height: float, name: str, tip: str) -> None:
        super().__init__(chart.box)
        self.chart, self.name = chart, name
        self.reached = False
        """Whether keys move it."""
        self._held = False
        self._sent: tuple[float, float] | None = None
        """Where keys have sent it, until it is drawn elsewhere."""
        self._drawn: tuple[float, float] | None = None
        self.setZValue(height)
        self.setCursor(QCursor(Qt.CursorShape.OpenHandCursor))
        self.setToolTip(tip)
        self.setAcceptHoverEvents(True)
        self._hovered = False

    def boundingRect(self) -> QRectF:
        """Give an area that is easy to hit."""
        reach = 17.0 * self.chart.scale_
        return QRectF(-reach, -reach, 2 * reach, 2 * reach)

    def hoverEnterEvent(self, event: object) -> None:
        """Show that it can be taken."""
        self._hovered = True
        self.update()

    def hoverLeaveEvent(self, event: object) -> None:
        """Show it as it was."""
        self._hovered = False
        self.update()

    # keys -----------------------------------------------------------------------------------------------------------

    def at(self) -> tuple[float, float]:
        """Give weight and bias of where it stands."""
        raise NotImplementedError

    def put(self, w: float, b: float) -> None:
        """Ask for another place."""
        raise NotImplementedError

    def settle(self, w: float, b: float) -> None:
        """Tell that it stays there."""
        raise NotImplementedError

    def drawn(self, place: tuple[float, float] | None) -> None:
        """Take notice of where it is drawn: what keys ask for may come to be seen much later."""
        if place != self._drawn:
            self._drawn = place
            if not self._held:
                self._sent = None

    def take_away(self) -> None:
        """Ask that it goes, where it can go."""

    def reach(self, reached: bool) -> None:
        """Let keys move it, or no longer."""
        self.let_go()
        self.reached = reached
        self.update()

    def step(self, across: int, up: int, large: bool) -> None:
        """Go to the next round numbers inside the axes."""
        if not self._held:
            self._held = True
            self.grasped.emit()
        places, begin = [], self._sent or self.at()
        for value, (low, high), count in zip(begin, self.chart.box.viewRange(), (across, up), strict=True):
            step = nice_step((high - low) * (LARGE if large else SMALL))
            places.append(min(max(next_multiple(value, step, count), low), high) if count else value)
        self._sent = (places[0], places[1])
        self.put(*self._sent)

    def let_go(self) -> None:
        """Take what keys did until now as one move."""
        if self._held:
            self._held = False
            self.settle(*(self._sent or self.at()))

    @property
    def told(self) -> str:
        """What it is and where, for who can't see it."""
        w, b = self._sent or self.at()
        return f"{self.name} at {listed((f'w {short(w)}', f'b {short(b)}'))}: arrow keys move it"

    def paint_reached(self, painter: QPainter) -> None:
        """Draw a ring around it while keys move it."""
        if self.reached:
            style, scale = self.chart.style_, self.chart.scale_
            draw_shape(painter, marker(0), QPointF(0, 0), 13.5 * scale, None, pen(style.casing, 4.5, scale, 0.9))
            draw_shape(painter, marker(0), QPointF(0, 0), 13.5 * scale, None, pen(style.accent, 2.2, scale))
