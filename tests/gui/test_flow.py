import itertools
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QSizePolicy, QWidget

from lossviz.gui.panels.flow import Flow


@pytest.fixture
def row(qtbot: Any) -> tuple[QWidget, list[QWidget]]:
    """A name, an entry, and two buttons that are not parted."""
    whole = QWidget()
    flow = Flow(spacing=6, parent=whole)
    entry = QLineEdit()
    entry.setMinimumWidth(60)
    parts = [QLabel("Start"), entry, QPushButton("One"), QPushButton("Another")]
    for button in parts[2:]:
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    flow.add(parts[0])
    flow.add(parts[1])
    flow.add(*parts[2:])
    qtbot.addWidget(whole)
    whole.show()
    return whole, parts


def tops(whole: QWidget, parts: list[QWidget], width: int) -> list[int]:
    whole.resize(width, whole.layout().heightForWidth(width))
    QApplication.processEvents()
    for one, other in itertools.combinations(parts, 2):
        assert not one.geometry().intersects(other.geometry())
    for part in parts:
        assert whole.rect().contains(part.geometry())
    return [part.geometry().center().y() // 10 for part in parts]


def test_that_all_stand_in_one_row_where_there_is_room_and_what_may_grow_fills_it(row: Any) -> None:
    whole, parts = row
    assert len(set(tops(whole, parts, 500))) == 1
    assert parts[-1].geometry().right() == whole.rect().right()
    assert parts[1].width() > 200


def test_that_a_row_breaks_and_keeps_together_what_belongs_together(row: Any) -> None:
    whole, parts = row
    needed = whole.layout().minimumSize().width()
    first, second, third, fourth = tops(whole, parts, needed)
    assert first <= second < third == fourth
    assert whole.layout().heightForWidth(needed) > whole.layout().heightForWidth(500)


def test_that_what_is_hidden_takes_no_room(row: Any) -> None:
    whole, parts = row
    before = whole.layout().sizeHint().width()
    parts[2].hide()
    QApplication.processEvents()
    assert whole.layout().sizeHint().width() == before - parts[2].sizeHint().width() - 6
