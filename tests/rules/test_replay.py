"""Any step of a run, made again from the record."""

import dataclasses
import time

import numpy as np
import pytest

import lossviz as lv
from lossviz.rules import CATALOGUE, conventions
from lossviz.rules.base import Oracle
from lossviz.rules.replay import EVERY, MOST, spacing

WAYS = [(name, convention) for name in CATALOGUE for convention in conventions(name)]


@pytest.fixture(scope="module")
def surface():
    return lv.fit(lv.dataset("birthwt"), feature="(age - 18)/10", label="bwt/1000", model="linear", loss="mse")


def states_of(surface, rule, start, steps):
    """The state before each step, from the loop itself."""
    oracle, theta = Oracle(surface), np.array(start)
    state, found = rule.init(theta), []
    for _ in range(steps):
        found.append(state)
        theta, state, _ = rule.step(oracle, theta, rule.learning_rate, state)
    return found


def numbers(state):
    """What is remembered, in numbers, one after the other where it is an object with parts."""
    if isinstance(state, (tuple, list)):
        return [number for part in state for number in numbers(part)]
    if np.asarray(state).dtype == object:
        return numbers(dataclasses.astuple(np.asarray(state).item()))
    return [np.asarray(state)]


@pytest.mark.parametrize(("name", "convention"), WAYS)
def test_that_any_step_is_made_again_with_what_was_remembered(surface, name, convention):
    rule = lv.optimizer(name, convention=convention, learning_rate=0.05)
    t = lv.descend(surface, rule, start=(-2.2, 3.6), steps=3 * EVERY + 5)
    expected = states_of(surface, rule, (-2.2, 3.6), t.steps)
    for k in range(t.steps):
        made = t.replay(k)
        np.testing.assert_allclose(made.step.theta, t.path[k + 1], rtol=1e-12, atol=1e-13)
        for part, other in zip(numbers(made.state), numbers(expected[k]), strict=True):
            np.testing.assert_allclose(part, other, rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize(("name", "convention"), WAYS)
def test_that_runs_side_by_side_are_told_apart(surface, name, convention):
    starts = np.array([[-2.2, 1.0, 0.5], [3.6, 2.0, 4.5]])
    ts = lv.descend(surface, lv.optimizer(name, convention=convention, learning_rate=0.03), start=starts, steps=40)
    for run, t in enumerate(ts):
        alone = lv.descend(surface, t.rule, start=starts[:, run], steps=40)
        for k in (0, 15, 16, 39):
            for part, other in zip(numbers(t.replay(k).state), numbers(alone.replay(k).state), strict=True):
                np.testing.assert_allclose(part, other, rtol=1e-9, atol=1e-13)


def test_that_a_held_parameter_is_not_remembered(surface):
    t = lv.descend(surface, lv.optimizer("momentum"), start=(-2.2, 3.6), steps=20, free=("b",))
    made = t.replay(10)
    assert made.state[0].shape == made.step.theta.shape == (1,)
    assert made.step.theta[0] == pytest.approx(t.path[11, 1], rel=1e-12)


def test_that_a_run_that_stopped_replays_the_steps_that_it_made_and_no_other(surface):
    t = lv.descend(surface, lv.optimizer("adam", learning_rate=0.3), start=(-2.2, 3.6), steps=500, tolerance=0.05)
    assert EVERY < t.steps < 500
    np.testing.assert_allclose(t.replay(t.steps - 1).step.theta, t.path[-1], rtol=1e-12)
    for wrong in (-1, t.steps):
        with pytest.raises(IndexError, match="this run made the steps 0 to"):
            t.replay(wrong)


def test_that_a_run_that_stopped_at_its_start_has_no_step(surface):
    t = lv.descend(surface, lv.optimizer("momentum"), start=(-2.2, 3.6), steps=9, tolerance=1e9)
    assert t.steps == 0
    with pytest.raises(IndexError):
        t.replay(0)


def test_that_long_runs_keep_few_states():
    assert spacing(1) == spacing(10_000) == EVERY
    assert 10_000_000 / spacing(10_000_000) <= MOST


def test_that_the_last_of_ten_thousand_steps_is_made_again_within_a_small_part_of_a_frame(surface):
    t = lv.descend(surface, lv.optimizer("adam"), start=(-2.2, 3.6), steps=10_000)
    t.replay(0)
    taken = []
    for k in range(9_984, 10_000):
        begun = time.perf_counter()
        t.replay(k)
        taken.append(time.perf_counter() - begun)
    # a frame is 16 ms; replaying all steps before would take some 300
    assert min(taken) < 0.008
    assert sorted(taken)[8] < 0.008


def test_that_no_surface_is_asked_for_what_is_recorded(surface):
    t = lv.descend(surface, lv.optimizer("nesterov"), start=(-2.2, 3.6), steps=50)
    t.replay(47)
    assert (t._oracle.gradients, t._oracle.values) == (0, 0)
