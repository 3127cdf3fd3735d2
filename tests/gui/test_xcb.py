from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest

pytestmark = pytest.mark.xcb


def screen_pixels(desk: Any) -> np.ndarray:
    """What the X server shows of the window."""
    screen = QGuiApplication.primaryScreen()
    image = screen.grabWindow(int(desk.window.winId())).toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)[:, : image.width()].copy()


def test_that_a_real_window_shows_all_four_views(desk: Any) -> None:
    desk.qtbot.waitExposed(desk.window)
    desk.qtbot.waitUntil(lambda: screen_pixels(desk).std() > 10, timeout=20_000)
    shown = screen_pixels(desk)
    for card in desk.window.cards:
        corner = card.mapTo(desk.window, card.rect().topLeft())
        part = shown[corner.y() : corner.y() + card.height(), corner.x() : corner.x() + card.width()]
        assert part.std() > 5, card.view.title


def test_that_a_real_window_plays_by_its_button(desk: Any) -> None:
    desk.qtbot.waitExposed(desk.window)
    desk.window.player.speed = 500.0
    with desk.qtbot.waitSignal(desk.window.player.playing_changed, check_params_cb=lambda on: not on, timeout=20_000):
        # a server without a window manager makes no window active, so no key reaches it
        QTest.mouseClick(desk.furniture.bar.play, Qt.MouseButton.LeftButton)
    assert desk.session.step == 200


def test_that_resizing_and_full_screen_keep_the_picture(desk: Any) -> None:
    desk.qtbot.waitExposed(desk.window)
    for size in ((1024, 700), (1600, 900), (900, 640)):
        desk.window.resize(*size)
        desk.qtbot.waitUntil(
            lambda size=size: desk.window.width() == max(size[0], desk.window.minimumSizeHint().width())
        )
        for card in desk.window.cards:
            card.repaint()
            assert np.asarray(card.grab().toImage().width()) > 100
