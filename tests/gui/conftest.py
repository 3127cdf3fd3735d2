from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyqtgraph as pg
import pytest
from PySide6.QtWidgets import QApplication

from lossviz.experiment import Experiment, load
from lossviz.gui import theme
from lossviz.gui.backend import Backend
from lossviz.gui.main_window import MainWindow
from lossviz.gui.session import Session
from lossviz.scene.style import LIGHT


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let every story of the window be played on both legs, but the monkey's, which is long."""
    for item in items:
        if Path(__file__).parent in item.path.parents and item.path.name != "test_monkey.py":
            item.add_marker(pytest.mark.window)


class Desk:
    """A window on an experiment, as the app makes it, and what tests do with it again and again."""

    def __init__(self, qtbot: Any, experiment: Experiment) -> None:
        self.qtbot = qtbot
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.apply(application, LIGHT)
        self.backend = Backend()
        self.session = Session(experiment, self.backend)
        self.session.start(wait=True)
        self.window = MainWindow(self.session, self.backend, LIGHT)
        qtbot.addWidget(self.window)
        self.window.show()
        # an X server without a window manager gives the keys to nobody by itself
        self.window.activateWindow()
        qtbot.waitUntil(lambda: self.window.furniture is not None and not self.session.busy, timeout=20_000)

    @property
    def panels(self) -> Any:
        assert self.window.furniture is not None
        return self.window.furniture.panels

    @property
    def furniture(self) -> Any:
        return self.window.furniture

    def settled(self) -> None:
        """Wait until nothing is being computed."""
        self.qtbot.waitUntil(lambda: not self.session.busy, timeout=20_000)

    def rate(self, number: int) -> float:
        return float(self.session.experiment.runs[number].rule().learning_rate)


@pytest.fixture
def desk_on(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Experiment], Desk]]:
    # pyqtgraph drops moves less than 10 ms after the one before: a test's hand is quicker
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", -1)
    desks: list[Desk] = []

    def make(experiment: Experiment) -> Desk:
        desks.append(Desk(qtbot, experiment))
        return desks[-1]

    yield make
    for desk in desks:
        desk.window.document.give_up()
        desk.window.close()
        assert desk.backend.close()


@pytest.fixture
def desk(desk_on: Callable[[Experiment], Desk]) -> Desk:
    return desk_on(load("four-learning-rates"))
