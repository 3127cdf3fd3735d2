import numpy as np
import pytest

import lossviz as lv
from lossviz.experiment import parse
from lossviz.jobs.tasks import scene_of
from lossviz.resources import resource

TEXT = resource("experiments", "four-learning-rates.lossviz.toml").read_text(encoding="utf-8")


def scene_from(text):
    return scene_of(parse(text), resolution=9)


@pytest.fixture(scope="module")
def scene():
    return scene_from(TEXT)


def test_that_every_run_is_a_descent_in_its_order(scene):
    assert [descent.label for descent in scene.descents] == ["rate 0.012", "rate 0.36", "rate 0.71", "rate 0.765"]
    assert [descent.tag for descent in scene.descents] == ["0.012", "0.36", "0.71", "0.765"]
    assert [descent.number for descent in scene.descents] == [0, 1, 2, 3]
    assert {descent.optimizer for descent in scene.descents} == {"gradient descent"}


def test_that_only_finite_rows_are_drawn():
    descent = scene_from(TEXT.replace("learning_rate = 0.71", "learning_rate = 10.0")).descents[2]
    t = descent.trajectory
    assert 0 < descent.finite < 201
    assert np.all(np.isfinite(t.losses[: descent.finite]))
    assert not (np.isfinite(t.losses[descent.finite]) and np.all(np.isfinite(t.path[descent.finite])))
    assert scene_from(TEXT).descents[2].finite == 201


def test_that_the_scene_is_as_long_as_its_longest_run():
    assert scene_from(TEXT.replace("learning_rate = 0.36", "learning_rate = 0.36\nsteps = 5")).steps == 200
    assert scene_from(TEXT.replace("learning_rate = 0.36", "learning_rate = 0.36\nsteps = 500")).steps == 500
    assert scene_from(TEXT.split("[[runs]]")[0]).steps == 200


def test_that_a_scene_without_runs_has_nothing_selected():
    scene = scene_from(TEXT.split("[[runs]]")[0])
    assert scene.selected is None
    assert scene.shown == ()


def test_that_a_selection_beyond_the_last_run_is_the_last():
    assert scene_from(TEXT.replace("selected = 2", "selected = 99")).selected.number == 3


def test_that_axes_say_what_they_measure_and_in_which_unit(scene):
    assert scene.w_text == "weight w (kg per 10 years)"
    assert scene.b_text == "bias b (kg at age 18)"
    assert scene.loss_text == "loss (kg²)"
    logistic = scene_of(lv.load("logistic"), resolution=9)
    assert logistic.w_text == "weight w (log-odds per 30 lb)"
    assert logistic.b_text == "bias b (log-odds at lwt 130)"
    assert logistic.loss_text == "loss"
    rmse = scene_from(TEXT.replace('"mse"', '"rmse"'))
    assert rmse.loss_text == "loss (kg)"
    unknown = scene_from(TEXT.replace("(age - 18)/10", "age*age"))
    assert (unknown.w_text, unknown.b_text) == ("weight w", "bias b")


def test_that_the_minimum_is_known_with_its_loss(scene):
    w, b, loss = scene.minimum
    assert (w, b) == scene.surface.known_minimum
    assert loss == scene.surface.loss(w, b)
    separable = TEXT.replace('data = "birthwt"', "columns = { age = [1, 2, 3, 4], bwt = [0, 0, 1000, 1000] }")
    separable = separable.replace('"linear"\nloss = "mse"', '"logistic"')
    assert scene_from(separable).minimum is None
