"""Means of costs per sample: equal samples once, and many of them in blocks."""

import numpy as np
import pytest


@pytest.mark.parametrize("loss", ["cross_entropy", "squared_error", "hinge"])
def test_that_repeated_samples_count_as_often_as_they_occur(fitted, loss):
    random = np.random.Generator(np.random.PCG64(3))
    x, y = random.integers(0, 6, 1000), random.integers(0, 2, 1000)
    surface = fitted(x, y, model="logistic", loss=loss)
    expected = np.mean(surface.measure.cost(0.3 * x - 0.1, y))
    assert surface.loss(0.3, -0.1) == pytest.approx(expected, rel=1e-13)
    assert surface.samples == 1000
    assert surface.cost_per_point == len({*zip(x.tolist(), y.tolist(), strict=True)})


def test_that_more_samples_than_fit_a_block_are_summed_too(fitted):
    random = np.random.Generator(np.random.PCG64(4))
    x, y = random.normal(size=70_000), random.integers(0, 2, 70_000)
    surface = fitted(x, y, model="logistic")
    z = np.multiply.outer([0.3, -2.0], x) - 0.1
    np.testing.assert_allclose(surface.loss([0.3, -2.0], -0.1), np.mean(np.logaddexp(0, z) - y * z, axis=1), rtol=1e-12)
