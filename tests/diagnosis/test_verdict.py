import re

import numpy as np
import pytest

import lossviz as lv
from lossviz.diagnosis.events import Events
from lossviz.diagnosis.evidence import Evidence
from lossviz.diagnosis.ground import Ground
from lossviz.diagnosis.verdict import verdict
from lossviz.rules import CATALOGUE

ON_A_BOWL = {"diverged", "converged", "oscillating", "slow"}
CAUSES = {"", "rate too small", "rate too large", "ravine", "budget"}


def births(**arguments):
    return lv.fit(lv.dataset("birthwt"), **{"feature": "(age - 18)/10", "label": "bwt/1000"} | arguments)


def run(rate, steps=200, name="gradient_descent", start=(-2.2, 3.6), surface=None, **hyperparameters):
    rule = lv.optimizer(name, learning_rate=rate, **hyperparameters)
    return lv.descend(surface or births(domain=((-2.8, 3.0), (0.2, 5.6))), rule, start, steps)


def evidence(losses, rate=0.1, limit=np.nan, overshoots=False, newton=0.1, curvatures=(1.0, 2.0), moves=0.1):
    """Rows made up: what is uphill follows from the losses."""
    losses = np.array(losses, dtype=float)
    rows, steps = len(losses), len(losses) - 1
    hops = np.broadcast_to(overshoots, (steps,))
    never = np.full(rows, False)
    return Evidence(
        path=np.zeros((rows, 2)),
        losses=losses,
        eigenvalues=np.tile(curvatures, (rows, 1)),
        reach=np.full((rows, 2), newton),
        decrement=np.full(rows, 0.1),
        level=never,
        swell=np.full(rows, np.nan),
        ridge=never,
        pit=never,
        moves=np.full(steps, moves),
        rates=np.full(steps, rate),
        limits=np.full(rows, limit),
        bends=never[1:],
        events=Events(hops, hops, np.diff(losses) > 0),
        domain=np.array([[-1.0, 1.0], [-1.0, 1.0]]),
        ground=Ground(),
        clipped=never[1:],
    )


def outcome(*arguments, k=None, rule="gradient_descent", **made):
    rows = evidence(*arguments, **made)
    return verdict(rows, lv.optimizer(rule), len(rows.losses) - 1 if k is None else k).outcome


# Diverged


def test_that_five_steps_uphill_above_the_limit_are_divergence_and_four_are_not():
    falling = [9, 8, 7, 6, 5]
    assert outcome([*falling, 6, 7, 8, 9, 10], rate=1.1, limit=1.0) == "diverged"
    assert outcome([*falling, 4, 7, 8, 9, 10], rate=1.1, limit=1.0) == "slow"


@pytest.mark.parametrize("k", [0, 1, 2])
@pytest.mark.parametrize("start", [np.inf, np.nan])
def test_that_a_start_without_a_finite_loss_is_not_blamed_on_the_rate(start, k):
    told = verdict(evidence([start, np.nan, np.nan]), lv.optimizer("gradient_descent"), k)
    assert (told.outcome, told.cause, told.advice) == ("diverged", "", "Start elsewhere.")
    assert told.text.plain == "nowhere to begin: at the start the loss is not a finite number"


def test_that_a_run_below_its_start_has_not_diverged_however_long_it_rises():
    assert outcome([100, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], rate=1.1, limit=1.0) != "diverged"


@pytest.mark.parametrize(("steps", "expected"), [(1, "slow"), (2, "slow"), (3, "diverged"), (4, "diverged")])
def test_that_a_short_run_needs_at_least_three_steps_uphill(steps, expected):
    assert outcome(range(1, steps + 2), rate=1.1, limit=1.0) == expected


@pytest.mark.parametrize(("rate", "limit"), [(0.9, 1.0), (1.0, 1.0), (1.0, np.nan)])
def test_that_below_the_limit_or_without_one_it_takes_25_steps_uphill(rate, limit):
    assert outcome([1, *range(2, 26)], rate=rate, limit=limit) == "slow"
    assert outcome([1, *range(2, 27)], rate=rate, limit=limit) == "diverged"


@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_that_a_loss_beyond_all_numbers_is_divergence_for_ever_after(value):
    rows = evidence([1, 0.5, value, 0.4, 0.3], newton=1e-9)
    rows.path[2:] = 1e9
    outcomes = [verdict(rows, lv.optimizer("adam"), k).outcome for k in range(1, 5)]
    assert outcomes == ["converged", "diverged", "diverged", "diverged"]
    assert "at step 2 the numbers grew beyond all bounds" in verdict(rows, lv.optimizer("adam"), 4).text.plain


def test_that_a_rate_of_10_diverges_and_is_said_to_be_too_large():
    result = run(10.0).verdict
    assert (result.outcome, result.cause) == ("diverged", "rate too large")
    assert result.advice == "Try 0.37, half of the limit."
    assert "13.5 of the limit 0.743" in result.text.numbers
    assert result.text.plain == "gone: at step 110 the numbers grew beyond all bounds"


@pytest.mark.parametrize("name", ["momentum", "nesterov"])
def test_that_the_other_rules_with_a_limit_diverge_above_it(name):
    limit = lv.stability(births(), lv.optimizer(name), at=(0.0, 0.0)).limit
    assert run(1.05 * limit, name=name, steps=600).verdict.outcome == "diverged"
    assert run(0.9 * limit, name=name, steps=600).verdict.outcome != "diverged"


@pytest.mark.parametrize("seed", range(12))
def test_that_steps_of_one_length_never_diverge(fitted, seed):
    random = np.random.Generator(np.random.PCG64(seed))
    surface = fitted(random.normal(random.normal(), 1.0, 15), random.normal(size=15))
    start = np.array(surface.known_minimum) + random.normal(size=2) * 10 ** random.uniform(-6, 1)
    t = run(10 ** random.uniform(-3, 1), name="fixed_step", surface=surface, start=start)
    assert "diverged" not in {t.verdict_at(k).outcome for k in range(t.steps + 1)}


def test_that_steps_of_one_length_do_not_diverge_even_where_they_climb_for_long(fitted):
    # along the flat axis, half a step from the minimum: the hops turn slowly to the steep axis, higher each time
    surface = fitted([-0.95, 0.95], [0.0, 0.0])
    t = run(2.0, name="fixed_step", surface=surface, start=(1.0, 1e-5), steps=120)
    assert np.max(np.diff(np.flatnonzero(np.diff(np.r_[0, t.evidence.events.uphill, 0])))) > 25
    assert "diverged" not in {t.verdict_at(k).outcome for k in range(t.steps + 1)}


# Converged


def test_that_arriving_needs_a_newton_step_below_a_millionth_of_the_domain_in_each_coordinate():
    assert outcome([1.0, 0.5], newton=0.99e-6) == "converged"
    assert outcome([1.0, 0.5], newton=1.01e-6) == "slow"
    rows = evidence([1.0, 0.5], newton=1e-9)
    rows.reach[1, 1] = 1e-5
    assert verdict(rows, lv.optimizer("adam"), 1).outcome == "slow"


@pytest.mark.parametrize("curvatures", [(0.0, 2.0), (-1.0, 2.0), (np.nan, np.nan)])
def test_that_nothing_has_converged_where_the_surface_is_not_curved_upward(curvatures):
    assert outcome([1.0, 0.5], newton=1e-9, curvatures=curvatures) != "converged"


def test_that_the_arriving_run_says_when_and_how():
    result = run(0.36).verdict
    assert (result.outcome, result.cause, result.advice) == ("converged", "", "")
    assert result.text.plain == "arrived smoothly, at step 79"
    assert str(result.text) == result.text.plain
    assert run(0.71).verdict.text.plain == "arrived at step 125, hopping over the valley at each step"


def test_that_the_step_of_arrival_is_the_first_row_that_near():
    t = run(0.36)
    minimum, width = np.array(t.surface.known_minimum), np.array(t.surface.domain.width)
    near = np.all(np.abs(t.path - minimum) < 1e-6 * width, axis=1)
    assert np.argmax(near) == 79
    np.testing.assert_array_equal(t.evidence.arrivals, near)


def test_that_a_run_from_the_minimum_has_arrived_at_the_start():
    surface = births()
    t = lv.descend(surface, lv.optimizer("gradient_descent"), surface.known_minimum, 10)
    assert t.verdict_at(0).outcome == "converged"
    assert t.verdict.text.plain == "arrived smoothly, at step 0"


# Oscillating


def test_that_a_rate_at_the_limit_hops_to_and_fro():
    surface = births()
    limit = lv.stability(surface, lv.optimizer("gradient_descent"), at=(0.0, 0.0)).limit
    result = run(limit, surface=surface).verdict
    assert (result.outcome, result.cause) == ("oscillating", "rate too large")
    assert "hops to and fro over the valley" in result.text.plain


def test_that_steps_of_one_length_end_hopping_between_two_points():
    t = run(0.3, name="fixed_step")
    assert t.verdict.outcome == "oscillating"
    assert t.verdict.cause == "rate too large"
    assert "such as 0.03" in t.verdict.advice
    np.testing.assert_allclose(t.path[-1], t.path[-3], atol=1e-3)


def test_that_oscillating_needs_overshoots_in_half_of_the_last_quarter():
    flat = [2.0] + [1.0] * 20
    hops = np.zeros(20, dtype=bool)
    hops[-2:] = True
    assert outcome(flat, overshoots=hops) == "slow"
    hops[-3:] = True
    assert outcome(flat, overshoots=hops) == "oscillating"
    assert outcome(flat[:8], overshoots=True) == "slow"
    assert outcome(flat[:9], overshoots=True) == "oscillating"


def test_that_a_best_loss_that_still_falls_is_not_oscillating():
    steps = np.arange(21)
    assert outcome(2.0 - 1e-5 * steps, overshoots=True) == "slow"
    assert outcome(np.where(steps == 0, 2.0, 1.0 - 1e-3 * steps), overshoots=True) == "slow"
    assert outcome(np.where(steps == 0, 2.0, 1.0 - 1e-5 * steps), overshoots=True) == "oscillating"


# Slow, and why


def test_that_a_creeping_run_has_too_small_a_rate():
    result = run(0.012).verdict
    assert (result.outcome, result.cause) == ("slow", "rate too small")
    assert result.text.plain == "creeping: the steps are small"
    assert result.advice == "Try 0.37, half of the limit."


def test_that_a_rule_without_a_limit_is_told_to_go_ten_times_as_fast():
    result = run(0.001, name="adam", steps=20).verdict
    assert (result.outcome, result.cause) == ("slow", "rate too small")
    assert result.advice == "Try a larger rate, such as 0.01."


def test_that_a_ball_that_rolls_up_and_down_about_the_bottom_is_close_to_it():
    t = run(0.1, name="momentum", steps=80)
    events = t.evidence.events
    rolling = [k for k in range(2, 81) if np.all(events.uphill[k - 2 : k]) and not events.overshoots[k - 1]]
    told = {k: t.verdict_at(k).text.plain for k in rolling}
    near = [k for k in rolling if t.losses[k] - t.losses.min() < 1e-3 * (t.losses[0] - t.losses.min())]
    assert near
    assert {told[k] for k in near} <= {"close to the bottom"}
    assert "rolling uphill" in told.values()


def test_that_a_run_cut_short_lacks_budget():
    result = run(0.36, steps=10).verdict
    assert (result.outcome, result.cause, result.advice) == ("slow", "budget", "Give it more steps.")


def test_that_a_run_along_a_ravine_is_told_so():
    t = lv.descend(
        births(feature="age"), lv.optimizer("gradient_descent", learning_rate=0.0017), start=(-0.12, 0.2), steps=400
    )
    assert (t.verdict.outcome, t.verdict.cause) == ("slow", "ravine")
    assert t.verdict.text.plain == "creeping along the floor of a ravine"
    assert t.verdict.advice == "Standardise the feature, which makes the valley rounder, or use momentum."
    # where there is nothing to standardise, that is no advice
    assert verdict(t.evidence, t.rule, t.steps).advice == "Use momentum: the valley is long and narrow."


def test_that_a_rate_above_the_limit_is_told_while_the_loss_still_falls():
    result = run(0.765, steps=3).verdict
    assert (result.outcome, result.cause) == ("slow", "rate too large")
    assert run(0.765).verdict_at(3) == result


# Words


@pytest.fixture(scope="module")
def many_verdicts():
    surface = births(domain=((-2.8, 3.0), (0.2, 5.6)))
    return [
        (t, k, t.verdict_at(k))
        for name in CATALOGUE
        for rate in (1e-4, 0.02, 0.4, 0.71, 0.765, 3.0, 50.0)
        for t in [run(rate, name=name, surface=surface)]
        for k in (0, 1, 2, 3, 4, 5, 8, 13, 40, 120, 200)
    ]


def test_that_every_verdict_is_made_of_the_words_that_are_defined(many_verdicts):
    outcomes = {each.outcome for _, _, each in many_verdicts}
    assert outcomes == ON_A_BOWL
    assert {each.cause for _, _, each in many_verdicts} <= CAUSES
    for _, _, each in many_verdicts:
        assert (each.cause == "") == (each.outcome == "converged")
        assert each.text.plain
        assert "\n" not in each.text.plain + each.text.numbers + each.text.formula + each.advice
        assert each.advice == "" or each.advice.endswith(".")
        assert "nan" not in each.text.numbers + each.advice


def test_that_numbers_of_steps_are_those_up_to_that_step(many_verdicts):
    for t, k, each in many_verdicts:
        if k == 0:
            continue
        hops, rises = np.sum(t.evidence.events.overshoots[:k]), np.sum(t.evidence.events.uphill[:k])
        assert f"after {k} step" in each.text.numbers
        assert f": {hops} overshot, {rises} went uphill" in each.text.numbers


def test_that_no_text_calls_an_overshoot_a_rise(many_verdicts):
    climbing = re.compile(r"higher|uphill|climbing")
    for t, k, each in many_verdicts:
        if k and climbing.search(each.text.plain):
            assert t.evidence.events.uphill[k - 1]


def test_that_no_text_says_hop_where_nothing_was_overshot(many_verdicts):
    for t, k, each in many_verdicts:
        if re.search(r"\bhop", each.text.plain):
            assert np.any(t.evidence.events.overshoots[:k])


def test_that_the_formula_puts_the_rate_beside_the_limit():
    assert run(0.71).verdict.text.formula == "η = 0.71 < 2/λmax = 0.743  (λmax = 2.69)"
    assert run(0.765).verdict.text.formula == "η = 0.765 > 2/λmax = 0.743  (λmax = 2.69)"
    assert run(0.1, name="adam").verdict.text.formula.startswith("m ← β₁·m")


def test_that_an_advised_rate_is_followed_by_arriving():
    for rate in (0.012, 0.765, 10.0):
        advised = float(re.search(r"Try (\S+),", run(rate).verdict.advice)[1])
        assert run(advised).verdict.outcome == "converged"


# Only what has been seen


@pytest.mark.parametrize("name", CATALOGUE)
@pytest.mark.parametrize("rate", [0.012, 0.36, 0.74, 0.8, 5.0])
def test_that_a_verdict_at_a_step_is_that_of_a_run_that_ended_there(name, rate):
    surface = births(domain=((-2.8, 3.0), (0.2, 5.6)))
    whole = run(rate, name=name, surface=surface, steps=120)
    for k in (1, 2, 3, 7, 8, 31, 60, 119):
        assert whole.verdict_at(k) == run(rate, name=name, surface=surface, steps=k).verdict


def test_that_later_rows_change_nothing_even_where_they_are_beyond_all_numbers():
    whole = run(10.0, steps=300)
    assert whole.verdict_at(20) == run(10.0, steps=20).verdict


def test_that_a_step_outside_the_run_counts_as_its_end():
    t = run(0.36, steps=10)
    assert t.verdict_at(999) == t.verdict
    assert t.verdict_at(-1) == t.verdict_at(0)
