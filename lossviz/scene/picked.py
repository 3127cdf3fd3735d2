"""Picked: the one line that is looked at closely, its residuals and how well it fits; from a line to its point."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.base import BaseSurface
from lossviz.landscape.domain import FARTHEST
from lossviz.landscape.fitted import Fit
from lossviz.landscape.pair import PairFit
from lossviz.numerals import fixed
from lossviz.scene.frame import Frame
from lossviz.scene.scene import Descent

Array = NDArray[np.float64]
Point = tuple[float, float]

MOST_DOTS = 5000
"""Samples drawn at most: more can't be told apart. Which ones is the same in every picture."""
MOST_RESIDUALS = 400
"""Residuals drawn at most: more fill the picture."""
SURE = 0.02
"""A curve is drawn by hand through probabilities from SURE to 1 − SURE: at 0 and 1 there is none."""


@dataclass(frozen=True, eq=False)
class Picked:
    """A line that is looked at closely.

    Parameters
    ----------
    w, b, loss : float
        The loss is exact, whatever is drawn.
    descent : Descent or None
        Whose line it is; None where a hand picked it.
    x, y, fitted : array (n,)
        Where the residuals that are drawn stand along the horizontal axis, and from which label to which prediction;
        none of two features, whose plane has no axis for labels.
    measure, fit, best : str
        By what it is judged, ``"RMSE"``, how well it fits, ``"0.740 kg"``, and how well the best line does, "" where
        that isn't known or is kept back.
    binary : bool
        Whether the labels are 0 and 1.
    """

    w: float
    b: float
    loss: float
    descent: Descent | None
    x: Array
    y: Array
    fitted: Array
    measure: str
    fit: str
    best: str
    binary: bool


def picked(frame: Frame) -> Picked | None:
    """Give the line of the picked point; in the layout "line_and_point" without one that of the selected run."""
    found = looked_at(frame)
    if found is None:
        return None
    (w, b), descent = found
    surface, minimum = frame.scene.fit or frame.scene.pair, frame.best
    if surface is None:
        return None
    if isinstance(surface, Fit):
        x, y, fitted = _residuals(surface, w, b)
    else:
        x = y = fitted = np.empty(0)
    loss = loss_at(surface, w, b)
    best = loss_at(surface, *minimum[:2]) if minimum is not None else None
    return Picked(
        w,
        b,
        loss,
        descent,
        x,
        y,
        fitted,
        measure_name(surface),
        quantity(surface, loss),
        quantity(surface, best) if best is not None else "",
        surface.measure.binary,
    )


def looked_at(frame: Frame) -> tuple[Point, Descent | None] | None:
    """Give weight and bias of that line, and the run that it belongs to."""
    view, ball = frame.scene.experiment.view, frame.selected
    if view.point is not None:
        return view.point, None
    if view.layout == "line_and_point" and ball is not None and not ball.gone:
        return (ball.w, ball.b), ball.descent
    return None


@lru_cache(maxsize=16)
def loss_at(surface: BaseSurface, w: float, b: float) -> float:
    """Give the loss of a line; kept, as several views ask for the same."""
    with np.errstate(all="ignore"):
        return float(surface.loss(w, b))


def measure(surface: Fit | PairFit, loss: float) -> float:
    """Give what a loss is quoted as: a mean square as its root, which has the unit of the label."""
    return float(np.sqrt(loss)) if surface.measure.name == "mse" else loss


def measure_name(surface: Fit | PairFit) -> str:
    """Name what a loss is quoted as: ``"RMSE"``."""
    return "RMSE" if surface.measure.name in ("mse", "rmse") else surface.measure.title


def quantity(surface: Fit | PairFit, loss: float) -> str:
    """Write what a loss is quoted as, with its unit: ``"0.740 kg"``."""
    power = 1 if surface.measure.name == "mse" else surface.measure.power
    unit = surface.label_unit if power else ""
    return f"{fixed(measure(surface, loss))} {unit}{'²' if unit and power == 2 else ''}".rstrip()


def dots_every(rows: int) -> int:
    """Give how many rows there are to one that is drawn as a dot."""
    return math.ceil(rows / MOST_DOTS)


def residuals_every(rows: int) -> int:
    """Give how many rows there are to one whose residual is drawn: one of those drawn as dots."""
    every = dots_every(rows)
    return every * math.ceil(rows / every / MOST_RESIDUALS)


def line_through(surface: Fit, first: Point, second: Point) -> Point | None:
    """Give weight and bias of the line through two points of the data picture; None where it is upright.

    Parameters
    ----------
    surface : Fit
    first, second : (horizontal, vertical)
        In the units of the axes; for a logistic model the height is a probability, and the curve goes through both.
    """
    z = np.array([first[1], second[1]])
    if surface.model.name == "logistic":
        p = np.clip(z, SURE, 1.0 - SURE)
        z = np.log(p / (1.0 - p))
    x = surface.data.x_of(np.array([first[0], second[0]]))
    with np.errstate(all="ignore"):
        w = float((z[1] - z[0]) / (x[1] - x[0]))
        # from the nearer end: far from 0 the difference of large numbers is all rounding
        b = float(z[0] - w * x[0] if abs(x[0]) <= abs(x[1]) else z[1] - w * x[1])
    return (w, b) if abs(w) <= FARTHEST and abs(b) <= FARTHEST else None


@lru_cache(maxsize=8)
def _residuals(surface: Fit, w: float, b: float) -> tuple[Array, Array, Array]:
    """Give the residuals that are drawn."""
    data = surface.data
    some = slice(None, None, residuals_every(len(data.x)))
    x = data.horizontal[some]
    with np.errstate(all="ignore"):
        fitted = surface.predict(data.x[some], w, b)
    return x, data.y[some], fitted
