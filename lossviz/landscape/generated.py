"""Datasets that are made up by a recipe: drawn anew at first use, and the same to the last digit everywhere.

Every number comes from the raw words of PCG64 by additions and multiplications in a fixed order, and is rounded as a
person would have written it down; no function of NumPy whose last digit might change is used.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.randomness import spread_evenly, words

Array = NDArray[np.float64]
Columns = dict[str, Array]

TERM = 39.0
"""Weeks at which most children are born."""


class _Draw:
    """Columns of numbers, one after the other, from one seed."""

    def __init__(self, seed: int, rows: int, numbers: int) -> None:
        self._columns = iter(words(seed, rows * numbers).reshape(numbers, rows))

    def even(self) -> Array:
        """Give a column of numbers evenly spread over 0 ≤ u < 1; takes one."""
        return spread_evenly(next(self._columns))

    def normal(self) -> Array:
        """Give a column of nearly normal numbers, mean 0 and deviation 1; takes three.

        The sum of twelve evenly spread parts, 16 bits each, has the variance 1.
        """
        total = np.zeros(1, dtype=np.uint64)
        for _ in range(3):
            word = next(self._columns)
            for shift in (0, 16, 32, 48):
                total = total + ((word >> np.uint64(shift)) & np.uint64(0xFFFF))
        return (total.astype(np.float64) + 6.0) * 2.0**-16 - 6.0


def births_100k() -> Columns:
    """Give 100,000 births: mother's age, weeks of pregnancy, birth weight.

    Age about 29.5 ± 5.5 years; 39 ± 1.2 weeks, 9 of 100 children up to 12 weeks early, most of these a little; weight
    3,400 g at 39 weeks, ± 420 g, 160 g a week, 6 g more for each year of age up to 30.
    """
    draw = _Draw(100, 100_000, 11)
    age = np.clip(np.rint(29.5 + 5.5 * draw.normal()), 14.0, 49.0)
    early, how_early = draw.even(), draw.even()
    weeks = TERM + 1.2 * draw.normal() - np.where(early < 0.09, 12.0 * how_early * how_early * how_early, 0.0)
    weeks = np.clip(np.rint(weeks), 24.0, 43.0)
    spread = np.clip((weeks - 20.0) / 19.0, 0.3, 1.0) * 420.0
    weight = 3400.0 + 160.0 * (weeks - TERM) + 6.0 * (np.minimum(age, 30.0) - 29.5) + spread * draw.normal()
    return {"age": age, "weeks": weeks, "weight": np.maximum(np.rint(weight), 400.0)}


def two_classes() -> Columns:
    """Give 200 points of two overlapping classes: deviation 1 around (−1, −0.6) and (1, 0.6)."""
    draw = _Draw(2, 200, 6)
    side = np.where(np.arange(200) % 2 == 0, -1.0, 1.0)
    x1, x2 = side + draw.normal(), 0.6 * side + draw.normal()
    return {"x1": np.rint(100.0 * x1) / 100.0, "x2": np.rint(100.0 * x2) / 100.0, "class": (side + 1.0) / 2.0}


def separable() -> Columns:
    """Give 40 students, of whom exactly those who learned more than 5 hours passed; none learned 4.5 to 5.5 hours."""
    draw = _Draw(3, 40, 1)
    share = draw.even()
    passed = (np.arange(40) % 2).astype(np.float64)
    hours = np.where(passed == 1.0, 5.5 + 4.5 * share, 4.5 * share)
    return {"hours": np.rint(10.0 * hours) / 10.0, "passed": passed}


def parking() -> Columns:
    """Give 1,000 moments at a parking space, free in 10 of them, and a sensor that knows nothing of it."""
    draw = _Draw(4, 1000, 3)
    free = (np.arange(1000) % 100 == 37).astype(np.float64)
    return {"sensor": np.rint(100.0 * draw.normal()) / 100.0, "free": free}


def outlier() -> Columns:
    """Give 20 points near the line 0.8·x + 1.5, of which one is written down ten times too large."""
    draw = _Draw(5, 20, 3)
    x = np.linspace(0.0, 9.5, 20)
    y = np.rint(100.0 * (0.8 * x + 1.5 + 0.4 * draw.normal())) / 100.0
    y[16] = np.rint(1000.0 * y[16]) / 100.0
    return {"x": x, "y": y}


RECIPES: dict[str, Callable[[], Columns]] = {
    recipe.__name__: recipe for recipe in (births_100k, two_classes, separable, parking, outlier)
}
