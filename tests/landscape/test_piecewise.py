"""Losses with corners: their grids, each row of which is one pass over the samples."""

import numpy as np
import pytest

import lossviz as lv
from lossviz.landscape.condensed import MANY


def made(name, rows=301, offset=0.0, scale=1.0):
    random = np.random.Generator(np.random.PCG64(5))
    x = offset + random.normal(size=rows)
    if name == "hinge":
        return x, (random.random(rows) < 1 / (1 + np.exp(offset - x))).astype(float)
    return x, scale * (x - offset + random.standard_t(2, rows))


def direct(surface, grid):
    """The mean of costs over the samples, row by row."""
    z = grid.w[:, None, None] * surface.data.x + grid.b[:, None]
    return np.mean(surface.measure.cost(z, surface.data.y), axis=2)


def model_of(name):
    return "logistic" if name == "hinge" else "linear"


@pytest.mark.parametrize("name", ["mae", "huber", "hinge"])
@pytest.mark.parametrize("offset", [0.0, 1e3, 1e6])
@pytest.mark.parametrize("scale", [0.01, 1.0, 1e4])
def test_that_the_grid_equals_direct_sums_wherever_the_data_lie(fitted, name, offset, scale):
    surface = fitted(*made(name, offset=offset, scale=scale), model=model_of(name), loss=name)
    grid = surface.grid(24)
    np.testing.assert_allclose(grid.loss, direct(surface, grid), rtol=1e-12 if offset < 1e6 else 1e-9)


@pytest.mark.parametrize("name", ["mae", "huber", "hinge"])
@pytest.mark.parametrize(
    "domain", [((-1, 1), (-1, 1)), ((5, 6), (50, 60)), ((-1e-6, 1e-6), (0, 1e-6)), ((-1e40, 1e40), (-1e40, 1e40))]
)
def test_that_the_grid_of_any_domain_equals_direct_sums(fitted, name, domain):
    surface = fitted(*made(name), model=model_of(name), loss=name, domain=domain)
    grid = surface.grid(15)
    rounding = 1e-15 * (grid.b[1] - grid.b[0])
    np.testing.assert_allclose(grid.loss, direct(surface, grid), rtol=1e-12, atol=rounding)


@pytest.mark.parametrize("name", ["mae", "huber", "hinge"])
def test_that_a_grid_far_coarser_than_the_data_is_never_below_0(fitted, name):
    surface = fitted(*made(name), model=model_of(name), loss=name, domain=((-1, 1), (-1e20, 1e20)))
    grid = surface.grid(15)
    np.testing.assert_allclose(grid.loss, direct(surface, grid), rtol=1e-12, atol=1e5)
    assert np.all(grid.loss >= 0.0)


def test_that_samples_right_on_a_corner_are_counted_once(fitted):
    # the biases of the grid are 0, 1, 2, ..., and so are the places of the corners
    x, y = np.arange(6.0), np.array([0.0, 1.0, 2.0, 3.0, 4.0, 4.0])
    for name in ("mae", "huber"):
        surface = fitted(x, y, loss=name, domain=((-2, 2), (-4, 4)))
        grid = surface.grid(9)
        np.testing.assert_allclose(grid.loss, direct(surface, grid), rtol=1e-14, atol=1e-15)
    surface = fitted(x, [0, 0, 1, 0, 1, 1], model="logistic", loss="hinge", domain=((-2, 2), (-4, 4)))
    grid = surface.grid(9)
    np.testing.assert_allclose(grid.loss, direct(surface, grid), rtol=1e-14, atol=1e-15)


def test_that_one_label_alone_makes_a_grid_too(fitted):
    surface = fitted([1.0, 2.0], [1, 1], model="logistic", loss="hinge", domain=((-1, 1), (-1, 3)))
    grid = surface.grid(7)
    np.testing.assert_allclose(grid.loss, direct(surface, grid), rtol=1e-13, atol=1e-15)


def test_that_a_perfect_fit_costs_nothing_in_the_grid(fitted):
    surface = fitted([0.0, 1.0, 2.0], [1.0, 3.0, 5.0], loss="mae", domain=((1, 3), (0, 2)))
    assert surface.grid(9).loss[4, 4] == pytest.approx(0.0, abs=1e-15)
    assert surface.known_minimum == (2.0, 1.0)
    assert surface.loss(2.0, 1.0) == 0.0


def test_that_a_separable_hinge_reaches_0_at_many_points(fitted):
    surface = fitted([-2.0, -1.0, 1.0, 2.0], [0, 0, 1, 1], model="logistic", loss="hinge")
    assert surface.loss(1.0, 0.0) == surface.loss(2.0, 0.5) == 0.0
    assert surface.known_minimum is None
    # the widest margin of all that are nearly 0
    wide = fitted([-2.0, -1.0, 1.0, 2.0], [0, 0, 1, 1], model="logistic", loss="hinge", l2=1e-4)
    assert wide.known_minimum == pytest.approx((1.0, 0.0), abs=1e-12)


def test_that_corners_are_not_condensed_however_many_samples_there_are(fitted):
    x, y = made("hinge", rows=2 * MANY)
    surface = fitted(x, y, model="logistic", loss="hinge", domain=((0, 1), (0, 1)))
    assert surface.cost_per_point == len(x)
    assert fitted(x, y, model="logistic", domain=((0, 1), (0, 1))).cost_per_point < len(x) / 2


def test_that_progress_rises_to_the_end():
    surface = lv.fit(lv.dataset("birthwt"), feature="age", label="low", model="logistic", loss="hinge")
    parts = list(surface.gridding(64))
    assert parts == sorted(parts)
    assert parts[-1] == 1.0
