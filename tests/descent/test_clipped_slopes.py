"""Clipping of slopes, in numbers and in arrays."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lossviz as lv
from lossviz.descent.clipping import Clipping
from lossviz.descent.conditions import Conditions
from lossviz.rules import conventions

slopes = st.one_of(st.floats(), st.floats(-10.0, 10.0), st.sampled_from([0.0, 1e300, -1e-300]))
limits = st.one_of(st.none(), st.floats(1e-3, 10.0))
clippings = st.builds(Clipping, limits, limits, limits, st.sampled_from([0.0, 1e-6]))


@given(clippings, st.lists(st.tuples(slopes, slopes), min_size=1, max_size=6))
def test_that_numbers_are_cut_as_arrays_are_bit_for_bit(clipping, pairs):
    with np.errstate(all="ignore"):
        many, acted = clipping.cut(list(np.array(pairs).T))
    acted = np.broadcast_to(acted, len(pairs))
    for run, pair in enumerate(pairs):
        alone, cut = clipping.cut(pair)
        assert all(type(g) is float for g in alone)
        np.testing.assert_array_equal(alone, [rows[run] for rows in many])
        assert bool(cut) == acted[run]


@given(clippings, st.floats(-1e300, 1e300), st.floats(-1e300, 1e300))
def test_that_what_is_cut_is_within_its_limits_and_points_the_same_way(clipping, by_w, by_b):
    (w, b), acted = clipping.cut((by_w, by_b))
    assert acted or (w, b) == (by_w, by_b)
    assert w * math.copysign(1.0, by_w) >= 0.0
    assert b * math.copysign(1.0, by_b) >= 0.0
    for limit in (clipping.value, clipping.norm):
        assert limit is None or max(abs(w), abs(b)) <= limit
    if clipping.global_norm is not None:
        assert math.hypot(w, b) <= clipping.global_norm * (1.0 + 1e-15)
    if clipping.value is clipping.norm is None and by_w and by_b and w and b and acted:
        assert w / b == pytest.approx(by_w / by_b, rel=1e-9)


def test_that_a_slope_at_the_limit_is_left_alone():
    for clipping in (Clipping(value=0.5), Clipping(norm=0.5), Clipping(global_norm=0.5)):
        found, acted = clipping.cut([0.5, 0.0])
        assert found == [0.5, 0.0]
        assert not acted


def test_that_pytorch_alone_has_a_margin():
    conditions = Conditions(clip_global_norm=1.0)
    margins = {way: Clipping.of(conditions, lv.optimizer("sgd", convention=way)).margin for way in conventions("sgd")}
    assert margins == {"pytorch": 1e-6, "keras": 0.0, "optax": 0.0}
    assert Clipping.of(Conditions(), lv.optimizer("sgd")) is None
    assert Clipping(global_norm=1.0, margin=1e-6).cut([3.0, 4.0])[0] == [3.0 / 5.000001, 4.0 / 5.000001]
