"""Plot: a view with two axes: its geometry, its ticks, and what a hand over it is told."""

from collections.abc import Hashable

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QTimer, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsSceneHoverEvent

from lossviz.numerals import tick
from lossviz.scene.scales import LINEAR, Scale
from lossviz.scene.style import Style
from lossviz.views.axes import paint_axes
from lossviz.views.view import View

Array = NDArray[np.float64]

EDGE = 3.0
"""Pixels around what has changed that Qt paints too, for its smooth edges."""


class Plot(View):
    """A view with a horizontal and a vertical axis; subclasses draw what lies between them.

    A subclass ends its own making with ``restyle``.
    """

    left_width = 66
    bottom_height = 46

    def __init__(self, style: Style, scale: float = 1.0) -> None:
        super().__init__(style, scale)
        # a view box alone, the axes are painted: a whole PlotItem has menus and dialogs that nobody would see,
        # and its axes have a layout of their own, which makes room for their numbers and so moves everything
        self.box = pg.ViewBox(parent=self, enableMouse=False, enableMenu=False)
        self._names = ("", "")
        self.scales = (LINEAR, LINEAR)
        """The horizontal and the vertical axis."""
        self.numbered = True
        """Whether the horizontal axis has its numbers and its name here, not below another plot."""
        self.box.setDefaultPadding(0.0)
        self.box.disableAutoRange()
        self.box.sigRangeChanged.connect(self._range_changed)
        self.box.sigResized.connect(self._range_changed)
        self._pointed: QPointF | None = None
        self._said = ""
        # after the painting: what the hand points at may mean something else now
        self._told = QTimer(self)
        self._told.setSingleShot(True)
        self._told.setInterval(0)
        self._told.timeout.connect(self._tell)
        self.setAcceptHoverEvents(True)
        # so that it is told what of it is to be painted
        self.setFlag(self.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def readout_at(self, position: QPointF) -> str:
        """Say in one line what lies at a pixel of the view box; "" where nothing is to be said."""
        return ""

    # geometry -----------------------------------------------------------------------------------------------------

    def range_key(self) -> Hashable:
        """Give what decides where a point is drawn."""
        rect = self.box.rect()
        return (*map(tuple, self.box.viewRange()), rect.width(), rect.height(), self.scales)

    def show_range(
        self, x: tuple[float, float], y: tuple[float, float], scales: tuple[Scale, Scale] = (LINEAR, LINEAR)
    ) -> None:
        """Set what part of the plane is seen, in values, and how the axes are divided."""
        if self.scales != scales:
            self.scales = scales
            self._range_changed()
        x, y = ((float(s.place(side[0])), float(s.place(side[1]))) for s, side in zip(scales, (x, y), strict=True))
        if [list(x), list(y)] != [list(side) for side in self.box.viewRange()]:
            self.box.setRange(xRange=x, yRange=y, padding=0.0, disableAutoRange=True)

    def pixels(self, x: Array, y: Array) -> Array:
        """Give the pixels (..., 2) of points, in the view box's own coordinates."""
        (x0, x1), (y0, y1) = self.box.viewRange()
        rect, (across, up) = self.box.rect(), self.scales
        with np.errstate(all="ignore"):
            px = (across.place(x) - x0) / (x1 - x0) * rect.width()
            py = (y1 - up.place(y)) / (y1 - y0) * rect.height()
        return np.stack([px, py], axis=-1)

    def values_at(self, position: QPointF) -> tuple[float, float]:
        """Give the values at a pixel of the view box: what ``pixels`` turns back."""
        (x0, x1), (y0, y1) = self.box.viewRange()
        rect, (across, up) = self.box.rect(), self.scales
        x = x0 + (x1 - x0) * position.x() / max(1.0, rect.width())
        y = y1 - (y1 - y0) * position.y() / max(1.0, rect.height())
        return float(across.value(x)), float(up.value(y))

    @property
    def room_below(self) -> float:
        """How many pixels below the plane are kept for other things, the numbers of the axis among them."""
        return self.bottom_height * self.scale_

    def tick_text(self, value: float, spacing: float, upright: bool) -> str:
        """Write the number of a tick of the vertical, or of the horizontal axis."""
        return tick(value, spacing)

    def resizeEvent(self, event: object) -> None:
        """Give the axes their fixed room, so that nothing moves when their numbers change, and the plane the rest."""
        s, rect = self.scale_, self.rect()
        left, bottom = self.left_width * s, self.room_below
        top, right = 6.0 * s, 10.0 * s
        if rect.width() <= left + right or rect.height() <= top + bottom:
            return
        self.box.setGeometry(left, top, rect.width() - left - right, rect.height() - top - bottom)

    def restyle(self, style: Style, scale: float = 1.0) -> None:
        """Change colours and sizes."""
        super().restyle(style, scale)
        self.box.setBackgroundColor(None)
        self.resizeEvent(None)

    def label(self, bottom: str, left: str) -> None:
        """Name the axes."""
        if self._names != (bottom, left):
            self._names = (bottom, left)
            self.update()

    def ticks(self) -> tuple[list[float], list[float]]:
        """Give round numbers for the horizontal and the vertical axis, as many as there is room for."""
        (x0, x1), (y0, y1) = self.box.viewRange()
        rect, scale = self.box.rect(), self.scale_
        across, up = max(2, int(rect.width() / (74.0 * scale))), max(2, int(rect.height() / (46.0 * scale)))
        horizontal, vertical = self.scales
        left, right, bottom, top = (
            float(scale.value(place))
            for scale, place in ((horizontal, x0), (horizontal, x1), (vertical, y0), (vertical, y1))
        )
        return horizontal.ticks(left, right, across), vertical.ticks(bottom, top, up)

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Draw both axes."""
        exposed, area = getattr(option, "exposedRect", None), self.box.geometry()
        if self.drawn and not area.isEmpty():
            # what moves lies inside the axes: then it is their lines alone that must be drawn again
            inside = exposed is not None and area.adjusted(-EDGE, -EDGE, EDGE, EDGE).contains(exposed)
            paint_axes(painter, self, None if inside else self._names)

    def _range_changed(self, *_: object) -> None:
        self.update()

    # hands --------------------------------------------------------------------------------------------------------

    def hoverMoveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        """Tell what the hand points at."""
        at = self.box.mapFromParent(event.pos())
        self._pointed = at if self.box.rect().contains(at) else None
        self._tell()

    def hoverLeaveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        """Tell that it points at nothing here."""
        self._pointed = None
        self._tell()

    def point_again(self) -> None:
        """Tell what the hand points at, where that may have changed."""
        if self._pointed is not None:
            self._told.start()

    @Slot()
    def _tell(self) -> None:
        text = self.readout_at(self._pointed) if self._pointed is not None else ""
        if text != self._said:
            self._said = text
            self.hovered.emit(text)
