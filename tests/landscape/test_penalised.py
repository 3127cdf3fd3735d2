"""Losses with a penalty: the data's own loss and what the weight costs, which can be told apart."""

import numpy as np
import pytest

import lossviz as lv
from lossviz.landscape.objective import Surface

NAMES = ["mse", "rmse", "mae", "huber", "cross_entropy", "squared_error", "hinge"]


def surface_of(name, **arguments):
    data = lv.dataset("birthwt")
    if name in ("cross_entropy", "squared_error", "hinge"):
        return lv.fit(data, feature="(lwt - 130)/30", label="low", model="logistic", loss=name, **arguments)
    return lv.fit(data, feature="(age - 18)/10", label="bwt/1000", loss=name, **arguments)


@pytest.mark.parametrize("name", NAMES)
def test_that_loss_slope_and_hessian_are_those_of_the_data_and_the_penalty(name):
    plain, surface = surface_of(name), surface_of(name, l1=0.3, l2=0.2)
    assert isinstance(surface, Surface)
    w, b = np.array([[-2.0, 0.0, 1.5], [0.5, 0.25, -0.75]])
    np.testing.assert_array_equal(surface.data_loss(w, b), plain.loss(w, b))
    np.testing.assert_allclose(surface.penalty(w, b), 0.3 * np.abs(w) + 0.2 * w**2)
    np.testing.assert_allclose(surface.loss(w, b), surface.data_loss(w, b) + surface.penalty(w, b), rtol=1e-15)
    # at the kink w = 0 the subgradient 0, as PyTorch's abs has
    slope = np.array([0.3 * np.sign(w) + 0.4 * w, np.zeros(3)])
    np.testing.assert_allclose(surface.gradient(w, b), plain.gradient(w, b) + slope, atol=1e-15)
    more = surface.hessian(w, b) - plain.hessian(w, b)
    np.testing.assert_allclose(more[0, 0], 0.4)
    np.testing.assert_array_equal(more[:, 1], 0.0)


@pytest.mark.parametrize("name", NAMES)
def test_that_the_grid_and_mini_batches_have_the_penalty_too(name):
    surface = surface_of(name, l1=0.3, l2=0.2)
    grid = surface.grid(7)
    np.testing.assert_allclose(grid.loss, surface.loss(grid.w[:, None], grid.b), rtol=1e-13)
    batch = surface.batch([3, 3, 100, 7])
    assert batch.samples == 4
    assert batch.penalty(1.5, 0.0) == pytest.approx(0.9)
    assert batch.data_loss(1.5, 0.2) == pytest.approx(surface.data_term.batch([3, 3, 100, 7]).loss(1.5, 0.2))


def test_that_a_loss_without_a_penalty_is_all_data():
    surface = surface_of("mse")
    assert surface.data_term is surface
    np.testing.assert_array_equal(surface.penalty(np.ones((2, 1)), np.ones(3)), np.zeros((2, 3)))
    assert surface.data_loss(0.3, 2.0) == surface.loss(0.3, 2.0)


def test_that_the_words_say_what_is_added():
    surface = surface_of("cross_entropy", l1=0.1, l2=0.25)
    assert surface.title == "cross-entropy + l1 + l2"
    assert surface.formula == "mean (log(1 + e^z) − y·z) + 0.1·|w| + 0.25·w²,  z = w·x + b"
    # what is true of the mean square alone must not be said of it
    assert surface_of("mse", l2=0.25).measure.name == "mse+l2"
    assert surface_of("mse", l2=0.25).measure.method == "penalised least squares"


def test_that_a_penalty_of_squares_keeps_a_surface_smooth_and_quadratic():
    assert surface_of("mse", l2=0.1).quadratic
    assert surface_of("mse", l2=0.1).smooth
    assert not surface_of("mse", l1=0.1).quadratic
    assert not surface_of("mse", l1=0.1).smooth
    assert not surface_of("cross_entropy", l2=0.1).quadratic


@pytest.mark.parametrize("name", [name for name in NAMES if name != "squared_error"])
@pytest.mark.parametrize("penalty", [{"l1": 0.02}, {"l2": 0.05}, {"l1": 0.01, "l2": 0.02}, {"l1": 5.0}], ids=str)
def test_that_no_neighbour_of_the_known_minimum_is_lower(name, penalty):
    surface = surface_of(name, **penalty)
    minimum = surface.known_minimum
    assert minimum is not None
    if penalty == {"l1": 5.0}:
        assert minimum[0] == 0.0
    assert surface.domain == surface_of(name).domain
    assert surface.domain.contains(*minimum)
    turn = np.linspace(0.0, 2.0 * np.pi, 41)
    for radius in (1e-5, 1e-2, 1.0):
        around = surface.loss(minimum[0] + radius * np.cos(turn), minimum[1] + radius * np.sin(turn))
        assert np.all(around >= surface.loss(*minimum) * (1.0 - 1e-14))


@pytest.mark.parametrize(("l1", "l2"), [(0.0, 0.3), (0.3, 0.0), (2.0, 0.1), (0.99, 0.0)])
def test_that_the_root_of_a_perfect_fit_is_shrunk_only_where_the_penalty_is_steeper(fitted, l1, l2):
    # √(S·(w − 2)²) falls by 1 for each unit of w
    x = np.array([-1.0, 1.0])
    surface = fitted(x, 2.0 * x + 1.0, loss="rmse", l1=l1, l2=l2)
    expected = min(2.0, max(0.0, (1.0 - l1) / (2.0 * l2))) if l2 else float(2.0 * (l1 < 1.0))
    assert surface.known_minimum == pytest.approx((expected, 1.0), abs=1e-15)


def test_that_a_root_as_steep_as_the_penalty_has_many_minima(fitted):
    assert fitted([-1.0, 1.0], [-1.0, 3.0], loss="rmse", l1=1.0).known_minimum is None


@pytest.mark.parametrize("name", ["mse", "rmse", "mae", "huber"])
def test_that_a_penalty_makes_a_constant_feature_have_a_minimum(fitted, name):
    plain = fitted([3.0, 3.0, 3.0], [1.0, 1.2, 1.9], loss=name)
    assert plain.known_minimum is None
    level = {"mae": 1.2}.get(name, 4.1 / 3)
    for penalty in ({"l1": 0.1}, {"l2": 0.1}):
        surface = fitted([3.0, 3.0, 3.0], [1.0, 1.2, 1.9], loss=name, **penalty)
        assert surface.known_minimum == pytest.approx((0.0, level), abs=1e-12)


@pytest.mark.parametrize("penalty", [{"l1": 0.001}, {"l2": 1e-6}], ids=str)
def test_that_a_penalty_gives_separable_labels_a_minimum_that_is_in_sight(fitted, penalty):
    x, y = [-2.0, -1.0, 1.0, 3.0], [0, 0, 1, 1]
    assert fitted(x, y, model="logistic").unbounded_direction == (1.0, 0.0)
    surface = fitted(x, y, model="logistic", **penalty)
    assert surface.unbounded_direction is None
    np.testing.assert_allclose(surface.gradient(*surface.known_minimum), 0.0, atol=1e-12)
    assert surface.known_minimum[0] > 3.0
    assert surface.domain.contains(*surface.known_minimum)
    assert surface.grid(5).loss.shape == (5, 5)


def test_that_a_penalty_on_the_weight_is_none_on_the_bias(fitted):
    surface = fitted([1.0, 2.0, 3.0], [1, 1, 1], model="logistic", l2=0.1)
    assert surface.unbounded_direction == (0.0, 1.0)
    assert surface.known_minimum is None


def test_that_an_objective_of_a_further_penalty_adds_up():
    from lossviz.landscape.penalty import Penalty

    surface = surface_of("mse", l2=0.1)
    assert surface.lowest(Penalty(l1=0.02, l2=0.2)) == pytest.approx(surface_of("mse", l1=0.02, l2=0.3).known_minimum)
