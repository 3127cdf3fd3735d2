"""What is seen of a range test."""

import msgspec
import pytest

import lossviz as lv
from lossviz.analysis.range_test import range_test
from lossviz.experiment import Experiment, Run, load
from lossviz.rules.base import Rule
from lossviz.scene.rates import RatesSeen, rates_seen

BIRTHS = load("four-learning-rates")
BOWL = lv.surface("sphere")
PLAIN = lv.optimizer("gradient_descent")


def seen_of(
    surface: object = BOWL,
    rule: Rule = PLAIN,
    low: float = 1e-5,
    high: float = 10.0,
    steps: int = 200,
    smoothing: float = 0.98,
    **view: object,
) -> RatesSeen:
    looks = msgspec.structs.replace(BIRTHS.view, **view)
    run = Run(hyperparameters={"learning_rate": 0.3})
    experiment: Experiment = msgspec.structs.replace(BIRTHS, runs=(run,), view=looks)
    test = range_test(surface, rule, (1.0, 1.0), low, high, steps, smoothing=smoothing)  # type: ignore[arg-type]
    return rates_seen(experiment, 0, test, low, high)


def test_that_the_sentence_says_where_the_loss_falls_is_lowest_and_runs_away_and_the_true_limit() -> None:
    seen = seen_of(BIRTHS.build_surface())
    t = seen.test
    assert t.lowest is not None
    assert t.blow_up is not None
    assert t.lowest < t.blow_up
    for rate in (t.steepest, t.lowest, t.blow_up):
        assert f"{rate:.2g}" in seen.sentence
    assert "falls fastest at" in seen.sentence
    assert "the true limit is 0.743" in seen.sentence
    assert seen.sentence.endswith(".")


def test_that_it_says_so_where_nothing_blows_up() -> None:
    seen = seen_of(high=0.1)
    assert "still falls at 0.1, the last rate" in seen.sentence
    assert "runs away" not in seen.sentence
    assert [mark.kind for mark in seen.marks if mark.kind == "blow_up"] == []


def test_that_it_says_so_where_nothing_falls() -> None:
    seen = seen_of(low=1.5, high=9.0, steps=10)
    assert "never falls" in seen.sentence
    assert seen.suggestion is None
    flat = seen_of(lv.expression("0*w + 0*b + 3", domain=((-2, 2), (-2, 2))))
    assert flat.sentence == "The loss neither falls nor runs away from 1e−5 to 10."
    assert flat.loss_range[0] < 3.0 < flat.loss_range[1]


def test_that_elsewhere_than_on_a_quadratic_the_limit_is_that_of_the_start() -> None:
    assert "by the curvature at the start the limit is" in seen_of(lv.surface("rosenbrock")).sentence


def test_that_an_optimizer_without_a_limit_has_neither_its_mark_nor_its_words() -> None:
    seen = seen_of(rule=lv.optimizer("adam"))
    assert "limit" not in seen.sentence
    assert "limit" not in [mark.kind for mark in seen.marks]


def test_that_marks_stand_in_ascending_order_with_their_names_and_one_that_is_two_has_both() -> None:
    seen = seen_of()
    assert seen.test.suggested == seen.test.steepest
    assert [mark.kind for mark in seen.marks] == ["suggested", "limit", "blow_up"]
    assert [mark.text for mark in seen.marks] == [
        f"steepest fall, suggested {seen.suggestion:g}",
        "limit 2/λmax = 1",
        f"blows up {seen.test.blow_up:.2g}",
    ]
    assert seen.marks[0].loss == pytest.approx(seen.test.smoothed[seen.test.rates == seen.test.steepest][0])


def test_that_while_what_comes_is_kept_back_the_curve_is_shown_without_the_answer() -> None:
    seen = seen_of(hide_future=True)
    assert seen.marks == ()
    assert seen.suggestion is None
    assert not any(figure in seen.sentence for figure in "0123456789")


def test_that_no_limit_is_told_where_limits_are_hidden() -> None:
    seen = seen_of(hidden=("limits",))
    assert "limit" not in seen.sentence
    assert "limit" not in [mark.kind for mark in seen.marks]


@pytest.mark.parametrize("axis", ["linear", "log"])
def test_that_a_loss_that_runs_away_does_not_stretch_the_axis(axis: str) -> None:
    seen = seen_of(loss_axis=axis)
    low, high = seen.loss_range
    start = float(seen.test.trajectory.losses[0])
    assert max(seen.test.losses) > 1e6 * start
    assert low <= min(seen.test.smoothed[: len(seen.test.losses) // 2])
    assert start < high < (10.0 * start if axis == "linear" else 1e6 * start)
