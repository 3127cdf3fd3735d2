"""The loop: a rule descends a surface, and every row is recorded."""

from lossviz.descent.descending import checked_steps, descend, descending, side_by_side
from lossviz.descent.stopping import StopRule
from lossviz.descent.trajectory import Trajectories, Trajectory

__all__ = [
    "StopRule",
    "Trajectories",
    "Trajectory",
    "checked_steps",
    "descend",
    "descending",
    "side_by_side",
]
