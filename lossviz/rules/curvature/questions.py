"""Questions: searches that branch, one a run, asked about side by side.

Such a search is a generator of plain numbers: it yields the point that it wants to know of, gets loss and gradient
there, and returns what it found. The questions of all runs are put to the oracle at once, as often as the longest of
them goes on; so each run goes its own way, and a surface is asked as seldom as for one.
"""

from collections.abc import Generator, Sequence
from math import copysign, inf, isnan, nan
from typing import Any, TypeVar

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.rules.base import Hyper, Oracle

Found = TypeVar("Found")
Point = list[float]
Answer = tuple[float, Point]
"""Loss and gradient."""
Search = Generator[Point, Answer, Found]


def asked(oracle: Oracle, theta: Array, searches: Sequence[Search[Found]]) -> tuple[list[Found], Array]:
    """Go on with all searches to their ends; give what they found, and the last points asked about, as `theta` is.

    Parameters
    ----------
    oracle : Oracle
    theta : array (n, *batch)
        Where the runs are.
    searches : sequence of Search
        One for each run, in the order of the flattened batch.
    """
    found: list[Any] = [None] * len(searches)
    points, last = columns(theta), theta
    waiting: list[int] = []
    for run, search in enumerate(searches):
        try:
            points[run] = next(search)
            waiting.append(run)
        except StopIteration as end:
            found[run] = end.value
    while waiting:
        last = together(points, theta)
        losses, gradients = oracle.value_and_gradient(last)
        values, slopes = np.ravel(losses).tolist(), columns(gradients)
        asking = []
        for run in waiting:
            try:
                points[run] = searches[run].send((values[run], slopes[run]))
                asking.append(run)
            except StopIteration as end:
                found[run] = end.value
        waiting = asking
    return found, last


def columns(of: Array) -> list[Point]:
    """Give an array (n, *batch) as a point for each run."""
    return np.reshape(of, (len(of), -1)).T.tolist()


def together(points: Sequence[Point], like: Array) -> Array:
    """Give the points of all runs as an array of the shape of `like`."""
    return np.ascontiguousarray(np.array(points, dtype=like.dtype).T).reshape(like.shape)


def same_or(last: Array, theta: Array) -> Array:
    """Give `last`, which the oracle remembers, if it equals `theta`, else that."""
    return last if np.array_equal(last, theta) else theta


def spread(value: Hyper, theta: Array) -> list[float]:
    """Give a hyperparameter, or whatever broadcasts against the batch, as one number for each run."""
    return np.broadcast_to(value, theta.shape[1:]).ravel().tolist()


def gathered(numbers: Sequence[float], theta: Array) -> Array:
    """Give one number for each run as an array (*batch)."""
    return np.array(numbers, dtype=np.float64).reshape(theta.shape[1:])


def inner(a: Point, b: Point) -> float:
    """Give a·b."""
    total = a[0] * b[0]
    for i in range(1, len(a)):
        total += a[i] * b[i]
    return total


def onward(x: Point, t: float, d: Point) -> Point:
    """Give x + t·d."""
    return [p + t * q for p, q in zip(x, d, strict=True)]


def ratio(a: float, b: float) -> float:
    """Give a/b as floats outside Python have it: ±∞ or NaN where b is 0."""
    if b:
        return a / b
    return nan if a == 0.0 or isnan(a) else copysign(inf, a) * copysign(1.0, b)
