import numpy as np
import pytest

import lossviz as lv
from lossviz.landscape.objective import Objective
from lossviz.landscape.restricted import Restricted


@pytest.fixture
def full():
    return lv.fit(lv.dataset("birthwt"), feature="(lwt - 130)/30", label="low", model="logistic")


def test_that_a_restriction_is_an_objective_of_the_free_parameters(full):
    held = np.array([[9.0], [0.5]])
    along = Restricted(full, [0], held)
    assert isinstance(along, Objective)
    assert along.parameters == ("w",)
    assert along.samples == 189
    assert along.smooth


def test_that_it_is_the_full_loss_with_the_others_held(full):
    held = np.array([[9.0, 9.0, 9.0], [0.5, -0.5, 1.0]])
    along = Restricted(full, [0], held)
    w = np.array([[0.1, 0.2, 0.3]])
    np.testing.assert_array_equal(along.loss(w[0]), full.loss(w[0], held[1]))
    value, gradient = along.value_and_gradient(w)
    np.testing.assert_array_equal(gradient, full.gradient(w[0], held[1])[:1])
    np.testing.assert_array_equal(along.gradient(w[0]), gradient)
    np.testing.assert_allclose(value, full.loss(w[0], held[1]), rtol=1e-14)


def test_that_its_hessian_is_the_free_block(full):
    held = np.array([[9.0], [0.5]])
    hessian = full.hessian(9.0, 0.1)
    across = Restricted(full, [1], held)
    np.testing.assert_allclose(
        across.hessian_vector(np.array([[0.1]]), np.array([[2.0]])), [[2.0 * hessian[1, 1]]], rtol=1e-13
    )


def test_that_the_held_values_stay_as_they_were(full):
    held = np.array([[9.0], [0.5]])
    along = Restricted(full, [0], held)
    np.testing.assert_array_equal(along.expand(np.array([[3.0]])), [[3.0], [0.5]])
    np.testing.assert_array_equal(held, [[9.0], [0.5]])


def test_that_a_mini_batch_of_it_is_the_restriction_of_the_mini_batch(full):
    along = Restricted(full, [0], np.array([[9.0], [0.5]])).batch([1, 2, 80])
    assert along.samples == 3
    np.testing.assert_array_equal(along.loss(np.array([0.3])), full.batch([1, 2, 80]).loss(0.3, np.array([0.5])))
