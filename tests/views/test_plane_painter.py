from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPoint

from lossviz.experiment import Experiment, load
from lossviz.scene.plane import plane_of
from lossviz.scene.style import STYLES, rgb
from lossviz.views.data_view import DataView

LIGHT = STYLES["light"]


@pytest.fixture
def plane(held: Any) -> Any:
    return held(DataView, load("two-classes"), (480, 400))


def near(image: np.ndarray, colour: str) -> np.ndarray:
    """Where a picture has nearly a colour, as rows and columns."""
    return np.argwhere(np.all(np.abs(image - rgb(colour)) <= 40, axis=2))


@pytest.mark.parametrize("step", [0.0, 6.0, 6.5, 100.0])
def test_that_each_run_has_its_boundary_in_its_colour(plane: Any, step: float) -> None:
    plane.step = step
    plane.show()
    image, frame = plane.pixels(), plane.view.frame
    drawn = plane_of(frame.scene.pair)
    last = frame.balls[-1]
    begin, end = drawn.line(drawn.tilt(last.w, last.b), 0.0)
    places = near(image, LIGHT.path(last.descent.number))
    for part in (0.1, 0.4, 0.6):
        at = plane.at(*(begin + part * (end - begin)).tolist())
        assert np.abs(places - [at.y(), at.x()]).max(axis=1).min() <= 3


def test_that_class_one_is_shaded_and_class_zero_is_not(plane: Any) -> None:
    plane.step = 100.0
    plane.show()
    image = plane.pixels()

    def ground(x: float, y: float) -> float:
        at = plane.at(x, y)
        patch = image[at.y() - 8 : at.y() + 8, at.x() - 8 : at.x() + 8].reshape(-1, 3)
        return float(np.median(patch.mean(axis=1)))

    assert ground(-3.0, -2.0) > 252.0
    assert ground(3.5, 3.0) < 235.0


def test_that_the_picked_point_has_its_boundary_and_a_hand_draws_none(plane: Any, heard: Any) -> None:
    said = heard(plane.view.line_drawn, plane.view.grasped, plane.view.released)
    before = len(near(plane.pixels(), LIGHT.accent))
    plane.show(point=(3.0, -1.0))
    assert len(near(plane.pixels(), LIGHT.accent)) > before + 100
    plane.drag(QPoint(150, 250), QPoint(200, 260), QPoint(380, 120))
    assert said == []


def test_that_the_hint_tells_whose_probability_is_shaded(held: Any) -> None:
    wide = held(DataView, load("two-classes"), (900, 400))
    assert wide.view.hint == "200 points (made up) · shade: probability of rate 2"
    wide.show(selected=1)
    assert wide.view.hint.endswith("probability of momentum 1")


def labelled() -> Experiment:
    experiment = load("two-classes")
    surface = msgspec.structs.replace(
        experiment.surface,
        data="birthwt",
        features=("age/10", "lwt/50"),
        label="bwt/1000",
        model="linear",
        loss="mse",
        domain=None,
    )
    return msgspec.structs.replace(experiment, surface=surface)


def test_that_of_labels_the_selected_run_has_more_lines_than_the_others(held: Any) -> None:
    shown = held(DataView, labelled(), (640, 480))
    shown.step = 0.0
    shown.show()
    lines = [len(near(shown.pixels(), LIGHT.path(0)))]
    shown.show(selected=2)
    lines.append(len(near(shown.pixels(), LIGHT.path(0))))
    assert lines[0] > lines[1] + 200


def test_that_a_surface_of_one_feature_after_one_of_two_can_be_drawn_on_again(plane: Any, heard: Any) -> None:
    plane.experiment = load("logistic")
    plane.show()
    said = heard(plane.view.grasped, plane.view.line_drawn)
    plane.drag(QPoint(150, 250), QPoint(200, 260), QPoint(380, 120))
    assert said
