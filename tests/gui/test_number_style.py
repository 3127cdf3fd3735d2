"""All that the window says, over experiments, steps and levels: every number in one style."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QAction, QPainter
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QWidget

from lossviz.experiment import Experiment, load
from lossviz.numerals import use_decimal_sign
from lossviz.scene.frame import PHASES
from lossviz.scene.happening import LEVELS
from lossviz.views import stamps

STRAY = {
    "no zero before the point": re.compile(r"(?<![\d.,])[.,]\d"),
    "a plus or a zero in an exponent": re.compile(r"\de[+−-]?0\d|\de\+"),
    "a hyphen for a minus": re.compile(r"(?<![\w)\]}])-\d|\de-\d"),
}
STRAY_OF_POINT = {
    "a decimal comma": re.compile(r"(?<![\d,])\d{1,3},(?!\d{3}(?!\d))\d|\b0,\d"),
    "four digits parted": re.compile(r"(?<![\d,.])\d,\d{3}(?![\d,])"),
}
STRAY_OF_COMMA = {
    "a decimal point": re.compile(r"\d\.\d"),
    "a list parted by commas": re.compile(r"\d,\d+, [−\d]"),
}
NO_NUMBERS = re.compile(r"https?://\S+|\S+\.(?:csv|toml|gif|png)\b|\(\d{4}\)|algorithm \d|Lecture [\d.]+|torch\.\S+")
"""What looks like one."""


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Texts that are painted, from now on."""
    texts: set[str] = set()
    draw = QPainter.drawText

    def note(painter: QPainter, *arguments: Any) -> Any:
        texts.update(part for part in arguments if isinstance(part, str))
        return draw(painter, *arguments)

    monkeypatch.setattr(QPainter, "drawText", note)
    yield texts
    use_decimal_sign(".")


def said(window: QWidget) -> Iterator[str]:
    """What widgets and actions say, seen or not."""
    for widget in window.findChildren(QWidget):
        yield from (widget.toolTip(), widget.accessibleName())
        if isinstance(widget, (QLabel, QLineEdit, QAbstractButton)):
            yield widget.text()
        if isinstance(widget, QComboBox):
            yield from (widget.itemText(i) for i in range(widget.count()))
    for action in window.findChildren(QAction):
        yield from (action.text(), action.toolTip())


def pointed(window: Any) -> Iterator[str]:
    """What is read out under the pointer."""
    for view in (window.map, window.loss, window.data, window.furniture.slice.curve, window.furniture.slice.slope):
        rect = view.box.rect()
        for x in (0.05, 0.4, 0.85):
            for y in (0.1, 0.6):
                yield view.readout_at(QPointF(x * rect.width(), y * rect.height()))


def heard(desk: Any, painted: set[str]) -> set[str]:
    """All texts of a window at several steps, levels and parts of a step."""
    session, window = desk.session, desk.window
    found: set[str] = set()
    for number, step in enumerate((0.0, 3.0, 6.5, 14.0, float(session.steps))):
        session.select(number % len(session.experiment.runs))
        desk.furniture.choose_level(LEVELS[number % len(LEVELS)])
        for phase in ("", PHASES[number % len(PHASES)]):
            session.see_step(step, phase)
            stamps._kept.clear()
            window.grab()
            found.update(said(window), pointed(window))
    return {NO_NUMBERS.sub("", unescape(re.sub(r"<[^>]*>", " ", text))) for text in found | painted}


def one_of_each(name: str) -> Experiment:
    """An experiment with all cards, a picked point, and a run that diverges."""
    experiment = load(name)
    view = msgspec.structs.replace(experiment.view, layout="all", hidden=(), point=(0.123456, -1.5))
    runs = tuple(experiment.runs)
    wild = msgspec.structs.replace(
        runs[0], optimizer="gradient_descent", name="", hyperparameters={"learning_rate": 12.5}
    )
    return msgspec.structs.replace(experiment, view=view, runs=(*runs, wild))


@pytest.mark.parametrize(
    ("name", "sign"), [("four-learning-rates", "."), ("logistic", "."), ("raw-age", ","), ("one-parameter", ",")]
)
def test_that_all_numbers_that_are_seen_are_of_one_style(
    name: str, sign: str, painted: set[str], desk_on: Callable[[Experiment], Any]
) -> None:
    use_decimal_sign(sign)
    desk = desk_on(one_of_each(name))
    texts = heard(desk, painted)
    assert len(texts) > 300
    patterns = STRAY | (STRAY_OF_POINT if sign == "." else STRAY_OF_COMMA)
    assert [f"{why}: {text!r}" for why, pattern in patterns.items() for text in texts if pattern.search(text)] == []
    assert sum(f"0{sign}" in text for text in texts) > 20
