from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

LEFT, NO_KEY, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
START = 0.71
"""The selected run's rate."""


def slider(desk: Any) -> Any:
    return desk.panels.run.fields[0].slider


def handle(desk: Any) -> QPointF:
    """Where the handle is."""
    it = slider(desk)
    left, room, _ = it._track()
    return QPointF(left + it.value() / it.maximum() * room, it.height() / 2.0)


def move(desk: Any, at: QPointF, keys: Qt.KeyboardModifier = NO_KEY) -> None:
    it = slider(desk)
    event = QMouseEvent(QEvent.Type.MouseMove, at, it.mapToGlobal(at), Qt.MouseButton.NoButton, LEFT, keys)
    QApplication.sendEvent(it, event)


def drag(desk: Any, *by: tuple[int, int], keys: Qt.KeyboardModifier = NO_KEY) -> None:
    it, begin = slider(desk), handle(desk)
    QTest.mousePress(it, LEFT, NO_KEY, begin.toPoint())
    for x, y in by:
        move(desk, QPointF(begin.toPoint()) + QPointF(x, y), keys)
    QTest.mouseRelease(it, LEFT, keys, begin.toPoint())
    desk.settled()


def turn(desk: Any, notches: int, keys: Qt.KeyboardModifier = NO_KEY) -> bool:
    it, at = slider(desk), handle(desk)
    none = Qt.MouseButton.NoButton, keys, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, it.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), *none, False)
    QApplication.sendEvent(it, event)
    desk.settled()
    return event.isAccepted()


def test_that_the_rates_slider_has_the_whole_width_of_the_panel(desk: Any) -> None:
    panel, margins = desk.panels.run, desk.panels.run.body.contentsMargins()
    assert slider(desk).width() >= panel.width() - margins.left() - margins.right() - 2
    assert "Shift" in slider(desk).toolTip()


def test_that_a_drag_gives_round_numbers_and_is_one_undo(desk: Any) -> None:
    count = desk.session.history.count()
    drag(desk, (-3, 0), (-10, 0), (-30, 0))
    rate = desk.rate(2)
    assert 0.1 < rate < 0.4
    assert rate == float(f"{rate:.1g}") or rate == float(f"{rate:.2g}")
    assert desk.session.history.count() == count + 1


@pytest.mark.parametrize(("away", "keys"), [(0, SHIFT), (90, NO_KEY), (-90, NO_KEY)])
def test_that_with_shift_or_far_away_a_hand_is_ten_times_as_fine(desk: Any, away: int, keys: Any) -> None:
    drag(desk, (-30, away), keys=keys)
    fine = desk.rate(2)
    desk.session.history.undo()
    desk.settled()
    drag(desk, (-3, 0))
    coarse = desk.rate(2)
    assert fine == pytest.approx(coarse, rel=0.05)
    assert fine < START


def test_that_any_rate_of_two_digits_can_be_hit_by_hand(desk: Any) -> None:
    wanted = {0.70, 0.69, 0.68, 0.67, 0.66, 0.65, 0.64, 0.63}
    seen = set()
    desk.panels.run.run_edited.connect(lambda _, run: seen.add(run.hyperparameters["learning_rate"]))
    drag(desk, *[(-x, 0) for x in range(1, 31)], keys=SHIFT)
    assert wanted <= seen


def test_that_a_click_on_the_groove_brings_the_handle_there(desk: Any) -> None:
    it = slider(desk)
    left, room, _ = it._track()
    QTest.mouseClick(it, LEFT, NO_KEY, QPoint(round(left + 0.6 * room), it.height() // 2))
    desk.settled()
    assert desk.rate(2) == 0.1


def test_that_a_double_click_brings_back_the_default(desk: Any) -> None:
    QTest.mouseDClick(slider(desk), LEFT, NO_KEY, handle(desk).toPoint())
    desk.settled()
    assert desk.rate(2) == desk.panels.run.fields[0].param.default


def test_that_the_wheel_goes_in_small_steps_and_one_turn_is_one_undo(desk: Any) -> None:
    count = desk.session.history.count()
    turn(desk, 1)
    assert desk.rate(2) == 0.72
    turn(desk, -2)
    assert desk.rate(2) == 0.7
    assert desk.session.history.count() == count + 1
    turn(desk, 1, SHIFT)
    assert desk.rate(2) == 0.701


def test_that_the_wheel_scrolls_a_panel_that_is_too_high_unless_the_slider_has_the_keys(desk: Any) -> None:
    desk.window.resize(1280, 500)
    QApplication.processEvents()
    assert desk.window.side.scrolls
    assert not turn(desk, 1)
    assert desk.rate(2) == START
    slider(desk).setFocus(Qt.FocusReason.TabFocusReason)
    assert turn(desk, 1)
    assert desk.rate(2) == 0.72


def test_that_arrows_are_the_sliders_once_tab_has_reached_it_and_the_windows_else(desk: Any) -> None:
    it = slider(desk)
    QTest.mouseClick(it, LEFT, NO_KEY, handle(desk).toPoint())
    assert not it.hasFocus()
    QTest.keyClick(desk.window, Qt.Key.Key_Right)
    assert (desk.session.step, desk.rate(2)) == (1, START)
    it.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(it, Qt.Key.Key_Right)
    QTest.keyClick(it, Qt.Key.Key_Up, SHIFT)
    assert (desk.session.step, desk.rate(2)) == (1, 0.721)
    QTest.keyClick(it, Qt.Key.Key_PageDown)
    assert desk.rate(2) == pytest.approx(0.63)
    desk.settled()


def test_that_what_a_held_key_does_is_one_undo(desk: Any) -> None:
    it, count = slider(desk), desk.session.history.count()
    it.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(5):
        QTest.keyPress(it, Qt.Key.Key_Right)
    QTest.keyRelease(it, Qt.Key.Key_Right)
    assert desk.rate(2) == 0.76
    assert desk.session.history.count() == count + 1
    desk.session.history.undo()
    assert desk.rate(2) == START
    desk.settled()


def test_that_steps_end_where_the_slider_ends(desk: Any) -> None:
    it, (low, high) = slider(desk), desk.panels.run.fields[0].param.shown
    it.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(40):
        QTest.keyClick(it, Qt.Key.Key_PageUp)
    assert desk.rate(2) == high
    for _ in range(200):
        QTest.keyClick(it, Qt.Key.Key_PageDown)
    assert desk.rate(2) == low
    desk.settled()
