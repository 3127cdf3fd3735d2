import itertools

import pytest

from lossviz.experiment import CARDS, LAYOUTS
from lossviz.gui import layouts
from lossviz.gui.layouts import GAP, TITLES, arranged

SIZES = [(690, 560), (950, 700), (1590, 960), (3500, 2050)]


def overlap(one, other):
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    up = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return across > 0 and up > 0


def test_that_every_layout_of_a_file_is_known_here_and_every_card_has_a_title():
    assert tuple(layouts.LAYOUTS) == LAYOUTS
    assert tuple(TITLES) == CARDS


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_that_cards_fill_the_room_without_overlap(layout, size):
    places = arranged(layout, *size)
    for one, other in itertools.combinations(places.values(), 2):
        assert not overlap(one, other)
    assert min(x for x, _, _, _ in places.values()) == min(y for _, y, _, _ in places.values()) == 0
    assert max(x + w for x, _, w, _ in places.values()) == size[0]
    assert max(y + h for _, y, _, h in places.values()) == size[1]
    covered = sum((w + GAP) * (h + GAP) for _, _, w, h in places.values())
    assert covered == pytest.approx((size[0] + GAP) * (size[1] + GAP), rel=0.01)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_that_a_small_room_has_four_cards_at_most_and_a_large_one_all_of_the_layout(layout):
    assert len(arranged(layout, 690, 560)) <= 4
    assert all(w >= 200 and h >= 150 for _, _, w, h in arranged(layout, 690, 560).values())
    assert len(arranged(layout, 1590, 960)) >= 3
    assert set(arranged("all", 1590, 960)) == set(CARDS)


def test_that_hidden_cards_leave_their_room_to_the_others():
    left = arranged("race", 1000, 700, hidden=("map", "data"))
    assert "map" not in left
    assert left["surface"][2] == 1000
    assert arranged("race", 1000, 700, hidden=CARDS) == {}


@pytest.mark.parametrize("card", CARDS)
def test_that_any_card_can_be_seen_alone(card):
    assert arranged("race", 1000, 700, large=card) == {card: (0, 0, 1000, 700)}


def test_that_larger_type_needs_more_room():
    assert len(arranged("race", 1000, 700)) == 5
    assert len(arranged("race", 1000, 700, zoom=1.5)) == 4
