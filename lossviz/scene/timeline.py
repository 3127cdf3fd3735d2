"""Timeline: which step is seen at which second; the first steps slowly, so that each hop is seen, then faster."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

SLOW = 0.5
"""Seconds that the first step takes."""
SLOW_STEPS = 4
QUICKENING = 0.9
"""Each step after the slow ones takes this part of the time of the one before."""
FAST = 0.04
"""Seconds that a late step takes: one frame at 25 frames a second, so that no hop is skipped."""
SEEN = 0.12
"""Seconds that a step must take for its hop to be shown."""
LONGEST_TAIL = 12.0
"""Where there are so many steps that the late ones would take longer, several go by in a frame."""
HOLD = 2.0
"""Seconds for which a film rests on its last frame."""


@dataclass(frozen=True)
class Timeline:
    """The clock of a picture: seconds to steps and back, both ways exact and monotonic.

    Parameters
    ----------
    steps : int
        The last step.
    """

    steps: int

    @cached_property
    def _arrivals(self) -> NDArray[np.float64]:
        """The second at which each step is completed, shape (steps + 1,)."""
        k = np.arange(self.steps, dtype=np.float64)
        shortest = min(FAST, LONGEST_TAIL / max(1, self.steps))
        seconds = np.maximum(shortest, SLOW * QUICKENING ** np.maximum(0.0, k - SLOW_STEPS))
        return np.concatenate([[0.0], np.cumsum(seconds)])

    @property
    def duration(self) -> float:
        """Seconds from the start to the last step."""
        return float(self._arrivals[-1])

    def step_at(self, seconds: float) -> float:
        """Give the step, a fraction between two computed ones, that is seen at a time; clamped to the ends.

        A step too quick for its hop to be seen is not divided: computed points alone are shown.
        """
        last = int(np.searchsorted(self._arrivals, seconds, side="right")) - 1
        if last >= self.steps:
            return float(self.steps)
        if last < 0:
            return 0.0
        begun, done = self._arrivals[last : last + 2]
        step = float(last + (seconds - begun) / (done - begun))
        row = int(step + 1e-9)
        quick = row < self.steps and self._arrivals[row + 1] - self._arrivals[row] < SEEN
        return float(row) if quick else step

    def seconds_at(self, step: float) -> float:
        """Give the time at which a step is seen; clamped to the ends."""
        row = int(min(max(step, 0.0), self.steps - 1.0))
        begun, done = self._arrivals[row : row + 2]
        return float(begun + min(max(step - row, 0.0), 1.0) * (done - begun))
