"""What a loop hands over: the rows of all runs, where each ended, and what its rule remembered."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy import intp
from numpy.typing import NDArray

from lossviz.landscape.base import points_at_once
from lossviz.landscape.objective import Array, Surface
from lossviz.rules.replay import States

BREATH = 0.01
"""Seconds between two yields of a loop."""
STEPPING = 0.6
"""The part of the progress that is the steps', where the losses of their rows are computed after them."""


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
    slopes : array (steps, 2, K) or None
        What the rules were given; None: the gradients.
    clipped : array of bool (steps, K) or None
    rates : array (steps, K) or None
        None: the rules' own.
    momenta : array (steps,) or None
    asked : array of int (steps,) or None
        How often the rule asked in each step; None: once.
    recorded : mapping of str to array (steps, 2, K)
    """

    path: Array
    losses: Array
    gradients: Array
    stopped: NDArray[intp]
    states: tuple[States, ...]
    slopes: Array | None = None
    clipped: NDArray[np.bool_] | None = None
    rates: Array | None = None
    momenta: Array | None = None
    asked: NDArray[np.int64] | None = None
    recorded: Mapping[str, Array] = field(default_factory=dict)


def measuring(surface: Surface, path: Array) -> Generator[float, None, tuple[Array, Array]]:
    """Give losses (rows, K) and gradients (rows, 2, K) along paths (rows, 2, K), many rows at a time."""
    rows, _, runs = path.shape
    losses, gradients = np.empty((rows, runs)), np.empty(path.shape)
    at_once = points_at_once(surface, runs)
    for low in range(0, rows, at_once):
        part = slice(low, low + at_once)
        with np.errstate(all="ignore"):
            value, gradient = surface.value_and_gradient(np.ascontiguousarray(np.moveaxis(path[part], 1, 0)))
        losses[part], gradients[part] = value, np.moveaxis(gradient, 0, 1)
        yield min(1.0, (low + at_once) / rows)
    return losses, gradients
