"""Experiment: one frozen value that says all that is needed to reproduce a picture; read, checked and written as TOML.

Why it is as it is, against what has to fit later: every section is flat data with defaults, so that undo, autosave, a
child process and a URL can all carry it; a run repeats any key of [descent] to override it (a schedule, a batch size or
a seed will be such keys); the hyperparameters of a run are an open table checked against the rule's Params, so a new
rule needs no change here; [surface] names its data in exactly one way, and a function, formula or grid will be further
ways. What isn't built yet is an unknown key, and unknown keys are refused: a file never means less than it says.
"""

from lossviz.experiment.changes import CAMERA, DRAWN, Change, change_between, only_drawn, only_looks, with_looks_of
from lossviz.experiment.file import check, dumps, experiments, load, parse, save, titles, write_whole
from lossviz.experiment.sections import (
    CARDS,
    CONTROLS,
    FORMAT,
    LAYOUTS,
    DescentSection,
    DomainSection,
    Experiment,
    ExperimentError,
    Run,
    SurfaceSection,
    ViewSection,
)

__all__ = [
    "CAMERA",
    "CARDS",
    "CONTROLS",
    "DRAWN",
    "FORMAT",
    "LAYOUTS",
    "Change",
    "DescentSection",
    "DomainSection",
    "Experiment",
    "ExperimentError",
    "Run",
    "SurfaceSection",
    "ViewSection",
    "change_between",
    "check",
    "dumps",
    "experiments",
    "load",
    "only_drawn",
    "only_looks",
    "parse",
    "save",
    "titles",
    "with_looks_of",
    "write_whole",
]
