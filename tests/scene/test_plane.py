import msgspec
import numpy as np
import pytest

import lossviz as lv
from lossviz.experiment import load
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.scene.coefficient_table import coefficient_table
from lossviz.scene.frame import frame_of_step
from lossviz.scene.happening import describe
from lossviz.scene.minima_table import minima_table
from lossviz.scene.picked import picked
from lossviz.scene.plane import Plane, plane_of
from lossviz.scene.readout import at

MEMORY = Memory()


@pytest.fixture(scope="module")
def classes():
    return scene_of(load("two-classes"), 9, MEMORY)


@pytest.fixture(scope="module")
def weights():
    features = ("age/10", "lwt - 100")
    return lv.fit(lv.dataset("birthwt"), features=features, label="bwt/1000", standardize=True)


@pytest.mark.parametrize("point", [(1.5, 1.4), (-2.0, 3.0), (0.0, 1.0), (3.0, 1e-9)])
def test_that_the_boundary_is_where_both_classes_are_as_likely(classes, point):
    plane = plane_of(classes.pair)
    ends = plane.line(plane.tilt(*point), plane.middle)
    (x1, x2) = np.array(ends).T
    np.testing.assert_allclose(classes.pair.predict(x1, x2, *point), 0.5, atol=1e-9)
    for place in ends:
        on_edge = [min(abs(v - side) for side in sides) for v, sides in zip(place, plane.ranges, strict=True)]
        assert min(on_edge) < 1e-9


def test_that_lines_lie_among_the_columns_though_features_are_formulas_and_standardised(weights):
    plane = Plane(weights)
    assert plane.middle == pytest.approx(np.mean(weights.y))
    data = lv.dataset("birthwt")
    tilt = plane.tilt(0.2, 0.3)
    np.testing.assert_allclose(
        tilt.value(data["age"], data["lwt"]), weights.predict(weights.x[0], weights.x[1], 0.2, 0.3), rtol=1e-12
    )
    np.testing.assert_array_equal(plane.dots[:2], [data["age"], data["lwt"]])
    # with the bias at its best the mean is predicted at the mean of the features, whatever the weights
    mean = tilt.value(np.mean(data["age"]), np.mean(data["lwt"]))
    assert mean == pytest.approx(plane.middle)


def test_that_where_a_level_is_not_seen_there_is_no_line(classes):
    plane = plane_of(classes.pair)
    assert plane.line(plane.tilt(1.0, 1.0), 1e6) is None
    assert plane.line(plane.tilt(0.0, 0.0), 0.0) is None
    assert plane.line(plane.tilt(float("inf"), 1.0), 0.0) is None


def test_that_higher_values_lie_at_the_right_of_a_line(classes):
    plane = plane_of(classes.pair)
    for angle in np.linspace(0.0, 2.0 * np.pi, 16, endpoint=False):
        tilt = plane.tilt(float(np.cos(angle)), float(np.sin(angle)))
        begin, end = plane.line(tilt, 0.0)
        along = end - begin
        assert along[1] * tilt.across - along[0] * tilt.up > 0.0


def test_that_words_and_tables_call_the_parameters_two_weights(classes):
    frame = frame_of_step(classes, 6)
    told = describe(frame)
    assert told.rows[0].values == ("weight w₁", "weight w₂")
    bias = float(classes.pair.bias(*classes.selected.trajectory.path[6]))
    assert ("best bias", (f"{bias:.3f}",)) in [(row.name, row.values) for row in told.rows]
    lines = [line for made in describe(frame, "formula").equations for line in (made.symbols, *made.lines)]
    assert any("∂L/∂w₂" in line for line in lines)
    assert not any("∂L/∂w " in line for line in lines)
    assert minima_table(frame).heads[1:3] == ("w₁", "w₂")
    assert at("map", frame, 1.0, 2.0).startswith("w₁ 1 · w₂ 2 · loss ")


def test_that_a_place_in_the_plane_tells_what_each_run_predicts_there(classes):
    frame = frame_of_step(classes, 6)
    told = at("data", frame, 0.5, -1.0)
    assert told.startswith("feature x₁ 0.5 · feature x₂ −1 · rate 2: probability 0.")
    ball = frame.balls[1]
    expected = float(classes.pair.predict(np.array(0.5), np.array(-1.0), ball.w, ball.b))
    assert f"momentum 1: {expected:.3g}" in told


def test_that_the_coefficients_of_a_plane_are_in_the_columns_own_units():
    text = msgspec.structs.replace(load("two-classes").surface, domain=None)
    section = msgspec.structs.replace(
        text, data="birthwt", features=("(age - 20)/10", "lwt"), label="bwt/1000", model="linear", loss="mse"
    )
    experiment = msgspec.structs.replace(load("two-classes"), surface=section)
    view = msgspec.structs.replace(experiment.view, point=(0.1, 0.004))
    scene = scene_of(msgspec.structs.replace(experiment, view=view), 5, MEMORY)
    table = coefficient_table(frame_of_step(scene, 0))
    data = lv.dataset("birthwt")
    columns = np.stack([data["age"], data["lwt"], np.ones(189)], axis=1)
    best = np.linalg.lstsq(columns, data["bwt"], rcond=None)[0]
    assert [(row.name, row.unit) for row in table.rows] == [
        ("slope along age", "g per year"),
        ("slope along lwt", "g per lb"),
        ("RMSE", "g"),
    ]
    assert [row.here for row in table.rows[:2]] == pytest.approx([10.0, 4.0])
    assert [row.best for row in table.rows[:2]] == pytest.approx(best[:2])
    assert table.rows[2].best == pytest.approx(np.sqrt(np.mean((data["bwt"] - columns @ best) ** 2)))
    assert table.equation.startswith("bwt = ")
    assert table.equation.endswith(" + 10.00·age + 4.000·lwt")


def test_that_the_best_is_kept_back_while_what_comes_is_hidden(classes):
    view = msgspec.structs.replace(classes.experiment.view, point=(1.0, 1.0), hide_future=True)
    scene = scene_of(msgspec.structs.replace(classes.experiment, view=view), 9, MEMORY)
    chosen = picked(frame_of_step(scene, 0))
    assert (chosen.best, chosen.fit, len(chosen.x)) == ("", f"{float(scene.surface.loss(1.0, 1.0)):.3f}", 0)
    assert picked(frame_of_step(classes, 0)).best == "0.319"
