import math

import numpy as np
import pytest
from quadratics import Quadratic

import lossviz as lv
from lossviz.rules.base import Oracle
from lossviz.rules.curvature.line_minimum import lowest_along

RAVINE = Quadratic([[101.0, 99.0], [99.0, 101.0]], [1.0, -2.0])


def test_that_on_a_quadratic_the_length_is_the_formulas():
    theta = np.array([5.0, 7.0])
    g = RAVINE.value_and_gradient(theta)[1]
    length, evaluations = lowest_along(Oracle(RAVINE), theta, -g)
    assert length == pytest.approx(g @ g / (g @ RAVINE.matrix @ g), rel=1e-14)
    # once where it begins, and once to see that the slope is zero there
    assert evaluations == 2.0


@pytest.mark.parametrize("name", ["rosenbrock", "beale", "himmelblau", "booth"])
def test_that_slopes_that_follow_each_other_are_at_right_angles(name):
    surface = lv.surface(name)
    t = lv.descend(surface, lv.optimizer("exact_line_search"), (-0.7, 1.1), 30)
    g = t.gradients
    norms = np.linalg.norm(g, axis=1)
    real = norms[1:] > 1e-4 * norms[0]
    assert np.count_nonzero(real) >= 2
    cosines = np.sum(g[1:] * g[:-1], axis=1)[real] / (norms[1:] * norms[:-1])[real]
    # a slope has the rounding of its parts, which do not get smaller as it does
    assert np.all(np.abs(cosines) < 1e-13 * np.max(norms) / norms[1:][real])
    assert not t.uphill.size


@pytest.mark.parametrize(("rate", "falls"), [(0.5, True), (1.9, True), (2.1, False)])
def test_that_the_limit_of_the_rate_is_two(rate, falls):
    rule = lv.optimizer("exact_line_search", learning_rate=rate)
    assert rule.limit(np.array(7.0)) == 2.0
    theta = np.array([5.0, 7.0])
    losses = [RAVINE.loss(*theta)]
    for _ in range(8):
        theta = rule.step(Oracle(RAVINE), theta, rate, ()).theta
        losses.append(RAVINE.loss(*theta))
    assert np.all(np.diff(losses) < 0.0) if falls else np.all(np.diff(losses) > 0.0)


class Along:
    """A loss of one parameter, with slope and curvature."""

    samples = None

    def __init__(self, loss, slope, curvature=lambda t: 0.0):
        self.parts = loss, slope, curvature
        self.asked = 0

    def value_and_gradient(self, theta):
        self.asked += 1
        loss, slope, _ = self.parts
        return np.asarray(loss(theta[0])), np.array([slope(theta[0])])

    def hessian_vector(self, theta, v):
        return self.parts[2](theta[0]) * v


@pytest.mark.parametrize(
    ("objective", "lowest", "most"),
    [
        (Along(lambda t: abs(t - 3.0), lambda t: math.copysign(1.0, t - 3.0)), 3.0, 100),
        (Along(lambda t: (t - 3.0) ** 4, lambda t: 4 * (t - 3.0) ** 3, lambda t: 12 * (t - 3.0) ** 2), 3.0, 100),
        (Along(lambda t: math.cos(t), lambda t: -math.sin(t), lambda t: -math.cos(t)), math.pi, 15),
        (Along(lambda t: (t - 3.0) ** 2 if t < 2.0 else math.nan, lambda t: 2 * (t - 3.0)), 2.0, 70),
        (Along(lambda t: math.cosh(t - 3.0), lambda t: math.sinh(t - 3.0), lambda t: math.cosh(t - 3.0)), 3.0, 15),
    ],
    ids=["corner", "quartic", "hill", "edge", "steep"],
)
def test_that_the_lowest_point_along_a_line_is_found(objective, lowest, most):
    length, evaluations = lowest_along(Oracle(objective), np.array([0.1]), np.array([1.0]))
    tolerance = 1e-4 if lowest == 3.0 and most == 100 and objective.parts[2](0.0) else 1e-14
    assert 0.1 + float(length) == pytest.approx(lowest, rel=tolerance)
    assert evaluations == objective.asked <= most


def test_that_where_it_does_not_go_down_nothing_is_moved():
    objective = Along(lambda t: t * t, lambda t: 2 * t, lambda t: 2.0)
    length, _ = lowest_along(Oracle(objective), np.array([1.0]), np.array([1.0]))
    assert length == 0.0


def test_that_slopes_of_any_size_do():
    for scale in (1e-200, 1e200):
        bowl = Quadratic([[scale, 0.0], [0.0, 4.0 * scale]], [0.0, 0.0])
        made = lv.optimizer("exact_line_search").step(Oracle(bowl), np.array([1.0, 1.0]), 1.0, ())
        assert made.info["step_length"] * scale == pytest.approx(17 / 65, rel=1e-14)
