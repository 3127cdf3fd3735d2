"""Events of a path: overshoot, zig-zag and uphill steps, three different things counted apart."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Marks = NDArray[np.bool_]

RELATIVE_RISE = 1e-12
RELATIVE_SLOPE = 1e-12


@dataclass(frozen=True, eq=False)
class Events:
    """What happened in each step k, from row k to row k + 1; each array is ``(steps, *batch)``.

    Parameters
    ----------
    overshoots : array of bool
        The step crosses the valley floor along its own direction: g_k·Δ_k < 0 and g_{k+1}·Δ_k > 0.
    zigzags : array of bool
        The gradient's component along the sharpest direction changes sign.
    uphill : array of bool
        The loss is higher after the step, by more than 1e-12 of it.
    """

    overshoots: Marks
    zigzags: Marks
    uphill: Marks


def events(path: Array, losses: Array, gradients: Array, sharpest: Array) -> Events:
    """Find the events of paths.

    Only what is above rounding counts: an overshoot or zig-zag needs both gradient norms above 1e-12 of the largest so
    far. Non-finite rows have no events, but the step into an infinite loss is uphill.

    Parameters
    ----------
    path, gradients, sharpest : array (steps + 1, n, *batch)
        Of the free parameters alone; `sharpest` is the unit direction of the largest curvature in each row.
    losses : array (steps + 1, *batch)
    """
    with np.errstate(all="ignore"):
        norms = np.sqrt(np.sum(gradients * gradients, axis=1))
        largest = np.maximum.accumulate(np.where(np.isfinite(norms), norms, 0.0), axis=0)
        felt = np.isfinite(norms) & (norms > RELATIVE_SLOPE * largest)
        both = felt[:-1] & felt[1:]
        moves = np.diff(path, axis=0)
        before = np.sum(gradients[:-1] * moves, axis=1)
        after = np.sum(gradients[1:] * moves, axis=1)
        along = np.sum(gradients[:-1] * sharpest[:-1], axis=1)
        then = np.sum(gradients[1:] * sharpest[:-1], axis=1)
        # the sign of the product would be lost where it underflows
        changed = ((along < 0) & (then > 0)) | ((along > 0) & (then < 0))
        rise = losses[1:] - losses[:-1] > RELATIVE_RISE * np.abs(losses[:-1])
    return Events(both & (before < 0) & (after > 0), both & changed, rise)
