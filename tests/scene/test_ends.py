import msgspec
import numpy as np
import pytest

from lossviz.experiment import DescentSection, Experiment, Run, SurfaceSection, ViewSection
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.scene.ends import crowd_text, destination_at, ends
from lossviz.scene.frame import frame_of_step, places

MEMORY = Memory()
CAMEL = Experiment(
    surface=SurfaceSection(function="six_hump_camel"),
    descent=DescentSection(start=(1.7, 0.8), steps=200, random_starts=20),
    runs=(Run(hyperparameters={"learning_rate": 0.01}),),
)


def scene(experiment=CAMEL):
    return scene_of(experiment, 17, MEMORY)


def frame(step, experiment=CAMEL):
    return frame_of_step(scene(experiment), step)


def test_that_every_run_is_counted_once_whatever_the_step():
    made = scene()
    crowd = made.descents[0].crowd
    for row in (0, 1, 10, 50, 200, 999):
        found = ends(crowd, made.stationary, row)
        assert found.runs == len(crowd) == 20
        assert len(found.counts) == len(made.stationary)
    assert ends(crowd, made.stationary, 0).on_the_way == 20


def test_that_runs_have_ended_where_they_are_and_stay():
    made = scene()
    crowd = made.descents[0].crowd
    found = ends(crowd, made.stationary, 200)
    for point, count in zip(made.stationary, found.counts, strict=True):
        near = np.hypot(*((crowd.path[-1] - np.array(point.position)[:, None]) / np.array([[6.0], [4.0]]))) < 1e-3
        assert count == np.sum(near)
    assert sum(found.counts) == 20
    assert sum(count > 0 for count in found.counts) >= 4


def test_that_a_run_that_rolls_through_a_minimum_has_not_ended_there():
    # the heavy ball crosses the bottom of the bowl again and again
    fast = msgspec.structs.replace(
        CAMEL,
        surface=SurfaceSection(formula="w**2 + 0*b"),
        descent=DescentSection(start=(1.0, 0.0), steps=60, random_starts=50),
        runs=(Run(optimizer="momentum", hyperparameters={"learning_rate": 0.02, "momentum": 0.99}),),
    )
    made = scene(fast)
    crowd, points = made.descents[0].crowd, made.stationary
    near = np.abs(crowd.path[1:, 0]) / 6.0 < 5e-4
    rolling = crowd.evidence.moves > 5e-3
    row = int(np.argmax(np.any(near & rolling, axis=1))) + 1
    assert np.any(near[row - 1] & rolling[row - 1])
    assert sum(ends(crowd, points, row).counts) < np.sum(near[row - 1])


def test_that_between_two_rows_runs_are_between_two_places():
    crowd = scene().descents[0].crowd
    np.testing.assert_array_equal(places(crowd, 3.0)[:2], crowd.path[3])
    np.testing.assert_allclose(places(crowd, 3.5)[:2], (crowd.path[3] + crowd.path[4]) / 2.0, rtol=1e-14)
    np.testing.assert_allclose(places(crowd, 3.5)[2], (crowd.losses[3] + crowd.losses[4]) / 2.0, rtol=1e-14)
    np.testing.assert_array_equal(places(crowd, 1e4)[:2], crowd.path[-1])


def test_that_the_sentence_counts_what_is_seen():
    def said(step, experiment=CAMEL):
        seen = frame(step, experiment)
        return crowd_text(seen, seen.scene.descents[0])

    assert said(0) == "20 runs from random starts."
    assert said(2) == "Of 20 runs 20 are on the way."
    assert said(200) == "Of 20 runs 12 ended in one of the 2 global minima, 8 in a local minimum."
    middle = said(40)
    assert "nowhere yet" in middle
    assert middle.startswith("Of 20 runs ")
    hiding = msgspec.structs.replace(CAMEL, view=ViewSection(hide_future=True))
    assert said(200, hiding) == "20 runs from random starts."
    alone = msgspec.structs.replace(CAMEL, descent=DescentSection(start=(1.7, 0.8)))
    assert said(200, alone) == ""


def test_that_runs_beyond_all_numbers_are_off_the_map():
    wild = msgspec.structs.replace(CAMEL, runs=(Run(hyperparameters={"learning_rate": 0.5}),))
    seen = frame(200, wild)
    assert "off the map" in crowd_text(seen, seen.scene.descents[0])
    found = ends(seen.scene.descents[0].crowd, seen.stationary, 200)
    assert found.away > 0
    assert found.runs == 20


def test_that_a_run_is_told_to_be_in_a_minimum_only_once_it_is():
    told = [destination_at(f, f.scene.descents[0]) for f in map(frame, (0, 1, 200))]
    assert told[:2] == [None, None]
    assert told[2].kind == "local"
    assert told[2].above_best == pytest.approx(2.10425 + 1.03163, abs=1e-5)
    hiding = msgspec.structs.replace(CAMEL, view=ViewSection(hide_future=True))
    seen = frame(200, hiding)
    assert destination_at(seen, seen.scene.descents[0]) is None


def test_that_with_a_held_parameter_no_minimum_of_the_whole_surface_is_asked_for():
    held = msgspec.structs.replace(CAMEL, descent=msgspec.structs.replace(CAMEL.descent, free=("w",)))
    seen = frame(200, held)
    assert "one parameter is held" in crowd_text(seen, seen.scene.descents[0])
