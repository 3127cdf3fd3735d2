from typing import Any

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from lossviz.experiment import DescentSection, Experiment, Run, SurfaceSection, ViewSection
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.scene.frame import Frame, frame_of_step
from lossviz.scene.landmarks import landmarks
from lossviz.scene.style import STYLES
from lossviz.views.surface_marks import NEEDLE, places
from lossviz.views.surface_painter import SurfacePainter
from lossviz.views.surface_readout import surface_readout

MEMORY = Memory()


def frame(function: str, step: float = 0.0, hide: bool = False, **descent: Any) -> Frame:
    experiment = Experiment(
        surface=SurfaceSection(function=function),
        descent=DescentSection(start=(0.5, 0.5), steps=40, **descent),
        runs=(Run(hyperparameters={"learning_rate": 0.005}),),
        view=ViewSection(hide_future=hide),
    )
    return frame_of_step(scene_of(experiment, 65, MEMORY), step)


@pytest.fixture
def drawn(qtbot: Any) -> Any:
    """Draw a frame in 3-D; give the view and its pixels."""
    ports = []

    def draw(shown: Frame) -> tuple[SurfacePainter, np.ndarray]:
        view = SurfacePainter(STYLES["light"])
        port = pg.GraphicsView(useOpenGL=False, background=None)
        ports.append(port)
        qtbot.addWidget(port)
        port.setCentralItem(view)
        port.resize(420, 340)
        port.show()
        view.draw(shown)
        QApplication.processEvents()
        image = QImage(port.size(), QImage.Format.Format_RGB32)
        painter = QPainter(image)
        port.render(painter)
        painter.end()
        raw = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
        return view, raw[:, :, 2::-1].astype(int)

    return draw


def differing(one: np.ndarray, other: np.ndarray, at: np.ndarray, reach: int = 4) -> int:
    x, y = np.round(at).astype(int)
    window = np.s_[y - reach : y + reach + 1, x - reach : x + reach + 1]
    return int(np.any(np.abs(one[window] - other[window]) > 12, axis=2).sum())


def test_that_pins_stand_on_the_minima_and_marks_on_the_others(drawn: Any) -> None:
    shown = frame("himmelblau")
    view, marked = drawn(shown)
    _, bare = drawn(frame("himmelblau", hide=True))
    points = landmarks(shown)
    feet = places(shown, points)
    for point, foot in zip(points, feet, strict=True):
        top = foot + np.array([0.0, 0.0, NEEDLE if point.is_minimum else 0.0])
        assert differing(marked, bare, view.pixels(top)) > 8


def test_that_a_pin_behind_a_hill_is_fainter_than_one_in_front(drawn: Any) -> None:
    shown = frame("himmelblau")
    view, marked = drawn(shown)
    _, bare = drawn(frame("himmelblau", hide=True))
    minima = [point for point in landmarks(shown) if point.is_minimum]
    heads = places(shown, tuple(minima)) + np.array([0.0, 0.0, NEEDLE])
    hidden = shown.scene.mesh.hidden(heads, view.camera)
    assert 0 < np.sum(hidden) < 4
    strengths = []
    for head in heads:
        x, y = np.round(view.pixels(head)).astype(int)
        window = np.s_[y - 6 : y + 7, x - 6 : x + 7]
        strengths.append(float(np.abs(marked[window] - bare[window]).sum()))
    assert max(np.array(strengths)[hidden]) < min(np.array(strengths)[~hidden])


def test_that_the_hand_is_told_of_a_mark(drawn: Any) -> None:
    shown = frame("himmelblau")
    view, _ = drawn(shown)
    points = landmarks(shown)
    maximum = next(point for point in points if point.kind == "maximum")
    at = view.pixels(places(shown, (maximum,))[0])
    assert surface_readout(view, QPointF(*at.tolist())).startswith("maximum at (−0.271, −0.923)")


def test_that_a_crowd_is_drawn_in_the_box(drawn: Any) -> None:
    _, crowded = drawn(frame("himmelblau", 20.0, random_starts=20))
    _, alone = drawn(frame("himmelblau", 20.0))
    assert np.any(np.abs(crowded - alone) > 12, axis=2).sum() > 400
