"""The coefficients of the line that is looked at, beside those of the best line, in the columns' own units."""

from dataclasses import dataclass

from lossviz.landscape.fitted import Fit
from lossviz.landscape.pair import PairFit
from lossviz.landscape.samples import Samples
from lossviz.numerals import counted, signed, written_out
from lossviz.scene.column_line import (
    equation,
    feature_name,
    intercept_unit,
    label_unit,
    slope_and_intercept,
    slope_unit,
)
from lossviz.scene.column_plane import column_tilt, plane_equation
from lossviz.scene.frame import Frame
from lossviz.scene.picked import Point, looked_at, loss_at, measure, measure_name


@dataclass(frozen=True)
class Row:
    """A number of the line that is looked at and the same of the best line; None where it isn't known or kept back."""

    name: str
    unit: str
    here: float | None
    best: float | None

    @property
    def difference(self) -> float | None:
        """How far this line is from the best one; rounding is no difference."""
        if self.here is None or self.best is None:
            return None
        away = self.here - self.best
        return 0.0 if abs(away) <= 1e-9 * max(abs(self.here), abs(self.best)) else away


@dataclass(frozen=True)
class CoefficientTable:
    """What a panel shows of the line that is looked at.

    Parameters
    ----------
    line, best : str
        What the two lines are called: ``"rate 0.71 at step 14"``, ``"least squares"``.
    rows : tuple of Row
        Slope, intercept, and how well the lines fit.
    equation : str
    count : str
        How many samples there are.
    kept_back : bool
        Whether the best line is known and not to be told.
    """

    line: str
    best: str
    rows: tuple[Row, ...]
    equation: str
    count: str
    kept_back: bool

    @property
    def text(self) -> str:
        """The numbers as a table with tabs between its columns, as spreadsheets take it."""
        lines = [["", self.line or "this line", self.best, "difference"]]
        for row in self.rows:
            numbers = ("" if v is None else f"{v:.12g}" for v in (row.here, row.best, row.difference))
            lines.append([f"{row.name} ({row.unit})" if row.unit else row.name, *numbers])
        return "\n".join(["\t".join(line) for line in lines] + [f"equation\t{self.equation}", f"data\t{self.count}"])


def coefficient_table(frame: Frame) -> CoefficientTable | None:
    """Compare the picked line, or else that of the selected run as it is seen, with the best one; None without data."""
    scene, surface = frame.scene, frame.scene.fit
    line, here = _line(frame)
    best = frame.best[:2] if frame.best is not None else None
    kept_back = scene.best is not None and best is None
    if scene.pair is not None:
        return _of_two_features(scene.pair, line, here, best, kept_back)
    if surface is None:
        return None
    both = [None if at is None else slope_and_intercept(surface, *at) for at in (here, best)]
    slopes, intercepts = ([None if pair is None else pair[i] for pair in both] for i in (0, 1))
    fits = [None if at is None else _fit(surface, at) for at in (here, best)]
    rows = (
        Row("slope", slope_unit(surface, surface.data), slopes[0], slopes[1]),
        Row("intercept", intercept_unit(surface), intercepts[0], intercepts[1]),
        Row(measure_name(surface), _fit_unit(surface), fits[0], fits[1]),
    )
    written = equation(surface, *here) if here is not None else ""
    return CoefficientTable(line, surface.measure.method, rows, written, _count(surface.data), kept_back)


def _of_two_features(
    pair: PairFit, line: str, here: Point | None, best: Point | None, kept_back: bool
) -> CoefficientTable:
    """Compare two planes over two features; their intercepts stand in the equation alone."""
    tilts = [None if at is None else column_tilt(pair, *at) for at in (here, best)]
    fits = [None if at is None else _fit(pair, at) for at in (here, best)]
    names = [feature_name(side) for side in (pair.first, pair.second)]
    rows = (
        Row(f"slope along {names[0]}", slope_unit(pair, pair.first), *(tilt and tilt.across for tilt in tilts)),
        Row(f"slope along {names[1]}", slope_unit(pair, pair.second), *(tilt and tilt.up for tilt in tilts)),
        Row(measure_name(pair), _fit_unit(pair), *fits),
    )
    written = plane_equation(pair, *here) if here is not None else ""
    return CoefficientTable(line, pair.measure.method, rows, written, _count(pair.first), kept_back)


def _count(data: Samples) -> str:
    """Say how many samples there are."""
    return f"{counted(len(data.x))} {data.dataset.one if len(data.x) == 1 else data.dataset.many}"


def _line(frame: Frame) -> tuple[str, Point | None]:
    """Give the name of the line that is looked at, and where it lies."""
    found = looked_at(frame)
    if found is not None and found[1] is None:
        return "the picked line", found[0]
    descent = frame.scene.selected
    if descent is None:
        return "", None
    k = min(frame.row, descent.trajectory.steps)
    name = f"{descent.label} at step {k}"
    if k >= descent.finite:
        return f"{name}, {descent.beyond}", None
    ball = frame.selected
    w, b = (ball.w, ball.b) if ball is not None else (float(v) for v in descent.trajectory.path[k])
    return name, (w, b)


def _fit_unit(surface: Fit | PairFit) -> str:
    """Give the unit of what a loss is quoted as, where it is that of the label's column."""
    return label_unit(surface) if surface.measure.name in ("mse", "rmse") else ""


def _fit(surface: Fit | PairFit, at: Point) -> float:
    """Give how well a line fits, in the unit of the label's column where it is a root mean square."""
    value = measure(surface, loss_at(surface, *at))
    line = (surface.data if isinstance(surface, Fit) else surface.first).label_line
    return value / abs(line.scale) if surface.measure.name in ("mse", "rmse") and line else value


def written(value: float | None) -> str:
    """Write a number of the table; a dash where there is none."""
    return "–" if value is None else written_out(value)


def written_difference(value: float | None) -> str:
    """Write a difference with its sign; a dash where there is none."""
    return "–" if value is None else signed(value, written_out)
