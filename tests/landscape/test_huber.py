import numpy as np
import pytest

import lossviz as lv


def loss(x, y, w, b):
    r = np.abs(np.multiply.outer(w, x) + np.asarray(b)[..., None] - y)
    return np.mean(np.where(r <= 1.0, r * r / 2.0, r - 0.5), axis=-1)


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("scale", [0.1, 1.0, 30.0, 3000.0])
def test_that_no_neighbour_of_the_minimum_is_lower_however_few_residuals_are_within_1(fitted, seed, scale):
    random = np.random.Generator(np.random.PCG64(seed))
    rows = random.integers(4, 40)
    x = random.normal() * 100 + 10 ** random.uniform(-2, 2) * random.normal(size=rows)
    y = scale * random.standard_t(2, rows)
    penalty = [{}, {"l1": 0.1 * scale}, {"l2": 0.1}, {"l1": 0.01, "l2": 0.01}][seed % 4]
    surface = fitted(x, y, loss="huber", **penalty)
    minimum = surface.known_minimum
    assert minimum is not None or scale == 3000.0 or rows % 2 == 0
    if minimum is None:
        return
    turn = np.linspace(0, 2 * np.pi, 61)
    for radius in (1e-6, 1e-3, 1.0):
        w = minimum[0] + radius * np.cos(turn) / np.std(x)
        b = minimum[1] + radius * np.sin(turn) - (w - minimum[0]) * np.mean(x)
        assert np.all(surface.loss(w, b) >= surface.loss(*minimum) * (1 - 1e-13))


def test_that_residuals_within_1_alone_make_it_least_squares(fitted):
    random = np.random.Generator(np.random.PCG64(1))
    x = random.normal(size=50)
    y = 0.3 * x + 0.1 * random.normal(size=50)
    assert fitted(x, y, loss="huber").known_minimum == pytest.approx(fitted(x, y).known_minimum, rel=1e-12)


def test_that_an_outlier_pulls_no_more_than_one_at_distance_1():
    x = np.arange(10.0)
    y = 2.0 * x + 1.0
    lines = []
    for far in (50.0, 5e6):
        y[9] = far
        data = lv.Dataset("made", {"x": x, "y": y})
        lines.append(lv.fit(data, feature="x", label="y", loss="huber").known_minimum)
    assert lines[0] == pytest.approx(lines[1], rel=1e-9)


def test_that_a_valley_floor_that_is_level_has_no_single_minimum(fitted):
    # two samples at each x, 10 apart: any line well between them is equally good
    assert fitted([0.0, 0.0, 1.0, 1.0], [0.0, 10.0, 0.0, 10.0], loss="huber").known_minimum is None
    # and where they are 1.5 apart only the middle is
    close = fitted([0.0, 0.0, 1.0, 1.0], [0.0, 1.5, 0.0, 1.5], loss="huber")
    assert close.known_minimum == pytest.approx((0.0, 0.75), abs=1e-14)
    assert close.loss(0.0, 0.75) == pytest.approx(0.75**2 / 2)


@pytest.mark.parametrize("penalty", [{}, {"l1": 0.02}, {"l2": 0.5}], ids=str)
def test_that_many_samples_have_the_minimum_of_no_slope(fitted, penalty):
    random = np.random.Generator(np.random.PCG64(2))
    x = random.normal(size=50_000)
    surface = fitted(x, x + random.standard_t(2, 50_000), loss="huber", domain=((0, 1), (0, 1)), **penalty)
    np.testing.assert_allclose(surface.gradient(*surface.known_minimum), 0.0, atol=1e-14)
