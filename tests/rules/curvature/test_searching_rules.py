"""BFGS, L-BFGS and conjugate gradients: where they arrive, and how."""

import numpy as np
import pytest
from quadratics import Quadratic

import lossviz as lv
from lossviz.rules import GROUPS
from lossviz.rules.base import Oracle
from lossviz.rules.curvature.limited_memory import Pair, _direction, _direction_of_two

MINIMA = {
    "rosenbrock": [(1.0, 1.0)],
    "booth": [(1.0, 3.0)],
    "beale": [(3.0, 0.5)],
    # scipy.optimize.minimize (1.17.1, BFGS, gtol 1e-14) from a point near each
    "himmelblau": [
        (3.0, 2.0),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.2831859912861696),
        (3.5844283403304917, -1.8481265269644034),
    ],
}
STARTS = {"rosenbrock": (-1.2, 1.0), "booth": (-4.0, 3.0), "beale": (1.0, 0.5), "himmelblau": (-0.5, 2.5)}


@pytest.mark.parametrize("name", MINIMA)
@pytest.mark.parametrize(
    ("rule", "steps"), [("bfgs", 60), ("conjugate_gradient", 40), ("damped_newton", 40), ("lbfgs", 10)]
)
def test_that_the_minimum_is_found(name, rule, steps):
    given = {"tolerance_grad": 1e-12, "tolerance_change": 1e-14} if rule == "lbfgs" else {}
    t = lv.descend(lv.surface(name), lv.optimizer(rule, **given), STARTS[name], steps)
    away = min(np.max(np.abs(t.path[-1] - minimum)) for minimum in MINIMA[name])
    # PyTorch's L-BFGS remembers no change of the slope with s·y below 1e-10
    assert away < (1e-7 if rule == "lbfgs" else 1e-9)
    assert t.verdict.outcome == "converged"


@pytest.mark.parametrize("rule", ["bfgs", "conjugate_gradient"])
@pytest.mark.parametrize("name", ["rosenbrock", "beale", "himmelblau", "goldstein_price"])
def test_that_none_goes_uphill(name, rule):
    random = np.random.Generator(np.random.PCG64(2)).uniform(-2.0, 2.0, (2, 12))
    ts = lv.descend(lv.surface(name), lv.optimizer(rule), random, 60)
    assert np.all(np.diff(ts.losses, axis=0) <= 1e-13 * np.abs(ts.losses[:-1]) + 1e-25)


@pytest.mark.parametrize("fletcher_reeves", [False, True])
def test_that_conjugate_gradients_end_a_quadratic_of_n_parameters_after_n_steps(fletcher_reeves):
    random = np.random.Generator(np.random.PCG64(4)).normal(size=(4, 4))
    for n in (1, 2, 4):
        hessian = (random @ random.T + np.eye(4))[:n, :n]
        bowl = Quadratic(hessian, np.arange(1.0, n + 1.0))
        rule = lv.optimizer("conjugate_gradient", fletcher_reeves=fletcher_reeves)
        theta = np.zeros(n)
        state = rule.init(theta)
        for _ in range(n):
            theta, state, _ = rule.step(Oracle(bowl), theta, 1.0, state)
        np.testing.assert_allclose(theta, bowl.minimum, rtol=1e-10)


def test_that_bfgs_has_learnt_the_inverse_of_the_curvature():
    bowl = Quadratic([[3.0, 1.0], [1.0, 2.0]], [1.0, -1.0])
    rule, theta = lv.optimizer("bfgs"), np.array([4.0, 4.0])
    state = rule.init(theta)
    for _ in range(8):
        theta, state, _ = rule.step(Oracle(bowl), theta, 1.0, state)
    np.testing.assert_allclose(theta, bowl.minimum, rtol=1e-10)
    np.testing.assert_allclose(state[0], np.linalg.inv(bowl.matrix), rtol=1e-2)


def test_that_bfgs_learns_nothing_where_the_curvature_is_negative():
    hill = Quadratic([[-1.0, 0.0], [0.0, -1.0]], [0.0, 0.0])
    rule, theta = lv.optimizer("bfgs"), np.array([1.0, 1.0])
    made = rule.step(Oracle(hill), theta, 1.0, rule.init(theta))
    np.testing.assert_array_equal(made.state[0], 0.0)
    assert np.all(made.theta > theta)


def test_that_pytorchs_limits_are_kept():
    surface = lv.surface("rosenbrock")
    theta = np.array([-1.2, 1.0])
    for given, inner, evaluations in (
        ({}, 20, 20),
        ({"max_iter": 5}, 5, 5),
        ({"max_eval": 7}, 6, 7),
        ({"tolerance_grad": 1e9}, 0, 1),
        ({"tolerance_change": 1e9}, 0, 1),
    ):
        rule = lv.optimizer("lbfgs", learning_rate=0.01, **given)
        told = rule.step(Oracle(surface), theta, 0.01, rule.init(theta)).info
        assert (told["inner_steps"], told["evaluations"]) == (inner, evaluations)


def test_that_the_last_inner_steps_alone_are_remembered():
    surface, rule = lv.surface("rosenbrock"), lv.optimizer("lbfgs", learning_rate=0.1, history_size=3)
    theta = np.array([-1.2, 1.0])
    (memory,) = rule.step(Oracle(surface), theta, 0.1, rule.init(theta)).state
    assert len(memory.item().pairs) == 3
    assert memory.item().steps == 20


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("bfgs", {}),
        ("conjugate_gradient", {}),
        ("exact_line_search", {}),
        ("lbfgs", {}),
        ("lbfgs", {"strong_wolfe": True}),
    ],
)
def test_that_a_run_which_is_nowhere_disturbs_no_other(name, given):
    surface, rule = lv.surface("himmelblau"), lv.optimizer(name, **given)
    theta = np.array([[0.5, np.nan, 1e300, -2.0, np.inf], [1.0, 0.0, 1.0, 3.0, 1.0]])
    good = [0, 3]
    state, alone = rule.init(theta), [rule.init(theta[:, k]) for k in good]
    for _ in range(3):
        after = rule.step(Oracle(surface), theta, 1.0, state)
        for place, k in enumerate(good):
            single = rule.step(Oracle(surface), theta[:, k], 1.0, alone[place])
            np.testing.assert_array_equal(after.theta[:, k], single.theta)
            assert after.info["evaluations"][k] == single.info["evaluations"]
            alone[place] = single.state
        theta, state = after.theta, after.state


@pytest.mark.parametrize("name", ["bfgs", "conjugate_gradient", "exact_line_search", "damped_newton", "lbfgs"])
def test_that_what_was_asked_last_is_where_the_next_step_begins(name):
    surface, rule = lv.surface("rosenbrock"), lv.optimizer(name)
    oracle, theta = Oracle(surface), np.array([-1.2, 1.0])
    made = rule.step(oracle, theta, 1.0, rule.init(theta))
    before = oracle.gradients
    value, gradient = oracle.value_and_gradient(made.theta)
    np.testing.assert_array_equal(value, surface.loss(*made.theta))
    np.testing.assert_array_equal(gradient, surface.gradient(*made.theta))
    # where a search ended on what it asked last, that is not asked again
    if name == "bfgs":
        assert oracle.gradients == before


def test_that_two_parameters_in_plain_numbers_are_what_lists_of_them_are():
    random = np.random.Generator(np.random.PCG64(6)).normal(size=(5, 2, 2))
    pairs = [Pair(s.tolist(), y.tolist(), 1.0 / float(s @ y)) for s, y in random]
    assert _direction_of_two([0.3, -0.7], pairs, 0.6) == _direction([0.3, -0.7], pairs, 0.6)


def test_that_one_length_for_all_parameters_allows_no_rates_of_their_own(refused):
    for name in GROUPS["curvature"]:
        with refused(f"rate_scale: {name} chooses one length for all parameters", ValueError):
            lv.descend(lv.surface("booth"), lv.optimizer(name), (0.0, 0.0), 3, rate_scale=(1.0, 2.0))
    assert lv.optimizer("adam").per_parameter
