"""The stationary points in the 3-D picture: pins at the minima, small marks at saddles and maxima."""

from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPixmap

from lossviz.diagnosis.nature import StationaryPoint
from lossviz.scene.camera import TOP
from lossviz.scene.frame import Frame
from lossviz.scene.landmarks import landmarks
from lossviz.scene.mesh import in_box
from lossviz.views.backdrop import Shot
from lossviz.views.pin import paint_stick
from lossviz.views.stationary_marks import many, mark_size, paint_stationary, positions
from lossviz.views.surface_paths import blank

Array = NDArray[np.float64]

NEEDLE = 0.2
"""How high a pin stands above its minimum, in half widths of the box."""
PIECES = 8
"""Into so many pieces is a needle cut to tell which of them the surface hides."""
SMALL = 0.85
"""Of the marks' size on a map."""
BEHIND = 0.4
"""The opacity of what the surface hides; where there are many, of those nothing is seen."""


class SurfaceMarks:
    """Paints the landmarks of a frame; anew only when the camera moves, or when others are found."""

    def __init__(self) -> None:
        self._kept: tuple[Hashable, QPixmap] | None = None

    def paint(self, painter: QPainter, frame: Frame, shot: Shot) -> None:
        """Draw the marks.

        Parameters
        ----------
        painter : QPainter
        frame : Frame
        shot : Shot
            Of the scene's fine mesh.
        """
        points = landmarks(frame)
        if not points:
            return
        key = (shot.mesh, shot.camera, shot.size, shot.ratio, shot.style, shot.width, points)
        if self._kept is None or self._kept[0] != key:
            picture = blank(shot)
            onto = QPainter(picture)
            onto.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint(onto, frame, shot, points)
            onto.end()
            self._kept = (key, picture)
        painter.drawPixmap(QPointF(0, 0), self._kept[1])

    @staticmethod
    def _paint(painter: QPainter, frame: Frame, shot: Shot, points: tuple[StationaryPoint, ...]) -> None:
        feet = places(frame, points)
        # from far to near, as all that stands on the surface
        order = np.argsort(-np.sum((feet - shot.camera.eye) ** 2, axis=1))
        drawn = [i for i in order.tolist() if np.all(np.abs(feet[i]) <= [1.0, 1.0, TOP + 1e-9])]
        crowded = many(points)
        size = SMALL * mark_size(len(points), QRectF(0.0, 0.0, 0.5 * shot.size[0], 0.5 * shot.size[1]))
        if not drawn:
            return
        hidden = shot.mesh.hidden(feet[drawn] + np.array([0.0, 0.0, 0.02]), shot.camera)
        for i, away in zip(drawn, hidden.tolist(), strict=True):
            point, foot = points[i], feet[i]
            if crowded and away:
                continue
            if not crowded and point.is_minimum:
                _paint_pin(painter, shot, point, foot, size)
            else:
                painter.setOpacity(BEHIND if away else 1.0)
                at = QPointF(*shot.pixels(foot).tolist())
                paint_stationary(painter, point, at, shot.style, shot.width, size)
                painter.setOpacity(1.0)


def places(frame: Frame, points: tuple[StationaryPoint, ...]) -> Array:
    """Give the places (n, 3) of points in the box."""
    scene = frame.scene
    losses = np.array([point.loss for point in points])
    return in_box(scene.surface.domain, scene.heights, *positions(points), losses)


def _paint_pin(painter: QPainter, shot: Shot, point: StationaryPoint, foot: Array, size: float) -> None:
    """Draw a needle that stands on the minimum, and the star at its upper end."""
    needle = np.repeat(foot[None], PIECES + 1, axis=0)
    needle[:, 2] += np.linspace(0.02, NEEDLE, PIECES + 1)
    hidden = shot.mesh.hidden(np.concatenate([(needle[:-1] + needle[1:]) / 2.0, needle[-1:]]), shot.camera)
    pixels = shot.pixels(needle)
    paint_stick(painter, pixels, hidden, shot.style.ink, shot.style, shot.width, 1.4)
    painter.setOpacity(BEHIND if hidden[-1] else 1.0)
    paint_stationary(painter, point, QPointF(*pixels[-1].tolist()), shot.style, shot.width, size)
    painter.setOpacity(1.0)
