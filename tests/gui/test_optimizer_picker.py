from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from lossviz.gui.optimizer_rows import OptimizerOffers, library_classes
from lossviz.rules import CATALOGUE, GROUPS


class Picker:
    """The picker over a window, opened by its key, and what tests do with it."""

    def __init__(self, desk: Any) -> None:
        self.desk, self.session = desk, desk.session
        self.before = desk.session.experiment
        QTest.keySequence(desk.window, QKeySequence("Ctrl+K"))
        self.dialog = desk.furniture.dialogs.optimizers

    def type(self, text: str) -> None:
        self.dialog.search.clear()
        QTest.keyClicks(self.dialog.search, text)

    def key(self, key: Qt.Key) -> None:
        QTest.keyClick(self.dialog.search, key)

    @property
    def names(self) -> list[str]:
        return list(self.dialog.list.shown.names)

    @property
    def run(self) -> Any:
        return self.session.experiment.runs[self.session.experiment.view.selected]

    @property
    def closed(self) -> bool:
        return self.desk.furniture.dialogs.optimizers is None


@pytest.fixture
def picker(desk: Any) -> Picker:
    return Picker(desk)


def test_that_all_optimizers_are_listed_in_groups_and_the_selected_descents_own_is_marked(picker: Picker) -> None:
    assert picker.names == list(CATALOGUE)
    assert sum(row.heading for row in picker.dialog.list.shown.rows) == len(GROUPS)
    assert picker.dialog.list.name == "gradient_descent"
    assert not picker.dialog.isModal()
    assert picker.session.experiment is picker.before


def test_that_a_name_and_enter_choose_an_optimizer_and_one_undo_brings_back_the_one_before(picker: Picker) -> None:
    picker.type("nad")
    picker.key(Qt.Key.Key_Return)
    assert picker.closed
    assert picker.run.optimizer == "nadam"
    assert picker.run.hyperparameters["learning_rate"] == 0.71
    picker.desk.settled()
    assert picker.session.scene.descents[2].trajectory.rule.name == "nadam"
    assert picker.session.history.undoText() == "choose an optimizer"
    picker.session.history.undo()
    assert picker.session.experiment == picker.before


def test_that_a_search_shows_what_it_finds_first_without_enter(picker: Picker) -> None:
    picker.type("torch.optim.NAdam")
    assert picker.names == ["nadam"]
    picker.desk.qtbot.waitUntil(lambda: picker.run.optimizer == "nadam")
    assert not picker.closed


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("adagrad", "adagrad"),
        ("keras.optimizers.rmsprop", "rmsprop"),
        ("heavy ball", "momentum"),
        ("polyak", "momentum"),
        ("optax nadam", "nadam"),
    ],
)
def test_that_names_papers_libraries_and_words_of_the_text_find_an_optimizer(typed: str, found: str) -> None:
    names = [row.name for row in OptimizerOffers().rows(typed)]
    assert found in names
    assert len(names) < len(CATALOGUE)


def test_that_a_search_without_success_says_so_and_changes_nothing(picker: Picker) -> None:
    picker.type("zzz")
    assert picker.names == []
    assert "“zzz”" in picker.dialog.list.shown.rows[0].text
    picker.key(Qt.Key.Key_Return)
    assert picker.session.experiment is picker.before


def test_that_arrows_go_through_the_list_as_one_edit_and_what_is_passed_takes_nothing_away(picker: Picker) -> None:
    picker.key(Qt.Key.Key_Down)
    assert picker.run.optimizer == "momentum"
    picker.type("newton")
    picker.key(Qt.Key.Key_Down)
    picker.desk.qtbot.waitUntil(lambda: "newton" in picker.run.optimizer)
    assert picker.run.rule().learning_rate == 1.0
    picker.type("adam")
    picker.desk.qtbot.waitUntil(lambda: "adam" in picker.run.optimizer)
    # the rate that Newton's step had no use for
    assert picker.run.rule().learning_rate == 0.71
    assert picker.session.history.count() == 1


def test_that_escape_brings_back_what_was_there_before(picker: Picker) -> None:
    picker.key(Qt.Key.Key_Down)
    assert picker.run.optimizer == "momentum"
    picker.key(Qt.Key.Key_Escape)
    assert picker.closed
    assert picker.session.experiment == picker.before


def test_that_it_follows_the_selection(picker: Picker) -> None:
    picker.key(Qt.Key.Key_Down)
    picker.session.select(0)
    assert picker.dialog.list.name == "gradient_descent"
    picker.key(Qt.Key.Key_Up)
    assert [run.optimizer for run in picker.session.experiment.runs[:3]] == [
        "fixed_step",
        "gradient_descent",
        "momentum",
    ]


def test_that_it_does_nothing_where_there_is_no_descent(desk: Any) -> None:
    while desk.session.experiment.runs:
        desk.session.remove_run(0)
    picker = Picker(desk)
    assert "no descent" in picker.dialog.count.text()
    picker.type("adam")
    picker.key(Qt.Key.Key_Return)
    assert desk.session.experiment.runs == ()


def test_that_rule_source_libraries_and_what_it_is_good_and_bad_at_are_told(picker: Picker) -> None:
    picker.type("nadam")
    rule, details = CATALOGUE["nadam"], picker.dialog.details
    assert (details.title.text(), details.formula.text()) == (rule.title, rule.formula)
    told = {name: text.text() for name, (_, text) in details.lines.items()}
    assert (told["Good"], told["Bad"], told["Source"]) == (rule.good, rule.bad, rule.source)
    assert "torch.optim.NAdam" in told["Libraries"]
    defaults = told["Defaults"].split("\n")
    assert "0.002 (PyTorch, Optax)" in defaults[0]
    assert defaults[-1] == "decoupled weight decay: off"


@pytest.mark.parametrize("name", ["adam", "adamw", "rmsprop", "adagrad", "sgd"])
def test_that_the_libraries_own_names_of_well_known_optimizers_are_known(name: str) -> None:
    assert {called.split(".")[0] for called in library_classes(name)} >= {"torch", "keras", "optax"}


def test_that_the_panels_box_and_the_menu_open_it(desk: Any) -> None:
    box = desk.panels.run.optimizer.box
    assert box.currentText() == "gradient descent"
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert desk.furniture.dialogs.optimizers.isVisible()
    assert not desk.window.player.playing
    keys = {declared.text: declared.keys for declared, _ in desk.furniture.menus.actions.declared}
    assert keys["Optimizer…"] == ("Ctrl+K",)


def test_that_everything_in_it_has_a_name_and_help_and_tab_goes_through_it(picker: Picker) -> None:
    dialog = picker.dialog
    wanted = [dialog.search, dialog.list, dialog.cancel_button, dialog.done_button]
    assert all(widget.accessibleName() and widget.toolTip() for widget in wanted)
    order, widget = [], dialog.search
    for _ in range(60):
        order.append(widget)
        widget = widget.nextInFocusChain()
    assert [each for each in dict.fromkeys(order) if each in wanted] == wanted


def test_that_it_closes_and_keeps_the_choice_when_something_else_is_opened(picker: Picker) -> None:
    picker.key(Qt.Key.Key_Down)
    picker.desk.furniture.dialogs.show_picker()
    assert picker.closed
    assert picker.run.optimizer == "momentum"
