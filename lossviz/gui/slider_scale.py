"""The scale of a Param's slider: which value lies where, and which one a hand means by a place or a key by a step."""

import math

from lossviz.landscape.param import Param
from lossviz.scene.round_numbers import next_multiple, nice_step, roundest

ZERO = 0.06
"""Where a logarithmic scale begins whose left end means 0."""
STEP, SMALLER = 0.02, 0.1
"""A small step of a key or the wheel, as part of the value or of the range; and how much less a smaller one is."""


class Scale:
    """Places from 0 to 1 for the values of a Param.

    Parameters
    ----------
    param : Param
        Where it is logarithmic, and may be 0 as well, the left end stands for that.
    """

    def __init__(self, param: Param) -> None:
        self.low, self.high = param.shown
        self.log, self.whole = param.log, param.whole
        self.zero = param.log and (param.low < 0.0 or (param.low == 0.0 and not param.open_low))
        """Whether the left end means 0."""
        self._begin = ZERO if self.zero else 0.0

    def place(self, value: float) -> float:
        """Give where a value lies, and a place beyond where it is not shown."""
        if not self.log:
            return (value - self.low) / (self.high - self.low)
        if self.zero and value <= 0.0:
            return 0.0
        part = (math.log(max(value, 1e-300)) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        place = self._begin + (1.0 - self._begin) * part
        return max(place, self._begin) if self.zero else place

    def value_at(self, place: float) -> float:
        """Give the value at a place."""
        if not self.log:
            value = self.low + (self.high - self.low) * place
        elif self.zero and place < self._begin / 2.0:
            return 0.0
        else:
            value = self.low * (self.high / self.low) ** (max(0.0, place - self._begin) / (1.0 - self._begin))
        return float(round(value)) if self.whole else value

    def pointed(self, place: float, exact: float) -> float:
        """Give the roundest of all values that a hand can have meant which points there, give or take."""
        low, high = (self.value_at(min(max(place + side * exact / 2.0, 0.0), 1.0)) for side in (-1.0, 1.0))
        value = roundest(low, high)
        return float(round(value)) if self.whole else value

    def stepped(self, value: float, count: int, small: bool) -> float:
        """Go on by so many round numbers, about as far away everywhere; from beyond the ends only back."""
        if self.zero and (value < self.low or (value == self.low and count < 0)):
            return 0.0 if count < 0 else self.low
        room = max(value, self.low) if self.log else self.high - self.low
        step = nice_step(STEP * room * (SMALLER if small else 1.0))
        after = next_multiple(value, max(1.0, step) if self.whole else step, count)
        if min(self.low, value) <= after <= max(self.high, value):
            return after
        return (self.low if count < 0 else self.high) if self.low < value < self.high else value
