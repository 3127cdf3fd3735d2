"""Player: brings the clock to the timeline."""

from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from lossviz.gui.session import Session

TICK = 16
"""Milliseconds between two frames: about 60 a second."""

LONGEST_TICK = 0.1
"""Seconds that one tick may count: after a standstill it goes on where it was, with no burst of frames."""

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)

PAUSE = 2.0
"""Seconds at the end before a loop begins again."""

HOP = 0.6
"""Seconds of one step that is seen by itself."""

SLOWER = 0.6
"""The speed of steps that are to be seen slowly."""


class Player(QObject):
    """Plays the session's steps at a speed.

    `loop`: whether it begins again at the end. `calm`: whether it shows computed steps alone, with no movement between
    them. `slow_steps`: how many of the first steps go by slowly.
    """

    playing_changed = Signal(bool)
    finished = Signal()
    """The last step was reached by playing."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.speed = 1.0
        self.loop = False
        self.calm = False
        self.slow_steps = 0
        self._session = session
        self._seconds = 0.0
        self._last = 0.0
        self._hop_to: int | None = None
        self._hop_began = 0.0
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
        self._begin()

    def _begin(self) -> None:
        scene = self._session.scene
        assert scene is not None
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
        self._hop_to = None
        self._session.see_step(int(self._session.step), self._session.phase)
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
        self._hop_to = None
        self._session.see_step(step)
        if self._session.scene is not None:
            self._seconds = self._session.scene.timeline.seconds_at(self._session.step)

    def jump(self, steps: int) -> None:
        """Go some whole steps on, or back: backward from the middle of a hop leads to where it began."""
        step = self._session.step
        at = int(step) if steps > 0 else int(-(-step // 1))
        self.pause()
        self._session.see_step(at + steps)

    @Slot(str)
    def see_phase(self, phase: str) -> None:
        """See a part of the step: the slope and the rate of the next one, its move, the check of its loss."""
        self.pause()
        step = int(self._session.step)
        if phase == "move":
            if step >= self._session.steps or self._session.scene is None:
                return
            self._hop_to, self._hop_began = step + 1, perf_counter()
            self._begin()
        elif phase == "check" and self._session.phase not in ("move", "check"):
            # the loss is checked where the ball has landed
            self._session.see_step(min(step + 1, self._session.steps), "check")
        elif phase in ("slope", "rate") and step >= self._session.steps:
            return
        else:
            self._session.see_step(step, phase)

    @Slot()
    def _tick(self) -> None:
        scene = self._session.scene
        now = perf_counter()
        slow = SLOWER if self._session.step < self.slow_steps else 1.0
        self._seconds += min(now - self._last, LONGEST_TICK) * self.speed * slow
        self._last = now
        if scene is None:
            return
        if self._hop_to is not None:
            self._hop(now - self._hop_began)
            return
        step = scene.timeline.step_at(self._seconds)
        self._session.see_step(int(step) if self.calm else step)
        if self._seconds >= scene.timeline.duration + (PAUSE if self.loop else 0.0):
            if self.loop:
                self.see_step(0)
            else:
                self.pause()
                self.finished.emit()

    def _hop(self, seconds: float) -> None:
        """Go on with one step, and stop where it lands."""
        assert self._hop_to is not None
        part = seconds * self.speed / HOP
        landed = self.calm or part >= 1.0
        self._session.see_step(self._hop_to if landed else self._hop_to - 1 + part, "move")
        if landed:
            self.pause()
