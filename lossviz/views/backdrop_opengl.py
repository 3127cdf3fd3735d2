"""The backdrop of the 3-D picture by OpenGL: drawn off-screen and read back, so that no window has to change for it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PySide6.QtCore import QSize, qInstallMessageHandler
from PySide6.QtGui import QImage, QMatrix4x4, QOffscreenSurface, QOpenGLContext, QVector3D, QVector4D
from PySide6.QtOpenGL import QOpenGLFramebufferObject, QOpenGLFramebufferObjectFormat

from lossviz.scene.camera import DISTANCE
from lossviz.scene.mesh import Mesh
from lossviz.scene.style import Style, rgb
from lossviz.views.backdrop import BELOW, CONTOUR, OUTLINE, SHADOW, Shot
from lossviz.views.opengl_mesh import DrawnMesh
from lossviz.views.opengl_program import OpenGLError, Program

# OpenGL's own numbers
COLOUR, DEPTH = 0x4000, 0x0100
DEPTH_TEST, BLEND, ONE, ONE_MINUS_ALPHA, LINEAR = 0x0B71, 0x0BE2, 1, 0x0303, 0x2601
RENDERER, VERSION, LARGEST = 0x1F01, 0x1F02, 0x0D33

SAMPLES = 4
NEAR, FAR = 5.0, 9.0
"""How near and how far anything of the box can be from the eye, which is DISTANCE from its middle."""
LIFT = 0.005
"""How much nearer than the surface its lines are taken to be, as part of the depth."""
KEPT = 4
"""Meshes whose corners stay with the graphics card."""
SOFTWARE = ("llvmpipe", "softpipe", "swrast", "swiftshader", "software", "microsoft basic", "gdi generic")


class OpenGLBackdrop:
    """Makes backdrops by OpenGL; used on the thread that made it.

    Raises
    ------
    OpenGLError
        If there is no context, or it can't do what is needed.
    """

    def __init__(self) -> None:
        self._frames: dict[tuple[int, int, int], QOpenGLFramebufferObject] = {}
        self._meshes: dict[tuple[Mesh, Style], DrawnMesh] = {}
        self._closed = False
        with _quiet():
            self._surface = QOffscreenSurface()
            self._surface.create()
            self._context = QOpenGLContext()
            if not (self._surface.isValid() and self._context.create() and self._context.makeCurrent(self._surface)):
                self._closed = True
                raise OpenGLError("no context")
            try:
                self._gl = self._context.functions()
                self._gl.initializeOpenGLFunctions()
                version, renderer = str(self._gl.glGetString(VERSION)), str(self._gl.glGetString(RENDERER))
                self.text = renderer_text(version, renderer, self._context.isOpenGLES())
                self.software = any(name in renderer.lower() for name in SOFTWARE)
                self._largest = int(self._gl.glGetIntegerv(LARGEST))  # type: ignore[arg-type]
                if not QOpenGLFramebufferObject.hasOpenGLFramebufferObjects():
                    raise OpenGLError("no framebuffer objects")
                self._programs = {kind: Program(kind) for kind in ("surface", "lines")}
            except OpenGLError:
                self.close()
                raise
            self._context.doneCurrent()

    def picture(self, shot: Shot, still: bool) -> QImage:
        """Give the backdrop.

        Parameters
        ----------
        shot : Shot
        still : bool
            Whether it may take longer, to be smooth; with a graphics card it always is.

        Raises
        ------
        OpenGLError
            If OpenGL fails.
        """
        with _quiet() as said:
            if self._closed or not self._context.makeCurrent(self._surface):
                raise OpenGLError("the context is lost")
            try:
                image = self._picture(shot, still)
                fault = self._gl.glGetError()
            finally:
                self._context.doneCurrent()
            if fault or image.isNull():
                raise OpenGLError(said[0] if said else f"error {fault:#x}")
        image.setDevicePixelRatio(shot.ratio)
        return image

    def close(self) -> None:
        """Give everything back to OpenGL."""
        if self._closed:
            return
        self._closed = True
        with _quiet():
            if self._context.makeCurrent(self._surface):
                for mesh in self._meshes.values():
                    mesh.destroy()
                self._frames.clear()
                self._programs = {}
                self._context.doneCurrent()
            self._meshes = {}
            del self._gl, self._context
            self._surface.destroy()

    def _picture(self, shot: Shot, still: bool) -> QImage:
        width, height = shot.device_size
        # without a graphics card four samples cost as much as four times the picture, which looks better
        sharp = 2 if self.software and still and 2 * max(width, height) <= self._largest else 1
        frame = self._frame(sharp * width, sharp * height, 0 if self.software else SAMPLES)
        if not frame.bind():
            raise OpenGLError("no framebuffer")
        self._draw(shot, frame.size())
        frame.release()
        if sharp > 1:
            small = self._frame(width, height, 0)
            QOpenGLFramebufferObject.blitFramebuffer(small, frame, COLOUR, LINEAR)
            frame = small
        return frame.toImage()

    def _frame(self, width: int, height: int, samples: int) -> QOpenGLFramebufferObject:
        key = (width, height, samples)
        if key not in self._frames:
            while len(self._frames) >= KEPT:
                self._frames.pop(next(iter(self._frames)))
            form = QOpenGLFramebufferObjectFormat()
            form.setSamples(samples)
            form.setAttachment(QOpenGLFramebufferObject.Attachment.Depth)
            frame = QOpenGLFramebufferObject(QSize(width, height), form)
            if not frame.isValid():
                raise OpenGLError("no framebuffer")
            self._frames[key] = frame
        return self._frames[key]

    def _draw(self, shot: Shot, size: QSize) -> None:
        gl, style, mesh = self._gl, shot.style, self._mesh(shot.mesh, shot.style)
        gl.glViewport(0, 0, size.width(), size.height())
        gl.glClearColor(0.0, 0.0, 0.0, 0.0)
        gl.glDepthMask(True)
        gl.glClear(COLOUR | DEPTH)
        gl.glBlendFunc(ONE, ONE_MINUS_ALPHA)
        matrix, eye = clip_matrix(shot), QVector3D(*shot.camera.eye.tolist())
        half = 0.5 * shot.width * size.width() / shot.size[0]
        screen = (0.5 * size.width(), 0.5 * size.height(), half)
        surface, lines = self._programs["surface"], self._programs["lines"]

        def draw_lines(part: slice, lift: float, above: QVector4D, below: QVector4D) -> None:
            lines.bind(matrix=matrix, eye=eye, screen=QVector4D(*screen, lift), above=above, below=below)
            mesh.draw(gl, lines, "lines", part)
            lines.release()

        def draw_surface(part: slice) -> None:
            surface.bind(matrix=matrix, eye=eye)
            mesh.draw(gl, surface, "surface", part)
            surface.release()

        # the floor lies under everything, whatever its depth
        gl.glDisable(DEPTH_TEST)
        gl.glDisable(BLEND)
        draw_surface(mesh.floor)
        gl.glEnable(BLEND)
        outline, shadow = _ink(style.quiet, OUTLINE), _ink(style.quiet, SHADOW)
        draw_lines(mesh.outline, 0.0, outline, outline)
        draw_lines(mesh.shadow, 0.0, shadow, shadow)
        gl.glEnable(DEPTH_TEST)
        gl.glDisable(BLEND)
        draw_surface(mesh.cells)
        gl.glDepthMask(False)
        gl.glEnable(BLEND)
        draw_lines(mesh.contours, LIFT, _ink(style.contour, CONTOUR), _ink(style.quiet, BELOW))
        gl.glDepthMask(True)

    def _mesh(self, mesh: Mesh, style: Style) -> DrawnMesh:
        key = (mesh, style)
        if key not in self._meshes:
            while len(self._meshes) >= KEPT:
                self._meshes.pop(next(iter(self._meshes))).destroy()
            self._meshes[key] = DrawnMesh(mesh, style)
        return self._meshes[key]


def renderer_text(version: str, renderer: str, embedded: bool = False) -> str:
    """Say in a few words what draws: ``"OpenGL 4.5, llvmpipe"``."""
    number = re.search(r"\d+\.\d+", version)
    name = re.split(r" \(|/", renderer)[0].strip()
    return f"OpenGL {'ES ' if embedded else ''}{number[0] if number else ''}".strip() + (f", {name}" if name else "")


def clip_matrix(shot: Shot) -> QMatrix4x4:
    """Give the matrix that takes points of the box where the camera's plane, scaled and shifted, has them."""
    camera, size = shot.camera, np.array(shot.device_size) / shot.ratio
    depth = np.array([*(-camera.toward_eye / DISTANCE), 1.0])
    wide, high = 2.0 * shot.scale / size
    across, down = 2.0 * shot.shift / size - 1.0
    far, shift = (FAR + NEAR) / (FAR - NEAR), 2.0 * FAR * NEAR / (FAR - NEAR) / DISTANCE
    rows = np.array(
        [
            np.array([*(wide * camera.right), 0.0]) + across * depth,
            np.array([*(high * camera.up), 0.0]) - down * depth,
            far * depth - np.array([0.0, 0.0, 0.0, shift]),
            depth,
        ]
    )
    return QMatrix4x4(*rows.ravel().tolist())


def _ink(colour: str, alpha: float) -> QVector4D:
    """Give a colour as it is blended: multiplied by its opacity."""
    red, green, blue = (alpha * part / 255.0 for part in rgb(colour))
    return QVector4D(red, green, blue, alpha)


@contextmanager
def _quiet() -> Iterator[list[str]]:
    """Keep what Qt says of OpenGL from the terminal: the view says it in its own words."""
    said: list[str] = []
    before = qInstallMessageHandler(lambda kind, context, text: said.append(text))
    try:
        yield said
    finally:
        qInstallMessageHandler(before)
