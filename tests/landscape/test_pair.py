"""Two features: the loss over their weights, with the bias at its best."""

import numpy as np
import pytest

import lossviz as lv
from lossviz.landscape.pair import PairFit

CLASSES = lv.dataset("two_classes")
POINTS = ((0.3, -0.7), (2.0, 1.0), (-3.0, 4.0))


def fitted(loss: str = "cross_entropy", **others: object) -> PairFit:
    model = "logistic" if loss == "cross_entropy" else "linear"
    surface = lv.fit(CLASSES, features=("x1", "x2"), label="class", model=model, loss=loss, **others)  # type: ignore[arg-type]
    assert isinstance(surface, PairFit)
    return surface


LOSSES = ("mse", "rmse", "cross_entropy")


def full_loss(loss: str, w1: float, w2: float, b: float) -> float:
    z, y = w1 * CLASSES["x1"] + w2 * CLASSES["x2"] + b, CLASSES["class"]
    if loss == "cross_entropy":
        return float(np.mean(np.logaddexp(0.0, z) - y * z))
    square = float(np.mean((z - y) ** 2))
    return square if loss == "mse" else float(np.sqrt(square))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("point", POINTS)
def test_that_the_loss_is_that_of_the_best_bias(loss: str, point: tuple[float, float]) -> None:
    surface = fitted(loss)
    bias, value = float(surface.bias(*point)), float(surface.loss(*point))
    assert value == pytest.approx(full_loss(loss, *point, bias), rel=1e-12)
    for away in (-0.01, 0.01):
        assert full_loss(loss, *point, bias + away) > value


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("point", POINTS)
def test_that_gradient_and_hessian_are_those_of_central_differences(loss: str, point: tuple[float, float]) -> None:
    surface, h = fitted(loss), 1e-5
    (w, v), gradient, hessian = point, surface.gradient(*point), surface.hessian(*point)
    differences = [
        (surface.loss(w + h, v) - surface.loss(w - h, v)) / (2 * h),
        (surface.loss(w, v + h) - surface.loss(w, v - h)) / (2 * h),
    ]
    assert gradient == pytest.approx(np.array(differences), rel=1e-7, abs=1e-9)
    rows = [
        (surface.gradient(w + h, v) - surface.gradient(w - h, v)) / (2 * h),
        (surface.gradient(w, v + h) - surface.gradient(w, v - h)) / (2 * h),
    ]
    assert hessian == pytest.approx(np.array(rows), rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("loss", LOSSES)
def test_that_everything_broadcasts(loss: str) -> None:
    surface = fitted(loss)
    w, v = np.linspace(-1, 1, 3)[:, None], np.linspace(-2, 2, 4)[None, :]
    assert surface.loss(w, v).shape == (3, 4)
    assert surface.gradient(w, v).shape == (2, 3, 4)
    assert surface.hessian(w, v).shape == (2, 2, 3, 4)
    assert surface.bias(w, v).shape == (3, 4)
    assert float(surface.loss(w, v)[1, 2]) == pytest.approx(float(surface.loss(w[1, 0], v[0, 2])), rel=1e-13)


def test_that_the_logistic_minimum_is_scikit_learns() -> None:
    # LogisticRegression(C=inf, solver="newton-cholesky", tol=1e-14) of scikit-learn 1.9.1
    surface = fitted()
    assert surface.known_minimum == pytest.approx((1.5443642734797314, 1.3757082849117785), rel=1e-9)
    assert float(surface.bias(*surface.known_minimum)) == pytest.approx(0.03176430808904642, rel=1e-8)  # type: ignore[misc]


@pytest.mark.parametrize("loss", ["mse", "rmse"])
def test_that_the_linear_minimum_is_least_squares(loss: str) -> None:
    surface = fitted(loss)
    design = np.stack([CLASSES["x1"], CLASSES["x2"], np.ones(CLASSES.rows)], axis=1)
    w1, w2, b = np.linalg.lstsq(design, CLASSES["class"], rcond=None)[0]
    assert surface.known_minimum == pytest.approx((w1, w2), rel=1e-10)
    assert float(surface.bias(w1, w2)) == pytest.approx(b, rel=1e-10)


def test_that_features_far_from_0_lose_no_digits() -> None:
    far = lv.Dataset("far", {"a": CLASSES["x1"] + 1e6, "b": CLASSES["x2"], "y": CLASSES["class"]})
    for model in ("linear", "logistic"):
        near = lv.fit(CLASSES, features=("x1", "x2"), label="class", model=model)
        moved = lv.fit(far, features=("a", "b"), label="y", model=model)
        assert float(moved.loss(0.5, 0.4)) == pytest.approx(float(near.loss(0.5, 0.4)), rel=1e-8)


def test_that_separable_points_have_no_minimum() -> None:
    data = lv.Dataset("apart", {"a": [0, 1, 2, 3], "b": [1, 0, 3, 2], "y": [0, 0, 1, 1]})  # type: ignore[arg-type, list-item]
    assert lv.fit(data, features=("a", "b"), label="y", model="logistic").known_minimum is None


def test_that_multiples_of_one_feature_have_no_single_minimum() -> None:
    data = lv.Dataset("twice", {"a": [0, 1, 2, 3], "b": [0, 2, 4, 6], "y": [1, 2, 3, 5]})  # type: ignore[arg-type, list-item]
    assert lv.fit(data, features=("a", "b"), label="y").known_minimum is None


def test_that_the_axes_are_named_with_their_units() -> None:
    births = lv.dataset("births_100k")
    surface = lv.fit(births, features=("(age - 29)/5", "weeks"), label="weight/1000")
    assert surface.axis_names == ("weight w₁ of age (kg per 5 years)", "weight w₂ of weeks (kg per week)")
    assert surface.loss_unit == "kg²"


def test_that_a_batch_has_its_own_best_bias() -> None:
    surface = fitted()
    some = surface.batch(range(50))
    assert some.samples == 50
    assert float(some.bias(1.0, 1.0)) != float(surface.bias(1.0, 1.0))


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ({"features": ("x1", "x2"), "feature": "x1"}, "not both"),
        ({"features": "x1"}, "two columns"),
        ({"features": ("x1",)}, "two columns"),
        ({"features": ("x1", "x3")}, "x3"),
        ({"features": ("x1", "x2"), "loss": "mae"}, "two features go with mse, rmse or cross_entropy, not with mae"),
        ({"features": ("x1", "x2"), "l2": 0.1}, "without penalties"),
        ({}, "needs a feature"),
    ],
)
def test_that_what_makes_no_surface_is_refused_in_a_sentence(others: dict[str, object], said: str) -> None:
    with pytest.raises((ValueError, TypeError), match=said):
        lv.fit(CLASSES, label="class", **others)  # type: ignore[arg-type]
