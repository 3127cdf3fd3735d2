from collections.abc import Iterator
from time import perf_counter
from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from lossviz.experiment import load, parse
from lossviz.gui import theme
from lossviz.gui.panels.happening_panel import HappeningPanel
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.resources import resource
from lossviz.scene.frame import PHASES, frame_of_step
from lossviz.scene.happening import LEVELS
from lossviz.scene.style import DARK, LIGHT, Style

TEXT = resource("experiments", "four-learning-rates.lossviz.toml").read_text(encoding="utf-8")
GRADIENT_DESCENT = 'optimizer = "gradient_descent"\nlearning_rate = 0.71'
MEMORY = Memory()


def scene(name: str = "gradient_descent", rate: float = 0.71, **changes: Any) -> Any:
    text = TEXT.replace(GRADIENT_DESCENT, f'optimizer = "{name}"\nlearning_rate = {rate}')
    experiment = parse(text)
    return scene_of(msgspec.structs.replace(experiment, **changes), 5, MEMORY)


@pytest.fixture
def panel(qtbot: Any) -> Iterator[HappeningPanel]:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application, LIGHT)
    made = HappeningPanel()
    qtbot.addWidget(made)
    made.resize(290, 350)
    made.show()
    yield made
    theme.apply(application, LIGHT)


def shown(panel: HappeningPanel) -> dict[str, tuple[str, ...]]:
    return {
        name.text(): tuple(label.text() for label in values if not label.isHidden())
        for name, *values in panel.rows
        if not all(label.isHidden() for label in values)
    }


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


def test_that_a_click_asks_for_a_level_and_changes_nothing_itself(panel: HappeningPanel, qtbot: Any) -> None:
    panel.show_frame(frame_of_step(scene(), 14))
    for level in LEVELS:
        with qtbot.waitSignal(panel.level_asked) as asked:
            panel.levels.buttons[level].click()
        assert asked.args == [level]
        assert panel.levels.buttons["numbers"].isChecked()
        assert [button.isChecked() for button in panel.levels.buttons.values()].count(True) == 1


def test_that_a_click_asks_for_a_part_of_the_step_and_changes_nothing_itself(panel: HappeningPanel, qtbot: Any) -> None:
    panel.show_frame(frame_of_step(scene(), 14))
    for phase in PHASES:
        with qtbot.waitSignal(panel.phase_asked) as asked:
            panel.phases.buttons[phase].click()
        assert asked.args == [phase]
        assert not any(button.isChecked() for button in panel.phases.buttons.values())


def test_that_nothing_is_emitted_while_being_set(panel: HappeningPanel) -> None:
    heard: list[str] = []
    panel.level_asked.connect(heard.append)
    panel.phase_asked.connect(heard.append)
    for level in LEVELS:
        panel.show_level(level)
        for phase in ("", *PHASES):
            panel.show_frame(frame_of_step(scene(), 14, phase))
            assert [name for name, button in panel.phases.buttons.items() if button.isChecked()] == [phase] * bool(
                phase
            )
        assert [name for name, button in panel.levels.buttons.items() if button.isChecked()] == [level]
    assert heard == []


def test_that_an_unknown_level_is_refused(panel: HappeningPanel) -> None:
    with pytest.raises(ValueError, match="a level is one of plain, numbers, formula, not 'sums'"):
        panel.show_level("sums")


def test_that_each_level_shows_its_own(panel: HappeningPanel) -> None:
    panel.show_frame(frame_of_step(scene(), 14))
    assert shown(panel)["slope g"] == ("−0.283", "−0.414")
    panel.show_level("formula")
    assert ("w ← 0.007 − 0.71·(−0.283) =\u00a00.208",) in [
        tuple(label.text() for label in values if not label.isHidden()) for _, *values in panel.rows
    ]
    panel.show_level("plain")
    assert not panel.area.isVisible()
    assert "On the map the ground falls to the upper right." in panel.sentence.text()
    assert panel.sentence.font().pixelSize() > panel.headline.font().pixelSize()


def test_that_names_given_by_people_are_text_and_nothing_else(panel: HappeningPanel) -> None:
    experiment = load("four-learning-rates")
    run = msgspec.structs.replace(experiment.runs[2], name="<b>bold & <img src=x></b>")
    runs = (*experiment.runs[:2], run, *experiment.runs[3:])
    panel.show_frame(frame_of_step(scene(runs=runs), 14))
    assert panel.headline.text() == "Step 14 of the descent “<b>bold & <img src=x></b>”"
    assert panel.headline.textFormat() == Qt.TextFormat.PlainText
    assert all(label.textFormat() == Qt.TextFormat.PlainText for row in panel.rows for label in row)


def test_that_the_lines_of_a_part_of_the_step_are_marked(panel: HappeningPanel) -> None:
    panel.show_frame(frame_of_step(scene(), 14))
    assert panel.sheet.marked_place.isEmpty()
    places = []
    for phase in PHASES:
        panel.show_frame(frame_of_step(scene(), 14, phase))
        places.append(panel.sheet.marked_place.top())
        assert panel.sheet.marked_place.height() > 10
    assert places == sorted(places)
    assert len(set(places)) == 4


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("level", ["numbers", "formula"])
def test_that_what_is_marked_is_in_sight_however_long_the_table(panel: HappeningPanel, phase: str, level: str) -> None:
    panel.resize(290, 300)
    panel.show_level(level)
    panel.show_frame(frame_of_step(scene("adam", 0.05), 14, phase))
    settle()
    place, port = panel.sheet.marked_place, panel.area.viewport()
    if not place.isEmpty():
        top = panel.sheet.mapTo(port, place.topLeft()).y()
        assert -2 <= top < port.height() - 10
    # with formulas alone the loss has no line of its own
    assert place.isEmpty() == (level == "formula" and phase == "check")


@pytest.mark.parametrize("name", ["gradient_descent", "momentum", "adam"])
@pytest.mark.parametrize("level", LEVELS)
def test_that_nothing_moves_but_the_texts_while_steps_go_by(panel: HappeningPanel, name: str, level: str) -> None:
    made = scene(name, 0.05 if name != "gradient_descent" else 0.71)
    panel.show_level(level)
    # once round, so that every text has had its room
    for step in range(10, 60):
        panel.show_frame(frame_of_step(made, step))
        settle()
    before = None
    for step in range(10, 60):
        panel.show_frame(frame_of_step(made, step))
        settle()
        labels = [label for label in panel.findChildren(QLabel) if label.isVisible()]
        places = [(label.mapTo(panel, label.rect().topLeft()), label.size()) for label in labels]
        assert before is None or places == before, step
        before = places


@pytest.mark.parametrize("style", [LIGHT, DARK])
@pytest.mark.parametrize("size", [(262, 330), (290, 350), (500, 480), (1000, 760)])
@pytest.mark.parametrize("level", LEVELS)
def test_that_no_text_is_wider_or_higher_than_its_room(
    panel: HappeningPanel, level: str, size: tuple[int, int], style: Style
) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application, style)
    panel.resize(*size)
    panel.show_level(level)
    for name, rate in (("gradient_descent", 0.71), ("momentum", 0.05), ("adam", 0.05)):
        for phase in ("", *PHASES):
            panel.show_frame(frame_of_step(scene(name, rate), 14, phase))
            settle()
            assert panel.sheet.width() <= panel.area.viewport().width()
            for label in panel.findChildren(QLabel):
                if label.isVisible() and label.text():
                    assert label.width() >= 1
                    needed = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
                    assert label.height() >= needed - 2, label.text()
                    if not label.wordWrap():
                        assert label.width() >= label.fontMetrics().horizontalAdvance(label.text()), label.text()
            for choice in (panel.levels, panel.phases):
                assert choice.width() >= choice.minimumSizeHint().width()
                for button in choice.buttons.values():
                    assert button.width() >= button.fontMetrics().horizontalAdvance(button.text()) + 4


def test_that_short_names_are_written_where_there_is_little_room(panel: HappeningPanel) -> None:
    settle()
    assert panel.levels.buttons["numbers"].text() == "12"
    panel.resize(500, 400)
    settle()
    assert panel.levels.buttons["numbers"].text() == "Numbers"
    assert panel.levels.buttons["numbers"].accessibleName() == "Numbers"


def test_that_a_card_seen_alone_has_larger_type(panel: HappeningPanel) -> None:
    panel.show_frame(frame_of_step(scene(), 14))
    small = panel.headline.font().pixelSize()
    panel.resize(1200, 800)
    settle()
    assert panel.headline.font().pixelSize() >= 1.7 * small
    assert panel.rows[1][0].font().pixelSize() == panel.headline.font().pixelSize()


def test_that_every_button_has_a_name_and_help_and_can_be_reached_by_keys(panel: HappeningPanel, qtbot: Any) -> None:
    panel.show_frame(frame_of_step(scene(), 14))
    buttons = [*panel.levels.buttons.values(), *panel.phases.buttons.values()]
    for button in buttons:
        assert button.accessibleName()
        assert button.toolTip()
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow, timeout=20_000)
    buttons[0].setFocus()
    for after in buttons[1:]:
        QTest.keyClick(QApplication.focusWidget() or panel, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is after


def test_that_without_a_descent_there_is_nothing_to_ask_for(panel: HappeningPanel) -> None:
    panel.show_frame(frame_of_step(scene(runs=()), 0))
    assert panel.headline.text() == "No descent is selected"
    assert not panel.phases.isEnabled()
    assert shown(panel) == {}


def test_that_a_hop_costs_nothing_until_it_lands(panel: HappeningPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    made = scene()
    panel.show_frame(frame_of_step(made, 14))
    monkeypatch.setattr("lossviz.gui.panels.happening_panel.describe", None)
    for part in (0.1, 0.5, 0.9):
        panel.show_frame(frame_of_step(made, 14 + part))


def test_that_a_frame_at_the_end_of_ten_thousand_steps_takes_a_small_part_of_a_frame(panel: HappeningPanel) -> None:
    experiment = parse(TEXT.replace("steps = 200", "steps = 10000"))
    adam = msgspec.structs.replace(experiment.runs[0], optimizer="adam")
    made = scene_of(msgspec.structs.replace(experiment, runs=(adam,)), 5, MEMORY)
    taken = []
    for step in range(9_980, 10_000):
        begun = perf_counter()
        panel.show_frame(frame_of_step(made, step))
        taken.append(perf_counter() - begun)
    # about a millisecond; a frame is 16
    assert float(np.median(taken)) < 0.008


def test_that_what_is_higher_than_its_room_is_scrolled_by_keys_once_tab_has_reached_it(desk: Any) -> None:
    desk.window.resize(1280, 800)
    desk.session.open(load("line-and-point"))
    desk.settled()
    QApplication.processEvents()
    area = desk.furniture.happening.area
    assert area.scrolls
    assert area.focusPolicy() & Qt.FocusPolicy.TabFocus
    area.setFocus(Qt.FocusReason.TabFocusReason)
    before = area.grab().toImage()
    QTest.keyClick(area, Qt.Key.Key_Down)
    assert area.verticalScrollBar().value() > 0
    QTest.keyClick(area, Qt.Key.Key_PageDown)
    assert area.verticalScrollBar().value() > area.viewport().height() / 2
    # they are keys of the window elsewhere
    assert desk.session.step == 0
    # a ring shows it
    area.verticalScrollBar().setValue(0)
    area.clearFocus()
    assert area.grab().toImage() != before


def test_that_what_has_room_is_no_stop_of_the_tab_key(desk: Any) -> None:
    area = desk.furniture.happening.area
    desk.window.resize(1900, 1100)
    desk.window.session.edit_view(large="happening")
    QApplication.processEvents()
    assert not area.scrolls
    assert not area.focusPolicy() & Qt.FocusPolicy.TabFocus
