import itertools

import pytest

from lossviz.experiment import CARDS, LAYOUTS
from lossviz.gui import layouts
from lossviz.gui.layouts import ABOUT_DATA, GAP, LEAST_HEIGHT, LEAST_WIDTH, TITLES, arranged

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


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_that_without_data_the_minima_stand_where_the_data_stood(layout, size):
    fitted, given = arranged(layout, *size), arranged(layout, *size, data=False)
    assert not set(ABOUT_DATA) & set(given)
    if "data" in fitted or "minima" in fitted:
        assert "minima" in given
    assert set(fitted) - {*ABOUT_DATA, "minima"} == set(given) - {"minima"}
    assert max(x + w for x, _, w, _ in given.values()) == size[0]
    assert all(not overlap(one, other) for one, other in itertools.combinations(given.values(), 2))


@pytest.mark.parametrize("card", ABOUT_DATA)
def test_that_without_data_a_card_about_them_is_never_seen_alone(card):
    assert arranged("race", 1000, 700, large=card, data=False) == arranged("race", 1000, 700, data=False)


def test_that_larger_type_needs_more_room():
    assert len(arranged("race", 1000, 700)) == 5
    assert len(arranged("race", 1000, 700, zoom=1.5)) == 4


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    ("width", "height", "zoom"), [(590, 520, 2.0), (1130, 760, 3.0), (360, 260, 1.0), (690, 300, 1.0)]
)
def test_that_cards_in_a_room_too_small_keep_a_readable_size_in_a_higher_one(layout, width, height, zoom):
    places = arranged(layout, width, height, zoom=zoom)
    for one, other in itertools.combinations(places.values(), 2):
        assert not overlap(one, other)
    assert all(w >= min(width, LEAST_WIDTH * zoom) and h >= LEAST_HEIGHT * zoom - 1 for _, _, w, h in places.values())
    assert max(x + w for x, _, w, _ in places.values()) == width
    assert max(y + h for _, y, _, h in places.values()) > height
    # one card can be seen whole, and that there is a next one
    alone = [h for _, _, w, h in places.values() if w == width]
    assert all(h < height or h == pytest.approx(LEAST_HEIGHT * zoom, abs=1) for h in alone)
