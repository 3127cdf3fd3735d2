"""Zooming in: a window on a surface is cut into cells, and the cells that promise something become windows."""

import numpy as np
from numpy.typing import NDArray

from lossviz.diagnosis.search.newton import zeros
from lossviz.diagnosis.search.unit_square import UnitSquare, Work, flat
from lossviz.diagnosis.search.winding import crossing, meeting, winding
from lossviz.landscape.work import scaled

Array = NDArray[np.float64]
Marks = NDArray[np.bool_]

CELLS = 6
MARGIN = 0.25
"""A window is cut into 6 × 6 cells, a quarter of it beyond each edge: what was misjudged before is found beside it."""
NARROWER = (1.0 + 2.0 * MARGIN) / CELLS
FINEST = 1e-13
"""The width of the last windows."""
NEWTON_LEVELS = 3
"""So many times Newton's method is tried anew before a place is taken for a corner of the loss."""
MOST_WINDOWS = 2048
MOST_CORNERS = 1024


def resolve(square: UnitSquare, centres: Array, width: float, found: Array) -> Work[Array]:
    """Find what the index of some cells says is there, and hasn't been found.

    Parameters
    ----------
    square : UnitSquare
    centres : array (2, n)
        Of the cells.
    width : float
        Of the cells.
    found : array (2, m)
        The points that are known.

    Returns
    -------
    array (2, k)
        Further points where the gradient is 0, and places around which it turns without being 0 there: corners of the
        loss, say. Several of them perhaps the same.
    """
    more = np.empty((2, 0))
    levels = int(np.ceil(np.log(FINEST / width) / np.log(NARROWER)))
    for level in range(levels):
        centres = _thinned(centres, width)[:, :MOST_WINDOWS]
        if not centres.shape[1]:
            break
        at, then = level / levels, (level + 1) / levels
        nodes = np.linspace(-0.5 - MARGIN, 0.5 + MARGIN, CELLS + 1) * width
        mesh = np.stack(np.meshgrid(nodes, nodes, indexing="ij"))
        u = np.clip(centres[:, :, None, None] + mesh[:, None], 0.0, 1.0)
        loss, slope = yield from scaled(square.slopes(u), at, then)
        known = np.where(flat(loss, slope), np.nan, slope)
        index = winding(known)
        cell = width * NARROWER
        middle = (u[..., :-1, :-1] + u[..., 1:, 1:]) / 2.0
        if level < NEWTON_LEVELS:
            chosen = (index != 0) | meeting(slope)
            starts = u[..., :-1, :-1][:, chosen] + crossing(slope, chosen) * cell
            new = yield from scaled(zeros(square, starts, np.full(starts.shape[1], 2.0 * width)), then, then)
            more, found = np.concatenate([more, new], axis=1), np.concatenate([found, new], axis=1)
        # a point that was found explains its cell, and the index of those that it touches
        left = index != 0
        left[left] = ~(yield from scaled(_beside(middle[:, left], found, 1.01 * cell), then, then))
        centres, width = middle[:, left], cell
    else:
        more = np.concatenate([more, _thinned(centres, 2.0 * width)], axis=1)
    return more


def _beside(places: Array, points: Array, near: float) -> Work[Marks]:
    """Tell at which places ``(2, n)`` one of the points ``(2, m)`` is within `near`, along both axes."""
    beside = np.zeros(places.shape[1], dtype=bool)
    points = points[:, np.argsort(points[0])]
    first, last = (np.searchsorted(points[0], places[0] + side) for side in (-near, near))
    for shift in range(int(np.max(last - first, initial=0))):
        candidates = np.flatnonzero((first + shift < last) & ~beside)
        away = np.abs(points[1, first[candidates] + shift] - places[1, candidates])
        beside[candidates] = away <= near
        yield 1.0
    return beside


def lowest_around(square: UnitSquare, centres: Array, half: float) -> Work[Array]:
    """Go to the lowest point of windows around places, narrowing them down: for losses whose gradient tells nothing.

    Parameters
    ----------
    square : UnitSquare
    centres : array (2, n)
    half : float
        Half the width of the first windows.

    Returns
    -------
    array (2, m)
        A point for each place; the first 1024 places alone.
    """
    centres = centres[:, :MOST_CORNERS]
    levels = int(np.ceil(np.log(FINEST / half) / np.log(0.5)))
    nodes = np.linspace(-1.0, 1.0, CELLS + 1)
    mesh = np.stack(np.meshgrid(nodes, nodes, indexing="ij")).reshape(2, 1, -1)
    for level in range(levels if centres.shape[1] else 0):
        u = np.clip(centres[:, :, None] + half * 0.5**level * mesh, 0.0, 1.0)
        loss = yield from scaled(square.losses(u), level / levels, (level + 1) / levels)
        best = np.argmin(np.where(np.isnan(loss), np.inf, loss), axis=1)
        centres = np.take_along_axis(u, best[None, :, None], axis=2)[:, :, 0]
    return centres


def _thinned(centres: Array, width: float) -> Array:
    """Leave out windows that another one covers."""
    cells = np.unique(np.rint(centres / (0.5 * width)), axis=1, return_index=True)[1]
    return centres[:, np.sort(cells)]
