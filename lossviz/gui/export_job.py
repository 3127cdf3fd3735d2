"""An export as a child process: the command line's `render`, which draws off-screen while the window goes on."""

import os
import shutil
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QProcess, QProcessEnvironment, QTimer, Signal, Slot

from lossviz.experiment import Experiment, dumps
from lossviz.numerals import decimal_sign

PATIENCE = 2000
"""Milliseconds that a child has to end itself, and to remove what it began, before it is killed."""
UNEXPECTED = "The export ended unexpectedly."


@dataclass(frozen=True)
class ExportOptions:
    """What is to be written, and how: what the command line's `render` takes.

    Parameters
    ----------
    path : str
        The target, absolute: a ``.gif``, a ``.png``, or a folder for numbered PNGs.
    view : str
    size : (width, height)
        In pixels.
    theme : str
    caption : str
    fps : float
        Frames a second of a film.
    at : float, optional
        The step of a still.
    first, last : float, optional
        The steps between which a film plays.
    """

    path: str
    view: str = "dashboard"
    size: tuple[int, int] = (1280, 720)
    theme: str = "light"
    caption: str = ""
    fps: float = 25.0
    at: float | None = None
    first: float | None = None
    last: float | None = None

    def arguments(self) -> list[str]:
        """Give them as arguments of a command; each with its value in one, as a value may begin with a minus."""
        width, height = self.size
        given = {
            "out": self.path,
            "view": self.view,
            "size": f"{width}x{height}",
            "theme": self.theme,
            "caption": self.caption or None,
            "fps": repr(self.fps),
            "at": self.at,
            "from": self.first,
            "to": self.last,
            # as in the window: what is exported is what is seen
            "decimal": "comma" if decimal_sign() == "," else None,
        }
        return [f"--{name}={value}" for name, value in given.items() if value is not None]


def command(options: ExportOptions) -> list[str]:
    """Give the command of an export: this program, or this Python with the package."""
    entry = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "lossviz"]
    return [*entry, "render", "-", "--progress", *options.arguments()]


class ExportJob(QObject):
    """One export at a time; each ends in exactly one of `finished`, `failed` and `cancelled`."""

    progress = Signal(float)
    """How much is done, 0..1."""
    finished = Signal(str)
    """The file that was written; `written` tells how much it is."""
    failed = Signal(str)
    """One sentence; `details` has more, where the child did not end as it should."""
    cancelled = Signal()
    _composed = Signal(int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.options = ExportOptions("")
        self.written = ""
        self.details = ""
        self._number = 0
        self._running = self._cancelling = False
        self._process: QProcess | None = None
        self._child = 0
        self._said = b""
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._kill)
        # from another thread: Qt queues the call to this one
        self._composed.connect(self._launch)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.close)

    @property
    def running(self) -> bool:
        """Whether an export has begun and not ended."""
        return self._running

    def start(self, experiment: Experiment, options: ExportOptions) -> None:
        """Begin to write an experiment's picture or film.

        Raises
        ------
        RuntimeError
            If an export is running.
        """
        if self._running:
            raise RuntimeError("An export is running already.")
        self.options, self.written, self.details, self._said = options, "", "", b""
        self._running, self._cancelling = True, False
        self._number += 1
        # embedded columns take longer to write down than a frame may
        arguments = (self._number, experiment)
        threading.Thread(target=self._compose, args=arguments, name="lossviz export", daemon=True).start()

    @Slot()
    def cancel(self) -> None:
        """End the export; nothing of it is left when `cancelled` comes."""
        self.cancel_within(PATIENCE)

    def cancel_within(self, patience: int) -> None:
        """End the export, after so many milliseconds by force."""
        if not self._running or self._cancelling:
            return
        self._cancelling = True
        if self._process is None:
            # the text for it is not written down yet
            self._number += 1
            QTimer.singleShot(0, self._give_up)
            return
        self._process.terminate()
        self._patience.start(patience)

    @Slot()
    def close(self) -> None:
        """End it at once, without a signal: the window closes."""
        self._number += 1
        self._running = self._cancelling = False
        self._patience.stop()
        # without it, what the process still says is not listened to
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.waitForFinished(PATIENCE)
            self._remove_remains()
            process.deleteLater()

    def _compose(self, number: int, experiment: Experiment) -> None:
        text = dumps(experiment)
        # the job may be gone by now
        with suppress(RuntimeError):
            self._composed.emit(number, text)

    @Slot(int, str)
    def _launch(self, number: int, text: str) -> None:
        if number != self._number:
            return
        process = self._process = QProcess(self)
        process.setProcessEnvironment(_environment())
        # the package is found from there, and no file that lies where the window was started is taken for a module
        process.setWorkingDirectory(str(Path(__file__).parents[2]))
        process.readyReadStandardOutput.connect(self._read)
        process.errorOccurred.connect(self._broken)
        process.finished.connect(self._ended)
        program, *arguments = command(self.options)
        process.start(program, arguments)
        self._child = process.processId()
        process.write(text.encode())
        process.closeWriteChannel()

    @Slot()
    def _read(self) -> None:
        if self._process is None:
            return
        self._said += bytes(self._process.readAllStandardOutput().data())
        *lines, self._said = self._said.split(b"\n")
        for line in lines:
            word, _, rest = line.decode(errors="replace").strip().partition(" ")
            if word != "progress":
                self.written = line.decode(errors="replace").strip().rpartition(": ")[2].replace("x", "×")
                continue
            with suppress(ValueError):
                self.progress.emit(float(rest))

    @Slot(QProcess.ProcessError)
    def _broken(self, error: QProcess.ProcessError) -> None:
        # every other fault is told by `finished`
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            self.details = self._process.errorString()
            self._end()
            self.failed.emit("The export can't be started.")

    @Slot(int, QProcess.ExitStatus)
    def _ended(self, code: int, status: QProcess.ExitStatus) -> None:
        if self._process is None:
            return
        self._read()
        errors = bytes(self._process.readAllStandardError().data()).decode(errors="replace").strip()
        crashed = status == QProcess.ExitStatus.CrashExit
        was_cancelled = self._cancelling
        self._end()
        if code == 0 and not crashed:
            # even if it was cancelled: that came too late
            self.finished.emit(self.options.path)
            return
        self._remove_remains()
        if was_cancelled:
            self.cancelled.emit()
            return
        sentence = errors.splitlines()[-1] if errors else ""
        if not crashed and sentence.startswith("lossviz: "):
            sentence = sentence.removeprefix("lossviz: ")
            self.failed.emit(sentence[:1].upper() + sentence[1:])
            return
        end = f"ended by signal {code}" if crashed else f"exit code {code}"
        self.details = "\n".join((" ".join(command(self.options)), end, errors)).strip()
        self.failed.emit(UNEXPECTED)

    @Slot()
    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    @Slot()
    def _give_up(self) -> None:
        if self._cancelling:
            self._end()
            self.cancelled.emit()

    def _end(self) -> None:
        self._patience.stop()
        self._running = self._cancelling = False
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()

    def _remove_remains(self) -> None:
        """Remove what a child that was killed has left; its temporaries have its number in their names."""
        folder = Path(os.path.realpath(self.options.path)).parent
        for left in folder.glob(f".lossviz-{self._child}-*.part") if self._child else ():
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                with suppress(OSError):
                    left.unlink()


def _environment() -> QProcessEnvironment:
    """Give the environment of a process that draws off-screen and speaks UTF-8."""
    environment = QProcessEnvironment.systemEnvironment()
    environment.insert("QT_QPA_PLATFORM", "offscreen")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        environment.remove(name)
    environment.insert("PYTHONUTF8", "1")
    environment.insert("PYTHONFAULTHANDLER", "1")
    return environment
