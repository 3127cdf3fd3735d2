"""What runs do under batches, schedules, clipping, averaging, masks and float32."""

import numpy as np
import pytest

import lossviz as lv
from lossviz.descent import Conditions, StopRule, descending
from lossviz.descent.in_arrays import in_arrays
from lossviz.descent.in_numbers import in_numbers
from lossviz.landscape.work import completed
from lossviz.rules import CATALOGUE, conventions, rule_class, stacked
from lossviz.rules.componentwise import Componentwise

START = (-2.2, 3.6)
WAYS = [(name, convention) for name in CATALOGUE for convention in conventions(name)]
SIMPLE = [way for way in WAYS if issubclass(rule_class(*way), Componentwise)]
DECAYING = [way for way in WAYS if "weight_decay" in {param.name for param in rule_class(*way).params()}]
UNDER = {
    "batches": {"batch_size": 32, "seed": 3},
    "one by one": {"batch_size": 1, "shuffle": False},
    "accumulated": {"batch_size": 50, "accumulate": 3, "drop_last": True},
    "by value": {"clip_value": 0.4},
    "by norm": {"clip_norm": 0.3, "batch_size": 20},
    "by global norm": {"clip_global_norm": 0.5},
    "scaled": {"rate_scale": (0.5, 2.0), "batch_size": 32},
    "masked": {"decay_mask": ("w",)},
    "scheduled": {"schedule": lv.schedule("cosine", warmup=10), "batch_size": 64},
    "cycled": {"schedule": lv.schedule("one_cycle", maximum=0.05)},
    "following": {"schedule": lv.schedule("reduce_on_plateau", patience=1), "batch_size": 32},
    "timed": {"check_seconds": 0.01, "batch_size": 32, "schedule": lv.schedule("reduce_on_plateau", patience=0)},
}


def rate_of(rule):
    return 0.002 if rule.name in ("momentum", "nesterov", "sgd") and rule.convention == "keras" else 0.02


@pytest.mark.parametrize("under", UNDER)
@pytest.mark.parametrize(("name", "convention"), SIMPLE)
def test_that_numbers_make_the_runs_of_arrays_bit_for_bit(births, name, convention, under):
    rules = [lv.optimizer(name, convention=convention, learning_rate=rate) for rate in (0.002, 0.05)]
    start = np.array([[-2.2, 1.0], [3.6, 2.0]])
    stop = StopRule(loss_below=0.55, check_every=3) if under in ("batches", "by value") else StopRule()
    conditions = Conditions(**UNDER[under])
    few = completed(in_numbers(births, rules, start, 40, (0, 1), stop, conditions))
    many = completed(in_arrays(births, stacked(rules), start, 40, (0, 1), stop, conditions))
    for part in ("path", "losses", "gradients", "stopped", "slopes", "clipped", "rates", "momenta"):
        one, other = getattr(few, part), getattr(many, part)
        assert (one is None) is (other is None)
        if one is not None:
            # a power of an array and of a number may differ in the last bit
            close = {"rtol": 1e-12, "atol": 1e-14} if name == "ftrl" else {"rtol": 0.0}
            np.testing.assert_allclose(one, other, err_msg=part, **close)


@pytest.mark.parametrize("under", [*UNDER, "single"])
@pytest.mark.parametrize("name", ["fixed_step", "momentum", "adamw", "novograd", "backtracking"])
@pytest.mark.parametrize("free", [None, ("b",)])
def test_that_any_step_is_made_again(births, logistic, name, under, free):
    given = UNDER.get(under, {"precision": "float32", "batch_size": 32, "clip_value": 0.5})
    rule = lv.optimizer(name, learning_rate=0.01, **({"weight_decay": 0.1} if name == "adamw" else {}))
    if not rule.per_parameter:
        given = {key: value for key, value in given.items() if key != "rate_scale"}
    for surface in (births, logistic):
        t = lv.descend(surface, rule, START, 40, free=free, **given)
        index = list(t.free)
        limit = 1e-6 if under == "single" else 1e-12
        for k in (0, 15, 16, 17, 39):
            np.testing.assert_allclose(t.replay(k).step.theta, t.path[k + 1, index], rtol=limit, atol=limit)


def test_that_one_batch_of_all_samples_is_the_whole_descent(births, logistic):
    for surface in (births, logistic):
        for name in ("gradient_descent", "adam"):
            rule = lv.optimizer(name, learning_rate=0.1)
            whole = lv.descend(surface, rule, START, 100)
            t = lv.descend(surface, rule, START, 100, batch_size=189)
            np.testing.assert_allclose(t.path, whole.path, rtol=1e-12, atol=1e-12)
            np.testing.assert_allclose(t.slopes, whole.gradients[:-1], rtol=1e-9, atol=1e-12)
            assert t.verdict.outcome == whole.verdict.outcome


def test_that_losses_and_gradients_stay_those_of_all_samples(births, logistic):
    for surface in (births, logistic):
        t = lv.descend(surface, lv.optimizer("adam", learning_rate=0.1), START, 50, batch_size=8)
        np.testing.assert_allclose(t.losses, surface.loss(*t.path.T), rtol=1e-14)
        np.testing.assert_allclose(t.gradients, surface.gradient(*t.path.T).T, rtol=1e-13, atol=1e-15)
        for k in (0, 7, 30, 49):
            own = surface.batch(t.batch(k)).gradient(*t.path[k])
            np.testing.assert_allclose(t.slopes[k], own, rtol=1e-11, atol=1e-12)


def test_that_every_seed_gives_an_order_of_its_own_and_the_same_one_again(births):
    rule = lv.optimizer("gradient_descent", learning_rate=0.05)
    ends = {}
    for seed in range(20):
        one, two = (lv.descend(births, rule, START, 20, batch_size=10, seed=seed) for _ in range(2))
        np.testing.assert_array_equal(one.path, two.path)
        assert sorted(np.concatenate([one.batch(k) for k in range(19)]).tolist()) == [*range(189)]
        ends[tuple(one.path[-1])] = seed
    assert len(ends) == 20
    t = lv.descend(births, rule, START, 20, batch_size=10, shuffle=False)
    assert t.batch(0).tolist() == t.batch(19).tolist() == [*range(10)]


def test_that_runs_side_by_side_see_the_same_batches(births, logistic):
    starts = np.linspace(-2.0, 2.0, 24).reshape(2, 12)
    for surface in (births, logistic):
        for name in ("adam", "fixed_step"):
            rule = lv.optimizer(name, learning_rate=0.05)
            ts = lv.descend(surface, rule, starts, 30, batch_size=16, clip_global_norm=0.8)
            assert ts.slopes.shape == (30, 2, 12)
            assert ts.samples_seen.shape == ts.seconds.shape == ts.epochs.shape == (31, 12)
            for k in (0, 5, 11):
                alone = lv.descend(surface, rule, starts[:, k], 30, batch_size=16, clip_global_norm=0.8)
                np.testing.assert_allclose(ts[k].path, alone.path, rtol=1e-11, atol=1e-12)
                np.testing.assert_array_equal(ts[k].batch(3), alone.batch(3))


def test_that_a_surface_of_another_kind_has_batches(births):
    data = lv.dataset("birthwt")
    pair = lv.fit(data, features=("age/10", "lwt/100"), label="bwt/1000")
    t = lv.descend(pair, lv.optimizer("adam", learning_rate=0.1), (0.5, 0.5), 20, batch_size=50)
    np.testing.assert_allclose(t.slopes[7], pair.batch(t.batch(7)).gradient(*t.path[7]), rtol=1e-12)


# Clipping


def test_that_a_clipped_step_is_marked_and_no_longer_than_allowed(births):
    rule = lv.optimizer("gradient_descent", learning_rate=0.1)
    t = lv.descend(births, rule, START, 60, clip_global_norm=1.0)
    norms = np.hypot(*t.gradients[:-1].T)
    np.testing.assert_array_equal(t.clipped, norms + 1e-6 > 1.0)
    np.testing.assert_array_equal(t.clips, np.flatnonzero(t.clipped))
    assert 0 < len(t.clips) < 60
    given = np.hypot(*t.slopes.T)
    assert np.all(given[t.clipped] < 1.0)
    np.testing.assert_allclose(given[t.clipped], 1.0, rtol=2e-6)
    np.testing.assert_array_equal(t.slopes[~t.clipped], t.gradients[:-1][~t.clipped])


def test_that_the_norm_is_that_of_the_free_parameters(births):
    rule = lv.optimizer("gradient_descent", convention="keras", learning_rate=0.1)
    t = lv.descend(births, rule, START, 60, clip_global_norm=0.5, free=("w",))
    np.testing.assert_allclose(np.abs(t.slopes[t.clipped, 0]), 0.5, rtol=1e-14)
    # what is held is not clipped
    np.testing.assert_array_equal(t.slopes[:, 1], t.gradients[:-1, 1])


def test_that_slopes_without_bounds_are_clipped_too():
    steep = lv.expression("1e200*w**2 + b", domain=((-1, 1), (-1, 1)))
    for convention in conventions("gradient_descent"):
        rule = lv.optimizer("gradient_descent", convention=convention, learning_rate=0.25)
        for starts in ((1.0, 0.0), np.tile([[1.0], [0.0]], 9)):
            t = lv.descend(steep, rule, starts, 3, clip_global_norm=2.0)
            np.testing.assert_allclose(t.path[1, 0], 0.5, rtol=1e-12)


# Schedules


def test_that_the_rate_follows_the_schedule_for_as_long_as_the_run(births):
    schedule = lv.schedule("cosine")
    rates = np.array([0.1, 0.3])
    for optimizer in ("gradient_descent", "fixed_step"):
        ts = lv.descend(births, lv.optimizer(optimizer, learning_rate=rates), START, 50, schedule=schedule)
        np.testing.assert_array_equal(ts.learning_rates, schedule.for_steps(50).rates(50, rates))
    step = ts[1].path[21] - ts[1].path[20]
    assert np.hypot(*step) == pytest.approx(ts.learning_rates[20, 1], rel=1e-12)


def test_that_a_cycled_momentum_is_that_of_each_step(births):
    schedule = lv.schedule("one_cycle", maximum=0.1)
    t = lv.descend(births, lv.optimizer("momentum", learning_rate=0.01), START, 50, schedule=schedule)
    momenta = schedule.for_steps(50).momentum(np.arange(50))
    np.testing.assert_array_equal(t.momenta, momenta)
    v, theta = np.zeros(2), np.array(START)
    for k in range(50):
        np.testing.assert_array_equal(theta, t.path[k])
        v = momenta[k] * v + births.gradient(*theta)
        theta = theta - t.learning_rates[k] * v
    assert t.rule_of(20).values["momentum"] == momenta[20]
    assert t.rule.values["momentum"] == 0.9
    adam = lv.descend(births, lv.optimizer("adam", learning_rate=0.01), START, 50, schedule=schedule)
    assert adam.rule_of(20).values["beta1"] == momenta[20]
    plain = lv.descend(births, lv.optimizer("gradient_descent", learning_rate=0.01), START, 50, schedule=schedule)
    assert plain.momenta is None


@pytest.mark.parametrize("runs", [1, 9])
@pytest.mark.parametrize(
    ("name", "way"), [("sgd", "pytorch"), ("rmsprop", "pytorch"), ("sgd", "keras"), ("sgd", "optax")]
)
def test_that_a_cycled_momentum_acts_on_a_rule_without_one_too(births, name, way, runs):
    schedule = lv.schedule("one_cycle", maximum=0.05)
    starts = np.repeat(np.array(START)[:, None], runs, axis=1)

    def made(**given):
        rule = lv.optimizer(name, convention=way, learning_rate=0.01, **given)
        return lv.descend(births, rule, starts, 30, schedule=schedule)[0]

    without, some = made(), made(momentum=0.5)
    np.testing.assert_array_equal(without.path, some.path)
    assert without.rule.terms == some.rule.terms
    assert "velocity" in without.replay(7).step.info
    np.testing.assert_array_equal(without.replay(7).step.theta, without.path[8])


def test_that_runs_side_by_side_in_float32_are_those_made_alone(births):
    # 1 − β₂ of a β₂ in float32 would be wrong in its fifth digit
    rules = [lv.optimizer("adam", learning_rate=rate) for rate in (0.03, 0.1)]
    under = Conditions(precision="float32")
    ts = completed(descending(births, rules, START, 200, conditions=under))
    for t, rule in zip(ts, rules, strict=True):
        alone = lv.descend(births, rule, START, 200, precision="float32")
        assert np.max(np.abs(t.path - alone.path)) < 3e-6


def test_that_a_schedule_that_follows_sees_the_losses_that_are_looked_at(births):
    schedule = lv.schedule("reduce_on_plateau", patience=0, factor=0.5)
    t = lv.descend(births, lv.optimizer("fixed_step", learning_rate=1.0), START, 40, schedule=schedule, check_every=4)
    follower, rates = schedule.begin(1.0), []
    for k in range(40):
        if k and k % 4 == 0:
            follower.see(t.losses[k])
        rates.append(follower.rate)
    assert t.learning_rates.tolist() == rates
    assert rates[-1] < 0.2
    assert t.checks.tolist() == [*range(0, 41, 4)]


# Scale and mask


@pytest.mark.parametrize(("name", "convention"), DECAYING)
def test_that_weight_decay_acts_on_what_is_named_alone(births, name, convention):
    rule = lv.optimizer(name, convention=convention, weight_decay=0.3, learning_rate=0.01)
    both, masked, none = (
        lv.descend(births, rule, START, 5, **given) for given in ({}, {"decay_mask": ("w",)}, {"decay_mask": ()})
    )
    without = lv.optimizer(name, convention=convention, weight_decay=0.0, learning_rate=0.01)
    np.testing.assert_allclose(none.path, lv.descend(births, without, START, 5).path, rtol=1e-12)
    assert masked.path[1].tolist() != both.path[1].tolist() or name in ("novograd", "lamb")
    if issubclass(type(rule), Componentwise):
        # the first step of each parameter knows nothing of the other
        assert masked.path[1].tolist() == [both.path[1, 0], none.path[1, 1]]
    many = lv.descend(births, rule, np.tile(np.array(START)[:, None], 9), 5, decay_mask=("w",))
    np.testing.assert_allclose(many[4].path, masked.path, rtol=1e-12)


@pytest.mark.parametrize(("name", "convention"), SIMPLE)
def test_that_a_scaled_rate_is_a_rate_of_its_own(births, name, convention):
    rule = lv.optimizer(name, convention=convention, learning_rate=0.02)
    t = lv.descend(births, rule, START, 30, rate_scale=(1.0, 3.0), free=("b",))
    own = lv.optimizer(name, convention=convention, learning_rate=0.06)
    expected = lv.descend(births, own, START, 30, free=("b",))
    np.testing.assert_allclose(t.path, expected.path, rtol=1e-9)
    assert t.learning_rates[0] == 0.02
    assert t.rate_of(0) == pytest.approx([0.06])


# Averages


@pytest.mark.parametrize(("convention", "begins"), [("pytorch", "after"), ("keras", "after"), ("optax", "before")])
def test_that_the_mean_begins_as_the_library_begins_it(births, convention, begins):
    rule = lv.optimizer("adam", convention=convention, learning_rate=0.1)
    t = lv.descend(births, rule, START, 30, average=0.8, tolerance=1e-9)
    mean = np.array(START)
    for k in range(1, 31):
        mean = t.path[k] if k == 1 and begins == "after" else 0.8 * mean + 0.2 * t.path[k]
        np.testing.assert_allclose(t.average[k], mean, rtol=1e-13)
    np.testing.assert_allclose(t.average_losses, births.loss(*t.average.T), rtol=1e-14)
    assert t.average[0].tolist() == [*START]


def test_that_a_mean_smooths_what_batches_shake(births):
    rule = lv.optimizer("gradient_descent", learning_rate=0.2)
    t = lv.descend(births, rule, START, 600, batch_size=4, average=0.98)
    assert np.mean(t.average_losses[300:]) - births.loss(*births.known_minimum) < 0.2 * (
        np.mean(t.losses[300:]) - births.loss(*births.known_minimum)
    )


# Precision


def test_that_single_precision_stalls_where_double_goes_on(births):
    rule = lv.optimizer("gradient_descent", learning_rate=1e-3)
    start = births.known_minimum + np.array([1e-5, -1e-5])
    single = lv.descend(births, rule, start, 400, precision="float32")
    double = lv.descend(births, rule, start, 400)
    assert np.all(single.path[-1] == single.path[200])
    assert double.losses[-1] < double.losses[200]
    np.testing.assert_array_equal(single.path[1:], single.path[1:].astype(np.float32))
    np.testing.assert_array_equal(single.slopes, single.slopes.astype(np.float32))
    # the losses are those of double precision
    np.testing.assert_array_equal(single.losses, births.loss(*single.path.T))
    assert single.path.dtype == single.losses.dtype == np.float64


@pytest.mark.parametrize(("name", "convention"), WAYS)
def test_that_every_rule_makes_steps_in_single_precision(births, name, convention):
    rule = lv.optimizer(name, convention=convention, learning_rate=0.01)
    single = lv.descend(births, rule, START, 10, precision="float32")
    double = lv.descend(births, rule, START, 10)
    np.testing.assert_array_equal(single.path, single.path.astype(np.float32))
    np.testing.assert_allclose(single.path, double.path, rtol=1e-3, atol=1e-3)
    swept = lv.optimizer(name, convention=convention, learning_rate=np.array([0.01, 0.02]))
    ts = lv.descend(births, swept, START, 10, precision="float32")
    np.testing.assert_allclose(ts[0].path, single.path, rtol=1e-3, atol=1e-3)


# What is recorded


@pytest.mark.parametrize("starts", [START, np.tile(np.array(START)[:, None], 9)], ids=["one", "many"])
def test_that_what_a_rule_tells_is_kept_when_asked_for(births, starts):
    rule = lv.optimizer("adam", learning_rate=0.1)
    found = lv.descend(births, rule, starts, 30, record=("moment", "effective_rate"), batch_size=32)
    t = found if np.ndim(starts) == 1 else found[4]
    assert set(t.recorded) == {"moment", "effective_rate"}
    for k in (0, 3, 29):
        info = t.replay(k).step.info
        for name, rows in t.recorded.items():
            np.testing.assert_allclose(rows[k], info[name], rtol=1e-13)


def test_that_a_held_parameter_has_nothing_to_tell(births):
    t = lv.descend(births, lv.optimizer("momentum"), START, 5, free=("b",), record="velocity")
    assert np.all(np.isnan(t.recorded["velocity"][:, 0]))
    assert np.all(np.isfinite(t.recorded["velocity"][:, 1]))


# Cost


def test_that_samples_seconds_and_epochs_are_counted(births):
    rule = lv.optimizer("gradient_descent", learning_rate=0.01)
    t = lv.descend(births, rule, START, epochs=2, batch_size=50, step_seconds=0.5, sample_seconds=0.01)
    assert t.steps == 8
    assert t.samples_seen.tolist() == [0, 50, 100, 150, 189, 239, 289, 339, 378]
    np.testing.assert_allclose(t.epochs, np.arange(9) / 4)
    np.testing.assert_allclose(t.seconds, 0.5 * np.arange(9) + 0.01 * t.samples_seen)
    assert t.checks.tolist() == [*range(9)]
    whole = lv.descend(births, rule, START, 3)
    assert whole.samples_seen.tolist() == [0, 189, 378, 567]
    assert whole.epochs.tolist() == [0, 1, 2, 3]
    assert whole.batch(2) is None
    alone = lv.descend(lv.surface("beale"), rule, (1.0, 1.0), 3)
    assert alone.samples_seen.tolist() == [0, 1, 2, 3]


def test_that_a_line_search_pays_for_all_that_it_asks(births):
    t = lv.descend(births, lv.optimizer("backtracking"), START, 10)
    plain = lv.descend(births, lv.optimizer("gradient_descent"), START, 10)
    assert np.all(np.diff(t.samples_seen) > np.diff(plain.samples_seen))
    assert np.all(np.diff(t.samples_seen) % 189 == 0)
    few = lv.descend(births, lv.optimizer("backtracking"), START, 10, batch_size=10)
    assert np.all(np.diff(few.samples_seen)[:9] >= 20)
    assert few.samples_seen[-1] < t.samples_seen[-1]


def test_that_looks_take_time_and_are_so_many_seconds_apart(births):
    rule = lv.optimizer("gradient_descent", learning_rate=0.01)
    given = {"batch_size": 10, "step_seconds": 1.0, "sample_seconds": 0.01, "shuffle": False}
    t = lv.descend(births, rule, START, 19, check_seconds=3.0, **given)
    # three updates of 1.1 s, a look of 1.89 s
    assert t.checks.tolist() == [0, 3, 6, 9, 12, 15, 18]
    assert t.seconds[6] == pytest.approx(6.6 + 2 * 1.89)
    assert t.seconds[5] == pytest.approx(5.5 + 1.89)
    often = lv.descend(births, rule, START, 19, check_every=5, **given)
    assert often.checks.tolist() == [0, 5, 10, 15]
    assert often.seconds[5] == pytest.approx(5.5 + 1.89)


def test_that_a_stop_rule_looks_at_the_loss_of_all_samples_every_so_many_seconds(births):
    rule = lv.optimizer("gradient_descent", learning_rate=0.05)
    given = {"batch_size": 10, "step_seconds": 1.0, "sample_seconds": 0.01}
    whole = lv.descend(births, rule, START, 200, check_seconds=7.0, **given)
    t = lv.descend(births, rule, START, 200, check_seconds=7.0, loss_below=0.6, **given)
    below = [k for k in whole.checks if whole.losses[k] < 0.6]
    assert t.steps == below[0] < 200
    assert np.any(whole.losses[: t.steps] < 0.6)
    np.testing.assert_array_equal(t.checks, whole.checks[: len(t.checks)])
    np.testing.assert_array_equal(t.path, whole.path[: t.steps + 1])


@pytest.mark.parametrize(
    ("epochs", "given", "steps"),
    [
        (3, {}, 3),
        (3, {"batch_size": 189}, 3),
        (3, {"batch_size": 50}, 12),
        (3, {"batch_size": 50, "drop_last": True}, 9),
        (3, {"batch_size": 50, "accumulate": 5}, 3),
        (0.5, {"batch_size": 50}, 2),
        (1e-9, {"batch_size": 50}, 1),
    ],
)
def test_that_epochs_are_steps(births, epochs, given, steps):
    t = lv.descend(births, lv.optimizer("gradient_descent"), START, epochs=epochs, **given)
    assert t.steps == steps


# Ends alone


def test_that_ends_are_those_of_the_paths(births):
    starts = np.linspace(-2.0, 2.0, 40).reshape(2, 20)
    rule = lv.optimizer("momentum", learning_rate=0.05)
    whole, ends = (lv.descend(births, rule, starts, 100, keep=keep) for keep in ("path", "end"))
    np.testing.assert_allclose(ends.ends, whole.path[-1], rtol=1e-12)
    np.testing.assert_allclose(ends.end_losses, whole.losses[-1], rtol=1e-12)
    assert ends.path.shape == ends.gradients.shape == (1, 2, 20)
    assert ends[3].steps == 100
    assert ends.samples_seen.tolist() == [[18900] * 20]
    assert ends[3].samples_seen.tolist() == [18900]
    for asked in (lambda: ends.evidence, lambda: ends[3].verdict, lambda: ends[3].replay(0), lambda: ends.outcomes):
        with pytest.raises(ValueError, match="keep='path'"):
            asked()


# Evidence


def test_that_evidence_is_gathered_when_it_is_first_asked_for(births, monkeypatch):
    from lossviz.descent import trajectory

    asked = []
    gathering = trajectory.gathering
    monkeypatch.setattr(trajectory, "gathering", lambda *given, **more: asked.append(more) or gathering(*given, **more))
    rule = lv.optimizer("gradient_descent", learning_rate=np.array([0.1, 0.2]))
    ts = lv.descend(births, rule, START, 20, batch_size=32, clip_value=0.5, precision="float32")
    assert not asked
    assert ts[0].verdict.outcome
    assert ts[1].evidence.noisy
    assert len(asked) == 1
    assert asked[0]["noisy"]
    assert asked[0]["precision"] == "float32"
    np.testing.assert_array_equal(asked[0]["clipped"], ts.clipped)


# What can't be


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"batch_size": 190}, "batch_size must be at most 189, all samples, not 190."),
        ({"batch_size": 0}, "batch_size must be a whole number of 1 or more, not 0."),
        ({"batch_size": 2.5}, "batch_size must be a whole number of 1 or more, not 2.5."),
        ({"batch_size": True}, "batch_size must be"),
        ({"seed": -1}, "seed must be a whole number of 0 or more, not −1."),
        ({"accumulate": 0}, "accumulate must be a whole number from 1 to 1,000,000, not 0."),
        ({"shuffle": 1}, "shuffle must be true or false, not 1."),
        ({"drop_last": None}, "drop_last must be true or false, not None."),
        ({"clip_value": -1}, "clip_value must be a number above 0, not −1."),
        ({"clip_norm": 0.0}, "clip_norm must be a number above 0, not 0."),
        ({"clip_global_norm": np.nan}, "clip_global_norm must be a number above 0, not nan."),
        ({"clip_value": "1"}, "clip_value must be a number above 0, not '1'."),
        ({"clip_value": 10**400}, "clip_value must be a number above 0, not inf."),
        ({"average": 1.0}, "average must be a number from 0 to below 1, not 1."),
        ({"average": -0.1}, "average must be a number from 0 to below 1, not −0.1."),
        ({"rate_scale": 2.0}, "rate_scale must be two numbers of 0 or more, for weight and bias, not 2.0."),
        ({"rate_scale": (1, 2, 3)}, "rate_scale must be two numbers of 0 or more, for weight and bias, not 3."),
        ({"rate_scale": (1, -2)}, "rate_scale must be a number of 0 or more for each parameter, not −2."),
        ({"decay_mask": ("weight",)}, "decay_mask: 'weight' is not a parameter"),
        ({"decay_mask": 3}, "decay_mask must name the parameters that weight decay acts on, not 3."),
        ({"precision": "float16"}, "precision must be 'float64' or 'float32', not 'float16'."),
        ({"record": ("momnt",)}, "record: 'momnt' is not one of what adam tells of a step; did you mean 'moment'?"),
        ({"record": 3}, "record must name what is to be recorded of each step, not 3."),
        ({"keep": "all"}, "keep must be 'path' or 'end', not 'all'."),
        ({"check_seconds": 0}, "check_seconds must be a number above 0, not 0."),
        ({"step_seconds": -1}, "step_seconds must be a number of 0 or more, not −1."),
        ({"schedule": "cosine"}, "schedule must be a schedule, such as lossviz.schedule('cosine'), or None, not"),
        ({"epochs": 0}, "epochs must be a number above 0, not 0."),
        ({"epochs": "3"}, "epochs must be a number above 0, not '3'."),
        ({"epochs": 3, "steps": 5}, "steps and epochs can't both be given: an epoch is a number of steps."),
        ({"steps": 10**9}, "that path alone would take 37.3 GiB; keep='end' takes none."),
        ({"steps": 10**13, "keep": "end"}, "steps must be from 1 to 1,000,000,000,000, not 10,000,000,000,000."),
    ],
)
def test_that_an_impossible_condition_is_refused_in_one_sentence(births, refused, given, said):
    with refused(said):
        lv.descend(births, lv.optimizer("adam"), START, **given)


def test_that_single_precision_has_its_own_bounds(births, refused):
    with refused("start must lie within ±3.4e38, the largest number of float32."):
        lv.descend(births, lv.optimizer("adam"), (1e39, 0.0), 5, precision="float32")


def test_that_runs_that_leave_all_numbers_are_recorded_without_a_warning(births, logistic):
    for given in ({"precision": "float32", "average": 0.9, "clip_value": 1e300}, {"batch_size": 32, "average": 0.9}):
        for surface in (births, logistic):
            for name in ("gradient_descent", "adam", "fixed_step", "backtracking"):
                t = lv.descend(surface, lv.optimizer(name, learning_rate=1e5), START, 100, **given)
                assert t.verdict.text
                assert t.replay(99).step.theta.shape == (2,)


def test_that_a_rule_of_one_length_has_no_rates_to_scale(births, refused):
    with refused("rate_scale: backtracking chooses one length for all parameters; leave it out."):
        lv.descend(births, lv.optimizer("backtracking"), START, 5, rate_scale=(1.0, 2.0))


def test_that_a_surface_without_samples_has_no_batches(refused):
    with refused("batch_size goes with data, but this surface has no samples: leave it out."):
        lv.descend(lv.surface("beale"), lv.optimizer("adam"), (1.0, 1.0), 5, batch_size=3)


def test_that_more_rows_than_memory_holds_are_refused(births, refused):
    with refused("100,000 steps of 10,000 runs can't all be kept: their paths would take 37.3 GiB"):
        lv.descend(births, lv.optimizer("adam"), np.zeros((2, 10_000)), 100_000)


def test_that_conditions_are_refused_before_any_work(births):
    with pytest.raises(ValueError, match="batch_size"):
        next(descending(births, lv.optimizer("adam"), START, 5, conditions=Conditions(batch_size=500)))


@pytest.mark.parametrize("runs", [1, 20])
def test_that_the_progress_never_goes_back(logistic, runs):
    conditions = Conditions(batch_size=4, average=0.9)
    rule = lv.optimizer("adam")
    parts = [*descending(logistic, rule, np.tile([[-2.2], [3.6]], runs), 3000, conditions=conditions)]
    assert len(parts) > 5
    assert parts == sorted(parts)
    assert parts[0] < 0.3 < 0.7 < parts[-1] <= 1.0


def test_that_numbers_of_numpy_are_numbers():
    made = Conditions(batch_size=np.int64(3), clip_value=np.float32(0.5), rate_scale=np.array([1, 2]), shuffle=np.True_)
    assert (made.batch_size, made.clip_value, made.rate_scale, made.shuffle) == (3, 0.5, (1.0, 2.0), True)
    assert type(made.batch_size) is int
    assert made == Conditions(batch_size=3, clip_value=0.5, rate_scale=(1.0, 2.0))
