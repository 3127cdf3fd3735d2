"""The loop: a rule descends a surface, and every row is recorded."""

from lossviz.descent.conditions import Conditions
from lossviz.descent.descending import descend, descending, side_by_side
from lossviz.descent.extent import checked_steps, steps_of
from lossviz.descent.stopping import StopRule
from lossviz.descent.trajectory import Trajectories, Trajectory

__all__ = [
    "Conditions",
    "StopRule",
    "Trajectories",
    "Trajectory",
    "checked_steps",
    "descend",
    "descending",
    "side_by_side",
    "steps_of",
]
