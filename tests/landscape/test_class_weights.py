import numpy as np
import pytest

import lossviz as lv
from lossviz.landscape.class_weights import class_weights

LABELS = np.array([0.0, 0.0, 0.0, 1.0])


def low(**arguments):
    data = lv.dataset("birthwt")
    return lv.fit(data, feature="(lwt - 130)/30", label="low", model="logistic", **arguments)


def test_that_balanced_weights_make_both_labels_count_the_same():
    zero, one = class_weights("balanced", LABELS, "y")
    assert (zero, one) == (4 / 6, 4 / 2)
    assert 3 * zero == pytest.approx(1 * one)
    # 1 on the mean
    assert 3 * zero + one == pytest.approx(4.0)


def test_that_given_weights_are_kept_as_numbers():
    assert class_weights([1, 3], LABELS, "y") == (1.0, 3.0)
    assert class_weights(None, LABELS, "y") is None


@pytest.mark.parametrize("loss", ["cross_entropy", "squared_error", "hinge"])
def test_that_the_loss_is_the_mean_of_weight_times_cost(loss):
    surface = low(loss=loss, class_weight=(0.5, 3.0))
    z = -0.6 * surface.data.x - 0.3
    y = surface.data.y
    cost = surface.measure.cost(z, y)
    assert surface.loss(-0.6, -0.3) == pytest.approx(np.mean(np.where(y == 1.0, 3.0, 0.5) * cost), rel=1e-13)
    np.testing.assert_allclose(
        surface.grid(9).loss[2, 5],
        surface.loss(*(axis[k] for axis, k in zip(surface.domain.axes(9), (2, 5), strict=True))),
        rtol=1e-13,
    )


def test_that_a_mini_batch_keeps_the_weights_of_all_samples():
    surface = low(class_weight="balanced")
    parts = [surface.batch(part) for part in np.arange(189).reshape(7, 27)]
    mean = np.mean([part.gradient(0.3, -0.2) for part in parts], axis=0)
    np.testing.assert_allclose(mean, surface.gradient(0.3, -0.2), rtol=1e-12)


def test_that_weights_of_1_change_nothing_but_the_words():
    plain, weighted = low(), low(class_weight=(1, 1))
    assert weighted.known_minimum == pytest.approx(plain.known_minimum, rel=1e-12)
    assert weighted.loss(0.4, 0.1) == plain.loss(0.4, 0.1)
    assert weighted.title == "weighted cross-entropy"
    assert weighted.formula == "mean c·(log(1 + e^z) − y·z),  z = w·x + b,  c = 1 for y = 0, 1 for y = 1"
