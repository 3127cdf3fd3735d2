from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from lossviz.experiment import Experiment, load
from lossviz.gui.history import Edit

replace = msgspec.structs.replace


def rate_edit(desk: Any, number: int, rate: float) -> None:
    run = desk.session.experiment.runs[number]
    desk.session.edit_run(number, replace(run, hyperparameters={**run.hyperparameters, "learning_rate": rate}))


def test_that_each_edit_is_undone_and_done_again(desk: Any) -> None:
    session = desk.session
    states = [session.experiment]
    for edit in (
        lambda: session.move_start(0.0, 2.0),
        lambda: rate_edit(desk, 1, 0.2),
        session.add_run,
        lambda: session.remove_run(0),
        lambda: session.edit_view(height="log"),
        lambda: session.edit_view(layout="all"),
        lambda: session.edit_descent(steps=20),
        lambda: session.edit_descent(free=("w",)),
        session.duplicate_run,
    ):
        edit()
        desk.settled()
        states.append(session.experiment)
    for state in reversed(states[:-1]):
        session.history.undo()
        desk.settled()
        assert session.experiment == state
        assert session.scene.experiment == state
    for state in states[1:]:
        session.history.redo()
        desk.settled()
        assert session.experiment == state


def test_that_the_edits_of_one_drag_are_one_and_named(desk: Any) -> None:
    session, before = desk.session, desk.session.experiment
    session.grasp()
    for w in (-2.0, -1.5, -1.0):
        session.move_start(w, 3.0)
    session.release()
    session.move_start(0.0, 3.0)
    assert session.history.count() == 2
    assert session.history.text(0) == "start"
    session.history.undo()
    assert session.experiment.descent.start == (-1.0, 3.0)
    session.history.undo()
    assert session.experiment == before
    desk.settled()


def test_that_a_drag_that_ends_where_it_began_leaves_no_edit(desk: Any) -> None:
    w, b = desk.session.experiment.descent.start
    desk.session.grasp()
    desk.session.move_start(1.0, 1.0)
    desk.session.move_start(w, b)
    desk.session.release()
    assert desk.session.history.count() == 0
    desk.settled()


def test_that_undo_leaves_the_camera_where_it_is(desk: Any) -> None:
    session = desk.session
    session.move_start(0.0, 2.0)
    session.edit_view(azimuth=70.0)
    assert session.history.count() == 1
    session.history.undo()
    assert session.experiment.view.azimuth == 70.0
    assert session.experiment.descent.start == (-2.2, 3.6)
    desk.settled()


def test_that_an_edit_that_can_not_be_computed_is_taken_back_and_can_not_be_redone(desk: Any) -> None:
    session = desk.session
    session.move_start(0.0, 2.0)
    desk.settled()
    before = session.experiment
    session.edit(replace(before, surface=replace(before.surface, feature="nothing")))
    desk.settled()
    assert session.experiment == before
    assert "nothing" in desk.window.trouble.text()
    assert not session.history.canRedo()
    session.history.undo()
    assert session.experiment.descent.start == (-2.2, 3.6)
    desk.settled()


def test_that_opening_begins_a_new_history(desk: Any) -> None:
    desk.session.move_start(0.0, 2.0)
    desk.session.open(load("raw-age"))
    desk.settled()
    assert desk.session.history.count() == 0
    assert desk.session.step == 0


def test_that_the_run_before_a_change_stays_as_a_ghost_until_the_next(desk: Any) -> None:
    session = desk.session
    old = session.scene.descents[2]
    rate_edit(desk, 2, 0.5)
    desk.settled()
    assert session.scene.ghosts == (old,)
    rate_edit(desk, 2, 0.6)
    desk.settled()
    assert [ghost.label for ghost in session.scene.ghosts] == ["rate 0.5"]
    # looking elsewhere is no change
    session.edit_view(layout="all")
    session.select(0)
    assert [ghost.label for ghost in session.scene.ghosts] == ["rate 0.5"]


def test_that_within_a_drag_the_ghost_is_what_stood_before_it(desk: Any) -> None:
    session = desk.session
    session.grasp()
    for rate in (0.6, 0.5, 0.4):
        rate_edit(desk, 2, rate)
        desk.settled()
    session.release()
    assert [ghost.label for ghost in session.scene.ghosts] == ["rate 0.71"]


def test_that_a_ghost_can_be_kept_as_a_descent_with_its_own_start(desk: Any) -> None:
    session = desk.session
    old = session.scene.descents
    session.move_start(0.5, 1.0)
    desk.settled()
    assert len(session.scene.ghosts) == 4
    session.keep_ghosts()
    desk.settled()
    assert len(session.experiment.runs) == 8
    for kept, ghost in zip(session.scene.descents[4:], old, strict=True):
        assert (kept.trajectory.path == ghost.trajectory.path).all()
    assert len({run.label for run in session.experiment.runs}) == 8


def test_that_a_ghost_that_outlives_further_changes_can_still_be_kept(desk: Any) -> None:
    session = desk.session
    old = session.scene.descents[3]
    rate_edit(desk, 3, 0.5)
    desk.settled()
    for number in (0, 0, 0):
        session.remove_run(number)
        desk.settled()
    assert session.scene.ghosts == (old,)
    session.keep_ghosts()
    desk.settled()
    assert (session.scene.descents[1].trajectory.path == old.trajectory.path).all()


def test_that_a_ghost_that_comes_back_in_a_drag_can_still_be_kept(desk: Any) -> None:
    session = desk.session
    old = session.scene.descents[3]
    rate_edit(desk, 3, 0.5)
    desk.settled()
    session.remove_run(0)
    desk.settled()
    rate = session.scene.descents[0].trajectory.rule.learning_rate
    session.grasp()
    for other in (0.2, rate):
        rate_edit(desk, 0, other)
        desk.settled()
    session.release()
    assert session.scene.ghosts == (old,)
    session.keep_ghosts()
    desk.settled()
    assert (session.scene.descents[-1].trajectory.path == old.trajectory.path).all()


def test_that_opening_what_is_seen_leaves_no_ghosts_and_none_to_keep(desk: Any) -> None:
    session = desk.session
    rate_edit(desk, 3, 0.5)
    desk.settled()
    session.open(session.experiment)
    assert session.scene.ghosts == ()
    rate_edit(desk, 3, 0.6)
    desk.settled()
    assert session.scene.ghosts
    session.open(load("raw-age"))
    session.keep_ghosts()
    desk.settled()
    assert session.experiment == load("raw-age")


def test_that_a_scene_says_what_it_was_computed_for_while_newer_edits_wait(desk: Any) -> None:
    session, shown = desk.session, []
    session.scene_changed.connect(lambda: shown.append(session.scene))
    first = session.experiment.runs[0]
    for rate in (0.1, 0.2, 0.3):
        session.edit_run(0, msgspec.structs.replace(first, hyperparameters={"learning_rate": rate}))
    session.edit_view(point=(1.0, 2.0))
    desk.settled()
    assert len(shown) > 1
    for scene in shown:
        assert scene.experiment.view.point == (1.0, 2.0)
        for descent, run in zip(scene.descents, scene.experiment.runs, strict=True):
            assert descent.trajectory.rule.values == run.rule().values
    assert shown[-1].experiment == session.experiment


def test_that_another_surface_has_no_ghosts(desk: Any) -> None:
    session = desk.session
    session.edit(replace(session.experiment, surface=replace(session.experiment.surface, loss="rmse")))
    desk.settled()
    assert session.scene.ghosts == ()


def test_that_edits_say_what_they_are(desk_on: Callable[[Experiment], Any]) -> None:
    desk = desk_on(load("raw-age"))
    desk.session.add_run()
    edit = desk.session.history.command(0)
    assert isinstance(edit, Edit)
    undo = next(a for d, a in desk.furniture.menus.actions.declared if "Ctrl+Z" in d.keys)
    assert undo.text().replace("&", "").startswith("Undo adding")
    undo.trigger()
    assert desk.session.experiment == load("raw-age")
    desk.settled()


@pytest.mark.parametrize("free", [("w",), ("b",)])
def test_that_a_lock_holds_a_parameter_and_another_click_lets_it_go(desk: Any, free: tuple[str, ...]) -> None:
    held = "b" if free == ("w",) else "w"
    desk.panels.run.start.locks[held].click()
    desk.settled()
    assert desk.session.experiment.descent.free == free
    component = "wb".index(held)
    assert (desk.session.scene.descents[0].trajectory.path[:, component] == (-2.2, 3.6)[component]).all()
    # both can't be held: the other one is let go
    other = "w" if held == "b" else "b"
    desk.panels.run.start.locks[other].click()
    desk.settled()
    assert desk.session.experiment.descent.free == (held,)
    desk.panels.run.start.locks[other].click()
    desk.settled()
    assert desk.session.experiment.descent.free is None


@pytest.mark.parametrize(("held", "other", "name"), [("w", "b", "weight"), ("b", "w", "bias")])
def test_that_holding_the_other_parameter_too_says_that_the_first_is_let_go(
    desk: Any, held: str, other: str, name: str
) -> None:
    locks, status = desk.panels.run.start.locks, desk.window.status
    locks[held].click()
    desk.settled()
    assert status.working.text() == ""
    assert "instead" in locks[other].toolTip()
    locks[other].click()
    desk.settled()
    assert desk.session.experiment.descent.free == (held,)
    assert f"{name} moves again" in status.working.text()
    desk.session.history.undo()
    desk.settled()
    assert desk.session.experiment.descent.free == (other,)
    assert locks[held].isChecked()
