"""The loop in plain numbers makes the same runs as the loop in arrays."""

import numpy as np
import pytest

import lossviz as lv
from lossviz.descent import StopRule, descending, side_by_side
from lossviz.descent.descending import FEW
from lossviz.descent.in_arrays import in_arrays
from lossviz.descent.in_numbers import in_numbers
from lossviz.landscape.work import completed
from lossviz.rules import CATALOGUE, conventions, rule_class, stacked
from lossviz.rules.componentwise import Componentwise

SIMPLE = [
    (name, convention)
    for name in CATALOGUE
    for convention in conventions(name)
    if issubclass(rule_class(name, convention), Componentwise)
]
START = np.array([[-2.2, 1.0, 0.5, -2.2], [3.6, 2.0, 4.5, 3.6]])


def rules_of(name, convention="pytorch"):
    # the last one leaves all numbers behind
    return [lv.optimizer(name, convention=convention, learning_rate=rate) for rate in (0.012, 0.3, 0.71, 1e3)]


@pytest.mark.parametrize("stop", [StopRule(), StopRule(tolerance=0.05, check_every=3)], ids=["to the end", "stopping"])
@pytest.mark.parametrize("free", [(0, 1), (0,), (1,)])
@pytest.mark.parametrize(("name", "convention"), SIMPLE)
def test_that_numbers_make_the_runs_of_arrays_bit_for_bit(births, name, convention, free, stop):
    rules = rules_of(name, convention)
    few = completed(in_numbers(births, rules, START, 150, free, stop))
    many = completed(in_arrays(births, stacked(rules), START, 150, free, stop))
    for part in ("path", "losses", "gradients", "stopped"):
        np.testing.assert_array_equal(getattr(few, part), getattr(many, part), err_msg=part)
    (shared,) = many.states
    for run, states in enumerate(few.states):
        lane = type(shared)(shared.every, shared.kept, run)
        for k in range(0, min(int(few.stopped[run]), 149) + 1, 16):
            assert states.before(k)[0] == lane.before(k)[0]
            for one, other in zip(states.before(k)[1], lane.before(k)[1], strict=True):
                assert np.shape(one) in (np.shape(other), ())
                np.testing.assert_array_equal(np.broadcast_to(one, np.shape(other)), other)


@pytest.mark.parametrize(("name", "convention"), SIMPLE)
def test_that_a_plain_number_stays_one(births, name, convention):
    rule = lv.optimizer(name, convention=convention)
    state = tuple(float(part[0]) if np.ndim(part) else part for part in rule.init(np.array([1.0])))
    after, remembered = rule.follow(0.5, 1.0, 0.1, state)
    assert type(after) is float
    assert all(type(part) in (float, int) for part in remembered)


def test_that_rules_of_several_kinds_are_descended_side_by_side(births):
    rules = [lv.optimizer(name, convention=convention, learning_rate=0.05) for name, convention in SIMPLE[:8]]
    ts = completed(descending(births, rules, np.tile([[-2.2], [3.6]], len(rules)), 60))
    for t, rule in zip(ts, rules, strict=True):
        alone = lv.descend(births, rule, (-2.2, 3.6), 60)
        assert t.rule is rule
        np.testing.assert_array_equal(t.path, alone.path)
        np.testing.assert_array_equal(t.evidence.limits, alone.evidence.limits)
        np.testing.assert_array_equal(t.replay(40).step.theta, alone.replay(40).step.theta)
        assert t.verdict == alone.verdict


def test_that_a_few_simple_rules_go_together_and_others_by_kind():
    simple = [lv.optimizer(name) for name in ("adam", "momentum", "gradient_descent")]
    assert side_by_side(simple) == [[0, 1, 2]]
    assert side_by_side([*simple, lv.optimizer("fixed_step")]) == [[0], [1], [2], [3]]
    many = [lv.optimizer(name) for name in ("adam", "momentum") for _ in range(FEW)]
    assert side_by_side(many) == [[*range(FEW)], [*range(FEW, 2 * FEW)]]
    assert side_by_side([]) == []


@pytest.mark.parametrize("runs", [3, FEW + 1])
def test_that_a_run_of_a_sweep_has_a_rule_of_its_own(births, runs):
    momenta = np.linspace(0.0, 0.9, runs)
    ts = lv.descend(births, lv.optimizer("momentum", learning_rate=0.1, momentum=momenta), (-2.2, 3.6), 20)
    for t, momentum in zip(ts, momenta, strict=True):
        assert t.rule.values == {"learning_rate": 0.1, "momentum": momentum}
        np.testing.assert_allclose(t.replay(10).step.theta, t.path[11], rtol=1e-14)


def test_that_the_loop_yields_its_progress_and_can_be_left(births):
    work = in_numbers(births, rules_of("adam"), START, 100_000, (0, 1), StopRule())
    parts = [next(work) for _ in range(3)]
    assert 0.0 < parts[0] < parts[1] < parts[2] < 1.0
    work.close()
