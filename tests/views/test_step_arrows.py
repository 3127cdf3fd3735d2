"""The arrows of a step on the map."""

from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from lossviz.experiment import parse
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.resources import resource
from lossviz.rules import CATALOGUE
from lossviz.scene.frame import PHASES, frame_of_step
from lossviz.scene.style import LIGHT
from lossviz.views.map_view import MapView
from lossviz.views.step_arrows import paint_step_arrows
from lossviz.views.tags import Tag

TEXT = resource("experiments", "four-learning-rates.lossviz.toml").read_text(encoding="utf-8")
GRADIENT_DESCENT = 'optimizer = "gradient_descent"\nlearning_rate = 0.71'
MEMORY = Memory()


def scene(name: str = "gradient_descent", rate: float = 0.71, selected: int = 2, extra: str = "") -> Any:
    text = TEXT.replace(GRADIENT_DESCENT, f'optimizer = "{name}"\nlearning_rate = {rate}{extra}')
    experiment = parse(text)
    view = msgspec.structs.replace(experiment.view, selected=selected)
    return scene_of(msgspec.structs.replace(experiment, view=view), 33, MEMORY)


@pytest.fixture
def chart(qapp: Any) -> MapView:
    made = MapView(LIGHT)
    made.setGeometry(0, 0, 600, 400)
    return made


def painted(chart: MapView, frame: Any) -> tuple[list[Tag], np.ndarray]:
    """The labels, and what was drawn on an empty ground."""
    chart.draw(frame)
    image = QImage(600, 400, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    tags = paint_step_arrows(painter, chart, frame)
    painter.end()
    return tags, np.frombuffer(image.constBits(), np.uint8).reshape(400, 600, 4).copy()


def texts(tags: list[Tag]) -> list[str]:
    return [tag.text for tag in tags if tag.text]


def tip(tags: list[Tag]) -> np.ndarray:
    """Where the first arrow ends: the last of the places that it keeps free."""
    return tags[2].at


def test_that_the_slope_points_downhill_from_the_ball(chart: MapView) -> None:
    made = scene()
    frame = frame_of_step(made, 3, "slope")
    tags, image = painted(chart, frame)
    assert texts(tags) == ["slope"]
    assert image[:, :, 3].any()
    t = made.descents[2].trajectory
    begin, g = chart.pixels(t.path[3, 0], t.path[3, 1]), t.gradients[3]
    moved = tip(tags) - begin
    # down the slope: weight to the left where it grows, bias downward on the screen where it grows
    assert np.sign(moved[0]) == -np.sign(g[0])
    assert np.sign(moved[1]) == np.sign(g[1])
    step = chart.pixels(t.path[3, 0] - 1e-3 * g[0], t.path[3, 1] - 1e-3 * g[1]) - begin
    assert moved[0] * step[1] == pytest.approx(moved[1] * step[0], rel=1e-6)


def test_that_a_steeper_slope_has_a_longer_arrow(chart: MapView) -> None:
    made = scene("gradient_descent", 0.36)
    t = made.descents[2].trajectory
    lengths = []
    for step in (0, 4, 9):
        tags, _ = painted(chart, frame_of_step(made, step, "slope"))
        lengths.append(float(np.hypot(*(tip(tags) - chart.pixels(t.path[step, 0], t.path[step, 1])))))
    assert lengths[0] > lengths[1] > lengths[2] > 30


def test_that_the_step_ends_where_the_ball_will_land(chart: MapView) -> None:
    made = scene()
    tags, _ = painted(chart, frame_of_step(made, 3, "rate"))
    assert texts(tags) == ["rate × slope"]
    landing = made.descents[2].trajectory.path[4]
    np.testing.assert_allclose(tip(tags), chart.pixels(landing[0], landing[1]), atol=1e-6)


def test_that_a_step_too_short_to_be_seen_is_drawn_longer_and_says_so(chart: MapView) -> None:
    made = scene(selected=0)
    tags, _ = painted(chart, frame_of_step(made, 3, "rate"))
    (text,) = texts(tags)
    path = made.descents[0].trajectory.path
    begin, end = (chart.pixels(path[row, 0], path[row, 1]) for row in (3, 4))
    drawn = float(np.hypot(*(tip(tags) - begin)))
    longer = int(text.removeprefix("rate × slope, drawn ").removesuffix(" × as long"))
    assert drawn == pytest.approx(longer * float(np.hypot(*(end - begin))), rel=1e-6)
    assert drawn >= 28


@pytest.mark.parametrize(("name", "part"), [("momentum", "velocity's part"), ("adam", "1st moment's part")])
def test_that_what_is_remembered_and_the_slope_are_added_up(chart: MapView, name: str, part: str) -> None:
    tags, _ = painted(chart, frame_of_step(scene(name, 0.05), 9, "rate"))
    said = texts(tags)
    assert said[0].startswith("step")
    assert said[1] == part
    # the first step has nothing to remember
    first, _ = painted(chart, frame_of_step(scene(name, 0.05), 0, "rate"))
    assert len(texts(first)) == 1


def test_that_the_move_is_drawn_where_it_was_made_and_the_check_writes_both_losses(chart: MapView) -> None:
    made = scene()
    t = made.descents[2].trajectory
    _, image = painted(chart, frame_of_step(made, 4, "move"))
    middle = chart.pixels(*(0.5 * (t.path[3] + t.path[4])))
    x, y = (round(float(value)) for value in middle)
    assert image[y - 3 : y + 4, x - 3 : x + 4, 3].any()
    tags, _ = painted(chart, frame_of_step(made, 4, "check"))
    assert texts(tags) == [f"loss {t.losses[3]:.3f}", f"loss {t.losses[4]:.3f}, lower"]
    tags, _ = painted(chart, frame_of_step(scene(selected=3), 15, "check"))
    assert texts(tags)[1].endswith(", higher")


def test_that_a_step_off_the_map_is_cut_and_says_so(chart: MapView) -> None:
    tags, image = painted(chart, frame_of_step(scene("gradient_descent", 10.0), 0, "rate"))
    assert texts(tags) == ["rate × slope: lands off the map"]
    assert image[:, :, 3].any()


def test_that_a_held_parameter_is_not_pointed_along(chart: MapView) -> None:
    made = scene("gradient_descent", 0.3, extra='\nfree = ["w"]')
    t = made.descents[2].trajectory
    for phase in ("slope", "rate"):
        tags, _ = painted(chart, frame_of_step(made, 0, phase))
        assert tip(tags)[1] == pytest.approx(chart.pixels(t.path[0, 0], t.path[0, 1])[1])


@pytest.mark.parametrize("name", CATALOGUE)
def test_that_every_rule_has_its_arrows_at_every_part_of_a_step(chart: MapView, name: str) -> None:
    made = scene(name, 0.05)
    for step in (1, 2, 40, 200):
        for phase in PHASES:
            tags, _ = painted(chart, frame_of_step(made, step, phase))
            assert all(np.all(np.isfinite(tag.at)) for tag in tags)
            assert bool(texts(tags)) or phase == "move" or (step == 200 and phase in ("slope", "rate"))


def test_that_nothing_is_drawn_outside_of_a_micro_step_or_of_a_run(chart: MapView) -> None:
    made = scene("gradient_descent", 1e6)
    for frame in (
        frame_of_step(made, 3),
        frame_of_step(made, 0, "check"),
        frame_of_step(made, 200, "slope"),
        frame_of_step(made, 200, "check"),
    ):
        tags, image = painted(chart, frame)
        assert tags == []
        assert not image.any()


def test_that_a_hidden_run_has_no_arrows(chart: MapView) -> None:
    experiment = parse(TEXT)
    hidden = msgspec.structs.replace(experiment.runs[2], shown=False)
    runs = (*experiment.runs[:2], hidden, *experiment.runs[3:])
    made = scene_of(msgspec.structs.replace(experiment, runs=runs), 33, MEMORY)
    assert painted(chart, frame_of_step(made, 3, "slope"))[0] == []


def test_that_a_move_under_way_shows_where_it_began(chart: MapView) -> None:
    made = scene()
    begin = chart_begin = made.descents[2].trajectory.path[3]
    tags, image = painted(chart, frame_of_step(made, 3.5, "move"))
    assert texts(tags) == []
    np.testing.assert_allclose(tags[0][1], chart.pixels(begin[0], chart_begin[1]))
    assert image[:, :, 3].any()
