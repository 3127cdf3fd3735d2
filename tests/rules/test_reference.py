"""Paths of PyTorch's, Keras's and Optax's own optimizers: tests/reference/optimizers has them, and what made them."""

import json
from pathlib import Path

import numpy as np
import pytest

import lossviz as lv
from lossviz.descent import descending, side_by_side
from lossviz.descent.plan import move_momentum, own_copy
from lossviz.landscape.work import completed
from lossviz.rules import CATALOGUE, conventions

REFERENCE = Path(__file__).parents[1] / "reference" / "optimizers"
with np.load(REFERENCE / "paths.npz") as stored:
    STORED = dict(stored)
ABOUT = json.loads(str(STORED["about"]))
PATHS = np.split(STORED["rows"], np.cumsum([case["rows"] for case in ABOUT["cases"]])[:-1])
MOVED = json.loads((REFERENCE / "moved.json").read_text(encoding="utf-8"))
ASKED = {(case["rule"], case["convention"]) for case in ABOUT["cases"]}
WAYS = [(name, convention) for name in CATALOGUE for convention in conventions(name)]
MADE_HERE = {
    "fixed_step",
    "newton",
    "damped_newton",
    "bfgs",
    "conjugate_gradient",
    "exact_line_search",
    "backtracking",
}
"""What no library has."""
PRESETS = {"gradient_descent", "momentum", "nesterov"}
"""What is SGD in the libraries, with other defaults."""


@pytest.fixture(scope="module")
def surfaces(fitted):
    def surface(problem):
        model = ABOUT["problems"][problem]["model"]
        if not model:
            return lv.surface(problem)
        return fitted(STORED[f"{problem}.x"], STORED[f"{problem}.y"], model=model)

    return {problem: surface(problem) for problem in ABOUT["problems"]}


def settings_of(name, convention):
    """The hyperparameters that were given to the library."""
    asked = {"rule": name, "convention": convention}
    return [case["hyperparameters"] for case in ABOUT["cases"] if asked.items() <= case.items()]


def paths_of(surface, rules, start, steps):
    """The path of each rule, made side by side as far as rules of their kinds can be."""
    paths = [np.empty((0, 2))] * len(rules)
    for group in side_by_side(rules):
        starts = np.tile(np.array(start)[:, None], len(group))
        ts = completed(descending(surface, [rules[i] for i in group], starts, steps))
        for lane, i in enumerate(group):
            paths[i] = ts.path[:, :, lane]
    return paths


@pytest.mark.parametrize(("name", "convention"), sorted(ASKED))
def test_that_paths_are_the_librarys_as_long_as_they_are_not_chaotic(surfaces, name, convention):
    apart = {}
    for problem, surface in surfaces.items():
        asked = {"rule": name, "convention": convention, "problem": problem}
        found = [
            (case, path) for case, path in zip(ABOUT["cases"], PATHS, strict=True) if asked.items() <= case.items()
        ]
        rules = [lv.optimizer(name, convention=convention, **case["hyperparameters"]) for case, _ in found]
        steps = max(len(path) for _, path in found)
        ours = paths_of(surface, rules, ABOUT["problems"][problem]["start"], steps)
        for (case, path), own in zip(found, ours, strict=True):
            difference = np.max(np.abs(own[: len(path)] - path), axis=1) / np.max(np.abs(path), axis=1)
            apart[problem, case["number"]] = np.max(difference)
    assert {case: value for case, value in apart.items() if not value < 1e-10} == {}


def test_that_the_libraries_were_asked_about_every_way_of_every_rule():
    assert {way for way in WAYS if way[0] not in MADE_HERE} == ASKED
    for package, release in (("torch", "2.13"), ("keras", "3.15"), ("optax", "0.2.8")):
        assert ABOUT["versions"][package].startswith(release)


@pytest.mark.parametrize(("name", "convention"), sorted(ASKED))
def test_that_enough_of_the_paths_is_not_chaotic_and_moves(name, convention):
    found = [
        (case, path)
        for case, path in zip(ABOUT["cases"], PATHS, strict=True)
        if (case["rule"], case["convention"]) == (name, convention)
    ]
    long = {case["problem"] for case, path in found if len(path) > 100 and np.ptp(path, axis=0).min() > 0.01}
    assert len(long) >= 4


@pytest.mark.parametrize(("name", "convention"), sorted(ASKED))
def test_that_each_hyperparameter_was_once_another_than_by_default(name, convention):
    rule, settings = lv.optimizer(name, convention=convention), settings_of(name, convention)
    for param in rule.params():
        assert any(given.get(param.name, param.default) != param.default for given in settings), param.name


@pytest.mark.parametrize(("name", "convention"), sorted(way for way in ASKED if way[0] not in PRESETS))
def test_that_the_library_was_once_asked_with_its_own_defaults(name, convention):
    settings = settings_of(name, convention)
    # Optax has no default rate
    assert (
        {"learning_rate": lv.optimizer(name, convention=convention).learning_rate} if convention == "optax" else {}
    ) in settings


@pytest.mark.parametrize("name", MOVED["runs"])
def test_that_paths_are_pytorchs_while_a_schedule_moves_rate_and_momentum(name):
    run = MOVED["runs"][name]
    rule = own_copy(lv.optimizer(name))
    theta = np.array(run["path"][0])
    state = rule.init(theta)
    for rate, beta1, expected in zip(run["rates"], run["beta1"], run["path"][1:], strict=True):
        w, b = theta
        slope = np.array([2 * (w - 1) + 6 * (b + w), 6 * (b + w)])
        move_momentum(rule, "beta1", beta1)
        theta, state = rule.follow(slope, theta, rate, state)
        np.testing.assert_allclose(theta, expected, rtol=1e-10)


def test_that_the_ellipse_has_the_condition_number_100(surfaces):
    at = lv.stability(surfaces["ellipse"], lv.optimizer("gradient_descent"), at=(0.0, 0.0))
    assert at.condition_number == pytest.approx(100.0, rel=1e-12)
