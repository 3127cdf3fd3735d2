"""What the less usual rules and the libraries' ways of them do, worked out by hand."""

import numpy as np
import pytest

import lossviz as lv
from lossviz.rules import GROUPS, conventions
from lossviz.rules.base import Oracle
from lossviz.rules.replay import worked_out


class Sloped:
    """Answers with these slopes, one after the other, wherever it is asked."""

    def __init__(self, *slopes):
        self.slopes = iter(slopes)

    def value_and_gradient(self, theta):
        return np.zeros(theta.shape[1:]), np.array(next(self.slopes), dtype=float)


def walked(rule, theta, slopes, rate):
    """Give the rows, and the last step."""
    theta, objective = np.array(theta, dtype=float), Sloped(*slopes)
    state, rows, step = rule.init(theta), [theta], None
    for _ in slopes:
        step = rule.step(Oracle(objective), theta, rate, state)
        theta, state, _ = step
        rows.append(theta)
    return np.array(rows), step


def test_that_epsilon_is_beside_the_root_in_pytorch_and_under_it_in_keras_and_optax():
    for way, size in (("pytorch", 2.0 + 0.5), ("keras", np.sqrt(4.5)), ("optax", np.sqrt(4.5))):
        rule = lv.optimizer("adagrad", convention=way, epsilon=0.5, initial_accumulator=0.0)
        rows, _ = walked(rule, [1.0], [[2.0]], 0.1)
        assert rows[1, 0] == pytest.approx(1.0 - 0.1 * 2.0 / size, rel=1e-14)
    for given, size in (({}, np.sqrt(1.5)), ({"epsilon_in_root": False}, 1.5)):
        rule = lv.optimizer("rmsprop", convention="optax", alpha=0.75, epsilon=0.5, **given)
        rows, _ = walked(rule, [1.0], [[2.0]], 0.1)
        assert rows[1, 0] == pytest.approx(1.0 - 0.1 * 2.0 / size, rel=1e-14)


def test_that_adagrad_has_seen_something_before_its_start_in_keras_and_optax():
    defaults = {way: lv.optimizer("adagrad", convention=way).initial_accumulator for way in ("keras", "optax")}
    assert defaults == {"keras": 0.1, "optax": 0.1}
    assert lv.optimizer("adagrad").initial_accumulator == 0.0


def test_that_rmsprop_remembers_only_what_it_uses():
    theta = np.ones(2)
    for way, alone in (("pytorch", 1), ("keras", 1), ("optax", 2)):
        for given, more in (({}, 0), ({"centered": True}, 1), ({"centered": True, "momentum": 0.5}, 2)):
            assert len(lv.optimizer("rmsprop", convention=way, **given).init(theta)) == alone + more


@pytest.mark.parametrize("way", ["pytorch", "keras", "optax"])
def test_that_a_run_without_momentum_may_stand_beside_one_that_has_it(way):
    surface = lv.surface("himmelblau")
    rule = lv.optimizer("rmsprop", convention=way, momentum=np.tile([0.0, 0.5], 8))
    ts = lv.descend(surface, rule, (-0.5, 2.5), 40)
    for k, momentum in enumerate((0.0, 0.5)):
        alone = lv.descend(surface, lv.optimizer("rmsprop", convention=way, momentum=momentum), (-0.5, 2.5), 40)
        np.testing.assert_array_equal(ts[k].path, alone.path)
        np.testing.assert_array_equal(ts[k].replay(30).step.theta, ts[k].path[31])
        assert ts[k].rule.terms == alone.rule.terms


def test_that_a_centered_and_corrected_first_step_divides_by_epsilon_alone():
    # mean square and squared mean are then equal
    rule = lv.optimizer("rmsprop", convention="optax", centered=True, bias_correction=True, epsilon=0.25)
    rows, _ = walked(rule, [1.0], [[4.0]], 0.1)
    assert rows[1, 0] == pytest.approx(1.0 - 0.1 * 4.0 / 0.5, rel=1e-12)


def test_that_asgd_tells_the_average_of_its_places_from_its_time_on():
    rule = lv.optimizer("asgd", lambd=0.0, t0=1.0)
    rows, step = walked(rule, [1.0], [[1.0], [2.0], [3.0], [4.0]], 0.1)
    np.testing.assert_allclose(rows[:, 0], [1.0, 0.9, 0.7, 0.4, 0.0], atol=1e-15)
    np.testing.assert_allclose(step.info["average"], np.mean(rows[3:]), rtol=1e-13)


def test_that_asgds_rate_falls_from_its_second_step_on():
    rule = lv.optimizer("asgd", lambd=0.5, alpha=1.0)
    rows, _ = walked(rule, [0.0], [[1.0], [0.0]], 0.1)
    np.testing.assert_allclose(rows[:, 0], [0.0, -0.1, -0.1 * (1.0 - 0.5 * 0.1 / 1.05)], rtol=1e-14)


def test_that_lion_goes_by_the_sign_of_a_mixture_and_then_remembers():
    rule = lv.optimizer("lion", weight_decay=0.0)
    rows, step = walked(rule, [0.0, 0.0], [[3.0, -1e-9], [-3.0, 0.0]], 0.1)
    np.testing.assert_allclose(rows[1:], [[-0.1, 0.1], [0.0, 0.2]], atol=1e-17)
    np.testing.assert_allclose(step.info["moment"][0], 0.99 * 0.03 - 0.03, rtol=1e-12)


def test_that_lions_weight_decay_is_on_in_optax_and_off_in_keras():
    assert lv.optimizer("lion").weight_decay == 1e-3
    assert lv.optimizer("lion", convention="keras").weight_decay == 0.0


def test_that_novograd_divides_weight_and_bias_by_one_length():
    rule = lv.optimizer("novograd", epsilon=0.0)
    rows, step = walked(rule, [1.0, 1.0], [[3.0, 4.0], [0.0, 5.0]], 0.1)
    np.testing.assert_allclose(rows[1], [1.0 - 0.1 * 0.6, 1.0 - 0.1 * 0.8], rtol=1e-14)
    np.testing.assert_allclose(step.info["velocity"], [0.54, 0.72 + 1.0], rtol=1e-14)
    np.testing.assert_allclose(step.info["second_moment"], [25.0, 25.0], rtol=1e-14)


@pytest.mark.parametrize("way", ["optax", "keras"])
def test_that_a_step_of_lamb_is_as_long_as_the_rate_says_of_the_layer(way):
    rule = lv.optimizer("lamb", convention=way)
    rows, _ = walked(rule, [3.0, -4.0], [[1.0, 0.2], [0.1, 5.0]], 0.1)
    lengths = np.sqrt(np.sum(np.diff(rows, axis=0) ** 2, axis=1))
    np.testing.assert_allclose(lengths, 0.1 * np.sqrt(np.sum(rows[:-1] ** 2, axis=1)), rtol=1e-12)


def test_that_lamb_is_adam_where_the_parameters_are_zero():
    rows, _ = walked(lv.optimizer("lamb", epsilon=0.0), [0.0, 0.0], [[1.0, -3.0]], 0.1)
    np.testing.assert_allclose(rows[1], [-0.1, 0.1], rtol=1e-14)


def test_that_ftrl_draws_its_start_to_zero_by_what_it_has_seen_before():
    rows, _ = walked(lv.optimizer("ftrl", initial_accumulator=9.0), [5.0], [[4.0]], 0.1)
    # √9 of √(9 + 16) is gone
    assert rows[1, 0] == pytest.approx(5.0 * (1.0 - 3.0 / 5.0) - 0.1 * 4.0 / 5.0, rel=1e-14)
    rows, _ = walked(lv.optimizer("ftrl", initial_accumulator=0.0), [5.0], [[4.0]], 0.1)
    assert rows[1, 0] == pytest.approx(5.0 - 0.1, rel=1e-14)


def test_that_ftrl_makes_small_parameters_exactly_zero():
    rule = lv.optimizer("ftrl", l1_regularization_strength=1.0)
    rows, _ = walked(rule, [0.0, 0.0], [[0.9, 1.1]], 0.1)
    assert rows[1, 0] == 0.0
    assert rows[1, 1] < 0.0


def test_that_ftrl_without_any_slope_stays():
    rows, _ = walked(lv.optimizer("ftrl", initial_accumulator=0.0), [5.0], [[0.0]], 0.1)
    assert rows[1, 0] == 5.0


def test_that_qhm_mixes_the_gradient_into_its_mean():
    rule = lv.optimizer("qhm", momentum=0.5, nu=0.25)
    rows, step = walked(rule, [0.0], [[2.0], [4.0]], 0.1)
    # v = 1; v = .5 + 2
    np.testing.assert_allclose(rows[:, 0], [0.0, -0.175, -0.175 - 0.1 * (0.625 + 3.0)], rtol=1e-14)
    assert step.info["moment"][0] == 2.5


def test_that_qhadam_with_both_nus_at_one_is_adam():
    surface = lv.surface("himmelblau")
    for given in ({}, {"beta1": 0.7, "beta2": 0.9, "weight_decay": 0.3}):
        paths = [lv.descend(surface, lv.optimizer(name, **given), (-0.5, 2.5), 100).path for name in ("adam", "qhadam")]
        np.testing.assert_allclose(paths[1], paths[0], rtol=1e-11)


def test_that_signs_of_slopes_make_steps_of_one_length_a_parameter():
    rows, _ = walked(lv.optimizer("signsgd"), [0.0, 0.0], [[1e-300, -1e300], [0.0, 5.0]], 0.1)
    np.testing.assert_allclose(rows[1:], [[-0.1, 0.1], [-0.1, 0.0]], atol=1e-17)


def test_that_the_first_steps_of_adadelta_come_from_its_epsilon():
    for way, given in (("pytorch", {}), ("keras", {"rho": 0.9, "epsilon": 1e-6})):
        rule = lv.optimizer("adadelta", convention=way, **given)
        rows, _ = walked(rule, [0.0], [[2.0]], 1.0)
        assert rows[1, 0] == pytest.approx(-np.sqrt(1e-6 / (0.1 * 4.0 + 1e-6)) * 2.0, rel=1e-12)


def test_that_the_terms_of_rprop_tell_of_a_rest():
    rule = lv.optimizer("rprop")
    values = worked_out(rule, np.zeros(1), np.array([-1.0]), 0.1, (np.array([2.0]), np.array([0.4]), 3), 3)
    assert values["δ′"] == pytest.approx(0.2)
    assert values["Δ"] == 0.0


FIRST_ORDER = [(name, way) for group in ("lecture", "more") for name in GROUPS[group] for way in conventions(name)]


@pytest.mark.parametrize(("name", "way"), FIRST_ORDER)
def test_that_single_precision_stays_single(name, way):
    rule, theta = lv.optimizer(name, convention=way), np.ones((2, 3), dtype=np.float32)
    state = rule.init(theta)
    for slope in (0.5, -1.0, 2.0):
        slopes = np.full((2, 3), slope, dtype=np.float32)
        oracle = Oracle(lv.surface("himmelblau"))
        oracle.recall(theta, np.zeros(3), slopes)
        theta, state, _ = rule.step(oracle, theta, 0.1, state)
        parts = [theta, *(part for part in state if np.ndim(part))]
        assert {part.dtype for part in parts} == {np.dtype(np.float32)}
