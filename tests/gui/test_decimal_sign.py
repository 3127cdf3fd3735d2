from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication, QLineEdit

from lossviz.experiment import dumps, load
from lossviz.gui import clipboard
from lossviz.gui.export_job import ExportOptions, command
from lossviz.gui.preferences import Preferences
from lossviz.gui.settings import DECIMALS, Settings
from lossviz.numerals import use_decimal_sign


@pytest.fixture
def comma() -> Iterator[None]:
    use_decimal_sign(",")
    yield
    use_decimal_sign(".")


@pytest.fixture
def german() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("de_DE"))
    yield
    QLocale.setDefault(before)


@pytest.mark.usefixtures("german")
def test_that_the_sign_is_that_of_the_desktop_unless_a_person_has_chosen_one() -> None:
    settings = Settings()
    assert settings.decimal_sign == ","
    settings.keep("decimal", "point")
    assert settings.decimal_sign == "."
    QLocale.setDefault(QLocale("en_US"))
    settings.keep("decimal", "comma")
    assert settings.decimal_sign == ","
    settings.keep("decimal", "system")
    assert settings.decimal_sign == "."


def test_that_the_choice_is_kept(desk: Any, qtbot: Any) -> None:
    preferences = Preferences(desk.window)
    qtbot.addWidget(preferences)
    assert preferences.decimal.currentIndex() == DECIMALS.index("system")
    preferences.decimal.setCurrentIndex(DECIMALS.index("comma"))
    preferences.decimal.activated.emit(DECIMALS.index("comma"))
    assert desk.window.settings.decimal_sign == ","


@pytest.mark.usefixtures("comma")
def test_that_what_is_shown_can_be_typed_again(desk: Any) -> None:
    rate = desk.panels.run.fields[0]
    desk.session.select(2)
    assert rate.entry.text() == "0,71"
    rate.entry.setText("1,25e−1")
    rate.entry.setModified(True)
    rate.entry.editingFinished.emit()
    desk.settled()
    assert desk.rate(2) == 0.125
    assert rate.entry.text() == "0,125"
    start: QLineEdit = desk.panels.run.start.w
    assert start.text() == "−2,2"


@pytest.mark.usefixtures("comma")
def test_that_machines_get_points(desk: Any) -> None:
    desk.session.see_step(14)
    table = clipboard.numbers(desk.session.frame).splitlines()
    assert [float(cell) for cell in table[1].split("\t")[2:]]
    assert dumps(desk.session.experiment) == dumps(load("four-learning-rates"))
    desk.session.edit_view(large="coefficients", point=(0.1, 5.5))
    desk.furniture.menus.numbers_asked.emit()
    numbers = [line.split("\t") for line in QApplication.clipboard().text().splitlines()]
    # kg per 10 years are 100 g per year
    assert float(numbers[1][1]) == pytest.approx(100 * 0.1)


def test_that_a_picture_is_exported_with_the_sign_of_the_window(comma: None) -> None:
    assert "--decimal=comma" in command(ExportOptions("a.gif"))
    use_decimal_sign(".")
    assert not any("--decimal" in part for part in command(ExportOptions("a.gif")))
