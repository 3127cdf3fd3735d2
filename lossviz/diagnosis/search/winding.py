"""Winding: how often the gradient turns around the edge of a cell, which says what stationary points lie inside.

Going once around a minimum or a maximum the gradient turns once in the same sense (index +1), around a saddle once in
the other (−1); around a rectangle it turns by the sum of the indices inside. That is a check of completeness: where
the sum is another one than that of the points found, there are more.

References
----------
Strogatz (2015), Nonlinear Dynamics and Chaos, section 6.8 (index theory).
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Marks = NDArray[np.bool_]
Index = NDArray[np.int64]

SLACK = 1e-9
"""A component of the gradient this much smaller than the largest around may have either sign."""


def winding(slope: Array) -> Index:
    """Give the index of each cell of a grid.

    Parameters
    ----------
    slope : array (2, ..., n, m)
        The gradient at the corners; w grows along n, b along m. NaN where it has no direction.

    Returns
    -------
    array (..., n - 1, m - 1)
        0 also where a corner is NaN.
    """
    angle = np.arctan2(slope[1], slope[0])
    along_w, along_b = _turn(np.diff(angle, axis=-2)), _turn(np.diff(angle, axis=-1))
    around = along_w[..., :, :-1] + along_b[..., 1:, :] - along_w[..., :, 1:] - along_b[..., :-1, :]
    return np.asarray(np.rint(np.nan_to_num(around) / (2.0 * np.pi)), dtype=np.int64)


def meeting(slope: Array) -> Marks:
    """Tell in which cells of a grid both components of the gradient have corners of either sign, or of none."""
    corners = np.stack(
        [slope[..., :-1, :-1], slope[..., 1:, :-1], slope[..., :-1, 1:], slope[..., 1:, 1:]]
    )  # (4, 2, ..., n - 1, m - 1)
    slack = SLACK * np.max(np.abs(corners), axis=(0, 1))
    return np.asarray(np.all((np.min(corners, axis=0) <= slack) & (np.max(corners, axis=0) >= -slack), axis=0))


def crossing(slope: Array, cells: Marks) -> Array:
    """Guess where in some cells of a grid the gradient is 0, if it were linear there: ``(2, k)`` of 0..1."""
    corners = (slope[..., :-1, :-1], slope[..., 1:, :-1], slope[..., :-1, 1:], slope[..., 1:, 1:])
    c00, c10, c01, c11 = (corner[:, cells] for corner in corners)
    by_w, by_b = (c10 + c11 - c00 - c01) / 2.0, (c01 + c11 - c00 - c10) / 2.0
    start = (3.0 * c00 + c10 + c01 - c11) / 4.0
    with np.errstate(all="ignore"):
        determinant = by_w[0] * by_b[1] - by_b[0] * by_w[1]
        s = (by_b[0] * start[1] - by_b[1] * start[0]) / determinant
        t = (by_w[1] * start[0] - by_w[0] * start[1]) / determinant
    return np.asarray(np.clip(np.nan_to_num(np.stack([s, t]), nan=0.5, posinf=1.0, neginf=0.0), 0.0, 1.0))


def lowest(values: Array) -> Marks:
    """Tell which points of a grid ``(n, m)`` no neighbour is below, and one above; NaN counts as above."""
    finite = np.where(np.isnan(values), np.inf, values)
    padded = np.pad(finite, 1, constant_values=np.inf)
    n, m = values.shape
    around = np.stack([padded[i : i + n, j : j + m] for i in range(3) for j in range(3) if (i, j) != (1, 1)])
    inner = np.where(np.isinf(around), -np.inf, around)
    return np.asarray(np.isfinite(values) & np.all(finite <= around, axis=0) & (np.max(inner, axis=0) > finite))


def _turn(angle: Array) -> Array:
    return np.asarray((angle + np.pi) % (2.0 * np.pi) - np.pi)
