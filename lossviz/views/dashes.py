"""Dashes: a dashed line that grows step by step: each piece goes on with the dashes of the one before."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from lossviz.views.pieces import pieces

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
        self._pieces = pieces(points, width, height, edge)
        self._begun: list[float] = []
        length = 0.0
        for piece in self._pieces:
            self._begun.append(length)
            length += piece.length() if piece is not None else 0.0

    def paint(self, painter: QPainter, step: int, colour: QColor, width: float, scale: float) -> None:
        """Draw what a step adds."""
        piece: QLineF | None = self._pieces[step] if step < len(self._pieces) else None
        if piece is None:
            return
        size = width * scale
        pen = QPen(colour, size)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([ON / width, OFF / width])
        pen.setDashOffset(self._begun[step] / size)
        painter.setPen(pen)
        painter.drawLine(piece)
