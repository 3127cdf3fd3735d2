"""What a descent has recorded: one run, or a batch of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lossviz.diagnosis.evidence import Evidence
from lossviz.diagnosis.verdict import Verdict, verdict
from lossviz.landscape.fitted import Fit
from lossviz.landscape.objective import Surface
from lossviz.landscape.restricted import Restricted
from lossviz.rules.base import Oracle, Rule
from lossviz.rules.replay import Replayed, States, replay

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Trajectory:
    """One run: row k is the state after k steps; row 0 is the start.

    Parameters
    ----------
    surface : Surface
    rule : Rule
    free : tuple of int
        The parameters that moved.
    path : array (steps + 1, 2)
        w and b; never clipped, so it may hold inf and NaN.
    losses : array (steps + 1,)
    gradients : array (steps + 1, 2)
        Of the full loss, held parameters included.
    learning_rates : array (steps,)
    evidence : Evidence
        What the verdict is judged by.
    states : States
        What the rule remembered, now and then; ``replay`` gives it for any step.
    """

    surface: Surface
    rule: Rule
    free: tuple[int, ...]
    path: Array
    losses: Array
    gradients: Array
    learning_rates: Array
    evidence: Evidence
    states: States

    @property
    def steps(self) -> int:
        """How many steps were made."""
        return len(self.losses) - 1

    @cached_property
    def verdict(self) -> Verdict:
        """How the whole run went."""
        return self._judged(self.steps)

    def verdict_at(self, k: int) -> Verdict:
        """Judge the run by its rows 0..k alone."""
        return self.verdict if k >= self.steps else self._judged(max(k, 0))

    def _judged(self, k: int) -> Verdict:
        raw_feature = isinstance(self.surface, Fit) and not self.surface.data.standardized
        return verdict(self.evidence, self.rule, k, raw_feature)

    def replay(self, k: int) -> Replayed:
        """Make the step from row `k` to the next one again: what the rule remembered before it, and its info.

        Takes well below a millisecond, wherever in the run. The arrays are those of the free parameters alone.

        Raises
        ------
        IndexError
            If the run did not make that step.
        """
        if not 0 <= k < self.steps:
            raise IndexError(f"this run made the steps 0 to {self.steps - 1}, not {k}.")
        return replay(
            self.rule,
            self._oracle,
            self.states,
            self._free_path,
            self.losses,
            self._free_gradients,
            self.learning_rates,
            k,
        )

    @cached_property
    def _oracle(self) -> Oracle:
        whole = len(self.free) == len(self.surface.parameters)
        return Oracle(self.surface if whole else Restricted(self.surface, self.free, self.path[0]))

    @cached_property
    def _free_path(self) -> Array:
        return self.path[:, list(self.free)]

    @cached_property
    def _free_gradients(self) -> Array:
        return self.gradients[:, list(self.free)]

    @property
    def overshoots(self) -> NDArray[np.intp]:
        """The steps k that crossed the valley floor along their own direction."""
        return np.flatnonzero(self.evidence.events.overshoots)

    @property
    def zigzags(self) -> NDArray[np.intp]:
        """The steps k over which the slope along the sharpest direction changed sign."""
        return np.flatnonzero(self.evidence.events.zigzags)

    @property
    def uphill(self) -> NDArray[np.intp]:
        """The steps k that ended with a higher loss."""
        return np.flatnonzero(self.evidence.events.uphill)


@dataclass(frozen=True, eq=False)
class Trajectories(Sequence[Trajectory]):
    """A batch of runs: arrays with a last axis K; ``ts[k]`` is one of them as a Trajectory.

    Parameters
    ----------
    rules : tuple of Rule
        One for all runs, or one a run.
    stopped : array (K,)
        The last row that each run made; later rows repeat it.
    states : tuple of States
        One for all runs, or one a run.
    """

    surface: Surface
    rules: tuple[Rule, ...]
    free: tuple[int, ...]
    path: Array
    losses: Array
    gradients: Array
    learning_rates: Array
    stopped: NDArray[np.intp]
    evidence: Evidence
    states: tuple[States, ...]

    def __len__(self) -> int:
        return len(self.stopped)

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        k = range(len(self))[index]
        rows = int(self.stopped[k]) + 1
        return Trajectory(
            self.surface,
            self.rules[k] if len(self.rules) > 1 else self.rules[0].lane(k),
            self.free,
            self.path[:rows, :, k],
            self.losses[:rows, k],
            self.gradients[:rows, :, k],
            self.learning_rates[: rows - 1, k],
            self.evidence.lane(k, rows),
            self.states[k] if len(self.states) > 1 else replace(self.states[0], lane=k),
        )

    @cached_property
    def outcomes(self) -> NDArray[np.str_]:
        """The outcome of each run's verdict, shape (K,)."""
        return np.array([run.verdict.outcome for run in self])
