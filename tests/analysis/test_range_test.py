import numpy as np
import pytest

import lossviz as lv

PLAIN = lv.optimizer("gradient_descent")


@pytest.fixture(scope="module")
def bowl():
    """w² + b²: the curvature is 2 in all directions, the limit of gradient descent 1."""
    return lv.surface("sphere")


def test_that_a_test_of_four_steps_is_what_one_reckons_by_hand(bowl):
    found = lv.range_test(bowl, PLAIN, (1.0, 0.0), low=0.1, high=2.7, steps=4, smoothing=0.5)
    assert found.rates == pytest.approx([0.1, 0.3, 0.9, 2.7], rel=1e-14)
    # w is multiplied by 1 − 2η: 0.8, 0.4, −0.8, −4.4
    assert found.losses == pytest.approx([0.8**2, 0.32**2, 0.256**2, 1.1264**2], rel=1e-13)
    # (0.5·before + 0.5·loss)/(1 − 0.5ᵏ): 0.32/0.5, 0.2112/0.75, 0.138368/0.875, …
    assert found.smoothed == pytest.approx([0.64, 0.2816, 0.138368 / 0.875, 0.70357248 / 0.9375], rel=1e-6)
    assert found.steepest == pytest.approx(0.1)
    assert found.lowest == pytest.approx(0.9)
    assert found.blow_up == pytest.approx(2.7)
    assert found.limit == 1.0
    assert found.suggested == pytest.approx(0.09)
    assert found.trajectory.path[:, 0] == pytest.approx([1.0, 0.8, 0.32, -0.256, 1.1264], rel=1e-13)


def test_that_rates_grow_by_one_factor_from_low_to_high(bowl):
    found = lv.range_test(bowl, PLAIN, (1.0, 1.0))
    assert len(found.rates) == len(found.losses) == len(found.smoothed) == 200
    assert found.rates == pytest.approx(np.geomspace(1e-5, 10.0, 200), rel=1e-12)
    assert np.array_equal(found.losses, found.trajectory.losses[1:])
    assert not found.rates.flags.writeable


@pytest.mark.parametrize("curvatures", [(1.0, 1.0), (3.0, 0.5), (20.0, 5.0)])
# momentum at a rate near the limit still swings widely
@pytest.mark.parametrize(("name", "soonest"), [("gradient_descent", 1.0), ("momentum", 0.9)])
def test_that_on_a_quadratic_the_loss_blows_up_at_the_limit_or_just_beyond(name, soonest, curvatures):
    surface = lv.expression("({} * w**2 + {} * b**2) / 2".format(*curvatures), domain=((-2, 2), (-2, 2)))
    rule = lv.optimizer(name)
    limit = lv.stability(surface, rule, (1.0, 0.0)).limit
    # one that begins near the limit has not shrunk what is to grow again
    found = lv.range_test(surface, rule, (1.0, 0.01), low=0.7 * limit, high=3 * limit, steps=100)
    assert found.limit == pytest.approx(limit)
    assert soonest * limit < found.blow_up < 1.6 * limit
    assert found.losses[-1] > 1e6 * found.losses[0]
    wide = lv.range_test(surface, rule, (1.0, 1.0), low=1e-3 * limit, high=100 * limit)
    assert soonest * limit < wide.blow_up
    assert wide.suggested < 0.5 * limit


def test_that_without_smoothing_the_mean_is_the_loss(bowl):
    found = lv.range_test(bowl, PLAIN, (1.0, 1.0), smoothing=0.0)
    assert np.array_equal(found.smoothed, found.losses)
    assert found.lowest == found.rates[np.argmin(found.losses)]


def test_that_rates_too_small_to_harm_blow_nothing_up(bowl):
    found = lv.range_test(bowl, PLAIN, (1.0, 1.0), high=0.1)
    assert found.blow_up is None
    assert found.suggested < found.limit


def test_that_where_the_loss_never_falls_nothing_is_suggested(bowl):
    found = lv.range_test(bowl, PLAIN, (1.0, 1.0), low=1.5, high=9.0, steps=10)
    assert (found.steepest, found.lowest, found.suggested) == (None, None, None)
    assert found.blow_up == found.rates[np.argmax(found.losses > 4.0 * 2.0)]


def test_that_losses_below_zero_blow_up_too():
    surface = lv.expression("w**2 + b**2 - 5", domain=((-2, 2), (-2, 2)))
    found = lv.range_test(surface, PLAIN, (1.0, 1.0))
    assert found.limit < found.blow_up < 10.0
    assert found.losses[-1] > 10.0


def test_that_an_optimizer_without_an_exact_limit_has_none(bowl):
    found = lv.range_test(bowl, lv.optimizer("adam"), (1.0, 1.0))
    assert found.limit is None
    assert found.suggested > 0


def test_that_batches_are_those_of_a_descent(fitted):
    x = np.linspace(-1.0, 1.0, 40)
    surface = fitted(x, 2.0 * x + np.cos(7.0 * x))
    found = lv.range_test(surface, PLAIN, (0.0, 3.0), batch_size=4, seed=1)
    other = lv.range_test(surface, PLAIN, (0.0, 3.0), batch_size=4, seed=2)
    whole = lv.range_test(surface, PLAIN, (0.0, 3.0))
    assert found.trajectory.conditions.batch_size == 4
    assert not np.array_equal(found.losses, other.losses)
    assert found.limit == whole.limit
    assert found.suggested < found.limit < found.blow_up


def test_that_held_parameters_stay_and_count_in_no_limit():
    surface = lv.expression("w**2 + 50*b**2", domain=((-2, 2), (-2, 2)))
    found = lv.range_test(surface, PLAIN, (1.0, 1.0), free=("w",))
    assert np.all(found.trajectory.path[:, 1] == 1.0)
    assert found.limit == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"low": 0.0}, "low must be a learning rate above 0, not 0."),
        ({"low": "small"}, "low must be a learning rate above 0, not 'small'."),
        ({"high": float("inf")}, "high must be a learning rate above 0, not inf."),
        ({"low": 2.0, "high": 1.0}, "high must be above low (2), not 1."),
        ({"steps": 1}, "steps must be 2 or more"),
        ({"steps": 2.5}, "steps must be a whole number"),
        ({"smoothing": 1.0}, "smoothing must be a number from 0 to below 1, not 1."),
        ({"smoothing": "much"}, "smoothing must be a number from 0 to below 1, not 'much'."),
        ({"start": np.ones((2, 3))}, "a range test is of one run"),
        ({"start": (np.nan, 0.0)}, "start must be finite"),
        ({"optimizer": lv.optimizer("momentum", momentum=[0.1, 0.5])}, "a range test is of one run"),
        ({"schedule": lv.schedule("constant")}, "schedule can't be given to a range test"),
        ({"keep": "end"}, "keep can't be given to a range test"),
        ({"batchsize": 3}, "'batchsize' is not a condition of a descent; did you mean 'batch_size'?"),
        ({"batch_size": 3}, "batch_size goes with data"),
        ({"free": ("v",)}, "'v' is not a parameter"),
    ],
)
def test_that_what_is_wrong_is_said_in_one_sentence(refused, bowl, given, said):
    arguments = {"surface": bowl, "optimizer": PLAIN, "start": (1.0, 1.0)} | given
    with refused(said):
        lv.range_test(**arguments)


def test_that_a_loss_that_stays_the_same_has_not_fallen():
    flat = lv.range_test(lv.expression("0*w + 0*b + 3", domain=((-2, 2), (-2, 2))), PLAIN, (1.0, 1.0))
    assert (flat.steepest, flat.lowest, flat.suggested, flat.blow_up) == (None, None, None, None)
