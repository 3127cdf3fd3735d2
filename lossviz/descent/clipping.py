"""Clipping: slopes that are too steep are cut before the rule sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lossviz.descent.conditions import Conditions
from lossviz.rules.base import Rule
from lossviz.rules.componentwise import Quantity, chosen, largest, root


@dataclass(frozen=True)
class Clipping:
    """Cuts slopes: each by its value, then each parameter's by its own norm, then all together by their norm.

    Of plain numbers and of arrays it gives the same bits.

    Parameters
    ----------
    value, norm, global_norm : float, optional
    margin : float
        Is added to the norm of all together; PyTorch adds 1e-6, so that what is cut stays a little below the limit.

    References
    ----------
    Pascanu, Mikolov & Bengio (2013), On the difficulty of training recurrent neural networks.
    """

    value: float | None = None
    norm: float | None = None
    global_norm: float | None = None
    margin: float = 0.0

    @classmethod
    def of(cls, conditions: Conditions, rule: Rule) -> "Clipping | None":
        """Give what cuts the slopes that a rule is given; None where nothing does."""
        c = conditions
        if not c.clips:
            return None
        return cls(c.clip_value, c.clip_norm, c.clip_global_norm, 1e-6 if rule.convention == "pytorch" else 0.0)

    def cut(self, slopes: Sequence[Quantity]) -> tuple[list[Quantity], Any]:
        """Cut the slopes of the free parameters, each an array (K,) or a number; tell whether anything was cut."""
        acted: Any = False
        found = list(slopes)
        if self.value is not None:
            acted = acted | _any_beyond(found, self.value)
            found = [chosen(abs(g) > self.value, _turned(self.value, g), g) for g in found]
        if self.norm is not None:
            # each parameter is one number, so that its norm is its size; of an infinite one nothing is left to tell
            acted = acted | _any_beyond(found, self.norm)
            found = [chosen(abs(g) > self.norm, self.norm * _ratio(g, abs(g)), g) for g in found]
        if self.global_norm is not None:
            length = _length(found)
            if self.margin:
                factor = self.global_norm / (length + self.margin)
                cut = factor < 1.0
                found = [chosen(cut, g * factor, g) for g in found]
            else:
                cut = length > self.global_norm
                found = [chosen(cut, _ratio(g, length) * self.global_norm, g) for g in found]
            acted = acted | cut
        return found, acted


def _any_beyond(slopes: Sequence[Quantity], limit: float) -> Any:
    beyond: Any = False
    for g in slopes:
        beyond = beyond | (abs(g) > limit)
    return beyond


def _turned(size: float, like: Quantity) -> Quantity:
    """Give a size the sign of another number."""
    return chosen(like > 0.0, size, -size)


def _ratio(of: Quantity, by: Quantity) -> Quantity:
    """Divide; NaN where infinity is divided by itself, and where there is nothing to divide by."""
    if isinstance(by, float):
        return of / by if by != 0.0 else float("nan")
    with np.errstate(all="ignore"):
        return of / by


def _length(slopes: Sequence[Quantity]) -> Quantity:
    """Give the norm of slopes, without overflow of their squares."""
    if len(slopes) == 1:
        return abs(slopes[0])
    longest = abs(slopes[0])
    for g in slopes[1:]:
        longest = largest(longest, abs(g))
    total: Quantity = 0.0
    for g in slopes:
        part = _ratio(g, longest)
        total = total + part * part
    return chosen((longest > 0.0) & (longest < np.inf), longest * root(total), longest)
