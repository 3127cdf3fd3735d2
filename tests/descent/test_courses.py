"""Stretches of steps by a function written for the rule are those that the rule makes."""

import numpy as np
import pytest

import lossviz as lv
from lossviz.descent import StopRule
from lossviz.descent.courses import WORTH_WRITING, courses_of, in_courses
from lossviz.descent.in_numbers import in_numbers
from lossviz.landscape.work import completed
from lossviz.rules import CATALOGUE
from lossviz.rules.componentwise import Componentwise

SIMPLE = [name for name, rule in CATALOGUE.items() if issubclass(rule, Componentwise)]
STEPS = 2 * WORTH_WRITING
START = np.array([[-2.2, 1.0], [3.6, 2.0]])
NEVER = StopRule(loss_below=-1e300)
"""Never met, but watched for: the rule then makes each step by itself."""


@pytest.fixture(scope="module", params=["births", "beale", "1/w + w + log(b)**2"])
def surface(request):
    if request.param == "births":
        return lv.fit(lv.dataset("birthwt"), feature="(age - 18)/10", label="bwt/1000")
    return lv.surface("beale") if request.param == "beale" else lv.expression(request.param)


@pytest.mark.parametrize("free", [(0, 1), (1,)])
@pytest.mark.parametrize("name", SIMPLE)
def test_that_stretches_are_the_steps_bit_for_bit(surface, name, free):
    # the second one leaves all numbers behind
    rules = [lv.optimizer(name, learning_rate=rate) for rate in (0.01, 1e4)]
    courses = courses_of(rules, STEPS, free)
    if courses is None:
        pytest.skip("this rule looks at its numbers otherwise than by arithmetic")
    rates = np.tile([0.01, 1e4], (STEPS, 1))
    ours = completed(in_courses(surface.in_numbers, rules, courses, START, rates, free))
    steps = completed(in_numbers(surface, rules, START, STEPS, free, NEVER))
    np.testing.assert_array_equal(ours.path, steps.path)
    np.testing.assert_array_equal(ours.losses, steps.losses)
    np.testing.assert_array_equal(ours.gradients, steps.gradients)
    for own, other in zip(ours.states, steps.states, strict=True):
        assert own.every == other.every
        for one, its in zip(own.kept, other.kept, strict=True):
            for part, same in zip(one, its, strict=True):
                assert np.shape(part) == np.shape(same)
                np.testing.assert_array_equal(part, same)


def test_that_most_rules_have_such_a_function():
    with_one = [name for name in SIMPLE if courses_of([lv.optimizer(name)], STEPS, (0, 1))]
    assert {"gradient_descent", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"} <= set(with_one)
    assert len(with_one) >= len(SIMPLE) - 4


def test_that_a_short_run_is_not_worth_the_writing():
    assert courses_of([lv.optimizer("adam")], WORTH_WRITING - 1, (0, 1)) is None


def test_that_a_replayed_step_of_such_a_run_leads_to_the_next_row():
    t = lv.descend(lv.surface("himmelblau"), lv.optimizer("adam", learning_rate=0.02), (1.0, -2.0), STEPS)
    for k in (0, 15, 16, STEPS - 1):
        np.testing.assert_array_equal(t.replay(k).step.theta.ravel(), t.path[k + 1])
