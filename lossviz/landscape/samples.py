"""Samples: the feature and label of each row, as a model sees them, and the way back to the columns' own units."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.datasets import Column, Dataset
from lossviz.landscape.formula import Affine, ColumnFormula, FormulaError
from lossviz.landscape.units import unit_in_name
from lossviz.numerals import short

Array = NDArray[np.float64]

LARGEST = 1e50
"""How large a feature or label may be: the squares of larger ones overflow."""

_NAMED_UNITS = {("g", 1000.0): "kg", ("kg", 0.001): "g", ("m", 1000.0): "km", ("lb", 1.0): "lb"}


@dataclass(frozen=True, eq=False)
class Samples:
    """Features x and labels y of n samples.

    Parameters
    ----------
    x, y : array (n,)
        As the model sees them: after the formulas, and after standardising.
    dataset : Dataset
        Where they come from.
    feature, label : str
        The formulas over the dataset's columns.
    feature_line, label_line : Affine or None
        x (y) as scale·column + shift, standardising included; None where the formula is not affine in one column.
    standardized : bool
        Whether x was shifted to mean 0 and scaled to standard deviation 1.
    """

    x: Array
    y: Array
    dataset: Dataset
    feature: str
    label: str
    feature_line: Affine | None
    label_line: Affine | None
    standardized: bool

    def in_columns(self, w: float, b: float) -> tuple[float, float]:
        """Give slope and intercept of the same line between the columns themselves, in their own units.

        From y = w·x + b with x = s·column + t and y = p·column' + q follow the slope w·s/p and the intercept
        (w·t + b − q)/p. A formula that is not affine stands for its column.
        """
        s, t = (self.feature_line.scale, self.feature_line.shift) if self.feature_line else (1.0, 0.0)
        p, q = (self.label_line.scale, self.label_line.shift) if self.label_line else (1.0, 0.0)
        return float(w * s / p), float((w * t + b - q) / p)

    def take(self, indices: Sequence[int] | NDArray[np.intp]) -> "Samples":
        """Give these samples alone, features and labels unchanged."""
        chosen = np.asarray(indices)
        if chosen.size == 0:
            raise ValueError("a batch needs at least one sample.")
        if chosen.ndim != 1 or chosen.dtype.kind not in "iu":
            raise TypeError("a batch is a list of sample numbers, counted from 0.")
        rows = len(self.x)
        if not np.all((chosen >= 0) & (chosen < rows)):
            raise ValueError(f"the samples of a batch are numbered from 0 to {rows - 1}.")
        return replace(self, x=self.x[chosen], y=self.y[chosen])

    @property
    def horizontal(self) -> Array:
        """The values to draw along the horizontal axis: the column itself where x is affine in it, else x."""
        return self.dataset[self.feature_line.column] if self.feature_line else self.x

    def x_of(self, horizontal: Array) -> Array:
        """Give the feature x that belongs to values along the horizontal axis."""
        if self.feature_line is None:
            return horizontal
        return np.asarray(self.feature_line.scale * horizontal + self.feature_line.shift)

    @property
    def feature_text(self) -> str:
        """The horizontal axis in words: ``"mother's age (years)"``."""
        if self.feature_line is None:
            return self.feature
        column = self._column(self.feature_line.column)
        return f"{column.text} ({column.unit})" if column.unit else column.text

    @property
    def label_unit(self) -> str:
        """The unit of y: ``"kg"``; "" where it has none."""
        if self.label_line is None:
            return ""
        return _scaled(self._column(self.label_line.column).unit, 1.0 / self.label_line.scale)

    @property
    def label_text(self) -> str:
        """The label in words: ``"birth weight (kg)"``."""
        if self.label_line is None:
            return self.label
        column, line = self._column(self.label_line.column), self.label_line
        # shifted, or scaled in a unit that isn't known: only the formula says what it is
        if line.shift != 0.0 or (not column.unit and line.scale != 1.0):
            return self.label
        return f"{column.text} ({self.label_unit})" if self.label_unit else column.text

    @property
    def feature_step(self) -> str:
        """One unit of x in words: ``"10 years"``; "" where it can't be told."""
        if self.feature_line is None:
            return ""
        column = self._column(self.feature_line.column)
        size = 1.0 / self.feature_line.scale
        if abs(size - 1.0) < 1e-12:
            return column.one or column.unit
        step = _scaled(column.unit, size) if column.unit else short(size)
        return f"standard deviation, {step}" if self.standardized else step

    @property
    def feature_origin(self) -> str:
        """Where x is 0, in words: ``"age 18"``; "" where it can't be told."""
        if self.feature_line is None:
            return ""
        origin = -self.feature_line.shift / self.feature_line.scale + 0.0
        mean = "the mean " if self.standardized else ""
        # a unit in the column's name would stand before the number
        return f"{mean}{unit_in_name(self.feature_line.column)[0]} {short(origin)}"

    def _column(self, name: str) -> Column:
        return self.dataset.meaning.get(name, Column(name))


def _scaled(unit: str, factor: float) -> str:
    """Name a unit times a factor: 1000 g are kg, 10 years stay "10 years"."""
    if not unit or abs(factor - 1.0) < 1e-12:
        return unit
    named = _NAMED_UNITS.get((unit, round(factor, 9)))
    return named or f"{short(factor)} {unit}"


def prepare(dataset: Dataset, feature: str, label: str, standardize: bool) -> Samples:
    """Compute feature and label of every row.

    Parameters
    ----------
    dataset : Dataset
    feature, label : str
        A column's name or a formula of columns.
    standardize : bool
        Whether to shift and scale x to mean 0 and standard deviation 1 (of the population: divided by n).

    Raises
    ------
    ValueError
        If a formula is wrong, a value is not finite, or a constant feature is to be standardised.
    """
    x, feature_line = _values(dataset, "feature", feature)
    y, label_line = _values(dataset, "label", label)
    if standardize:
        mean = float(np.mean(x))
        deviation = float(np.sqrt(np.mean((x - mean) ** 2)))
        # a column of one value has a rounding error for a deviation, not a deviation
        if deviation <= 1e-14 * max(1.0, abs(mean)):
            raise ValueError(f"feature '{feature}' is the same in every row, so it can't be standardised.")
        x = (x - mean) / deviation
        if feature_line:
            scale, shift = feature_line.scale / deviation, (feature_line.shift - mean) / deviation
            feature_line = Affine(feature_line.column, scale, shift)
    return Samples(x, y, dataset, feature, label, feature_line, label_line, standardize)


def _values(dataset: Dataset, role: str, text: str) -> tuple[Array, Affine | None]:
    if not isinstance(text, str):
        raise TypeError(f"{role} must be a column's name or a formula, not {text!r}.")
    try:
        formula = ColumnFormula(text, dataset.columns, dataset.left_out)
    except FormulaError as error:
        raise ValueError(f"{role} of {dataset.name}: {error}") from None
    if not formula.names:
        raise ValueError(f"{role} of {dataset.name}: '{text}' uses no column.")
    values = formula.evaluate(dataset)
    bad = np.flatnonzero(~(np.abs(values) <= LARGEST))
    if bad.size:
        fault = f"beyond {short(LARGEST)}" if np.isfinite(values[bad[0]]) else "not finite"
        raise ValueError(f"{role} of {dataset.name}: '{text}' is {fault} in data row {bad[0] + 1}.")
    return values, formula.affine()
