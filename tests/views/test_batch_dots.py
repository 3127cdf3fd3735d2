from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from lossviz.experiment import load
from lossviz.scene.style import STYLES, mixed, rgb
from lossviz.views import data_view
from lossviz.views.data_view import DataView

STYLE = STYLES["light"]


def bold(image: np.ndarray) -> int:
    """How many pixels have the colour of a batch's dots."""
    return int(np.all(np.abs(image - rgb(mixed(STYLE.data, STYLE.ink, 0.6))) <= 6, axis=2).sum())


def test_that_the_samples_of_the_step_stand_out_and_none_where_all_are_seen(
    held: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[np.ndarray] = []
    paint = data_view.paint_batch

    def keep(painter: Any, chart: Any, points: np.ndarray, samples: int) -> None:
        painted.append(points)
        paint(painter, chart, points, samples)

    monkeypatch.setattr(data_view, "paint_batch", keep)
    shown = held(DataView, load("batches"))
    image = shown.pixels()
    scene = shown.view.frame.scene
    (row,) = scene.descents[3].trajectory.batch(14)
    data = scene.fit.data
    assert painted[-1].tolist() == [[data.horizontal[row], data.y[row]]]
    assert shown.view.box.rect().contains(QPointF(*shown.view.pixels(*painted[-1][0]).tolist()))
    assert bold(image) > 15
    assert shown.view.hint.endswith("bold: this batch of 1")
    painted.clear()
    # the first run sees all samples at once
    shown.show(selected=0)
    shown.pixels()
    assert painted == []
    assert "batch" not in shown.view.hint
