"""Memory: what a run's optimizer remembers of the slopes at a step, as it can be drawn on the map."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lossviz.descent import Trajectory

Array = NDArray[np.float64]

CARRIED = (("velocity", "velocity"), ("corrected_moment", "mean slope"), ("moment", "mean slope"))
"""What carries a rule, as its info and as people call it; the first that a rule has."""
SQUARES = ("corrected_second_moment", "second_moment")


@dataclass(frozen=True, eq=False)
class Remembered:
    """What the step from a row is made of; vectors of both parameters, 0 for a held one.

    Parameters
    ----------
    slope : array (2,)
        What the rule was given: of this step's batch, clipped.
    carried : array (2,), optional
        The velocity or mean slope after it; None where the rule has none.
    name : str
        What that is called.
    size : array (2,), optional
        The root of the mean or sum of squared slopes of each parameter, by which its slope is divided.
    step : array (2,)
    """

    slope: Array
    carried: Array | None
    name: str
    size: Array | None
    step: Array

    @property
    def finite(self) -> bool:
        """Whether all can be drawn."""
        parts = (self.slope, self.carried, self.size, self.step)
        return all(bool(np.all(np.isfinite(part))) for part in parts if part is not None)


def remembered(trajectory: Trajectory, row: int) -> Remembered | None:
    """Give what the step from a row is made of; at the last row that of the step that led there.

    None where the run has made no step.
    """
    t = trajectory
    if not t.steps:
        return None
    k = min(row, t.steps - 1)
    info = t.replay(k).step.info
    carried = next(((info[key], name) for key, name in CARRIED if key in info), None)
    squares = next((info[key] for key in SQUARES if key in info), None)
    slope = np.zeros(2)
    slope[list(t.free)] = t.slopes[k, list(t.free)]
    with np.errstate(invalid="ignore"):
        size = None if squares is None else _whole(t, np.sqrt(np.asarray(squares, dtype=np.float64)))
    return Remembered(
        slope,
        None if carried is None else _whole(t, np.asarray(carried[0], dtype=np.float64)),
        "" if carried is None else carried[1],
        size,
        t.path[k + 1] - t.path[k],
    )


def _whole(trajectory: Trajectory, part: Array) -> Array:
    whole = np.zeros(2)
    whole[list(trajectory.free)] = part
    return whole
