"""The terms of a scene's steps: what is displayed must be what was done."""

import numpy as np
import pytest

import lossviz as lv
from lossviz.experiment import parse
from lossviz.jobs.tasks import scene_of
from lossviz.numerals import telling
from lossviz.resources import resource
from lossviz.rules import CATALOGUE
from lossviz.scene.equations import equations, limit_equation
from lossviz.scene.frame import frame_of_step
from lossviz.scene.happening import describe
from lossviz.scene.step_words import phase_told
from lossviz.scene.terms import worked_step

TEXT = resource("experiments", "four-learning-rates.lossviz.toml").read_text(encoding="utf-8")


def scene_with(name, rate=0.05, extra=""):
    text = TEXT.replace(
        'optimizer = "gradient_descent"\nlearning_rate = 0.71', f'optimizer = "{name}"\nlearning_rate = {rate}{extra}'
    )
    return scene_of(parse(text), resolution=5)


@pytest.mark.parametrize("free", [None, ("w",), ("b",)])
@pytest.mark.parametrize("name", CATALOGUE)
def test_that_the_terms_of_each_step_lead_to_its_next_row(name, free):
    scene = scene_with(name, extra="" if free is None else f'\nfree = ["{free[0]}"]')
    t = scene.selected.trajectory
    for k in (0, 1, 2, 16, 33, 199):
        worked = worked_step(t, k)
        np.testing.assert_allclose(t.path[k] + worked.step, t.path[k + 1], rtol=1e-12, atol=1e-12)
        for i, held in enumerate(part is None for part in worked.pair("Δ")):
            assert held == (i not in t.free)
            assert not held or worked.step[i] == 0.0


@pytest.mark.parametrize("name", CATALOGUE)
def test_that_every_term_has_its_row_in_its_order(name):
    scene = scene_with(name)
    rows = [row.name for row in describe(frame_of_step(scene, 9)).rows]
    worked = worked_step(scene.selected.trajectory, 9)
    expected = [f"{term.name} {term.symbol}" for term in worked.terms]
    assert [row for row in rows if row in expected] == expected
    assert rows.index("rate η") < rows.index("step Δ")


@pytest.mark.parametrize(
    "given",
    [
        {"batch_size": 16},
        {"clip_global_norm": 0.3, "accumulate": 2},
        {"rate_scale": (0.5, 2.0)},
        {"decay_mask": ("w",)},
        {"schedule": lv.schedule("one_cycle", maximum=0.05)},
    ],
    ids=lambda given: next(iter(given)),
)
@pytest.mark.parametrize("name", ["gradient_descent", "sgd", "adam", "adamw"])
def test_that_terms_lead_to_the_next_row_under_any_conditions(name, given):
    scene = scene_with("adam")
    settings = {"weight_decay": 0.2} if name in ("sgd", "adamw") else {}
    t = lv.descend(scene.surface, lv.optimizer(name, learning_rate=0.01, **settings), (-2.2, 3.6), 40, **given)
    for k in (0, 1, 17, 39):
        worked = worked_step(t, k)
        np.testing.assert_allclose(t.path[k] + worked.step, t.path[k + 1], rtol=1e-12, atol=1e-12)
        assert worked.rate == t.learning_rates[k]


def test_that_no_step_is_worked_out_that_was_not_made():
    t = scene_with("adam").selected.trajectory
    assert worked_step(t, -1) is None
    assert worked_step(t, t.steps) is None


def test_that_velocity_and_slope_make_the_step_together():
    worked = worked_step(scene_with("momentum").selected.trajectory, 7)
    g, v = np.array(worked.pair("g")), np.array(worked.pair("v"))
    np.testing.assert_allclose(worked.carried, -0.05 * 0.9 * v, rtol=1e-12)
    np.testing.assert_allclose(worked.step - worked.carried, -0.05 * g, rtol=1e-9)
    assert worked_step(scene_with("rmsprop").selected.trajectory, 7).carried is None


@pytest.mark.parametrize("name", ["newton", "exact_line_search"])
def test_that_a_limit_that_is_a_number_is_not_set_equal_to_itself(name):
    scene = scene_with(name, rate=0.5)
    equation = limit_equation(scene, scene.selected, 3)
    assert equation.symbols == "η < 2"
    assert equation.lines == ("η = 0.5 is 0.25 of it",)
    assert "= 2 =" not in scene.selected.trajectory.verdict.text.formula


def test_that_a_length_which_the_rule_has_found_is_among_the_numbers_once_for_both():
    scene = scene_with("exact_line_search", rate=1)
    worked = worked_step(scene.selected.trajectory, 3)
    lines = {equation.symbols: equation.lines for equation in equations(scene, scene.selected, worked, 3)}
    assert lines["α"] == (f"α = {telling(float(worked.values['α']))}",)
    event, sentence = phase_told(scene, scene.selected, worked, "rate", 3, plain=True)
    assert event == "× length."
    assert sentence.startswith("The rule has chosen the length ")
