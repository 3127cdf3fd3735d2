import numpy as np
import pytest

import lossviz as lv
from lossviz.landscape.quadratic import Moments


def direct(x, y, w, b, root=False):
    """The mean of squares over the samples, for axes w and b."""
    loss = np.empty((len(w), len(b)))
    for i, one in enumerate(w):
        for j, two in enumerate(b):
            loss[i, j] = np.mean((one * x + two - y) ** 2)
    return np.sqrt(loss) if root else loss


@pytest.mark.parametrize("loss", ["mse", "rmse"])
@pytest.mark.parametrize("offset", [0.0, 1e3, 1e6])
def test_that_the_grid_equals_direct_sums_however_far_from_0_the_data_lie(fitted, loss, offset):
    random = np.random.Generator(np.random.PCG64(5))
    x = offset + random.normal(size=500)
    y = offset + 0.7 * (x - offset) + random.normal(size=500)
    surface = fitted(x, y, loss=loss)
    grid = surface.grid(12)
    np.testing.assert_allclose(grid.loss, direct(x, y, grid.w, grid.b, root=loss == "rmse"), rtol=1e-9)


def test_that_single_losses_keep_their_digits_far_from_0_too(fitted):
    random = np.random.Generator(np.random.PCG64(6))
    x, y = 1e6 + random.normal(size=200), 1e6 + random.normal(size=200)
    surface = fitted(x, y)
    w, b = surface.known_minimum
    assert surface.loss(w, b) == pytest.approx(np.mean((w * x + b - y) ** 2), rel=1e-9)
    assert surface.loss(w, b) <= surface.loss(w, b + 1e-6)


def test_that_least_squares_are_numpys(fitted):
    random = np.random.Generator(np.random.PCG64(7))
    x, y = random.uniform(10, 50, 80), random.normal(size=80)
    np.testing.assert_allclose(fitted(x, y).known_minimum, np.polyfit(x, y, 1), rtol=1e-11)


def test_that_the_hessian_is_the_same_everywhere_and_made_of_two_moments(fitted):
    x = np.array([1.0, 2.0, 6.0])
    hessian = fitted(x, [0, 1, 0]).hessian(np.zeros((2, 3)), 5.0)
    expected = 2 * np.array([[np.mean(x**2), np.mean(x)], [np.mean(x), 1.0]])
    np.testing.assert_allclose(hessian, np.broadcast_to(expected[..., None, None], (2, 2, 2, 3)), rtol=1e-14)


def test_that_twice_the_rows_make_the_same_surface(fitted):
    x, y = np.array([1.0, 2.0, 6.0]), np.array([0.0, 1.0, 0.5])
    once, twice = fitted(x, y), fitted(np.tile(x, 2), np.tile(y, 2))
    assert twice.loss(0.3, 0.1) == pytest.approx(once.loss(0.3, 0.1), rel=1e-15)


@pytest.mark.parametrize("loss", ["mse", "rmse"])
@pytest.mark.parametrize("value", [0.0, 0.1, 1 / 3, 7.7, -1e6 - 0.1, 1e20])
@pytest.mark.parametrize("rows", [2, 3, 7, 189, 1000])
def test_that_a_constant_feature_has_no_single_minimum(fitted, loss, value, rows):
    y = np.arange(rows, dtype=float)
    surface = fitted(np.full(rows, value), y, loss=loss)
    assert surface.known_minimum is None
    # every point of the line w·x + b = mean(y) is best
    best = np.sqrt(np.var(y)) if loss == "rmse" else np.var(y)
    w = np.array([0.0, 1.0, -2.0]) / max(1.0, abs(value))
    np.testing.assert_allclose(surface.loss(w, np.mean(y) - w * value), best, rtol=1e-12)
    assert np.all(np.isfinite(surface.grid(5).loss))


def test_that_a_single_row_makes_a_valley_without_an_end(fitted):
    surface = fitted([2.0], [5.0])
    assert surface.samples == 1
    assert surface.known_minimum is None
    np.testing.assert_array_equal(surface.loss([0.0, 1.0, 2.5], [5.0, 3.0, 0.0]), 0.0)
    assert surface.loss(0.0, 0.0) == 25.0


def test_that_the_rmse_of_a_perfect_fit_is_a_cone_with_a_kink(fitted):
    surface = fitted([0.0, 1.0, 2.0, 3.0], [1.0, 3.0, 5.0, 7.0], loss="rmse")
    assert surface.known_minimum == (2.0, 1.0)
    assert surface.loss(2.0, 1.0) == 0.0
    assert not surface.smooth
    np.testing.assert_array_equal(surface.gradient(2.0, 1.0), [0.0, 0.0])
    assert np.all(np.isnan(surface.hessian(2.0, 1.0)))
    # straight up on both sides
    np.testing.assert_allclose(surface.loss(2.0, [0.5, 0.75, 1.25, 1.5]), [0.5, 0.25, 0.25, 0.5])
    np.testing.assert_allclose(surface.gradient(2.0, [0.5, 1.5])[1], [-1.0, 1.0])
    batch = surface.gradient([2.0, 2.0], [1.0, 1.5])
    np.testing.assert_allclose(batch[:, 0], 0.0)
    np.testing.assert_allclose(batch[1, 1], 1.0)


def test_that_the_mse_of_a_perfect_fit_is_smooth(fitted):
    surface = fitted([0.0, 1.0, 2.0, 3.0], [1.0, 3.0, 5.0, 7.0])
    assert surface.smooth
    assert surface.loss(2.0, 1.0) == 0.0
    assert np.linalg.eigvalsh(surface.hessian(2.0, 1.0))[0] > 0


def test_that_mse_and_rmse_are_root_and_square_with_one_minimum():
    data = lv.dataset("eight_births")
    square = lv.fit(data, feature="age", label="weight")
    root = lv.fit(data, feature="age", label="weight", loss="rmse")
    assert root.known_minimum == square.known_minimum
    assert root.domain == square.domain
    np.testing.assert_allclose(root.grid(9).loss ** 2, square.grid(9).loss, rtol=1e-14)


def test_that_the_moments_are_those_of_the_samples():
    random = np.random.Generator(np.random.PCG64(8))
    x, y = random.normal(size=50), random.normal(size=50)
    m = Moments.of(x, y)
    assert m.x_mean == pytest.approx(np.mean(x))
    assert m.spread == pytest.approx(np.var(x))
    assert m.label_spread == pytest.approx(np.var(y))
    assert m.smallest == pytest.approx(np.mean((y - np.polyval(np.polyfit(x, y, 1), x)) ** 2))
