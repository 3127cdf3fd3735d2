"""Param: one adjustable number or switch, declared once and shown, checked and explained everywhere."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lossviz.numerals import short, typed

LARGEST_COUNT = 2**63 - 1

type_error = "{name} must be {expected}, not {value!r}."


@dataclass(frozen=True)
class Param:
    """One adjustable number or switch: the form, the command line, files and help all read this.

    Parameters
    ----------
    name : str
        As in the API and in files: ``"learning_rate"``.
    symbol : str
        As in formulas: ``"η"``.
    default : float or bool
        The value where none is given; a bool makes the Param a switch.
    low, high : float
        What is allowed, `low` and `high` themselves included unless `open_low` or `open_high` is set.
    shown : tuple of two floats
        What a slider covers, in the unit of the Param; exact entry reaches everything allowed.
    log : bool
        Whether the slider is logarithmic.
    text : str
        One sentence that says what it does.
    whole : bool
        Whether only whole numbers are allowed, and no arrays of them: a count.
    """

    name: str
    symbol: str
    default: float | bool
    low: float = -math.inf
    high: float = math.inf
    shown: tuple[float, float] = (0.0, 1.0)
    log: bool = False
    text: str = ""
    open_low: bool = False
    open_high: bool = False
    whole: bool = False

    @property
    def switch(self) -> bool:
        """Whether it is on or off rather than a number."""
        return isinstance(self.default, bool)

    @property
    def shared(self) -> bool:
        """Whether runs that are made side by side must agree in it."""
        return self.switch or self.whole

    @property
    def range_text(self) -> str:
        """The allowed values in words: ``"above 0"``, ``"from 0 to below 1"``."""
        if self.switch:
            return "true or false"
        parts = []
        low, high = short(self.low, 6), short(self.high, 6)
        if math.isfinite(self.low):
            parts.append(f"above {low}" if self.open_low else f"from {low}")
        if math.isfinite(self.high):
            parts.append(f"below {high}" if self.open_high else f"to {high}")
        if len(parts) == 2:
            return f"{parts[0]} to {parts[1]}" if self.open_high else " ".join(parts)
        if parts == [f"from {low}"]:
            return f"{low} or more"
        if parts == [f"to {high}"]:
            return f"{high} or less"
        return parts[0] if parts else "a finite number"

    def _checked_whole(self, value: object) -> int:
        """Give a count as an int."""
        expected = "a whole number"
        if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
            raise TypeError(type_error.format(name=self.name, expected=expected, value=value))
        # one of hundreds of digits is a whole number, but no float
        whole = isinstance(value, (int, np.integer)) or float(value).is_integer()
        if not (whole and self.low <= value <= min(self.high, LARGEST_COUNT)):
            raise ValueError(f"{self.name} must be {expected}, {self.range_text}, not {typed(value)}.")
        return int(value)

    def check(self, value: object) -> float | bool | NDArray[np.float64]:
        """Give `value` as it is to be used, or say what is wrong with it.

        Parameters
        ----------
        value : bool, number or array of numbers
            An array makes a sweep: it broadcasts against the batch of starts.

        Raises
        ------
        TypeError
            If it is not a number (or, for a switch, not a bool).
        ValueError
            If it is not finite or out of range.
        """
        if self.switch:
            if isinstance(value, (bool, np.bool_)):
                return bool(value)
            raise TypeError(type_error.format(name=self.name, expected="true or false", value=value))
        if self.whole:
            return self._checked_whole(value)
        try:
            kind = np.asarray(value).dtype.kind
            array = np.asarray(value, dtype=np.float64)
        except OverflowError:
            raise ValueError(f"{self.name} must be {self.range_text}, not a number beyond all floats.") from None
        except (TypeError, ValueError):
            raise TypeError(type_error.format(name=self.name, expected="a number", value=value)) from None
        # NumPy would make numbers of switches and of texts too
        if kind in "bUSc" or value is None:
            raise TypeError(type_error.format(name=self.name, expected="a number", value=value))
        if not array.size:
            raise ValueError(f"{self.name} must be a number, or an array of at least one.")
        allowed = np.isfinite(array)
        allowed &= (array > self.low) if self.open_low else (array >= self.low)
        allowed &= (array < self.high) if self.open_high else (array <= self.high)
        if not np.all(allowed):
            worst = array[~allowed].flat[0] if array.ndim else float(array)
            raise ValueError(f"{self.name} must be {self.range_text}, not {typed(float(worst))}.")
        if array.ndim == 0:
            return float(array)
        array = array.copy()
        array.flags.writeable = False
        return array
