import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossviz.landscape.corners import MANY, Corners, _turn
from lossviz.landscape.penalty import Penalty

small = st.integers(-3, 3).map(float)


def value(x, corner, above, below, penalty, w, b):
    r = np.multiply.outer(w, x) + np.asarray(b)[..., None] - corner
    return np.maximum(r, 0) @ above + np.maximum(-r, 0) @ below + penalty.l1 * np.abs(w) + penalty.l2 * np.square(w)


def crossings(x, corner):
    """Where lines of two samples cross, and where they cross w = 0."""
    i, j = np.triu_indices(len(x), 1)
    i, j = i[x[i] != x[j]], j[x[i] != x[j]]
    w = np.concatenate([(corner[i] - corner[j]) / (x[i] - x[j]), np.zeros(len(x))])
    return w, np.concatenate([corner[i] - w[: len(i)] * x[i], corner])


@given(
    samples=st.lists(st.tuples(small, small, st.integers(1, 3), st.integers(0, 3)), min_size=2, max_size=9),
    l1=st.sampled_from([0.0, 0.5, 1.0, 2.25]),
)
def test_that_the_lowest_of_all_crossings_is_found_and_said_to_be_none_where_it_is_not_the_only_one(samples, l1):
    x, corner, above, below = np.array(samples, dtype=float).T
    penalty = Penalty(l1=l1)
    found = Corners(x, corner, above, below, penalty).lowest()
    w, b = crossings(x, corner)
    values = value(x, corner, above, below, penalty, w, b)
    best = np.flatnonzero(values <= np.min(values) + 1e-12)
    alone = np.ptp(w[best]) < 1e-12 and np.ptp(b[best]) < 1e-12
    # a single lowest crossing is no lowest point where it is as low for ever in some direction
    around = np.linspace(0, 2 * np.pi, 721)
    near = value(x, corner, above, below, penalty, w[best[0]] + np.cos(around), b[best[0]] + np.sin(around))
    if found is None:
        assert not alone or np.min(near) <= values[best[0]] + 1e-3
    else:
        assert alone
        assert found == pytest.approx((w[best[0]], b[best[0]]), abs=1e-12)


@given(
    samples=st.lists(st.tuples(small, small, st.integers(1, 3), st.integers(0, 3)), min_size=2, max_size=9),
    l1=st.sampled_from([0.0, 0.5]),
    l2=st.sampled_from([1e-3, 0.2, 3.0]),
)
def test_that_with_squares_no_point_is_lower_than_the_one_found(samples, l1, l2):
    x, corner, above, below = np.array(samples, dtype=float).T
    penalty = Penalty(l1, l2)
    found = Corners(x, corner, above, below, penalty).lowest()
    if found is None:
        return
    lowest = value(x, corner, above, below, penalty, *found)
    w, b = crossings(x, corner)
    turn = np.linspace(0, 2 * np.pi, 361)
    for radius in (1e-4, 1e-2, 1.0):
        w = np.append(w, found[0] + radius * np.cos(turn))
        b = np.append(b, found[1] + radius * np.sin(turn))
    assert np.all(value(x, corner, above, below, penalty, w, b) > lowest - 1e-12)
    # and it is the only one: what is not far, but not the same, is higher
    aside = value(x, corner, above, below, penalty, found[0], found[1] + np.array([-1e-3, 1e-3]))
    assert np.all(aside > lowest)


def test_that_the_line_of_least_absolute_errors_goes_through_two_samples_and_past_an_outlier():
    x, y = np.arange(9.0), 2.0 * np.arange(9.0) + 1.0
    y[7] = 500.0
    one = np.full(9, 1 / 9)
    assert Corners(x, y, one, one, Penalty()).lowest() == (2.0, 1.0)


def test_that_samples_on_one_line_are_fitted_whatever_their_number():
    x = np.arange(3000.0) / 7.0
    one = np.full(3000, 1 / 3000)
    assert Corners(x, 0.3 * x - 5.0, one, one, Penalty()).lowest() == pytest.approx((0.3, -5.0), rel=1e-12)


@pytest.mark.parametrize("l2", [0.0, 0.3])
def test_that_many_samples_have_the_minimum_that_sorting_all_of_them_gives(l2, monkeypatch):
    random = np.random.Generator(np.random.PCG64(3))
    x = random.normal(size=3 * MANY + 1)
    y = x + random.standard_cauchy(len(x))
    one = np.full(len(x), 1 / len(x))
    found = Corners(x, y, one, one, Penalty(l2=l2)).lowest()
    monkeypatch.setattr("lossviz.landscape.corners.MANY", 10**9)
    assert found == Corners(x, y, one, one, Penalty(l2=l2)).lowest()


def test_that_the_turn_of_many_bends_is_where_the_slope_passes_0():
    random = np.random.Generator(np.random.PCG64(5))
    at, bend = random.standard_cauchy(5 * MANY), random.uniform(0, 1, 5 * MANY)
    order = np.argsort(at)
    for part in (0.0, 1e-6, 0.2, 0.5, 0.9999, 1.0):
        first = -part * np.sum(bend)
        k, before, after = _turn(at, bend, first, 0.0)
        assert k == order[min(np.searchsorted(np.cumsum(bend[order]), -first - 1e-9), len(at) - 1)]
        assert before <= 1e-6
        assert after >= -1e-6
