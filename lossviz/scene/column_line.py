"""Column line: the line of a weight and bias between the columns themselves, in their own units."""

from lossviz.landscape.datasets import Column
from lossviz.landscape.fitted import Fit
from lossviz.landscape.pair import PairFit
from lossviz.landscape.samples import Samples
from lossviz.numerals import written_out


def slope_and_intercept(surface: Fit, w: float, b: float) -> tuple[float, float]:
    """Give slope and intercept of a line in the columns' own units; of a binary label's log-odds, which have none.

    A formula that is not affine in one column stands for its column.
    """
    if not surface.measure.binary:
        return surface.data.in_columns(w, b)
    line = surface.data.feature_line
    return (w * line.scale, w * line.shift + b) if line else (w, b)


def equation(surface: Fit, w: float, b: float) -> str:
    """Write a line: ``"bwt = 2656 + 12.43·age"``; for binary labels that of the log-odds."""
    slope, intercept = slope_and_intercept(surface, w, b)
    sign = "−" if slope < 0 else "+"
    feature = feature_name(surface.data)
    return f"{label_name(surface)} = {written_out(intercept)} {sign} {written_out(abs(slope))}·{feature}"


def label_name(surface: Fit | PairFit) -> str:
    """Name what is predicted: a column, or its formula; ``"log-odds"`` where the label is binary."""
    if surface.measure.binary:
        return "log-odds"
    data = _labels(surface)
    return data.label_line.column if data.label_line else f"({data.label})"


def feature_name(data: Samples) -> str:
    """Name what it is predicted from: a column, or its formula."""
    if data.feature_line:
        return data.feature_line.column
    return f"(standardised {data.feature})" if data.standardized else f"({data.feature})"


def label_unit(surface: Fit | PairFit) -> str:
    """Give the unit of the label's column: ``"g"``; "" where it has none."""
    data = _labels(surface)
    return _column(data, data.label_line.column).unit if data.label_line and not surface.measure.binary else ""


def slope_unit(surface: Fit | PairFit, side: Samples) -> str:
    """Give the unit of the slope along a feature: ``"g per year"``; by the columns' names where they have no units."""
    line = side.feature_line
    column = _column(side, line.column) if line else Column("")
    return f"{label_unit(surface) or label_name(surface)} per {column.one or column.unit or feature_name(side)}"


def intercept_unit(surface: Fit) -> str:
    """Give the intercept's unit in words, and where it is taken: ``"g at age 0"``."""
    return f"{label_unit(surface) or label_name(surface)} at {feature_name(surface.data)} 0"


def _labels(surface: Fit | PairFit) -> Samples:
    """Give samples with the labels."""
    return surface.data if isinstance(surface, Fit) else surface.first


def _column(data: Samples, name: str) -> Column:
    return data.dataset.meaning.get(name, Column(name))
