"""Slice: the loss along one parameter with the other one held, its derivative, and one step seen on it."""

import math
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.base import BaseSurface
from lossviz.landscape.domain import Grid
from lossviz.rules.plain import GradientDescent
from lossviz.scene.frame import Ball, Frame
from lossviz.scene.heights import Heights, heights_for
from lossviz.scene.micro_steps import step_meant
from lossviz.scene.scene import Descent, Scene

Array = NDArray[np.float64]

POINTS = 241
FEWEST = 33
"""Points of a slice that neither can be computed quickly nor lies on the grid."""
COSTS = 150_000
"""Costs that are summed within a frame: about a millisecond and a half."""
KEPT = 256
"""Slices of one grid that are kept."""


@dataclass(frozen=True, eq=False)
class Slice:
    """The loss along one parameter.

    Parameters
    ----------
    parameter : str
        ``"w"`` or ``"b"``: the one that the slice runs along.
    held : float
        The value of the other one.
    values, losses, derivatives : array (n,)
        Of the parameter across the domain, of the loss there, and of its derivative by the parameter.
    surface : BaseSurface
    note : str
        How it was come by where it is approximate, else "".
    """

    parameter: str
    held: float
    values: Array
    losses: Array
    derivatives: Array
    surface: BaseSurface
    note: str = ""

    @property
    def index(self) -> int:
        """The parameter's place in theta."""
        return 0 if self.parameter == "w" else 1

    @cached_property
    def minimum(self) -> tuple[float, float] | None:
        """Value and loss at the lowest point; None where it lies at an end of the domain or outside."""
        if not np.any(np.isfinite(self.losses)):
            return None
        i = int(np.nanargmin(self.losses))
        if not 0 < i < len(self.values) - 1:
            return None
        if self.note:
            # the lowest point of the parabola through three points
            before, here, after = self.losses[i - 1 : i + 2].tolist()
            bend = before - 2.0 * here + after
            part = 0.5 * (before - after) / bend if bend > 0.0 else 0.0
            value = self.values[i] + part * (self.values[i + 1] - self.values[i])
            return float(value), here - 0.25 * (before - after) * part
        low, high = float(self.values[i - 1]), float(self.values[i + 1])
        theta = np.full(2, self.held)
        # halving to rounding: it can't miss, not at a kink either
        for _ in range(60):
            theta[self.index] = middle = 0.5 * (low + high)
            slope = float(self.surface.value_and_gradient(theta)[1][self.index])
            if slope == 0.0 or middle in (low, high):
                break
            low, high = (low, middle) if slope > 0.0 else (middle, high)
        return float(theta[self.index]), float(self.surface.loss(*theta))


@dataclass(frozen=True)
class Move:
    """What one step is made of, along a slice.

    Parameters
    ----------
    row : int
        Where the step begins.
    at, loss, slope : float
        The parameter, the loss and its derivative there.
    rate : float or None
        The learning rate where the step is −rate × slope and nothing else, else None.
    step : float or None
        By how much the parameter changes; None where no step begins, or where it is kept back.
    """

    row: int
    at: float
    loss: float
    slope: float
    rate: float | None
    step: float | None


@dataclass(frozen=True, eq=False)
class Seen:
    """What is drawn of a frame: the slice, the axes, the runs on it, the step that is looked at.

    Parameters
    ----------
    frame : Frame
    line : Slice
    heights : Heights
        The vertical axis of the losses.
    slopes : tuple of two floats
        The range of the derivative, 0 inside it.
    balls : tuple of Ball
        Of the runs that move along the slice.
    move : Move or None
        The step of the selected run.
    star : tuple of two floats or None
        Parameter and loss of the minimum, where it lies on the slice and is not kept back.
    """

    frame: Frame
    line: Slice
    heights: Heights
    slopes: tuple[float, float]
    balls: tuple[Ball, ...]
    move: Move | None
    star: tuple[float, float] | None

    @property
    def selected(self) -> Ball | None:
        """The ball of the run that is explained, if it is shown."""
        return self.frame.selected

    @property
    def held(self) -> bool:
        """Whether the other parameter is held, so that the slice is the same at every step."""
        selected = self.frame.scene.selected
        return selected is not None and locked(selected)


_slices: "WeakKeyDictionary[Grid, dict[tuple[str, float], Slice]]" = WeakKeyDictionary()
_ranges: "WeakKeyDictionary[Grid, dict[tuple[str, float], tuple[float, float]]]" = WeakKeyDictionary()


def seen_of(frame: Frame) -> Seen:
    """Give what is drawn of a frame; pure."""
    scene = frame.scene
    line, selected = slice_of(scene, frame.row), scene.selected
    heights = slice_heights(scene, line)
    return Seen(
        frame,
        line,
        heights,
        slope_range(scene, line, heights),
        tuple(ball for ball in frame.balls if selected and on_slice(ball.descent, line, selected)),
        move_of(frame, line),
        star_of(frame, line),
    )


def locked(descent: Descent) -> bool:
    """Tell whether one parameter of a run is held."""
    return len(descent.trajectory.free) == 1


def slice_of(scene: Scene, row: int) -> Slice:
    """Give the slice that the selected run moves on; where both its parameters move, along w through its point.

    Parameters
    ----------
    scene : Scene
        Without a run, the slice goes through the start.
    row : int
        The step that is seen; where one parameter is held the slice is the same at every step.
    """
    descent = scene.selected
    if descent is None:
        settings = scene.experiment.descent
        along = 1 if settings.free == ("b",) else 0
        return slice_along(scene, "wb"[along], float(settings.start[1 - along]))
    t = descent.trajectory
    along = t.free[0] if locked(descent) else 0
    return slice_along(scene, "wb"[along], float(t.path[max(0, min(row, descent.finite - 1)), 1 - along]))


def on_slice(descent: Descent, line: Slice, selected: Descent) -> bool:
    """Tell whether a run moves along a slice; where both parameters move, the selected run alone is seen on it."""
    if not locked(selected):
        return descent is selected
    t = descent.trajectory
    return t.free == (line.index,) and float(t.path[0, 1 - line.index]) == line.held


def move_of(frame: Frame, line: Slice) -> Move | None:
    """Give the step of the selected run that is seen: the one that ended at the row where a phase says so."""
    ball = frame.selected
    if ball is None:
        return None
    descent = ball.descent
    row = meant_row(frame, descent)
    if row >= descent.finite:
        return None
    t, i = descent.trajectory, line.index
    at, loss, slope = float(t.path[row, i]), float(t.losses[row]), float(t.gradients[row, i])
    rate = step = None
    if row < t.steps:
        if isinstance(t.rule, GradientDescent):
            rate = float(t.learning_rates[row])
            step = -rate * slope
        elif row < frame.row or not frame.scene.experiment.view.hide_future:
            # what other rules remember makes their steps: they are known when they are made
            step = float(t.path[row + 1, i] - at)
        if step is not None and not math.isfinite(step):
            rate = step = None
    return Move(row, at, loss, slope, rate, step)


def meant_row(frame: Frame, descent: Descent) -> int:
    """Give the row where the step begins that the frame's phase is about."""
    steps = descent.trajectory.steps
    return steps if frame.row > steps else max(0, min(step_meant(frame), steps))


def star_of(frame: Frame, line: Slice) -> tuple[float, float] | None:
    """Give parameter and loss of the star: the slice's own minimum, or the surface's where it lies on the slice.

    None where it is kept back.
    """
    selected = frame.scene.selected
    if selected is None or frame.scene.experiment.view.hide_future:
        return None
    if locked(selected):
        return line.minimum
    if frame.minimum is None:
        return None
    i = line.index
    near = 1e-3 * frame.scene.surface.domain.width[1 - i]
    return (frame.minimum[i], frame.minimum[2]) if abs(frame.minimum[1 - i] - line.held) <= near else None


def slice_heights(scene: Scene, line: Slice) -> Heights:
    """Give the vertical axis of the losses, the same at every step."""
    kind = "log" if scene.experiment.view.loss_axis == "log" else "linear"
    selected = scene.selected
    if selected is None or not locked(selected):
        h = scene.heights
        return Heights(kind, h.floor, h.ceiling, h.lowest, h.sorted_losses)
    starts = [float(d.trajectory.losses[0]) for d in scene.shown if on_slice(d, line, selected)]
    finite = line.losses[np.isfinite(line.losses)]
    lowest = float(finite.min()) if finite.size else 0.0
    # twice as high as the start: a hop that lands higher is to be seen
    start = max((lowest + 2.0 * (loss - lowest) for loss in starts if math.isfinite(loss)), default=math.nan)
    return heights_for(Grid(line.values, np.array([line.held]), line.losses[:, None]), start, kind)


def slope_range(scene: Scene, line: Slice, heights: Heights) -> tuple[float, float]:
    """Give the smallest and the largest derivative where the loss is in the picture, 0 among them; for every step."""
    selected = scene.selected
    if selected is not None and locked(selected):
        return _span(line.derivatives, line.losses, heights.ceiling)
    kept = _ranges.setdefault(scene.grid, {})
    key = (line.parameter, heights.ceiling)
    if key not in kept:
        grid = scene.grid
        axis, values = line.index, (grid.w, grid.b)[line.index]
        with np.errstate(all="ignore"):
            kept[key] = _span(np.gradient(grid.loss, values, axis=axis), grid.loss, heights.ceiling)
    return kept[key]


def _span(derivatives: Array, losses: Array, ceiling: float) -> tuple[float, float]:
    seen = derivatives[np.isfinite(derivatives) & (losses <= ceiling)]
    low, high = (min(0.0, float(seen.min())), max(0.0, float(seen.max()))) if seen.size else (0.0, 0.0)
    return (low, high) if high > low else (-1.0, 1.0)


def slice_along(scene: Scene, parameter: str, held: float) -> Slice:
    """Give the slice along a parameter at a held value of the other one; kept for the scene's grid."""
    kept = _slices.setdefault(scene.grid, {})
    found = kept.pop((parameter, held), None)
    if found is None:
        with np.errstate(all="ignore"):
            found = _computed(scene, parameter, held)
        while len(kept) >= KEPT:
            del kept[next(iter(kept))]
    kept[parameter, held] = found
    return found


def _computed(scene: Scene, parameter: str, held: float) -> Slice:
    surface = scene.surface
    along = 0 if parameter == "w" else 1
    count = min(POINTS, COSTS // max(1, surface.cost_per_point))
    across = (surface.domain.w, surface.domain.b)[1 - along]
    note = ""
    if count < POINTS and len(scene.grid.w) >= 9 and across[0] <= held <= across[1]:
        values, losses, derivatives = _off_grid(scene.grid, along, held)
        note = "read off the grid"
    else:
        count = max(FEWEST, count)
        values = surface.domain.axes(count)[along]
        theta = np.empty((2, count))
        theta[along], theta[1 - along] = values, held
        losses, gradient = surface.value_and_gradient(theta)
        derivatives = gradient[along]
        if count < POINTS:
            note = f"drawn through {count} points"
    return Slice(parameter, held, values, losses, derivatives, surface, note)


def _off_grid(grid: Grid, along: int, held: float) -> tuple[Array, Array, Array]:
    """Give the slice by cubic interpolation between four lines of the grid, and its differences of fourth order."""
    values, across = (grid.w, grid.b) if along == 0 else (grid.b, grid.w)
    lines = grid.loss if along == 0 else grid.loss.T
    step = across[1] - across[0]
    first = int(np.clip((held - across[0]) // step - 1, 0, len(across) - 4))
    x = (held - across[first]) / step
    # Lagrange's weights for the places 0, 1, 2, 3
    weights = [
        (x - 1) * (x - 2) * (x - 3) / -6,
        x * (x - 2) * (x - 3) / 2,
        x * (x - 1) * (x - 3) / -2,
        x * (x - 1) * (x - 2) / 6,
    ]
    losses = lines[:, first : first + 4] @ np.array(weights)
    derivatives = np.gradient(losses, values, edge_order=2)
    inner = losses[:-4] - 8.0 * losses[1:-3] + 8.0 * losses[3:-1] - losses[4:]
    derivatives[2:-2] = inner / (12.0 * (values[1] - values[0]))
    return values, losses, derivatives
