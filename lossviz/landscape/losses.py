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
    name, title : str
        As in the API; in words.
    terms, where : str
        Over all samples, in symbols; what its symbols stand for.
    method : str
        What finding the smallest is called.
    power : int
        The power of the label's unit that the loss is measured in; 0: it is a pure number.
    binary : bool
        Whether the labels must be 0 and 1.
    smooth : bool
        Whether the cost has a second derivative everywhere.
    convex : bool
        Whether the loss is convex in w and b.
    cost, slope, curvature : callable or None
        The cost of one sample and its first and second derivative by z = w·x + b, as functions of (z, y); the loss is
        the mean of the costs. Where a derivative doesn't exist it is the one that PyTorch gives. None where the loss
        is computed from moments of the data instead.
    """

    name: str
    title: str
    terms: str
    where: str = ""
    method: str = ""
    power: int = 0
    binary: bool = False
    smooth: bool = True
    convex: bool = True
    cost: Callable[[Array, Array], Array] | None = None
    slope: Callable[[Array, Array], Array] | None = None
    curvature: Callable[[Array, Array], Array] | None = None

    @property
    def formula(self) -> str:
        """The loss in symbols, and what they stand for."""
        return f"{self.terms},  {self.where}" if self.where else self.terms

    def unit(self, label: str) -> str:
        """Give the loss's unit for a label's unit, ``"kg²"`` for ``"kg"``; "" for a pure number."""
        return f"{label}{'²' if self.power == 2 else ''}" if self.power and label else ""


# With labels 0 and 1, a cost is written by u = (1 − 2y)·z, how far a sample lies on the wrong side: there nothing
# cancels where the prediction is almost right.


def _wrong(z: Array, y: Array) -> Array:
    return np.asarray((1.0 - 2.0 * y) * z)


def _cross_entropy_slope(z: Array, y: Array) -> Array:
    return np.asarray((1.0 - 2.0 * y) * sigmoid(_wrong(z, y)))


def _cross_entropy_curvature(z: Array, y: Array) -> Array:
    p = sigmoid(z)
    return np.asarray(p * (1.0 - p))


def _squared_error(z: Array, y: Array) -> Array:
    return np.asarray(sigmoid(_wrong(z, y)) ** 2)


def _squared_error_slope(z: Array, y: Array) -> Array:
    u = _wrong(z, y)
    return np.asarray((1.0 - 2.0 * y) * 2.0 * sigmoid(u) ** 2 * sigmoid(-u))


def _squared_error_curvature(z: Array, y: Array) -> Array:
    u = _wrong(z, y)
    p = sigmoid(u)
    return np.asarray(2.0 * p**2 * sigmoid(-u) * (2.0 - 3.0 * p))


def _huber(z: Array, y: Array) -> Array:
    away = np.abs(z - y)
    near = np.minimum(away, 1.0)
    # no square of what is far away: it might overflow
    return np.asarray(near * (away - 0.5 * near))


LOSSES = {
    loss.name: loss
    for loss in (
        Loss("mse", "mean squared error", "mean (w·x + b − y)²", method="least squares", power=2),
        Loss("rmse", "root mean squared error", "√ mean (w·x + b − y)²", method="least squares", power=1),
        Loss(
            "mae",
            "mean absolute error",
            "mean |w·x + b − y|",
            method="least absolute errors",
            power=1,
            smooth=False,
            cost=lambda z, y: np.abs(z - y),
            slope=lambda z, y: np.sign(z - y),
            curvature=lambda z, y: np.zeros(np.shape(z)),
        ),
        Loss(
            "huber",
            "Huber loss",
            "mean h(w·x + b − y)",
            where="h(r) = r²/2 for |r| ≤ 1, else |r| − 1/2",
            method="least Huber loss",
            # a square; the 1 where it goes over into a line has the label's unit too
            power=2,
            smooth=False,
            cost=_huber,
            slope=lambda z, y: np.clip(z - y, -1.0, 1.0),
            curvature=lambda z, y: (np.abs(z - y) < 1.0).astype(np.float64),
        ),
        Loss(
            "cross_entropy",
            "cross-entropy",
            "mean (log(1 + e^z) − y·z)",
            where="z = w·x + b",
            method="maximum likelihood",
            binary=True,
            cost=lambda z, y: softplus(_wrong(z, y)),
            slope=_cross_entropy_slope,
            curvature=_cross_entropy_curvature,
        ),
        Loss(
            "squared_error",
            "squared error",
            "mean (σ(w·x + b) − y)²",
            method="least squared error",
            binary=True,
            convex=False,
            cost=_squared_error,
            slope=_squared_error_slope,
            curvature=_squared_error_curvature,
        ),
        Loss(
            "hinge",
            "hinge loss",
            "mean max(0, 1 − s·(w·x + b))",
            where="s = 2y − 1",
            method="least hinge loss",
            binary=True,
            smooth=False,
            cost=lambda z, y: np.maximum(1.0 + _wrong(z, y), 0.0),
            slope=lambda z, y: np.where(1.0 + _wrong(z, y) > 0.0, 1.0 - 2.0 * y, 0.0),
            curvature=lambda z, y: np.zeros(np.shape(z)),
        ),
    )
}
