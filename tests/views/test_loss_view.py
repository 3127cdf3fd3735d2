from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter

from lossviz.experiment import Experiment, load, parse
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.scene.frame import frame_of_step
from lossviz.scene.style import STYLES
from lossviz.views.loss_view import LossView
from lossviz.views.tags import CROWD

MEMORY = Memory()


@pytest.fixture(autouse=True)
def application(qapp: Any) -> None:
    """A view needs the application of the tests."""


def drawn(experiment: Experiment, step: float, **view: Any) -> LossView:
    looks = msgspec.structs.replace(experiment.view, **view)
    made = LossView(STYLES["light"])
    made.resize(420, 360)
    made.draw(frame_of_step(scene_of(msgspec.structs.replace(experiment, view=looks), 33, MEMORY), step))
    return made


def perfect() -> Experiment:
    """A line through all samples, found in one step: its loss is 0."""
    experiment = load("four-learning-rates")
    surface = msgspec.structs.replace(
        experiment.surface, data=None, columns={"x": [-1.0, 1.0], "y": [-2.0, 2.0]}, feature="x", label="y", domain=None
    )
    descent = msgspec.structs.replace(experiment.descent, start=(0.0, 0.0))
    runs = tuple(
        msgspec.structs.replace(experiment.runs[0], hyperparameters={"learning_rate": rate}) for rate in (0.5, 0.2)
    )
    return msgspec.structs.replace(experiment, surface=surface, descent=descent, runs=runs)


def test_that_the_axes_say_that_they_are_logarithmic() -> None:
    experiment = load("four-learning-rates")
    assert drawn(experiment, 5)._names == ("step", "loss (kg²)")
    assert drawn(experiment, 5, loss_axis="log", step_axis="log")._names == ("step, log", "loss (kg²), log")


def test_that_equal_factors_are_equal_distances_on_a_logarithmic_axis() -> None:
    view = drawn(load("four-learning-rates"), 60, loss_axis="log", step_axis="log")
    down = view.pixels(np.zeros(3), np.array([0.5, 1.0, 2.0]))[:, 1]
    assert down[0] - down[1] == pytest.approx(down[1] - down[2])
    across = view.pixels(np.array([0.0, 1.0, 3.0, 7.0]), np.ones(4))[:, 0]
    assert np.diff(across) == pytest.approx(np.full(3, np.diff(across)[0]))


@pytest.mark.parametrize("axes", [("linear", "linear"), ("log", "linear"), ("linear", "log"), ("log", "log")])
def test_that_every_ball_that_stays_lies_inside_the_picture_at_every_step(axes: tuple[str, str]) -> None:
    for hidden in (False, True):
        for step in (0.0, 0.5, 3.0, 24.5, 60.0, 200.0):
            view = drawn(load("four-learning-rates"), step, loss_axis=axes[0], step_axis=axes[1], hide_future=hidden)
            assert view.frame is not None
            for ball in view.frame.balls[:3]:
                at = view.pixels(np.array(ball.row + ball.part), np.array(ball.loss))
                assert view.box.rect().adjusted(-0.5, -0.5, 0.5, 0.5).contains(QPointF(*at.tolist())), step


def test_that_a_loss_of_zero_leaves_through_the_bottom_of_a_logarithmic_axis_and_is_said_so() -> None:
    written: list[str] = []
    view = drawn(perfect(), 6, loss_axis="log")
    view._paint_quiet = lambda painter, text, base, taken: written.append(text) or []  # type: ignore[method-assign]
    view._paint_note(None, [])  # type: ignore[arg-type]
    assert written == ["rate 0.5: loss 0 from step 1, which has no logarithm"]
    line = view.segment(0, 0)
    assert line is not None
    assert line.y2() > view.box.rect().height()
    written.clear()
    view.draw(frame_of_step(view.frame.scene, 0))  # type: ignore[union-attr]
    view._paint_note(None, [])  # type: ignore[arg-type]
    # not before it is seen
    assert written == []


def test_that_a_smallest_loss_of_zero_is_not_named_on_a_logarithmic_axis() -> None:
    assert drawn(perfect(), 6)._smallest() == pytest.approx(0.0, abs=1e-12)
    assert drawn(perfect(), 6, loss_axis="log")._smallest() is None


def test_that_the_smallest_loss_is_kept_back_with_the_future() -> None:
    assert drawn(load("four-learning-rates"), 6)._smallest() == pytest.approx(0.525, abs=1e-3)
    assert drawn(load("four-learning-rates"), 6, hide_future=True)._smallest() is None


def test_that_in_a_crowd_labels_stand_apart_and_that_of_the_selected_run_is_among_them() -> None:
    experiment = load("four-learning-rates")
    runs = tuple(
        msgspec.structs.replace(experiment.runs[0], name="", hyperparameters={"learning_rate": 0.002 * (i + 1)})
        for i in range(2 * CROWD)
    )
    for selected in (0, 9):
        view = drawn(msgspec.structs.replace(experiment, runs=runs), 60, selected=selected)
        written: list[tuple[str, float]] = []
        halo = "lossviz.views.loss_view.halo_text"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(halo, lambda painter, at, text, *rest, kept=written: kept.append((text, at.y())))
            assert view.frame is not None
            ends = [
                (ball, view.pixels(np.array(ball.row), np.array(ball.loss)))
                for ball in view.frame.balls
            ]  # fmt: skip
            view._paint_tags_in_column(None, ends)  # type: ignore[arg-type]
        heights = sorted(y for _, y in written)
        assert 2 < len(written) < 2 * CROWD
        assert min(np.diff(heights)) >= 1.2 * view.style_.text
        assert runs[selected].label.removeprefix("rate ") in [text for text, _ in written]


@pytest.mark.parametrize("axis", ["linear", "log"])
def test_that_no_label_is_struck_through_by_the_line_of_the_smallest_loss(
    axis: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = drawn(load("four-learning-rates"), 0, loss_axis=axis)
    assert view.frame is not None
    scene, written = view.frame.scene, list[tuple[str, float]]()
    monkeypatch.setattr(
        "lossviz.views.loss_view.halo_text", lambda painter, at, text, *rest: written.append((text, at.y()))
    )
    before: dict[str, float] = {}
    for step in np.arange(20.0, 200.0, 5.0):
        written.clear()
        view.draw(frame_of_step(scene, step))
        smallest = view._smallest()
        assert smallest is not None
        ends = [
            (ball, view.pixels(np.array(ball.row), np.array(ball.loss))) for ball in view.frame.balls if not ball.gone
        ]
        view._paint_tags_in_column(None, ends[:3])  # type: ignore[arg-type]
        # a label's feet are its baseline: figures have no part below it
        assert all(y < view._down(smallest) - 1.0 for _, y in written), step
        size = view.style_.text
        assert all(abs(y - before.get(text, y)) < size for text, y in written), f"a label jumps at step {step}"
        before = dict(written)
    assert {text for text, _ in written} == {"0.012", "0.36", "0.71"}


def test_that_a_curve_ends_where_a_run_comes_off_the_surface() -> None:
    experiment = parse(
        'format = 1\n[surface]\nformula = "2*w + b**2 + 0*sqrt(w + 1)"\n[descent]\nstart = [1.0, 1.0]\nsteps = 60\n'
        '[[runs]]\noptimizer = "gradient_descent"\nlearning_rate = 0.1\n'
    )
    view = drawn(experiment, 60)
    assert view.frame is not None
    (descent,) = view.frame.scene.descents
    assert len(view.curve(descent)) == descent.finite == descent.trajectory.steps == 11


@pytest.mark.parametrize("height", [53, 54, 60, 200])
def test_that_a_card_without_room_or_without_a_run_is_painted_all_the_same(qapp: Any, height: int) -> None:
    experiment = load("four-learning-rates")
    for runs in ((), experiment.runs[3:]):
        made = drawn(msgspec.structs.replace(experiment, runs=runs), 60.0)
        made.resize(200, height)
        qapp.processEvents()
        assert made.box.rect().height() == height - 52.0
        image = QImage(200, 200, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(0)
        painter = QPainter(image)
        made.paint_moving(painter)
        painter.end()
