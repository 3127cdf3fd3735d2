"""The picture of a range test."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from lossviz.experiment import load
from lossviz.jobs.memory import Memory
from lossviz.jobs.messages import TryRates
from lossviz.jobs.rates import alone
from lossviz.jobs.tasks import perform
from lossviz.landscape.work import completed
from lossviz.numerals import short
from lossviz.scene.rates import RatesSeen, rates_seen
from lossviz.scene.style import STYLES
from lossviz.views.rate_labels import places
from lossviz.views.rates_view import RatesView

MEMORY = Memory()


@pytest.fixture(autouse=True)
def application(qapp: Any) -> None:
    """A view needs the application of the tests."""


def seen_of(name: str = "four-learning-rates", number: int = 2, log: bool = False) -> RatesSeen:
    experiment = load(name)
    test = completed(perform(TryRates(1, alone(experiment, number), 1e-5, 10.0, 200), MEMORY))
    return rates_seen(experiment, number, test, 1e-5, 10.0, log)


def drawn(seen: RatesSeen, width: int = 420, height: int = 340) -> RatesView:
    view = RatesView(STYLES["light"])
    view.resize(width, height)
    view.show_rates(seen)
    return view


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize(("name", "number"), [("four-learning-rates", 2), ("batches", 3), ("optimizers-race", 0)])
def test_that_the_curve_before_it_runs_away_lies_below_the_labels(name: str, number: int, log: bool) -> None:
    seen = seen_of(name, number, log)
    view = drawn(seen)
    rows = 1 + max(place.row for place in view._places)
    before = seen.test.rates < (seen.test.blow_up or np.inf)
    smoothed = view.curve(seen.test.smoothed)[:, 1][before[: len(view.curve(seen.test.smoothed))]]
    assert np.all(smoothed > rows * view._row)
    assert np.all(smoothed < view.box.rect().height() - view._row)


def test_that_equal_factors_of_the_rate_are_equal_distances() -> None:
    view = drawn(seen_of())
    assert np.allclose(np.diff([view._x(rate) for rate in (1e-4, 1e-3, 1e-2, 1e-1)]), view._x(1e-3) - view._x(1e-4))
    assert view._names == ("learning rate, log", "loss (kg²)")


def test_that_the_knob_stands_at_the_present_rate_and_at_the_edge_where_that_lies_beyond() -> None:
    seen = seen_of()
    view = drawn(seen)
    assert view.handle.pos().x() == pytest.approx(view._x(0.71))
    assert view.values_at(QPointF(view.handle.pos().x(), 0.0))[0] == pytest.approx(0.71)
    view.show_rates(RatesSeen(seen.test, seen.low, seen.high, 50.0, 2, "far"))
    assert view.handle.pos().x() == pytest.approx(view.box.rect().width())


def test_that_a_hand_means_a_round_rate_between_the_ends(heard: Any) -> None:
    view = drawn(seen_of())
    said = heard(view.grasped, view.rate_asked, view.released)
    view.pad.clicked.emit(QPointF(view._x(0.31), 50.0))
    assert [number for number, *_ in said] == [0, 1, 2]
    rate = said[1][1]
    assert rate == pytest.approx(0.31, rel=0.06)
    assert len(f"{rate:g}".lstrip("0.")) <= 2
    view.pad.pulled.emit(QPointF(0, 0), QPointF(1e4, 0))
    assert said[-1] == (1, 10.0)


def test_that_showing_asks_for_nothing(heard: Any) -> None:
    view = RatesView(STYLES["light"])
    view.resize(420, 340)
    said = heard(view.grasped, view.rate_asked, view.released)
    view.show_rates(seen_of())
    view.restyle(STYLES["dark"], 1.5)
    view.show_rates(None)
    assert said == []


def test_that_keys_go_to_round_rates_nearby(heard: Any) -> None:
    view = drawn(seen_of())
    said = heard(view.grasped, view.rate_asked, view.released)
    view.handle.step(1, 0, False)
    view.handle.step(1, 0, False)
    view.handle.step(-1, 0, True)
    view.handle.let_go()
    assert said == [(0,), (1, 0.72), (1, 0.73), (1, 0.7), (2,)]
    assert "0.7" in view.handle.told


def test_that_what_is_pointed_at_is_told() -> None:
    seen = seen_of()
    view = drawn(seen)
    rate, loss = float(seen.test.rates[40]), float(seen.test.losses[40])
    assert view.readout_at(QPointF(view._x(rate) + 0.2, 20.0)).startswith(
        f"rate {short(rate)}: loss {short(loss, 4)}, "
    )


def test_that_labels_lie_over_none_and_inside() -> None:
    lines = [(20.0, 100.0), (60.0, 120.0), (150.0, 90.0), (280.0, 60.0), (290.0, 80.0)]
    found = places(lines, 300.0, 5.0)
    for i, ((_, width), place) in enumerate(zip(lines, found, strict=True)):
        assert place.left >= 0.0
        assert place.left + width <= 300.0
        for (_, wide), other in zip(lines[:i], found, strict=False):
            apart = place.left >= other.left + wide or other.left >= place.left + width
            assert apart or place.row != other.row
    assert found[0].row == 0
    assert places([], 300.0, 5.0) == []
