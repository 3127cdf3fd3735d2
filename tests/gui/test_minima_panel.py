"""Stories of the card of minima, of random starts, and of where descents end."""

from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lossviz.experiment import DescentSection, Experiment, Run, SurfaceSection, ViewSection, load

LEFT = Qt.MouseButton.LeftButton


def on(surface: SurfaceSection, **view: Any) -> Experiment:
    return Experiment(
        surface=surface,
        descent=DescentSection(start=(0.5, 1.0), steps=100),
        runs=(Run(hyperparameters={"learning_rate": 0.01}),),
        view=ViewSection(**{"layout": "minima", **view}),
    )


@pytest.fixture
def hall(desk_on: Any) -> Any:
    """A window on a surface with four minima, all of them found."""
    desk = desk_on(on(SurfaceSection(function="himmelblau")))
    desk.window.resize(1280, 800)
    desk.qtbot.waitUntil(lambda: len(desk.session.frame.stationary) == 9, timeout=20_000)
    return desk


def panel(desk: Any) -> Any:
    return desk.furniture.minima


def row_at(desk: Any, row: int) -> QPoint:
    view = panel(desk).view
    return view.visualRect(panel(desk).points.index(row, 1)).center()


def test_that_the_card_lists_what_is_found_and_counts_it(hall: Any) -> None:
    assert panel(hall).count.text() == "4 minima, 4 saddles, 1 maximum"
    assert panel(hall).points.rowCount() == 9
    kinds = [panel(hall).points.index(row, 0).data() for row in range(9)]
    assert kinds == ["global minimum"] * 4 + ["saddle"] * 4 + ["maximum"]


def test_that_the_search_says_how_far_it_is(desk: Any) -> None:
    class Going:
        busy, part, trouble = True, 0.4, ""

    desk.session.edit_view(layout="minima")
    panel(desk).show_frame(desk.session.frame, Going())
    assert panel(desk).count.text().endswith("searching… 40 %")
    Going.busy, Going.trouble = False, "There is not enough memory."
    panel(desk).show_frame(desk.session.frame, Going())
    assert panel(desk).count.text() == "The search has failed. There is not enough memory."


def test_that_a_click_on_a_row_and_enter_look_at_that_point(hall: Any) -> None:
    view = panel(hall).view
    points = panel(hall).points.table.points
    QTest.mouseClick(view.viewport(), LEFT, pos=row_at(hall, 2))
    assert hall.session.experiment.view.point == points[2].position
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert hall.session.experiment.view.point == points[2].position
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert hall.session.experiment.view.point == points[3].position
    hall.session.history.undo()
    assert hall.session.experiment.view.point == points[2].position


def test_that_the_arrows_go_from_row_to_row_and_leave_the_step(hall: Any) -> None:
    view = panel(hall).view
    hall.session.see_step(10)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.currentIndex().row() == 8
    assert hall.session.step == 10
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.currentIndex().row() == 0


def test_that_copying_takes_the_table_with_all_digits(hall: Any) -> None:
    QTest.mouseClick(panel(hall).copy, LEFT)
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0].split("\t") == ["kind", "w", "b", "loss", "λ₁", "λ₂"]
    assert len(lines) == 10
    QApplication.clipboard().setText("")
    panel(hall).view.setFocus()
    hall.furniture.menus.numbers_asked.emit()
    assert QApplication.clipboard().text().splitlines() == lines


def test_that_a_narrow_card_leaves_out_the_eigenvalues_and_a_wide_one_does_not(hall: Any) -> None:
    view = panel(hall).view
    assert not view.isColumnHidden(4)
    hall.session.edit_view(layout="race")
    hall.qtbot.waitUntil(lambda: view.isColumnHidden(4))
    hall.furniture.menus.wishes.toggle_random_starts()
    hall.settled()
    assert panel(hall).points.index(0, 0).data() == "global"
    assert sum(view.columnWidth(column) for column in range(7)) <= view.viewport().width()


@pytest.mark.parametrize("layout", ["race", "all", "minima"])
def test_that_no_number_is_cut_off(hall: Any, layout: str) -> None:
    view, points = panel(hall).view, panel(hall).points
    hall.session.edit_view(layout=layout)
    hall.qtbot.waitUntil(lambda: view.isVisible() and view.isColumnHidden(4) == (layout != "minima"))
    for column in range(1, points.columnCount()):
        if not view.isColumnHidden(column):
            assert view.sizeHintForColumn(column) <= view.columnWidth(column)


def test_that_what_comes_can_be_hidden_here_too(hall: Any) -> None:
    hall.session.edit_view(hide_future=True)
    assert panel(hall).points.rowCount() == 0
    assert "kept back" in panel(hall).count.text()
    assert not panel(hall).copy.isEnabled()


def test_that_without_data_the_cards_about_them_are_gone_and_their_keys_too(hall: Any) -> None:
    for layout in ("race", "line_and_point", "one_parameter", "all", "minima"):
        hall.session.edit_view(layout=layout)
        assert "minima" in hall.window.deck.seen
        assert not {"data", "coefficients"} & hall.window.deck.seen
    greyed = [action.data() for action in hall.furniture.menus._large if not action.isEnabled()]
    assert greyed == ["data", "coefficients"]
    hall.session.open(load("four-learning-rates"))
    hall.settled()
    assert {"data"} <= hall.window.deck.seen
    assert "minima" not in hall.window.deck.seen


# random starts ----------------------------------------------------------------------------------------------------


def test_that_a_button_lets_the_selected_descent_begin_anywhere(hall: Any) -> None:
    crowd = hall.panels.descents.crowd
    assert crowd.told.isHidden()
    QTest.mouseClick(crowd.many, LEFT)
    hall.settled()
    assert hall.session.experiment.runs[0].random_starts == 20
    assert crowd.many.isChecked()
    assert len(hall.session.scene.descents[0].crowd) == 20
    assert crowd.told.text() == "20 runs from random starts."
    hall.session.see_step(100)
    assert crowd.told.text() == "Of 20 runs 20 ended in one of the 4 global minima."
    assert sum(panel(hall).points.table.runs) == 20
    assert panel(hall).points.headerData(6, Qt.Orientation.Horizontal) == "runs"
    QTest.mouseClick(crowd.many, LEFT)
    hall.settled()
    assert hall.session.experiment.runs[0].random_starts is None
    assert hall.session.scene.descents[0].crowd is None
    assert crowd.told.isHidden()


def test_that_other_starts_are_others_and_can_be_taken_back(hall: Any) -> None:
    menus = hall.furniture.menus
    assert not menus._others.isEnabled()
    menus._crowd.trigger()
    hall.settled()
    first = hall.session.scene.descents[0].crowd
    menus._others.trigger()
    hall.settled()
    second = hall.session.scene.descents[0].crowd
    assert (first.path[0] != second.path[0]).all()
    hall.session.history.undo()
    hall.settled()
    assert (hall.session.scene.descents[0].crowd.path[0] == first.path[0]).all()
    assert hall.session.history.undoText() == "random starts of rate 0.01"


def test_that_random_starts_that_all_descents_have_can_be_taken_from_one(desk_on: Any) -> None:
    shared = on(SurfaceSection(function="himmelblau"))
    shared = msgspec.structs.replace(shared, descent=msgspec.structs.replace(shared.descent, random_starts=7))
    desk = desk_on(shared)
    assert desk.panels.descents.crowd.many.text() == "7 random starts"
    desk.furniture.menus.wishes.toggle_random_starts()
    assert desk.session.experiment.runs[0].random_starts == 0
    desk.furniture.menus.wishes.toggle_random_starts()
    assert desk.session.experiment.runs[0].random_starts is None


# where descents end -----------------------------------------------------------------------------------------------


def test_that_a_row_tells_in_which_minimum_it_ended_once_it_has(desk_on: Any) -> None:
    desk = desk_on(load("two-wells"))
    desk.qtbot.waitUntil(lambda: len(desk.session.frame.stationary) == 3, timeout=20_000)
    rows = desk.panels.descents.rows
    assert all(row.where.isHidden() for row in rows)
    desk.session.see_step(120)
    told = [row.where.toolTip() for row in rows]
    assert told[0] == told[1] == "in the local minimum, 0.33 above the best"
    assert told[2] == "in the global minimum"
    assert not any(row.where.isHidden() for row in rows[:3])
    desk.session.see_step(3)
    assert all(row.where.isHidden() for row in rows)


def test_that_where_there_is_one_minimum_no_row_says_so(desk: Any) -> None:
    desk.session.see_step(200)
    assert all(row.where.isHidden() for row in desk.panels.descents.rows)
    assert desk.panels.descents.rows[1].verdict.toolTip().endswith("; in the only minimum")


def test_that_the_handle_moves_the_start_of_the_selected_descent_alone_where_it_has_its_own(desk_on: Any) -> None:
    desk = desk_on(load("four-minima"))
    before = [run.start for run in desk.session.experiment.runs]
    desk.session.select(2)
    assert desk.window.map.handle.at() == before[2]
    desk.session.move_start(-2.0, -1.0)
    desk.settled()
    after = [run.start for run in desk.session.experiment.runs]
    assert after == [*before[:2], (-2.0, -1.0), before[3]]
    assert desk.session.experiment.descent.start == (0.5, 1.0)
    assert desk.panels.run.start.w.text() == "−2"


# the search -------------------------------------------------------------------------------------------------------


def test_that_all_points_are_seen_at_last_not_only_the_first_ones(desk_on: Any) -> None:
    desk = desk_on(on(SurfaceSection(formula="abs(w) + abs(b) + sin(3*w)")))
    desk.qtbot.waitUntil(lambda: not desk.session.search.busy and not desk.session.busy, timeout=20_000)
    from lossviz.jobs.tasks import scene_of

    assert desk.session.scene.stationary == scene_of(desk.session.experiment, 9).stationary


def test_that_another_surface_is_searched_anew(hall: Any) -> None:
    other = msgspec.structs.replace(hall.session.experiment, surface=SurfaceSection(function="six_hump_camel"))
    hall.session.edit(other)
    hall.qtbot.waitUntil(lambda: panel(hall).count.text() == "6 minima, 7 saddles, 2 maxima", timeout=20_000)
    hall.session.history.undo()
    hall.qtbot.waitUntil(lambda: panel(hall).count.text() == "4 minima, 4 saddles, 1 maximum", timeout=20_000)
