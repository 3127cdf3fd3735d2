"""The pin: the picked point on the 3-D surface, on a stick that stands on the floor."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter

from lossviz.scene.camera import TOP, Camera
from lossviz.scene.frame import Frame
from lossviz.scene.mesh import in_box
from lossviz.scene.picked import loss_at
from lossviz.scene.style import Style
from lossviz.views.brushes import ball_brush, color, draw_shape, marker, pen
from lossviz.views.point_mark import cross_hairs, paint_mark

Array = NDArray[np.float64]

PIECES = 24
"""Into so many pieces is the stick cut to tell which of them the surface hides."""


def paint_pin(
    painter: QPainter,
    frame: Frame,
    camera: Camera,
    pixels_of: Callable[[Array], Array],
    style: Style,
    scale: float,
) -> None:
    """Draw the picked point, if it lies over the box: its foot, the stick, and its mark on the surface.

    What the surface hides is faint; above the ceiling the stick ends open, without a mark.

    Parameters
    ----------
    painter : QPainter
    frame : Frame
    camera : Camera
    pixels_of : callable
        From points (n, 3) of the box to pixels (n, 2).
    style : Style
    scale : float
    """
    scene, point = frame.scene, frame.scene.experiment.view.point
    if point is None:
        return
    loss = np.array(loss_at(scene.surface, *point))
    head = in_box(scene.surface.domain, scene.heights, np.array(point[0]), np.array(point[1]), loss)
    if not (np.all(np.abs(head[:2]) <= 1.0) and np.isfinite(head[2])):
        return
    inside = bool(head[2] <= TOP)
    stick = np.repeat(head[None], PIECES + 1, axis=0)
    stick[:, 2] = np.linspace(-TOP, min(float(head[2]), TOP), PIECES + 1)
    middles = (stick[:-1] + stick[1:]) / 2.0
    # the surface's own thickness apart, so that it doesn't hide what lies on it
    seen = stick[[0, -1]] + np.array([0.0, 0.0, 0.02])
    hidden = scene.mesh.hidden(np.concatenate([middles, seen]), camera)
    pixels = pixels_of(stick)
    foot, top = (QPointF(*pixels[i].tolist()) for i in (0, -1))
    _foot(painter, foot, style, scale, 0.6 if hidden[-2] else 1.0)
    paint_stick(painter, pixels, hidden, style.accent, style, scale, 2.0)
    if inside:
        painter.save()
        painter.setOpacity(0.6 if hidden[-1] else 1.0)
        paint_mark(painter, top, style, scale, 6.5)
        draw_shape(painter, marker(0), top, 3.8 * scale, ball_brush(style.accent, QPointF(0, 0), 1.0), None)
        painter.restore()


def paint_stick(
    painter: QPainter, pixels: Array, hidden: NDArray[np.bool_], colour: str, style: Style, scale: float, width: float
) -> None:
    """Draw a stick through pixels (n + 1, 2); those of its n pieces that the surface hides are faint."""
    for faint in (True, False):
        pieces = [
            QLineF(*begin, *end)
            for begin, end, away in zip(pixels[:-1].tolist(), pixels[1:].tolist(), hidden.tolist(), strict=False)
            if away == faint
        ]
        if not pieces:
            continue
        painter.setPen(pen(style.casing, width + 2.0, scale, 0.45 if faint else 0.8))
        painter.drawLines(pieces)
        painter.setPen(pen(colour, width, scale, 0.6 if faint else 1.0))
        painter.drawLines(pieces)


def _foot(painter: QPainter, at: QPointF, style: Style, scale: float, strength: float) -> None:
    """Draw the mark of the map on the floor."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    draw_shape(painter, cross_hairs(), at, 4.5 * scale, None, pen(style.casing, 4.0, scale, 0.7 * strength))
    draw_shape(painter, cross_hairs(), at, 4.5 * scale, color(style.card, 0.0), pen(style.accent, 1.6, scale, strength))
