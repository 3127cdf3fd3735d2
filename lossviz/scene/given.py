"""Given: what a run's optimizer was given as the slope of a step: of which batch, and clipped from what."""

import numpy as np
from numpy.typing import NDArray

from lossviz.descent import Trajectory
from lossviz.numerals import counted, short
from lossviz.scene.frame import Frame
from lossviz.scene.micro_steps import step_meant

Array = NDArray[np.float64]


def slope_name(trajectory: Trajectory, k: int) -> str:
    """Name the slope of step k: ``"slope"``, ``"slope of this batch of 32"``."""
    seen = trajectory.batch(k)
    return "slope" if seen is None else f"slope of this batch of {counted(len(seen))}"


def before_clipping(trajectory: Trajectory, k: int) -> Array | None:
    """Give the slope of step k as it was before it was clipped; None where it is a mean of several batches'."""
    t = trajectory
    seen = t.batch(k)
    if seen is None:
        return np.asarray(t.gradients[k])
    if t.conditions.accumulate > 1:
        return None
    with np.errstate(all="ignore"):
        return np.asarray(t.surface.batch(seen).gradient(*t.path[k]))


def clipping_text(trajectory: Trajectory, k: int) -> str:
    """Tell how long the slope of step k was, and is: ``"from 812 to 2"``; "" where it was not clipped."""
    t = trajectory
    if not (0 <= k < t.steps and t.clipped[k]):
        return ""
    whole = before_clipping(t, k)
    end = f"to {short(_length(t, t.slopes[k]))}"
    return end if whole is None else f"from {short(_length(t, whole))} {end}"


def _length(trajectory: Trajectory, slope: Array) -> float:
    """Give the length of the free parameters' slope."""
    with np.errstate(over="ignore"):
        return float(np.hypot.reduce(slope[list(trajectory.free)]))


def batch_meant(frame: Frame) -> NDArray[np.intp] | None:
    """Give the samples of the selected run's step that a frame is about; None where it sees all, or there is none.

    Where what comes is kept back, that is the step that was made last.
    """
    chosen = frame.selected
    if chosen is None:
        return None
    t, k = chosen.descent.trajectory, step_meant(frame)
    if frame.scene.experiment.view.hide_future and not frame.phase and chosen.resting:
        k -= 1
    return t.batch(k) if 0 <= k < t.steps else None
