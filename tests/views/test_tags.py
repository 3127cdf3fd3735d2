from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from lossviz.scene.style import LIGHT
from lossviz.views import tags

BOUNDS = QRectF(0.0, 0.0, 400.0, 300.0)


def _tag(text: str, *points: tuple[float, float]) -> tags.Tag:
    return tags.Tag(text, *map(np.array, points))


@pytest.fixture
def written(qapp: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Write labels; give each text with the rectangle that it covers."""

    def write(labels: list[tuple[Any, ...]], **options: Any) -> list[tuple[str, QRectF]]:
        found: list[tuple[str, QRectF]] = []

        def note(painter: Any, at: QPointF, text: str, face: Any, ink: Any, halo: Any) -> None:
            height = face.pixelSize()
            found.append((text, QRectF(at.x(), at.y() - 0.84 * height, tags.text_width(text, face), height)))

        monkeypatch.setattr(tags, "halo_text", note)
        image = QImage(400, 300, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        if "asides" in options:
            options["asides"] = [tags.Tag(text, np.array(at)) for text, at in options["asides"]]
        tags.paint_tags(painter, [_tag(*label) for label in labels], BOUNDS, LIGHT, 1.0, **options)
        painter.end()
        return found

    return write


def overlapping(found: list[tuple[str, QRectF]]) -> list[tuple[str, str]]:
    return [
        (text, other)
        for i, (text, place) in enumerate(found)
        for other, second in found[i + 1 :]
        if place.adjusted(0.1, 0.1, -0.1, -0.1).intersects(second)
    ]


@pytest.mark.parametrize("count", [1, 2, 4, 8])
def test_that_a_few_labels_at_one_point_are_all_written_side_by_side(written: Any, count: int) -> None:
    found = written([(f"rate .{i}", (200.0, 150.0)) for i in range(count)])
    assert len(found) == count
    assert overlapping(found) == []


@pytest.mark.parametrize("count", [9, 16, 40])
def test_that_in_a_crowd_no_text_lies_over_another_and_the_selected_one_is_written(written: Any, count: int) -> None:
    points = [(200.0 + 9.0 * (i % 7), 150.0 + 8.0 * (i // 7)) for i in range(count)]
    last = f"rate .{count - 1}"
    found = written([(f"rate .{i}", point) for i, point in enumerate(points)], first=last)
    assert found[0][0] == last
    assert 1 < len(found) < count
    assert overlapping(found) == []


def test_that_labels_of_a_crowd_that_has_room_are_all_written(written: Any) -> None:
    found = written([(f".{i}", (40.0 + 80.0 * (i % 4), 40.0 + 60.0 * (i // 4))) for i in range(16)])
    assert len(found) == 16


def test_that_labels_stay_inside_the_picture(written: Any) -> None:
    found = written([("rate 0.71", corner) for corner in ((2.0, 2.0), (398.0, 2.0), (2.0, 298.0), (398.0, 298.0))])
    assert len(found) == 4
    assert all(BOUNDS.adjusted(-0.5, -0.5, 0.5, 0.5).contains(place) for _, place in found)


def test_that_an_aside_is_written_only_where_it_covers_nothing(written: Any) -> None:
    assert [text for text, _ in written([("rate 0.7", (200.0, 150.0))], asides=[("before", (90.0, 60.0))])] == [
        "rate 0.7",
        "before",
    ]
    around = [("rate 0.7", (200.0 + 22.0 * i, 110.0 + 14.0 * j)) for i in range(-4, 5) for j in range(8)]
    assert "before" not in [text for text, _ in written(around, asides=[("before", (200.0, 150.0))])]


HEIGHTS = st.lists(st.floats(0.0, 300.0), min_size=1, max_size=15).map(sorted)


@given(heights=HEIGHTS)
def test_that_heights_are_spread_apart_inside_their_bounds(heights: list[float]) -> None:
    moved = tags.spread(heights, 16.0, 8.0, 292.0)
    assert all(b - a >= 16.0 - 1e-6 for a, b in pairwise(moved))
    assert moved[0] >= 8.0 - 1e-6
    assert moved[-1] <= 292.0 + 1e-6


@given(heights=HEIGHTS)
def test_that_heights_far_enough_apart_stay_where_they_are(heights: list[float]) -> None:
    apart = [20.0 * i + 10.0 for i in range(len(heights))]
    assert tags.spread(apart, 16.0, 0.0, 1000.0) == pytest.approx(apart)


@given(heights=st.lists(st.floats(0.0, 300.0), min_size=1, max_size=40), data=st.data())
def test_that_thinning_keeps_the_first_chosen_and_only_what_lies_apart(heights: list[float], data: Any) -> None:
    first = data.draw(st.integers(0, len(heights) - 1))
    kept = tags.thinned(heights, first, 16.0)
    assert kept[0] == first
    chosen = sorted(heights[i] for i in kept)
    assert all(b - a >= 16.0 for a, b in pairwise(chosen))
    # nothing more would fit
    assert all(i in kept or min(abs(h - c) for c in chosen) < 16.0 for i, h in enumerate(heights))


def test_that_a_label_covers_no_obstacle_where_there_is_another_place(written: Any) -> None:
    star = QRectF(205.0, 140.0, 20.0, 20.0)
    (_, beside), *_ = written([("rate 0.7", (200.0, 150.0))])
    assert beside.intersects(star)
    (_, elsewhere), *_ = written([("rate 0.7", (200.0, 150.0))], obstacles=[star])
    assert not elsewhere.intersects(star)


def test_that_a_label_rather_covers_a_point_than_an_obstacle(written: Any) -> None:
    around = QRectF(100.0, 50.0, 200.0, 200.0)
    strip = QRectF(100.0, 143.0, 200.0, 14.0)
    obstacles = [
        QRectF(around.left(), around.top(), around.width(), strip.top() - around.top()),
        QRectF(around.left(), strip.bottom(), around.width(), around.bottom() - strip.bottom()),
    ]
    labels = [("rate 0.7", (200.0, 150.0)), ("", (225.0, 150.0)), ("", (165.0, 150.0))]
    (_, place), *_ = written(labels, obstacles=obstacles)
    assert not any(place.intersects(obstacle) for obstacle in obstacles)


def test_that_a_label_keeps_its_side_while_its_point_moves(written: Any) -> None:
    star = QRectF(210.0, 140.0, 20.0, 20.0)
    # at rest the place at its right is taken; on its way it is not, yet nothing jumps
    for y in np.linspace(150.0, 50.0, 21):
        (_, place), *_ = written([("rate 0.7", (200.0, y), (200.0, 150.0))], obstacles=[star])
        assert place.right() < 200.0
    (_, arrived), *_ = written([("rate 0.7", (200.0, 50.0))], obstacles=[star])
    assert arrived.left() > 200.0


def test_that_labels_of_moving_points_stay_inside_the_picture(written: Any) -> None:
    (_, place), *_ = written([("rate 0.7", (398.0, 2.0), (200.0, 150.0))])
    assert BOUNDS.adjusted(-0.5, -0.5, 0.5, 0.5).contains(place)


def test_that_a_label_of_a_point_that_comes_from_outside_stands_where_there_is_room(written: Any) -> None:
    star = QRectF(210.0, 140.0, 20.0, 20.0)
    (_, place), *_ = written([("rate 0.7", (200.0, 150.0), (-900.0, 150.0))], obstacles=[star])
    assert not place.intersects(star)
