from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QToolButton, QWidget

from lossviz.gui.surface_rows import NONE_YET, Shown
from lossviz.landscape.functions import catalogue
from lossviz.resources import resource
from lossviz.scene.gallery import Gallery
from lossviz.scene.style import DARK


class Picker:
    """The picker over a window, and what tests do with it."""

    def __init__(self, desk: Any, qtbot: Any) -> None:
        self.desk, self.qtbot = desk, qtbot
        self.session = desk.session
        self.before = desk.session.experiment
        self.ended: list[bool] = []
        desk.furniture.menus.picker_asked.emit()
        self.dialog = desk.furniture.dialogs.picker
        self.dialog.finished_with.connect(self.ended.append)
        qtbot.waitUntil(lambda: self.dialog._shown is not None, timeout=20_000)

    def settled(self) -> None:
        dialog = self.dialog
        self.qtbot.waitUntil(
            lambda: not dialog._awaited and not dialog._pause.isActive() and not self.session.busy, timeout=20_000
        )

    def key(self, key: Qt.Key, on: QWidget | None = None) -> None:
        QTest.keyClick(on or self.dialog.search, key)

    def search(self, text: str) -> None:
        self.dialog.search.clear()
        QTest.keyClicks(self.dialog.search, text)
        self.settled()

    @property
    def names(self) -> list[str]:
        """The surfaces that are listed."""
        return self.dialog.list.shown.names

    @property
    def texts(self) -> list[str]:
        """All that is listed."""
        return [row.text for row in self.dialog.list.shown.rows]

    @property
    def function(self) -> str | None:
        """The surface that is seen in the window."""
        return self.session.scene.experiment.surface.function


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's own surfaces folder, which isn't there yet."""
    monkeypatch.setattr("lossviz.landscape.functions.user_folder", lambda name: tmp_path / name)
    monkeypatch.setattr("lossviz.gui.surfaces_folder.user_folder", lambda name: tmp_path / name)
    return tmp_path / "surfaces"


@pytest.fixture
def picker(desk: Any, qtbot: Any, folder: Path) -> Picker:
    return Picker(desk, qtbot)


# The list


def test_that_all_surfaces_are_listed_in_groups_and_nothing_changes_yet(picker: Picker) -> None:
    assert not picker.dialog.isModal()
    assert picker.names == list(catalogue().names)
    heads = [row.text for row in picker.dialog.list.shown.rows if row.heading]
    assert heads == ["Lecture", "More", "Yours"]
    assert picker.texts[-1] == NONE_YET
    assert picker.session.experiment is picker.before
    assert picker.session.history.count() == 0


def test_that_each_surface_gets_its_picture_in_the_colours_of_the_window(picker: Picker) -> None:
    shown = picker.dialog.list.shown
    picker.qtbot.waitUntil(
        lambda: all(shown.picture(name, 52, 1.0) is not None for name in picker.names), timeout=20_000
    )
    light = {name: shown.picture(name, 52, 1.0).toImage() for name in picker.names}
    # himmelblau: the ground of a valley, and the star in it
    assert len({light["himmelblau"].pixel(x, y) for x in range(52) for y in range(52)}) > 100
    assert len({image.pixel(10, 10) for image in light.values()}) > 20
    picker.dialog.restyle(DARK)
    assert all(shown.picture(name, 52, 1.0).toImage() != light[name] for name in picker.names)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("camel", {"three_hump_camel", "six_hump_camel"}),
        ("RAVINE", {"ravine"}),
        ("holder", {"holder_table"}),
        ("w² + b²", {"sphere"}),
        ("saddle", {"saddle", "monkey_saddle"}),
        ("many minima", {"rastrigin", "himmelblau", "ackley", "eggholder"}),
        ("lecture valley", {"rosenbrock"}),
    ],
)
def test_that_a_search_finds_names_formulas_and_what_is_taught(picker: Picker, typed: str, found: set[str]) -> None:
    shown = picker.dialog.list.shown
    picker.qtbot.waitUntil(
        lambda: all(shown.picture(name, 52, 1.0) is not None for name in picker.names), timeout=20_000
    )
    every = len(picker.names)
    picker.search(typed)
    assert found <= set(picker.names)
    assert 0 < len(picker.names) < every
    assert picker.dialog.count.text().startswith(f"{len(picker.names)} of {every} surfaces")


def test_that_where_surfaces_have_few_minima_a_search_for_many_does_not_find_them() -> None:
    every = Shown(Gallery(catalogue(), {}))
    found = {row.name for row in every.rows("many minima") if row.name}
    assert "himmelblau" in found
    assert not found & {"sphere", "rosenbrock", "booth", "saddle"}


def test_that_a_search_without_a_find_says_so_and_what_is_seen_stays(picker: Picker) -> None:
    picker.key(Qt.Key.Key_Down)
    picker.settled()
    picker.search("zzz")
    assert picker.texts == ["No surface has “zzz” in its name, formula or text."]
    assert picker.function == "sphere"
    picker.dialog.search.clear()
    picker.dialog.search.textEdited.emit("")
    assert picker.dialog.list.name == "sphere"


# Choosing


def test_that_arrow_keys_in_the_search_field_show_one_surface_after_the_other(picker: Picker) -> None:
    first, second = picker.names[:2]
    picker.key(Qt.Key.Key_Down)
    picker.settled()
    assert (picker.function, picker.dialog.list.name) == (first, first)
    assert picker.session.scene.fit is None
    assert [run.optimizer for run in picker.session.experiment.runs] == [
        "gradient_descent",
        "momentum",
        "rmsprop",
        "adam",
    ]
    picker.key(Qt.Key.Key_Down)
    picker.settled()
    assert picker.function == second
    picker.key(Qt.Key.Key_Up)
    picker.key(Qt.Key.Key_Up)
    picker.settled()
    assert picker.function == first
    # the title of the group is no surface
    assert picker.dialog.list.currentIndex().row() == 1


def test_that_the_keys_of_the_list_go_to_its_ends_and_page_by_page(picker: Picker) -> None:
    surfaces = picker.dialog.list
    surfaces.setFocus()
    picker.key(Qt.Key.Key_End, surfaces)
    assert surfaces.name == picker.names[-1]
    picker.key(Qt.Key.Key_Home, surfaces)
    assert surfaces.name == picker.names[0]
    picker.key(Qt.Key.Key_PageDown, surfaces)
    assert picker.names.index(surfaces.name) > 1
    picker.settled()
    assert picker.function == surfaces.name


def test_that_a_click_chooses_and_a_double_click_takes(picker: Picker) -> None:
    surfaces = picker.dialog.list
    place = surfaces.visualRect(surfaces.shown.index(2)).center()
    QTest.mouseClick(surfaces.viewport(), Qt.MouseButton.LeftButton, pos=place)
    picker.settled()
    assert picker.function == picker.names[1]
    assert picker.ended == []
    # the list is lower now that there are details
    place = surfaces.visualRect(surfaces.shown.index(2)).center()
    QTest.mouseDClick(surfaces.viewport(), Qt.MouseButton.LeftButton, pos=place)
    picker.qtbot.waitUntil(lambda: picker.ended == [True], timeout=20_000)
    assert picker.session.experiment.surface.function == "ellipse"


def test_that_typing_shows_the_first_surface_that_is_found(picker: Picker) -> None:
    picker.search("camel")
    assert picker.function == picker.names[0]
    assert picker.dialog.details.title.text() == "Six-hump camel"


def test_that_the_details_tell_formula_domain_params_and_source(picker: Picker) -> None:
    assert not picker.dialog.about.isVisible()
    picker.search("rosenbrock")
    details = picker.dialog.details
    assert details.formula.text() == "L(w, b) = (a − w)² + s·(b − w²)²"
    assert "valley" in details.teaches.text()
    lines = {name.text(): wide.text() for name, wide, _, _ in details.sheet.rows}
    assert lines["Domain"] == "w −2 to 2, b −1 to 3"
    assert lines["s"].startswith("steepness ")
    assert lines["Minima"] == "1 known"
    assert "Rosenbrock" in lines["Source"]


def test_that_enter_takes_what_is_chosen_as_one_edit_that_can_be_undone(picker: Picker) -> None:
    for _ in range(3):
        picker.key(Qt.Key.Key_Down)
        picker.settled()
    picker.key(Qt.Key.Key_Return)
    assert picker.ended == [True]
    history = picker.session.history
    assert (history.count(), history.undoText()) == (1, "choose a surface")
    history.undo()
    picker.desk.settled()
    assert picker.session.experiment == picker.before
    history.redo()
    picker.desk.settled()
    assert picker.function == "saddle"


def test_that_enter_takes_what_was_typed_a_moment_ago(picker: Picker) -> None:
    QTest.keyClicks(picker.dialog.search, "himmelblau")
    picker.key(Qt.Key.Key_Return)
    picker.qtbot.waitUntil(lambda: picker.ended == [True], timeout=20_000)
    assert picker.session.experiment.surface.function == "himmelblau"


def test_that_escape_brings_back_what_was_before(picker: Picker) -> None:
    picker.search("himmelblau")
    assert picker.function == "himmelblau"
    picker.key(Qt.Key.Key_Escape)
    assert picker.ended == [False]
    picker.desk.settled()
    assert picker.session.experiment == picker.before
    assert picker.session.scene.fit is not None
    assert picker.session.history.count() == 0


def test_that_enter_with_nothing_chosen_changes_nothing(picker: Picker) -> None:
    picker.key(Qt.Key.Key_Return)
    assert picker.ended == [True]
    assert picker.session.experiment is picker.before


def test_that_the_descents_can_be_kept(picker: Picker) -> None:
    picker.search("himmelblau")
    assert picker.session.experiment.runs != picker.before.runs
    picker.dialog.keep_descents.click()
    picker.settled()
    now = picker.session.experiment
    assert (now.runs, now.descent.steps) == (picker.before.runs, picker.before.descent.steps)
    assert now.surface.function == "himmelblau"
    picker.dialog.keep_descents.click()
    picker.settled()
    assert picker.session.experiment.runs != picker.before.runs
    assert picker.session.history.count() == 1


def test_that_it_opens_at_the_surface_that_is_seen_and_can_be_opened_again(picker: Picker) -> None:
    picker.search("himmelblau")
    picker.key(Qt.Key.Key_Return)
    assert picker.desk.furniture.dialogs.picker is None
    again = Picker(picker.desk, picker.qtbot)
    assert again.dialog.list.name == "himmelblau"
    assert again.dialog.about.isVisible()
    assert again.session.experiment is again.before
    again.dialog.reject()


def test_that_another_experiment_takes_the_picker_away_and_stays(picker: Picker) -> None:
    picker.search("himmelblau")
    picker.desk.window.document.give_up()
    picker.desk.window.open_file("raw-age")
    assert picker.ended == [True]
    picker.desk.settled()
    assert picker.session.experiment.title == "Raw age: a ravine"


# Other ways


def _button(picker: Picker, text: str) -> QToolButton:
    return next(b for b in picker.dialog.findChildren(QToolButton) if b.text() == text)


def test_that_a_formula_can_be_typed_instead(picker: Picker) -> None:
    picker.session.edit_view(hidden=("loss surface",))
    _button(picker, "&Formula…").click()
    assert picker.ended == [True]
    assert picker.desk.panels.surface.field.isVisible()
    assert picker.session.experiment.view.hidden == ()


@pytest.mark.parametrize(("text", "title"), [("&Grid…", "Open a grid of losses"), ("&Data…", "Open")])
def test_that_a_file_can_be_opened_instead(picker: Picker, text: str, title: str) -> None:
    picker.search("himmelblau")
    _button(picker, text).click()
    assert picker.ended == [False]
    asked = picker.desk.window.findChild(QFileDialog)
    assert asked.windowTitle() == title
    asked.reject()
    picker.desk.settled()
    assert picker.session.experiment == picker.before


# A person's own


def test_that_files_of_a_persons_own_are_listed_and_broken_ones_are_told(desk: Any, qtbot: Any, folder: Path) -> None:
    folder.mkdir()
    (folder / "mine.toml").write_text(
        'title = "Mine"\nformula = "w**2 + 3*b**2"\ndomain = { w = [-1, 1], b = [-1, 1] }\n', "utf-8"
    )
    (folder / "broken.toml").write_text('title = "Broken"\nformulas = "w**2"\n', "utf-8")
    picker = Picker(desk, qtbot)
    assert picker.names[-1] == "mine"
    assert picker.texts[-2] == "Can't be used"
    assert picker.texts[-1].startswith("broken.toml, line 2: ")
    assert picker.dialog.count.text() == "41 surfaces; 1 file can't be used, see below"
    picker.search("mine")
    assert picker.function == "mine"
    picker.dialog.reject()


def test_that_a_file_that_was_added_meanwhile_is_found_when_one_comes_back(picker: Picker, folder: Path) -> None:
    folder.mkdir()
    (folder / "mine.toml").write_text(resource("templates", "my_bowl.toml").read_text("utf-8"), "utf-8")
    picker.desk.window.activateWindow()
    picker.qtbot.waitUntil(picker.desk.window.isActiveWindow, timeout=20_000)
    picker.dialog.activateWindow()
    picker.qtbot.waitUntil(lambda: "mine" in picker.names, timeout=20_000)
    assert picker.session.experiment is picker.before


def test_that_the_folder_is_made_with_an_example_that_can_be_used(
    desk: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or True)
    desk.furniture.menus.folder_asked.emit()
    assert [Path(path) for path in opened] == [folder]
    assert catalogue().names[-1] == "my_bowl"
    assert catalogue().problems == ()
    assert desk.window.trouble.isHidden()
    # what a person has thrown away doesn't come back
    (folder / "my_bowl.toml").unlink()
    desk.furniture.menus.folder_asked.emit()
    assert list(folder.iterdir()) == []


def test_that_a_folder_that_nothing_can_show_is_named(desk: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: False)
    desk.furniture.menus.folder_asked.emit()
    assert desk.window.trouble.text() == f"Nothing here can show folders; your own surfaces belong into {folder}."
    folder.joinpath("my_bowl.toml").unlink()
    folder.rmdir()
    folder.write_text("in the way", "utf-8")
    desk.furniture.menus.folder_asked.emit()
    assert desk.window.trouble.text() == f"The surfaces folder {folder} can't be made: File exists."


# For everybody


def test_that_everything_has_a_name_and_help_and_tab_goes_through_it(picker: Picker) -> None:
    dialog = picker.dialog
    wanted = [dialog.search, dialog.list, dialog.keep_descents, _button(picker, "&Formula…"), dialog.done_button]
    for widget in wanted:
        assert widget.accessibleName() or widget.text()
        assert widget.toolTip()
    order, widget = [], dialog.search
    for _ in range(60):
        order.append(widget)
        widget = widget.nextInFocusChain()
    assert [each for each in dict.fromkeys(order) if each in wanted] == wanted
    index = dialog.list.shown.index(1)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Sphere: w² + b²"
    assert index.data(Qt.ItemDataRole.ToolTipRole)


def test_that_it_stands_beside_the_pictures(picker: Picker) -> None:
    right = picker.dialog.geometry().right()
    for card in (picker.desk.window.surface, picker.desk.window.map):
        view = card.scene().views()[0]
        assert view.mapToGlobal(view.rect().topLeft()).x() >= right - 1
