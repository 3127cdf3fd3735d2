"""The order of samples and the slopes of batches."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lossviz as lv
from lossviz.descent.batches import AT_ONCE, Batches, Stream
from lossviz.landscape.randomness import words

START = (-2.2, 3.6)
DATA = {"feature": "(age - 18)/10", "label": "bwt/1000"}
ODDS = {"feature": "(lwt - 130)/30", "label": "low", "model": "logistic"}
FITS = {
    "mse": DATA,
    "rmse": DATA | {"loss": "rmse"},
    "mae": DATA | {"loss": "mae"},
    "huber": DATA | {"loss": "huber"},
    "penalised": DATA | {"l1": 0.3, "l2": 0.2},
    "cross-entropy": ODDS,
    "weighted": ODDS | {"class_weight": "balanced", "l2": 0.1},
    "squared error": ODDS | {"loss": "squared_error"},
    "hinge": ODDS | {"loss": "hinge"},
}


@pytest.fixture(scope="module", params=FITS)
def surface(request):
    return lv.fit(lv.dataset("birthwt"), **FITS[request.param])


def test_that_the_order_of_samples_is_the_same_for_ever():
    batches = Batches(samples=10, size=4, seed=7)
    found = [batches.batch(number).tolist() for number in range(6)]
    assert found == [[6, 3, 4, 9], [0, 2, 8, 7], [5, 1], [2, 1, 0, 3], [4, 5, 8, 7], [9, 6]]


def test_that_the_orders_are_stable_argsorts_of_the_words_one_epoch_after_the_other():
    drawn = words(3, 5 * 189).reshape(5, 189)
    batches = Batches(samples=189, size=50, seed=3)
    np.testing.assert_array_equal(batches.orders(0, 5), np.argsort(drawn, axis=1, kind="stable"))
    np.testing.assert_array_equal(batches.orders(3, 2), np.argsort(drawn[3:], axis=1, kind="stable"))


sizes = st.integers(1, 40).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n)))


@given(sizes, st.integers(0, 2**63 - 1), st.booleans(), st.integers(0, 5))
def test_that_each_epoch_visits_each_sample_once(size, seed, shuffle, epoch):
    samples, batch = size
    batches = Batches(samples, batch, seed, shuffle)
    seen = [batches.batch(epoch * batches.an_epoch + place) for place in range(batches.an_epoch)]
    assert sorted(np.concatenate(seen).tolist()) == [*range(samples)]
    assert {len(part) for part in seen[:-1]} <= {batch}
    if not shuffle:
        assert np.concatenate(seen).tolist() == [*range(samples)]


@given(sizes, st.integers(1, 7), st.booleans())
def test_that_sizes_are_those_of_the_batches_that_make_an_update(size, accumulate, drop_last):
    batches = Batches(*size, seed=1, drop_last=drop_last, accumulate=accumulate)
    expected = [sum(map(len, batches.of_update(k))) for k in range(30)]
    assert batches.sizes(30).tolist() == expected
    if drop_last:
        assert set(expected) == {size[1] * accumulate}


def test_that_epochs_differ_unless_they_are_not_shuffled():
    one, two = Batches(50, 50, seed=1).orders(0, 2)
    assert one.tolist() != two.tolist()
    assert Batches(50, 50, seed=2).orders(0, 1)[0].tolist() != one.tolist()


@pytest.mark.parametrize(
    ("size", "accumulate", "drop_last", "noisy"),
    [
        (189, 1, False, False),
        (27, 7, False, False),
        (27, 14, False, False),
        (27, 6, False, True),
        (50, 4, False, True),
        (1, 1, False, True),
        (100, 1, True, True),
    ],
)
def test_that_a_step_that_sees_every_sample_as_often_is_not_noisy(size, accumulate, drop_last, noisy):
    assert Batches(189, size, drop_last=drop_last, accumulate=accumulate).noisy is noisy


@pytest.mark.parametrize("size", [1, 2, 32, 189])
def test_that_the_slope_of_a_batch_is_the_gradient_of_the_loss_over_its_samples(surface, size):
    batches = Batches(surface.samples, size, seed=5)
    stream = Stream(surface, batches)
    theta = np.array([[-2.2, 0.3, 1.0], [3.6, 2.9, -0.5]])
    far = AT_ONCE // 189 * batches.an_epoch
    # the last one comes again, from an epoch that has gone by
    for k in (0, 1, batches.an_epoch, far + 1, 1):
        own = surface.batch(batches.batch(k)).value_and_gradient(theta)[1]
        np.testing.assert_allclose(np.stack(stream.slope(k, *theta)), own, rtol=1e-11, atol=1e-12)
        if stream.in_numbers:
            alone = [stream.slope(k, w, b) for w, b in theta.T.tolist()]
            assert all(type(part) is float for pair in alone for part in pair)
            np.testing.assert_array_equal(np.array(alone).T, np.stack(stream.slope(k, *theta)))


@pytest.mark.parametrize("size", [7, 50, 189])
def test_that_the_slopes_of_an_epoch_add_up_to_the_gradient_of_the_whole_loss(births, logistic, size):
    for surface in (births, logistic):
        batches = Batches(surface.samples, size, seed=2)
        stream = Stream(surface, batches)
        theta = np.array([[-2.2], [3.6]])
        parts = [len(batches.batch(k)) * np.stack(stream.slope(k, *theta)) for k in range(batches.an_epoch)]
        whole = surface.value_and_gradient(theta)[1]
        np.testing.assert_allclose(sum(parts) / surface.samples, whole, rtol=1e-12)


def test_that_accumulated_slopes_are_the_mean_of_those_of_the_batches(births):
    batches = Batches(189, 50, seed=2, accumulate=3)
    theta = np.array([[-2.2], [3.6]])
    for k in range(4):
        each = [births.batch(part).value_and_gradient(theta)[1] for part in batches.of_update(k)]
        np.testing.assert_allclose(
            np.stack(Stream(births, batches).slope(k, *theta)), np.mean(each, axis=0), rtol=1e-12
        )


def test_that_a_large_epoch_is_made_ready_a_few_batches_at_a_time():
    rows = 3 * AT_ONCE + 100
    x = np.linspace(-1.0, 1.0, rows)
    surface = lv.fit(lv.Dataset("large", {"x": x, "y": np.sin(7.0 * x)}), feature="x", label="y")
    batches = Batches(rows, 500, seed=4)
    stream = Stream(surface, batches)
    theta = np.array([[0.3], [-0.2]])
    for k in (0, 15, 16, 17, 40, batches.an_epoch - 1, batches.an_epoch, batches.an_epoch + 33, 2):
        own = surface.batch(batches.batch(k)).value_and_gradient(theta)[1]
        np.testing.assert_allclose(np.stack(stream.slope(k, *theta)), own, rtol=1e-11)
