from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QWidget,
)

from lossviz.gui import theme
from lossviz.gui.layouts import LEAST_HEIGHT, LEAST_WIDTH
from lossviz.scene.style import LIGHT

PRODUCTS = [
    (1.0, 1280, 800),
    (1.0, 1024, 700),
    (1.0, 640, 480),
    (1.5, 1280, 800),
    (2.0, 1024, 700),
    (2.0, 1920, 1080),
    (3.0, 1920, 1080),
]
"""Size of type, and of the window. A denser screen is a smaller window: 1920 by 1440 at 300 % is 640 by 480."""


@pytest.fixture(autouse=True)
def plain_size() -> Iterator[None]:
    yield
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application, LIGHT)


def sized(desk: Any, zoom: float, width: int, height: int) -> Any:
    desk.window.choose_zoom(zoom)
    # the smallest size is known when all is laid out
    QApplication.processEvents()
    desk.window.resize(width, height)
    QApplication.processEvents()
    QApplication.processEvents()
    return desk.window


def clipped(whole: QWidget) -> Iterator[str]:
    """Tell what doesn't have the room that its text needs, and what stands out of its parent."""
    for part in whole.findChildren(QWidget):
        if not part.isVisible() or not isinstance(part, (QAbstractButton, QLabel, QComboBox, QLineEdit, QSlider)):
            continue
        if isinstance(part.parent(), (QComboBox, QLineEdit)):
            continue
        name = f"{type(part).__name__} {part.accessibleName() or getattr(part, 'text', str)()!r}"
        if not part.parentWidget().rect().contains(part.geometry()):
            yield f"{name} stands out"
        elif isinstance(part, QAbstractButton) and part.text() and part.width() < part.minimumSizeHint().width():
            yield f"{name} is {part.width()} wide, not {part.minimumSizeHint().width()}"
        elif isinstance(part, QLabel) and part.sizePolicy().horizontalPolicy() != QSizePolicy.Policy.Ignored:
            needed = part.heightForWidth(part.width()) if part.wordWrap() else part.sizeHint().height()
            if part.height() < needed - 2 or (not part.wordWrap() and part.width() < part.sizeHint().width()):
                yield f"{name} is {part.size().toTuple()}"


@pytest.mark.parametrize(("zoom", "width", "height"), PRODUCTS)
def test_that_the_window_can_be_used_at_every_size_of_type(desk: Any, zoom: float, width: int, height: int) -> None:
    window = sized(desk, zoom, width, height)
    assert (window.width(), window.height()) == (width, height)
    # panels: nothing is wider than their column, and all can be scrolled to
    column = window.side.widget()
    assert column.width() <= window.side.viewport().width()
    assert list(clipped(column)) == []
    assert list(clipped(desk.furniture.bar)) == []
    # pictures: more of the window than the panels, and each large enough
    assert window.deck.width() > window.side.width()
    seen = [window.deck.cards[name].geometry() for name in window.deck.seen]
    assert len(seen) >= 4
    assert min(card.width() for card in seen) >= min(LEAST_WIDTH * zoom, window.deck.viewport().width() - 8) - 1
    assert min(card.height() for card in seen) >= LEAST_HEIGHT * zoom - 1
    assert max(card.right() for card in seen) < window.deck.viewport().width()
    assert window.deck.scrolls == (max(card.bottom() for card in seen) >= window.deck.height())


@pytest.mark.parametrize(("zoom", "width", "height"), [(1.0, 640, 480), (1.0, 1280, 800), (2.0, 1024, 700)])
def test_that_the_conditions_of_a_descent_fit_when_all_are_open(
    desk: Any, zoom: float, width: int, height: int
) -> None:
    desk.session.edit_descent(
        schedule={"name": "one_cycle", "maximum": 0.5},
        batch_size=8,
        epochs=10.0,
        clip_value=1.0,
        average=0.9,
        check_seconds=0.1,
        loss_below=0.1,
    )
    desk.settled()
    conditions = desk.panels.run.conditions
    conditions.opener.click()
    for section in conditions.sections.values():
        section.line.click()
    window = sized(desk, zoom, width, height)
    column = window.side.widget()
    assert column.width() <= window.side.viewport().width()
    assert list(clipped(column)) == []


def test_that_cards_below_one_another_are_scrolled_by_the_wheel_and_by_keys(desk: Any) -> None:
    window = sized(desk, 2.0, 1024, 700)
    bar = window.deck.verticalScrollBar()
    assert bar.maximum() > window.deck.height()
    window.deck.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(window.deck, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    assert desk.session.step == 0
    bar.setValue(0)
    card, zoom = window.deck.cards["surface"], desk.session.experiment.view.zoom
    at = QPointF(card.viewport().mapTo(window, QPoint(100, 100)))
    QTest.wheelEvent(window.windowHandle(), at, QPoint(0, -120))
    QApplication.processEvents()
    assert bar.value() > 0
    assert desk.session.experiment.view.zoom == zoom
    # with Ctrl it is the picture's
    before = bar.value()
    at = QPointF(card.viewport().mapTo(window, QPoint(100, 200)))
    control = Qt.KeyboardModifier.ControlModifier
    QTest.wheelEvent(window.windowHandle(), at, QPoint(0, 120), QPoint(), control)
    QApplication.processEvents()
    assert bar.value() == before
    assert desk.session.experiment.view.zoom > zoom
    # what the Tab key comes to is seen
    bar.setValue(bar.maximum())
    window.deck.cards["map"].setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    card, port = window.deck.cards["map"], window.deck.viewport()
    top = card.mapTo(port, card.rect().topLeft()).y()
    assert -card.height() // 2 < top < port.height() // 2


def test_that_all_is_as_it_was_after_larger_text(desk: Any) -> None:
    def places() -> dict[str, Any]:
        parts = (*desk.window.findChildren(QLabel), *desk.window.findChildren(QAbstractButton))
        seen = [part for part in parts if part.isVisible()]
        return {f"{i} {part.text()}": (part.font().pixelSize(), part.geometry()) for i, part in enumerate(seen)}

    sized(desk, 1.0, 1280, 800)
    before = places()
    sized(desk, 2.0, 1280, 800)
    sized(desk, 1.0, 1280, 800)
    assert places() == before


@pytest.mark.parametrize("card", ["happening", "coefficients"])
def test_that_type_keeps_its_size_in_another_theme(desk: Any, card: str) -> None:
    for large in ("", card):
        desk.session.edit_view(layout="all", large=large)
        desk.window.resize(1700, 1000)
        QApplication.processEvents()
        labels = desk.window.deck.cards[card].findChildren(QLabel)
        before = [label.font().pixelSize() for label in labels]
        desk.window.toggle_theme()
        QApplication.processEvents()
        assert [label.font().pixelSize() for label in labels] == before


@pytest.mark.parametrize(("zoom", "width", "height"), [(1.0, 1280, 800), (2.0, 1024, 700)])
def test_that_the_dialogs_fit_too(desk: Any, zoom: float, width: int, height: int) -> None:
    sized(desk, zoom, width, height)
    dialogs = desk.furniture.dialogs
    dialogs.show_preferences()
    dialogs.show_export()
    dialogs.show_keys()
    QApplication.processEvents()
    for dialog in (dialogs.export, *dialogs._made.values()):
        assert dialog.minimumSizeHint().width() <= width
        assert dialog.minimumSizeHint().height() <= height
        areas = dialog.findChildren(QScrollArea)
        assert all(area.widget().width() <= area.viewport().width() for area in areas)
        dialog.close()
