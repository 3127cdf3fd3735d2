import msgspec
import numpy as np
import pytest

import lossviz as lv
from lossviz.jobs.tasks import scene_of
from lossviz.scene.coefficient_table import coefficient_table, written, written_difference
from lossviz.scene.frame import frame_of_step


def table(name="four-learning-rates", step=14, **view):
    experiment = lv.load(name)
    looked = msgspec.structs.replace(experiment.view, **view)
    scene = scene_of(msgspec.structs.replace(experiment, view=looked), resolution=5)
    return coefficient_table(frame_of_step(scene, step)), scene


def test_that_a_picked_line_stands_beside_least_squares_in_grams_and_years():
    told, _ = table(point=(0.6, 2.2))
    age, bwt = lv.dataset("birthwt")["age"], lv.dataset("birthwt")["bwt"]
    # 0.6 kg per 10 years, 2.2 kg at age 18
    slope, intercept = 60.0, 2200.0 - 18.0 * 60.0
    best = np.polyfit(age, bwt, 1)
    here = np.sqrt(np.mean((bwt - intercept - slope * age) ** 2))
    least = np.sqrt(np.mean((bwt - np.polyval(best, age)) ** 2))
    for row, expected in zip(told.rows, ((slope, best[0]), (intercept, best[1]), (here, least)), strict=True):
        assert (row.here, row.best) == pytest.approx(expected, rel=1e-9)
        assert row.difference == pytest.approx(expected[0] - expected[1], rel=1e-9)
    assert [(row.name, row.unit) for row in told.rows] == [
        ("slope", "g per year"),
        ("intercept", "g at age 0"),
        ("RMSE", "g"),
    ]
    assert (told.line, told.best, told.count) == ("the picked line", "least squares", "189 births")
    assert told.equation == "bwt = 1120 + 60.00·age"


def test_that_without_a_picked_point_it_is_the_selected_run_at_this_step():
    for step, row in ((0, 0), (14, 14), (200, 200)):
        told, scene = table(step=step, layout="race")
        t = scene.descents[2].trajectory
        assert told.line == f"rate 0.71 at step {step}"
        assert (told.rows[0].here, told.rows[1].here) == scene.surface.data.in_columns(*t.path[row])
        assert told.rows[2].here == pytest.approx(1000.0 * np.sqrt(t.losses[row]), rel=1e-12)


def test_that_an_arrived_run_differs_from_least_squares_by_nothing():
    told, _ = table(step=200, selected=1)
    assert [row.difference for row in told.rows] == [0.0, 0.0, 0.0]


def test_that_the_best_line_is_kept_back_with_the_future():
    told, _ = table(hide_future=True)
    assert told.kept_back
    assert [(row.best, row.difference) for row in told.rows] == [(None, None)] * 3
    assert "2656" not in told.text


def test_that_a_logistic_model_stands_beside_maximum_likelihood():
    told, scene = table("logistic", point=(-1.2, -0.6))
    assert told.best == "maximum likelihood"
    assert told.rows[0].here == pytest.approx(-1.2 / 30.0)
    assert told.rows[1].here == pytest.approx(-0.6 + 1.2 * 130.0 / 30.0)
    assert (told.rows[2].name, told.rows[2].unit) == ("cross-entropy", "")
    assert told.rows[2].here == pytest.approx(float(scene.surface.loss(-1.2, -0.6)))


def test_that_an_experiment_without_runs_has_the_best_line_alone():
    experiment = msgspec.structs.replace(lv.load("four-learning-rates"), runs=())
    told = coefficient_table(frame_of_step(scene_of(experiment, resolution=5), 0))
    assert (told.line, told.equation) == ("", "")
    assert [row.here for row in told.rows] == [None] * 3
    assert told.rows[0].best == pytest.approx(12.43, abs=0.005)


def test_that_the_copied_numbers_are_a_table_that_can_be_read_back():
    told, _ = table(point=(0.6, 2.2))
    lines = [line.split("\t") for line in told.text.splitlines()]
    assert lines[0] == ["", "the picked line", "least squares", "difference"]
    for line, row in zip(lines[1:4], told.rows, strict=True):
        assert line[0] == f"{row.name} ({row.unit})"
        assert [float(cell) for cell in line[1:]] == pytest.approx([row.here, row.best, row.difference], rel=1e-11)


def test_that_numbers_are_written_in_four_digits_and_unknown_ones_as_dashes():
    assert [written(v) for v in (None, 1.58323, -1536.4)] == ["–", "1.583", "−1536"]
    assert [written_difference(v) for v in (None, 1.58323, -1536.4, 0.0)] == ["–", "+1.583", "−1536", "0"]
