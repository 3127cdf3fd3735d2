"""The loop: a rule descends a surface from one start or many, and every row is recorded."""

from collections.abc import Generator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.descent.in_arrays import in_arrays
from lossviz.descent.in_numbers import in_numbers
from lossviz.descent.stopping import StopRule, ended_off
from lossviz.descent.trajectory import Trajectories, Trajectory
from lossviz.diagnosis.evidence import gather
from lossviz.diagnosis.stability import free_indices
from lossviz.landscape.domain import FARTHEST
from lossviz.landscape.objective import Surface
from lossviz.landscape.work import completed
from lossviz.numerals import counted, short
from lossviz.rules import stacked
from lossviz.rules.base import Rule
from lossviz.rules.componentwise import Componentwise

Array = NDArray[np.float64]

MOST_STEPS = 10_000_000

FEW = 8
"""Runs that are made faster one by one in plain numbers than side by side in arrays."""


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
        Within ±1e100: farther away losses overflow.
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
    optimizer: Rule | Sequence[Rule],
    start: ArrayLike,
    steps: int,
    *,
    free: Sequence[str] | None = None,
    stop: StopRule | None = None,
) -> Generator[float, None, Trajectory | Trajectories]:
    """Descend as a generator that yields its progress (0..1) and returns what ``descend`` returns.

    Parameters
    ----------
    optimizer : Rule or sequence of Rule
        One for all runs, or one a run: then such as ``side_by_side`` puts together.
    """
    indices = free_indices(surface, free)
    steps = checked_steps(steps)
    rules = (optimizer,) if isinstance(optimizer, Rule) else tuple(optimizer)
    theta, single = _checked_start(start, rules)
    runs = theta.shape[1]
    stop = stop or StopRule()
    lanes = _componentwise(rules, runs)
    if lanes:
        recorded = yield from in_numbers(surface, lanes, theta, steps, indices, stop)
    else:
        together = rules[0] if len(rules) == 1 else stacked(rules)
        recorded = yield from in_arrays(surface, together, theta, steps, indices, stop)
    path, losses, gradients = recorded.path, recorded.losses, recorded.gradients
    stopped = ended_off(surface.domain, path, losses, gradients, recorded.stopped)
    # what no run has made
    made = int(np.max(stopped)) + 1
    path, losses, gradients = path[:made], losses[:made], gradients[:made]
    rates = np.broadcast_to(np.ravel([rule.learning_rate for rule in rules]), (len(losses) - 1, runs))
    evidence = gather(surface, rules, path, losses, gradients, rates, indices)
    for array in (path, losses, gradients):
        array.flags.writeable = False
    batch = Trajectories(surface, rules, indices, path, losses, gradients, rates, stopped, evidence, recorded.states)
    return batch[0] if single else batch


def side_by_side(rules: Sequence[Rule]) -> list[list[int]]:
    """Sort the numbers of rules into the groups that are descended side by side: a few simple ones all together.

    The others go by kind; rules that differ in a switch are of two kinds.
    """
    if _componentwise(rules, len(rules)):
        return [[*range(len(rules))]]
    kinds: dict[object, list[int]] = {}
    for i, rule in enumerate(rules):
        switches = tuple(value for value in rule.values.values() if isinstance(value, bool))
        kinds.setdefault((type(rule), switches), []).append(i)
    return [*kinds.values()]


def _componentwise(rules: Sequence[Rule], runs: int) -> list[Componentwise]:
    """Give the rule of each run, where there are so few runs, and of such rules, that they are made in numbers."""
    if runs > FEW:
        return []
    lanes = rules if len(rules) == runs > 1 else [rules[0].lane(k) for k in range(runs)]
    found = [rule for rule in lanes if isinstance(rule, Componentwise)]
    return found if len(found) == runs else []


def checked_steps(steps: int) -> int:
    """Give `steps` if it is a number of steps that can be made, else raise TypeError or ValueError."""
    if isinstance(steps, bool) or not isinstance(steps, (int, np.integer)):
        raise TypeError(f"steps must be a whole number, not {steps!r}.")
    if not 1 <= steps <= MOST_STEPS:
        found = counted(int(steps)) if abs(int(steps)) < 10**15 else "a number of more than 15 digits"
        memory = f"; that path alone would take {short(steps * 40 / 2**30)} GiB" if MOST_STEPS < steps < 10**15 else ""
        raise ValueError(f"steps must be from 1 to {counted(MOST_STEPS)}, not {found}{memory}.")
    return int(steps)


def _checked_start(start: ArrayLike, rules: Sequence[Rule]) -> tuple[Array, bool]:
    """Give starts (2, K), and whether it is a single run."""
    try:
        theta = np.array(start, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"start must be two numbers (w, b), or an array (2, K), not {start!r}.") from None
    if theta.ndim not in (1, 2) or theta.shape[0] != 2 or theta.size == 0:
        raise ValueError(f"start must be two numbers (w, b), or an array (2, K), not one of shape {theta.shape}.")
    if not np.all(np.isfinite(theta)):
        raise ValueError("start must be finite: a weight and a bias, neither NaN nor infinite.")
    if np.any(np.abs(theta) > FARTHEST):
        raise ValueError(f"start must lie within ±{short(FARTHEST)}; farther away losses overflow.")
    shapes = {np.shape(value) for rule in rules for value in rule.values.values()} - {()}
    if len(rules) > 1:
        shapes.add((len(rules),))
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
