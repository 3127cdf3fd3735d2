import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossviz.diagnosis.wording import rounded_down, times


def test_that_how_often_is_said_in_words():
    assert [times(1), times(2), times(14), times(0)] == ["once", "twice", "14 times", "0 times"]


@given(st.floats(1e-300, 1e300))
def test_that_an_advised_number_is_never_above_the_true_one(value):
    rounded = rounded_down(value)
    assert 0.9 * value < rounded <= value * (1 + 1e-11)
    assert float(f"{rounded:.1e}") == pytest.approx(rounded, rel=1e-12)


def test_that_what_has_two_digits_stays():
    assert [rounded_down(v) for v in (0.36, 0.1, 2.0, 99.0)] == pytest.approx([0.36, 0.1, 2.0, 99.0])
    assert rounded_down(0.3714) == pytest.approx(0.37)
    assert rounded_down(0.0) == 0.0
    assert rounded_down(5e-324) == 5e-324
    assert math.isnan(rounded_down(math.nan))
