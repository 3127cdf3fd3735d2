from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPoint

import lossviz as lv
from lossviz.experiment import Experiment, load
from lossviz.scene.picked import picked
from lossviz.scene.style import STYLES, rgb
from lossviz.views.data_view import DataView

DRAWN, GRASPED, RELEASED = range(3)


@pytest.fixture
def hall(held: Any, heard: Any) -> Any:
    def make(experiment: Experiment, size: tuple[int, int] = (480, 400)) -> tuple[Any, list[tuple[Any, ...]]]:
        shown = held(DataView, experiment, size)
        return shown, heard(shown.view.line_drawn, shown.view.grasped, shown.view.released)

    return make


def with_surface(**changes: Any) -> Experiment:
    experiment = load("four-learning-rates")
    surface = msgspec.structs.replace(experiment.surface, domain=None, **changes)
    return msgspec.structs.replace(experiment, surface=surface)


def accent(image: np.ndarray, tolerance: int = 24) -> int:
    return int(np.all(np.abs(image - rgb(STYLES["light"].accent)) <= tolerance, axis=2).sum())


@pytest.mark.parametrize(
    "experiment",
    [
        load("four-learning-rates"),
        load("standardised"),
        load("raw-age"),
        with_surface(feature="age", label="bwt"),
        with_surface(feature="age**2", label="bwt/1000", standardize=True),
    ],
    ids=["per ten years", "standardised", "raw", "grams", "no column"],
)
def test_that_the_line_drawn_goes_through_both_ends_of_the_drag(hall: Any, experiment: Experiment) -> None:
    shown, said = hall(experiment)
    begin, end = QPoint(150, 250), QPoint(380, 120)
    shown.drag(begin, QPoint(200, 260), QPoint(300, 200), end)
    assert said[0] == (GRASPED,)
    assert said[-1] == (RELEASED,)
    drawn = said[1:-1]
    assert {what for what, *_ in drawn} == {DRAWN}
    assert len(drawn) >= 3
    w, b = drawn[-1][1:]
    data = shown.view.frame.scene.surface.data
    for point in (begin, end):
        x, y = shown.value(point)
        assert w * data.x_of(np.array(x)) + b == pytest.approx(y, rel=1e-9)


def test_that_a_line_drawn_through_two_samples_is_theirs(hall: Any) -> None:
    shown, said = hall(load("line-and-point"), (900, 700))
    # (19, 7.60) and (31, 9.20) of the eight births
    begin, end = shown.at(19.0, 7.6), shown.at(31.0, 9.2)
    shown.drag(begin, (begin + end) / 2, end)
    w, b = said[-2][1:]
    assert (w, b) == pytest.approx(np.polyfit([19.0, 31.0], [7.6, 9.2], 1), abs=0.08)
    assert w * 19.0 + b == pytest.approx(7.6, abs=0.02)


def test_that_a_curve_drawn_goes_through_the_probabilities(hall: Any) -> None:
    shown, said = hall(load("logistic"))
    begin, end = shown.at(100.0, 0.8), shown.at(200.0, 0.2)
    shown.drag(begin, (begin + end) / 2, end)
    surface = shown.view.frame.scene.surface
    for point in (begin, end):
        x, p = shown.value(point)
        assert float(surface.predict(surface.data.x_of(np.array(x)), *said[-2][1:])) == pytest.approx(p, rel=1e-9)


def test_that_an_upright_line_is_refused_quietly(hall: Any) -> None:
    shown, said = hall(load("four-learning-rates"))
    shown.drag(QPoint(250, 100), QPoint(251, 160), QPoint(252, 300))
    assert said == [(GRASPED,), (RELEASED,)]


def test_that_a_click_draws_nothing(hall: Any) -> None:
    shown, said = hall(load("four-learning-rates"))
    shown.click(QPoint(250, 200))
    assert said == []


def test_that_the_picked_line_its_residuals_and_its_fit_are_drawn_in_the_accent(hall: Any) -> None:
    shown, said = hall(load("line-and-point"))
    shown.show(point=None, layout="race")
    bare = accent(shown.pixels())
    shown.show(point=(0.1, 5.0))
    image = shown.pixels()
    assert accent(image) > bare + 150
    line = picked(shown.view.frame)
    # a residual, half way between sample and line: there is nothing else in this place
    half = shown.at(35.0, (11.59 + 8.5) / 2)
    beside = image[half.y(), half.x() - 6 : half.x() + 7]
    blue = beside[:, 2] - beside[:, 0]
    assert blue.max() > 60
    assert abs(int(blue.argmax()) - 6) <= 1
    assert len(line.x) == 8
    assert said == []


def test_that_residuals_of_the_selected_run_belong_to_the_layout_line_and_point(hall: Any) -> None:
    shown, _ = hall(load("four-learning-rates"))
    race = shown.pixels()
    colour = np.array(rgb(STYLES["light"].path(2)))

    def orange(image: np.ndarray) -> int:
        """Pixels of which the red is about as much above the blue as in the run's colour, if mixed with white."""
        return int((image[:, :, 0] - image[:, :, 2] > 0.3 * (colour[0] - colour[2])).sum())

    shown.show(layout="line_and_point")
    assert orange(shown.pixels()) > orange(race) + 300


def test_that_the_ends_of_a_drag_are_marked_while_it_lasts(hall: Any) -> None:
    shown, said = hall(load("four-learning-rates"))
    shown.view.line_drawn.connect(lambda w, b: shown.show(point=(w, b)))
    seen = []
    shown.view.released.connect(lambda: seen.append(True))
    begin, end = QPoint(150, 250), QPoint(380, 120)
    during = []
    shown.view.line_drawn.connect(lambda w, b: during.append(shown.pixels()))
    shown.drag(begin, QPoint(300, 200), end)
    after = shown.pixels()

    changed = np.abs(during[-1] - after).sum(axis=2) > 60
    for point in (begin, end):
        near = changed[point.y() - 6 : point.y() + 7, point.x() - 6 : point.x() + 7]
        assert near.sum() > 15
        changed[point.y() - 6 : point.y() + 7, point.x() - 6 : point.x() + 7] = False
    assert not changed.any()
    assert seen == [True]
    assert said[-1] == (RELEASED,)


def test_that_a_line_far_from_all_samples_leaves_the_picture_drawable(hall: Any) -> None:
    shown, _ = hall(load("four-learning-rates"))
    for point in ((0.0, 1e6), (1e200, -1e200), (1e308, 1e308)):
        shown.show(point=point)
        assert shown.pixels().std() > 5


def test_that_runs_before_the_last_change_are_faint_lines_at_this_step(hall: Any) -> None:
    shown, _ = hall(load("four-learning-rates"))
    frame = shown.view.frame
    before = shown.pixels()
    ghost = msgspec.structs.replace(load("four-learning-rates").runs[0], hyperparameters={"learning_rate": 0.2})
    other = lv.descend(frame.scene.surface, ghost.rule(), start=(0.8, 3.6), steps=200)
    haunted = type(frame.scene)(
        **{name: getattr(frame.scene, name) for name in frame.scene.__dataclass_fields__ if name != "ghosts"},
        ghosts=(type(frame.scene.descents[0])(0, "rate 0.2", "gradient descent", True, other),),
    )
    shown.view.draw(type(frame)(haunted, 1.0, frame.balls))
    w, b = other.path[1]
    height = w * (40.0 - 18.0) / 10.0 + b
    spot = shown.at(40.0, height)
    changed = np.abs(shown.pixels() - before).sum(axis=2)[spot.y() - 3 : spot.y() + 4, spot.x()]
    assert 20 < changed.max() < 450


def many(rows: int) -> Experiment:
    x = np.arange(rows) % 97 / 10.0
    columns = {"x": x.tolist(), "y": (2.0 * x + np.arange(rows) % 13).tolist()}
    return with_surface(data=None, columns=columns, feature="x", label="y")


def test_that_the_hint_says_how_many_samples_and_residuals_are_drawn(hall: Any) -> None:
    shown, _ = hall(many(12_000), (900, 500))
    assert shown.view.hint == "12,000 rows, 4000 drawn · drag to draw a line"
    shown.show(point=(1.0, 1.0))
    assert shown.view.hint == "12,000 rows, 4000 drawn, 400 residuals · drag to draw a line"


def test_that_the_hint_says_what_a_drag_does_where_there_is_room(hall: Any) -> None:
    assert hall(load("line-and-point"))[0].view.hint == "8 births (made up) · drag to draw a line"
    assert hall(load("logistic"))[0].view.hint == "189 births · drag: the curve through two points"
    assert hall(load("logistic"), (240, 260))[0].view.hint == "189 births"
