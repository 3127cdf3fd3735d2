from typing import Any

import pytest

from lossviz.experiment import load
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.scene.frame import frame_of_step
from lossviz.scene.style import LIGHT
from lossviz.views.axes_note import TEXTS, WHOLE
from lossviz.views.map_view import MapView

MEMORY = Memory()


@pytest.fixture
def chart(qapp: Any) -> MapView:
    made = MapView(LIGHT)
    made.setGeometry(0, 0, 700, 400)
    return made


def frame(phase: str) -> Any:
    return frame_of_step(scene_of(load("four-learning-rates"), 33, MEMORY), 3, phase)


def test_that_the_note_stands_where_an_arrow_of_the_slope_seems_to_lean(chart: MapView) -> None:
    for phase, said in {"": False, "slope": True, "rate": True, "move": False, "check": False}.items():
        chart.draw(frame(phase))
        assert chart.note.isVisible() == said
    assert chart.note.toolTip() == WHOLE


def test_that_there_is_no_note_where_one_unit_is_as_long_on_both_axes(chart: MapView) -> None:
    chart.draw(frame("slope"))
    domain = chart.frame.scene.surface.domain  # type: ignore[union-attr]
    rect = chart.box.rect()
    chart.show_range(domain.w, (0.0, (domain.w[1] - domain.w[0]) * rect.height() / rect.width()))
    assert not chart.note.isVisible()


@pytest.mark.parametrize("width", [240, 330, 480, 700])
def test_that_the_note_is_as_full_as_there_is_room_for_and_no_label_covers_it(chart: MapView, width: int) -> None:
    chart.setGeometry(0, 0, width, 220)
    chart.draw(frame("slope"))
    room = chart.note.room
    assert chart.box.rect().contains(room)
    assert room in chart._obstacles()
    assert (chart.note._text == TEXTS[0]) == (width >= 480)
