"""Frame: what is seen at one moment. Time is an argument, so screen and film can't differ."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lossviz.descent import Trajectories
from lossviz.diagnosis.nature import StationaryPoint
from lossviz.scene.scene import Descent, Scene

Array = NDArray[np.float64]

PHASES = ("slope", "rate", "move", "check")
"""The parts of one step: the slope is taken, times the rate, the ball moves, the loss is checked."""


@dataclass(frozen=True, eq=False)
class Ball:
    """Where a run is at a moment: at a computed point, or hopping from one to the next.

    Parameters
    ----------
    descent : Descent
    row : int
        The last computed row that is reached.
    part : float
        How much of the hop to the next row is done, 0 ≤ part < 1; 0: at rest on a computed point.
    w, b, loss : float
        On the straight way between the two rows. NaN or inf where the run is.
    lift : float
        How high the arc of the hop is here, 0..1; a ball in the air is drawn hollow, as nothing is computed there.
    """

    descent: Descent
    row: int
    part: float
    w: float
    b: float
    loss: float
    lift: float

    @property
    def resting(self) -> bool:
        """Whether it lies on a computed point."""
        return self.part == 0.0

    @property
    def gone(self) -> bool:
        """Whether it has left every picture: a value is not finite."""
        return self.row >= self.descent.finite


@dataclass(frozen=True, eq=False)
class Frame:
    """What is seen at one moment.

    Parameters
    ----------
    scene : Scene
    step : float
        0 to ``scene.steps``; between two computed steps the balls hop.
    balls : tuple of Ball
        One for each run that is shown.
    phase : str
        Which part of a step is looked at, one of PHASES; "" outside of that. At "slope" and "rate" the step that
        begins at `row` is meant, at "move" and "check" the one that ended there.
    """

    scene: Scene
    step: float
    balls: tuple[Ball, ...]
    phase: str = ""

    @property
    def row(self) -> int:
        """The last step that every run, if long enough, has completed."""
        return int(self.step)

    @property
    def minimum(self) -> tuple[float, float, float] | None:
        """w, b and loss at the minimum, where it is known and not kept back."""
        return None if self.scene.experiment.view.hide_future else self.scene.minimum

    @property
    def best(self) -> tuple[float, float, float] | None:
        """w, b and loss at the surface's own minimum, where it is known and not kept back."""
        return None if self.scene.experiment.view.hide_future else self.scene.best

    @property
    def stationary(self) -> tuple[StationaryPoint, ...]:
        """The minima, saddles and maxima that are found, where they are not kept back."""
        return () if self.scene.experiment.view.hide_future else self.scene.stationary or ()

    @property
    def selected(self) -> Ball | None:
        """The ball of the run that is explained, if it is shown."""
        chosen = self.scene.selected
        return next((ball for ball in self.balls if ball.descent is chosen), None)


def eased(part: float) -> float:
    """Give the part of the way for a part of the time: slow at both ends."""
    return part * part * (3.0 - 2.0 * part)


def places(crowd: Trajectories, step: float) -> Array:
    """Give w, b and loss of the runs of a crowd at a step, (3, K): between two rows straight, as the balls are."""
    row = min(int(step), len(crowd.path) - 1)
    here, there = (
        np.concatenate([crowd.path[k], crowd.losses[k][None]]) for k in (row, min(row + 1, len(crowd.path) - 1))
    )
    with np.errstate(all="ignore"):
        return np.asarray(here + eased(step - row) * (there - here) if step > row else here)


def frame_at(scene: Scene, seconds: float) -> Frame:
    """Give what is seen at a time; pure."""
    return frame_of_step(scene, scene.timeline.step_at(seconds))


def frame_of_step(scene: Scene, step: float, phase: str = "") -> Frame:
    """Give what is seen at a step, whole or between two; clamped to the scene's steps."""
    step = min(max(step, 0.0), float(scene.steps))
    return Frame(scene, step, tuple(_ball(descent, step) for descent in scene.shown), phase)


def _ball(descent: Descent, step: float) -> Ball:
    t = descent.trajectory
    row = min(int(step), t.steps)
    part = eased(step - row) if row < t.steps else 0.0
    w, b = (float(value) for value in t.path[row])
    loss = float(t.losses[row])
    if part > 0.0:
        w2, b2 = (float(value) for value in t.path[row + 1])
        loss2 = float(t.losses[row + 1])
        if all(math.isfinite(value) for value in (w, b, loss, w2, b2, loss2)):
            w, b, loss = w + part * (w2 - w), b + part * (b2 - b), loss + part * (loss2 - loss)
    return Ball(descent, row, part, w, b, loss, 4.0 * part * (1.0 - part))
