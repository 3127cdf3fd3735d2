"""Looks: what a person sees of a run who looks at its loss now and then."""

import numpy as np
from numpy.typing import NDArray

from lossviz.descent import Trajectory
from lossviz.numerals import counted, short


def looks(trajectory: Trajectory) -> NDArray[np.intp]:
    """Give the rows at which somebody looks; none where that is at every row."""
    found = trajectory.checks
    return found[:0] if len(found) == trajectory.steps + 1 else found


def last_look(trajectory: Trajectory, row: int) -> int | None:
    """Give the last row up to this one at which somebody looked; None where that is at every row."""
    found = looks(trajectory)
    return int(found[np.searchsorted(found, row, side="right") - 1]) if len(found) else None


def looks_text(trajectory: Trajectory) -> str:
    """Tell how often somebody looks: ``"looked at every 50 steps"``; "" where at every one."""
    found = looks(trajectory)
    if not len(found):
        return ""
    seconds = trajectory.conditions.check_seconds
    if seconds is not None:
        return f"looked at every {short(seconds)} s"
    return f"looked at every {counted(int(found[1] - found[0]))} steps" if len(found) > 1 else "looked at once"
