"""Losses and slopes in plain numbers, and slopes without the loss, are those that arrays give."""

import numpy as np
import pytest

import lossviz as lv
from lossviz.landscape.functions import bundled

generator = np.random.default_rng(1)
FAR = [[0.0, 1e200, np.inf, np.nan, -1e-300, 0.0, 1e160, 3.0], [0.0, 1e100, 1.0, 0.0, 3.0, np.inf, -1e160, -0.0]]
POINTS = np.concatenate([3.0 * generator.normal(size=(2, 200)), FAR], axis=1)
BY_ARITHMETIC = ["himmelblau", "rosenbrock", "beale", "booth", "goldstein_price", "six_hump_camel", "bukin6", "trid"]


def fits():
    births = lv.dataset("birthwt")
    line = lv.Dataset("a line", {"x": np.array([0.0, 1.0, 2.0]), "y": np.array([0.0, 1.0, 2.0])})
    given = {"feature": "(age - 18)/10", "label": "bwt/1000"}
    return {
        "mse": lv.fit(births, **given),
        "rmse": lv.fit(births, **given, loss="rmse"),
        "rmse of a perfect fit": lv.fit(line, feature="x", label="y", loss="rmse"),
        "mse with penalties": lv.fit(births, **given, l1=0.3, l2=0.2),
    }


SURFACES = {name: lv.surface(name) for name in bundled()} | fits()
SURFACES |= {
    text: lv.expression(text)
    for text in ("log(w)*sqrt(b)", "1/w + 1/b", "exp(100*w**2) - exp(100*b**2)", "asin(w) + w**b", "max(w, -b)")
}


def of_arrays(surface):
    with np.errstate(all="ignore"):
        value, gradient = surface.value_and_gradient(POINTS)
    return np.concatenate([value[None], gradient])


@pytest.mark.parametrize("name", SURFACES)
def test_that_plain_numbers_are_those_of_arrays(name):
    at = SURFACES[name].in_numbers
    found = np.array([at(w, b) for w, b in POINTS.T.tolist()]).T
    expected = of_arrays(SURFACES[name])
    if name in BY_ARITHMETIC or name in fits():
        np.testing.assert_array_equal(found, expected)
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-300)


def test_that_plain_numbers_follow_the_named_ones():
    surface = lv.surface("rosenbrock")
    steep = surface.with_values(steepness=7.0)
    assert surface.in_numbers(0.5, 2.0)[0] == surface.loss(0.5, 2.0)
    assert steep.in_numbers(0.5, 2.0)[0] == steep.loss(0.5, 2.0) != surface.loss(0.5, 2.0)


def test_that_a_sum_over_samples_is_left_to_arrays():
    fit = lv.fit(lv.dataset("birthwt"), feature="age", label="bwt", loss="mae")
    assert fit.in_numbers is None
    assert fit.slopes_alone is None


@pytest.mark.parametrize("name", [name for name in bundled() if lv.surface(name).slopes_alone])
def test_that_slopes_alone_are_those_of_the_loss_as_far_as_they_say(name):
    surface = SURFACES[name]
    into, reach = surface.slopes_alone
    w, b = surface.domain.w, surface.domain.b
    assert reach >= max(map(abs, (*w, *b)))
    points = generator.uniform(-1.0, 1.0, (2, 300)) * 10.0 ** generator.uniform(-3.0, np.log10(reach), (2, 300))
    out = np.empty(points.shape)
    with np.errstate(all="ignore"):
        into(points, out)
        np.testing.assert_array_equal(out, surface.value_and_gradient(points)[1])
        # of another number of points too
        few = out[:, :7].copy()
        into(points[:, :7].copy(), few)
    np.testing.assert_array_equal(few, out[:, :7])


@pytest.mark.parametrize("text", ["log(w) + b", "sqrt(w) + b", "w**1.5 + b", "1/w + b", "exp(w) - exp(b)"])
def test_that_a_loss_that_may_be_no_number_is_always_looked_at(text):
    assert lv.expression(text, domain=((-500.0, 500.0), (-3.0, 3.0))).slopes_alone is None
