"""What OpenGL draws of a mesh: corners of triangles, in the memory of the graphics card."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QOpenGLFunctions
from PySide6.QtOpenGL import QOpenGLBuffer

from lossviz.scene.mesh import Mesh
from lossviz.scene.style import Style, rgb
from lossviz.views.backdrop import FLOOR, cell_colours, floor_colour
from lossviz.views.opengl_program import CORNERS, OpenGLError, Program

TRIANGLES = 0x0004
NOWHERE = (0.0, 0.0, 1.0, -2.0)
"""A plane that no eye is below."""
_RECTANGLE = np.array([(-1, -1), (1, -1), (1, 1), (-1, -1), (1, 1), (-1, 1)], dtype=np.float32)


class DrawnMesh:
    """Floor, cells and lines of a mesh in a style; needs a current context.

    The slices name parts of two buffers: `floor` and `cells` of the surface's, `outline`, `shadow` and `contours` of
    the lines'.
    """

    def __init__(self, mesh: Mesh, style: Style) -> None:
        floor, cells = _floor(style), _cells(mesh, style)
        loop = np.stack([FLOOR, np.roll(FLOOR, -1, axis=0)], axis=1)
        flat = np.concatenate([np.empty((0, 2, 2)), *(np.stack([a[:-1], a[1:]], axis=1) for a in mesh.shadow)])
        shadow = np.concatenate([flat, np.full((len(flat), 2, 1), FLOOR[0, 2])], axis=2)
        planes = np.column_stack([mesh.normal, mesh.level])[mesh.owner]
        lines = [_lines(loop), _lines(shadow), _lines(mesh.contours, planes)]
        ends = np.cumsum([len(part) for part in lines]).tolist()
        self.floor, self.cells = slice(0, len(floor)), slice(len(floor), len(floor) + len(cells))
        self.outline, self.shadow, self.contours = (slice(*pair) for pair in zip([0, *ends], ends, strict=False))
        self._buffers = {"surface": _buffer(np.concatenate([floor, cells])), "lines": _buffer(np.concatenate(lines))}

    def draw(self, gl: QOpenGLFunctions, program: Program, kind: str, part: slice) -> None:
        """Draw some of the triangles by the program that is bound."""
        if part.stop > part.start:
            self._buffers[kind].bind()
            program.read_corners()
            gl.glDrawArrays(TRIANGLES, part.start, part.stop - part.start)
            self._buffers[kind].release()

    def destroy(self) -> None:
        """Give the memory back."""
        for kept in self._buffers.values():
            kept.destroy()


def _floor(style: Style) -> NDArray[np.void]:
    made = np.zeros(6, dtype=CORNERS["surface"])
    made["position"] = FLOOR[[0, 1, 2, 0, 2, 3]]
    made["plane"] = NOWHERE
    made["above"] = (*rgb(floor_colour(style)), 255)
    return made


def _cells(mesh: Mesh, style: Style) -> NDArray[np.void]:
    """Give the triangles of the cells: fans around their first corners."""
    fans = np.array([(0, side, side + 1) for side in range(1, 5)])
    cell, fan = np.nonzero(np.arange(1, 5) <= mesh.sides[:, None] - 2)
    made = np.zeros((len(cell), 3), dtype=CORNERS["surface"])
    made["position"] = mesh.cells[cell[:, None], fans[fan]]
    made["plane"] = np.column_stack([mesh.normal, mesh.level])[cell][:, None]
    for name, colours in zip(("above", "below"), cell_colours(mesh, style), strict=True):
        made[name][..., :3] = colours[cell][:, None]
        made[name][..., 3] = 255
    return made.ravel()


def _lines(segments: NDArray[np.float64], planes: NDArray[np.float64] | None = None) -> NDArray[np.void]:
    """Give the rectangles around lines (n, 2, 3); without planes they have no underside."""
    made = np.zeros((len(segments), 6), dtype=CORNERS["lines"])
    if len(segments):
        made["begin"], made["end"] = segments[:, None, 0], segments[:, None, 1]
        made["plane"] = NOWHERE if planes is None else planes[:, None]
        made["corner"] = _RECTANGLE
    return made.ravel()


def _buffer(corners: NDArray[np.void]) -> QOpenGLBuffer:
    made = QOpenGLBuffer()
    if not (made.create() and made.bind()):
        raise OpenGLError("no buffers")
    content = corners.tobytes()
    made.allocate(content, len(content))
    made.release()
    return made
