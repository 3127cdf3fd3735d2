"""Interrupts between frames: Ctrl+C inside one of Qt's own calls would take the process with it."""

import signal
import threading
from types import FrameType


class InterruptsBetweenFrames:
    """While it is open, SIGINT and SIGTERM are kept until ``check`` is called, which then raises KeyboardInterrupt.

    On a thread other than the main one it changes nothing: signals don't arrive there.
    """

    def __init__(self) -> None:
        self._asked = False
        self._before: dict[int, object] = {}

    def check(self) -> None:
        """Raise KeyboardInterrupt if the process was asked to stop."""
        if self._asked:
            raise KeyboardInterrupt

    def __enter__(self) -> "InterruptsBetweenFrames":
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._keep)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        self._before.clear()

    def _keep(self, number: int, frame: FrameType | None) -> None:
        self._asked = True
