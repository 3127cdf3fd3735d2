"""Searches of several runs, asked about side by side."""

import math

import numpy as np
import pytest

from lossviz.rules.base import Oracle
from lossviz.rules.curvature.questions import asked, ratio, same_or


class Counting:
    """Σ θ², and how often it was asked about how many points."""

    def __init__(self):
        self.shapes = []

    def value_and_gradient(self, theta):
        self.shapes.append(theta.shape)
        return np.sum(theta**2, axis=0), 2.0 * theta


def doubled(x, times):
    """Double a point so many times; give the losses met."""
    met = []
    for _ in range(times):
        x = [2.0 * part for part in x]
        loss, gradient = yield x
        assert gradient == [2.0 * part for part in x]
        met.append(loss)
    return met


def test_that_the_oracle_is_asked_as_often_as_the_longest_search_and_each_gets_its_own_answers():
    objective = Counting()
    theta = np.array([[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]])
    found, last = asked(Oracle(objective), theta, [doubled(list(theta[:, k]), k) for k in range(3)])
    assert objective.shapes == [(2, 3)] * 2
    assert found == [[], [20.0], [36.0, 144.0]]
    np.testing.assert_array_equal(last, [[1.0, 4.0, 12.0], [0.0, 2.0, 0.0]])


def test_that_without_a_question_nothing_is_asked():
    objective, theta = Counting(), np.array([1.0, 2.0])
    found, last = asked(Oracle(objective), theta, [doubled([1.0, 2.0], 0)])
    assert found == [[]]
    assert last is theta
    assert not objective.shapes


def test_that_the_array_which_the_oracle_remembers_is_kept_where_it_is_the_same():
    last = np.array([1.0, 2.0])
    assert same_or(last, np.array([1.0, 2.0])) is last
    other = np.array([1.0, 3.0])
    assert same_or(last, other) is other


@pytest.mark.parametrize(("a", "b"), [(1.0, 0.0), (-1.0, 0.0), (1.0, -0.0), (0.0, 0.0), (math.nan, 0.0), (3.0, 2.0)])
def test_that_a_ratio_is_what_arrays_give(a, b):
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(ratio(a, b), np.float64(a) / np.float64(b))
