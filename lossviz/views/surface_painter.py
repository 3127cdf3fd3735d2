"""The surface in 3-D, by QPainter: for files, and for screens without OpenGL."""

from collections.abc import Hashable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QGraphicsSceneHoverEvent

from lossviz.descent import Trajectory
from lossviz.scene.camera import TOP, Camera
from lossviz.scene.frame import Ball
from lossviz.scene.mesh import Mesh, in_box
from lossviz.scene.style import Style
from lossviz.views.backdrop import Shot
from lossviz.views.backdrop_painter import painted_backdrop
from lossviz.views.brushes import ball_brush, color, draw_shape, marker, pen, polygon
from lossviz.views.pin import paint_pin
from lossviz.views.stamps import pixel_ratio
from lossviz.views.surface_axes import SurfaceAxes
from lossviz.views.surface_crowds import SurfaceCrowds
from lossviz.views.surface_marks import SurfaceMarks
from lossviz.views.surface_paths import SurfacePaths
from lossviz.views.surface_readout import surface_readout
from lossviz.views.tags import Tag, paint_tags
from lossviz.views.view import View

Array = NDArray[np.float64]

REST = 120
"""Milliseconds after the last change when the picture counts as at rest."""
SHARP = 2
"""The surface is painted so many times as large and shrunk: smooth outlines without seams between cells."""
ARC = 0.22
"""How high a hop is, in half widths of the box."""
PAN = 3.0
"""How far the picture can be shifted, in half widths of the box."""


class SurfacePainter(View):
    """A lit surface with draped contours, their shadow on the floor, axes, paths and balls.

    Drag to orbit, drag with Shift or the middle button to shift the picture, turn the wheel to go nearer.
    """

    title: ClassVar[str] = "Surface"
    orbited = Signal(float, float, float)
    """Azimuth, elevation and zoom that a hand asks for."""
    panned = Signal(float, float)
    """How far right and up the picture is to be shifted, in half widths of the box."""
    grasped = Signal()
    """A drag begins."""
    released = Signal()
    """The drag is over."""

    def __init__(self, style: Style, scale: float = 1.0) -> None:
        super().__init__(style, scale)
        self._settled = True
        """Whether the picture stands still: then it is fine, else coarse."""
        self._seen: Hashable = None
        self._shifting = False
        """Whether the drag that goes on shifts the picture; else it turns the camera."""
        self._runs: tuple[Trajectory, ...] | None = None
        self._steady = True
        """Whether the runs stand still: what the surface hides of them is looked for."""
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self._settle)
        self._kept_backdrop: tuple[Hashable, QImage] | None = None
        self._marks, self._crowds, self._paths = SurfaceMarks(), SurfaceCrowds(), SurfacePaths()
        self.setFlag(self.GraphicsItemFlag.ItemClipsToShape)
        self.setAcceptHoverEvents(True)

    @property
    def hint(self) -> str:
        """Say what a drag does, and what the vertical axis is."""
        kind = self.frame.scene.heights.kind if self.frame else "linear"
        told = [f"{kind} height"] if kind != "linear" else []
        return " · ".join(told + (["drag to orbit"] if self.hands else []))

    @property
    def still(self) -> bool:
        """Whether the picture is the fine one, not one of a movement."""
        return self._settled and self._steady

    @property
    def camera(self) -> Camera:
        """Where it is looked at from."""
        assert self.frame is not None
        view = self.frame.scene.experiment.view
        return Camera(view.azimuth, view.elevation, view.zoom, (view.pan_x, view.pan_y))

    # geometry -----------------------------------------------------------------------------------------------------

    def _fit(self) -> tuple[float, Array]:
        """Give scale and shift from the camera's plane to pixels, with room for the axes' names around the box."""
        rect, side = self.rect(), 30.0 * self.scale_
        scale, shift = self.camera.fit(max(10.0, rect.width() - 2 * side), max(10.0, rect.height() - 1.3 * side))
        return scale, shift + np.array([side, 0.4 * side])

    def pixels(self, points: Array) -> Array:
        """Give where points (..., 3) of the box are on the picture, (..., 2)."""
        scale, shift = self._fit()
        return self.camera.plane(points) * scale + shift

    def _key(self, ratio: float) -> Hashable:
        assert self.frame is not None
        size = (self.rect().width(), self.rect().height())
        return self.camera, size, ratio, self.style_.name, self.scale_, self.frame.scene.mesh

    # painting -----------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Put the kept surface and trails on the screen, then draw what moves."""
        if self.frame is None or self.rect().width() < 40 or self.rect().height() < 40:
            return
        ratio = pixel_ratio(painter)
        key = self._key(ratio)
        if key != self._seen:
            # where hands are, a change may be one of many: coarse now, fine when it rests. A file is always fine
            self._seen = key
            self._settled = not self.hands
            if self.hands:
                self._rest.start()
        runs = tuple(descent.trajectory for descent in self.frame.scene.shown)
        if runs != self._runs:
            self._steady = not self.hands or self._runs is None
            self._runs = runs
            if self.hands:
                self._rest.start()
        painter.drawImage(QPointF(0, 0), self._surface(key, ratio))
        fine = self._settled and (self._steady or not self.hands)
        shot = self._shot(self.frame.scene.mesh, ratio)
        self._marks.paint(painter, self.frame, shot)
        self._crowds.paint(painter, self.frame, shot, fine)
        self._paths.paint(painter, self.frame, shot, fine)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_pin(painter, self.frame, self.camera, self.pixels, self.style_, self.scale_)
        self._paint_balls(painter)

    def hoverMoveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        """Tell what lies under the pointer."""
        self.hovered.emit(surface_readout(self, event.pos()))

    def hoverLeaveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        """Tell nothing any more."""
        self.hovered.emit("")

    def _settle(self) -> None:
        self._settled = self._steady = True
        self.update()

    def _surface(self, key: Hashable, ratio: float) -> QImage:
        """Give the kept backdrop with the axes on it."""
        assert self.frame is not None
        key = (key, self._settled)
        if self._kept_backdrop is None or self._kept_backdrop[0] != key:
            image = self._backdrop(ratio)
            painter = QPainter(image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            size = (self.rect().width(), self.rect().height())
            scene = self.frame.scene
            SurfaceAxes(scene, self.camera, self.pixels, self.style_, self.scale_, size).paint(painter)
            painter.end()
            self._kept_backdrop = (key, image)
        return self._kept_backdrop[1]

    def _backdrop(self, ratio: float) -> QImage:
        """Make floor and surface: coarse while the camera moves."""
        assert self.frame is not None
        scene = self.frame.scene
        mesh, sharp = (scene.mesh, SHARP) if self._settled else (scene.coarse_mesh, 1)
        return painted_backdrop(self._shot(mesh, ratio), sharp)

    def _shot(self, mesh: Mesh, ratio: float) -> Shot:
        scale, shift = self._fit()
        size = (self.rect().width(), self.rect().height())
        return Shot(mesh, self.camera, scale, shift, size, ratio, self.style_, self.scale_)

    # balls --------------------------------------------------------------------------------------------------------

    def _paint_balls(self, painter: QPainter) -> None:
        """Draw the hops in the air and the balls, the farthest first, and the labels."""
        assert self.frame is not None
        eye = self.camera.eye
        seen: list[tuple[float, Ball, Array]] = []
        for ball in self.frame.balls:
            at = self.place(ball)
            if at is not None:
                seen.append((float(np.sum((at - eye) ** 2)), ball, at))
                if not ball.resting and ball.row + 1 < ball.descent.finite:
                    self._paint_hop(painter, ball, at)
        for _, ball, at in sorted(seen, key=lambda item: -item[0]):
            self._paint_ball(painter, ball, at)
        tags = [Tag(ball.descent.tag, self.pixels(at)) for _, ball, at in seen]
        chosen = self.frame.scene.selected
        first = chosen.tag if chosen else ""
        paint_tags(painter, tags, self.rect(), self.style_, self.scale_, first=first)

    def place(self, ball: Ball) -> Array | None:
        """Give a ball's place in the box, on its arc; None outside the box."""
        assert self.frame is not None
        scene = self.frame.scene
        if ball.gone:
            return None
        at = in_box(scene.surface.domain, scene.heights, np.array(ball.w), np.array(ball.b), np.array(ball.loss))
        if not (np.all(np.abs(at[:2]) <= 1.0) and -TOP <= at[2] <= TOP + 1e-9):
            return None
        at[2] += ARC * ball.lift * self._arc(ball)
        return at

    def _arc(self, ball: Ball) -> float:
        """Give how far a hop goes, 0..1: a short one is a low one."""
        assert self.frame is not None
        t, domain = ball.descent.trajectory, self.frame.scene.surface.domain
        if ball.row + 1 >= ball.descent.finite:
            return 0.0
        with np.errstate(all="ignore"):
            move = np.abs(t.path[ball.row + 1] - t.path[ball.row]) / np.array(domain.width)
        return float(min(1.0, 4.0 * move.max())) if np.all(np.isfinite(move)) else 0.0

    def _paint_hop(self, painter: QPainter, ball: Ball, at: Array) -> None:
        """Draw the arc from the last computed point to the ball."""
        assert self.frame is not None
        scene, t = self.frame.scene, ball.descent.trajectory
        parts = np.linspace(0.0, ball.part, 9)
        begin = t.path[ball.row]
        loss = t.losses[ball.row]
        with np.errstate(all="ignore"):
            way = begin + parts[:, None] * (t.path[ball.row + 1] - begin)
            dots = in_box(
                scene.surface.domain,
                scene.heights,
                way[:, 0],
                way[:, 1],
                loss + parts * (t.losses[ball.row + 1] - loss),
            )
        dots[:, 2] += ARC * 4.0 * parts * (1.0 - parts) * self._arc(ball)
        inside = np.all(np.abs(dots[:, :2]) <= 1.0, axis=1)
        if np.all(inside):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            chain = polygon(self.pixels(dots))
            painter.setPen(pen(self.style_.casing, 3.6, self.scale_, 0.7))
            painter.drawPolyline(chain)
            painter.setPen(pen(self.style_.path(ball.descent.number), 1.8, self.scale_, style=Qt.PenStyle.DotLine))
            painter.drawPolyline(chain)

    def _paint_ball(self, painter: QPainter, ball: Ball, at: Array) -> None:
        """Draw a lit ball with its marker's outline as edge; faint where the surface hides it."""
        assert self.frame is not None
        colour, scale = self.style_.path(ball.descent.number), self.scale_
        hidden = bool(self.frame.scene.mesh.hidden(at[None] + np.array([0.0, 0.0, 0.02]), self.camera)[0])
        point = QPointF(*self.pixels(at).tolist())
        radius = 6.5 * scale
        painter.save()
        painter.setOpacity(0.4 if hidden else 1.0)
        shape = marker(ball.descent.number)
        draw_shape(painter, shape, point, radius, None, pen(self.style_.casing, 4.0, scale))
        if ball.resting:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ball_brush(colour, point, radius))
            painter.save()
            painter.translate(point)
            painter.scale(radius, radius)
            painter.setBrush(ball_brush(colour, QPointF(0, 0), 1.0))
            painter.drawPath(shape)
            painter.restore()
        else:
            draw_shape(painter, shape, point, radius, color(self.style_.card, 0.75), pen(colour, 2.2, scale))
        painter.restore()

    # hands --------------------------------------------------------------------------------------------------------

    def mouseDragEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        """Turn the camera, or shift the picture (pyqtgraph's own kind of event)."""
        left = event.button() == Qt.MouseButton.LeftButton
        if self.frame is None or not (left or event.button() == Qt.MouseButton.MiddleButton):
            event.ignore()
            return
        event.accept()
        if event.isStart():
            self._shifting = not left or bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.grasped.emit()
        change = event.pos() - event.lastPos()
        view = self.frame.scene.experiment.view
        if self._shifting:
            scale, _ = self._fit()
            x, y = view.pan_x + change.x() / scale, view.pan_y - change.y() / scale
            self.panned.emit(min(max(x, -PAN), PAN), min(max(y, -PAN), PAN))
        else:
            azimuth = (view.azimuth - 0.45 * change.x() + 180.0) % 360.0 - 180.0
            elevation = min(max(view.elevation + 0.35 * change.y(), 5.0), 90.0)
            self.orbited.emit(azimuth, elevation, view.zoom)
        if event.isFinish():
            self.released.emit()

    def wheelEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        """Go nearer or farther."""
        if self.frame is None:
            return
        event.accept()
        view = self.frame.scene.experiment.view
        zoom = min(max(view.zoom * 1.0015 ** event.delta(), 0.4), 3.0)
        self.orbited.emit(view.azimuth, view.elevation, zoom)
