import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lossviz.gui.autosave import SUFFIX, Autosave, restored


@pytest.fixture
def kept(desk: Any, tmp_path: Path) -> Autosave:
    desk.window.autosave = Autosave(desk.session, desk.window.document, desk.backend, tmp_path / "unsaved", desk.window)
    return desk.window.autosave


def test_that_edits_are_kept_aside_and_forgotten_when_they_are_saved(desk: Any, kept: Autosave, tmp_path: Path) -> None:
    desk.session.move_start(0.5, 1.5)
    desk.qtbot.waitUntil(kept.file.exists, timeout=10_000)
    experiment, origin = restored(kept.file)
    assert experiment.descent.start == (0.5, 1.5)
    assert origin is None
    desk.window.document.save_as(str(tmp_path / "mine.lossviz.toml"))
    desk.qtbot.waitUntil(lambda: not kept.file.exists(), timeout=10_000)
    desk.session.move_start(0.7, 1.5)
    desk.qtbot.waitUntil(kept.file.exists, timeout=10_000)
    assert restored(kept.file)[1] == tmp_path / "mine.lossviz.toml"


def test_that_undoing_all_edits_leaves_nothing_aside(desk: Any, kept: Autosave) -> None:
    desk.session.move_start(0.5, 1.5)
    desk.qtbot.waitUntil(kept.file.exists, timeout=10_000)
    desk.session.history.undo()
    desk.qtbot.waitUntil(lambda: not kept.file.exists(), timeout=10_000)


def test_that_a_closed_window_leaves_nothing_aside(desk: Any, kept: Autosave) -> None:
    desk.session.move_start(0.5, 1.5)
    desk.qtbot.waitUntil(kept.file.exists, timeout=10_000)
    desk.window.document.give_up()
    desk.window.close()
    assert not list(kept.folder.glob(f"*{SUFFIX}"))


def test_that_a_living_window_s_edits_are_not_offered_to_another(desk: Any, kept: Autosave) -> None:
    desk.session.move_start(0.5, 1.5)
    desk.qtbot.waitUntil(kept.file.exists, timeout=10_000)
    other = Autosave(desk.session, desk.window.document, desk.backend, kept.folder)
    assert other.lost() == []
    other.close()


def test_that_a_folder_that_can_not_be_written_costs_no_edit(desk: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    autosave = Autosave(desk.session, desk.window.document, desk.backend, tmp_path / "file" / "unsaved")
    desk.session.move_start(0.5, 1.5)
    desk.settled()
    assert autosave.lost() == []
    autosave.close()


EDIT_AND_WAIT = """
import sys
from PySide6.QtCore import QTimer
from lossviz.gui import app, main_window

made = main_window.MainWindow.__init__
def init(window, *arguments, **named):
    made(window, *arguments, **named)
    window.furnished.connect(lambda: begin(window))
main_window.MainWindow.__init__ = init

def begin(window):
    def edit():
        window.session.move_start(0.25, 1.75)
        tell()
    def tell():
        if window.autosave.file.exists():
            print("kept", flush=True)
        else:
            QTimer.singleShot(20, tell)
    QTimer.singleShot(0, edit)

sys.exit(app.main())
"""


def test_that_after_a_kill_the_edits_are_offered_and_restored(desk: Any, tmp_path: Path) -> None:
    environment = dict(
        os.environ, QT_QPA_PLATFORM="offscreen", XDG_DATA_HOME=str(tmp_path), XDG_CONFIG_HOME=str(tmp_path)
    )
    environment.pop("DISPLAY", None)
    with subprocess.Popen(
        [sys.executable, "-c", EDIT_AND_WAIT], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "kept\n"
        process.send_signal(signal.SIGKILL)
    folder = next(tmp_path.rglob(f"*{SUFFIX}")).parent
    autosave = Autosave(desk.session, desk.window.document, desk.backend, folder)
    assert len(autosave.lost()) == 1
    desk.window.files.offer(autosave)
    assert "before the edits of" in desk.window.question.text.text()
    desk.window.question.buttons[0].click()
    desk.settled()
    assert desk.session.experiment.descent.start == (0.25, 1.75)
    assert desk.window.document.dirty
    assert autosave.lost() == []
    autosave.close()
