"""Whether OpenGL works here, asked in another process: a broken driver may take the process with it."""

import atexit
import json
import os
import subprocess
import sys
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject, QProcess, QTimer, Signal, Slot

VARIABLE = "LOSSVIZ_RENDERER"
CHOICES = ("auto", "opengl", "painter")
PATIENCE = 20_000
"""Milliseconds until a process that doesn't answer is given up."""
_ASK = ["-m", "lossviz.views.opengl_probe"]
_WITHOUT = ("offscreen", "minimal", "minimalegl", "linuxfb", "vnc")
"""Platforms of Qt that have no OpenGL, or none that is worth it."""


@dataclass(frozen=True)
class Answer:
    """Whether OpenGL is used.

    Parameters
    ----------
    works : bool
    text : str
        What it is: ``"OpenGL 4.5, llvmpipe"``; or, in a few words, why it isn't used.
    """

    works: bool
    text: str


def renderer_choice() -> str:
    """Give what the environment asks for: "auto" (what works), "opengl" or "painter"."""
    chosen = os.environ.get(VARIABLE, "auto").strip().lower()
    return chosen if chosen in CHOICES else "auto"


def known_answer(platform: str) -> Answer | None:
    """Give the answer where no process has to be asked.

    Parameters
    ----------
    platform : str
        Of Qt: ``"xcb"``.
    """
    if renderer_choice() == "painter":
        return Answer(False, f"{VARIABLE} is painter")
    if renderer_choice() == "opengl":
        return Answer(True, "OpenGL")
    return Answer(False, f"Qt's platform {platform} has none") if platform in _WITHOUT else None


def ask_now() -> Answer:
    """Ask, and wait for the answer."""
    try:
        asked = subprocess.run(
            [sys.executable, *_ASK], capture_output=True, text=True, timeout=PATIENCE / 1000, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return Answer(False, "no answer from its driver")
    return _read(asked.returncode, asked.stdout)


class OpenGLProbe(QObject):
    """Asks once, while the window goes on.

    Parameters
    ----------
    command : list of str, optional
        What is run; default: this module.
    """

    answered = Signal()

    def __init__(self, parent: QObject | None = None, command: list[str] | None = None) -> None:
        super().__init__(parent)
        self.answer: Answer | None = None
        self._command = command or [sys.executable, *_ASK]
        self._process: QProcess | None = None

    @Slot()
    def ask(self) -> None:
        """Begin to ask, if nobody has; `answered` comes later."""
        if self._process is not None or self.answer is not None:
            return
        self._process = QProcess(self)
        self._process.finished.connect(self._ended)
        self._process.errorOccurred.connect(self._ended)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.stop)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._process.kill)
        self._patience.start(PATIENCE)
        self._process.start(self._command[0], self._command[1:])

    @Slot()
    def _ended(self) -> None:
        if self._process is None or self.answer is not None:
            return
        self._patience.stop()
        crashed = self._process.exitStatus() != QProcess.ExitStatus.NormalExit
        said = bytes(self._process.readAllStandardOutput().data()).decode(errors="replace")
        self.answer = _read(1 if crashed else self._process.exitCode(), said)
        self.answered.emit()

    @Slot()
    def stop(self) -> None:
        """End the process, if it still runs."""
        if self._process is not None and self._process.state() != QProcess.ProcessState.NotRunning:
            self._process.blockSignals(True)
            self._process.kill()
            self._process.waitForFinished(2000)


_shared: OpenGLProbe | None = None


def shared_probe() -> OpenGLProbe:
    """Give the one probe of this application: what it found holds for every window."""
    global _shared
    if _shared is None:
        _shared = OpenGLProbe()
        # no window's: it may outlive the one that asked first
        _shared.setObjectName("of the application")
        atexit.register(_shared.stop)
    return _shared


def _read(code: int, said: str) -> Answer:
    try:
        answer = json.loads(said.strip().splitlines()[-1])
        return Answer(code == 0 and bool(answer["works"]), str(answer["text"]))
    except (ValueError, KeyError, IndexError, TypeError):
        return Answer(False, "its driver crashes" if code else "no answer from its driver")


def _try() -> Answer:
    """Draw a small surface by OpenGL, and look at a pixel of it."""
    import numpy as np
    from PySide6.QtGui import QGuiApplication

    from lossviz.landscape.domain import Grid
    from lossviz.scene.camera import Camera
    from lossviz.scene.heights import heights_for
    from lossviz.scene.mesh import build_mesh
    from lossviz.scene.style import LIGHT
    from lossviz.views.backdrop import Shot
    from lossviz.views.backdrop_opengl import OpenGLBackdrop
    from lossviz.views.opengl_program import OpenGLError

    application = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    assert application is not None
    axis = np.linspace(-1.0, 1.0, 9)
    grid = Grid(axis, axis, axis[:, None] ** 2 + axis**2)
    mesh = build_mesh(grid, heights_for(grid, 2.0, "linear"), 8)
    camera = Camera(-38.0, 60.0)
    shot = Shot(mesh, camera, *camera.fit(64.0, 64.0), (64.0, 64.0), 1.0, LIGHT, 1.0)
    try:
        drawing = OpenGLBackdrop()
        image = drawing.picture(shot, still=True)
        drawing.close()
    except OpenGLError as error:
        return Answer(False, str(error))
    drawn = image.pixelColor(32, 32).alpha() == 255 and image.pixelColor(0, 0).alpha() == 0
    return Answer(drawn, drawing.text if drawn else f"{drawing.text}, draws nothing")


if __name__ == "__main__":
    found = _try()
    sys.stdout.write(json.dumps({"works": found.works, "text": found.text}) + "\n")
