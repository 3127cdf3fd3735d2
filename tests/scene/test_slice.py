from typing import Any

import msgspec
import numpy as np
import pytest

from lossviz.experiment import load
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.scene.frame import frame_of_step
from lossviz.scene.scene import Scene
from lossviz.scene.slice import Slice, move_of, on_slice, seen_of, slice_of

MEMORY = Memory()


def scene(
    name: str = "one-parameter", resolution: int = 65, runs: dict[str, Any] | None = None, **changes: Any
) -> Scene:
    """An experiment with other values in [descent] and [view], and in every run."""
    e = load(name)
    view = {key: changes.pop(key) for key in list(changes) if key in e.view.__struct_fields__}
    e = msgspec.structs.replace(
        e,
        descent=msgspec.structs.replace(e.descent, **changes),
        view=msgspec.structs.replace(e.view, **view),
        runs=tuple(msgspec.structs.replace(run, **(runs or {})) for run in e.runs),
    )
    return scene_of(e, resolution, MEMORY)


def many_rows(count: int, resolution: int = 65, **changes: Any) -> Scene:
    """A logistic fit of so many different samples."""
    random = np.random.default_rng(3)
    x = random.normal(size=count)
    columns = {"x": x.tolist(), "y": (x + random.normal(size=count) > 0.3).astype(float).tolist()}
    e = load("logistic")
    surface = msgspec.structs.replace(e.surface, data=None, columns=columns, feature="x", label="y", domain=None)
    descent = msgspec.structs.replace(e.descent, start=(2.0, 0.5), steps=5, **changes)
    return scene_of(msgspec.structs.replace(e, surface=surface, descent=descent), resolution)


def test_that_the_slice_runs_along_the_free_parameter_with_the_other_one_held() -> None:
    made = scene()
    line = slice_of(made, 0)
    assert (line.parameter, line.held, line.note) == ("w", 2.9, "")
    assert (line.values[0], line.values[-1]) == made.surface.domain.w
    np.testing.assert_array_equal(line.losses, made.surface.loss(line.values, 2.9))
    np.testing.assert_allclose(line.derivatives, made.surface.gradient(line.values, 2.9)[0], rtol=1e-13)
    along_b = slice_of(scene(free=("b",)), 0)
    assert (along_b.parameter, along_b.held) == ("b", -1.6)
    np.testing.assert_array_equal(along_b.losses, made.surface.loss(-1.6, along_b.values))


def test_that_a_held_slice_is_the_same_at_every_step_and_computed_once() -> None:
    made = scene()
    assert slice_of(made, 0) is slice_of(made, 60) is slice_of(made, 3)


def test_that_with_both_parameters_free_the_slice_goes_through_the_selected_point() -> None:
    made = scene("four-learning-rates")
    path = made.descents[2].trajectory.path
    for row in (0, 1, 40):
        assert (slice_of(made, row).parameter, slice_of(made, row).held) == ("w", path[row, 1])


def test_that_the_slice_of_an_experiment_without_runs_goes_through_its_start() -> None:
    e = msgspec.structs.replace(load("one-parameter"), runs=())
    line = slice_of(scene_of(e, 33), 0)
    assert (line.parameter, line.held) == ("w", 2.9)
    seen = seen_of(frame_of_step(scene_of(e, 33), 0))
    assert (seen.balls, seen.move, seen.star) == ((), None, None)


def test_that_the_lowest_point_of_a_slice_is_where_its_slope_is_zero() -> None:
    made = scene()
    minimum = slice_of(made, 0).minimum
    assert minimum is not None
    w, loss = minimum
    bend = made.surface.hessian(0.0, 2.9)[0, 0]
    assert w == pytest.approx(-made.surface.gradient(0.0, 2.9)[0] / bend, abs=1e-12)
    assert loss == made.surface.loss(w, 2.9)
    # it is not the surface's minimum, which has another bias
    assert loss > made.best[2]


def test_that_a_slice_that_only_falls_has_no_lowest_point() -> None:
    e = load("one-parameter")
    domain = msgspec.structs.replace(e.surface.domain, w=(-2.8, -0.5))
    made = scene_of(msgspec.structs.replace(e, surface=msgspec.structs.replace(e.surface, domain=domain)), 33)
    assert slice_of(made, 0).minimum is None


@pytest.mark.parametrize("held", [("w",), ("b",)])
def test_that_a_slice_of_many_rows_is_read_off_the_grid_and_says_so(held: tuple[str, ...]) -> None:
    made = many_rows(4000, 193, free=held)
    line = slice_of(made, 0)
    assert line.note == "read off the grid"
    at = (line.values, line.held) if held == ("w",) else (line.held, line.values)
    np.testing.assert_allclose(line.losses, made.surface.loss(*at), rtol=1e-6)
    exact = made.surface.gradient(*at)[line.index]
    assert np.abs(line.derivatives - exact).max() < 1e-3 * np.abs(exact).max()
    assert line.minimum is not None
    slope = made.surface.gradient(*((line.minimum[0], line.held) if held == ("w",) else (line.held, line.minimum[0])))
    assert abs(slope[line.index]) < 1e-3 * np.abs(exact).max()


def test_that_a_slice_of_many_rows_outside_of_the_grid_has_few_points_and_says_so() -> None:
    made = many_rows(4000, free=("w",))
    far = made.surface.domain.b[1] + 1.0
    e = made.experiment
    moved = scene_of(msgspec.structs.replace(e, descent=msgspec.structs.replace(e.descent, start=(2.0, far))), 65)
    line = slice_of(moved, 0)
    assert line.note == f"drawn through {len(line.values)} points"
    assert len(line.values) < 60
    np.testing.assert_array_equal(line.losses, made.surface.loss(line.values, far))


def test_that_gradient_descent_steps_by_minus_rate_times_slope() -> None:
    made = scene()
    path = made.descents[2].trajectory.path
    for k in (0, 1, 7):
        move = move_of(frame_of_step(made, k), slice_of(made, k))
        assert move is not None
        assert move.step is not None
        assert (move.row, move.at, move.rate) == (k, path[k, 0], 1.6)
        assert move.step == -move.rate * move.slope
        assert move.at + move.step == pytest.approx(path[k + 1, 0], abs=1e-14)


def test_that_no_step_begins_at_the_last_row() -> None:
    made = scene()
    move = move_of(frame_of_step(made, 60), slice_of(made, 60))
    assert move is not None
    assert (move.row, move.step, move.rate) == (60, None, None)


def test_that_a_phase_says_which_step_is_meant() -> None:
    made = scene()
    rows = []
    for step, phase in ((3, ""), (3, "slope"), (3, "rate"), (3, "move"), (3, "check"), (2.5, "move"), (0, "check")):
        move = move_of(frame_of_step(made, step, phase), slice_of(made, 3))
        assert move is not None
        rows.append(move.row)
    assert rows == [3, 3, 3, 2, 2, 2, 0]


def test_that_a_run_that_has_ended_before_makes_no_step() -> None:
    made = scene(runs={"steps": 5})
    descent = made.descents[2]
    assert descent.trajectory.steps == 5
    e = made.experiment
    longer = msgspec.structs.replace(e, runs=(msgspec.structs.replace(e.runs[0], steps=20), *e.runs[1:]))
    made = scene_of(longer, 65, MEMORY)
    for phase in ("", "check"):
        move = move_of(frame_of_step(made, 9, phase), slice_of(made, 9))
        assert move is not None
        assert (move.row, move.step) == (5, None)


def test_that_the_step_of_another_rule_is_the_one_it_makes_and_kept_back_with_the_future() -> None:
    momentum = {"optimizer": "momentum", "hyperparameters": {"learning_rate": 0.1, "momentum": 0.9}}
    made, hidden = scene(runs=momentum), scene(runs=momentum, hide_future=True)
    path = made.descents[2].trajectory.path
    move = move_of(frame_of_step(made, 4), slice_of(made, 4))
    assert move is not None
    assert (move.rate, move.step) == (None, path[5, 0] - path[4, 0])
    kept_back = move_of(frame_of_step(hidden, 4), slice_of(hidden, 4))
    assert kept_back is not None
    assert kept_back.step is None
    # what has been made is no secret
    made_already = move_of(frame_of_step(hidden, 4, "check"), slice_of(hidden, 4))
    assert made_already is not None
    assert made_already.step == path[4, 0] - path[3, 0]


def test_that_runs_that_hold_the_same_value_share_the_slice() -> None:
    e = load("one-parameter")
    runs = list(e.runs)
    runs[0] = msgspec.structs.replace(runs[0], start=(-1.6, 3.1))
    runs[1] = msgspec.structs.replace(runs[1], free=("w", "b"))
    made = scene_of(msgspec.structs.replace(e, runs=tuple(runs)), 33)
    seen = seen_of(frame_of_step(made, 2))
    assert [ball.descent.number for ball in seen.balls] == [2, 3]


def test_that_with_both_parameters_free_the_selected_run_alone_is_on_its_slice() -> None:
    seen = seen_of(frame_of_step(scene("four-learning-rates"), 2))
    assert [ball.descent.number for ball in seen.balls] == [2]


def test_that_a_run_that_is_not_shown_has_no_ball_and_no_step() -> None:
    seen = seen_of(frame_of_step(scene(runs={"shown": False}), 2))
    assert (seen.balls, seen.move) == ((), None)


def star(of: Scene, step: float) -> tuple[float, float] | None:
    return seen_of(frame_of_step(of, step)).star


def test_that_the_star_is_the_slices_own_minimum_and_kept_back_with_the_future() -> None:
    assert star(scene(), 3) == slice_of(scene(), 3).minimum
    assert star(scene(hide_future=True), 3) is None


def test_that_with_both_parameters_free_the_star_shows_only_where_the_slice_goes_through_it() -> None:
    made = scene("four-learning-rates", selected=1)
    assert star(made, 2) is None
    assert made.minimum is not None
    assert star(made, 200) == (made.minimum[0], made.minimum[2])


@pytest.mark.parametrize("name", ["one-parameter", "four-learning-rates"])
def test_that_the_axes_stand_still(name: str) -> None:
    made = scene(name)
    axes = set()
    for step in (0, 1, 2.5, 20, 60):
        seen = seen_of(frame_of_step(made, step))
        axes.add((seen.heights.floor, seen.heights.ceiling, seen.slopes))
    assert len(axes) == 1


def test_that_the_vertical_axis_holds_start_and_curve_and_zero_is_a_slope_in_sight() -> None:
    seen = seen_of(frame_of_step(scene(), 0))
    assert seen.heights.floor == 0.0
    assert seen.heights.ceiling == pytest.approx(float(seen.line.losses.max()))
    assert seen.slopes[0] < 0.0 < seen.slopes[1]


def test_that_the_loss_axis_can_be_logarithmic() -> None:
    seen = seen_of(frame_of_step(scene(loss_axis="log"), 0))
    assert seen.heights.kind == "log"
    assert float(seen.heights.height(seen.heights.lowest)) == 0.0


@pytest.mark.parametrize("rate", [10.0, 1e150, 1e307])
def test_that_a_run_beyond_all_numbers_has_a_slice_and_no_step(rate: float) -> None:
    made = scene("four-learning-rates", runs={"hyperparameters": {"learning_rate": rate}})
    for step in (0, 1, 2, 200):
        seen = seen_of(frame_of_step(made, step))
        assert isinstance(seen.line, Slice)
        assert np.isfinite(seen.line.held)
    assert seen.move is None


def test_that_a_run_with_the_other_parameter_free_is_not_on_the_slice() -> None:
    made, other = scene(), scene(free=("b",))
    assert not on_slice(other.descents[0], slice_of(made, 0), made.descents[2])
