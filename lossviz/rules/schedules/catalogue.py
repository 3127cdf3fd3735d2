"""Which schedules there are, and whose ways of each; each is loaded when used."""

from collections.abc import Mapping, Sequence
from typing import Any

from lossviz.landscape.naming import unknown
from lossviz.rules.schedules.base import Schedule
from lossviz.rules.ways import CONVENTIONS, found

_WAYS: dict[str, dict[str, str]] = {
    "constant": {"pytorch": "straight.Constant", "optax": "straight.OptaxConstant"},
    "step": {"pytorch": "stairs.Step"},
    "multi_step": {"pytorch": "stairs.MultiStep"},
    "exponential": {
        "pytorch": "falling.Exponential",
        "keras": "falling.KerasExponential",
        "optax": "falling.OptaxExponential",
    },
    "cosine": {"pytorch": "cosines.Cosine", "keras": "cosines.KerasCosine", "optax": "cosines.OptaxCosine"},
    "cosine_restarts": {
        "pytorch": "cosines.CosineRestarts",
        "keras": "cosines.KerasCosineRestarts",
        "optax": "cosines.OptaxCosineRestarts",
    },
    "one_cycle": {"pytorch": "cycles.OneCycle", "optax": "cycles.OptaxOneCycle"},
    "cyclic": {"pytorch": "cycles.Cyclic"},
    "polynomial": {
        "pytorch": "straight.Polynomial",
        "keras": "straight.KerasPolynomial",
        "optax": "straight.OptaxPolynomial",
    },
    "linear": {"pytorch": "straight.Linear", "optax": "straight.OptaxLinear"},
    "inverse_time": {"keras": "falling.InverseTime"},
    "piecewise": {"optax": "stairs.Piecewise", "keras": "stairs.KerasPiecewise"},
    "reduce_on_plateau": {
        "pytorch": "plateau.ReduceOnPlateau",
        "keras": "plateau.KerasReduceOnPlateau",
        "optax": "plateau.OptaxReduceOnPlateau",
    },
}
"""Of each schedule the ways; the first is the one that is meant if none is named."""

_SPELLED_OUT = {
    "T_max": "steps",
    "total_steps": "steps",
    "total_iters": "steps",
    "eta_min": "minimum",
    "min_lr": "minimum",
    "max_lr": "maximum",
    "peak_value": "maximum",
    "base_lr": "minimum",
    "T_0": "restart_every",
    "first_decay_steps": "restart_every",
    "T_mult": "restart_factor",
    "t_mul": "restart_factor",
    "m_mul": "peak_factor",
    "decay_rate": "gamma",
    "boundaries": "milestones",
    "end_value": "end",
    "end_learning_rate": "end",
    "transition_begin": "begin",
    "anneal_strategy": "anneal",
    "interpolate_type": "interpolate",
    "base_momentum": "minimum_momentum",
    "max_momentum": "maximum_momentum",
    "min_delta": "threshold",
    "rtol": "relative_threshold",
    "atol": "absolute_threshold",
    "min_scale": "minimum_factor",
    "eps": "epsilon",
    "exponent": "power",
    "warmup_steps": "warmup",
    "decay_steps": "steps or step_size",
    "transition_steps": "steps or step_size",
    "init_value": "the optimizer's learning rate",
    "initial_learning_rate": "the optimizer's learning rate",
}
"""What the libraries' own names are called here."""


def schedules() -> tuple[str, ...]:
    """Name the schedules."""
    return tuple(_WAYS)


def schedule_conventions(name: str) -> tuple[str, ...]:
    """Give whose ways of a schedule there are; the first is meant if none is named."""
    return tuple(_WAYS[name])


def schedule_class(name: str, convention: str = "pytorch") -> type[Schedule]:
    """Give the schedule of this name in this convention.

    PyTorch's convention means the usual way of a schedule that PyTorch doesn't have.

    Raises
    ------
    ValueError
        If there is none.
    """
    kind = found(_WAYS, "lossviz.rules.schedules", "a schedule", name, convention)
    assert isinstance(kind, type)
    assert issubclass(kind, Schedule)
    return kind


def schedule(name: str, *, convention: str = "pytorch", **params: Any) -> Schedule:
    """Give a schedule of the learning rate by name, as a library has it.

    Parameters
    ----------
    name : str
        One of ``schedules()``.
    convention : str
        Whose way of it: ``"pytorch"``, ``"keras"`` or ``"optax"``; of one that PyTorch doesn't have, the first means
        the usual way.
    **params : float, int, bool, str or tuple of numbers
        ``steps=200``, ``minimum=0.01``, ``milestones=(50, 80)``, …, and of each ``warmup=10``.

    Raises
    ------
    ValueError
        If the name or convention is unknown, the convention lacks the schedule, or a value is out of range.
    TypeError
        If the schedule has no such parameter, or a value is not of its kind.
    """
    kind = schedule_class(name, convention)
    known = [param.name for param in kind.params()]
    for given in params:
        if given not in known:
            raise TypeError(_unknown_param(kind, given, known))
    return kind(**params)


def from_table(table: str | Mapping[str, Any]) -> Schedule:
    """Read a schedule from what an experiment file says: its name, or ``{name = "cosine", minimum = 0.01}``.

    Raises
    ------
    ValueError, TypeError
        If it is neither, or names a schedule or parameter that is not there.
    """
    if isinstance(table, str):
        return schedule(table)
    if not isinstance(table, Mapping) or not isinstance(table.get("name"), str):
        raise TypeError(f'a schedule must be a name, or a table with one such as {{name = "cosine"}}, not {table!r}.')
    if not isinstance(table.get("convention", ""), str):
        raise TypeError(f"the convention of a schedule must be a name, not {table['convention']!r}.")
    params = dict(table)
    return schedule(params.pop("name"), **params)


def _unknown_param(kind: type[Schedule], given: str, known: Sequence[str]) -> str:
    """Say that a schedule has no such parameter: under which name it has it, or who else has it, or the nearest."""
    own = f"a parameter of the schedule {kind.name}"
    called = _SPELLED_OUT.get(given, "")
    if called and (" " in called or called in known):
        return f"'{given}' is not {own}; here it is called {called}."
    others = [way for way in schedule_conventions(kind.name) if way != kind.convention]
    having = [
        CONVENTIONS[way] for way in others if given in {param.name for param in schedule_class(kind.name, way).params()}
    ]
    if having:
        has = f"'{given}' is {own} in {' and '.join(having)}, not in {CONVENTIONS[kind.convention]}"
        return f"{has}; known: {', '.join(known)}."
    return unknown(own, given, known)
