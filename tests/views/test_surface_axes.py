from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pytest
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QFont, QPen

from lossviz.experiment import experiments, load
from lossviz.jobs.tasks import scene_of
from lossviz.scene.camera import Camera
from lossviz.scene.scene import Scene
from lossviz.scene.style import LIGHT
from lossviz.views.brushes import text_width
from lossviz.views.surface_axes import SurfaceAxes

SIZE = (464.0, 340.0)


@dataclass
class Written:
    """A painter that keeps what is written, and where."""

    texts: list[str] = field(default_factory=list)
    rooms: list[QRectF] = field(default_factory=list)
    face: QFont | None = None

    def setPen(self, pen: QPen) -> None:
        pass

    def drawLine(self, line: QLineF) -> None:
        pass

    def setFont(self, face: QFont) -> None:
        self.face = face

    def drawText(self, at: QPointF, text: str) -> None:
        assert self.face is not None
        height = 0.7 * self.face.pixelSize()
        self.texts.append(text)
        self.rooms.append(QRectF(at.x(), at.y() - height, text_width(text, self.face), height))


@cache
def scene_named(name: str) -> Scene:
    return scene_of(load(name), 33)


def written(name: str, azimuth: float, elevation: float, zoom: float = 1.0) -> Written:
    scene, camera = scene_named(name), Camera(azimuth, elevation, zoom)
    scale, shift = camera.fit(SIZE[0] - 60, SIZE[1] - 40)
    made = Written()

    def pixels(points: np.ndarray) -> np.ndarray:
        return camera.plane(points) * scale + shift + np.array([30, 12])

    SurfaceAxes(scene, camera, pixels, LIGHT, 1.0, SIZE).paint(made)  # type: ignore[arg-type]
    return made


@pytest.mark.parametrize("azimuth", [-170.0, -90.0, -38.0, 0.0, 60.0, 110.0, 180.0])
@pytest.mark.parametrize("elevation", [5.0, 9.0, 36.0, 70.0, 90.0])
def test_that_no_text_of_the_axes_covers_another(qtbot: object, azimuth: float, elevation: float) -> None:
    for name in experiments():
        made = written(name, azimuth, elevation)
        # short names, without their units
        assert {text.partition(" (")[0] for text in scene_named(name).surface.axis_names} <= set(made.texts)
        names = [room for text, room in zip(made.texts, made.rooms, strict=True) if text[0].isalpha()]
        for i, room in enumerate(made.rooms):
            covered = [other for other in made.rooms[:i] if other.intersects(room)]
            # two names may meet where the camera is so low that both axes lie on one line
            assert not covered or room in names, (name, made.texts[i])


def test_that_numbers_are_kept_where_there_is_room(qtbot: object) -> None:
    texts = written("four-learning-rates", -38.0, 36.0).texts
    assert [text for text in texts if text[0].isalpha()] == ["weight w", "bias b", "loss (kg²)"]
    assert {"−2", "−1", "0", "1", "2", "3", "4", "5"} <= set(texts)


def test_that_the_loss_has_no_axis_where_it_is_looked_along(qtbot: object) -> None:
    assert "loss (kg²)" not in written("four-learning-rates", -90.0, 90.0).texts
    assert "loss (kg²)" in written("four-learning-rates", -90.0, 60.0).texts


@pytest.mark.parametrize("zoom", [1.0, 1.15, 1.3, 2.0])
def test_that_a_number_is_whole_or_left_out(qtbot: object, zoom: float) -> None:
    for name in experiments():
        made = written(name, -38.0, 36.0, zoom)
        assert all(room.left() >= 0.0 and room.right() <= SIZE[0] for room in made.rooms), name
