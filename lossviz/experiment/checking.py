"""Whether the values of an experiment make sense together: one sentence for the first that doesn't."""

import math
from typing import Any

from lossviz.descent import checked_steps
from lossviz.experiment.descent_section import MOST_RANDOM_STARTS, DescentSection
from lossviz.experiment.section import ExperimentError, Pair
from lossviz.experiment.sections import CARDS, CONTROLS, COSTS, LAYOUTS, Experiment, Run
from lossviz.experiment.surface_section import SOURCES, SurfaceSection
from lossviz.landscape.class_weights import checked_class_weight
from lossviz.landscape.datasets import datasets
from lossviz.landscape.domain import FARTHEST, Domain
from lossviz.landscape.losses import LOSSES
from lossviz.landscape.models import MODELS
from lossviz.landscape.naming import unknown
from lossviz.landscape.penalty import checked_penalty
from lossviz.landscape.randomness import LARGEST_SEED
from lossviz.landscape.work import completed
from lossviz.numerals import short

KEYS_OF_RUN = tuple(name for name in Run.__struct_fields__ if name != "hyperparameters")
"""The keys of a run that are no hyperparameters."""

_CHOICES = {
    "height": ("linear", "log", "rank"),
    "loss_axis": ("linear", "log"),
    "step_axis": ("linear", "log"),
    "cost_axis": COSTS,
    "layout": LAYOUTS,
}
_CAMERA = (
    ("azimuth", -360.0, 360.0),
    ("elevation", 5.0, 90.0),
    ("zoom", 0.2, 5.0),
    ("pan_x", -3.0, 3.0),
    ("pan_y", -3.0, 3.0),
)
_KINDS = {"data": "a dataset", "model": "a model", "loss": "a loss"}


def check(experiment: Experiment) -> Experiment:
    """Give the experiment back if its values make sense together, else raise ExperimentError."""
    e = experiment
    # before anything is made on it
    if e.surface.domain:
        _sentence("surface.domain", Domain, e.surface.domain.w, e.surface.domain.b)
    _check_source(e.surface)
    for name, known in (("data", datasets()), ("model", tuple(MODELS)), ("loss", tuple(LOSSES))):
        given = getattr(e.surface, name)
        if name == "data" and str(given).lower().endswith((".csv", ".txt", ".tsv")):
            raise ExperimentError(f"surface.data: expected a shipped dataset; a file is named by path = '{given}'.")
        if given is not None and given not in known:
            raise ExperimentError(f"surface.{name}: {unknown(_KINDS[name], given, known)}")
    _sentence("surface", checked_penalty, e.surface.l1, e.surface.l2)
    _sentence("surface", checked_class_weight, e.surface.class_weight)
    _check_settings("descent", e.descent)
    for name, known in _CHOICES.items():
        given = getattr(e.view, name)
        if given not in known:
            raise ExperimentError(f"view.{name}: expected {', '.join(known[:-1])} or {known[-1]}, found '{given}'.")
    if e.view.large and e.view.large not in CARDS:
        raise ExperimentError(f"view.large: {unknown('a card', e.view.large, CARDS)}")
    for name in e.view.hidden:
        if name not in (*CARDS, *CONTROLS):
            raise ExperimentError(f"view.hidden: {unknown('a card or a control', name, (*CARDS, *CONTROLS))}")
    if e.view.point is not None:
        _check_place("view.point", e.view.point)
    if e.view.selected < 0:
        raise ExperimentError(f"view.selected: expected the number of a run, counted from 0, found {e.view.selected}.")
    for name, low, high in _CAMERA:
        value = getattr(e.view, name)
        if not low <= value <= high:
            raise ExperimentError(f"view.{name}: expected a number from {low:g} to {high:g}, found {value:g}.")
    for number, run in enumerate(e.runs):
        where = f"runs[{number}]"
        try:
            run.rule()
        except (ValueError, TypeError) as error:
            for key in run.hyperparameters:
                check_key_of_run(where, key)
            raise ExperimentError(f"{where}: {error}") from None
        _check_settings(where, e.settings(run))
    return e


def check_key_of_run(where: str, key: str) -> None:
    """See that a hyperparameter that is not one isn't so like a key of a run that this is meant."""
    # needed only when something is wrong
    from difflib import get_close_matches

    if get_close_matches(key, KEYS_OF_RUN, n=1, cutoff=0.85):
        raise ExperimentError(f"{where}.{key}: unknown key: {unknown('a key here', key, KEYS_OF_RUN)}")


def _check_source(surface: SurfaceSection) -> None:
    """See that a surface is made of one thing, and has the keys that go with it."""
    if not surface.source:
        found = " and ".join(name for name in SOURCES if getattr(surface, name) is not None) or "none"
        every = f"{', '.join(SOURCES[:-1])} and {SOURCES[-1]}"
        raise ExperimentError(f"surface: expected exactly one of {every}, found {found}.")
    if surface.fitted:
        if surface.feature and surface.features is not None:
            raise ExperimentError("surface: expected feature or features, found both.")
        for name in ("label",) if surface.features is not None else ("feature", "label"):
            if not getattr(surface, name):
                raise ExperimentError(f"surface.{name}: missing; it is required with {surface.source}.")
        if surface.params:
            raise ExperimentError("surface.params: only a function or a formula has some.")
        return
    default = SurfaceSection()
    for name in SurfaceSection.__struct_fields__:
        allowed = {"domain", surface.source} | ({"sha256"} if surface.source == "grid" else {"params"})
        if name not in allowed and getattr(surface, name) != getattr(default, name):
            raise ExperimentError(f"surface.{name}: it goes with data, not with a {surface.source}.")
    if surface.source != "grid":
        # they are made in a few milliseconds, and remembered
        completed(surface.building())


def _check_settings(where: str, settings: DescentSection) -> None:
    _check_place(f"{where}.start", settings.start)
    _sentence(f"{where}.steps", checked_steps, settings.steps)
    _sentence(where, settings.stop_rule)
    _check_conditions(where, settings)
    for name, most in (("random_starts", MOST_RANDOM_STARTS), ("random_seed", LARGEST_SEED)):
        if not 0 <= getattr(settings, name) <= most:
            found = getattr(settings, name)
            raise ExperimentError(f"{where}.{name}: expected a whole number from 0 to {most}, found {found}.")
    _check_names(f"{where}.free", settings.free)


def _check_conditions(where: str, settings: DescentSection) -> None:
    if settings.epochs is not None and not 0.0 < settings.epochs < math.inf:
        raise ExperimentError(f"{where}.epochs: expected a number above 0, found {settings.epochs:g}.")
    if settings.schedule is not None:
        # a parameter of it is named as a key of its own
        keys = settings.schedule if isinstance(settings.schedule, dict) else {}
        try:
            settings.made_schedule()
        except (ValueError, TypeError) as error:
            about = str(error).split(maxsplit=1)[0].strip("'")
            raise ExperimentError(f"{where}.schedule{f'.{about}' if about in keys else ''}: {error}") from None
    _check_names(f"{where}.decay_mask", settings.decay_mask)
    _sentence(where, settings.conditions)


def _check_names(where: str, names: tuple[str, ...] | None) -> None:
    if names is not None and (not names or not set(names) <= {"w", "b"}):
        raise ExperimentError(f"{where}: expected some of 'w' and 'b', found {list(names)}.")


def _check_place(where: str, place: Pair) -> None:
    if not all(abs(value) <= FARTHEST for value in place):
        raise ExperimentError(f"{where}: expected two numbers within ±{short(FARTHEST)}, found {list(place)}.")


def _sentence(where: str, function: Any, *arguments: Any) -> None:
    try:
        function(*arguments)
    except (ValueError, TypeError) as error:
        raise ExperimentError(f"{where}: {error}") from None
