import json
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lossviz.landscape.losses import LOSSES, sigmoid, softplus
from lossviz.landscape.models import MODELS

FACTS = json.loads((Path(__file__).parents[1] / "reference" / "fits.json").read_text(encoding="utf-8"))
Z = np.array(FACTS["z"])


def test_that_the_sigmoid_is_scipys():
    np.testing.assert_allclose(sigmoid(Z), FACTS["sigmoid"], rtol=4e-16, atol=1e-320)


def test_that_softplus_is_scipys():
    np.testing.assert_allclose(softplus(Z), FACTS["softplus"], rtol=4e-16, atol=1e-320)


def test_that_far_out_values_are_the_limits_without_a_warning():
    far = np.array([-1e308, -1000.0, 1000.0, 1e308])
    np.testing.assert_array_equal(sigmoid(far), [0, 0, 1, 1])
    np.testing.assert_array_equal(softplus(far), [0, 0, 1000, 1e308])


def test_that_the_cross_entropy_of_one_sample_is_minus_the_log_of_its_probability():
    loss = LOSSES["cross_entropy"]
    for z in (-3.0, -0.2, 0.0, 1.7):
        p = 1.0 / (1.0 + math.exp(-z))
        np.testing.assert_allclose(loss.cost(np.array([z, z]), np.array([0.0, 1.0])), [-math.log(1 - p), -math.log(p)])


def test_that_the_cross_entropy_is_finite_at_any_z():
    z, y = np.array([-1000.0, -1000.0, 1000.0, 1000.0]), np.array([0.0, 1.0, 0.0, 1.0])
    loss = LOSSES["cross_entropy"]
    np.testing.assert_array_equal(loss.cost(z, y), [0, 1000, 1000, 0])
    np.testing.assert_array_equal(loss.slope(z, y), [0, -1, 1, 0])
    np.testing.assert_array_equal(loss.curvature(z, y), [0, 0, 0, 0])


@pytest.mark.parametrize("fact", FACTS["costs"], ids=lambda fact: f"{fact['loss']}, label {fact['y']}")
def test_that_cost_slope_and_curvature_are_pytorchs_at_corners_too(fact):
    z, y = np.array(FACTS["cost_z"]), np.array(fact["y"])
    loss = LOSSES[fact["loss"]]
    for part in ("cost", "slope", "curvature"):
        # PyTorch's cross-entropy loses digits where it is small
        np.testing.assert_allclose(getattr(loss, part)(z, y), fact[part], rtol=1e-12, atol=2e-15)


@pytest.mark.parametrize("loss", [loss for loss in LOSSES.values() if loss.cost], ids=lambda loss: loss.name)
def test_that_slope_and_curvature_are_the_derivatives_of_the_cost(loss):
    # no corner of any loss is among them
    z = np.linspace(-6, 6, 25) + 0.1
    h = float(Fraction(1, 2**17))
    for y in (0.0, 1.0):
        slope = (loss.cost(z + h, y) - loss.cost(z - h, y)) / (2 * h)
        curvature = (loss.slope(z + h, y) - loss.slope(z - h, y)) / (2 * h)
        np.testing.assert_allclose(loss.slope(z, y), slope, atol=1e-9)
        np.testing.assert_allclose(loss.curvature(z, y), curvature, atol=1e-9)


@pytest.mark.parametrize("loss", [loss for loss in LOSSES.values() if loss.cost], ids=lambda loss: loss.name)
@pytest.mark.parametrize("y", [0.0, 1.0])
def test_that_costs_are_finite_and_falling_towards_the_label_however_far_away(loss, y):
    z = np.array([-1e200, -1000.0, -40.0, 40.0, 1000.0, 1e200])
    cost = loss.cost(z, np.array(y))
    assert np.all(np.isfinite(cost))
    assert np.all(cost >= 0.0)
    assert np.all(np.isfinite(loss.slope(z, np.array(y))))
    assert np.all(np.isfinite(loss.curvature(z, np.array(y))))
    if loss.binary:
        assert np.all(np.diff(cost if y == 0.0 else cost[::-1]) >= 0.0)


@pytest.mark.parametrize("name", ["cross_entropy", "squared_error"])
def test_that_the_cost_of_an_almost_right_prediction_keeps_its_digits(name):
    # e^(−40), or its square, where the difference of two numbers near 40 would be 0
    expected = math.exp(-40.0) ** (2 if name == "squared_error" else 1)
    for z, y in ((-40.0, 0.0), (40.0, 1.0)):
        np.testing.assert_allclose(LOSSES[name].cost(np.array(z), np.array(y)), expected, rtol=1e-14)


def test_that_every_model_goes_with_losses_that_exist():
    assert {name for model in MODELS.values() for name in model.losses} == set(LOSSES)


def test_that_the_logistic_model_predicts_probabilities_and_the_line_values():
    x = np.array([-1000.0, 0.0, 2.0])
    np.testing.assert_allclose(MODELS["logistic"].predict(x, 1.0, 0.0), [0, 0.5, 1 / (1 + math.exp(-2))])
    np.testing.assert_array_equal(MODELS["linear"].predict(x, 2.0, 1.0), [-1999, 1, 5])
