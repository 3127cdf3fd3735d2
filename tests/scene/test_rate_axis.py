from typing import Any

import msgspec
import numpy as np
import pytest

from lossviz.experiment import load, parse
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.scene.frame import Frame, frame_of_step
from lossviz.scene.loss_readout import losses_text
from lossviz.scene.scales import LINEAR, LOG
from lossviz.scene.schedule_strip import rate_range, rates_text, strip_drawn

MEMORY = Memory()

RUN = """format = 1
[surface]
formula = "w**2 + b**2"
[descent]
start = [1.0, 1.0]
steps = 200
[[runs]]
learning_rate = 0.1
schedule = {schedule}
"""


def frame(step: float, **view: Any) -> Frame:
    experiment = load("schedules")
    looks = msgspec.structs.replace(experiment.view, **view)
    return frame_of_step(scene_of(msgspec.structs.replace(experiment, view=looks), 33, MEMORY), step)


def scheduled(schedule: str) -> Frame:
    return frame_of_step(scene_of(parse(RUN.replace("{schedule}", schedule)), 33, MEMORY), 200)


def test_that_there_is_a_strip_only_where_the_rate_of_a_shown_run_changes():
    assert strip_drawn(frame(0).scene)
    assert not strip_drawn(scene_of(load("four-learning-rates"), 33, MEMORY))
    experiment = load("schedules")
    runs = tuple(msgspec.structs.replace(run, shown=run.name == "constant") for run in experiment.runs)
    assert not strip_drawn(scene_of(msgspec.structs.replace(experiment, runs=runs), 33, MEMORY))


def test_that_a_rate_that_a_plateau_has_not_lowered_yet_has_its_strip_where_what_comes_is_kept_back():
    never = scheduled('{ name = "reduce_on_plateau", patience = 1000 }').scene
    assert not strip_drawn(never)
    hidden = msgspec.structs.replace(never.experiment.view, hide_future=True)
    assert strip_drawn(scene_of(msgspec.structs.replace(never.experiment, view=hidden), 33, MEMORY))


def test_that_the_axis_holds_all_rates_and_is_a_logarithm_only_where_many_would_be_lost():
    (low, high), scale = rate_range(frame(0))
    assert scale == LINEAR
    assert -0.1 * high < low < 0.0
    assert 0.3 <= high <= 0.4
    (low, high), scale = rate_range(scheduled('{ name = "exponential", gamma = 0.95 }'))
    assert scale == LOG
    assert low <= 0.1 * 0.95**199
    assert high >= 0.1


def test_that_rates_of_later_steps_do_not_move_the_axis_where_they_are_kept_back():
    rising = [rate_range(frame(step, hide_future=True))[0][1] for step in (0, 30, 200)]
    assert rising[0] == pytest.approx(rate_range(frame(0))[0][1])
    alone = scheduled('{ name = "linear", start_factor = 0.1, end_factor = 1.0 }').scene
    hidden = msgspec.structs.replace(alone.experiment.view, hide_future=True)
    kept = scene_of(msgspec.structs.replace(alone.experiment, view=hidden), 33, MEMORY)
    ends = [rate_range(frame_of_step(kept, step))[0][1] for step in (1, 50, 200)]
    assert ends == sorted(ends)
    assert ends[0] < 0.5 * ends[-1]


def test_that_rate_and_cycled_momentum_of_a_step_are_told_and_nothing_of_steps_to_come():
    cycled = scene_of(
        parse(RUN.replace("{schedule}", '{ name = "one_cycle", maximum = 0.1 }\noptimizer = "momentum"')), 33, MEMORY
    )
    (descent,) = cycled.descents
    t = descent.trajectory
    assert t.momenta is not None
    now = frame_of_step(cycled, 100)
    told = f"rate {t.learning_rates[60]:.3g}, momentum {t.momenta[60]:.3g}"
    assert rates_text(now, 60.0, descent) == f"step 60 · {descent.label}: {told}"
    assert rates_text(now, 100.0, descent) == ""
    assert told.replace(", ", " · ") in losses_text(now, 60.0, descent)
    assert np.ptp(t.momenta) > 0.05
