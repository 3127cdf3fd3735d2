"""What a loop hands over: the rows of all runs, where each ended, and what its rule remembered."""

from dataclasses import dataclass

from numpy import intp
from numpy.typing import NDArray

from lossviz.landscape.objective import Array
from lossviz.rules.replay import States

BREATH = 0.01
"""Seconds between two yields of a loop."""


@dataclass(frozen=True, eq=False)
class Recorded:
    """The rows of K runs.

    Parameters
    ----------
    path, gradients : array (rows, 2, K)
        Of all parameters, held ones included.
    losses : array (rows, K)
    stopped : array (K,)
        The last row that each run made.
    states : tuple of States
        One for all runs, or one a run.
    """

    path: Array
    losses: Array
    gradients: Array
    stopped: NDArray[intp]
    states: tuple[States, ...]
