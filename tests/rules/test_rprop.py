import numpy as np
import pytest

import lossviz as lv
from lossviz.rules.base import Oracle


class Sloped:
    """Answers with these slopes, one after the other, wherever it is asked."""

    def __init__(self, *slopes):
        self.slopes = iter(slopes)

    def value_and_gradient(self, theta):
        return np.zeros(theta.shape[1:]), np.full_like(theta, next(self.slopes))


def moves(rule, slopes, rates=(0.1,) * 9):
    theta, objective = np.zeros(1), Sloped(*slopes)
    state, made = rule.init(theta), []
    for _, rate in zip(slopes, rates, strict=False):
        after, state, _ = rule.step(Oracle(objective), theta, rate, state)
        made.append(float(after[0] - theta[0]))
        theta = after
    return np.array(made)


def test_that_steps_grow_until_the_sign_turns_and_then_shrink_after_a_rest():
    found = moves(lv.optimizer("rprop"), [5.0, 0.1, 3.0, -2.0, -1.0, -9.0])
    np.testing.assert_allclose(found, [-0.1, -0.12, -0.144, 0.0, 0.072, 0.0864], rtol=1e-12)


def test_that_optax_makes_each_step_one_update_later():
    found = moves(lv.optimizer("rprop", convention="optax"), [5.0, 0.1, 3.0, 4.0, -2.0, -1.0, -9.0])
    np.testing.assert_allclose(found, [0.0, -0.1, -0.12, -0.144, 0.0, 0.0, 0.0864], rtol=1e-12, atol=1e-17)


@pytest.mark.parametrize("convention", ["pytorch", "optax"])
def test_that_only_the_first_rate_counts(convention):
    rule, slopes = lv.optimizer("rprop", convention=convention), [1.0, 1.0, 1.0]
    np.testing.assert_array_equal(moves(rule, slopes, (0.1, 7.0, 1e-9)), moves(rule, slopes))


def test_that_steps_stay_within_their_bounds():
    rule = lv.optimizer("rprop", step_min=0.05, step_max=0.11)
    assert np.max(np.abs(moves(rule, [1.0] * 5))) == pytest.approx(0.11)
    np.testing.assert_allclose(moves(rule, [1.0, -1.0, 1.0, 1.0, -1.0, -1.0])[[2, 5]], [-0.05, 0.06], atol=0.02)
