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
    assert found.advice == "Let the rate fall, by a schedule, or take larger batches."


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
