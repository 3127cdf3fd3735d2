import numpy as np

import lossviz as lv
from lossviz.rules.base import Oracle


class Counting:
    """An objective that counts what it is asked."""

    def __init__(self):
        self.surface = lv.fit(lv.dataset("birthwt"), feature="(age - 18)/10", label="bwt/1000")
        self.asked = []

    def loss(self, *theta):
        self.asked.append("loss")
        return self.surface.loss(*theta)

    def value_and_gradient(self, theta):
        self.asked.append("gradient")
        return self.surface.value_and_gradient(theta)

    def hessian_vector(self, theta, v):
        self.asked.append("hessian")
        return self.surface.hessian_vector(theta, v)


def test_that_the_point_asked_about_last_is_not_computed_again():
    objective = Counting()
    oracle = Oracle(objective)
    theta = np.array([[0.5], [1.0]])
    value, gradient = oracle.value_and_gradient(theta)
    np.testing.assert_array_equal(oracle.gradient(theta), gradient)
    np.testing.assert_array_equal(oracle.value(theta), value)
    assert objective.asked == ["gradient"]
    assert (oracle.values, oracle.gradients, oracle.hessians) == (0, 1, 0)


def test_that_an_equal_point_in_another_array_is_another_point():
    objective = Counting()
    oracle = Oracle(objective)
    theta = np.array([[0.5], [1.0]])
    oracle.gradient(theta)
    oracle.gradient(theta.copy())
    assert objective.asked == ["gradient", "gradient"]


def test_that_a_value_alone_costs_no_gradient():
    objective = Counting()
    oracle = Oracle(objective)
    oracle.value(np.array([[0.5], [1.0]]))
    assert objective.asked == ["loss"]
    assert (oracle.values, oracle.gradients) == (1, 0)


def test_that_the_hessian_is_made_of_a_product_a_parameter():
    objective = Counting()
    oracle = Oracle(objective)
    theta = np.array([[0.5, 1.0], [1.0, 2.0]])
    np.testing.assert_allclose(oracle.hessian(theta), objective.surface.hessian(*theta), rtol=1e-15)
    assert oracle.hessians == 2
