import math
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossviz import numerals
from lossviz.numerals import (
    count_tick,
    counted,
    decimal_sign,
    exact,
    fixed,
    listed,
    short,
    signed,
    telling,
    tick,
    use_decimal_sign,
    written_out,
)


@pytest.fixture
def comma() -> Iterator[None]:
    use_decimal_sign(",")
    yield
    use_decimal_sign(".")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.743, "0.743"),
        (2.692, "2.69"),
        (0.0, "0"),
        (-0.0, "0"),
        (-0.42, "−0.42"),
        (-3.0, "−3"),
        (1234.4, "1234"),
        (9994.0, "9994"),
        (9996.0, "1e4"),
        (12345.0, "1.23e4"),
        (1e5, "1e5"),
        (1.2e10, "1.2e10"),
        (-1.2e-10, "−1.2e−10"),
        (0.0001, "0.0001"),
        (0.00001, "1e−5"),
        (0.012, "0.012"),
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
    assert short(123456.0, 6) == "123456"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_that_what_is_written_is_the_number(value):
    assert float(short(value, 17).replace("−", "-")) == value
    assert float(exact(value).replace("−", "-")) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5716, "0.572"),
        (0.0, "0.000"),
        (-0.0, "0.000"),
        (1234.5, "1234.500"),
        (-0.00012, "−1.20e−4"),
        (123456.0, "1.23e5"),
        (math.nan, "not a number"),
    ],
)
def test_that_numbers_in_a_column_have_equal_decimals_or_an_exponent(value, text):
    assert fixed(value) == text
    assert fixed(0.957, 2) == "0.96"


def test_that_a_small_number_keeps_three_digits_that_count():
    assert [telling(v) for v in (1.5, 0.5, 0.04321, 0.0012345, 0.00012, 0.0)] == [
        "1.500",
        "0.500",
        "0.0432",
        "0.00123",
        "1.20e−4",
        "0.000",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2655.74, "2656"),
        (12.4, "12.40"),
        (-0.9, "−0.9"),
        (9.9999, "10.00"),
        (9999.6, "10,000"),
        (-30912.4, "−30,912"),
        (999_400.0, "999,400"),
        (1e6, "1.00e6"),
        (0.001, "0.001"),
        (0.0123456, "0.01235"),
        (0.00123456, "0.00123"),
        (3.2e-7, "3.20e−7"),
        (0.0, "0"),
        (math.inf, "infinite"),
    ],
)
def test_that_a_coefficient_has_four_digits_and_seldom_an_exponent(value, text):
    assert written_out(value) == text


def test_that_a_change_has_its_sign():
    assert [signed(v) for v in (0.5, -0.5, 0.0)] == ["+0.500", "−0.500", "0.000"]
    assert signed(0.5, short) == "+0.5"
    assert signed(math.inf) == "infinite"


@pytest.mark.parametrize(
    ("value", "spacing", "text"),
    [
        (0.5, 0.5, "0.5"),
        (-1.0, 0.5, "−1.0"),
        (1e-17, 0.5, "0"),
        (2000.0, 500.0, "2000"),
        (2e4, 5e3, "2e4"),
        (5e-5, 5e-5, "5e−5"),
    ],
)
def test_that_numbers_of_an_axis_have_as_many_decimals_as_their_neighbours(value, spacing, text):
    assert tick(value, spacing) == text


def test_that_thousands_are_parted_from_ten_thousand_on():
    assert [counted(n) for n in (0, 999, 1000, 9999, 10_000, 1_234_567)] == [
        "0",
        "999",
        "1000",
        "9999",
        "10,000",
        "1,234,567",
    ]


@pytest.mark.usefixtures("comma")
def test_that_a_decimal_comma_stands_in_every_number_and_lists_are_parted_by_semicolons():
    assert decimal_sign() == ","
    assert [short(0.71), fixed(-1.5), telling(0.0432), signed(0.5), tick(0.5, 0.5), exact(0.125)] == [
        "0,71",
        "−1,500",
        "0,0432",
        "+0,500",
        "0,5",
        "0,125",
    ]
    assert [counted(1_234_567), written_out(30912.4)] == ["1\u202f234\u202f567", "30\u202f912"]
    assert listed([short(1.5), short(-0.2)]) == "1,5; −0,2"


def test_that_lists_are_parted_by_commas_where_the_sign_is_a_point():
    assert listed(["1.5", "−0.2"]) == "1.5, −0.2"


def test_that_any_other_sign_than_a_comma_means_a_point():
    use_decimal_sign("٫")
    assert numerals.decimal_sign() == "."


@pytest.mark.parametrize(
    ("value", "spacing", "text"),
    [
        (0, 5000, "0"),
        (800, 200, "800"),
        (2000, 500, "2k"),
        (1500, 500, "1.5k"),
        (15_000, 5000, "15k"),
        (2.5e6, 5e5, "2.5M"),
    ],
)
def test_that_counts_of_an_axis_are_written_in_thousands(value: float, spacing: float, text: str) -> None:
    assert count_tick(value, spacing) == text
