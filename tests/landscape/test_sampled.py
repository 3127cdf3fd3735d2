import hashlib

import numpy as np
import pytest

import lossviz as lv
from lossviz.landscape.sampled import reading_surface
from lossviz.landscape.work import completed

HIMMELBLAU = lv.surface("himmelblau")


@pytest.fixture
def sampled(tmp_path):
    """A surface read from samples of another one on n × m points of its domain, those in `holes` missing."""

    def from_samples(surface, n, m, holes=(), domain=None):
        w, b = np.linspace(*surface.domain.w, n), np.linspace(*surface.domain.b, m)
        loss = surface.loss(w[:, None], b)
        for hole in holes:
            loss[hole] = np.nan
        path = tmp_path / "mine.npz"
        np.savez(path, w=w, b=b, loss=loss)
        return lv.load_surface(path, domain)

    return from_samples


def test_that_a_sampled_surface_is_a_surface(sampled):
    surface = sampled(HIMMELBLAU, 21, 31)
    assert isinstance(surface, lv.Surface)
    assert (surface.title, surface.formula, surface.samples, surface.known_minimum) == ("mine.npz", "", None, None)
    assert surface.domain == HIMMELBLAU.domain
    assert surface.sampled.loss.shape == (21, 31)
    assert surface.missing == 0
    assert surface.axis_names == ("w", "b")
    with pytest.raises(ValueError, match="no samples"):
        surface.batch([0])


@pytest.mark.parametrize(("name", "within"), [("himmelblau", 1e-3), ("sphere", 1e-12), ("rosenbrock", 1e-3)])
def test_that_41_points_an_axis_give_a_smooth_function_back(sampled, name, within):
    function = lv.surface(name)
    surface = sampled(function, 41, 41)
    grid, expected = surface.grid(97), function.grid(97)
    assert np.max(np.abs(grid.loss - expected.loss)) < within * np.ptp(expected.loss)


def test_that_every_shape_is_answered_in_its_own(sampled):
    surface = sampled(HIMMELBLAU, 11, 12)
    assert surface.loss(1.0, 2.0).shape == ()
    assert surface.gradient(1.0, 2.0).shape == (2,)
    assert surface.hessian(1.0, 2.0).shape == (2, 2)
    assert surface.loss(np.zeros((3, 1)), np.zeros(4)).shape == (3, 4)
    assert surface.value_and_gradient(np.zeros((2, 5, 6)))[1].shape == (2, 5, 6)
    assert surface.hessian(np.zeros((0,)), 1.0).shape == (2, 2, 0)
    assert surface.slice("b", (1.0, 0.0), 9)[1].shape == (9,)


def test_that_the_edge_belongs_to_it_and_nothing_is_known_beyond(sampled):
    surface = sampled(HIMMELBLAU, 11, 12)
    (low, high), (first, last) = surface.domain.w, surface.domain.b
    corners = np.array([[low, low, high, high], [first, last, first, last]])
    assert surface.loss(*corners) == pytest.approx(HIMMELBLAU.loss(*corners))
    for w, b in [(np.nextafter(low, -9), first), (high, last + 1e-9), (np.nan, 0.0), (0.0, np.inf)]:
        assert np.isnan(surface.loss(w, b))
        assert np.all(np.isnan(surface.gradient(w, b)))
        assert np.all(np.isnan(surface.hessian(w, b)))
        assert not surface.covers(w, b)
    assert surface.covers(high, last)


def test_that_around_a_missing_loss_nothing_is_known(sampled):
    surface = sampled(HIMMELBLAU, 21, 21, holes=[(10, 10)])
    w, b = surface.sampled.w, surface.sampled.b
    assert surface.missing == 1
    near, far = (w[8] + w[9]) / 2, (w[6] + w[7]) / 2
    assert not surface.covers(near, b[10])
    assert surface.covers(far, b[10])
    assert surface.loss(far, b[10]) == pytest.approx(HIMMELBLAU.loss(far, b[10]), rel=1e-2)
    assert np.all(np.isnan(surface.hessian(near, b[10])))


def test_that_a_part_of_the_grid_can_be_looked_at(sampled, refused):
    surface = sampled(HIMMELBLAU, 21, 21, domain=((0, 4), (1.0, 3.0)))
    assert surface.domain == lv.Domain((0, 4), (1, 3))
    # what is known beside it is not forgotten
    assert surface.covers(-1.0, 0.0)
    with refused("domain b must lie within the grid, from −5 to 5, not from 0 to 6."):
        sampled(HIMMELBLAU, 21, 21, domain=((0, 4), (0.0, 6.0)))


def test_that_a_descent_on_samples_ends_where_it_does_on_the_function(sampled):
    surface = sampled(HIMMELBLAU, 61, 61)
    ends = [
        lv.descend(s, lv.optimizer("gradient_descent", learning_rate=0.01), (1.0, 1.0), 200)
        for s in (surface, HIMMELBLAU)
    ]
    assert ends[0].path[-1] == pytest.approx(ends[1].path[-1], abs=1e-3)


def test_that_its_minima_are_found(sampled):
    found = lv.stationary_points(sampled(HIMMELBLAU, 61, 61))
    minima = sorted(point.position for point in found if point.kind == "minimum")
    expected = sorted((minimum.w, minimum.b) for minimum in HIMMELBLAU.minima)
    assert np.array(minima) == pytest.approx(np.array(expected), abs=1e-3)


def test_that_another_file_than_before_is_refused_and_progress_only_grows(tmp_path, refused):
    path = tmp_path / "mine.npz"
    np.savez(path, w=np.arange(300.0), b=np.arange(300.0), loss=np.ones((300, 300)))
    right = hashlib.sha256(path.read_bytes()).hexdigest()
    parts = list(reading_surface(path, sha256=right))
    assert parts == sorted(parts)
    assert 0.0 < parts[0] < parts[-1] <= 1.0
    with refused("mine.npz is not the file it was: its sha256 differs."):
        completed(reading_surface(path, sha256=right[::-1]))
