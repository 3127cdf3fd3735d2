from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from lossviz.experiment import Experiment, load
from lossviz.gui.optimizer_edits import with_optimizer
from lossviz.rules import CATALOGUE
from lossviz.scene.style import DARK, LIGHT
from lossviz.views.departures import left, off_map


def pixels(widget: QWidget) -> np.ndarray:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4).copy()


def handle_position(desk: Any) -> QPoint:
    """Where on the map's card the start can be taken."""
    card = desk.window.cards[1]
    return card.mapFromScene(desk.window.map.handle.mapToScene(QPointF(0, 0)))


def drag(card: Any, begin: QPoint, end: QPoint) -> None:
    """Drag as a hand does: press, move in a few pieces, release."""
    port = card.viewport()
    QTest.mouseMove(port, begin)
    QTest.mousePress(port, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, begin)
    for part in (0.2, 0.5, 0.8, 1.0):
        at = begin + QPoint(round(part * (end - begin).x()), round(part * (end - begin).y()))
        event_at = QPointF(at)
        move = QMouseEvent(
            QEvent.Type.MouseMove,
            event_at,
            QPointF(port.mapToGlobal(at)),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(port, move)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)


def test_that_the_window_opens_with_four_balls_at_one_start_and_no_dialog(desk: Any) -> None:
    frame = desk.session.frame
    assert frame is not None
    assert [(ball.w, ball.b) for ball in frame.balls] == [(-2.2, 3.6)] * 4
    assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
    assert [row.verdict.text() for row in desk.panels.descents.rows] == ["at the start"] * 4
    assert not desk.window.player.playing


def test_that_space_plays_to_the_end_where_four_one_line_verdicts_stand(desk: Any) -> None:
    desk.window.player.speed = 500.0
    with desk.qtbot.waitSignal(desk.window.player.playing_changed, check_params_cb=lambda on: not on, timeout=20_000):
        QTest.keyClick(desk.window, Qt.Key.Key_Space)
    assert desk.session.step == 200
    verdicts = [row.verdict.text() for row in desk.panels.descents.rows]
    assert verdicts[0].startswith("creeping")
    assert verdicts[1].startswith("arrived smoothly")
    assert verdicts[2] == "arrived at step 125, a hop at each step"
    assert verdicts[3] == "each hop lands higher"
    for row in desk.panels.descents.rows:
        assert row.verdict.fontMetrics().horizontalAdvance(row.verdict.text()) <= row.verdict.width()


def test_that_space_pauses_on_a_computed_step(desk: Any) -> None:
    QTest.keyClick(desk.window, Qt.Key.Key_Space)
    desk.qtbot.waitUntil(lambda: desk.session.step > 1.2, timeout=20_000)
    QTest.keyClick(desk.window, Qt.Key.Key_Space)
    assert not desk.window.player.playing
    assert desk.session.step == int(desk.session.step) >= 1


def test_that_playing_at_the_end_begins_at_the_start(desk: Any) -> None:
    desk.session.see_step(200)
    desk.window.player.play()
    assert desk.session.step == 0
    desk.window.player.pause()


def test_that_arrows_home_and_end_step_and_jump(desk: Any) -> None:
    for key, modifier, expected in (
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 1),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, 11),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, 10),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, 200),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier, 190),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, 0),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, 0),
    ):
        QTest.keyClick(desk.window, key, modifier)
        assert desk.session.step == expected
    assert desk.furniture.bar.count.text() == "0 / 200"


def test_that_scrubbing_back_shows_what_playing_forward_showed(desk: Any) -> None:
    shown = {}
    for step in (0, 7, 60, 130, 200):
        desk.furniture.bar.slider.setValue(step)
        shown[step] = [pixels(card) for card in desk.window.cards[1:]]
    for step in (130, 60, 7, 0):
        desk.furniture.bar.slider.setValue(step)
        assert desk.session.step == step
        for card, before in zip(desk.window.cards[1:], shown[step], strict=True):
            assert np.array_equal(pixels(card), before)


def test_that_dragging_the_ring_on_the_map_moves_the_start_of_all_descents(desk: Any) -> None:
    begin = handle_position(desk)
    drag(desk.window.cards[1], begin, begin + QPoint(60, 40))
    desk.settled()
    w, b = desk.session.experiment.descent.start
    assert w > -2.2 + 0.3
    assert b < 3.6 - 0.2
    assert (desk.session.scene.descents[0].trajectory.path[0] == [w, b]).all()
    assert (handle_position(desk) - (begin + QPoint(60, 40))).manhattanLength() <= 3
    assert float(desk.panels.run.start.w.text().replace("−", "-")) == pytest.approx(w, rel=1e-5)


def test_that_a_drag_beyond_the_map_keeps_the_start_inside_it(desk: Any) -> None:
    drag(desk.window.cards[1], handle_position(desk), QPoint(-500, -500))
    desk.settled()
    assert desk.session.experiment.descent.start == (-2.8, 5.6)


def test_that_the_rate_slider_changes_the_selected_run_alone(desk: Any) -> None:
    before = desk.session.scene.descents
    field = desk.panels.run.fields[0]
    field.slider.setValue(300)
    desk.settled()
    assert desk.rate(2) == pytest.approx(1e-4 * 1e5**0.3, rel=5e-3)
    after = desk.session.scene.descents
    assert [a.trajectory is b.trajectory for a, b in zip(after, before, strict=True)] == [True, True, False, True]
    assert desk.panels.descents.rows[2].name.text().count(desk.session.experiment.runs[2].label) == 1


@pytest.mark.parametrize(("typed", "expected"), [("0.5", 0.5), (".25", 0.25), ("0,125", 0.125), ("3e-1", 0.3)])
def test_that_an_exact_rate_can_be_typed_as_people_write_numbers(desk: Any, typed: str, expected: float) -> None:
    entry = desk.panels.run.fields[0].entry
    entry.setFocus()
    entry.selectAll()
    QTest.keyClicks(entry, typed)
    QTest.keyClick(entry, Qt.Key.Key_Return)
    desk.settled()
    assert desk.rate(2) == expected


@pytest.mark.parametrize("typed", ["0", "-1", "abc", "nan", "inf", ""])
def test_that_a_wrong_rate_is_marked_where_it_was_typed_and_changes_nothing(desk: Any, typed: str) -> None:
    before, field = desk.session.experiment, desk.panels.run.fields[0]
    field.entry.setFocus()
    field.entry.selectAll()
    QTest.keyClick(field.entry, Qt.Key.Key_Delete)
    QTest.keyClicks(field.entry, typed)
    field.entry.setModified(True)
    QTest.keyClick(field.entry, Qt.Key.Key_Return)
    assert desk.session.experiment == before
    assert field.entry.property("wrong")
    assert field.note.text().endswith(".")
    assert "above 0" in field.note.text()


def test_that_keys_typed_into_a_field_do_not_play(desk: Any) -> None:
    entry = desk.panels.run.fields[0].entry
    entry.setFocus()
    QTest.keyClicks(entry, "1")
    assert not desk.window.player.playing
    assert desk.session.step == 0


def test_that_a_rate_of_ten_diverges_is_shown_leaving_and_said_so(desk: Any) -> None:
    run = desk.session.experiment.runs[2]
    desk.session.edit_run(2, msgspec.structs.replace(run, hyperparameters={"learning_rate": 10.0}))
    desk.settled()
    desk.session.see_step(200)
    assert desk.panels.descents.rows[2].verdict.text().startswith("gone")
    assert desk.furniture.happening.sentence.text().count("Gone") == 1
    for card in desk.window.cards:
        assert pixels(card).std() > 1
    ball = desk.session.frame.balls[2]
    note = left(desk.window.map, ball)
    assert note is not None
    assert note.text == "rate 10 left at step 1, beyond all numbers"


def test_that_descents_can_be_added_hidden_selected_and_removed(desk: Any) -> None:
    panel = desk.panels.descents
    panel.add.click()
    desk.settled()
    assert len(desk.session.experiment.runs) == len(panel.rows) == 5
    assert desk.session.experiment.view.selected == 4
    assert desk.rate(4) == pytest.approx(0.355)
    panel.rows[0].eye.click()
    desk.settled()
    assert [ball.descent.number for ball in desk.session.frame.balls] == [1, 2, 3, 4]
    QTest.mouseClick(panel.rows[1], Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(30, 12))
    assert desk.session.experiment.view.selected == 1
    assert desk.panels.run.title.text() == "SELECTED: RATE 0.36"
    panel.rows[1].bin.click()
    desk.settled()
    assert len(panel.rows) == 4
    labels = [run.label for run in desk.session.experiment.runs]
    assert labels == ["rate 0.012", "rate 0.71", "rate 0.765", "rate 0.355"]


def test_that_the_last_descent_can_be_removed_and_another_one_added(desk: Any) -> None:
    for _ in range(4):
        desk.session.remove_run(0)
        desk.settled()
    assert desk.session.experiment.runs == ()
    assert desk.furniture.happening.headline.text() == "No descent is selected"
    for card in desk.window.cards:
        card.repaint()
    desk.session.add_run()
    desk.settled()
    assert len(desk.session.frame.balls) == 1


def test_that_another_optimizer_brings_the_editors_that_its_params_declare(desk: Any) -> None:
    desk.session.edit_run(2, with_optimizer(desk.session.experiment.runs[2], "adam"))
    desk.settled()
    names = tuple(field.param.name for field in desk.panels.run.fields)
    assert names == tuple(param.name for param in CATALOGUE["adam"].params())
    assert names[:3] == ("learning_rate", "beta1", "beta2")
    assert desk.rate(2) == 0.71
    assert desk.session.scene.descents[2].trajectory.rule.name == "adam"


def test_that_closing_in_the_middle_of_a_computation_ends_the_backend_within_three_seconds(desk: Any) -> None:
    generator = np.random.default_rng(1)
    columns = {"x": generator.normal(size=20_000).tolist(), "y": generator.integers(0, 2, 20_000).tolist()}
    surface = msgspec.structs.replace(
        desk.session.experiment.surface, data=None, columns=columns, feature="x", label="y", model="logistic", loss=None
    )
    desk.session.edit(msgspec.structs.replace(desk.session.experiment, surface=surface))
    assert desk.session.busy
    desk.window.document.give_up()
    # closing waits for three seconds at most
    desk.window.close()
    assert not desk.backend.worker.alive


def test_that_a_fault_on_the_backend_is_told_and_the_app_goes_on(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = desk.session.experiment

    def broken(*_: object) -> object:
        raise RuntimeError("made up")

    monkeypatch.setattr(desk.backend.worker, "_start", broken)
    desk.session.move_start(0.0, 1.0)
    desk.qtbot.waitUntil(desk.window.trouble.isVisible, timeout=20_000)
    assert "RuntimeError: made up" in desk.window.trouble.text()
    assert desk.session.experiment == before
    monkeypatch.undo()
    desk.session.move_start(0.0, 1.0)
    desk.settled()
    assert desk.session.scene.experiment.descent.start == (0.0, 1.0)
    assert not desk.window.trouble.isVisible()


def test_that_a_file_that_cannot_be_read_is_told_in_one_sentence_and_changes_nothing(desk: Any, tmp_path: Any) -> None:
    before, scene = desk.session.experiment, desk.session.scene
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("format = 1\nflavour = 'mint'\n")
    desk.window.open_file(str(wrong))
    assert desk.window.trouble.text().startswith("wrong.toml: flavour: unknown key: 'flavour' is not a key here; ")
    desk.window.open_file(str(tmp_path / "none.toml"))
    assert "none.toml" in desk.window.trouble.text()
    assert desk.session.experiment is before
    assert desk.session.scene is scene


def test_that_data_that_lack_a_column_are_told_and_the_picture_stays(desk: Any) -> None:
    before = desk.session.experiment
    surface = msgspec.structs.replace(before.surface, feature="agee")
    desk.session.edit(msgspec.structs.replace(before, surface=surface))
    desk.qtbot.waitUntil(desk.window.trouble.isVisible, timeout=20_000)
    assert "did you mean 'age'?" in desk.window.trouble.text()
    assert desk.session.experiment == before == desk.session.scene.experiment


def test_that_a_start_that_is_no_number_or_out_of_reach_is_told_and_changes_nothing(desk: Any) -> None:
    before = desk.session.experiment
    entry = desk.panels.run.start.w
    for typed in ("nan", "-1e308"):
        desk.window.show_trouble("")
        entry.setFocus()
        entry.selectAll()
        QTest.keyClicks(entry, typed)
        QTest.keyClick(entry, Qt.Key.Key_Return)
        assert desk.session.experiment == before
        assert desk.window.trouble.text() == "The start must be two numbers within ±1e100: a weight and a bias."
    for start in (float("nan"), 1e101):
        desk.session.move_start(start, 0.0)
        assert desk.session.experiment == before


@pytest.mark.parametrize("name", ["logistic", "raw-age", "standardised"])
def test_that_each_shipped_experiment_opens_from_the_panel_and_paints(desk: Any, name: str) -> None:
    chooser = desk.panels.surface.chooser
    chooser.setCurrentIndex(chooser.findData(name))
    chooser.activated.emit(chooser.currentIndex())
    desk.settled()
    assert desk.session.experiment == load(name)
    desk.session.see_step(desk.session.steps)
    for card in desk.window.cards:
        assert pixels(card).std() > 1


def test_that_orbiting_and_selecting_compute_nothing(desk: Any) -> None:
    number = desk.backend._number
    size = desk.window.cards[0].viewport().rect().center()
    drag(desk.window.cards[0], size, size + QPoint(80, 30))
    assert desk.session.experiment.view.azimuth != -38.0
    desk.session.select(0)
    assert desk.backend._number == number
    assert desk.session.scene.experiment.view == desk.session.experiment.view


def test_that_panels_emit_nothing_while_being_set(desk: Any) -> None:
    panels, experiment = desk.panels, load("raw-age")
    loud = [
        panels.surface.chosen, panels.descents.selected, panels.descents.shown_toggled, panels.descents.removed,
        panels.run.run_edited, panels.run.start_edited, panels.run.steps_edited, desk.furniture.bar.scrubbed,
    ]  # fmt: skip
    heard: list[object] = []
    for signal in loud:
        signal.connect(lambda *said: heard.append(said))
    for panel in (panels.surface, panels.descents, panels.run):
        panel.show_experiment(experiment)
    desk.furniture.bar.show_step(17, 400)
    assert heard == []


def test_that_light_and_dark_change_every_card(desk: Any) -> None:
    light = [pixels(card) for card in desk.window.cards]
    QTest.keyClick(desk.window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert desk.window.style_ is DARK
    for card, before in zip(desk.window.cards, light, strict=True):
        assert abs(float(pixels(card).mean()) - float(before.mean())) > 60
    desk.window.toggle_theme()
    assert desk.window.style_ is LIGHT


def test_that_everything_that_takes_the_focus_has_a_name(desk: Any) -> None:
    nameless = [
        type(widget).__name__
        for widget in desk.window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert nameless == []


@pytest.mark.parametrize("size", [(1024, 700), (1280, 800), (1920, 1080)])
def test_that_no_widget_is_clipped_by_its_panel(desk: Any, size: tuple[int, int]) -> None:
    desk.window.resize(*size)
    desk.qtbot.waitUntil(lambda: desk.window.width() == size[0], timeout=5_000)
    QApplication.processEvents()
    for panel in (desk.panels.surface, desk.panels.run, desk.furniture.bar):
        for child in panel.findChildren(QWidget):
            if child.isVisible() and child.parentWidget() is panel:
                assert panel.rect().contains(child.geometry()), (type(child).__name__, child.geometry())


def test_that_numbers_in_all_panels_agree_at_step_14(desk: Any) -> None:
    desk.session.see_step(14)
    trajectory = desk.session.scene.descents[2].trajectory
    said = {
        name.text(): (wide.text(), left.text(), right.text())
        for name, wide, left, right in desk.furniture.happening.rows
    }
    assert said["at"][1:] == (f"{trajectory.path[14, 0]:.3f}", f"{trajectory.path[14, 1]:.3f}") == ("0.007", "2.734")
    assert said["slope g"][1:] == ("−0.283", "−0.414")
    assert said["step Δ"][1:] == ("+0.201", "+0.294")
    assert said["loss"][0] == "0.571 kg², RMSE 0.756 kg"
    assert said["rate η"][0] == "0.71, 0.96 of the limit 0.743"
    assert desk.furniture.happening.sentence.text().count("Overshoot.") == 1
    assert desk.panels.run.fields[0].note.text() == "zig-zag from 0.37 · limit 0.743"
    assert desk.furniture.bar.count.text() == "14 / 200"


def test_that_help_opens_no_modal_box(desk: Any) -> None:
    for signal in (desk.furniture.menus.keys_asked, desk.furniture.menus.about_asked):
        signal.emit()
        boxes = [w for w in desk.window.findChildren(QDialog) if w.isVisible()]
        assert len(boxes) == 1
        assert not boxes[0].isModal()
        boxes[0].close()


def test_that_an_edit_while_one_is_computed_wins(desk_on: Callable[[Experiment], Any]) -> None:
    desk = desk_on(load("logistic"))
    for i in range(30):
        desk.session.move_start(2.0 - 0.05 * i, 1.5)
    desk.settled()
    assert desk.session.scene.experiment == desk.session.experiment
    assert desk.session.scene.descents[0].trajectory.path[0, 0] == pytest.approx(2.0 - 0.05 * 29)


def test_that_enter_gives_the_keys_back_to_the_window(desk: Any) -> None:
    entry = desk.panels.run.fields[0].entry
    entry.setFocus()
    entry.selectAll()
    QTest.keyClicks(entry, ".5")
    QTest.keyClick(entry, Qt.Key.Key_Return)
    desk.settled()
    assert not entry.hasFocus()
    QTest.keyClick(desk.window, Qt.Key.Key_Space)
    assert desk.window.player.playing
    desk.window.player.pause()


def test_that_escape_takes_back_what_was_typed(desk: Any) -> None:
    before, entry = desk.session.experiment, desk.panels.run.fields[0].entry
    entry.setFocus()
    entry.selectAll()
    QTest.keyClicks(entry, "abc")
    QTest.keyClick(entry, Qt.Key.Key_Escape)
    assert entry.text() == "0.71"
    assert not entry.hasFocus()
    assert desk.session.experiment == before


def test_that_ten_thousand_steps_are_shown_at_once(desk: Any) -> None:
    desk.session.edit_descent(steps=10_000)
    desk.settled()
    # work that grows with the square of the steps would run into the suite's time limit
    QTest.keyClick(desk.window, Qt.Key.Key_End)
    for card in desk.window.cards:
        card.viewport().repaint()
    assert desk.furniture.bar.count.text() == "10,000 / 10,000"


def test_that_a_start_off_the_map_is_told_on_the_map(desk: Any) -> None:
    desk.session.move_start(1e9, 3.6)
    desk.settled()
    note = off_map(desk.window.map, "the start", (1e9, 3.6), "#000000")
    assert note is not None
    assert note.text == "the start lies off the map, at w = 1e9, b = 3.6"
    assert not desk.window.map.handle.isVisible()


def test_that_no_line_is_drawn_where_rounding_decides_where_it_goes(desk: Any) -> None:
    desk.session.edit_descent(steps=2000)
    desk.settled()
    desk.session.see_step(2000)
    view, path = desk.window.map, desk.session.scene.descents[3].trajectory.path
    for card in desk.window.cards:
        card.viewport().repaint()
    far = np.flatnonzero(np.abs(path[:-1]).max(axis=1) > 1e12)
    assert far.size > 100
    assert all(view.segment(3, int(step)) is None for step in far)


def test_that_too_many_steps_are_refused_in_a_sentence(desk: Any) -> None:
    steps = desk.panels.run.steps
    steps.setFocus()
    steps.selectAll()
    QTest.keyClicks(steps, "10001")
    QTest.keyClick(steps, Qt.Key.Key_Return)
    assert desk.session.experiment.descent.steps == 200
    assert steps.value() == 200
    assert desk.window.trouble.text() == "In the window a descent makes at most 10,000 steps, not 10,001."
    steps.selectAll()
    QTest.keyClicks(steps, "300")
    QTest.keyClick(steps, Qt.Key.Key_Return)
    desk.settled()
    assert desk.session.experiment.descent.steps == 300
    assert desk.window.trouble.text() == ""
