from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lossviz.experiment import load

LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class Table:
    """The window in the layout "line and point", and a hand over its map and its data."""

    def __init__(self, desk: Any) -> None:
        self.desk, self.session = desk, desk.session
        self.map, self.data = desk.window.map, desk.window.data

    def port(self, view: Any) -> Any:
        return view.scene().views()[0]

    def at(self, view: Any, x: float, y: float) -> QPoint:
        pixel = QPointF(*view.pixels(np.array(x), np.array(y)).tolist())
        return self.port(view).mapFromScene(view.box.mapToScene(pixel))

    def click(self, view: Any, x: float, y: float, button: Qt.MouseButton = LEFT) -> None:
        QTest.mouseClick(self.port(view).viewport(), button, NO_KEY, self.at(view, x, y))

    def drag(self, view: Any, *places: tuple[float, float]) -> None:
        port, points = self.port(view).viewport(), [self.at(view, *place) for place in places]
        QTest.mouseMove(port, points[0])
        QTest.mousePress(port, LEFT, NO_KEY, points[0])
        for point in points[1:]:
            at, out = QPointF(point), QPointF(port.mapToGlobal(point))
            move = QMouseEvent(QEvent.Type.MouseMove, at, out, Qt.MouseButton.NoButton, LEFT, NO_KEY)
            QApplication.sendEvent(port, move)
        QTest.mouseRelease(port, LEFT, NO_KEY, points[-1])

    @property
    def point(self) -> Any:
        return self.session.experiment.view.point


@pytest.fixture
def table(desk_on: Callable[..., Any]) -> Table:
    experiment = load("line-and-point")
    view = msgspec.structs.replace(experiment.view, point=None)
    made = Table(desk_on(msgspec.structs.replace(experiment, view=view)))
    QApplication.processEvents()
    return made


def test_that_a_click_on_the_map_shows_its_line_and_coefficients_and_computes_nothing(table: Table) -> None:
    before = table.session.scene
    table.click(table.map, 0.1, 5.0)
    assert not table.session.busy
    assert table.session.scene.descents is before.descents
    w, b = table.point
    assert (w, b) == pytest.approx((0.1, 5.0), abs=0.06)
    panel = table.desk.furniture.coefficients
    assert [row[0].text() for row in panel.numbers[:2]] == [f"{w:.4g}", f"{b:.3f}"]
    assert panel.note.text() == "the picked line · 8 births"


def test_that_a_line_drawn_through_two_births_is_a_point_on_the_map_and_one_undo(table: Table) -> None:
    count = table.session.history.count()
    # (19, 7.60) and (31, 9.20)
    table.drag(table.data, (19.0, 7.6), (22.0, 8.2), (26.0, 8.0), (31.0, 9.2))
    expected = np.polyfit([19.0, 31.0], [7.6, 9.2], 1)
    assert table.point == pytest.approx(expected, abs=0.1)
    assert table.map.mark.isVisible()
    assert table.map.mark.pos().x() == pytest.approx(float(table.map.pixels(*map(np.array, table.point))[0]))
    assert table.session.history.count() == count + 1
    table.session.history.undo()
    assert table.point is None
    assert not table.map.mark.isVisible()


def test_that_dragging_the_mark_on_the_map_is_one_undo_too(table: Table) -> None:
    table.click(table.map, 0.1, 5.0)
    first, count = table.point, table.session.history.count()
    table.drag(table.map, table.point, (0.2, 6.0), (0.3, 8.0), (0.3, 10.0))
    assert table.point == pytest.approx((0.3, 10.0), abs=0.06)
    assert table.session.history.count() == count + 1
    table.session.history.undo()
    assert table.point == first


def test_that_a_right_click_on_the_mark_takes_the_point_away(table: Table) -> None:
    table.click(table.map, 0.1, 5.0)
    assert table.point is not None
    table.click(table.map, *table.point, Qt.MouseButton.RightButton)
    assert table.point is None


def test_that_an_upright_line_leaves_everything_as_it_was(table: Table) -> None:
    count = table.session.history.count()
    table.drag(table.data, (28.0, 7.0), (28.0, 9.0), (28.0, 11.0))
    assert table.point is None
    assert table.session.history.count() == count
