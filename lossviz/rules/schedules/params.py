"""What a schedule is adjusted by beside plain numbers: what may be left out, rows of numbers, and words."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from lossviz.landscape.param import Param, type_error


@dataclass(frozen=True)
class Optional(Param):
    """A number that may be left out.

    Parameters
    ----------
    absent : str
        What then holds, in words: ``"as long as the run"``.
    alone : float, optional
        The number meant where it is left out and there is no run to take it from.
    """

    default: Any = None
    absent: str = ""
    alone: float | None = None

    def check(self, value: object) -> Any:
        """Give `value` as it is to be used, None as None."""
        return None if value is None else super().check(value)


@dataclass(frozen=True)
class Numbers(Param):
    """Several numbers, each of them as the Param says; None where they may be left out.

    Parameters
    ----------
    ascending : bool
        Whether each must be above the one before.
    absent : str
        What holds where they are left out, in words; "" where they have to be there.
    """

    default: Any = None
    ascending: bool = False
    absent: str = ""

    def check(self, value: object) -> Any:
        """Give them as a tuple."""
        if value is None and self.absent:
            return None
        kind = "whole numbers" if self.whole else "numbers"
        if isinstance(value, np.ndarray):
            value = value.tolist()
        if not isinstance(value, Sequence) or isinstance(value, (str, bytes)):
            raise TypeError(type_error.format(name=self.name, expected=f"a list of {kind}", value=value))
        found = tuple(super(Numbers, self).check(number) for number in value)
        if not found:
            raise ValueError(f"{self.name} must be a list of {kind}, at least one.")
        # one that is itself an array would make this a list of lists
        if any(np.ndim(number) for number in found):
            raise TypeError(type_error.format(name=self.name, expected=f"a list of {kind}", value=value))
        if self.ascending:
            for before, after in pairwise(found):
                if not after > before:
                    raise ValueError(f"{self.name} must ascend: {after:g} comes after {before:g}.")
        return found


@dataclass(frozen=True)
class Choice(Param):
    """One of a few words.

    Parameters
    ----------
    options : tuple of str
    """

    default: Any = ""
    options: tuple[str, ...] = ()

    def check(self, value: object) -> Any:
        """Give the word."""
        if value not in self.options:
            expected = " or ".join(repr(option) for option in self.options)
            raise ValueError(type_error.format(name=self.name, expected=expected, value=value))
        return value
