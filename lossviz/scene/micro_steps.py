"""Micro-steps: slope, × rate, move, check; which comes next, and which of a run's steps each is about."""

import math

from lossviz.scene.frame import PHASES, Frame


def next_phase(phase: str) -> str:
    """Give the micro-step after this one; "" begins with the slope."""
    return PHASES[(PHASES.index(phase) + 1) % len(PHASES)] if phase in PHASES else PHASES[0]


def step_meant(frame: Frame) -> int:
    """Give the step k, from row k to the next, that a frame is about; −1 where none has been made yet.

    At "move" and "check" that is the one that ended where the balls are, or on which they are under way.
    """
    return math.ceil(frame.step) - 1 if frame.phase in ("move", "check") else frame.row
