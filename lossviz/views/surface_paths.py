"""The paths in the 3-D picture: faint where the surface hides them, and fainter where they are of before a change."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from lossviz.scene.camera import TOP
from lossviz.scene.clipping import clip_segments
from lossviz.scene.frame import Frame
from lossviz.scene.mesh import in_box
from lossviz.scene.scene import Descent
from lossviz.views.backdrop import Shot
from lossviz.views.brushes import casing, pen, stroke
from lossviz.views.pieces import CELL, SKETCH, kept_rows
from lossviz.views.trail import Trail

Array = NDArray[np.float64]
Step = tuple[list[QLineF], list[QLineF]]
"""The pieces of a step that are seen, and those that the surface hides."""

PIECES = 5
"""Into so many pieces is a step cut to tell which of them the surface hides."""
BLOCK = 32
"""So many steps at once: what isn't seen yet isn't computed."""
GHOST = 0.32
"""The opacity of a ghost's path."""

LOW, HIGH = np.array([-1.0, -1.0, -TOP]), np.array([1.0, 1.0, TOP])
"""The box."""


@dataclass(frozen=True, eq=False)
class _Pens:
    edge: QPen | None
    line: QPen
    faint: QPen


class SurfacePaths:
    """Paints the paths up to a frame's row; only what is new is drawn while the camera stands still."""

    def __init__(self) -> None:
        self._trail, self._ghost_trail = Trail(), Trail()
        self._key: Hashable = None
        self._blocks: dict[tuple[Descent, int], list[Step]] = {}
        self._wholes: dict[bool, tuple[Hashable, QPixmap]] = {}

    def paint(self, painter: QPainter, frame: Frame, shot: Shot, fine: bool) -> None:
        """Draw the ghosts, and the paths over them.

        Parameters
        ----------
        painter : QPainter
        frame : Frame
        shot : Shot
            Of the scene's fine mesh.
        fine : bool
            Whether to look for what is hidden: while the camera moves nobody sees it.
        """
        key = (shot.mesh, shot.camera, shot.size, shot.ratio, shot.style, shot.width, fine)
        if key != self._key:
            self._key, self._blocks = key, {}
        scene, style = frame.scene, shot.style
        drawn = [(self._ghost_trail, scene.ghosts, True), (self._trail, scene.descents, False)]
        for trail, descents, ghostly in drawn:
            pens: list[tuple[Descent, _Pens]] = []
            for descent in descents:
                colour = style.path(descent.number)
                if descent.shown and ghostly:
                    line, faint = casing(colour, 1.4, shot.width), casing(colour, 1.4, shot.width, 0.35)
                    pens.append((descent, _Pens(None, line, faint)))
                elif descent.shown:
                    edge, faint = casing(style.casing, 3.8, shot.width), pen(colour, 1.8, shot.width, 0.45)
                    pens.append((descent, _Pens(edge, stroke(colour, 2.0, shot.width), faint)))
            if pens:
                steps = _Steps(self, frame, shot, pens)
                if fine or not frame.row:
                    picture = trail.picture((key, descents), frame.row, lambda: blank(shot), steps.paint)
                else:
                    picture = self._at_once((key, descents, frame.row), ghostly, steps)
                painter.setOpacity(GHOST if ghostly else 1.0)
                painter.drawPixmap(QPointF(0, 0), picture)
                painter.setOpacity(1.0)

    def _at_once(self, key: Hashable, ghostly: bool, steps: "_Steps") -> QPixmap:
        """Give a kept picture of each run up to the frame's row: while something moves, no step is added to another."""
        kept = self._wholes.get(ghostly)
        if kept is None or kept[0] != key:
            picture = blank(steps.shot)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            steps.sketch(painter)
            painter.end()
            kept = self._wholes[ghostly] = (key, picture)
        return kept[1]

    def block(self, descent: Descent, number: int, frame: Frame, shot: Shot) -> list[Step]:
        """Give BLOCK steps of a run, kept until the camera moves."""
        kept = self._blocks.get((descent, number))
        if kept is None:
            kept = self._blocks[descent, number] = _block(descent, number, frame, shot)
        return kept


@dataclass(frozen=True, eq=False)
class _Steps:
    """Paints one step of each run, or all of them in a sketch."""

    paths: SurfacePaths
    frame: Frame
    shot: Shot
    pens: list[tuple[Descent, _Pens]]

    def sketch(self, painter: QPainter) -> None:
        """Draw all steps before the frame's row, one run after the other."""
        for descent, pens in self.pens:
            lines = _sketch(descent, self.frame, self.shot)
            if lines:
                if pens.edge is not None:
                    # with jagged edges, which takes a fifth of the time, and is hardly seen under the line
                    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
                    painter.setPen(pens.edge)
                    painter.drawLines(lines)
                    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(pens.line)
                painter.drawLines(lines)

    def paint(self, painter: QPainter, step: int) -> None:
        number, place = divmod(step, BLOCK)
        for descent, pens in self.pens:
            if step + 1 >= descent.finite:
                continue
            lines, faints = self.paths.block(descent, number, self.frame, self.shot)[place]
            if faints:
                painter.setPen(pens.faint)
                painter.drawLines(faints)
            if lines:
                if pens.edge is not None:
                    painter.setPen(pens.edge)
                    painter.drawLines(lines)
                painter.setPen(pens.line)
                painter.drawLines(lines)


def _sketch(descent: Descent, frame: Frame, shot: Shot) -> list[QLineF]:
    """Give the steps before the frame's row in few pieces; nothing is looked for behind the surface."""
    nodes, _ = _bends(descent, slice(0, min(frame.row + 1, descent.finite)), frame, shot, SKETCH)
    _, _, _, pixels = _seen(nodes, 1, shot)
    return [QLineF(*piece) for piece in pixels.tolist()]


def _block(descent: Descent, number: int, frame: Frame, shot: Shot) -> list[Step]:
    """Cut steps into pieces in pixels, and tell which are hidden; nothing is left of what is outside the box."""
    rows = slice(number * BLOCK, min((number + 1) * BLOCK + 1, descent.finite))
    made: list[Step] = [([], []) for _ in range(max(0, rows.stop - rows.start - 1))]
    nodes, bends = _bends(descent, rows, frame, shot, CELL)
    starts, ends, seen, pixels = _seen(nodes, PIECES, shot)
    hidden = shot.mesh.hidden((starts + ends) / 2.0, shot.camera)
    owners = np.repeat(bends[1:] - 1, PIECES)[seen]
    for piece, faint, step in zip(pixels.tolist(), hidden.tolist(), owners.tolist(), strict=True):
        made[step][faint].append(QLineF(*piece))
    return made


def _bends(descent: Descent, rows: slice, frame: Frame, shot: Shot, cell: float) -> tuple[Array, NDArray[np.intp]]:
    """Give the places (n, 3) in the box where a line through rows of a run must bend, and which of the rows they are.

    Many steps are too small to be seen: the next one that isn't is drawn from where they began.
    """
    path, losses = descent.trajectory.path[rows], descent.trajectory.losses[rows]
    nodes = in_box(frame.scene.surface.domain, frame.scene.heights, path[:, 0], path[:, 1], losses)
    with np.errstate(all="ignore"):
        bends = np.flatnonzero(kept_rows(shot.pixels(nodes), cell))
    return nodes[bends], bends


def _seen(nodes: Array, count: int, shot: Shot) -> tuple[Array, Array, NDArray[np.bool_], Array]:
    """Cut the line through places in the box into `count` pieces between two of them, and those to the box.

    Returns
    -------
    starts, ends : array (m, 3)
        Of the pieces of which something is left.
    seen : array of bool
        Which of all pieces those are.
    pixels : array (m, 4)
    """
    parts = np.linspace(0.0, 1.0, count + 1)[None, :, None]
    with np.errstate(all="ignore"):
        dots = nodes[:-1, None] + parts * (nodes[1:, None] - nodes[:-1, None])
    starts, ends, seen = clip_segments(dots[:, :-1].reshape(-1, 3), dots[:, 1:].reshape(-1, 3), LOW, HIGH)
    # nor what has no length, nor what comes from so far that rounding decides where it goes
    far = np.abs(nodes).max(axis=1, initial=0.0) > 1e9
    seen &= np.any(starts != ends, axis=1) & np.repeat(~(far[:-1] & far[1:]), count)
    starts, ends = starts[seen], ends[seen]
    return starts, ends, seen, np.concatenate([shot.pixels(starts), shot.pixels(ends)], axis=1)


def blank(shot: Shot) -> QPixmap:
    """Give an empty picture of a shot's size."""
    pixmap = QPixmap(*shot.device_size)
    pixmap.setDevicePixelRatio(shot.ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap
