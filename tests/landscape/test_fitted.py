"""What holds for the loss of any model: it is a plain mean over samples, and its derivatives are derivatives."""

import numpy as np
import pytest

import lossviz as lv
from lossviz.landscape.objective import Objective, Surface

NAMES = ["mse", "rmse", "mae", "huber", "cross_entropy", "squared_error", "hinge"]
BINARY = ("cross_entropy", "squared_error", "hinge")
CORNERS = {"mae": [0.0], "huber": [-1.0, 1.0], "hinge": [-1.0, 1.0]}


def surface_of(name, **arguments):
    data = lv.dataset("birthwt")
    if name in BINARY:
        return lv.fit(data, feature="(lwt - 130)/30", label="low", model="logistic", loss=name, **arguments)
    return lv.fit(data, feature="(age - 18)/10", label="bwt/1000", model="linear", loss=name, **arguments)


@pytest.fixture(params=NAMES)
def surface(request):
    return surface_of(request.param)


def costs(name, z, y):
    """The costs as the definition of the loss says them."""
    if name in ("mse", "rmse"):
        return (z - y) ** 2
    return {
        "mae": lambda: np.abs(z - y),
        "huber": lambda: np.where(np.abs(z - y) <= 1.0, 0.5 * (z - y) ** 2, np.abs(z - y) - 0.5),
        "cross_entropy": lambda: np.logaddexp(0.0, z) - y * z,
        "squared_error": lambda: (1.0 / (1.0 + np.exp(-z)) - y) ** 2,
        "hinge": lambda: np.maximum(0.0, 1.0 - np.where(y == 1.0, z, -z)),
    }[name]()


def plain(surface, w, b):
    """The loss as its definition says it, samples in blocks, shape of w and b together."""
    w, b = np.broadcast_arrays(w, b)
    total, x, y = np.zeros(w.shape), surface.data.x, surface.data.y
    for block in np.array_split(np.arange(len(x)), 7):
        z = w[..., None] * x[block] + b[..., None]
        total += np.sum(costs(surface.measure.name, z, y[block]), axis=-1)
    mean = total / len(x)
    return np.sqrt(mean) if surface.measure.name == "rmse" else mean


def points(count, seed=1):
    return np.random.Generator(np.random.PCG64(seed)).uniform(-4.0, 4.0, (2, count))


def off_corners(surface, w, b):
    """Those of the points where no sample is near a corner of its cost."""
    z = w[:, None] * surface.data.x + b[:, None]
    away = z if surface.measure.name == "hinge" else z - surface.data.y
    far = np.ones(len(w), dtype=bool)
    for corner in CORNERS.get(surface.measure.name, []):
        far &= np.min(np.abs(away - corner), axis=1) > 1e-4
    assert np.count_nonzero(far) > 5
    return w[far], b[far]


def test_that_it_is_a_surface(surface):
    assert isinstance(surface, Surface)
    assert isinstance(surface, Objective)
    assert surface.parameters == ("w", "b")
    assert surface.samples == 189
    assert surface.smooth == (surface.measure.name not in CORNERS)


def test_that_the_loss_is_the_mean_over_the_samples(surface):
    w, b = points(40)
    np.testing.assert_allclose(surface.loss(w, b), plain(surface, w, b), rtol=1e-13)


def test_that_the_gradient_is_that_of_central_differences(surface):
    w, b = off_corners(surface, *points(40))
    h = 1e-5
    expected = [
        (surface.loss(w + h, b) - surface.loss(w - h, b)) / (2 * h),
        (surface.loss(w, b + h) - surface.loss(w, b - h)) / (2 * h),
    ]
    np.testing.assert_allclose(surface.gradient(w, b), expected, rtol=1e-7, atol=1e-8)


def test_that_the_hessian_is_that_of_central_differences_of_the_gradient(surface):
    w, b = off_corners(surface, *points(40))
    h = 1e-5
    expected = [
        (surface.gradient(w + h, b) - surface.gradient(w - h, b)) / (2 * h),
        (surface.gradient(w, b + h) - surface.gradient(w, b - h)) / (2 * h),
    ]
    np.testing.assert_allclose(surface.hessian(w, b), expected, rtol=1e-7, atol=1e-8)


def test_that_value_and_gradient_are_the_loss_and_the_gradient(surface):
    theta = points(12).reshape(2, 3, 4)
    value, gradient = surface.value_and_gradient(theta)
    np.testing.assert_allclose(value, surface.loss(*theta), rtol=1e-14)
    np.testing.assert_array_equal(gradient, surface.gradient(*theta))


def test_that_the_hessian_vector_product_is_the_hessian_times_the_vector(surface):
    theta, v = points(6), points(6, seed=2)
    hessian = surface.hessian(*theta)
    for k in range(6):
        np.testing.assert_allclose(
            surface.hessian_vector(theta, v)[:, k], hessian[:, :, k] @ v[:, k], rtol=1e-12, atol=1e-15
        )


@pytest.mark.parametrize(
    ("w", "b", "shape"),
    [
        (0.5, -0.25, ()),
        (np.float64(0.5), np.array(1.0), ()),
        (1, 2, ()),
        ([0.0, 1.0], 2.0, (2,)),
        (np.zeros((3, 1)), np.zeros(4), (3, 4)),
        (np.zeros((0,)), 1.0, (0,)),
        (np.zeros((2, 3, 4)), np.zeros((3, 1)), (2, 3, 4)),
    ],
)
def test_that_loss_gradient_and_hessian_broadcast(surface, w, b, shape):
    assert np.shape(surface.loss(w, b)) == shape
    assert surface.gradient(w, b).shape == (2, *shape)
    assert surface.hessian(w, b).shape == (2, 2, *shape)


def test_that_a_batch_of_points_has_the_values_of_single_points(surface):
    w, b = points(30)
    for k in range(30):
        np.testing.assert_allclose(surface.loss(w, b)[k], surface.loss(w[k], b[k]), rtol=1e-14)
        np.testing.assert_allclose(surface.gradient(w, b)[:, k], surface.gradient(w[k], b[k]), rtol=1e-12)
        np.testing.assert_allclose(surface.hessian(w, b)[..., k], surface.hessian(w[k], b[k]), rtol=1e-12)


def test_that_many_points_are_summed_in_blocks_without_a_seam(surface):
    w, b = points(2_000)
    np.testing.assert_allclose(surface.loss(w, b), plain(surface, w, b), rtol=1e-12)
    value, gradient = surface.value_and_gradient(np.array([w, b]))
    np.testing.assert_allclose(value, surface.loss(w, b), rtol=1e-14)
    np.testing.assert_allclose(gradient[:, ::37], surface.gradient(w[::37], b[::37]), rtol=1e-11)


def test_that_the_grid_holds_the_loss_of_each_point(surface):
    grid = surface.grid(37)
    assert grid.loss.shape == (37, 37)
    assert (grid.w[0], grid.w[-1], grid.b[0], grid.b[-1]) == (*surface.domain.w, *surface.domain.b)
    np.testing.assert_allclose(grid.loss, surface.loss(grid.w[:, None], grid.b[None, :]), rtol=1e-13)
    np.testing.assert_allclose(grid.loss[3, 30], plain(surface, grid.w[3], grid.b[30]), rtol=1e-12)


def test_that_the_grid_is_a_generator_underneath(surface):
    parts = []
    work = surface.gridding(9)
    while True:
        try:
            parts.append(next(work))
        except StopIteration as done:
            grid = done.value
            break
    assert parts == sorted(parts)
    assert 0.0 <= parts[0] <= parts[-1] <= 1.0
    np.testing.assert_array_equal(grid.loss, surface.grid(9).loss)


def test_that_a_grid_of_one_point_is_refused(surface, refused):
    with refused("at least 2 points"):
        surface.grid(1)


def test_that_a_slice_runs_across_the_domain(surface, refused):
    w, along_w = surface.slice("w", (9.0, 0.5), 11)
    b, along_b = surface.slice("b", (0.5, 9.0), 11)
    assert (w[0], w[-1]) == surface.domain.w
    assert (b[0], b[-1]) == surface.domain.b
    np.testing.assert_array_equal(along_w, surface.loss(w, 0.5))
    np.testing.assert_array_equal(along_b, surface.loss(0.5, b))
    with refused("a slice runs along 'w' or 'b', not 'c'"):
        surface.slice("c", (0.0, 0.0), 11)


def test_that_a_mini_batch_is_the_loss_of_its_samples_alone(surface):
    chosen = [3, 3, 100, 7]
    batch = surface.batch(chosen)
    assert batch.samples == 4
    w, b = points(5)
    z = w[:, None] * surface.data.x[chosen] + b[:, None]
    y = surface.data.y[chosen]
    expected = np.mean(costs(surface.measure.name, z, y), axis=1)
    if surface.measure.name == "rmse":
        expected = np.sqrt(expected)
    np.testing.assert_allclose(batch.loss(w, b), expected, rtol=1e-13)
    assert batch.domain == surface.domain


def test_that_mini_batches_of_all_samples_have_the_full_gradient_as_their_mean():
    for name in NAMES:
        if name == "rmse":
            continue
        surface = surface_of(name)
        parts = [surface.batch(part) for part in np.arange(189).reshape(7, 27)]
        mean = np.mean([part.gradient(0.3, -0.2) for part in parts], axis=0)
        np.testing.assert_allclose(mean, surface.gradient(0.3, -0.2), rtol=1e-12)


@pytest.mark.parametrize("indices", [[], [189], [-1], [0.5], [True, False], [[0, 1]], np.zeros(189, dtype=bool), "ab"])
def test_that_what_are_no_sample_numbers_is_refused(surface, refused, indices):
    with refused("batch"):
        surface.batch(indices)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "squared_error"])
def test_that_the_minimum_has_no_lower_neighbour_and_no_slope_but_at_a_corner(name):
    surface = surface_of(name)
    w, b = surface.known_minimum
    if name not in ("mae", "hinge"):
        np.testing.assert_allclose(surface.gradient(w, b), 0.0, atol=1e-14)
    for turn in np.linspace(0, 2 * np.pi, 16):
        assert surface.loss(w + 1e-3 * np.cos(turn), b + 1e-3 * np.sin(turn)) > surface.loss(w, b)


@pytest.mark.parametrize("name", ["mse", "rmse", "cross_entropy"])
def test_that_the_default_domain_is_centred_at_the_minimum(name):
    surface = surface_of(name)
    np.testing.assert_allclose(surface.domain.centre, surface.known_minimum, rtol=1e-12)
    assert surface.domain.contains(*surface.known_minimum)


def test_that_all_losses_of_a_model_are_looked_at_on_the_same_domain():
    for usual, others in (("mse", ["rmse", "mae", "huber"]), ("cross_entropy", ["squared_error", "hinge"])):
        domain = surface_of(usual).domain
        for name in others:
            surface = surface_of(name)
            assert surface.domain == domain
            assert surface.known_minimum is None or domain.contains(*surface.known_minimum)


def test_that_a_given_domain_is_kept():
    assert surface_of("mse", domain=((0, 1), (2, 3))).domain == lv.Domain((0, 1), (2, 3))
    assert surface_of("rmse", domain=lv.Domain((0, 1), (2, 3))).domain == lv.Domain((0, 1), (2, 3))


def test_that_predictions_are_the_models():
    x = np.array([0.0, 1.0])
    np.testing.assert_allclose(surface_of("rmse").predict(x, 2.0, 3.0), [3, 5])
    np.testing.assert_allclose(surface_of("cross_entropy").predict(x, 0.0, 0.0), [0.5, 0.5])
