import math
from dataclasses import replace

import pytest

from lossviz.diagnosis.nature import StationaryPoint
from lossviz.experiment import DescentSection, Experiment, Run, SurfaceSection, ViewSection, load
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.scene.frame import frame_of_step
from lossviz.scene.landmarks import count_text, kind_text, landmark_text, landmarks, loss_text
from lossviz.scene.minima_table import minima_table

MEMORY = Memory()


def on(function, **view):
    experiment = Experiment(
        surface=SurfaceSection(function=function),
        descent=DescentSection(start=(0.5, 0.5), steps=5),
        runs=(Run(hyperparameters={"learning_rate": 0.001}),),
        view=ViewSection(**view),
    )
    return frame_of_step(scene_of(experiment, 17, MEMORY), 0)


def test_that_all_points_are_marked_unless_they_are_kept_back():
    assert len(landmarks(on("himmelblau"))) == 9
    assert landmarks(on("himmelblau", hide_future=True)) == ()


def test_that_until_the_search_has_ended_the_known_minimum_is_marked():
    searching = replace(on("sphere").scene, stationary=None)
    (point,) = landmarks(frame_of_step(searching, 0))
    assert (point.kind, point.position, point.is_global) == ("minimum", (0.0, 0.0), True)


def test_that_where_one_parameter_is_held_the_minimum_within_reach_is_marked_alone():
    frame = frame_of_step(scene_of(load("one-parameter"), 17, MEMORY), 0)
    (point,) = landmarks(frame)
    assert point.position[1] == 2.9
    assert point.loss > frame.best[2]


def test_that_kinds_are_named_by_their_rank():
    six = on("six_hump_camel").stationary
    names = [kind_text(point, six) for point in six]
    assert names.count("global minimum") == 2
    assert names.count("local minimum") == 4
    (only,) = on("sphere").stationary
    assert kind_text(only, (only,)) == "minimum"
    assert count_text(six) == "6 minima, 7 saddles, 2 maxima"
    assert count_text(on("himmelblau").stationary) == "4 minima, 4 saddles, 1 maximum"
    assert count_text(()) == "no minimum, saddle or maximum in this domain"


def test_that_degenerate_points_and_kinks_say_what_they_are():
    text = "a line of minima: the loss is the same at each of its points"
    line = StationaryPoint("degenerate", (0.0, 0.0), 0.0, (0.0, 2.0), True, text=text)
    assert kind_text(line, (line,)) == "line of minima"
    assert landmark_text(on("sphere").scene, line).endswith("the loss is the same at each of its points")
    kink = StationaryPoint("minimum", (0.0, 0.0), 0.0, (math.nan, math.nan), True, True, "a kink: the slope jumps")
    assert kind_text(kink, (kink,)) == "minimum, a kink"
    assert "eigenvalues" not in landmark_text(on("sphere").scene, kink)


def test_that_a_point_is_told_in_one_line():
    frame = on("himmelblau")
    saddle = next(point for point in frame.stationary if point.kind == "saddle")
    assert landmark_text(frame.scene, saddle) == "saddle at (3.39, 0.0739) · loss 13.31 · eigenvalues −14.1 and 97.5"


def test_that_a_loss_that_is_rounding_alone_is_nothing():
    scene = on("himmelblau").scene
    assert [loss_text(scene, loss) for loss in (7.9e-31, -7.9e-31, 0.5)] == ["0", "0", "0.5"]


def test_that_the_table_has_the_best_minima_first_and_the_others_by_their_loss():
    table = minima_table(on("six_hump_camel"))
    losses = [point.loss for point in table.points if point.is_minimum]
    assert losses == sorted(losses)
    assert [point.is_minimum for point in table.points] == [True] * 6 + [False] * 9
    assert table.texts(0)[:4] == ("global minimum", "−0.090", "0.713", "−1.032")
    assert table.heads == ("kind", "w", "b", "loss", "λ₁", "λ₂")
    lines = table.text.splitlines()
    assert len(lines) == 16
    kind, *numbers = lines[1].split("\t")
    assert kind == "global minimum"
    assert [float(number) for number in numbers[:2]] == list(table.points[0].position)


@pytest.mark.parametrize("hide", [False, True])
def test_that_what_is_kept_back_is_not_in_the_table(hide):
    table = minima_table(on("himmelblau", hide_future=hide))
    assert len(table.points) == (0 if hide else 9)
    assert ("kept back" in table.count) == hide


def test_that_the_runs_that_ended_in_each_minimum_stand_beside_it():
    experiment = Experiment(
        surface=SurfaceSection(function="himmelblau"),
        descent=DescentSection(start=(0.5, 0.5), steps=100, random_starts=20),
        runs=(Run(hyperparameters={"learning_rate": 0.005}),),
    )
    table = minima_table(frame_of_step(scene_of(experiment, 17, MEMORY), 100))
    assert table.heads[-1] == "runs"
    assert sum(table.runs) == 20
    assert [table.texts(row)[-1] for row in range(9)][4:] == [""] * 5
