"""Every rule's update line by line: as readable symbols, as numbers, and as the step that was really made."""

import re

import numpy as np
import pytest

import lossviz as lv
from lossviz.rules import CATALOGUE, conventions, rule_class
from lossviz.rules.formula_reading import read
from lossviz.rules.replay import carried, worked_out
from lossviz.rules.terms import Term

WAYS = [(name, convention) for name in CATALOGUE for convention in conventions(name)]
SETTINGS = [
    {},
    {"learning_rate": 0.2},
    {"learning_rate": 0.05, "momentum": 0.5},
    {"learning_rate": 0.3, "beta1": 0.5, "beta2": 0.9, "epsilon": 0.1},
    {"learning_rate": 0.3, "learning_rate_decay": 0.2, "initial_accumulator": 2.0},
    {"learning_rate": 0.02, "alpha": 0.6, "epsilon": 0.0},
    {"learning_rate": 0.1, "weight_decay": 0.3},
    {"learning_rate": 0.1, "weight_decay": 0.3, "decoupled_weight_decay": True},
    {"learning_rate": 0.1, "amsgrad": True, "beta2": 0.8},
    {"learning_rate": 0.1, "nesterov": True},
    {"learning_rate": 0.1, "epsilon_root": 0.1},
    {"learning_rate": 0.1, "correct_moment": False, "nesterov": True},
    {"learning_rate": 0.02, "correct_second_moment": False, "amsgrad": True},
    {"learning_rate": 0.1, "momentum_decay": 0.5},
    {"learning_rate": 0.05, "threshold": 12.0, "nesterov": True},
    {"learning_rate": 0.05, "momentum": 0.5, "dampening": 0.3},
    {"learning_rate": 0.05, "momentum": 0.5, "nesterov": True, "weight_decay": 0.3},
    {"learning_rate": 0.05, "momentum": 0.5, "dampening": 0.3, "nesterov": True, "weight_decay": 0.3},
    {"learning_rate": 0.05, "centered": True},
    {"learning_rate": 0.05, "centered": True, "momentum": 0.5, "weight_decay": 0.1},
    {"learning_rate": 0.05, "bias_correction": True, "centered": True, "initial_scale": 0.5},
    {"learning_rate": 0.05, "epsilon_in_root": False, "bias_correction": True, "momentum": 0.5},
    {"learning_rate": 0.05, "epsilon_in_root": False, "centered": True, "momentum": 0.5, "nesterov": True},
    {"learning_rate": 0.05, "rho": 0.6, "epsilon": 0.01, "weight_decay": 0.3},
    {"learning_rate": 0.7, "eta_minus": 0.3, "eta_plus": 1.5, "step_min": 0.01, "step_max": 0.3},
    {"learning_rate": 0.1, "lambd": 0.1, "alpha": 0.5, "t0": 5.0, "weight_decay": 0.1},
    {"learning_rate": 0.3, "learning_rate_power": -0.7, "initial_accumulator": 0.3, "weight_decay": 0.1},
    {"learning_rate": 0.3, "l1_regularization_strength": 2.0, "l2_regularization_strength": 0.3, "beta": 0.4},
    {"learning_rate": 0.3, "l2_shrinkage_regularization_strength": 0.2, "initial_accumulator": 0.0},
    {"learning_rate": 0.5, "radius": 0.1, "grow": 3.0, "shrink": 0.5},
    {"learning_rate": 8.0, "shrink": 0.7, "sufficient_decrease": 0.3},
    {"learning_rate": 0.8, "fletcher_reeves": True},
    {"learning_rate": 0.8, "strong_wolfe": True, "max_iter": 2},
    {"learning_rate": 0.3, "momentum": 0.9, "nu": 0.6, "weight_decay": 0.2, "decouple_weight_decay": True},
    {"learning_rate": 0.3, "beta1": 0.8, "nu1": 0.6, "nu2": 0.9, "weight_decay": 0.2, "decouple_weight_decay": True},
]
CASES = [
    (name, convention, given)
    for name, convention in WAYS
    for given in SETTINGS
    if set(given) <= {param.name for param in rule_class(name, convention).params()}
]


@pytest.fixture(scope="module")
def surface():
    return lv.fit(lv.dataset("birthwt"), feature="(age - 18)/10", label="bwt/1000", model="linear", loss="mse")


def values_at(t, k):
    free, made = list(t.free), t.replay(k)
    theta, slope, rate = t.path[k, free], t.gradients[k, free], float(t.learning_rates[k])
    return worked_out(t.rule, theta, slope, rate, made.state, k, made.step.info)


@pytest.mark.parametrize(("name", "convention"), WAYS)
def test_that_every_rule_declares_its_update_from_the_slope_to_the_step(name, convention):
    _is_declared(rule_class(name, convention))


@pytest.mark.parametrize(("name", "convention", "given"), CASES)
def test_that_every_rule_declares_its_update_whatever_its_switches(name, convention, given):
    _is_declared(lv.optimizer(name, convention=convention, **given))


def _is_declared(rule):
    first, last = rule.terms[0], rule.terms[-1]
    assert (first.symbol, first.formula, first.remembered) == ("g", "", None)
    assert (last.symbol, last.name) == ("Δ", "step")
    known = {param.symbol for param in rule.params()} | {"θ", "k", "t"}
    for term in rule.terms:
        assert term.name
        if term.formula:
            assert set(term.tree.symbols()) <= known
            assert term.tree.text(str) == term.formula
        else:
            assert term is first or term.remembered is not None or term.told
        assert term.symbol not in known
        known.add(term.symbol)


@pytest.mark.parametrize(("name", "convention"), WAYS)
def test_that_all_that_a_rule_remembers_of_slopes_is_among_its_terms(name, convention):
    rule = lv.optimizer(name, convention=convention)
    theta = np.array([1.0, -2.0])
    state = rule.init(theta)
    arrays = {place for place, part in enumerate(state) if np.shape(part) == theta.shape}
    assert arrays <= {term.remembered for term in rule.terms} - {None} <= {*range(len(state))}


@pytest.mark.parametrize("free", [None, ("w",), ("b",)])
@pytest.mark.parametrize(("name", "convention", "given"), CASES)
def test_that_the_terms_lead_where_the_rule_went(surface, name, convention, given, free):
    rule = lv.optimizer(name, convention=convention, **given)
    t = lv.descend(surface, rule, start=(-2.2, 3.6), steps=60, free=free)
    for k in (0, 1, 2, 3, 15, 16, 17, 40, 59):
        step = np.zeros(2)
        step[list(t.free)] = values_at(t, k)["Δ"]
        np.testing.assert_allclose(t.path[k] + step, t.path[k + 1], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ["adagrad", "rmsprop", "adam", "fixed_step"])
def test_that_without_any_slope_the_terms_stay_where_they_are(name):
    rule = lv.optimizer(name, **({} if name == "fixed_step" else {"epsilon": 0.0}))
    theta = np.array([1.0, 2.0])
    values = worked_out(rule, theta, np.zeros(2), 0.1, rule.init(theta), 0)
    np.testing.assert_array_equal(values["Δ"], [0.0, 0.0])


def test_that_terms_equal_what_the_rule_itself_tells(surface):
    for name, symbol, told in (
        ("adam", "m\u0302", "corrected_moment"),
        ("adam", "v\u0302", "corrected_second_moment"),
        ("rmsprop", "s′", "second_moment"),
        ("adagrad", "η′", "effective_rate"),
        ("momentum", "v′", "velocity"),
    ):
        t = lv.descend(surface, lv.optimizer(name), start=(-2.2, 3.6), steps=20)
        np.testing.assert_allclose(values_at(t, 19)[symbol], t.replay(19).step.info[told], rtol=1e-12)


def test_that_the_part_of_the_velocity_is_what_moves_without_a_slope(surface):
    t = lv.descend(surface, lv.optimizer("momentum", learning_rate=0.05), start=(-2.2, 3.6), steps=10)
    velocity = t.replay(7).state[0]
    part = carried(t.rule, t.path[7], t.gradients[7], 0.05, t.replay(7).state, 7)
    np.testing.assert_allclose(part, -0.05 * 0.9 * velocity, rtol=1e-12)
    np.testing.assert_allclose(values_at(t, 7)["Δ"] - part, -0.05 * t.gradients[7], rtol=1e-12)
    plain = lv.optimizer("rmsprop")
    assert carried(plain, np.ones(2), np.ones(2), 0.1, plain.init(np.ones(2)), 0) is None


@pytest.mark.parametrize(
    ("name", "symbols"), [("gradient_descent", {}), ("momentum", {"β": 0.9}), ("nesterov", {"β": 0.9})]
)
def test_that_the_limit_in_symbols_is_the_limit(name, symbols):
    rule = lv.optimizer(name)
    written = read(rule.limit_formula).value({**symbols, "λmax": 2.5})
    assert float(written) == pytest.approx(float(rule.limit(np.array(2.5))), rel=1e-15)


# The language


def test_that_a_formula_is_computed_as_mathematicians_read_it():
    values = {"a": np.array([3.0, -4.0]), "b": 2.0, "t": 3.0}
    for formula, expected in (
        ("a + b·a", [9.0, -12.0]),
        ("−a + b", [-1.0, 6.0]),
        ("−a·b", [-6.0, 8.0]),
        ("a/b/b", [0.75, -1.0]),
        ("a − b − 1", [0.0, -7.0]),
        ("(1 − b)·a²", [-9.0, -16.0]),
        ("√(a²)", [3.0, 4.0]),
        ("a/‖a‖", [0.6, -0.8]),
        ("bᵗ", 8.0),
        ("2b", 4.0),
        ("2(1 + b)", 6.0),
        ("a/(b − 2)", [0.0, 0.0]),
        ("0.5·a", [1.5, -2.0]),
        ("|a|", [3.0, 4.0]),
        ("2·|a| − 1", [5.0, 7.0]),
        ("b^(b + 1)", 8.0),
        ("b^b²", 16.0),
        ("max(a, b)", [3.0, 2.0]),
        ("min(|a|, 1 + b)", [3.0, 3.0]),
        ("b·sign(a)", [2.0, -2.0]),
        ("if(a > b, a/b, −b)", [1.5, -2.0]),
    ):
        np.testing.assert_allclose(read(formula).value(values), expected, rtol=1e-15)


def test_that_a_length_neither_overflows_nor_vanishes():
    for scale in (1e-200, 1.0, 1e200):
        assert float(read("‖a‖").value({"a": scale * np.array([3.0, 4.0])})) == pytest.approx(5.0 * scale, rel=1e-15)


def test_that_numbers_put_in_keep_the_meaning():
    numbers = {"η": "0.5", "g": "−1.2", "β": "0.9"}
    put = lambda piece: numbers[piece] if isinstance(piece, str) else f"{piece:g}".replace("-", "−")  # noqa: E731
    for formula, expected in (
        ("−η·g", "−0.5·(−1.2)"),
        ("g − η", "−1.2 − 0.5"),
        ("β·g + (1 − β)·g²", "0.9·(−1.2) + (1 − 0.9)·(−1.2)²"),
        ("√g", "√(−1.2)"),
    ):
        assert read(formula).text(put) == expected
    values = {"η": 0.5, "β": 0.9, "g": np.array([-1.2, 2.0]), "t": 2.0}
    assert read("g/(1 − βᵗ)").folded(values).text(put) == "−1.2/0.19"
    assert read("g·(1 − 2·β)").folded(values).text(put) == "−1.2·(−0.8)"
    assert re.fullmatch(r"−1\.2/2\.33\d*", read("g/‖g‖").folded(values).text(put))


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "|a",
        "max(a)",
        "sign(a, b)",
        "if(a, b, a)",
        "a ^",
        "a > b",
        "a +",
        "a b",
        "(a",
        "a)",
        "·a",
        "a % b",
        "‖a",
        "a ++ b",
        "√",
    ],
)
def test_that_what_is_no_formula_is_refused(wrong):
    with pytest.raises(ValueError, match=r"\.$"):
        Term("x", "made up", wrong).tree  # noqa: B018
