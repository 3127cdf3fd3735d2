"""Rules that move each parameter by its own slopes alone: they make the step of one number as they do that of an array.

A few runs are so descended in plain numbers, with one definition of the rule. What such a rule is written in must take
arrays and numbers alike, and give the same bits for both: + − × ÷, and the functions here.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from math import nan, sqrt
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
        after, remembered = self.follow(oracle.gradient(theta), theta, rate, state)
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


def divided(rate: Hyper, by: Quantity) -> Quantity:
    """Give rate/by, and 0 where that is 0: with ε = 0 a parameter without any gradient stays where it is."""
    if isinstance(by, float):
        return 0.0 if by == 0.0 else rate / by
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(by == 0.0, 0.0, rate / by)
