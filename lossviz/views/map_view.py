"""The map: loss as shades and contours over weight and bias, and the paths of the descents on it."""

import math
from collections.abc import Hashable
from typing import ClassVar

import numpy as np
from contourpy import LineType, contour_generator
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QCursor, QImage, QPainter, QPainterPath, QPolygonF
from PySide6.QtWidgets import QGraphicsObject

from lossviz.diagnosis.wording import short
from lossviz.scene.clipping import clip_segments
from lossviz.scene.frame import Ball, Frame
from lossviz.scene.style import Style
from lossviz.views.brushes import color, draw_shape, font, halo_text, marker, pen, polygon, star, text_width
from lossviz.views.chart import Chart

Array = NDArray[np.float64]

SPARSE = 15.0
"""Pixels between two markers along a path, at least."""


class StartHandle(QGraphicsObject):
    """The ring at the start of the descents, which can be dragged. It emits only what a hand does."""

    dragged = Signal(float, float)
    dropped = Signal(float, float)

    def __init__(self, chart: "MapView") -> None:
        super().__init__(chart.box)
        self.chart = chart
        self.setZValue(20)
        self.setCursor(QCursor(Qt.CursorShape.OpenHandCursor))
        self.setToolTip("Start of the descents: drag it")
        self.setAcceptHoverEvents(True)
        self._hovered = False

    def boundingRect(self) -> QRectF:
        """Give an area that is easy to hit."""
        reach = 15.0 * self.chart.scale_
        return QRectF(-reach, -reach, 2 * reach, 2 * reach)

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Draw the ring."""
        style, scale = self.chart.style_, self.chart.scale_
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = marker(0)
        size = (9.5 if self._hovered else 8.5) * scale
        draw_shape(painter, shape, QPointF(0, 0), size, None, pen(style.casing, 5.0, scale))
        draw_shape(painter, shape, QPointF(0, 0), size, None, pen(style.ink, 2.4, scale))

    def hoverEnterEvent(self, event: object) -> None:
        """Show that it can be taken."""
        self._hovered = True
        self.update()

    def hoverLeaveEvent(self, event: object) -> None:
        """Show it as it was."""
        self._hovered = False
        self.update()

    def mouseDragEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        """Tell where the hand has it (pyqtgraph's own kind of event)."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        event.accept()
        w, b = self.chart.point_at(self.mapToParent(event.pos()))
        (self.dropped if event.isFinish() else self.dragged).emit(w, b)


class MapView(Chart):
    """Shades and contours of the loss, the minimum, the start, the paths and where they leave."""

    title: ClassVar[str] = "Map"
    start_dragged = Signal(float, float)
    start_dropped = Signal(float, float)

    def __init__(self, style: Style, scale: float = 1.0) -> None:
        self._marked: dict[int, NDArray[np.bool_]] = {}
        super().__init__(style, scale)
        self.handle = StartHandle(self)
        self.handle.dragged.connect(self.start_dragged)
        self.handle.dropped.connect(self.start_dropped)

    @property
    def hint(self) -> str:
        """Say what can be dragged."""
        return "drag ○ to move the start" if self.hands else ""

    def draw(self, frame: Frame) -> None:
        """Show a frame."""
        domain = frame.scene.surface.domain
        self.label(frame.scene.w_text, frame.scene.b_text)
        self.show_range(domain.w, domain.b)
        super().draw(frame)
        self._place_handle()

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
        assert self.frame is not None
        for descent in self.frame.scene.shown:
            if step + 1 >= descent.finite:
                continue
            line = self.segment(descent.number, step)
            if line is not None and line.length() > 0.0:
                self.paint_line(painter, line, self.style_.path(descent.number))
            if self._markers(descent.number)[step]:
                at = QPointF(*self.points(descent.number)[step].tolist())
                edge = pen(self.style_.casing, 1.0, self.scale_)
                fill = color(self.style_.path(descent.number))
                draw_shape(painter, marker(descent.number), at, 3.2 * self.scale_, fill, edge)

    def polyline(self, number: int) -> Array:
        """Give a run's path in pixels."""
        assert self.frame is not None
        descent = self.frame.scene.descents[number]
        path = descent.trajectory.path[: descent.finite]
        return self.pixels(path[:, 0], path[:, 1])

    def forget_lines(self) -> None:
        """Compute lines and markers anew."""
        super().forget_lines()
        self._marked = {}

    def _markers(self, number: int) -> NDArray[np.bool_]:
        """Choose the rows that get a marker: those far enough from the one before."""
        kept = self._marked.get(number)
        if kept is None:
            points = np.clip(self.points(number), -1e6, 1e6).tolist()
            kept = self._marked[number] = np.zeros(len(points), dtype=bool)
            last_x, last_y = points[0]
            for row, (x, y) in enumerate(points):
                if math.hypot(x - last_x, y - last_y) >= SPARSE * self.scale_:
                    kept[row], last_x, last_y = True, x, y
        return kept

    def paint_moving(self, painter: QPainter) -> None:
        """Draw the minimum, the hops in the air, the balls with their labels, and who has left."""
        assert self.frame is not None
        self._paint_minimum(painter)
        rect = self.box.rect()
        tags: list[tuple[str, Array]] = []
        notes: list[tuple[str, Array, Array, str]] = []
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
            elif (note := self._exit(ball)) is not None:
                notes.append(note)
        minimum = self.frame.minimum
        if minimum is not None:
            tags.append(("", self.pixels(np.array(minimum[0]), np.array(minimum[1]))))
        if (note := self._start_off_map()) is not None:
            notes.append(note)
        self.paint_tags(painter, tags)
        for line, (text, at, direction, colour) in enumerate(notes):
            self._paint_exit(painter, text, at, direction, colour, line)

    def _start_off_map(self) -> tuple[str, Array, Array, str] | None:
        """Give text, place, direction and colour of the arrow to a start that lies off the map."""
        assert self.frame is not None
        scene, rect = self.frame.scene, self.box.rect()
        w, b = scene.experiment.descent.start
        if scene.surface.domain.contains(w, b):
            return None
        middle = np.array([rect.center().x(), rect.center().y()])
        way = np.clip(self.pixels(np.array(w), np.array(b)), -1e9, 1e9) - middle
        size = np.array([rect.width(), rect.height()])
        _, edge, _ = clip_segments(middle[None], (middle + way)[None], np.zeros(2), size)
        text = f"the start lies off the map, at w = {short(w)}, b = {short(b)}"
        return text, edge[0], way / max(1e-9, float(np.hypot(*way))), self.style_.ink

    def _paint_minimum(self, painter: QPainter) -> None:
        assert self.frame is not None
        minimum = self.frame.minimum
        if minimum is None:
            return
        at = QPointF(*self.pixels(np.array(minimum[0]), np.array(minimum[1])).tolist())
        fill = color("#ffffff" if self.style_.name != "dark" else "#0c1420")
        draw_shape(painter, star(1.0), at, 9.0 * self.scale_, fill, pen(self.style_.ink, 1.2, self.scale_))

    def _exit(self, ball: Ball) -> tuple[str, Array, Array, str] | None:
        """Give text, place, direction and colour of the arrow where a run has left the map."""
        descent = ball.descent
        rows = descent.trajectory.path[: min(ball.row + 1, descent.finite)]
        domain = descent.trajectory.surface.domain
        inside = np.flatnonzero(domain.contains(rows[:, 0], rows[:, 1]))
        if inside.size == 0 or inside[-1] + 1 >= descent.finite:
            return None
        last = int(inside[-1])
        points = self.pixels(descent.trajectory.path[last : last + 2, 0], descent.trajectory.path[last : last + 2, 1])
        rect = self.box.rect()
        _, end, seen = clip_segments(points[:1], points[1:], np.zeros(2), np.array([rect.width(), rect.height()]))
        if not seen[0] or last + 1 > ball.row:
            return None
        away = max(
            max(low - value, value - high, 0.0) / (high - low)
            for value, (low, high) in ((ball.w, domain.w), (ball.b, domain.b))
        )
        text = f"{descent.label} left at step {last + 1}"
        if ball.gone:
            text += ", beyond all numbers"
        elif away >= 0.1:
            far = f"{away:,.0f}" if 10 <= away < 1e6 else short(away, 2)
            text += f", now {far} widths away"
        direction = points[1] - points[0]
        length = float(np.hypot(*np.clip(direction, -1e150, 1e150)))
        return (
            text,
            end[0],
            direction / length if length > 0 else np.array([1.0, 0.0]),
            self.style_.path(descent.number),
        )

    def _paint_exit(self, painter: QPainter, text: str, at: Array, direction: Array, colour: str, line: int) -> None:
        """Draw an arrow head where a run crosses the edge, and say when it left and how far away it is."""
        scale, rect = self.scale_, self.box.rect()
        across = np.array([-direction[1], direction[0]])
        corners = [
            at,
            at - 15.0 * scale * direction + 7.0 * scale * across,
            at - 15.0 * scale * direction - 7.0 * scale * across,
        ]
        head = QPainterPath()
        head.addPolygon(QPolygonF([QPointF(*corner.tolist()) for corner in corners]))
        head.closeSubpath()
        painter.setPen(pen(self.style_.casing, 3.0, scale))
        painter.setBrush(color(colour))
        painter.drawPath(head)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPath(head)
        face = font(self.style_.text * scale)
        # one line each along the upper edge: beside the arrows they would cover the paths and each other
        base = QPointF(26.0 * scale, (20.0 + 19.0 * line) * scale)
        if base.y() > rect.height():
            return
        if base.x() + text_width(text, face) + 6.0 * scale > rect.width():
            text = text.split(", ")[0]
        halo_text(painter, base, text, face, color(self.style_.ink), color(self.style_.card, 0.85))
        swatch = QPointF(base.x() - 12.0 * scale, base.y() - 4.5 * scale)
        draw_shape(painter, head_right(), swatch, 6.0 * scale, color(colour), pen(self.style_.casing, 1.5, scale))

    def restyle(self, style: Style, scale: float = 1.0) -> None:
        """Change colours and sizes."""
        super().restyle(style, scale)
        if hasattr(self, "handle"):
            self.handle.prepareGeometryChange()
            self.handle.update()

    def _range_changed(self, *arguments: object) -> None:
        super()._range_changed(*arguments)
        if hasattr(self, "handle"):
            self._place_handle()

    def _place_handle(self) -> None:
        if self.frame is None:
            return
        start = self.frame.scene.experiment.descent.start
        at = QPointF(*self.pixels(np.array(start[0]), np.array(start[1])).tolist())
        self.handle.setVisible(self.box.rect().contains(at))
        self.handle.setPos(at)


def head_right() -> QPainterPath:
    """Give an arrow head that points right, around 0."""
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(1.0, 0.0), QPointF(-0.8, -0.9), QPointF(-0.8, 0.9)]))
    path.closeSubpath()
    return path
