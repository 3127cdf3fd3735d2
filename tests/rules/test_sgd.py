"""SGD, momentum and Nesterov as the three libraries have them: by hand, and at their limits."""

import numpy as np
import pytest

import lossviz as lv
from lossviz.rules.base import Oracle
from lossviz.rules.formula_reading import read

LIMITS = [
    ("momentum", "keras", {"momentum": 0.7}),
    ("nesterov", "keras", {"momentum": 0.7}),
    ("sgd", "pytorch", {}),
    ("sgd", "pytorch", {"dampening": 0.4, "weight_decay": 0.5}),
    ("sgd", "pytorch", {"momentum": 0.7, "weight_decay": 0.5}),
    ("sgd", "pytorch", {"momentum": 0.7, "dampening": 0.4}),
    ("sgd", "pytorch", {"momentum": 0.7, "nesterov": True, "weight_decay": 0.5}),
    ("sgd", "pytorch", {"momentum": 0.7, "dampening": 0.4, "nesterov": True}),
    ("sgd", "keras", {"weight_decay": 0.5}),
    ("sgd", "keras", {"momentum": 0.7, "weight_decay": 0.5}),
    ("sgd", "keras", {"momentum": 0.7, "nesterov": True, "weight_decay": 0.5}),
    ("sgd", "optax", {"momentum": 0.7}),
    ("sgd", "optax", {"momentum": 0.7, "nesterov": True}),
    ("qhm", "pytorch", {"momentum": 0.9, "nu": 0.4}),
    ("qhm", "pytorch", {"momentum": 0.9, "nu": 0.8, "weight_decay": 0.5}),
    ("qhm", "pytorch", {"momentum": 0.9, "nu": 0.8, "weight_decay": 0.5, "decouple_weight_decay": True}),
]


class Parabola:
    """½·2.5·θ²."""

    def value_and_gradient(self, theta):
        return 1.25 * np.sum(theta**2, axis=0), 2.5 * theta


def walked(rule, rates):
    oracle, theta = Oracle(Parabola()), np.array([1.0])
    state, rows = rule.init(theta), [1.0]
    for rate in rates:
        theta, state, _ = rule.step(oracle, theta, rate, state)
        rows.append(float(theta[0]))
    return rows


@pytest.mark.parametrize(("name", "convention", "given"), LIMITS)
def test_that_below_its_limit_a_rule_arrives_and_above_it_flies_off(name, convention, given):
    rule = lv.optimizer(name, convention=convention, **given)
    limit = float(rule.limit(np.array(2.5)))
    assert abs(walked(rule, [0.99 * limit] * 2000)[-1]) < 1e-3
    assert abs(walked(rule, [1.01 * limit] * 2000)[-1]) > 1e3


@pytest.mark.parametrize(("name", "convention", "given"), LIMITS)
def test_that_a_limit_in_symbols_is_the_limit(name, convention, given):
    rule = lv.optimizer(name, convention=convention, **given)
    values = {param.symbol: rule.values[param.name] for param in rule.params()} | {"λmax": 2.5}
    written = read(rule.limit_formula).value(values)
    assert float(written) == pytest.approx(float(rule.limit(np.array(2.5))), rel=1e-14)


def test_that_the_velocity_itself_falls_with_the_rate_in_pytorch_but_not_in_keras():
    # v = 2.5; PyTorch: θ = 1 − .25 = .75, v = 1.25 + 1.875, θ = .75 − .01·3.125
    assert walked(lv.optimizer("momentum", momentum=0.5), [0.1, 0.01])[-1] == pytest.approx(0.71875, rel=1e-14)
    # Keras: v = −.25, θ = .75; v = −.125 − .01·1.875, θ = .75 − .14375
    keras = lv.optimizer("momentum", convention="keras", momentum=0.5)
    assert walked(keras, [0.1, 0.01])[-1] == pytest.approx(0.60625, rel=1e-14)


@pytest.mark.parametrize("name", ["momentum", "nesterov"])
def test_that_at_a_constant_rate_all_libraries_go_the_same_way(name):
    paths = [walked(lv.optimizer(name, convention=way), [0.05] * 60) for way in ("pytorch", "keras", "optax")]
    np.testing.assert_allclose(paths[1], paths[0], rtol=1e-11, atol=1e-13)
    np.testing.assert_array_equal(paths[2], paths[0])


def test_that_the_first_gradient_is_not_dampened():
    # v = 2.5, θ = .75; v = 1.25 + .6·1.875 = 2.375, θ = .75 − .2375
    rule = lv.optimizer("sgd", momentum=0.5, dampening=0.4)
    np.testing.assert_allclose(walked(rule, [0.1] * 2), [1.0, 0.75, 0.5125], rtol=1e-14)


def test_that_without_momentum_nothing_is_dampened():
    assert walked(lv.optimizer("sgd", dampening=0.4), [0.1] * 9) == walked(lv.optimizer("sgd"), [0.1] * 9)


def test_that_weight_decay_is_in_the_gradient_in_pytorch_and_before_the_step_in_keras():
    assert walked(lv.optimizer("sgd", weight_decay=0.5, momentum=0.5), [0.1] * 2) == pytest.approx([1.0, 0.7, 0.34])
    # θ = 1·.95 − .25; θ = .7·.95 + .5·(−.25) − .1·2.5·.7
    keras = lv.optimizer("sgd", convention="keras", weight_decay=0.5, momentum=0.5)
    assert walked(keras, [0.1] * 2) == pytest.approx([1.0, 0.7, 0.365])


def test_that_what_is_not_used_is_not_written():
    assert lv.optimizer("sgd").formula == lv.optimizer("gradient_descent").formula
    assert "λ" in lv.optimizer("sgd", weight_decay=0.1).formula
    assert "τ" in lv.optimizer("sgd", momentum=0.9, dampening=0.1).formula
    assert lv.optimizer("sgd", momentum=0.9, nesterov=True).terms[-2].name == "look ahead"
