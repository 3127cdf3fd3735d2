from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from lossviz.experiment import load
from lossviz.jobs.messages import Done
from lossviz.scene.style import DARK


class Finder:
    """The finder over a window, opened by its key, and what tests do with it."""

    def __init__(self, desk: Any) -> None:
        self.desk, self.session = desk, desk.session
        self.before = desk.session.experiment
        QTest.keySequence(desk.window, QKeySequence("Ctrl+Shift+K"))
        self.dialog = desk.furniture.dialogs.rates
        self.settled()

    def settled(self) -> None:
        self.desk.qtbot.waitUntil(lambda: not self.dialog._awaited and not self.session.busy, timeout=20_000)

    @property
    def rate(self) -> float:
        return float(self.desk.rate(self.session.experiment.view.selected))

    def edit(self, **values: object) -> None:
        number = self.session.experiment.view.selected
        self.session.edit_run(number, msgspec.structs.replace(self.session.experiment.runs[number], **values))
        self.settled()

    def type(self, entry: Any, text: str) -> None:
        entry.setFocus()
        entry.selectAll()
        QTest.keyClicks(entry, text)
        QTest.keyClick(entry, Qt.Key.Key_Return)
        self.settled()


@pytest.fixture
def finder(desk: Any) -> Finder:
    return Finder(desk)


def test_that_it_tests_the_selected_descent_and_says_what_it_sees(finder: Finder) -> None:
    seen = finder.dialog.seen
    assert (seen.label, seen.rate) == ("rate 0.71", 0.71)
    assert finder.dialog.told.text() == seen.sentence
    assert "the true limit is 0.743" in seen.sentence
    assert finder.dialog.about.text() == "rate 0.71 · gradient descent"
    assert finder.session.experiment is finder.before
    assert not finder.dialog.isModal()


def test_that_enter_takes_what_is_suggested_and_undo_brings_back_the_rate_before(finder: Finder) -> None:
    assert finder.dialog.take_button.text() == f"Take {finder.dialog.seen.suggestion:g}"
    suggestion = finder.dialog.seen.suggestion
    QTest.keyClick(finder.dialog, Qt.Key.Key_Return)
    assert finder.rate == suggestion
    assert finder.dialog.isVisible()
    assert finder.dialog.seen.rate == suggestion
    assert "learning rate 0.71" in finder.session.history.undoText()
    finder.desk.settled()
    finder.session.history.undo()
    assert finder.rate == 0.71
    assert finder.dialog.seen.rate == 0.71


def test_that_another_rate_is_shown_without_another_test(finder: Finder) -> None:
    made, test = finder.desk.backend.worker.memory.rates.made, finder.dialog.seen.test
    finder.edit(hyperparameters={"learning_rate": 0.2})
    assert finder.dialog.seen.rate == 0.2
    assert finder.dialog.seen.test is test
    assert finder.desk.backend.worker.memory.rates.made == made


def test_that_keys_move_the_rate_as_one_edit(finder: Finder) -> None:
    card = finder.dialog.card
    card.setFocus(Qt.FocusReason.TabFocusReason)
    finder.desk.qtbot.waitUntil(card.hasFocus)
    assert "learning rate 0.71" in card.accessibleName()
    for _ in range(3):
        QTest.keyPress(card, Qt.Key.Key_Right)
    QTest.keyRelease(card, Qt.Key.Key_Right)
    assert finder.rate == 0.74
    assert finder.session.history.count() == 1
    finder.session.history.undo()
    assert finder.rate == 0.71


def test_that_a_drag_is_one_edit_and_the_next_one_another(finder: Finder) -> None:
    view = finder.dialog.view
    for rates in ((0.1, 0.2, 0.3), (0.05, 0.04)):
        view.grasped.emit()
        for rate in rates:
            view.rate_asked.emit(rate)
        view.released.emit()
    assert finder.rate == 0.04
    assert finder.session.history.count() == 2


def test_that_another_optimizer_start_or_batch_is_tested_at_once(finder: Finder) -> None:
    before = finder.dialog.seen
    finder.edit(optimizer="adam", hyperparameters={"learning_rate": 0.1})
    assert finder.dialog.seen.test.limit is None
    assert finder.dialog.seen.test.trajectory.rule.name == "adam"
    adam = finder.dialog.seen.test
    finder.edit(batch_size=16)
    assert "batches of 16" in finder.dialog.about.text()
    assert finder.dialog.seen.test.losses.tolist() != adam.losses.tolist()
    finder.session.history.undo()
    finder.session.history.undo()
    finder.settled()
    # it was remembered
    assert finder.dialog.seen.test is before.test


def test_that_it_follows_the_selection_and_says_where_there_is_no_descent(finder: Finder) -> None:
    finder.session.select(0)
    finder.settled()
    assert finder.dialog.seen.label == "rate 0.012"
    while finder.session.experiment.runs:
        finder.session.remove_run(0)
    finder.settled()
    assert finder.dialog.seen is None
    assert not finder.dialog.take_button.isEnabled()
    assert "no descent" in finder.dialog.about.text()


def test_that_a_stale_reply_is_dropped(finder: Finder) -> None:
    test = finder.dialog.seen.test
    finder.edit(optimizer="adam", hyperparameters={"learning_rate": 0.1})
    shown = finder.dialog.seen.test
    finder.desk.backend.replied.emit(Done(1, "rates", test))
    assert finder.dialog.seen.test is shown


def test_that_closing_cancels_what_is_under_way_and_opening_tests_again(finder: Finder) -> None:
    dialog = finder.dialog
    finder.type(dialog.steps, "10000")
    finder.session.edit_run(2, msgspec.structs.replace(finder.session.experiment.runs[2], batch_size=1))
    assert dialog._awaited
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert not dialog._awaited
    finder.session.history.undo()
    finder.desk.settled()
    finder.desk.furniture.dialogs.show_rates()
    finder.settled()
    assert dialog.seen is not None
    assert dialog.seen.test.trajectory.steps == 10_000


def test_that_bounds_are_typed_and_wrong_ones_are_refused_in_one_sentence(finder: Finder) -> None:
    dialog = finder.dialog
    finder.type(dialog.low, "0.01")
    finder.type(dialog.steps, "50")
    t = dialog.seen.test
    assert (t.rates[0], len(t.rates)) == (pytest.approx(0.01), 50)
    finder.type(dialog.high, "0.001")
    assert dialog.sentence.text() == "The first rate must be below the last one, 0.001."
    assert dialog.seen.test is t
    finder.type(dialog.high, "2")
    assert dialog.sentence.isHidden()
    assert dialog.seen.high == 2.0


def test_that_while_what_comes_is_kept_back_nothing_can_be_taken(finder: Finder) -> None:
    finder.session.edit_view(hide_future=True)
    assert finder.dialog.seen.marks == ()
    assert not finder.dialog.take_button.isEnabled()
    assert "which rate would you take?" in finder.dialog.told.text()
    finder.session.edit_view(hide_future=False)
    assert finder.dialog.take_button.isEnabled()


def test_that_the_button_beside_the_rate_and_the_menu_open_it(desk: Any) -> None:
    keys = {declared.text: declared.keys for declared, _ in desk.furniture.menus.actions.declared}
    assert keys["Find a learning rate…"] == ("Ctrl+Shift+K",)
    button = next(b for b in desk.panels.run.hyper.findChildren(object) if getattr(b, "text", str)() == "Find…")
    assert button.accessibleName() == "Find a learning rate"
    button.click()
    finder = Finder(desk)
    assert finder.dialog.isVisible()


def test_that_everything_in_it_has_a_name_and_help_and_tab_goes_through_it(finder: Finder) -> None:
    d = finder.dialog
    wanted = [d.card, d.low, d.high, d.steps, d.close_button, d.take_button]
    assert all(widget.accessibleName() and widget.toolTip() for widget in wanted)
    order, widget = [], d.card
    for _ in range(60):
        order.append(widget)
        widget = widget.nextInFocusChain()
    assert [each for each in dict.fromkeys(order) if each in wanted] == wanted


def test_that_it_takes_another_style_and_larger_type(finder: Finder) -> None:
    finder.desk.window.choose_zoom(1.5)
    finder.desk.window.restyle(DARK)
    assert finder.dialog.view.style_ is DARK
    assert finder.dialog.view.scale_ == pytest.approx(1.5, rel=0.05)


def test_that_it_goes_on_with_another_experiment(finder: Finder) -> None:
    finder.session.open(load("adam-pytorch-keras"))
    finder.settled()
    assert finder.dialog.seen.test.trajectory.rule.name == "adam"
