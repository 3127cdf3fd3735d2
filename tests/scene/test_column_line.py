import numpy as np
import pytest

import lossviz as lv
from lossviz.landscape.datasets import Column
from lossviz.scene.column_line import equation, intercept_unit, slope_and_intercept, slope_unit


def births(**how):
    return lv.fit(lv.dataset("birthwt"), **how)


@pytest.mark.parametrize(
    "how",
    [
        {"feature": "age", "label": "bwt", "standardize": True},
        {"feature": "(age - 18)/10", "label": "bwt/1000"},
        {"feature": "age", "label": "2500 - bwt"},
    ],
)
def test_that_the_best_line_in_the_columns_units_is_that_of_numpy(how):
    surface = births(**how)
    data = lv.dataset("birthwt")
    expected = np.polyfit(data["age"], data["bwt"], 1)
    np.testing.assert_allclose(slope_and_intercept(surface, *surface.known_minimum), expected, rtol=1e-9)
    assert equation(surface, *surface.known_minimum) == "bwt = 2656 + 12.43·age"
    assert (slope_unit(surface, surface.data), intercept_unit(surface)) == ("g per year", "g at age 0")


@pytest.mark.parametrize("label", ["low", "1 - low"])
def test_that_log_odds_are_those_of_the_label_that_is_fitted(label):
    surface = births(feature="(lwt - 130)/30", label=label, model="logistic")
    slope, intercept = slope_and_intercept(surface, *surface.known_minimum)
    data = lv.dataset("birthwt")
    z = intercept + slope * data["lwt"]
    low = data["low"] if label == "low" else 1.0 - data["low"]
    # at maximum likelihood the residuals are balanced, and balanced against the column
    residuals = low - 1.0 / (1.0 + np.exp(-z))
    assert abs(residuals.sum()) < 1e-8
    assert abs(residuals @ data["lwt"]) < 1e-6
    assert slope_unit(surface, surface.data) == "log-odds per lb"


def test_that_a_line_without_units_is_told_by_the_columns_names():
    data = lv.Dataset("mine", {"x": [0.0, 1.0, 3.0], "y": [1.0, 2.0, 5.0]}, {"y": Column("why")})
    surface = lv.fit(data, feature="x", label="y")
    assert (slope_unit(surface, surface.data), intercept_unit(surface)) == ("y per x", "y at x 0")
    squared = lv.fit(data, feature="x**2", label="y**2", standardize=True)
    assert equation(squared, 2.0, -1.0) == "(y**2) = −1.000 + 2.000·(standardised x**2)"
