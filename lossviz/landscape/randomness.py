"""Randomness that is the same everywhere and for ever: numbers from the raw words of PCG64, by arithmetic of our own.

NumPy keeps the words of a bit generator, but not what its distributions make of them.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LARGEST_SEED = 2**63 - 1


def words(seed: int, count: int) -> NDArray[np.uint64]:
    """Give `count` raw 64-bit words of PCG64 with this seed."""
    return np.random.PCG64(seed).random_raw(count)


def order(drawn: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Give the stable argsort of words (..., N) along the last axis."""
    # by their upper bits first: NumPy sorts so few by counting, and what is nearly in order in no time
    first = np.argsort((drawn >> np.uint64(48)).astype(np.uint16), axis=-1, kind="stable")
    nearly = np.take_along_axis(drawn, first, axis=-1)
    return np.take_along_axis(first, np.argsort(nearly, axis=-1, kind="stable"), axis=-1)


def spread_evenly(drawn: NDArray[np.uint64]) -> Array:
    """Turn words into numbers 0 ≤ u < 1: the upper 53 bits of each."""
    return (drawn >> np.uint64(11)).astype(np.float64) * 2.0**-53


def uniform(seed: int, count: int) -> Array:
    """Give `count` numbers evenly spread over 0 ≤ u < 1.

    Parameters
    ----------
    seed : int
        0 or more.
    count : int
    """
    return spread_evenly(words(seed, count))
