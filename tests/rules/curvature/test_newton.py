import numpy as np
import pytest
from quadratics import Quadratic

import lossviz as lv
from lossviz.diagnosis.stationary import stationary_points
from lossviz.rules.base import Oracle

RAVINE = Quadratic([[101.0, 99.0], [99.0, 101.0]], [1.0, -2.0])


def stepped(objective, theta, **given):
    rule, theta = lv.optimizer("newton", **given), np.asarray(theta, dtype=float)
    return rule.step(Oracle(objective), theta, rule.learning_rate, rule.init(theta))


def test_that_one_step_leads_to_the_minimum_of_a_quadratic():
    for start in ([5.0, 7.0], [1e6, -1e6], [1.0, -2.0]):
        after = stepped(RAVINE, start).theta
        np.testing.assert_allclose(after, RAVINE.minimum, rtol=1e-12, atol=1e-14 * np.max(np.abs(start)))


def test_that_along_the_axes_the_one_step_is_exact():
    after = stepped(Quadratic([[2.0, 0.0], [0.0, 1024.0]], [3.0, 0.5]), [7.0, -11.0]).theta
    np.testing.assert_array_equal(after, [3.0, 0.5])


def test_that_one_step_leads_to_the_best_line_of_real_data():
    surface = lv.fit(lv.dataset("birthwt"), feature="(age - 18)/10", label="bwt/1000", loss="mse")
    t = lv.descend(surface, lv.optimizer("newton"), (-2.2, 3.6), 1)
    np.testing.assert_allclose(t.path[1], surface.known_minimum, rtol=1e-13)


@pytest.mark.parametrize(("rate", "shrinks"), [(0.5, True), (1.9, True), (2.1, False)])
def test_that_the_limit_of_the_rate_is_two_however_sharp_it_is(rate, shrinks):
    rule = lv.optimizer("newton", learning_rate=rate)
    np.testing.assert_array_equal(rule.limit(np.array([1e-3, 4.0, 1e9])), 2.0)
    theta = np.array([5.0, 7.0])
    for _ in range(40):
        theta = rule.step(Oracle(RAVINE), theta, rate, ()).theta
    away = np.linalg.norm(theta - RAVINE.minimum)
    assert (away < 0.2) if shrinks else (away > 100.0)


def test_that_it_goes_to_saddles():
    surface = lv.surface("himmelblau")
    saddles = [point.position for point in stationary_points(surface) if point.kind == "saddle"]
    t = lv.descend(surface, lv.optimizer("newton"), saddles[0] + np.array([0.05, -0.05]), 20)
    np.testing.assert_allclose(t.path[-1], saddles[0], atol=1e-9)
    assert t.verdict.outcome == "saddle"


def test_that_a_flat_valley_is_left_along_no_slope_but_its_own():
    # along (1, −1) nothing changes
    valley = Quadratic([[1.0, 1.0], [1.0, 1.0]], [2.0, 1.0])
    after = stepped(valley, [5.0, 0.0]).theta
    np.testing.assert_allclose(after, [4.0, -1.0], rtol=1e-15)


def test_that_without_any_curvature_it_takes_the_gradient():
    after = stepped(Quadratic([[0.0, 0.0], [0.0, 0.0]], [0.0, 0.0], tilt=[0.5, -0.25]), [1.0, 1.0]).theta
    np.testing.assert_array_equal(after, [0.5, 1.25])


def test_that_a_run_which_is_nowhere_disturbs_no_other():
    theta = np.array([[5.0, np.nan, 1e308], [7.0, 0.0, 1e308]])
    rule = lv.optimizer("newton")
    after = rule.step(Oracle(RAVINE), theta, 1.0, ()).theta
    np.testing.assert_array_equal(after[:, 0], stepped(RAVINE, [5.0, 7.0]).theta)
    assert np.all(np.isnan(after[:, 1]))
