"""HOW one step is made: the catalogue of optimizers by name."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from lossviz.landscape.naming import unknown
from lossviz.rules.adaptive import Adagrad, Adam, RMSprop
from lossviz.rules.base import Rule
from lossviz.rules.plain import FixedStep, GradientDescent, Momentum, Nesterov

CATALOGUE: dict[str, type[Rule]] = {
    rule.name: rule for rule in (FixedStep, GradientDescent, Momentum, Nesterov, Adagrad, RMSprop, Adam)
}


def optimizers() -> tuple[str, ...]:
    """Name the optimizers, in the order of the lecture."""
    return tuple(CATALOGUE)


def optimizer(name: str, **hyperparameters: Any) -> Rule:
    """Give an optimizer by name, in PyTorch's conventions.

    Parameters
    ----------
    name : str
        One of ``optimizers()``.
    **hyperparameters : float, bool or array
        ``learning_rate=0.1``, …; an array makes a sweep, it broadcasts against the batch of starts.

    Raises
    ------
    ValueError
        If the name is unknown, or a value out of range.
    TypeError
        If the optimizer has no such hyperparameter, or a value is not a number.
    """
    if name not in CATALOGUE:
        raise ValueError(unknown("an optimizer", name, CATALOGUE))
    rule = CATALOGUE[name]
    known = [param.name for param in rule.params()]
    for given in hyperparameters:
        if given not in known:
            raise TypeError(unknown(f"a hyperparameter of {name}", given, known))
    return rule(**hyperparameters)


def stacked(rules: Sequence[Rule]) -> Rule:
    """Give one rule with array hyperparameters that makes the steps of all `rules` side by side.

    Parameters
    ----------
    rules : sequence of Rule
        Of one kind, with equal switches; at least one.

    Raises
    ------
    ValueError
        If they are not of one kind.
    """
    kind = type(rules[0])
    if any(type(rule) is not kind for rule in rules):
        raise ValueError("rules of different kinds can't make their steps side by side.")
    values: dict[str, Any] = {}
    for param in kind.params():
        column = [getattr(rule, param.name) for rule in rules]
        if param.switch and len(set(column)) > 1:
            raise ValueError(f"rules that differ in the switch {param.name} can't make their steps side by side.")
        values[param.name] = column[0] if param.switch else np.array(column, dtype=np.float64)
    return kind(**values)
