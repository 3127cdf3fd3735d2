import numpy as np
import pytest

import lossviz as lv
from lossviz.jobs.tasks import scene_of
from lossviz.scene.camera import TOP, Camera
from lossviz.scene.heights import Heights, heights_for
from lossviz.scene.mesh import build_mesh, in_box


def grid_of(function, n=65):
    w, b = np.linspace(-1, 1, n), np.linspace(-1, 1, n)
    return lv.Grid(w, b, function(w[:, None], b[None, :]) * np.ones((n, n)))


def mesh_of(function, n=65, cells=64, start=np.nan, kind="linear"):
    grid = grid_of(function, n)
    heights = heights_for(grid, start, kind)
    return build_mesh(grid, heights, cells), heights, grid


def bump(w, b):
    return np.exp(-8 * (w**2 + b**2))


SURFACES = {
    "bowl": lambda w, b: w**2 + 3 * b**2,
    "steep": lambda w, b: 50 * w**2 + b**2,
    "bump": bump,
    "saddle": lambda w, b: w**2 - b**2,
    "ravine": lambda w, b: (w - b) ** 2 + 1e-3 * w**2,
    "holes": lambda w, b: np.where((w > 0.3) & (b < 0.1), np.nan, w**2 + b**2),
    "flat": lambda w, b: 0.0 * w * b + 3.0,
}


@pytest.mark.parametrize("kind", ["linear", "log", "rank"])
@pytest.mark.parametrize("name", SURFACES)
def test_that_no_cell_is_higher_than_the_ceiling_or_outside_the_box(name, kind):
    mesh, _, _ = mesh_of(SURFACES[name], kind=kind)
    assert mesh.cells.shape[1:] == (6, 3)
    assert len(mesh.sides) == len(mesh.middle) == len(mesh.cells)
    assert len(mesh.cells) > 100
    assert np.all(np.isfinite(mesh.cells))
    assert np.max(mesh.cells[..., 2]) <= TOP + 1e-12
    assert np.min(mesh.cells[..., 2]) >= -TOP - 1e-9
    assert np.max(np.abs(mesh.cells[..., :2])) <= 1.0 + 1e-12


@pytest.mark.parametrize("name", SURFACES)
def test_that_every_cell_has_a_shade_and_an_upward_normal(name):
    mesh, _, _ = mesh_of(SURFACES[name])
    assert len(mesh.shade) == len(mesh.normal) == len(mesh.cells)
    assert np.all((mesh.shade >= 0) & (mesh.shade <= 1))
    np.testing.assert_allclose(np.linalg.norm(mesh.normal, axis=1), 1.0)
    assert np.all(mesh.normal[:, 2] > 0)


def test_that_whole_cells_have_the_heights_of_the_grid():
    mesh, heights, grid = mesh_of(SURFACES["bowl"], n=9, cells=8)
    points = {(round(x, 9), round(y, 9)): z for x, y, z in mesh.cells.reshape(-1, 3)}
    for i, j in ((4, 4), (5, 4), (3, 3), (4, 2)):
        place = in_box(lv.Domain((-1, 1), (-1, 1)), heights, grid.w[i], grid.b[j], grid.loss[i, j])
        assert points[(round(float(place[0]), 9), round(float(place[1]), 9))] == pytest.approx(place[2])


def test_that_cells_at_the_ceiling_are_cut_off_cleanly():
    mesh, _, _ = mesh_of(SURFACES["steep"])
    z = mesh.cells[..., 2]
    cut = np.any(np.abs(z - TOP) < 1e-12, axis=1)
    assert np.any(cut)
    # the surface goes on below the cut, and ends in it
    assert np.all(np.min(z[cut], axis=1) < TOP)
    # a cut cell is part of the whole one, on its edges
    widths = np.ptp(mesh.cells[..., :2], axis=1)
    assert np.all(widths <= 2 / 64 + 1e-12)


def test_that_holes_are_left_open():
    mesh, _, _ = mesh_of(SURFACES["holes"])
    middle = mesh.cells[..., :2].mean(axis=1)
    assert not np.any((middle[:, 0] > 0.35) & (middle[:, 1] < 0.05))
    assert np.any((middle[:, 0] > 0.35) & (middle[:, 1] > 0.2))


@pytest.mark.parametrize(
    ("n", "cells", "expected"), [(65, 64, 64), (65, 32, 32), (65, 30, 32), (9, 96, 8), (193, 96, 96)]
)
def test_that_a_grid_with_more_points_is_thinned(n, cells, expected):
    mesh, _, _ = mesh_of(bump, n=n, cells=cells)
    assert len(mesh.x) == expected + 1
    assert (mesh.x[0], mesh.x[-1]) == (-1, 1)
    assert mesh.z.shape == (expected + 1, expected + 1)


def test_that_a_grid_of_two_points_is_a_mesh():
    mesh, _, _ = mesh_of(lambda w, b: w + b, n=2, cells=96)
    assert len(mesh.x) == 2
    assert len(mesh.cells) == 1


@pytest.mark.parametrize("name", ["bowl", "bump", "saddle", "holes"])
def test_that_contours_lie_on_the_surface_each_in_its_cell(name):
    mesh, heights, _ = mesh_of(SURFACES[name])
    assert len(mesh.contours) > 100
    assert len(mesh.owner) == len(mesh.contours)
    corners = mesh.cells[mesh.owner]
    low, high = corners.min(axis=1), corners.max(axis=1)
    middle = mesh.contours.mean(axis=1)
    step = 2 / 64
    assert np.all((middle[:, :2] >= low[:, :2] - step) & (middle[:, :2] <= high[:, :2] + step))
    # at the height of one of the levels
    z = TOP * (2 * heights.height(heights.levels) - 1)
    assert np.max(np.min(np.abs(mesh.contours[:, 0, 2, None] - z), axis=1)) < 1e-12
    np.testing.assert_array_equal(mesh.contours[:, 0, 2], mesh.contours[:, 1, 2])
    assert sum(len(line) - 1 for line in mesh.shadow) >= len(mesh.contours)


def test_that_contours_run_along_w_and_b_not_transposed():
    # levels of a function of w alone are lines of constant x
    mesh, _, _ = mesh_of(lambda w, b: w**2 + 0 * b)
    assert np.max(np.abs(mesh.contours[:, 0, 0] - mesh.contours[:, 1, 0])) < 1e-9


@pytest.mark.parametrize(
    ("heights", "sides", "area"),
    [
        ((0, 0, 0, 0), 4, 4.0),
        ((2, 0, 0, 0), 5, 3.5),
        ((2, 2, 0, 0), 4, 2.0),
        ((2, 2, 2, 0), 3, 0.5),
        ((2, 0, 2, 0), 6, 3.0),
        ((0, 2, 0, 2), 6, 3.0),
        # a wall that rises at once
        ((0, np.inf, 0, 0), 5, 2.0),
    ],
)
def test_that_a_cell_cut_at_the_ceiling_keeps_every_corner(heights, sides, area):
    # the corners go round: (w, b) = (low, low), (high, low), (high, high), (low, high)
    one, two, three, four = heights
    grid = lv.Grid(np.array([-1.0, 1.0]), np.array([-1.0, 1.0]), np.array([[one, four], [two, three]], dtype=float))
    mesh = build_mesh(grid, Heights("linear", 0.0, 1.0, 0.0, np.array([0.0, 1.0])), 1)
    assert mesh.sides.tolist() == [sides]
    corners = mesh.cells[0]
    assert np.all(np.isfinite(corners))
    assert np.all(np.isfinite(mesh.normal))
    assert len(np.unique(corners.round(12), axis=0)) == sides
    np.testing.assert_array_equal(corners[sides:], corners[[sides - 1] * (6 - sides)])
    np.testing.assert_array_equal(mesh.middle, [[0.0, 0.0]])
    # an edge is cut where it meets the ceiling: half way from 0 to 2
    x, y = corners[:, 0], corners[:, 1]
    assert 0.5 * abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) == pytest.approx(area, abs=1e-4)


def test_that_cells_are_painted_from_far_to_near():
    mesh, _, _ = mesh_of(bump, start=1.0)
    for azimuth in (-38, 0, 45, 100, 222):
        camera = Camera(azimuth, 36)
        distance = np.linalg.norm(mesh.middle - camera.eye[:2], axis=1)[mesh.order(camera)]
        assert np.all(np.diff(distance) <= 1e-12)
        assert sorted(mesh.order(camera)) == [*range(len(mesh.cells))]


def test_that_slopes_that_face_the_light_are_brighter():
    mesh, _, _ = mesh_of(bump, start=1.0)
    brightness, below = mesh.light, mesh.from_below(Camera(-38, 36))
    assert brightness.shape == mesh.light_below.shape == below.shape == (len(mesh.cells),)
    middle = mesh.cells.mean(axis=1)
    side = (np.hypot(middle[:, 0], middle[:, 1]) > 0.2) & (np.hypot(middle[:, 0], middle[:, 1]) < 0.3)
    toward = middle[:, :2] @ np.array([-0.35, -0.55]) > 0.1
    away = middle[:, :2] @ np.array([-0.35, -0.55]) < -0.1
    assert np.mean(brightness[side & toward]) > np.mean(brightness[side & away])
    # an underside is lit from where it looks to
    assert np.mean(mesh.light_below[side & toward]) < np.mean(mesh.light_below[side & away])
    # the far side of a hill seen from low down shows its back
    back = mesh.from_below(Camera(-38, 8))
    assert np.any(back)
    assert np.sum(back) > np.sum(below)


@pytest.mark.parametrize("azimuth", [-90.0, 0.0, 33.0, 180.0])
def test_that_a_hill_hides_what_is_behind_it_and_nothing_before_it(azimuth):
    mesh, heights, _ = mesh_of(bump, start=1.0)
    camera = Camera(azimuth, elevation=12)
    toward = camera.toward_eye[:2] / np.linalg.norm(camera.toward_eye[:2])
    aside = np.array([-toward[1], toward[0]])
    domain = lv.Domain((-1, 1), (-1, 1))

    def place(way, side=0.0):
        w, b = way * toward + side * aside
        return in_box(domain, heights, w, b, bump(w, b))

    points = np.array([place(-0.75), place(0.75), place(0.0), place(-0.1, 0.85), place(0.5), place(-0.6)])
    assert mesh.hidden(points, camera).tolist() == [True, False, False, False, False, True]


@pytest.mark.parametrize(("slope", "hidden"), [(0.5, True), (0.8, True), (0.9, True), (1.3, False), (1.6, False)])
def test_that_a_ridge_hides_its_far_side_exactly_where_the_line_of_sight_cuts_it(slope, hidden):
    # a tent of slope 1: from its far side the eye is seen over the ridge where it stands steeper than that
    mesh, _, _ = mesh_of(lambda w, b: 1.0 - np.abs(w) + 0.0 * b, start=1.0)
    camera = Camera(azimuth=0.0, elevation=float(np.degrees(np.arctan(slope))))
    toward = camera.eye - np.array([-0.5, 0.0, 0.0])
    assert (toward[2] / toward[0] < 1.0) == hidden
    assert mesh.hidden(np.array([[-0.5, 0.0, 0.0], [0.5, 0.0, 0.0]]), camera).tolist() == [hidden, False]


def test_that_from_above_a_hill_hides_nothing():
    mesh, heights, _ = mesh_of(bump, start=1.0)
    w, b = np.meshgrid(np.linspace(-0.9, 0.9, 15), np.linspace(-0.9, 0.9, 15))
    points = in_box(lv.Domain((-1, 1), (-1, 1)), heights, w, b, bump(w, b)).reshape(-1, 3)
    assert not np.any(mesh.hidden(points, Camera(20, 90)))


def test_that_what_is_below_the_surface_is_hidden_and_what_flies_above_is_not():
    mesh, _, _ = mesh_of(SURFACES["bowl"])
    under, above = np.array([[0.0, 0.6, -TOP], [0.3, 0.3, TOP]])
    assert mesh.hidden(np.array([under, above]), Camera(90, 20)).tolist() == [True, False]


def test_that_holes_hide_nothing():
    mesh, _, _ = mesh_of(lambda w, b: np.where(np.abs(w) < 0.5, np.nan, bump(w, b)), start=1.0)
    assert not np.any(mesh.hidden(np.array([[0.0, -0.9, -TOP], [0.0, 0.9, -TOP]]), Camera(90, 12)))


def test_that_the_box_has_the_corners_of_the_domain():
    scene = scene_of(lv.load("four-learning-rates"), resolution=9)
    domain, heights = scene.surface.domain, scene.heights
    corner = in_box(domain, heights, domain.w[0], domain.b[1], heights.ceiling)
    np.testing.assert_allclose(corner, [-1, 1, TOP])
    np.testing.assert_allclose(in_box(domain, heights, *domain.centre, heights.floor), [0, 0, -TOP], atol=1e-15)
    assert in_box(domain, heights, np.zeros((2, 3)), np.zeros((2, 3)), np.ones((2, 3))).shape == (2, 3, 3)


def test_that_a_bottomless_pit_is_a_hole():
    def pit(w, b):
        with np.errstate(divide="ignore"):
            return np.where(np.abs(w) < 1e-12, -np.inf, w**2 + b**2)

    mesh, _, _ = mesh_of(pit)
    assert np.all(np.isfinite(mesh.cells))
    assert len(mesh.cells) < 64 * 64
