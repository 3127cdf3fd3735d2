from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPointF

from lossviz.experiment import Experiment, experiments, load
from lossviz.export.canvas import Canvas
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.scene.frame import frame_of_step
from lossviz.scene.scene import Scene
from lossviz.scene.style import STYLES, rgb
from lossviz.views.dashboard import PICTURES

SIZE = (640, 400)
MEMORY = Memory()


def scene(name: str = "four-learning-rates", **view: Any) -> Scene:
    experiment = load(name)
    view_section = msgspec.structs.replace(experiment.view, **view)
    return scene_of(msgspec.structs.replace(experiment, view=view_section), 65, MEMORY)


def picture(
    of: Scene, step: float, view: str = "map", theme: str = "light", size: tuple[int, int] = SIZE
) -> np.ndarray:
    with Canvas(view, size, theme) as canvas:
        return canvas.paint(frame_of_step(of, step)).copy()


def count(image: np.ndarray, colour: str) -> int:
    """How many pixels have about this colour: most of a thin line is mixed with what lies behind."""
    red, green, blue = rgb(colour)
    return int(np.all(np.abs(image[:, :, :3].astype(int) - (blue, green, red)) <= 40, axis=2).sum())


@pytest.fixture(autouse=True)
def application(qapp: Any) -> None:
    """Pictures need the one application of the tests."""


# the slice through one run's point holds that run alone: its own tests draw runs that share a slice
@pytest.mark.parametrize("view", [view for view in PICTURES if view != "slice"])
@pytest.mark.parametrize("theme", list(STYLES))
def test_that_every_view_is_drawn_in_every_theme_with_every_path_colour(view: str, theme: str) -> None:
    image = picture(scene(), 14, view, theme)
    assert image.shape == (400, 640, 4)
    for descent in scene().descents:
        colour = STYLES[theme].path(descent.number)
        assert count(image, colour) >= 20, colour


@pytest.mark.parametrize("name", experiments())
@pytest.mark.parametrize("view", PICTURES)
def test_that_every_shipped_experiment_is_drawn_at_start_middle_and_end(name: str, view: str) -> None:
    made = scene(name)
    for step in (0.0, 0.4, 3.5, made.steps):
        assert picture(made, step, view).std() > 5


@pytest.mark.parametrize("view", ["map", "loss", "surface", "data"])
def test_that_a_picture_does_not_depend_on_the_steps_seen_before(view: str) -> None:
    made = scene()
    with Canvas(view, SIZE) as canvas:
        for step in (0, 1, 2, 5, 90, 45, 44, 130):
            gradual = canvas.paint(frame_of_step(made, step)).copy()
            assert np.array_equal(gradual, picture(made, step, view)), step


def test_that_equal_requests_give_equal_pixels() -> None:
    assert np.array_equal(picture(scene(), 20, "dashboard"), picture(scene(), 20, "dashboard"))


def ball_at(image: np.ndarray, colour: str) -> tuple[float, float]:
    red, green, blue = rgb(colour)
    rows, columns = np.nonzero(np.all(image[:, :, :3] == (blue, green, red), axis=2))
    assert rows.size
    return float(np.median(columns)), float(np.median(rows))


def test_that_the_map_puts_a_ball_where_its_weight_and_bias_are() -> None:
    made = scene()
    with Canvas("map", SIZE) as canvas:
        image = canvas.paint(frame_of_step(made, 0)).copy()
        view = canvas.picture.cards["map"].view
        at = view.pixels(np.array(-2.2), np.array(3.6))
        corner = view.box.mapToScene(view.box.rect().topLeft())
    # the last one drawn covers the others at the common start
    column, row = ball_at(image, STYLES["light"].paths[3])
    assert abs(column - (corner.x() + at[0])) <= 2
    assert abs(row - (corner.y() + at[1])) <= 2


def test_that_data_are_never_clipped_but_drawing_is() -> None:
    made = scene()
    leaving = made.descents[3].trajectory
    assert np.abs(leaving.path[-1]).max() > 1e4
    inside = picture(made, 200)
    beyond = count(inside, STYLES["light"].paths[3])
    # its zig-zag across the map is drawn, and the arrow where it left
    assert beyond > 100


def with_rates(*rates: float) -> Experiment:
    experiment = load("four-learning-rates")
    runs = tuple(msgspec.structs.replace(experiment.runs[0], hyperparameters={"learning_rate": rate}) for rate in rates)
    return msgspec.structs.replace(experiment, runs=runs)


@pytest.mark.parametrize("view", PICTURES)
@pytest.mark.parametrize("rate", [10.0, 1e6, 1e150, 1e307])
def test_that_a_run_beyond_all_numbers_leaves_every_view_drawable(view: str, rate: float) -> None:
    made = scene_of(with_rates(rate, 0.36), 65, MEMORY)
    for step in (0, 1, 2, 110, 200):
        assert picture(made, step, view, size=(480, 320)).std() > 5


@pytest.mark.parametrize("height", ["linear", "log", "rank"])
def test_that_each_height_gives_another_surface(height: str) -> None:
    image = picture(scene(height=height), 5, "surface")
    assert image.std() > 10
    if height != "linear":
        assert not np.array_equal(image, picture(scene(), 5, "surface"))


def test_that_the_camera_turns_the_surface() -> None:
    assert not np.array_equal(picture(scene(azimuth=10.0), 5, "surface"), picture(scene(), 5, "surface"))


def test_that_twice_the_size_has_twice_as_large_type_and_lines() -> None:
    small, large = picture(scene(), 14, size=(1280, 720)), picture(scene(), 14, size=(2560, 1440))
    colour = STYLES["light"].paths[1]
    assert 2.0 < count(large, colour) / count(small, colour) < 8


def test_that_a_hop_in_the_air_is_drawn_hollow_and_a_computed_point_solid() -> None:
    made = scene()
    colour = np.array(rgb(STYLES["light"].paths[0]))
    with Canvas("map", SIZE) as canvas:
        view = canvas.picture.cards["map"].view
        for step, solid in ((14.0, True), (14.5, False)):
            frame = frame_of_step(made, step)
            image = canvas.paint(frame)
            ball = frame.balls[0]
            at = view.box.mapToScene(QPointF(*view.pixels(np.array(ball.w), np.array(ball.b)).tolist()))
            middle = image[round(at.y()), round(at.x()), 2::-1].astype(int)
            assert (np.abs(middle - colour).max() < 12) == solid


@pytest.mark.parametrize(
    ("view", "size", "theme"), [("map", (10, 10), "light"), ("map", SIZE, "neon"), ("plan", SIZE, "light")]
)
def test_that_a_wrong_picture_is_refused_in_one_sentence(view: str, size: tuple[int, int], theme: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+[.?]$"):
        Canvas(view, size, theme)


def test_that_a_constant_feature_and_a_single_row_are_drawn() -> None:
    experiment = load("four-learning-rates")
    for columns in ({"x": [2.0, 2.0, 2.0], "y": [1.0, 2.0, 4.0]}, {"x": [3.0], "y": [1.0]}):
        surface = msgspec.structs.replace(
            experiment.surface, data=None, columns=columns, feature="x", label="y", domain=None
        )
        made = scene_of(msgspec.structs.replace(experiment, surface=surface), 33)
        for view in PICTURES:
            assert picture(made, 10, view).std() > 1


def test_that_without_data_a_dashboard_gives_their_room_to_the_others() -> None:
    with Canvas("dashboard", SIZE, "light") as fitted, Canvas("dashboard", SIZE, "light") as given:
        fitted.paint(frame_of_step(scene(), 3))
        given.paint(frame_of_step(scene("two-wells"), 3))
        wide, narrow = given.picture.cards["loss"], fitted.picture.cards["loss"]
        assert set(fitted.picture.cards) - set(given.picture.cards) == {"data"}
        assert wide.rect().width() > narrow.rect().width()
