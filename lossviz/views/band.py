"""Band: a noisy run's losses where there are many rows to a pixel: from the lowest to the highest in each column."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

Array = NDArray[np.float64]

DENSE = 0.4
"""Pixels from row to row below which a line through them would be one blot."""
AROUND = 8
"""Rows on both sides that their distance is measured over: steps may differ in their cost."""


def dense_from(points: Array, scale: float) -> int:
    """Give the row from which on there are many rows (n, 2) to a pixel; the last one where nowhere."""
    rows = len(points)
    if rows < 4 * AROUND:
        return max(0, rows - 1)
    x = points[:, 0]
    apart = (x[2 * AROUND :] - x[: -2 * AROUND]) / (2 * AROUND)
    found = np.flatnonzero(apart < DENSE * scale)
    if not found.size:
        return rows - 1
    return int(found[0]) + AROUND if found[0] else 0


def band(points: Array, first: int, height: float, edge: float, scale: float) -> dict[int, QRectF]:
    """Give what each step from a row on adds to the band; nothing where the band has been there before.

    So the picture of some steps doesn't depend on those after them, and no pixel is painted twice: a band may be
    translucent.

    Parameters
    ----------
    points : array (n, 2)
        In pixels.
    first : int
        The row from which on there is a band.
    height : float
        Of the view.
    edge : float
        How far beyond it the band goes on.
    scale : float
        Pixels of a column, and half the band's least height.
    """
    if len(points) < first + 2:
        return {}
    column = np.floor(points[first + 1 :, 0] / scale)
    level = np.floor(np.clip(points[first:, 1], -edge, height + edge) / scale)
    new = np.concatenate([[True], column[1:] != column[:-1]])
    level, before = level[1:], np.where(new, level[:-1], level[1:])
    # each column far from the one before, so that its lowest and highest begin anew
    away = (np.cumsum(new) - 1) * (4.0 * (height + 2.0 * edge) / scale + 8.0)
    top = np.minimum.accumulate(np.minimum(level, before) - away) + away
    bottom = np.maximum.accumulate(np.maximum(level, before) + away) - away
    top_before, bottom_before = np.concatenate([[0.0], top[:-1]]), np.concatenate([[0.0], bottom[:-1]])
    up, down = ~new & (top < top_before), ~new & (bottom > bottom_before)
    begin = np.where(down, bottom_before + 1.0, top - 1.0)
    end = np.where(up, top_before - 1.0, bottom + 1.0)
    rows = np.flatnonzero(new | up | down)
    boxes = np.stack([column, begin, np.ones(len(column)), end - begin], axis=1)[rows] * scale
    return {first + row: QRectF(*box) for row, box in zip(rows.tolist(), boxes.tolist(), strict=True)}
