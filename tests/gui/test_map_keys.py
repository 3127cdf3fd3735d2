from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

SHIFT = Qt.KeyboardModifier.ShiftModifier


def reach(desk: Any, reason: Qt.FocusReason = Qt.FocusReason.TabFocusReason) -> Any:
    """Let the Tab key come to the map."""
    card = desk.window.deck.cards["map"]
    card.setFocus(reason)
    assert card.hasFocus()
    return card


def press(desk: Any, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(desk.window.deck.cards["map"], key, keys)
    desk.settled()
    QApplication.processEvents()


def start(desk: Any) -> Any:
    return desk.session.experiment.descent.start


def point(desk: Any) -> Any:
    return desk.session.experiment.view.point


def test_that_the_arrows_move_the_start_to_round_places_once_tab_has_reached_it(desk: Any) -> None:
    card = reach(desk)
    press(desk, Qt.Key.Key_Right)
    assert start(desk) == pytest.approx((-2.15, 3.6))
    press(desk, Qt.Key.Key_Down, SHIFT)
    assert start(desk) == pytest.approx((-2.15, 3.5))
    press(desk, Qt.Key.Key_Left, SHIFT)
    assert start(desk) == pytest.approx((-2.5, 3.5))
    # no step was made, and who can't see it is told
    assert desk.session.step == 0
    assert "w −2.5" in card.accessibleName()
    assert "arrow keys" in desk.window.map.hint


def test_that_without_the_focus_the_arrows_are_the_windows(desk: Any) -> None:
    before = start(desk)
    QTest.keyClick(desk.window, Qt.Key.Key_Right)
    assert (desk.session.step, start(desk)) == (1, before)
    card = desk.window.deck.cards["map"]
    QTest.mouseClick(card.viewport(), Qt.MouseButton.LeftButton, pos=card.viewport().rect().center())
    assert not card.hasFocus()
    desk.settled()


def test_that_another_tab_reaches_the_picked_point_and_the_arrows_make_one(desk: Any) -> None:
    card = reach(desk)
    desk.session.see_step(12)
    QTest.keyClick(card, Qt.Key.Key_Tab)
    assert card.hasFocus()
    assert point(desk) is None
    ball = desk.session.frame.selected
    press(desk, Qt.Key.Key_Up, SHIFT)
    assert point(desk) == pytest.approx((ball.w, 3.0))
    press(desk, Qt.Key.Key_Right)
    w, b = point(desk)
    assert (w, b) == pytest.approx((0.0, 3.0), abs=1e-9)
    assert "Picked point" in card.accessibleName()
    assert start(desk) == (-2.2, 3.6)
    press(desk, Qt.Key.Key_Delete)
    assert point(desk) is None
    QTest.keyClick(card, Qt.Key.Key_Tab)
    assert not card.hasFocus()
    assert not desk.window.map.handle.reached
    assert not desk.window.map.mark.reached


def test_that_a_backward_tab_comes_to_the_point_first(desk: Any) -> None:
    card = reach(desk, Qt.FocusReason.BacktabFocusReason)
    assert desk.window.map.mark.reached
    QTest.keyClick(card, Qt.Key.Key_Backtab)
    assert desk.window.map.handle.reached


@pytest.mark.parametrize("tabs", [0, 1])
def test_that_what_a_held_key_does_is_one_undo(desk: Any, tabs: int) -> None:
    card, count = reach(desk), desk.session.history.count()
    before = start(desk), point(desk)
    for _ in range(tabs):
        QTest.keyClick(card, Qt.Key.Key_Tab)
    for _ in range(6):
        QTest.keyPress(card, Qt.Key.Key_Right)
    QTest.keyRelease(card, Qt.Key.Key_Right)
    desk.settled()
    assert (start(desk), point(desk)) != before
    if tabs == 0:
        assert start(desk) == pytest.approx((-1.9, 3.6))
    assert desk.session.history.count() == count + 1
    desk.session.history.undo()
    desk.settled()
    assert (start(desk), point(desk)) == before


def test_that_keys_keep_the_start_inside_the_map(desk: Any) -> None:
    reach(desk)
    for _ in range(30):
        QTest.keyPress(desk.window.deck.cards["map"], Qt.Key.Key_Left, SHIFT)
    QTest.keyRelease(desk.window.deck.cards["map"], Qt.Key.Key_Left, SHIFT)
    desk.settled()
    assert start(desk) == (-2.8, 3.6)
