"""Dashes: a dashed line that grows step by step: each piece goes on with the dashes of the one before."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from lossviz.views.pieces import cut

CELL = 1.5
"""Pixels: a dashed line bends less often than a whole one, nobody sees it."""
ON, OFF = 5.0, 3.5
"""Pixels of a dash, and between two."""


class Dashes:
    """The pieces of a dashed line, one a step.

    Parameters
    ----------
    points : array (n, 2)
        In pixels, one a row.
    width, height, edge : float
        See ``pieces``.
    """

    def __init__(self, points: NDArray[np.float64], width: float, height: float, edge: float) -> None:
        rows, lines = cut(points, width, height, edge, CELL)
        lengths = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])
        begun = np.cumsum(lengths) - lengths
        self._pieces = {
            row: (QLineF(*line), length)
            for row, line, length in zip(rows.tolist(), lines.tolist(), begun.tolist(), strict=True)
        }

    @property
    def steps(self) -> Iterable[int]:
        """The steps that add something."""
        return self._pieces.keys()

    def paint(self, painter: QPainter, step: int, colour: QColor, width: float, scale: float) -> None:
        """Draw what a step adds."""
        found = self._pieces.get(step)
        if found is None:
            return
        piece, begun = found
        size = width * scale
        pen = QPen(colour, size)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([ON / width, OFF / width])
        pen.setDashOffset(begun / size)
        painter.setPen(pen)
        painter.drawLine(piece)
