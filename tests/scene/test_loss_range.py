from itertools import pairwise

import msgspec
import numpy as np
import pytest

from lossviz.experiment import load
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.scene.frame import frame_of_step
from lossviz.scene.loss_range import loss_range

MEMORY = Memory()


def seen(**view):
    experiment = load("four-learning-rates")
    return scene_of(
        msgspec.structs.replace(experiment, view=msgspec.structs.replace(experiment.view, **view)), 33, MEMORY
    )


def ranges(scene, logarithmic=False, steps=None):
    last = scene.steps if steps is None else steps
    return [loss_range(frame_of_step(scene, step), logarithmic) for step in np.arange(0.0, last + 0.5, 0.5)]


@pytest.mark.parametrize("logarithmic", [False, True])
def test_that_the_range_holds_every_run_that_stays_and_is_the_same_at_every_step(logarithmic):
    scene = seen()
    assert len(set(ranges(scene, logarithmic))) == 1
    low, high = loss_range(frame_of_step(scene, 0), logarithmic)
    for descent in scene.descents[:3]:
        assert low < descent.trajectory.losses.min()
        assert descent.trajectory.losses.max() < high
    # the one that diverges leaves through the top
    assert scene.descents[3].trajectory.losses.max() > high


@pytest.mark.parametrize("logarithmic", [False, True])
def test_that_nothing_of_the_future_is_told_where_it_is_kept_back(logarithmic):
    whole = seen(hide_future=True)
    experiment = whole.experiment
    for steps in (1, 3, 10):
        section = msgspec.structs.replace(experiment.descent, steps=steps)
        short = scene_of(msgspec.structs.replace(experiment, descent=section), 33, MEMORY)
        # a run that ends there shows the same as one that goes on
        assert ranges(whole, logarithmic, steps) == ranges(short, logarithmic)


@pytest.mark.parametrize("logarithmic", [False, True])
def test_that_a_range_that_hides_the_future_grows_in_few_strides_and_holds_what_is_seen(logarithmic):
    scene = seen(hide_future=True)
    found = ranges(scene, logarithmic)
    assert all(b[0] <= a[0] and b[1] >= a[1] for a, b in pairwise(found))
    assert 1 < len(set(found)) <= 8
    for step, (low, high) in zip(np.arange(0.0, scene.steps + 0.5, 0.5), found, strict=True):
        for ball in frame_of_step(scene, step).balls[:3]:
            assert low <= ball.loss <= high


def test_that_the_smallest_possible_loss_does_not_show_in_a_range_that_hides_it():
    scene = seen(hide_future=True)
    low, high = loss_range(frame_of_step(scene, 0.0), True)
    assert low > scene.minimum[2]
    assert low < scene.descents[0].trajectory.losses[0] < high


def test_that_small_changes_of_the_start_leave_the_axis_where_it_is():
    experiment = load("four-learning-rates")
    found = set()
    for i in range(20):
        section = msgspec.structs.replace(experiment.descent, start=(-2.2 + 0.002 * i, 3.6))
        scene = scene_of(msgspec.structs.replace(experiment, descent=section), 33, MEMORY)
        found.add(loss_range(frame_of_step(scene, 0), False))
    assert len(found) <= 2


def test_that_no_runs_leave_a_range_to_draw():
    experiment = load("four-learning-rates")
    scene = scene_of(msgspec.structs.replace(experiment, runs=()), 33, MEMORY)
    for hidden in (False, True):
        view = msgspec.structs.replace(experiment.view, hide_future=hidden)
        frame = frame_of_step(scene_of(msgspec.structs.replace(scene.experiment, view=view), 33, MEMORY), 0)
        for logarithmic in (False, True):
            low, high = loss_range(frame, logarithmic)
            assert low < high
            assert low > 0 or not logarithmic
