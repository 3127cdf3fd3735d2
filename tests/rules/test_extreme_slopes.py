"""Slopes that overflow, vanish or are none: no rule raises or warns, in numbers and in arrays alike."""

import itertools

import numpy as np
import pytest

import lossviz as lv
from lossviz.rules import CATALOGUE, conventions, rule_class
from lossviz.rules.componentwise import Componentwise

WAYS = [
    (name, convention, switches)
    for name in CATALOGUE
    for convention in conventions(name)
    if issubclass(rule_class(name, convention), Componentwise)
    for switches in ({}, {p.name: not p.default for p in rule_class(name, convention).params() if p.switch})
]
EXTREMES = (0.0, 1.0, -1e-320, 1e200, -1e300, np.inf, np.nan)


@pytest.mark.parametrize("zero", [False, True], ids=["as by default", "with nothing that keeps divisions finite"])
@pytest.mark.parametrize(("name", "convention", "switches"), WAYS)
def test_that_no_slope_is_too_much(name, convention, switches, zero):
    params = rule_class(name, convention).params()
    small = {p.name: 0.0 for p in params if zero and p.name in ("epsilon", "epsilon_root") and not p.open_low}
    rule = lv.optimizer(name, convention=convention, **switches, **small)
    slopes = np.array([*itertools.product(EXTREMES, repeat=3)]).T
    theta = np.ones((1, slopes.shape[1]))
    state = rule.init(theta)
    numbers = [[1.0, tuple(float(p[0]) if np.ndim(p) else p for p in rule.init(np.ones(1)))] for _ in slopes.T]
    for row in slopes:
        # as the loops do
        with np.errstate(all="ignore"):
            theta, state = rule.follow(row[None], theta, rule.learning_rate, state)
            told = rule.told(rule.learning_rate, state)
        assert all(value.shape == theta.shape for value in told.values())
        for run, slope in zip(numbers, row.tolist(), strict=True):
            run[:] = rule.follow(slope, run[0], float(rule.learning_rate), run[1])
        np.testing.assert_array_equal(theta[0], [run[0] for run in numbers])
