import dataclasses

import numpy as np
import pytest

import lossviz as lv
from lossviz.landscape.param import Param
from lossviz.rules import CATALOGUE, conventions, rule_class, stacked
from lossviz.rules.base import Rule, Step, declare

WAYS = [(name, convention) for name in CATALOGUE for convention in conventions(name)]


def test_that_the_optimizers_stand_in_the_order_of_the_lecture():
    assert lv.optimizers()[:7] == (
        "fixed_step",
        "gradient_descent",
        "momentum",
        "nesterov",
        "adagrad",
        "rmsprop",
        "adam",
    )


@pytest.mark.parametrize(("name", "convention"), WAYS)
def test_that_every_optimizer_is_a_frozen_rule_with_declared_hyperparameters(name, convention):
    rule = lv.optimizer(name, convention=convention)
    assert isinstance(rule, Rule)
    assert rule.name == name
    assert convention == rule.convention or rule_class(name, rule.convention) is type(rule)
    assert rule.title
    assert "θ ←" in rule.formula
    assert len(rule.formula.splitlines()) <= 10
    for sentence in (rule.good, rule.bad):
        assert sentence.endswith(".")
    assert rule.source
    with pytest.raises(dataclasses.FrozenInstanceError):
        rule.learning_rate = 1.0
    assert [param.name for param in rule.params()] == list(rule.values)
    assert rule.params()[0].name == "learning_rate"
    for param in rule.params():
        assert rule.values[param.name] == param.default
        assert param.symbol
        assert param.text.endswith(".")
        assert param.shown[0] < param.shown[1]


@pytest.mark.parametrize(("name", "convention"), WAYS)
def test_that_every_hyperparameter_is_checked_by_name(name, convention, refused):
    def made(**given):
        return lv.optimizer(name, convention=convention, **given)

    for param in rule_class(name, convention).params():
        if param.switch:
            assert made(**{param.name: not param.default}).values[param.name] is not param.default
            for bad in (0.5, "yes", None, np.nan):
                with refused(f"{param.name} must be true or false", TypeError):
                    made(**{param.name: bad})
            continue
        fitting = 2 if param.whole else param.low + 0.5 if np.isfinite(param.low) else min(0.5, param.high - 0.5)
        assert made(**{param.name: fitting}).values[param.name] == fitting
        for bad in (np.nan, np.inf, -1.0, [0.5, -1.0]):
            if param.low <= np.min(bad) <= param.high or (param.whole and np.ndim(bad)):
                continue
            with refused(f"{param.name} must be ", ValueError):
                made(**{param.name: bad})
        for bad in ("0.5", None, True):
            with refused(f"{param.name} must be a ", TypeError):
                made(**{param.name: bad})


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("momentum", {"momentum": 1.0}, "momentum must be from 0 to below 1, not 1."),
        ("nesterov", {"momentum": 1.5}, "momentum must be from 0 to below 1, not 1.5."),
        ("adam", {"beta1": 1}, "beta1 must be from 0 to below 1, not 1."),
        ("adam", {"beta2": 2}, "beta2 must be from 0 to below 1, not 2."),
        ("rmsprop", {"alpha": 1}, "alpha must be from 0 to below 1, not 1."),
        ("gradient_descent", {"learning_rate": -0.1}, "learning_rate must be above 0, not −0.1."),
        ("gradient_descent", {"learning_rate": 0}, "learning_rate must be above 0, not 0."),
    ],
)
def test_that_a_value_out_of_range_is_refused_with_its_range(refused, name, given, said):
    with refused(said, ValueError):
        lv.optimizer(name, **given)


def test_that_an_unknown_optimizer_is_refused_with_the_nearest(refused):
    with refused("'momentun' is not an optimizer; did you mean 'momentum'?", ValueError):
        lv.optimizer("momentun")
    with refused("'zzz' is not an optimizer; known: fixed_step, ", ValueError):
        lv.optimizer("zzz")


def test_that_an_unknown_hyperparameter_is_refused_with_the_nearest(refused):
    with refused("'learnin_rate' is not a hyperparameter of adam; did you mean 'learning_rate'?", TypeError):
        lv.optimizer("adam", learnin_rate=0.1)
    with refused("'rho' is not a hyperparameter of momentum; known: learning_rate, momentum.", TypeError):
        lv.optimizer("momentum", rho=0.1)


def test_that_pytorchs_defaults_are_kept():
    assert lv.optimizer("adam").values == {
        "learning_rate": 0.001,
        "beta1": 0.9,
        "beta2": 0.999,
        "epsilon": 1e-8,
        "weight_decay": 0.0,
        "amsgrad": False,
        "decoupled_weight_decay": False,
    }
    assert lv.optimizer("rmsprop").values == {
        "learning_rate": 0.01,
        "alpha": 0.99,
        "epsilon": 1e-8,
        "weight_decay": 0.0,
        "momentum": 0.0,
        "centered": False,
    }
    assert lv.optimizer("adagrad").values == {
        "learning_rate": 0.01,
        "learning_rate_decay": 0.0,
        "weight_decay": 0.0,
        "initial_accumulator": 0.0,
        "epsilon": 1e-10,
    }


# Side by side


@pytest.mark.parametrize(("name", "convention"), WAYS)
def test_that_stacked_rules_have_their_hyperparameters_as_arrays(name, convention):
    rules = [lv.optimizer(name, convention=convention, learning_rate=rate) for rate in (0.1, 0.2, 0.4)]
    rule = stacked(rules)
    assert type(rule) is rule_class(name, convention)
    np.testing.assert_array_equal(rule.learning_rate, [0.1, 0.2, 0.4])
    for param in rule.params()[1:]:
        expected = param.default if param.shared else [param.default] * 3
        np.testing.assert_array_equal(getattr(rule, param.name), expected)


def test_that_one_rule_alone_can_be_stacked():
    np.testing.assert_array_equal(stacked([lv.optimizer("momentum", momentum=0.5)]).momentum, [0.5])


@dataclasses.dataclass(frozen=True, eq=False)
class Switched(Rule):
    """A rule with a switch, as later ones have."""

    name = "switched"
    title = "switched"
    formula = "θ ← θ"
    reverse: bool = declare(Param("reverse", "", False))

    def init(self, theta):
        return ()

    def step(self, oracle, theta, rate, state):
        return Step(theta + (rate if self.reverse else -rate), (), {})


def test_that_rules_with_equal_switches_are_stacked_and_others_not(refused):
    rule = stacked([Switched(learning_rate=0.1, reverse=True), Switched(learning_rate=0.2, reverse=True)])
    assert rule.reverse is True
    np.testing.assert_array_equal(rule.learning_rate, [0.1, 0.2])
    with refused("rules that differ in the switch reverse", ValueError):
        stacked([Switched(reverse=True), Switched(reverse=False)])


def test_that_a_hyperparameter_without_its_param_is_a_fault_of_the_rule():
    @dataclasses.dataclass(frozen=True, eq=False)
    class Undeclared(Switched):
        secret: float = 0.1

    with pytest.raises(TypeError, match=r"hyperparameter secret lacks its Param\."):
        Undeclared.params()


def test_that_rules_of_different_kinds_are_not_stacked(refused):
    with refused("rules of different kinds", ValueError):
        stacked([lv.optimizer("momentum"), lv.optimizer("nesterov")])


def test_that_what_is_the_same_for_all_stays_one_number():
    rule = stacked([lv.optimizer("adam", learning_rate=rate) for rate in (0.1, 0.2)])
    assert rule.beta2 == 0.999
    assert type(rule.beta2) is float


@pytest.mark.parametrize(
    ("name", "way", "given", "said"),
    [
        ("rmsprop", "optax", "decay", "here it is called alpha."),
        ("adam", "pytorch", "betas", "here it is called beta1 and beta2."),
        ("adam", "pytorch", "clipnorm", "here it is called clip_norm, an argument of descend."),
        (
            "adam",
            "pytorch",
            "eps_root",
            "is a hyperparameter of adam in Optax, where it is called epsilon_root, not in ",
        ),
        (
            "gradient_descent",
            "pytorch",
            "eps",
            "'eps' is not a hyperparameter of gradient_descent; known: learning_rate.",
        ),
        ("sgd", "pytorch", "nus", "'nus' is not a hyperparameter of sgd; known: learning_rate, momentum,"),
        ("newton", "pytorch", "line_search_fn", "is not a hyperparameter of newton; known: learning_rate."),
    ],
)
def test_that_a_librarys_own_name_is_told_where_the_optimizer_has_it(refused, name, way, given, said):
    with refused(said, TypeError):
        lv.optimizer(name, convention=way, **{given: 0.5})


def test_that_what_is_no_name_is_refused(refused):
    with refused("is not an optimizer; known: fixed_step", ValueError):
        lv.optimizer(["adam"])
    with refused("is not a convention; known: pytorch", ValueError):
        lv.optimizer("adam", convention=["keras"])
