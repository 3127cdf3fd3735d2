"""The map: loss as shades and contours over weight and bias, and the paths of the descents on it."""

import math
from collections.abc import Hashable
from typing import ClassVar

import numpy as np
from contourpy import LineType, contour_generator
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter

from lossviz.diagnosis.wording import short
from lossviz.scene import readout
from lossviz.scene.frame import Frame
from lossviz.scene.picked import looked_at
from lossviz.scene.scene import Descent
from lossviz.scene.style import Style
from lossviz.views.brushes import (
    color,
    draw_shape,
    pen,
    polygon,
    small_marker,
    star,
)
from lossviz.views.chart import Chart
from lossviz.views.departures import Departure, left, off_map, paint_departures
from lossviz.views.hint import fitting
from lossviz.views.pad import Pad
from lossviz.views.pieces import kept_rows
from lossviz.views.point_mark import PointHandle, paint_ring
from lossviz.views.start_handle import StartHandle
from lossviz.views.step_arrows import paint_step_arrows

Array = NDArray[np.float64]

SPARSE = 15.0
"""Pixels between two markers along a path, at least."""
NEAR = 8.0
"""Pixels from a computed point at which the hand points at it."""


class MapView(Chart):
    """Shades and contours of the loss, the minimum, the start, the paths and where they leave."""

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

    def __init__(self, style: Style, scale: float = 1.0) -> None:
        self._marked: dict[Descent | int, dict[int, QPointF]] = {}
        super().__init__(style, scale)
        self.handle = StartHandle(self)
        self.handle.dragged.connect(self.start_dragged)
        self.handle.dropped.connect(self.start_dropped)
        self.pad = Pad(self)
        self.pad.clicked.connect(self._pick)
        self.mark = PointHandle(self)
        self.mark.dragged.connect(self._pick)
        self.mark.cleared.connect(self.point_cleared)
        self.mark.grasped.connect(self.grasped)
        self.mark.released.connect(self.released)

    @property
    def hint(self) -> str:
        """Say what can be dragged and clicked."""
        start = "drag ○ to move the start"
        return fitting(self, f"click to pick a line · {start}", start) if self.hands else ""

    def draw(self, frame: Frame) -> None:
        """Show a frame."""
        domain = frame.scene.surface.domain
        self.label(frame.scene.w_text, frame.scene.b_text)
        self.show_range(domain.w, domain.b)
        super().draw(frame)
        self._place_handle()

    @Slot(QPointF)
    def _pick(self, position: QPointF) -> None:
        if self.frame is not None:
            self.point_picked.emit(*self.point_at(position))

    def point_at(self, position: QPointF) -> tuple[float, float]:
        """Give weight and bias at a pixel of the view box, kept inside the domain."""
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
        """Draw shades, contours and the minimum."""
        assert self.frame is not None
        scene, rect = self.frame.scene, self.box.rect()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(rect, *self._shades())
        lines = contour_generator(
            scene.grid.w, scene.grid.b, np.ma.masked_invalid(scene.grid.loss.T), line_type=LineType.Separate
        )
        painter.setPen(pen(self.style_.contour, 1.0, self.scale_, 0.55))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for level in scene.heights.levels:
            for line in lines.lines(float(level)):
                across, up = np.asarray(line, dtype=np.float64).T
                pixels = self.pixels(across, up)
                painter.drawPolyline(polygon(pixels))

    def _shades(self) -> tuple[QImage, QRectF]:
        """Give the losses as an image, and the part of it that the view shows: from grid point to grid point."""
        assert self.frame is not None
        scene = self.frame.scene
        shade = scene.heights.shade(scene.grid.loss.T[::-1])
        table = np.concatenate([self.style_.table[:, ::-1], np.full((256, 1), 255, dtype=np.uint8)], axis=1)
        index = np.where(np.isnan(shade), 0.0, shade * 255.0).round().astype(np.uint8)
        pixels = np.ascontiguousarray(table[index])
        pixels[np.isnan(shade)] = 0
        rows, columns = shade.shape
        image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_ARGB32_Premultiplied).copy()
        # pixel centres are grid points, so half a pixel at each edge lies outside the domain
        return image, QRectF(0.5, 0.5, columns - 1, rows - 1)

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

    def paint_quickly(self, painter: QPainter, row: int) -> None:
        """Draw the paths without markers."""
        for descent in self.shown:
            self.paint_run_quickly(painter, descent.number, row, cased=True)

    def curve(self, descent: Descent) -> Array:
        """Give a run's path in pixels."""
        path = descent.trajectory.path[: descent.finite]
        return self.pixels(path[:, 0], path[:, 1])

    def readout_at(self, position: QPointF) -> str:
        """Tell the computed point under the hand, else loss and slope there."""
        if self.frame is None:
            return ""
        reach, found = NEAR * self.scale_, None
        for descent in self.shown:
            seen = self.points(descent.number)[: self.frame.row + 1]
            away = np.hypot(seen[:, 0] - position.x(), seen[:, 1] - position.y())
            if away.size and float(away.min()) < reach:
                reach, found = float(away.min()), (descent, int(np.argmin(away)))
        if found is None:
            return super().readout_at(position)
        descent, row = found
        hidden = self.frame.scene.experiment.view.hide_future and row >= self.frame.row
        return readout.row_text(self.frame.scene, descent, row, not hidden)

    def forget_lines(self) -> None:
        """Compute lines and markers anew."""
        super().forget_lines()
        self._marked.clear()

    def forget_line(self, line: Descent | int) -> None:
        """Compute line and markers of one run anew."""
        super().forget_line(line)
        self._marked.pop(line, None)

    def _markers(self, number: int) -> dict[int, QPointF]:
        """Choose the rows that get a marker, and give their places: those far enough from the one before."""
        found = self._marked.get(number)
        if found is None:
            found = self._marked[number] = {}
            points, rect, reach = self.points(number), self.box.rect(), 12.0 * self.scale_
            last_x, last_y = math.nan, math.nan
            rows = np.flatnonzero(kept_rows(points)).tolist()
            for row, (x, y) in zip(rows, np.clip(points[rows], -1e6, 1e6).tolist(), strict=True):
                if row == 0 or math.hypot(x - last_x, y - last_y) >= SPARSE * self.scale_:
                    last_x, last_y = x, y
                    if row and rect.adjusted(-reach, -reach, reach, reach).contains(x, y):
                        found[row] = QPointF(x, y)
        return found

    def paint_moving(self, painter: QPainter) -> None:
        """Draw the minimum, the hops in the air, the balls with their labels, and who has left."""
        assert self.frame is not None
        self._paint_minimum(painter)
        rect = self.box.rect()
        tags: list[tuple[str, Array]] = []
        departures: list[Departure] = []
        for ball in self.frame.balls:
            at = self.pixels(np.array(ball.w), np.array(ball.b))
            path = ball.descent.trajectory.path
            if not ball.resting and ball.row + 1 < ball.descent.finite:
                hop = self.hop(self.pixels(*path[ball.row]), at)
                if hop is not None:
                    self.paint_line(painter, hop, self.style_.path(ball.descent.number))
            if not ball.gone and rect.contains(QPointF(*at.tolist())):
                self.paint_ball(painter, ball, at)
                tags.append((ball.descent.tag, at))
            elif (found := left(self, ball)) is not None:
                departures.append(found)
        minimum = self.frame.minimum
        if minimum is not None:
            tags.append(("", self.pixels(np.array(minimum[0]), np.array(minimum[1]))))
        tags += self._paint_looked_at(painter)
        scene = self.frame.scene
        start, point = scene.experiment.descent.start, scene.experiment.view.point
        if (found := off_map(self, "the start", start, self.style_.ink)) is not None:
            departures.append(found)
        if point is not None and (found := off_map(self, "the picked point", point, self.style_.accent)) is not None:
            departures.append(found)
        if self.frame.phase:
            tags = [*paint_step_arrows(painter, self, self.frame), *tags]
        self.paint_tags(painter, tags, asides=self.ghost_tag())
        paint_departures(painter, self, departures)

    def _paint_looked_at(self, painter: QPainter) -> list[tuple[str, Array]]:
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
        return [(f"w {short(w)}, b {short(b)}", at)]

    def _paint_minimum(self, painter: QPainter) -> None:
        assert self.frame is not None
        minimum = self.frame.minimum
        if minimum is None:
            return
        at = QPointF(*self.pixels(np.array(minimum[0]), np.array(minimum[1])).tolist())
        fill = color("#ffffff" if not self.style_.is_dark else "#0c1420")
        draw_shape(painter, star(1.0), at, 9.0 * self.scale_, fill, pen(self.style_.ink, 1.2, self.scale_))

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
            self._place_handle()

    def _place_handle(self) -> None:
        if self.frame is None:
            return
        self.mark.place(self.frame.scene.experiment.view.point)
        start = self.frame.scene.experiment.descent.start
        at = QPointF(*self.pixels(np.array(start[0]), np.array(start[1])).tolist())
        self.handle.setVisible(self.box.rect().contains(at))
        self.handle.setPos(at)
