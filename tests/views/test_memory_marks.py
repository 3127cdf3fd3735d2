"""What an optimizer remembers, drawn about its ball on the map."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from lossviz.experiment import parse
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.scene.frame import frame_of_step
from lossviz.scene.style import DARK, LIGHT
from lossviz.views.brushes import color
from lossviz.views.map_view import MapView
from lossviz.views.memory_marks import paint_memory
from lossviz.views.tags import Tag

MEMORY = Memory()


def scene(optimizer: str, rate: float, steps: int = 12, shown: bool = True) -> Any:
    text = f"""
    format = 1
    [surface]
    function = "himmelblau"
    [descent]
    start = [-1.0, 2.0]
    steps = {steps}
    [[runs]]
    optimizer = "{optimizer}"
    learning_rate = {rate}
    [view]
    step_vectors = {str(shown).lower()}
    """
    return scene_of(parse(text), 33, MEMORY)


@pytest.fixture
def chart(qapp: Any) -> MapView:
    made = MapView(LIGHT)
    made.setGeometry(0, 0, 600, 400)
    return made


def painted(chart: MapView, frame: Any) -> tuple[list[Tag], np.ndarray]:
    chart.draw(frame)
    image = QImage(600, 400, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    tags = paint_memory(painter, chart, frame)
    painter.end()
    return tags, np.frombuffer(image.constBits(), np.uint8).reshape(400, 600, 4).copy()


def texts(tags: list[Tag]) -> list[str]:
    return [tag.text.split(",")[0] for tag in tags if tag.text]


@pytest.mark.parametrize(
    ("optimizer", "rate", "expected"),
    [
        ("gradient_descent", 0.005, ["slope", "step"]),
        ("momentum", 0.002, ["velocity", "slope", "step"]),
        ("rmsprop", 0.1, ["size of slopes", "slope", "step"]),
        ("adam", 0.1, ["size of slopes", "mean slope", "slope", "step"]),
    ],
)
def test_that_what_each_rule_remembers_is_drawn_and_named(
    chart: MapView, optimizer: str, rate: float, expected: list[str]
) -> None:
    tags, image = painted(chart, frame_of_step(scene(optimizer, rate), 3))
    assert texts(tags) == expected
    assert image[:, :, 3].any()


def test_that_slope_and_velocity_are_drawn_to_one_scale(chart: MapView) -> None:
    made = scene("momentum", 0.0005)
    tags, _ = painted(chart, frame_of_step(made, 4))
    t = made.descents[0].trajectory
    begin = chart.pixels(t.path[4, 0], t.path[4, 1])
    ends = {tag.text: tag.at - begin for tag in tags if tag.text}
    velocity = t.replay(4).step.info["velocity"]
    # both axes of the map: across, and up
    for axis, sign in ((0, -1.0), (1, 1.0)):
        one_to_one = ends["velocity"][axis] / velocity[axis]
        assert ends["slope"][axis] / t.gradients[4, axis] == pytest.approx(one_to_one, rel=1e-9)
        assert np.sign(one_to_one) == sign


def test_that_the_ellipse_reaches_as_far_as_the_root_of_the_second_moment(chart: MapView) -> None:
    made = scene("rmsprop", 0.1)
    tags, _ = painted(chart, frame_of_step(made, 3))
    t = made.descents[0].trajectory
    begin = chart.pixels(t.path[3, 0], t.path[3, 1])
    size = np.sqrt(t.replay(3).step.info["second_moment"])
    edge, slope = (next(tag.at - begin for tag in tags if tag.text == text) for text in ("size of slopes", "slope"))
    axis = int(np.argmax(np.abs(edge)))
    assert abs(edge[axis] / slope[axis]) == pytest.approx(abs(size[axis] / t.gradients[3, axis]), rel=1e-9)


def test_that_the_last_row_shows_no_step_ahead(chart: MapView) -> None:
    tags, _ = painted(chart, frame_of_step(scene("adam", 0.1), 12))
    assert texts(tags) == ["size of slopes", "mean slope", "slope"]


def test_that_nothing_is_drawn_between_two_rows_or_far_away(chart: MapView) -> None:
    assert painted(chart, frame_of_step(scene("adam", 0.1), 3.5))[0] == []
    gone = scene("momentum", 5.0)
    assert painted(chart, frame_of_step(gone, 12))[0] == []


def test_that_the_map_shows_it_where_it_is_asked_for(chart: MapView) -> None:
    pictures = []
    for shown in (True, False):
        chart.draw(frame_of_step(scene("adam", 0.1, shown=shown), 3))
        image = QImage(600, 400, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(0)
        painter = QPainter(image)
        chart.paint_moving(painter)
        painter.end()
        pictures.append(np.frombuffer(image.constBits(), np.uint8).copy())
    assert not np.array_equal(*pictures)


def test_that_the_shared_colours_stay_as_they_are(chart: MapView) -> None:
    for style in (LIGHT, DARK):
        chart.restyle(style)
        painted(chart, frame_of_step(scene("adam", 0.1), 3))
        assert color(style.quiet) == QColor(style.quiet)
