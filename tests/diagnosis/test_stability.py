import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lossviz as lv
from lossviz.diagnosis.stability import curvature, free_indices


def births(**arguments):
    return lv.fit(lv.dataset("birthwt"), **{"feature": "(age - 18)/10", "label": "bwt/1000"} | arguments)


# Eigenvalues


def check_against_numpy(hessian, rtol=1e-13):
    values, vectors = np.linalg.eigh(hessian)
    found, sharpest = curvature(hessian)
    scale = max(np.max(np.abs(values)), 1e-300)
    np.testing.assert_allclose(found, values, rtol=rtol, atol=rtol * scale)
    assert np.linalg.norm(sharpest) == pytest.approx(1.0, rel=1e-14)
    if values[-1] - values[-2] > 1e-6 * scale:
        assert abs(sharpest @ vectors[:, -1]) == pytest.approx(1.0, rel=1e-9)


@given(st.lists(st.floats(-1e6, 1e6).map(lambda v: 0.0 if abs(v) < 1e-6 else v), min_size=3, max_size=3))
def test_that_eigenvalues_of_two_parameters_are_numpys(entries):
    a, b, c = entries
    check_against_numpy(np.array([[a, b], [b, c]]))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("n", [3, 4, 7])
def test_that_eigenvalues_of_more_parameters_are_numpys(seed, n):
    matrix = np.random.Generator(np.random.PCG64(seed)).normal(size=(n, n))
    check_against_numpy(matrix + matrix.T)


@pytest.mark.parametrize("turn", np.linspace(0.0, np.pi, 13))
@pytest.mark.parametrize("ratio", [1.0, 1e-3, 1e-6, 1e-9, 1e-12])
def test_that_the_small_eigenvalue_of_a_ravine_keeps_the_digits_that_its_entries_allow(turn, ratio):
    # entries with few bits: their products, and so the determinant, are exact
    c, s = np.round(np.cos(turn) * 64) / 64, np.round(np.sin(turn) * 64) / 64
    large, small = 1.0, 2.0 ** round(math.log2(ratio))
    a, b, d = large * c * c + small * s * s, (large - small) * c * s, large * s * s + small * c * c
    values, _ = curvature(np.array([[a, b], [b, d]]))
    length = c * c + s * s
    np.testing.assert_allclose(values, [small * length, large * length], rtol=1e-15 / ratio + 1e-14)
    if ratio >= 1e-9:
        np.testing.assert_allclose(values, np.linalg.eigvalsh([[a, b], [b, d]]), rtol=1e-5, atol=0)


def test_that_the_condition_number_of_an_uncentred_feature_keeps_its_digits():
    # x = 10^6 ± 1: eigenvalues near 2·10^12 and 2·10^−12
    data = lv.Dataset("made", {"x": [1e6 - 1, 1e6 + 1], "y": [0.0, 1.0]})
    at = lv.stability(lv.fit(data, feature="x", label="y"), lv.optimizer("gradient_descent"), at=(0.0, 0.0))
    assert at.sharpness == pytest.approx(2 * (1e12 + 2), rel=1e-12)
    assert at.condition_number == pytest.approx((1e12 + 2) ** 2, rel=1e-3)


def test_that_axis_aligned_and_equal_curvatures_have_a_direction():
    for hessian, values, direction in [
        ([[3.0, 0.0], [0.0, 1.0]], [1, 3], [1, 0]),
        ([[1.0, 0.0], [0.0, 3.0]], [1, 3], [0, 1]),
        ([[2.0, 0.0], [0.0, 2.0]], [2, 2], [1, 0]),
        ([[0.0, 0.0], [0.0, 0.0]], [0, 0], [1, 0]),
        ([[-1.0, 0.0], [0.0, -3.0]], [-3, -1], [1, 0]),
    ]:
        found, sharpest = curvature(np.array(hessian))
        np.testing.assert_allclose(found, values)
        np.testing.assert_allclose(np.abs(sharpest), direction)


def test_that_one_parameter_alone_has_its_own_curvature():
    values, sharpest = curvature(np.array([[[2.0, -3.0]]]))
    np.testing.assert_array_equal(values, [[2.0, -3.0]])
    np.testing.assert_array_equal(sharpest, [[1.0, 1.0]])


@pytest.mark.parametrize("n", [1, 2, 3])
def test_that_nan_goes_through_and_leaves_its_neighbours_alone(n):
    hessian = np.tile(np.eye(n)[..., None], (1, 1, 3))
    hessian[..., 1] = np.nan
    values, sharpest = curvature(hessian)
    assert values.shape == sharpest.shape == (n, 3)
    assert np.all(np.isnan(values[:, 1]))
    np.testing.assert_array_equal(values[:, [0, 2]], 1.0)


@pytest.mark.parametrize("n", [2, 3])
def test_that_a_batch_of_any_shape_is_taken(n):
    random = np.random.Generator(np.random.PCG64(2))
    matrices = random.normal(size=(n, n, 4, 5))
    matrices = matrices + matrices.transpose(1, 0, 2, 3)
    values, sharpest = curvature(matrices)
    assert values.shape == sharpest.shape == (n, 4, 5)
    for i, j in np.ndindex(4, 5):
        np.testing.assert_allclose(values[:, i, j], np.linalg.eigvalsh(matrices[:, :, i, j]), rtol=1e-10, atol=1e-12)


# Which parameters move


def test_that_free_parameters_are_found_by_name(refused):
    surface = births()
    assert free_indices(surface, None) == (0, 1)
    assert free_indices(surface, ("b",)) == (1,)
    assert free_indices(surface, "w") == (0,)
    assert free_indices(surface, ["b", "w"]) == (0, 1)
    for names, said in [((), "at least one parameter"), (("c",), "'c' is not a parameter"), (5, "free must name")]:
        with refused(said):
            free_indices(surface, names)


# The numbers of the lecture


def test_that_the_default_surface_allows_rates_up_to_743():
    at = lv.stability(births(), lv.optimizer("gradient_descent"), at=(0.0, 0.0))
    assert at.sharpness == pytest.approx(2.692, abs=5e-4)
    assert at.condition_number == pytest.approx(6.5, abs=0.05)
    assert at.limit == pytest.approx(0.743, abs=5e-4)
    assert at.zigzag == pytest.approx(at.limit / 2)
    assert at.fastest == pytest.approx(2 / (0.415 + 2.692), abs=5e-4)
    assert (at.best_momentum, at.best_rate) == (None, None)
    assert 0.71 / at.limit == pytest.approx(0.956, abs=5e-4)
    assert 0.765 / at.limit == pytest.approx(1.03, abs=5e-3)


def test_that_free_parameters_alone_make_the_numbers():
    surface = births()
    at = lv.stability(surface, lv.optimizer("gradient_descent"), at=(0.0, 0.0), free=("b",))
    assert at.sharpness == 2.0
    assert at.condition_number == 1.0
    assert (at.zigzag, at.fastest, at.limit) == (0.5, 0.5, 1.0)


def test_that_momentum_gets_polyaks_best_pair_and_no_zigzag():
    surface = births()
    at = lv.stability(surface, lv.optimizer("momentum", momentum=0.5), at=(0.0, 0.0))
    low, high = np.linalg.eigvalsh(surface.hessian(0.0, 0.0))
    assert at.limit == pytest.approx(3.0 / high)
    assert at.best_momentum == pytest.approx(((np.sqrt(high / low) - 1) / (np.sqrt(high / low) + 1)) ** 2)
    assert at.best_rate == pytest.approx((2 / (np.sqrt(low) + np.sqrt(high))) ** 2)
    assert (at.zigzag, at.fastest) == (None, None)


def test_that_nothing_is_said_where_nothing_exact_is_known():
    at = lv.stability(births(), lv.optimizer("adam"), at=(0.0, 0.0))
    assert at.sharpness > 0
    assert (at.limit, at.zigzag, at.fastest, at.best_momentum, at.best_rate) == (None,) * 5


def test_that_a_flat_direction_leaves_no_fastest_rate(fitted):
    # far out on a logistic surface nothing is curved
    surface = fitted([-1000.0, 1000.0], [0.0, 1.0], model="logistic")
    at = lv.stability(surface, lv.optimizer("gradient_descent"), at=(5.0, 0.0))
    assert math.isnan(at.condition_number)
    assert at.fastest is None
    assert at.limit is None


def test_that_the_sharpness_of_a_kink_is_not_a_number(fitted):
    surface = fitted([0.0, 1.0, 2.0], [1.0, 3.0, 5.0], loss="rmse")
    at = lv.stability(surface, lv.optimizer("gradient_descent"), at=(2.0, 1.0))
    assert math.isnan(at.sharpness)
    assert at.limit is None


# The limits are what happens


def random_quadratic(fitted, seed):
    random = np.random.Generator(np.random.PCG64(seed))
    rows = 12
    x = random.normal(random.normal(), 10 ** random.uniform(-0.5, 0.5), rows)
    return fitted(x, random.normal(size=rows)), random


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("name", "hyperparameters"),
    [
        ("gradient_descent", {}),
        ("momentum", {"momentum": 0.3}),
        ("momentum", {"momentum": 0.8}),
        ("nesterov", {"momentum": 0.3}),
        ("nesterov", {"momentum": 0.8}),
    ],
)
def test_that_a_run_just_below_the_limit_sinks_and_one_just_above_it_grows(fitted, name, hyperparameters, seed):
    surface, random = random_quadratic(fitted, seed)
    minimum = np.array(surface.known_minimum)
    limit = lv.stability(surface, lv.optimizer(name, **hyperparameters), at=tuple(minimum)).limit
    start = minimum + random.normal(size=2)

    rule = lv.optimizer(name, learning_rate=np.array([0.999, 1.001]) * limit, **hyperparameters)
    run = lv.descend(surface, rule, start, 5_000)
    # along the sharpest direction alone, as the run sinks in the other one for long
    sharpest = np.linalg.eigh(surface.hessian(*minimum))[1][:, 1]
    below, above = np.abs(np.einsum("tik,i->kt", run.path - minimum[:, None], sharpest))
    assert np.max(below[-100:]) < 1e-3 * np.max(below[:100])
    assert np.max(above[-100:]) > 1e3 * np.max(above[:100])
