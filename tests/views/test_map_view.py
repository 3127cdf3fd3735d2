from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from lossviz.experiment import load
from lossviz.scene.frame import frame_of_step
from lossviz.scene.style import STYLES, rgb
from lossviz.views.brushes import text_width
from lossviz.views.map_view import MapView

PICKED, GRASPED, RELEASED, CLEARED, START = range(5)


@pytest.fixture
def hall(held: Any, heard: Any) -> tuple[Any, list[tuple[Any, ...]]]:
    """The map, and what it says."""
    shown = held(MapView, load("four-learning-rates"))
    view = shown.view
    said = heard(view.point_picked, view.grasped, view.released, view.point_cleared, view.start_dragged)
    return shown, said


def accent(image: np.ndarray, point: QPoint, reach: int = 12) -> int:
    """How many pixels around a point have the accent's colour."""
    part = image[point.y() - reach : point.y() + reach, point.x() - reach : point.x() + reach]
    return int(np.all(np.abs(part - rgb(STYLES["light"].accent)) <= 30, axis=2).sum())


def test_that_a_click_picks_the_point_under_it(hall: Any) -> None:
    shown, said = hall
    spot = shown.at(1.5, 4.0)
    shown.click(spot)
    assert said == [pytest.approx((PICKED, *shown.value(spot)))]
    assert said[0][1:] == pytest.approx((1.5, 4.0), abs=0.03)


def test_that_a_drag_over_the_map_picks_nothing(hall: Any) -> None:
    shown, said = hall
    shown.drag(shown.at(1.5, 4.0), shown.at(1.8, 4.2), shown.at(2.5, 5.0))
    assert said == []


def test_that_a_slow_click_of_a_trembling_hand_is_a_click(hall: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shown, said = hall
    # as if the half second had passed after which pyqtgraph takes any move for a drag
    monkeypatch.setattr(shown.port.scene(), "minDragTime", -1.0)
    spot = shown.at(1.5, 4.0)
    shown.drag(spot, spot + QPoint(1, 1), spot + QPoint(2, 1))
    assert said == [pytest.approx((PICKED, *shown.value(spot)))]


@pytest.mark.parametrize("button", [Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton])
def test_that_other_buttons_pick_nothing(hall: Any, button: Qt.MouseButton) -> None:
    shown, said = hall
    shown.click(shown.at(1.5, 4.0), button)
    assert said == []


def test_that_a_click_on_the_start_picks_nothing_and_a_drag_moves_it(hall: Any) -> None:
    shown, said = hall
    start = shown.at(-2.2, 3.6)
    shown.click(start)
    assert said == []
    shown.drag(start, start + QPoint(20, 0), start + QPoint(40, 10))
    assert {what for what, *_ in said} == {START}


def test_that_dragging_the_mark_moves_the_point_between_one_grasp_and_one_release(hall: Any) -> None:
    shown, said = hall
    shown.show(point=(1.5, 4.0))
    begin, end = shown.at(1.5, 4.0), shown.at(2.0, 2.0)
    shown.drag(begin, begin + QPoint(10, 10), begin + QPoint(20, 30), end)
    assert said[0] == (GRASPED,)
    assert said[-1] == (RELEASED,)
    moves = said[1:-1]
    assert {what for what, *_ in moves} == {PICKED}
    assert len(moves) >= 3
    assert moves[-1][1:] == pytest.approx((2.0, 2.0), abs=0.03)


def test_that_dragging_the_mark_off_the_map_keeps_the_point_on_it(hall: Any) -> None:
    shown, said = hall
    shown.show(point=(1.5, 4.0))
    begin = shown.at(1.5, 4.0)
    shown.drag(begin, begin + QPoint(20, 20), QPoint(2000, -500))
    assert said[-2] == (PICKED, 3.0, 5.6)


def test_that_a_right_click_on_the_mark_takes_it_away_and_a_left_one_does_nothing(hall: Any) -> None:
    shown, said = hall
    shown.show(point=(1.5, 4.0))
    shown.click(shown.at(1.5, 4.0))
    assert said == []
    shown.click(shown.at(1.5, 4.0), Qt.MouseButton.RightButton)
    assert said == [(CLEARED,)]


def test_that_the_mark_stands_where_the_point_is_and_goes_with_it(hall: Any) -> None:
    shown, said = hall
    spot = shown.at(1.5, 4.0)
    assert accent(shown.pixels(), spot) == 0
    shown.show(point=(1.5, 4.0))
    assert accent(shown.pixels(), spot) > 25
    shown.show(point=(2.2, 1.5))
    assert accent(shown.pixels(), spot) == 0
    assert accent(shown.pixels(), shown.at(2.2, 1.5)) > 25
    shown.show(point=None)
    assert accent(shown.pixels(), shown.at(2.2, 1.5)) == 0
    assert said == []


def test_that_the_mark_follows_when_the_map_is_resized(hall: Any) -> None:
    shown, _ = hall
    shown.show(point=(1.5, 4.0))
    shown.resize(700, 560)
    assert accent(shown.pixels(), shown.at(1.5, 4.0)) > 25


def test_that_a_point_off_the_map_has_no_mark_but_is_told(hall: Any) -> None:
    shown, said = hall
    before = shown.pixels()
    shown.show(point=(0.0, 40.0))
    assert not shown.view.mark.isVisible()
    assert not np.array_equal(before, shown.pixels())
    shown.show(point=(1e300, -1e300))
    assert shown.pixels().std() > 5
    assert said == []


def test_that_in_the_layout_line_and_point_the_selected_ball_is_ringed(hall: Any) -> None:
    shown, _ = hall
    ball = shown.view.frame.selected
    spot = shown.at(ball.w, ball.b)
    bare = accent(shown.pixels(), spot, 16)
    shown.show(layout="line_and_point")
    assert accent(shown.pixels(), spot, 16) > bare + 20


def test_that_the_hint_tells_of_clicks_only_where_there_is_room(hall: Any, held: Any) -> None:
    shown, _ = hall
    assert shown.view.hint == "click to pick a line · drag ○ to move the start"
    assert held(MapView, load("four-learning-rates"), (260, 300)).view.hint == "drag ○ to move the start"


@pytest.fixture
def labels(hall: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the labels of the balls cover at a step."""
    view = hall[0].view
    seen: dict[str, QRectF] = {}

    def note(painter: Any, at: QPointF, text: str, face: Any, *_: Any) -> None:
        height = face.pixelSize()
        seen[text] = QRectF(at.x(), at.y() - 0.84 * height, text_width(text, face), height)

    def at_step(step: float) -> dict[str, QRectF]:
        seen.clear()
        view.draw(frame_of_step(view.frame.scene, step))
        image = QImage(480, 400, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        view.paint_moving(painter)
        painter.end()
        return dict(seen)

    monkeypatch.setattr("lossviz.views.tags.halo_text", note)
    return at_step


def test_that_no_label_of_a_ball_covers_star_or_start(hall: Any, labels: Any) -> None:
    view = hall[0].view
    for step in range(0, 201, 4):
        written = labels(step)
        assert len(view._obstacles()) == 3
        for place in written.values():
            assert not any(place.intersects(obstacle) for obstacle in view._obstacles()), step
        assert len(written) >= 3


def test_that_labels_ride_with_their_balls_while_these_hop(hall: Any, labels: Any) -> None:
    view = hall[0].view
    for row in range(12):
        away: dict[str, np.ndarray] = {}
        for part in (0.0, 0.3, 0.5, 0.7, 0.95):
            written = labels(row + part)
            for ball in view.frame.balls:
                place = written.get(ball.descent.tag)
                if place is None or not view.box.rect().adjusted(60, 20, -60, -20).contains(place):
                    continue
                beside = np.array(place.center().toTuple()) - view.pixels(np.array(ball.w), np.array(ball.b))
                assert beside == pytest.approx(away.setdefault(ball.descent.tag, beside), abs=1e-6)
        assert len(away) >= 3
