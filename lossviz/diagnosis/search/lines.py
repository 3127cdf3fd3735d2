"""Lines of points: which points lie side by side, and whether the line that they make just ends."""

import numpy as np
from numpy.typing import NDArray

from lossviz.diagnosis.search.unit_square import Work

Array = NDArray[np.float64]
Numbers = NDArray[np.intp]

ONE_SIDED = 0.8
"""Where the directions to the neighbours have a mean as long as this, all of them lie on one side."""


def lines(u: Array, near: float, ending: bool) -> Work[list[Numbers]]:
    """Group points of the unit square that are within `near` of another one of the group, along both axes.

    Parameters
    ----------
    u : array (2, n)
    near : float
    ending : bool
        Whether a group may be a line that ends inside the square; else such groups are left out.

    Returns
    -------
    list of arrays of int
        The numbers of the points of each group.
    """
    first, second = yield from _neighbours(u, near)
    label = np.arange(u.shape[1])
    while True:
        least = np.minimum(label[first], label[second])
        joined = label.copy()
        np.minimum.at(joined, label[first], least)
        np.minimum.at(joined, label[second], least)
        joined = joined[joined]
        yield 1.0
        if np.all(joined == label):
            break
        label = joined
    if not ending and len(label):
        apart = np.hypot(*(u[:, second] - u[:, first])) > 0.1 * near
        first, second = first[apart], second[apart]
        direction = u[:, second] - u[:, first]
        direction /= np.hypot(*direction)
        sums, numbers = np.zeros(u.T.shape), np.zeros(u.shape[1])
        for ends, sign in ((first, 1.0), (second, -1.0)):
            np.add.at(sums, ends, sign * direction.T)
            np.add.at(numbers, ends, 1.0)
        inside = np.min(np.minimum(u, 1.0 - u), axis=0) > near
        ends_here = inside & (np.hypot(*sums.T) > ONE_SIDED * numbers) & (numbers > 0)
        label = np.where(np.isin(label, label[ends_here]), -1, label)
    order = np.argsort(label, kind="stable")
    order = order[label[order] >= 0]
    return np.split(order, np.flatnonzero(np.diff(label[order])) + 1) if order.size else []


def _neighbours(u: Array, near: float) -> Work[tuple[Numbers, Numbers]]:
    """Give the pairs of points that are within `near` of each other."""
    order = np.argsort(u[0], kind="stable")
    w, b = u[:, order]
    pairs = [(order[:0], order[:0])]
    for shift in range(1, len(order)):
        within = w[shift:] - w[:-shift] <= near
        if not np.any(within):
            break
        both = np.flatnonzero(within & (np.abs(b[shift:] - b[:-shift]) <= near))
        pairs.append((order[both], order[both + shift]))
        yield 0.5
    first, second = (np.concatenate(side) for side in zip(*pairs, strict=True))
    return first, second
