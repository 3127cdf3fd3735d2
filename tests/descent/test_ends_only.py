"""Where only ends are kept, they are those of the whole paths."""

from time import perf_counter

import numpy as np
import pytest

import lossviz as lv
from lossviz.descent import StopRule, ends_only
from lossviz.descent.conditions import Conditions
from lossviz.landscape.work import completed
from lossviz.rules import CATALOGUE
from lossviz.rules.componentwise import Componentwise

END = Conditions(keep="end")
SIMPLE = [name for name, rule in CATALOGUE.items() if issubclass(rule, Componentwise)]
STEPS = 300


@pytest.fixture(scope="module")
def himmelblau():
    return lv.surface("himmelblau")


def starts(runs):
    made = np.random.default_rng(3).uniform(-5.0, 5.0, (2, runs))
    # far out, where most steps leave all numbers
    made[:, :3] = [[50.0, 1e90, 0.0], [3.0, 2.0, 1e30]]
    return made


def the_same(ends, paths):
    np.testing.assert_array_equal(ends.path[0], paths.path[-1])
    np.testing.assert_array_equal(ends.losses[0], paths.losses[-1])
    np.testing.assert_array_equal(ends.gradients[0], paths.gradients[-1])
    np.testing.assert_array_equal(ends.stopped, paths.stopped)


@pytest.mark.parametrize("name", [*SIMPLE, "fixed_step"])
def test_that_ends_are_those_of_the_paths_bit_for_bit(himmelblau, name):
    for rate in (0.004, np.linspace(1e-3, 0.05, 40)):
        rule = lv.optimizer(name, learning_rate=rate)
        paths = lv.descend(himmelblau, rule, start=starts(40), steps=STEPS)
        the_same(lv.descend(himmelblau, rule, start=starts(40), steps=STEPS, keep="end"), paths)


@pytest.mark.parametrize(
    "formula",
    [
        "(1 - w)**2 + 100*(b - w**2)**2",
        "log(w + 3)**2 + sqrt(b + 4) + w**2",
        "abs(w) + max(b, -2*b)",
        "1/w**2 + w**2 + b**2",
    ],
)
def test_that_a_loss_that_is_no_number_somewhere_ends_runs_as_in_their_paths(formula):
    surface, rule = lv.expression(formula), lv.optimizer("momentum", learning_rate=0.02)
    the_same(
        lv.descend(surface, rule, start=starts(60), steps=STEPS, keep="end"),
        lv.descend(surface, rule, start=starts(60), steps=STEPS),
    )


@pytest.mark.parametrize("free", [("w",), ("b",)])
def test_that_held_parameters_stay(himmelblau, free):
    rule = lv.optimizer("adam", learning_rate=0.05)
    ends = lv.descend(himmelblau, rule, start=starts(20), steps=STEPS, free=free, keep="end")
    the_same(ends, lv.descend(himmelblau, rule, start=starts(20), steps=STEPS, free=free))
    held = 1 if free == ("w",) else 0
    np.testing.assert_array_equal(ends.ends[held], starts(20)[held])


@pytest.mark.parametrize("stop", [StopRule(tolerance=0.5), StopRule(loss_change=1e-3, check_every=7)])
def test_that_runs_stop_where_their_paths_do(himmelblau, stop):
    rule = lv.optimizer("gradient_descent", learning_rate=0.01)
    ends = completed(ends_only.ends_only(himmelblau, (rule,), starts(40), STEPS, (0, 1), END, stop))
    given = {"tolerance": stop.tolerance, "loss_change": stop.loss_change, "check_every": stop.check_every}
    paths = lv.descend(himmelblau, rule, start=starts(40), steps=STEPS, **given)
    assert len(set(ends.stopped.tolist())) > 3
    the_same(ends, paths)


def test_that_a_schedule_changes_the_rates_as_in_the_paths(himmelblau):
    rule, schedule = lv.optimizer("momentum", learning_rate=0.01), lv.schedule("cosine")
    paths = lv.descend(himmelblau, rule, start=starts(20), steps=STEPS, schedule=schedule)
    the_same(lv.descend(himmelblau, rule, start=starts(20), steps=STEPS, schedule=schedule, keep="end"), paths)


def test_that_the_size_of_blocks_and_stretches_makes_no_difference(himmelblau, monkeypatch):
    rule = lv.optimizer("momentum", learning_rate=0.004)
    whole = lv.descend(himmelblau, rule, start=starts(100), steps=1000, keep="end")
    monkeypatch.setattr(ends_only, "ABREAST", 7)
    monkeypatch.setattr(ends_only, "STRETCH", 5)
    parts = lv.descend(himmelblau, rule, start=starts(100), steps=1000, keep="end")
    np.testing.assert_array_equal(parts.ends, whole.ends)
    np.testing.assert_array_equal(parts.end_losses, whole.end_losses)


def test_that_rules_of_several_kinds_go_to_their_own_ends(himmelblau):
    names = ["momentum", "adam", "gradient_descent", "momentum"]
    rules = [lv.optimizer(name, learning_rate=0.002 * (k + 1)) for k, name in enumerate(names)]
    ends = completed(ends_only.ends_only(himmelblau, rules, starts(7)[:, 3:], STEPS, (0, 1), END, StopRule()))
    for k, rule in enumerate(rules):
        alone = lv.descend(himmelblau, rule, start=starts(7)[:, 3 + k], steps=STEPS)
        np.testing.assert_array_equal(ends.path[0, :, k], alone.path[-1])


def test_that_a_thousand_million_steps_end_when_all_runs_rest_or_go_in_circles(himmelblau):
    rule = lv.optimizer("momentum", learning_rate=0.004)
    long = lv.descend(himmelblau, rule, start=starts(40), steps=1_000_000_000, keep="end")
    assert np.all(long.stopped == 1_000_000_000)
    assert np.any(np.isnan(long.ends))
    there = np.all(np.isfinite(long.ends), axis=0)
    assert np.count_nonzero(there) > 20
    assert np.all(np.abs(himmelblau.gradient(*long.ends[:, there])) < 1e-10)


def test_that_runs_that_go_in_circles_end_where_each_step_would_have_led(himmelblau):
    rule, start = lv.optimizer("momentum", learning_rate=0.004), starts(20)
    steps = 40_001
    theta, state = start.copy(), rule.init(start)
    with np.errstate(all="ignore"):
        for _ in range(steps):
            theta, state = rule.follow(himmelblau.value_and_gradient(theta)[1], theta, 0.004, state)
    np.testing.assert_array_equal(lv.descend(himmelblau, rule, start=start, steps=steps, keep="end").ends, theta)


def test_that_it_yields_its_progress_at_short_intervals_and_can_be_left(himmelblau):
    many = np.random.default_rng(5).uniform(-4.0, 4.0, (2, 40_000))
    # counts its steps, so that it never rests
    rules = (lv.optimizer("adam", learning_rate=1e-4),)
    work = ends_only.ends_only(himmelblau, rules, many, 1_000_000, (0, 1), END, StopRule())
    parts, waits = [], []
    for _ in range(8):
        begun = perf_counter()
        parts.append(next(work))
        waits.append(perf_counter() - begun)
    work.close()
    assert 0.0 < parts[0] < parts[-1] < 1.0
    assert parts == sorted(parts)
    # the first makes blocks and code; a busy machine may hold up some
    assert sorted(waits[1:])[2] < 0.05


@pytest.mark.parametrize("start", [(np.nan, 0.0), [[0.0, np.inf], [1.0, 1.0]]])
def test_that_a_start_that_is_no_number_is_refused(himmelblau, refused, start):
    with refused("start must be finite: a weight and a bias, neither NaN nor infinite."):
        lv.descend(himmelblau, lv.optimizer("momentum"), start, 10, keep="end")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"clip_value": 1.0}, "keep='end' goes without clip_value: keep the path, or leave clip_value out."),
        ({"average": 0.9}, "keep='end' goes without average: keep the path, or leave average out."),
        ({"precision": "float32"}, "keep='end' goes without precision: keep the path, or leave precision out."),
        ({"rate_scale": (1.0, 2.0)}, "keep='end' goes without rate_scale"),
    ],
)
def test_that_what_needs_the_path_is_refused(himmelblau, refused, given, said):
    with refused(said, ValueError):
        lv.descend(himmelblau, lv.optimizer("momentum"), (1.0, 2.0), 10, keep="end", **given)


def test_that_schedules_that_look_at_the_descent_are_refused(himmelblau, refused):
    schedule = lv.schedule("reduce_on_plateau")
    with refused("keep='end' goes without the schedule reduce_on_plateau, which follows the losses", ValueError):
        lv.descend(himmelblau, lv.optimizer("momentum"), starts(5), 10, schedule=schedule, keep="end")


@pytest.mark.parametrize("name", ["gradient_descent", "newton"])
def test_that_runs_of_many_rates_may_all_come_to_rest_before_the_end(name):
    bowl = lv.expression("w**2 + b**2", domain=((-3, 3), (-3, 3)))
    rule = lv.optimizer(name, learning_rate=np.array([0.5, 0.5, 1.0, 1.0]))
    the_same(
        lv.descend(bowl, rule, start=(2.0, -2.0), steps=600, keep="end"),
        lv.descend(bowl, rule, start=(2.0, -2.0), steps=600),
    )
