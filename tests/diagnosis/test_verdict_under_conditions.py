"""What a verdict makes of mini-batches, clipping, schedules and float32, on rows made up."""

from dataclasses import replace

import numpy as np
import pytest

import lossviz as lv
from lossviz.diagnosis.events import Events
from lossviz.diagnosis.evidence import Evidence
from lossviz.diagnosis.ground import Ground
from lossviz.diagnosis.verdict import verdict

RULE = lv.optimizer("gradient_descent")


def evidence(losses, rates=0.1, **changes):
    losses = np.array(losses, dtype=float)
    rows, steps = len(losses), len(losses) - 1
    never = np.full(rows, False)
    made = Evidence(
        path=np.zeros((rows, 2)),
        losses=losses,
        eigenvalues=np.tile((1.0, 2.0), (rows, 1)),
        reach=np.full((rows, 2), 0.1),
        decrement=np.full(rows, 0.1),
        level=never,
        swell=np.full(rows, np.nan),
        ridge=never,
        pit=never,
        moves=np.full(steps, 0.1),
        rates=np.broadcast_to(rates, (steps,)),
        limits=np.full(rows, 1.0),
        bends=never[1:],
        events=Events(never[1:], never[1:], np.diff(losses) > 0),
        domain=np.array([[-1.0, 1.0], [-1.0, 1.0]]),
        ground=Ground(),
        clipped=never[1:],
    )
    return replace(made, **changes)


def jitter(steps=80, floor=1.0):
    """A loss that falls from 10, then goes up and down about a floor."""
    k = np.arange(steps + 1)
    return floor + 9.0 * np.exp(-k / 3.0) + 0.05 * (k % 2) + 0.02 * (k % 3)


def test_that_batches_that_keep_a_run_moving_are_its_noise_floor():
    found = verdict(evidence(jitter(), noisy=True), RULE, 80)
    assert (found.outcome, found.cause) == ("noise_floor", "noise")
    assert "noise" in found.text.plain
    assert found.text.brief == "kept moving by the batches' noise"
    assert "of late between 1 and 1.09" in found.text.numbers
    assert found.advice == "Let the rate fall toward the end, by a schedule, or take larger batches."


def test_that_without_batches_the_same_losses_are_no_noise():
    assert verdict(evidence(jitter()), RULE, 80).outcome != "noise_floor"


def test_that_a_loss_that_still_falls_on_average_has_not_reached_the_floor():
    falling = jitter() + np.linspace(5.0, 0.0, 81)
    assert verdict(evidence(falling, noisy=True), RULE, 80).outcome == "slow"


def test_that_a_loss_that_climbs_on_average_is_no_floor():
    climbing = jitter() + np.linspace(0.0, 20.0, 81)
    assert verdict(evidence(climbing, noisy=True), RULE, 80).outcome != "noise_floor"


def test_that_too_few_steps_tell_no_floor():
    assert verdict(evidence(jitter()[:7], noisy=True), RULE, 6).outcome != "noise_floor"


@pytest.mark.parametrize(
    ("which", "said"), [([3], "clipped once"), ([3, 5], "clipped twice"), (range(20), "clipped at each step")]
)
def test_that_clipped_steps_are_named(which, said):
    clipped = np.isin(np.arange(20), list(which))
    found = verdict(evidence(np.linspace(10, 1, 21), clipped=clipped), RULE, 20)
    assert said in found.text.plain
    assert said in found.text.brief
    # of the steps up to the row alone
    assert "clipped" not in verdict(evidence(np.linspace(10, 1, 21), clipped=clipped), RULE, 2).text.plain or 0 in which


def test_that_a_schedule_that_takes_the_rate_away_is_the_cause_of_creeping():
    rates = 0.5 * 0.8 ** np.arange(40)
    losses = 5.0 + 1e-6 * np.arange(41)[::-1]
    found = verdict(evidence(losses, rates=rates, moves=np.full(40, 1e-6)), RULE, 40)
    assert (found.outcome, found.cause) == ("slow", "rate too small")
    assert found.advice == "The schedule has taken the rate away too soon: let it fall later, or not so far."


def test_that_under_a_schedule_no_single_rate_is_advised():
    rates = np.linspace(1.5, 1.2, 40)
    found = verdict(evidence(np.linspace(1, 30, 41), rates=rates), RULE, 40)
    assert (found.outcome, found.cause) == ("diverged", "rate too large")
    assert found.advice == "Try a smaller rate: the schedule's highest is too large."


def test_that_what_rolls_uphill_after_its_rate_was_taken_away_has_not_diverged():
    losses = np.concatenate([np.linspace(10.0, 1.0, 11), np.linspace(1.1, 12.0, 30)])
    rates = np.where(np.arange(40) < 12, 0.5, 1e-6)
    assert verdict(evidence(losses, rates=rates), RULE, 40).outcome == "slow"
    assert verdict(evidence(losses, rates=0.5), RULE, 40).outcome == "diverged"


def test_that_a_run_that_float32_holds_still_is_told_so():
    still = evidence(np.full(41, 2.0), moves=np.zeros(40), precision="float32")
    found = verdict(still, RULE, 40)
    assert (found.outcome, found.cause) == ("slow", "rate too small")
    assert found.text.plain == "stands still: its steps are too small for float32 to add"
    assert found.advice == "Keep the parameters in float64, or try a larger rate."
    assert "float32" not in verdict(replace(still, precision="float64"), RULE, 40).text.plain


# of whole runs, found by going through the catalogue


def run(surface, start, name, rate, steps=200, convention="pytorch", **conditions):
    hyperparameters = {"momentum": 0.9} if name == "sgd" else {}
    rule = lv.optimizer(name, convention=convention, learning_rate=rate, **hyperparameters)
    return lv.descend(surface, rule, start=start, steps=steps, **conditions)


def births(**arguments):
    return lv.fit(lv.dataset("birthwt"), feature="(age - 18)/10", label="bwt/1000", **arguments)


BIRTHS = (-2.2, 3.6)


@pytest.mark.parametrize(("name", "rate"), [("gradient_descent", 14.0), ("radam", 14.0)])
def test_that_a_run_thrown_far_off_before_its_rate_was_taken_away_is_not_told_to_creep(name, rate):
    found = run(births(), BIRTHS, name, rate, schedule=lv.schedule("step", step_size=50)).verdict
    assert found.cause == "rate too large"
    assert found.advice == "Try a smaller rate: the schedule's highest is too large."
    assert "creeping" not in found.text.plain


def test_that_batches_that_throw_a_run_ever_higher_make_it_diverge():
    found = run(births(), BIRTHS, "damped_newton", 0.1, 400, batch_size=1).verdict
    assert (found.outcome, found.cause) == ("diverged", "noise")
    assert "larger batches" in found.advice


def test_that_a_limit_is_told_to_be_that_of_all_samples_and_none_of_clipped_steps():
    assert (
        "of the limit 0.743 with all samples;"
        in run(births(), BIRTHS, "gradient_descent", 0.1, batch_size=32).verdict.text.numbers
    )
    clipped = run(births(), BIRTHS, "gradient_descent", 3.0, clip_global_norm=0.001)
    assert np.isnan(clipped.evidence.limits).all()
    assert "limit" not in clipped.verdict.text.numbers + clipped.verdict.advice


@pytest.mark.parametrize(
    "conditions",
    [{"rate_scale": (1.0, 3.0)}, {"decay_mask": ("w",)}, {"schedule": lv.schedule("one_cycle")}],
)
def test_that_no_limit_is_told_that_is_not_the_runs(conditions):
    rule = lv.optimizer("sgd", learning_rate=0.01, momentum=0.9, weight_decay=0.1)
    assert np.isfinite(lv.descend(births(), rule, start=BIRTHS, steps=20).evidence.limits).all()
    assert np.isnan(lv.descend(births(), rule, start=BIRTHS, steps=20, **conditions).evidence.limits).all()


@pytest.mark.parametrize(("start", "outcome"), [((0.0, 0.0), "maximum"), ((0.2, -2.0), "saddle")])
def test_that_newtons_method_is_told_to_seek_level_places(start, outcome):
    found = run(lv.surface("himmelblau"), start, "newton", 1.0).verdict
    assert found.outcome == outcome
    assert found.text.plain == f"at a {outcome}: Newton's step leads to any place without a slope"
    assert found.advice == "Start nearer to a minimum, or try damped Newton, which goes downhill."


def test_that_newtons_method_stands_still_along_a_slope_without_curvature():
    found = run(lv.expression("w**2 - 2*b", domain=((-3, 3), (-3, 3))), (2.0, -1.0), "newton", 1.0).verdict
    assert (found.outcome, found.cause) == ("slow", "no curvature")
    assert found.text.plain.startswith("stands still on a slope: along it there is no curvature")


def test_that_a_search_for_lengths_that_zigzags_is_in_a_ravine():
    found = run(lv.surface("rosenbrock"), (-1.5, 2.0), "backtracking", 1.0).verdict
    assert found.cause == "ravine"
    assert found.advice.startswith("Try BFGS")


def test_that_a_rule_that_stops_by_itself_is_not_told_to_take_a_larger_rate():
    surface = lv.fit(lv.dataset("birthwt"), feature="(lwt - 130)/30", label="low", model="logistic")
    found = run(surface, (2.0, -2.0), "lbfgs", 1.0).verdict
    assert found.text.plain.startswith("stands still close to the bottom")
    assert found.advice.startswith("Make its tolerances smaller")


def test_that_weight_decay_is_told_to_hold_a_run_off_the_minimum():
    rule = lv.optimizer("adamw", learning_rate=0.3, weight_decay=0.1)
    found = lv.descend(births(), rule, start=BIRTHS, steps=600).verdict
    assert found.text.plain == "stands still beside the bottom: weight decay holds it there"


def test_that_a_rule_whose_place_follows_from_its_rate_is_told_to_keep_it():
    found = run(births(), BIRTHS, "ftrl", 1.0, convention="keras", schedule=lv.schedule("cosine")).verdict
    assert found.advice == "Keep the rate as it is: this rule goes back where it falls."


def test_that_steps_that_turn_are_not_told_to_be_too_small():
    # they are small beside the long way through the valley
    assert (
        run(lv.surface("rosenbrock"), (-1.5, 2.0), "rmsprop", 0.215, convention="optax").verdict.cause
        != "rate too small"
    )


@pytest.mark.parametrize(("name", "rate"), [("adagrad", 0.1), ("adamax", 0.1)])
def test_that_the_larger_rate_that_is_advised_makes_no_leaps(name, rate):
    t = run(lv.surface("beale"), (-1.0, 1.5), name, rate, convention="optax")
    assert t.verdict.cause == "rate too small"
    advised = float(t.verdict.advice.removeprefix("Try a larger rate, such as ").removesuffix("."))
    assert rate < advised < 5.0 * rate


def test_that_hops_whose_length_is_the_rate_are_to_shrink_by_a_schedule_and_do():
    t = run(births(), BIRTHS, "signsgd", 0.05)
    assert t.verdict.outcome == "oscillating"
    assert t.verdict.advice.startswith("Let the rate fall toward the end, by a schedule")
    assert run(births(), BIRTHS, "signsgd", 0.05, schedule=lv.schedule("cosine")).losses[-1] < t.losses[-1]


def test_that_a_slide_that_is_low_by_chance_in_one_row_is_not_sinking():
    k = np.arange(81)
    up_and_down = 10.0 - 9.0 * (k > 8) + np.where(k % 7 == 0, 0.0, 0.5) - 0.4 * (k == 80)
    assert (
        verdict(evidence(up_and_down, ground=Ground(exact=False, convex=False)), RULE, 80).text.brief != "still sinking"
    )


def test_that_a_run_toward_a_saddle_is_not_told_to_go_on():
    saddle = lv.expression("w**2 - b**2 + b**4/4", domain=((-3, 3), (-3, 3)))
    found = run(saddle, (2.0, 0.0), "momentum", 0.01, schedule=lv.schedule("cosine")).verdict
    assert found.advice == "Start a little to the side."
