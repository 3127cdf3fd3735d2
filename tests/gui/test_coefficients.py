from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication, QLabel

from lossviz.experiment import load
from lossviz.gui import theme
from lossviz.gui.panels.coefficients_panel import CoefficientsPanel
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.scene.frame import Frame, frame_of_step
from lossviz.scene.style import DARK, LIGHT

MEMORY = Memory()


def frame(name: str = "four-learning-rates", step: float = 14, **view: Any) -> Frame:
    experiment = load(name)
    looked = msgspec.structs.replace(experiment.view, **view)
    return frame_of_step(scene_of(msgspec.structs.replace(experiment, view=looked), 5, MEMORY), step)


@pytest.fixture
def panel(qtbot: Any) -> CoefficientsPanel:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application, LIGHT)
    made = CoefficientsPanel()
    qtbot.addWidget(made)
    # the smallest it gets, in a window of 1280 by 800 that shows all cards
    made.resize(238, 330)
    made.show()
    return made


def texts(panel: CoefficientsPanel) -> list[list[str]]:
    return [[label.text() for label in row] for row in panel.numbers]


def test_that_the_panel_shows_this_line_beside_least_squares(panel: CoefficientsPanel) -> None:
    panel.show_frame(frame(point=(0.6, 2.2)))
    assert panel.equation.text() == "bwt = 1120 + 60.00·age"
    assert [head.text() for head in panel.heads] == ["this line", "least squares", "difference"]
    assert [(name.text(), unit.text()) for name, unit in panel.names] == [
        ("slope", "g per year"),
        ("intercept", "g at age 0"),
        ("RMSE", "g"),
    ]
    births = load("four-learning-rates").build_surface().data.dataset
    age, bwt = births["age"], births["bwt"]
    slope, intercept = np.polyfit(age, bwt, 1)
    least = np.sqrt(np.mean((bwt - slope * age - intercept) ** 2))
    here = np.sqrt(np.mean((bwt - 60.0 * age - 1120.0) ** 2))
    assert texts(panel) == [
        ["60.00", f"{slope:.2f}", f"+{60.0 - slope:.2f}"],
        ["1120", f"{intercept:.0f}", f"−{intercept - 1120.0:.0f}"],
        [f"{here:.1f}", f"{least:.1f}", f"+{here - least:.1f}"],
    ]
    assert panel.note.text() == "the picked line · 189 births"


def test_that_it_follows_the_selected_run_where_no_point_is_picked(panel: CoefficientsPanel) -> None:
    panel.show_frame(frame(step=0))
    at_start = panel.equation.text()
    panel.show_frame(frame(step=200, selected=1))
    assert panel.equation.text() == "bwt = 2656 + 12.43·age" != at_start
    assert panel.note.text() == "rate 0.36 at step 200 · 189 births"
    assert [row[2] for row in texts(panel)] == ["0", "0", "0"]


def test_that_the_best_line_is_kept_back_with_the_future(panel: CoefficientsPanel) -> None:
    panel.show_frame(frame(hide_future=True))
    assert [row[1:] for row in texts(panel)] == [["–", "–"]] * 3
    assert panel.note.text().endswith("the best line is kept back")
    assert "2656" not in " ".join(label.text() for label in panel.findChildren(QLabel))


def test_that_a_logistic_model_has_log_odds_and_maximum_likelihood(panel: CoefficientsPanel) -> None:
    panel.show_frame(frame("logistic", point=(-1.2, -0.6)))
    assert panel.equation.text() == "log-odds = 4.600 − 0.04·lwt"
    assert panel.heads[1].text() == "maximum likelihood"
    assert [name.text() for name, _ in panel.names] == ["slope", "intercept", "cross-entropy"]


def test_that_only_texts_that_changed_are_set(panel: CoefficientsPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    panel.show_frame(frame(point=(0.6, 2.2)))
    touched = []
    plain = QLabel.setText
    monkeypatch.setattr(QLabel, "setText", lambda label, text: (touched.append(text), plain(label, text)))
    panel.show_frame(frame(point=(0.6, 2.2), azimuth=20.0))
    assert touched == []
    panel.show_frame(frame(point=(0.6, 2.3)))
    assert "1220" in touched
    assert "slope" not in touched


@pytest.mark.parametrize("name", ["four-learning-rates", "logistic", "line-and-point"])
def test_that_every_number_fits_in_the_narrowest_card(panel: CoefficientsPanel, name: str) -> None:
    for point in ((0.6, 2.2), (-123.456, 1234.5), (1e-7, -3e-9)):
        panel.show_frame(frame(name, point=point))
        QApplication.processEvents()
        for label in (label for row in panel.numbers for label in row):
            assert QFontMetricsF(label.font()).horizontalAdvance(label.text()) <= label.width(), label.text()
        for head in panel.heads:
            longest = max(head.text().split(), key=len)
            assert QFontMetricsF(head.font()).horizontalAdvance(longest) <= head.width(), longest


def test_that_the_copied_numbers_are_exact_and_separated_by_tabs(panel: CoefficientsPanel) -> None:
    assert panel.copy_text() == ""
    panel.show_frame(frame("line-and-point", point=(0.1, 5.0)))
    lines = [line.split("\t") for line in panel.copy_text().splitlines()]
    assert [float(lines[i][1]) for i in (1, 2)] == [0.1, 5.0]
    assert float(lines[3][1]) == pytest.approx(1.58324, abs=5e-6)
    assert lines[0][1:] == ["the picked line", "least squares", "difference"]


def test_that_the_title_and_the_equation_keep_their_type_in_another_theme(panel: CoefficientsPanel) -> None:
    panel.show_frame(frame())
    before = [(label.font().pixelSize(), label.font().weight()) for label in (panel.equation, *panel.heads)]
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application, DARK)
    QApplication.processEvents()
    after = [(label.font().pixelSize(), label.font().weight()) for label in (panel.equation, *panel.heads)]
    assert after == before


def test_that_a_card_seen_alone_has_larger_type_and_a_wider_table(panel: CoefficientsPanel) -> None:
    panel.show_frame(frame(point=(0.6, 2.2)))
    QApplication.processEvents()
    small = [label.font().pixelSize() for label in panel.findChildren(QLabel)]
    wide = panel.numbers[0][2].geometry().right()
    panel.resize(950, 700)
    QApplication.processEvents()
    large = [label.font().pixelSize() for label in panel.findChildren(QLabel)]
    assert large[0] == small[0]
    assert all(b >= 2 * a for a, b in zip(small[1:], large[1:], strict=True))
    assert panel.numbers[0][2].geometry().right() > 2 * wide
    for label in (*panel.heads, *(label for row in panel.numbers for label in row)):
        assert QFontMetricsF(label.font()).horizontalAdvance(label.text()) <= label.width(), label.text()
    panel.resize(238, 330)
    QApplication.processEvents()
    assert [label.font().pixelSize() for label in panel.findChildren(QLabel)] == small
