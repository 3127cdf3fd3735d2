import numpy as np
import pytest

from lossviz.experiment import load
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.scene import readout
from lossviz.scene.frame import frame_of_step

MEMORY = Memory()


@pytest.fixture(scope="module")
def scene():
    return scene_of(load("four-learning-rates"), 65, MEMORY)


def test_that_a_place_on_the_map_is_told_with_its_loss_and_slope(scene):
    loss, slope = scene.surface.value_and_gradient(np.array([-1.2, 3.05]))
    told = readout.at("map", frame_of_step(scene, 5), -1.2, 3.05)
    assert told == readout.point_text(scene, -1.2, 3.05)
    assert told.startswith("w −1.2 · b 3.05 · loss ")
    assert told.split("loss ")[1].startswith(f"{float(loss):.3g} kg²")
    assert told.endswith(f"slope ({readout.short(float(slope[0]))}, {readout.short(float(slope[1]))})")


def test_that_a_computed_point_is_told_with_the_step_that_follows(scene):
    descent = scene.descents[2]
    told = readout.row_text(scene, descent, 14)
    assert told.startswith("rate 0.71, step 14 · w 0.00689")
    assert told.endswith("next step (+0.201, +0.294)")
    assert "next step" not in readout.row_text(scene, descent, 14, told=False)
    assert "next step" not in readout.row_text(scene, descent, descent.trajectory.steps)


def test_that_a_place_among_the_data_is_told_with_units_the_nearest_sample_and_each_line(scene):
    frame = frame_of_step(scene, 14)
    data = scene.surface.data
    told = readout.at("data", frame, float(data.horizontal[7]), float(data.y[7]))
    assert told.startswith(f"mother's age {data.horizontal[7]:g} years · birth weight ")
    assert f"nearest sample ({data.horizontal[7]:g}, {data.y[7]:.4g})" in told
    ball = frame.balls[2]
    value = float(scene.surface.predict(data.x_of(np.array(data.horizontal[7])), ball.w, ball.b))
    assert f"rate 0.71: {readout.short(value)}" in told


def test_that_labels_of_yes_and_no_are_told_as_probabilities():
    scene = scene_of(load("logistic"), 33, MEMORY)
    told = readout.at("data", frame_of_step(scene, 3), float(scene.surface.data.horizontal[0]), 0.25)
    assert "probability 0.25" in told
    assert "nearest" not in told


def test_that_a_sum_over_many_samples_is_told_from_the_grid_and_said_to_be_about(scene, monkeypatch):
    w, b = 0.317, 2.43
    exact, exact_slope, _ = readout.loss_and_slope(scene, w, b)
    monkeypatch.setattr(readout, "QUICK", 0)
    loss, slope, certain = readout.loss_and_slope(scene, w, b)
    assert not certain
    assert loss == pytest.approx(exact, rel=0.02)
    assert slope == pytest.approx(exact_slope, abs=0.1)
    assert " · ≈ loss " in readout.point_text(scene, w, b)
    # nothing is made up outside of the grid
    assert readout.point_text(scene, 99.0, b) == "w 99 · b 2.43"


def test_that_an_unknown_chart_says_nothing(scene):
    assert readout.at("", frame_of_step(scene, 0), 0.0, 0.0) == ""
