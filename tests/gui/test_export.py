import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QProgressBar

import lossviz as lv
from lossviz.gui import export_job, theme
from lossviz.gui.backend import Backend
from lossviz.gui.export_dialog import ExportDialog
from lossviz.gui.export_form import FOLDER, FORMATS, GIF, PNG, slug
from lossviz.gui.export_job import ExportJob, ExportOptions, command
from lossviz.gui.export_preview import preview_options
from lossviz.gui.session import Session
from lossviz.scene.style import DARK, LIGHT

LONG = 20_000


def experiment(steps: int = 12) -> lv.Experiment:
    shipped = lv.load("four-learning-rates")
    return msgspec.structs.replace(shipped, descent=msgspec.structs.replace(shipped.descent, steps=steps))


def options(path: Path, **more: Any) -> ExportOptions:
    return ExportOptions(str(path), **{"view": "loss", "size": (320, 200), "fps": 5.0} | more)


@pytest.fixture
def job(qtbot: Any) -> Iterator[ExportJob]:
    made = ExportJob()
    yield made
    made.close()


def begun(qtbot: Any, job: ExportJob, folder: Path) -> None:
    """Start a film that takes long, and wait until a part of it is written."""
    job.start(experiment(2000), options(folder / "film.gif", view="dashboard", size=(1280, 720), fps=50.0))
    qtbot.waitUntil(lambda: any(folder.iterdir()), timeout=LONG)


# The child process


def test_that_a_film_is_written_by_a_child_and_its_progress_is_told(qtbot: Any, job: ExportJob, tmp_path: Path) -> None:
    parts: list[float] = []
    job.progress.connect(parts.append)
    with qtbot.waitSignal(job.finished, timeout=LONG) as done:
        job.start(experiment(), options(tmp_path / "film.gif", first=2.0, last=6.0, caption="--not an option"))
        assert job.running
    assert done.args == [str(tmp_path / "film.gif")]
    assert not job.running
    assert parts == sorted(parts)
    assert parts[-1] == 1.0
    with Image.open(tmp_path / "film.gif") as film:
        assert film.size == (320, 200)
        assert job.written == f"{film.n_frames} frames, 320×200"
        shown = 0
        for number in range(film.n_frames):
            film.seek(number)
            shown += film.info["duration"]
    # two seconds of rest after four steps of half a second
    assert shown == 1000 * (film.n_frames / 5.0 + 2.0)
    assert [path.name for path in tmp_path.iterdir()] == ["film.gif"]
    assert lv.load(tmp_path / "film.gif") == experiment()


def test_that_data_embedded_in_the_experiment_reach_the_child(qtbot: Any, job: ExportJob, tmp_path: Path) -> None:
    data = lv.dataset("birthwt")
    columns = {name: [*data[name].tolist(), 1.0 / 3.0] for name in ("age", "bwt")}
    surface = msgspec.structs.replace(experiment().surface, data=None, columns=columns)
    own = msgspec.structs.replace(experiment(), surface=surface, title="Größe θ")
    with qtbot.waitSignal(job.finished, timeout=LONG):
        job.start(own, options(tmp_path / "still.png", at=3.0))
    assert lv.load(tmp_path / "still.png") == own


def test_that_a_cancelled_export_leaves_nothing(qtbot: Any, job: ExportJob, tmp_path: Path) -> None:
    begun(qtbot, job, tmp_path)
    with qtbot.waitSignal(job.cancelled, timeout=LONG):
        job.cancel()
    assert not job.running
    assert not list(tmp_path.iterdir())


def test_that_an_export_can_be_cancelled_before_its_child_runs(qtbot: Any, job: ExportJob, tmp_path: Path) -> None:
    with qtbot.waitSignal(job.cancelled, timeout=LONG):
        job.start(experiment(), options(tmp_path / "film.gif"))
        job.cancel()
    with qtbot.waitSignal(job.finished, timeout=LONG):
        job.start(experiment(), options(tmp_path / "still.png"))
    assert [path.name for path in tmp_path.iterdir()] == ["still.png"]


def child_of(folder: Path) -> int:
    (part,) = folder.iterdir()
    return int(part.name.split("-")[1])


def test_that_a_child_that_does_not_answer_is_killed_and_cleared_away(
    qtbot: Any, job: ExportJob, tmp_path: Path
) -> None:
    begun(qtbot, job, tmp_path)
    os.kill(child_of(tmp_path), signal.SIGSTOP)
    (tmp_path / ".lossviz-1-somebody-elses.part").touch()
    with qtbot.waitSignal(job.cancelled, timeout=LONG):
        job.cancel_within(50)
    assert [path.name for path in tmp_path.iterdir()] == [".lossviz-1-somebody-elses.part"]


def test_that_closing_ends_an_export_without_a_trace(qtbot: Any, job: ExportJob, tmp_path: Path) -> None:
    ends: list[object] = []
    for ended in (job.finished, job.failed, job.cancelled):
        ended.connect(ends.append if ended is not job.cancelled else lambda: ends.append(None))
    begun(qtbot, job, tmp_path)
    child = child_of(tmp_path)
    job.close()
    assert not job.running
    assert not list(tmp_path.iterdir())
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    assert ends == []


def test_that_a_crash_is_told_with_details_and_leaves_nothing(qtbot: Any, job: ExportJob, tmp_path: Path) -> None:
    begun(qtbot, job, tmp_path)
    with qtbot.waitSignal(job.failed, timeout=LONG) as failed:
        os.kill(child_of(tmp_path), signal.SIGSEGV)
    assert failed.args == ["The export ended unexpectedly."]
    assert "ended by signal 11" in job.details
    assert "render" in job.details
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("nowhere/film.gif", {}, "its folder does not exist."),
        ("folder", {}, "the folder is not empty."),
        ("still.png", {"caption": "word " * 999}, "The caption is too long for a picture of 320x200: fewer words"),
    ],
)
def test_that_a_refusal_of_the_child_is_told_in_its_sentence(
    qtbot: Any, job: ExportJob, tmp_path: Path, name: str, more: dict[str, Any], said: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mine").touch()
    with qtbot.waitSignal(job.failed, timeout=LONG) as failed:
        job.start(experiment(), options(tmp_path / name, **more))
    assert said in failed.args[0]
    assert job.details == ""
    assert [path.name for path in tmp_path.rglob("*")] == ["folder", "mine"]


def test_that_a_disk_without_room_is_told_and_left_as_it_was(
    qtbot: Any, job: ExportJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def limited(options: ExportOptions) -> list[str]:
        return ["sh", "-c", 'ulimit -f 1; exec "$@"', "sh", *command(options)]

    monkeypatch.setattr(export_job, "command", limited)
    (tmp_path / "film.gif").write_bytes(b"old")
    with qtbot.waitSignal(job.failed, timeout=LONG) as failed:
        job.start(experiment(), options(tmp_path / "film.gif"))
    assert failed.args[0].startswith(f"Cannot write {tmp_path / 'film.gif'}: ")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_that_a_child_that_can_not_be_started_is_told(
    qtbot: Any, job: ExportJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    with qtbot.waitSignal(job.failed, timeout=LONG) as failed:
        job.start(experiment(), options(tmp_path / "film.gif"))
    assert failed.args == ["The export can't be started."]
    assert job.details


def test_that_a_program_without_a_python_beside_it_calls_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    assert command(options(Path("/a.gif")))[1:5] == ["-m", "lossviz", "render", "-"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert command(options(Path("/a.gif")))[:3] == [sys.executable, "render", "-"]


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (1080, 1080), (1440, 1080), (320, 200), (8192, 160)])
def test_that_a_preview_has_the_layout_of_the_picture(size: tuple[int, int]) -> None:
    def scale(width: int, height: int) -> float:
        return max(0.5, min(width / 1280, height / 720))

    small = preview_options(options(Path("/a.gif"), size=size, first=0.0, last=9.0), 3.0, Path("/tmp")).size
    assert small[0] / scale(*small) == pytest.approx(size[0] / scale(*size), rel=0.01)
    assert small[1] / scale(*small) == pytest.approx(size[1] / scale(*size), rel=0.01)
    assert min(small) >= 160


# The dialog


class Desk:
    """A dialog on a session, and what tests do with it again and again."""

    def __init__(self, qtbot: Any, folder: Path) -> None:
        self.qtbot, self.folder = qtbot, folder
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.apply(application, LIGHT)
        self.backend = Backend()
        self.session = Session(experiment(), self.backend)
        self.session.start()
        qtbot.waitUntil(lambda: not self.session.busy, timeout=LONG)
        self.dialog = ExportDialog(self.session, LIGHT)
        qtbot.addWidget(self.dialog)
        self.dialog.set_folder(str(folder))
        self.dialog.show()
        self.form = self.dialog.form

    def choose(self, box: QComboBox, index: int) -> None:
        box.setCurrentIndex(index)
        box.activated.emit(index)

    def type(self, entry: QLineEdit, text: str) -> None:
        entry.setFocus()
        entry.selectAll()
        self.qtbot.keyClicks(entry, text)
        self.qtbot.keyClick(entry, Qt.Key.Key_Return)

    def small(self) -> None:
        """Ask for few pixels, so that a test is quick."""
        self.choose(self.form.view, self.form.view.findData("loss"))
        self.choose(self.form.pixels, self.form.pixels.count() - 1)
        self.type(self.form.width_, "320")
        self.type(self.form.height_, "200")

    def click(self, button: QAbstractButton) -> None:
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def desk(qtbot: Any, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, tmp_path)
    yield made
    made.dialog.end()
    assert made.backend.close()


def test_that_a_film_is_exported_from_the_dialog(desk: Desk, qtbot: Any) -> None:
    form, dialog = desk.form, desk.dialog
    told: list[tuple[str, bool]] = []
    dialog.told.connect(lambda text, running: told.append((text, running)))
    desk.small()
    desk.type(form.fps, "12,5")
    desk.type(form.first, "2")
    desk.type(form.last, "6")
    desk.type(form.caption, "Four steps")
    assert form.options() == ExportOptions(
        str(desk.folder / "four-learning-rates.gif"),
        view="loss",
        size=(320, 200),
        caption="Four steps",
        fps=12.5,
        first=2.0,
        last=6.0,
    )
    frames = int(form.note.text().split()[0])
    assert form.note.text().startswith(f"{frames} frames, {frames / 12.5 + 2:.1f} s, 2 s of them at rest on step 6.")
    with qtbot.waitSignal(dialog.job.finished, timeout=LONG):
        desk.click(dialog.export)
        assert dialog.stop.isVisible()
        assert dialog.bar.isVisible()
        assert not dialog.export.isVisible()
    with Image.open(desk.folder / "four-learning-rates.gif") as film:
        assert (film.n_frames, film.size) == (frames, (320, 200))
    assert dialog.message.text() == f"Written: four-learning-rates.gif ({frames} frames, 320×200)"
    assert told[0] == ("exporting four-learning-rates.gif", True)
    assert ("exporting four-learning-rates.gif 100 %", True) in told
    assert told[-1] == ("written: four-learning-rates.gif", False)
    assert dialog.done_row.isVisible()
    (copy,) = [button for button in dialog.findChildren(QAbstractButton) if button.text() == "Copy &path"]
    desk.click(copy)
    assert QGuiApplication.clipboard().text() == str(desk.folder / "four-learning-rates.gif")
    assert "It replaces four-learning-rates.gif in " in form.note.text()


def test_that_enter_takes_the_name_of_the_file_and_only_its_button_or_ctrl_enter_starts(
    desk: Desk, qtbot: Any, tmp_path: Path
) -> None:
    desk.small()
    started: list[str] = []
    desk.dialog.told.connect(lambda text, running: started.append(text) if running else None)
    for line, text in ((desk.form.caption, "A caption"), (desk.form.file, "mine")):
        desk.type(line, text)
        QApplication.processEvents()
        assert not started
        assert desk.dialog.isVisible()
    assert desk.form.file.text() == "mine.gif"
    assert desk.dialog.focusWidget() is desk.dialog.export
    # from any field, with what stands there
    desk.form.file.setFocus()
    desk.form.file.selectAll()
    qtbot.keyClicks(desk.form.file, "yours")
    with qtbot.waitSignal(desk.dialog.job.finished, timeout=LONG):
        qtbot.keyClick(desk.form.file, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [path.name for path in tmp_path.iterdir()] == ["yours.gif"]
    # and by the button, once it is reached
    desk.dialog.export.setFocus()
    with qtbot.waitSignal(desk.dialog.job.finished, timeout=LONG):
        qtbot.keyClick(desk.dialog.export, Qt.Key.Key_Return)


def test_that_the_preview_is_the_picture_of_the_step_that_is_seen(desk: Desk, qtbot: Any) -> None:
    preview = desk.dialog.preview
    desk.small()
    desk.choose(desk.form.format, FORMATS.index(PNG))
    desk.session.see_step(5)
    qtbot.waitUntil(lambda: preview.current and desk.form.at.value == 5, timeout=LONG)
    lv.render(experiment(), desk.folder / "own.png", "loss", (320, 200), at=5)
    with Image.open(desk.folder / "own.png") as own:
        pixels = [own.convert("RGB").getpixel((x, 100)) for x in range(320)]
    assert [preview.image.pixelColor(x, 100).getRgb()[:3] for x in range(320)] == pixels


def test_that_the_newest_preview_wins(desk: Desk, qtbot: Any) -> None:
    preview = desk.dialog.preview
    started: list[str] = []
    qtbot.waitUntil(lambda: preview.job.running, timeout=LONG)
    preview.job.cancelled.connect(lambda: started.append("again"))
    desk.small()
    desk.choose(desk.form.theme, desk.form.theme.findData("dark"))
    qtbot.waitUntil(lambda: preview.current, timeout=LONG)
    assert started == ["again"]
    assert preview.image.pixelColor(2, 2).name() == DARK.ground
    assert (preview.image.width(), preview.image.height()) == (320, 200)


def test_that_a_preview_that_can_not_be_drawn_says_why(desk: Desk, qtbot: Any) -> None:
    desk.small()
    desk.form.caption.setText("word " * 999)
    desk.form.changed.emit()
    qtbot.waitUntil(lambda: "too long" in desk.dialog.preview.sentence, timeout=LONG)
    desk.form.caption.setText("word")
    desk.form.changed.emit()
    qtbot.waitUntil(lambda: desk.dialog.preview.current and not desk.dialog.preview.sentence, timeout=LONG)


def test_that_what_can_not_be_exported_is_told_in_place(desk: Desk) -> None:
    form, dialog = desk.form, desk.dialog

    def wrong(said: str) -> bool:
        return said in form.note.text() and form.note.property("wrong") and not dialog.export.isEnabled()

    desk.choose(form.pixels, form.pixels.count() - 1)
    desk.type(form.width_, "90")
    assert wrong("Width: expected a whole number from 160 to 8192 pixels, found “90”.")
    desk.qtbot.keyClick(form.width_, Qt.Key.Key_Escape)
    assert form.width_.text() == "1280"
    assert dialog.isVisible()
    assert dialog.export.isEnabled()
    desk.type(form.fps, "fast")
    assert wrong("Frames a second: expected a number from 0.1 to 50, found “fast”.")
    desk.type(form.fps, "25")
    desk.type(form.first, "9")
    desk.type(form.last, "4")
    assert wrong("A film goes from a step to a later one.")
    desk.type(form.last, "12")
    assert dialog.export.isEnabled()
    (desk.folder / "full").mkdir()
    (desk.folder / "full" / "mine").touch()
    for name, said in (
        ("film.mp4", "File: expected a name that ends in .gif."),
        (str(desk.folder / "nowhere" / "film.gif"), "File: there is no folder "),
    ):
        desk.type(form.file, name)
        assert wrong(said)
    desk.choose(form.format, FORMATS.index(FOLDER))
    desk.type(form.file, str(desk.folder / "full"))
    assert wrong("File: the folder full is not empty.")
    dialog.start()
    assert not dialog.job.running


def test_that_the_form_follows_the_session_until_a_person_has_said_otherwise(desk: Desk, qtbot: Any) -> None:
    form = desk.form
    assert (form.first.value, form.last.value, form.at.value) == (0, 12, 0)
    desk.session.see_step(7.5)
    qtbot.waitUntil(lambda: form.at.value == 7, timeout=LONG)
    desk.session.edit(msgspec.structs.replace(experiment(9), title="Too far: 2/λ!"))
    qtbot.waitUntil(lambda: form.last.value == 9, timeout=LONG)
    assert form.path == desk.folder / "too-far-2-λ.gif"
    assert form.at.value == 7
    desk.choose(form.format, FORMATS.index(PNG))
    desk.type(form.at, "3")
    desk.type(form.file, "mine")
    desk.session.see_step(2)
    desk.session.edit(msgspec.structs.replace(experiment(30), title="Another"))
    qtbot.waitUntil(lambda: form.last.value == 30, timeout=LONG)
    assert form.at.value == 3
    assert form.path == desk.folder / "mine.png"


def test_that_format_and_suffix_agree(desk: Desk) -> None:
    form = desk.form
    assert form.path.name == "four-learning-rates.gif"
    desk.choose(form.format, FORMATS.index(FOLDER))
    assert form.path.name == "four-learning-rates-frames"
    desk.choose(form.format, FORMATS.index(PNG))
    assert form.path.name == "four-learning-rates.png"
    assert (form.at.isVisible(), form.first.isVisible(), form.fps.isVisible()) == (True, False, False)
    desk.type(form.file, "mine.gif")
    assert form.chosen_format is GIF
    assert (form.at.isVisible(), form.first.isVisible(), form.fps.isVisible()) == (False, True, True)
    desk.choose(form.format, FORMATS.index(PNG))
    assert form.path.name == "mine.png"
    desk.choose(form.format, FORMATS.index(FOLDER))
    assert form.path.name == "mine"
    (desk.folder / "below").mkdir()
    desk.type(form.file, str(desk.folder / "below" / "film.gif"))
    assert (desk.dialog.folder, form.file.text()) == (str(desk.folder / "below"), "film.gif")


@pytest.mark.parametrize(
    ("title", "name"),
    [("Four learning rates", "four-learning-rates"), ("", "lossviz"), ("../a\\b:c", "a-b-c"), ("η" * 99, "η" * 60)],
)
def test_that_a_title_becomes_a_harmless_name(title: str, name: str) -> None:
    assert slug(title) == name


def test_that_a_closed_dialog_lets_its_export_go_on(desk: Desk, qtbot: Any) -> None:
    desk.small()
    with qtbot.waitSignal(desk.dialog.job.finished, timeout=LONG):
        desk.click(desk.dialog.export)
        desk.qtbot.keyClick(desk.dialog, Qt.Key.Key_Escape)
        assert not desk.dialog.isVisible()
        assert not desk.dialog.preview.job.running
    desk.dialog.show()
    assert desk.dialog.message.text().startswith("Written: ")


def test_that_cancel_and_failure_are_told_in_the_dialog(desk: Desk, qtbot: Any) -> None:
    dialog = desk.dialog
    desk.small()
    with qtbot.waitSignal(dialog.job.cancelled, timeout=LONG):
        desk.click(dialog.export)
        desk.click(dialog.stop)
    assert dialog.message.text() == "Cancelled; nothing was written."
    assert not list(desk.folder.iterdir())
    with qtbot.waitSignal(dialog.job.failed, timeout=LONG):
        desk.click(dialog.export)
        qtbot.waitUntil(lambda: any(desk.folder.iterdir()), timeout=LONG)
        os.kill(child_of(desk.folder), signal.SIGKILL)
    assert dialog.message.text() == "The export ended unexpectedly."
    assert dialog.message.property("wrong")
    desk.click(dialog.details)
    assert "ended by signal 9" in QGuiApplication.clipboard().text()
    assert dialog.export.isEnabled()


def test_that_ending_the_dialog_ends_all_it_began(desk: Desk, qtbot: Any) -> None:
    desk.session.edit(experiment(2000))
    qtbot.waitUntil(lambda: desk.form.last.value == 2000, timeout=LONG)
    desk.click(desk.dialog.export)
    qtbot.waitUntil(lambda: any(desk.folder.iterdir()), timeout=LONG)
    desk.dialog.end()
    assert not desk.dialog.job.running
    assert not desk.dialog.preview.job.running
    assert not list(desk.folder.iterdir())


def parts(dialog: ExportDialog, *kinds: type) -> list[Any]:
    return [widget for kind in kinds for widget in dialog.findChildren(kind)]


def tabbed(desk: Desk) -> list[Any]:
    """Every widget that the tab key comes to, in its order."""
    widget, found = desk.form.view, []
    while widget not in found:
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled():
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found


def test_that_everything_is_reached_by_tab_from_top_to_bottom_and_has_a_name(desk: Desk) -> None:
    form, dialog = desk.form, desk.dialog
    desk.choose(form.pixels, form.pixels.count() - 1)
    order = [form.view, form.format, form.pixels, form.width_, form.height_, form.fps, form.first, form.last]
    order += [form.theme, form.caption, form.file, form.browse, dialog.leave, dialog.export]
    assert [each.accessibleName() for each in tabbed(desk)] == [each.accessibleName() for each in order]
    for widget in parts(dialog, QAbstractButton, QComboBox, QLineEdit):
        assert widget.accessibleName(), widget
        assert widget.toolTip(), widget
    assert "from 0.1 to 50" in form.fps.toolTip()
    buddies = [label.buddy() for label in form.findChildren(QLabel) if label.buddy() is not None]
    assert {form.view, form.format, form.pixels, form.fps, form.first, form.at, form.theme, form.caption} <= {*buddies}
    assert dialog.findChild(QProgressBar).accessibleName()


@pytest.mark.parametrize("style", [LIGHT, DARK])
def test_that_no_text_of_the_dialog_is_cut_off(qtbot: Any, desk: Desk, style: Any) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application, style)
    desk.dialog.restyle(style)
    desk.choose(desk.form.pixels, desk.form.pixels.count() - 1)
    for kind in FORMATS:
        desk.choose(desk.form.format, FORMATS.index(kind))
        QApplication.processEvents()
        for widget in parts(desk.dialog, QAbstractButton, QComboBox, QLabel):
            wraps = isinstance(widget, QLabel) and widget.wordWrap()
            if widget.isVisible() and not wraps:
                assert widget.width() >= widget.minimumSizeHint().width(), widget
                assert widget.height() >= widget.minimumSizeHint().height(), widget
        note = desk.form.note
        # a scroll area follows its content one turn later
        qtbot.waitUntil(lambda note=note: note.height() >= note.heightForWidth(note.width()))
    theme.apply(application, LIGHT)
