"""The coefficients of the line that is looked at, beside those of the best line, in the columns' own units."""

from dataclasses import dataclass

import numpy as np

from lossviz.diagnosis.wording import short
from lossviz.landscape.fitted import Fit
from lossviz.scene.column_line import equation, intercept_unit, label_unit, slope_and_intercept, slope_unit
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
        What the two lines are called: ``"rate .71 at step 14"``, ``"least squares"``.
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
    if surface is None:
        return None
    data = surface.data
    line, here = _line(frame)
    best = frame.best[:2] if frame.best is not None else None
    both = [None if at is None else slope_and_intercept(surface, *at) for at in (here, best)]
    slopes, intercepts = ([None if pair is None else pair[i] for pair in both] for i in (0, 1))
    fits = [None if at is None else _fit(surface, at) for at in (here, best)]
    root = surface.measure.name in ("mse", "rmse")
    rows = (
        Row("slope", slope_unit(surface), slopes[0], slopes[1]),
        Row("intercept", intercept_unit(surface), intercepts[0], intercepts[1]),
        Row(measure_name(surface), label_unit(surface) if root else "", fits[0], fits[1]),
    )
    return CoefficientTable(
        line,
        "maximum likelihood" if surface.measure.name == "cross_entropy" else "least squares",
        rows,
        equation(surface, *here) if here is not None else "",
        f"{len(data.x):,} {data.dataset.one if len(data.x) == 1 else data.dataset.many}",
        scene.best is not None and best is None,
    )


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
        return f"{name}, beyond all numbers", None
    ball = frame.selected
    w, b = (ball.w, ball.b) if ball is not None else (float(v) for v in descent.trajectory.path[k])
    return name, (w, b)


def _fit(surface: Fit, at: Point) -> float:
    """Give how well a line fits, in the unit of the label's column where it is a root mean square."""
    value = measure(surface, loss_at(surface, *at))
    line = surface.data.label_line
    return value / abs(line.scale) if surface.measure.name in ("mse", "rmse") and line else value


def written(value: float | None) -> str:
    """Write a number of the table in four significant digits, in three with an exponent; a dash where there is none."""
    if value is None:
        return "–"
    if 1.0 <= abs(value) < 1e6:
        # from what it is rounded to: 9.9999 is 10.00
        decimals = 3 - int(np.floor(np.log10(abs(float(f"{value:.4g}")))))
        return f"{value:,.{max(0, decimals)}f}".replace("-", "−")
    if 1e-4 <= abs(value) < 1.0 or value == 0.0 or not np.isfinite(value):
        return short(value, 4)
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    return f"{mantissa}e{int(exponent)}".replace("-", "−")


def written_difference(value: float | None) -> str:
    """Write a difference with its sign."""
    return f"+{written(value)}" if value is not None and 0.0 < value < np.inf else written(value)
