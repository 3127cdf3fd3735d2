from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossviz.scene.clipping import clip_segments, heading

LOW, HIGH = np.array([-1.0, 0.0]), np.array([2.0, 1.0])
anything = st.floats() | st.sampled_from([0.0, -1.0, 1.0, 2.0, 1e300, -1e300, 1.7e308, 5e-324])
near = st.floats(-4, 4) | st.sampled_from([-1.0, 0.0, 1.0, 2.0])


def clip(p, q, low=LOW, high=HIGH):
    first, last, visible = clip_segments(np.array([p], float), np.array([q], float), low, high)
    return (first[0], last[0]) if visible[0] else None


def exactly(p, q):
    """The part of a segment inside the box, by rational numbers: the two ends, or None."""
    p, q = [Fraction(float(v)) for v in p], [Fraction(float(v)) for v in q]
    enter, leave = Fraction(0), Fraction(1)
    for a, b, low, high in zip(p, q, map(Fraction, LOW.tolist()), map(Fraction, HIGH.tolist()), strict=True):
        if a == b:
            if not low <= a <= high:
                return None
            continue
        one, two = sorted(((low - a) / (b - a), (high - a) / (b - a)))
        enter, leave = max(enter, one), min(leave, two)
    if enter > leave:
        return None
    return tuple([float(a + t * (b - a)) for a, b in zip(p, q, strict=True)] for t in (enter, leave))


@given(p=st.tuples(near, near), q=st.tuples(near, near))
def test_that_what_is_left_is_what_rational_arithmetic_leaves(p, q):
    expected, found = exactly(p, q), clip(p, q)
    if expected is None:
        # a segment that passes a corner by less than rounding may leave a point there
        assert found is None or np.all(np.abs(found[0] - found[1]) < 1e-9)
    elif found is None:
        assert np.all(np.abs(np.subtract(*expected)) < 1e-9)
    else:
        np.testing.assert_allclose(found, expected, atol=1e-12)


@given(p=st.tuples(anything, anything), q=st.tuples(anything, anything))
def test_that_whatever_comes_in_what_is_visible_lies_in_the_box(p, q):
    found = clip(p, q)
    if found is None:
        return
    assert np.all(np.isfinite(p + q))
    for point in found:
        assert np.all(np.isfinite(point))
        assert np.all((point >= LOW) & (point <= HIGH))


@given(p=st.tuples(st.floats(-1, 2), st.floats(0, 1)), q=st.tuples(anything, anything))
def test_that_a_segment_that_leaves_the_box_keeps_its_direction_however_far_it_goes(p, q):
    if not np.all(np.isfinite(q)):
        assert clip(p, q) is None
        return
    first, last = clip(p, q)
    np.testing.assert_array_equal(first, p)
    # on the line: the cross product of both directions, measured against a unit of the far one
    far = np.array([float((Fraction(b) - Fraction(a)) / 2) for a, b in zip(p, q, strict=True)])
    size = np.max(np.abs(far))
    if size > 1e-300:
        direction = far / size
        assert abs(direction[0] * (last - p)[1] - direction[1] * (last - p)[0]) < 1e-12
        assert (last - p) @ direction >= -1e-12


@given(p=st.tuples(near, near), q=st.tuples(near, near))
def test_that_a_segment_backwards_leaves_the_same(p, q):
    forth, back = clip(p, q), clip(q, p)
    if forth is None or back is None:
        whole = forth or back
        assert whole is None or np.all(np.abs(whole[0] - whole[1]) < 1e-9)
    else:
        np.testing.assert_allclose(forth, back[::-1], atol=1e-12)


@pytest.mark.parametrize("away", [1, 2, 3, 10])
@pytest.mark.parametrize("begin", [-0.9, -0.1, 0.1, 0.5, 0.9, 1.0])
def test_that_an_end_outside_by_the_last_bits_is_brought_inside(begin, away):
    above = 1.0 + away * 2.0**-52
    forth, back = clip((0.0, begin), (0.0, above)), clip((0.0, above), (0.0, begin))
    for low, high in (forth, back[::-1]):
        assert 1.0 - 1e-15 < high[1] <= 1.0
        assert low[1] == max(begin, 0.0)


def test_that_ends_inside_stay_to_the_last_bit():
    p, q = (0.1, 0.2), (1.7, 0.9)
    first, last = clip(p, q)
    assert tuple(first) == p
    assert tuple(last) == q


@pytest.mark.parametrize(
    ("p", "q", "expected"),
    [
        ((-9, 0.5), (9, 0.5), ((-1, 0.5), (2, 0.5))),
        ((0, -9), (0, 9), ((0, 0), (0, 1))),
        ((-1, 0), (-1, 1), ((-1, 0), (-1, 1))),
        ((1, 0.5), (1, 0.5), ((1, 0.5), (1, 0.5))),
        ((0, 0), (1e300, 1e300), ((0, 0), (1, 1))),
        ((0, 0.5), (1e300, 1e10), ((0, 0.5), (2, 0.5))),
        ((0, 0.5), (1.7e308, 0.5), ((0, 0.5), (2, 0.5))),
        ((-1.7e308, 0.5), (1, 0.5), ((-1, 0.5), (1, 0.5))),
        ((-9, -9), (9, -9), None),
        ((3, 0.5), (3, 0.5), None),
        ((3, 0.5), (9, 0.5), None),
        ((np.nan, 0.5), (1, 0.5), None),
        ((0, 0.5), (np.inf, 0.5), None),
        ((0, 0.5), (1, -np.inf), None),
    ],
)
def test_that_usual_and_extreme_segments_are_cut_as_drawn_by_hand(p, q, expected):
    found = clip(p, q)
    if expected is None:
        assert found is None
    else:
        np.testing.assert_allclose(found, expected, atol=1e-12)


def test_that_a_box_may_have_three_dimensions():
    first, last = clip((0, 0, -9), (0, 0, 9), np.full(3, -1.0), np.full(3, 1.0))
    np.testing.assert_array_equal(first, [0, 0, -1])
    np.testing.assert_array_equal(last, [0, 0, 1])


def test_that_many_segments_are_cut_as_each_alone_and_the_data_stay():
    random = np.random.Generator(np.random.PCG64(1))
    starts, ends = random.normal(scale=2, size=(2, 300, 2))
    starts[5], ends[7] = np.nan, np.inf
    kept = starts.copy(), ends.copy()
    first, last, visible = clip_segments(starts, ends, LOW, HIGH)
    np.testing.assert_array_equal((starts, ends), kept)
    assert 50 < np.sum(visible) < 250
    for k in range(300):
        alone = clip(starts[k], ends[k])
        assert (alone is not None) == visible[k]
        if visible[k]:
            np.testing.assert_array_equal((first[k], last[k]), alone)


def test_that_no_segments_leave_no_segments():
    first, last, visible = clip_segments(np.empty((0, 2)), np.empty((0, 2)), LOW, HIGH)
    assert first.shape == last.shape == (0, 2)
    assert visible.shape == (0,)


@pytest.mark.parametrize("size", [1e-200, 1.0, 1e200, 1.7e308])
def test_that_a_heading_has_length_one_however_far_it_leads(size):
    np.testing.assert_allclose(heading(np.array([-size, 0.0]), np.array([size, 0.0])), [1.0, 0.0])
    there = np.array([0.6, -0.8]) * size
    np.testing.assert_allclose(heading(np.zeros(2), there), [0.6, -0.8], rtol=1e-12)


@pytest.mark.parametrize("end", [[1.0, 2.0], [np.inf, 0.0], [np.nan, 0.0]])
def test_that_there_is_no_heading_to_where_one_is_or_beyond_all_numbers(end):
    assert heading(np.array([1.0, 2.0]), np.array(end)) is None
