import numpy as np
import pytest

import lossviz as lv
from lossviz.landscape.datasets import with_units
from lossviz.landscape.samples import prepare

# What is shipped


def test_that_the_datasets_are_shipped():
    made_up = ("births_100k", "eight_births", "outlier", "parking", "separable", "seven_points", "two_classes")
    assert lv.datasets() == tuple(sorted(("birthwt", *made_up)))


def test_that_birthwt_has_189_births_of_which_59_are_low():
    data = lv.dataset("birthwt")
    assert data.rows == 189
    assert data.columns == ("id", "low", "age", "lwt", "race", "smoke", "ptl", "ht", "ui", "ftv", "bwt")
    assert np.sum(data["low"]) == 59
    np.testing.assert_array_equal(data["low"], data["bwt"] < 2500)
    assert (data["age"].min(), data["age"].max()) == (14, 45)
    assert data.dropped == 0
    assert not data.made_up
    assert "Hosmer" in data.source


def test_that_every_column_of_birthwt_has_its_meaning():
    data = lv.dataset("birthwt")
    assert set(data.meaning) == set(data.columns)
    assert (data.meaning["bwt"].text, data.meaning["bwt"].unit) == ("birth weight", "g")


def test_that_the_eight_births_are_said_to_be_made_up():
    data = lv.dataset("eight_births")
    assert data.made_up
    assert "made up" in data.title
    assert data["age"].tolist() == [19, 22, 24, 26, 28, 31, 35, 40]
    assert data["weight"].tolist() == [7.60, 8.30, 8.05, 6.40, 6.65, 9.20, 11.59, 6.90]


def test_that_an_unknown_dataset_is_refused_with_the_nearest(refused):
    with refused("did you mean 'birthwt'"):
        lv.dataset("birthweight")
    with refused("known: births_100k, birthwt, eight_births"):
        lv.dataset("../datasets/zzz")


def test_that_an_unknown_column_is_refused_with_the_nearest(refused):
    with refused("birthwt: 'agee' is not a column; did you mean 'age'"):
        lv.dataset("birthwt")["agee"]


def test_that_a_dataset_is_a_mapping_of_its_columns():
    data = lv.dataset("eight_births")
    assert list(data) == ["age", "weight"]
    assert len(data) == 2
    assert "age" in data
    assert "agee" not in data


def test_that_the_columns_can_not_be_changed():
    given = np.array([1.0, 2.0])
    data = lv.Dataset("mine", {"x": given})
    with pytest.raises(ValueError, match="read-only"):
        data["x"][0] = 5
    with pytest.raises(TypeError):
        data.arrays["y"] = given
    given[0] = 7
    assert data["x"].tolist() == [1, 2]


@pytest.mark.parametrize(
    "columns", [{}, {"x": [1, 2], "y": [1]}, {"x": [[1, 2]], "y": [[3, 4]]}, {"x": 3}, {"x": [], "y": []}]
)
def test_that_columns_without_rows_or_of_unequal_length_are_refused(refused, columns):
    with refused("the columns must"):
        lv.Dataset("mine", columns)


def test_that_an_array_that_nobody_can_change_is_not_copied():
    own = np.array([1.0, 2.0])
    own.flags.writeable = False
    assert lv.Dataset("mine", {"x": own})["x"] is own
    # a view may be changed through what it is a view of
    part = np.array([1.0, 2.0, 3.0])[:2]
    part.flags.writeable = False
    assert lv.Dataset("mine", {"x": part})["x"] is not part


def test_that_a_column_of_text_is_refused_as_such(refused):
    data = lv.Dataset("mine", {"x": [1, 2], "y": [3, 5]}, left_out=("town", "home town"))
    with refused("mine: the column 'town' holds text, not numbers."):
        data["town"]
    with refused("units of mine: the column 'town' holds text, not numbers."):
        with_units(data, {"town": "km"})
    assert "town" not in data
    for formula, place in (("town", 1), ("home town", 1), ("x + town", 5), ("x*`home town`", 3)):
        name = "home town" if "home" in formula else "town"
        with refused(f"feature of mine: the column '{name}' holds text, not numbers (at column {place})."):
            prepare(data, formula, "y", False)


# Units


def test_that_units_are_the_meaning_of_columns():
    data = with_units(lv.Dataset("mine", {"weight (kg)": [1, 2], "age": [3, 4]}), {"weight (kg)": "kg", "age": "years"})
    assert (data.meaning["weight (kg)"].text, data.meaning["weight (kg)"].unit) == ("weight", "kg")
    assert (data.meaning["age"].text, data.meaning["age"].unit, data.meaning["age"].one) == ("age", "years", "year")


def test_that_a_name_keeps_its_bracket_where_the_unit_is_another():
    data = with_units(lv.Dataset("mine", {"weight (kg)": [1, 2]}), {"weight (kg)": "g"})
    assert (data.meaning["weight (kg)"].text, data.meaning["weight (kg)"].unit) == ("weight (kg)", "g")


def test_that_the_unit_of_an_unknown_column_is_refused(refused):
    with refused("units of mine: 'agee' is not a column; did you mean 'age'?"):
        with_units(lv.Dataset("mine", {"age": [1, 2]}), {"agee": "years"})
