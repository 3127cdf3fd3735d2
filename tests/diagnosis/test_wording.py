import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossviz.diagnosis.wording import rounded_down, short, times


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.743, ".743"),
        (2.692, "2.69"),
        (0.0, "0"),
        (-0.42, "−.42"),
        (-3.0, "−3"),
        (1.2e10, "1.2e+10"),
        (-1.2e-10, "−1.2e-10"),
        (0.012, ".012"),
        (1.03, "1.03"),
        (10.0, "10"),
        (math.inf, "infinite"),
        (-math.inf, "infinite"),
        (math.nan, "not a number"),
    ],
)
def test_that_a_number_is_written_as_people_write_it(value, text):
    assert short(value) == text


def test_that_digits_can_be_asked_for():
    assert short(2.5066, 4) == "2.507"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_that_what_is_written_is_the_number(value):
    assert float(short(value, 17).replace("−", "-")) == value


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
    assert math.isnan(rounded_down(math.nan))
