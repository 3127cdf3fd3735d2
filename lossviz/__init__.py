"""lossviz: loss surfaces over weight and bias, and the descents that run on them.

The floors; imports go down only, and import-linter keeps it so::

    __main__                                    the one entry point
    gui | cli                                   doors
    export > views                              floor 3: Qt
    jobs > scene > experiment                   floor 2: plain data and one thread, no Qt
    analysis > descent > diagnosis > rules >
        landscape > resources | numerals        floor 1: NumPy

``import lossviz as lv`` gives the public names below; each is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

_PUBLIC = {
    "surface": "landscape.functions",
    "surfaces": "landscape.functions",
    "expression": "landscape.expression",
    "Expression": "landscape.expression",
    "FormulaError": "landscape.parsing",
    "load_surface": "landscape.sampled",
    "fit": "landscape.fit",
    "dataset": "landscape.datasets",
    "datasets": "landscape.datasets",
    "read_csv": "landscape.datasets",
    "Dataset": "landscape.datasets",
    "Domain": "landscape.domain",
    "Grid": "landscape.domain",
    "Objective": "landscape.objective",
    "Surface": "landscape.objective",
    "optimizer": "rules",
    "optimizers": "rules",
    "Rule": "rules.base",
    "schedule": "rules.schedules",
    "schedules": "rules.schedules",
    "Schedule": "rules.schedules",
    "descend": "descent",
    "Trajectory": "descent",
    "Trajectories": "descent",
    "range_test": "analysis.range_test",
    "RangeTest": "analysis.range_test",
    "stability": "diagnosis.stability",
    "Stability": "diagnosis.stability",
    "stationary_points": "diagnosis.stationary",
    "StationaryPoint": "diagnosis.nature",
    "Verdict": "diagnosis.verdict",
    "Experiment": "experiment",
    "Run": "experiment",
    "ExperimentError": "experiment",
    "experiments": "experiment",
    "load": "experiment",
    "save": "experiment",
    "render": "export.movie",
}

__all__ = [*_PUBLIC]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("lossviz.resources").program_version()
    if name not in _PUBLIC:
        raise AttributeError(f"module 'lossviz' has no attribute '{name}'")
    value = getattr(import_module(f"lossviz.{_PUBLIC[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*_PUBLIC, "__version__"])


if TYPE_CHECKING:
    __version__: str
