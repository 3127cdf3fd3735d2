"""When a descent ends before its steps are made."""

import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lossviz.diagnosis.evidence import off_surface
from lossviz.landscape.domain import Domain
from lossviz.numerals import counted, typed

Array = NDArray[np.float64]

MOST_APART = 10**12
"""Steps between two checks, at most: no descent makes more."""


@dataclass(frozen=True, eq=False)
class StopRule:
    """When a descent ends before its steps are made; None: never.

    Looked at after every `check_every` steps, and at the start.

    Parameters
    ----------
    tolerance : float, optional
        Stop where the gradient's norm is at most this.
    loss_below : float, optional
        Stop where the loss is below this (ε).
    loss_change : float, optional
        Stop where the loss differs by less than this from that of the check before.
    check_every : int
        Steps between two checks.
    """

    tolerance: float | None = None
    loss_below: float | None = None
    loss_change: float | None = None
    check_every: int = 1

    def __post_init__(self) -> None:
        for name in ("tolerance", "loss_change"):
            value = getattr(self, name)
            if not (_is_none_or_finite(value) and (value is None or value >= 0)):
                raise ValueError(f"{name} must be a number of 0 or more, not {value!r}.")
        if not _is_none_or_finite(self.loss_below):
            raise ValueError(f"loss_below must be a finite number, not {self.loss_below!r}.")
        every = self.check_every
        if isinstance(every, bool) or not isinstance(every, (int, np.integer)):
            raise ValueError(f"check_every must be a whole number of 1 or more, not {every!r}.")
        if not 1 <= every <= MOST_APART:
            allowed = "of 1 or more" if every < 1 else f"up to {counted(MOST_APART)}"
            raise ValueError(f"check_every must be a whole number {allowed}, not {typed(every)}.")

    @property
    def active(self) -> bool:
        """Whether it can stop anything."""
        return any(value is not None for value in (self.tolerance, self.loss_below, self.loss_change))

    def met(self, loss: Array, gradient: Array, before: Array | None) -> NDArray[np.bool_]:
        """Tell, run by run, whether to stop: losses (*batch), gradients (n, *batch), losses of the check before."""
        stop = np.zeros(loss.shape, dtype=bool)
        if self.tolerance is not None:
            stop |= np.sqrt(np.sum(gradient * gradient, axis=0)) <= self.tolerance
        if self.loss_below is not None:
            stop |= loss < self.loss_below
        if self.loss_change is not None and before is not None:
            stop |= np.abs(loss - before) < self.loss_change
        return stop


class Watch:
    """Which runs of a batch still make steps.

    Parameters
    ----------
    rule : StopRule
    runs, steps : int
        How many runs there are, and how many steps each makes at most.

    Attributes
    ----------
    running : array of bool (runs,)
    complete : bool
        Whether none has stopped.
    stopped : array of int (runs,)
        The last row that each run makes.
    """

    def __init__(self, rule: StopRule, runs: int, steps: int) -> None:
        self.running = np.ones(runs, dtype=bool)
        self.complete = True
        self.stopped = np.full(runs, steps, dtype=np.intp)
        self._rule = rule
        self._active = rule.active
        self._before: Array | None = None

    def ends(self, k: int, loss: Array, gradient: Array) -> bool:
        """Look at row `k`, losses (runs,) and gradients (n, runs); tell whether no run goes on."""
        if not self._active:
            return False
        met = self.running & self._rule.met(loss, gradient, self._before)
        self._before = loss
        if np.any(met):
            self.stopped[met] = k
            self.running &= ~met
            self.complete = False
        return not np.any(self.running)


def ended_off(
    domain: Domain, path: Array, losses: Array, gradients: Array, stopped: NDArray[np.intp]
) -> NDArray[np.intp]:
    """End runs where they have come off the surface: give the last row of each, and let the rows after repeat it.

    Parameters
    ----------
    path, gradients : array (rows, n, K)
    losses : array (rows, K)
    stopped : array (K,)
        The last row that each run made otherwise.
    """
    off = off_surface(path, losses, domain)
    lanes = np.flatnonzero(np.any(off, axis=0))
    if not lanes.size:
        return stopped
    # no finite loss comes after one that is no number, but one beyond all numbers may have been before
    first = np.argmax(~np.isfinite(losses[:, lanes]), axis=0)
    lanes, first = lanes[off[first, lanes]], first[off[first, lanes]]
    stopped = stopped.copy()
    stopped[lanes] = np.minimum(stopped[lanes], first)
    for lane in lanes:
        last = stopped[lane]
        for rows in (path, losses, gradients):
            rows[last + 1 :, ..., lane] = rows[last, ..., lane]
    return stopped


def _is_none_or_finite(value: object) -> bool:
    if value is None:
        return True
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        # of NumPy's numbers only float64 is a float
        return isinstance(value, (np.integer, np.floating)) and bool(np.isfinite(value))
    return abs(value) <= sys.float_info.max
