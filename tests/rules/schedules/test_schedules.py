import dataclasses

import numpy as np
import pytest

import lossviz as lv
from lossviz.rules.schedules import from_table, schedule_class, schedule_conventions

WAYS = [(name, way) for name in lv.schedules() for way in schedule_conventions(name)]
PLANNED = [(name, way) for name, way in WAYS if not schedule_class(name, way).adaptive]


def test_that_the_schedules_stand_from_the_simplest_on():
    assert lv.schedules() == (
        "constant",
        "step",
        "multi_step",
        "exponential",
        "cosine",
        "cosine_restarts",
        "one_cycle",
        "cyclic",
        "polynomial",
        "linear",
        "inverse_time",
        "piecewise",
        "reduce_on_plateau",
    )


@pytest.mark.parametrize(("name", "way"), WAYS)
def test_that_every_schedule_says_what_it_is(name, way):
    schedule = lv.schedule(name, convention=way)
    assert isinstance(schedule, lv.Schedule)
    assert (schedule.name, schedule.convention) == (name, way)
    assert schedule.title
    assert "η" in schedule.formula
    assert schedule.source
    assert schedule.good.endswith(".")
    assert [param.name for param in schedule.params()][-2:] == ["warmup", "warmup_start"]
    for param in schedule.params():
        assert param.symbol
        assert param.text.endswith(".")
    with pytest.raises(dataclasses.FrozenInstanceError):
        schedule.warmup = 3


@pytest.mark.parametrize(("name", "way"), WAYS)
def test_that_a_schedule_is_read_from_what_it_writes(name, way):
    schedule = lv.schedule(name, convention=way)
    for made in (schedule, schedule.for_steps(40), dataclasses.replace(schedule, warmup=7, warmup_start=0.2)):
        table = made.to_table()
        assert from_table(table) == made
        assert hash(from_table(table)) == hash(made)
    assert lv.schedule(name).to_table() in (name, {"name": name, "convention": schedule_conventions(name)[0]})


@pytest.mark.parametrize(("name", "way"), PLANNED)
def test_that_one_update_many_and_many_runs_have_the_same_rates(name, way):
    for warmup in (0, 5):
        schedule = lv.schedule(name, convention=way, warmup=warmup).for_steps(30)
        rates = schedule.rates(40, 0.3)
        assert rates.shape == (40,)
        assert np.all(rates >= 0.0)
        assert np.all(np.isfinite(rates))
        assert [schedule(k, 0.3) for k in range(40)] == [*rates]
        assert type(schedule(3)) is float
        both = schedule.rates(40, [0.3, 2.0])
        assert both.shape == (40, 2)
        assert np.array_equal(both[:, 0], rates)
        assert np.array_equal(schedule(7, np.array([0.3, 2.0])), both[7])


@pytest.mark.parametrize(("name", "way"), PLANNED)
def test_that_a_warm_up_rises_in_a_straight_line_to_where_the_schedule_begins(name, way):
    plain = lv.schedule(name, convention=way).for_steps(30)
    schedule = lv.schedule(name, convention=way, warmup=10, warmup_start=0.2).for_steps(40)
    rates = schedule.rates(40, 0.5)
    assert rates[0] == pytest.approx(0.2 * plain(0, 0.5), rel=1e-15)
    assert rates[10] == plain(0, 0.5)
    assert np.diff(rates[:11]) == pytest.approx(np.full(10, 0.08 * plain(0, 0.5)), rel=1e-12)
    if name != "cosine_restarts" or way != "optax":
        assert np.array_equal(rates[10:], plain.rates(30, 0.5))
    if plain.moves_momentum:
        assert np.array_equal(schedule.momentum(np.arange(40))[10:], plain.momentum(np.arange(30)))
        assert set(schedule.momentum(np.arange(11))) == {plain.momentum(0)}


def test_that_optaxs_restarts_warm_up_in_each_round():
    schedule = lv.schedule("cosine_restarts", convention="optax", restart_every=6, warmup=2)
    assert schedule.rates(12).tolist() == [0.0, 0.5, 1.0, *schedule.rates(6)[3:].tolist(), *schedule.rates(6).tolist()]


def test_that_what_is_left_out_is_as_long_as_the_run():
    assert lv.schedule("cosine").for_steps(200) == lv.schedule("cosine", steps=200)
    assert lv.schedule("cosine", warmup=20).for_steps(200).steps == 180
    assert lv.schedule("cosine", convention="optax", warmup=20).for_steps(200).steps == 200
    assert lv.schedule("cosine", steps=50).for_steps(200).steps == 50
    assert lv.schedule("step").for_steps(90).step_size == 30
    assert lv.schedule("multi_step").for_steps(100).milestones == (50, 75)
    assert lv.schedule("multi_step").for_steps(1).milestones == (1, 2)
    assert lv.schedule("cyclic").for_steps(200).step_size_up == 50
    assert lv.schedule("cosine", warmup=20).for_steps(5).steps == 1
    assert lv.schedule("cosine", convention="optax", warmup=20).for_steps(5).steps == 21


def test_that_a_length_without_a_run_is_the_librarys_or_asked_for(refused):
    # LinearLR and PolynomialLR: 5; CyclicLR: 2000
    assert lv.schedule("linear")(5) == 1.0
    assert lv.schedule("polynomial")(4) == pytest.approx(0.2)
    assert lv.schedule("cyclic")(2000) == 4.0
    for name, lacks in (("cosine", "steps"), ("step", "step_size"), ("multi_step", "milestones")):
        with refused(f"the schedule {name} needs its {lacks}, or a run to take", ValueError):
            lv.schedule(name)(3)


def test_that_the_highest_rate_is_the_base_rate_unless_it_is_given():
    relative = lv.schedule("one_cycle", steps=10)
    assert np.max(relative.rates(10, 0.7)) == 0.7
    assert np.array_equal(lv.schedule("one_cycle", steps=10, maximum=0.7).rates(10, 123.0), relative.rates(10, 0.7))
    assert lv.schedule("cyclic", step_size_up=4)(4, 0.5) == 2.0
    assert lv.schedule("cyclic", step_size_up=4, minimum=0.1, maximum=0.3)(8, 0.5) == 0.1


def test_that_a_momentum_moves_against_the_rate_where_it_moves():
    schedule = lv.schedule("one_cycle", steps=100)
    assert schedule.moves_momentum
    assert (schedule.momentum(0), schedule.momentum(29)) == (0.95, 0.85)
    still = lv.schedule("one_cycle", steps=100, cycle_momentum=False)
    assert (still.moves_momentum, still.momentum(0)) == (False, None)
    assert np.array_equal(still.rates(100), schedule.rates(100))


def test_that_a_phase_without_length_is_over_at_once():
    # PyTorch divides by zero here
    assert lv.schedule("one_cycle", steps=10, pct_start=0.1)(0) == 1.0
    assert lv.schedule("one_cycle", steps=1)(0) == pytest.approx(1 / 25e4)


def test_that_after_the_end_pytorchs_cosine_rises_and_the_others_stay():
    assert lv.schedule("cosine", steps=10)(20) == 1.0
    assert lv.schedule("cosine", steps=10, convention="keras")(20) == 0.0
    assert lv.schedule("cosine", steps=10, convention="optax", alpha=0.5)(20) == 0.5
    assert lv.schedule("one_cycle", steps=10)(500) == lv.schedule("one_cycle", steps=10)(9)


def test_that_a_milestone_belongs_to_the_piece_after_it_in_optax_and_before_it_in_keras():
    assert lv.schedule("piecewise", milestones=[3], factors=[0.5]).rates(5).tolist() == [1, 1, 1, 0.5, 0.5]
    keras = lv.schedule("piecewise", convention="keras", milestones=[3], factors=[1, 0.5])
    assert keras.rates(5).tolist() == [1, 1, 1, 1, 0.5]


def test_that_followers_side_by_side_are_those_of_single_runs():
    rng = np.random.default_rng(3)
    losses = np.exp(-np.arange(60)[:, None] * [0.0, 0.02, 0.2]) + 0.1 * rng.random((60, 3))
    bases = np.array([0.1, 1.0, 3.0])
    for way in schedule_conventions("reduce_on_plateau"):
        schedule = lv.schedule("reduce_on_plateau", convention=way, patience=2, cooldown=1, factor=0.5)
        together, single = schedule.begin(bases), [schedule.begin(base) for base in bases]
        for row in losses:
            together.see(row)
            for follower, loss in zip(single, row, strict=True):
                follower.see(float(loss))
            assert together.rate.tolist() == [follower.rate for follower in single]
        assert len(set(together.rate / bases)) > 1


def test_that_a_follower_warms_up_by_updates():
    follower = lv.schedule("reduce_on_plateau", warmup=4, warmup_start=0.5, patience=0).begin(0.8)
    assert [follower.at(k) for k in (0, 2, 4, 9)] == [0.4, pytest.approx(0.6), 0.8, 0.8]
    for _ in range(2):
        follower.see(1.0)
    assert [follower.at(k) for k in (0, 4)] == pytest.approx([0.04, 0.08])


def test_that_the_rates_on_a_plateau_are_not_known_before(refused):
    schedule = lv.schedule("reduce_on_plateau")
    assert schedule.adaptive
    with refused("depend on the losses", ValueError):
        schedule(3)


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("cosin", {}, "'cosin' is not a schedule; did you mean 'cosine'?"),
        ("cosine", {"convention": "kears"}, "'kears' is not a convention; did you mean 'keras'?"),
        ("cyclic", {"convention": "keras"}, "Keras has no schedule cyclic; of those here it has exponential, cosine, "),
        ("cosine", {"step": 5}, "'step' is not a parameter of the schedule cosine; did you mean 'steps'?"),
        ("cosine", {"T_max": 5}, "'T_max' is not a parameter of the schedule cosine; here it is called steps."),
        ("cosine", {"alpha": 0.1}, "is a parameter of the schedule cosine in Keras and Optax, not in PyTorch; known: "),
        ("cosine", {"steps": 0}, "steps must be a whole number, 1 or more, not 0."),
        ("cosine", {"steps": 2.5}, "steps must be a whole number, 1 or more, not 2.5."),
        ("cosine", {"steps": "ten"}, "steps must be a whole number, not 'ten'."),
        ("cosine", {"minimum": -0.1}, "minimum must be 0 or more, not −0.1."),
        ("cosine", {"minimum": [0.1, 0.2]}, "minimum must be one number: a schedule is the same for all runs."),
        ("cosine", {"warmup": -1}, "warmup must be a whole number, 0 or more, not −1."),
        ("cosine", {"convention": "optax", "steps": 9, "warmup": 9}, "steps must be above the warmup of 9, which "),
        ("multi_step", {"milestones": [5, 5]}, "milestones must ascend: 5 comes after 5."),
        ("multi_step", {"milestones": []}, "milestones must be a list of whole numbers, at least one."),
        ("multi_step", {"milestones": 5}, "milestones must be a list of whole numbers, not 5."),
        ("multi_step", {"milestones": [5, 6.5]}, "milestones must be a whole number, 0 or more, not 6.5."),
        ("piecewise", {"milestones": [5], "factors": [1, 2]}, "factors must be 1, one for each milestone, not 2."),
        ("piecewise", {"factors": [[1], [2]]}, "factors must be a list of numbers, not [[1], [2]]."),
        ("piecewise", {"interpolate": "cubic"}, "interpolate must be 'none' or 'linear' or 'cosine', not 'cubic'."),
        ("cyclic", {"mode": 3}, "mode must be 'triangular' or 'triangular2' or 'exp_range', not 3."),
        ("one_cycle", {"three_phase": 1}, "three_phase must be true or false, not 1."),
        ("reduce_on_plateau", {"factor": 1.0}, "factor must be from 0 to below 1, not 1."),
        ("exponential", {"gamma": np.nan}, "gamma must be above 0, not nan."),
    ],
)
def test_that_what_is_wrong_is_said_in_one_sentence(refused, name, given, said):
    with refused(said):
        lv.schedule(name, **given)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (3, "a schedule must be a name, or a table with one"),
        ({"steps": 3}, "a schedule must be a name, or a table with one"),
        ({"name": "cosine", "convention": []}, "the convention of a schedule must be a name"),
        ("cosines", "did you mean 'cosine'?"),
        ({"name": "cosine", "stepps": 3}, "did you mean 'steps'?"),
    ],
)
def test_that_what_is_no_schedule_in_a_file_is_said(refused, table, said):
    with refused(said):
        from_table(table)


def test_that_updates_before_the_first_are_refused(refused):
    with refused("k must be a number of updates, 0 or more", ValueError):
        lv.schedule("constant")(-1)


def test_that_what_is_no_update_and_no_rate_is_refused(refused):
    cosine = lv.schedule("cosine", steps=10)
    for k in ("a", np.inf, np.nan, 10**400):
        with refused("k must be a number of updates, 0 or more"):
            cosine(k)
    for base in ("a", None, np.nan):
        with refused("base must be a learning rate, or an array of them"):
            cosine(1, base=base)
    for steps in (-1, "a", True):
        with refused("steps must be a number of updates, 0 or more"):
            cosine.rates(steps)
    for name in (["cosine"], None, 1):
        with refused("is not a schedule; known: constant"):
            lv.schedule(name)
    with refused("is not a convention; known: pytorch"):
        lv.schedule("cosine", convention=["keras"])
