import math

import pytest

import lossviz as lv
from lossviz.diagnosis.destination import destination
from lossviz.diagnosis.nature import StationaryPoint


@pytest.fixture(scope="module")
def wells():
    surface = lv.surface("two_wells")
    return surface.domain, lv.stationary_points(surface)


def test_that_each_of_two_wells_is_told_with_its_rank(wells):
    domain, points = wells
    best, other = destination(points, (-1.0, 1e-4), domain), destination(points, (1.0, 0.0), domain)
    assert (best.kind, best.text, best.above_best) == ("global", "in the global minimum", 0.0)
    assert other.kind == "local"
    # the right one lies 4·tilt/3 higher, and tilt is 0.25
    assert other.above_best == pytest.approx(1 / 3, rel=1e-12)
    assert other.text == "in the local minimum, 0.33 above the best"
    assert other.point.position == pytest.approx((1.0, 0.0), abs=1e-12)


def test_that_the_pass_between_them_is_told_as_a_saddle_and_the_slope_as_nothing(wells):
    domain, points = wells
    found = destination(points, (0.25, 0.0), domain)
    assert (found.kind, found.text) == ("saddle", "at a saddle")
    assert math.isnan(found.above_best)
    nowhere = destination(points, (0.4, 0.3), domain)
    assert (nowhere.kind, nowhere.point, nowhere.text) == ("none", None, "at no minimum yet")
    assert destination(points, (math.nan, math.inf), domain).kind == "none"


def test_that_equally_low_minima_are_counted():
    surface = lv.surface("himmelblau")
    found = destination(lv.stationary_points(surface), (3.0, 2.0), surface.domain)
    assert (found.kind, found.equals, found.text) == ("global", 4, "in one of the 4 global minima")


def test_that_the_one_minimum_of_a_bowl_has_no_rank():
    surface = lv.surface("sphere")
    found = destination(lv.stationary_points(surface), (0.0, 0.0), surface.domain)
    assert (found.kind, found.text, found.above_best) == ("only", "in the only minimum", 0.0)


def test_that_any_place_of_a_line_of_minima_is_in_it():
    domain = lv.surface("sphere").domain
    line = StationaryPoint(
        "degenerate",
        (0.0, 0.0),
        0.0,
        (0.0, 1.0),
        True,
        is_global=True,
        text="a line of minima",
        along=((-1.0, 0.0), (0.0, 0.0), (1.0, 0.0)),
    )
    assert destination([line], (0.5, 0.0), domain).kind == "only"
    assert destination([line], (0.5, 0.5), domain).kind == "none"
