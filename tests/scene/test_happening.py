import re
from types import SimpleNamespace

import msgspec
import numpy as np
import pytest

import lossviz as lv
from lossviz.diagnosis.outcome import OUTCOMES
from lossviz.experiment import parse
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.numerals import fixed, signed
from lossviz.resources import resource
from lossviz.rules.catalogue import conventions
from lossviz.scene.frame import PHASES, frame_of_step
from lossviz.scene.happening import ENDS, LEVELS, describe
from lossviz.scene.step_words import why_uphill

TEXT = resource("experiments", "four-learning-rates.lossviz.toml").read_text(encoding="utf-8")


MEMORY = Memory()


def described(step, selected, text=TEXT, level="numbers", phase="", **view):
    experiment = parse(text.replace("selected = 2", f"selected = {selected}"))
    if view:
        experiment = msgspec.structs.replace(experiment, view=msgspec.structs.replace(experiment.view, **view))
    scene = scene_of(experiment, 5, MEMORY)
    return describe(frame_of_step(scene, step, phase), level), scene


def with_rule(name, rate, extra=""):
    return TEXT.replace(
        'optimizer = "gradient_descent"\nlearning_rate = 0.71', f'optimizer = "{name}"\nlearning_rate = {rate}{extra}'
    )


def rows(happening):
    return {row.name: row.values for row in happening.rows}


def words(happening):
    return " ".join(part for part in (happening.event, happening.sentence, happening.advice) if part)


def test_that_the_numbers_are_those_of_the_row():
    happening, scene = described(12, 2)
    t = scene.descents[2].trajectory
    assert happening.title == "Step 12 of the descent with rate 0.71"
    shown = rows(happening)
    assert shown["at"] == (fixed(t.path[12, 0]), fixed(t.path[12, 1]))
    assert shown["slope g"] == (fixed(t.gradients[12, 0]), fixed(t.gradients[12, 1]))
    move = t.path[13] - t.path[12]
    assert shown["step Δ"] == (signed(move[0]), signed(move[1]))
    assert shown["loss"] == (f"{t.losses[12]:.3f} kg², RMSE {np.sqrt(t.losses[12]):.3f} kg",)
    assert shown["rate η"] == ("0.71, 0.96 of the limit 0.743",)


def test_that_a_hop_on_its_way_is_told_by_the_row_it_left():
    assert described(12.7, 2)[0] == described(12, 2)[0]


def test_that_the_line_stands_beside_least_squares_in_the_columns_units():
    shown = rows(described(200, 1)[0])
    assert shown["line"] == shown["least sq."] == ("bwt = 2656 + 12.43·age",)


@pytest.mark.parametrize(
    ("step", "selected", "event"),
    [
        (5, 0, "Downhill, slowly."),
        (5, 1, "Downhill."),
        (150, 1, "At the bottom."),
        (5, 2, "Overshoot."),
        (1, 3, "Overshoot."),
        (5, 3, "Overshoot, uphill."),
        (200, 0, "Not there yet."),
        (200, 1, "Arrived."),
        (200, 2, "Arrived."),
        (200, 3, "Diverged."),
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
    assert described(200, 3)[0].advice == "Try 0.37, half of the limit."


def test_that_momentum_rolling_uphill_is_no_overshoot():
    text = with_rule("momentum", 0.02)
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
    assert leaving.event == "Gone."
    # the step itself is known: so far does it lead
    assert rows(leaving)["step Δ"] == tuple(signed(-10.0 * g) for g in scene.descents[2].trajectory.gradients[last])


def test_that_a_run_that_stopped_at_its_start_is_described():
    text = TEXT.replace("learning_rate = 0.71", "learning_rate = 0.71\ntolerance = 1e6")
    for step in (0, 7):
        happening, scene = described(step, 2, text)
        assert scene.descents[2].trajectory.steps == 0
        assert happening.title == "Step 0 of the descent with rate 0.71"
        assert rows(happening)["rate η"] == ("0.71, 0.96 of the limit 0.743",)
        assert happening.event == "Not there yet."


@pytest.mark.parametrize("level", LEVELS)
def test_that_every_step_of_every_shipped_run_can_be_described(level):
    for name in lv.experiments():
        experiment = lv.load(name)
        for selected in range(len(experiment.runs)):
            view = msgspec.structs.replace(experiment.view, selected=selected)
            scene = scene_of(msgspec.structs.replace(experiment, view=view), 3, MEMORY)
            for step in (*range(0, scene.steps, 17), scene.steps):
                for phase in ("", *PHASES):
                    happening = describe(frame_of_step(scene, step, phase), level)
                    told = [happening.event, happening.sentence, *(v for row in happening.rows for v in row.values)]
                    told += [line for equation in happening.equations for line in equation.lines]
                    assert "nan" not in " ".join(told)
                    assert "not a number" not in " ".join(told)
                    assert all(told)


def test_that_a_logistic_run_has_the_line_of_its_log_odds_and_no_root():
    scene = scene_of(lv.load("logistic"), resolution=5)
    shown = rows(describe(frame_of_step(scene, 200)))
    assert shown["best"] == shown["line"] == ("log-odds = 0.9983 − 0.01406·lwt",)
    assert "RMSE" not in shown["loss"][0]
    assert "least sq." not in shown


def test_that_a_line_that_the_columns_do_not_have_is_not_shown():
    scene = scene_of(parse(TEXT.replace("(age - 18)/10", "age*age/100")), resolution=5)
    assert not {"line", "least sq."} & set(rows(describe(frame_of_step(scene, 3))))


def test_that_nothing_is_described_where_there_is_no_run():
    scene = scene_of(parse(TEXT.split("[[runs]]")[0]), resolution=5)
    assert describe(frame_of_step(scene, 0)) is None


# Plain words


def test_that_plain_words_have_no_number_but_a_step():
    for selected in range(4):
        for step in (*range(0, 12), 60, 199, 200):
            for phase in ("", *PHASES):
                said = words(described(step, selected, level="plain", phase=phase)[0])
                assert not re.search(r"\d", re.sub(r"step \d+", "", said)), said
                assert said.endswith(".")


def test_that_plain_words_tell_ground_step_verdict_and_what_to_try():
    happening, _ = described(14, 3, level="plain")
    assert happening.rows == happening.equations == ()
    assert happening.event == "Overshoot, uphill."
    assert happening.sentence == (
        "On the map the ground falls to the upper right. "
        "The step is too long: it hops over the valley floor and lands higher on the other side. "
        "So far: each hop lands higher on the other side: the step is too big for this valley."
    )
    assert happening.advice == "Try a smaller rate."
    assert "The step is short" in described(5, 0, level="plain")[0].sentence
    assert described(5, 0, level="plain")[0].advice == "Try a larger rate."
    assert words(described(200, 2, level="plain")[0]) == "Arrived. It arrived at the bottom at step 125."


@pytest.mark.parametrize(
    ("start", "way"),
    [
        ((2.5, 4.5), "to the lower left"),
        ((-2.2, 1.0), "to the upper right"),
        ((-2.5, 5.4), "toward the bottom"),
    ],
)
def test_that_downhill_is_named_as_it_is_seen_on_the_map(start, way):
    text = TEXT.replace("start = [-2.2, 3.6]", f"start = [{start[0]}, {start[1]}]")
    happening, scene = described(0, 2, text, "plain")
    assert f"the ground falls {way}." in happening.sentence
    across, up = -scene.descents[2].trajectory.gradients[0]
    assert ("right" in way, "left" in way) == ("bottom" not in way and across > 0, "bottom" not in way and across < 0)
    assert ("lower" in way or "bottom" in way) == (up < 0)


def test_that_a_held_parameter_has_no_part_in_downhill():
    text = with_rule("gradient_descent", 0.3, '\nfree = ["b"]')
    assert "the ground falls toward the " in described(0, 2, text, "plain")[0].sentence
    assert set(rows(described(0, 2, text)[0])["slope g"]) > {"held"}
    assert rows(described(0, 2, text)[0])["step Δ"][0] == "held"


def test_that_a_long_way_down_is_not_called_a_little():
    first, scene = described(0, 2)
    losses = scene.descents[2].trajectory.losses
    assert losses[1] < 0.8 * losses[0]
    assert "on the other side, lower" in first.sentence
    assert "on the other side, a little lower" in described(14, 2)[0].sentence


# What is kept back


@pytest.mark.parametrize("level", LEVELS)
def test_that_a_step_is_told_only_when_it_is_made_where_the_future_is_kept_back(level):
    assert described(0, 3, level=level, hide_future=True)[0].event == "At the start."
    for step in (1, 2, 6, 40):
        hidden, _ = described(step, 3, level=level, hide_future=True)
        before, _ = described(step - 1, 3, level=level)
        assert hidden.event == before.event
        assert "The last step " in hidden.sentence


def test_that_no_minimum_and_no_end_is_told_where_the_future_is_kept_back():
    hidden, _ = described(5, 0, hide_future=True)
    assert "least sq." not in rows(hidden)
    assert "★" not in hidden.sentence
    assert hidden.event == "Downhill."
    for level in LEVELS:
        assert "arrive" not in words(described(199, 3, level=level, hide_future=True)[0])
        assert described(200, 3, level=level, hide_future=True)[0].event == "Diverged."


# Micro-steps


def test_that_slope_and_rate_tell_of_the_step_ahead_and_move_and_check_of_the_one_behind():
    said = {phase: described(6 + (phase in ("move", "check")), 2, phase=phase)[0] for phase in PHASES}
    assert {happening.title for happening in said.values()} == {"Step 6 → 7 with rate 0.71"}
    t = described(0, 2)[1].descents[2].trajectory
    w, b, w2, b2 = (fixed(float(value)) for value in (*t.path[6], *t.path[7]))
    step = t.path[7] - t.path[6]
    slope = f"{fixed(t.gradients[6, 0])} along w, {fixed(t.gradients[6, 1])} along b"
    assert (
        words(said["slope"]) == f"Slope. The slope at the ball is {slope}: on the map, downhill is to the upper right."
    )
    assert words(said["rate"]) == (
        "× rate. Slope × rate 0.71, with its sign reversed: "
        f"the step is {signed(step[0])} along w, {signed(step[1])} along b."
    )
    assert words(said["move"]) == f"Move. The ball moves: w {w} → {w2}, b {b} → {b2}."
    before, after = float(t.losses[6]), float(t.losses[7])
    assert words(said["check"]) == (
        f"Check. The loss goes from {fixed(before)} to {fixed(after)} kg²: lower by {fixed(before - after)} kg²; go on."
    )
    assert rows(said["slope"])["lands at"] == ("…", "…")
    assert rows(said["move"])["lands at"] == (w2, b2)
    assert rows(said["check"])["loss"] == (f"{fixed(before)} → {fixed(after)} kg²",)


def test_that_a_move_under_way_tells_of_the_step_that_it_makes():
    assert described(6.4, 2, phase="move")[0] == described(7, 2, phase="move")[0]


def test_that_each_micro_step_has_its_rows_and_equations():
    for phase, expected in (
        ("slope", {"slope g"}),
        ("rate", {"velocity v", "kept β·v", "new velocity v′", "rate η", "step Δ"}),
        ("move", {"lands at"}),
        ("check", {"loss"}),
    ):
        happening, _ = described(7, 2, with_rule("momentum", 0.05), phase=phase)
        assert {row.name for row in happening.rows if row.part == happening.phase} == expected
    for phase, expected in (("slope", ["slope"]), ("rate", ["velocity", "new velocity", "step"]), ("move", ["step"])):
        happening, _ = described(7, 2, with_rule("momentum", 0.05), "formula", phase)
        assert [e.name for e in happening.equations if phase in e.parts] == expected


def test_that_a_check_uphill_says_why():
    assert described(15, 3, phase="check")[0].sentence.endswith("; the step was too long.")
    _, scene = described(0, 2, with_rule("momentum", 0.02))
    t = scene.descents[2].trajectory
    k = next(k for k in t.uphill if k not in t.overshoots)
    rolling, _ = described(k + 1, 2, with_rule("momentum", 0.02), phase="check")
    assert rolling.sentence.endswith("; what the rule remembers carried it on, against the slope.")


def test_that_where_there_is_no_step_a_micro_step_says_so():
    assert words(described(0, 2, phase="check")[0]) == "Check. No step has been made yet."
    assert words(described(200, 2, phase="rate")[0]) == "× rate. This descent has ended."
    text = TEXT.replace("learning_rate = 0.71", "learning_rate = 10.0")
    assert "beyond all numbers" in words(described(200, 2, text, phase="check")[0])
    last = described(0, 2, text)[1].descents[2].finite - 1
    assert words(described(last + 1, 2, text, phase="move")[0]) == "Move. The ball moves beyond all numbers."


# Formulas


def test_that_formulas_stand_in_symbols_and_with_the_numbers_put_in():
    happening, _ = described(14, 2, level="formula")
    slope, step, limit = happening.equations
    assert (slope.symbols, slope.lines) == ("g = (∂L/∂w, ∂L/∂b)", ("g = (−0.283, −0.414)",))
    assert step.lines == (
        "w ← w − η·∂L/∂w",
        "w ← 0.007 − 0.71·(−0.283) = 0.208",
        "b ← b − η·∂L/∂b",
        "b ← 2.734 − 0.71·(−0.414) = 3.028",
    )
    assert (limit.name, limit.symbols) == ("limit", "η < 2/λmax")
    assert limit.lines == ("2/2.692 = 0.743", "η = 0.71 is 0.956 of it")


def test_that_a_factor_of_the_step_alone_is_written_once_for_both_parameters():
    found = {e.name: e for e in described(7, 2, with_rule("nadam", 0.05), "formula")[0].equations}
    assert found["momentum"].lines == ("μ = 0.451",)
    assert found["new product"].symbols == "π′ = π·μ"
    assert len(found["new product"].lines) == 1
    assert len(found["new 1st"].lines) == 2


def test_that_a_limit_with_momentum_has_its_own_numbers():
    limit = described(7, 2, with_rule("momentum", 0.05), "formula")[0].equations[-1]
    assert limit.lines[0] == "2·(1 + 0.9)/2.692 = 1.411"
    assert "limit" not in [e.name for e in described(7, 2, with_rule("adam", 0.05), "formula")[0].equations]


def number(text):
    """The value of arithmetic as it is written."""
    plain = re.sub(r"√(\d[\d.]*(?:e−?\d+)?)", r"(\1)**0.5", text).replace("²", "**2")
    return eval(plain.replace("·", "*").replace("−", "-"), {"__builtins__": {}})


@pytest.mark.parametrize(
    "name", ["gradient_descent", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "fixed_step"]
)
def test_that_every_line_of_numbers_comes_out_as_it_says(name):
    for step in (0, 3, 20):
        happening, _ = described(step, 2, with_rule(name, 0.05), "formula")
        checked = 0
        for equation in happening.equations:
            for line in equation.lines:
                body = re.sub(r"^[wb](:| ←) ", "", line)
                if line[0] in "wb" and " = " in body:
                    left, _, right = body.partition(" = ")
                    # the numbers shown are rounded to three digits
                    assert number(left) == pytest.approx(number(right), rel=2e-2, abs=2e-3), line
                    checked += 1
        assert checked >= 2


def test_that_a_held_parameter_has_no_equation():
    happening, _ = described(7, 2, with_rule("momentum", 0.05, '\nfree = ["w"]'), "formula")
    assert happening.equations[0].symbols == "g = ∂L/∂w"
    assert not [line for e in happening.equations for line in e.lines if line.startswith("b")]


def test_that_the_end_of_a_run_still_has_its_slope_and_limit():
    happening, _ = described(200, 3, level="formula")
    assert [equation.name for equation in happening.equations] == ["slope", "limit"]
    assert happening.event == "Diverged."


def test_that_each_outcome_has_a_name_for_the_hall():
    assert set(ENDS) == set(OUTCOMES)


OFF = """
format = 1
[surface]
formula = "2*w + b**2 + 0*sqrt(w + 1)"
domain = { w = [-1.5, 3.0], b = [-2.0, 2.0] }
[descent]
start = [1.0, 1.0]
steps = 60
[[runs]]
optimizer = "gradient_descent"
learning_rate = 0.1
"""


@pytest.mark.parametrize("level", LEVELS)
def test_that_a_run_off_the_surface_is_not_told_to_be_beyond_all_numbers(level):
    for step in (10, 11, 60):
        happening, _ = described(step, 0, OFF, level)
        assert "beyond" not in words(happening) + str(happening.rows)
    assert (happening.event, happening.sentence[:23]) == ("Gone.", "Off the surface at step")
    assert rows(happening) == ({"loss": ("not defined here",)} if level == "numbers" else {})
    assert described(10, 0, OFF)[0].event == "Off the surface."


def rate_told(name, extra=""):
    happening, _ = described(3, 2, with_rule(name, 0.05, extra), phase="rate")
    return happening.sentence.partition(":")[0]


@pytest.mark.parametrize(
    ("name", "extra", "said"),
    [
        ("gradient_descent", "", "Slope × rate 0.05, with its sign reversed"),
        ("momentum", '\nconvention = "keras"', "The rate is in what was worked out before"),
        ("nesterov", '\nconvention = "keras"', "The rate is in what was worked out before"),
        ("ftrl", '\nconvention = "keras"', "The rate is in what was worked out before"),
        ("adam", "", "Each parameter has its own rate"),
        ("adamw", "", "Each parameter has its own rate, and weight decay"),
        ("radam", "", "Corrected × rate 0.05, with its sign reversed"),
        ("lion", "", "Direction × rate 0.05, with its sign reversed, and weight decay"),
        ("lamb", "", "Trust × Adam's step × rate 0.05, with its sign reversed"),
        ("rprop", "", "Each parameter has a step length of its own"),
        ("adadelta", "", "Raw step × rate 0.05, with its sign reversed"),
        ("newton", "", "The rule has chosen the way and the length by itself, × rate 0.05"),
        ("backtracking", "", "The rule has chosen the length by itself"),
    ],
)
def test_that_each_rule_says_how_its_rate_makes_the_step(name, extra, said):
    assert rate_told(name, extra) == said


def uphill(surface, rule, start, **conditions):
    """Give what the words say of the first step uphill that is no overshoot, and of what slope it was."""
    t = lv.descend(surface, rule, start=start, steps=60, **conditions)
    k = next(k for k in t.uphill if k not in t.overshoots)
    return why_uphill(SimpleNamespace(trajectory=t), k, False)


def test_that_a_step_uphill_is_told_by_what_led_there():
    births = lv.fit(lv.dataset("birthwt"), feature="(age - 18)/10", label="bwt/1000")
    himmelblau = lv.surface("himmelblau")
    told = uphill(births, lv.optimizer("gradient_descent", learning_rate=0.1), (-2.2, 3.6), batch_size=1)
    assert told == "its batch points elsewhere than all samples together"
    told = uphill(himmelblau, lv.optimizer("newton"), (0.0, 0.0))
    assert told == "Newton's step leads to any place without a slope, uphill too"
    told = uphill(births, lv.optimizer("momentum", learning_rate=0.02), (-2.2, 3.6))
    assert told == "what the rule remembers carries it on, against the slope"
    told = uphill(births, lv.optimizer("ftrl", learning_rate=0.01), (-2.2, 3.6))
    assert told == "the rule itself draws it there, against the slope"


def test_that_a_step_that_moves_nothing_goes_nowhere():
    text = with_rule("gradient_descent", 1e-12, '\nprecision = "float32"')
    assert described(3, 2, text)[0].event == "No step."


@pytest.mark.parametrize("name", sorted(lv.optimizers()))
def test_that_the_words_of_every_rule_are_those_of_its_steps(name):
    for convention in conventions(name):
        text = with_rule(name, 0.3, f'\nconvention = "{convention}"')
        _, scene = described(0, 2, text)
        t = scene.descents[2].trajectory
        for k in (0, 1, 7, 40):
            for level in LEVELS:
                event = describe(frame_of_step(scene, k, ""), level).event
                rises = event in ("Uphill.", "Overshoot, uphill.")
                assert rises == (k in t.uphill) or event in ("At the bottom.", "Gone.")
                for phase in PHASES:
                    assert words(describe(frame_of_step(scene, k, phase), level))


def test_that_a_count_has_no_decimals():
    numbers, _ = described(3, 2, with_rule("backtracking", 1.0))
    formulas, _ = described(3, 2, with_rule("backtracking", 1.0), level="formula")
    assert rows(numbers)["times shortened m"] == ("0",)
    assert ("m = 0",) in [e.lines for e in formulas.equations]
