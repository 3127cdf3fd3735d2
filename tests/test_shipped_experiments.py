"""What the lecture says about the shipped experiments, measured on their runs."""

import numpy as np
import pytest

import lossviz as lv
from lossviz.diagnosis.destination import destination
from lossviz.jobs.tasks import scene_of
from lossviz.scene.ends import ends


def runs(name):
    scene = scene_of(lv.load(name), resolution=3)
    return [descent.trajectory for descent in scene.descents], scene


@pytest.fixture(scope="module")
def default():
    return {t.rule.learning_rate: t for t in runs("four-learning-rates")[0]}


@pytest.mark.parametrize("name", lv.experiments())
def test_that_every_shipped_experiment_has_a_title_a_scene_and_four_runs_if_it_is_a_race(name):
    experiment = lv.load(name)
    assert experiment.title
    assert len(experiment.runs) == 4 or (experiment.runs and experiment.view.layout != "race")
    _, scene = runs(name)
    assert np.all(np.isfinite(scene.grid.loss))
    assert scene.surface.domain.contains(*experiment.descent.start)
    if scene.best is None:
        # on separable data the loss falls for ever
        assert {t.verdict.outcome for t in runs(name)[0]} == {"no_minimum"}
    else:
        assert scene.surface.domain.contains(*scene.best[:2])


def test_that_the_four_rates_are_those_of_the_lecture(default):
    assert list(default) == [0.012, 0.36, 0.71, 0.765]
    assert {t.steps for t in default.values()} == {200}
    assert {tuple(t.path[0]) for t in default.values()} == {(-2.2, 3.6)}


def test_that_012_creeps(default):
    t = default[0.012]
    assert t.losses[-1] == pytest.approx(0.678, abs=5e-4)
    assert np.all(np.diff(t.losses) < 0)
    assert (t.verdict.outcome, t.verdict.cause) == ("slow", "rate too small")
    assert len(t.overshoots) == len(t.zigzags) == len(t.uphill) == 0


def test_that_36_arrives_smoothly(default):
    t = default[0.36]
    assert t.verdict.outcome == "converged"
    assert np.all(np.abs(t.path[-1] - t.surface.known_minimum) < 1e-6 * np.array(t.surface.domain.width))
    assert t.losses[-1] == pytest.approx(0.5246, abs=5e-5)
    assert len(t.overshoots) == len(t.uphill) == 0
    assert t.surface.domain.contains(*t.path.T).all()


def test_that_71_overshoots_at_all_200_steps_and_is_never_uphill(default):
    t = default[0.71]
    np.testing.assert_array_equal(t.overshoots, np.arange(200))
    assert len(t.uphill) == 0
    assert "0.956"[1:] in t.verdict.text.numbers
    assert t.verdict.text.numbers.endswith("200 overshot, 0 went uphill")


def test_that_765_falls_for_three_steps_then_rises_for_ever_and_leaves_the_map(default):
    t = default[0.765]
    np.testing.assert_array_equal(np.diff(t.losses[:4]) < 0, True)
    np.testing.assert_array_equal(t.uphill, np.arange(3, 200))
    assert t.verdict.outcome == "diverged"
    assert "1.03 of the limit 0.743" in t.verdict.text.numbers
    assert not t.surface.domain.contains(*t.path[-1])
    assert t.losses[-1] > 1e9


def test_that_765_is_called_slow_as_long_as_its_loss_falls(default):
    outcomes = [default[0.765].verdict_at(k).outcome for k in range(20)]
    assert set(outcomes[:4]) == {"slow"}
    assert outcomes[-1] == "diverged"
    assert outcomes.index("diverged") == np.argmax(default[0.765].losses > default[0.765].losses[0])


def test_that_on_the_standardised_surface_all_paths_lie_on_one_line():
    paths, scene = runs("standardised")
    start, minimum = np.array(scene.experiment.descent.start), np.array(scene.surface.known_minimum)
    along = (minimum - start) / np.linalg.norm(minimum - start)
    across = np.array([-along[1], along[0]])
    for t in paths:
        away = np.abs((t.path - start) @ across)
        assert np.all(away <= 1e-13 * (1.0 + np.max(np.abs(t.path), axis=1)))
    at = lv.stability(scene.surface, paths[0].rule, at=tuple(minimum))
    assert at.condition_number == pytest.approx(1.0, abs=1e-12)
    assert [t.verdict.outcome for t in paths] == ["slow", "converged", "converged", "diverged"]


def test_that_the_raw_age_leaves_gradient_descent_in_a_ravine():
    paths, scene = runs("raw-age")
    at = lv.stability(scene.surface, lv.optimizer("gradient_descent"), at=scene.surface.known_minimum)
    assert at.condition_number == pytest.approx(11_600, rel=0.005)
    assert {t.verdict.outcome for t in paths} == {"slow"}
    assert [t.verdict.cause for t in paths][:3] == ["ravine"] * 3
    # gradient descent stays far, momentum comes nearer, Adam almost arrives
    above = [t.losses[-1] - scene.surface.loss(*scene.surface.known_minimum) for t in paths]
    assert above[0] > above[1] > 0.2 > above[2] > 0.01 > 1e-3 > above[3]


def test_that_the_logistic_runs_sink_toward_the_optimum_of_59_low_births():
    paths, scene = runs("logistic")
    assert np.sum(scene.surface.data.y) == 59
    assert scene.surface.samples == 189
    np.testing.assert_allclose(scene.surface.known_minimum, [-0.4217, -0.8293], atol=5e-5)
    for t in paths:
        assert t.losses[-1] == pytest.approx(0.6050, abs=2e-4)
    assert paths[1].verdict.outcome == "converged"


@pytest.mark.parametrize("name", lv.experiments())
def test_that_an_arrived_run_is_least_squares_in_the_columns_units(name):
    paths, scene = runs(name)
    if scene.fit is None or scene.fit.measure.name not in ("mse", "rmse") or scene.experiment.descent.free:
        return
    data = scene.fit.data
    x, y = data.dataset[data.feature_line.column], data.dataset[data.label_line.column]
    expected = np.polyfit(x, y, 1)
    np.testing.assert_allclose(data.in_columns(*scene.surface.known_minimum), expected, rtol=1e-9)
    for t in paths:
        if t.verdict.outcome == "converged":
            np.testing.assert_allclose(data.in_columns(*t.path[-1]), expected, rtol=1e-4)


def test_that_the_picked_line_of_eight_births_is_that_of_the_lecture():
    scene = scene_of(lv.load("line-and-point"), resolution=3)
    w, b = scene.experiment.view.point
    x, y = scene.surface.data.x, scene.surface.data.y
    np.testing.assert_allclose(y - (w * x + b), [0.70, 1.10, 0.65, -1.20, -1.15, 1.10, 3.09, -2.10], atol=1e-12)
    assert np.sqrt(scene.surface.loss(w, b)) == pytest.approx(1.5832, abs=5e-5)
    assert scene.surface.domain.contains(w, b)


def test_that_one_parameter_alone_creeps_arrives_overshoots_and_leaves_by_the_rate_and_its_own_limit():
    paths, scene = runs("one-parameter")
    assert {t.free for t in paths} == {(0,)}
    assert {float(b) for t in paths for b in t.path[:, 1]} == {2.9}
    limit = lv.stability(scene.surface, paths[0].rule, at=(0.0, 2.9), free=("w",)).limit
    assert limit == pytest.approx(2.0 / scene.surface.hessian(0.0, 2.9)[0, 0]) == pytest.approx(1.806, abs=5e-4)
    shares = [t.rule.learning_rate / limit for t in paths]
    assert shares[0] < 0.02 < 0.2 < shares[1] < 0.5 < shares[2] < 1.0 < shares[3] < 1.05
    assert [t.verdict.outcome for t in paths] == ["slow", "converged", "converged", "diverged"]
    assert [t.verdict.cause for t in paths] == ["rate too small", "", "", "rate too large"]
    assert [len(t.overshoots) for t in paths][:2] == [0, 0]
    # over the valley at each step, yet never uphill; then, above the limit, always uphill
    np.testing.assert_array_equal(paths[2].overshoots, np.arange(60))
    assert len(paths[2].uphill) == 0
    np.testing.assert_array_equal(paths[3].uphill, np.arange(60))
    for t in paths[1:3]:
        assert abs(t.gradients[-1, 0]) < 1e-6


def test_that_four_starts_end_in_the_four_minima():
    paths, scene = runs("four-minima")
    assert len({t.path[0].tobytes() for t in paths}) == 4
    ends = {destination(scene.stationary, tuple(t.path[-1]), scene.surface.domain).point for t in paths}
    assert ends == {point for point in scene.stationary if point.kind == "minimum"}
    assert [t.verdict.outcome for t in paths] == ["converged"] * 4


def test_that_of_four_runs_into_the_shallow_well_one_escapes_by_its_momentum():
    paths, scene = runs("two-wells")
    ends = [destination(scene.stationary, tuple(t.path[-1]), scene.surface.domain) for t in paths]
    assert [end.kind for end in ends] == ["local", "local", "global", "local"]
    assert [t.rule.values.get("momentum") for t in paths] == [None, 0.8, 0.9, None]
    # it comes from the right, and rolls up the pass, whose top lies at tilt = 0.25
    assert np.all(paths[2].path[0] > [1.0, 0.0])
    assert paths[2].losses[0] > scene.surface.loss(0.25, 0.0) > paths[0].losses[-1]


def test_that_a_model_that_is_trained_again_comes_out_as_another_one():
    _, scene = runs("retrain")
    (descent,) = scene.descents
    assert len(descent.crowd) == 20
    ended = ends(descent.crowd, scene.stationary, 200)
    minima = [count for point, count in zip(scene.stationary, ended.counts, strict=True) if point.is_minimum]
    assert len(minima) == 2
    assert min(minima) >= 3


def test_that_adam_of_two_libraries_goes_two_ways_where_the_slopes_are_as_small_as_its_epsilon():
    paths, scene = runs("adam-pytorch-keras")
    assert [(t.rule.convention, t.rule.epsilon) for t in paths] == [
        ("pytorch", 1e-8),
        ("keras", 1e-7),
        ("pytorch", 1e-7),
        ("keras", 1e-8),
    ]
    # all else is what each library has by itself
    for t in paths[:2]:
        usual = lv.optimizer("adam", convention=t.rule.convention, learning_rate=0.05)
        assert t.rule.values == usual.values
    assert np.all(np.abs(paths[0].gradients[0]) < 1e-7)
    torch, keras, *others = (int(np.argmax(t.losses < 0.5)) for t in paths)
    assert (torch, keras) == (64, 105)
    # not the number alone: ε acts in another place
    assert all(torch < other < keras for other in others)
    apart = np.linalg.norm((paths[0].path - paths[1].path) / scene.surface.domain.width, axis=1)
    assert np.max(apart) > 0.3


def test_that_full_batches_and_small_ones_have_seen_as_many_samples_when_they_are_compared():
    paths, scene = runs("batches")
    assert [t.steps for t in paths] == [15, 30, 60, 120]
    assert {int(t.samples_seen[-1]) for t in paths} == {15 * scene.surface.samples}
    assert {t.rule.learning_rate for t in paths} == {0.1}
    # after one epoch the small ones have come farther; in the end they jitter
    first = [float(t.losses[np.argmax(t.epochs >= 1.0)]) for t in paths]
    assert first[0] == max(first)
    assert [t.verdict.outcome for t in paths] == ["slow"] + ["noise_floor"] * 3
    spread = [float(np.ptp(t.losses[t.epochs >= 10.0])) for t in paths]
    assert spread[1] < spread[2] < spread[3]


def test_that_under_noise_the_loss_settles_only_where_the_rate_falls():
    paths, scene = runs("schedules")
    assert {(t.learning_rates.max(), t.steps) for t in paths} == {(0.3, 240)}
    lowest = float(scene.surface.loss(*scene.surface.known_minimum))
    constant, *falling = (float(np.mean(t.losses[t.epochs >= 9.0])) - lowest for t in paths)
    assert constant > 20.0 * max(falling)


def test_that_down_the_cliff_only_clipped_runs_arrive():
    paths, _ = runs("clipping")
    assert [t.verdict.outcome == "diverged" for t in paths] == [True, False, False, False]
    assert [len(t.clips) > 0 for t in paths] == [False, True, True, True]
    assert all(t.losses[-1] < 0.01 for t in paths[1:])
    # the global norm keeps the direction of the slope, a bound on each value doesn't
    along, across = (t.path[1] - t.path[0] for t in (paths[1], paths[3]))
    slope = -paths[0].gradients[0]
    assert np.dot(along, slope) == pytest.approx(np.linalg.norm(along) * np.linalg.norm(slope))
    assert np.dot(across, slope) < 0.95 * np.linalg.norm(across) * np.linalg.norm(slope)


def test_that_one_run_stops_the_later_the_more_rarely_it_is_looked_at():
    paths, _ = runs("rare-checks")
    assert [t.steps for t in paths] == [19, 20, 125, 150]
    for t in paths:
        np.testing.assert_array_equal(t.path, paths[-1].path[: t.steps + 1])
    # it had been low enough many times before
    assert np.sum(paths[-1].losses[:125] < 0.55) >= 20


def test_that_in_float32_the_loss_stays_where_steps_are_smaller_than_the_last_digit():
    paths, _ = runs("float32")
    assert [t.conditions.precision for t in paths] == ["float64", "float32"] * 2
    for whole, single in (paths[:2], paths[2:]):
        np.testing.assert_array_equal(single.path[-1], single.path[-100])
        assert single.losses[-1] > 1e-13 > 1e-19 > whole.losses[-1]
    # the smaller rate stays farther away
    assert paths[1].losses[-1] > 10.0 * paths[3].losses[-1]


def test_that_each_racer_has_the_best_rate_of_its_own():
    paths, scene = runs("optimizers-race")
    rates = np.array([digit * 10.0**power for power in range(-4, 1) for digit in (1.0, 2.0, 5.0)])
    for t in paths:
        tried = lv.descend(
            scene.surface, lv.optimizer(t.rule.name, learning_rate=rates), scene.experiment.descent.start, t.steps
        )
        seen = np.all(scene.surface.domain.contains(tried.path[:, 0], tried.path[:, 1]), axis=0)
        ended = np.where(seen & np.isfinite(tried.losses[-1]), tried.losses[-1], np.inf)
        assert t.rule.learning_rate == rates[np.argmin(ended)], t.rule.name


def test_that_a_rate_that_falls_slows_momentum_at_once_in_pytorch_and_lets_it_roll_on_in_keras():
    (torch, keras, torch_falling, keras_falling), _ = runs("momentum-rate")
    # at a constant rate both go the same way
    np.testing.assert_allclose(torch.path, keras.path, rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(torch_falling.learning_rates, [0.02] * 10 + [0.002] * 90)
    lengths = [np.hypot(*np.diff(t.path, axis=0).T) for t in (torch_falling, keras_falling)]
    assert lengths[0][10] < 0.12 * lengths[0][9]
    assert lengths[1][10] > 0.9 * lengths[1][9]
    # over the valley and up its other side
    assert np.max(keras_falling.losses[10:30]) > 1.4 * keras_falling.losses[10]
    assert np.all(np.diff(torch_falling.losses[10:60]) < 0.0)
