from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QScrollBar,
    QWidget,
)

from lossviz.experiment import CARDS, CONTROLS, LAYOUTS
from lossviz.gui.greeting import HINT, QUESTION, Greeting
from lossviz.scene.style import CONTRAST, STYLES


def focusable(widget: QWidget) -> Iterator[QWidget]:
    """What a tab key can reach in a widget, and Qt hasn't made for itself."""
    for part in widget.findChildren(QWidget):
        inner = part.objectName().startswith("qt_") or isinstance(part, QScrollBar)
        owned = isinstance(part.parent(), (QComboBox, QAbstractItemView)) or isinstance(part, QMenu)
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isVisible() and not inner and not owned:
            yield part


def open_dialogs(desk: Any) -> list[QDialog]:
    dialogs = desk.furniture.dialogs
    for show in (dialogs.show_history, dialogs.show_keys, dialogs.show_about, dialogs.show_preferences):
        show()
    dialogs.show_export()
    dialogs.show_picker()
    return [d for d in desk.window.findChildren(QDialog) if d.isVisible()]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_that_everything_a_tab_can_reach_has_a_name(desk: Any, layout: str) -> None:
    desk.window.resize(1600, 1000)
    desk.session.edit_view(layout=layout)
    nameless = [
        f"{type(w).__name__} {w.objectName()!r} {getattr(w, 'text', str)()!r} in {type(w.parent()).__name__}"
        for w in focusable(desk.window)
        if not w.accessibleName()
    ]
    assert not nameless


def test_that_dialogs_are_in_nobodys_way_and_name_all_they_have(desk: Any) -> None:
    opened = open_dialogs(desk)
    assert len(opened) == 6
    for dialog in opened:
        assert not dialog.isModal()
        nameless = [
            f"{type(w).__name__} in {dialog.windowTitle()}" for w in focusable(dialog) if not w.accessibleName()
        ]
        assert not nameless
        dialog.close()


def test_that_every_control_says_what_it_is_for(desk: Any) -> None:
    silent = [
        f"{type(w).__name__} {w.accessibleName()!r}"
        for w in focusable(desk.window)
        if isinstance(w, (QAbstractButton, QAbstractSlider, QComboBox, QLineEdit))
        and not any(part.toolTip() for part in (w, w.parentWidget()) if part is not None)
    ]
    assert not silent


def test_that_the_tab_key_goes_through_everything_and_comes_back(desk: Any) -> None:
    wanted = {id(w) for w in focusable(desk.window)}
    first = widget = next(iter(focusable(desk.window)))
    reached = set()
    for _ in range(2000):
        reached.add(id(widget))
        widget = widget.nextInFocusChain()
        if widget is first:
            break
    assert widget is first
    assert wanted <= reached


def test_that_every_wish_stands_in_a_menu_with_its_help_and_no_two_share_a_key(desk: Any) -> None:
    keys: Counter[str] = Counter()
    for declared, action in desk.furniture.menus.actions.declared:
        assert declared.group
        assert action.toolTip()
        keys.update(key.toString() for key in action.shortcuts())
    assert [key for key, times in keys.items() if times > 1] == []
    elsewhere = [
        action.text()
        for action in desk.window.findChildren(QAction)
        if not action.shortcut().isEmpty() and all(action is not a for _, a in desk.furniture.menus.actions.declared)
    ]
    assert not elsewhere


def test_that_the_sheet_of_keys_names_every_key(desk: Any) -> None:
    desk.furniture.dialogs.show_keys()
    sheet = next(d for d in desk.window.findChildren(QDialog) if d.windowTitle() == "Keys")
    text = sheet.findChild(QLabel).text()
    for declared, action in desk.furniture.menus.actions.declared:
        if action.shortcuts():
            assert action.shortcuts()[0].toString(action.shortcut().SequenceFormat.NativeText) in text, declared.text
    sheet.close()


def test_that_number_keys_enlarge_cards_and_escape_brings_all_back(desk: Any) -> None:
    for number, name in enumerate(CARDS, start=1):
        QTest.keyClick(desk.window, str(number))
        assert desk.window.deck.seen == {name}
        QTest.keyClick(desk.window, Qt.Key.Key_Escape)
        assert len(desk.window.deck.seen) == 5


def test_that_a_double_click_on_a_title_enlarges_its_card(desk: Any) -> None:
    from PySide6.QtCore import QPoint

    QTest.mouseDClick(desk.window.deck.cards["map"].viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, 12))
    assert desk.window.deck.seen == {"map"}
    QTest.mouseDClick(desk.window.deck.cards["map"].viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, 12))
    QTest.mouseDClick(desk.furniture.happening, Qt.MouseButton.LeftButton, pos=QPoint(20, 14))
    assert desk.window.deck.seen == {"happening"}


@pytest.mark.parametrize("name", [*CARDS, *CONTROLS])
def test_that_anything_can_be_hidden_and_shown_again(desk: Any, name: str) -> None:
    desk.window.resize(1600, 1000)
    desk.session.edit_view(layout="all")
    desk.panels.run.conditions.opener.click()

    def visible() -> set[int]:
        return {id(w) for w in desk.window.findChildren(QWidget) if w.isVisible()}

    before = visible()
    desk.furniture.menus.wishes.toggle_hidden(name)
    if name == "limits":
        assert not desk.panels.run.fields[0].note.isVisible()
    assert visible() < before
    desk.furniture.menus.wishes.show_all()
    desk.session.see_step(1)
    assert visible() == before


@pytest.mark.parametrize("style", ["light", "dark", "contrast"])
def test_that_every_theme_has_text_that_can_be_read(style: str) -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one: str, other: str) -> float:
        high, low = sorted((luminance(one), luminance(other)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    s = STYLES[style]
    # WCAG 2.2, 1.4.3 and 1.4.6
    assert contrast(s.ink, s.card) >= (15 if s is CONTRAST else 7)
    for ink, ground in ((s.quiet, s.card), (s.quiet, s.ground), (s.on_accent, s.accent)):
        assert contrast(ink, ground) >= 4.5
    for path in s.paths:
        assert contrast(path, s.card) >= 2.4


def test_that_with_reduced_motion_no_ball_is_ever_in_the_air(desk: Any) -> None:
    desk.window.player.calm = True
    seen = []
    desk.session.frame_changed.connect(lambda: seen.append(desk.session.step))
    desk.window.player.speed = 20.0
    desk.window.player.play()
    desk.qtbot.waitUntil(lambda: desk.session.step > 5, timeout=20_000)
    desk.window.player.pause()
    assert seen
    assert all(step == int(step) for step in seen)


def test_that_a_loop_begins_again(desk: Any) -> None:
    desk.session.edit_descent(steps=2)
    desk.settled()
    desk.window.player.loop = True
    desk.window.player.speed = 40.0
    desk.window.player.play()
    desk.qtbot.waitUntil(lambda: desk.session.step == 2, timeout=20_000)
    desk.qtbot.waitUntil(lambda: desk.session.step < 1, timeout=20_000)
    assert desk.window.player.playing
    desk.window.player.pause()


def test_that_the_parts_of_a_step_have_a_key_each(desk: Any) -> None:
    session = desk.session
    session.see_step(3)
    for key, phase, step in (("S", "slope", 3), ("R", "rate", 3), ("M", "move", 4), ("C", "check", 4)):
        QTest.keyClick(desk.window, key)
        desk.qtbot.waitUntil(lambda: not desk.window.player.playing, timeout=20_000)
        assert (session.phase, session.step) == (phase, step)
        assert session.frame.phase == phase
    for phase, step in (("slope", 4), ("rate", 4), ("move", 5), ("check", 5), ("slope", 5)):
        QTest.keyClick(desk.window, ".")
        desk.qtbot.waitUntil(lambda: not desk.window.player.playing, timeout=20_000)
        assert (session.phase, session.step) == (phase, step)
    QTest.keyClick(desk.window, Qt.Key.Key_Right)
    assert (session.phase, session.step) == ("", 6)


def test_that_the_last_step_has_no_further_parts(desk: Any) -> None:
    desk.session.see_step(200)
    for key in "SRM":
        QTest.keyClick(desk.window, key)
        assert (desk.session.phase, desk.session.step) == ("", 200)
        assert not desk.window.player.playing


def test_that_the_window_asks_and_plays_by_itself_when_nobody_does_anything(desk: Any) -> None:
    greeting = Greeting(desk.window)
    desk.window.player.speed = 500.0
    greeting.begin()
    assert greeting.label.isVisible()
    assert greeting.label.text() == QUESTION
    assert not desk.window.player.playing
    greeting.timer.setInterval(1)
    desk.qtbot.waitUntil(lambda: greeting.label.text() == HINT, timeout=30_000)
    assert desk.session.step == 200
    greeting.end()
    assert not greeting.label.isVisible()


def test_that_any_input_ends_the_greeting(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    greeting = Greeting(desk.window)
    greeting.begin()
    assert greeting.timer.isActive()
    # what a test sends is not spontaneous; a key of a hand is
    monkeypatch.setattr(QKeyEvent, "spontaneous", lambda _: True)
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_F5, Qt.KeyboardModifier.NoModifier)
    greeting.eventFilter(desk.window, event)
    assert not greeting.timer.isActive()
    assert not greeting.label.isVisible()


def test_that_details_of_a_fault_can_be_copied(desk: Any) -> None:
    desk.session.say("Something is wrong.", "Traceback: here")
    assert desk.window.trouble.copy.isVisible()
    desk.window.trouble.copy.click()
    text = QGuiApplication.clipboard().text()
    assert "Something is wrong." in text
    assert "Traceback: here" in text
    desk.window.trouble.close_.click()
    assert not desk.window.trouble.isVisible()
    desk.session.say("A sentence alone.")
    assert not desk.window.trouble.copy.isVisible()


def test_that_larger_text_is_larger_everywhere_and_remembered(desk: Any) -> None:
    before = desk.window.side.width(), desk.window.map.scale_, QApplication.font().pixelSize()
    QTest.keyClick(desk.window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    QApplication.processEvents()
    after = desk.window.side.width(), desk.window.map.scale_, QApplication.font().pixelSize()
    assert all(b > a for a, b in zip(before, after, strict=True))
    assert desk.window.settings.number("zoom", 0.5, 3.0, 1.0) == desk.window.zoom > 1.0
    QTest.keyClick(desk.window, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    QApplication.processEvents()
    assert (desk.window.side.width(), desk.window.map.scale_, QApplication.font().pixelSize()) == before
