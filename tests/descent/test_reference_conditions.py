"""Descents of PyTorch, Keras and Optax under conditions, stored with the script that made them.

tests/reference/conditions/make.py
"""

import json
from pathlib import Path

import numpy as np
import pytest

import lossviz as lv

with np.load(Path(__file__).parents[1] / "reference" / "conditions" / "paths.npz") as stored:
    STORED = dict(stored)
ABOUT = json.loads(str(STORED["about"]))


def name(case):
    given = "-".join(f"{key}={value}" for key, value in case["conditions"].items() if key != "seed")
    return f"{case['convention']}-{case['problem']}-{case['rule']}-{given}"


@pytest.mark.parametrize(("number", "case"), [*enumerate(ABOUT["cases"])], ids=map(name, ABOUT["cases"]))
def test_that_paths_are_those_of_the_library(births, logistic, number, case):
    surface = {"births": births, "logistic": logistic}[case["problem"]]
    rule = lv.optimizer(case["rule"], convention=case["convention"], **case["hyperparameters"])
    reference = STORED[f"path.{number}"]
    t = lv.descend(surface, rule, (-2.2, 3.6), len(reference) - 1, **case["conditions"])
    limit = 2e-5 if t.conditions.precision == "float32" else 1e-10
    assert np.max(np.abs(t.path - reference)) / np.max(np.abs(reference)) < limit
    if t.average is not None:
        assert np.max(np.abs(t.average - STORED[f"average.{number}"])) / np.max(np.abs(reference)) < limit
    if t.conditions.clips:
        assert 0 < len(t.clips) < t.steps


def test_that_each_library_was_asked():
    assert {case["convention"] for case in ABOUT["cases"]} == {"pytorch", "keras", "optax"}
    assert ABOUT["versions"]["torch"].startswith("2.13")
