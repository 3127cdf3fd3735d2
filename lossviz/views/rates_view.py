"""The picture of a learning-rate range test: loss by rate, with the rates that mean something."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter

from lossviz.numerals import short
from lossviz.scene.rates import RateMark, RatesSeen
from lossviz.scene.round_numbers import roundest
from lossviz.scene.scales import LINEAR, LOG
from lossviz.scene.style import Style, mixed
from lossviz.views.brushes import casing, color, draw_shape, font, halo_text, marker, pen, stroke, text_width
from lossviz.views.hint import fitting
from lossviz.views.pad import Pad
from lossviz.views.plot import Plot
from lossviz.views.rate_handle import RateHandle
from lossviz.views.rate_labels import Place, places
from lossviz.views.sketch import sketch

Array = NDArray[np.float64]

SIDE = 0.03
"""Room beside the first and the last rate, as part of the axis."""
ROW, GAP = 1.5, 5.0
"""The height of a row of labels, in sizes of the type; pixels between a line and its label."""
TOP = 3.0
"""Pixels above the first row."""
KNOB = 19.0
"""Pixels between the middle of the knob, around which there may be a ring, and the label beside it."""
BEYOND = 2.0
"""Pixels outside the plot to which lines go on: not every reader of vectors cuts them off."""
BELOW = 1e6
"""Pixels down: where a logarithmic axis has no place for a loss, its line leaves through the bottom."""


class RatesView(Plot):
    """Loss by learning rate: each loss thin, the smoothed one strong; a loss that runs away leaves through the top.

    It shows a RatesSeen, not a Frame: it has no steps.
    """

    title: ClassVar[str] = "Loss by learning rate"
    grasped = Signal()
    rate_asked = Signal(float)
    """A hand or a key asks for a learning rate, between `grasped` and `released`."""
    released = Signal()

    def __init__(self, style: Style, scale: float = 1.0) -> None:
        super().__init__(style, scale)
        self.seen: RatesSeen | None = None
        self._places: list[Place] = []
        self.handle = RateHandle(self)
        self.handle.hide()
        self.handle.grasped.connect(self.grasped)
        self.handle.moved.connect(self.rate_asked)
        self.handle.let_go_of.connect(self.released)
        # the whole plot takes the rate: a line is thin
        self.handle.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.pad = Pad(self)
        self.pad.clicked.connect(self._click)
        self.pad.grasped.connect(self.grasped)
        self.pad.pulled.connect(self._pull)
        self.pad.released.connect(self.released)
        self.restyle(style, scale)

    @property
    def drawn(self) -> bool:
        """Whether there is a test to see."""
        return self.seen is not None

    @property
    def handles(self) -> tuple[RateHandle, ...]:
        """What keys can move."""
        return (self.handle,)

    @property
    def hint(self) -> str:
        """Say which line is which."""
        return fitting(self, "thin: each loss · strong: smoothed", "strong: smoothed", "") if self.drawn else ""

    def show_rates(self, seen: RatesSeen | None) -> None:
        """Show a range test; None: nothing."""
        self.seen = seen
        self._arrange()
        self.update()
        self.point_again()

    def resizeEvent(self, event: object) -> None:
        """Make room for the labels anew."""
        super().resizeEvent(event)
        if hasattr(self, "pad"):
            self.pad.prepareGeometryChange()
            self._arrange()

    # where things are ---------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        """Choose the range, with room above the curve for the labels, and put the knob where it belongs."""
        seen = self.seen
        self.handle.setVisible(seen is not None)
        if seen is None:
            return
        up = LOG if seen.logarithmic else LINEAR
        self.label("learning rate, log", f"{seen.loss_text}, log" if seen.logarithmic else seen.loss_text)
        rect, (left, right) = self.box.rect(), (float(LOG.place(rate)) for rate in (seen.low, seen.high))
        side = SIDE * (right - left)
        across = (float(LOG.value(left - side)), float(LOG.value(right + side)))
        low, high = (float(up.place(loss)) for loss in seen.loss_range)
        # the places of the labels depend on the horizontal axis alone
        self.show_range(across, (float(up.value(low)), float(up.value(high))), (LOG, up))
        face = font(self.style_.text * self.scale_)
        lines = [(self._x(mark.rate), text_width(mark.text, face)) for mark in seen.marks]
        self._places = places(lines, rect.width(), GAP * self.scale_)
        rows = 1 + max((place.row for place in self._places), default=-1)
        taken = min(0.5, (rows * self._row + 4.0 * self.scale_) / rect.height()) if rect.height() > 0 else 0.0
        # the row of the present rate, at the bottom
        floor = min(0.25, 1.5 * self._row / rect.height()) if rect.height() > 0 else 0.0
        span = (high - low) / (1.0 - taken - floor)
        bottom, top = low - floor * span, low + (1.0 - floor) * span
        if seen.logarithmic:
            bottom, top = max(bottom, -700.0), min(top, 700.0)
        self.show_range(across, (float(up.value(bottom)), float(up.value(top))), (LOG, up))
        self.handle.setPos(self._rate_x, rect.height() - 0.6 * self._row)
        self.handle.drawn((seen.rate, 0.0))

    @property
    def _row(self) -> float:
        return ROW * self.style_.text * self.scale_

    def _x(self, rate: float) -> float:
        return float(self.pixels(np.array(rate), np.array(1.0))[0])

    @property
    def _rate_x(self) -> float:
        """Where the present rate is drawn: at the edge where it lies beyond."""
        return min(max(self._x(self.seen.rate), 0.0), self.box.rect().width()) if self.seen is not None else 0.0

    def curve(self, losses: Array) -> Array:
        """Give the points (n, 2) of losses by rate, in pixels, up to the first that is no number."""
        assert self.seen is not None
        finite = np.isfinite(losses)
        count = len(losses) if np.all(finite) else int(np.argmin(finite)) + 1
        # that one too: the line must be seen to leave through the top
        kept = np.nan_to_num(losses[:count], nan=1e140, posinf=1e140, neginf=-1e140)
        points = self.pixels(self.seen.test.rates[:count], kept)
        points[:, 1] = np.where(np.isposinf(points[:, 1]), BELOW, points[:, 1])
        return points

    # hands --------------------------------------------------------------------------------------------------------

    def rate_at(self, x: float) -> float:
        """Give the roundest learning rate that a hand can have meant which points at a pixel from the left."""
        assert self.seen is not None
        left, right = (self.values_at(QPointF(x + side, 0.0))[0] for side in (-0.5, 0.5))
        return min(max(roundest(left, right), self.seen.low), self.seen.high)

    def readout_at(self, position: QPointF) -> str:
        """Tell the rate and its losses."""
        if self.seen is None:
            return ""
        t = self.seen.test
        rate = self.values_at(position)[0]
        k = int(np.argmin(np.abs(np.log(t.rates) - np.log(rate))))
        if not self.seen.low <= rate <= self.seen.high or rate > 1.1 * float(t.rates[-1]):
            return f"rate {short(rate)}"
        loss, smoothed = (short(float(losses[k]), 4) for losses in (t.losses, t.smoothed))
        return f"rate {short(float(t.rates[k]))}: loss {loss}, smoothed {smoothed}"

    @Slot(QPointF)
    def _click(self, at: QPointF) -> None:
        if self.seen is not None:
            self.grasped.emit()
            self.rate_asked.emit(self.rate_at(at.x()))
            self.released.emit()

    @Slot(QPointF, QPointF)
    def _pull(self, _begin: QPointF, end: QPointF) -> None:
        if self.seen is not None:
            self.rate_asked.emit(self.rate_at(end.x()))

    # painting -----------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Draw the axes, and between them the test."""
        # whole: what is drawn here is no layer of its own
        super().paint(painter, None, widget)
        if self.seen is None or self.box.geometry().isEmpty():
            return
        painter.save()
        painter.translate(self.box.pos())
        painter.setClipRect(self.box.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, self.seen)
        self._paint_curves(painter, self.seen)
        for mark, place in zip(self.seen.marks, self._places, strict=True):
            self._paint_mark(painter, mark, place)
        self._paint_rate(painter, self.seen)
        for mark, place in zip(self.seen.marks, self._places, strict=True):
            self._write(painter, mark.text, place.left, place.row * self._row + TOP * self.scale_)
        painter.restore()

    def _paint_ground(self, painter: QPainter, seen: RatesSeen) -> None:
        """Draw the lines of the grid, and shade the rates from which the loss runs away."""
        rect, scale = self.box.rect(), self.scale_
        if seen.answered and seen.test.blow_up is not None:
            x = self._x(seen.test.blow_up)
            painter.fillRect(QRectF(x, 0.0, rect.width() - x, rect.height()), color(self.style_.quiet, 0.10))
        painter.setPen(pen(self.style_.hairline, 1.0, scale, 0.7))
        for tick in self.ticks()[1]:
            y = round(float(self.pixels(np.array(1.0), np.array(tick))[1])) + 0.5
            painter.drawLine(QLineF(0.0, y, rect.width(), y))

    def _paint_curves(self, painter: QPainter, seen: RatesSeen) -> None:
        """Draw each loss thin, and over that the smoothed one."""
        rect, scale, colour = self.box.rect(), self.scale_, self.style_.path(seen.number)
        reach = BEYOND * scale
        thin = stroke(mixed(colour, self.style_.card, 0.35), 1.1, scale)
        sketch(painter, self.curve(seen.test.losses), rect, reach, thin)
        edge = casing(self.style_.casing, 4.8, scale)
        sketch(painter, self.curve(seen.test.smoothed), rect, reach, stroke(colour, 2.8, scale), edge)

    def _paint_mark(self, painter: QPainter, mark: RateMark, place: Place) -> None:
        """Draw the line of a rate that means something, down from its label, and its place on the curve."""
        style, scale = self.style_, self.scale_
        x, top = self._x(mark.rate), place.row * self._row + TOP * scale
        colour = style.ink if mark.kind == "limit" else style.quiet
        dashes = Qt.PenStyle.SolidLine if mark.kind == "limit" else Qt.PenStyle.DashLine
        painter.setPen(pen(colour, 1.4 if mark.kind == "limit" else 1.2, scale, style=dashes))
        painter.drawLine(QLineF(x, top, x, self.box.rect().height()))
        if mark.loss is not None:
            at = QPointF(*self.pixels(np.array(mark.rate), np.array(mark.loss)).tolist())
            fill = color(style.path(self.seen.number if self.seen is not None else 0))
            draw_shape(painter, marker(0), at, 5.5 * scale, fill, pen(style.casing, 2.0, scale))

    def _paint_rate(self, painter: QPainter, seen: RatesSeen) -> None:
        """Draw the line of the run's present rate, and its label at the bottom."""
        style, scale, rect = self.style_, self.scale_, self.box.rect()
        x = self._rate_x
        painter.setPen(pen(style.accent, 2.0, scale))
        painter.drawLine(QLineF(x, 0.0, x, rect.height()))
        text = f"rate {short(seen.rate)}"
        if seen.rate > seen.high:
            text += " →"
        elif seen.rate < seen.low:
            text = f"← {text}"
        gap, width = KNOB * scale, text_width(text, font(style.text * scale))
        left = x + gap if x + gap + width <= rect.width() else x - gap - width
        self._write(painter, text, left, rect.height() - 1.05 * self._row)

    def _write(self, painter: QPainter, text: str, left: float, top: float) -> None:
        size = self.style_.text * self.scale_
        ink, halo = color(self.style_.ink), color(self.style_.card, 0.9)
        halo_text(painter, QPointF(left, top + 0.95 * size), text, font(size), ink, halo)
