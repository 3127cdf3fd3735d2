import numpy as np
import pytest
from quadratics import Quadratic

import lossviz as lv
from lossviz.diagnosis.stationary import stationary_points
from lossviz.rules.base import Oracle
from lossviz.rules.curvature.linear_algebra import eigen
from lossviz.rules.curvature.trust_region import length, within


def lowest_within(hessian, gradient, radius, count=200_001):
    """The lowest value of g·d + ½·d·H·d on the circle, and inside it, by looking everywhere."""
    angle = np.linspace(0.0, 2.0 * np.pi, count)
    d = radius * np.array([np.cos(angle), np.sin(angle)])
    on_circle = np.min(gradient @ d + 0.5 * np.sum(d * (hessian @ d), axis=0))
    inside = -np.linalg.solve(hessian, gradient)
    definite = np.all(np.linalg.eigvalsh(hessian) > 0.0)
    if definite and np.linalg.norm(inside) <= radius:
        return 0.5 * gradient @ inside
    return on_circle


@pytest.mark.parametrize("seed", range(12))
def test_that_nothing_within_the_radius_is_lower(seed):
    random = np.random.Generator(np.random.PCG64(seed))
    hessian = random.normal(size=(2, 2))
    hessian, gradient, radius = hessian + hessian.T, random.normal(size=2), random.uniform(0.1, 2.0)
    values, vectors = eigen(hessian)
    with np.errstate(all="ignore"):
        along, damping = within(values, vectors.T @ gradient, np.array(radius))
    d = vectors @ along
    assert np.linalg.norm(d) <= radius * (1.0 + 1e-14)
    found = gradient @ d + 0.5 * d @ hessian @ d
    assert found <= lowest_within(hessian, gradient, radius) + 1e-12
    np.testing.assert_allclose(hessian @ d + damping * d, -gradient, atol=1e-12)


def test_that_at_a_level_saddle_it_goes_down_the_way_that_no_slope_tells():
    with np.errstate(all="ignore"):
        along, damping = within(np.array([4.0, -1.0]), np.array([0.0, 0.0]), np.array(0.5))
    np.testing.assert_array_equal(np.abs(along), [0.0, 0.5])
    assert damping == 1.0
    with np.errstate(all="ignore"):
        along, _ = within(np.array([4.0, -1.0]), np.array([1.0, 1e-30]), np.array(0.5))
    np.testing.assert_allclose(along, [-0.2, -np.sqrt(0.25 - 0.04)], rtol=1e-14)


def test_that_the_lengths_of_large_and_small_steps_are_right():
    for scale in (1e-200, 1.0, 1e200):
        assert float(length(scale * np.array([3.0, 4.0]))) == pytest.approx(5.0 * scale, rel=1e-15)


SURFACES = ("rosenbrock", "himmelblau", "booth", "three_hump_camel", "styblinski_tang")


@pytest.mark.parametrize("name", SURFACES)
@pytest.mark.parametrize("rate", [1.0, 0.5, 1.7])
def test_that_no_step_goes_uphill_and_all_arrive_at_minima(name, rate):
    surface = lv.surface(name)
    (low, high), (left, right) = surface.domain.w, surface.domain.b
    random = np.random.Generator(np.random.PCG64(5)).uniform(size=(2, 8))
    starts = np.array([low + (high - low) * random[0], left + (right - left) * random[1]])
    ts = lv.descend(surface, lv.optimizer("damped_newton", learning_rate=rate), starts, 150)
    rises = np.diff(ts.losses, axis=0)
    assert np.all(rises <= 1e-14 * np.abs(ts.losses[:-1]))
    assert {t.verdict.outcome for t in ts} == {"converged"}


def test_that_it_leaves_a_saddle_on_which_it_begins():
    surface = lv.surface("himmelblau")
    saddles = [point.position for point in stationary_points(surface) if point.kind in ("saddle", "maximum")]
    for start in saddles:
        t = lv.descend(surface, lv.optimizer("damped_newton", radius=0.1), start, 40)
        assert t.verdict.outcome == "converged"


def test_that_the_radius_shrinks_where_the_foretold_fall_fails_and_grows_where_it_comes():
    rule = lv.optimizer("damped_newton", radius=1.0, grow=3.0, shrink=0.5)
    bowl = Quadratic([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0])
    theta = np.array([10.0, 0.0])
    made = rule.step(Oracle(bowl), theta, 1.0, rule.init(theta))
    assert made.state[0] == 3.0
    np.testing.assert_allclose(made.theta, [9.0, 0.0], rtol=1e-15)
    assert made.info["damping"] == pytest.approx(9.0, rel=1e-14)
    rosenbrock = lv.surface("rosenbrock")
    theta = np.array([-1.2, 1.0])
    large = lv.optimizer("damped_newton", radius=100.0, shrink=0.5)
    made = large.step(Oracle(rosenbrock), theta, 1.0, large.init(theta))
    # the whole Newton step goes down here, though by little
    assert float(made.state[0]) <= 100.0
    theta = np.array([0.0, 1.0])
    made = large.step(Oracle(rosenbrock), theta, 1.0, large.init(theta))
    assert float(made.state[0]) < 10.0
    assert made.info["evaluations"] > 2


def test_that_a_run_which_is_nowhere_disturbs_no_other():
    surface, rule = lv.surface("himmelblau"), lv.optimizer("damped_newton")
    theta = np.array([[0.5, np.nan, 1e300], [1.0, 0.0, 1.0]])
    after = rule.step(Oracle(surface), theta, 1.0, rule.init(theta))
    alone = rule.step(Oracle(surface), theta[:, 0], 1.0, rule.init(theta[:, 0]))
    np.testing.assert_array_equal(after.theta[:, 0], alone.theta)
    np.testing.assert_array_equal(after.state[0][0], alone.state[0])


def test_that_a_radius_that_has_vanished_leaves_it_where_it_is():
    # where nothing goes down any more in float32, each step shrinks the region, until 1/R is no number
    rule = lv.optimizer("damped_newton", learning_rate=3.0)
    surface = lv.fit(lv.dataset("birthwt"), feature="(lwt - 130)/30", label="low", model="logistic")
    t = lv.descend(surface, rule, start=(2.0, -2.0), steps=80, precision="float32")
    assert np.array_equal(t.path[40], t.path[80])
    # 2,000 regions in each step took seconds
    assert sum(float(t.replay(k).step.info["evaluations"]) for k in range(40, 80)) < 200
