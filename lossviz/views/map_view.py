"""The map: loss as shades and contours over weight and bias, and the paths of the descents on it."""

import math
from collections.abc import Hashable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter

from lossviz.numerals import listed, short
from lossviz.scene import readout
from lossviz.scene.frame import Frame
from lossviz.scene.picked import looked_at
from lossviz.scene.scene import Descent
from lossviz.scene.style import Style
from lossviz.views.averages import Averages
from lossviz.views.axes_note import AxesNote
from lossviz.views.brushes import draw_shape, marker, pen, small_marker
from lossviz.views.chart import Chart
from lossviz.views.departures import Departure, left, off_map, paint_departures
from lossviz.views.handle import Handle
from lossviz.views.hint import fitting
from lossviz.views.map_crowds import MapCrowds
from lossviz.views.map_ground import MapGround
from lossviz.views.map_marks import MapMarks
from lossviz.views.map_zoom import KEY, MapPad, MapZoom
from lossviz.views.pieces import kept_rows, visits
from lossviz.views.point_mark import PointHandle, paint_ring
from lossviz.views.start_handle import StartHandle
from lossviz.views.tags import Tag

Array = NDArray[np.float64]

SPARSE = 15.0
"""Pixels between two markers along a path, at least."""
CROWDED = 6
"""Rows in a square of that size after which a path gets no more markers there."""
HANDLE, OWN_START = 12.0, 5.0
"""Pixels from the middle to the edge of a handle, and of the ring where a run begins that has a start of its own."""
NEAR = 8.0
"""Pixels from a computed point at which the hand points at it."""


class MapView(Chart):
    """Shades and contours of the loss, its stationary points, the start, the paths and where they leave."""

    title: ClassVar[str] = "Map"
    kind: ClassVar[str] = "map"
    draws_ghosts: ClassVar[bool] = True
    hurries: ClassVar[bool] = True
    start_dragged = Signal(float, float)
    start_dropped = Signal(float, float)
    point_picked = Signal(float, float)
    """A click, or a drag of the picked point's mark; a drag lies between `grasped` and `released`."""
    point_cleared = Signal()
    grasped = Signal()
    released = Signal()
    domain_asked = Signal(object)
    """A Domain: what is seen is to be computed."""

    def __init__(self, style: Style, scale: float = 1.0) -> None:
        self._marked: dict[Descent | int, dict[int, QPointF]] = {}
        self.averages = Averages(self)
        super().__init__(style, scale)
        self.marks, self.crowds = MapMarks(self), MapCrowds(self)
        self.layer.coats = (self.marks, self.crowds)
        self.handle = StartHandle(self)
        self.handle.dragged.connect(self.start_dragged)
        self.handle.dropped.connect(self.start_dropped)
        self.note = AxesNote(self)
        self.pad = MapPad(self)
        self.pad.clicked.connect(self._pick)
        self.pad.wheeled.connect(self._wheel)
        self.pad.shoved.connect(self._shove)
        self.zoom = MapZoom(self)
        self.zoom.changed.connect(self._show_window)
        self.zoom.asked.connect(self.domain_asked)
        self.ground = MapGround(self)
        self.mark = PointHandle(self)
        self.mark.dragged.connect(self._pick)
        self.mark.moved.connect(self.point_picked)
        self.mark.cleared.connect(self.point_cleared)
        self.mark.grasped.connect(self.grasped)
        self.mark.released.connect(self.released)

    @property
    def hint(self) -> str:
        """Say what can be dragged and clicked, or what the keys move."""
        reached = next((handle for handle in self.handles if handle.reached), None)
        if reached is not None:
            what = f"{reached.name}: arrow keys"
            return fitting(self, f"{what}, with Shift in large steps", f"{what}, Shift: far", what)
        if self.zoom.moved and self.hands:
            move = "right button: move"
            return fitting(self, f"wheel: nearer or farther · {move}", move)
        start = "drag ○ to move the start"
        what = "line" if self.frame is None or self.frame.scene.fit is not None else "point"
        return fitting(self, f"click to pick a {what} · {start}", start) if self.hands else ""

    def draw(self, frame: Frame) -> None:
        """Show a frame."""
        domain = frame.scene.surface.domain
        self.label(frame.scene.w_text, frame.scene.b_text)
        self.zoom.show_domain(domain)
        window = self.zoom.window or domain
        self.show_range(window.w, window.b)
        super().draw(frame)
        self._place_handle()
        self.note.place()

    @property
    def handles(self) -> tuple[Handle, ...]:
        """What keys can move, in the order of the Tab key."""
        return self.handle, self.mark

    @Slot(QPointF)
    def _pick(self, position: QPointF) -> None:
        if self.frame is not None:
            self.point_picked.emit(*self.point_at(position))

    # zoom -----------------------------------------------------------------------------------------------------------

    @Slot(QPointF, float)
    def _wheel(self, position: QPointF, factor: float) -> None:
        self.zoom.zoom(*self.values_at(position), factor)

    @Slot(QPointF)
    def _shove(self, way: QPointF) -> None:
        rect = self.box.rect()
        self.zoom.shift(-way.x() / max(1.0, rect.width()), way.y() / max(1.0, rect.height()))

    @Slot()
    def _show_window(self) -> None:
        if self.zoom.window is not None:
            self.show_range(self.zoom.window.w, self.zoom.window.b)
        if self.parentItem() is not None:
            # the card, where the hint stands
            self.parentItem().update()

    def take_key(self, key: Qt.Key) -> bool:
        """Go nearer (+) or farther (−), compute what is seen (Enter), see the whole again (0)."""
        window = self.zoom.window
        if window is None:
            return False
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.zoom.zoom(*window.centre, 1.0 / KEY if key == Qt.Key.Key_Minus else KEY)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.zoom.moved:
            self.zoom.ask()
        elif key == Qt.Key.Key_0:
            self.zoom.see_whole()
        else:
            return False
        return True

    def point_at(self, position: QPointF) -> tuple[float, float]:
        """Give weight and bias at a pixel of the view box, kept inside what is seen."""
        (w0, w1), (b0, b1) = self.box.viewRange()
        rect = self.box.rect()
        w = w0 + (w1 - w0) * position.x() / max(1.0, rect.width())
        b = b1 - (b1 - b0) * position.y() / max(1.0, rect.height())
        return float(min(max(w, w0), w1)), float(min(max(b, b0), b1))

    def background_key(self) -> Hashable:
        """Give grid and heights: a changed descent leaves the background as it is."""
        if self.frame is None:
            return 0
        heights = self.frame.scene.heights
        return self.frame.scene.grid, heights.kind, heights.ceiling

    def paint_background(self, painter: QPainter) -> None:
        """Draw shades and contours."""
        assert self.frame is not None
        self.ground.paint(painter, self.frame.scene)

    def paint_step(self, painter: QPainter, step: int) -> None:
        """Draw the step of each run, and a marker where there is room."""
        scale, edge = self.scale_, self.style_.casing
        for descent in self.shown:
            number = descent.number
            line = self.segment(number, step)
            if line is not None:
                self.paint_line(painter, line, self.style_.path(number))
            at = self._markers(number).get(step)
            if at is not None:
                small_marker(painter, number, at, 3.2 * scale, self.style_.path(number), edge, scale)
        self.averages.paint_step(painter, step)

    def paint_quickly(self, painter: QPainter, row: int) -> None:
        """Draw the paths without markers."""
        for descent in self.shown:
            self.paint_run_quickly(painter, descent.number, row, cased=True)

    def curve(self, descent: Descent) -> Array:
        """Give a run's path in pixels."""
        path = descent.trajectory.path[: descent.finite]
        return self.pixels(path[:, 0], path[:, 1])

    def readout_at(self, position: QPointF) -> str:
        """Tell the computed point under the hand, or the minimum, saddle or maximum, else loss and slope there."""
        if self.frame is None:
            return ""
        reach, found = NEAR * self.scale_, None
        for descent in self.shown:
            seen = self.points(descent.number)[: self.frame.row + 1]
            away = np.hypot(seen[:, 0] - position.x(), seen[:, 1] - position.y())
            if away.size and float(away.min()) < reach:
                reach, found = float(away.min()), (descent, int(np.argmin(away)))
        if found is None:
            return self.marks.readout_at(position) or super().readout_at(position)
        descent, row = found
        hidden = self.frame.scene.experiment.view.hide_future and row >= self.frame.row
        return readout.row_text(self.frame.scene, descent, row, not hidden)

    def forget_lines(self) -> None:
        """Compute lines and markers anew."""
        super().forget_lines()
        self._marked.clear()
        self.averages.forget()

    def forget_line(self, line: Descent | int) -> None:
        """Compute line and markers of one run anew."""
        super().forget_line(line)
        self._marked.pop(line, None)
        self.averages.forget(line)

    def _markers(self, number: int) -> dict[int, QPointF]:
        """Choose the rows that get a marker, and give their places: those far enough from the one before."""
        found = self._marked.get(number)
        if found is None:
            found = self._marked[number] = {}
            points, rect, reach = self.points(number), self.box.rect(), 12.0 * self.scale_
            last_x, last_y = math.nan, math.nan
            rows = np.flatnonzero(kept_rows(points))
            # where many stand already, more of them would be a blot
            rows = rows[visits(points[rows], SPARSE * self.scale_) < CROWDED].tolist()
            for row, (x, y) in zip(rows, np.clip(points[rows], -1e6, 1e6).tolist(), strict=True):
                if row == 0 or math.hypot(x - last_x, y - last_y) >= SPARSE * self.scale_:
                    last_x, last_y = x, y
                    if row and rect.adjusted(-reach, -reach, reach, reach).contains(x, y):
                        found[row] = QPointF(x, y)
        return found

    def paint_moving(self, painter: QPainter) -> None:
        """Draw the best minima, the hops in the air, the balls with their labels, and who has left."""
        assert self.frame is not None
        self.marks.paint_best(painter)
        self.crowds.paint_dots(painter)
        self._paint_own_starts(painter)
        self.averages.paint_ends(painter)
        rect = self.box.rect()
        tags: list[Tag] = []
        departures: list[Departure] = []
        for ball in self.frame.balls:
            at = self.pixels(np.array(ball.w), np.array(ball.b))
            path, begin = ball.descent.trajectory.path, at
            if not ball.resting and ball.row + 1 < ball.descent.finite:
                begin = self.pixels(*path[ball.row])
                hop = self.hop(begin, at)
                if hop is not None:
                    self.paint_line(painter, hop, self.style_.path(ball.descent.number))
            if not ball.gone and rect.contains(QPointF(*at.tolist())):
                self.paint_ball(painter, ball, at)
                tags.append(Tag(ball.descent.tag, at, None if ball.resting else begin))
            elif not self.zoom.moved and (found := left(self, ball)) is not None:
                departures.append(found)
        tags += self._paint_looked_at(painter)
        scene = self.frame.scene
        start, point = scene.experiment.start, scene.experiment.view.point
        places = (("the start", start, self.style_.ink), ("the picked point", point, self.style_.accent))
        for what, place, colour in places if not self.zoom.moved else ():
            if place is not None and (found := off_map(self, what, place, colour)) is not None:
                departures.append(found)
        if scene.experiment.view.step_vectors and not self.frame.phase:
            # neither this nor the parts of a step are on the first picture
            from lossviz.views.memory_marks import paint_memory

            tags = [*paint_memory(painter, self, self.frame), *tags]
        if self.frame.phase:
            from lossviz.views.step_arrows import paint_step_arrows

            tags = [*paint_step_arrows(painter, self, self.frame), *tags]
        texts = paint_departures(painter, self, departures)
        self.paint_tags(painter, tags, asides=self.ghost_tag(), obstacles=[*texts, *self._obstacles()])

    def _obstacles(self) -> list[QRectF]:
        """Give what no label is to cover: minima, start, the mark of the picked point, the note about the axes."""
        handles, reach = [handle for handle in (self.handle, self.mark) if handle.isVisible()], HANDLE * self.scale_
        rings = [QRectF(h.x() - reach, h.y() - reach, 2.0 * reach, 2.0 * reach) for h in handles]
        return [self.note.room, *self.marks.obstacles(), *rings, *self.zoom.rooms]

    def _paint_looked_at(self, painter: QPainter) -> list[Tag]:
        """Mark the ball whose line is looked at; give the label of the picked point, and what it must keep free of."""
        assert self.frame is not None
        found = looked_at(self.frame)
        if found is None:
            return []
        (w, b), descent = found
        at = self.pixels(np.array(w), np.array(b))
        if not self.box.rect().contains(QPointF(*np.clip(at, -1e6, 1e6).tolist())):
            return []
        if descent is not None:
            paint_ring(painter, QPointF(*at.tolist()), self.style_, self.scale_)
            return []
        first, second = self.frame.scene.symbols
        return [Tag(listed((f"{first} {short(w)}", f"{second} {short(b)}")), at)]

    def _paint_own_starts(self, painter: QPainter) -> None:
        """Draw a small ring where a run begins that doesn't begin at the handle."""
        assert self.frame is not None
        experiment, scale = self.frame.scene.experiment, self.scale_
        for descent in self.shown:
            start = experiment.settings(experiment.runs[descent.number]).start
            if start != experiment.start:
                at = QPointF(*np.clip(self.pixels(np.array(start[0]), np.array(start[1])), -1e6, 1e6).tolist())
                ring, colour = marker(0), self.style_.path(descent.number)
                draw_shape(painter, ring, at, OWN_START * scale, None, pen(self.style_.casing, 4.0, scale))
                draw_shape(painter, ring, at, OWN_START * scale, None, pen(colour, 2.0, scale))

    def restyle(self, style: Style, scale: float = 1.0) -> None:
        """Change colours and sizes."""
        super().restyle(style, scale)
        if hasattr(self, "mark"):
            for item in (self.handle, self.mark):
                item.prepareGeometryChange()
                item.update()

    def _range_changed(self, *arguments: object) -> None:
        super()._range_changed(*arguments)
        if hasattr(self, "mark"):
            self.pad.prepareGeometryChange()
            self.zoom.place()
            self._place_handle()
            self.note.place()

    def _place_handle(self) -> None:
        if self.frame is None:
            return
        self.mark.place(self.frame.scene.experiment.view.point)
        start = self.frame.scene.experiment.start
        self.handle.drawn(start)
        at = QPointF(*self.pixels(np.array(start[0]), np.array(start[1])).tolist())
        self.handle.setVisible(self.box.rect().contains(at))
        self.handle.setPos(at)
