from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF

from lossviz.experiment import DescentSection, Experiment, Run, SurfaceSection
from lossviz.views.map_view import MapView
from lossviz.views.stationary_marks import FEW, SMALLEST, mark_size, radius, strength


def on(function: str, **descent: Any) -> Experiment:
    return Experiment(
        surface=SurfaceSection(function=function),
        descent=DescentSection(start=(0.5, 0.5), steps=60, **descent),
        runs=(Run(hyperparameters={"learning_rate": 0.01}),),
    )


def changed(one: np.ndarray, other: np.ndarray, point: Any, reach: int) -> int:
    """How many pixels around a point differ between two pictures."""
    window = np.s_[point.y() - reach : point.y() + reach + 1, point.x() - reach : point.x() + reach + 1]
    return int(np.any(np.abs(one[window] - other[window]) > 12, axis=2).sum())


def test_that_every_point_has_a_mark_and_none_while_what_comes_is_hidden(held: Any) -> None:
    shown = held(MapView, on("himmelblau"))
    shown.step = 0.0
    shown.show()
    seen = shown.pixels()
    places = [shown.at(*point.position) for point in shown.view.marks.points]
    assert len(places) == 9
    shown.show(hide_future=True)
    assert shown.view.marks.points == ()
    hidden = shown.pixels()
    assert all(changed(seen, hidden, place, 5) > 15 for place in places)
    middle = shown.at(-4.5, 0.5)
    assert changed(seen, hidden, middle, 5) == 0


def test_that_a_global_minimum_is_larger_than_a_local_one(held: Any) -> None:
    shown = held(MapView, on("two_wells"))
    best, other = (p for p in shown.view.marks.points if p.kind == "minimum")
    assert (best.is_global, other.is_global) == (True, False)
    assert radius(best) > radius(other)
    assert radius(best, SMALLEST) > radius(other, 0.7)


def test_that_hundreds_of_marks_are_small_and_faint() -> None:
    room = QRectF(0, 0, 400, 300)
    assert mark_size(9, room) == 1.0
    assert mark_size(441, room) == SMALLEST
    assert strength(1.0) == 1.0 > strength(SMALLEST)
    sizes = [mark_size(count, room) for count in (1, 9, 60, 120, 441)]
    assert sizes == sorted(sizes, reverse=True)


def test_that_the_hand_is_told_of_the_mark_it_points_at(held: Any) -> None:
    shown = held(MapView, on("himmelblau"))
    shown.step = 0.0
    shown.show()

    def told(w: float, b: float, right: float = 0.0) -> str:
        at = shown.view.pixels(np.array(w), np.array(b))
        return shown.view.readout_at(QPointF(float(at[0]) + right, float(at[1])))

    assert told(3.0, 2.0, 3.0).startswith("global minimum at (3, 2) · loss 0 · eigenvalues 25.7 and 82.3")
    assert told(-0.270845, -0.923039).startswith("maximum at")
    assert told(0.086678, 2.884255).startswith("saddle at")
    assert told(-4.0, 0.5).startswith("w −4 ")


def test_that_labels_leave_the_minima_free_unless_there_are_too_many(held: Any) -> None:
    shown = held(MapView, on("himmelblau"))
    assert len(shown.view.marks.obstacles()) == 4
    many = held(MapView, on("rastrigin"))
    assert len(many.view.marks.points) == 441 > FEW
    assert many.view.marks.obstacles() == []


def test_that_a_line_of_minima_is_a_line_of_dots_that_all_tell_of_it(held: Any) -> None:
    valley = Experiment(
        surface=SurfaceSection(formula="w**2 + 0*b"),
        descent=DescentSection(start=(2.0, 0.5), steps=5),
        runs=(Run(hyperparameters={"learning_rate": 0.1}),),
    )
    shown = held(MapView, valley)
    (line,) = shown.view.marks.points
    assert line.along
    w, b = line.along[len(line.along) // 3]
    at = shown.view.pixels(np.array(w), np.array(b))
    assert shown.view.readout_at(QPointF(*at.tolist())).startswith("line of minima")


# crowds -----------------------------------------------------------------------------------------------------------


def test_that_a_crowd_leaves_lines_and_stands_where_its_runs_are(held: Any) -> None:
    plain, crowded = (held(MapView, on("himmelblau", random_starts=starts)) for starts in (0, 20))
    for shown in (plain, crowded):
        shown.step = 3.5
        shown.show()
    ((_, crowd),) = crowded.view.crowds.descents
    one, other = plain.pixels(), crowded.pixels()
    middles = (crowd.path[3] + crowd.path[4]) / 2.0
    away = np.abs(middles - np.array([[0.5], [0.5]])).max(axis=0) > 1.5
    assert np.sum(away) >= 10
    for w, b in middles[:, away].T.tolist():
        assert changed(one, other, crowded.at(w, b), 4) > 8
    first = (crowd.path[0] + crowd.path[1]) / 2.0
    long = np.hypot(*(crowd.path[1] - crowd.path[0])) > 1.0
    assert np.any(long)
    assert all(changed(one, other, crowded.at(w, b), 3) >= 2 for w, b in first[:, long & away].T.tolist())


@pytest.mark.parametrize("way", ["forward", "back", "at once"])
def test_that_a_crowd_looks_the_same_however_one_came_to_the_step(held: Any, way: str) -> None:
    shown = held(MapView, on("himmelblau", random_starts=20))
    steps = {"forward": (0, 1, 5, 20, 30), "back": (60, 45, 30), "at once": (30,)}[way]
    for step in steps:
        shown.step = float(step)
        shown.show()
    straight = held(MapView, on("himmelblau", random_starts=20))
    straight.step = 30.0
    straight.show()
    np.testing.assert_array_equal(shown.pixels(), straight.pixels())
