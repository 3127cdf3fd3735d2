import numpy as np
import pytest

from lossviz.landscape.param import Param

RATE = Param("rate", "η", 0.1, low=0.0, open_low=True)
SHARE = Param("share", "β", 0.9, low=0.0, high=1.0, open_high=True)
SWITCH = Param("amsgrad", "", False)


@pytest.mark.parametrize(("given", "used"), [(0.5, 0.5), (2, 2.0), (np.float32(0.5), 0.5), (np.array(3), 3.0)])
def test_that_a_number_is_used_as_a_float(given, used):
    assert RATE.check(given) == used
    assert type(RATE.check(given)) is float


def test_that_an_array_is_copied_and_closed():
    given = np.array([0.1, 0.2])
    used = RATE.check(given)
    given[0] = 5.0
    assert used.tolist() == [0.1, 0.2]
    assert not used.flags.writeable


@pytest.mark.parametrize("value", [0, -1, np.nan, np.inf, [0.1, -2.0], np.array([[1.0], [np.nan]]), -(10**400)])
def test_that_a_value_out_of_range_is_refused_by_name(refused, value):
    with refused("rate must be above 0, not "):
        RATE.check(value)


@pytest.mark.parametrize(
    "value", ["0.1", None, True, b"1", [[1, 2], [3]], {}, 1j, np.bool_(True), ["0.1", "1"], [True]]
)
def test_that_what_is_no_number_is_refused(refused, value):
    with refused("rate must be a number, not ", TypeError):
        RATE.check(value)


def test_that_ends_are_included_unless_they_are_open(refused):
    assert SHARE.check(0) == 0.0
    with refused("share must be from 0 to below 1, not 1"):
        SHARE.check(1)


def test_that_a_switch_takes_true_and_false_alone(refused):
    assert SWITCH.switch
    assert not RATE.switch
    assert SWITCH.check(True) is True
    assert SWITCH.check(np.False_) is False
    with refused("amsgrad must be true or false, not 1", TypeError):
        SWITCH.check(1)


@pytest.mark.parametrize(
    ("limits", "text"),
    [
        ({}, "a finite number"),
        ({"low": 0.0}, "0 or more"),
        ({"high": 3.0}, "3 or less"),
        ({"low": 0.0, "open_low": True}, "above 0"),
        ({"high": 1.0, "open_high": True}, "below 1"),
        ({"low": 0.0, "high": 1.0}, "from 0 to 1"),
        ({"low": 0.0, "high": 1.0, "open_high": True}, "from 0 to below 1"),
        ({"low": 0.0, "high": 1.0, "open_low": True}, "above 0 to 1"),
    ],
)
def test_that_the_range_is_said_in_words(limits, text):
    assert Param("x", "x", 0.5, **limits).range_text == text


def test_that_numbers_beyond_all_floats_and_no_numbers_at_all_are_refused(refused):
    with refused("rate must be above 0, not a number beyond all floats.", ValueError):
        RATE.check(10**400)
    with refused("rate must be a number, or an array of at least one.", ValueError):
        RATE.check([])
    count = Param("count", "n", 3, low=1, whole=True)
    assert count.check(np.int64(7)) == count.check(7.0) == 7
    with refused("count must be a whole number, 1 or more, not a number of more than 15 digits.", ValueError):
        count.check(10**400)
