import numpy as np
import pytest

import lossviz as lv
from lossviz.descent import StopRule, descending
from lossviz.rules import CATALOGUE, conventions, stacked

WAYS = [(name, convention) for name in CATALOGUE for convention in conventions(name)]
START = (-2.2, 3.6)


def starts(count, seed=1):
    return np.random.Generator(np.random.PCG64(seed)).uniform(-3.0, 4.0, (2, count))


# One run


def test_that_a_run_has_a_row_for_its_start_and_one_a_step(births):
    t = lv.descend(births, lv.optimizer("gradient_descent", learning_rate=0.1), START, 7)
    assert t.steps == 7
    assert t.path.shape == (8, 2)
    assert t.losses.shape == (8,)
    assert t.gradients.shape == (8, 2)
    assert t.learning_rates.tolist() == [0.1] * 7
    assert t.path[0].tolist() == [*START]
    np.testing.assert_array_equal(t.path[1], t.path[0] - 0.1 * births.gradient(*START))
    for k in range(8):
        assert t.losses[k] == births.loss(*t.path[k])
        np.testing.assert_array_equal(t.gradients[k], births.gradient(*t.path[k]))


def test_that_a_hundred_steps_are_made_unless_said_otherwise(births):
    assert lv.descend(births, lv.optimizer("adam"), START).steps == 100


def test_that_what_was_recorded_can_not_be_changed(births):
    t = lv.descend(births, lv.optimizer("adam"), START, 3)
    for array in (t.path, t.losses, t.gradients):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0.0


def test_that_the_same_run_is_the_same_to_the_last_bit(logistic):
    one, two = (lv.descend(logistic, lv.optimizer("adam", learning_rate=0.3), START, 150) for _ in range(2))
    np.testing.assert_array_equal(one.path, two.path)


def test_that_the_start_is_not_changed_or_kept(births):
    start = np.array(START)
    t = lv.descend(births, lv.optimizer("adam"), start, 3)
    start[0] = 99.0
    assert t.path[0].tolist() == [*START]


def test_that_a_diverging_run_is_recorded_to_the_end_without_a_warning(births):
    t = lv.descend(births, lv.optimizer("gradient_descent", learning_rate=10.0), START, 400)
    assert t.steps == 400
    assert np.max(np.abs(t.path[np.isfinite(t.path)])) > 1e300
    assert not np.any(np.isfinite(t.losses[-100:]))


def test_that_events_are_numbered_by_their_steps(births):
    t = lv.descend(births, lv.optimizer("gradient_descent", learning_rate=0.765), START, 20)
    np.testing.assert_array_equal(t.overshoots, np.arange(20))
    np.testing.assert_array_equal(t.zigzags, np.arange(20))
    np.testing.assert_array_equal(t.uphill, np.arange(3, 20))


# Many runs at once


@pytest.mark.parametrize(("name", "convention"), WAYS)
def test_that_on_a_quadratic_a_batch_is_its_single_runs_bit_for_bit(births, name, convention):
    rule = lv.optimizer(name, convention=convention, learning_rate=0.3)
    ts = lv.descend(births, rule, starts(9), 200)
    assert len(ts) == 9
    assert ts.path.shape == (201, 2, 9)
    assert ts.losses.shape == (201, 9)
    for k, start in enumerate(starts(9).T):
        single = lv.descend(births, rule, start, 200)
        np.testing.assert_array_equal(ts[k].path, single.path)
        np.testing.assert_array_equal(ts[k].losses, single.losses)
        np.testing.assert_array_equal(ts[k].gradients, single.gradients)
        assert ts[k].verdict == single.verdict
        assert ts.outcomes[k] == single.verdict.outcome


class Noisy:
    """A surface whose gradients have rounding errors, as a sum over samples has them: of 1e-14 of its terms."""

    def __init__(self, surface):
        self.surface = surface
        self.random = np.random.Generator(np.random.PCG64(4))

    def __getattr__(self, name):
        return getattr(self.surface, name)

    def value_and_gradient(self, theta):
        value, gradient = self.surface.value_and_gradient(theta)
        return value, gradient + self.random.uniform(-1e-14, 1e-14, gradient.shape)


@pytest.mark.parametrize(("name", "convention"), WAYS)
def test_that_on_sums_over_samples_a_batch_is_its_single_runs_to_rounding_unless_they_are_chaotic(
    logistic, name, convention
):
    rule = lv.optimizer(name, convention=convention, learning_rate=0.05)
    ts = lv.descend(logistic, rule, starts(9), 200)
    compared = 0
    for k, start in enumerate(starts(9).T):
        single = lv.descend(logistic, rule, start, 200).path
        size = 1e-12 * np.max(np.abs(single), axis=1)
        chaotic = np.max(np.abs(lv.descend(Noisy(logistic), rule, start, 200).path - single), axis=1) > size
        rows = int(np.argmax(chaotic)) if np.any(chaotic) else len(single)
        assert np.all(np.max(np.abs(ts.path[..., k] - single), axis=1)[:rows] <= size[:rows])
        compared += rows
    assert compared > 9 * 50


@pytest.mark.parametrize(("name", "convention"), WAYS)
def test_that_stacked_rules_make_the_steps_of_each_bit_for_bit(births, name, convention):
    rates = (0.012, 0.3, 0.71, 5.0)
    rules = tuple(lv.optimizer(name, convention=convention, learning_rate=rate) for rate in rates)
    ts = lv.descend(births, stacked(rules), START, 100)
    assert ts.path.shape == (101, 2, 4)
    for k, rule in enumerate(rules):
        np.testing.assert_array_equal(ts.path[..., k], lv.descend(births, rule, START, 100).path)
        assert np.all(ts.learning_rates[:, k] == rates[k])


def test_that_any_hyperparameter_may_be_an_array(births):
    momenta = np.array([0.0, 0.5, 0.9])
    ts = lv.descend(births, lv.optimizer("momentum", learning_rate=0.1, momentum=momenta), START, 50)
    for k, momentum in enumerate(momenta):
        rule = lv.optimizer("momentum", learning_rate=0.1, momentum=momentum)
        np.testing.assert_array_equal(ts.path[..., k], lv.descend(births, rule, START, 50).path)


def test_that_array_hyperparameters_go_with_as_many_starts(births, refused):
    rule = lv.optimizer("adam", learning_rate=np.array([0.1, 0.2, 0.3]))
    ts = lv.descend(births, rule, starts(3), 20)
    single = lv.descend(births, lv.optimizer("adam", learning_rate=0.2), starts(3)[:, 1], 20)
    np.testing.assert_array_equal(ts.path[..., 1], single.path)
    with refused("(3,) don't go with 4 starts"):
        lv.descend(births, rule, starts(4), 20)


def test_that_stacked_runs_have_the_verdicts_of_their_own_rules(births):
    rules = tuple(lv.optimizer("gradient_descent", learning_rate=rate) for rate in (0.012, 0.36, 0.765))
    work = descending(births, rules, START, 200)
    while True:
        try:
            next(work)
        except StopIteration as done:
            ts = done.value
            break
    for t, rule in zip(ts, rules, strict=True):
        assert t.rule is rule
        assert t.verdict == lv.descend(births, rule, START, 200).verdict
    assert ts.outcomes.tolist() == ["slow", "converged", "diverged"]


def test_that_a_single_start_in_two_dimensions_is_a_batch_of_one(births):
    ts = lv.descend(births, lv.optimizer("adam"), np.array(START)[:, None], 5)
    assert len(ts) == 1
    assert ts.path.shape == (6, 2, 1)


def test_that_a_batch_is_a_sequence_of_runs(births):
    ts = lv.descend(births, lv.optimizer("adam"), starts(4), 5)
    assert [t.path[0, 0] for t in ts] == starts(4)[0].tolist()
    assert ts[-1].path[0, 0] == starts(4)[0, 3]
    assert [t.steps for t in ts[1:3]] == [5, 5]
    with pytest.raises(IndexError):
        ts[4]


# Some parameters held


@pytest.mark.parametrize(("name", "convention"), WAYS)
@pytest.mark.parametrize(("free", "index"), [(("w",), 0), (("b",), 1), ("w", 0)])
def test_that_a_held_parameter_stays_and_the_other_moves_as_if_alone(births, name, convention, free, index):
    rule = lv.optimizer(name, convention=convention, learning_rate=0.2)
    t = lv.descend(births, rule, START, 40, free=free)
    assert np.all(t.path[:, 1 - index] == START[1 - index])
    theta = np.array([START[index]])
    state = rule.init(theta)

    class Alone:
        """The loss of one number."""

        def value_and_gradient(self, at):
            full = np.array(START)
            full[index] = at[0]
            value, gradient = births.value_and_gradient(full)
            return value, gradient[index : index + 1]

        def loss(self, at):
            return births.loss(*(at if i == index else START[i] for i in range(2)))

        def hessian_vector(self, at, v):
            return births.hessian(*START)[index : index + 1, index] * v

    from lossviz.rules.base import Oracle

    for k in range(41):
        assert t.path[k, index] == theta[0]
        theta, state, _ = rule.step(Oracle(Alone()), theta, 0.2, state)


def test_that_the_gradient_of_a_held_parameter_is_recorded_too(births):
    t = lv.descend(births, lv.optimizer("gradient_descent", learning_rate=0.2), START, 40, free=("w",))
    np.testing.assert_array_equal(t.gradients[7], births.gradient(*t.path[7]))
    assert t.gradients[-1, 1] != 0.0


def test_that_a_run_with_one_free_parameter_arrives_at_the_bottom_of_its_slice(births):
    t = lv.descend(births, lv.optimizer("gradient_descent", learning_rate=0.36), START, 200, free=("w",))
    assert t.verdict.outcome == "converged"
    assert t.gradients[-1, 0] == pytest.approx(0.0, abs=1e-12)


def test_that_all_parameters_free_is_the_whole_descent(births):
    rule = lv.optimizer("adam", learning_rate=0.2)
    whole = lv.descend(births, rule, START, 20)
    np.testing.assert_array_equal(lv.descend(births, rule, START, 20, free=("b", "w")).path, whole.path)


def test_that_held_parameters_of_a_batch_stay_each_where_it_is(births):
    ts = lv.descend(births, lv.optimizer("adam", learning_rate=0.2), starts(5), 20, free=("b",))
    np.testing.assert_array_equal(ts.path[:, 0], np.tile(starts(5)[0], (21, 1)))
    single = lv.descend(births, lv.optimizer("adam", learning_rate=0.2), starts(5)[:, 3], 20, free=("b",))
    np.testing.assert_array_equal(ts[3].path, single.path)


# When a run stops earlier

RULE = {"learning_rate": 0.36}


def test_that_a_run_stops_in_the_first_row_of_a_small_gradient(births):
    whole = lv.descend(births, lv.optimizer("gradient_descent", **RULE), START, 200)
    norms = np.linalg.norm(whole.gradients, axis=1)
    t = lv.descend(births, lv.optimizer("gradient_descent", **RULE), START, 200, tolerance=1e-4)
    assert 0 < t.steps < 200
    assert t.steps == np.argmax(norms <= 1e-4)
    np.testing.assert_array_equal(t.path, whole.path[: t.steps + 1])


def test_that_a_run_stops_in_the_first_row_below_a_loss(births):
    whole = lv.descend(births, lv.optimizer("gradient_descent", **RULE), START, 200)
    t = lv.descend(births, lv.optimizer("gradient_descent", **RULE), START, 200, loss_below=0.53)
    assert t.steps == np.argmax(whole.losses < 0.53) > 0
    # below it, not at it
    rule = lv.optimizer("gradient_descent", **RULE)
    assert lv.descend(births, rule, START, 200, loss_below=whole.losses[5]).steps == 6


def test_that_a_run_stops_where_its_loss_hardly_changes(births):
    whole = lv.descend(births, lv.optimizer("gradient_descent", **RULE), START, 200)
    t = lv.descend(births, lv.optimizer("gradient_descent", **RULE), START, 200, loss_change=1e-6)
    assert t.steps == np.argmax(np.abs(np.diff(whole.losses)) < 1e-6) + 1


@pytest.mark.parametrize("every", [1, 7, 50])
def test_that_it_is_looked_at_after_every_so_many_steps(births, every):
    whole = lv.descend(births, lv.optimizer("gradient_descent", **RULE), START, 200)
    first = int(np.argmax(whole.losses < 0.53))
    t = lv.descend(births, lv.optimizer("gradient_descent", **RULE), START, 200, loss_below=0.53, check_every=every)
    assert t.steps == -(-first // every) * every
    t = lv.descend(births, lv.optimizer("gradient_descent", **RULE), START, 200, loss_change=1e-6, check_every=every)
    checked = whole.losses[::every]
    assert t.steps == (int(np.argmax(np.abs(np.diff(checked)) < 1e-6)) + 1) * every


def test_that_a_run_may_stop_at_its_start(births):
    t = lv.descend(births, lv.optimizer("adam"), births.known_minimum, 50, tolerance=1e-9)
    assert t.steps == 0
    assert t.path.shape == (1, 2)
    assert t.learning_rates.shape == (0,)
    assert len(t.overshoots) == len(t.uphill) == 0
    assert t.verdict.outcome == "converged"


def test_that_a_stop_rule_that_is_never_met_stops_nothing(births):
    t = lv.descend(births, lv.optimizer("gradient_descent", **RULE), START, 60, tolerance=0.0, loss_below=0.5)
    assert t.steps == 60


def test_that_each_run_of_a_batch_stops_on_its_own(births):
    rates = np.array([0.012, 0.2, 0.36, 0.7])
    rule = lv.optimizer("gradient_descent", learning_rate=rates)
    ts = lv.descend(births, rule, START, 150, tolerance=1e-3)
    for k, rate in enumerate(rates):
        single = lv.descend(births, lv.optimizer("gradient_descent", learning_rate=rate), START, 150, tolerance=1e-3)
        assert ts.stopped[k] == single.steps
        np.testing.assert_array_equal(ts[k].path, single.path)
        # later rows repeat the last one
        assert np.all(ts.path[single.steps :, :, k] == single.path[-1])
        assert np.all(ts.losses[single.steps :, k] == single.losses[-1])
    assert len(set(ts.stopped.tolist())) == 4


def test_that_a_batch_ends_with_its_last_run(births):
    rule = lv.optimizer("gradient_descent", learning_rate=np.array([0.3, 0.36]))
    ts = lv.descend(births, rule, START, 10_000, tolerance=1e-3)
    assert len(ts.path) == max(ts.stopped) + 1 < 200


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"tolerance": -1}, "tolerance must be a number of 0 or more, not -1."),
        ({"tolerance": np.nan}, "tolerance must be"),
        ({"tolerance": "1e-3"}, "tolerance must be a number of 0 or more, not '1e-3'."),
        ({"tolerance": [1, 2]}, "tolerance must be"),
        ({"loss_change": np.inf}, "loss_change must be"),
        ({"loss_change": True}, "loss_change must be"),
        ({"loss_below": np.nan}, "loss_below must be a finite number, not nan."),
        ({"loss_below": "a"}, "loss_below must be a finite number, not 'a'."),
        ({"check_every": 0}, "check_every must be a whole number of 1 or more, not 0."),
        ({"check_every": 2.5}, "check_every must be"),
        ({"check_every": np.nan}, "check_every must be"),
        ({"check_every": "2"}, "check_every must be"),
        ({"check_every": None}, "check_every must be"),
        ({"check_every": True}, "check_every must be"),
        ({"check_every": 10**30}, "check_every must be a whole number up to 1,000,000,000,000, not a number of more"),
    ],
)
def test_that_an_impossible_stop_rule_is_refused(births, refused, given, said):
    with refused(said, ValueError):
        lv.descend(births, lv.optimizer("adam"), START, 5, **given)


def test_that_numbers_of_numpy_are_numbers():
    rule = StopRule(
        tolerance=np.float32(0.5), loss_below=np.float64(-1), loss_change=np.int64(1), check_every=np.int8(3)
    )
    assert rule.active
    assert not StopRule().active


# What can't be run


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ((np.nan, 0.0), "start must be finite: a weight and a bias, neither NaN nor infinite."),
        ((0.0, np.inf), "start must be finite"),
        ([[0.0, 1.0], [np.nan, 2.0]], "start must be finite"),
        ((-1e308, 0.0), "start must lie within ±1e100; farther away losses overflow."),
        ((1, 2, 3), "start must be two numbers (w, b), or an array (2, K), not one of shape (3,)."),
        (5, "start must be two numbers"),
        (None, "start must be two numbers"),
        ((), "start must be two numbers"),
        ([[], []], "start must be two numbers"),
        (np.zeros((2, 2, 2)), "start must be two numbers"),
        ("here", "start must be two numbers (w, b), or an array (2, K), not 'here'."),
        ([[1, 2], [3]], "start must be two numbers"),
        ((1j, 2), "start must be two numbers"),
        (("1", "2"), "start must be two numbers"),
        ((True, False), "start must be two numbers"),
        ((10**400, 0), "start must lie within ±1e100"),
    ],
)
def test_that_a_start_that_is_no_point_is_refused(births, refused, start, said):
    with refused(said):
        lv.descend(births, lv.optimizer("adam"), start, 5)


@pytest.mark.parametrize(
    ("steps", "kind", "said"),
    [
        (0, ValueError, "steps must be from 1 to 10,000,000, not 0."),
        (-3, ValueError, "steps must be from 1 to 10,000,000, not −3."),
        (10**9, ValueError, "not 1,000,000,000; that path alone would take 37.3 GiB; keep='end' takes none."),
        (10**400, ValueError, "not a number of more than 15 digits."),
        (1.5, TypeError, "steps must be a whole number, not 1.5."),
        (2.0, TypeError, "steps must be a whole number, not 2.0."),
        (True, TypeError, "steps must be a whole number, not True."),
        ("5", TypeError, "steps must be a whole number, not '5'."),
        (np.nan, TypeError, "steps must be a whole number, not nan."),
    ],
)
def test_that_an_impossible_number_of_steps_is_refused(births, refused, steps, kind, said):
    with refused(said, kind):
        lv.descend(births, lv.optimizer("adam"), START, steps)


@pytest.mark.parametrize("given", [None, "adam", lv.schedule("cosine"), {}, [], [lv.optimizer("adam"), 1]])
def test_that_what_is_no_optimizer_is_refused(births, refused, given):
    with refused("optimizer must be an optimizer, such as lossviz.optimizer('adam'), not ", TypeError):
        lv.descend(births, given, START, 5)


@pytest.mark.parametrize("given", [None, "himmelblau", 3])
def test_that_what_is_no_surface_is_refused(refused, given):
    with refused("surface must be a surface, such as lossviz.surface('himmelblau'), not ", TypeError):
        lv.descend(given, lv.optimizer("adam"), START, 5)


def test_that_runs_and_steps_that_are_not_there_are_refused(births, refused):
    ts = lv.descend(births, lv.optimizer("adam"), np.ones((2, 3)), 5)
    assert ts[-1].path[-1].tolist() == ts.path[-1, :, 2].tolist()
    assert len(ts[np.int64(1)].path) == len(ts[0:2][1].path) == 6
    with pytest.raises(IndexError, match="there are the runs 0 to 2, not 9"):
        ts[9]
    with refused("runs are counted by whole numbers", TypeError):
        ts["a"]
    for asked in (ts[0].rule_of, ts[0].rate_of):
        with pytest.raises(IndexError, match="this run made the steps 0 to 4, not 5"):
            asked(5)
    end = lv.descend(births, lv.optimizer("adam"), START, 5, keep="end")
    for asked in (end.rule_of, end.rate_of):
        with refused("only the end of this run was kept", ValueError):
            asked(0)


def test_that_a_whole_number_of_numpy_is_a_number_of_steps(births):
    assert lv.descend(births, lv.optimizer("adam"), START, np.int64(3)).steps == 3


@pytest.mark.parametrize(
    ("free", "said"),
    [
        (("ww",), "'ww' is not a parameter; did you mean 'w'?"),
        ((), "at least one parameter must be free."),
        (5, "free"),
    ],
)
def test_that_unknown_parameters_can_not_be_free(births, refused, free, said):
    with refused(said):
        lv.descend(births, lv.optimizer("adam"), START, 5, free=free)


# As a generator


def test_that_the_loop_yields_its_progress_and_can_be_left(births):
    work = descending(births, lv.optimizer("gradient_descent", learning_rate=1e-9), START, 200_000)
    parts = [next(work) for _ in range(3)]
    assert 0.0 < parts[0] < parts[1] < parts[2] < 1.0
    work.close()


def test_that_a_wrong_argument_is_refused_before_any_work(births):
    with pytest.raises(ValueError, match="steps"):
        next(descending(births, lv.optimizer("adam"), START, 0))
