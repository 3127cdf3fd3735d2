from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from lossviz.experiment import load
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.scene.frame import frame_of_step
from lossviz.scene.style import STYLES
from lossviz.views import departures
from lossviz.views.map_view import MapView

MEMORY = Memory()


@pytest.fixture
def leaving(qapp: Any) -> Any:
    """The map of some runs that are all too fast."""

    def make(count: int, step: float) -> tuple[MapView, list[departures.Departure]]:
        experiment = load("four-learning-rates")
        runs = tuple(
            msgspec.structs.replace(experiment.runs[0], name="", hyperparameters={"learning_rate": 0.9 + 0.01 * i})
            for i in range(count)
        )
        view = MapView(STYLES["light"])
        view.resize(480, 400)
        view.draw(frame_of_step(scene_of(msgspec.structs.replace(experiment, runs=runs), 33, MEMORY), step))
        assert view.frame is not None
        found = [departures.left(view, ball) for ball in view.frame.balls]
        return view, [each for each in found if each is not None]

    return make


def written(view: MapView, gone: list[departures.Departure], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    texts: list[str] = []
    monkeypatch.setattr(departures, "halo_text", lambda painter, at, text, *rest: texts.append(text))
    image = QImage(480, 400, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    departures.paint_departures(painter, view, gone)
    painter.end()
    return texts


def test_that_nobody_has_left_before_the_step_that_leads_off_the_map(leaving: Any) -> None:
    view, gone = leaving(1, 60)
    step = int(gone[0].text.split("step ")[1].split(",")[0])
    path = view.frame.scene.descents[0].trajectory.path
    domain = view.frame.scene.surface.domain
    assert domain.contains(*path[step - 1])
    assert not domain.contains(*path[step])
    assert leaving(1, step - 0.5)[1] == []
    assert len(leaving(1, step)[1]) == 1


def test_that_the_arrow_stands_on_the_edge_and_points_outward(leaving: Any) -> None:
    view, gone = leaving(4, 60)
    rect = view.box.rect()
    for each in gone:
        x, y = each.at.tolist()
        edges = (abs(x), abs(y), abs(rect.width() - x), abs(rect.height() - y))
        assert min(edges) < 1e-6
        assert float(np.hypot(*each.direction)) == pytest.approx(1.0)
        beyond = each.at + 2.0 * each.direction
        assert not (0 <= beyond[0] <= rect.width() and 0 <= beyond[1] <= rect.height())


@pytest.mark.parametrize(("count", "lines", "last"), [(2, 2, "rate 0.91"), (4, 4, "rate 0.93"), (9, 4, "and 6 more")])
def test_that_each_departure_has_a_line_and_a_crowd_is_counted(
    leaving: Any, monkeypatch: pytest.MonkeyPatch, count: int, lines: int, last: str
) -> None:
    texts = written(*leaving(count, 60), monkeypatch)
    assert len(texts) == lines
    assert texts[-1].startswith(last)
    assert texts[0].startswith("rate 0.9 left at step ")
