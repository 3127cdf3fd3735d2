"""The surface in 3-D, by QPainter: for files, vectors, and screens without OpenGL."""

from collections.abc import Hashable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPixmap

from lossviz.scene.camera import TOP, Camera
from lossviz.scene.clipping import clip_segments
from lossviz.scene.frame import Ball
from lossviz.scene.mesh import Mesh, in_box
from lossviz.scene.style import Style, mixed
from lossviz.views.brushes import ball_brush, casing, color, draw_shape, marker, pen, polygon
from lossviz.views.surface_axes import SurfaceAxes
from lossviz.views.tags import paint_tags
from lossviz.views.trail import Trail
from lossviz.views.view import View

Array = NDArray[np.float64]
Pieces = tuple[list[list[list[float]]], list[list[bool]]]

REST = 120
"""Milliseconds after the last change when the picture counts as at rest."""
SHARP = 2
"""The surface is painted so many times as large and shrunk: smooth outlines without seams between cells."""
PIECES = 5
"""Into so many pieces is a step cut to tell which of them the surface hides."""
BLOCK = 32
"""So many steps at once: what isn't seen yet isn't computed."""
ARC = 0.22
"""How high a hop is, in half widths of the box."""


class SurfacePainter(View):
    """A lit surface with draped contours, their shadow on the floor, axes, paths and balls. Drag to orbit."""

    title: ClassVar[str] = "Surface"
    orbited = Signal(float, float, float)
    """Azimuth, elevation and zoom that a hand asks for."""

    def __init__(self, style: Style, scale: float = 1.0) -> None:
        super().__init__(style, scale)
        self._settled = True
        """Whether the picture stands still: then it is fine, else coarse."""
        self._seen: Hashable = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self._settle)
        self._backdrop: tuple[Hashable, QPixmap] | None = None
        self._kept_pieces: tuple[Hashable, dict[tuple[int, int], Pieces]] = (None, {})
        self._trail = Trail()
        self.setFlag(self.GraphicsItemFlag.ItemClipsToShape)

    @property
    def hint(self) -> str:
        """Say what a drag does, and what the vertical axis is."""
        kind = self.frame.scene.heights.kind if self.frame else "linear"
        told = [f"{kind} height"] if kind != "linear" else []
        return " · ".join(told + (["drag to orbit"] if self.hands else []))

    @property
    def camera(self) -> Camera:
        """Where it is looked at from."""
        assert self.frame is not None
        view = self.frame.scene.experiment.view
        return Camera(view.azimuth, view.elevation, view.zoom)

    # geometry -----------------------------------------------------------------------------------------------------

    def _fit(self) -> tuple[float, Array]:
        """Give scale and shift from the camera's plane to pixels, with room for the axes' names around the box."""
        rect, side = self.rect(), 30.0 * self.scale_
        scale, shift = self.camera.fit(max(10.0, rect.width() - 2 * side), max(10.0, rect.height() - 1.3 * side))
        return scale, shift + np.array([side, 0.4 * side])

    def _pixels(self, points: Array) -> Array:
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
        ratio = painter.device().devicePixelRatioF() if painter.device() is not None else 1.0
        key = self._key(ratio)
        if key != self._seen:
            # where hands are, a change may be one of many: coarse now, fine when it rests. A file is always fine
            self._seen = key
            self._settled = not self.hands
            if self.hands:
                self._rest.start()
        painter.drawPixmap(QPointF(0, 0), self._surface(key, ratio))
        painter.drawPixmap(QPointF(0, 0), self._paths(key, ratio))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_balls(painter)

    def _settle(self) -> None:
        self._settled = True
        self.update()

    def _surface(self, key: Hashable, ratio: float) -> QPixmap:
        assert self.frame is not None
        key = (key, self._settled)
        if self._backdrop is None or self._backdrop[0] != key:
            scene = self.frame.scene
            mesh, sharp = (scene.mesh, SHARP) if self._settled else (scene.coarse_mesh, 1)
            pixmap = self._blank(ratio * sharp)
            painter = QPainter(pixmap)
            self._paint_floor(painter, mesh)
            self._paint_cells(painter, mesh)
            painter.end()
            if sharp > 1:
                size = self._blank(ratio).size()
                pixmap.setDevicePixelRatio(1.0)
                pixmap = pixmap.scaled(
                    size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
                )
                pixmap.setDevicePixelRatio(ratio)
            painter = QPainter(pixmap)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            size_ = (self.rect().width(), self.rect().height())
            SurfaceAxes(scene, self.camera, self._pixels, self.style_, self.scale_, size_).paint(painter)
            painter.end()
            self._backdrop = (key, pixmap)
        return self._backdrop[1]

    def _blank(self, ratio: float) -> QPixmap:
        pixmap = QPixmap(round(self.rect().width() * ratio), round(self.rect().height() * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        return pixmap

    def _paint_floor(self, painter: QPainter, mesh: Mesh) -> None:
        """Draw the floor's outline, and the contours as a shadow on it."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        corners = np.array([[-1, -1, -TOP], [1, -1, -TOP], [1, 1, -TOP], [-1, 1, -TOP]], dtype=np.float64)
        painter.setPen(pen(self.style_.quiet, 1.0, self.scale_, 0.8))
        painter.setBrush(color(mixed(self.style_.card, self.style_.ground, 0.7)))
        painter.drawPolygon(polygon(self._pixels(corners)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen(self.style_.quiet, 1.0, self.scale_, 0.45))
        for line in mesh.shadow:
            flat = np.column_stack([line, np.full(len(line), -TOP)])
            painter.drawPolyline(polygon(self._pixels(flat)))

    def _paint_cells(self, painter: QPainter, mesh: Mesh) -> None:
        """Draw the cells from far to near, each followed by its pieces of contour lines."""
        if len(mesh.cells) == 0:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        camera = self.camera
        order = mesh.order(camera)
        light, below = mesh.light(camera)
        table = self.style_.table.astype(np.float64)
        colours = table[np.clip(mesh.shade * 255.0, 0, 255).astype(int)] * light[:, None]
        if self.style_.name == "dark":
            colours = colours * 0.92 + 10.0
        alpha = np.where(below, 120, 255)
        packed = np.column_stack([np.clip(colours, 0, 255).astype(int), alpha])
        corners = self._pixels(mesh.cells)
        ends = self._pixels(mesh.contours).reshape(-1, 4).tolist() if len(mesh.contours) else []
        pieces: dict[int, list[int]] = {}
        for piece, cell in enumerate(mesh.owner.tolist()):
            pieces.setdefault(cell, []).append(piece)
        contour = pen(self.style_.contour, 1.0, self.scale_, 0.6)
        faint = pen(self.style_.quiet, 1.0, self.scale_, 0.35)
        painter.setPen(Qt.PenStyle.NoPen)
        flat, rgba, undersides = corners.tolist(), packed.tolist(), below.tolist()
        for cell in order.tolist():
            painter.setBrush(QColor(*rgba[cell]))
            painter.drawConvexPolygon([QPointF(x, y) for x, y in flat[cell]])
            if cell in pieces:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
                painter.setPen(faint if undersides[cell] else contour)
                painter.drawLines([QLineF(*ends[piece]) for piece in pieces[cell]])
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    # paths --------------------------------------------------------------------------------------------------------

    def _paths(self, key: Hashable, ratio: float) -> QPixmap:
        """Give the trails up to the frame's row; only the steps that are new are drawn."""
        assert self.frame is not None
        key = (key, self.frame.scene.descents, self._settled)
        return self._trail.picture(key, self.frame.row, lambda: self._blank(ratio), self._paint_step)

    def _pieces(self, number: int, block: int) -> Pieces:
        """Give some steps of a run as pieces in pixels, NaN outside the box, and which of them are hidden."""
        assert self.frame is not None
        scene = self.frame.scene
        key = (
            self.camera,
            self.rect().width(),
            self.rect().height(),
            self.scale_,
            scene.mesh,
            scene.descents,
            self._settled,
        )
        if self._kept_pieces[0] != key:
            self._kept_pieces = (key, {})
        kept = self._kept_pieces[1].get((number, block))
        if kept is None:
            descent = scene.descents[number]
            rows = slice(block * BLOCK, min((block + 1) * BLOCK + 1, descent.finite))
            path, losses = descent.trajectory.path[rows], descent.trajectory.losses[rows]
            nodes = in_box(scene.surface.domain, scene.heights, path[:, 0], path[:, 1], losses)
            parts = np.linspace(0.0, 1.0, PIECES + 1)[None, :, None]
            with np.errstate(all="ignore"):
                dots = nodes[:-1, None] + parts * (nodes[1:, None] - nodes[:-1, None])
            low, high = np.array([-1.0, -1.0, -TOP]), np.array([1.0, 1.0, TOP])
            starts, ends, seen = clip_segments(dots[:, :-1].reshape(-1, 3), dots[:, 1:].reshape(-1, 3), low, high)
            # nor what has no length, nor what comes from so far that rounding decides where it goes
            far = np.abs(nodes).max(axis=1, initial=0.0) > 1e9
            seen &= np.any(starts != ends, axis=1) & np.repeat(~(far[:-1] & far[1:]), PIECES)
            hidden = np.zeros(len(seen), dtype=bool)
            # while the camera moves nobody sees what is faint
            if self._settled:
                hidden[seen] = scene.mesh.hidden((starts[seen] + ends[seen]) / 2.0, self.camera)
            pixels = np.full((len(seen), 4), np.nan)
            pixels[seen, :2], pixels[seen, 2:] = self._pixels(starts[seen]), self._pixels(ends[seen])
            kept = (pixels.reshape(-1, PIECES, 4).tolist(), hidden.reshape(-1, PIECES).tolist())
            self._kept_pieces[1][number, block] = kept
        return kept

    def _paint_step(self, painter: QPainter, step: int) -> None:
        """Draw the step of each run, what the surface hides of it faintly."""
        assert self.frame is not None
        for descent in self.frame.scene.shown:
            if step + 1 >= descent.finite:
                continue
            pieces, hidden = self._pieces(descent.number, step // BLOCK)
            both = zip(pieces[step % BLOCK], hidden[step % BLOCK], strict=True)
            drawn = [(QLineF(*piece), faint) for piece, faint in both if piece[0] == piece[0]]
            lines, faints = [line for line, faint in drawn if not faint], [line for line, faint in drawn if faint]
            colour = self.style_.path(descent.number)
            if faints:
                painter.setPen(pen(colour, 1.8, self.scale_, 0.35))
                painter.drawLines(faints)
            if lines:
                painter.setPen(casing(self.style_.casing, 3.8, self.scale_, 0.8))
                painter.drawLines(lines)
                painter.setPen(pen(colour, 2.0, self.scale_))
                painter.drawLines(lines)

    def _paint_balls(self, painter: QPainter) -> None:
        """Draw the hops in the air and the balls, the farthest first, and the labels."""
        assert self.frame is not None
        eye = self.camera.eye
        seen: list[tuple[float, Ball, Array]] = []
        for ball in self.frame.balls:
            at = self._place(ball)
            if at is not None:
                seen.append((float(np.sum((at - eye) ** 2)), ball, at))
                if not ball.resting and ball.row + 1 < ball.descent.finite:
                    self._paint_hop(painter, ball, at)
        for _, ball, at in sorted(seen, key=lambda item: -item[0]):
            self._paint_ball(painter, ball, at)
        tags = [(ball.descent.tag, self._pixels(at)) for _, ball, at in seen]
        paint_tags(painter, tags, self.rect(), self.style_, self.scale_)

    def _place(self, ball: Ball) -> Array | None:
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
            chain = polygon(self._pixels(dots))
            painter.setPen(pen(self.style_.casing, 3.6, self.scale_, 0.7))
            painter.drawPolyline(chain)
            painter.setPen(pen(self.style_.path(ball.descent.number), 1.8, self.scale_, style=Qt.PenStyle.DotLine))
            painter.drawPolyline(chain)

    def _paint_ball(self, painter: QPainter, ball: Ball, at: Array) -> None:
        """Draw a lit ball with its marker's outline as edge; faint where the surface hides it."""
        assert self.frame is not None
        colour, scale = self.style_.path(ball.descent.number), self.scale_
        hidden = bool(self.frame.scene.mesh.hidden(at[None] + np.array([0.0, 0.0, 0.02]), self.camera)[0])
        point = QPointF(*self._pixels(at).tolist())
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
        """Turn the camera (pyqtgraph's own kind of event)."""
        if event.button() != Qt.MouseButton.LeftButton or self.frame is None:
            event.ignore()
            return
        event.accept()
        change = event.pos() - event.lastPos()
        view = self.frame.scene.experiment.view
        azimuth = (view.azimuth - 0.45 * change.x() + 180.0) % 360.0 - 180.0
        elevation = min(max(view.elevation + 0.35 * change.y(), 5.0), 90.0)
        self.orbited.emit(azimuth, elevation, view.zoom)

    def wheelEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        """Go nearer or farther."""
        if self.frame is None:
            return
        event.accept()
        view = self.frame.scene.experiment.view
        zoom = min(max(view.zoom * 1.0015 ** event.delta(), 0.4), 3.0)
        self.orbited.emit(view.azimuth, view.elevation, zoom)
