from typing import Any

import msgspec
import numpy as np
import pytest

from lossviz.experiment import load
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.scene.cost import cost_of_ball, cost_scale, cost_text, cost_told, costs, end_of_axis, row_at, window
from lossviz.scene.frame import Frame, frame_of_step
from lossviz.scene.scales import LINEAR

MEMORY = Memory()


def frame(step: float, name: str = "batches", **view: Any) -> Frame:
    experiment = load(name)
    looks = msgspec.structs.replace(experiment.view, **view)
    return frame_of_step(scene_of(msgspec.structs.replace(experiment, view=looks), 33, MEMORY), step)


def test_that_runs_of_equal_epochs_end_at_the_same_samples_after_other_numbers_of_steps():
    descents = frame(0).scene.descents
    assert [descent.trajectory.steps for descent in descents] == [15, 30, 60, 120]
    assert {float(costs(descent, "samples")[-1]) for descent in descents} == {120.0}
    assert {float(costs(descent, "epochs")[-1]) for descent in descents} == {15.0}
    seconds = [float(costs(descent, "seconds")[-1]) for descent in descents]
    assert seconds == sorted(seconds)


@pytest.mark.parametrize("kind", ["steps", "samples", "seconds", "epochs"])
def test_that_a_ball_on_its_way_is_between_the_costs_of_its_two_rows_and_the_axis_holds_it(kind: str):
    for step in (0.0, 3.5, 14.5, 29.2, 119.9, 120.0):
        seen = frame(step, cost_axis=kind)
        for ball in seen.balls:
            rows, at = costs(ball.descent, kind), cost_of_ball(ball, kind)
            assert rows[ball.row] <= at <= rows[min(ball.row + 1, len(rows) - 1)]
            assert at <= end_of_axis(seen) + 1e-12
            assert (at == rows[ball.row]) == ball.resting


def test_that_the_axis_stands_still_for_many_steps_and_reaches_the_end():
    ends = [window(frame(step, "schedules")) for step in range(241)]
    assert ends == sorted(ends)
    assert set(ends) == {25, 50, 100, 200, 240}
    assert all(end >= step for step, end in enumerate(ends))


def test_that_an_early_stop_is_not_told_by_the_axis_where_what_comes_is_kept_back():
    told = frame(12, "rare-checks", cost_axis="samples")
    assert end_of_axis(told) == 25 * 189
    few = msgspec.structs.replace(told.scene.experiment, runs=told.scene.experiment.runs[:1])
    for hidden, end in ((False, 19), (True, 25)):
        looks = msgspec.structs.replace(few.view, hide_future=hidden, selected=0)
        scene = scene_of(msgspec.structs.replace(few, view=looks), 33, MEMORY)
        assert scene.descents[0].trajectory.steps == 19
        assert end_of_axis(frame_of_step(scene, 12)) == pytest.approx(end * 189)
        assert end_of_axis(frame_of_step(scene, 20)) == pytest.approx(19 * 189)


def test_that_the_row_nearest_to_a_cost_is_found_and_none_beyond_the_ends():
    descent = frame(0).scene.descents[1]
    rows = costs(descent, "samples")
    assert [row_at(descent, "samples", cost) for cost in (0.0, 1.9, 2.1, 118.9)] == [0, 0, 1, 30]
    assert row_at(descent, "samples", -3.0) == -1
    assert row_at(descent, "samples", 130.0) == len(rows)
    assert row_at(descent, "steps", 7.4) == 7


def test_that_a_logarithm_leaves_room_for_the_first_step_whatever_it_counts():
    assert cost_scale(frame(0).scene) == LINEAR
    for kind, unit in (("steps", 1.0), ("samples", 1.0), ("seconds", 1e-3), ("epochs", 0.1)):
        scale = cost_scale(frame(0, cost_axis=kind, step_axis="log").scene)
        assert scale.unit == pytest.approx(unit)
        places = np.array([0.0, 0.5 * unit, unit, 10.0 * unit, 100.0 * unit])
        assert scale.value(scale.place(places)) == pytest.approx(places)
        ticks = scale.ticks(0.0, 100.0 * unit, 4)
        assert ticks[0] == 0.0
        assert 2 < len(ticks) < 10


def test_that_a_place_on_the_axis_is_told_with_its_unit():
    assert [cost_told(frame(0, cost_axis=kind).scene, 12_000.0) for kind in ("steps", "samples")] == [
        "step 12,000",
        "12,000 samples",
    ]
    assert cost_told(frame(0, cost_axis="seconds").scene, 0.12) == "0.12 s"
    assert cost_told(frame(0, cost_axis="epochs").scene, 3.5) == "3.5 epochs"
    assert cost_text(frame(0, "clipping", cost_axis="samples").scene) == "slopes computed"
