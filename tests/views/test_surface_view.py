import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from lossviz.experiment import experiments, load
from lossviz.jobs.tasks import scene_of
from lossviz.scene.frame import Frame, frame_of_step
from lossviz.scene.scene import Scene
from lossviz.scene.style import DARK, LIGHT, Style
from lossviz.views import backdrop_opengl, opengl_program
from lossviz.views.backdrop_opengl import OpenGLBackdrop
from lossviz.views.opengl_probe import VARIABLE, OpenGLProbe
from lossviz.views.surface_painter import SurfacePainter
from lossviz.views.surface_view import SurfaceView

SIZE = (640, 440)
PLACES = ("azimuth", "elevation", "zoom", "pan_x", "pan_y")
CAMERAS = {
    "usual": (-38.0, 36.0, 1.0, 0.0, 0.0),
    "low": (110.0, 9.0, 1.0, 0.0, 0.0),
    "near": (20.0, 70.0, 1.7, 0.3, -0.2),
}
SHADES, SHARE = 2.5, 0.002
"""How much two pictures of one frame may differ: the root mean square of all shades (of 255), and which share of the
pixels may differ by more than a fifth of all shades: lines are drawn, and edges smoothed, in other ways."""


@cache
def scene(name: str) -> Scene:
    return scene_of(load(name))


def frame(name: str = "four-learning-rates", camera: str = "usual", step: float = 14.0) -> Frame:
    made = scene(name)
    view = msgspec.structs.replace(made.experiment.view, **dict(zip(PLACES, CAMERAS[camera], strict=True)))
    return frame_of_step(replace(made, experiment=msgspec.structs.replace(made.experiment, view=view)), step)


def picture(view: SurfacePainter, ratio: float = 1.0) -> np.ndarray:
    """What a view paints on its card: (height, width, 3)."""
    image = QImage(round(SIZE[0] * ratio), round(SIZE[1] * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(view.style_.card)
    painter = QPainter(image)
    view.paint(painter, None)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].astype(float)


def shown(view: SurfacePainter, seen: Frame) -> SurfacePainter:
    view.setGeometry(QRectF(0, 0, *SIZE))
    view.draw(seen)
    return view


def painted(seen: Frame, style: Style = LIGHT, ratio: float = 1.0) -> np.ndarray:
    return picture(shown(SurfacePainter(style), seen), ratio)


def at_rest(qtbot: Any, seen: Frame, style: Style = LIGHT, probe: OpenGLProbe | None = None) -> SurfaceView:
    """A view as in the window, after its first picture, when it knows what draws."""
    view = SurfaceView(style, probe=probe)
    view.hands = True
    shown(view, seen)
    with qtbot.waitSignal(view.renderer_changed, timeout=20_000):
        picture(view)
        assert view.renderer_text == "painted, until OpenGL is found to work"
    return view


def not_told(capfd: pytest.CaptureFixture[str]) -> bool:
    said = capfd.readouterr()
    return said.err == "" and said.out == ""


# without OpenGL -------------------------------------------------------------------------------------------------------


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda name: monkeypatch.setenv(VARIABLE, name)


@pytest.mark.parametrize(
    ("choice", "reason"),
    [
        ("auto", "Qt's platform offscreen has none"),
        ("opengl", "no context"),
        ("painter", "LOSSVIZ_RENDERER is painter"),
        ("vulkan", "Qt's platform offscreen has none"),
    ],
)
def test_that_without_opengl_it_is_painted_quietly(
    qtbot: Any, capfd: pytest.CaptureFixture[str], chosen: Callable[[str], None], choice: str, reason: str
) -> None:
    chosen(choice)
    view = at_rest(qtbot, frame())
    assert view.renderer_text == f"painted without OpenGL: {reason}"
    np.testing.assert_array_equal(picture(view), painted(frame()))
    assert not_told(capfd)


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ("import os; os.abort()", "its driver crashes"),
        ("print('a line of a driver')", "no answer from its driver"),
        ("", "no answer from its driver"),
        ('print(\'x\'); print(\'{"works": false, "text": "no context"}\')', "no context"),
        ('print(\'{"works": true, "text": "OpenGL 9"}\'); import sys; sys.exit(3)', "OpenGL 9"),
    ],
)
def test_that_a_driver_that_fails_is_found_out_in_another_process(qtbot: Any, script: str, text: str) -> None:
    probe = OpenGLProbe(command=[sys.executable, "-c", script])
    with qtbot.waitSignal(probe.answered, timeout=20_000):
        probe.ask()
        probe.ask()
    assert probe.answer is not None
    assert not probe.answer.works
    assert probe.answer.text == text


def test_that_a_process_that_cannot_be_started_is_no_opengl(qtbot: Any) -> None:
    probe = OpenGLProbe(command=["/nowhere/python"])
    with qtbot.waitSignal(probe.answered, timeout=20_000):
        probe.ask()
    assert probe.answer is not None
    assert not probe.answer.works


def test_that_a_process_still_asked_is_ended_with_the_application(qtbot: Any, capfd: Any) -> None:
    probe = OpenGLProbe(command=[sys.executable, "-c", "import time; time.sleep(60)"])
    probe.ask()
    probe.stop()
    del probe
    assert not_told(capfd)


def test_that_nothing_of_opengl_is_loaded_before_the_first_picture() -> None:
    script = """
import sys
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from lossviz.export.application import offscreen_application
application = offscreen_application()
from lossviz.experiment import load
from lossviz.jobs.tasks import scene_of
from lossviz.scene.frame import frame_of_step
from lossviz.scene.style import LIGHT
from lossviz.views.surface_view import SurfaceView
view = SurfaceView(LIGHT)
view.hands = True
view.setGeometry(QRectF(0, 0, 300, 200))
view.draw(frame_of_step(scene_of(load("four-learning-rates"), 33), 5))
image = QImage(300, 200, QImage.Format.Format_RGB32)
painter = QPainter(image)
view.paint(painter, None)
painter.end()
print([name for name in sys.modules if name.startswith("lossviz") and "opengl" in name])
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=50, check=True)
    assert ended.stdout.strip() == "['lossviz.views.opengl_probe']"
    assert ended.stderr == ""


# by OpenGL ------------------------------------------------------------------------------------------------------------


def blank(image: np.ndarray, style: Style) -> bool:
    return bool(image.std() < 5.0)


@pytest.mark.xcb
@pytest.mark.parametrize("style", [LIGHT, DARK], ids=lambda style: style.name)
@pytest.mark.parametrize("name", experiments())
def test_that_both_brushes_give_the_same_picture(
    qtbot: Any, capfd: Any, chosen: Callable[[str], None], name: str, style: Style
) -> None:
    chosen("opengl")
    view = at_rest(qtbot, frame(name), style)
    assert view.renderer_text.startswith("OpenGL ")
    for camera in CAMERAS:
        seen = frame(name, camera)
        view.draw(seen)
        picture(view)
        # fine again when it rests
        qtbot.waitUntil(lambda: view.still, timeout=20_000)
        by_opengl, by_painter = picture(view), painted(seen, style)
        apart = np.abs(by_opengl - by_painter)
        assert not blank(by_opengl, style), camera
        assert not blank(by_painter, style), camera
        assert 0.0 < np.sqrt(np.mean(apart**2)) < SHADES, camera
        assert np.mean(apart.max(axis=2) > 51) < SHARE, camera
    assert view.renderer_text.startswith("OpenGL ")
    assert not_told(capfd)


@pytest.mark.xcb
def test_that_both_brushes_give_the_same_picture_on_a_dense_screen(qtbot: Any, chosen: Callable[[str], None]) -> None:
    chosen("opengl")
    view = at_rest(qtbot, frame())
    picture(view, 1.5)
    qtbot.waitUntil(lambda: view.still, timeout=20_000)
    apart = np.abs(picture(view, 1.5) - painted(frame(), ratio=1.5))
    assert 0.0 < np.sqrt(np.mean(apart**2)) < SHADES


@pytest.mark.xcb
def test_that_a_graphics_card_gives_the_same_picture_even_while_the_camera_moves(
    qtbot: Any, chosen: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    # it smooths by samples, which software can do too, but slowly
    monkeypatch.setattr(backdrop_opengl, "SOFTWARE", ())
    chosen("opengl")
    view = at_rest(qtbot, frame())
    picture(view)
    view.draw(frame(camera="low", step=0.0))
    moving = picture(view)
    assert not view.still
    apart = np.abs(moving - painted(frame(camera="low", step=0.0)))
    assert 0.0 < np.sqrt(np.mean(apart**2)) < SHADES
    assert view.renderer_text.startswith("OpenGL ")


@pytest.mark.xcb
def test_that_opengl_is_found_by_itself(qtbot: Any, chosen: Callable[[str], None]) -> None:
    chosen("auto")
    view = at_rest(qtbot, frame(), probe=OpenGLProbe())
    assert view.renderer_text.startswith("OpenGL ")


@pytest.mark.xcb
def test_that_opengl_comes_when_the_camera_stands_still(qtbot: Any, chosen: Callable[[str], None]) -> None:
    chosen("auto")
    probe = OpenGLProbe()
    view = SurfaceView(LIGHT, probe=probe)
    view.hands = True
    picture(shown(view, frame()))
    turned = [0]

    def turn() -> bool:
        turned[0] += 1
        seen = frame()
        section = msgspec.structs.replace(seen.scene.experiment.view, azimuth=float(turned[0] % 360))
        experiment = msgspec.structs.replace(seen.scene.experiment, view=section)
        view.draw(replace(seen, scene=replace(seen.scene, experiment=experiment)))
        picture(view)
        return probe.answer is not None

    qtbot.waitUntil(lambda: view.still, timeout=20_000)
    qtbot.waitUntil(turn, timeout=20_000)
    assert not view.still
    assert view.renderer_text == "painted, until OpenGL is found to work"
    qtbot.waitUntil(lambda: view.still, timeout=20_000)
    assert view.renderer_text.startswith("OpenGL ")
    assert view.tip.endswith(f"\n{view.renderer_text}.")


@pytest.mark.xcb
def test_that_a_driver_that_crashes_costs_nothing_but_opengl(
    qtbot: Any, capfd: Any, chosen: Callable[[str], None]
) -> None:
    chosen("auto")
    view = at_rest(qtbot, frame(), probe=OpenGLProbe(command=[sys.executable, "-c", "import os; os.abort()"]))
    assert view.renderer_text == "painted without OpenGL: its driver crashes"
    np.testing.assert_array_equal(picture(view), painted(frame()))
    assert not_told(capfd)


@pytest.mark.xcb
def test_that_a_shader_that_fails_leaves_the_painter(
    qtbot: Any, capfd: Any, chosen: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen("opengl")
    monkeypatch.setattr(opengl_program, "LINES", ("no shader at all", "nor this"))
    view = at_rest(qtbot, frame())
    assert view.renderer_text == "painted without OpenGL: the shader of the lines fails"
    np.testing.assert_array_equal(picture(view), painted(frame()))
    assert not_told(capfd)


@pytest.mark.xcb
def test_that_a_context_that_is_lost_leaves_the_painter_for_good(
    qtbot: Any, capfd: Any, chosen: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen("opengl")
    view = at_rest(qtbot, frame())
    picture(view)

    def lost(*_: object) -> None:
        raise opengl_program.OpenGLError("the context is lost")

    monkeypatch.setattr(OpenGLBackdrop, "picture", lost)
    view.draw(frame(camera="near"))
    with qtbot.waitSignal(view.renderer_changed, timeout=20_000):
        assert not blank(picture(view), LIGHT)
    assert view.renderer_text == "painted without OpenGL: the context is lost"
    monkeypatch.undo()
    qtbot.waitUntil(lambda: view.still, timeout=20_000)
    np.testing.assert_array_equal(picture(view), painted(frame(camera="near")))
    assert not_told(capfd)


@pytest.mark.xcb
def test_that_two_views_draw_side_by_side_and_one_goes_before_the_other(
    qtbot: Any, capfd: Any, chosen: Callable[[str], None]
) -> None:
    chosen("opengl")
    first, second = at_rest(qtbot, frame()), at_rest(qtbot, frame("logistic"), DARK)
    seen = picture(second)
    picture(first)
    first.deleteLater()
    with qtbot.waitSignal(first.destroyed, timeout=20_000):
        pass
    np.testing.assert_array_equal(picture(second), seen)
    assert second.renderer_text.startswith("OpenGL ")
    assert not_told(capfd)


@pytest.mark.xcb
@pytest.mark.parametrize("end", ["application.quit()", "view.deleteLater(); QTimer.singleShot(0, application.quit)"])
def test_that_the_application_ends_quietly_after_opengl(end: str) -> None:
    script = f"""
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
import pyqtgraph as pg
from lossviz.experiment import load
from lossviz.jobs.tasks import scene_of
from lossviz.scene.frame import frame_of_step
from lossviz.scene.style import LIGHT
from lossviz.views.surface_view import SurfaceView
application = QApplication(sys.argv)
screen = pg.GraphicsView()
view = SurfaceView(LIGHT)
view.hands = True
screen.setCentralItem(view)
view.draw(frame_of_step(scene_of(load("four-learning-rates"), 33), 5))
screen.show()
def end(text):
    print(text)
    screen.repaint()
    {end}
view.renderer_changed.connect(end)
sys.exit(application.exec())
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=50, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("OpenGL ")


# hands ----------------------------------------------------------------------------------------------------------------


class Drag:
    """One event of a drag, as pyqtgraph gives it."""

    def __init__(
        self,
        change: tuple[float, float],
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        part: str = "start",
    ) -> None:
        self._change, self._button, self._modifiers, self._part = change, button, modifiers, part
        self.accepted = False

    def accept(self) -> None:
        self.accepted = True

    def ignore(self) -> None:
        self.accepted = False

    def button(self) -> Qt.MouseButton:
        return self._button

    def modifiers(self) -> Qt.KeyboardModifier:
        return self._modifiers

    def isStart(self) -> bool:
        return self._part == "start"

    def isFinish(self) -> bool:
        return self._part == "finish"

    def pos(self) -> QPointF:
        return QPointF(100 + self._change[0], 100 + self._change[1])

    def lastPos(self) -> QPointF:
        return QPointF(100, 100)


def followed(view: SurfacePainter) -> list[tuple[object, ...]]:
    """All that leaves the view as a signal, in order."""
    left: list[tuple[object, ...]] = []
    view.orbited.connect(lambda *values: left.append(("orbited", *values)))
    view.panned.connect(lambda *values: left.append(("panned", *values)))
    view.grasped.connect(lambda: left.append(("grasped",)))
    view.released.connect(lambda: left.append(("released",)))
    return left


def test_that_a_drag_orbits_between_grasp_and_release(qtbot: Any) -> None:
    view = shown(SurfacePainter(LIGHT), frame())
    left = followed(view)
    assert left == []
    for part in ("start", "", "finish"):
        view.mouseDragEvent(Drag((10, 20), part=part))
    kinds = [one[0] for one in left]
    assert kinds == ["grasped", "orbited", "orbited", "orbited", "released"]
    assert left[1][1:] == pytest.approx((-42.5, 43.0, 1.0))


@pytest.mark.parametrize(
    ("button", "modifiers"),
    [
        (Qt.MouseButton.MiddleButton, Qt.KeyboardModifier.NoModifier),
        (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier),
    ],
)
def test_that_a_drag_with_shift_or_the_middle_button_shifts_the_picture_with_the_hand(
    qtbot: Any, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier
) -> None:
    seen = frame()
    view = shown(SurfacePainter(LIGHT), seen)
    left = followed(view)
    view.mouseDragEvent(Drag((60, -30), button, modifiers))
    # a key let go on the way changes nothing
    view.mouseDragEvent(Drag((60, -30), button, part="finish"))
    assert [one[0] for one in left] == ["grasped", "panned", "panned", "released"]
    before = view.pixels(np.zeros(3))
    section = msgspec.structs.replace(seen.scene.experiment.view, pan_x=left[1][1], pan_y=left[1][2])
    experiment = msgspec.structs.replace(seen.scene.experiment, view=section)
    view.draw(replace(seen, scene=replace(seen.scene, experiment=experiment)))
    np.testing.assert_allclose(view.pixels(np.zeros(3)) - before, [60, -30], atol=1e-9)


def test_that_the_picture_is_not_shifted_out_of_reach(qtbot: Any) -> None:
    view = shown(SurfacePainter(LIGHT), frame())
    left = followed(view)
    view.mouseDragEvent(Drag((1e6, 1e6), Qt.MouseButton.MiddleButton))
    assert left[1] == ("panned", 3.0, -3.0)


def test_that_other_buttons_do_nothing(qtbot: Any) -> None:
    view = shown(SurfacePainter(LIGHT), frame())
    left = followed(view)
    drag = Drag((10, 10), Qt.MouseButton.RightButton)
    view.mouseDragEvent(drag)
    assert not drag.accepted
    assert left == []


# ghosts ---------------------------------------------------------------------------------------------------------------


def with_ghosts(seen: Frame, *numbers: int) -> Frame:
    ghosts = tuple(
        scene("logistic" if number < 0 else "four-learning-rates").descents[abs(number)] for number in numbers
    )
    return replace(seen, scene=replace(seen.scene, ghosts=ghosts, descents=seen.scene.descents[:1]))


@pytest.mark.parametrize("step", [3.0, 30.0])
def test_that_ghosts_are_drawn_faintly_up_to_the_step(qtbot: Any, step: float) -> None:
    plain = painted(with_ghosts(frame(step=step)))
    ghostly = painted(with_ghosts(frame(step=step), 3))
    full = painted(replace(frame(step=step)))
    faint, strong = np.abs(ghostly - plain).sum(), np.abs(full - plain).sum()
    assert 0.0 < faint < 0.4 * strong
    # another 3 steps of it are other pixels
    later = np.abs(painted(with_ghosts(frame(step=step + 3), 3)) - painted(with_ghosts(frame(step=step + 3)))).sum()
    assert later > faint


def test_that_a_ghost_of_a_hidden_run_is_not_drawn(qtbot: Any) -> None:
    seen = with_ghosts(frame(), 3)
    hidden = replace(seen.scene.ghosts[0], shown=False)
    gone = replace(seen, scene=replace(seen.scene, ghosts=(hidden,)))
    np.testing.assert_array_equal(painted(gone), painted(with_ghosts(frame())))
