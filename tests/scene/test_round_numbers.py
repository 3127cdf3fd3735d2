import math

import pytest

from lossviz.scene.round_numbers import next_multiple, nice_step, roundest


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.694, 0.726, 0.7),
        (0.7084, 0.7116, 0.71),
        (0.9, 1.2, 1.0),
        (8.0, 13.0, 10.0),
        (-0.3, 0.2, 0.0),
        (-7.26, -6.94, -7.0),
        (1.23e-7, 1.27e-7, 1.25e-7),
        (0.0, 0.004, 0.0),
        (2.5, 2.5, 2.5),
    ],
)
def test_that_the_roundest_number_of_a_range_is_the_one_a_hand_means(low, high, expected):
    assert roundest(low, high) == expected


@pytest.mark.parametrize("value", [0.71, 0.012, 3.6, 123.0, 4.5e-9])
@pytest.mark.parametrize("width", [0.3, 0.04, 0.003])
def test_that_no_number_of_the_range_has_fewer_digits(value, width):
    low, high = value * (1.0 - width), value * (1.0 + width)
    found = roundest(low, high)
    assert low <= found <= high
    digits = len(f"{found:.12e}".split("e")[0].replace(".", "").rstrip("0"))
    power = math.floor(math.log10(high)) - digits + 2
    step = 10.0**power
    assert digits == 1 or math.floor(high / step) < math.ceil(low / step)


@pytest.mark.parametrize(
    ("most", "expected"), [(0.0142, 0.01), (0.002, 0.002), (0.1, 0.1), (0.049, 0.02), (7.0, 5.0), (10.0, 10.0)]
)
def test_that_a_nice_step_is_1_2_or_5_times_a_power_of_ten(most, expected):
    assert nice_step(most) == expected


@pytest.mark.parametrize(
    ("value", "step", "count", "expected"),
    [
        (0.71, 0.01, 1, 0.72),
        (0.71, 0.01, -1, 0.70),
        (0.713, 0.01, 1, 0.72),
        (0.713, 0.01, -1, 0.71),
        (-2.2, 0.5, 1, -2.0),
        (-2.2, 0.5, -1, -2.5),
        (0.3, 0.1, 10, 1.3),
        (-0.1, 0.1, 1, 0.0),
    ],
)
def test_that_a_step_leads_to_the_next_multiple(value, step, count, expected):
    assert next_multiple(value, step, count) == expected
