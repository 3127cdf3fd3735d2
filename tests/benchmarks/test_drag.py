"""How fast the window follows a hand: ``pytest tests/benchmarks/test_drag.py -m benchmark``, best under an X server."""

import gc
import math
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lossviz.experiment import load
from lossviz.gui import theme
from lossviz.gui.backend import Backend
from lossviz.gui.main_window import MainWindow
from lossviz.gui.panels.card_frame import ViewCard
from lossviz.gui.session import Session
from lossviz.scene.style import LIGHT

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(180)]

SECONDS = 5.0
HAND = 8
"""Milliseconds between two moves of the hand, as a mouse of 125 Hz makes them."""


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[ViewCard], None]]:
    """What is called when a card has been painted; before any card is made, as Qt remembers whom it calls."""
    listeners: list[Callable[[ViewCard], None]] = []
    paint = ViewCard.paintEvent

    def painting(card: ViewCard, event: Any) -> None:
        paint(card, event)
        for listener in listeners:
            listener(card)

    monkeypatch.setattr(ViewCard, "paintEvent", painting)
    return listeners


@pytest.fixture
def window(
    request: pytest.FixtureRequest, qtbot: Any, painted: list[Callable[[ViewCard], None]]
) -> Iterator[MainWindow]:
    """The window as the app makes it, on a shipped experiment: the collector and the threads' turns as there."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    turns = sys.getswitchinterval()
    sys.setswitchinterval(0.001)
    gc.disable()
    theme.apply(application, LIGHT)
    backend = Backend()
    session = Session(load(request.param), backend)
    session.start()
    made = MainWindow(session, backend, LIGHT)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: made.furniture is not None and not session.busy, timeout=20_000)
    yield made
    made.document.give_up()
    made.close()
    assert backend.close()
    gc.enable()
    sys.setswitchinterval(turns)


class Watch:
    """Notes when something was asked for and when it was first seen, and what the painting took."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, Any]] = []
        self.ages: list[float] = []
        self.paints: list[float] = []
        self.seen = 0

    def ask(self, what: Any) -> None:
        if not self.asked or self.asked[-1][1] != what:
            self.asked.append((time.perf_counter(), what))

    def see(self, what: Any) -> None:
        """A picture of `what` stands: all that was asked before it is answered with it."""
        now = time.perf_counter()
        self.paints.append(now)
        for place in range(len(self.asked) - 1, self.seen - 1, -1):
            if self.asked[place][1] == what:
                self.ages += [now - begun for begun, _ in self.asked[self.seen : place + 1]]
                self.seen = place + 1
                return

    @property
    def a_second(self) -> float:
        return (len(self.paints) - 1) / (self.paints[-1] - self.paints[0])


def dragged(qtbot: Any, move: Callable[[float], None], watch: Watch) -> float:
    """Let a hand move for some seconds; give the milliseconds of the GUI thread's work for each paint."""
    begun, timer = time.perf_counter(), QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.setInterval(HAND)
    timer.timeout.connect(lambda: move(time.perf_counter() - begun))
    worked = time.thread_time()
    timer.start()
    qtbot.waitUntil(lambda: time.perf_counter() - begun > SECONDS, timeout=60_000)
    timer.stop()
    return 1e3 * (time.thread_time() - worked) / max(1, len(watch.paints))


def move_mouse(card: ViewCard, at: QPoint) -> None:
    port, event_at = card.viewport(), QPointF(at)
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        event_at,
        QPointF(port.mapToGlobal(at)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(port, event)


def plotted(qtbot: Any, size: tuple[int, int]) -> tuple[float, float]:
    """The reference: paints a second, and milliseconds for each, of a plot of 4 curves that are set anew."""
    watch = Watch()

    class Plot(pg.PlotWidget):
        def paintEvent(self, event: Any) -> None:
            super().paintEvent(event)
            watch.paints.append(time.perf_counter())

    plot = Plot()
    qtbot.addWidget(plot)
    plot.resize(*size)
    steps = np.arange(201.0)
    curves = [plot.plot(steps, steps, pen=pg.mkPen(colour, width=2), antialias=True) for colour in LIGHT.paths[:4]]
    plot.setRange(xRange=(0.0, 200.0), yRange=(0.0, 4.0))
    plot.show()
    qtbot.waitExposed(plot)

    def move(seconds: float) -> None:
        for i, curve in enumerate(curves):
            curve.setData(steps, 1.5 + i * 0.2 + np.sin(seconds + (1 + i) * 0.05 * steps))

    worked = dragged(qtbot, move, watch)
    return watch.a_second, worked


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)], ids=["1280x800", "1920x1080"])
@pytest.mark.parametrize(
    ("window", "knob"),
    [
        ("four-learning-rates", "start"),
        ("raw-age", "start"),
        ("logistic", "start"),
        ("four-learning-rates", "rate"),
        ("four-learning-rates", "camera"),
    ],
    indirect=["window"],
)
def test_that_a_drag_paints_30_times_a_second_and_no_picture_is_older_than_100_ms(
    window: MainWindow,
    painted: list[Callable[[ViewCard], None]],
    qtbot: Any,
    record: Any,
    knob: str,
    size: tuple[int, int],
) -> None:
    window.resize(*size)
    session, watch = window.session, Watch()
    session.see_step(session.steps)
    qtbot.waitUntil(lambda: window.size().toTuple() == size)
    # what comes once, at the first rest, is no part of a drag
    qtbot.waitUntil(lambda: window.surface.still and "until" not in window.surface.renderer_text, timeout=30_000)
    QTest.qWait(400)
    cards = {card.name: card for card in window.cards}
    card = cards["surface" if knob == "camera" else "map"]
    assert window.furniture is not None
    field = window.furniture.panels.run.fields[0]

    def shown() -> object:
        scene = card.view.frame.scene
        if knob == "camera":
            return scene.experiment.view.azimuth
        if knob == "rate":
            return float(scene.selected.trajectory.rule.learning_rate)
        return tuple(scene.descents[0].trajectory.path[0].tolist())

    def asked() -> object:
        experiment = session.experiment
        if knob == "camera":
            return experiment.view.azimuth
        if knob == "rate":
            return float(experiment.runs[experiment.view.selected].rule().learning_rate)
        return experiment.descent.start

    # the handle's middle, or that of the card
    handle = card.mapFromScene(window.map.handle.mapToScene(QPointF(0, 0)))
    begin = card.viewport().rect().center() if knob == "camera" else handle

    def see(seen: ViewCard) -> None:
        if seen is card:
            watch.see(shown())

    def move(seconds: float) -> None:
        if knob == "rate":
            field.slider.setValue(round(700 + 90 * math.sin(2.0 * seconds)))
        else:
            reach = card.width() / 5
            across, up = reach * math.sin(2.0 * seconds), reach * (1.0 - math.cos(2.0 * seconds))
            move_mouse(card, begin + QPoint(round(across if knob == "camera" else abs(across)), round(0.4 * up)))
        watch.ask(asked())

    painted.append(see)
    if knob == "rate":
        field.slider.sliderPressed.emit()
    else:
        QTest.mousePress(card.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, begin)
    worked = dragged(qtbot, move, watch)
    qtbot.waitUntil(lambda: not session.busy, timeout=20_000)
    if knob != "rate":
        QTest.mouseRelease(card.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, begin)
    painted.clear()
    window.hide()
    plot_a_second, plot_worked = plotted(qtbot, size)
    worst = 1e3 * max(watch.ages)
    record(
        f"drag of the {knob} of {session.experiment.title!r}, {size[0]}x{size[1]} ({QApplication.platformName()})",
        paints_a_second=watch.a_second,
        worst_age_ms=worst,
        work_a_paint_ms=worked,
        plot_paints_a_second=plot_a_second,
        plot_work_a_paint_ms=plot_worked,
        work_ratio=worked / plot_worked,
    )
    assert len(watch.ages) > 50
    assert watch.a_second >= 30.0
    assert worst <= 100.0
