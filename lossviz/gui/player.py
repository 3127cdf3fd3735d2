"""Player: brings the clock to the timeline."""

from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from lossviz.gui.session import Session

TICK = 16
"""Milliseconds between two frames: about 60 a second."""

LONGEST_TICK = 0.1
"""Seconds that one tick may count: after a standstill it goes on where it was, with no burst of frames."""

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)


class Player(QObject):
    """Plays the session's steps at a speed."""

    playing_changed = Signal(bool)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.speed = 1.0
        self._session = session
        self._seconds = 0.0
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK)
        self._timer.timeout.connect(self._tick)

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        return self._timer.isActive()

    @Slot()
    def play(self) -> None:
        """Play on from the step that is seen; from the start, where that is the last one."""
        scene = self._session.scene
        if self.playing or scene is None:
            return
        if self._session.step >= self._session.steps:
            self._session.see_step(0)
        self._seconds = scene.timeline.seconds_at(self._session.step)
        self._last = perf_counter()
        self._timer.start()
        self.playing_changed.emit(True)

    @Slot()
    def pause(self) -> None:
        """Stop, on the computed step that was reached last."""
        if not self.playing:
            return
        self._timer.stop()
        self._session.see_step(int(self._session.step))
        self.playing_changed.emit(False)

    @Slot()
    def toggle(self) -> None:
        """Play or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def see_step(self, step: float) -> None:
        """See a step; while it plays, it goes on from there."""
        self._session.see_step(step)
        if self._session.scene is not None:
            self._seconds = self._session.scene.timeline.seconds_at(self._session.step)

    def jump(self, steps: int) -> None:
        """Go some whole steps on, or back: backward from the middle of a hop leads to where it began."""
        step = self._session.step
        at = int(step) if steps > 0 else int(-(-step // 1))
        self.pause()
        self._session.see_step(at + steps)

    @Slot()
    def _tick(self) -> None:
        scene = self._session.scene
        now = perf_counter()
        self._seconds += min(now - self._last, LONGEST_TICK) * self.speed
        self._last = now
        if scene is None:
            return
        self._session.see_step(scene.timeline.step_at(self._seconds))
        if self._seconds >= scene.timeline.duration:
            self.pause()
