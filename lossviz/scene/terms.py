"""The terms of one step of a run, with their numbers for weight and bias."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lossviz.descent import Trajectory
from lossviz.rules.formula_nodes import Value
from lossviz.rules.replay import carried, worked_out
from lossviz.rules.terms import Term

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class WorkedStep:
    """A step, worked out line by line as a person would; unrounded.

    Parameters
    ----------
    k : int
        From row k to the next.
    terms : tuple of Term
        In their order; the first is the slope, the last the step Δ.
    values : mapping of symbol to value
        Of the terms: arrays of the free parameters; of hyperparameters, t and k: numbers.
    free : tuple of int
    step : array (2,)
        What is added to w and b; 0 for a held one.
    carried : array (2,), optional
        The part of it that comes from what the rule remembers; None where it remembers nothing that moves it.
    rate : float
        The learning rate of this step; where it was scaled, `values` have that of each parameter.
    """

    k: int
    terms: tuple[Term, ...]
    values: Mapping[str, Value]
    free: tuple[int, ...]
    step: Array
    carried: Array | None
    rate: float

    def pair(self, symbol: str) -> tuple[float | None, float | None]:
        """Give a term's value for w and for b; None for a parameter that is held."""
        value = np.broadcast_to(self.values[symbol], (len(self.free),))
        found = dict(zip(self.free, value.tolist(), strict=True))
        return found.get(0), found.get(1)


def worked_step(trajectory: Trajectory, k: int) -> WorkedStep | None:
    """Work out the step from row `k` of a run; None where it made no such step."""
    t = trajectory
    if not 0 <= k < t.steps:
        return None
    made = t.replay(k)
    rule, rate, state, told = t.rule_of(k), t.rate_of(k), made.state, made.step.info
    slope, theta = t.slopes[k, list(t.free)], t.path[k, list(t.free)]
    values = worked_out(rule, theta, slope, rate, state, k, told)
    part = carried(rule, theta, slope, rate, state, k, told)
    step = _whole(t, np.asarray(values[rule.terms[-1].symbol]))
    whole = None if part is None else _whole(t, part)
    return WorkedStep(k, rule.terms, values, t.free, step, whole, float(t.learning_rates[k]))


def _whole(trajectory: Trajectory, moved: Array) -> Array:
    """Give both components of a change of the free parameters."""
    whole = np.zeros(2)
    whole[list(trajectory.free)] = moved
    return whole
