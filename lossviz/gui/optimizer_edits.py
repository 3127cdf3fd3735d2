"""What becomes of a run that gets another optimizer, another library's way of it, or a library's defaults."""

import msgspec

from lossviz.experiment import Run
from lossviz.landscape.param import Param
from lossviz.rules import conventions, rule_class

ALIKE = 50.0
"""Usual learning rates that differ by less than this factor measure the same: a step for a slope, or a step's length.

Those of Newton's step or of Adadelta, which are about 1, measure parts of a whole step.
"""
_OTHER_NAMES = {"alpha": "rho", "rho": "alpha"}
"""What one hyperparameter is called in another library's way of the same optimizer."""


def with_optimizer(run: Run, name: str) -> Run:
    """Give the run with another optimizer, in the same library's way where there is one.

    What was set of hyperparameters that mean the same in both is kept where it is allowed; the learning rate is, where
    the usual rates of both are alike.
    """
    if name == run.optimizer:
        return run
    convention = run.convention if run.convention in conventions(name) else "pytorch"
    before = {param.name: param for param in type(run.rule()).params()}
    kept = {}
    for param in rule_class(name, convention).params():
        given = run.hyperparameters.get(param.name)
        if given is not None and _means_the_same(before[param.name], param) and _allowed(param, given):
            kept[param.name] = given
    return msgspec.structs.replace(run, optimizer=name, convention=convention, hyperparameters=kept, name="")


def with_convention(run: Run, convention: str) -> Run:
    """Give the run in another library's way: the numbers of all hyperparameters that both have stay as they are."""
    values = run.rule().values
    kept = {}
    for param in rule_class(run.optimizer, convention).params():
        name = param.name if param.name in values else _OTHER_NAMES.get(param.name, "")
        if (
            name in values
            and _allowed(param, values[name])
            and (values[name] != param.default or name in run.hyperparameters)
        ):
            kept[param.name] = values[name]
    return msgspec.structs.replace(run, convention=convention, hyperparameters=kept)


def with_defaults(run: Run, convention: str) -> Run:
    """Give the run as a library makes it where nothing is said, its learning rate too."""
    rate = rule_class(run.optimizer, convention).params()[0]
    # written down, as the first thing that is looked for in a file
    return msgspec.structs.replace(run, convention=convention, hyperparameters={rate.name: rate.default}, name="")


def twin(run: Run, convention: str) -> Run:
    """Give another run with the same numbers in another library's way, to be seen beside it."""
    return msgspec.structs.replace(with_convention(run, convention), name="", shown=True)


def _means_the_same(before: Param, param: Param) -> bool:
    """Tell whether a hyperparameter of two optimizers measures the same."""
    if param.name == "learning_rate":
        sizes = float(before.default), float(param.default)
        return max(sizes) < ALIKE * min(sizes)
    one, other = ((p.symbol, p.switch, p.whole, p.low, p.high) for p in (before, param))
    return one == other


def _allowed(param: Param, value: object) -> bool:
    try:
        param.check(value)
    except (TypeError, ValueError):
        return False
    return True
