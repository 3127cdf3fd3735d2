"""Loss read-out: the losses of the runs at a place on the axis of cost, and more of the nearest one, in one line."""

from lossviz.descent import Trajectory
from lossviz.numerals import counted, short
from lossviz.scene.cost import cost_told, kind_of, row_at
from lossviz.scene.frame import Frame
from lossviz.scene.given import clipping_text
from lossviz.scene.looks import last_look
from lossviz.scene.scene import Descent

OTHERS = 4
"""Runs beside the nearest one of which the loss is told."""


def changes(trajectory: Trajectory) -> bool:
    """Tell whether a run's rate changes over its steps."""
    rates = trajectory.learning_rates
    return bool(len(rates)) and bool((rates != rates[0]).any())


def rows_at(frame: Frame, cost: float) -> dict[Descent, int]:
    """Give the row of each run at a cost, of those that are seen and have a loss there."""
    kind = kind_of(frame.scene)
    found = {descent: row_at(descent, kind, cost) for descent in frame.scene.shown}
    return {d: row for d, row in found.items() if 0 <= row < d.finite and row <= min(frame.row, d.trajectory.steps)}


def losses_text(frame: Frame, cost: float, nearest: Descent | None) -> str:
    """Tell the losses of the runs at a cost, the nearest one first; those of steps not seen yet are not told."""
    scene, by_step = frame.scene, kind_of(frame.scene) == "steps"
    if by_step and not 0 <= round(cost) <= scene.steps:
        return ""
    rows = rows_at(frame, cost)
    told = sorted(rows, key=lambda descent: descent is not nearest)
    parts = [_loss(scene.loss_unit, d, rows[d], d is told[0], "" if by_step else f" at step {rows[d]}") for d in told]
    more = [f"{len(parts) - 1 - OTHERS} more"] if len(parts) > OTHERS + 1 else []
    first = [*parts[:1], *(_step_told(frame, told[0], rows[told[0]]) if told and told[0] is nearest else ())]
    return " · ".join([cost_told(scene, max(cost, 0.0)), *first, *parts[1 : OTHERS + 1], *more])


def _loss(unit: str, descent: Descent, row: int, whole: bool, place: str) -> str:
    """Tell the loss of a run at a row: as it is, and as it was when somebody looked last."""
    losses = descent.trajectory.losses
    told = short(float(losses[row]))
    if not whole:
        return f"{descent.label}: {told}{place}"
    told = f"{told} {unit}".rstrip()
    look = last_look(descent.trajectory, row)
    if look is None:
        return f"{descent.label}: loss {told}{place}"
    return f"{descent.label}: seen {short(float(losses[look]))} at step {counted(look)}, true {told}{place}"


def _step_told(frame: Frame, descent: Descent, row: int) -> list[str]:
    """Tell what is special about the step from a row: its rate, its momentum, its clipping; and the average there."""
    t, told = descent.trajectory, list[str]()
    # of a step that is kept back nothing is told
    seen = row < (min(frame.row, t.steps) if frame.scene.experiment.view.hide_future else t.steps)
    if t.average_losses is not None:
        told.append(f"average: {short(float(t.average_losses[row]))}")
    if seen:
        if changes(t):
            told.append(f"rate {short(float(t.learning_rates[row]))}")
        if t.momenta is not None:
            told.append(f"momentum {short(float(t.momenta[row]))}")
        if clipped := clipping_text(t, row):
            told.append(f"slope clipped {clipped}")
    return told
