"""The slopes of many batches, made ready at once; tests/descent/test_batches.py compares them for every loss."""

import numpy as np
import pytest

import lossviz as lv
from lossviz.landscape.batch_slopes import BLOCK, EachBatch


def test_that_equal_features_in_a_batch_have_no_spread():
    # 0.1 three times has a mean that is not 0.1
    data = lv.Dataset("same", {"x": np.array([0.1, 0.1, 0.1, 5.0]), "y": np.array([1.0, 2.0, 4.0, 0.0])})
    surface = lv.fit(data, feature="x", label="y")
    made = surface.batches(np.array([0, 1, 2, 3]), np.array([3, 4]))
    theta = np.array([1.0, 2.0])
    for number, part in enumerate(([0, 1, 2], [3])):
        expected = surface.batch(part).value_and_gradient(theta)[1]
        np.testing.assert_allclose(made.slope(number, *theta.tolist()), expected, rtol=1e-14)


def test_that_a_line_through_all_samples_of_a_batch_has_no_slope_of_the_root():
    data = lv.Dataset("line", {"x": np.array([0.0, 1.0, 2.0]), "y": np.array([1.0, 3.0, 0.0])})
    surface = lv.fit(data, feature="x", label="y", loss="rmse")
    made = surface.batches(np.arange(3), np.array([2, 3]))
    assert made.slope(0, 2.0, 1.0) == (0.0, 0.0)
    by_w, by_b = made.slope(0, np.array([2.0, 0.0]), np.array([1.0, 0.0]))
    assert by_w[0] == by_b[0] == 0.0
    np.testing.assert_allclose([by_w[1], by_b[1]], surface.batch([0, 1]).gradient(0.0, 0.0), rtol=1e-14)


def test_that_two_features_have_batches_too():
    surface = lv.fit(lv.dataset("birthwt"), features=("age/10", "lwt/100"), label="bwt/1000")
    made = surface.batches(np.arange(189), np.array([50, 189]))
    assert isinstance(made, EachBatch)
    theta = np.array([[0.5, -1.0], [0.2, 2.0]])
    expected = surface.batch(np.arange(50, 189)).value_and_gradient(theta)[1]
    np.testing.assert_array_equal(np.stack(made.slope(1, *theta)), expected)


def test_that_very_many_points_are_summed_in_blocks():
    surface = lv.fit(lv.dataset("birthwt"), feature="(lwt - 130)/30", label="low", model="logistic")
    made = surface.batches(np.arange(189), np.array([100, 189]))
    theta = np.linspace(-2.0, 2.0, 2 * (BLOCK // 100 + 40)).reshape(2, -1)
    expected = surface.batch(np.arange(100)).value_and_gradient(theta)[1]
    np.testing.assert_allclose(np.stack(made.slope(0, *theta)), expected, rtol=1e-11, atol=1e-14)


def test_that_a_surface_without_samples_has_no_batches():
    surface = lv.surface("beale")
    with pytest.raises(ValueError, match="no samples"):
        surface.batches(np.arange(3), np.array([3])).slope(0, np.zeros(1), np.zeros(1))
