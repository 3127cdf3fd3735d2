import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossviz.scene.scales import LINEAR, LOG, LOG_STEP, stride_down, stride_up

POSITIVE = st.floats(1e-12, 1e12)


@pytest.mark.parametrize("scale", [LINEAR, LOG, LOG_STEP])
@given(value=POSITIVE)
def test_that_a_place_leads_back_to_its_value(scale, value):
    assert float(scale.value(scale.place(value))) == pytest.approx(value, rel=1e-10)


@pytest.mark.parametrize("scale", [LINEAR, LOG, LOG_STEP])
@given(low=POSITIVE, high=POSITIVE)
def test_that_a_larger_value_has_no_lower_place(scale, low, high):
    low, high = sorted((low, high))
    assert scale.place(low) <= scale.place(high)


def test_that_losses_of_zero_and_below_lie_below_every_logarithmic_axis():
    assert LOG.place(np.array([-1.0, 0.0])).tolist() == [-np.inf, -np.inf]
    assert np.isnan(LOG.place(np.nan))
    assert float(LOG_STEP.place(0.0)) == 0.0


@pytest.mark.parametrize(
    ("scale", "low", "high", "most", "expected"),
    [
        (LOG, 0.15, 12.0, 10, [0.2, 0.5, 1.0, 2.0, 5.0, 10.0]),
        (LOG, 1e-6, 10.0, 5, [1e-6, 1e-4, 1e-2, 1.0]),
        (LOG_STEP, -0.2, 60.0, 10, [0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0]),
        (LOG_STEP, -0.2, 700.0, 3, [0.0, 1.0, 10.0, 100.0]),
        (LINEAR, 0.0, 10.0, 5, [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]),
    ],
)
def test_that_ticks_are_round_numbers_with_room_for_their_figures(scale, low, high, most, expected):
    assert scale.ticks(low, high, most) == expected


def test_that_a_logarithmic_axis_over_less_than_a_factor_of_two_has_ticks_too():
    ticks = LOG.ticks(1.21, 1.47, 5)
    assert len(ticks) >= 3
    assert all(1.21 <= tick <= 1.47 for tick in ticks)


@given(low=st.floats(1e-250, 1e200), factor=st.floats(1.05, 1e40))
def test_that_every_logarithmic_range_has_ticks_inside_it(low, factor):
    ticks = LOG.ticks(low, low * factor, 6)
    assert ticks
    assert all(low * (1 - 1e-6) <= tick <= low * factor * (1 + 1e-6) for tick in ticks)
    assert len(ticks) <= 30


@given(value=POSITIVE)
def test_that_strides_lie_around_a_value_and_stay_where_they_are(value):
    up, down = stride_up(value), stride_down(value)
    assert down <= value * (1 + 1e-9)
    assert up >= value * (1 - 1e-9)
    assert up <= 1.5 * value
    assert stride_up(up) == up
    assert stride_down(down) == down
