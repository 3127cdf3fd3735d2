"""The catalogue: which optimizers there are, in which groups, and whose ways of each; each is loaded when used."""

from collections.abc import Iterator, Mapping

from lossviz.rules.base import Rule
from lossviz.rules.ways import CONVENTIONS, found

_WAYS: dict[str, dict[str, dict[str, str]]] = {
    "lecture": {
        "fixed_step": {"pytorch": "plain.FixedStep"},
        "gradient_descent": {
            "pytorch": "plain.GradientDescent",
            "keras": "plain.KerasGradientDescent",
            "optax": "plain.OptaxGradientDescent",
        },
        "momentum": {"pytorch": "plain.Momentum", "keras": "plain.KerasMomentum", "optax": "plain.OptaxMomentum"},
        "nesterov": {"pytorch": "plain.Nesterov", "keras": "plain.KerasNesterov", "optax": "plain.OptaxNesterov"},
        "adagrad": {"pytorch": "adagrad.Adagrad", "keras": "adagrad.KerasAdagrad", "optax": "adagrad.OptaxAdagrad"},
        "rmsprop": {"pytorch": "rmsprop.RMSprop", "keras": "rmsprop.KerasRMSprop", "optax": "rmsprop.OptaxRMSprop"},
        "adam": {"pytorch": "adam.Adam", "keras": "adam.KerasAdam", "optax": "adam.OptaxAdam"},
    },
    "more": {
        "sgd": {"pytorch": "sgd.SGD", "keras": "sgd.KerasSGD", "optax": "sgd.OptaxSGD"},
        "adadelta": {
            "pytorch": "adadelta.Adadelta",
            "keras": "adadelta.KerasAdadelta",
            "optax": "adadelta.OptaxAdadelta",
        },
        "adamw": {"pytorch": "adamw.AdamW", "keras": "adamw.KerasAdamW", "optax": "adamw.OptaxAdamW"},
        "adamax": {"pytorch": "adamax.Adamax", "keras": "adamax.KerasAdamax", "optax": "adamax.OptaxAdamax"},
        "nadam": {"pytorch": "nadam.NAdam", "keras": "nadam.KerasNAdam", "optax": "nadam.OptaxNAdam"},
        "radam": {"pytorch": "radam.RAdam", "optax": "radam.OptaxRAdam"},
        "rprop": {"pytorch": "rprop.Rprop", "optax": "rprop.OptaxRprop"},
        "asgd": {"pytorch": "asgd.ASGD"},
        "lion": {"optax": "sign.Lion", "keras": "sign.KerasLion"},
        "adabelief": {"optax": "belief.AdaBelief"},
        "yogi": {"optax": "belief.Yogi"},
        "adan": {"optax": "adan.Adan"},
        "novograd": {"optax": "layerwise.Novograd"},
        "lamb": {"optax": "layerwise.Lamb", "keras": "layerwise.KerasLamb"},
        "ftrl": {"keras": "ftrl.Ftrl"},
        "qhm": {"pytorch": "quasi_hyperbolic.QHM"},
        "qhadam": {"pytorch": "quasi_hyperbolic.QHAdam"},
        "signsgd": {"optax": "sign.SignSGD"},
    },
    "curvature": {
        "lbfgs": {"pytorch": "curvature.limited_memory.LBFGS"},
        "newton": {"pytorch": "curvature.newton.Newton"},
        "damped_newton": {"pytorch": "curvature.trust_region.DampedNewton"},
        "bfgs": {"pytorch": "curvature.quasi_newton.BFGS"},
        "conjugate_gradient": {"pytorch": "curvature.conjugate_gradient.ConjugateGradient"},
        "exact_line_search": {"pytorch": "curvature.line_minimum.ExactLineSearch"},
        "backtracking": {"pytorch": "curvature.backtracking.Backtracking"},
    },
}
"""Of each group the optimizers, and of each optimizer the ways; the first is the one that is meant if none is named."""

GROUPS = {group: tuple(ways) for group, ways in _WAYS.items()}
"""The names of the optimizers in each group, in the order in which people meet them."""

_OF_NAME = {name: ways for group in _WAYS.values() for name, ways in group.items()}


_NO_LIBRARY = ("fixed_step", *(name for name in _WAYS["curvature"] if name != "lbfgs"))
_AUTHORS = {"qhm": "qhoptim", "qhadam": "qhoptim"}


def library(name: str, convention: str) -> str:
    """Name the library whose way of an optimizer this is; "" where no library makes it so."""
    return "" if name in _NO_LIBRARY else _AUTHORS.get(name, CONVENTIONS[convention])


def conventions(name: str) -> tuple[str, ...]:
    """Give whose ways of an optimizer there are; the first is meant if none is named."""
    return tuple(_OF_NAME[name])


def rule_class(name: str, convention: str = "pytorch") -> type[Rule]:
    """Give the rule of this name in this convention.

    PyTorch's convention means the usual way of a rule that PyTorch doesn't have.

    Raises
    ------
    ValueError
        If there is none.
    """
    rule = found(_OF_NAME, "lossviz.rules", "an optimizer", name, convention)
    assert isinstance(rule, type)
    assert issubclass(rule, Rule)
    return rule


class Catalogue(Mapping[str, type[Rule]]):
    """The optimizers by name, each in the way that is meant if none is named."""

    def __getitem__(self, name: str) -> type[Rule]:
        if name not in _OF_NAME:
            raise KeyError(name)
        return rule_class(name)

    def __iter__(self) -> Iterator[str]:
        return iter(_OF_NAME)

    def __len__(self) -> int:
        return len(_OF_NAME)


CATALOGUE = Catalogue()
