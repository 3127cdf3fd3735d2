"""Smooth losses of a logistic curve: their minimum or the lack of one, and their grids."""

import json
from pathlib import Path

import numpy as np
import pytest

import lossviz as lv
from lossviz.landscape.factored import NEAR, SETTLED, FactoredSum

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


def falls_for_ever(surface):
    """Whether the loss gets smaller and smaller in its unbounded direction, from wherever it is looked at."""
    w, b = surface.unbounded_direction
    for at in ((0.0, 0.0), (-1.0, 0.5), (0.3, -0.2)):
        steps = np.array([0.0, 1.0, 3.0, 10.0])
        losses = surface.loss(at[0] + steps * w, at[1] + steps * b)
        # until it is smaller than any float64
        assert np.all((np.diff(losses) < 0.0) | (losses[1:] == 0.0))
        assert surface.gradient(*at) @ [w, b] < 0.0


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
    if len(set(x)) > 1:
        falls_for_ever(surface)


def test_that_one_sample_on_the_wrong_side_makes_a_minimum(fitted):
    surface = fitted([-2, -1, 1, 2, 3], [0, 0, 1, 1, 0], model="logistic")
    np.testing.assert_allclose(surface.gradient(*surface.known_minimum), 0.0, atol=1e-15)


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


@pytest.mark.parametrize("loss", ["cross_entropy", "squared_error"])
@pytest.mark.parametrize(
    ("x", "y", "direction"),
    [
        ([0, 1, 3, 4], [0, 0, 1, 1], (1.0, -2.0)),
        ([0, 1, 3, 4], [1, 1, 0, 0], (-1.0, 2.0)),
        # at the threshold itself both labels, the others apart
        ([0, 1, 1, 2], [0, 0, 1, 1], (1.0, -1.0)),
        ([0, 1, 2], [1, 1, 1], (0.0, 1.0)),
        ([5, 5], [0, 0], (0.0, -1.0)),
    ],
)
def test_that_the_loss_falls_for_ever_where_a_threshold_parts_the_labels(fitted, loss, x, y, direction):
    surface = fitted(x, y, model="logistic", loss=loss)
    assert surface.unbounded_direction == direction
    falls_for_ever(surface)


@pytest.mark.parametrize(
    ("x", "y"), [([0, 1, 2], [0, 1, 0]), ([3, 3], [0, 1]), ([0, 1, 1, 2], [0, 1, 0, 0]), ([0, 0, 1, 1], [0, 1, 0, 1])]
)
def test_that_overlapping_labels_have_no_unbounded_direction(fitted, x, y):
    assert fitted(x, y, model="logistic").unbounded_direction is None
    assert fitted(x, y, model="logistic", loss="hinge").unbounded_direction is None


def test_that_other_losses_have_no_unbounded_direction():
    for loss in ("mse", "rmse", "mae", "huber"):
        surface = lv.fit(lv.dataset("eight_births"), feature="age", label="weight", loss=loss)
        assert surface.unbounded_direction is None


# Grids


@pytest.mark.parametrize("centre", [0.0, 1.0, 30.0, 1e4])
@pytest.mark.parametrize("weights", [None, (0.4, 2.5)])
@pytest.mark.parametrize("repeated", [False, True])
def test_that_a_factored_grid_is_that_of_direct_sums(fitted, centre, weights, repeated):
    random = np.random.Generator(np.random.PCG64(9))
    x = random.normal(size=501)
    y = (random.random(501) < 1 / (1 + np.exp(-x))).astype(float)
    if repeated:
        x = np.round(x)
    surface = fitted(centre + x, y, model="logistic", class_weight=weights)
    grid = surface.grid(21)
    u = (1 - 2 * y) * (grid.w[:, None, None] * surface.data.x + grid.b[:, None])
    c = np.where(y == 1.0, *(weights[::-1] if weights else (1.0, 1.0)))
    np.testing.assert_allclose(grid.loss, np.mean(c * np.logaddexp(0, u), axis=2), rtol=1e-12)


def test_that_a_factored_grid_keeps_its_digits_where_all_costs_are_tiny_and_where_they_are_huge(fitted):
    surface = fitted([-2.0, -1.0, 1.0, 2.0], [0, 0, 1, 1], model="logistic", domain=((-300, 300), (-40, 40)))
    grid = surface.grid(61)
    u = np.array([1, 1, -1, -1]) * (grid.w[:, None, None] * surface.data.x + grid.b[:, None])
    exact = np.mean(np.where(u > SETTLED, u, np.log1p(np.exp(np.minimum(u, SETTLED)))), axis=2)
    np.testing.assert_allclose(grid.loss, exact, rtol=1e-12)
    assert np.min(grid.loss) < 1e-100


def test_that_the_grid_of_one_label_and_of_one_sample_is_that_of_its_points(fitted):
    for x, y in (([1.0, 2.0, 4.0], [1, 1, 1]), ([2.0], [0])):
        surface = fitted(x, y, model="logistic", domain=((-100, 50), (-3, 90)))
        grid = surface.grid(31)
        np.testing.assert_allclose(grid.loss, surface.loss(grid.w[:, None], grid.b), rtol=1e-12)


def test_that_weights_that_part_the_samples_far_are_left_to_the_plain_sum(fitted):
    surface = fitted([-1.0, 0.5, 1.0], [0, 1, 0], model="logistic")
    factored = FactoredSum(surface._samples.samples)
    np.testing.assert_array_equal(factored.reaches(np.array([0.0, 0.9 * NEAR, 1.1 * NEAR])), [True, True, False])


def test_that_progress_rises_to_the_end(fitted):
    random = np.random.Generator(np.random.PCG64(10))
    surface = fitted(
        random.normal(size=3000), random.integers(0, 2, 3000), model="logistic", domain=((-60, 20), (0, 1))
    )
    parts = list(surface.gridding(50))
    assert parts == sorted(parts)
    assert parts[-1] == pytest.approx(1.0, abs=0.05)


# The squared error of probabilities


def test_that_the_squared_error_is_flat_far_away_and_not_convex():
    surface = lv.fit(
        lv.dataset("birthwt"), feature="(lwt - 130)/30", label="low", model="logistic", loss="squared_error"
    )
    assert np.linalg.norm(surface.gradient(0.0, 30.0)) < 1e-10
    assert np.min(np.linalg.eigvalsh(np.moveaxis(surface.hessian([0.0, 1.0], [3.0, -3.0]), 2, 0))) < 0.0
    assert surface.known_minimum is None
    assert surface.smooth
