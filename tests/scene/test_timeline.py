import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossviz.scene.timeline import FAST, LONGEST_TAIL, SLOW, Timeline

STEPS = [1, 2, 5, 10, 60, 200, 1000, 20_000, 1_000_000]


@pytest.mark.parametrize("steps", STEPS)
def test_that_the_first_and_last_second_show_the_first_and_last_step(steps):
    timeline = Timeline(steps)
    assert timeline.step_at(0.0) == 0.0
    assert timeline.step_at(timeline.duration) == steps
    assert timeline.seconds_at(0) == 0.0
    assert timeline.seconds_at(steps) == timeline.duration


@pytest.mark.parametrize("steps", STEPS)
def test_that_time_outside_is_clamped_to_the_ends(steps):
    timeline = Timeline(steps)
    assert timeline.step_at(-5.0) == 0.0
    assert timeline.step_at(1e9) == steps
    assert timeline.seconds_at(-3) == 0.0
    assert timeline.seconds_at(steps + 5) == timeline.duration


@pytest.mark.parametrize("steps", STEPS)
def test_that_later_is_never_an_earlier_step(steps):
    timeline = Timeline(steps)
    seen = [timeline.step_at(t) for t in np.linspace(-1, timeline.duration + 1, 997)]
    assert np.all(np.diff(seen) >= 0)
    assert np.all(np.diff([timeline.seconds_at(k) for k in np.linspace(0, steps, 997)]) > 0)


@given(steps=st.integers(1, 5000), part=st.floats(0, 1))
def test_that_a_whole_step_is_seen_at_its_own_second(steps, part):
    timeline = Timeline(steps)
    k = round(part * steps)
    assert timeline.step_at(timeline.seconds_at(k)) == pytest.approx(k, abs=1e-9)


@given(steps=st.integers(1, 5000), part=st.floats(0, 1))
def test_that_the_step_seen_has_begun_and_not_ended(steps, part):
    timeline = Timeline(steps)
    seconds = part * timeline.duration
    step = timeline.step_at(seconds)
    assert timeline.seconds_at(np.floor(step)) <= seconds + 1e-9
    assert timeline.seconds_at(np.floor(step) + 1) >= seconds - 1e-9


@given(part=st.floats(0, 4))
def test_that_the_slow_first_steps_are_seen_exactly_in_between(part):
    timeline = Timeline(200)
    assert timeline.step_at(timeline.seconds_at(part)) == pytest.approx(part, abs=1e-12)
    assert timeline.seconds_at(part) == pytest.approx(SLOW * part, abs=1e-12)


def test_that_quick_steps_are_shown_at_computed_points_alone():
    timeline = Timeline(200)
    late = [timeline.step_at(t) for t in np.linspace(timeline.seconds_at(100), timeline.duration, 333)]
    assert all(step == int(step) for step in late)
    assert {*late} == {*map(float, range(100, 201))}


@pytest.mark.parametrize("steps", [60, 200])
def test_that_no_step_of_a_usual_run_is_skipped_at_25_frames_a_second(steps):
    timeline = Timeline(steps)
    arrivals = [timeline.seconds_at(k) for k in range(steps + 1)]
    assert np.min(np.diff(arrivals)) >= FAST - 1e-12


@pytest.mark.parametrize("steps", STEPS)
def test_that_a_long_run_takes_no_longer_than_the_patience_of_a_lecture(steps):
    assert Timeline(steps).duration < 10.0 + LONGEST_TAIL
