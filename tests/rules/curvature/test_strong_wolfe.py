"""The search for a length that meets the strong Wolfe conditions."""

import math

import pytest

from lossviz.rules.curvature.strong_wolfe import SLOPE_LEFT, SUFFICIENT, Trial, strong_wolfe

LOSSES = {
    "parabola": (lambda t: (t - 3.0) ** 2, lambda t: 2.0 * (t - 3.0)),
    "far": (lambda t: (t / 1e4 - 1.0) ** 2, lambda t: 2e-4 * (t / 1e4 - 1.0)),
    "near": (lambda t: (1e4 * t - 1.0) ** 2, lambda t: 2e4 * (1e4 * t - 1.0)),
    "flat at first": (lambda t: -t / (t * t + 2.0), lambda t: (t * t - 2.0) / (t * t + 2.0) ** 2),
    "quartic": (lambda t: (t - 1.0) ** 4, lambda t: 4.0 * (t - 1.0) ** 3),
}


def found(loss, slope, length, careful, most=50):
    search = strong_wolfe(
        [0.0], [1.0], Trial(0.0, loss(0.0), [slope(0.0)], slope(0.0)), length, most=most, narrow=0.0, careful=careful
    )
    asked = []
    try:
        (at,) = next(search)
        while True:
            asked.append(at)
            (at,) = search.send((loss(at), [slope(at)]))
    except StopIteration as end:
        trial, tries = end.value
    assert tries == len(asked)
    return trial, tries


@pytest.mark.parametrize("careful", [False, True])
@pytest.mark.parametrize("length", [1e-3, 0.7, 100.0])
@pytest.mark.parametrize("name", LOSSES)
def test_that_both_conditions_are_met(name, length, careful):
    loss, slope = LOSSES[name]
    trial, tries = found(loss, slope, length, careful)
    assert trial.loss <= loss(0.0) + SUFFICIENT * trial.length * slope(0.0)
    assert abs(trial.slope) <= SLOPE_LEFT * abs(slope(0.0))
    assert tries <= 20


def test_that_it_never_ends_higher_where_it_may_not_go_on():
    loss, slope = LOSSES["near"]
    for most in range(6):
        trial, tries = found(loss, slope, 1.0, careful=True, most=most)
        assert trial.loss <= loss(0.0)
        assert tries == most + 1 or abs(trial.slope) <= SLOPE_LEFT * abs(slope(0.0))


@pytest.mark.parametrize("edge", [0.9, 0.01])
def test_that_what_is_not_finite_is_too_far(edge):
    def loss(t):
        return (t - 3.0) ** 2 if t < edge else math.nan

    trial, _ = found(loss, lambda t: 2.0 * (t - 3.0), 1.0, careful=True)
    assert 0.0 < trial.length < edge


def test_that_slopes_decide_where_losses_differ_by_rounding_alone():
    # 1 + (t − 1)²·1e-18 is 1, but for nothing that a float holds
    trial, _ = found(lambda t: 1.0, lambda t: 2e-18 * (t - 1.0), 8.0, careful=True)
    assert trial.length == pytest.approx(1.0, rel=0.9)
    trial, _ = found(lambda t: 1.0, lambda t: 2e-18 * (t - 1.0), 1.0, careful=True)
    assert trial.length == 1.0
