import numpy as np
import pytest

import lossviz as lv
from lossviz.experiment import parse
from lossviz.jobs.tasks import scene_of
from lossviz.resources import resource
from lossviz.scene.frame import frame_of_step
from lossviz.scene.happening import describe, fixed, signed

TEXT = resource("experiments", "four-learning-rates.lossviz.toml").read_text(encoding="utf-8")


def described(step, selected, text=TEXT):
    scene = scene_of(parse(text.replace("selected = 2", f"selected = {selected}")), resolution=5)
    return describe(frame_of_step(scene, step)), scene


def rows(happening):
    return dict(happening.rows)


def test_that_the_numbers_are_those_of_the_row():
    happening, scene = described(12, 2)
    t = scene.descents[2].trajectory
    assert happening.title == "Step 12 of the descent with rate .71"
    shown = rows(happening)
    assert shown["at"] == (fixed(t.path[12, 0]), fixed(t.path[12, 1]))
    assert shown["slope"] == (fixed(t.gradients[12, 0]), fixed(t.gradients[12, 1]))
    move = t.path[13] - t.path[12]
    assert shown["next step"] == (signed(move[0]), signed(move[1]))
    assert shown["loss"] == (f"{t.losses[12]:.3f} kg²",)
    assert shown["RMSE"] == (f"{np.sqrt(t.losses[12]):.3f} kg",)
    assert shown["rate"] == (".71, .96 of the limit .743",)


def test_that_a_hop_on_its_way_is_told_by_the_row_it_left():
    assert described(12.7, 2)[0] == described(12, 2)[0]


def test_that_the_line_stands_beside_least_squares_in_the_columns_units():
    shown = rows(described(200, 1)[0])
    assert shown["line"] == shown["least sq."] == ("bwt = 2,656 + 12.43·age",)


@pytest.mark.parametrize(
    ("step", "selected", "event"),
    [
        (5, 0, "Downhill, slowly."),
        (5, 1, "Downhill."),
        (150, 1, "At the bottom."),
        (5, 2, "Overshoot."),
        (1, 3, "Overshoot."),
        (5, 3, "Overshoot, uphill."),
        (200, 0, "Not there."),
        (200, 1, "Arrived."),
        (200, 2, "Arrived."),
        (200, 3, "Never arrives."),
    ],
)
def test_that_each_step_is_called_what_it_is(step, selected, event):
    happening, _ = described(step, selected)
    assert happening.event == event
    assert happening.sentence.endswith(".")
    assert happening.sentence[0].isupper()


def test_that_no_end_is_told_before_it_is_seen():
    happening, _ = described(199, 3)
    assert happening.advice == ""
    assert happening.event == "Overshoot, uphill."
    assert described(200, 3)[0].advice == "Try .37, half of the limit."


def test_that_momentum_rolling_uphill_is_no_overshoot():
    text = TEXT.replace(
        'optimizer = "gradient_descent"\nlearning_rate = 0.71', 'optimizer = "momentum"\nlearning_rate = 0.02'
    )
    _, scene = described(0, 2, text)
    t = scene.descents[2].trajectory
    k = next(k for k in t.uphill if k not in t.overshoots)
    assert described(k, 2, text)[0].event == "Uphill."


def test_that_a_run_beyond_all_numbers_is_gone():
    text = TEXT.replace("learning_rate = 0.71", "learning_rate = 10.0")
    happening, scene = described(200, 2, text)
    assert happening.event == "Gone."
    assert rows(happening) == {"loss": ("beyond all numbers",)}
    last = scene.descents[2].finite - 1
    leaving, _ = described(last, 2, text)
    assert leaving.event == "Off."
    assert "next step" not in rows(leaving)


def test_that_a_run_that_stopped_at_its_start_is_described():
    text = TEXT.replace("learning_rate = 0.71", "learning_rate = 0.71\ntolerance = 1e6")
    for step in (0, 7):
        happening, scene = described(step, 2, text)
        assert scene.descents[2].trajectory.steps == 0
        assert happening.title == "Step 0 of the descent with rate .71"
        assert rows(happening)["rate"] == (".71, .96 of the limit .743",)
        assert happening.event == "Not there."


def test_that_every_step_of_every_shipped_run_can_be_described():
    for name in lv.experiments():
        experiment = lv.load(name)
        for selected in range(len(experiment.runs)):
            text = resource("experiments", f"{name}.lossviz.toml").read_text(encoding="utf-8")
            start = text.index("selected = ")
            scene = scene_of(parse(text[:start] + f"selected = {selected}" + text[start + 12 :]), resolution=3)
            for step in (*range(0, scene.steps, 7), scene.steps):
                happening = describe(frame_of_step(scene, step))
                words = " ".join(
                    [happening.event, happening.sentence, *(v for _, each in happening.rows for v in each)]
                )
                assert "nan" not in words
                assert happening.event


def test_that_a_logistic_run_has_the_line_of_its_log_odds_and_no_root():
    scene = scene_of(lv.load("logistic"), resolution=5)
    shown = rows(describe(frame_of_step(scene, 200)))
    assert shown["best"] == shown["line"] == ("log-odds = .998 − .0141·lwt",)
    assert "RMSE" not in shown
    assert "least sq." not in shown


def test_that_a_line_that_the_columns_do_not_have_is_not_shown():
    scene = scene_of(parse(TEXT.replace("(age - 18)/10", "age*age/100")), resolution=5)
    assert not {"line", "least sq."} & set(rows(describe(frame_of_step(scene, 3))))


def test_that_nothing_is_described_where_there_is_no_run():
    scene = scene_of(parse(TEXT.split("[[runs]]")[0]), resolution=5)
    assert describe(frame_of_step(scene, 0)) is None


@pytest.mark.parametrize(
    ("value", "text", "change"),
    [
        (0.0, "0.000", "+0.000"),
        (-2.2, "−2.200", "−2.200"),
        (0.0004, "4.00e−4", "+4.00e−4"),
        (123456.0, "1.23e5", "+1.23e5"),
        (np.inf, "infinite", "infinite"),
        (np.nan, "not a number", "not a number"),
    ],
)
def test_that_numbers_are_written_with_a_true_minus(value, text, change):
    assert fixed(value) == text
    assert signed(value) == change
