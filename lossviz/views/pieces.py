"""Pieces: a run's line, cut into what can be seen of it; one piece a step at most."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF

from lossviz.scene.clipping import clip_segments

Array = NDArray[np.float64]

FARTHEST_SEEN = 1e11
"""Pixels from the view: coordinates have 16 digits, so from farther away a line can't be drawn to a pixel."""
CELL = 0.4
"""Pixels: steps inside a square of this size are not drawn one by one, the next one that leaves it is drawn longer."""


def kept_rows(points: Array) -> NDArray[np.bool_]:
    """Tell at which points (n, 2) a line must bend: those in another cell than the point before, and the first."""
    with np.errstate(all="ignore"):
        cells = np.floor(points / CELL)
    kept = np.ones(len(points), dtype=bool)
    kept[1:] = np.any(cells[1:] != cells[:-1], axis=1)
    return kept


def pieces(points: Array, width: float, height: float, edge: float) -> list[QLineF | None]:
    """Give for each step the piece that it adds, cut to the view; None where nothing of it is seen.

    Nor is a piece given of which both ends are so far away that rounding decides where it crosses the view.

    Parameters
    ----------
    points : array (n, 2)
        In pixels.
    width, height : float
        Of the view.
    edge : float
        How far beyond it pieces go on.
    """
    found: list[QLineF | None] = [None] * max(0, len(points) - 1)
    rows = np.flatnonzero(kept_rows(points)) if len(points) else np.empty(0, dtype=np.intp)
    if len(rows) < 2:
        return found
    bends = points[rows]
    low, high = np.array([-edge, -edge]), np.array([width + edge, height + edge])
    if np.all((bends >= low) & (bends <= high)):
        # nothing is cut: most runs stay inside, and this is a fifth of the work
        starts, ends, seen = bends[:-1], bends[1:], np.ones(len(bends) - 1, dtype=bool)
    else:
        starts, ends, seen = clip_segments(bends[:-1], bends[1:], low, high)
        near = np.abs(bends).max(axis=1) < FARTHEST_SEEN
        seen &= near[:-1] | near[1:]
    lines = np.concatenate([starts, ends], axis=1)[seen].tolist()
    for row, line in zip((rows[1:][seen] - 1).tolist(), lines, strict=True):
        found[row] = QLineF(*line)
    return found
