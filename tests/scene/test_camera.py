import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossviz.experiment import ViewSection, check, load
from lossviz.scene.camera import CORNERS, DISTANCE, PRESETS, TOP, Camera

angles = {"azimuth": st.floats(-360, 360), "elevation": st.floats(5, 90)}


@given(**angles, width=st.floats(160, 4000), height=st.floats(160, 4000))
def test_that_the_box_fits_into_the_picture_from_everywhere(azimuth, elevation, width, height):
    camera = Camera(azimuth, elevation)
    scale, shift = camera.fit(width, height)
    corners = camera.plane(CORNERS) * scale + shift
    slack = 1e-4 * max(width, height)
    assert np.all(corners >= -slack)
    assert np.all(corners <= np.array([width, height]) + slack)


@given(**angles)
def test_that_the_box_fills_the_picture_from_some_side(azimuth, elevation):
    scale, shift = Camera(azimuth, elevation).fit(1280, 720)
    turned = [Camera(turn, elevation).plane(CORNERS) * scale + shift for turn in range(0, 360, 5)]
    gaps = [np.min(turned, axis=(0, 1)), [1280, 720] - np.max(turned, axis=(0, 1))]
    # two opposite edges are touched
    assert min(np.max(np.array(gaps), axis=0)) < 2.0


@given(**angles)
def test_that_the_box_does_not_pulse_while_it_is_turned(azimuth, elevation):
    scale, shift = Camera(azimuth, elevation).fit(1280, 720)
    other, place = Camera(azimuth + 77.7, elevation).fit(1280, 720)
    assert scale == other
    np.testing.assert_array_equal(shift, place)


def test_that_zoom_enlarges_around_the_middle():
    near, far = Camera(30, 40, zoom=2.0), Camera(30, 40)
    (scale, shift), (usual, place) = near.fit(800, 600), far.fit(800, 600)
    assert scale == pytest.approx(2 * usual)
    np.testing.assert_allclose([400, 300] - shift, 2 * (np.array([400, 300]) - place), atol=1e-9)


@given(**angles)
def test_that_the_eye_sees_the_middle_of_the_box_in_the_middle(azimuth, elevation):
    camera = Camera(azimuth, elevation)
    assert np.linalg.norm(camera.toward_eye) == pytest.approx(1.0)
    assert np.linalg.norm(camera.eye) == pytest.approx(DISTANCE)
    np.testing.assert_allclose(camera.plane(np.zeros(3)), [0, 0], atol=1e-15)


def test_that_up_is_up_and_right_is_right():
    camera = Camera(azimuth=-90, elevation=30)
    high, low, right = camera.plane(np.array([[0, 0, TOP], [0, 0, -TOP], [1.0, 0, 0]]))
    assert high[1] < 0 < low[1]
    np.testing.assert_allclose(right, [1.0, 0.0], atol=1e-15)


def test_that_what_is_nearer_looks_larger():
    camera = Camera(azimuth=-90, elevation=5)
    near = np.diff(camera.plane(np.array([[-1.0, -1, 0], [1, -1, 0]])), axis=0)[0, 0]
    far = np.diff(camera.plane(np.array([[-1.0, 1, 0], [1, 1, 0]])), axis=0)[0, 0]
    assert near > far > 0


@given(**angles)
def test_that_right_up_and_the_eye_stand_upright_on_one_another(azimuth, elevation):
    camera = Camera(azimuth, elevation)
    axes = np.array([camera.right, camera.up, camera.toward_eye])
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(axes) == pytest.approx(1.0)


@given(**angles, zoom=st.floats(0.2, 5), right=st.floats(-3, 3), up=st.floats(-3, 3))
def test_that_a_pan_shifts_the_picture_right_and_up_in_half_widths_of_the_box(azimuth, elevation, zoom, right, up):
    plain, shifted = Camera(azimuth, elevation, zoom), Camera(azimuth, elevation, zoom, (right, up))
    (scale, place), (same, moved) = plain.fit(800, 600), shifted.fit(800, 600)
    assert scale == same
    np.testing.assert_allclose(moved - place, [scale * right, -scale * up], atol=1e-9)


def test_that_the_presets_look_where_they_say():
    cameras = {name: Camera(*place) for name, place in PRESETS.items()}
    plain = ViewSection()
    assert next(iter(PRESETS.values())) == (plain.azimuth, plain.elevation, plain.zoom)
    w, b = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    # from above the weight goes right and the bias up, as on the map
    np.testing.assert_allclose(cameras["from above"].right, w, atol=1e-12)
    np.testing.assert_allclose(cameras["from above"].up, b, atol=1e-12)
    np.testing.assert_allclose(cameras["along w"].right, b, atol=1e-12)
    np.testing.assert_allclose(cameras["along b"].right, w, atol=1e-12)
    assert cameras["low"].elevation < cameras["as it was"].elevation


@pytest.mark.parametrize("name", PRESETS)
def test_that_a_preset_is_a_camera_that_an_experiment_may_have(name):
    azimuth, elevation, zoom = PRESETS[name]
    view = ViewSection(azimuth=azimuth, elevation=elevation, zoom=zoom)
    experiment = load("four-learning-rates")
    assert check(msgspec.structs.replace(experiment, view=view)).view == view
    corners = Camera(*PRESETS[name]).plane(CORNERS)
    scale, shift = Camera(*PRESETS[name]).fit(640, 440)
    assert np.all((corners * scale + shift >= -1e-6) & (corners * scale + shift <= np.array([640, 440]) + 1e-6))
