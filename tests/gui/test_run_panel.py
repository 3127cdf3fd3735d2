from typing import Any

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from lossviz.gui.form import ParamField
from lossviz.gui.panels.hyper_fields import FIRST
from lossviz.landscape.param import Param
from lossviz.rules import rule_class


def typed(entry: QLineEdit, text: str) -> None:
    """Type, and leave it at that: neither Enter nor another field."""
    entry.setFocus()
    entry.selectAll()
    QTest.keyClicks(entry, text)


def test_that_what_is_typed_in_a_field_that_is_hidden_leaves_panel_and_experiment_alike(desk: Any) -> None:
    panel, session = desk.panels.run, desk.session
    typed(panel.steps.lineEdit(), "53")
    session.edit_view(hidden=("steps",))
    desk.settled()
    assert panel.steps.value() == session.experiment.descent.steps
    typed(panel.start.w, "-1.5")
    session.edit_view(hidden=("start",))
    desk.settled()
    assert session.experiment.descent.start == (-1.5, 3.6)
    assert session.experiment.view.hidden == ("start",)
    assert panel.start.w.text() == "−1.5"


def test_that_what_is_typed_for_one_rule_is_no_edit_of_the_next(desk: Any) -> None:
    panel, session = desk.panels.run, desk.session
    number, plain = session.experiment.view.selected, session.experiment.runs[0]
    adam = msgspec.structs.replace(plain, optimizer="adam", hyperparameters={})
    session.edit_run(number, adam)
    desk.settled()
    beta = next(field for field in panel.fields if field.param.name == "beta1")
    typed(beta.entry, ".5")
    assert beta.entry.hasFocus()
    heard: list[object] = []
    panel.run_edited.connect(lambda *said: heard.append(said))
    session.history.undo()
    assert session.experiment.runs[number] != adam
    assert heard == []


# The optimizer


def choose(desk: Any, optimizer: str, **hyperparameters: float | bool) -> Any:
    """Let the selected descent step by an optimizer; give the panel."""
    number = desk.session.experiment.view.selected
    run = desk.session.experiment.runs[number]
    changed = msgspec.structs.replace(run, optimizer=optimizer, convention="pytorch", hyperparameters=hyperparameters)
    desk.session.edit_run(number, changed)
    return desk.panels.run


def selected(desk: Any) -> Any:
    return desk.session.experiment.runs[desk.session.experiment.view.selected]


def action(panel: Any, text: str) -> Any:
    return next(each for each in panel.optimizer.menu.actions() if each.text() == text)


def test_that_only_the_libraries_that_have_an_optimizer_can_be_chosen(desk: Any) -> None:
    panel = choose(desk, "radam")
    assert panel.optimizer.library.isVisible()
    ways = [each.text() for each in panel.optimizer.menu.actions() if each.isCheckable()]
    assert ways == ["As PyTorch steps", "As Optax steps"]
    panel = choose(desk, "fixed_step")
    assert not panel.optimizer.library.isVisible()


def test_that_another_library_keeps_the_numbers_and_is_named_in_the_list_of_descents(desk: Any) -> None:
    panel = choose(desk, "adam", learning_rate=0.1, beta1=0.8)
    action(panel, "As Keras steps").trigger()
    assert selected(desk).rule().convention == "keras"
    values = {field.param.name: field.value for field in panel.fields}
    assert (values["learning_rate"], values["beta1"], values["epsilon"]) == (0.1, 0.8, 1e-8)
    assert panel.optimizer.library.currentText() == "Keras"
    assert action(panel, "As Keras steps").isChecked()
    assert selected(desk).label == "Adam (Keras) 0.1"
    assert "Adam (Keras) 0.1" in desk.panels.descents.rows[2].name.text()
    desk.settled()
    assert desk.session.scene.descents[2].label == "Adam (Keras) 0.1"
    desk.session.history.undo()
    assert panel.optimizer.library.currentText() == "PyTorch"
    assert action(panel, "As PyTorch steps").isChecked()


def test_that_keys_alone_choose_a_library(desk: Any) -> None:
    panel = choose(desk, "adam", learning_rate=0.1)
    panel.optimizer.library.setFocus()
    QTest.keyClick(panel.optimizer.library, Qt.Key.Key_Space)
    menu = panel.optimizer.menu
    desk.qtbot.waitUntil(menu.isVisible)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(menu, key)
    assert selected(desk).way == "keras"
    assert not menu.isVisible()
    assert not desk.window.player.playing


def test_that_a_preset_sets_all_hyperparameters_as_the_library_has_them(desk: Any) -> None:
    panel = choose(desk, "adam", learning_rate=0.1, beta1=0.8)
    action(panel, "Keras's defaults").trigger()
    rule = selected(desk).rule()
    assert rule.values == {param.name: param.default for param in rule_class("adam", "keras").params()}
    assert {field.param.name: field.value for field in panel.fields} == rule.values
    desk.session.history.undo()
    assert selected(desk).hyperparameters == {"learning_rate": 0.1, "beta1": 0.8}


def test_that_the_same_in_two_libraries_is_a_second_descent_with_the_same_numbers(desk: Any) -> None:
    panel = choose(desk, "adam", learning_rate=0.1)
    count = len(desk.session.experiment.runs)
    action(panel, "The same in PyTorch and in Keras").trigger()
    desk.settled()
    runs = desk.session.experiment.runs
    assert len(runs) == count + 1
    assert [runs[2].label, runs[-1].label] == ["Adam 0.1", "Adam (Keras) 0.1"]
    assert selected(desk) is runs[-1]
    first, second = (desk.session.scene.descents[number].trajectory for number in (2, -1))
    assert not (first.path == second.path).all()
    desk.session.history.undo()
    assert len(desk.session.experiment.runs) == count


def test_that_many_hyperparameters_are_folded_and_stay_unfolded_once_they_were_asked_for(desk: Any) -> None:
    panel = choose(desk, "adam", amsgrad=True)
    hyper = panel.hyper
    names = [field.param.name for field in panel.fields]
    desk.settled()
    assert [field.isVisible() for field in panel.fields] == [True] * FIRST + [False] * (len(names) - FIRST)
    assert hyper.opener.text() == f"{len(names) - FIRST} more, 1 changed"
    hyper.opener.click()
    assert all(field.isVisible() for field in panel.fields)
    choose(desk, "adamw")
    desk.settled()
    assert all(field.isVisible() for field in panel.fields)
    choose(desk, "gradient_descent")
    assert not hyper.opener.isVisible()


def test_that_a_switch_is_a_box_to_tick(desk: Any) -> None:
    panel = choose(desk, "adam")
    panel.hyper.opener.click()
    switch = next(field for field in panel.fields if field.param.name == "amsgrad")
    switch.switch.click()
    assert selected(desk).hyperparameters["amsgrad"] is True
    assert desk.session.history.undoText() == "amsgrad off → on"


def test_that_weight_decay_can_be_slid_to_zero_and_typed(desk: Any) -> None:
    panel = choose(desk, "adam", weight_decay=0.1)
    panel.hyper.opener.click()
    decay = next(field for field in panel.fields if field.param.name == "weight_decay")
    decay.slider.setValue(0)
    assert selected(desk).hyperparameters["weight_decay"] == 0.0
    assert decay.entry.text() == "0"
    typed(decay.entry, "-1")
    QTest.keyClick(decay.entry, Qt.Key.Key_Return)
    assert selected(desk).hyperparameters["weight_decay"] == 0.0
    assert decay.note.text() == "Weight decay must be 0 or more, not −1."


def test_that_a_count_is_shown_stepped_and_taken_whole(qtbot: Any) -> None:
    field = ParamField(Param("history_size", "m", 10, low=1, high=2_000_000, shown=(1, 30), whole=True))
    qtbot.addWidget(field)
    field.show()
    edits: list[object] = []
    field.edited.connect(lambda _, value: edits.append(value))
    field.show_value(10)
    assert field.entry.text() == "10"
    field.slider.stepped.emit(1, False)
    field.slider.setValue(0)
    typed(field.entry, "1234567")
    QTest.keyClick(field.entry, Qt.Key.Key_Return)
    assert edits == [11, 1, 1234567]
    field.show_value(1234567)
    assert field.entry.text() == "1234567"
    typed(field.entry, "2.5")
    QTest.keyClick(field.entry, Qt.Key.Key_Return)
    assert field.note.text() == "History size must be a whole number, from 1 to 2e6, not 2.5."
    assert len(edits) == 3


def test_that_the_limit_of_the_rate_is_told_for_a_library_that_has_one(desk: Any) -> None:
    panel = choose(desk, "momentum", learning_rate=0.1)
    desk.settled()
    assert panel.hyper.rate.note.text().startswith("limit ")
    choose(desk, "adam")
    desk.settled()
    assert panel.hyper.rate.note.text() == ""
