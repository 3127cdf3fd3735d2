from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF

from lossviz.experiment import load
from lossviz.export.canvas import Canvas
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.scene.frame import PHASES, Frame, frame_of_step
from lossviz.scene.scene import Scene
from lossviz.scene.style import LIGHT, STYLES, rgb
from lossviz.views import slice_labels
from lossviz.views.slice_exits import note_of
from lossviz.views.slice_slope import regions
from lossviz.views.slice_view import SliceView

MEMORY = Memory()
SIZE = (800, 500)
HEAD = 50
"""Rows of a picture of this size that hold the title and the step."""


@pytest.fixture(autouse=True)
def application(qapp: Any) -> None:
    """Pictures need the one application of the tests."""


def scene(name: str = "one-parameter", runs: dict[str, Any] | None = None, **changes: Any) -> Scene:
    """An experiment with other values in [descent] and [view], and in every run."""
    e = load(name)
    view = {key: changes.pop(key) for key in list(changes) if key in e.view.__struct_fields__}
    e = msgspec.structs.replace(
        e,
        descent=msgspec.structs.replace(e.descent, **changes),
        view=msgspec.structs.replace(e.view, **view),
        runs=tuple(msgspec.structs.replace(run, **(runs or {})) for run in e.runs),
    )
    return scene_of(e, 65, MEMORY)


def picture(of: Scene, step: float, theme: str = "light", phase: str = "", size: tuple[int, int] = SIZE) -> np.ndarray:
    with Canvas("slice", size, theme) as canvas:
        return canvas.paint(frame_of_step(of, step, phase)).copy()


def count(image: np.ndarray, colour: str, near: int = 40) -> int:
    red, green, blue = rgb(colour)
    return int(np.all(np.abs(image[:, :, :3].astype(int) - (blue, green, red)) <= near, axis=2).sum())


@pytest.fixture
def view() -> SliceView:
    made = SliceView(LIGHT)
    made.setGeometry(QRectF(0, 0, 900, 600))
    return made


def show(view: SliceView, of: Scene, step: float, phase: str = "") -> Frame:
    frame = frame_of_step(of, step, phase)
    view.draw(frame)
    return frame


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The labels that are written into pictures."""
    texts: list[str] = []
    real = slice_labels.halo_text

    def note(painter: Any, at: Any, text: str, *rest: Any) -> None:
        texts.append(text)
        real(painter, at, text, *rest)

    monkeypatch.setattr(slice_labels, "halo_text", note)
    return texts


# geometry ---------------------------------------------------------------------------------------------------------


def test_that_balls_lie_on_the_curve_to_a_pixel(view: SliceView) -> None:
    for step in (0, 1, 4):
        frame = show(view, scene(), step)
        assert view.seen is not None
        curve = view.curve.pixels(view.seen.line.values, view.seen.line.losses)
        for ball in frame.balls:
            at = view.curve.ball_place(ball)
            assert at is not None
            assert abs(at[1] - np.interp(at[0], curve[:, 0], curve[:, 1])) < 1.0


def test_that_a_ball_is_drawn_where_it_lies() -> None:
    made = scene()
    with Canvas("slice", SIZE) as canvas:
        frame = frame_of_step(made, 4)
        image = canvas.paint(frame).copy()
        chart = canvas.picture.cards["slice"].view.curve
        at = chart.box.mapToScene(QPointF(*chart.ball_place(frame.selected).tolist()))
    red, green, blue = rgb(LIGHT.path(2))
    assert np.abs(image[round(at.y()), round(at.x()), :3].astype(int) - (blue, green, red)).max() < 12


def test_that_the_arrow_is_as_long_as_rate_times_slope(view: SliceView) -> None:
    made = scene()
    for k in (0, 1, 5):
        show(view, made, k)
        ends = view.curve.arrow_ends()
        assert ends is not None
        (low, high), width = made.surface.domain.w, view.curve.box.rect().width()
        t = made.descents[2].trajectory
        units = (ends[1][0] - ends[0][0]) / width * (high - low)
        assert units == pytest.approx(-1.6 * t.gradients[k, 0], rel=1e-9)
        assert ends[0][1] == ends[1][1]


def test_that_the_arrow_ends_above_where_the_ball_will_land(view: SliceView) -> None:
    made = scene()
    show(view, made, 1)
    ends = view.curve.arrow_ends()
    landing = view.curve.ball_place(frame_of_step(made, 2).balls[2])
    assert ends is not None
    assert landing is not None
    assert ends[1][0] == pytest.approx(landing[0], abs=1e-6)


def test_that_the_tangent_touches_the_curve_at_the_ball_with_its_slope(view: SliceView) -> None:
    made = scene()
    frame = show(view, made, 2)
    line, ball_at = view.curve.tangent(), view.curve.ball_place(frame.balls[2])
    assert line is not None
    assert ball_at is not None
    np.testing.assert_allclose(line[len(line) // 2], ball_at, atol=1e-6)
    assert view.seen is not None
    pixels = view.curve.pixels(view.seen.line.values, view.seen.line.losses)
    below = np.interp(line[:, 0], pixels[:, 0], pixels[:, 1]) - line[:, 1]
    # a parabola lies above all its tangents
    assert below.max() < 0.2


def test_that_one_guide_goes_through_both_pictures_at_the_ball(view: SliceView) -> None:
    made = scene()
    for step in (0, 3, 3.5):
        show(view, made, step)
        guide = view.guide()
        assert guide is not None
        upper, lower = view.curve.move_place(), view.slope.slope_end()
        assert upper is not None
        assert lower is not None
        from_curve = view.curve.box.mapToItem(view, QPointF(*upper.tolist()))
        from_slope = view.slope.box.mapToItem(view, QPointF(*lower.tolist()))
        assert guide.x1() == guide.x2() == pytest.approx(from_curve.x(), abs=1e-6)
        assert from_slope.x() == pytest.approx(from_curve.x(), abs=1e-6)
        assert guide.y1() == pytest.approx(from_curve.y())
        assert guide.y2() > from_slope.y() > guide.y1()


def test_that_the_height_of_the_lower_arrow_is_the_slope(view: SliceView) -> None:
    made = scene()
    show(view, made, 3)
    end, (low, high) = view.slope.slope_end(), view.slope.box.viewRange()[1]
    assert end is not None
    units = (view.slope.zero() - end[1]) / view.slope.box.rect().height() * (high - low)
    assert units == pytest.approx(made.descents[2].trajectory.gradients[3, 0], rel=1e-9)


def test_that_a_ball_in_the_air_flies_above_the_straight_way_along_the_arc_of_its_hop(view: SliceView) -> None:
    made = scene()
    frame = show(view, made, 1.4)
    points, ball = view.curve.points(2), frame.balls[2]
    at = view.curve.ball_place(ball)
    assert at is not None
    straight = points[1] + ball.part * (points[2] - points[1])
    assert at[0] == pytest.approx(straight[0])
    assert at[1] < straight[1] - 10.0


# words ------------------------------------------------------------------------------------------------------------


def test_that_the_signs_of_the_slope_say_the_direction(written: list[str]) -> None:
    picture(scene(), 4)
    assert {"slope < 0: go right →", "← slope > 0: go left"} <= set(written)


def test_that_the_regions_of_the_signs_meet_at_the_minimum(view: SliceView) -> None:
    show(view, scene(), 0)
    assert view.seen is not None
    found, minimum = regions(view.seen.line), view.seen.line.minimum
    assert minimum is not None
    spacing = view.seen.line.values[1] - view.seen.line.values[0]
    assert found[-1][0] == -2.8
    assert found[1][1] == 3.0
    assert abs(found[-1][1] - minimum[0]) <= spacing
    assert found[-1][1] == found[1][0]


def test_that_slope_and_step_are_told_with_their_true_values(written: list[str]) -> None:
    picture(scene(), 1)
    assert "slope 1.46" in written
    assert "step = −rate × slope = −2.33" in written
    written.clear()
    picture(scene(), 1, phase="rate")
    assert "step = −1.6 × 1.46 = −2.33" in written


def test_that_the_check_tells_the_change_of_loss(written: list[str]) -> None:
    made = scene()
    picture(made, 2, phase="check")
    losses = made.descents[2].trajectory.losses
    assert f"loss −{losses[1] - losses[2]:.3f}" in written
    assert not [text for text in written if text.startswith("step")]


def test_that_another_rule_tells_its_next_step_and_no_product(written: list[str]) -> None:
    momentum = {"optimizer": "momentum", "hyperparameters": {"learning_rate": 0.1, "momentum": 0.9}}
    picture(scene(runs=momentum), 4)
    assert any(text.startswith("next step +") for text in written)
    assert not any("rate ×" in text for text in written)
    written.clear()
    picture(scene(runs=momentum, hide_future=True), 4)
    assert not any("step" in text for text in written)


def test_that_a_slope_that_nobody_can_see_is_about_zero(written: list[str]) -> None:
    picture(scene(), 60)
    assert "slope ≈ 0" in written
    assert not [text for text in written if "e-" in text]


def test_that_runs_that_meet_share_one_label(written: list[str]) -> None:
    picture(scene(), 0)
    assert "1.6 · 0.03 · 0.45 · 1.87" in written


def test_that_a_run_that_left_is_told(written: list[str]) -> None:
    picture(scene(), 60)
    assert "rate 1.87 left at step 8, now 17 map widths away" in written


@pytest.mark.parametrize(("name", "selected", "step"), [("one-parameter", 3, 60), ("four-learning-rates", 3, 40)])
def test_that_an_arrow_stands_where_a_run_left(view: SliceView, name: str, selected: int, step: int) -> None:
    show(view, scene(name, selected=selected), step)
    ball, rect = view.frame.balls[3], view.curve.box.rect()
    found = note_of(view.curve, ball)
    assert found is not None
    _, at, direction = found
    assert at is not None
    assert np.abs([at[0], at[0] - rect.width(), at[1], at[1] - rect.height()]).min() <= 1.0
    # and points out of the picture
    assert not rect.contains(QPointF(*(at + 3.0 * direction).tolist()))


def test_that_a_picture_that_the_curve_lies_above_says_so(written: list[str]) -> None:
    picture(scene("four-learning-rates", selected=3), 120)
    assert any("every loss is above this picture" in text for text in written)


@pytest.mark.parametrize(
    ("name", "free", "hint"),
    [
        ("one-parameter", ("w",), "b held at 2.9"),
        ("one-parameter", ("b",), "w held at −1.6"),
        ("four-learning-rates", None, "through b = 3.6"),
    ],
)
def test_that_the_hint_tells_where_the_slice_lies(
    view: SliceView, name: str, free: tuple[str, ...] | None, hint: str
) -> None:
    show(view, scene(name, free=free), 0)
    assert view.hint == hint


def test_that_pointing_at_the_slice_tells_loss_and_slope(view: SliceView) -> None:
    made = scene()
    show(view, made, 3)
    middle = QPointF(view.curve.box.rect().center())
    loss, slope = float(made.surface.loss(0.1, 2.9)), float(made.surface.gradient(0.1, 2.9)[0])
    told = view.curve.readout_at(middle)
    assert told.startswith("w 0.1 · loss ")
    assert f"{loss:.3f}" in told
    assert view.slope.readout_at(middle) == told
    assert abs(slope) < 0.01


def test_that_the_numbers_of_the_balls_keep_apart_and_begin_with_0(view: SliceView) -> None:
    show(view, scene(), 60)
    places = list(view.curve.numbers().items())
    assert [number for number, _ in places[:6]] == [0, 1, 2, 3, 4, 5]
    assert len(places) < 30
    for i, (_, one) in enumerate(places):
        assert not any(one.intersects(other) for _, other in places[:i])


# pictures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", list(STYLES))
@pytest.mark.parametrize("phase", ["", *PHASES])
def test_that_it_is_drawn_in_every_theme_and_phase_with_every_path_colour(theme: str, phase: str) -> None:
    made = scene()
    image = picture(made, 4, theme, phase)
    for descent in made.descents:
        assert count(image, STYLES[theme].path(descent.number)) >= 20, descent.label


def test_that_each_phase_emphasises_something_else() -> None:
    made = scene()
    images = [picture(made, 2, phase=phase) for phase in ("", *PHASES)]
    for i, image in enumerate(images):
        assert not any(np.array_equal(image, other) for other in images[:i])


def test_that_the_rate_phase_has_the_strongest_arrow_and_the_slope_phase_none() -> None:
    made = scene()
    blue = {phase: count(picture(made, 1, phase=phase), LIGHT.accent, 12) for phase in ("slope", "", "rate")}
    assert blue["slope"] < blue[""] < blue["rate"]


@pytest.mark.parametrize("size", [(400, 300), (1500, 900), (160, 160)])
@pytest.mark.parametrize("name", ["one-parameter", "four-learning-rates", "logistic"])
def test_that_it_is_drawn_at_every_size(name: str, size: tuple[int, int]) -> None:
    made = scene(name)
    for step in (0, 2.5, made.steps):
        assert picture(made, step, size=size).std() > 5


def test_that_the_small_card_of_a_window_has_room_for_both_pictures() -> None:
    small = SliceView(LIGHT)
    small.setGeometry(QRectF(0, 0, 376, 259))
    show(small, scene(), 3)
    assert small.curve.box.rect().height() > 100
    assert small.slope.box.rect().height() > 40
    assert small.curve.box.geometry().left() == small.slope.box.geometry().left()
    assert small.curve.box.rect().width() == small.slope.box.rect().width()


@pytest.mark.parametrize("name", ["one-parameter", "four-learning-rates"])
def test_that_a_frame_of_a_film_is_the_still_of_its_step(name: str) -> None:
    made = scene(name)
    with Canvas("slice", SIZE) as canvas:
        for step in (0, 1, 1.3, 2, 40, 9, 8.5, 60):
            assert np.array_equal(canvas.paint(frame_of_step(made, step)), picture(made, step)), step


def test_that_nothing_of_later_steps_is_drawn() -> None:
    """Steps that are never made can't have left a trace in the picture of one in which they are."""
    short, long = scene(hide_future=True, steps=8), scene(hide_future=True, steps=60)
    for step in (0, 3, 5.5, 7):
        assert np.array_equal(picture(short, step)[HEAD:], picture(long, step)[HEAD:]), step


def test_that_the_star_is_kept_back_with_the_future(view: SliceView) -> None:
    told, kept_back = picture(scene(), 1), picture(scene(hide_future=True), 1)
    differ = np.argwhere(np.any(told[HEAD:] != kept_back[HEAD:], axis=2))
    assert len(differ)
    # the star alone, which is small
    assert np.all(np.ptp(differ, axis=0) <= 20)


def test_that_a_logarithmic_loss_gives_another_picture_and_says_so(view: SliceView) -> None:
    made = scene(loss_axis="log")
    show(view, made, 2)
    assert view.curve._names[1] == "loss (kg²), log"
    assert not np.array_equal(picture(made, 2), picture(scene(), 2))


def test_that_the_runs_before_the_last_change_are_drawn_faintly_where_they_share_the_slice(written: list[str]) -> None:
    made, before = scene(), scene(start=(2.4, 2.9))
    changed = replace(made, ghosts=before.descents)
    assert not np.array_equal(picture(changed, 3), picture(made, 3))
    assert "before" in written
    elsewhere = scene(start=(2.4, 3.3))
    assert np.array_equal(picture(replace(made, ghosts=elsewhere.descents), 3), picture(made, 3))


def test_that_selecting_another_run_numbers_its_balls(view: SliceView) -> None:
    with Canvas("slice", SIZE) as canvas:
        canvas.paint(frame_of_step(scene(), 5))
        again = canvas.paint(frame_of_step(scene(selected=3), 5)).copy()
    assert np.array_equal(again, picture(scene(selected=3), 5))


@pytest.mark.parametrize("free", [None, ("w",), ("b",)])
@pytest.mark.parametrize("rate", [10.0, 1e150, 1e307])
def test_that_a_run_beyond_all_numbers_leaves_it_drawable(rate: float, free: tuple[str, ...] | None) -> None:
    made = scene("four-learning-rates", runs={"hyperparameters": {"learning_rate": rate}}, free=free)
    for step in (0, 0.5, 1, 2, 110, 200):
        assert picture(made, step, size=(480, 320)).std() > 5


def test_that_an_experiment_without_runs_is_drawn() -> None:
    made = scene_of(msgspec.structs.replace(load("one-parameter"), runs=()), 33)
    assert picture(made, 0).std() > 5
