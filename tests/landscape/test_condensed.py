import numpy as np
import pytest

import lossviz as lv
from lossviz.landscape.condensed import MANY, Condensed, Weighted


def features(kind, n=60_000):
    generator = np.random.default_rng(11)
    return {
        "normal": lambda: generator.normal(30.0, 8.0, n),
        "skewed": lambda: np.exp(generator.normal(0.0, 1.5, n)),
        "an outlier": lambda: np.concatenate([generator.normal(size=n), [1e6]]),
        "heavy tails": lambda: generator.standard_cauchy(n),
        "two clusters": lambda: np.concatenate([1e-9 * generator.normal(size=n), 1.0 + generator.normal(size=n)]),
    }[kind]()


def surface_of(x):
    generator = np.random.default_rng(12)
    low, middle, high = np.percentile(x, [25, 50, 75])
    y = generator.random(len(x)) < 0.5 * (1.0 + np.tanh((x - middle) / (high - low)))
    data = lv.Dataset("made", {"x": x, "y": y.astype(float)})
    return lv.fit(data, feature="x", label="y", model="logistic"), x, y


@pytest.mark.parametrize("kind", ["normal", "skewed", "an outlier", "heavy tails", "two clusters"])
def test_that_sums_over_condensed_samples_are_those_over_all(kind):
    surface, x, y = surface_of(features(kind))
    (w0, w1), (b0, b1) = surface.domain.w, surface.domain.b
    few = len(surface._samples.for_weights(np.array([w0, w1])).x)
    assert few < len(x) / 2
    for w, b in ((w0, b0), (w1, b1), (w0, b1), (w1, b0), surface.known_minimum, (0.0, 0.0)):
        z = w * x + b
        p = 0.5 * (1.0 + np.tanh(z / 2.0))
        loss = np.mean(np.logaddexp(0.0, z) - y * z)
        assert surface.loss(w, b) == pytest.approx(loss, rel=1e-12)
        # a slope is a difference of sums as large as these
        across, up = np.mean(np.abs(x * (p - y))), np.mean(np.abs(p - y))
        slope = surface.gradient(w, b)
        assert abs(slope[0] - np.mean(x * (p - y))) <= 1e-12 * across
        assert abs(slope[1] - np.mean(p - y)) <= 1e-12 * up
        powers = np.array([[x * x, x], [x, np.ones_like(x)]])
        e = np.exp(-np.abs(z))
        curvature = powers @ (e / (1.0 + e) ** 2) / len(x)
        # p·(1 − p) is rounded where p is nearly 1
        rounding = 1e-15 * np.mean(np.abs(powers), axis=2)
        assert np.all(np.abs(surface.hessian(w, b) - curvature) <= 1e-11 * np.abs(curvature) + rounding)


def test_that_a_larger_weight_is_answered_by_more_samples_and_a_far_one_by_all():
    surface, x, _ = surface_of(features("normal"))
    counts = [len(surface._samples.for_weights(np.array(w)).x) for w in (0.1, 1.0, 10.0, 1e6)]
    assert counts == sorted(counts)
    assert counts[0] < counts[1] < len(x)
    assert counts[-1] == len(x)


def test_that_weights_add_up_to_1():
    surface, _, _ = surface_of(features("skewed"))
    few = surface._samples.for_weights(np.array(0.5))
    assert np.sum(few.weight) == pytest.approx(1.0, abs=1e-13)
    assert np.all(few.weight >= 0.0)


@pytest.mark.parametrize("w", [np.nan, np.inf])
def test_that_a_weight_that_is_not_finite_is_answered_by_all_samples(w):
    surface, x, _ = surface_of(features("normal"))
    assert len(surface._samples.for_weights(np.array(w)).x) == len(x)


def test_that_few_samples_or_many_labels_are_not_condensed():
    x = np.linspace(0.0, 1.0, MANY + 1)
    weight = np.full(len(x), 1.0 / len(x))
    few = Weighted(x[:-1], np.zeros(MANY), weight[:-1])
    assert Condensed(few).for_weights(np.array(1.0)) is few
    many = Weighted(x, x, weight)
    assert Condensed(many).for_weights(np.array(1.0)) is many
    # a third label that a look at some of them misses
    hidden = Weighted(x, np.where(np.arange(len(x)) == 12_345, 2.0, 0.0), weight)
    assert Condensed(hidden).for_weights(np.array(1.0)) is hidden


def test_that_equal_features_with_one_outlier_are_not_condensed():
    x = np.concatenate([np.full(30_000, 0.5), [1e9]])
    same = Weighted(x, np.zeros(len(x)), np.full(len(x), 1.0 / len(x)))
    assert Condensed(same).for_weights(np.array(1.0)) is same


def test_that_sums_of_squared_errors_over_condensed_samples_are_those_over_all():
    _, x, y = surface_of(features("skewed"))
    data = lv.Dataset("made", {"x": x, "y": y.astype(float)})
    surface = lv.fit(data, feature="x", label="y", model="logistic", loss="squared_error", class_weight=(0.5, 2.0))
    (w0, w1), (b0, b1) = surface.domain.w, surface.domain.b
    assert surface.cost_per_point < len(x) / 2
    for w, b in ((w0, b0), (w1, b1), (w0, b1), (w1, b0), (0.0, 0.0)):
        cost = surface.measure.cost(w * x + b, y.astype(float))
        assert surface.loss(w, b) == pytest.approx(np.mean(np.where(y, 2.0, 0.5) * cost), rel=1e-11)
