"""A monkey at the window: what it can do.

Part of it is a person's way to something, such as a file; the rest is whatever can be clicked, chosen, typed into or
pressed just now, in the window and in its dialogs.
"""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QPushButton,
    QSlider,
    QToolButton,
)

from lossviz.experiment import CARDS, CONTROLS, LAYOUTS, DomainSection, experiments, load
from lossviz.gui.settings import LEVELS, THEMES
from lossviz.rules import CATALOGUE, conventions

# QTest types Latin letters alone
TYPED = (".5", "0,125", "3e-1", "10", "0", "-1", "abc", "age", "(x - 1)/2", "", "nan", "-2", "9" * 40)
LARGE = (1e50, 1e99, 1e100, -1e100, 1e154, 1e300, 1e308, -1e308, 5e-324, 1e-100)
KEYS = ("Tab", "Shift+Tab", "Return", "Space", "Escape", "Up", "Down", "Left", "Right", "Delete", "Home", "End", "F2")
VIEWS = ("surface", "map", "loss", "data", "slice")
LEFT_ALONE = ("Quit", "Show in folder", "Open surfaces folder")
"""What would end the play, or begin another program."""
TABLES = {
    "births.csv": "age (years);weight (kg);low\n19;3,2;0\n22;3,9;0\n24;2,1;1\n26;2,9;0\n28;2,2;1\n31;4,1;0\n",
    "words.csv": "name,town\nann,ulm\nbob,bonn\n",
    "large.csv": "x,y\n1e49,-1e50\n-2e49,1e50\n0,3\n",
    "flat.csv": "x,y\n2,1\n2,1\n2,1\n",
    "empty.csv": "",
}


class Monkey:
    """Does one thing after another; remembers what."""

    def __init__(self, desk: Any, seed: int, folder: Path) -> None:
        self.desk, self.window, self.session = desk, desk.window, desk.session
        self.furniture = desk.furniture
        self.random = random.Random(seed)
        self.folder = folder
        self.done: list[str] = []
        for name, text in TABLES.items():
            (folder / name).write_text(text, "utf-8")
        names = [name for name in dir(self) if name.startswith("do_")]
        self.actions: list[Callable[[], None]] = [getattr(self, name) for name in names]

    def act(self) -> None:
        action = self.random.choice(self.actions)
        self.done.append(action.__name__.removeprefix("do_"))
        action()
        for _ in range(self.random.randint(1, 4)):
            QApplication.processEvents()
        for dialog in self.seen(QFileDialog):
            dialog.reject()

    def trigger(self, text: str) -> None:
        """Take a menu entry."""
        next(a for d, a in self.furniture.menus.actions.declared if d.text == text).trigger()

    def seen(self, kind: type[Any]) -> list[Any]:
        """Give what is seen of a kind of widget, in the window and its dialogs, and can be used."""
        return [w for w in self.window.findChildren(kind) if w.isVisible() and w.isEnabled()]

    def one(self, kind: type[Any]) -> Any:
        found = self.seen(kind)
        return self.random.choice(found) if found else None

    def note(self, what: object) -> None:
        """Remember with what the last thing was done."""
        self.done[-1] += f" {what}"

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

    def do_wait(self) -> None:
        QTest.qWait(self.random.randint(1, 60))

    def do_menu(self) -> None:
        declared = [each for each in self.furniture.menus.actions.declared if each[0].text not in LEFT_ALONE]
        told, action = self.random.choice(declared)
        self.note(told.text)
        action.trigger()

    def do_key(self) -> None:
        actions = [d.keys for d, _ in self.furniture.menus.actions.declared if d.text not in LEFT_ALONE]
        key = self.random.choice([*KEYS * 2, *(key for declared in actions for key in declared)])
        receiver = QApplication.focusWidget() or self.window
        self.note(f"{key} on {receiver.accessibleName()}")
        QTest.keySequence(receiver, QKeySequence(key))

    def do_click(self) -> None:
        button = self.one(QAbstractButton)
        # a menu would wait for a choice
        menu = button.menu() if isinstance(button, (QToolButton, QPushButton)) else None
        if button is not None and menu is None and button.text().replace("&", "") not in LEFT_ALONE:
            self.note(button.accessibleName() or button.text())
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def do_choose(self) -> None:
        box = self.one(QComboBox)
        if box is not None and box.count():
            box.setCurrentIndex(self.random.randrange(box.count()))
            self.note(f"{box.currentText()} of {box.accessibleName()}")
            box.activated.emit(box.currentIndex())

    def do_pull(self) -> None:
        slider = self.one(QSlider)
        if slider is not None:
            slider.setValue(self.random.randint(slider.minimum(), slider.maximum()))

    def do_drag_map(self) -> None:
        self.drag("map")

    def do_drag_data(self) -> None:
        self.drag("data")

    def do_orbit(self) -> None:
        self.drag("surface")

    def do_pan(self) -> None:
        modifiers = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
        self.drag(self.random.choice(("surface", "map")), self.random.choice(modifiers))

    def do_drag_other(self) -> None:
        self.drag(self.random.choice(("loss", "slice")))

    def do_right_click(self) -> None:
        card = self.seen_card(self.random.choice(VIEWS))
        if card is not None:
            inside = card.viewport().rect()
            at = QPoint(self.random.randint(0, inside.width()), self.random.randint(0, inside.height()))
            QTest.mouseMove(card.viewport(), at)
            button = self.random.choice((Qt.MouseButton.RightButton, Qt.MouseButton.LeftButton))
            QTest.mouseClick(card.viewport(), button, pos=at)

    def do_wheel(self) -> None:
        card = self.seen_card(self.random.choice(VIEWS))
        if card is not None:
            inside = card.viewport().rect()
            at = QPointF(self.random.randint(0, inside.width()), self.random.randint(0, inside.height()))
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
        fields = [field.entry for field in run.fields if field.switch is None] + [run.start.w, run.start.b]
        entry = self.random.choice([*self.seen(QLineEdit), *(field for field in fields if field.isVisible())] or [None])
        if entry is None:
            return
        entry.setFocus()
        entry.selectAll()
        text = self.random.choice((*TYPED, *map(str, LARGE)))
        self.note(f"{text} in {entry.accessibleName()}")
        QTest.keyClicks(entry, text)
        QTest.keyClick(entry, self.random.choice((Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab)))
        entry.clearFocus()

    def do_large(self) -> None:
        """Ask for numbers at the edge of what is allowed, and beyond."""
        session, pick = self.session, self.random.choice
        experiment = session.experiment
        what = pick(("start", "point", "rate", "domain"))
        self.note(what)
        if what == "start":
            session.move_start(pick(LARGE), pick((*LARGE, 0.5)))
        elif what == "point":
            self.view(point=(pick(LARGE), pick((*LARGE, 0.5))))
        elif what == "rate" and experiment.runs:
            number = self.random.randrange(len(experiment.runs))
            session.edit_run(
                number, msgspec.structs.replace(experiment.runs[number], hyperparameters={"learning_rate": pick(LARGE)})
            )
        elif what == "domain":
            bounds = [tuple(sorted((pick(LARGE), pick((*LARGE, -1.0, 1.0))))) for _ in "wb"]
            domain = pick((None, DomainSection(w=bounds[0], b=bounds[1])))  # type: ignore[arg-type]
            surface = msgspec.structs.replace(experiment.surface, domain=domain)
            session.edit(msgspec.structs.replace(experiment, surface=surface))

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

    def do_table(self) -> None:
        self.window.open_file(str(self.folder / self.random.choice([*TABLES, "no.csv"])))

    def do_close(self) -> None:
        if self.window.document.dirty:
            self.window.close()
            assert self.window.question.isVisible()
            self.window.question.buttons[-1].click()

    def do_new(self) -> None:
        self.window.document.new()

    def do_conditions(self) -> None:
        conditions = self.furniture.panels.run.conditions
        if conditions.opener.isVisible():
            conditions.opener.click()
        section = self.random.choice(list(conditions.sections.values()))
        self.note(section.name)
        if section.isVisible():
            section.line.click()

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
            way = self.random.choice(conventions(name))
            self.note(f"{name} {way}")
            changed = msgspec.structs.replace(runs[number], optimizer=name, convention=way, hyperparameters={})
            self.session.edit_run(number, changed)

    def do_preset(self) -> None:
        actions = self.furniture.panels.run.optimizer.menu.actions()
        if actions and self.furniture.panels.run.optimizer.run is not None:
            self.random.choice(actions).trigger()

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
