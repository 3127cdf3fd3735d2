"""Rules that move each parameter by its own slopes alone: they make the step of one number as they do that of an array.

A few runs are so descended in plain numbers, with one definition of the rule. What such a rule is written in must take
arrays and numbers alike, and give the same bits for both: + − × ÷, and the functions here. A hyperparameter that does
nothing where it is 0 costs nothing there: `used`.

The operations of a rule are in its library's own order: so its last digits are the library's too, on a processor that
rounds after each operation. PyTorch's kernels for newer processors round a product and the sum it goes into only once;
NumPy and Python don't.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, nan, sqrt
from typing import Any

import numpy as np

from lossviz.landscape.objective import Array
from lossviz.rules.base import Hyper, Oracle, Rule, State, Step

Quantity = Any
"""An array (n, *batch), or one plain number."""


@dataclass(frozen=True, eq=False)
class Componentwise(Rule):
    """A rule whose step of each parameter needs that parameter's slope, and no other."""

    def step(self, oracle: Oracle, theta: Array, rate: Hyper, state: State) -> Step:
        """Follow the gradient where it is."""
        slope = oracle.gradient(theta)
        with np.errstate(all="ignore"):
            after, remembered = self.follow(slope, theta, rate, state)
            return Step(after, remembered, self.told(rate, remembered))

    def told(self, rate: Hyper, state: State) -> Mapping[str, Array]:
        """Give what is worth showing of a step made at this rate, from the state after it."""
        return {}

    @abstractmethod
    def follow(self, slope: Quantity, theta: Quantity, rate: Hyper, state: State) -> tuple[Quantity, State]:
        """Make one step: give where it leads, and the state after it.

        Parameters
        ----------
        slope, theta : array (n, *batch) or float
            Not changed.
        rate : float or array (*batch)
        state : tuple
            From ``init`` or the step before; its arrays are numbers where theta is one.
        """


def root(of: Quantity) -> Quantity:
    """Give √of; NaN of a negative one."""
    if isinstance(of, float):
        return sqrt(of) if of >= 0.0 else nan
    return np.sqrt(of)


def largest(one: Quantity, other: Quantity) -> Quantity:
    """Give the larger of two; NaN where either is."""
    if isinstance(one, float) and isinstance(other, float):
        return one if one >= other or one != one else other
    return np.maximum(one, other)


def chosen(condition: Any, then: Quantity, otherwise: Quantity) -> Quantity:
    """Give `then` where the condition holds, else `otherwise`."""
    if isinstance(condition, (bool, np.bool_)):
        return then if condition else otherwise
    return np.where(condition, then, otherwise)


def divided(what: Quantity, by: Quantity) -> Quantity:
    """Give what/by, and 0 where `by` is 0: with ε = 0 a parameter without any gradient stays where it is."""
    if isinstance(by, float):
        return 0.0 if by == 0.0 else what / by
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(by == 0.0, 0.0, what / by)


def smallest(one: Quantity, other: Quantity) -> Quantity:
    """Give the smaller of two; NaN where either is."""
    if isinstance(one, float) and isinstance(other, float):
        return one if one <= other or one != one else other
    return np.minimum(one, other)


def sign(of: Quantity) -> Quantity:
    """Give −1, 0 or 1; NaN of NaN."""
    if isinstance(of, float):
        return of if of != of else float((of > 0.0) - (of < 0.0))
    return np.sign(of)


def power(base: Quantity, exponent: Hyper) -> Quantity:
    """Give base^exponent, of a base from 0 on."""
    if isinstance(base, float) and isinstance(exponent, float):
        try:
            return base**exponent
        except (OverflowError, ZeroDivisionError):
            return inf
    with np.errstate(all="ignore"):
        # np.power has a faster way for arrays, whose last bit isn't that of Python's own
        raised = np.float_power(base, exponent)
    return raised.astype(np.result_type(base, exponent), copy=False) if isinstance(raised, np.ndarray) else raised


def towards(before: Quantity, value: Quantity, part: Hyper) -> Quantity:
    """Give what lies this part of the way from one to the other, as PyTorch's lerp: from the end that is nearer."""
    if isinstance(part, float):
        return before + part * (value - before) if part < 0.5 else value - (value - before) * (1.0 - part)
    way = value - before
    return chosen(part < 0.5, before + part * way, value - way * (1.0 - part))


def used(hyper: Hyper) -> bool:
    """Tell whether a hyperparameter does anything: it does not where it is 0, in all runs."""
    return hyper != 0.0 if isinstance(hyper, float) else bool(np.any(hyper))


def with_decay(slope: Quantity, theta: Quantity, weight_decay: Hyper) -> Quantity:
    """Give the slope with this part of theta added, as that of an l2 penalty."""
    return slope + weight_decay * theta if used(weight_decay) else slope


def decayed(theta: Quantity, rate: Hyper, weight_decay: Hyper) -> Quantity:
    """Give theta after it was drawn to 0 by this part of the rate, beside the gradient."""
    return theta - theta * weight_decay * rate if used(weight_decay) else theta
