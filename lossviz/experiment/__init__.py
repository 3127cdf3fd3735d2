"""Experiment: one frozen value that says all that is needed to reproduce a picture; read, checked and written as TOML.

Why it is as it is, against what has to fit later: every section is flat data with defaults, so that undo, autosave, a
child process and a URL can all carry it; a run repeats any key of [descent] to override it; the hyperparameters of a
run are an open table checked against the rule's Params, as that of a schedule is against the schedule's, so a new one
needs no change here; [surface] names what it is made of in exactly one way. What isn't built yet is an unknown key, and
unknown keys are refused: a file never means less than it says.
"""

from lossviz.experiment.changes import CAMERA, DRAWN, Change, change_between, only_drawn, only_looks, with_looks_of
from lossviz.experiment.checking import check
from lossviz.experiment.descent_section import CONDITIONS, DescentSection
from lossviz.experiment.file import dumps, experiments, load, parse, save, titles, write_whole
from lossviz.experiment.section import ExperimentError
from lossviz.experiment.sections import CARDS, CONTROLS, COSTS, FORMAT, LAYOUTS, Experiment, Run, ViewSection
from lossviz.experiment.surface_section import DomainSection, SurfaceSection

__all__ = [
    "CAMERA",
    "CARDS",
    "CONDITIONS",
    "CONTROLS",
    "COSTS",
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
