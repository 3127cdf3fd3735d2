from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from lossviz.gui import theme
from lossviz.gui.chooser import Chooser
from lossviz.scene.style import LIGHT

LONG = "Birth weight over the mother's age, standardised"


@pytest.fixture
def chooser(qtbot: Any) -> Chooser:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application, LIGHT)
    made = Chooser()
    qtbot.addWidget(made)
    made.setToolTip("What is seen")
    made.addItems([LONG, "Short"])
    made.resize(140, 28)
    made.show()
    return made


def tip(chooser: Chooser) -> str:
    at = QPoint(20, 10)
    QApplication.sendEvent(chooser, QHelpEvent(QEvent.Type.ToolTip, at, chooser.mapToGlobal(at)))
    return QToolTip.text()


def test_that_a_title_too_long_ends_with_dots_and_is_told_whole(chooser: Chooser) -> None:
    assert chooser.cut
    assert chooser._elided().endswith("…")
    assert chooser.fontMetrics().horizontalAdvance(chooser._elided()) < chooser.width() - 20
    assert tip(chooser) == f"{LONG}\nWhat is seen"
    chooser.resize(500, 28)
    assert not chooser.cut


def test_that_one_that_fits_is_left_as_it_is(chooser: Chooser) -> None:
    chooser.setCurrentIndex(1)
    assert not chooser.cut
    assert chooser._elided() == "Short"
    assert tip(chooser) == "What is seen"


def test_that_the_name_of_what_is_not_in_the_list_is_cut_too(chooser: Chooser) -> None:
    chooser.setPlaceholderText(LONG)
    chooser.setCurrentIndex(-1)
    assert chooser._elided().endswith("…")
    assert tip(chooser).startswith(LONG)


def test_that_the_wheel_chooses_nothing_in_passing(chooser: Chooser) -> None:
    chooser.clearFocus()
    at = QPointF(20, 10)
    none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, chooser.mapToGlobal(at), QPoint(), QPoint(0, -120), *none, False)
    QApplication.sendEvent(chooser, event)
    assert chooser.currentIndex() == 0
    assert not event.isAccepted()


def test_that_letters_choose_in_the_open_list_alone_and_else_are_left_to_the_window(chooser: Chooser) -> None:
    QTest.keyClicks(chooser, "s")
    assert chooser.currentIndex() == 0
    chooser.showPopup()
    QTest.keyClicks(chooser.view(), "s")
    QTest.keyClick(chooser.view(), Qt.Key.Key_Return)
    assert chooser.currentText() == "Short"
    QTest.keyClick(chooser, Qt.Key.Key_Up)
    assert chooser.currentIndex() == 0
