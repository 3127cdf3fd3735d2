"""The app: makes everything in the right order, and takes it apart in the other."""

import faulthandler
import gc
import os
import signal
import sys
import threading
import traceback
from types import TracebackType
from typing import TYPE_CHECKING

from lossviz.experiment import Experiment, load
from lossviz.landscape.grid_file import SUFFIXES, TABLES

if TYPE_CHECKING:
    from lossviz.gui.main_window import MainWindow

DEFAULT = "four-learning-rates"


def main(file: str | None = None) -> int:
    """Open the window, with an experiment or the default one; give the exit code."""
    # what was asked for is looked at before Qt is loaded: a wrong file is told at once
    table = file is not None and file.lower().endswith((*TABLES, *SUFFIXES))
    try:
        if table and file is not None and not os.path.isfile(file):
            raise FileNotFoundError(f"{file}: there is no such file.")
        experiment = load(DEFAULT if file is None or table else file)
    except (ValueError, OSError) as error:
        sys.stderr.write(f"lossviz: {' '.join(str(error).split())}\n")
        return 2
    from lossviz.export.application import broken_pair, display_error, prepare_locale

    fault = broken_pair()
    if fault is None and (screen := display_error()) is not None:
        fault = f"{screen}; 'lossviz render FILE -o OUT.gif' needs none."
    if fault is not None:
        sys.stderr.write(f"lossviz: {fault}\n")
        return 1
    prepare_locale()
    return _run(experiment, file)


def _run(experiment: Experiment, file: str | None) -> int:
    from PySide6.QtCore import QCoreApplication, Qt
    from PySide6.QtWidgets import QApplication

    from lossviz.gui import theme
    from lossviz.gui.backend import Backend
    from lossviz.gui.main_window import MainWindow
    from lossviz.gui.session import Session
    from lossviz.gui.settings import Settings, standard_path
    from lossviz.numerals import use_decimal_sign

    if not faulthandler.is_enabled() and sys.stderr is not None:
        faulthandler.enable()
    # the GUI thread gets its turn within a millisecond while the backend computes
    sys.setswitchinterval(0.001)
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    application = QApplication(sys.argv[:1])
    application.setApplicationName("lossviz")
    application.setDesktopFileName("lossviz")
    settings = Settings(standard_path())
    use_decimal_sign(settings.decimal_sign)
    theme.apply(application, theme.chosen_style(settings), settings.number("zoom", 0.5, 3.0, 1.0))
    collector = Collector()
    collector.start()
    backend = Backend()
    session = Session(experiment, backend)
    # the backend computes while the window is made
    session.start(wait=True)
    window = MainWindow(session, backend, settings=settings)
    _catch_exceptions(session)
    opening = Opening(window, file)
    window.furnished.connect(opening.go_on)
    window.show()
    application.aboutToQuit.connect(window.end)
    # raised inside one of Qt's calls Ctrl+C would crash; and it asks nothing: unsaved edits are offered next time
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: application.exit(0))
    code = application.exec()
    ended = backend.close()
    collector.stop()
    if not ended:
        # the backend is stuck inside one call: nothing of it is needed any more
        sys.stderr.flush()
        os._exit(code)
    return code


class Opening:
    """What is done once the window is furnished: its file is named, what was lost last time is offered.

    Parameters
    ----------
    window : MainWindow
    file : str or None
        What the app was started with.
    """

    def __init__(self, window: "MainWindow", file: str | None) -> None:
        self.window, self.file = window, file

    def go_on(self) -> None:
        """Do it."""
        from lossviz.gui.autosave import Autosave, standard_folder

        window = self.window
        window.autosave = Autosave(window.session, window.document, window.backend, standard_folder(), window)
        window.files.offer(window.autosave)
        if self.file is not None:
            window.document.started_with(self.file)
        elif window.settings.switch("greeting", True) and not window.question.isVisible():
            from lossviz.gui.greeting import Greeting

            # once: who has seen it can ask for it in the preferences
            window.settings.keep("greeting", False)
            Greeting(window).begin()


class Collector:
    """Runs Python's cyclic garbage collector on the GUI thread only: Qt's objects must not die on another one."""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer

        self._timer = QTimer()
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.collect)
        self._thresholds = gc.get_threshold()

    def start(self) -> None:
        """Take over."""
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Give the collector back."""
        self._timer.stop()
        gc.enable()

    def collect(self) -> None:
        """Collect the oldest generation that is due."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > self._thresholds[generation]:
                gc.collect(generation)
                return


def _catch_exceptions(session: object) -> None:
    """Show what nobody caught as a message, and go on; the details go to stderr."""
    from lossviz.gui.session import Session

    assert isinstance(session, Session)

    def show(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        traceback.print_exception(kind, error, where)
        details = "".join(traceback.format_exception(kind, error, where))
        session.say(f"Something went wrong inside lossviz ({kind.__name__}: {error}); the app goes on.", details)

    def show_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            traceback.print_exception(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = show
    threading.excepthook = show_thread
