from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter, QPicture

from lossviz.views import stamps
from lossviz.views.brushes import color, font, halo_text, small_marker

ROOM = QRectF(-4.0, -4.0, 8.0, 8.0)


@pytest.fixture(autouse=True)
def empty(qapp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "_kept", {})


def paper(ratio: float = 1.0) -> QImage:
    image = QImage(round(60 * ratio), round(40 * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(0xFFFFFFFF)
    return image


def square(calls: list[None]) -> Any:
    def paint(painter: QPainter) -> None:
        calls.append(None)
        painter.fillRect(QRectF(-2.0, -2.0, 4.0, 4.0), color("#000000"))

    return paint


def darkness(image: QImage) -> np.ndarray:
    raw = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return 255.0 - raw[:, :, 0].astype(float)


def centre(dark: np.ndarray) -> tuple[float, float]:
    rows, columns = np.indices(dark.shape) + 0.5
    return float((columns * dark).sum() / dark.sum()), float((rows * dark).sum() / dark.sum())


@pytest.mark.parametrize("ratio", [1.0, 2.0, 1.5])
def test_that_a_stamp_lies_within_a_quarter_of_a_pixel_of_where_it_should(ratio: float) -> None:
    for x, y in ((20.0, 15.0), (20.3, 15.0), (20.5, 15.26), (20.74, 15.9)):
        image = paper(ratio)
        painter = QPainter(image)
        stamps.press(painter, QPointF(x, y), "square", ROOM, square([]))
        painter.end()
        assert centre(darkness(image)) == pytest.approx((ratio * x, ratio * y), abs=0.26)


def test_that_what_is_pressed_often_is_painted_four_times_at_most() -> None:
    calls: list[None] = []
    painter = QPainter(image := paper())
    for i in range(200):
        stamps.press(painter, QPointF(10.0 + 0.17 * i, 10.0 + 0.11 * i), "square", ROOM, square(calls))
    painter.end()
    assert len(calls) == 4
    assert darkness(image).max() == 255.0


def test_that_a_device_without_pixels_gets_the_shape_itself() -> None:
    calls: list[None] = []
    picture = QPicture()
    painter = QPainter(picture)
    for _ in range(3):
        stamps.press(painter, QPointF(5.0, 5.0), "square", ROOM, square(calls))
    painter.end()
    assert len(calls) == 3
    assert not stamps._kept


def test_that_a_turned_or_enlarged_painter_gets_the_shape_itself() -> None:
    for turn in (lambda painter: painter.rotate(30.0), lambda painter: painter.scale(2.0, 2.0)):
        calls: list[None] = []
        painter = QPainter(image := paper())
        turn(painter)
        stamps.press(painter, QPointF(12.0, 6.0), "square", ROOM, square(calls))
        painter.end()
        assert len(calls) == 1
        assert darkness(image).max() > 200
    assert not stamps._kept


def test_that_what_is_kept_stays_within_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "MOST", 10)
    painter = QPainter(image := paper())
    for i in range(35):
        stamps.press(painter, QPointF(10.0, 10.0), i, ROOM, square([]))
        assert len(stamps._kept) <= 10
    painter.end()
    assert darkness(image).max() == 255.0


def test_that_text_has_its_ink_and_its_edge_on_any_ground() -> None:
    image = QImage(90, 30, QImage.Format.Format_RGB32)
    image.fill(0xFF264270)
    painter = QPainter(image)
    halo_text(painter, QPointF(10.0, 20.0), "rate 0.71", font(13), color("#1b1f27"), color("#ffffff", 0.85))
    painter.end()
    raw = np.frombuffer(image.constBits(), np.uint8).reshape(30, -1, 4)[:, :, 2::-1].astype(int)
    assert np.all(raw <= 60, axis=2).sum() > 25
    assert np.all(raw >= 200, axis=2).sum() > 150


def test_that_the_same_markers_are_the_same_pixels_wherever_they_lie() -> None:
    image = paper()
    painter = QPainter(image)
    for x in (10.0, 30.0, 50.0):
        small_marker(painter, 2, QPointF(x, 20.0), 3.2, "#D55E00", "#ffffff", 1.0)
    painter.end()
    dark = darkness(image)
    parts = [dark[10:30, x - 8 : x + 8] for x in (10, 30, 50)]
    assert np.array_equal(parts[0], parts[1])
    assert np.array_equal(parts[1], parts[2])
