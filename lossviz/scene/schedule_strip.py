"""Schedule strip: the learning rates of the steps, under the loss curve, where those of a run change."""

import numpy as np
from numpy.typing import NDArray

from lossviz.descent import Trajectory
from lossviz.numerals import counted, short
from lossviz.scene.cost import cost_told, kind_of
from lossviz.scene.frame import Frame
from lossviz.scene.loss_readout import OTHERS, changes, rows_at
from lossviz.scene.scales import LINEAR, LOG, Scale, stride_down, stride_up
from lossviz.scene.scene import Descent, Scene

Array = NDArray[np.float64]

SMALL = 0.02
"""Of the largest rate: smaller ones can't be told from 0 on a linear axis."""
MANY = 0.25
"""Part of the rates that must be so small for the axis to be a logarithm: a warm-up alone doesn't ask for it."""
BELOW = 0.08
"""Of the axis, below 0."""
DEEP = 1e-8
"""Of the largest rate, the smallest one that a logarithmic axis reaches down to."""


def strip_drawn(scene: Scene) -> bool:
    """Tell whether there is a strip: where the rate of a run that is shown changes.

    Where what comes is kept back it must not tell that one will: then wherever there is a schedule.
    """
    hidden = scene.experiment.view.hide_future
    shown = (descent.trajectory for descent in scene.shown)
    return any((hidden and t.conditions.schedule is not None) or changes(t) for t in shown)


def seen_rates(frame: Frame, trajectory: Trajectory) -> Array:
    """Give the rates of the steps that are made, or under way."""
    return trajectory.learning_rates[: int(np.ceil(frame.step))]


def rate_range(frame: Frame) -> tuple[tuple[float, float], Scale]:
    """Give the smallest and the largest rate of the axis, and how it is divided."""
    hidden = frame.scene.experiment.view.hide_future
    shown = [descent.trajectory for descent in frame.scene.shown]
    # before the first step the axis has the first rate all the same: it is no result
    firsts = [t.learning_rates[:1] for t in shown]
    kept = [seen_rates(frame, t) if hidden else t.learning_rates for t in shown]
    rates = np.concatenate([np.empty(0), *firsts, *kept])
    rates = rates[np.isfinite(rates) & (rates >= 0.0)]
    largest = float(rates.max(initial=0.0))
    if not 0.0 < largest < 1e300:
        return (-BELOW, 1.0), LINEAR
    small = (rates > 0.0) & (rates < SMALL * largest)
    if np.count_nonzero(small) > MANY * len(rates):
        least = max(float(rates[rates > 0.0].min()), DEEP * largest)
        return (stride_down(least, (1,)), stride_up(1.3 * largest, (1, 2, 5, 10))), LOG
    top = stride_up(1.12 * largest)
    # a marker at 0 has its room too
    return (-BELOW * top, top), LINEAR


def rates_text(frame: Frame, cost: float, nearest: Descent | None) -> str:
    """Tell the rates of the runs at a cost, the nearest one first, with its momentum where that moves too."""
    by_step = kind_of(frame.scene) == "steps"
    rows = {d: row for d, row in rows_at(frame, cost).items() if row < len(seen_rates(frame, d.trajectory))}
    parts: list[str] = []
    for d in sorted(rows, key=lambda descent: descent is not nearest)[: OTHERS + 1]:
        t, row = d.trajectory, rows[d]
        told = f"{d.label}: {'' if parts else 'rate '}{short(float(t.learning_rates[row]))}"
        if t.momenta is not None:
            told += f", momentum {short(float(t.momenta[row]))}"
        parts.append(told if by_step else f"{told} at step {counted(row)}")
    return " · ".join([cost_told(frame.scene, max(cost, 0.0)), *parts]) if parts else ""
