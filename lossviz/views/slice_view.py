"""The slice: loss along one parameter, below it its derivative on the same axis, and one guide through both."""

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter

from lossviz.numerals import short
from lossviz.scene.frame import Frame
from lossviz.scene.slice import Seen, seen_of
from lossviz.scene.style import Style
from lossviz.views.brushes import pen
from lossviz.views.hint import fitting
from lossviz.views.slice_curve import CurveChart
from lossviz.views.slice_slope import SlopeChart
from lossviz.views.view import View

LOWER = 0.31
"""The part of the height, without the axis, that belongs to the derivative."""


class SliceView(View):
    """One parameter: all steps as numbered balls on the curve, the slope's sign and size, and the step they make."""

    title: ClassVar[str] = "One parameter"

    def __init__(self, style: Style, scale: float = 1.0) -> None:
        super().__init__(style, scale)
        self.seen: Seen | None = None
        self.curve, self.slope = CurveChart(style, scale), SlopeChart(style, scale)
        for chart in (self.curve, self.slope):
            chart.setParentItem(self)
            chart.hovered.connect(self.hovered)

    @property
    def hint(self) -> str:
        """Say where the other parameter is held, or where the slice lies."""
        if self.seen is None:
            return ""
        line = self.seen.line
        other = self.seen.frame.scene.symbols[1 - line.index]
        where = f"{other} held at {short(line.held)}" if self.seen.held else f"through {other} = {short(line.held)}"
        return fitting(self, f"{where}, {line.note}", where) if line.note else where

    def draw(self, frame: Frame) -> None:
        """Show a frame."""
        self.seen = seen_of(frame)
        self.curve.show_seen(self.seen)
        self.slope.show_seen(self.seen)
        super().draw(frame)

    def restyle(self, style: Style, scale: float = 1.0) -> None:
        """Change colours and sizes."""
        super().restyle(style, scale)
        for chart in (self.curve, self.slope):
            chart.restyle(style, scale)
        self.resizeEvent(None)
        if self.frame is not None:
            self.draw(self.frame)

    def resizeEvent(self, event: object) -> None:
        """Give the derivative its part below the curve; both have the same axis."""
        rect, scale = self.rect(), self.scale_
        below = SlopeChart.bottom_height * scale
        lower = below + LOWER * max(0.0, rect.height() - below)
        self.curve.setGeometry(QRectF(0.0, 0.0, rect.width(), rect.height() - lower))
        self.slope.setGeometry(QRectF(0.0, rect.height() - lower, rect.width(), lower))
        if self.frame is not None:
            self.draw(self.frame)

    def guide(self) -> QLineF | None:
        """Give the line from the ball down through both pictures; None where the ball isn't seen."""
        seen = self.seen
        if seen is None or seen.move is None:
            return None
        move = seen.move
        if not self.curve.in_picture(self.curve.move_place()):
            return None
        upper, lower = self.curve.box.geometry(), self.slope.box.geometry()
        x, y = self.curve.pixels(np.array(move.at), np.array(move.loss)).tolist()
        x += upper.left()
        return QLineF(x, upper.top() + y, x, self.slope.geometry().top() + lower.bottom())

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Draw the guide."""
        guide = self.guide()
        if guide is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(pen(self.style_.quiet, 1.2, self.scale_, 0.9, Qt.PenStyle.DashLine))
            painter.drawLine(guide)
