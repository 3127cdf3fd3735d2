import pytest

from lossviz.gui.slider_scale import ZERO, Scale
from lossviz.landscape.param import Param

DECAY = Param("weight_decay", "λ", 0.0, low=0.0, shown=(1e-5, 1.0), log=True)
RATE = Param("learning_rate", "η", 0.01, low=0.0, shown=(1e-4, 10.0), log=True, open_low=True)
COUNT = Param("history", "m", 10, low=1, shown=(1, 30), whole=True)
LONG_COUNT = Param("wait", "n", 1000, low=0, shown=(1, 1_000_000), log=True, whole=True)


def test_that_the_left_end_of_a_logarithmic_scale_means_zero_where_that_is_allowed() -> None:
    scale = Scale(DECAY)
    assert (scale.place(0.0), scale.value_at(0.0)) == (0.0, 0.0)
    assert scale.place(1e-5) == pytest.approx(ZERO)
    assert scale.value_at(ZERO) == pytest.approx(1e-5)
    assert scale.place(1.0) == pytest.approx(1.0)
    # a value below the scale is no zero
    assert scale.place(1e-9) == ZERO
    assert not Scale(RATE).zero
    assert Scale(RATE).value_at(0.0) == 1e-4


def test_that_a_hand_at_the_left_end_means_zero_and_a_little_further_the_least_of_the_scale() -> None:
    scale = Scale(DECAY)
    assert scale.pointed(0.0, 0.005) == 0.0
    assert scale.pointed(0.9 * ZERO, 0.005) == pytest.approx(1e-5)
    assert scale.value_at(scale.place(0.03)) == pytest.approx(0.03)


def test_that_keys_step_from_the_scale_to_zero_and_back() -> None:
    scale = Scale(DECAY)
    assert scale.stepped(1e-5, -1, False) == 0.0
    assert scale.stepped(0.0, -1, False) == 0.0
    assert scale.stepped(0.0, 1, False) == 1e-5
    assert scale.stepped(1e-5, 1, False) > 1e-5


@pytest.mark.parametrize("place", [0.0, 0.013, 0.21, 0.5, 0.77, 1.0])
@pytest.mark.parametrize("param", [COUNT, LONG_COUNT])
def test_that_a_count_is_whole_everywhere(param: Param, place: float) -> None:
    scale = Scale(param)
    for value in (scale.value_at(place), scale.pointed(place, 0.01), scale.stepped(scale.value_at(place), 1, True)):
        assert value == int(value)


def test_that_a_key_makes_a_small_count_one_more_or_less() -> None:
    scale = Scale(COUNT)
    assert [scale.stepped(10, count, small) for count in (1, -1) for small in (False, True)] == [11, 11, 9, 9]
    assert scale.stepped(1, -1, False) == 1
    assert scale.stepped(30, 1, False) == 30
