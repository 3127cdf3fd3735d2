from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from lossviz.gui.csv_dialog import CsvDialog
from lossviz.jobs.messages import ReadTable
from lossviz.scene.style import DARK, LIGHT

BIRTHS = (
    "mother (years);weight (kg);n;low\n"
    "19;3,2;1;0\n22;3,9;2;0\n24;2,1;;1\n26;2,9;1;0\n28;2,2;1;1\n31;4,1;1;0\n35;2,4;1;1\n40;3,7;1;0\n21;2,4;1;1\n"
)


class Table:
    """A dialog on the window's session, and what tests do with it."""

    def __init__(self, desk: Any, qtbot: Any, path: Path) -> None:
        self.desk, self.qtbot = desk, qtbot
        self.before = desk.session.experiment
        self.ended: list[bool] = []
        self.dialog = CsvDialog(path, desk.session, desk.backend, LIGHT, desk.window)
        self.dialog.finished_with.connect(self.ended.append)
        self.dialog.show()
        self.settled()

    @property
    def form(self) -> Any:
        return self.dialog.form

    @property
    def surface(self) -> Any:
        return self.desk.session.experiment.surface

    def settled(self) -> None:
        self.qtbot.waitUntil(lambda: not self.dialog._awaited and not self.desk.session.busy, timeout=20_000)

    def write(self, field: Any, text: str) -> None:
        """Paste a text in the place of the one before, and go on to the next field."""
        line = field.edit if hasattr(field, "edit") else field
        line.setFocus()
        line.selectAll()
        line.insert(text)
        line.textEdited.emit(text)
        line.editingFinished.emit()
        self.settled()

    def choose(self, box: Any, data: str) -> None:
        """Choose an entry with the keys."""
        box.setFocus()
        box.setCurrentIndex(box.findData(data) if box.findData(data) >= 0 else box.findText(data))
        box.activated.emit(box.currentIndex())
        self.settled()


@pytest.fixture
def table(desk, qtbot, tmp_path):
    def on(content: str | bytes = BIRTHS) -> Table:
        path = tmp_path / "births.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Table(desk, qtbot, path)

    return on


# What is shown


def test_that_the_table_is_shown_and_its_proposal_behind_it(table):
    t = table()
    assert not t.dialog.isModal()
    assert t.dialog.count.text() == "8 rows, 4 columns; 1 left out, as a cell is empty"
    model = t.dialog.preview.model()
    assert (model.rowCount(), model.columnCount()) == (8, 4)
    heads = [model.headerData(i, Qt.Orientation.Horizontal) for i in range(4)]
    assert heads == ["mother (years) · x", "weight (kg)", "n", "low · y"]
    assert model.index(1, 1).data() == "3.9"
    assert (t.form.feature.box.currentText(), t.form.label.box.currentText()) == ("mother (years)", "low")
    assert (t.form.feature.unit.text(), t.form.label.unit.text()) == ("years", "")
    assert t.form.model.currentData() == "logistic"
    assert t.form.standardize.isChecked()
    assert (t.surface.path, t.surface.model) == (str(t.dialog.path), "logistic")
    assert t.desk.session.scene.surface.samples == 8


def test_that_a_column_that_is_chosen_is_the_surface_behind_at_once(table):
    t = table()
    t.choose(t.form.model, "linear")
    t.choose(t.form.label.box, "weight (kg)")
    assert (t.surface.label, t.surface.units) == ("weight (kg)", {"mother (years)": "years", "weight (kg)": "kg"})
    scene = t.desk.session.scene
    assert scene.surface.data.label == "weight (kg)"
    assert scene.loss_text == "loss (kg²)"
    assert t.form.label.unit.text() == "kg"
    assert [t.form.loss.itemData(i) for i in range(t.form.loss.count())] == ["mse", "rmse", "mae", "huber"]
    t.choose(t.form.loss, "rmse")
    assert t.desk.session.scene.loss_text == "loss (kg)"


def test_that_a_formula_that_is_typed_is_the_surface_behind(table):
    t = table()
    t.choose(t.form.model, "linear")
    t.choose(t.form.label.box, "weight (kg)")
    t.form.standardize.click()
    t.settled()
    t.write(t.form.feature, "(`mother (years)` − 18)/0,5")
    assert t.surface.feature == "(`mother (years)` - 18)/0.5"
    assert t.desk.session.scene.w_text == "weight w (kg per 0.5 years)"
    # what was typed is left as it was typed
    assert t.form.feature.box.currentText() == "(`mother (years)` − 18)/0,5"
    assert t.form.feature.error.isHidden()


def test_that_a_unit_that_is_typed_stands_on_the_axes(table):
    t = table()
    t.form.standardize.click()
    t.settled()
    t.write(t.form.feature.unit, "a")
    assert t.surface.units == {"mother (years)": "a"}
    assert t.desk.session.scene.w_text == "weight w (log-odds per a)"
    t.write(t.form.feature.unit, "")
    assert t.surface.units == {}


def test_that_a_formula_of_two_columns_has_no_unit(table):
    t = table()
    t.write(t.form.feature, "n*`mother (years)`")
    assert not t.form.feature.unit.isEnabled()
    assert t.form.feature.unit.text() == ""
    heads = [t.dialog.preview.model().headerData(i, Qt.Orientation.Horizontal) for i in range(4)]
    assert heads == ["mother (years) · x", "weight (kg)", "n · x", "low · y"]


def test_that_each_choice_has_rates_of_its_own_limit(table):
    t = table()
    first = [run.hyperparameters["learning_rate"] for run in t.desk.session.experiment.runs]
    t.form.standardize.click()
    t.settled()
    second = [run.hyperparameters["learning_rate"] for run in t.desk.session.experiment.runs]
    assert len(first) == len(second) == 4
    assert all(a != b for a, b in zip(first, second, strict=True))
    assert all(run.shown for run in t.desk.session.experiment.runs)


def test_that_how_one_looks_stays(table, desk):
    desk.session.edit_view(azimuth=12.0, loss_axis="log")
    t = table()
    assert (desk.session.experiment.view.azimuth, desk.session.experiment.view.loss_axis) == (12.0, "log")
    t.form.standardize.click()
    t.settled()
    assert desk.session.experiment.view.azimuth == 12.0


# What is wrong


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("(mother - 18)/10", "'mother' is not a column; did you mean 'mother (years)'? (at column 2)."),
        ("n +", "'n +' is not a formula: something is missing at its end (at column 4)."),
        ("3", "It uses no column."),
        ("", "The formula is empty (at column 1)."),
        ("1/(n - 1)", "is not finite in data row 1."),
        ("n - n", "Feature 'n - n' is the same in every row, so it can't be standardised."),
    ],
)
def test_that_a_wrong_formula_is_told_in_its_place_and_the_picture_stays(table, typed, said):
    t = table()
    before = t.desk.session.experiment
    scene = t.desk.session.scene
    t.write(t.form.feature, typed)
    assert said in t.form.feature.error.text()
    assert t.form.feature.error.isVisible()
    assert t.form.label.error.isHidden()
    assert t.desk.session.experiment is before
    assert t.desk.session.scene is scene
    # Done waits until it is mended
    assert not t.dialog.done_button.isEnabled()
    t.dialog.accept()
    assert t.ended == []
    assert t.form.feature.error.isVisible()
    t.write(t.form.feature, "n")
    assert t.form.feature.error.isHidden()
    assert t.dialog.done_button.isEnabled()
    assert t.surface.feature == "n"


def test_that_nothing_is_wrong_while_a_formula_is_being_typed(table):
    t = table()
    line = t.form.feature.edit
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "n +")
    assert t.form.feature.error.isHidden()
    t.settled()
    # as far as it could be read
    assert t.surface.feature == "n"
    QTest.keyClicks(line, " 1")
    t.settled()
    assert t.surface.feature == "n + 1"


def test_that_three_classes_for_the_logistic_model_are_told_at_the_label(table):
    t = table("x,y\n1,0\n2,1\n3,2\n5,1\n")
    assert t.form.model.currentData() == "linear"
    t.choose(t.form.model, "logistic")
    assert t.form.label.error.text() == "It has the values 0, 1, 2; a logistic curve needs 0 and 1."
    assert t.surface.model == "linear"
    assert not t.dialog.done_button.isEnabled()
    t.choose(t.form.model, "linear")
    assert t.form.label.error.isHidden()
    t.dialog.done_button.click()
    assert t.ended == [True]


def test_that_one_row_is_told_and_the_picture_stays(table):
    t = table("x,y\n1,2\n")
    assert t.dialog.count.text() == "1 row, 2 columns"
    assert t.dialog.sentence.text() == "One row tells no slope; at least two rows are needed."
    assert t.desk.session.experiment is t.before
    assert t.form.isVisible()
    assert not t.dialog.done_button.isEnabled()


def test_that_what_stood_there_before_a_slip_can_be_kept(table):
    t = table()
    t.choose(t.form.feature.box, "n")
    t.write(t.form.feature, "n +")
    assert not t.dialog.done_button.isEnabled()
    # picked from the list, not typed
    t.choose(t.form.feature.box, "n")
    assert t.form.feature.error.isHidden()
    assert t.dialog.done_button.isEnabled()


def test_that_a_wrong_choice_stays_wrong_when_it_is_typed_again(table):
    t = table()
    t.write(t.form.feature, "n - n")
    said = t.form.feature.error.text()
    t.write(t.form.feature, "n -")
    assert t.form.feature.error.text() != said
    t.write(t.form.feature, "n - n")
    assert t.form.feature.error.text() == said
    assert not t.dialog.done_button.isEnabled()


def test_that_columns_of_text_are_named_and_left_aside(table):
    t = table("temperature,sales,town\n20,3,Bonn\n25,5,Kiel\n30,4,Ulm\n")
    assert t.dialog.count.text() == "3 rows, 2 columns; town is text and left aside"
    assert (t.surface.feature, t.surface.label) == ("temperature", "sales")
    assert [t.form.feature.box.itemText(i) for i in range(t.form.feature.box.count())] == ["temperature", "sales"]
    t.write(t.form.feature, "town")
    assert t.form.feature.error.text() == "The column 'town' holds text, not numbers (at column 1)."
    assert not t.dialog.done_button.isEnabled()


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["day", "town"], "day and town are text and left aside"),
        (["day", "<b>", "town"], "day, <b> and town are text and left aside"),
        (list("abcd"), "4 columns are text and left aside"),
    ],
)
def test_that_several_columns_of_text_are_told_briefly(table, names, said):
    t = table(f"x,y,{','.join(names)}\n" + "".join(f"{row}{',–' * len(names)}\n" for row in ("1,2", "2,5", "3,4")))
    assert t.dialog.count.text() == f"3 rows, 2 columns; {said}"


def test_that_equal_labels_are_fitted(table):
    t = table("x,y\n" + "".join(f"{x},5\n" for x in range(20)))
    assert (t.surface.feature, t.surface.label) == ("x", "y")
    assert t.dialog.sentence.text() == ""
    assert t.dialog.done_button.isEnabled()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("x,y\n1,2\n3,vier\n", "births.csv, row 3, column 'y': expected a number, found 'vier'."),
        ("1,2\n3,4\n", "births.csv, row 1: expected column names, found only numbers."),
        (b"\x00\x01", "births.csv is empty or not a text file; expected a header row and rows of numbers."),
    ],
)
def test_that_a_file_that_can_not_be_read_is_told_and_the_picture_stays(table, content, said):
    t = table(content)
    assert t.dialog.sentence.text() == said
    assert t.dialog.sentence.isVisible()
    assert not t.form.isVisible()
    assert t.desk.session.experiment is t.before
    t.dialog.accept()
    assert t.ended == []
    t.dialog.cancel_button.click()
    assert t.ended == [False]
    assert not t.dialog.isVisible()


def test_that_a_file_that_is_edited_meanwhile_is_read_anew(table):
    t = table()
    t.dialog.path.write_text("a,b\n1,2\n", encoding="utf-8")
    t.form.standardize.click()
    t.settled()
    assert t.dialog.sentence.text() == "Units of births: 'mother (years)' is not a column; known: a, b."


# The end


def test_that_cancel_brings_back_what_was_before(table):
    t = table()
    t.form.standardize.click()
    t.settled()
    assert t.desk.session.experiment != t.before
    t.dialog.activateWindow()
    t.qtbot.waitUntil(t.dialog.isActiveWindow, timeout=20_000)
    QTest.keyClick(t.dialog, Qt.Key.Key_Escape)
    assert t.ended == [False]
    assert not t.dialog.isVisible()
    t.desk.settled()
    assert t.desk.session.experiment == t.before
    assert t.desk.session.scene.surface.data.dataset.name == "birthwt"


def test_that_enter_keeps_what_is_shown(table):
    t = table()
    t.form.feature.edit.setFocus()
    QTest.keyClick(t.form.feature.edit, Qt.Key.Key_Return)
    assert t.ended == [True]
    assert t.surface.path == str(t.dialog.path)


def test_that_enter_takes_a_formula_that_is_still_being_fitted(table):
    t = table()
    line = t.form.feature.edit
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "n*n + `mother (years)`")
    QTest.keyClick(line, Qt.Key.Key_Return)
    t.qtbot.waitUntil(lambda: t.ended == [True], timeout=20_000)
    assert t.surface.feature == "n*n + `mother (years)`"


def test_that_the_end_is_told_once(table):
    t = table()
    t.dialog.reject()
    t.dialog.reject()
    t.dialog.accept()
    t.dialog.close()
    assert t.ended == [False]


def test_that_what_was_kept_can_be_undone(table):
    t = table()
    t.dialog.done_button.click()
    assert t.ended == [True]
    t.desk.session.history.undo()
    t.desk.settled()
    assert t.desk.session.experiment.surface == t.before.surface


def test_that_all_choices_until_the_dialog_is_left_are_one_edit(table):
    t = table()
    history = t.desk.session.history
    t.write(t.form.feature, "n")
    t.choose(t.form.label.box, "low")
    t.choose(t.form.model, "logistic")
    t.form.standardize.click()
    t.settled()
    assert history.count() == 1
    assert history.undoText() == "open births.csv"
    t.dialog.done_button.click()
    assert history.count() == 1
    history.undo()
    t.desk.settled()
    assert t.desk.session.experiment.surface == t.before.surface


def test_that_a_drag_while_the_dialog_is_open_is_an_edit_of_its_own(table):
    t = table()
    session, edits = t.desk.session, t.desk.session.history.count()
    session.grasp()
    session.move_start(0.1, 0.2)
    session.release()
    t.settled()
    assert session.history.count() == edits + 1
    assert session.history.undoText() == "start"


def test_that_a_window_that_closes_asks_about_the_table_and_keeps_what_is_chosen(table):
    t = table()
    t.choose(t.form.label.box, "low")
    chosen = t.desk.session.experiment
    t.desk.furniture.dialogs.table = t.dialog
    t.desk.window.close()
    assert t.desk.window.isVisible()
    assert t.desk.window.question.isVisible()
    t.desk.window.document.give_up()
    t.desk.window.close()
    assert not t.desk.window.isVisible()
    assert t.ended == [True]
    assert t.desk.session.experiment == chosen


def test_that_another_experiment_takes_the_dialog_away_and_stays(table):
    t = table()
    t.desk.furniture.dialogs.table = t.dialog
    t.desk.window.document.give_up()
    t.desk.window.open_file("raw-age")
    t.settled()
    assert t.ended == [True]
    assert t.surface.path is None
    assert t.desk.session.history.count() == 0


def test_that_a_formula_typed_letter_by_letter_is_one_edit(table):
    t = table()
    edits = t.desk.session.history.count()
    line = t.form.feature.edit
    line.setFocus()
    line.selectAll()
    for letter in "n*1.25":
        QTest.keyClicks(line, letter)
        t.settled()
    assert t.surface.feature == "n*1.25"
    # that of the dialog itself
    assert t.desk.session.history.count() == edits


def test_that_reading_can_be_cancelled(desk, qtbot, tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("x,y\n" + "1,2\n3,5\n4,4\n" * 100_000, encoding="utf-8")
    before = desk.session.experiment
    dialog = CsvDialog(path, desk.session, desk.backend, LIGHT, desk.window)
    dialog.show()
    assert dialog.progress.isVisible()
    assert not dialog.done_button.isEnabled()
    number = dialog._awaited
    dialog.reject()
    assert not dialog.isVisible()
    # the next request is answered, and nothing came of the one that was left
    with qtbot.waitSignal(
        desk.backend.replied,
        timeout=20_000,
        check_params_cb=lambda reply: reply.channel == ReadTable.channel and reply.number > number + 1,
    ):
        desk.backend.read_table(str(tmp_path / "nowhere.csv"))
    assert desk.session.experiment is before
    assert desk.backend.worker.memory.tables.made == 0


def test_that_replies_to_others_are_not_taken(table):
    t = table()
    shown = t.dialog.count.text()
    other = t.dialog.path.with_name("other.csv")
    other.write_text("a,b\n1,2\n3,5\n", encoding="utf-8")
    with t.qtbot.waitSignal(
        t.desk.backend.replied, timeout=20_000, check_params_cb=lambda reply: reply.channel == "table"
    ):
        t.desk.backend.read_table(str(other))
    assert t.dialog.count.text() == shown


# For everybody


def test_that_every_field_says_what_it_is(table):
    t = table()
    fields = [t.form.feature.box, t.form.feature.unit, t.form.label.box, t.form.label.unit, t.form.model, t.form.loss]
    for field in fields:
        assert field.accessibleName()
        assert field.toolTip()
    names = {field.accessibleName() for field in fields}
    assert len(names) == len(fields)
    buddies = {label.buddy() for label in t.form.findChildren(QLabel) if label.buddy() is not None}
    assert buddies >= {t.form.feature.box, t.form.label.box, t.form.model, t.form.loss}
    assert t.form.standardize.toolTip()
    assert t.dialog.preview.accessibleName()
    assert t.dialog.accessibleName() == "Data from births.csv"


def test_that_tab_goes_from_field_to_field(table):
    t = table()
    order: list[QWidget] = []
    widget = t.form.feature.box
    for _ in range(14):
        order.append(widget)
        widget = widget.nextInFocusChain()
        while not (widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus):
            widget = widget.nextInFocusChain()
    expected = [t.form.feature.box, t.form.feature.unit, t.form.label.box, t.form.label.unit, t.form.model]
    assert [widget for widget in dict.fromkeys(order) if widget in expected] == expected
    assert t.form.standardize in order
    assert t.dialog.done_button in order


def test_that_it_stands_beside_the_pictures(table):
    t = table()
    right = t.dialog.geometry().right()
    for card in (t.desk.window.surface, t.desk.window.map):
        view = card.scene().views()[0]
        assert view.mapToGlobal(view.rect().topLeft()).x() >= right - 1


def test_that_it_changes_its_colours(table):
    t = table()
    model = t.dialog.preview.model()
    cell = model.index(0, 0)
    light = cell.data(Qt.ItemDataRole.BackgroundRole)
    t.dialog.restyle(DARK)
    assert isinstance(light, QColor)
    assert cell.data(Qt.ItemDataRole.BackgroundRole) != light
    assert model.index(0, 1).data(Qt.ItemDataRole.BackgroundRole) is None
