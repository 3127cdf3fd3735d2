"""The loop for many runs under plain conditions: steps written for their rule, in arrays that are written over."""

from collections.abc import Generator, Sequence
from time import perf_counter
from typing import Any

import numpy as np

from lossviz.descent.plan import Plan
from lossviz.descent.recorded import BREATH, Recorded
from lossviz.landscape.objective import Array, Surface
from lossviz.rules.base import State
from lossviz.rules.componentwise import Componentwise
from lossviz.rules.replay import States, spacing
from lossviz.rules.traced import Stride, in_place, traced

Written = dict[tuple[int, ...], Stride | None]
"""The step of a rule by the dimensions of the rate and of what is remembered; None where the rule is followed."""


class Striding:
    """Makes the steps of one rule over arrays, in place where the rule can be traced.

    Parameters
    ----------
    rule : Componentwise
        Its hyperparameters may be arrays (K,).
    written : dict, optional
        What was written down for the same rule of other runs.
    """

    def __init__(self, rule: Componentwise, written: Written | None = None) -> None:
        self.written: Written = {} if written is None else written
        self._rule = rule
        self._arrays = [value for name, value in rule.values.items() if np.ndim(value) and name != "learning_rate"]
        self._stride: Stride | None = None
        self._made = 0

    def step(self, slopes: Array, theta: Array, rate: Any, state: State) -> tuple[Array, State, Array]:
        """Give theta and what is remembered after a step, and an array for the next slopes.

        All arrays that are given but the rate are written over.
        """
        if self._made < 2 or self._stride is None:
            # what is one number at first may differ from run to run later
            self._stride = self._written_for(rate, state)
        self._made += 1
        if self._stride is not None:
            try:
                theta, *remembered, spare = self._stride(slopes, theta, rate, *state, *self._arrays)
                return theta, tuple(remembered), np.empty(theta.shape) if spare is None else spare
            except (ValueError, ZeroDivisionError, OverflowError):
                # Python's arithmetic raises before any array is touched; the rule itself knows what is meant
                pass
        theta, state = self._rule.follow(slopes, theta, rate, state)
        return theta, own(state), np.empty(theta.shape)

    def _written_for(self, rate: Any, state: State) -> Stride | None:
        dimensions = (np.ndim(rate), *map(np.ndim, state))
        if dimensions not in self.written:
            script = traced(self._rule, dimensions[1:], dimensions[0])
            self.written[dimensions] = None if script is None else in_place(script, len(state))
        return self.written[dimensions]


def own(state: State) -> State:
    """Give a state whose arrays are nobody else's."""
    return tuple(np.array(part) if np.ndim(part) else part for part in state)


def in_strides(
    surface: Surface, rule: Componentwise, start: Array, free: Sequence[int], plan: Plan
) -> Generator[float, None, Recorded]:
    """Descend from starts (2, K) where a step is settled by its rate, without a stop rule; yield the progress.

    Parameters
    ----------
    surface : Surface
    rule : Componentwise
        Its hyperparameters may be arrays (K,).
    start : array (2, K)
    free : sequence of int
    plan : Plan
        Of which ``only_rates`` holds.
    """
    steps, runs = plan.rates.shape
    part = slice(free[0], free[-1] + 1)
    path = np.empty((steps + 1, *start.shape))
    path[:] = start
    losses, gradients = np.empty((steps + 1, runs)), np.empty(path.shape)
    theta = np.array(start[part], order="C")
    state, slopes = own(rule.init(theta)), np.empty(theta.shape)
    striding, every = Striding(rule), spacing(steps)
    rates = _rates(rule, plan)
    kept: list[State] = []
    last_breath = perf_counter()
    k = 0
    while k <= steps:
        with np.errstate(all="ignore"):
            while k <= steps:
                path[k, part] = theta
                losses[k], gradients[k] = surface.value_and_gradient(path[k])
                if k < steps:
                    if k % every == 0:
                        kept.append(own(state))
                    np.copyto(slopes, gradients[k, part])
                    theta, state, slopes = striding.step(slopes, theta, rates[k], state)
                k += 1
                if perf_counter() - last_breath > BREATH:
                    break
        if k <= steps:
            # outside of errstate, which a generator would leave to others
            yield k / steps
            last_breath = perf_counter()
    stopped = np.full(runs, steps)
    return Recorded(path, losses, gradients, stopped, (States(every, kept or [state]),), rates=plan.rates)


def _rates(rule: Componentwise, plan: Plan) -> Sequence[Any]:
    """Give the rates of all steps: numbers where all runs have the same, arrays (K,) else."""
    if plan.constant:
        return [rule.learning_rate] * len(plan.rates)
    return plan.rates[:, 0].tolist() if np.all(plan.rates == plan.rates[:, :1]) else list(plan.rates)
