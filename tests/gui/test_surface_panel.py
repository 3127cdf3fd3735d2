from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lossviz.experiment import DescentSection, Experiment, Run, SurfaceSection, load
from lossviz.gui.panels.data_controls import pairs
from lossviz.gui.panels.formula_field import FUNCTIONS
from lossviz.gui.settings import FORMULAS, Settings
from lossviz.landscape.calculus.program import program
from lossviz.landscape.domain import Domain
from lossviz.landscape.losses import LOSSES
from lossviz.scene import readout

Make = Callable[[Experiment], Any]


def on(**surface: Any) -> Experiment:
    rate = Run(optimizer="gradient_descent", hyperparameters={"learning_rate": 0.01})
    return Experiment(
        surface=SurfaceSection(**surface), descent=DescentSection(start=(1.0, 2.0), steps=9), runs=(rate,)
    )


def line(desk: Any) -> Any:
    return desk.panels.surface.field.line


def typed(desk: Any, text: str) -> None:
    """Replace what stands in the formula field, letter by letter."""
    line(desk).setFocus()
    line(desk).selectAll()
    QTest.keyClicks(line(desk), text)
    desk.settled()


def steps(desk: Any) -> int:
    return int(desk.session.history.count())


# typing -----------------------------------------------------------------------------------------------------------


def test_that_each_letter_is_seen_at_once_and_enter_makes_one_edit_of_them(desk_on: Make) -> None:
    desk = desk_on(on(formula="w**2 + b**2"))
    typed(desk, "w**2 + 3*b**2")
    assert desk.session.scene.surface.formula == "w**2 + 3*b**2"
    QTest.keyClick(line(desk), Qt.Key.Key_Return)
    assert not line(desk).hasFocus()
    assert steps(desk) == 1
    assert desk.session.history.undoText() == "formula"
    desk.session.history.undo()
    desk.settled()
    assert line(desk).toPlainText() == desk.session.scene.surface.formula == "w**2 + b**2"


def test_that_escape_brings_back_what_was_there_and_is_no_edit(desk_on: Make) -> None:
    desk = desk_on(on(formula="w**2 + b**2"))
    typed(desk, "w**4")
    assert desk.session.scene.surface.formula == "w**4"
    QTest.keyClick(line(desk), Qt.Key.Key_Escape)
    desk.settled()
    assert line(desk).toPlainText() == desk.session.scene.surface.formula == "w**2 + b**2"
    assert steps(desk) == 0


def test_that_a_wrong_letter_has_a_wave_and_a_sentence_and_the_last_good_picture_stays(desk_on: Make) -> None:
    desk = desk_on(on(formula="w**2 + b**2"))
    field = desk.panels.surface.field
    typed(desk, "w**2 + * b")
    assert line(desk).wrong_at == 8
    # not while a hand is typing: it may just not be done
    desk.qtbot.waitUntil(field.sentence.isVisible)
    assert field.sentence.text().endswith("(at column 8).")
    room = line(desk).wave_room()
    cursor = line(desk).textCursor()
    cursor.setPosition(7)
    assert room.left() == line(desk).cursorRect(cursor).left()
    assert line(desk).viewport().rect().contains(room)
    QTest.keyClick(line(desk), Qt.Key.Key_Return)
    assert line(desk).hasFocus()
    assert desk.session.scene.surface.formula == "w**2"
    QTest.keyClick(line(desk), Qt.Key.Key_Escape)
    assert not field.sentence.isVisible()
    assert line(desk).wrong_at == 0


def test_that_the_wave_is_painted_in_the_colour_of_what_is_wrong(desk_on: Make) -> None:
    desk = desk_on(on(formula="w**2 + b**2"))
    line(desk).show_text("w + ?")
    room = line(desk).wave_room()
    picture = line(desk).viewport().grab(room).toImage()
    colours = [picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height())]
    assert any(colour.red() - colour.blue() > 80 for colour in colours)


def test_that_a_wave_stands_behind_the_last_letter_where_something_is_missing(desk_on: Make) -> None:
    desk = desk_on(on(formula="w**2 + b**2"))
    typed(desk, "w**2 +")
    assert line(desk).wrong_at == len("w**2 +") + 1
    assert line(desk).wave_room().left() >= line(desk).cursorRect().left()


def test_that_older_formulas_come_back_by_the_arrows_and_are_remembered(desk_on: Make) -> None:
    desk = desk_on(on(formula="w**2 + b**2"))
    for text in ("w**2", "b**2"):
        typed(desk, text)
        QTest.keyClick(line(desk), Qt.Key.Key_Return)
    assert desk.window.settings.formulas == ("b**2", "w**2")
    typed(desk, "w + b")
    for key, shown in ((Qt.Key.Key_Up, "b**2"), (Qt.Key.Key_Up, "w**2"), (Qt.Key.Key_Up, "w**2")):
        QTest.keyClick(line(desk), key)
        assert line(desk).toPlainText() == shown
    desk.settled()
    assert desk.session.scene.surface.formula == "w**2"
    for shown in ("b**2", "w + b"):
        QTest.keyClick(line(desk), Qt.Key.Key_Down)
        assert line(desk).toPlainText() == shown
    assert [action.text() for action in desk.panels.surface.field.older.menu().actions()] == ["b**2", "w**2"]


def test_that_the_last_twenty_formulas_are_kept_each_once(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.ini")
    for number in range(30):
        settings.keep_formula(f"w + {number}")
    settings.keep_formula("w + 20")
    assert len(settings.formulas) == FORMULAS == 20
    assert settings.formulas[:2] == ("w + 20", "w + 29")


def test_that_a_free_name_becomes_a_slider_at_once_and_keeps_its_value(desk_on: Make) -> None:
    desk = desk_on(on(formula="k*w**2 + b**2", params={"k": 5.0}))
    fields = desk.panels.surface.params.fields
    assert list(fields) == ["k"]
    typed(desk, "w**2 + K*b**2")
    assert list(desk.panels.surface.params.fields) == ["K"]
    assert desk.panels.surface.params.fields["K"].label.text() == "K"
    typed(desk, "w**2 + k*b**2 + K")
    assert desk.session.experiment.surface.params == {"k": 5.0}
    assert {name: field.value for name, field in desk.panels.surface.params.fields.items()} == {"k": 5.0, "K": 1.0}


def test_that_a_formula_typed_over_data_starts_within_its_map_and_escape_brings_the_data_back(desk: Any) -> None:
    panel = desk.panels.surface
    before = desk.session.experiment
    panel.type_formula()
    assert panel.field.isVisible()
    assert line(desk).hasFocus()
    QTest.keyClicks(line(desk), "w**2 + b**2")
    desk.settled()
    scene = desk.session.scene
    assert scene.fit is None
    assert scene.surface.domain.contains(*desk.session.experiment.start)
    QTest.keyClick(line(desk), Qt.Key.Key_Escape)
    desk.settled()
    assert desk.session.experiment == before
    assert steps(desk) == 0
    assert not panel.field.isVisible()
    assert panel.formula.isVisible()
    # left before anything was typed
    panel.type_formula()
    QTest.keyClick(line(desk), Qt.Key.Key_Escape)
    assert not panel.field.isVisible()


def test_that_the_formula_of_a_function_can_be_edited_with_its_numbers_and_domain(desk_on: Make) -> None:
    desk = desk_on(on(function="rosenbrock", params={"steepness": 20.0}))
    panel = desk.panels.surface
    domain = desk.session.scene.surface.domain
    panel.edit_formula.click()
    line(desk).moveCursor(line(desk).textCursor().MoveOperation.End)
    QTest.keyClicks(line(desk), " + 0*b")
    QTest.keyClick(line(desk), Qt.Key.Key_Return)
    desk.settled()
    surface = desk.session.experiment.surface
    assert surface.function is None
    assert surface.params["steepness"] == 20.0
    assert desk.session.scene.surface.domain == domain
    assert steps(desk) == 1


def test_that_a_shipped_experiment_loses_its_title_to_another_formula_and_gets_it_back(desk_on: Make) -> None:
    desk = desk_on(load("four-minima"))
    title = desk.session.experiment.title
    desk.panels.surface.edit_formula.click()
    typed(desk, "w**2 + b**4")
    QTest.keyClick(line(desk), Qt.Key.Key_Return)
    desk.settled()
    assert desk.session.experiment.title != title
    desk.session.history.undo()
    desk.settled()
    assert desk.session.experiment.title == title


def test_that_every_function_that_the_help_names_can_be_typed() -> None:
    for written, _ in FUNCTIONS:
        assert program(f"b + {written.replace('(x', '(w').replace(' x', ' w')}").names in ((), ("y",), ("x", "y"))


# numbers of functions, and the domain -----------------------------------------------------------------------------


def test_that_a_drag_of_a_functions_number_is_live_and_one_edit(desk_on: Make) -> None:
    desk = desk_on(on(function="rosenbrock"))
    field = desk.panels.surface.params.fields["steepness"]
    before = desk.session.scene.grid
    slider = field.slider
    end = QPoint(slider.width() - 4, slider.height() // 2)
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 2, end.y()))
    QTest.mouseMove(slider, end - QPoint(20, 0))
    QTest.mouseMove(slider, end)
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=end)
    desk.settled()
    value = desk.session.experiment.surface.params["steepness"]
    assert value == field.value != 100.0
    assert desk.session.scene.grid is not before
    assert steps(desk) == 1
    assert desk.session.history.undoText().startswith("steepness")
    assert desk.panels.surface.params.fields["steepness"] is field


def test_that_the_domain_is_taken_by_numbers_and_given_back(desk_on: Make) -> None:
    desk = desk_on(on(function="himmelblau"))
    domain = desk.panels.surface.domain
    own = desk.session.scene.surface.domain
    desk.panels.surface.opener.click()
    assert not domain.default.isEnabled()
    low, high = domain.entries["w"]
    for entry, text in ((low, "2"), (high, "4,5")):
        entry.setFocus()
        entry.selectAll()
        QTest.keyClicks(entry, text)
        QTest.keyClick(entry, Qt.Key.Key_Return)
    desk.settled()
    assert desk.session.scene.surface.domain.w == (2.0, 4.5)
    assert desk.session.scene.surface.domain.b == own.b
    assert steps(desk) == 2
    domain.default.click()
    desk.settled()
    assert desk.session.scene.surface.domain == own
    assert desk.session.experiment.surface.domain is None


def test_that_a_domain_from_a_larger_to_a_smaller_number_is_refused_where_it_stands(desk_on: Make) -> None:
    desk = desk_on(on(function="himmelblau"))
    domain = desk.panels.surface.domain
    desk.panels.surface.opener.click()
    low, _ = domain.entries["b"]
    low.setFocus()
    low.selectAll()
    QTest.keyClicks(low, "70")
    QTest.keyClick(low, Qt.Key.Key_Return)
    assert low.property("wrong")
    assert domain.sentence.text().startswith("Bias b must be two finite numbers, low below high")
    assert steps(desk) == 0
    QTest.keyClick(low, Qt.Key.Key_Escape)
    assert not low.property("wrong")


def test_that_what_was_refused_of_a_domain_is_gone_when_another_is_shown(desk_on: Make) -> None:
    desk = desk_on(on(function="himmelblau"))
    domain = desk.panels.surface.domain
    desk.panels.surface.opener.click()
    low, high = domain.entries["w"]
    for entry, text in ((low, "-20"), (low, "7")):
        entry.setFocus()
        entry.selectAll()
        QTest.keyClicks(entry, text)
        QTest.keyClick(entry, Qt.Key.Key_Return)
        desk.settled()
    assert low.property("wrong")
    desk.session.history.undo()
    desk.settled()
    assert (low.text(), high.text(), domain.sentence.text()) == ("−5", "5", "")
    assert not low.property("wrong")


# data -------------------------------------------------------------------------------------------------------------


def test_that_only_losses_that_the_labels_allow_are_offered(desk: Any) -> None:
    model = desk.panels.surface.model
    offered = [bool(model.model().item(i).isEnabled()) for i in range(model.count())]
    assert offered == [not LOSSES[loss].binary for _, loss in pairs()]


def test_that_another_loss_keeps_start_and_domain_and_is_one_edit(desk: Any) -> None:
    model, before = desk.panels.surface.model, desk.session.experiment
    model.activated.emit(list(pairs()).index(("linear", "huber")))
    desk.settled()
    after = desk.session.experiment
    assert desk.session.scene.fit.measure.name == "huber"
    assert after.descent == before.descent
    assert after.surface.domain == before.surface.domain
    assert desk.session.history.undoText() == "loss"
    assert model.currentText() == "line · Huber loss"


def test_that_standardising_looks_around_the_minimum_anew(desk: Any) -> None:
    desk.panels.surface.opener.click()
    desk.panels.surface.data.standardize.click()
    desk.settled()
    scene = desk.session.scene
    assert scene.fit.data.standardized
    assert scene.surface.domain.centre == pytest.approx(scene.surface.known_minimum)
    assert desk.session.history.undoText() == "standardising"
    desk.session.history.undo()
    desk.settled()
    assert not desk.panels.surface.data.standardize.isChecked()


def test_that_data_and_penalty_are_told_apart_on_the_panel_and_the_map(desk: Any) -> None:
    panel = desk.panels.surface
    assert not panel.parts.isVisible()
    panel.data.penalties.fields["l2"].edited.emit("l2", 0.5)
    desk.settled()
    desk.session.see_step(0)
    w, b = desk.session.experiment.start
    fit = desk.session.scene.fit
    data, penalty = float(fit.data_loss(w, b)), 0.5 * w * w
    assert float(fit.loss(w, b)) == pytest.approx(data + penalty)
    assert panel.parts.text() == f"loss {data + penalty:.3g} = data {data:.3g} + penalty {penalty:.3g}"
    assert panel.parts.text() in readout.point_text(desk.session.scene, w, b)
    assert desk.session.history.undoText() == "l2 0 → 0.5"


def test_that_class_weights_are_offered_for_labels_0_and_1_alone(desk_on: Make) -> None:
    desk = desk_on(load("logistic"))
    panel = desk.panels.surface
    panel.opener.click()
    assert panel.data.weights.isVisible()
    panel.data.weights.setCurrentIndex(1)
    panel.data.weights.activated.emit(1)
    desk.settled()
    assert desk.session.experiment.surface.class_weight == "balanced"
    assert "c = " in panel.formula.text()
    panel.model.activated.emit(list(pairs()).index(("linear", "mse")))
    desk.settled()
    assert desk.session.experiment.surface.class_weight is None
    assert not panel.data.weights.isVisible()


# the panel as a whole ---------------------------------------------------------------------------------------------


def test_that_nothing_is_emitted_while_the_panel_is_being_set(desk: Any) -> None:
    panel = desk.panels.surface
    heard: list[object] = []
    for signal in (
        panel.edited, panel.chosen, panel.formula_begun, panel.formula_typed, panel.formula_taken, panel.formula_left
    ):  # fmt: skip
        signal.connect(lambda *said: heard.append(said))
    logistic = load("logistic")
    for experiment in (
        on(formula="k*w**2 + b"),
        on(function="rosenbrock"),
        msgspec.structs.replace(logistic, surface=msgspec.structs.replace(logistic.surface, class_weight=(1.0, 3.0))),
        desk.session.experiment,
    ):
        panel.show_experiment(experiment)
    assert heard == []


def test_that_the_formula_and_the_choice_of_experiments_can_be_hidden(desk_on: Make) -> None:
    desk = desk_on(on(formula="w**2 + b**2"))
    desk.session.edit_view(hidden=("formula", "experiment"))
    panel = desk.panels.surface
    assert not panel.field.isVisible()
    assert not panel.formula.isVisible()
    assert not panel.chooser.isVisible()


def test_that_the_panel_asks_for_the_picker(desk: Any) -> None:
    with desk.qtbot.waitSignal(desk.panels.picker_asked):
        desk.panels.surface.choose.click()


def test_that_a_grid_is_shown_by_its_file_its_size_and_what_is_missing(desk_on: Make, tmp_path: Path) -> None:
    w, b = np.linspace(-2.0, 2.0, 9), np.linspace(-1.0, 3.0, 12)
    loss = w[:, None] ** 2 + b**2
    loss[0, :2] = np.nan
    np.savez(tmp_path / "grid.npz", w=w, b=b, loss=loss)
    desk = desk_on(on(grid=str(tmp_path / "grid.npz")))
    panel = desk.panels.surface
    assert panel.values["File"].text() == "grid.npz"
    assert panel.values["Grid"].text() == "9 × 12 losses, 2 missing"
    assert not panel.formula.isVisible()
    assert desk.session.scene.surface.domain == Domain((-2.0, 2.0), (-1.0, 3.0))


@pytest.mark.parametrize("surface", [{"formula": "a*(w**2 + b - 11)**2 + c*(w + b**2 - 7)**2"}, {"function": "ackley"}])
def test_that_nothing_sticks_out_of_the_column(desk_on: Make, surface: dict[str, str]) -> None:
    desk = desk_on(on(**surface))
    panel = desk.panels.surface
    panel.opener.click()
    for width in (1024, 1920):
        desk.window.resize(width, 800)
        desk.qtbot.waitUntil(lambda: desk.window.width() == width)  # noqa: B023
        QApplication.processEvents()
        seen = [child for child in panel.findChildren(type(panel.more).__mro__[0]) if child.isVisible()]
        assert seen
        for child in seen:
            at = child.mapTo(panel, QPoint(0, 0))
            assert 0 <= at.x() <= at.x() + child.width() <= panel.width()


def test_that_a_formula_without_a_number_anywhere_shows_a_window_without_a_fault(desk_on: Make) -> None:
    desk = desk_on(on(formula="w**2 + b**2"))
    typed(desk, "log(-1 - w**2)")
    assert np.all(np.isnan(desk.session.scene.grid.loss))
    assert not desk.window.trouble.isVisible()
