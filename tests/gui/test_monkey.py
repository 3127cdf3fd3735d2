"""A seeded monkey at the window: whatever it does, one state is shown, and undo then redo changes nothing.

It goes on for LOSSVIZ_MONKEY_SECONDS (60; for a long look 600) from LOSSVIZ_MONKEY_SEED (1).
"""

import os
import random
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog

from lossviz.experiment import CARDS, CONTROLS, LAYOUTS, check, experiments, load
from lossviz.gui.settings import LEVELS, THEMES
from lossviz.rules import CATALOGUE

SECONDS = float(os.environ.get("LOSSVIZ_MONKEY_SECONDS", "60"))
SEED = int(os.environ.get("LOSSVIZ_MONKEY_SEED", "1"))
# QTest types Latin letters alone
TYPED = (".5", "0,125", "3e-1", "10", "0", "-1", "abc", "", "nan", "1e308", "-2", "9" * 40)


class Monkey:
    """Does one thing after another; remembers what."""

    def __init__(self, desk: Any, seed: int, folder: Path) -> None:
        self.desk, self.window, self.session = desk, desk.window, desk.session
        self.furniture = desk.furniture
        self.random = random.Random(seed)
        self.folder = folder
        self.done: list[str] = []
        names = [name for name in dir(self) if name.startswith("do_")]
        self.actions: list[Callable[[], None]] = [getattr(self, name) for name in names]

    def act(self) -> None:
        action = self.random.choice(self.actions)
        self.done.append(action.__name__.removeprefix("do_"))
        action()
        for _ in range(self.random.randint(1, 4)):
            QApplication.processEvents()

    def trigger(self, text: str) -> None:
        """Take a menu entry."""
        next(a for d, a in self.furniture.menus.actions.declared if d.text == text).trigger()

    def view(self, **keys: object) -> None:
        self.session.edit_view(**keys)

    def seen_card(self, name: str) -> Any:
        return self.window.deck.cards[name] if self.window.deck.shows(name) else None

    def drag(self, name: str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        card = self.seen_card(name)
        if card is None:
            return
        port = card.viewport()
        pick = self.random.randint

        def place() -> QPoint:
            return QPoint(pick(0, max(1, port.width())), pick(0, max(1, port.height())))

        begin = place()
        if name == "map" and pick(0, 1):
            begin = card.mapFromScene(self.window.map.handle.mapToScene(QPointF(0, 0)))
        QTest.mousePress(port, Qt.MouseButton.LeftButton, modifier, begin)
        end = begin
        for _ in range(pick(0, 4)):
            end = place()
            buttons = Qt.MouseButton.LeftButton
            at, on = QPointF(end), QPointF(port.mapToGlobal(end))
            move = QMouseEvent(QEvent.Type.MouseMove, at, on, Qt.MouseButton.NoButton, buttons, modifier)
            QApplication.sendEvent(port, move)
            QApplication.processEvents()
        QTest.mouseRelease(port, Qt.MouseButton.LeftButton, modifier, end)

    # what it does -------------------------------------------------------------------------------------------------

    def do_play(self) -> None:
        self.window.player.speed = self.random.choice((0.5, 4.0, 50.0))
        self.window.player.toggle()

    def do_jump(self) -> None:
        self.window.player.jump(self.random.choice((-10, -1, 1, 10)))

    def do_scrub(self) -> None:
        self.furniture.bar.slider.setValue(self.random.randint(0, self.session.steps))

    def do_phase(self) -> None:
        self.trigger("Next part of the step")

    def do_loop(self) -> None:
        self.trigger("Play in a loop")

    def do_drag_map(self) -> None:
        self.drag("map")

    def do_drag_data(self) -> None:
        self.drag("data")

    def do_orbit(self) -> None:
        self.drag("surface")

    def do_pan(self) -> None:
        self.drag("surface", Qt.KeyboardModifier.ShiftModifier)

    def do_drag_other(self) -> None:
        self.drag(self.random.choice(("loss", "slice")))

    def do_wheel(self) -> None:
        card = self.seen_card("surface")
        if card is not None:
            at = QPointF(card.viewport().rect().center())
            on = QPointF(card.viewport().mapToGlobal(at.toPoint()))
            turn = QPoint(0, self.random.choice((-120, 120)))
            none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
            QApplication.sendEvent(card.viewport(), QWheelEvent(at, on, QPoint(), turn, *none, False))

    def do_slide(self) -> None:
        fields = self.furniture.panels.run.fields
        for field in fields:
            if field.switch is None and self.random.random() < 0.5:
                field.grasped.emit()
                for _ in range(self.random.randint(1, 5)):
                    field.slider.setValue(self.random.randint(0, 1000))
                    QApplication.processEvents()
                field.released.emit()

    def do_type(self) -> None:
        run = self.furniture.panels.run
        entries = [field.entry for field in run.fields if field.switch is None] + [run.w, run.b]
        entry = self.random.choice(entries)
        entry.setFocus()
        entry.selectAll()
        QTest.keyClicks(entry, self.random.choice(TYPED))
        QTest.keyClick(entry, self.random.choice((Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab)))
        entry.clearFocus()

    def do_undo(self) -> None:
        for _ in range(self.random.randint(1, 3)):
            self.session.history.undo()

    def do_redo(self) -> None:
        for _ in range(self.random.randint(1, 3)):
            self.session.history.redo()

    def do_resize(self) -> None:
        self.window.resize(self.random.randint(700, 1900), self.random.randint(500, 1050))

    def do_theme(self) -> None:
        self.window.choose_theme(self.random.choice(THEMES))

    def do_open(self) -> None:
        self.window.document.open(self.random.choice(experiments()))

    def do_open_asking(self) -> None:
        self.window.open_file(self.random.choice((*experiments(), "no such experiment")))
        if self.window.question.isVisible():
            self.random.choice([b for b in self.window.question.buttons if b.text() != "Save"]).click()

    def do_save_and_open(self) -> None:
        file = self.folder / "monkey.lossviz.toml"
        assert self.window.document.save_as(str(file))
        assert load(file) == self.session.experiment
        self.window.open_file(str(file))

    def do_new(self) -> None:
        self.window.document.new()

    def do_layout(self) -> None:
        self.view(layout=self.random.choice(LAYOUTS), large=self.random.choice(("", "", *CARDS)))

    def do_hide(self) -> None:
        self.furniture.menus.wishes.toggle_hidden(self.random.choice((*CARDS, *CONTROLS)))

    def do_show_all(self) -> None:
        self.furniture.menus.wishes.show_all()

    def do_axes(self) -> None:
        name = self.random.choice(("height", "loss_axis", "step_axis"))
        self.view(**{name: self.random.choice(("linear", "log"))})

    def do_future(self) -> None:
        self.furniture.menus.wishes.toggle_future()

    def do_hold(self) -> None:
        self.furniture.menus.wishes.hold(self.random.choice("wb"))

    def do_runs(self) -> None:
        session = self.session
        if len(session.experiment.runs) > 6:
            session.remove_run(self.random.randrange(len(session.experiment.runs)))
            return
        self.random.choice((session.add_run, session.duplicate_run, session.keep_ghosts))()

    def do_remove(self) -> None:
        self.furniture.menus.wishes.remove_selected()

    def do_select(self) -> None:
        self.session.select(self.random.randint(0, 5))

    def do_show_run(self) -> None:
        rows = self.furniture.panels.descents.rows
        if rows:
            self.random.choice(rows).eye.click()

    def do_optimizer(self) -> None:
        runs = self.session.experiment.runs
        if runs:
            number = min(self.session.experiment.view.selected, len(runs) - 1)
            name = self.random.choice(tuple(CATALOGUE))
            self.session.edit_run(number, msgspec.structs.replace(runs[number], optimizer=name, hyperparameters={}))

    def do_steps(self) -> None:
        self.session.edit_descent(steps=self.random.choice((1, 5, 50, 300)))

    def do_level(self) -> None:
        self.furniture.choose_level(self.random.choice(LEVELS))

    def do_copy(self) -> None:
        self.trigger(self.random.choice(("Copy picture", "Copy numbers")))

    def do_dialogs(self) -> None:
        dialogs = self.furniture.dialogs
        self.random.choice((dialogs.show_keys, dialogs.show_history, dialogs.show_preferences, dialogs.show_export))()

    def do_close_dialogs(self) -> None:
        for dialog in self.window.findChildren(QDialog):
            if dialog.isVisible():
                dialog.close()

    def do_double_click(self) -> None:
        names = sorted(self.window.deck.seen)
        if names:
            card = self.window.deck.cards[self.random.choice(names)]
            at = QPoint(40, 12)
            QTest.mouseDClick(card.viewport() if hasattr(card, "viewport") else card, Qt.MouseButton.LeftButton, pos=at)


def agree(desk: Any) -> None:
    """Everything that is seen shows one state."""
    session, window = desk.session, desk.window
    experiment = session.experiment
    check(experiment)
    for card in window.cards:
        if window.deck.shows(card.name):
            frame = card.view.frame
            assert frame is not None, card.name
            assert frame.step == session.step, card.name
            assert frame.scene.experiment == experiment, card.name
    for descent, run in zip(session.scene.descents, experiment.runs, strict=True):
        assert descent.label == run.label
        assert descent.trajectory.rule.values == run.rule().values
    assert [row.number for row in desk.panels.descents.rows] == list(range(len(experiment.runs)))
    assert desk.furniture.bar.slider.value() == int(session.step)
    assert desk.furniture.bar.slider.maximum() == session.steps
    assert window.trouble.text().count("Traceback") == 0
    assert "inside lossviz" not in window.trouble.text(), session.details
    assert window.isWindowModified() == window.document.dirty


@pytest.mark.timeout(SECONDS + 120)
def test_that_a_monkey_finds_one_state_shown_whatever_it_does(desk: Any, tmp_path: Path) -> None:
    monkey = Monkey(desk, SEED, tmp_path)
    end = monotonic() + SECONDS
    try:
        while monotonic() < end:
            for _ in range(monkey.random.randint(1, 8)):
                monkey.act()
            desk.window.player.pause()
            desk.settled()
            agree(desk)
            before, step = desk.session.experiment, desk.session.step
            if desk.session.history.canUndo():
                desk.session.history.undo()
                desk.session.history.redo()
                desk.settled()
                assert desk.session.experiment == before
                desk.session.see_step(step)
            agree(desk)
            assert not [d for d in desk.window.findChildren(QFileDialog) if d.isVisible()]
    except BaseException as error:
        error.add_note(f"seed {SEED}, {len(monkey.done)} actions; the last ones: {monkey.done[-30:]}")
        raise
    monkey.do_close_dialogs()
    assert len(set(monkey.done)) > 30 or SECONDS < 30
