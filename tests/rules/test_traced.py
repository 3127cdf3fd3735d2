"""A rule's step that was written down is the step that the rule makes."""

import numpy as np
import pytest

import lossviz as lv
from lossviz.landscape.calculus.graph import Graph
from lossviz.rules import CATALOGUE, conventions
from lossviz.rules.componentwise import Componentwise
from lossviz.rules.traced import Named, UntraceableError, in_place, traced

WAYS = [
    (name, way)
    for name, rule in CATALOGUE.items()
    for way in conventions(name)
    if issubclass(type(lv.optimizer(name, convention=way)), Componentwise)
]


@pytest.mark.parametrize("rate", [0.01, np.array([0.01, 0.3, 5.0, 0.02])], ids=["one rate", "a rate a run"])
@pytest.mark.parametrize(("name", "way"), WAYS)
def test_that_a_step_in_place_is_the_rules_own_bit_for_bit(name, way, rate):
    rule = lv.optimizer(name, convention=way)
    theta = np.array([[1.0, -2.0, 0.0, 3e5], [0.5, 1e-3, -1.0, 7.0]])
    state = rule.init(theta)
    mine, remembered = theta.copy(), tuple(np.array(part) if np.ndim(part) else part for part in state)
    slopes = np.random.default_rng(4).normal(size=(12, *theta.shape)) * 10.0
    slopes[3] = 0.0
    for slope in slopes:
        script = traced(rule, [np.ndim(part) for part in remembered], np.ndim(rate))
        if script is None:
            pytest.skip("this rule looks at its numbers otherwise than by arithmetic")
        with np.errstate(all="ignore"):
            theta, state = rule.follow(slope, theta, rate, state)
            mine, *own, _ = in_place(script, len(remembered))(slope.copy(), mine, rate, *remembered)
        remembered = tuple(own)
        np.testing.assert_array_equal(mine, theta)
        for part, expected in zip(remembered, state, strict=True):
            np.testing.assert_array_equal(part, expected)
        arrays = [id(part) for part in (mine, *remembered) if np.ndim(part)]
        assert len(set(arrays)) == len(arrays)


@pytest.mark.parametrize(
    "look",
    [
        lambda x: x if x > 0.0 else -x,
        lambda x: float(x),
        lambda x: np.median(x),
        lambda x: np.add.reduce(x),
        lambda x: x + np.zeros(3),
        lambda x: x + "1",
        lambda x: np.frexp(x),
    ],
    ids=["a branch", "a number", "a function", "a sum", "an array", "a text", "two results"],
)
def test_that_what_is_no_arithmetic_is_not_traced(look):
    graph = Graph()
    with pytest.raises((UntraceableError, TypeError)):
        look(Named(graph, graph.parameter(0)))
