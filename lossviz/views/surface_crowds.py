"""Runs from random starts in the 3-D picture: thin lines beneath the paths, fainter where the surface hides them."""

from collections.abc import Hashable

import numpy as np
from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QPainter

from lossviz.descent import Trajectories
from lossviz.scene.camera import TOP
from lossviz.scene.clipping import clip_segments
from lossviz.scene.frame import Frame, places
from lossviz.scene.mesh import in_box
from lossviz.scene.scene import Descent
from lossviz.views.backdrop import Shot
from lossviz.views.brushes import casing, small_marker, stroke
from lossviz.views.pieces import bends_of_many
from lossviz.views.surface_paths import HIGH, LOW, Step, blank
from lossviz.views.trail import Trail

THIN, DOT = 1.1, 2.6
"""Pixels: the width of a line, and from the middle of a dot to its edge."""
OPACITY, BEHIND = 0.7, 0.3


class SurfaceCrowds:
    """Paints the crowds of the runs that are shown; while the camera stands still only what is new is drawn."""

    def __init__(self) -> None:
        self._trail = Trail()
        self._key: Hashable = None
        self._steps: dict[Trajectories, list[Step]] = {}

    def paint(self, painter: QPainter, frame: Frame, shot: Shot, fine: bool) -> None:
        """Draw the lines up to the frame's row, and a dot where each run is.

        Parameters
        ----------
        painter : QPainter
        frame : Frame
        shot : Shot
            Of the scene's fine mesh.
        fine : bool
            Whether to look for what is hidden: while the camera moves nobody sees it.
        """
        descents = [(descent, descent.crowd) for descent in frame.scene.shown if descent.crowd is not None]
        if not descents:
            return
        key = (shot.mesh, shot.camera, shot.size, shot.ratio, shot.style, shot.width, fine)
        if key != self._key:
            self._key, self._steps = key, {}
        crowds = tuple(crowd for _, crowd in descents)
        self._steps = {crowd: known for crowd, known in self._steps.items() if crowd in crowds}
        for crowd in crowds:
            if crowd not in self._steps:
                self._steps[crowd] = _steps(crowd, frame, shot, fine)

        def paint_step(onto: QPainter, step: int) -> None:
            for descent, crowd in descents:
                if step < len(self._steps[crowd]):
                    _paint_lines(onto, descent, shot, *self._steps[crowd][step])

        painter.setOpacity(OPACITY)
        if fine or not frame.row:
            numbers = tuple(descent.number for descent, _ in descents)
            picture = self._trail.picture((key, numbers, crowds), frame.row, lambda: blank(shot), paint_step)
            painter.drawPixmap(QPointF(0, 0), picture)
        else:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for descent, crowd in descents:
                seen = [line for lines, _ in self._steps[crowd][: frame.row] for line in lines]
                _paint_lines(painter, descent, shot, seen, [])
        painter.setOpacity(1.0)
        for descent, crowd in descents:
            _paint_dots(painter, frame, shot, descent, crowd)


def _paint_lines(painter: QPainter, descent: Descent, shot: Shot, lines: list[QLineF], faints: list[QLineF]) -> None:
    colour = shot.style.path(descent.number)
    if faints:
        painter.setPen(casing(colour, THIN, shot.width, BEHIND))
        painter.drawLines(faints)
    if lines:
        painter.setPen(stroke(colour, THIN, shot.width))
        painter.drawLines(lines)


def _paint_dots(painter: QPainter, frame: Frame, shot: Shot, descent: Descent, crowd: Trajectories) -> None:
    scene, style = frame.scene, shot.style
    at = in_box(scene.surface.domain, scene.heights, *places(crowd, frame.step))
    with np.errstate(invalid="ignore"):
        at = at[np.all(np.abs(at) <= [1.0, 1.0, TOP + 1e-9], axis=1)]
    hidden = shot.mesh.hidden(at + np.array([0.0, 0.0, 0.02]), shot.camera)
    for (x, y), away in zip(shot.pixels(at).tolist(), hidden.tolist(), strict=True):
        painter.setOpacity(BEHIND if away else 1.0)
        size = DOT * shot.width
        small_marker(painter, descent.number, QPointF(x, y), size, style.path(descent.number), style.casing, shot.width)
    painter.setOpacity(1.0)


def _steps(crowd: Trajectories, frame: Frame, shot: Shot, fine: bool) -> list[Step]:
    """Give the pieces that each step adds, those that are seen and those that the surface hides."""
    made: list[Step] = [([], []) for _ in range(len(crowd.path) - 1)]
    with np.errstate(all="ignore"):
        nodes = in_box(
            frame.scene.surface.domain, frame.scene.heights, crowd.path[:, 0], crowd.path[:, 1], crowd.losses
        )
        line, begin, end, step = bends_of_many(shot.pixels(nodes))
    first, last = nodes[begin, line], nodes[end, line]
    starts, ends, seen = clip_segments(first, last, LOW, HIGH)
    with np.errstate(invalid="ignore"):
        # what comes from so far that rounding decides where it goes
        seen &= np.minimum(np.abs(first).max(axis=1), np.abs(last).max(axis=1)) < 1e9
    starts, ends, step = starts[seen], ends[seen], step[seen]
    hidden = np.zeros(len(step), dtype=bool)
    if fine and len(step):
        hidden = shot.mesh.hidden((starts + ends) / 2.0, shot.camera)
    pixels = np.concatenate([shot.pixels(starts), shot.pixels(ends)], axis=1)
    for piece, away, owner in zip(pixels.tolist(), hidden.tolist(), step.tolist(), strict=True):
        made[owner][away].append(QLineF(*piece))
    return made
