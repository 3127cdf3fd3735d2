"""Class weights: how much a sample counts by its label."""

import math

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.samples import LARGEST
from lossviz.numerals import short

Array = NDArray[np.float64]

ClassWeights = tuple[float, float]
"""The weights of a sample with label 0 and of one with label 1."""


def checked_class_weight(given: object) -> str | ClassWeights | None:
    """Give what was given, if it is None, "balanced" or two positive numbers.

    Raises
    ------
    ValueError, TypeError
        If it is something else.
    """
    expected = "class_weight must be 'balanced' or two positive numbers, the weights of 0 and of 1"
    if given is None or given == "balanced":
        return "balanced" if given else None
    if isinstance(given, str) or not hasattr(given, "__iter__"):
        raise (ValueError if isinstance(given, str) else TypeError)(f"{expected}, not {given!r}.")
    pair = list(given)
    if any(isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)) for value in pair):
        raise TypeError(f"{expected}, not {given!r}.")
    if len(pair) != 2 or not all(math.isfinite(value) and value > 0.0 for value in pair):
        raise ValueError(f"{expected}, not {given!r}.")
    if max(pair) > LARGEST:
        raise ValueError(f"class_weight must be at most {short(LARGEST)}, not {given!r}.")
    return float(pair[0]), float(pair[1])


def class_weights(given: object, y: Array, label: str) -> ClassWeights | None:
    """Give the weights of the labels 0 and 1; None where all samples count the same.

    The loss is then the mean of weight·cost over all samples, as Keras's class_weight makes it: it isn't divided by the
    sum of the weights. "balanced" is scikit-learn's n / (2·n of this label), by which both labels count the same
    together and the weights are 1 on the mean.

    Parameters
    ----------
    given : None, "balanced" or two positive numbers
    y : array (n,)
        Labels 0 and 1.
    label : str
        What errors call them.

    Raises
    ------
    ValueError, TypeError
        If they are none of these, or "balanced" and a label is missing.
    """
    checked = checked_class_weight(given)
    if not isinstance(checked, str):
        return checked
    ones = np.count_nonzero(y)
    if ones in (0, len(y)):
        raise ValueError(f"class_weight 'balanced' needs both labels; '{label}' is {1 if ones else 0} in every row.")
    return len(y) / (2.0 * (len(y) - ones)), len(y) / (2.0 * ones)
