import msgspec
import numpy as np
import pytest

import lossviz as lv
from lossviz.experiment import parse
from lossviz.jobs.tasks import scene_of
from lossviz.resources import resource
from lossviz.scene.frame import frame_of_step
from lossviz.scene.picked import dots_every, line_through, looked_at, picked, residuals_every

EIGHT_AGE = np.array([19, 22, 24, 26, 28, 31, 35, 40], dtype=float)
EIGHT_WEIGHT = np.array([7.60, 8.30, 8.05, 6.40, 6.65, 9.20, 11.59, 6.90])


def frame_with(name="four-learning-rates", step=14, **view):
    experiment = lv.load(name)
    looked = msgspec.structs.replace(experiment.view, **view)
    return frame_of_step(scene_of(msgspec.structs.replace(experiment, view=looked), resolution=5), step)


def test_that_the_rmse_of_a_picked_line_is_that_of_its_residuals():
    line = picked(frame_with("line-and-point", point=(0.1, 5.0)))
    residuals = EIGHT_WEIGHT - (0.1 * EIGHT_AGE + 5.0)
    np.testing.assert_allclose(line.y - line.fitted, residuals, atol=1e-12)
    np.testing.assert_array_equal(line.x, EIGHT_AGE)
    assert line.loss == pytest.approx(np.mean(residuals**2), rel=1e-12)
    assert (line.measure, line.fit) == ("RMSE", f"{np.sqrt(np.mean(residuals**2)):.3f} lb") == ("RMSE", "1.583 lb")
    least = np.polyfit(EIGHT_AGE, EIGHT_WEIGHT, 1)
    best = np.sqrt(np.mean((EIGHT_WEIGHT - np.polyval(least, EIGHT_AGE)) ** 2))
    assert line.best == f"{best:.3f} lb"
    assert line.descent is None


def test_that_the_cross_entropy_of_a_picked_curve_is_that_of_its_probabilities():
    frame = frame_with("logistic", point=(-1.2, -0.6))
    line = picked(frame)
    births = lv.dataset("birthwt")
    p = 1.0 / (1.0 + np.exp(-(-1.2 * (births["lwt"] - 130.0) / 30.0 - 0.6)))
    low = births["low"]
    expected = -np.mean(low * np.log(p) + (1.0 - low) * np.log(1.0 - p))
    assert (line.measure, line.fit, line.best) == ("cross-entropy", f"{expected:.3f}", "0.605")
    np.testing.assert_allclose(line.fitted, p, rtol=1e-12)


def test_that_without_a_picked_point_only_the_layout_line_and_point_looks_at_the_selected_run():
    assert picked(frame_with(layout="race")) is None
    frame = frame_with(layout="line_and_point")
    line = picked(frame)
    t = frame.scene.descents[2].trajectory
    assert line.descent is frame.scene.descents[2]
    assert (line.w, line.b) == tuple(t.path[14])
    assert line.loss == pytest.approx(t.losses[14], rel=1e-12)
    hand = picked(frame_with(layout="line_and_point", point=(0.5, 2.0)))
    assert (hand.w, hand.b, hand.descent) == (0.5, 2.0, None)


def test_that_a_run_that_is_hidden_or_beyond_all_numbers_has_no_line():
    text = resource("experiments", "four-learning-rates.lossviz.toml").read_text(encoding="utf-8")
    text = text.replace('layout = "race"', 'layout = "line_and_point"')
    hidden = scene_of(parse(text.replace("learning_rate = 0.71", "learning_rate = 0.71\nshown = false")), resolution=5)
    assert looked_at(frame_of_step(hidden, 3)) is None
    gone = scene_of(parse(text.replace("learning_rate = 0.71", "learning_rate = 1e6")), resolution=5)
    assert picked(frame_of_step(gone, 2)).descent is not None
    assert picked(frame_of_step(gone, 200)) is None


def test_that_how_good_the_best_line_is_is_kept_back_with_the_future():
    assert picked(frame_with(point=(0.0, 3.0))).best == "0.724 kg"
    assert picked(frame_with(point=(0.0, 3.0), hide_future=True)).best == ""


def test_that_a_line_far_away_is_no_error():
    line = picked(frame_with(point=(1e200, -1e200)))
    assert line.fit == "infinite kg"
    assert picked(frame_with("logistic", point=(-1e300, 1e300))).fit


@pytest.mark.parametrize("rows", [1, 8, 189, 400, 401, 4999, 5000, 5001, 100_000, 1_000_000])
def test_that_residuals_are_of_samples_that_are_drawn_and_at_most_400(rows):
    dots, residuals = range(0, rows, dots_every(rows)), range(0, rows, residuals_every(rows))
    assert len(dots) <= 5000
    assert min(rows, 200) <= len(residuals) <= 400
    assert set(residuals) <= set(dots)


@pytest.mark.parametrize(
    "how",
    [
        {"feature": "age", "label": "bwt", "standardize": True},
        {"feature": "age", "label": "bwt"},
        {"feature": "(age - 18)/10", "label": "bwt/1000"},
        {"feature": "5 - age/3", "label": "(bwt - 2500)/500", "standardize": True},
    ],
)
def test_that_a_line_drawn_through_two_samples_predicts_both(how):
    births = lv.dataset("birthwt")
    surface = lv.fit(births, **how)
    data = surface.data
    one, two = 3, 90
    assert births["age"][one] != births["age"][two]
    w, b = line_through(surface, (births["age"][one], data.y[one]), (births["age"][two], data.y[two]))
    np.testing.assert_allclose(w * data.x[[one, two]] + b, data.y[[one, two]], rtol=1e-9, atol=1e-9)
    # in the columns themselves it is the line that NumPy puts through the two
    expected = np.polyfit(births["age"][[one, two]], births["bwt"][[one, two]], 1)
    np.testing.assert_allclose(data.in_columns(w, b), expected, rtol=1e-8)


def test_that_a_line_is_drawn_over_a_feature_that_is_no_column_too():
    surface = lv.fit(lv.dataset("birthwt"), feature="age**2", label="bwt")
    w, b = line_through(surface, (400.0, 3000.0), (900.0, 3500.0))
    assert (w, b) == pytest.approx((1.0, 2600.0))


def test_that_a_curve_goes_through_the_two_probabilities_it_is_drawn_through():
    surface = lv.load("logistic").build_surface()
    w, b = line_through(surface, (100.0, 0.8), (200.0, 0.1))
    for weight, p in ((100.0, 0.8), (200.0, 0.1)):
        assert 1.0 / (1.0 + np.exp(-(w * (weight - 130.0) / 30.0 + b))) == pytest.approx(p, rel=1e-12)


def test_that_a_curve_drawn_beyond_all_probabilities_goes_through_the_nearest_sure_ones():
    surface = lv.load("logistic").build_surface()
    assert line_through(surface, (100.0, 1.1), (200.0, -0.1)) == line_through(surface, (100.0, 0.98), (200.0, 0.02))


@pytest.mark.parametrize("name", ["four-learning-rates", "logistic"])
def test_that_an_upright_line_has_no_weight_and_bias(name):
    surface = lv.load(name).build_surface()
    assert line_through(surface, (20.0, 0.2), (20.0, 0.9)) is None
