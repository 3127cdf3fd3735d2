import hashlib

import numpy as np
import pytest

import lossviz as lv
from lossviz.landscape.generated import RECIPES

GOLDEN = {
    "births_100k": "86e57bb23ec53fe6",
    "outlier": "134d59cc134874e8",
    "parking": "7a3b4c13913a489f",
    "separable": "5c671c1527c367f8",
    "two_classes": "b4a2f74256152da2",
}


def test_that_every_recipe_is_a_dataset_that_is_said_to_be_made_up():
    assert set(RECIPES) == set(GOLDEN)
    for name in RECIPES:
        data = lv.dataset(name)
        assert data.made_up
        assert data.title.endswith("(made up)")
        assert all(data.meaning[column].text for column in data.columns)


@pytest.mark.parametrize(("name", "digest"), GOLDEN.items())
def test_that_a_recipe_gives_the_same_numbers_for_ever(name, digest):
    data = lv.dataset(name)
    together = b"".join(data[column].astype("<f8").tobytes() for column in data.columns)
    assert hashlib.sha256(together).hexdigest()[:16] == digest


def test_that_a_hundred_thousand_births_look_like_births():
    births = lv.dataset("births_100k")
    assert births.rows == 100_000
    early = births["weeks"] < 37
    assert 0.05 < np.mean(early) < 0.12
    slope = np.polyfit(births["weeks"], births["weight"], 1)[0]
    assert 150 < slope < 170
    assert 0.02 < np.mean(births["weight"] < 2500) < 0.1


def test_that_a_threshold_parts_the_separable_students():
    students = lv.dataset("separable")
    passed = students["passed"] == 1
    assert np.max(students["hours"][~passed]) < 5 < np.min(students["hours"][passed])


def test_that_no_threshold_parts_the_two_classes():
    points = lv.dataset("two_classes")
    one = points["class"] == 1
    for column in ("x1", "x2"):
        assert np.max(points[column][~one]) > np.min(points[column][one])


def test_that_ten_of_a_thousand_moments_are_free_and_the_sensor_knows_nothing():
    parking = lv.dataset("parking")
    free = parking["free"] == 1
    assert np.sum(free) == 10
    assert abs(np.mean(parking["sensor"][free]) - np.mean(parking["sensor"][~free])) < 2.0 / np.sqrt(10)


def test_that_one_point_of_the_line_is_ten_times_too_large():
    data = lv.dataset("outlier")
    off = np.abs(data["y"] - (0.8 * data["x"] + 1.5))
    assert np.argmax(off) == 16
    assert off[16] > 60
    assert np.max(np.delete(off, 16)) < 1.6


def test_that_the_squared_error_of_the_seven_points_has_the_two_minima_that_are_told():
    surface = lv.fit(lv.dataset("seven_points"), feature="x", label="y", model="logistic", loss="squared_error")
    for place, loss in (((0.2121, 0.3608), 0.24091), ((2.1865, -0.0428), 0.25670)):
        assert float(surface.loss(*place)) == pytest.approx(loss, abs=5e-6)
        assert np.all(np.abs(surface.gradient(*place)) < 2e-5)
