"""How fast stationary points are found: ``pytest tests/benchmarks -m benchmark``."""

import numpy as np
import pytest

import lossviz as lv

pytestmark = pytest.mark.benchmark


def newton_one_by_one(surface, starts):
    """The points that plain Newton steps reach from each start, one after the other, with a list of those known."""
    known = []
    for start in starts:
        theta = np.array(start)
        for _ in range(30):
            step = np.linalg.solve(surface.hessian(*theta), surface.gradient(*theta))
            theta = theta - step
            if np.max(np.abs(step)) < 1e-12:
                break
        new = all(np.max(np.abs(theta - other)) > 1e-6 for other in known)
        if surface.domain.contains(*theta) and np.max(np.abs(step)) < 1e-10 and new:
            known.append(theta)
    return known


def test_that_the_441_points_of_rastrigin_take_less_than_as_many_newton_searches_one_by_one(measure, record) -> None:
    surface = lv.surface("rastrigin", domain=((-5.12, 5.12), (-5.12, 5.12)))
    # one start beside each point: what no search that doesn't know them can have
    half = np.concatenate([np.arange(-5.0, 5.5), np.arange(-4.5, 5.0)]) + 0.03
    starts = [(w, b) for w in half for b in half]
    found = []
    reference = measure(lambda: found.append(len(newton_one_by_one(surface, starts))), 3)
    ours = measure(lambda: lv.stationary_points(surface), 7)
    ratio = reference / ours
    record(
        "441 stationary points of rastrigin",
        one_by_one_ms=1e3 * reference,
        one_by_one_found=float(found[0]),
        ours_ms=1e3 * ours,
        ratio=ratio,
        limit_ms=1000.0,
    )
    assert len(lv.stationary_points(surface)) == 441
    assert ours < 1.0
    assert ratio > 2


def test_that_the_points_of_himmelblau_are_found_within_100_ms(measure, record) -> None:
    surface = lv.surface("himmelblau")
    ours = measure(lambda: lv.stationary_points(surface), 9)
    record("9 stationary points of himmelblau", ours_ms=1e3 * ours, limit_ms=100.0)
    assert ours < 0.1
