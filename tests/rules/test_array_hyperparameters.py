"""Every hyperparameter may be an array of one number a run: each run is then what it is alone."""

import numpy as np
import pytest

import lossviz as lv
from lossviz.descent.descending import FEW
from lossviz.rules import CATALOGUE, conventions, rule_class

WAYS = [(name, convention) for name in CATALOGUE for convention in conventions(name)]
SWITCHED = [
    (name, convention, {param.name: not param.default})
    for name, convention in WAYS
    for param in rule_class(name, convention).params()
    if param.switch
]
STARTS = np.random.Generator(np.random.PCG64(3)).uniform(-2.0, 4.0, (2, FEW + 1))


@pytest.fixture(scope="module")
def births():
    return lv.fit(lv.dataset("birthwt"), feature="(age - 18)/10", label="bwt/1000")


def values_of(param, run):
    """One of three values that are allowed, another for each run that follows."""
    choice = (run + len(param.name)) % 3
    if param.name == "learning_rate":
        return (0.01, 0.05, 0.1)[choice]
    if param.high == 1.0:
        return (0.2, 0.5, 0.8)[choice]
    if param.low >= 1.0 or param.high <= 0.0:
        return (param.default, 1.1 * param.default, 1.2 * param.default)[choice]
    return (param.default, 0.1, 0.3)[choice]


@pytest.mark.parametrize(("name", "convention", "switches"), [*((*way, {}) for way in WAYS), *SWITCHED])
def test_that_runs_with_hyperparameters_of_their_own_are_what_they_are_alone(births, name, convention, switches):
    numbers = [param for param in rule_class(name, convention).params() if not param.shared]
    lanes = [{param.name: values_of(param, run) for param in numbers} for run in range(STARTS.shape[1])]
    columns = {param.name: np.array([lane[param.name] for lane in lanes]) for param in numbers}
    together = lv.optimizer(name, convention=convention, **columns, **switches)
    ts = lv.descend(births, together, STARTS, 30)
    for run, lane in enumerate(lanes):
        rule = lv.optimizer(name, convention=convention, **lane, **switches)
        alone = lv.descend(births, rule, STARTS[:, run], 30).path
        np.testing.assert_allclose(ts.path[..., run], alone, rtol=1e-12, atol=1e-14)
