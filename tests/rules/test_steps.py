"""What every rule promises of a step, and the first steps worked out by hand."""

import numpy as np
import pytest

import lossviz as lv
from lossviz.rules import CATALOGUE, conventions
from lossviz.rules.base import Oracle

WAYS = [(name, convention) for name in CATALOGUE for convention in conventions(name)]


class Bowl:
    """½·Σ aᵢ·θᵢ² of any number of parameters, all that a rule may ask."""

    def __init__(self, *curvatures):
        self.curvatures = np.array(curvatures, dtype=float)

    def _a(self, theta):
        return self.curvatures.reshape(-1, *(1 for _ in theta.shape[1:]))

    def loss(self, *theta):
        theta = np.array(theta)
        return 0.5 * np.sum(self._a(theta) * theta**2, axis=0)

    def value_and_gradient(self, theta):
        return self.loss(*theta), self._a(theta) * theta

    def hessian_vector(self, theta, v):
        return self._a(theta) * v


def steps(name, theta, count, bowl=None, **hyperparameters):
    """The rows of a few steps with the states between."""
    rule = lv.optimizer(name, **hyperparameters)
    theta = np.array(theta, dtype=float)
    state, rows, infos = rule.init(theta), [theta], []
    for _ in range(count):
        theta, state, info = rule.step(Oracle(bowl or Bowl(1.0, 4.0)), theta, rule.learning_rate, state)
        rows.append(theta)
        infos.append(info)
    return rows, infos


@pytest.mark.parametrize(("name", "convention"), WAYS)
def test_that_a_step_changes_neither_theta_nor_state_nor_gradient(name, convention):
    rule, oracle = lv.optimizer(name, convention=convention), Oracle(Bowl(1.0, 4.0))
    theta = np.array([1.0, -2.0])
    state = rule.init(theta)
    for _ in range(3):
        gradient = oracle.gradient(theta).copy()
        before = [np.copy(part) for part in (theta, *state)]
        after = rule.step(oracle, theta, 0.1, state)
        for part, copy in zip((theta, *state), before, strict=True):
            np.testing.assert_array_equal(part, copy)
        np.testing.assert_array_equal(oracle.gradient(theta), gradient)
        assert after.theta is not theta
        theta, state = after.theta, after.state


@pytest.mark.parametrize(("name", "convention"), WAYS)
def test_that_the_same_step_can_be_made_again(name, convention):
    rule, oracle, theta = lv.optimizer(name, convention=convention), Oracle(Bowl(1.0, 4.0)), np.array([1.0, -2.0])
    first = rule.step(oracle, theta, 0.1, rule.init(theta))
    one, two = (rule.step(oracle, first.theta, 0.1, first.state) for _ in range(2))
    np.testing.assert_array_equal(one.theta, two.theta)


@pytest.mark.parametrize(("name", "convention"), WAYS)
@pytest.mark.parametrize("shape", [(1,), (2,), (5,), (2, 3), (5, 3), (2, 3, 4)])
def test_that_theta_may_have_any_number_of_parameters_and_any_batch(name, convention, shape):
    random = np.random.Generator(np.random.PCG64(1))
    theta = random.normal(size=shape)
    bowl = Bowl(*range(1, shape[0] + 1))
    rows, infos = steps(name, theta, 3, bowl, convention=convention)
    assert all(row.shape == shape for row in rows)
    assert all(value.shape in (shape, shape[1:]) for info in infos for value in info.values())
    for index in np.ndindex(shape[1:]):
        single, _ = steps(name, theta[(slice(None), *index)], 3, bowl, convention=convention)
        for row, one in zip(rows, single, strict=True):
            np.testing.assert_array_equal(row[(slice(None), *index)], one)


@pytest.mark.parametrize(("name", "convention"), [way for way in WAYS if way[0] != "yogi"])
def test_that_every_rule_stays_where_there_is_no_slope(name, convention):
    rows, _ = steps(name, [0.0, 0.0], 3, convention=convention)
    np.testing.assert_array_equal(rows, np.zeros((4, 2)))


def test_that_yogis_memory_of_slopes_does_not_begin_empty():
    rows, _ = steps("yogi", [0.0, 0.0], 1, learning_rate=0.1)
    np.testing.assert_allclose(rows[1], -0.1 * 9e-6 / (np.sqrt(1e-3) + 1e-3), rtol=1e-12)


@pytest.mark.parametrize("name", ["adagrad", "rmsprop", "adam"])
def test_that_a_parameter_without_slope_stays_even_without_epsilon(name):
    rows, _ = steps(name, [1.0, 0.0], 3, epsilon=0.0)
    assert rows[-1][0] < 1.0
    np.testing.assert_array_equal([row[1] for row in rows], 0.0)


@pytest.mark.parametrize(("name", "convention"), WAYS)
def test_that_the_rate_of_a_step_is_the_one_given_not_the_base(name, convention):
    # what FTRL gathers before its first step draws to 0, whatever the rate; a second inner step bends the first
    given = {"ftrl": {"initial_accumulator": 0.0}, "lbfgs": {"max_iter": 1}}.get(name, {})
    rule = lv.optimizer(name, convention=convention, learning_rate=100.0, **given)
    theta = np.array([1.0, -2.0])
    oracle = Oracle(Bowl(1.0, 4.0))
    small = rule.step(oracle, theta, 0.25, rule.init(theta)).theta - theta
    large = rule.step(oracle, theta, 0.5, rule.init(theta)).theta - theta
    np.testing.assert_allclose(large, 2 * small, rtol=1e-14, atol=1e-15)


def test_that_gradient_descent_goes_against_the_gradient():
    rows, _ = steps("gradient_descent", [1.0, 2.0], 2, learning_rate=0.125)
    np.testing.assert_array_equal(rows, [[1.0, 2.0], [0.875, 1.0], [0.765625, 0.5]])


def test_that_a_fixed_step_has_one_length_whatever_the_slope():
    for scale in (1e-200, 1e-3, 1.0, 1e200):
        with np.errstate(over="ignore"):
            rows, infos = steps("fixed_step", [3.0 * scale, 4.0 * scale], 1, Bowl(1.0, 1.0), learning_rate=0.5)
        np.testing.assert_allclose(infos[0]["direction"], [-0.6, -0.8], rtol=1e-15)
        if scale <= 1.0:
            np.testing.assert_allclose(rows[1] - rows[0], [-0.3, -0.4], rtol=1e-12)


def test_that_momentum_keeps_a_part_of_its_velocity():
    rows, infos = steps("momentum", [1.0], 2, Bowl(1.0), learning_rate=0.5, momentum=0.5)
    # v = 1, θ = .5; v = .5 + .5 = 1, θ = 0
    np.testing.assert_array_equal(rows, [[1.0], [0.5], [0.0]])
    np.testing.assert_array_equal(infos[1]["velocity"], [1.0])


def test_that_nesterov_looks_ahead():
    rows, _ = steps("nesterov", [1.0], 2, Bowl(1.0), learning_rate=0.5, momentum=0.5)
    # v = 1, θ = 1 − .5·1.5 = .25; v = .75, θ = .25 − .5·(.25 + .375)
    np.testing.assert_array_equal(rows, [[1.0], [0.25], [-0.0625]])


def test_that_momentum_without_momentum_is_gradient_descent():
    plain, _ = steps("gradient_descent", [1.0, 2.0], 5, learning_rate=0.1)
    for name in ("momentum", "nesterov"):
        np.testing.assert_array_equal(steps(name, [1.0, 2.0], 5, learning_rate=0.1, momentum=0.0)[0], plain)


def test_that_adagrad_divides_by_all_the_slopes_it_has_seen():
    rows, infos = steps("adagrad", [2.0], 2, Bowl(1.0), learning_rate=0.5, epsilon=0.0)
    np.testing.assert_allclose(rows, [[2.0], [1.5], [1.5 - 0.5 * 1.5 / np.sqrt(4 + 2.25)]], rtol=1e-15)
    np.testing.assert_allclose(infos[1]["second_moment"], [6.25])


def test_that_adagrads_rate_decays_with_the_steps_made():
    rows, _ = steps(
        "adagrad", [2.0], 2, Bowl(1.0), learning_rate=0.5, epsilon=0.0, learning_rate_decay=1.0, initial_accumulator=5.0
    )
    first = 2.0 - 0.5 * 2.0 / 3.0
    np.testing.assert_allclose(rows, [[2.0], [first], [first - 0.25 * first / np.sqrt(9 + first**2)]], rtol=1e-15)


def test_that_the_first_step_of_rmsprop_is_larger_than_its_rate():
    rows, _ = steps("rmsprop", [3.0, -0.1], 1, learning_rate=0.1, alpha=0.75, epsilon=0.0)
    np.testing.assert_allclose(rows[1] - rows[0], [-0.2, 0.2], rtol=1e-14)


def test_that_the_first_step_of_adam_is_its_rate_in_each_parameter():
    rows, infos = steps("adam", [3.0, -0.1], 1, learning_rate=0.1, epsilon=0.0)
    np.testing.assert_allclose(rows[1] - rows[0], [-0.1, 0.1], rtol=1e-12)
    np.testing.assert_allclose(infos[0]["corrected_moment"], [3.0, -0.4], rtol=1e-12)
    np.testing.assert_allclose(infos[0]["corrected_second_moment"], [9.0, 0.16], rtol=1e-12)


def test_that_the_effective_rate_times_the_gradient_is_the_step():
    for name in ("adagrad", "rmsprop"):
        rows, infos = steps(name, [3.0, -0.1], 3)
        for row, after, info in zip(rows[:-1], rows[1:], infos, strict=True):
            np.testing.assert_allclose(after - row, -info["effective_rate"] * np.array([1.0, 4.0]) * row, rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "arguments", "limit"),
    [
        ("gradient_descent", {}, 2 / 4),
        ("momentum", {"momentum": 0.5}, 3 / 4),
        ("nesterov", {"momentum": 0.5}, 3 / (2 * 4)),
    ],
)
def test_that_a_limit_is_known_where_it_is_exact(name, arguments, limit):
    rule = lv.optimizer(name, **arguments)
    assert rule.limit(np.array(4.0)) == pytest.approx(limit, rel=1e-15)
    assert rule.limit_formula


@pytest.mark.parametrize("name", ["fixed_step", "adagrad", "rmsprop", "adam"])
def test_that_no_limit_is_made_up(name):
    assert lv.optimizer(name).limit(np.array(4.0)) is None
    assert lv.optimizer(name).limit_formula == ""
