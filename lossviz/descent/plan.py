"""Plan: what the conditions of a descent come to in each of its steps."""

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from lossviz.descent.batches import Batches, Stream
from lossviz.descent.conditions import Conditions
from lossviz.descent.cost import Counts, Looks, samples_of_steps
from lossviz.descent.stopping import StopRule
from lossviz.landscape.naming import unknown
from lossviz.landscape.objective import Array, Surface
from lossviz.rules.base import Oracle, Rule
from lossviz.rules.componentwise import Componentwise

if TYPE_CHECKING:
    from lossviz.rules.schedules.base import Schedule

OneRule = TypeVar("OneRule", bound=Rule)

PLAIN = Conditions()
"""Each step follows the slope of the whole loss, at the rule's own rate."""


class Plan:
    """What is settled before the first step, and what is settled on the way: the rates of a schedule that follows.

    Parameters
    ----------
    surface : Surface
    rules : sequence of Rule
        One for all runs, or one a run.
    runs, steps : int
    stop : StopRule
    conditions : Conditions

    Attributes
    ----------
    rates : array (steps, runs)
        The learning rates, before they are scaled; those of a schedule that follows are filled in step by step.
    momenta : array (steps,) or None
        The momenta of a schedule that moves them.
    """

    def __init__(
        self,
        surface: Surface,
        rules: Sequence[Rule],
        runs: int,
        steps: int,
        stop: StopRule,
        conditions: Conditions,
    ) -> None:
        self.conditions = conditions
        self._surface = surface
        self.batches = Batches.of(surface, conditions)
        self.looks = Looks(surface, conditions, stop)
        self.single = conditions.precision == "float32"
        bases = np.broadcast_to(np.ravel([rule.learning_rate for rule in rules]), (runs,))
        schedule = conditions.schedule and conditions.schedule.for_steps(steps)
        self._follower: Any = None
        self.momenta: Array | None = None
        if schedule is None:
            self.rates: Array = np.broadcast_to(bases, (steps, runs))
        elif schedule.adaptive:
            self._follower = schedule.begin(bases)  # type: ignore[attr-defined]
            self.rates = np.empty((steps, runs))
        else:
            different, which = np.unique(bases, return_inverse=True)
            rates = schedule.rates(steps, different)
            self.rates = np.broadcast_to(rates, (steps, runs)) if len(different) == 1 else rates[:, which]
            if schedule.moves_momentum:
                self.momenta = np.array(np.broadcast_to(np.asarray(schedule.momentum(np.arange(steps))), (steps,)))
        self.constant = schedule is None
        """Whether each run keeps its rate."""
        self.waits = stop.active or self._follower is not None
        """Whether somebody waits for the losses while the steps are made."""

    @property
    def only_rates(self) -> bool:
        """Whether a step is settled by its rate: it follows the slope of the whole loss, and nobody looks meanwhile."""
        c = self.conditions
        apart = self.waits or self.batches is not None or self.momenta is not None or c.clips or c.record
        return not (apart or self.single or c.rate_scale is not None or c.decay_mask is not None)

    @cached_property
    def stream(self) -> Stream | None:
        """The slopes of batches; None where each step sees all samples."""
        return None if self.batches is None else Stream(self._surface, self.batches)

    @cached_property
    def samples(self) -> Counts:
        """How many samples each step sees every time that the rule asks, shape (steps,)."""
        return samples_of_steps(self._surface, self.conditions, self.batches, len(self.rates))

    def settle(self, k: int) -> Array:
        """Give the rates of step k, shape (runs,)."""
        if self._follower is not None:
            self.rates[k] = self._follower.at(k)
        return np.asarray(self.rates[k])

    def tell(self, k: int, losses: Array) -> None:
        """Tell a schedule that follows the losses of a look, but for that of the start."""
        if k and self._follower is not None:
            self._follower.see(losses)


def scale_of(conditions: Conditions, free: Sequence[int]) -> Array | None:
    """Give by what the rates of the free parameters are multiplied, shape (n,); None: by nothing."""
    return None if conditions.rate_scale is None else np.array(conditions.rate_scale)[list(free)]


def decaying(surface: Surface, conditions: Conditions, free: Sequence[int]) -> list[bool] | None:
    """Tell which of the free parameters weight decay acts on; None: on all."""
    mask = conditions.decay_mask
    return None if mask is None else [surface.parameters[i] in mask for i in free]


def own_copy(rule: OneRule) -> OneRule:
    """Give a copy of a rule whose hyperparameters the loop may change."""
    return copy(rule)


def change(rule: Rule, **values: Any) -> None:
    """Change hyperparameters of a copy, which were checked when they were declared."""
    for name, value in values.items():
        object.__setattr__(rule, name, value)


def moved_momentum(rule: Rule) -> str | None:
    """Name the hyperparameter that a schedule moves which cycles the momentum; None where the rule has none."""
    names = {param.name for param in rule.params()}
    return next((name for name in ("beta1", "momentum") if name in names), None)


def move_momentum(rule: Rule, name: str, momentum: float) -> None:
    """Give a copy the momentum of one step."""
    change(rule, **{name: momentum})


def taking_momentum(rule: Rule, schedule: "Schedule | None", steps: int) -> Rule:
    """Give a rule that has no momentum of its own that which a schedule begins with: so it remembers a velocity."""
    name = moved_momentum(rule)
    if name is None or schedule is None or not schedule.moves_momentum:
        return rule
    own = np.asarray(rule.values[name])
    if np.all(own != 0.0):
        return rule
    begun: Any = schedule.for_steps(steps).momentum(0)
    own_or_begun: dict[str, Any] = {name: np.where(own == 0.0, begun, own) if own.ndim else begun}
    return replace(rule, **own_or_begun)


def has_decay(rule: Rule) -> bool:
    """Tell whether a rule has weight decay."""
    return any(param.name == "weight_decay" for param in rule.params())


def for_arrays(rule: OneRule, mask: Sequence[bool] | None, axes: int, single: bool) -> OneRule:
    """Give the rule as it makes steps from theta with `axes` axes: weight decay masked, numbers in the precision."""
    own = own_copy(rule)
    if mask is not None and has_decay(rule):
        masked = np.array(mask, dtype=np.float64).reshape(-1, *(1,) * (axes - 1)) * rule.values["weight_decay"]
        change(own, weight_decay=masked)
    if single:
        change(own, **{name: v.astype(np.float32) for name, v in own.values.items() if isinstance(v, np.ndarray)})
    return own


def for_component(rule: OneRule, decays: bool) -> OneRule:
    """Give the rule as it moves one parameter in plain numbers."""
    own = own_copy(rule)
    if not decays and has_decay(rule):
        change(own, weight_decay=0.0)
    return own


def told_by(surface: Surface, rule: Rule, start: Array) -> tuple[str, ...]:
    """Name what a rule tells of a step."""
    with np.errstate(all="ignore"):
        if isinstance(rule, Componentwise):
            return tuple(rule.told(rule.learning_rate, rule.init(start)))
        return tuple(rule.step(Oracle(surface), start, rule.learning_rate, rule.init(start)).info)


def check_record(surface: Surface, rules: Sequence[Rule], start: Array, record: Sequence[str]) -> None:
    """Say which of the names is not one of what the rules tell.

    Raises
    ------
    ValueError
        If no rule tells it.
    """
    if not record:
        return
    told = [name for rule in rules for name in told_by(surface, rule, start)]
    for name in record:
        if name not in told:
            by = f"{rules[0].name} tells" if len({rule.name for rule in rules}) == 1 else "these optimizers tell"
            raise ValueError(f"record: {unknown(f'one of what {by} of a step', name, dict.fromkeys(told))}")
