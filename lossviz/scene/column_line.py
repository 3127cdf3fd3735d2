"""Column line: the line of a weight and bias between the columns themselves, in their own units."""

import numpy as np

from lossviz.diagnosis.wording import short
from lossviz.landscape.datasets import Column
from lossviz.landscape.fitted import Fit
from lossviz.landscape.samples import Samples


def slope_and_intercept(surface: Fit, w: float, b: float) -> tuple[float, float]:
    """Give slope and intercept of a line in the columns' own units; of a binary label's log-odds, which have none.

    A formula that is not affine in one column stands for its column.
    """
    if not surface.measure.binary:
        return surface.data.in_columns(w, b)
    line = surface.data.feature_line
    return (w * line.scale, w * line.shift + b) if line else (w, b)


def equation(surface: Fit, w: float, b: float) -> str:
    """Write a line: ``"bwt = 2,656 + 12.43·age"``; for binary labels that of the log-odds."""
    slope, intercept = slope_and_intercept(surface, w, b)
    sign = "−" if slope < 0 else "+"
    return f"{label_name(surface)} = {coefficient(intercept)} {sign} {coefficient(abs(slope))}·{feature_name(surface)}"


def coefficient(value: float) -> str:
    """Write a coefficient in four significant digits, without an exponent where it can be read without."""
    if not 1e-4 < abs(value) < 1e6:
        return short(value, 4)
    decimals = max(0, 3 - int(np.floor(np.log10(abs(value)))))
    return f"{value:,.{min(decimals, 2)}f}".replace("-", "−") if abs(value) >= 1 else short(value, 3)


def label_name(surface: Fit) -> str:
    """Name what is predicted: a column, or its formula; ``"log-odds"`` where the label is binary."""
    if surface.measure.binary:
        return "log-odds"
    line = surface.data.label_line
    return line.column if line else f"({surface.data.label})"


def feature_name(surface: Fit) -> str:
    """Name what it is predicted from: a column, or its formula."""
    data = surface.data
    if data.feature_line:
        return data.feature_line.column
    return f"(standardised {data.feature})" if data.standardized else f"({data.feature})"


def label_unit(surface: Fit) -> str:
    """Give the unit of the label's column: ``"g"``; "" where it has none."""
    data = surface.data
    return _column(data, data.label_line.column).unit if data.label_line and not surface.measure.binary else ""


def slope_unit(surface: Fit) -> str:
    """Give the slope's unit in words: ``"g per year"``; by the columns' names where they have no units."""
    line = surface.data.feature_line
    column = _column(surface.data, line.column) if line else Column("")
    return f"{label_unit(surface) or label_name(surface)} per {column.one or column.unit or feature_name(surface)}"


def intercept_unit(surface: Fit) -> str:
    """Give the intercept's unit in words, and where it is taken: ``"g at age 0"``."""
    return f"{label_unit(surface) or label_name(surface)} at {feature_name(surface)} 0"


def _column(data: Samples, name: str) -> Column:
    return data.dataset.meaning.get(name, Column(name))
