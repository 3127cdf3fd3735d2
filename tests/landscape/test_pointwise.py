import json
from pathlib import Path

import numpy as np
import pytest

import lossviz as lv

FACTS = json.loads((Path(__file__).parents[1] / "reference" / "fits.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("fact", FACTS["logistic"], ids=lambda fact: f"{fact['label']} by {fact['feature']}")
@pytest.mark.parametrize("standardize", [False, True])
def test_that_the_optimum_is_scikit_learns(fact, standardize):
    surface = lv.fit(
        lv.dataset("birthwt"),
        feature=fact["feature"],
        label=fact["label"],
        model="logistic",
        standardize=standardize,
    )
    slope, intercept = surface.data.in_columns(*surface.known_minimum)
    assert slope == pytest.approx(fact["slope"], rel=1e-7)
    assert intercept == pytest.approx(fact["intercept"], rel=1e-7)
    assert surface.loss(*surface.known_minimum) == pytest.approx(fact["loss"], rel=1e-13)


def test_that_values_are_exact_where_every_exponential_overflows(fitted):
    surface = fitted([-1000.0, 1000.0], [0.0, 1.0], model="logistic")
    assert surface.loss(1.0, 0.0) == 0.0
    assert surface.loss(-1.0, 0.0) == 1000.0
    np.testing.assert_array_equal(surface.gradient(-1.0, 0.0), [-1000.0, 0.0])
    np.testing.assert_array_equal(surface.gradient(1.0, 0.0), [0.0, 0.0])
    np.testing.assert_array_equal(surface.hessian(1.0, 0.0), np.zeros((2, 2)))
    assert np.all(np.isfinite(surface.loss(np.array([1e300, -1e300]), 0.0)))


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([-2, -1, 1, 2], [0, 0, 1, 1]),
        ([-2, -1, 1, 2], [1, 1, 0, 0]),
        ([-1, 0, 0, 1], [0, 0, 1, 1]),
        ([0, 1e-3], [0, 1]),
        ([0, 1000], [0, 1]),
        (range(40), [0] * 39 + [1]),
        ([1, 2], [0, 0]),
        ([1], [1]),
        ([3, 3], [0, 1]),
        # the loss becomes 0 but for rounding long before a hundred Newton steps are made
        ([-0.1, 0, 0.1, 0, 0, 0], [0, 0, 1, 0, 0, 0]),
        ([-0.0771, -0.0839, -0.0886, -0.0876], [1, 1, 0, 0]),
    ],
)
def test_that_separable_or_single_valued_samples_have_no_minimum(fitted, x, y):
    surface = fitted(list(x), y, model="logistic")
    assert surface.known_minimum is None
    assert np.all(np.isfinite(surface.grid(5).loss))


def test_that_one_sample_on_the_wrong_side_makes_a_minimum(fitted):
    surface = fitted([-2, -1, 1, 2, 3], [0, 0, 1, 1, 0], model="logistic")
    np.testing.assert_allclose(surface.gradient(*surface.known_minimum), 0.0, atol=1e-15)


def test_that_repeated_samples_count_as_often_as_they_occur(fitted):
    random = np.random.Generator(np.random.PCG64(3))
    x, y = random.integers(0, 6, 1000), random.integers(0, 2, 1000)
    surface = fitted(x, y, model="logistic")
    z = 0.3 * x - 0.1
    assert surface.loss(0.3, -0.1) == pytest.approx(np.mean(np.logaddexp(0, z) - y * z), rel=1e-13)
    assert surface.samples == 1000
    assert surface.cost_per_point == len({*zip(x.tolist(), y.tolist(), strict=True)})


def test_that_more_samples_than_fit_a_block_are_summed_too(fitted):
    random = np.random.Generator(np.random.PCG64(4))
    x, y = random.normal(size=70_000), random.integers(0, 2, 70_000)
    surface = fitted(x, y, model="logistic")
    z = np.multiply.outer([0.3, -2.0], x) - 0.1
    np.testing.assert_allclose(surface.loss([0.3, -2.0], -0.1), np.mean(np.logaddexp(0, z) - y * z, axis=1), rtol=1e-12)


@pytest.mark.parametrize("seed", range(40))
def test_that_there_is_a_minimum_exactly_where_the_labels_overlap_even_in_a_ravine(fitted, seed):
    random = np.random.Generator(np.random.PCG64(seed))
    rows = random.integers(4, 20)
    x = random.normal() * 1e3 + 10 ** random.uniform(-2, 2) * random.normal(size=rows)
    y = random.integers(0, 2, rows)
    overlapping = np.count_nonzero(np.diff(y[np.argsort(x)])) > 1
    minimum = fitted(x, y, model="logistic").known_minimum
    assert (minimum is not None) == overlapping
    if overlapping:
        # with the predicted mean and covariance of the samples, as at every optimum of a logistic fit
        residual = 1 / (1 + np.exp(-(minimum[0] * x + minimum[1]))) - y
        assert np.mean(residual) == pytest.approx(0, abs=1e-8)
        assert np.mean(residual * (x - np.mean(x)) / np.std(x)) == pytest.approx(0, abs=1e-8)
