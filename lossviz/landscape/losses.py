"""Losses: what a wrong prediction costs, per sample and on the whole."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def sigmoid(z: Array) -> Array:
    """Give 1 / (1 + e^(−z)), without overflow for any z."""
    small = np.exp(-np.abs(z))
    return np.asarray(np.where(z >= 0, 1.0, small) / (1.0 + small))


def softplus(z: Array) -> Array:
    """Give log(1 + e^z), without overflow for any z and exact in both tails."""
    return np.asarray(np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z))))


@dataclass(frozen=True)
class Loss:
    """A loss of data: its name, formula and unit, and, where it is a plain mean, its cost per sample.

    Parameters
    ----------
    name, title, formula : str
        As in the API; in words; over all samples, in symbols.
    power : int
        The power of the label's unit that the loss is measured in; 0: it is a pure number.
    binary : bool
        Whether the labels must be 0 and 1.
    cost, slope, curvature : callable or None
        The cost of one sample and its first and second derivative by z = w·x + b, as functions of (z, y); the loss is
        the mean of the costs. None where the loss is computed from moments of the data instead.
    """

    name: str
    title: str
    formula: str
    power: int = 0
    binary: bool = False
    cost: Callable[[Array, Array], Array] | None = None
    slope: Callable[[Array, Array], Array] | None = None
    curvature: Callable[[Array, Array], Array] | None = None


def _cross_entropy_curvature(z: Array, y: Array) -> Array:
    p = sigmoid(z)
    return np.asarray(p * (1.0 - p))


LOSSES = {
    loss.name: loss
    for loss in (
        Loss("mse", "mean squared error", "mean (w·x + b − y)²", power=2),
        Loss("rmse", "root mean squared error", "√ mean (w·x + b − y)²", power=1),
        Loss(
            "cross_entropy",
            "cross-entropy",
            "mean (log(1 + e^z) − y·z),  z = w·x + b",
            binary=True,
            cost=lambda z, y: softplus(z) - y * z,
            slope=lambda z, y: sigmoid(z) - y,
            curvature=_cross_entropy_curvature,
        ),
    )
}
