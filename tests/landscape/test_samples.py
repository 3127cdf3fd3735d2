import numpy as np
import pytest

import lossviz as lv
from lossviz.landscape.samples import prepare


def births(feature, label="bwt", standardize=False):
    return prepare(lv.dataset("birthwt"), feature, label, standardize)


def test_that_a_line_is_told_in_the_columns_own_units():
    samples = births("(age - 18)/10", "bwt/1000")
    slope, intercept = samples.in_columns(2.0, 3.0)
    age = np.array([14.0, 45.0])
    np.testing.assert_allclose(slope * age + intercept, 1000 * (2.0 * (age - 18) / 10 + 3.0), rtol=1e-14)


def test_that_standardising_is_undone_as_well():
    samples = births("(age - 18)/10", "(bwt - 500)/1000", standardize=True)
    slope, intercept = samples.in_columns(2.0, 3.0)
    age = samples.dataset["age"]
    np.testing.assert_allclose(slope * age + intercept, 500 + 1000 * (2.0 * samples.x + 3.0), rtol=1e-11)
    assert np.mean(samples.x) == pytest.approx(0.0, abs=1e-15)
    assert np.std(samples.x) == pytest.approx(1.0, rel=1e-14)


def test_that_a_formula_that_is_not_affine_stands_for_its_column():
    samples = births("age**2", "bwt/1000")
    assert samples.feature_line is None
    assert samples.in_columns(2.0, 3.0) == (2000.0, 3000.0)
    np.testing.assert_array_equal(samples.horizontal, samples.x)
    np.testing.assert_array_equal(samples.x_of(np.array([4.0])), [4.0])


def test_that_the_horizontal_axis_is_the_column_where_that_is_possible():
    samples = births("(age - 18)/10")
    np.testing.assert_array_equal(samples.horizontal, samples.dataset["age"])
    np.testing.assert_allclose(samples.x_of(samples.horizontal), samples.x, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize(
    ("feature", "label", "standardize", "texts"),
    [
        ("(age - 18)/10", "bwt/1000", False, ("mother's age (years)", "birth weight (kg)", "10 years", "age 18")),
        ("age", "bwt", False, ("mother's age (years)", "birth weight (g)", "year", "age 0")),
        ("smoke", "low", False, ("mother smokes (1: yes)", "low birth weight (1: below 2500 g)", "", "smoke 0")),
        ("age*lwt", "bwt*ftv", False, ("age*lwt", "bwt*ftv", "", "")),
    ],
)
def test_that_axes_and_units_are_put_into_words(feature, label, standardize, texts):
    samples = births(feature, label, standardize)
    assert (samples.feature_text, samples.label_text, samples.feature_step, samples.feature_origin) == texts


def test_that_a_standardised_feature_is_counted_in_standard_deviations_from_the_mean():
    samples = births("age", standardize=True)
    assert samples.feature_step == "standard deviation, 5.28 years"
    assert samples.feature_origin == "the mean age 23.2"


@pytest.mark.parametrize(
    ("feature", "said"),
    [
        ("agee", "feature of birthwt: 'agee' is not a column; did you mean 'age'?"),
        ("1 + 2", "feature of birthwt: '1 + 2' uses no column."),
        ("1/ptl", "feature of birthwt: '1/ptl' is not finite in data row 1."),
        ("age*1e60", "feature of birthwt: 'age*1e60' is beyond 1e50 in data row 1."),
        ("age +", "feature of birthwt: 'age +' is not a formula"),
        ("", "feature of birthwt: the formula is empty"),
    ],
)
def test_that_a_feature_without_numbers_is_refused(refused, feature, said):
    with refused(said):
        births(feature)


def test_that_a_label_is_checked_like_a_feature(refused):
    with refused("label of birthwt: 'bwt**0.5/ftv' is not finite in data row 1."):
        births("age", "bwt**0.5/ftv")


@pytest.mark.parametrize("value", [3, None, ["age"]])
def test_that_a_feature_that_is_no_text_is_refused(refused, value):
    with refused("feature must be a column's name or a formula", TypeError):
        births(value)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e6 + 0.1, 1e-12])
def test_that_a_constant_feature_can_not_be_standardised(refused, value):
    data = lv.Dataset("made", {"x": np.full(7, value), "y": np.arange(7)})
    with refused("feature 'x' is the same in every row, so it can't be standardised."):
        prepare(data, "x", "y", True)


def test_that_taken_samples_are_those_rows():
    samples = births("age").take(np.array([5, 0, 5]))
    np.testing.assert_array_equal(samples.x, samples.dataset["age"][[5, 0, 5]])
    np.testing.assert_array_equal(samples.y, samples.dataset["bwt"][[5, 0, 5]])
