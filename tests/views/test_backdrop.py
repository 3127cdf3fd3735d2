from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QVector4D

from lossviz.experiment import load
from lossviz.jobs.tasks import scene_of
from lossviz.scene.camera import CORNERS, Camera
from lossviz.scene.mesh import Mesh
from lossviz.scene.style import DARK, LIGHT, STYLES, Style, rgb
from lossviz.views.backdrop import Shot, cell_colours, floor_colour
from lossviz.views.backdrop_opengl import clip_matrix, renderer_text
from lossviz.views.backdrop_painter import painted_backdrop


@cache
def mesh() -> Mesh:
    return scene_of(load("four-learning-rates")).mesh


def shot(camera: Camera, size: tuple[float, float] = (400.0, 300.0), ratio: float = 1.0, style: Style = LIGHT) -> Shot:
    return Shot(mesh(), camera, *camera.fit(*size), size, ratio, style, 1.0)


@given(
    azimuth=st.floats(-360, 360),
    elevation=st.floats(5, 90),
    zoom=st.floats(0.2, 5),
    pan=st.tuples(st.floats(-3, 3), st.floats(-3, 3)),
    ratio=st.sampled_from([1.0, 1.25, 1.5, 2.0]),
    width=st.floats(200, 2000),
)
def test_that_opengl_puts_points_where_the_camera_has_them(azimuth, elevation, zoom, pan, ratio, width):
    taken = shot(Camera(azimuth, elevation, zoom, pan), (width, 300.0), ratio)
    matrix, device = clip_matrix(taken), np.array(taken.device_size)
    for corner, expected in zip(CORNERS, taken.pixels(CORNERS) * ratio, strict=True):
        x, y, z, w = matrix.map(QVector4D(*corner.tolist(), 1.0)).toTuple()
        assert w > 0
        assert -1 < z / w < 1
        place = device * [(x / w + 1) / 2, (1 - y / w) / 2]
        # OpenGL counts in float32
        np.testing.assert_allclose(place, expected, atol=2e-6 * np.abs(expected).max() + 2e-3)


def test_that_what_is_nearer_has_less_depth():
    camera = Camera(-38, 36)
    matrix = clip_matrix(shot(camera))
    depths = []
    for part in (-1.4, -0.5, 0.0, 0.5, 1.4):
        _, _, z, w = matrix.map(QVector4D(*(part * camera.toward_eye).tolist(), 1.0)).toTuple()
        depths.append(z / w)
    assert np.all(np.diff(depths) < 0)


@pytest.mark.parametrize(
    ("version", "renderer", "embedded", "text"),
    [
        ("4.5 (Compatibility Profile) Mesa 22.3.6", "llvmpipe (LLVM 15.0.6, 256 bits)", False, "OpenGL 4.5, llvmpipe"),
        ("4.6.0 NVIDIA 550.54", "NVIDIA GeForce RTX 3060/PCIe/SSE2", False, "OpenGL 4.6, NVIDIA GeForce RTX 3060"),
        ("OpenGL ES 3.2 Mesa 24.0", "Mali-G57", True, "OpenGL ES 3.2, Mali-G57"),
        ("", "", False, "OpenGL"),
    ],
)
def test_that_what_draws_is_said_in_a_few_words(version, renderer, embedded, text):
    assert renderer_text(version, renderer, embedded) == text


@pytest.mark.parametrize("style", STYLES.values(), ids=lambda style: style.name)
def test_that_an_underside_is_told_from_the_surface(style):
    above, below = (colours.astype(float) for colours in cell_colours(mesh(), style))
    assert above.shape == below.shape == (len(mesh().cells), 3)
    # less colourful than the shades of the loss
    assert np.mean(np.ptp(below, axis=1)) < 0.6 * np.mean(np.ptp(above, axis=1))
    assert np.mean(np.abs(above - below).max(axis=1)) > 15


@pytest.mark.parametrize("style", [LIGHT, DARK], ids=lambda style: style.name)
def test_that_nothing_is_seen_through_the_outside_of_a_wall(style):
    camera = Camera(110, 9)
    taken = shot(camera, style=style)
    image = painted_backdrop(taken, 2)
    outside = np.flatnonzero(mesh().from_below(camera))
    assert len(outside) > 500
    # the near ones: what is farther is hidden behind them
    near = outside[np.isin(outside, mesh().order(camera)[-len(outside) // 4 :])]
    _, below = cell_colours(mesh(), style)
    places = taken.pixels(mesh().cells[near].mean(axis=1))
    opaque = right = 0
    for (x, y), cell in zip(places, near, strict=True):
        seen = image.pixelColor(int(x), int(y))
        opaque += seen.alpha() == 255
        right += np.abs(np.array([seen.red(), seen.green(), seen.blue()]) - below[cell]).max() <= 12
    # the others lie at its rim, or under a contour line
    assert opaque > 0.95 * len(near)
    assert right > 0.6 * len(near)


@pytest.mark.parametrize(("ratio", "size"), [(1.0, (400, 300)), (1.5, (600, 450))])
def test_that_a_backdrop_has_the_pixels_of_its_device(ratio, size):
    image = painted_backdrop(shot(Camera(-38, 36), ratio=ratio), 2)
    assert (image.width(), image.height()) == size
    assert image.devicePixelRatio() == ratio
    # nothing but floor and surface is painted
    assert image.pixelColor(0, 0).alpha() == 0
    corner = (shot(Camera(-38, 36)).pixels(np.array([0.9, -0.9, -0.5])) * ratio).tolist()
    seen = image.pixelColor(int(corner[0]), int(corner[1]))
    assert (seen.red(), seen.green(), seen.blue()) == rgb(floor_colour(LIGHT))
