"""Paths of PyTorch's own optimizers, stored with the script that made them: tests/reference/make_optimizers.py."""

import json
from pathlib import Path

import numpy as np
import pytest

import lossviz as lv
from lossviz.rules import CATALOGUE

with np.load(Path(__file__).parents[1] / "reference" / "optimizers.npz") as stored:
    STORED = dict(stored)
ABOUT = json.loads(str(STORED["about"]))


def name(case):
    return f"{case['problem']}-{case['rule']}-{case['hyperparameters']['learning_rate']}"


@pytest.mark.parametrize(("number", "case"), [*enumerate(ABOUT["cases"])], ids=map(name, ABOUT["cases"]))
def test_that_paths_are_pytorchs_as_long_as_they_are_not_chaotic(fitted, number, case):
    x, y = STORED[f"{case['problem']}.x"], STORED[f"{case['problem']}.y"]
    rule = lv.optimizer(case["rule"], **case["hyperparameters"])
    reference = STORED[f"path.{number}"]
    ours = lv.descend(fitted(x, y, model=case["model"]), rule, case["start"], len(reference) - 1).path
    apart = np.max(np.abs(ours - reference), axis=1) / np.max(np.abs(reference), axis=1)
    assert np.max(apart[: case["rows"]]) < 1e-10


def test_that_pytorch_was_asked_about_every_rule_that_it_has():
    assert {case["rule"] for case in ABOUT["cases"]} == set(CATALOGUE) - {"fixed_step"}
    assert ABOUT["versions"]["torch"].startswith("2.13")
    # a rule with chaotic paths alone would not be tested
    for rule in set(CATALOGUE) - {"fixed_step"}:
        assert max(case["rows"] for case in ABOUT["cases"] if case["rule"] == rule) > 150


def test_that_the_ravine_has_the_condition_number_100(fitted):
    surface = fitted(STORED["ravine.x"], STORED["ravine.y"])
    at = lv.stability(surface, lv.optimizer("gradient_descent"), at=(0.0, 0.0))
    assert at.condition_number == pytest.approx(100.0, rel=1e-12)
