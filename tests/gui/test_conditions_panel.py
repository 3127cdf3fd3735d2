"""Stories of the conditions of a descent: each is set, undone, given to all, refused, saved and opened again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lossviz.experiment import DescentSection, Experiment, Run, SurfaceSection, load, save
from lossviz.gui.panels.conditions_fields import NumbersField
from lossviz.numerals import use_decimal_sign
from lossviz.rules.schedules import schedule_class, schedules
from lossviz.rules.schedules.params import Numbers

RUNS = tuple(Run(hyperparameters={"learning_rate": rate}) for rate in (0.1, 0.2))
BIRTHS = Experiment(
    title="Births",
    surface=SurfaceSection(
        data="eight_births", feature="age", label="weight", model="linear", loss="mse", standardize=True
    ),
    descent=DescentSection(start=(-2.0, 9.6), steps=24),
    runs=RUNS,
)
BOWL = msgspec.structs.replace(BIRTHS, surface=SurfaceSection(function="booth"))


@pytest.fixture
def births(desk_on: Callable[[Experiment], Any]) -> Any:
    return desk_on(BIRTHS)


def section(desk: Any, name: str) -> Any:
    """Open a section of the conditions."""
    conditions = desk.panels.run.conditions
    if not conditions.opener.isChecked() and conditions.opener.isVisible():
        conditions.opener.click()
    found = conditions.sections[name]
    if not found.opened:
        found.line.click()
    return found


def of(desk: Any, number: int) -> DescentSection:
    """Give what holds for a descent."""
    experiment = desk.session.experiment
    return experiment.settings(experiment.runs[number])


def typed(entry: Any, text: str) -> None:
    entry.setFocus()
    entry.selectAll()
    QTest.keyClicks(entry, text)
    QTest.keyClick(entry, Qt.Key.Key_Return)


def tick(found: Any, name: str) -> Any:
    """Tick a condition that may be left out, or untick it; give its number."""
    found.fields.fields[name].tick.click()
    return found.fields.fields[name].field


def undone(desk: Any, before: Experiment) -> bool:
    desk.session.history.undo()
    desk.settled()
    return desk.session.experiment == before


def test_that_what_is_as_usual_is_one_quiet_button_and_what_is_set_a_line(births: Any) -> None:
    conditions = births.panels.run.conditions
    assert conditions.opener.isVisible()
    assert not any(each.isVisible() for each in conditions.sections.values())
    births.session.edit_descent(batch_size=2)
    births.settled()
    assert [name for name, each in conditions.sections.items() if each.isVisible()] == ["batches"]
    assert conditions.sections["batches"].line.text() == "Batches: 2 of 8, 4 steps an epoch"
    assert "schedule, clipping" in conditions.opener.toolTip()
    conditions.opener.click()
    assert all(each.isVisible() for each in conditions.sections.values())
    assert [each.line.text() for name, each in conditions.sections.items() if name != "batches"] == [
        "Schedule: none, the rate stays",
        "Clipping: off",
        "Averaging: off",
        "Weight and bias: alike",
        "Precision: float64, about 16 digits",
        "Looks: at each step",
    ]


def test_that_showing_conditions_asks_for_nothing(births: Any) -> None:
    heard: list[object] = []
    births.panels.run.conditions_edited.connect(lambda *said: heard.append(said))
    for name in births.panels.run.conditions.sections:
        section(births, name)
    births.session.edit_descent(
        batch_size=2,
        accumulate=2,
        epochs=3.0,
        schedule={"name": "one_cycle", "maximum": 0.2},
        clip_value=1.0,
        average=0.5,
        rate_scale=(1.0, 0.5),
        precision="float32",
        check_seconds=0.1,
        loss_below=1.0,
    )
    births.settled()
    births.session.see_step(3)
    assert heard == []


def test_that_batches_are_those_of_the_selected_descent_until_all_shall_have_them(births: Any, tmp_path: Path) -> None:
    found = section(births, "batches")
    assert not found.everywhere.isVisible()
    size = tick(found, "batch_size")
    assert [of(births, number).batch_size for number in (0, 1)] == [2, None]
    assert births.session.history.undoText() == "batch size 2 of rate 0.1"
    typed(size.entry, "4")
    births.settled()
    assert of(births, 0).batch_size == 4
    assert found.line.text() == "Batches: 4 of 8, 2 steps an epoch"
    assert births.session.experiment.runs[0].label == "rate 0.1, batch 4"
    assert births.session.scene.descents[0].trajectory.batch(0).size == 4
    assert births.session.scene.descents[1].trajectory.batch(0) is None
    save(births.session.experiment, tmp_path / "own.lossviz.toml")
    assert load(tmp_path / "own.lossviz.toml") == births.session.experiment
    before = births.session.experiment
    assert found.everywhere.isVisible()
    found.everywhere.click()
    births.settled()
    assert births.session.history.undoText() == "batches for all descents"
    assert births.session.experiment.descent.batch_size == 4
    assert births.session.experiment.runs == RUNS
    assert not found.everywhere.isVisible()
    assert undone(births, before)
    assert undone(
        births, msgspec.structs.replace(BIRTHS, runs=(msgspec.structs.replace(RUNS[0], batch_size=2), RUNS[1]))
    )
    assert undone(births, BIRTHS)


def test_that_a_batch_larger_than_the_data_is_refused_at_its_field_and_the_picture_stays(births: Any) -> None:
    found = section(births, "batches")
    size, scene = tick(found, "batch_size"), births.session.experiment
    typed(size.entry, "9")
    assert size.note.text() == "Batch size must be a whole number, from 1 to 8, not 9."
    assert size.entry.property("wrong")
    assert births.session.experiment == scene


def test_that_another_order_of_the_samples_is_another_descent(births: Any) -> None:
    found = section(births, "batches")
    tick(found, "batch_size")
    births.settled()
    path = births.session.scene.descents[0].trajectory.path
    found.order.dice.click()
    births.settled()
    assert of(births, 0).seed == 1
    assert not np.array_equal(births.session.scene.descents[0].trajectory.path, path)
    typed(found.order.entry, "-1")
    assert found.order.wrong.text().startswith("Seed of the order: expected a whole number from 0")
    typed(found.order.entry, "0")
    births.settled()
    assert np.array_equal(births.session.scene.descents[0].trajectory.path, path)
    found.fields.fields["shuffle"].switch.click()
    assert not found.order.isVisible()


def test_that_epochs_take_the_place_of_steps_and_give_it_back(births: Any) -> None:
    found, panel = section(births, "batches"), births.panels.run
    tick(found, "batch_size")
    epochs = tick(found, "epochs")
    # as many as there were steps
    assert (of(births, 0).epochs, panel.steps.value()) == (6.0, 24)
    typed(epochs.entry, "10")
    births.settled()
    assert panel.steps.value() == births.session.scene.descents[0].trajectory.steps == 40
    assert found.line.text() == "Batches: 2 of 8, 4 steps an epoch, 10 epochs"
    assert found.note.text() == "10 epochs of 4 steps: 40 steps."
    typed(epochs.entry, "1e5")
    assert epochs.note.text().startswith("These would be 400,000 steps; in the window a descent makes at most 10,000")
    assert of(births, 0).epochs == 10.0
    tick(found, "epochs")
    births.settled()
    assert (of(births, 0).epochs, of(births, 0).steps, of(births, 1).steps) == (None, 40, 24)
    typed(panel.steps.lineEdit(), "30")
    births.settled()
    assert (of(births, 0).steps, of(births, 1).steps) == (30, 24)


def test_that_a_surface_without_samples_says_why_there_are_no_batches(desk_on: Callable[[Experiment], Any]) -> None:
    found = section(desk_on(BOWL), "batches")
    assert found.line.text() == "Batches: none without data"
    assert found.note.text().startswith("This surface has no samples")
    assert found.fields.fields == {}
    assert not found.order.isVisible()


def test_that_every_schedule_can_be_chosen_and_is_pictured(desk_on: Callable[[Experiment], Any]) -> None:
    desk = desk_on(BOWL)
    found = section(desk, "schedule")
    for name in schedules():
        found.box.setCurrentIndex(found.box.findData(name))
        found.box.activated.emit(found.box.currentIndex())
        schedule = of(desk, 0).made_schedule()
        assert schedule is not None
        assert (schedule.name, of(desk, 1).schedule) == (name, None)
        label = f"rate 0.1, {schedule_class(name).title}"
        assert desk.session.experiment.runs[0].label == label
        assert desk.session.history.undoText().startswith(f"schedule {name} of rate 0.1")
        desk.settled()
        desk.session.see_step(0)
        before = found.picture.grab().toImage()
        assert found.picture.accessibleName().startswith("Learning rate over 24 steps: from ")
        desk.session.see_step(12)
        assert found.picture.grab().toImage() != before


def test_that_a_schedule_is_adjusted_by_its_parameters(births: Any, tmp_path: Path) -> None:
    found = section(births, "schedule")
    births.session.edit_descent(schedule="cosine")
    births.settled()
    assert found.line.text() == "Schedule: cosine, 0.1 → 0.00043"
    # what is left out begins with what the run makes of it
    assert tick(found, "steps").entry.text() == "24"
    typed(found.fields.fields["minimum"].entry, "0.05")
    births.settled()
    assert of(births, 0).schedule == {"name": "cosine", "steps": 24, "minimum": 0.05}
    assert of(births, 1).schedule == "cosine"
    rates = births.session.scene.descents[0].trajectory.learning_rates
    assert rates.min() > 0.05
    found.library.setCurrentIndex(found.library.findText("Keras"))
    found.library.activated.emit(found.library.currentIndex())
    assert of(births, 0).schedule == {"name": "cosine", "convention": "keras", "steps": 24}
    save(births.session.experiment, tmp_path / "keras.lossviz.toml")
    assert load(tmp_path / "keras.lossviz.toml") == births.session.experiment
    found.everywhere.click()
    assert births.session.experiment.descent.schedule == {"name": "cosine", "convention": "keras", "steps": 24}
    found.box.setCurrentIndex(0)
    found.box.activated.emit(0)
    births.settled()
    assert of(births, 0).schedule is None
    assert births.session.history.undoText() == "no schedule of rate 0.1"
    assert of(births, 1).schedule is not None


def test_that_milestones_are_typed_and_what_is_wrong_with_them_is_said_there(births: Any) -> None:
    births.session.edit_descent(schedule="multi_step")
    found = section(births, "schedule")
    milestones = found.fields.fields["milestones"]
    assert milestones.entry.placeholderText() == "at a half and at three quarters of the run"
    typed(milestones.entry, "5, 10 15")
    assert of(births, 0).schedule == {"name": "multi_step", "milestones": [5, 10, 15]}
    assert milestones.entry.text() == "5, 10, 15"
    for text, said in (
        ("5, ten", "Numbers are expected, such as 60, 120; found “ten”."),
        ("10, 5", "Milestones must ascend: 5 comes after 10."),
        ("1.5", "Milestones must be a whole number"),
    ):
        typed(milestones.entry, text)
        assert milestones.wrong.text().startswith(said)
        assert milestones.entry.property("wrong")
    assert of(births, 0).schedule == {"name": "multi_step", "milestones": [5, 10, 15]}
    milestones.entry.selectAll()
    QTest.keyClick(milestones.entry, Qt.Key.Key_Delete)
    QTest.keyClick(milestones.entry, Qt.Key.Key_Return)
    assert of(births, 0).schedule == "multi_step"


def test_that_numbers_are_read_where_a_comma_is_the_decimal_sign(qtbot: Any) -> None:
    field = NumbersField(Numbers("factors", default=(0.1,), symbol="f", low=0.0))
    qtbot.addWidget(field)
    field.show()
    edits: list[object] = []
    field.edited.connect(lambda _, value: edits.append(value))
    use_decimal_sign(",")
    try:
        field.show_condition((0.5, 0.1), None)
        assert field.entry.text() == "0,5; 0,1"
        for text in ("0,25; 0,1", "0,5, 0,2", "0.25 0,3"):
            typed(field.entry, text)
    finally:
        use_decimal_sign(".")
    assert edits == [(0.25, 0.1), (0.5, 0.2), (0.25, 0.3)]


def test_that_parameters_that_do_not_go_together_are_refused_at_the_field(births: Any) -> None:
    births.session.edit_descent(schedule={"name": "cosine", "convention": "optax", "steps": 10})
    found = section(births, "schedule")
    warmup = found.fields.fields["warmup"]
    typed(warmup.entry, "12")
    assert warmup.note.text().startswith("Steps must be above the warmup of 12")
    assert of(births, 0).schedule == {"name": "cosine", "convention": "optax", "steps": 10}
    assert "warmup_start" not in found.fields.fields
    typed(warmup.entry, "4")
    assert "warmup_start" in found.fields.fields


def test_that_a_drag_is_one_edit(births: Any) -> None:
    births.session.edit_descent(clip_value=1.0)
    slider = section(births, "clipping").fields.fields["clip_value"].field.slider
    count = births.session.history.count()
    slider.grasped.emit()
    for place in (0.2, 0.4, 0.6):
        slider.placed.emit(place, 0.01)
    slider.released.emit()
    births.settled()
    assert births.session.history.count() == count + 1
    assert births.session.history.undoText().startswith("clip value 2.5 of rate 0.1")


def test_that_clipping_can_be_set_and_taken_away(births: Any) -> None:
    found = section(births, "clipping")
    typed(tick(found, "clip_global_norm").entry, "0.5")
    births.settled()
    assert found.line.text() == "Clipping: global norm at 0.5"
    assert births.session.scene.descents[0].trajectory.clips.size
    field = found.fields.fields["clip_global_norm"].field
    typed(field.entry, "-1")
    assert field.note.text() == "Clip global norm must be above 0, not −1."
    assert of(births, 0).clip_global_norm == 0.5
    found.everywhere.click()
    births.settled()
    assert of(births, 1).clip_global_norm == 0.5
    # none for this one, and the other keeps it
    tick(found, "clip_global_norm")
    births.settled()
    assert [of(births, number).clip_global_norm for number in (0, 1)] == [None, 0.5]
    assert births.session.history.undoText() == "no clip global norm of rate 0.1"


def test_that_averaging_gives_a_mean_beside_the_descent(births: Any) -> None:
    found = section(births, "averaging")
    tick(found, "average")
    births.settled()
    assert found.line.text() == "Averaging: keeps 0.9 of the mean at each step"
    assert births.session.scene.descents[0].trajectory.average is not None
    field = found.fields.fields["average"].field
    typed(field.entry, "1")
    assert field.note.text() == "Average must be from 0 to below 1, not 1."
    assert undone(births, BIRTHS)


def test_that_weight_and_bias_can_have_rates_of_their_own(births: Any) -> None:
    found = section(births, "parameters")
    assert found.note.text() == "This optimizer has no weight decay."
    typed(found.fields.fields["b"].entry, "0")
    births.settled()
    assert of(births, 0).rate_scale == (1.0, 0.0)
    assert found.line.text() == "Weight and bias: rates × 1 and 0"
    assert np.ptp(births.session.scene.descents[0].trajectory.path[:, 1]) == 0.0
    typed(found.fields.fields["b"].entry, "1")
    assert births.session.experiment == BIRTHS


def test_that_weight_decay_can_act_on_the_weight_alone(births: Any) -> None:
    run = msgspec.structs.replace(RUNS[0], optimizer="adamw")
    births.session.edit_run(0, run)
    found = section(births, "parameters")
    found.decay.buttons["w"].click()
    births.settled()
    assert of(births, 0).decay_mask == ("w",)
    assert found.line.text() == "Weight and bias: decay of w alone"
    found.decay.buttons["both"].click()
    assert births.session.experiment.runs[0] == run


def test_that_precision_is_one_of_two_buttons(births: Any) -> None:
    found = section(births, "precision")
    found.choice.buttons["float32"].click()
    births.settled()
    assert (of(births, 0).precision, of(births, 1).precision) == ("float32", "float64")
    assert found.line.text() == "Precision: float32, about 7 digits"
    assert births.session.scene.descents[0].label == "rate 0.1, float32"
    found.choice.buttons["float64"].click()
    assert births.session.experiment == BIRTHS


def test_that_looks_can_be_rare_and_stop_a_descent(births: Any) -> None:
    found = section(births, "looks")
    typed(found.fields.fields["check_every"].entry, "7")
    typed(tick(found, "loss_below").entry, "3")
    births.settled()
    assert found.line.text() == "Looks: every 7 steps, stops at a loss below 3"
    trajectory = births.session.scene.descents[0].trajectory
    assert trajectory.checks.tolist()[:2] == [0, 7]
    assert trajectory.steps < 24
    tick(found, "check_seconds")
    assert "check_every" not in found.fields.fields
    assert found.line.text() == "Looks: every 0.1 s, stops at a loss below 3"


def test_that_keys_alone_open_a_section_and_nothing_plays(births: Any) -> None:
    births.panels.run.conditions.opener.click()
    line = births.panels.run.conditions.sections["clipping"].line
    line.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(line, Qt.Key.Key_Space)
    assert births.panels.run.conditions.sections["clipping"].body.isVisible()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert not births.panels.run.conditions.sections["clipping"].body.isVisible()
    assert not births.window.player.playing


def test_that_a_section_can_be_hidden_for_a_class(births: Any) -> None:
    found = section(births, "clipping")
    births.session.edit_view(hidden=("clipping",))
    assert not found.isVisible()
    births.session.edit_view(hidden=tuple(births.panels.run.conditions.sections))
    assert not births.panels.run.conditions.opener.isVisible()
    births.session.edit_view(hidden=())
    assert found.isVisible()
