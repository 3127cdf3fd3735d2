"""Condensed samples: many features as a few weighted ones with the same sums of any smooth function."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MANY = 20_000
"""Different samples from which on they are condensed."""
FEWEST_BINS, MOST_BINS = 512, 2**19
NODES = 3
TAIL = 1e-4
"""The part of the samples at either end that is kept as it is, so that a few far ones don't widen the bins."""
SMOOTH = 0.04
"""How far z = w·x + b may change over half a bin: what the rule leaves out is below its sixth power times 1e-4."""


@dataclass(frozen=True, eq=False)
class Weighted:
    """Samples with weights: a mean over all of them is a weighted sum over these.

    Parameters
    ----------
    x, y, weight : array (n,)
        Features, labels, and weights, which add up to 1 unless the labels have weights of their own; sorted by x.
    """

    x: Array
    y: Array
    weight: Array


class Condensed:
    """Samples, and fewer ones that stand for them in means of smooth functions of w·x + b.

    The larger the weight, the faster such a function changes with x, and the more samples are needed: they are made
    for the weights that are asked for, in powers of four, and kept.

    Parameters
    ----------
    samples : Weighted
    smooth : bool
        Whether the function has derivatives of all orders; else nothing stands for the samples but themselves.
    """

    def __init__(self, samples: Weighted, smooth: bool = True) -> None:
        self.samples = samples
        self._levels: dict[int, Weighted | None] = {}
        n = len(samples.x)
        labels = np.unique(samples.y[:: max(1, n // 100)]) if n > MANY and smooth else np.empty(0)
        tail = int(TAIL * n)
        self._low, self._high = float(samples.x[tail]), float(samples.x[n - 1 - tail])
        few = 0 < len(labels) <= 2 and self._high > self._low and bool(np.all(np.isin(samples.y, labels)))
        self._labels = labels.tolist() if few else []

    def standardized(self, mean: float, deviation: float) -> "Condensed":
        """Give the same samples with the feature shifted and scaled."""
        s = self.samples
        return Condensed(Weighted((s.x - mean) / deviation, s.y, s.weight))

    def for_weights(self, w: Array) -> Weighted:
        """Give the samples to sum over at weights w: few that give the same to 1e-12, or all of them."""
        farthest = float(np.max(np.abs(w))) if self._labels and w.size else np.inf
        if not farthest < np.inf:
            return self.samples
        needed = farthest * (self._high - self._low) / (2.0 * SMOOTH * FEWEST_BINS)
        level = max(0, math.ceil(math.log(needed, 4.0))) if needed > 1.0 else 0
        if FEWEST_BINS * 4**level > MOST_BINS:
            return self.samples
        if level not in self._levels:
            self._levels[level] = self._condense(FEWEST_BINS * 4**level)
        return self._levels[level] or self.samples

    def _condense(self, bins: int) -> Weighted | None:
        """Cut the features of each label into bins, and make each bin the nodes of its own Gaussian quadrature.

        Three features with weights have the moments of all the samples in the bin, up to the fifth.

        References
        ----------
        Gautschi (2004), Orthogonal Polynomials: Computation and Approximation, section 2.2 (the Stieltjes procedure).
        """
        s = self.samples
        edges = np.linspace(self._low, self._high, bins + 1)
        parts = [_of_label(s.x[at], s.weight[at], edges) for at in (s.y == label for label in self._labels)]
        x, weight = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
        y = np.repeat(self._labels, [len(part[0]) for part in parts])
        return Weighted(x, y, weight) if 2 * len(x) < len(s.x) else None


def _of_label(x: Array, weight: Array, edges: Array) -> tuple[Array, Array]:
    """Give nodes and weights for the features of one label."""
    half = float(edges[1] - edges[0]) / 2.0
    bounds = np.searchsorted(x, edges)
    counts = np.diff(bounds)
    full = np.flatnonzero(counts > NODES)
    if not full.size:
        return x, weight
    # those outside all bins, and the few of a bin, stay as they are
    change = np.zeros(len(x) + 1, dtype=np.intp)
    np.add.at(change, bounds[full], 1)
    np.add.at(change, bounds[full + 1], -1)
    kept = np.cumsum(change[:-1]) == 0
    bin_of = np.repeat(np.arange(len(full)), counts[full])
    starts = np.concatenate([[0], np.cumsum(counts[full])[:-1]])
    centre = (edges[full] + edges[full + 1]) / 2.0
    nodes, weights = _gauss((x[~kept] - centre[bin_of]) / half, weight[~kept], bin_of, starts)
    nodes = centre[:, None] + half * nodes
    return np.concatenate([x[kept], nodes.ravel()]), np.concatenate([weight[kept], weights.ravel()])


def _gauss(t: Array, weight: Array, bin_of: NDArray[np.intp], starts: NDArray[np.intp]) -> tuple[Array, Array]:
    """Give the Gaussian rules of the bins, nodes and weights of shape (bins, NODES)."""
    mass = np.add.reduceat(weight, starts)
    norm = mass
    before, now = np.zeros_like(t), np.ones_like(t)
    jacobi = np.zeros((len(starts), NODES, NODES))
    for j in range(NODES):
        mean = _ratio(np.add.reduceat(weight * t * now * now, starts), norm, mass)
        jacobi[:, j, j] = mean
        if j == NODES - 1:
            break
        back = jacobi[:, j, j - 1] ** 2 if j else np.zeros(len(starts))
        before, now = now, (t - mean[bin_of]) * now - back[bin_of] * before
        next_norm = np.add.reduceat(weight * now * now, starts)
        jacobi[:, j + 1, j] = jacobi[:, j, j + 1] = np.sqrt(_ratio(next_norm, norm, mass))
        norm = next_norm
    nodes, vectors = np.linalg.eigh(jacobi)
    return nodes, mass[:, None] * vectors[:, 0, :] ** 2


def _ratio(of: Array, by: Array, mass: Array) -> Array:
    """Divide where there is something to divide by: samples that nearly coincide need no further node."""
    return np.divide(of, by, out=np.zeros_like(of), where=by > 1e-26 * mass)
