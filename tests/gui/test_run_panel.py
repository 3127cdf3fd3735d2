from typing import Any

import msgspec
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit


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
    typed(panel.w, "-1.5")
    session.edit_view(hidden=("start",))
    desk.settled()
    assert session.experiment.descent.start == (-1.5, 3.6)
    assert session.experiment.view.hidden == ("start",)
    assert panel.w.text() == "−1.5"


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
