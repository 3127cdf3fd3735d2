from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QPainter

from lossviz.experiment import Experiment, load, parse
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.scene.frame import frame_of_step
from lossviz.scene.style import STYLES
from lossviz.views.loss_view import LossView

MEMORY = Memory()

LONG = """format = 1
[surface]
data = "eight_births"
feature = "age"
label = "weight"
standardize = true
[descent]
start = [-2.0, 9.6]
steps = 6000
[[runs]]
learning_rate = 0.1
batch_size = 1
"""


@pytest.fixture(autouse=True)
def application(qapp: Any) -> None:
    """A view needs the application of the tests."""


def drawn(experiment: Experiment, step: float, height: int = 360, **view: Any) -> LossView:
    looks = msgspec.structs.replace(experiment.view, **view)
    made = LossView(STYLES["light"])
    made.resize(420, height)
    made.draw(frame_of_step(scene_of(msgspec.structs.replace(experiment, view=looks), 33, MEMORY), step))
    return made


def painted(view: Any) -> np.ndarray:
    """The pixels inside the axes of a chart."""
    image = QImage(view.box.rect().size().toSize(), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    view.layer.paint(painter, None)
    painter.end()
    raw = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return raw[:, :, 2::-1].astype(int)


def test_that_a_noisy_run_of_many_steps_is_a_band_and_its_steps_that_add_nothing_are_not_asked() -> None:
    view = drawn(parse(LONG), 6000)
    strokes = view.strokes(view.shown[0])
    assert not strokes.lines
    assert len(strokes.band) < 0.5 * 6000
    assert len(list(view.busy_steps(0, 6000))) == len(strokes.band)
    few = drawn(parse(LONG.replace("6000", "60")), 60)
    assert not few.strokes(few.shown[0]).band


def test_that_a_band_is_the_same_however_one_came_to_a_step() -> None:
    view = drawn(parse(LONG), 6000)
    end = painted(view)
    scene = view.frame.scene  # type: ignore[union-attr]
    for step in (5000, 5500, 6000):
        view.draw(frame_of_step(scene, step))
        again = painted(view)
    assert np.array_equal(again, end)


def test_that_looks_are_dots_joined_by_lines_and_nothing_where_every_step_is_looked_at() -> None:
    view = drawn(load("rare-checks"), 120)
    every, _, often, _ = (view.strokes(descent) for descent in view.shown)
    assert sorted(often._joins)[:3] == [24, 49, 74]
    assert sorted(often._dots)[:3] == [0, 24, 49]
    assert not every._joins
    assert not every._dots
    assert view.hint == "○ looked at every 25 steps"


def test_that_clipped_steps_have_ticks_at_the_curve_and_are_named_once_they_were_seen() -> None:
    view = drawn(load("clipping"), 60, selected=2)
    descent = view.shown[2]
    ticks = view.strokes(descent)._ticks
    assert ticks
    assert set(ticks) <= set(descent.trajectory.clips.tolist())
    assert all(tick == QPointF(*view.points(2)[row].tolist()) for row, tick in ticks.items())
    assert view.hint == "ticks: slope clipped"
    assert drawn(load("clipping"), 0).hint == ""


def test_that_the_average_is_dashed_over_the_curve() -> None:
    text = LONG.replace("steps = 6000", "steps = 200\naverage = 0.98")
    view = drawn(parse(text), 200)
    strokes = view.strokes(view.shown[0])
    assert strokes._dashes is not None
    assert view.hint == "dashed: average"
    assert not np.array_equal(painted(view), painted(drawn(parse(text.replace("average = 0.98", "")), 200)))


@pytest.mark.parametrize("kind", ["samples", "seconds", "epochs"])
@pytest.mark.parametrize("axis", ["linear", "log"])
def test_that_runs_of_other_costs_lie_side_by_side_and_every_ball_on_its_curve(kind: str, axis: str) -> None:
    view = drawn(load("batches"), 14, cost_axis=kind, step_axis=axis)
    assert view.frame is not None
    ends = [view.points(ball.descent.number)[ball.row] for ball in view.frame.balls]
    assert all(view.box.rect().contains(QPointF(*end.tolist())) for end in ends)
    places = [float(end[0]) for end in ends]
    assert places == sorted(places, reverse=True)
    assert len(set(places)) == 4


def test_that_title_axis_and_numbers_say_what_the_loss_is_drawn_against() -> None:
    assert drawn(load("batches"), 5, cost_axis="steps").heading == "Loss by step"
    view = drawn(load("batches"), 5)
    assert (view.heading, view._names[0]) == ("Loss by samples", "samples seen")
    assert drawn(load("batches"), 5, cost_axis="seconds", step_axis="log")._names[0] == "modelled time (s), log"
    assert [view.tick_text(value, 5000.0, False) for value in (0.0, 5000.0, 20_000.0)] == ["0", "5k", "20k"]
    assert view.tick_text(2_500_000.0, 500_000.0, False) == "2.5M"
    assert view.tick_text(20_000.0, 5000.0, True) == "2e4"


def test_that_another_axis_of_cost_draws_the_lines_anew() -> None:
    view = drawn(load("batches"), 14, cost_axis="steps")
    before = view.points(0)
    experiment = load("batches")
    view.draw(frame_of_step(scene_of(experiment, 33, MEMORY), 14))
    assert not np.array_equal(view.points(0), before)
    assert view.points(0)[-1, 0] == pytest.approx(view.points(3)[-1, 0])


def test_that_a_click_on_the_axis_s_name_asks_for_the_next_cost(held: Any, heard: Any) -> None:
    for name in ("batches", "schedules"):
        shown = held(LossView, load(name))
        asked = heard(shown.view.cost_asked)
        at = shown.view.name.sceneBoundingRect().center()
        shown.click(shown.port.mapFromScene(at))
        assert asked == [(0,)]
        shown.click(shown.port.mapFromScene(at) - QPoint(0, 150))
        assert asked == [(0,)]


# the strip ------------------------------------------------------------------------------------------------------------


def test_that_the_strip_of_rates_lies_below_on_the_same_axis_where_there_is_room() -> None:
    view = drawn(load("schedules"), 100)
    assert view.strip.isVisible()
    assert view.strip.geometry().top() >= view.box.geometry().bottom()
    assert view.strip.geometry().bottom() == pytest.approx(view.rect().bottom())
    for x in (0.0, 50.0, 100.0):
        above, below = (plot.pixels(np.array(x), np.array(1.0))[0] for plot in (view, view.strip))
        assert above == pytest.approx(below)
    assert not drawn(load("four-learning-rates"), 100).strip.isVisible()
    assert not drawn(load("schedules"), 100, height=190).strip.isVisible()
    whole = drawn(load("four-learning-rates"), 100)
    assert whole.numbered
    assert whole.box.geometry().height() > view.box.geometry().height() + 80.0


def test_that_rates_are_stairs_where_there_is_room_and_end_at_the_step_that_is_seen() -> None:
    view = drawn(load("schedules"), 10)
    strip, t = view.strip, view.shown[3].trajectory
    points = strip.points(3)
    levels = strip.pixels(np.zeros(t.steps), t.learning_rates)[:, 1]
    assert points[1::2, 1] == pytest.approx(levels)
    assert points[2:20:2, 1] == pytest.approx(levels[1:10])
    assert points[2:20:2, 0] == pytest.approx(points[1:19:2, 0])
    pixels = painted(strip)
    beyond = int(strip.pixels(np.array(11.5), np.array(0.0))[0])
    coloured = pixels.max(axis=2) - pixels.min(axis=2) > 60
    assert coloured[:, :beyond].any()
    assert not coloured[:, beyond:].any()


def test_that_the_strip_tells_the_rate_under_the_hand() -> None:
    view = drawn(load("schedules"), 100)
    strip, t = view.strip, view.shown[2].trajectory
    at = QPointF(*strip.pixels(np.array(60.4), np.array(t.learning_rates[60])).tolist())
    assert strip.readout_at(at).startswith(f"step 60 · cosine: rate {t.learning_rates[60]:.3g} · ")
