from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lossviz.experiment import Experiment, load
from lossviz.landscape.domain import Domain

NO_KEY = Qt.KeyboardModifier.NoModifier
Make = Callable[[Experiment], Any]


@pytest.fixture
def map_desk(desk_on: Make) -> Any:
    return desk_on(load("four-minima"))


def at(desk: Any, w: float, b: float) -> QPoint:
    """Where on the card a weight and a bias are."""
    view, card = desk.window.map, desk.window.deck.cards["map"]
    pixel = QPointF(*view.pixels(np.array(w), np.array(b)).tolist())
    return card.mapFromScene(view.box.mapToScene(pixel))


def wheel(desk: Any, w: float, b: float, notches: int) -> None:
    card, place = desk.window.deck.cards["map"], at(desk, w, b)
    position = QPointF(place)
    event = QWheelEvent(
        position, QPointF(card.viewport().mapToGlobal(place)), QPoint(0, 0), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, NO_KEY, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(card.viewport(), event)
    QApplication.processEvents()


def pull(desk: Any, button: Qt.MouseButton, way: QPoint, keys: Qt.KeyboardModifier = NO_KEY) -> None:
    port = desk.window.deck.cards["map"].viewport()
    begin = at(desk, -1.5, 1.5)
    QTest.mousePress(port, button, keys, begin)
    for part in (0.3, 0.6, 1.0):
        place = QPointF(begin + QPoint(round(part * way.x()), round(part * way.y())))
        # QTest's own moves hold no keys
        move = QMouseEvent(
            QEvent.Type.MouseMove, place, QPointF(port.mapToGlobal(place)), Qt.MouseButton.NoButton, button, keys
        )
        QApplication.sendEvent(port, move)
    QTest.mouseRelease(port, button, keys, begin + way)
    QApplication.processEvents()


def test_that_the_wheel_goes_nearer_to_what_the_hand_points_at_and_computes_nothing(map_desk: Any) -> None:
    zoom, scene = map_desk.window.map.zoom, map_desk.session.scene
    before = at(map_desk, 3.0, 2.0)
    wheel(map_desk, 3.0, 2.0, 5)
    assert zoom.moved
    assert zoom.window.width[0] < 0.5 * zoom.domain.width[0]
    assert (at(map_desk, 3.0, 2.0) - before).manhattanLength() <= 2
    assert map_desk.session.scene is scene
    assert zoom.recompute.isVisible()
    assert zoom.whole.isVisible()


@pytest.mark.parametrize(
    ("button", "keys"),
    [
        (Qt.MouseButton.RightButton, NO_KEY),
        (Qt.MouseButton.MiddleButton, NO_KEY),
        (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier),
    ],
)
def test_that_a_hand_moves_the_map(map_desk: Any, button: Qt.MouseButton, keys: Qt.KeyboardModifier) -> None:
    zoom = map_desk.window.map.zoom
    pull(map_desk, button, QPoint(60, -30), keys)
    w0, b0 = zoom.domain.centre
    w1, b1 = zoom.window.centre
    assert w1 < w0
    assert b1 < b0
    assert zoom.window.width == pytest.approx(zoom.domain.width)
    assert map_desk.session.experiment.view.point is None


def test_that_recompute_here_makes_what_is_seen_the_domain_as_one_edit(map_desk: Any) -> None:
    view = map_desk.window.map
    own = map_desk.session.scene.surface.domain
    wheel(map_desk, 3.0, 2.0, 5)
    seen = view.zoom.window
    place = view.zoom.recompute.sceneBoundingRect().center()
    card = map_desk.window.deck.cards["map"]
    QTest.mouseClick(card.viewport(), Qt.MouseButton.LeftButton, NO_KEY, card.mapFromScene(place))
    map_desk.settled()
    domain = map_desk.session.scene.surface.domain
    assert (*domain.w, *domain.b) == pytest.approx((*seen.w, *seen.b), abs=1e-2)
    assert (view.zoom.moved, view.zoom.recompute.isVisible()) == (False, False)
    assert map_desk.session.history.count() == 1
    assert map_desk.session.experiment.view.point is None
    map_desk.session.history.undo()
    map_desk.settled()
    assert map_desk.session.scene.surface.domain == own
    assert view.zoom.window == own


def test_that_keys_go_nearer_and_back_and_compute(map_desk: Any) -> None:
    card, zoom = map_desk.window.deck.cards["map"], map_desk.window.map.zoom
    card.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(card, Qt.Key.Key_Plus)
    assert zoom.moved
    QTest.keyClick(card, Qt.Key.Key_0)
    assert not zoom.moved
    for _ in range(3):
        QTest.keyClick(card, Qt.Key.Key_Plus)
    QTest.keyClick(card, Qt.Key.Key_Return)
    map_desk.settled()
    assert map_desk.session.experiment.surface.domain is not None
    assert not zoom.moved


def test_that_the_shades_stand_where_they_were_computed_while_one_looks_nearer(map_desk: Any) -> None:
    view, card = map_desk.window.map, map_desk.window.deck.cards["map"]

    def colour(w: float, b: float) -> np.ndarray:
        picture = card.grab().toImage()
        place = at(map_desk, w, b) * picture.devicePixelRatio()
        return np.array(picture.pixelColor(place).getRgb()[:3], dtype=float)

    places = [(-4.2, 4.0), (1.4, 3.6), (-1.2, -2.8)]
    whole = [colour(*place) for place in places]
    wheel(map_desk, -1.0, 0.5, -3)
    assert view.zoom.window.width[0] > view.zoom.domain.width[0]
    for place, before in zip(places, whole, strict=True):
        assert np.abs(colour(*place) - before).max() < 30.0
    # beyond the domain nothing was computed
    w0, w1 = view.zoom.window.w
    ground = colour(w0 + 0.02 * (w1 - w0), 0.0)
    assert np.abs(ground - 255.0).max() < 3.0


def test_that_one_looks_no_nearer_than_can_be_told_apart(map_desk: Any) -> None:
    zoom = map_desk.window.map.zoom
    for _ in range(200):
        zoom.zoom(1.0, 1.0, 2.0)
    assert zoom.window.width[0] == pytest.approx(zoom.domain.width[0] / 300.0)
    for _ in range(200):
        zoom.zoom(1.0, 1.0, 0.5)
    assert zoom.window.width[0] == pytest.approx(20.0 * zoom.domain.width[0])
    zoom.show_domain(Domain((0.0, 1.0), (0.0, 1.0)))
    assert not zoom.moved
