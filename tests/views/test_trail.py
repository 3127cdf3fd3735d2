from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QLineF
from PySide6.QtGui import QImage, QPainter, QPixmap

from lossviz.views.trail import COPIES, Trail


@pytest.fixture(autouse=True)
def application(qapp: Any) -> None:
    """Pictures need the application of the tests."""


def blank() -> QPixmap:
    picture = QPixmap(60, 40)
    picture.fill("white")
    return picture


def drawing(drawn: list[int]):
    def paint(painter: QPainter, step: int) -> None:
        drawn.append(step)
        painter.drawLine(QLineF(step * 7 % 60, step * 11 % 40, step * 13 % 60, step * 17 % 40))

    return paint


def seen(picture: QPixmap) -> np.ndarray:
    image = picture.toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).copy()


def test_that_the_picture_does_not_depend_on_how_one_came_to_a_row():
    trail = Trail()
    for row in (5000, 17, 3000, 2999, 4000, 0, 4000):
        once = Trail().picture("key", row, blank, drawing([]))
        assert np.array_equal(seen(trail.picture("key", row, blank, drawing([]))), seen(once)), row


def test_that_in_a_long_run_going_back_or_far_on_draws_a_part_of_the_steps_alone():
    trail, drawn = Trail(), list[int]()
    trail.picture("key", 20_000, blank, drawing(drawn))
    assert drawn == list(range(20_000))
    assert len(trail._copies) <= COPIES
    for row in (19_990, 3000, 17_000, 500):
        drawn.clear()
        trail.picture("key", row, blank, drawing(drawn))
        assert len(drawn) <= trail._spacing < 3000, row


def test_that_steps_that_draw_nothing_are_not_asked():
    trail, drawn = Trail(), list[int]()
    busy = np.array([3, 50, 900])
    trail.picture(
        "key", 1000, blank, drawing(drawn), lambda first, last: [k for k in busy.tolist() if first <= k < last]
    )
    assert drawn == [3, 50, 900]
