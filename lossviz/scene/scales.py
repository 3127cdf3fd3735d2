"""Scales: the axes of charts: from a value to its place along the axis and back, and which values get a tick."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lossviz.numerals import tick
from lossviz.scene.heights import nice_ticks

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """One axis.

    Parameters
    ----------
    kind : str
        ``"linear"``; ``"log"``: the natural logarithm, −inf at 0 and below; ``"log_step"``: that of 1 + the value over
        the unit, for what is counted from 0.
    unit : float
        Of ``"log_step"``: below it the axis is nearly straight; a power of ten.
    """

    kind: str = "linear"
    unit: float = 1.0

    @property
    def linear(self) -> bool:
        """Whether places are the values themselves."""
        return self.kind == "linear"

    def place(self, value: Array | float) -> Array:
        """Give places along the axis, increasing."""
        values = np.asarray(value, dtype=np.float64)
        if self.linear:
            return values
        shifted = values / self.unit + 1.0 if self.kind == "log_step" else values
        with np.errstate(all="ignore"):
            return np.where(shifted > 0.0, np.log(np.maximum(shifted, 5e-324)), np.where(shifted <= 0, -np.inf, np.nan))

    def value(self, place: Array | float) -> Array:
        """Give the values at places."""
        places = np.asarray(place, dtype=np.float64)
        if self.linear:
            return places
        with np.errstate(over="ignore"):
            return np.asarray(self.unit * np.expm1(places) if self.kind == "log_step" else np.exp(places))

    def ticks(self, low: float, high: float, most: int) -> list[float]:
        """Give about `most` round values from low to high.

        On a logarithm 1, 2 and 5 times powers of ten, where there is room for them; else 1 alone, or some of the
        powers. Where that leaves a single one, the axis is nearly straight, and gets what a straight one does.
        """
        if self.linear:
            return nice_ticks(low, high, most)
        start, end = (float(self.place(side)) for side in (low, high))
        if not (np.isfinite(start) and np.isfinite(end) and end > start):
            return []
        bottom, top = (float(self.value(side)) for side in (start, end))
        found: list[float] = []
        for factors, every in (((1, 2, 5), 1), ((1,), 1), ((1,), 2), ((1,), 5), ((1,), 10), ((1,), 20), ((1,), 50)):
            ticks = self._round(bottom, top, factors, every)
            if len(ticks) < 2:
                break
            # in parts of what one tick has on average: its figures, and some air
            figures = np.array([len(tick(value, value or 1.0)) for value in ticks])
            room = (0.13 + 0.11 * figures) * (end - start) / max(1, most)
            apart = np.diff(self.place(np.array(ticks))) >= (room[:-1] + room[1:]) / 2.0
            if self.kind == "log_step" and len(ticks) > 3 and not apart[0]:
                # the first step of many stands close to 0
                del ticks[1]
                apart = apart[1:]
            found = ticks
            if np.all(apart):
                break
        return found or nice_ticks(bottom, top, most)

    def _round(self, low: float, high: float, factors: tuple[int, ...], every: int) -> list[float]:
        """Give `factors` times every so manyth power of ten, from low to high; for what is counted from 0, that too."""
        counted = self.kind == "log_step"
        first = round(np.log10(self.unit)) if counted else int(np.floor(np.log10(low)))
        last = int(np.floor(np.log10(max(high, self.unit) if counted else high)))
        powers = [power for power in range(first, last + 1) if power % every == 0]
        # of a decimal numeral, so that 0.2 is 0.2
        ticks = [float(f"{factor}e{power}") for power in powers for factor in factors]
        ticks = ([0.0] if counted else []) + ticks
        return [value for value in ticks if low - 1e-9 * abs(low) <= value <= high + 1e-9 * abs(high)]


LINEAR, LOG, LOG_STEP = Scale("linear"), Scale("log"), Scale("log_step")


def stride_up(value: float, strides: tuple[float, ...] = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)) -> float:
    """Give the next round number from a positive one upward, itself if it is one."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(power * next(stride for stride in strides if stride * power >= value * (1 - 1e-9)))


def stride_down(value: float, strides: tuple[float, ...] = (1, 2, 5)) -> float:
    """Give the next round number from a positive one downward, itself if it is one."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(power * next(stride for stride in reversed(strides) if stride * power <= value * (1 + 1e-9)))
