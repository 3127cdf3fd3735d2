"""Only what has changed is painted anew, and the screen shows the same as if all of it were."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from lossviz.experiment import load
from lossviz.scene.frame import frame_of_step
from lossviz.views import plot as plot_module
from lossviz.views.chart import Chart
from lossviz.views.data_view import DataView
from lossviz.views.loss_view import LossView
from lossviz.views.map_view import MapView


def on_screen(held: Any) -> np.ndarray:
    """What the window has on the screen, whatever was painted when."""
    QApplication.processEvents()
    image = held.window.screen().grabWindow(held.window.winId()).toImage().convertToFormat(QImage.Format.Format_RGB32)
    raw = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return raw[:, :, :3].copy()


@pytest.mark.parametrize("kind", [MapView, LossView, DataView])
@pytest.mark.parametrize("size", [(480, 400), (483, 397)])
def test_that_what_moves_leaves_axes_and_title_as_they_were(
    held: Any, qtbot: Any, monkeypatch: pytest.MonkeyPatch, kind: type[Chart], size: tuple[int, int]
) -> None:
    shown = held(kind, load("four-learning-rates"), size)
    qtbot.waitExposed(shown.window)
    QApplication.processEvents()
    named: list[bool] = []
    paint = plot_module.paint_axes
    monkeypatch.setattr(
        plot_module,
        "paint_axes",
        lambda painter, chart, names: (named.append(names is not None), paint(painter, chart, names)),
    )
    # the first change after a window has come makes Qt paint all of it
    shown.view.draw(frame_of_step(shown.view.frame.scene, 13))
    before = on_screen(shown)
    named.clear()
    for step in (15, 16, 17):
        shown.view.draw(frame_of_step(shown.view.frame.scene, step))
        QApplication.processEvents()
    partly = on_screen(shown)
    assert named
    assert not any(named)
    assert not np.array_equal(partly, before)
    shown.port.viewport().update()
    shown.view.update()
    wholly = on_screen(shown)
    assert named[-1]
    assert np.array_equal(partly, wholly)
