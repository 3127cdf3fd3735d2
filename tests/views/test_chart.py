from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from lossviz.experiment import load
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.scene.frame import frame_of_step
from lossviz.scene.scene import Scene
from lossviz.scene.style import STYLES, rgb
from lossviz.views.chart import Chart
from lossviz.views.data_view import DataView
from lossviz.views.loss_view import LossView
from lossviz.views.map_view import MapView

MEMORY = Memory()
BLUE, GREEN, ORANGE, PURPLE = STYLES["light"].paths[:4]


def scene(rate: float | None = None, **view: Any) -> Scene:
    """The four rates, the selected one changed."""
    experiment = load("four-learning-rates")
    if rate is not None:
        run = msgspec.structs.replace(experiment.runs[2], hyperparameters={"learning_rate": rate})
        experiment = msgspec.structs.replace(experiment, runs=(*experiment.runs[:2], run, experiment.runs[3]))
    looks = msgspec.structs.replace(experiment.view, **view)
    return scene_of(msgspec.structs.replace(experiment, view=looks), 33, MEMORY)


def haunted(rate: float, **view: Any) -> Scene:
    """The same, with the ghost of the one before the change."""
    return replace(scene(rate, **view), ghosts=(scene().descents[2],))


def draw(shown: Any, of: Scene, step: float) -> np.ndarray:
    shown.view.draw(frame_of_step(of, step))
    QApplication.processEvents()
    return np.asarray(shown.pixels())


def settle(shown: Any, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: not shown.view.quick, timeout=5_000)


def point(shown: Any, at: QPoint) -> None:
    """Move a hand without a button to a place on the screen."""
    port = shown.port.viewport()
    button, none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    at_, out = QPointF(at), QPointF(port.mapToGlobal(at))
    QApplication.sendEvent(port, QMouseEvent(QEvent.Type.MouseMove, at_, out, button, button, none))


def count(image: np.ndarray, colour: str, slack: int = 30) -> int:
    return int(np.all(np.abs(image - rgb(colour)) <= slack, axis=2).sum())


CHARTS = pytest.mark.parametrize("kind", [MapView, LossView])


@CHARTS
def test_that_a_chart_at_rest_shows_the_same_however_it_came_there(held: Any, qtbot: Any, kind: type[Chart]) -> None:
    shown = held(kind, load("four-learning-rates"))
    draw(shown, scene(), 60)
    settle(shown, qtbot)
    before = draw(shown, scene(), 60)
    for rate in (0.6, 0.65, 0.69):
        changed = draw(shown, scene(rate), 60)
    assert shown.view.quick
    assert not np.array_equal(changed, before)
    back = draw(shown, scene(), 60)
    settle(shown, qtbot)
    QApplication.processEvents()
    assert np.array_equal(shown.pixels(), before)
    # what is drawn quickly differs in its edges, not in what is seen
    assert abs(float(back.mean()) - float(before.mean())) < 1.5


@CHARTS
def test_that_a_picture_in_a_file_is_never_drawn_in_the_quicker_way(held: Any, kind: type[Chart]) -> None:
    shown = held(kind, load("four-learning-rates"))
    shown.view.hands = False
    draw(shown, scene(0.6), 60)
    draw(shown, scene(0.65), 60)
    assert not shown.view.quick


@CHARTS
def test_that_runs_that_did_not_change_are_not_computed_again(held: Any, kind: type[Chart]) -> None:
    shown = held(kind, load("four-learning-rates"))
    view = shown.view
    draw(shown, scene(0.6), 60)
    kept = [view.points(number) for number in range(4)]
    draw(shown, scene(0.6005), 60)
    same = [view.points(number) is points for number, points in enumerate(kept)]
    assert same == [True, True, False, True]


@CHARTS
def test_that_a_ghost_is_drawn_faintly_up_to_the_step_that_is_seen(held: Any, kind: type[Chart]) -> None:
    shown = held(kind, load("four-learning-rates"))
    bare, spooky = draw(shown, scene(0.1), 20), draw(shown, haunted(0.1), 20)
    changed = np.any(bare != spooky, axis=2)
    assert 100 < changed.sum() < 6000
    # faintly: nowhere as far from what was there as a run's own colour is
    assert count(spooky, ORANGE, 12) <= count(bare, ORANGE, 12) + 3
    start = draw(shown, haunted(0.1), 0)
    assert np.array_equal(start, draw(shown, scene(0.1), 0))
    some = [int(np.any(draw(shown, haunted(0.1), k) != draw(shown, scene(0.1), k), axis=2).sum()) for k in (2, 8)]
    assert 0 < some[0] < some[1]


@CHARTS
def test_that_a_ghost_comes_and_goes_with_the_steps_both_ways(held: Any, qtbot: Any, kind: type[Chart]) -> None:
    shown, of = held(kind, load("four-learning-rates")), haunted(0.1)
    draw(shown, of, 0)
    settle(shown, qtbot)
    forward = [draw(shown, of, step) for step in (0, 3, 50, 120)]
    backward = [draw(shown, of, step) for step in (120, 50, 3, 0)]
    assert all(np.array_equal(a, b) for a, b in zip(forward, reversed(backward), strict=True))


@CHARTS
def test_that_a_ghost_of_a_run_as_it_is_or_of_a_hidden_one_is_not_drawn(held: Any, kind: type[Chart]) -> None:
    shown = held(kind, load("four-learning-rates"))
    same = replace(scene(), ghosts=(scene().descents[2],))
    assert np.array_equal(draw(shown, same, 20), draw(shown, scene(), 20))
    hidden = replace(scene(0.1), ghosts=(replace(scene().descents[2], shown=False),))
    draw(shown, hidden, 20)
    assert shown.view.ghosts == ()


@CHARTS
def test_that_the_end_of_a_ghost_that_lies_apart_has_a_label(held: Any, kind: type[Chart]) -> None:
    shown = held(kind, load("four-learning-rates"), (900, 700))
    draw(shown, haunted(0.05), 2)
    assert [tag.text for tag in shown.view.ghost_tag()] == ["before"]
    # at the bottom all ends lie together, at the start as well
    for rate, step in ((0.7, 200), (0.05, 0)):
        draw(shown, haunted(rate), step)
        assert shown.view.ghost_tag() == []


@pytest.mark.parametrize("kind", [MapView, LossView, DataView])
def test_that_what_lies_under_the_hand_is_told_until_it_leaves(held: Any, heard: Any, kind: type[Chart]) -> None:
    shown = held(kind, load("four-learning-rates"))
    said = heard(shown.view.hovered)
    draw(shown, scene(), 14)
    middle = shown.view.box.rect().center()
    at = shown.port.mapFromScene(shown.view.box.mapToScene(middle + QPointF(120, -90)))
    point(shown, at)
    assert len(said) == 1
    beginnings = {MapView: "w ", LossView: "step ", DataView: "mother's age "}
    assert said[0][1].startswith(beginnings[kind])
    # off the axes nothing is pointed at
    point(shown, QPoint(3, 3))
    assert said[-1][1] == ""


def test_that_what_is_told_follows_the_steps_while_the_hand_rests(held: Any, heard: Any, qtbot: Any) -> None:
    shown = held(LossView, load("four-learning-rates"))
    said = heard(shown.view.hovered)
    draw(shown, scene(), 10)
    point(shown, shown.at(5.0, 3.0))
    assert len(said) == 1
    assert said[0][1].startswith("step 5 · rate ")
    # the loss of a step that is not seen any more
    shown.view.draw(frame_of_step(scene(), 2))
    assert len(said) == 1, "nothing is said while being set"
    qtbot.waitUntil(lambda: len(said) == 2, timeout=5_000)
    assert said[1][1] == "step 5"


def test_that_the_map_tells_the_computed_point_under_the_hand(held: Any) -> None:
    shown = held(MapView, load("four-learning-rates"))
    draw(shown, scene(), 14)
    view = shown.view
    row = QPointF(*view.points(2)[6].tolist())
    assert view.readout_at(row + QPointF(3.0, -4.0)).startswith("rate 0.71, step 6 · ")
    # of steps not seen yet nothing is known
    draw(shown, scene(hide_future=True), 5)
    assert not view.readout_at(row).startswith("rate 0.71, step 6")
    assert "next step" not in view.readout_at(QPointF(*view.points(2)[5].tolist()))


def test_that_values_lead_to_pixels_and_back_on_every_axis(held: Any) -> None:
    shown = held(LossView, load("four-learning-rates"))
    for axes in (("linear", "linear"), ("log", "linear"), ("log", "log")):
        draw(shown, scene(loss_axis=axes[0], step_axis=axes[1]), 60)
        pixel = QPointF(*shown.view.pixels(np.array(17.0), np.array(1.3)).tolist())
        assert shown.view.values_at(pixel) == pytest.approx((17.0, 1.3))
