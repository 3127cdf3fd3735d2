from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QCloseEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from lossviz.experiment import load
from lossviz.gui.settings import Settings


def answer(desk: Any, text: str) -> None:
    next(button for button in desk.window.question.buttons if button.text() == text).click()


def test_that_saving_and_opening_gives_the_experiment_back(desk: Any, tmp_path: Path) -> None:
    document, session = desk.window.document, desk.session
    session.move_start(0.5, 1.5)
    session.edit_view(azimuth=12.0)
    desk.settled()
    assert document.dirty
    assert desk.window.isWindowModified()
    assert document.save_as(str(tmp_path / "mine"))
    assert not document.dirty
    assert document.path == tmp_path / "mine.lossviz.toml"
    saved = session.experiment
    desk.window.open_file("raw-age")
    desk.settled()
    desk.window.open_file(str(tmp_path / "mine.lossviz.toml"))
    desk.settled()
    assert session.experiment == saved
    assert desk.window.windowTitle().startswith("mine.lossviz.toml")


def test_that_unsaved_edits_are_asked_about_where_they_are_and_nothing_waits(desk: Any, tmp_path: Path) -> None:
    desk.session.move_start(0.5, 1.5)
    desk.settled()
    desk.window.open_file("raw-age")
    assert desk.window.question.isVisible()
    assert desk.session.experiment.descent.start == (0.5, 1.5)
    answer(desk, "Cancel")
    assert not desk.window.question.isVisible()
    desk.window.open_file("raw-age")
    answer(desk, "Discard")
    desk.settled()
    assert desk.session.experiment == load("raw-age")


def test_that_save_in_the_question_saves_then_goes_on(desk: Any, tmp_path: Path) -> None:
    file = tmp_path / "mine.lossviz.toml"
    assert desk.window.document.save_as(str(file))
    desk.session.move_start(0.5, 1.5)
    desk.window.open_file("raw-age")
    answer(desk, "Save")
    desk.settled()
    assert desk.session.experiment == load("raw-age")
    assert load(file).descent.start == (0.5, 1.5)


def test_that_closing_asks_and_cancel_keeps_the_window(desk: Any) -> None:
    desk.session.move_start(0.5, 1.5)
    desk.settled()
    event = QCloseEvent()
    QApplication.sendEvent(desk.window, event)
    assert not event.isAccepted()
    answer(desk, "Cancel")
    assert desk.window.isVisible()
    assert desk.backend.worker.alive
    desk.window.close()
    answer(desk, "Discard")
    assert not desk.window.isVisible()
    assert not desk.backend.worker.alive


def test_that_save_without_a_file_asks_for_one_and_closes_after_it(desk: Any, tmp_path: Path) -> None:
    desk.session.move_start(0.5, 1.5)
    desk.settled()
    desk.window.close()
    answer(desk, "Save")
    dialog = desk.window.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "here.lossviz.toml"))
    assert load(tmp_path / "here.lossviz.toml").descent.start == (0.5, 1.5)
    assert not desk.window.isVisible()
    dialog.reject()


def test_that_a_file_that_can_not_be_written_is_told_and_the_edits_stay(desk: Any, tmp_path: Path) -> None:
    desk.session.move_start(0.5, 1.5)
    assert not desk.window.document.save_as(str(tmp_path / "no such folder" / "x.lossviz.toml"))
    assert desk.window.document.dirty
    assert "can't be written" in desk.window.trouble.text()
    desk.settled()


def test_that_recent_files_are_offered_and_missing_ones_are_grey(desk: Any, tmp_path: Path) -> None:
    document = desk.window.document
    for name in ("one", "two"):
        document.save_as(str(tmp_path / f"{name}.lossviz.toml"))
    (tmp_path / "one.lossviz.toml").unlink()
    document.changed.emit()
    desk.furniture.menus.show_recent()
    entries = {a.text(): a.isEnabled() for a in desk.furniture.menus.recent.actions() if a.data()}
    assert entries == {"two.lossviz.toml": True, "one.lossviz.toml": False}
    desk.window.settings.forget_recent()
    desk.furniture.menus.show_recent()
    assert not [a for a in desk.furniture.menus.recent.actions() if a.data()]


def test_that_a_dropped_file_is_opened(desk: Any, tmp_path: Path) -> None:
    desk.window.document.save_as(str(tmp_path / "dropped.lossviz.toml"))
    desk.window.open_file("raw-age")
    desk.settled()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "dropped.lossviz.toml"))])
    event = QDropEvent(
        QPointF(400, 300),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    desk.window.dropEvent(event)
    desk.settled()
    assert desk.session.experiment == load("four-learning-rates")


def test_that_other_things_are_not_taken(desk: Any) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/tmp/letter.docx"), QUrl("https://example.org/a.toml")])
    assert desk.window.files.droppable(mime) is None


def test_that_new_keeps_the_data_and_begins_with_one_descent(desk: Any) -> None:
    desk.window.files.new()
    desk.settled()
    assert desk.session.experiment.surface == load("four-learning-rates").surface
    assert len(desk.session.experiment.runs) == 1
    assert desk.window.document.name == "Untitled"
    assert not desk.window.document.dirty


@pytest.mark.parametrize("text", ["", "\x00\x01\x02", "[General\nrecent=@Invalid(", "zoom=huge\ntheme=pink\nrecent=7"])
def test_that_damaged_settings_count_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.ini").write_text(text)
    settings = Settings(tmp_path / "settings.ini")
    assert settings.number("zoom", 0.5, 3.0, 1.0) == 1.0
    assert settings.text("theme", ("system", "light"), "system") == "system"
    assert settings.geometry is None
    assert Path(settings.folder).is_dir()
    settings.keep_recent("/a.toml")
    assert settings.recent[0] == "/a.toml"


def test_that_settings_are_read_back(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.ini")
    settings.keep("calm", True)
    settings.keep("zoom", 1.5)
    for number in range(12):
        settings.keep_recent(f"/{number}.toml")
    del settings
    again = Settings(tmp_path / "settings.ini")
    assert again.switch("calm") is True
    assert again.number("zoom", 0.5, 3.0, 1.0) == 1.5
    assert again.recent == tuple(f"/{number}.toml" for number in range(11, 1, -1))
