"""The losses that the libraries' optimizers descend, written out as sums so that a library differentiates them itself.

A loss is the weighted mean of its terms: the samples' shares, or the squares of a test function. The weights are 1, or
1 with noise of 1e-14: a sum has the rounding errors of its terms, however small it is itself.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

RESOURCES = Path(__file__).parents[3] / "resources"


@dataclass(frozen=True)
class Problem:
    """A loss over weight and bias.

    Parameters
    ----------
    start : (w, b)
    terms : callable
        (m, w, b) -> the terms, or a sequence of them; m is torch or jax.numpy.
    count : int
        The number of terms.
    mean : bool
        Whether the loss is their mean; else their sum.
    model : str
        Of a fit: linear or logistic.
    x, y : arrays
        Of a fit: the samples.
    """

    start: tuple[float, float]
    terms: Callable[[Any, Any, Any], Any]
    count: int
    mean: bool = False
    model: str = ""
    x: Any = None
    y: Any = None

    def loss(self, m, w, b, weights):
        """Give the loss; m is torch or jax.numpy."""
        terms = self.terms(m, w, b)
        terms = m.stack(terms) if isinstance(terms, (list, tuple)) else terms
        total = m.sum(weights * terms)
        return total / self.count if self.mean else total


def linear(x, y, start):
    return Problem(start, lambda m, w, b: (w * m.asarray(x) + b - m.asarray(y)) ** 2, len(x), True, "linear", x, y)


def logistic(x, y, start):
    def terms(m, w, b):
        z = w * m.asarray(x) + b
        return m.logaddexp(z * 0.0, z) - m.asarray(y) * z

    return Problem(start, terms, len(x), True, "logistic", x, y)


def births(*columns):
    with open(RESOURCES / "datasets" / "birthwt.csv", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return [np.array([float(row[column]) for row in rows]) for column in columns]


def problems():
    age, weight, low, bwt = births("age", "lwt", "low", "bwt")
    # 2·[[S + 1, 1], [1, 1]] has the condition number 100 where S + 2 = 10.1·√S
    root = (10.1 - np.sqrt(10.1**2 - 8.0)) / 2.0
    return {
        "rosenbrock": Problem((-1.2, 1.0), lambda m, w, b: [(1 - w) ** 2, 100 * (b - w**2) ** 2], 2),
        "beale": Problem(
            (1.0, 0.5),
            lambda m, w, b: [(1.5 - w + w * b) ** 2, (2.25 - w + w * b**2) ** 2, (2.625 - w + w * b**3) ** 2],
            3,
        ),
        "himmelblau": Problem((-0.5, 2.5), lambda m, w, b: [(w**2 + b - 11) ** 2, (w + b**2 - 7) ** 2], 2),
        "ellipse": linear(1.0 + root * np.array([-1.0, 1.0, -1.0, 1.0]), np.array([0.5, 2.5, -0.5, 1.5]), (-3.0, 2.0)),
        "births": linear((age - 18) / 10, bwt / 1000, (-2.2, 3.6)),
        "logistic": logistic((weight - 130) / 30, low, (2.0, 1.5)),
    }
