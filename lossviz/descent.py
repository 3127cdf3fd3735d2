"""The loop: a rule descends an objective from one start or many, and every row is recorded."""

import sys
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from time import perf_counter

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.diagnosis.evidence import Evidence, gather
from lossviz.diagnosis.stability import free_indices
from lossviz.diagnosis.verdict import Verdict, verdict
from lossviz.landscape.objective import Objective, Surface
from lossviz.landscape.restricted import Restricted
from lossviz.landscape.work import completed
from lossviz.rules.base import Oracle, Rule, State
from lossviz.rules.replay import Replayed, States, replay, spacing

Array = NDArray[np.float64]

MOST_STEPS = 10_000_000
BREATH = 0.01
"""Seconds between two yields of the generator."""


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
        if isinstance(every, bool) or not isinstance(every, (int, np.integer)) or every < 1:
            raise ValueError(f"check_every must be a whole number of 1 or more, not {every!r}.")

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

    @property
    def verdict(self) -> Verdict:
        """How the whole run went."""
        return self.verdict_at(self.steps)

    def verdict_at(self, k: int) -> Verdict:
        """Judge the run by its rows 0..k alone."""
        return verdict(self.evidence, self.rule, min(max(k, 0), self.steps))

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
    states: States

    def __len__(self) -> int:
        return len(self.stopped)

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        k = range(len(self))[index]
        rows = int(self.stopped[k]) + 1
        return Trajectory(
            self.surface,
            self.rules[k] if len(self.rules) > 1 else self.rules[0],
            self.free,
            self.path[:rows, :, k],
            self.losses[:rows, k],
            self.gradients[:rows, :, k],
            self.learning_rates[: rows - 1, k],
            self.evidence.lane(k, rows),
            replace(self.states, lane=k),
        )

    @cached_property
    def outcomes(self) -> NDArray[np.str_]:
        """The outcome of each run's verdict, shape (K,)."""
        return np.array([run.verdict.outcome for run in self])


def descend(
    surface: Surface,
    optimizer: Rule,
    start: ArrayLike,
    steps: int = 100,
    *,
    free: Sequence[str] | None = None,
    tolerance: float | None = None,
    loss_below: float | None = None,
    loss_change: float | None = None,
    check_every: int = 1,
) -> Trajectory | Trajectories:
    """Let an optimizer descend a surface.

    Parameters
    ----------
    surface : Surface
    optimizer : Rule
        Its hyperparameters may be arrays (K,) that go with K starts, or turn one start into K runs.
    start : (w, b) or array (2, K)
        Finite.
    steps : int
        How many steps are made at most; 1 or more.
    free : sequence of str, optional
        The parameters that move, such as ``("w",)``; the others are held. Default: all.
    tolerance, loss_below, loss_change, check_every
        When to stop earlier, as in StopRule. Default: all steps are made.

    Returns
    -------
    Trajectory or Trajectories
        The second where there are K starts or array hyperparameters.

    Raises
    ------
    ValueError, TypeError
        If an argument is not what it must be.
    """
    stop = StopRule(tolerance, loss_below, loss_change, check_every)
    return completed(descending(surface, optimizer, start, steps, free=free, stop=stop))


def descending(
    surface: Surface,
    optimizer: Rule,
    start: ArrayLike,
    steps: int,
    *,
    free: Sequence[str] | None = None,
    stop: StopRule | None = None,
    rules: tuple[Rule, ...] = (),
) -> Generator[float, None, Trajectory | Trajectories]:
    """Descend as a generator that yields its progress (0..1) and returns what ``descend`` returns.

    Parameters
    ----------
    rules : tuple of Rule
        Where `optimizer` is stacked from several rules: the rules themselves, for the runs' own verdicts.
    """
    indices = free_indices(surface, free)
    steps = checked_steps(steps)
    theta, single = _checked_start(start, optimizer)
    stop = stop or StopRule()
    held = theta
    objective: Objective = surface if len(indices) == 2 else Restricted(surface, indices, held)
    index = list(indices)
    moving = theta if len(indices) == 2 else theta[index]
    path = np.empty((steps + 1, *theta.shape))
    path[:] = theta
    losses = np.empty((steps + 1, *theta.shape[1:]))
    rates = np.broadcast_to(np.asarray(optimizer.learning_rate), (steps, *theta.shape[1:]))
    stopped = np.full(theta.shape[1:], steps, dtype=np.intp)
    running = np.ones(theta.shape[1:], dtype=bool)
    oracle = Oracle(objective)
    state = optimizer.init(moving)
    every = spacing(steps)
    kept: list[State] = []
    made = steps
    last_breath = perf_counter()
    checked: Array | None = None
    with np.errstate(all="ignore"):
        for k in range(steps + 1):
            value, gradient = oracle.value_and_gradient(moving)
            losses[k] = value
            path[k, index] = moving
            if stop.active and k % stop.check_every == 0:
                met = running & stop.met(value, gradient, checked)
                checked = value
                stopped[met] = k
                running &= ~met
                if not np.any(running):
                    made = k
                    break
            if k == steps:
                break
            if k % every == 0:
                kept.append(state)
            after, state, _ = optimizer.step(oracle, moving, rates[k], state)
            moving = after if np.all(running) else np.where(running, after, moving)
            if perf_counter() - last_breath > BREATH:
                yield k / steps
                last_breath = perf_counter()
        path, losses, rates = path[: made + 1], losses[: made + 1], rates[:made]
        gradients = np.moveaxis(surface.gradient(*np.moveaxis(path, 1, 0)), 0, 1)
        evidence = gather(surface, optimizer, path, losses, gradients, rates, indices)
    for array in (path, losses, gradients):
        array.flags.writeable = False
    batch = Trajectories(
        surface,
        rules or (optimizer,),
        indices,
        path,
        losses,
        gradients,
        rates,
        stopped,
        evidence,
        States(every, kept or [state]),
    )
    return batch[0] if single else batch


def _is_none_or_finite(value: object) -> bool:
    if value is None:
        return True
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        # of NumPy's numbers only float64 is a float
        return isinstance(value, (np.integer, np.floating)) and bool(np.isfinite(value))
    return abs(value) <= sys.float_info.max


def checked_steps(steps: int) -> int:
    """Give `steps` if it is a number of steps that can be made, else raise TypeError or ValueError."""
    if isinstance(steps, bool) or not isinstance(steps, (int, np.integer)):
        raise TypeError(f"steps must be a whole number, not {steps!r}.")
    if not 1 <= steps <= MOST_STEPS:
        found = f"{steps:,}" if abs(int(steps)) < 10**15 else "a number of more than 15 digits"
        memory = f"; that path alone would take {steps * 40 / 2**30:,.1f} GiB" if MOST_STEPS < steps < 10**15 else ""
        raise ValueError(f"steps must be from 1 to {MOST_STEPS:,}, not {found}{memory}.")
    return int(steps)


def _checked_start(start: ArrayLike, optimizer: Rule) -> tuple[Array, bool]:
    """Give starts (2, K), and whether it is a single run."""
    try:
        theta = np.array(start, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"start must be two numbers (w, b), or an array (2, K), not {start!r}.") from None
    if theta.ndim not in (1, 2) or theta.shape[0] != 2 or theta.size == 0:
        raise ValueError(f"start must be two numbers (w, b), or an array (2, K), not one of shape {theta.shape}.")
    if not np.all(np.isfinite(theta)):
        raise ValueError("start must be finite: a weight and a bias, neither NaN nor infinite.")
    shapes = {np.shape(value) for value in optimizer.values.values()} - {()}
    single = theta.ndim == 1 and not shapes
    if theta.ndim == 1:
        theta = theta[:, None]
    try:
        (runs,) = np.broadcast_shapes(theta.shape[1:], *shapes)
    except ValueError:
        raise ValueError(
            f"hyperparameters of shape {', '.join(map(str, shapes))} don't go with {theta.shape[1]} starts."
        ) from None
    return np.array(np.broadcast_to(theta, (2, runs))), single
