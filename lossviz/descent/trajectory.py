"""What a descent has recorded: one run, or a batch of them."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from lossviz.descent.batches import Batches
from lossviz.descent.clipping import Clipping
from lossviz.descent.conditions import Conditions
from lossviz.descent.cost import Cost, Counts
from lossviz.descent.plan import decaying, for_arrays, move_momentum, moved_momentum, scale_of
from lossviz.descent.seen import Seen
from lossviz.diagnosis.evidence import Evidence, gathering
from lossviz.diagnosis.verdict import Verdict, verdict
from lossviz.landscape.fitted import Fit
from lossviz.landscape.objective import Surface
from lossviz.landscape.work import completed
from lossviz.rules.base import Hyper, Oracle, Rule
from lossviz.rules.componentwise import Componentwise
from lossviz.rules.replay import Replayed, States, replay

Array = NDArray[np.float64]
Marks = NDArray[np.bool_]
Rows = TypeVar("Rows", bound=NDArray[Any])


@dataclass(frozen=True, eq=False)
class Trajectory:
    """One run: row k is the state after k steps; row 0 is the start.

    Parameters
    ----------
    surface : Surface
    rule : Rule
    free : tuple of int
        The parameters that moved.
    conditions : Conditions
    steps : int
        How many were made.
    path : array (steps + 1, 2)
        w and b; never clipped, so it may hold inf and NaN.
    losses : array (steps + 1,)
    gradients : array (steps + 1, 2)
        Of the loss of all samples, held parameters included.
    learning_rates : array (steps,)
    slopes : array (steps, 2)
        What the rule was given in each step: the slope of a batch, clipped. Without such it is the gradient.
    clipped : array of bool (steps,)
        Whether the slope was clipped.
    momenta : array (steps,) or None
        What a schedule made of the momentum, or of Adam's β₁.
    average : array (steps + 1, 2) or None
        The running mean of the path.
    average_losses : array (steps + 1,) or None
    recorded : mapping of str to array (steps, 2)
        What the rule told of each step, of what was to be recorded; NaN for held parameters.
    cost : Cost
    states : States
        What the rule remembered, now and then; ``replay`` gives it for any step.
    gathered : callable
        Gives the evidence that the verdict is judged by.
    """

    surface: Surface
    rule: Rule
    free: tuple[int, ...]
    conditions: Conditions
    steps: int
    path: Array
    losses: Array
    gradients: Array
    learning_rates: Array
    slopes: Array
    clipped: Marks
    momenta: Array | None
    average: Array | None
    average_losses: Array | None
    recorded: Mapping[str, Array]
    cost: Cost
    states: States | None
    gathered: Callable[[], Evidence]

    @cached_property
    def evidence(self) -> Evidence:
        """What the verdict is judged by; computed when it is first asked for, for all runs of a batch."""
        return self.gathered()

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

    def batch(self, k: int) -> NDArray[np.intp] | None:
        """Give the samples that step k saw, in their order; None where it saw all of them."""
        self._check_step(k)
        batches = self._batches
        return None if batches is None else np.concatenate(batches.of_update(k))

    def rule_of(self, k: int) -> Rule:
        """Give the rule as it made step k: with its momentum then, and weight decay where it acts."""
        self._check_step(k)
        rule = self._acting_rule
        name = moved_momentum(rule)
        if self.momenta is None or name is None:
            return rule
        own = for_arrays(rule, None, 1, False)
        move_momentum(own, name, float(self.momenta[k]))
        return own

    def rate_of(self, k: int) -> Hyper:
        """Give the learning rate of step k: a number, or of each free parameter where they were scaled."""
        self._check_step(k)
        rate, scale = float(self.learning_rates[k]), scale_of(self.conditions, self.free)
        if scale is None:
            return rate
        scaled: Array = scale * rate
        return scaled.astype(np.float32) if self._single else scaled

    def replay(self, k: int) -> Replayed:
        """Make the step from row `k` to the next one again: what the rule remembered before it, and its info.

        Takes well below a millisecond, wherever in the run. The arrays are those of the free parameters alone. No
        surface is asked unless the rule wants to know more than the slope that it was given.

        Raises
        ------
        IndexError
            If the run did not make that step.
        ValueError
            If only its end was kept.
        """
        self._check_step(k)
        assert self.states is not None
        return replay(self._oracle, self.states, self._begun, k)

    def _check_step(self, k: int) -> None:
        if self.states is None:
            raise ValueError("only the end of this run was kept; descend with keep='path' to look at its steps.")
        if not 0 <= k < self.steps:
            raise IndexError(f"this run made the steps 0 to {self.steps - 1}, not {k}.")

    def _begun(self, row: int) -> tuple[Rule, Array, Hyper]:
        """Make the oracle ready for the step from a row; give its rule, θ and rate."""
        theta = self._free_path[row]
        if self._batches is not None and not isinstance(self.rule, Componentwise):
            # it may have asked more than once
            self._seen.over(self._batches.of_update(row), self.surface)
            self._oracle.forget()
        else:
            self._oracle.recall(theta, self.losses[row], self._free_slopes[row])
        return self.rule_of(row), theta, self.rate_of(row)

    @property
    def _single(self) -> bool:
        return self.conditions.precision == "float32"

    @cached_property
    def _batches(self) -> Batches | None:
        return Batches.of(self.surface, self.conditions)

    @cached_property
    def _acting_rule(self) -> Rule:
        return for_arrays(self.rule, decaying(self.surface, self.conditions, self.free), 1, self._single)

    @cached_property
    def _seen(self) -> Seen:
        clipping = Clipping.of(self.conditions, self.rule)
        return Seen(self.surface, self.free, self.path[0], clipping, self._single)

    @cached_property
    def _oracle(self) -> Oracle:
        return Oracle(self._seen)

    @cached_property
    def _free_path(self) -> Array:
        return self._rounded(self.path[:, list(self.free)])

    @cached_property
    def _free_slopes(self) -> Array:
        return self._rounded(self.slopes[:, list(self.free)])

    def _rounded(self, rows: Array) -> Array:
        with np.errstate(over="ignore"):
            return rows.astype(np.float32) if self._single else rows

    @property
    def clips(self) -> NDArray[np.intp]:
        """The steps k whose slope was clipped."""
        return np.flatnonzero(self.clipped)

    @property
    def samples_seen(self) -> Counts:
        """For how many samples a slope was computed up to each row, shape (steps + 1,)."""
        return self.cost.samples_seen

    @property
    def seconds(self) -> Array:
        """The modelled time up to each row, shape (steps + 1,)."""
        return self.cost.seconds

    @property
    def epochs(self) -> Array:
        """How often the samples were gone through up to each row, shape (steps + 1,)."""
        return self.cost.epochs

    @property
    def checks(self) -> NDArray[np.intp]:
        """The rows at which the loss of all samples is looked at, ascending, row 0 included."""
        return self.cost.checks

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

    Where only ends were kept (``keep="end"``), path, losses and gradients have one row, the last of each run, and there
    are no verdicts.

    Parameters
    ----------
    rules : tuple of Rule
        One for all runs, or one a run.
    stopped : array (K,)
        The last row that each run made; later rows repeat it.
    states : tuple of States
        One for all runs, or one a run; none where only ends were kept.
    """

    surface: Surface
    rules: tuple[Rule, ...]
    free: tuple[int, ...]
    conditions: Conditions
    path: Array
    losses: Array
    gradients: Array
    learning_rates: Array
    slopes: Array
    clipped: Marks
    momenta: Array | None
    average: Array | None
    average_losses: Array | None
    recorded: Mapping[str, Array]
    cost: Cost
    stopped: NDArray[np.intp]
    states: tuple[States, ...]

    def __len__(self) -> int:
        return len(self.stopped)

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not isinstance(index, (int, np.integer)):
            raise TypeError(f"runs are counted by whole numbers, or taken as a slice, not by {index!r}.")
        if not -len(self) <= index < len(self):
            raise IndexError(f"there are the runs 0 to {len(self) - 1}, not {index}.")
        k = range(len(self))[index]
        rows = int(self.stopped[k]) + 1
        rule = self.rules[k] if len(self.rules) > 1 else self.rules[0].lane(k)
        moved = self.momenta is not None and moved_momentum(rule) is not None
        states = self.states[k] if len(self.states) > 1 else replace(self.states[0], lane=k) if self.states else None
        return Trajectory(
            self.surface,
            rule,
            self.free,
            self.conditions,
            rows - 1,
            self.path[:rows, :, k],
            self.losses[:rows, k],
            self.gradients[:rows, :, k],
            self.learning_rates[: rows - 1, k],
            self.slopes[: rows - 1, :, k],
            self.clipped[: rows - 1, k],
            self.momenta[: rows - 1] if self.momenta is not None and moved else None,
            None if self.average is None else self.average[:rows, :, k],
            None if self.average_losses is None else self.average_losses[:rows, k],
            {name: rows_of[: rows - 1, :, k] for name, rows_of in self.recorded.items()},
            self.cost.first(rows) if self.states else self.cost.of_run(k),
            states,
            lambda: self.evidence.lane(k, rows),
        )

    @cached_property
    def evidence(self) -> Evidence:
        """What verdicts are judged by; computed when it is first asked for.

        Raises
        ------
        ValueError
            If only the ends were kept.
        """
        return completed(self._gathering())

    def gathering(self) -> Generator[float, None, None]:
        """Compute the evidence, if it is not there, as a generator that yields its progress."""
        if "evidence" not in self.__dict__:
            found = yield from self._gathering()
            self.__dict__["evidence"] = found

    def _gathering(self) -> Generator[float, None, Evidence]:
        if not self.states:
            raise ValueError("only ends were kept, which nothing can be judged by; descend with keep='path'.")
        batches = Batches.of(self.surface, self.conditions)
        return (
            yield from gathering(
                self.surface,
                self.rules,
                self.path,
                self.losses,
                self.gradients,
                self.learning_rates,
                self.free,
                limited=self._limited,
                noisy=batches is not None and batches.noisy,
                clipped=self.clipped if self.conditions.clips else None,
                precision=self.conditions.precision,
            )
        )

    @property
    def _limited(self) -> bool:
        """Whether a rule's limit is that of its run: not with a scaled rate, partial decay or a momentum that moves."""
        scaled = self.conditions.rate_scale not in (None, (1.0, 1.0))
        moved = self.momenta is not None and any(moved_momentum(rule) is not None for rule in self.rules)
        decays = any(np.any(rule.values.get("weight_decay", 0.0)) for rule in self.rules)
        return not scaled and not moved and not (decays and self.conditions.decay_mask is not None)

    @property
    def ends(self) -> Array:
        """Where each run ended, shape (2, K)."""
        return np.asarray(self.path[-1])

    @property
    def end_losses(self) -> Array:
        """The loss at the end of each run, shape (K,)."""
        return np.asarray(self.losses[-1])

    @property
    def samples_seen(self) -> Counts:
        """For how many samples a slope was computed up to each row, shape (steps + 1, K)."""
        return self._of_each(self.cost.samples_seen)

    @property
    def seconds(self) -> Array:
        """The modelled time up to each row, shape (steps + 1, K)."""
        return self._of_each(self.cost.seconds)

    @property
    def epochs(self) -> Array:
        """How often the samples were gone through up to each row, shape (steps + 1, K)."""
        return self._of_each(self.cost.epochs)

    @property
    def checks(self) -> NDArray[np.intp]:
        """The rows at which the loss of all samples is looked at, ascending, row 0 included."""
        return self.cost.checks

    def _of_each(self, rows: Rows) -> Rows:
        """Give what is the same for all runs as an array with a last axis K; rows after its last repeat a run's."""
        return cast(Rows, rows[np.minimum(np.arange(len(rows))[:, None], self.stopped)]) if self.states else rows

    @cached_property
    def outcomes(self) -> NDArray[np.str_]:
        """The outcome of each run's verdict, shape (K,)."""
        return np.array([run.verdict.outcome for run in self])
