import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from lossviz.export.application import broken_pair, display_error

START_AND_CLOSE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from lossviz.gui import app, main_window

def opened(window):
    window.player.play()
    QTimer.singleShot(0, close)

def close():
    for window in QApplication.topLevelWidgets():
        window.close()

made = main_window.MainWindow.__init__
def init(window, *arguments, **named):
    made(window, *arguments, **named)
    window.furnished.connect(lambda: opened(window))
main_window.MainWindow.__init__ = init
sys.exit(app.main(sys.argv[1] if len(sys.argv) > 1 else None))
"""


def run_python(code: str, *arguments: str, **environment: str | None) -> subprocess.CompletedProcess[str]:
    whole = dict(os.environ)
    for name, value in environment.items():
        whole.pop(name, None)
        if value is not None:
            whole[name] = value
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=50,
        env=whole,
        check=False,
    )


def test_that_the_app_opens_plays_and_closes_off_screen() -> None:
    ended = run_python(START_AND_CLOSE, QT_QPA_PLATFORM="offscreen", DISPLAY=None)
    assert ended.returncode == 0, ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.xcb
@pytest.mark.parametrize("experiment", ["four-learning-rates", "logistic"])
def test_that_the_app_opens_plays_and_closes_on_an_x_server_without_a_word(experiment: str) -> None:
    ended = run_python(START_AND_CLOSE, experiment, QT_QPA_PLATFORM="xcb")
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""


MAIN = "import sys; from lossviz.__main__ import main; sys.exit(main())"


@pytest.mark.parametrize("display", [None, ":987"])
def test_that_without_a_display_the_app_says_so_in_one_sentence(display: str | None) -> None:
    ended = run_python(MAIN, DISPLAY=display, WAYLAND_DISPLAY=None, QT_QPA_PLATFORM=None)
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "display" in ended.stderr
    assert "lossviz render" in ended.stderr


def test_that_a_wrong_file_is_refused_before_a_window_opens(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("format = 99\n")
    ended = run_python(MAIN, str(wrong), QT_QPA_PLATFORM="offscreen", DISPLAY=None)
    assert ended.returncode == 2
    assert ended.stderr == "lossviz: wrong.toml: format: 99 is of a newer lossviz; this one reads up to format 1.\n"


@pytest.mark.parametrize(
    ("python", "qt", "fine"),
    [
        ((3, 11), (6, 10, 3), True),
        ((3, 11), (6, 12, 0), False),
        ((3, 12), (6, 12, 0), True),
        ((3, 13), (6, 11, 1), False),
        ((3, 11), (6, 9, 2), False),
        ((3, 11), (6, 8, 3), True),
    ],
)
def test_that_pairs_of_python_and_qt_that_crash_are_refused_with_the_pin(
    python: tuple[int, int], qt: tuple[int, int, int], fine: bool
) -> None:
    fault = broken_pair(python, qt)
    assert (fault is None) == fine
    assert fault is None or "PySide6-Essentials>=" in fault


def test_that_this_qt_does_not_lose_references_to_none(qtbot: object) -> None:
    label = QLabel()
    before = sys.getrefcount(None)
    for number in range(2000):
        label.setText(str(number))
    assert abs(sys.getrefcount(None) - before) < 50


@pytest.mark.xcb
def test_that_a_display_that_answers_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    assert display_error() is None
    monkeypatch.setenv("DISPLAY", ":987")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert display_error() == "the display :987 does not answer"


@pytest.mark.xcb
def test_that_the_doctor_finds_opengl_on_an_x_server() -> None:
    ended = run_python(MAIN, "doctor", QT_QPA_PLATFORM=None)
    assert ended.returncode == 0, ended.stderr
    lines = {line[4:24].strip(): line for line in ended.stdout.splitlines()}
    assert lines["OpenGL"].startswith("yes")
    assert lines["display"].startswith("yes")


def test_that_the_doctor_says_what_is_missing_without_a_display() -> None:
    ended = run_python(MAIN, "doctor", DISPLAY=None, WAYLAND_DISPLAY=None, QT_QPA_PLATFORM=None)
    assert ended.returncode == 0, ended.stderr
    lines = {line[4:24].strip(): line for line in ended.stdout.splitlines()}
    assert lines["display"].startswith("NO")
    assert "painted without it" in lines["OpenGL"]
    assert lines["fonts"].startswith("yes")


CLOSE_AT = """
import sys
from time import perf_counter
from PySide6.QtCore import QTimer
from lossviz.gui import app, main_window

moment = sys.argv[1]
made = main_window.MainWindow.__init__
def init(window, *arguments, **named):
    made(window, *arguments, **named)
    window.furnished.connect(lambda: QTimer.singleShot(0, lambda: begin(window)))
main_window.MainWindow.__init__ = init

def begin(window):
    session, furniture = window.session, window.furniture
    if moment == "playing":
        window.player.play()
    elif moment == "computing":
        session.edit_descent(steps=9_000)
    elif moment == "dragging":
        session.grasp()
        session.move_start(0.0, 1.0)
    elif moment == "exporting":
        furniture.dialogs.show_export()
        furniture.dialogs.export.form.file.setText(sys.argv[2])
        furniture.dialogs.export.start()
    elif moment == "asking":
        session.move_start(0.0, 1.0)
        window.files.open("raw-age")
    elif moment == "dialogs":
        furniture.dialogs.show_keys()
        furniture.dialogs.show_history()
        furniture.dialogs.show_preferences()
    QTimer.singleShot(60, lambda: close(window))

def close(window):
    global closed
    assert moment != "exporting" or window.furniture.dialogs.export.job.running
    closed = perf_counter()
    window.document.give_up()
    window.close()

code = app.main()
print(perf_counter() - closed)
sys.exit(code)
"""


@pytest.mark.parametrize("moment", ["playing", "computing", "dragging", "exporting", "asking", "dialogs"])
def test_that_closing_at_any_moment_ends_the_process_within_three_seconds(moment: str, tmp_path: Path) -> None:
    ended = run_python(
        CLOSE_AT,
        moment,
        str(tmp_path / "film.gif"),
        QT_QPA_PLATFORM="offscreen",
        DISPLAY=None,
        XDG_CONFIG_HOME=str(tmp_path),
        XDG_DATA_HOME=str(tmp_path),
    )
    assert ended.returncode == 0, ended.stderr
    assert "Traceback" not in ended.stderr
    assert float(ended.stdout) < 3.0
    assert not [file for file in tmp_path.iterdir() if file.suffix in (".gif", ".part")]
