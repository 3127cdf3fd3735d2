"""Cost: what a descent has taken up to each row, in samples and in modelled time; and when somebody looks at it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lossviz.descent.batches import Batches
from lossviz.descent.conditions import Conditions
from lossviz.descent.stopping import StopRule
from lossviz.landscape.objective import Array, Surface

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cost:
    """What the rows have taken.

    Parameters
    ----------
    samples_seen : array of int (rows,)
        For how many samples a slope was computed so far; without data, for how many times that of the loss was. All
        that a rule asks for counts: a line search asks several times a step.
    seconds : array (rows,)
        Modelled time.
    epochs : array (rows,)
        How often the samples were gone through.
    checks : array of int
        The rows at which the loss of all samples is looked at; row 0 is the first.
    """

    samples_seen: Counts
    seconds: Array
    epochs: Array
    checks: NDArray[np.intp]

    def first(self, rows: int) -> "Cost":
        """Give the cost of the first rows."""
        checks = self.checks[: np.searchsorted(self.checks, rows)]
        return Cost(self.samples_seen[:rows], self.seconds[:rows], self.epochs[:rows], checks)

    def of_run(self, run: int) -> "Cost":
        """Give the cost of one of the runs of which only the ends were kept."""
        return Cost(self.samples_seen[:, run], self.seconds[:, run], self.epochs[:, run], self.checks)


class Looks:
    """At which rows the loss is looked at: every so many steps, or every so many seconds of modelled time.

    A look takes the time of all samples. The time of looks counts where somebody is said to look: where a stop rule or
    a schedule waits for the losses, or it is said how often.

    Parameters
    ----------
    surface : Surface
    conditions : Conditions
    stop : StopRule
    """

    def __init__(self, surface: Surface, conditions: Conditions, stop: StopRule) -> None:
        self._every = stop.check_every
        self._wait = conditions.check_seconds
        self._step, self._sample = conditions.step_seconds, conditions.sample_seconds
        adaptive = conditions.schedule is not None and conditions.schedule.adaptive
        self.asked_for = stop.active or adaptive or self._wait is not None or self._every > 1
        self.seconds = (surface.samples or 1) * self._sample if self.asked_for else 0.0
        self._looking = self._last = 0.0

    @property
    def timed(self) -> bool:
        """Whether modelled time decides."""
        return self._wait is not None

    def due(self, k: int, seen: int) -> bool:
        """Tell whether row k is looked at, the rows before having been asked about; `seen` samples were so far."""
        if self._wait is None:
            return k % self._every == 0
        now = k * self._step + seen * self._sample + self._looking
        # sums of times have rounding errors
        if k and now - self._last < self._wait * (1.0 - 1e-9):
            return False
        if k:
            self._looking += self.seconds
            self._last = now + self.seconds
        return True


def samples_of_steps(surface: Surface, conditions: Conditions, batches: Batches | None, steps: int) -> Counts:
    """Give how many samples each step sees every time that the rule asks; without data, each asks about one loss."""
    if batches is not None:
        return batches.sizes(steps)
    return np.full(steps, (surface.samples or 1) * conditions.accumulate, dtype=np.int64)


def cost_of(
    surface: Surface, conditions: Conditions, stop: StopRule, batches: Batches | None, steps: int, asked: Counts | None
) -> Cost:
    """Compute what `steps` steps took.

    Parameters
    ----------
    asked : array of int (steps,) or None
        How often the rule asked in each step; None: once.
    """
    seen = samples_of_steps(surface, conditions, batches, steps)
    epochs = np.arange(steps + 1, dtype=np.float64)
    epochs *= conditions.accumulate / (1 if batches is None else batches.an_epoch)
    if asked is not None:
        seen = seen * asked[:steps]
    samples = np.concatenate([[0], np.cumsum(seen)])
    looks = Looks(surface, conditions, stop)
    if looks.timed:
        rows = enumerate(samples.tolist())
        checks = np.array([k for k, so_far in rows if looks.due(k, so_far)], dtype=np.intp)
    else:
        checks = np.arange(0, steps + 1, stop.check_every)
    seconds = np.arange(steps + 1) * conditions.step_seconds + samples * conditions.sample_seconds
    if looks.seconds:
        looked = np.zeros(steps + 1)
        looked[checks[1:]] = looks.seconds
        seconds += np.cumsum(looked)
    return Cost(samples, seconds, epochs, checks)


def cost_of_ends(surface: Surface, conditions: Conditions, stop: StopRule, stopped: NDArray[np.intp]) -> Cost:
    """Compute what runs took to their ends, rows of shape (1, K), where each step saw all samples."""
    made = stopped[None].astype(np.int64)
    samples = made * ((surface.samples or 1) * conditions.accumulate)
    looked = Looks(surface, conditions, stop).seconds * (made // stop.check_every)
    seconds = made * conditions.step_seconds + samples * conditions.sample_seconds + looked
    epochs: Array = made.astype(np.float64)
    return Cost(samples, seconds, epochs * conditions.accumulate, np.zeros(1, dtype=np.intp))
