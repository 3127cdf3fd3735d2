"""The numbers that the first problems must have, and what can't be fitted."""

import json
from pathlib import Path

import numpy as np
import pytest

import lossviz as lv

FACTS = json.loads((Path(__file__).parents[1] / "reference" / "fits.json").read_text(encoding="utf-8"))


def births(**arguments):
    return lv.fit(lv.dataset("birthwt"), **{"feature": "(age - 18)/10", "label": "bwt/1000"} | arguments)


# The eight births


def test_that_the_line_of_the_eight_births_has_the_errors_on_the_slide():
    surface = lv.fit(lv.dataset("eight_births"), feature="age", label="weight")
    errors = surface.data.y - surface.predict(surface.data.x, 0.10, 5.0)
    np.testing.assert_allclose(errors, [0.70, 1.10, 0.65, -1.20, -1.15, 1.10, 3.09, -2.10], atol=1e-12)
    assert surface.loss(0.10, 5.0) == pytest.approx(2.5066, abs=5e-5)


def test_that_the_root_mean_square_of_the_eight_births_is_1_5832_lb():
    surface = lv.fit(lv.dataset("eight_births"), feature="age", label="weight", loss="rmse")
    assert surface.loss(0.10, 5.0) == pytest.approx(1.5832, abs=5e-5)
    assert surface.data.label_unit == "lb"


# The births of Springfield


def test_that_the_default_surface_has_the_numbers_of_the_lecture():
    surface = births()
    eigenvalues = np.linalg.eigvalsh(surface.hessian(0.0, 0.0))
    np.testing.assert_allclose(eigenvalues, [0.415, 2.692], atol=5e-4)
    assert eigenvalues[1] / eigenvalues[0] == pytest.approx(6.5, abs=0.05)
    np.testing.assert_allclose(surface.known_minimum, [0.1243, 2.8795], atol=5e-5)
    assert surface.loss(*surface.known_minimum) == pytest.approx(0.5246, abs=5e-5)


def test_that_the_standardised_surface_is_a_round_bowl():
    surface = births(feature="age", standardize=True)
    np.testing.assert_allclose(surface.hessian(0.3, 0.1), [[2, 0], [0, 2]], atol=1e-14)


def test_that_the_raw_age_makes_a_ravine():
    eigenvalues = np.linalg.eigvalsh(births(feature="age").hessian(0.0, 0.0))
    assert eigenvalues[1] / eigenvalues[0] == pytest.approx(11_600, rel=0.005)


def test_that_the_logistic_surface_has_its_optimum_where_it_should():
    surface = births(feature="(lwt - 130)/30", label="low", model="logistic")
    assert surface.measure.name == "cross_entropy"
    assert np.sum(surface.data.y) == 59
    np.testing.assert_allclose(surface.known_minimum, [-0.4217, -0.8293], atol=5e-5)
    assert surface.loss(*surface.known_minimum) == pytest.approx(0.6050, abs=5e-5)


# In the columns' own units, beside least squares


@pytest.mark.parametrize("standardize", [False, True])
@pytest.mark.parametrize("loss", ["mse", "rmse"])
@pytest.mark.parametrize("feature", ["age", "(age - 18)/10", "-age*3 + 7", "2**3/4*age"])
@pytest.mark.parametrize("label", ["bwt", "bwt/1000", "(2500 - bwt)/453.6"])
def test_that_the_minimum_in_the_columns_units_is_numpys_least_squares(feature, label, loss, standardize):
    surface = births(feature=feature, label=label, loss=loss, standardize=standardize)
    data = surface.data.dataset
    expected = np.polyfit(data["age"], data["bwt"], 1)
    np.testing.assert_allclose(surface.data.in_columns(*surface.known_minimum), expected, rtol=1e-10)


@pytest.mark.parametrize("fact", FACTS["linear"], ids=lambda fact: f"{fact['label']} by {fact['feature']}")
@pytest.mark.parametrize("standardize", [False, True])
def test_that_a_linear_fit_is_scikit_learns(fact, standardize):
    surface = lv.fit(lv.dataset(fact["dataset"]), feature=fact["feature"], label=fact["label"], standardize=standardize)
    slope, intercept = surface.data.in_columns(*surface.known_minimum)
    assert slope == pytest.approx(fact["slope"], rel=1e-10)
    assert intercept == pytest.approx(fact["intercept"], rel=1e-10)
    assert surface.loss(*surface.known_minimum) == pytest.approx(fact["loss"], rel=1e-12)


# With other losses and penalties


@pytest.mark.parametrize("fact", FACTS["lowest"], ids=lambda fact: f"{fact['loss']} by {fact['by']}")
def test_that_robust_penalised_and_weighted_fits_are_those_of_other_libraries(fact):
    line = fact["loss"] in ("mse", "mae", "huber")
    given = {key: fact[key] for key in ("l1", "l2", "class_weight") if key in fact}
    if not line:
        given |= {"feature": "(lwt - 130)/30", "label": "low", "model": "logistic"}
    surface = births(loss=fact["loss"], **given)
    assert surface.loss(fact["w"], fact["b"]) == pytest.approx(fact["value"], rel=1e-12)
    if surface.known_minimum is None:
        # both labels count the same, and all samples of one are within the margin: several biases are equally good
        assert (fact["loss"], fact["class_weight"]) == ("hinge", "balanced")
        level = surface.loss(fact["w"], np.array([0.407, 0.410, 0.413]))
        np.testing.assert_allclose(level, fact["value"], atol=1e-10)
        assert np.ptp(level) < 1e-15
        return
    # saga stops before the bias has arrived where the weight is 0, and SVC at a tolerance
    w, b = surface.known_minimum
    assert float(surface.loss(w, b)) - fact["value"] <= 1e-14
    assert w == pytest.approx(fact["w"], abs=1e-6 if fact["loss"] == "hinge" else 1e-11)
    if fact["w"] != 0.0:
        assert b == pytest.approx(fact["b"], abs=1e-6 if fact["loss"] == "hinge" else 1e-11)


@pytest.mark.parametrize("name", FACTS["values"])
def test_that_losses_of_labels_are_scikit_learns_metrics(name):
    surface = births(feature="(lwt - 130)/30", label="low", model="logistic", loss=name)
    assert surface.loss(-0.6, -0.3) == pytest.approx(FACTS["values"][name], rel=1e-13)


# What can't be fitted


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"model": "lineal"}, "'lineal' is not a model; did you mean 'linear'?"),
        ({"loss": "msr"}, "'msr' is not a loss; did you mean 'mse'?"),
        ({"loss": "cross_entropy"}, "the linear model goes with mse, rmse, mae or huber, not with cross_entropy."),
        (
            {"model": "logistic", "loss": "mse"},
            "the logistic model goes with cross_entropy, squared_error or hinge, not with mse.",
        ),
        ({"loss": "hinge"}, "the linear model goes with mse, rmse, mae or huber, not with hinge."),
        ({"l1": -1}, "l1 must be a finite number of 0 or more, not −1."),
        ({"l2": float("inf")}, "l2 must be a finite number of 0 or more, not infinite."),
        ({"l2": float("nan")}, "l2 must be a finite number of 0 or more, not not a number."),
        ({"l2": "much"}, "l2 must be a number of 0 or more, not 'much'."),
        ({"l1": True}, "l1 must be a number of 0 or more, not True."),
        ({"l1": 1e51}, "l1 must be at most 1e50, not 1e51."),
        ({"l2": 1e300}, "l2 must be at most 1e50, not 1e300."),
        (
            {"class_weight": "balanced"},
            "class_weight goes with cross_entropy, squared_error or hinge, whose labels are 0 and 1, not with mse.",
        ),
        ({"model": "logistic", "label": "low", "class_weight": "even"}, "class_weight must be 'balanced' or two"),
        ({"model": "logistic", "label": "low", "class_weight": (1, 0)}, "two positive numbers"),
        ({"model": "logistic", "label": "low", "class_weight": (1, 1e51)}, "class_weight must be at most 1e50, not"),
        ({"model": "logistic", "label": "low", "class_weight": (1, 2, 3)}, "the weights of 0 and of 1, not (1, 2, 3)."),
        ({"model": "logistic", "label": "low", "class_weight": 3}, "not 3."),
        ({"model": "logistic", "label": "low", "class_weight": ("a", "b")}, "not ('a', 'b')."),
        (
            {"model": "logistic", "label": "low*0", "class_weight": "balanced"},
            "class_weight 'balanced' needs both labels; 'low*0' is 0 in every row.",
        ),
        ({"model": "logistic"}, "cross_entropy needs labels 0 and 1; 'bwt/1000' has 0.709, 1.021, 1.135, 1.33, …."),
        ({"model": "logistic", "label": "race"}, "cross_entropy needs labels 0 and 1; 'race' has 1, 2, 3."),
        ({"feature": "agee"}, "did you mean 'age'?"),
        ({"label": "weight"}, "'weight' is not a column"),
        ({"domain": ((1, 0), (0, 1))}, "domain w must be two finite numbers, low below high, not 1 and 0."),
        ({"domain": ((0, 1),)}, "domain must be ((low, high), (low, high))"),
        ({"domain": 5}, "domain must be ((low, high), (low, high)), not 5."),
        ({"feature": 3}, "feature must be a column's name or a formula, not 3."),
    ],
)
def test_that_what_does_not_go_together_is_refused(refused, arguments, said):
    with refused(said):
        births(**arguments)


def test_that_the_loss_may_be_left_to_the_model():
    assert births().measure.name == "mse"
    assert births(model="logistic", label="low").measure.name == "cross_entropy"
