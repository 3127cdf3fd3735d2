"""A seeded monkey at the window: whatever it does, one state is shown, and undo then redo changes nothing.

It goes on for LOSSVIZ_MONKEY_SECONDS (60; for a long look 600) from LOSSVIZ_MONKEY_SEED (1).
"""

import os
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from monkey import Monkey

from lossviz.descent.extent import steps_of
from lossviz.experiment import check

SECONDS = float(os.environ.get("LOSSVIZ_MONKEY_SECONDS", "60"))
SEED = int(os.environ.get("LOSSVIZ_MONKEY_SEED", "1"))


def agree(desk: Any) -> None:
    """Everything that is seen shows one state."""
    session, window = desk.session, desk.window
    experiment = session.experiment
    check(experiment)
    for card in window.cards:
        if window.deck.shows(card.name):
            frame = card.view.frame
            assert frame is not None, card.name
            assert frame.step == session.step, card.name
            assert frame.scene.experiment == experiment, card.name
    for descent, run in zip(session.scene.descents, experiment.runs, strict=True):
        assert descent.label == run.label
        assert descent.trajectory.rule.values == run.rule().values
    panel, view, free = desk.panels.run, experiment.view, experiment.descent.free or ("w", "b")
    assert [name for name, lock in panel.start.locks.items() if not lock.isChecked()] == sorted(free, reverse=True)
    if experiment.runs:
        run = experiment.runs[min(view.selected, len(experiment.runs) - 1)]
        assert panel.optimizer.run == run
        settings = experiment.settings(run)
        epochs, surface = settings.epochs, session.scene.surface
        steps = settings.steps if epochs is None else steps_of(surface, settings.conditions(), epochs)
        assert panel.steps.value() == steps
        for name, section in panel.conditions.sections.items():
            if name not in view.hidden:
                assert section.situation.settings == settings
                assert section.situation.surface is surface
        assert {field.param.name: field.value for field in panel.fields} == run.rule().values
    if window.deck.shows("happening"):
        assert desk.furniture.happening._frame.scene is session.scene
        assert desk.furniture.happening._frame.step == session.step
    menus = desk.furniture.menus
    checked = {action.data() for _, action in menus.actions.declared if action.isChecked()}
    assert {view.layout, view.height} <= checked
    assert {a.data() for a in menus.shown.actions() if a.data() and not a.isChecked()} == set(view.hidden)
    assert [row.number for row in desk.panels.descents.rows] == list(range(len(experiment.runs)))
    assert desk.furniture.bar.slider.value() == int(session.step)
    assert desk.furniture.bar.slider.maximum() == session.steps
    assert window.trouble.text().count("Traceback") == 0
    assert "inside lossviz" not in window.trouble.text(), session.details
    assert window.isWindowModified() == window.document.dirty


def faults(item: Any) -> list[str]:
    """Give what Qt has warned of until now, and what was raised in what it called."""
    said = [each for each in item.qt_log_capture.records if each.log_type_name != "DEBUG" and not each.ignored]
    raised = [repr(error) for _, error, _ in item.qt_exception_capture_manager.exceptions]
    return [each.message for each in said] + raised


def settled(desk: Any) -> None:
    """Wait until nothing is being computed, nor a table being fitted."""
    dialogs = desk.furniture.dialogs
    desk.qtbot.waitUntil(
        lambda: not any(dialog._awaited for dialog in (dialogs.table, dialogs.picker) if dialog is not None),
        timeout=20_000,
    )
    desk.settled()


@pytest.mark.timeout(SECONDS + 120)
def test_that_a_monkey_finds_one_state_shown_whatever_it_does(
    desk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    # whatever is written, it is written there
    monkeypatch.chdir(tmp_path)
    desk.window.settings.keep_folder(str(tmp_path))
    monkey = Monkey(desk, SEED, tmp_path)
    end = monotonic() + SECONDS
    try:
        while monotonic() < end:
            for _ in range(monkey.random.randint(1, 8)):
                monkey.act()
                assert not faults(request.node)
            desk.window.player.pause()
            settled(desk)
            agree(desk)
            before, step = desk.session.experiment, desk.session.step
            if desk.session.history.canUndo():
                desk.session.history.undo()
                desk.session.history.redo()
                settled(desk)
                assert desk.session.experiment == before
                desk.session.see_step(step)
            agree(desk)
            assert not faults(request.node)
    except BaseException as error:
        last = "\n".join(monkey.done[-30:])
        error.add_note(f"seed {SEED}, {len(monkey.done)} actions; the last ones:\n{last}")
        raise
    monkey.do_close_dialogs()
    assert len({done.split()[0] for done in monkey.done}) > 35 or SECONDS < 30
