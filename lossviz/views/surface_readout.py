"""What lies under the pointer in the 3-D picture: a ball, a minimum, or the nearest point of the surface's grid."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF

from lossviz.scene.camera import TOP
from lossviz.scene.landmarks import landmark_text, landmarks
from lossviz.scene.readout import point_text, row_text
from lossviz.views.surface_marks import places

if TYPE_CHECKING:
    from lossviz.views.surface_painter import SurfacePainter

NEAR_BALL, NEAR_POINT = 12.0, 8.0
"""Pixels from the pointer."""


def surface_readout(view: "SurfacePainter", position: QPointF) -> str:
    """Tell the computed point of the ball under the pointer, or the minimum, saddle or maximum, else loss and slope.

    "" beside the surface.
    """
    frame = view.frame
    if frame is None:
        return ""
    scene, pointer = frame.scene, np.array([position.x(), position.y()])
    for ball in frame.balls:
        at = view.place(ball)
        if at is not None and np.hypot(*(view.pixels(at) - pointer)) <= NEAR_BALL * view.scale_:
            return row_text(scene, ball.descent, ball.row, not scene.experiment.view.hide_future)
    marks = landmarks(frame)
    if marks:
        away = np.hypot(*(view.pixels(places(frame, marks)) - pointer).T)
        if np.min(away) <= NEAR_POINT * view.scale_:
            return landmark_text(scene, marks[int(np.argmin(away))])
    mesh = scene.mesh
    points = np.stack([*np.meshgrid(mesh.x, mesh.y, indexing="ij"), mesh.z], axis=-1).reshape(-1, 3)
    points = points[points[:, 2] <= TOP]
    under = points[np.hypot(*(view.pixels(points) - pointer).T) <= NEAR_POINT * view.scale_]
    if not len(under):
        return ""
    # where the surface lies behind itself, the front of it is meant
    w, b = _values(view, under[np.argmin(np.sum((under - view.camera.eye) ** 2, axis=1))])
    return point_text(scene, w, b)


def _values(view: "SurfacePainter", point: np.ndarray) -> tuple[float, float]:
    assert view.frame is not None
    (w0, w1), (b0, b1) = view.frame.scene.surface.domain.w, view.frame.scene.surface.domain.b
    return float(w0 + (w1 - w0) * (point[0] + 1.0) / 2.0), float(b0 + (b1 - b0) * (point[1] + 1.0) / 2.0)
