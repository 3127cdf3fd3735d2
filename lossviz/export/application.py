"""The application behind pictures and windows: made once, off-screen where there is no display."""

import ctypes
import os
import sys

import PySide6
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication

PIN = "PySide6-Essentials>=6.8.3,!=6.9.1,!=6.9.2,!=6.11.0,!=6.11.1,<6.12"


def broken_pair(
    python: tuple[int, int] = sys.version_info[:2], qt: tuple[int, ...] = PySide6.__version_info__[:3]
) -> str | None:
    """Say what is wrong with this pair of Python and PySide6; None where nothing is."""
    name = ".".join(map(str, qt))
    if qt[:2] >= (6, 12) and python < (3, 12):
        return f"PySide6 {name} crashes Python {python[0]}.{python[1]}; install '{PIN}'."
    if qt in ((6, 9, 1), (6, 9, 2), (6, 11, 0), (6, 11, 1)):
        return f"PySide6 {name} has faults that break views or docks; install '{PIN}'."
    return None


def display_error() -> str | None:
    """Say why no window can be opened; None where one can."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM", "xcb").split(":")[0] not in ("xcb", "wayland"):
        return None
    if os.environ.get("WAYLAND_DISPLAY"):
        return None
    name = os.environ.get("DISPLAY")
    if not name:
        return "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    return None if _answers(name) else f"the display {name} does not answer"


def _answers(display: str) -> bool:
    """Ask the X server; Qt would end the process where there is none."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(display.encode(), None))
    good = xcb.xcb_connection_has_error(connection) == 0
    xcb.xcb_disconnect(connection)
    return bool(good)


def prepare_locale() -> None:
    """Choose UTF-8 where the locale is plain C: Qt would choose it too, but with four lines of warning.

    The signs of numbers, where they are chosen apart, stay as they are.
    """
    effective = os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or "C"
    if sys.platform == "linux" and effective in ("C", "POSIX"):
        os.environ["LC_ALL" if os.environ.get("LC_ALL") else "LC_CTYPE"] = "C.UTF-8"


def offscreen_application() -> QApplication:
    """Give the application, or make one that needs no display.

    Raises
    ------
    RuntimeError
        If this version of PySide6 is known to crash.
    """
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    fault = broken_pair()
    if fault:
        raise RuntimeError(fault)
    prepare_locale()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # with a display named, the off-screen platform crashes at exit
    os.environ.pop("DISPLAY", None)
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    return QApplication(sys.argv[:1])
