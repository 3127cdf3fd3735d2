"""Sketch: a run's line drawn as quickly as can be, for the moments in which a hand changes it."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPen

from lossviz.views.pieces import sketched

LONG = 20_000.0
"""Pixels of a line from which it is drawn without smooth edges."""


def sketch(
    painter: QPainter, points: NDArray[np.float64], rect: QRectF, beyond: float, line: QPen, edge: QPen | None = None
) -> None:
    """Draw a line through points (n, 2), its pieces at once.

    Parameters
    ----------
    painter : QPainter
        Smooth before and after.
    points : array (n, 2)
        In pixels.
    rect : QRectF
        What is seen of them.
    beyond : float
        How many pixels beyond it pieces go on.
    line : QPen
    edge : QPen, optional
        Of the casing.
    """
    lines, length = sketched(points, rect.width(), rect.height(), beyond)
    if not lines:
        return
    if edge is not None:
        # with jagged edges, which takes a fifth of the time, and is hardly seen under the line
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(edge)
        painter.drawLines(lines)
    # a line that crosses the picture again and again fills it: there nobody sees its edges either
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, length < LONG)
    painter.setPen(line)
    painter.drawLines(lines)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
