"""Factored sums of log(1 + e^(w·x + b)) over samples, for whole rows of a grid at once."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.condensed import Weighted

Array = NDArray[np.float64]

TOGETHER = 8
"""Samples whose factors are multiplied before a logarithm is taken."""
LARGEST = 80.0
"""Eight times e to this power multiplied are still below the largest float64."""
SETTLED = 37.0
"""Beyond it log(1 + e^u) is u, and below its negative e^u, to the last digit."""
NEAR = (LARGEST - SETTLED) / 2.0
"""How much of w·x + b the feature may make up, from the middle of all features."""
BLOCK = 32_768
"""Logarithms at once: 256 KiB stay in the second-level cache, and so small a product BLAS makes on one thread; two that
wait for each other are many times slower where something else runs too."""


class FactoredSum:
    """Σ weight·log(1 + e^u), u = ±(w·x + b) with minus for label 1: the cross-entropy of samples.

    With e^u = a·t, where a = e^(±w·(x − c)) and t = e^(±(b + w·c)), the logarithms of several samples of equal weight
    add up to that of the product of 1 + a·t. That is a polynomial in t whose coefficients, all positive, depend on w
    alone: a row of a grid is one product of matrices. As 1 is left out of it, nothing cancels where costs are small.

    Parameters
    ----------
    samples : Weighted
        With labels 0 and 1.
    """

    def __init__(self, samples: Weighted) -> None:
        low, high = float(np.min(samples.x)), float(np.max(samples.x))
        self.centre = low + (high - low) / 2.0
        self.half = (high - low) / 2.0
        labels = ((samples.y == 0.0, 1.0), (samples.y == 1.0, -1.0))
        self._labels = [
            _OfLabel(sign * (samples.x[at] - self.centre), samples.weight[at], sign)
            for at, sign in labels
            if np.any(at)
        ]

    def reaches(self, w: Array) -> NDArray[np.bool_]:
        """Tell for which weights it can be used: those that don't part the samples too far."""
        return np.asarray(np.abs(w) * self.half < NEAR)

    def adding_to(self, total: Array, w: Array, b: Array) -> Iterator[float]:
        """Add the sums for weights w (n,), which it must reach, and biases b (m,), ascending, to an array (n, m).

        Yields progress.
        """
        level = b + (w * self.centre)[:, None]
        reach = np.abs(w) * self.half
        size = len(b) * sum(len(label.group_weight) for label in self._labels)
        rows = max(1, BLOCK // size)
        for first in range(0, len(w), rows):
            some = slice(first, first + rows)
            for label in self._labels:
                for _ in label.adding_to(total[some], w[some], level[some] * label.sign, reach[some]):
                    yield first / len(w)


class _OfLabel:
    """The samples of one label."""

    def __init__(self, x: Array, weight: Array, sign: float) -> None:
        self.x, self.weight, self.sign = x, weight, sign
        self.grouped, self.present, self.group_weight = _groups(x, weight)

    def adding_to(self, total: Array, w: Array, level: Array, reach: Array) -> Iterator[None]:
        """Add the sums where u is between level − reach and level + reach."""
        high, low = level - reach[:, None] > SETTLED, level + reach[:, None] < -SETTLED
        if np.any(high):
            # all samples cost u itself
            total += np.where(high, np.sum(self.weight) * level + (w * (self.weight @ self.x))[:, None], 0.0)
        if np.any(low):
            # and here e^u
            tail = np.exp(np.multiply.outer(w, self.x)) @ self.weight
            total += np.where(low, tail[:, None] * np.exp(np.minimum(level, 0.0)), 0.0)
        middle = ~(high | low)
        parts = [slice(None)]
        if not np.all(middle):
            columns = np.any(middle, axis=0)
            if np.max(np.abs(level[:, columns]), initial=0.0) + np.max(reach) > LARGEST:
                # what is in the middle in one row is too far out in another
                parts = [slice(i, i + 1) for i in range(len(w))]
        for part in parts:
            columns = np.any(middle[part], axis=0)
            if np.any(columns):
                yield from self._adding_middle(total[part], w[part], level[part], middle[part], columns)

    def _adding_middle(
        self, total: Array, w: Array, level: Array, middle: NDArray[np.bool_], columns: NDArray[np.bool_]
    ) -> Iterator[None]:
        size = self.grouped.shape[1]
        powers = np.exp(np.arange(1.0, size + 1.0)[:, None] * level[:, None, columns])
        chunk = max(1, BLOCK // int(np.count_nonzero(columns)))
        for begin in range(0, len(self.group_weight), chunk):
            part = slice(begin, begin + chunk)
            factors = np.exp(np.multiply.outer(w, self.grouped[part])) * self.present[part]
            coefficients = np.zeros((*factors.shape[:-1], size + 1))
            coefficients[..., 0] = 1.0
            for k in range(size):
                coefficients[..., 1 : k + 2] += coefficients[..., : k + 1] * factors[..., k, None]
            product = coefficients[..., 1:] @ powers
            np.log1p(product, out=product)
            # not by BLAS, which uses threads for this too
            sums = np.einsum("g,rgc->rc", self.group_weight[part], product)
            total[:, columns] += np.where(middle[:, columns], sums, 0.0)
            yield


def _groups(x: Array, weight: Array) -> tuple[Array, Array, Array]:
    """Put samples of equal weight together by eights.

    Returns
    -------
    x : array (groups, size)
        The size is 1 where hardly any two weights are equal.
    present : array (groups, size)
        1 where there is a sample, 0 where a group is not full.
    weight : array (groups,)
    """
    order = np.argsort(weight, kind="stable")
    x, weight = x[order], weight[order]
    first = np.flatnonzero(np.concatenate([[True], weight[1:] != weight[:-1]]))
    counts = np.diff(first, append=len(x))
    groups = -(-counts // TOGETHER)
    if np.sum(groups) * 2 > len(x):
        return x[:, None], np.ones((len(x), 1)), weight
    start = np.concatenate([[0], np.cumsum(groups)[:-1]]) * TOGETHER
    # each sample's place: where its weight's groups start, and its number among those of that weight
    place = np.repeat(start - first, counts) + np.arange(len(x))
    filled, present = np.zeros((2, int(np.sum(groups)) * TOGETHER))
    filled[place], present[place] = x, 1.0
    return filled.reshape(-1, TOGETHER), present.reshape(-1, TOGETHER), np.repeat(weight[first], groups)
