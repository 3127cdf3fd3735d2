from collections.abc import Callable
from typing import Any

import numpy as np
from PySide6.QtWidgets import QApplication

from lossviz.experiment import load


def test_that_two_classes_are_told_as_two_weights_and_a_picked_point_is_a_boundary(desk_on: Callable[..., Any]) -> None:
    desk = desk_on(load("two-classes"))
    deck, panels = desk.window.deck, desk.panels
    assert {"data", "coefficients"} <= deck.seen
    QApplication.processEvents()
    assert panels.surface.values["Feature x"].text() == "x1 and x2"
    assert panels.surface.formula.text().startswith("L(w₁, w₂) = min over b of ")
    assert panels.run.start.w.accessibleName() == "Start, weight w₁"
    assert panels.surface.data.penalties.isHidden()
    assert deck.cards["coefficients"].names[0][0].text() == "slope along x1"

    before = np.asarray(desk.session.scene.surface.loss(3.0, -1.0))
    desk.window.map.point_picked.emit(3.0, -1.0)
    QApplication.processEvents()
    assert desk.session.experiment.view.point == (3.0, -1.0)
    assert deck.cards["coefficients"].equation.text().endswith(" + 3.000·x1 − 1.000·x2")
    assert deck.cards["coefficients"].numbers[2][0].text() == f"{float(before):.4f}"

    desk.session.open(load("logistic"))
    desk.settled()
    QApplication.processEvents()
    assert panels.run.start.w.accessibleName() == "Start, weight w"
    assert not panels.surface.data.penalties.isHidden()
    assert panels.surface.values["Feature x"].text() == "(lwt − 130)/30"
