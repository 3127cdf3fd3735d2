"""What losses on a grid must be, whatever file they come from."""

import numpy as np

from lossviz.landscape.domain import FARTHEST, Array, Grid
from lossviz.landscape.spline import FEWEST
from lossviz.numerals import counted, short

MOST = 2048
"""Points an axis."""


def check_lengths(name: str, w: int, b: int) -> None:
    """See that so many points of w and b make a grid, before it takes any memory.

    Raises
    ------
    ValueError
        If they are too few or too many.
    """
    if not (FEWEST <= w <= MOST and FEWEST <= b <= MOST):
        expected = f"from {FEWEST} to {counted(MOST)} points an axis"
        raise ValueError(f"{name}: expected a grid with {expected}, found {counted(w)} of w and {counted(b)} of b.")


def checked_grid(name: str, w: Array, b: Array, loss: Array) -> Grid:
    """Give the grid with axes that increase, and NaN where a loss is missing.

    Raises
    ------
    ValueError
        If the axes are none, or there are no losses between which anything is known.
    """
    check_lengths(name, len(w), len(b))
    w, loss = _increasing(name, "w", w, loss)
    b, turned = _increasing(name, "b", b, loss.T)
    loss = np.where(np.isfinite(turned.T), turned.T, np.nan)
    if np.all(np.isnan(loss)):
        raise ValueError(f"{name}: expected losses, found no finite one.")
    return Grid(np.ascontiguousarray(w), np.ascontiguousarray(b), loss)


def _increasing(name: str, axis: str, values: Array, loss: Array) -> tuple[Array, Array]:
    """Give the values of an axis in increasing order, and the losses (along it first) with them."""
    if not np.all(np.abs(values) <= FARTHEST):
        found = values[~(np.abs(values) <= FARTHEST)][0]
        raise ValueError(f"{name}: expected values of {axis} within ±{short(FARTHEST)}, found {short(float(found))}.")
    if values[-1] < values[0]:
        values, loss = values[::-1], loss[::-1]
    wrong = np.flatnonzero(np.diff(values) <= 0.0)
    if wrong.size:
        first, second = (short(float(value), 6) for value in values[wrong[0] : wrong[0] + 2])
        raise ValueError(
            f"{name}: expected values of {axis} that only rise or only fall, found {first} before {second}."
        )
    return values, loss
