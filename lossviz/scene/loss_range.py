"""Which losses the loss curve's axis spans at a frame."""

import numpy as np
from numpy.typing import NDArray

from lossviz.scene.frame import Frame
from lossviz.scene.scales import stride_down, stride_up

Array = NDArray[np.float64]

HIGHEST = 3.0
"""Times its loss at the start, a run may pull the axis up; beyond, it leaves through the top."""
SMALLEST, LARGEST = 1e-300, 1e300
"""Losses nearer to 0 count as 0, and for those farther away there is no room over them: either would overflow."""


def loss_range(frame: Frame, logarithmic: bool) -> tuple[float, float]:
    """Give the lowest and the highest loss of the axis; positive ones on a logarithm.

    As a rule it holds the start and every run that doesn't diverge, and doesn't depend on the step. Where what comes is
    kept back it holds what has been seen, and grows in strides: it neither tells more nor moves at each step.
    """
    hidden = frame.scene.experiment.view.hide_future
    losses = np.clip(_seen(frame) if hidden else _all(frame), -LARGEST, LARGEST)
    losses[np.abs(losses) < SMALLEST] = 0.0
    if logarithmic:
        losses = losses[losses > 0.0]
    if losses.size == 0:
        return (0.1, 1.0) if logarithmic else (0.0, 1.42)
    low, high = float(losses.min()), float(losses.max())
    if hidden:
        return _strides_logarithmic(low, high) if logarithmic else _strides(low, high)
    if frame.minimum is not None and (frame.minimum[2] > 0.0 or not logarithmic):
        low = min(low, frame.minimum[2])
    if logarithmic:
        # below the smallest loss there is room for its name
        ratio = max(float(np.log(high) - np.log(low)), float(np.log(1.2)))
        bottom, top = _steady(np.log(low) - 0.2 * ratio, np.log(high) + 0.15 * ratio)
        bottom, top = max(bottom, float(np.log(SMALLEST))), min(top, float(np.log(LARGEST)) + 1.0)
        return float(np.exp(bottom)), float(np.exp(top))
    span = high - low or abs(high) or 1.0
    top = high + 0.42 * span
    # here too; 0 is the floor where it leaves that room
    return _steady(0.0 if 0.13 * top <= low < 0.6 * span else low - 0.15 * (top - low), top)


def _steady(low: float, high: float) -> tuple[float, float]:
    """Widen a range to round numbers, so that the axis stands still while a hand changes the runs a little."""
    step = stride_up((high - low) / 30.0, (1, 2, 5, 10))
    return float(step * np.floor(low / step)), float(step * np.ceil(high / step))


def _all(frame: Frame) -> Array:
    """Give the losses of all rows; of a diverging run its first one."""
    kept = [np.empty(0)]
    for descent in frame.scene.shown:
        values = descent.trajectory.losses[: descent.finite]
        if values.size:
            kept.append(values[:1] if descent.diverges else np.minimum(values, HIGHEST * float(values[0])))
    return np.concatenate(kept)


def _seen(frame: Frame) -> Array:
    """Give the losses up to the frame, hops in the air included."""
    kept = [np.empty(0)]
    for ball in frame.balls:
        values = ball.descent.trajectory.losses[: min(ball.row + 1, ball.descent.finite)]
        if values.size:
            now = [] if ball.gone or not np.isfinite(ball.loss) else [ball.loss]
            kept.append(np.minimum(np.append(values, now), HIGHEST * float(values[0])))
    return np.concatenate(kept)


def _strides(low: float, high: float) -> tuple[float, float]:
    """Give a range that begins at 0 as soon as the losses have fallen or grown by a tenth or so."""
    if high <= 0.0:
        size = stride_up(max(1.2 * abs(low), 1e-300))
        return -size, 0.2 * size
    top = stride_up(1.15 * high)
    if low < 0.0:
        return -stride_up(-1.2 * low), top
    return (stride_down(0.8 * low) if low > 0.85 * high else 0.0), top


def _strides_logarithmic(low: float, high: float) -> tuple[float, float]:
    return stride_down(0.9 * low), stride_up(1.1 * high)
