"""lossviz list: what there is by name."""

import sys

from lossviz.experiment import experiments, load
from lossviz.landscape.datasets import dataset, datasets
from lossviz.landscape.functions import catalogue
from lossviz.landscape.losses import LOSSES
from lossviz.landscape.models import MODELS
from lossviz.landscape.pretty import pretty
from lossviz.rules import CATALOGUE, CONVENTIONS, GROUPS, conventions, library
from lossviz.rules.schedules import schedule_class, schedule_conventions, schedules


def listing(what: str) -> list[tuple[str, str]]:
    """Give the names of all surfaces, optimizers, schedules, datasets or experiments, and a text about each."""
    if what == "optimizers":
        return [(name, _optimizer_text(group, name)) for group, names in GROUPS.items() for name in names]
    if what == "schedules":
        return [(name, _schedule_text(name)) for name in schedules()]
    if what == "datasets":
        made = [(name, dataset(name)) for name in datasets()]
        return [(name, f"{d.title}: {', '.join(d.columns)}") for name, d in made]
    if what == "experiments":
        return [(name, load(name).title) for name in experiments()]
    every = catalogue()
    for problem in every.problems:
        print(problem, file=sys.stderr)
    own = [(d.name, f"{d.title}: {pretty(d.display or d.formula)}") for d in every.definitions]
    return own + [(f"{m.name} {name}", LOSSES[name].formula) for m in MODELS.values() for name in m.losses]


def _optimizer_text(group: str, name: str) -> str:
    """Say in which group an optimizer is, whose ways of it there are, and what it is called and does."""
    rule = CATALOGUE[name]
    ways = ", ".join(filter(None, (library(name, way) for way in conventions(name))))
    formula = rule.formula.replace("\n", ",  ")
    return f"{group:<12}{ways:<24}{rule.title}:  {formula}"


def _schedule_text(name: str) -> str:
    """Say whose ways of a schedule there are, and what it is called and does."""
    kind = schedule_class(name)
    ways = ", ".join(CONVENTIONS[way] for way in schedule_conventions(name))
    formula = kind.formula.replace("\n", ",  ")
    return f"{ways:<24}{kind.title}:  {formula}"
