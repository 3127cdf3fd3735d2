import pytest

import lossviz as lv
from lossviz.jobs.tasks import scene_of
from lossviz.scene.frame import PHASES, frame_of_step
from lossviz.scene.micro_steps import next_phase, step_meant


def test_that_the_parts_of_a_step_follow_each_other_round():
    seen = [""]
    for _ in range(5):
        seen.append(next_phase(seen[-1]))
    assert tuple(seen[1:5]) == PHASES
    assert seen[5] == "slope"


@pytest.mark.parametrize(
    ("step", "phase", "meant"),
    [
        (4, "", 4),
        (4, "slope", 4),
        (4, "rate", 4),
        (4.5, "move", 4),
        (5, "move", 4),
        (5, "check", 4),
        (0, "check", -1),
    ],
)
def test_that_slope_and_rate_are_of_the_step_ahead_and_move_and_check_of_the_one_behind(step, phase, meant):
    scene = scene_of(lv.load("four-learning-rates"), resolution=5)
    assert step_meant(frame_of_step(scene, step, phase)) == meant
