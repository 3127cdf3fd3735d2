"""Rates of PyTorch's, Keras's and Optax's own schedules: tests/reference/schedules has them, and what made them."""

import json
from pathlib import Path

import numpy as np
import pytest

import lossviz as lv
from lossviz.rules.schedules import schedule_conventions

with np.load(Path(__file__).parents[2] / "reference" / "schedules" / "rates.npz") as stored:
    STORED = dict(stored)
ABOUT = json.loads(str(STORED["about"]))
ROWS = iter(np.split(STORED["rows"], np.cumsum(STORED["lengths"])[:-1]))
CASES = [(case, next(ROWS), next(ROWS) if case["momenta"] else None) for case in ABOUT["cases"]]
PLATEAUS = [(case, next(ROWS)) for case in ABOUT["plateaus"]]

RELATIVE = 1e-12
LAST_BIT_OF_COSINE = 2e-16
"""How far one library's cos may be from another's: all of it is to be seen where the rate itself is almost 0."""


def name(case):
    return f"{case['convention']}-{case['schedule']}"


@pytest.mark.parametrize(("case", "rates", "momenta"), CASES, ids=[name(case) for case, *_ in CASES])
def test_that_rates_are_the_librarys_own(case, rates, momenta):
    schedule = lv.schedule(case["schedule"], convention=case["convention"], **case["params"])
    assert schedule.convention == case["convention"]
    ours = schedule.rates(len(rates), case["base"])
    far = 0.0 if case["convention"] == "pytorch" else LAST_BIT_OF_COSINE * np.max(rates)
    np.testing.assert_allclose(ours, rates, rtol=RELATIVE, atol=far)
    if momenta is None:
        assert schedule.momentum(0) is None
    else:
        np.testing.assert_allclose(schedule.momentum(np.arange(len(rates))), momenta, rtol=RELATIVE)


@pytest.mark.parametrize(("case", "rates"), PLATEAUS)
def test_that_a_follower_lowers_the_rate_when_the_library_does(case, rates):
    schedule = lv.schedule("reduce_on_plateau", convention=case["convention"], **case["params"])
    follower = schedule.begin(case["base"])
    ours = []
    for loss in STORED["losses"]:
        follower.see(loss)
        ours.append(follower.rate)
    np.testing.assert_allclose(ours, rates, rtol=RELATIVE)
    # it would pass if nothing ever happened
    assert len(set(ours)) > 1


def test_that_every_schedule_of_every_library_was_asked_for_with_its_defaults_and_without():
    asked = {}
    for case, *_ in CASES:
        asked.setdefault((case["schedule"], case["convention"]), []).append(case["params"])
    asked |= {("reduce_on_plateau", case["convention"]): [{}, {}] for case, _ in PLATEAUS}
    assert set(asked) == {(name, way) for name in lv.schedules() for way in schedule_conventions(name)}
    assert [ways for ways in asked if len(asked[ways]) < 2] == []
    assert ABOUT["versions"]["torch"].startswith("2.13")
    assert ABOUT["versions"]["keras"].startswith("3.15")
    assert ABOUT["versions"]["optax"].startswith("0.2.8")
