from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from lossviz.experiment import Experiment
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.scene.frame import frame_of_step
from lossviz.scene.style import STYLES
from lossviz.views.card import Card
from lossviz.views.chart import Chart

LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
MEMORY = Memory()


class Held:
    """A chart in a card on the screen, and a hand over it."""

    def __init__(self, qtbot: Any, kind: type[Chart], experiment: Experiment, size: tuple[int, int]) -> None:
        self.view = kind(STYLES["light"])
        # in a window, as in the app: QTest wants somebody who takes what the view leaves
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.port = pg.GraphicsView(self.window, useOpenGL=False, background=None)
        self.port.setCentralItem(Card(self.view, hands=True))
        self.resize(*size)
        self.window.show()
        self.experiment = experiment
        self.step = 14.0
        self.show()

    def resize(self, width: int, height: int) -> None:
        """Change the size of the card."""
        self.window.resize(width, height)
        self.port.resize(width, height)

    def show(self, **view: Any) -> None:
        """Show the experiment, with other keys of [view]."""
        looked = msgspec.structs.replace(self.experiment.view, **view)
        self.experiment = msgspec.structs.replace(self.experiment, view=looked)
        self.view.draw(frame_of_step(scene_of(self.experiment, 33, MEMORY), self.step))
        QApplication.processEvents()

    def at(self, x: float, y: float) -> QPoint:
        """Where on the screen a place of the axes is."""
        pixel = QPointF(*self.view.pixels(np.array(x), np.array(y)).tolist())
        return self.port.mapFromScene(self.view.box.mapToScene(pixel))

    def value(self, point: QPoint) -> tuple[float, float]:
        """What place of the axes is at a point of the screen."""
        pixel = self.view.box.mapFromScene(self.port.mapToScene(point))
        return self.view.values_at(pixel)

    def click(self, point: QPoint, button: Qt.MouseButton = LEFT) -> None:
        QTest.mouseMove(self.port.viewport(), point)
        QTest.mouseClick(self.port.viewport(), button, NO_KEY, point)

    def drag(self, *points: QPoint) -> None:
        """Press at the first point, go to all others, release at the last."""
        port = self.port.viewport()
        QTest.mouseMove(port, points[0])
        QTest.mousePress(port, LEFT, NO_KEY, points[0])
        for point in points[1:]:
            at, out = QPointF(point), QPointF(port.mapToGlobal(point))
            move = QMouseEvent(QEvent.Type.MouseMove, at, out, Qt.MouseButton.NoButton, LEFT, NO_KEY)
            QApplication.sendEvent(port, move)
        QTest.mouseRelease(port, LEFT, NO_KEY, points[-1])

    def pixels(self) -> np.ndarray:
        """What is on the screen, as red, green, blue."""
        image = self.port.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        raw = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
        return raw[:, :, 2::-1].astype(int)


@pytest.fixture
def held(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Held]]:
    """Make a chart on the screen: of a kind, of an experiment, of a size."""
    # pyqtgraph drops moves less than 10 ms after the one before: a test's hand is quicker
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", -1)
    made = []

    def make(kind: type[Chart], experiment: Experiment, size: tuple[int, int] = (480, 400)) -> Held:
        made.append(Held(qtbot, kind, experiment, size))
        return made[-1]

    yield make
    for each in made:
        each.window.close()


@pytest.fixture
def heard() -> Callable[[Any], list[tuple[Any, ...]]]:
    """Collect what signals say, in their order."""

    def collect(*signals: Any) -> list[tuple[Any, ...]]:
        said: list[tuple[Any, ...]] = []
        for number, signal in enumerate(signals):
            signal.connect(lambda *values, number=number: said.append((number, *values)))
        return said

    return collect
