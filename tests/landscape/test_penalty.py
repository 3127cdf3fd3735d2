import numpy as np
import pytest

from lossviz.landscape.penalty import NONE, Penalty


def test_that_the_penalty_has_no_halves():
    penalty = Penalty(l1=0.5, l2=0.25)
    np.testing.assert_allclose(penalty.value([-2.0, 0.0, 3.0]), [2.0, 0.0, 3.75])
    np.testing.assert_allclose(penalty.slope([-2.0, 0.0, 3.0]), [-1.5, 0.0, 2.0])
    assert penalty.terms == "0.5·|w| + 0.25·w²"
    assert Penalty(l2=1.0).terms == "1·w²"


def test_that_no_penalty_is_nothing():
    assert not NONE
    assert Penalty(l1=1e-300)
    assert Penalty(l2=1)


def test_that_a_penalty_of_a_stretched_weight_costs_the_same():
    penalty, w = Penalty(0.3, 0.7), 1.7
    assert penalty.stretched(25.0).value(25.0 * w) == pytest.approx(penalty.value(w), rel=1e-15)


@pytest.mark.parametrize("centre", [2.0, -2.0, 0.1])
def test_that_the_kink_of_l1_keeps_a_small_weight_at_0(centre):
    # (w − centre)² + |w|, least at centre ∓ 1/2 or at 0; with tilt t at centre − t/2
    found = Penalty(l1=1.0).lowest(lambda tilt: (centre - tilt / 2.0, 7.0), lambda: (0.0, 5.0))
    expected = {2.0: (1.5, 7.0), -2.0: (-1.5, 7.0), 0.1: (0.0, 5.0)}[centre]
    assert found == pytest.approx(expected)


def test_that_without_l1_there_is_nothing_to_take_apart():
    assert Penalty(l2=1.0).lowest(lambda tilt: (tilt, 1.0), lambda: None) == (0.0, 1.0)
