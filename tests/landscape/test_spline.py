import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.landscape.spline import local_slopes, spline_slopes, through
from lossviz.landscape.work import completed

CASES = json.loads((Path(__file__).parents[1] / "reference" / "splines.json").read_text(encoding="utf-8"))["cases"]
RANDOM = np.random.default_rng(7)
W, B = np.cumsum(RANDOM.uniform(0.2, 1.0, 12)), np.cumsum(RANDOM.uniform(0.1, 2.0, 10))
LOSS = RANDOM.normal(size=(12, 10))


def at_points(spline, w, b, order):
    return spline.at(np.atleast_1d(np.asarray(w, float)), np.atleast_1d(np.asarray(b, float)), order)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_that_the_spline_and_its_derivatives_are_scipys(case):
    w, b, loss, at = (np.array(case[name]) for name in ("w", "b", "loss", "at"))
    found = at_points(completed(through(w, b, loss, spline_slopes)), at[:, 0], at[:, 1], 2)
    for (p, q), expected in zip(case["orders"], case["derivatives"], strict=True):
        assert found[p, q] == pytest.approx(expected, rel=1e-9, abs=1e-9 * np.max(np.abs(expected)))


@pytest.mark.parametrize("slopes", [spline_slopes, local_slopes])
def test_that_either_bicubic_goes_through_every_loss(slopes):
    spline = completed(through(W, B, LOSS, slopes))
    w, b = (axis.ravel() for axis in np.meshgrid(W, B, indexing="ij"))
    assert at_points(spline, w, b, 0)[0, 0] == pytest.approx(LOSS.ravel(), abs=1e-13)
    assert completed(spline.on_grid(W, B)) == pytest.approx(LOSS, abs=1e-13)


@pytest.mark.parametrize(("slopes", "continuous"), [(spline_slopes, 2), (local_slopes, 1)])
def test_that_derivatives_are_continuous_across_the_knots(slopes, continuous):
    spline = completed(through(W, B, LOSS, slopes))
    b = np.linspace(B[0], B[-1], 30)
    for knot in W[1:-1]:
        before, after = (
            at_points(spline, np.full(30, np.nextafter(knot, toward)), b, 2) for toward in (-np.inf, np.inf)
        )
        for p in range(continuous + 1):
            assert before[p, 0] == pytest.approx(after[p, 0], abs=1e-9)
    # and no further: a local cubic's second derivative does jump
    jump = np.max(np.abs(before[2, 0] - after[2, 0]))
    assert (jump > 1e-3) == (continuous == 1)


@pytest.mark.parametrize(("slopes", "degree"), [(spline_slopes, 3), (local_slopes, 3)])
def test_that_a_cubic_is_given_back(slopes, degree):
    def cubic(w, b):
        return 1.0 - w + 2.0 * b + w * b - 0.3 * w**degree * b**2 + 0.1 * b**degree

    spline = completed(through(W, B, cubic(W[:, None], B), slopes))
    w, b = RANDOM.uniform(W[0], W[-1], 50), RANDOM.uniform(B[0], B[-1], 50)
    found = at_points(spline, w, b, 1)
    scale = np.max(np.abs(cubic(w, b)))
    assert found[0, 0] == pytest.approx(cubic(w, b), abs=1e-11 * scale)
    assert found[1, 0] == pytest.approx(-1.0 + b - 0.9 * w**2 * b**2, abs=1e-11 * scale)


@pytest.mark.parametrize("slopes", [spline_slopes, local_slopes])
def test_that_gradient_and_hessian_are_those_of_the_spline_itself(slopes):
    spline = completed(through(W, B, LOSS, slopes))
    # well inside the cells, so that both sides of a difference lie in one
    w = W[:-1] + 0.4 * np.diff(W)
    b = np.full(len(w), B[3] + 0.6 * (B[4] - B[3]))
    e = 1e-5
    found = at_points(spline, w, b, 2)
    for p, q, right, left in (
        (1, 0, (w + e, b), (w - e, b)),
        (0, 1, (w, b + e), (w, b - e)),
    ):
        above, below = at_points(spline, *right, 1), at_points(spline, *left, 1)
        assert found[p, q] == pytest.approx((above - below)[0, 0] / (2 * e), abs=1e-6)
        assert found[2 * p, 2 * q] == pytest.approx((above - below)[p, q] / (2 * e), abs=1e-6)
        assert found[1, 1] == pytest.approx((above - below)[q, p] / (2 * e), abs=1e-6)


def test_that_a_grid_is_what_its_points_are():
    spline = completed(through(W, B, LOSS, spline_slopes))
    w, b = np.linspace(W[0], W[-1], 37), np.linspace(B[0], B[-1], 53)
    grid = completed(spline.on_grid(w, b))
    assert grid == pytest.approx(spline.at(np.repeat(w, 53), np.tile(b, 37), 0)[0, 0].reshape(37, 53), abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 9)), min_size=1, max_size=3))
def test_that_a_missing_loss_blanks_the_cells_within_two_points_and_no_other(holes):
    holed = LOSS.copy()
    for hole in holes:
        holed[hole] = np.nan
    whole, around = (completed(through(W, B, loss, local_slopes)) for loss in (LOSS, holed))
    i, j = (index.ravel() for index in np.meshgrid(range(11), range(9), indexing="ij"))
    w, b = (W[i] + W[i + 1]) / 2, (B[j] + B[j + 1]) / 2
    blank = np.zeros(len(i), dtype=bool)
    for hole in holes:
        blank |= (i - 2 <= hole[0]) & (hole[0] <= i + 3) & (j - 2 <= hole[1]) & (hole[1] <= j + 3)
    found, expected = at_points(around, w, b, 2), at_points(whole, w, b, 2)
    blanked = np.isnan(found)
    # a missing loss has no say anywhere else
    assert np.array_equal(found[:, :, ~blank], expected[:, :, ~blank])
    assert np.all(blanked[0, 0] == blank)
    grid = completed(around.on_grid(np.unique(w), np.unique(b)))
    assert np.array_equal(np.isnan(grid).ravel(), blank)
