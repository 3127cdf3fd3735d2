"""Pieces: a run's line, cut into what can be seen of it; one piece a step at most."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF

from lossviz.scene.clipping import clip_segments

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

FARTHEST_SEEN = 1e11
"""Pixels from the view: coordinates have 16 digits, so from farther away a line can't be drawn to a pixel."""
CELL = 0.4
"""Pixels: steps inside a square of this size are not drawn one by one, the next one that leaves it is drawn longer."""
LONG = 2000
"""Bends of a line from which it is no longer drawn where it has been again and again: a step between two squares that
it has been in so often would be drawn on its own colour."""
SQUARE, MANY = 3.0, 8
"""Pixels of such a square, and how often it has then been there."""
SKETCH = 2.0
"""The same while the line changes under a hand."""


def kept_rows(points: Array, cell: float = CELL) -> NDArray[np.bool_]:
    """Tell at which points (n, 2) a line must bend: those in another cell than the point before, and the first."""
    with np.errstate(all="ignore"):
        cells = np.floor(points / cell)
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
    rows, lines = cut(points, width, height, edge)
    for row, line in zip(rows.tolist(), lines.tolist(), strict=True):
        found[row] = QLineF(*line)
    return found


def sketched(points: Array, width: float, height: float, edge: float) -> tuple[list[QLineF], float]:
    """Give the same line in the fewer pieces that will do while it changes, and how long they are together."""
    _, lines = cut(points, width, height, edge, SKETCH)
    length = float(np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]).sum())
    return [QLineF(*line) for line in lines.tolist()], length


def cut(points: Array, width: float, height: float, edge: float, cell: float = CELL) -> tuple[Rows, Array]:
    """Give the steps that add a piece, and those pieces (m, 4) from x, y to x, y; see ``pieces``."""
    rows = np.flatnonzero(kept_rows(points, cell)) if len(points) else np.empty(0, dtype=np.intp)
    if len(rows) < 2:
        return np.empty(0, dtype=np.intp), np.empty((0, 4))
    bends = points[rows]
    low, high = np.array([-edge, -edge]), np.array([width + edge, height + edge])
    if np.all((bends >= low) & (bends <= high)):
        # nothing is cut: most runs stay inside, and this is a fifth of the work
        starts, ends, seen = bends[:-1], bends[1:], np.ones(len(bends) - 1, dtype=bool)
    else:
        starts, ends, seen = clip_segments(bends[:-1], bends[1:], low, high)
        near = np.abs(bends).max(axis=1) < FARTHEST_SEEN
        seen &= near[:-1] | near[1:]
    if len(rows) > LONG:
        full = visits(bends, SQUARE) >= MANY
        seen &= ~(full[:-1] & full[1:])
    return rows[1:][seen] - 1, np.concatenate([starts, ends], axis=1)[seen]


def visits(points: Array, square: float) -> Rows:
    """Give how many points (n, 2) before each lie in its square of so many pixels."""
    with np.errstate(all="ignore"):
        squares = np.floor(np.clip(np.nan_to_num(points), -1e5, 1e5) / square)
    _, which = np.unique(squares[:, 0] * 1e6 + squares[:, 1], return_inverse=True)
    order = np.argsort(which, kind="stable")
    sizes = np.bincount(which)
    before = np.empty(len(points), dtype=np.intp)
    before[order] = np.arange(len(points)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return before


def bends_of_many(points: Array) -> tuple[Rows, Rows, Rows, Rows]:
    """Give where many lines bend: for each piece of them its line, the row it begins at and the one it ends at.

    Parameters
    ----------
    points : array (n, lines, 2)
        In pixels.

    Returns
    -------
    line, begin, end, step : array (pieces,)
        `step` is the step that adds the piece: the last one before its end.
    """
    kept = np.ones(points.shape[:2], dtype=bool)
    with np.errstate(all="ignore"):
        cells = np.floor(points / CELL)
    kept[1:] = np.any(cells[1:] != cells[:-1], axis=2)
    line, row = np.nonzero(kept.T)
    joined = line[1:] == line[:-1]
    begin, end = row[:-1][joined], row[1:][joined]
    return line[1:][joined], begin, end, end - 1


def pieces_of_many(points: Array, width: float, height: float, edge: float) -> list[list[QLineF]]:
    """Give for each step the pieces that many lines add; see ``pieces``.

    Parameters
    ----------
    points : array (n, lines, 2)
        In pixels.
    width, height, edge : float
    """
    found: list[list[QLineF]] = [[] for _ in range(max(0, len(points) - 1))]
    line, begin, end, step = bends_of_many(points)
    low, high = np.array([-edge, -edge]), np.array([width + edge, height + edge])
    first, last = points[begin, line], points[end, line]
    starts, ends, seen = clip_segments(first, last, low, high)
    with np.errstate(invalid="ignore"):
        seen &= np.minimum(np.abs(first).max(axis=1), np.abs(last).max(axis=1)) < FARTHEST_SEEN
    lines = np.concatenate([starts, ends], axis=1)[seen].tolist()
    for owner, piece in zip(step[seen].tolist(), lines, strict=True):
        found[owner].append(QLineF(*piece))
    return found
