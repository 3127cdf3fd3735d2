"""Read-out: what lies at a place of a chart, in one line."""

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.pair import PairFit
from lossviz.landscape.penalised import Penalised
from lossviz.landscape.samples import Samples
from lossviz.numerals import listed, short, signed
from lossviz.scene.frame import Frame
from lossviz.scene.given import clipping_text
from lossviz.scene.loss_readout import OTHERS, losses_text
from lossviz.scene.picked import dots_every
from lossviz.scene.plane import plane_of
from lossviz.scene.scene import Descent, Scene

Array = NDArray[np.float64]

QUICK = 15_000
"""Costs that are summed well within a millisecond; where a loss is a sum of more, the grid tells it about."""


def at(kind: str, frame: Frame, x: float, y: float) -> str:
    """Give the read-out of a kind of chart, ``"map"``, ``"loss"`` or ``"data"``, at values of its axes; else ""."""
    if kind == "map":
        return point_text(frame.scene, x, y)
    if kind == "loss":
        return losses_text(frame, x, None)
    return data_text(frame, x, y) if kind == "data" else ""


def point_text(scene: Scene, w: float, b: float) -> str:
    """Tell the loss and the slope at a weight and a bias: ``"w −1.2 · b 3.05 · loss 1.93 kg² · slope (−2.1, 0.4)"``."""
    loss, slope, exact = loss_and_slope(scene, w, b)
    place = _place(scene, w, b)
    if not np.isfinite(loss):
        return place
    about = "" if exact else "≈ "
    return f"{place} · {about}{_told(scene, w, b, loss, slope)}"


def row_text(scene: Scene, descent: Descent, row: int, told: bool = True) -> str:
    """Tell a computed point of a run; with `told` also the step that it makes from there."""
    t = descent.trajectory
    w, b = float(t.path[row, 0]), float(t.path[row, 1])
    text = f"{descent.label}, step {row} · {_place(scene, w, b)}"
    text += f" · {_told(scene, w, b, float(t.losses[row]), t.gradients[row])}"
    if told and (clipped := clipping_text(t, row)):
        text += f" · clipped {clipped}"
    if told and row + 1 < descent.finite:
        move = t.path[row + 1] - t.path[row]
        text += f" · next step ({listed(map(signed, move.tolist()))})"
    return text


def parts_text(frame: Frame) -> str:
    """Tell what the loss of the selected run is made of at the step that is seen; "" where there is no penalty."""
    scene = frame.scene
    descent = scene.selected
    if descent is None or descent.finite == 0:
        return ""
    t, row = descent.trajectory, min(frame.row, descent.finite - 1)
    return _parts(scene, float(t.path[row, 0]), float(t.path[row, 1]), float(t.losses[row]))


def _parts(scene: Scene, w: float, b: float, loss: float) -> str:
    """Tell what a loss is made of, ``"loss 0.412 = data 0.388 + penalty 0.024"``; "" where there is no penalty."""
    if not isinstance(scene.fit, Penalised):
        return ""
    penalty = float(scene.fit.penalty(w, b))
    return f"loss {short(loss)} = data {short(loss - penalty)} + penalty {short(penalty)}"


def data_text(frame: Frame, x: float, y: float) -> str:
    """Tell a place among the samples: its values, the sample nearest to it, and what each run's model says there."""
    if frame.scene.pair is not None:
        return _plane_text(frame, frame.scene.pair, x, y)
    fit = frame.scene.fit
    if fit is None:
        return ""
    data, binary = fit.data, fit.measure.binary
    name, unit = _split(data.feature_text)
    label, label_unit = _split(data.label_text)
    parts = [f"{name} {short(x)} {unit}".rstrip()]
    if binary:
        parts.append(f"probability {short(y)}" if 0.0 <= y <= 1.0 else "")
    else:
        parts.append(f"{label} {short(y, 4)} {label_unit}".rstrip())
        parts.append(f"nearest sample ({listed(short(value, 4) for value in _nearest(data, x, y))})")
    for ball in frame.balls[: OTHERS + 1]:
        if not ball.gone:
            with np.errstate(all="ignore"):
                value = float(fit.predict(data.x_of(np.array(x)), ball.w, ball.b))
            parts.append(f"{ball.descent.label}: {short(value)}")
    return " · ".join(part for part in parts if part)


def _plane_text(frame: Frame, pair: PairFit, x: float, y: float) -> str:
    """Tell a place in the plane of two features: its values, and what each run predicts there."""
    plane = plane_of(pair)
    parts = []
    for side, value in zip(plane.sides, (x, y), strict=True):
        name, unit = _split(side.feature_text)
        parts.append(f"{name} {short(value, 4)} {unit}".rstrip())
    label, unit = ("probability", "") if plane.binary else _split(pair.first.label_text)
    told = [ball for ball in frame.balls[: OTHERS + 1] if not ball.gone]
    for number, ball in enumerate(told):
        z = plane.tilt(ball.w, ball.b).value(np.array(x), np.array(y))
        what = f"{label} " if number == 0 else ""
        parts.append(f"{ball.descent.label}: {what}{short(float(pair.model.link(z)))} {unit}".rstrip())
    return " · ".join(parts)


def _place(scene: Scene, w: float, b: float) -> str:
    """Write where a point of the map lies."""
    first, second = scene.symbols
    return f"{first} {short(w)} · {second} {short(b)}"


def loss_and_slope(scene: Scene, w: float, b: float) -> tuple[float, Array, bool]:
    """Give loss, slope (2,) and whether they are exact; else they lie between those of the grid's points."""
    if scene.surface.cost_per_point <= QUICK:
        with np.errstate(all="ignore"):
            loss, slope = scene.surface.value_and_gradient(np.array([w, b]))
        return float(loss), slope, True
    grid = scene.grid
    i, j = (int(np.clip(np.searchsorted(axis, v) - 1, 0, len(axis) - 2)) for axis, v in ((grid.w, w), (grid.b, b)))
    width, height = float(grid.w[i + 1] - grid.w[i]), float(grid.b[j + 1] - grid.b[j])
    p, q = (w - float(grid.w[i])) / width, (b - float(grid.b[j])) / height
    if not (-1e-9 <= p <= 1.0 + 1e-9 and -1e-9 <= q <= 1.0 + 1e-9):
        return np.nan, np.full(2, np.nan), False
    corners = grid.loss[i : i + 2, j : j + 2]
    across, up = np.array([1.0 - p, p]), np.array([1.0 - q, q])
    difference = np.array([-1.0, 1.0])
    slope = np.array([difference @ corners @ up / width, across @ corners @ difference / height])
    return float(across @ corners @ up), slope, False


def _told(scene: Scene, w: float, b: float, loss: float, slope: Array) -> str:
    """Write the loss at a place, and the slope."""
    told = _parts(scene, w, b, loss) or f"loss {short(loss)} {scene.loss_unit}".rstrip()
    return f"{told} · slope ({listed(map(short, slope.tolist()))})"


def _nearest(data: Samples, x: float, y: float) -> tuple[float, float]:
    """Give the sample, of those that are drawn, nearest to a place, both axes counting alike."""
    every = dots_every(len(data.x))
    across, up = data.horizontal[::every], data.y[::every]
    far = ((across - x) / (np.ptp(across) or 1.0)) ** 2 + ((up - y) / (np.ptp(up) or 1.0)) ** 2
    found = int(np.argmin(far))
    return float(across[found]), float(up[found])


def _split(text: str) -> tuple[str, str]:
    """Part ``"birth weight (kg)"`` into name and unit."""
    name, bracket, unit = text.rpartition(" (")
    return (name, unit.removesuffix(")")) if bracket and text.endswith(")") else (text, "")
