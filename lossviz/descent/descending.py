"""The loop: a rule descends a surface from one start or many, and every row is recorded."""

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.descent.averaging import averaging
from lossviz.descent.batches import Batches
from lossviz.descent.conditions import Conditions
from lossviz.descent.cost import cost_of, cost_of_ends
from lossviz.descent.extent import checked_start, checked_steps, steps_of
from lossviz.descent.in_arrays import in_arrays
from lossviz.descent.in_numbers import in_numbers
from lossviz.descent.plan import PLAIN, check_record, taking_momentum
from lossviz.descent.recorded import Recorded, measuring
from lossviz.descent.stopping import StopRule, ended_off
from lossviz.descent.trajectory import Trajectories, Trajectory
from lossviz.diagnosis.stability import free_indices
from lossviz.landscape.objective import Surface
from lossviz.landscape.work import completed, scaled
from lossviz.rules import stacked
from lossviz.rules.base import Rule
from lossviz.rules.componentwise import Componentwise

if TYPE_CHECKING:
    from lossviz.rules.schedules.base import Schedule

Array = NDArray[np.float64]

FEW = 8
"""Runs that are made faster one by one in plain numbers than side by side in arrays."""


def descend(
    surface: Surface,
    optimizer: Rule,
    start: ArrayLike,
    steps: int | None = None,
    *,
    epochs: float | None = None,
    free: Sequence[str] | None = None,
    tolerance: float | None = None,
    loss_below: float | None = None,
    loss_change: float | None = None,
    check_every: int = 1,
    check_seconds: float | None = None,
    schedule: "Schedule | None" = None,
    batch_size: int | None = None,
    seed: int = 0,
    shuffle: bool = True,
    drop_last: bool = False,
    accumulate: int = 1,
    clip_value: float | None = None,
    clip_norm: float | None = None,
    clip_global_norm: float | None = None,
    average: float | None = None,
    rate_scale: tuple[float, float] | None = None,
    decay_mask: tuple[str, ...] | None = None,
    precision: str = "float64",
    record: tuple[str, ...] = (),
    keep: str = "path",
    step_seconds: float = 1e-3,
    sample_seconds: float = 1e-6,
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
        How many steps are made at most; 1 or more. Default: 100.
    epochs : float, optional
        How often the samples are gone through, instead of `steps`.
    free : sequence of str, optional
        The parameters that move, such as ``("w",)``; the others are held. Default: all.
    tolerance, loss_below, loss_change, check_every
        When to stop earlier, as in StopRule. Default: all steps are made.
    check_seconds : float, optional
        Look at the loss every so many seconds of modelled time instead of every `check_every` steps.
    schedule : Schedule, optional
        How the learning rate changes from step to step: ``lossviz.schedule("cosine")``.
    batch_size, seed, shuffle, drop_last
        Samples of which a step takes the slope (default: all), what decides their order, whether that changes from
        epoch to epoch, and whether an epoch's last batch is left out where it is smaller.
    accumulate : int
        So many batches make one step, by the mean of their slopes.
    clip_value, clip_norm, clip_global_norm : float, optional
        Cut each slope to ± this; shorten each parameter's to this length by itself (Keras's clipnorm); shorten those of
        all free parameters together (PyTorch's clip_grad_norm_, Keras's global_clipnorm).
    average : float, optional
        Keep a running mean of the parameters, which keeps this part of itself at each step.
    rate_scale : (float, float), optional
        By what the learning rate is multiplied for weight and bias.
    decay_mask : tuple of str, optional
        The parameters that weight decay acts on: ``("w",)``. Default: all.
    precision : str
        ``"float64"`` or ``"float32"``.
    record : tuple of str
        What the optimizer tells of each step that is to be kept in ``recorded``: ``("velocity",)``.
    keep : str
        ``"path"``, or ``"end"``: only the last row of each run, for as many runs and steps as one likes.
    step_seconds, sample_seconds : float
        The modelled time of a step, and of each sample that is looked at in it.

    Returns
    -------
    Trajectory or Trajectories
        The second where there are K starts or array hyperparameters.

    Raises
    ------
    ValueError, TypeError
        If an argument is not what it must be.
    """
    if steps is not None and epochs is not None:
        raise ValueError("steps and epochs can't both be given: an epoch is a number of steps.")
    stop = StopRule(tolerance, loss_below, loss_change, check_every)
    conditions = Conditions(
        schedule=schedule,
        batch_size=batch_size,
        seed=seed,
        shuffle=shuffle,
        drop_last=drop_last,
        accumulate=accumulate,
        clip_value=clip_value,
        clip_norm=clip_norm,
        clip_global_norm=clip_global_norm,
        average=average,
        rate_scale=rate_scale,
        decay_mask=decay_mask,
        precision=precision,
        record=record,
        keep=keep,
        check_seconds=check_seconds,
        step_seconds=step_seconds,
        sample_seconds=sample_seconds,
    )
    made = 100 if steps is None and epochs is None else steps
    work = descending(surface, optimizer, start, made, epochs=epochs, free=free, stop=stop, conditions=conditions)
    return completed(work)


def descending(
    surface: Surface,
    optimizer: Rule | Sequence[Rule],
    start: ArrayLike,
    steps: int | None,
    *,
    epochs: float | None = None,
    free: Sequence[str] | None = None,
    stop: StopRule | None = None,
    conditions: Conditions = PLAIN,
) -> Generator[float, None, Trajectory | Trajectories]:
    """Descend as a generator that yields its progress (0..1) and returns what ``descend`` returns.

    Parameters
    ----------
    optimizer : Rule or sequence of Rule
        One for all runs, or one a run: then such as ``side_by_side`` puts together.
    steps : int or None
        What counts where no `epochs` are given.
    """
    # the protocol would ask for all that a surface has, which may take long to find
    if not callable(getattr(surface, "value_and_gradient", None)):
        raise TypeError(f"surface must be a surface, such as lossviz.surface('himmelblau'), not {surface!r}.")
    rules = (optimizer,) if isinstance(optimizer, Rule) else optimizer
    if not isinstance(rules, Sequence) or not rules or not all(isinstance(rule, Rule) for rule in rules):
        raise TypeError(f"optimizer must be an optimizer, such as lossviz.optimizer('adam'), not {optimizer!r}.")
    rules = tuple(rules)
    indices = free_indices(surface, free)
    conditions.check_for(surface, rules)
    if epochs is not None:
        steps = steps_of(surface, conditions, epochs)
    # where only the end is kept, there is no float32 at all
    theta, single = checked_start(start, rules, conditions.precision if conditions.keep == "path" else "float64")
    runs = theta.shape[1]
    steps = checked_steps(steps, runs, conditions.keep)
    rules = tuple(taking_momentum(rule, conditions.schedule, steps) for rule in rules)
    check_record(surface, rules, theta, conditions.record)
    stop = stop or StopRule()
    if conditions.keep == "end":
        # needed for crowds alone
        from lossviz.descent.ends_only import ends_only

        made = yield from ends_only(surface, rules, theta, steps, indices, conditions, stop)
        batch = _ends(surface, rules, indices, conditions, stop, made)
        return batch[0] if single else batch
    lanes = _componentwise(rules, runs) if conditions.precision == "float64" else []
    if lanes:
        loop = in_numbers(surface, lanes, theta, steps, indices, stop, conditions)
    else:
        together = rules[0] if len(rules) == 1 else stacked(rules)
        loop = in_arrays(surface, together, theta, steps, indices, stop, conditions)
    looping = 1.0 if conditions.average is None else 0.7
    recorded = yield from scaled(loop, 0.0, looping)
    batch = yield from scaled(_whole(surface, rules, indices, conditions, stop, recorded), looping, 1.0)
    return batch[0] if single else batch


def _whole(
    surface: Surface,
    rules: tuple[Rule, ...],
    free: tuple[int, ...],
    conditions: Conditions,
    stop: StopRule,
    recorded: Recorded,
) -> Generator[float, None, Trajectories]:
    """Give runs of which every row was kept; yield the progress of what is computed of them."""
    path, losses, gradients = recorded.path, recorded.losses, recorded.gradients
    stopped = ended_off(surface.domain, path, losses, gradients, recorded.stopped)
    # what no run has made
    steps = int(np.max(stopped))
    made, rows = slice(steps), slice(steps + 1)
    path, losses, gradients = path[rows], losses[rows], gradients[rows]
    average, average_losses = None, None
    if conditions.average is not None:
        single = conditions.precision == "float32"
        average = yield from scaled(averaging(path, conditions.average, rules, stopped, single), 0.0, 0.5)
        average_losses, _ = yield from scaled(measuring(surface, average), 0.5, 1.0)
    rates = recorded.rates
    assert rates is not None
    slopes = gradients[:-1] if recorded.slopes is None else recorded.slopes[made]
    clipped = np.broadcast_to(np.False_, rates[made].shape) if recorded.clipped is None else recorded.clipped[made]
    for array in (path, losses, gradients, slopes):
        array.flags.writeable = False
    return Trajectories(
        surface,
        rules,
        free,
        conditions,
        path,
        losses,
        gradients,
        rates[made],
        slopes,
        clipped,
        None if recorded.momenta is None else recorded.momenta[made],
        average,
        average_losses,
        {name: rows_of[made] for name, rows_of in recorded.recorded.items()},
        cost_of(surface, conditions, stop, Batches.of(surface, conditions), steps, recorded.asked),
        stopped,
        recorded.states,
    )


def _ends(
    surface: Surface,
    rules: tuple[Rule, ...],
    free: tuple[int, ...],
    conditions: Conditions,
    stop: StopRule,
    recorded: Recorded,
) -> Trajectories:
    """Give runs of which only the last row was kept."""
    runs = len(recorded.stopped)
    return Trajectories(
        surface,
        rules,
        free,
        conditions,
        recorded.path,
        recorded.losses,
        recorded.gradients,
        np.empty((0, runs)),
        np.empty((0, 2, runs)),
        np.empty((0, runs), dtype=bool),
        None,
        None,
        None,
        {},
        cost_of_ends(surface, conditions, stop, recorded.stopped),
        recorded.stopped,
        (),
    )


def side_by_side(rules: Sequence[Rule]) -> list[list[int]]:
    """Sort the numbers of rules into the groups that are descended side by side: a few simple ones all together.

    The others go by kind; rules that differ in a switch are of two kinds.
    """
    if _componentwise(rules, len(rules)):
        return [[*range(len(rules))]]
    kinds: dict[object, list[int]] = {}
    for i, rule in enumerate(rules):
        shared = tuple(getattr(rule, param.name) for param in rule.params() if param.shared)
        kinds.setdefault((type(rule), shared), []).append(i)
    return [*kinds.values()]


def _componentwise(rules: Sequence[Rule], runs: int) -> list[Componentwise]:
    """Give the rule of each run, where there are so few runs, and of such rules, that they are made in numbers."""
    if runs > FEW:
        return []
    lanes = rules if len(rules) == runs > 1 else [rules[0].lane(k) for k in range(runs)]
    found = [rule for rule in lanes if isinstance(rule, Componentwise)]
    return found if len(found) == runs else []
