"""Steps that are written for their rule are those that the rule makes itself, to the last bit."""

import numpy as np
import pytest

import lossviz as lv
from lossviz.descent import in_arrays
from lossviz.rules import CATALOGUE, conventions, rule_class
from lossviz.rules.componentwise import Componentwise

WAYS = [
    (name, convention)
    for name in CATALOGUE
    for convention in conventions(name)
    if issubclass(rule_class(name, convention), Componentwise)
]
STEPS, RUNS = 260, 10


@pytest.fixture(scope="module")
def himmelblau():
    return lv.surface("himmelblau")


@pytest.fixture
def both(monkeypatch, himmelblau):
    """Make runs on Himmelblau by steps that are written down, and as the rule is followed."""
    start = np.random.default_rng(2).uniform(-4.0, 4.0, (2, RUNS))

    def make(rule: lv.Rule, **conditions: object) -> tuple[lv.Trajectories, lv.Trajectories]:
        made = [lv.descend(himmelblau, rule, start, STEPS, **conditions)]
        with monkeypatch.context() as patch:
            patch.setattr(in_arrays, "WORTH_WRITING", STEPS + 1)
            made.append(lv.descend(himmelblau, rule, start, STEPS, **conditions))
        return made[0], made[1]

    return make


def same(one: lv.Trajectories, other: lv.Trajectories) -> None:
    for rows in ("path", "losses", "gradients", "slopes", "learning_rates", "stopped"):
        np.testing.assert_array_equal(getattr(one, rows), getattr(other, rows), err_msg=rows)


@pytest.mark.parametrize(("name", "convention"), WAYS)
def test_that_written_steps_are_those_of_the_rule(both, name: str, convention: str) -> None:
    written, followed = both(lv.optimizer(name, convention=convention, learning_rate=np.geomspace(1e-4, 0.3, RUNS)))
    same(written, followed)
    # what the rule remembered was kept aside before later steps were written over it
    for k in (0, 37, 200):
        again, expected = written[3].replay(k), followed[3].replay(k)
        for part, its in zip((*again.state, *again.step.state), (*expected.state, *expected.step.state), strict=True):
            np.testing.assert_array_equal(part, its)


@pytest.mark.parametrize(
    ("rates", "conditions"),
    [
        (0.01, {}),
        (0.01, {"free": ("b",)}),
        (0.01, {"schedule": lv.schedule("cosine", steps=STEPS)}),
        (np.geomspace(1e-3, 0.03, RUNS), {"schedule": lv.schedule("exponential", gamma=0.9), "free": ("w",)}),
        # for a while all runs have the same rate, as there is none
        (
            np.geomspace(1e-3, 0.03, RUNS),
            {"schedule": lv.schedule("linear", start_factor=1.0, end_factor=0.0, steps=100)},
        ),
    ],
    ids=["plain", "held", "scheduled", "held and scheduled", "scheduled down to nothing"],
)
@pytest.mark.parametrize("name", ["momentum", "adam", "rprop"])
def test_that_written_steps_are_those_of_the_rule_under_conditions(both, name, rates, conditions) -> None:
    same(*both(lv.optimizer(name, learning_rate=rates), **conditions))


def test_that_hyperparameters_may_differ_from_run_to_run(both) -> None:
    same(*both(lv.optimizer("adam", learning_rate=0.02, beta1=np.linspace(0.0, 0.95, RUNS))))


def test_that_steps_are_written_for_long_runs_side_by_side_alone(monkeypatch, himmelblau) -> None:
    from lossviz.descent import strides

    made, write = [], strides.in_place
    monkeypatch.setattr(strides, "in_place", lambda *given: made.append(given) or write(*given))
    rule, start = lv.optimizer("momentum", learning_rate=0.001), np.ones((2, RUNS))
    lv.descend(himmelblau, rule, start, 100)
    lv.descend(himmelblau, rule, start, STEPS, clip_value=1.0)
    lv.descend(himmelblau, rule, start, STEPS, tolerance=1e-3)
    assert not made
    lv.descend(himmelblau, rule, start, STEPS)
    assert made
