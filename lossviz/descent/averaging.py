"""Averaging: a running mean of the parameters beside those that the rule moves."""

from collections.abc import Generator, Sequence

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.objective import Array
from lossviz.rules.base import Rule

AT_ONCE = 4096
"""Rows between two yields."""


def averaging(
    path: Array, decay: float, rules: Sequence[Rule], stopped: NDArray[np.intp], single: bool
) -> Generator[float, None, Array]:
    """Give the running means a ← a + (1 − decay)·(θ − a) of paths (rows, 2, K); yield the progress.

    PyTorch's AveragedModel and Keras's use_ema take over θ as it is after the first step; Optax's incremental_update
    begins with the start. After the last row of a run its mean stays.

    Parameters
    ----------
    decay : float
        The part of itself that it keeps at each step.
    rules : sequence of Rule
        One for all runs, or one a run: their conventions decide how the mean begins.
    single : bool
        Whether each mean is rounded to float32.
    """
    mean = np.empty_like(path)
    mean[0] = path[0]
    taken_over = np.array([rule.convention != "optax" for rule in rules])
    at = path[0].astype(np.float32) if single else path[0]
    for k in range(1, len(path)):
        with np.errstate(all="ignore"):
            now = path[k].astype(at.dtype)
            moved = at + (1.0 - decay) * (now - at)
        at = np.where(taken_over, now, moved) if k == 1 else moved
        mean[k] = at
        if k % AT_ONCE == 0:
            yield k / len(path)
    for run in np.flatnonzero(stopped < len(path) - 1):
        mean[stopped[run] + 1 :, :, run] = mean[stopped[run], :, run]
    return mean
