"""Penalty: what a large weight costs, whatever the data say."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lossviz.landscape.objective import Array, Value
from lossviz.landscape.samples import LARGEST
from lossviz.numerals import short

Point = tuple[float, float]


@dataclass(frozen=True)
class Penalty:
    """l1·|w| + l2·w², without halves; the bias costs nothing.

    Keras's L1(l1) and L2(l2) on the kernel are the same. With n samples it is that of scikit-learn's Ridge(α) by
    l2 = α/n, Lasso(α) by l1 = 2α (their losses are a sum of squares, and half a mean), LogisticRegression(C) by
    l2 = 1/(2·C·n) or l1 = 1/(C·n), SVC(kernel="linear", C) by l2 = 1/(2·C·n). PyTorch's weight_decay λ of SGD adds the
    gradient of λ/2 times the squares of weight and bias.

    Parameters
    ----------
    l1, l2 : float
        At least 0.

    Raises
    ------
    ValueError, TypeError
        If one is not a finite number of 0 or more.
    """

    l1: float = 0.0
    l2: float = 0.0

    def __post_init__(self) -> None:
        for name in ("l1", "l2"):
            given = getattr(self, name)
            if isinstance(given, (bool, np.bool_)) or not isinstance(given, (int, float, np.integer, np.floating)):
                raise TypeError(f"{name} must be a number of 0 or more, not {given!r}.")
            if not (math.isfinite(given) and given >= 0.0):
                raise ValueError(f"{name} must be a finite number of 0 or more, not {short(float(given), 6)}.")
            object.__setattr__(self, name, float(given))

    def __bool__(self) -> bool:
        return self.l1 > 0.0 or self.l2 > 0.0

    @property
    def terms(self) -> str:
        """The penalty in symbols: ``"0.1·|w| + 0.5·w²"``."""
        parts = ((self.l1, "|w|"), (self.l2, "w²"))
        return " + ".join(f"{short(factor, 6)}·{what}" for factor, what in parts if factor > 0.0)

    def value(self, w: Value) -> Array:
        """Give the penalty."""
        w = np.asarray(w, dtype=np.float64)
        return np.asarray(self.l1 * np.abs(w) + self.l2 * w * w)

    def slope(self, w: Value) -> Array:
        """Give its derivative; at the kink w = 0 the subgradient 0, as PyTorch does."""
        w = np.asarray(w, dtype=np.float64)
        return np.asarray(self.l1 * np.sign(w) + 2.0 * self.l2 * w)

    def stretched(self, by: float) -> "Penalty":
        """Give the same penalty as one of the weight times `by`, which is more than 0."""
        return Penalty(self.l1 / by, self.l2 / by**2)

    def lowest(self, tilted: Callable[[float], Point | None], level: Callable[[], Point | None]) -> Point | None:
        """Give the minimiser of a smooth convex loss with this penalty, whose kink is taken apart.

        Parameters
        ----------
        tilted : callable
            From a slope t to the minimiser of the loss + t·w + l2·w², or None.
        level : callable
            Give the minimiser among those with w = 0, or None.
        """
        if self.l1 == 0.0:
            return tilted(0.0)
        # on either side of the kink the penalty is a slope; a minimum of one side is one of the whole
        for sign in (1.0, -1.0):
            found = tilted(sign * self.l1)
            if found is not None and sign * found[0] > 0.0:
                return found
        return level()


NONE = Penalty()


def checked_penalty(l1: float, l2: float) -> Penalty:
    """Give the penalty that a person asks for.

    Raises
    ------
    ValueError, TypeError
        If l1 or l2 is not a number from 0 to 1e50: what larger ones add to a loss overflows.
    """
    penalty = Penalty(l1, l2)
    for name in ("l1", "l2"):
        if getattr(penalty, name) > LARGEST:
            raise ValueError(f"{name} must be at most {short(LARGEST)}, not {short(getattr(penalty, name), 6)}.")
    return penalty
