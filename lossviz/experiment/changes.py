"""What changed between two experiments, in words: the texts of undo and redo."""

from collections.abc import Collection
from dataclasses import dataclass

import msgspec

from lossviz.experiment.descent_section import CONDITIONS
from lossviz.experiment.sections import Experiment, Run, ViewSection
from lossviz.experiment.surface_section import SurfaceSection
from lossviz.numerals import short
from lossviz.rules import CONVENTIONS

CAMERA = ("azimuth", "elevation", "zoom", "pan_x", "pan_y")
"""Keys of [view] that say where the eye is."""

LOOKS = (*CAMERA, "selected", "large")
"""Keys of [view] that only say from where one looks: changing them is no edit."""

DRAWN = ("layout", "hidden", "hide_future", "point", "loss_axis", "step_axis", "cost_axis", "step_vectors", *LOOKS)
"""Keys of [view] that need nothing computed."""

_NAMES = {
    "surface.data": "data",
    "surface.path": "data",
    "surface.columns": "data",
    "surface.standardize": "standardising",
    "surface.class_weight": "class weights",
    "descent.free": "lock",
    "descent.random_starts": "random starts",
    "descent.random_seed": "random starts",
    "view.height": "height axis",
    "view.loss_axis": "loss axis",
    "view.step_axis": "step axis",
    "view.cost_axis": "cost axis",
    "view.step_vectors": "what the optimizer remembers",
    "view.hidden": "what is hidden",
    "view.hide_future": "hiding what comes",
    "view.point": "picked point",
}
_CONDITIONS = (*CONDITIONS, "epochs", "check_every", "tolerance", "loss_below", "loss_change")
_WITHOUT = {"batch_size": "all samples at once", "epochs": "steps instead of epochs", "average": "no averaging"}
"""What it is called when a condition is taken away, where "no …" would not do."""
_BRINGS = {
    "surface.model": ("surface.loss", "surface.domain", "surface.class_weight"),
    "surface.loss": ("surface.class_weight",),
    "surface.standardize": ("surface.domain",),
}
"""What a change brings with it, and is not told beside it."""


@dataclass(frozen=True)
class Change:
    """What an edit changed.

    Parameters
    ----------
    keys : frozenset of str
        As in the file: ``"descent.start"``, ``"runs[2].learning_rate"``.
    text : str
        For people: "learning rate 0.71 → 0.5".
    """

    keys: frozenset[str]
    text: str


def change_between(before: Experiment, after: Experiment) -> Change:
    """Say what is different between two experiments."""
    found: dict[str, str] = {}
    if before.title != after.title:
        found["title"] = "title"
    for section in ("surface", "descent", "view"):
        old, new = getattr(before, section), getattr(after, section)
        for name in old.__struct_fields__:
            key, was, now = f"{section}.{name}", getattr(old, name), getattr(new, name)
            apart = (section == "view" and name in LOOKS) or (section == "descent" and name in _CONDITIONS)
            if was != now and not apart:
                found[key] = _NAMES.get(key) or name.replace("_", " ")
    found |= _numbers(before.surface, after.surface)
    found |= _conditions(before, after)
    found |= _runs(before.runs, after.runs)
    texts = list(dict.fromkeys(text for key, text in found.items() if not _brought(key, found)))
    if len(texts) > 2 or not texts:
        # another surface brings other starts and rates with it
        text = "loss surface" if any(key.startswith("surface.") for key in found) else "several changes"
    else:
        text = " and ".join(texts)
    return Change(frozenset(found), text)


def _numbers(old: SurfaceSection, new: SurfaceSection) -> dict[str, str]:
    """Name the numbers of a surface that stays the same otherwise."""
    found = {}
    if old.params != new.params and (old.function, old.formula) == (new.function, new.formula):
        names = [name for name in {**old.params, **new.params} if old.params.get(name) != new.params.get(name)]
        texts = [_arrow(name, old.params.get(name), new.params.get(name)) for name in names]
        found["surface.params"] = texts[0] if len(texts) == 1 else "params"
    for name in ("l1", "l2"):
        if getattr(old, name) != getattr(new, name):
            found[f"surface.{name}"] = _arrow(name, getattr(old, name), getattr(new, name))
    return found


def _arrow(name: str, old: float | None, new: float | None) -> str:
    """Write a change of a number; None is the value that a surface has by itself."""
    word = name.replace("_", " ")
    if new is None:
        return f"{word} as it was"
    return f"{word} {short(new)}" if old is None else f"{word} {short(old)} → {short(new)}"


def _brought(key: str, keys: Collection[str]) -> bool:
    """Tell whether a change only follows from another one: weight and bias of another model mean something else."""
    return any(key in others and cause in keys for cause, others in _BRINGS.items())


def _runs(before: tuple[Run, ...], after: tuple[Run, ...]) -> dict[str, str]:
    if len(after) > len(before):
        new = [run for run in after if run not in before] or list(after[len(before) :])
        return {"runs": f"adding {new[0].label}" if len(new) == 1 else f"adding {len(new)} descents"}
    if len(after) < len(before):
        gone = [run for run in before if run not in after] or list(before[len(after) :])
        return {"runs": f"removing {gone[0].label}" if len(gone) == 1 else f"removing {len(gone)} descents"}
    found = {}
    for number, (old, new_run) in enumerate(zip(before, after, strict=True)):
        for name, text in _run(old, new_run).items():
            found[f"runs[{number}].{name}"] = text
    return found


def _run(old: Run, new: Run) -> dict[str, str]:
    if old.optimizer != new.optimizer:
        return {"optimizer": f"optimizer of {old.label}"}
    if old.convention != new.convention:
        return {"convention": f"{CONVENTIONS[new.convention]}'s way of {new.rule().title}"}
    found = {}
    if old.shown != new.shown:
        found["shown"] = f"{'showing' if new.shown else 'hiding'} {old.label}"
    values, others = old.rule().values, new.rule().values
    for name in values:
        if values[name] != others[name]:
            found[name] = f"{name.replace('_', ' ')} {_value(values[name])} → {_value(others[name])}"
    for name in Run.__struct_fields__:
        apart = name in ("optimizer", "shown", "hyperparameters", *_CONDITIONS)
        if not apart and getattr(old, name) != getattr(new, name):
            found[name] = f"{name.replace('_', ' ')} of {old.label}"
    return found


def _conditions(before: Experiment, after: Experiment) -> dict[str, str]:
    """Name the conditions under which all descents are made otherwise, or one of them, wherever that is written."""
    found = {}
    same = len(before.runs) == len(after.runs)
    pairs = list(zip(before.runs, after.runs, strict=True)) if same else []
    settings = [(before.settings(old), after.settings(new)) for old, new in pairs]
    for name in _CONDITIONS:
        changed = [number for number, (old, new) in enumerate(settings) if getattr(old, name) != getattr(new, name)]
        now = getattr(after.descent, name)
        if getattr(before.descent, name) != now and len(changed) != 1:
            found[f"descent.{name}"] = _condition(name, now)
            continue
        for number in changed:
            text = _condition(name, getattr(settings[number][1], name))
            found[f"runs[{number}].{name}"] = f"{text} of {pairs[number][0].label}"
    return found


def _condition(name: str, value: object) -> str:
    """Say what a condition of the descent is now: "schedule cosine", "batch size 32"."""
    word = name.replace("_", " ")
    if value is None:
        return _WITHOUT.get(name, f"no {word}")
    if isinstance(value, dict):
        return f"{word} {value.get('name', '')}".rstrip()
    if isinstance(value, tuple):
        return word
    return f"{word} {value if isinstance(value, str) else _value(value)}"


def _value(value: object) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else short(float(str(value)))


def only_drawn(before: Experiment, after: Experiment) -> bool:
    """Tell whether two experiments differ in nothing that would have to be computed."""
    return _without(before, DRAWN) == _without(after, DRAWN)


def only_looks(before: Experiment, after: Experiment) -> bool:
    """Tell whether two experiments differ in nothing but from where one looks."""
    return _without(before, LOOKS) == _without(after, LOOKS)


def with_looks_of(experiment: Experiment, other: Experiment, names: tuple[str, ...] = LOOKS) -> Experiment:
    """Give an experiment looked at as another one is."""
    known = [name for name in names if name in ViewSection.__struct_fields__]
    view = msgspec.structs.replace(experiment.view, **{name: getattr(other.view, name) for name in known})
    return msgspec.structs.replace(experiment, view=view)


def _without(experiment: Experiment, names: tuple[str, ...]) -> Experiment:
    plain = ViewSection()
    defaults = {name: getattr(plain, name) for name in names if name in ViewSection.__struct_fields__}
    return msgspec.structs.replace(experiment, view=msgspec.structs.replace(experiment.view, **defaults))
