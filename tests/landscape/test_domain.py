import math

import numpy as np
import pytest

from lossviz.landscape.domain import Domain


def test_that_a_domain_tells_its_width_and_its_centre():
    domain = Domain(w=(-2, 4), b=(1, 1.5))
    assert domain.width == (6.0, 0.5)
    assert domain.centre == (1.0, 1.25)


def test_that_its_bounds_become_floats():
    domain = Domain(w=[-2, 4], b=np.array([1, 3]))
    assert domain.w == (-2.0, 4.0)
    assert [type(bound) for bound in domain.w + domain.b] == [float] * 4


def test_that_equal_bounds_make_equal_domains():
    assert Domain((0, 1), (2, 3)) == Domain(w=(0.0, 1.0), b=(2.0, 3.0))
    assert hash(Domain((0, 1), (2, 3))) == hash(Domain(w=(0.0, 1.0), b=(2.0, 3.0)))


def test_that_the_axes_reach_both_ends():
    w, b = Domain((-1, 3), (0.1, 0.7)).axes(5)
    np.testing.assert_array_equal(w, [-1, 0, 1, 2, 3])
    assert (b[0], b[-1], len(b)) == (0.1, 0.7, 5)


def test_that_an_axis_of_one_point_is_refused(refused):
    with refused("at least 2 points"):
        Domain((0, 1), (0, 1)).axes(1)


def test_that_the_edge_lies_inside_and_nan_outside():
    domain = Domain((-1, 1), (0, 2))
    w = np.array([-1.0, 1.0, 0.0, 1.0 + 1e-15, 0.0, math.nan, 0.0, math.inf])
    b = np.array([0.0, 2.0, 1.0, 1.0, -1e-300, 1.0, math.nan, 1.0])
    np.testing.assert_array_equal(domain.contains(w, b), [True, True, True, False, False, False, False, False])
    assert domain.contains(0.0, 1.0).shape == ()


@pytest.mark.parametrize(
    "bounds",
    [
        (1, 1),
        (2, 1),
        (math.nan, 1),
        (0, math.inf),
        (-math.inf, 0),
        (-1e160, 1e160),
        (0, 5e-324),
        ("a", 1),
        (1,),
        3,
        None,
    ],
)
@pytest.mark.parametrize("axis", ["w", "b"])
def test_that_impossible_bounds_are_refused_by_the_name_of_their_axis(refused, axis, bounds):
    with refused(f"domain {axis} must"):
        Domain(**({"w": (0, 1), "b": (0, 1)} | {axis: bounds}))


@pytest.mark.parametrize("bounds", [(-1e100, 1e100), (0, 1e-100), (1.0, 1.0 + 2**-52), (1e99, 1e100)])
def test_that_extreme_but_usable_bounds_are_taken(bounds):
    assert Domain(bounds, (0, 1)).w == bounds
