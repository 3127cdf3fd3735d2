"""The knob at the run's present learning rate, which keys move; a hand takes it anywhere in the plot."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QPainter

from lossviz.numerals import short
from lossviz.scene.round_numbers import next_multiple, nice_step
from lossviz.views.brushes import color, draw_shape, marker, pen
from lossviz.views.handle import Handle

if TYPE_CHECKING:
    from lossviz.views.rates_view import RatesView

FINE, COARSE = 0.02, 0.2
"""The steps of an arrow key, at most, as parts of the rate."""


class RateHandle(Handle):
    """Stands at the lower end of the line of the present rate."""

    moved = Signal(float)
    """Keys ask for another rate."""
    let_go_of = Signal()

    def __init__(self, chart: "RatesView") -> None:
        super().__init__(chart, 20, "learning rate", "Learning rate of the run: drag it, or click where it is to be")
        self.rates = chart

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Draw the knob."""
        style, scale = self.chart.style_, self.chart.scale_
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = (8.0 if self._hovered else 7.0) * scale
        draw_shape(painter, marker(0), QPointF(0, 0), size, color(style.accent), pen(style.card, 2.0, scale))
        self.paint_reached(painter)

    def at(self) -> tuple[float, float]:
        """Give the present rate."""
        return (self.rates.seen.rate if self.rates.seen is not None else 0.0), 0.0

    def put(self, w: float, b: float) -> None:
        """Ask for another rate."""
        self.moved.emit(w)

    def settle(self, w: float, b: float) -> None:
        """Tell that it stays there."""
        self.let_go_of.emit()

    def step(self, across: int, up: int, large: bool) -> None:
        """Go to the next round rate between the ends of the axis; from beyond them only back."""
        seen = self.rates.seen
        if seen is None:
            return
        if not self._held:
            self._held = True
            self.grasped.emit()
        rate = (self._sent or self.at())[0]
        after = next_multiple(rate, nice_step((COARSE if large else FINE) * rate), across or up)
        self._sent = (min(max(after, min(seen.low, rate)), max(seen.high, rate)), 0.0)
        self.put(*self._sent)

    @property
    def told(self) -> str:
        """What it is and where, for who can't see it."""
        return f"{self.name} {short((self._sent or self.at())[0])}: arrow keys move it"
