"""Cost: what the loss curve is drawn against: steps, samples, seconds or epochs; a run's rows on that axis."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.numerals import counted, short
from lossviz.scene.frame import Ball, Frame
from lossviz.scene.scales import LINEAR, Scale, stride_down
from lossviz.scene.scene import Descent, Scene

Array = NDArray[np.float64]

WINDOW = 25
"""The axis of steps grows from so many to twice as many and on, so that it neither tells the future nor moves at each
step."""


class Cost(NamedTuple):
    """An axis of cost: the title of a curve by it, and its name."""

    title: str
    text: str


COSTS = {
    "steps": Cost("Loss by step", "step"),
    "samples": Cost("Loss by samples", "samples seen"),
    "seconds": Cost("Loss by time", "modelled time (s)"),
    "epochs": Cost("Loss by epoch", "epochs"),
}


def kind_of(scene: Scene) -> str:
    """Give what the loss is drawn against, one of COSTS."""
    return scene.experiment.view.cost_axis


def cost_text(scene: Scene) -> str:
    """Name the axis; without data, samples are slopes of the loss itself."""
    kind = kind_of(scene)
    return "slopes computed" if kind == "samples" and scene.surface.samples is None else COSTS[kind].text


def costs(descent: Descent, kind: str) -> Array:
    """Give what a run has taken up to each row, shape (steps + 1,), not decreasing."""
    t = descent.trajectory
    if kind == "steps":
        return np.arange(t.steps + 1, dtype=np.float64)
    found = {"samples": t.samples_seen, "seconds": t.seconds, "epochs": t.epochs}[kind]
    return np.asarray(found, dtype=np.float64)


def cost_of_ball(ball: Ball, kind: str) -> float:
    """Give where on the axis a ball is; on its way to a row, between the costs of two."""
    t = ball.descent.trajectory
    if kind == "steps":
        return ball.row + ball.part
    rows = {"samples": t.samples_seen, "seconds": t.seconds, "epochs": t.epochs}[kind]
    begin = float(rows[ball.row])
    return begin if ball.row >= t.steps else begin + ball.part * (float(rows[ball.row + 1]) - begin)


def window(frame: Frame) -> int:
    """Give the step up to which the axis reaches."""
    doubled = int(np.ceil(np.log2(max(1.0, 1.08 * frame.step / WINDOW))))
    return min(frame.scene.steps, WINDOW << doubled)


def end_of_axis(frame: Frame) -> float:
    """Give the cost up to which the axis reaches: that of the dearest run at the last step of the window.

    Where what comes is kept back, a run that ends early counts as if it went on until it is seen to end.
    """
    scene, last = frame.scene, window(frame)
    kind, hidden = kind_of(scene), scene.experiment.view.hide_future
    if kind == "steps":
        return float(last)
    ends = [0.0]
    for descent in scene.shown:
        made, rows = descent.trajectory.steps, costs(descent, kind)
        asked = min(last, scene.asked[descent.number])
        end = float(rows[min(asked, made)])
        if hidden and frame.row < made < asked:
            end *= asked / made
        ends.append(end)
    return max(ends) or 1.0


def cost_scale(scene: Scene) -> Scale:
    """Give how the axis is divided; on a logarithm the first step of the cheapest run has its room."""
    kind = kind_of(scene)
    if scene.experiment.view.step_axis != "log":
        return LINEAR
    firsts = [float(costs(descent, kind)[1]) for descent in scene.shown if descent.trajectory.steps]
    least = min((first for first in firsts if first > 0.0), default=1.0)
    return Scale("log_step", stride_down(least, (1,)))


def row_at(descent: Descent, kind: str, cost: float) -> int:
    """Give the row of a run that is nearest to a cost; −1 or one too many outside of its rows."""
    rows = costs(descent, kind)
    if kind == "steps":
        return round(cost)
    gap = float(rows[-1]) / max(1, len(rows) - 1)
    if cost < -0.5 * gap:
        return -1
    if cost > rows[-1] + 0.5 * gap:
        return len(rows)
    after = min(int(np.searchsorted(rows, cost)), len(rows) - 1)
    before = max(after - 1, 0)
    return before if cost - rows[before] < rows[after] - cost else after


def cost_told(scene: Scene, cost: float) -> str:
    """Write a place on the axis: ``"step 50"``, ``"12,000 samples"``, ``"0.12 s"``, ``"3.5 epochs"``."""
    kind = kind_of(scene)
    if kind == "steps":
        return f"step {counted(round(cost))}"
    if kind == "samples":
        return f"{counted(round(cost))} {'slopes' if scene.surface.samples is None else 'samples'}"
    return f"{short(cost)} {'s' if kind == 'seconds' else 'epochs'}"
