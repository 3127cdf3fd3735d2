"""Clipping of drawn lines: exact, in float64, before a brush sees them. The data stay as they are."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def clip_segments(starts: Array, ends: Array, low: Array, high: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Cut segments to a box (Liang & Barsky 1984).

    Parameters
    ----------
    starts, ends : array (n, d)
        Finite, or the segment is left out.
    low, high : array (d,)
        The box.

    Returns
    -------
    starts, ends : array (n, d)
        Cut; meaningless where nothing is left.
    visible : array (n,) of bool
        Whether anything is left.
    """
    finite = np.all(np.isfinite(starts) & np.isfinite(ends), axis=1)
    p, q = np.where(finite[:, None], starts, 0.0), np.where(finite[:, None], ends, 0.0)
    # from the end that is nearer to 0: from one that is far all digits would be lost
    turned = (np.abs(p).max(axis=1, initial=0.0) > np.abs(q).max(axis=1, initial=0.0))[:, None]
    p, q = np.where(turned, q, p), np.where(turned, p, q)
    # halves, as the difference of the largest numbers overflows
    d = 0.5 * q - 0.5 * p
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        to_low, to_high = (0.5 * low - 0.5 * p) / d, (0.5 * high - 0.5 * p) / d
    still = d == 0.0
    outside = np.any(still & ((p < low) | (p > high)), axis=1)
    enter = np.where(still, 0.0, np.minimum(to_low, to_high)).max(axis=1, initial=0.0)
    leave = np.where(still, 1.0, np.maximum(to_low, to_high)).min(axis=1, initial=1.0)
    visible = finite & ~outside & (enter <= leave) & (enter <= 1.0) & (leave >= 0.0)
    enter, leave = np.clip(enter, 0.0, 1.0)[:, None], np.clip(leave, 0.0, 1.0)[:, None]
    # the ends themselves where nothing is cut off, so that neighbouring segments meet to the last bit
    first = np.where(_inside(p, low, high), p, np.clip(p + enter * d + enter * d, low, high))
    last = np.where(_inside(q, low, high), q, np.clip(p + leave * d + leave * d, low, high))
    return np.where(turned, last, first), np.where(turned, first, last), visible


def heading(begin: Array, end: Array) -> Array | None:
    """Give the direction from one point (d,) to another, of length 1; None where they are one, or not finite."""
    with np.errstate(all="ignore"):
        # halves, and scaled first, as neither the difference of the largest numbers nor their squares are finite
        way = 0.5 * end - 0.5 * begin
        way = way / np.abs(way).max()
        way = way / np.sqrt(np.sum(way * way))
    return np.asarray(way) if np.all(np.isfinite(way)) else None


def _inside(points: Array, low: Array, high: Array) -> NDArray[np.bool_]:
    return np.asarray(np.all((points >= low) & (points <= high), axis=1, keepdims=True))
