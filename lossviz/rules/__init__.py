"""HOW one step is made: the catalogue of optimizers by name."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from lossviz.landscape.naming import unknown
from lossviz.rules.base import Rule
from lossviz.rules.catalogue import CATALOGUE, GROUPS, conventions, library, rule_class
from lossviz.rules.ways import CONVENTIONS

__all__ = [
    "CATALOGUE",
    "CONVENTIONS",
    "GROUPS",
    "conventions",
    "library",
    "optimizer",
    "optimizers",
    "rule_class",
    "stacked",
]

AN_ARGUMENT = "an argument of descend"

_SPELLED_OUT = {
    "lr": "learning_rate",
    "eps": "epsilon",
    "betas": "beta1 and beta2",
    "b1": "beta1",
    "b2": "beta2",
    "beta_1": "beta1",
    "beta_2": "beta2",
    "lr_decay": "learning_rate_decay",
    "initial_accumulator_value": "initial_accumulator",
    "eps_root": "epsilon_root",
    "eps_in_sqrt": "epsilon_in_root",
    "etas": "eta_minus and eta_plus",
    "step_sizes": "step_min and step_max",
    "min_step_size": "step_min",
    "max_step_size": "step_max",
    "nus": "nu1 and nu2",
    "weight_decay_type": "decouple_weight_decay, on or off",
    "line_search_fn": "strong_wolfe, on or off",
    "decay": "alpha",
    "ema_momentum": f"average, {AN_ARGUMENT}",
    "clipnorm": f"clip_norm, {AN_ARGUMENT}",
    "clipvalue": f"clip_value, {AN_ARGUMENT}",
    "global_clipnorm": f"clip_global_norm, {AN_ARGUMENT}",
}
"""What the libraries' own names are called here."""


def optimizers() -> tuple[str, ...]:
    """Name the optimizers, in the order of the lecture."""
    return tuple(CATALOGUE)


def optimizer(name: str, *, convention: str = "pytorch", **hyperparameters: Any) -> Rule:
    """Give an optimizer by name, as a library has it.

    Parameters
    ----------
    name : str
        One of ``optimizers()``.
    convention : str
        Whose way of it: ``"pytorch"``, ``"keras"`` or ``"optax"``; of one that PyTorch doesn't have, the first means
        the usual way.
    **hyperparameters : float, bool or array
        ``learning_rate=0.1``, …; an array makes a sweep, it broadcasts against the batch of starts.

    Raises
    ------
    ValueError
        If the name or convention is unknown, the convention lacks the optimizer, or a value is out of range.
    TypeError
        If the optimizer has no such hyperparameter, or a value is not a number.
    """
    rule = rule_class(name, convention)
    known = [param.name for param in rule.params()]
    for given in hyperparameters:
        if given not in known:
            raise TypeError(_unknown_hyperparameter(rule, given, known))
    return rule(**hyperparameters)


def _unknown_hyperparameter(rule: type[Rule], given: str, known: Sequence[str]) -> str:
    """Say that a rule has no such hyperparameter: under which name it has it, or who else has it, or the nearest."""
    called = _SPELLED_OUT.get(given, "")
    names = set(called.partition(",")[0].split(" and ")) if called else {given}
    own = f"'{given}' is not a hyperparameter of {rule.name}"
    if called and (AN_ARGUMENT in called or names <= set(known)):
        return f"{own}; here it is called {called}."
    others = [way for way in conventions(rule.name) if way != rule.convention]
    having = [
        CONVENTIONS[way] for way in others if names <= {param.name for param in rule_class(rule.name, way).params()}
    ]
    if having:
        has = f"'{given}' is a hyperparameter of {rule.name} in {' and '.join(having)}"
        here = f", where it is called {called}" if called else ""
        return f"{has}{here}, not in {CONVENTIONS[rule.convention]}; known: {', '.join(known)}."
    return unknown(f"a hyperparameter of {rule.name}", given, known)


def stacked(rules: Sequence[Rule]) -> Rule:
    """Give one rule that makes the steps of all `rules` side by side: where they differ, it has array hyperparameters.

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
        if param.shared and len(set(column)) > 1:
            raise ValueError(f"rules that differ in the switch {param.name} can't make their steps side by side.")
        # what is the same for all stays one number, with which float32 reckons as in a single run
        same = len(set(column)) == 1
        values[param.name] = column[0] if same else np.array(column, dtype=np.float64)
    return kind(**values)
