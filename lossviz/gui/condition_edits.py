"""What becomes of an experiment when the conditions of one descent are changed, or are to hold for all of them."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from lossviz.experiment import Experiment, Run
from lossviz.rules.schedules import from_table

LENGTH = ("steps", "epochs")
"""Keys that say how long a descent is: its own steps count for more than the epochs of all."""


def with_conditions(experiment: Experiment, number: int, values: Mapping[str, Any]) -> Experiment:
    """Give the experiment with one descent under other conditions; the others stay as they are.

    What equals that of [descent] isn't said twice. Where a run is to have none of what all have, which no key can say,
    what all had becomes the others' own.
    """
    for name, value in values.items():
        if name not in LENGTH:
            experiment = _with_condition(experiment, number, name, value)
    return _with_length(experiment, number, values)


def with_steps(experiment: Experiment, number: int, steps: int) -> Experiment:
    """Give the experiment with so many steps: of all, or of one descent that has a length of its own."""
    if number < len(experiment.runs):
        run = experiment.runs[number]
        if run.steps is not None or run.epochs is not None:
            return with_conditions(experiment, number, {"steps": steps, "epochs": None})
    descent = msgspec.structs.replace(experiment.descent, steps=steps, epochs=None)
    return msgspec.structs.replace(experiment, descent=descent)


def for_all(experiment: Experiment, number: int, keys: Iterable[str]) -> Experiment:
    """Give the experiment in which what holds for one descent holds for all."""
    keys = tuple(keys)
    settings = experiment.settings(experiment.runs[number])
    shared = {name: getattr(settings, name) for name in keys}
    runs = tuple(msgspec.structs.replace(run, **dict.fromkeys(keys)) for run in experiment.runs)
    descent = msgspec.structs.replace(experiment.descent, **shared)
    return msgspec.structs.replace(experiment, descent=descent, runs=runs)


def _with_condition(experiment: Experiment, number: int, name: str, value: Any) -> Experiment:
    descent, runs = experiment.descent, list(experiment.runs)
    shared = getattr(descent, name)
    if value is None and shared is not None:
        descent = msgspec.structs.replace(descent, **{name: None})
        runs = [_with_own(run, name, shared) for run in runs]
    own = None if _same(name, value, getattr(descent, name)) else value
    runs[number] = msgspec.structs.replace(runs[number], **{name: own})
    return msgspec.structs.replace(experiment, descent=descent, runs=tuple(runs))


def _with_length(experiment: Experiment, number: int, values: Mapping[str, Any]) -> Experiment:
    """Let one descent be so many steps long, or so many epochs."""
    if not set(values) & set(LENGTH):
        return experiment
    descent, run = experiment.descent, experiment.runs[number]
    if values.get("epochs") is not None:
        epochs = values["epochs"]
        run = msgspec.structs.replace(run, steps=None, epochs=None if epochs == descent.epochs else epochs)
    else:
        steps = values.get("steps", experiment.settings(run).steps)
        as_all = descent.epochs is None and steps == descent.steps
        run = msgspec.structs.replace(run, epochs=None, steps=None if as_all else steps)
    runs = experiment.runs
    return msgspec.structs.replace(experiment, runs=(*runs[:number], run, *runs[number + 1 :]))


def _with_own(run: Run, name: str, value: Any) -> Run:
    return run if getattr(run, name) is not None else msgspec.structs.replace(run, **{name: value})


def _same(name: str, one: Any, other: Any) -> bool:
    """Tell whether two values of a condition mean the same: a schedule may be written as a name or as a table."""
    if name != "schedule" or one is None or other is None:
        return bool(one == other)
    try:
        return from_table(one) == from_table(other)
    except (TypeError, ValueError):
        return False
