"""Replay: any step of a recorded run made again, with what the rule remembered before it, and its terms worked out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.rules.base import Hyper, Oracle, Rule, State, Step
from lossviz.rules.terms import Term

if TYPE_CHECKING:
    from lossviz.rules.formula_nodes import Value

EVERY = 16
"""Steps between two kept states: to make as many again takes well below a millisecond."""
MOST = 8192
"""Kept states of a run, at most: a longer run keeps them farther apart."""
NOTHING: Mapping[str, Array] = MappingProxyType({})


def spacing(steps: int) -> int:
    """Give how many steps lie between two kept states of a run."""
    return max(EVERY, -(-steps // MOST))


@dataclass(frozen=True, eq=False)
class States:
    """What a rule remembered before each `every`-th step of a batch of runs.

    Parameters
    ----------
    every : int
    kept : sequence of State
        Before the steps 0, every, 2·every, …; arrays with a last axis K.
    lane : int
        Which of the K runs is meant.
    """

    every: int
    kept: Sequence[State]
    lane: int = 0

    def before(self, k: int) -> tuple[int, State]:
        """Give the last kept step up to `k`, and the state before it, of this run alone."""
        place = min(k // self.every, len(self.kept) - 1)
        state = self.kept[place]
        return place * self.every, tuple(part if np.ndim(part) == 0 else part[..., self.lane] for part in state)


@dataclass(frozen=True)
class Replayed:
    """A step made again.

    Parameters
    ----------
    state : tuple
        What the rule remembered before it.
    step : Step
        Where it leads, what is remembered after it, and its info.
    """

    state: State
    step: Step


def replay(oracle: Oracle, states: States, begin: Callable[[int], tuple[Rule, Array, Hyper]], k: int) -> Replayed:
    """Make the step from row k again, from the last kept state before it.

    Every step begins on the recorded row, so that nothing drifts.

    Parameters
    ----------
    oracle : Oracle
        Of the free parameters alone.
    states : States
    begin : callable
        Makes the oracle ready for the step from a row; gives the rule of that step, θ (n,) and the rate.
    k : int
        From 0 to below the number of steps.
    """
    first, state = states.before(k)
    with np.errstate(all="ignore"):
        for row in range(first, k + 1):
            rule, theta, rate = begin(row)
            before = state
            made = rule.step(oracle, theta, rate, state)
            state = made.state
    return Replayed(before, made)


def worked_out(
    rule: Rule,
    theta: Array,
    slope: Array,
    rate: "Value",
    state: State,
    k: int,
    told: Mapping[str, Array] = NOTHING,
) -> "dict[str, Value]":
    """Work out the terms of the step from row k, by their symbols; the hyperparameters, θ, t and k beside them.

    Parameters
    ----------
    rule : Rule
        With scalar hyperparameters.
    theta, slope : array (n,)
    rate : float or array (n,)
    state : tuple
        What the rule remembers before the step.
    k : int
        The steps made before it.
    told : mapping of str to array
        The info of the step made again.
    """
    values: dict[str, Value] = {param.symbol: rule.values[param.name] for param in rule.params()}
    values |= {"θ": theta, "η": rate, "k": float(k), "t": float(k + 1)}
    with np.errstate(all="ignore"):
        for term in rule.terms:
            values[term.symbol] = _value(term, slope, state, values, told)
    return values


def carried(
    rule: Rule,
    theta: Array,
    slope: Array,
    rate: "Value",
    state: State,
    k: int,
    told: Mapping[str, Array] = NOTHING,
) -> Array | None:
    """Give the part of the step Δ that what is remembered makes alone; None where nothing carries the rule."""
    places = [term.remembered for term in rule.terms if term.carries]
    if not places:
        return None
    at_rest = tuple(np.zeros_like(part) if place in places else part for place, part in enumerate(state))
    last = rule.terms[-1].symbol
    whole = worked_out(rule, theta, slope, rate, state, k, told)[last]
    with np.errstate(all="ignore"):
        return np.asarray(whole - worked_out(rule, theta, slope, rate, at_rest, k, told)[last])


def _value(term: Term, slope: Array, state: State, values: "dict[str, Value]", told: Mapping[str, Array]) -> "Value":
    if term.told:
        return np.asarray(told[term.told], dtype=np.float64)
    if term.remembered is not None:
        return np.asarray(state[term.remembered], dtype=np.float64)
    return term.tree.value(values) if term.formula else slope
