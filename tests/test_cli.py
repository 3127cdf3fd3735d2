import csv
import io
import json
import os
import re
import resource as limits
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import lossviz as lv
from lossviz import __main__ as entry
from lossviz import cli
from lossviz.cli import numbers
from lossviz.descent import descending
from lossviz.landscape.models import MODELS
from lossviz.landscape.work import completed
from lossviz.resources import resource

TEXT = resource("experiments", "four-learning-rates.lossviz.toml").read_text(encoding="utf-8")
SMALL = ["--size", "200x160"]


@pytest.fixture
def lossviz(capsys):
    """Run the command line in this process: (exit code, stdout, stderr)."""

    def run(*arguments):
        try:
            code = cli.main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code
        return (code, *capsys.readouterr())

    return run


def environment(**more):
    """A server's: no display, no wish about Qt's platform, output in blocks."""
    left_out = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "PYTHONUNBUFFERED")
    return {key: value for key, value in os.environ.items() if key not in left_out} | more


def process(*arguments, env=None, **options):
    command = [sys.executable, "-m", "lossviz", *map(str, arguments)]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.run(command, env=env or environment(), text=True, check=False, timeout=50, **options)


def is_one_line(text):
    return text.startswith("lossviz") and text.count("\n") == 1 and "Traceback" not in text


# run


def test_that_run_prints_the_arriving_run_beside_least_squares(lossviz):
    code, out, err = lossviz("run", "four-learning-rates")
    assert (code, err) == (0, "")
    arriving = out.partition("rate 0.36 ")[2]
    w, b = map(float, re.search(r"end +w (\S+), b (\S+),", arriving).groups())
    data = lv.dataset("birthwt")
    expected = np.polyfit((data["age"] - 18) / 10, data["bwt"] / 1000, 1)
    domain = lv.load("four-learning-rates").build_surface().domain
    assert np.all(np.abs(np.array([w, b]) - expected) < 1e-6 * np.array(domain.width))
    slope, intercept = map(float, re.search(r"units: slope (\S+), intercept (\S+)", arriving).groups())
    np.testing.assert_allclose([slope, intercept], np.polyfit(data["age"], data["bwt"], 1), rtol=1e-6)


def test_that_run_prints_every_run_with_its_verdict(lossviz):
    _, out, _ = lossviz("run", "four-learning-rates")
    found = re.findall(r"^(rate \S+) \(gradient descent, 200 steps\): (\w+)$", out, re.MULTILINE)
    assert found == [
        ("rate 0.012", "slow"),
        ("rate 0.36", "converged"),
        ("rate 0.71", "converged"),
        ("rate 0.765", "diverged"),
    ]
    assert "200 overshot, 0 went uphill" in out
    assert "1.03 of the limit 0.743" in out


LOSSES_OF_MODELS = [f"{model.name} {loss}" for model in MODELS.values() for loss in model.losses]


def strict(text):
    def refuse(constant):
        raise AssertionError(constant)

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize("name", lv.experiments())
def test_that_json_holds_the_numbers_of_the_runs(lossviz, name):
    code, out, err = lossviz("run", name, "--json")
    assert (code, err) == (0, "")
    facts = strict(out)
    surface = lv.load(name).build_surface()
    if facts["minimum"] is None:
        assert {run["outcome"] for run in facts["runs"]} == {"no_minimum"}
        return
    at = facts["minimum"]["w"], facts["minimum"]["b"]
    if surface.known_minimum is None:
        lowest = min(point.loss for point in lv.stationary_points(surface) if point.is_minimum)
        assert float(surface.loss(*at)) == pytest.approx(lowest, rel=1e-12)
    elif lv.load(name).descent.free is None:
        assert at == surface.known_minimum
    else:
        # the smallest loss that the runs can reach: b is held
        assert at[1] == lv.load(name).descent.start[1]
        assert surface.gradient(*at)[0] == pytest.approx(0.0, abs=1e-9)
    assert facts["surface"]["samples"] == surface.samples
    assert len(facts["runs"]) == len(lv.load(name).runs)
    for run, own in zip(facts["runs"], lv.load(name).runs, strict=True):
        descent = lv.load(name).settings(own)
        work = descending(
            surface,
            own.rule(),
            descent.start,
            descent.steps,
            epochs=descent.epochs,
            free=descent.free,
            stop=descent.stop_rule(),
            conditions=descent.conditions(),
        )
        t = completed(work)
        assert run["outcome"] == t.verdict.outcome
        end = [run["end"]["w"], run["end"]["b"]] if run["end"] else [np.nan, np.nan]
        np.testing.assert_allclose(end, t.path[-1], rtol=1e-9)
        assert run["overshoots"] == len(t.overshoots)
        assert run["hyperparameters"] == t.rule.values


def test_that_each_run_says_in_which_minimum_it_has_ended(lossviz):
    facts = strict(lossviz("run", "two-wells", "--json")[1])
    ends = [run["destination"] for run in facts["runs"]]
    assert [end and end["kind"] for end in ends] == ["local", "local", "global", "local"]
    assert ends[0]["at"]["w"] == pytest.approx(1.0, abs=1e-9)
    assert ends[0]["above_best"] == pytest.approx(1 / 3, rel=1e-9)
    out = lossviz("run", "two-wells")[1]
    assert "\n  ended      in the local minimum, 0.33 above the best\n" in out
    assert "columns' units" not in out
    facts = strict(lossviz("run", "retrain", "--json")[1])
    assert facts["runs"][0]["random_starts"].startswith("Of 20 runs ")


def test_that_without_data_there_is_no_picture_of_them(lossviz, tmp_path):
    code, _, err = lossviz("render", "two-wells", "-o", tmp_path / "data.png", "--view", "data")
    assert (code, err.count("\n")) == (2, 1)
    assert "no data" in err
    assert not (tmp_path / "data.png").exists()


def test_that_what_is_beyond_all_numbers_is_null_in_json_and_said_in_words(lossviz, tmp_path):
    text = TEXT.replace("learning_rate = 0.012", "learning_rate = 10.0")
    (tmp_path / "mine.toml").write_text(text.replace("steps = 200", "steps = 400"), "utf-8")
    code, out, _ = lossviz("run", tmp_path / "mine.toml", "--json")
    first = strict(out)["runs"][0]
    assert (code, first["end"], first["original_units"], first["outcome"]) == (0, None, None, "diverged")
    _, out, _ = lossviz("run", tmp_path / "mine.toml")
    assert "end        beyond all numbers\n             in the columns' units: none" in out


def test_that_units_beyond_all_numbers_are_null_too(lossviz, tmp_path):
    text = TEXT.replace("learning_rate = 0.012", "learning_rate = 1e303").replace("(age - 18)/10", "lwt*1000")
    text = text.replace('label = "bwt/1000"', 'label = "low"').replace('"linear"\nloss = "mse"', '"logistic"')
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    code, out, err = lossviz("run", tmp_path / "mine.toml", "--json")
    assert (code, err) == (0, "")
    assert strict(out)["runs"][0]["original_units"] is None
    assert lossviz("run", tmp_path / "mine.toml")[0] == 0


def test_that_separable_data_have_no_minimum_to_print(lossviz, tmp_path):
    text = TEXT.replace('data = "birthwt"', "columns = { age = [1, 2, 3, 4], bwt = [0, 0, 1000, 1000] }")
    (tmp_path / "mine.toml").write_text(text.replace('"linear"\nloss = "mse"', '"logistic"'), "utf-8")
    code, out, _ = lossviz("run", tmp_path / "mine.toml")
    assert code == 0
    assert "\nminimum" not in out
    assert strict(lossviz("run", tmp_path / "mine.toml", "--json")[1])["minimum"] is None


def test_that_csv_holds_every_row_of_every_run(lossviz, tmp_path):
    code, out, err = lossviz("run", "four-learning-rates", "--csv", tmp_path / "rows.csv")
    assert (code, out, err) == (0, f"{tmp_path / 'rows.csv'}: 804 rows\n", "")
    with open(tmp_path / "rows.csv", encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert ",".join(rows[0]) == (
        "run,step,w,b,loss,dloss_dw,dloss_db,seconds,epochs,samples_seen,learning_rate,clipped"
    )
    assert len(rows) == 804
    surface = lv.load("four-learning-rates").build_surface()
    for rate in (0.012, 0.36, 0.71, 0.765):
        rule = lv.optimizer("gradient_descent", learning_rate=rate)
        t = lv.descend(surface, rule, (-2.2, 3.6), 200)
        mine = [row for row in rows if row["run"] == f"rate {rate}"]
        assert [int(row["step"]) for row in mine] == [*range(201)]
        # to the last bit
        np.testing.assert_array_equal([[float(row["w"]), float(row["b"])] for row in mine], t.path)
        np.testing.assert_array_equal([float(row["loss"]) for row in mine], t.losses)
        np.testing.assert_array_equal([float(row["dloss_db"]) for row in mine], t.gradients[:, 1])
        assert {row["learning_rate"] for row in mine} == {str(rate)}


BATCHES = """epochs = 4
[[runs]]
optimizer = "adam"
convention = "keras"
learning_rate = 0.1
batch_size = 32
schedule = { name = "cosine", minimum = 0.01 }
clip_value = 0.5
[[runs]]"""


@pytest.fixture
def batches(tmp_path):
    (tmp_path / "mine.toml").write_text(TEXT.replace("steps = 200\n\n[[runs]]", BATCHES), "utf-8")
    return tmp_path / "mine.toml"


def test_that_json_holds_what_a_run_cost_and_under_which_conditions_it_was_made(lossviz, batches):
    run, whole, *_ = strict(lossviz("run", batches, "--json")[1])["runs"]
    t = lv.descend(
        lv.load(batches).build_surface(),
        lv.optimizer("adam", convention="keras", learning_rate=0.1),
        (-2.2, 3.6),
        epochs=4,
        batch_size=32,
        schedule=lv.schedule("cosine", minimum=0.01),
        clip_value=0.5,
    )
    assert (run["convention"], run["steps"], run["epochs"], run["samples_seen"]) == ("keras", 24, 4.0, 4 * 189)
    assert run["seconds"] == pytest.approx(24e-3 + 4 * 189e-6)
    assert run["learning_rates"] == {"first": t.learning_rates[0], "last": t.learning_rates[-1]}
    assert run["clipped"] == len(t.clips) > 0
    schedule = {"name": "cosine", "minimum": 0.01}
    assert run["conditions"] == {"schedule": schedule, "batch_size": 32, "clip_value": 0.5}
    assert (whole["convention"], whole["steps"], whole["clipped"], whole["conditions"]) == ("pytorch", 4, 0, {})


def test_that_words_say_what_runs_cost_where_they_were_not_made_under_the_same_conditions(lossviz, batches):
    code, out, _ = lossviz("run", batches)
    assert code == 0
    assert "(Adam (Keras), 24 steps)" in out
    # all have seen as many samples, in steps of different sizes
    assert out.count("  cost       756 samples, 4 epochs, 0.0248 modelled seconds\n") == 1
    assert out.count("  cost       756 samples, 4 epochs, 0.00476 modelled seconds\n") == 4
    assert "  cost" not in lossviz("run", "four-learning-rates")[1]


def test_that_csv_holds_the_rate_and_the_cost_of_each_step(lossviz, batches, tmp_path):
    lossviz("run", batches, "--csv", tmp_path / "rows.csv")
    with open(tmp_path / "rows.csv", encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))[:25]
    assert [float(row["epochs"]) for row in rows[::6]] == [0.0, 1.0, 2.0, 3.0, 4.0]
    # the last batch of an epoch has what is left of 189
    assert [int(row["samples_seen"]) for row in rows[:8]] == [0, 32, 64, 96, 128, 160, 189, 221]
    rates = [float(row["learning_rate"]) for row in rows]
    assert rates[0] == rates[1] == 0.1
    assert rates == sorted(rates, reverse=True)
    # how many steps were clipped so far
    clipped = [int(row["clipped"]) for row in rows]
    assert clipped[0] == 0
    assert set(np.diff(clipped)) == {0, 1}


def test_that_a_csv_can_be_read_back_as_data(lossviz, tmp_path):
    (tmp_path / "mine.toml").write_text(TEXT.replace("[[runs]]", '[[runs]]\nname = "7"'), "utf-8")
    lossviz("run", tmp_path / "mine.toml", "--csv", tmp_path / "rows.csv")
    assert lv.read_csv(tmp_path / "rows.csv").rows == 804


# list


@pytest.mark.parametrize(
    ("what", "first", "names"),
    [
        ("optimizers", "fixed_step", lv.optimizers()),
        ("schedules", "constant", lv.schedules()),
        ("datasets", "births_100k", lv.datasets()),
        ("experiments", "adam-pytorch-keras", lv.experiments()),
        ("surfaces", "sphere", (*lv.surfaces(), *LOSSES_OF_MODELS)),
    ],
)
def test_that_list_names_each_with_a_word_about_it(lossviz, what, first, names):
    code, out, err = lossviz("list", what)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert len(lines) == len(names)
    assert lines[0].startswith(first)
    for line, name in zip(lines, names, strict=True):
        assert line.startswith(f"{name} ")
        assert len(line.removeprefix(name).strip()) > 5


# A wrong request: one line, exit 2


@pytest.mark.parametrize("what", ["lessons", "optimiser", ""])
def test_that_a_list_that_is_not_there_yet_is_refused(lossviz, what):
    code, out, err = lossviz("list", what)
    assert (code, out) == (2, "")
    assert is_one_line(err)
    assert "invalid choice" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "the following arguments are required"),
        (["run"], "the following arguments are required: FILE"),
        (["run", "logistc"], "'logistc' is not a file or a shipped experiment; did you mean 'logistic'?"),
        (["run", "."], "expected a file, found a folder"),
        (["run", "logistic", "--xml"], "unrecognized arguments: --xml"),
        (["run", "logistic", "--json", "--csv", "a.csv"], "not allowed with argument"),
        (["render", "logistic"], "the following arguments are required: -o"),
        (["render", "logistic", "-o", "a.svg"], "'.svg' can't be written; give a .gif, a .png, or a folder"),
        (["render", "logistic", "-o", "a.png", "--size", "3x"], "expected a size like 1280x720, found '3x'"),
        (["render", "logistic", "-o", "a.png", "--size", "axb"], "expected a size like 1280x720, found 'axb'"),
        (["render", "logistic", "-o", "a.png", "--size", "²x²"], "expected a size like 1280x720, found '²x²'"),
        (["render", "logistic", "-o", "a.png", "--view", "mapp"], "view: 'mapp' is not a view; did you mean 'map'?"),
        (["render", "logistic", "-o", "a.png", "--from", "3"], "a range of steps makes a film"),
        (["render", "logistic", "-o", "a.gif", "--from", "9", "--to", "8"], "from a step to a later one"),
        (["render", "logistic", "-o", "a.png", *SMALL, "--caption", "a " * 999], "the caption is too long"),
        (["render", "logistic", "-o", "a.png", "--theme", "blue"], "invalid choice: 'blue'"),
        (["render", "logistic", "-o", "a.gif", "--fps", "fast"], "invalid float value: 'fast'"),
        (["nonsense"], "invalid choice: 'nonsense'"),
    ],
)
def test_that_a_wrong_request_is_refused_in_one_line(lossviz, monkeypatch, tmp_path, arguments, said):
    monkeypatch.chdir(tmp_path)
    code, out, err = lossviz(*arguments)
    assert (code, out) == (2, "")
    assert is_one_line(err)
    assert said in err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("steps = 200", "steps = 2.5", "mine.toml: descent.steps: expected a whole number"),
        ("(age - 18)", "(agee - 18)", "mine.toml: surface: feature of birthwt: 'agee' is not a column; did you mean"),
        ('data = "birthwt"', 'path = "nowhere.csv"', "mine.toml: surface: path: "),
        ("w = [-2.8, 3.0]", "w = [-1e160, 1e160]", "mine.toml: surface.domain: domain w must lie within"),
        ("start = [-2.2, 3.6]", "start = [nan, 3.6]", "mine.toml: descent.start: expected two numbers within ±1e100"),
        ("format = 1", "format = 7", "mine.toml: format: 7 is of a newer lossviz"),
    ],
)
@pytest.mark.parametrize("command", ["run", "render"])
def test_that_a_wrong_file_is_refused_with_its_name_in_one_line(lossviz, tmp_path, command, old, new, said):
    (tmp_path / "mine.toml").write_text(TEXT.replace(old, new), "utf-8")
    out_file = ["-o", tmp_path / "a.png", *SMALL] if command == "render" else []
    code, out, err = lossviz(command, tmp_path / "mine.toml", *out_file)
    assert (code, out) == (2, "")
    assert is_one_line(err)
    assert err.startswith(f"lossviz: {said}")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]


@pytest.mark.parametrize("name", ["german.csv", "german.TSV", "german.txt"])
@pytest.mark.parametrize("command", ["run", "render"])
def test_that_a_table_in_the_place_of_an_experiment_is_told_where_it_goes(lossviz, tmp_path, command, name):
    (tmp_path / name).write_bytes("größe;gewicht\n1,5;2\n".encode("latin-1"))
    out_file = ["-o", tmp_path / "a.png", *SMALL] if command == "render" else []
    code, out, err = lossviz(command, tmp_path / name, *out_file)
    assert (code, out) == (2, "")
    assert err == (
        f"lossviz: {name} is a table of data; open it with: lossviz {name}, "
        f"or name it in an experiment as path = '{name}'.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--help"], "usage: lossviz [FILE]"),
        (["--version"], f"lossviz {lv.__version__}"),
        (["list", "datasets"], "eight_births"),
        (["run", "--help"], "every row of every run into a file"),
    ],
)
def test_that_the_program_answers_by_its_entry_point(monkeypatch, capsys, arguments, said):
    monkeypatch.setattr(sys, "argv", ["lossviz", *arguments])
    try:
        code = entry.main()
    except SystemExit as end:
        code = end.code
    assert code == 0
    out, err = capsys.readouterr()
    assert said in out
    assert err == ""


@pytest.mark.parametrize("arguments", [["one.toml", "two.toml"], ["--frobnicate"]])
def test_that_the_window_takes_one_file_and_no_options(monkeypatch, capsys, arguments):
    monkeypatch.setattr(sys, "argv", ["lossviz", *arguments])
    assert entry.main() == 2
    assert is_one_line(capsys.readouterr().err)


def test_that_the_entry_point_knows_every_command():
    (subcommands,) = [action for action in cli.parser()._actions if action.dest == "command"]
    assert set(entry.COMMANDS) == set(subcommands.choices)


# Work that fails: one line, exit 1, nothing left


@pytest.fixture
def grid(tmp_path):
    """A file of losses on a grid."""
    axis = np.linspace(-2.0, 2.0, 9)
    path = tmp_path / "mine.npz"
    np.savez(path, w=axis, b=axis, loss=(axis[:, None] - 0.5) ** 2 + axis**2)
    return path


def test_that_optimizers_race_on_a_grid_of_losses(lossviz, grid):
    code, out, err = lossviz("run", "--json", grid)
    assert (code, err) == (0, "")
    facts = strict(out)
    assert facts["surface"]["loss"] == facts["title"] == "mine.npz"
    assert len(facts["runs"]) == 4
    assert [facts["minimum"][name] for name in "wb"] == pytest.approx([0.5, 0.0], abs=1e-9)


def test_that_a_wrong_grid_is_refused_in_one_line(lossviz, grid):
    grid.write_bytes(grid.read_bytes()[:100])
    assert lossviz("run", grid) == (2, "", "lossviz: mine.npz is no .npz file, or a part of it is missing.\n")
    with pytest.raises(lv.ExperimentError, match=r"mine\.npz is a grid of losses; open it with: lossviz mine\.npz"):
        lv.load(grid)


def test_that_a_csv_without_a_folder_is_work_that_failed(lossviz, tmp_path):
    for target in (tmp_path / "nowhere" / "rows.csv", tmp_path):
        code, out, err = lossviz("run", "logistic", "--csv", target)
        assert (code, out) == (1, "")
        assert is_one_line(err)
        assert f"{target} can't be written: " in err
    assert not list(tmp_path.iterdir())


def test_that_a_full_disk_leaves_no_half_csv(lossviz, tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    (tmp_path / "rows.csv").write_text("old")
    code, out, err = lossviz("run", "logistic", "--csv", tmp_path / "rows.csv")
    assert (code, out) == (1, "")
    assert err == f"lossviz: {tmp_path / 'rows.csv'} can't be written: No space left on device.\n"
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_that_a_closed_folder_is_work_that_failed(lossviz, tmp_path):
    tmp_path.chmod(0o500)
    code, _, err = lossviz("run", "logistic", "--csv", tmp_path / "rows.csv")
    tmp_path.chmod(0o700)
    assert code == 1
    assert is_one_line(err)


@pytest.mark.parametrize(("blow", "code"), [(KeyboardInterrupt(), 1), (MemoryError(), 1), (RuntimeError("Odd."), 1)])
def test_that_any_end_of_the_work_is_one_line(lossviz, monkeypatch, blow, code):
    def fail(*arguments, **options):
        raise blow

    monkeypatch.setattr(numbers, "facts_of", fail)
    found, out, err = lossviz("run", "logistic")
    assert (found, out) == (code, "")
    assert is_one_line(err)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("buffered", [True, False])
def test_that_output_that_can_not_be_written_is_one_line(buffered):
    env = environment() if buffered else environment(PYTHONUNBUFFERED="1")
    with open("/dev/full", "w") as full:
        ended = process("list", "optimizers", env=env, stdout=full)
    assert ended.returncode == 1
    assert ended.stderr == "lossviz: the output: No space left on device.\n"


def test_that_a_reader_who_has_enough_is_no_error_to_speak_of():
    read, write = os.pipe()
    os.close(read)
    ended = process("list", "optimizers", stdout=write)
    os.close(write)
    assert (ended.returncode, ended.stderr) == (1, "")


def test_that_a_process_without_output_works_in_silence(tmp_path):
    script = f'exec "{sys.executable}" -m lossviz run logistic --csv rows.csv >&-'
    ended = subprocess.run(["sh", "-c", script], cwd=tmp_path, env=environment(), capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert (tmp_path / "rows.csv").exists()


def test_that_a_terminal_without_greek_letters_is_written_to_all_the_same():
    env = environment(PYTHONIOENCODING="ascii")
    listed, facts = process("list", "optimizers", env=env), process("run", "logistic", "--json", env=env)
    assert (listed.returncode, listed.stderr) == (0, "")
    assert len(listed.stdout.splitlines()) == len(lv.optimizers())
    assert "λmax" in strict(facts.stdout)["runs"][0]["formula"]


# render, as on a server


def test_that_a_still_is_written_without_a_display(tmp_path):
    ended = process("render", "four-learning-rates", "-o", tmp_path / "a.png", "--view", "map", *SMALL)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == f"{tmp_path / 'a.png'}: 1 picture, 200x160\n"
    with Image.open(tmp_path / "a.png") as image:
        assert image.size == (200, 160)
        assert len(image.getcolors(100_000)) > 100
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_that_the_help_names_every_view(lossviz):
    code, out, _ = lossviz("render", "--help")
    assert code == 0
    assert all(name in out for name in ("surface", "map", "loss", "data", "dashboard"))


def test_that_an_experiment_comes_from_the_standard_input_and_progress_is_printed(tmp_path):
    options = ["--fps", "10", "--from", "2", "--to", "5", "--view", "loss", "--progress", *SMALL]
    text = TEXT.replace('title = "Four learning rates"', 'title = "Größe"')
    ended = process("render", "-", "-o", "a.gif", *options, cwd=tmp_path, input=text)
    assert (ended.returncode, ended.stderr) == (0, "")
    *lines, last = ended.stdout.splitlines()
    parts = [float(re.fullmatch(r"progress (\d\.\d\d)", line)[1]) for line in lines]
    assert parts == sorted(set(parts))
    assert parts[-1] == 1.0
    with Image.open(tmp_path / "a.gif") as film:
        assert last == f"a.gif: {film.n_frames} frames, 200x160"
    assert lv.load(tmp_path / "a.gif").title == "Größe"


def test_that_a_path_in_the_standard_input_is_relative_to_the_working_folder(tmp_path):
    (tmp_path / "mine.csv").write_text("age,bwt\n20,3000\n25,3100\n31,3500\n", "utf-8")
    text = TEXT.replace('data = "birthwt"', 'path = "mine.csv"')
    ended = process("run", "-", "--json", cwd=tmp_path, input=text)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert strict(ended.stdout)["surface"]["samples"] == 3


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (b"", "the standard input: surface: missing; it is required."),
        (b"[[", "the standard input: not valid TOML: "),
        (b"\xff\xfe", "the standard input: expected text in UTF-8."),
        (TEXT.replace("(age - 18)", "(agee - 18)").encode(), "the standard input: surface: feature of birthwt: 'agee'"),
    ],
)
def test_that_a_wrong_standard_input_is_refused_in_one_line(lossviz, monkeypatch, tmp_path, given, said):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
    code, out, err = lossviz("render", "-", "-o", tmp_path / "a.png", *SMALL)
    assert (code, out) == (2, "")
    assert is_one_line(err)
    assert err.startswith(f"lossviz: {said}")
    monkeypatch.setattr(sys, "stdin", None)
    assert lossviz("run", "-")[0] == 2


def test_that_a_film_ends_with_whoever_reads_its_progress(tmp_path):
    options = ["--progress", "--view", "loss", *SMALL]
    command = [sys.executable, "-m", "lossviz", "render", "logistic", "-o", tmp_path / "a.gif", *options]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout.readline().startswith(b"progress ")
        running.stdout.close()
        assert running.wait(timeout=50) == 1
        assert running.stderr.read() == b""
    assert not list(tmp_path.iterdir())


def test_that_the_numbers_of_a_picture_are_those_of_its_experiment(lossviz, tmp_path):
    assert lossviz("render", "logistic", "-o", tmp_path / "a.png", *SMALL, "--view", "loss")[0] == 0
    _, expected, _ = lossviz("run", "logistic", "--json")
    assert lossviz("run", tmp_path / "a.png", "--json") == (0, expected, "")


@pytest.mark.parametrize("name", ["a.png", "a.gif"])
def test_that_two_processes_write_equal_bytes(tmp_path, name):
    options = ["--seconds", "0.6"] if name.endswith(".gif") else ["--at", "3"]
    started = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        command = [sys.executable, "-m", "lossviz", "render", "logistic", "-o", folder / name, *SMALL, *options]
        started.append(subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE))
    assert [(each.communicate(timeout=50)[1], each.returncode) for each in started] == [(b"", 0)] * 2
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    with Image.open(tmp_path / "one" / name) as image:
        assert image.size == (200, 160)
        assert getattr(image, "n_frames", 1) > 5 or name.endswith(".png")


def test_that_a_picture_on_a_disk_that_is_full_leaves_nothing(tmp_path):
    """A process that may write 1,000 bytes into a file, and no more."""
    before = lambda: limits.setrlimit(limits.RLIMIT_FSIZE, (1_000, 1_000))  # noqa: E731
    for arguments in (
        ["render", "logistic", "-o", tmp_path / "a.png", *SMALL],
        ["run", "four-learning-rates", "--csv", tmp_path / "rows.csv"],
    ):
        ended = process(*arguments, preexec_fn=before)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert is_one_line(ended.stderr)
        assert not list(tmp_path.iterdir())


def test_that_a_picture_without_a_folder_is_one_line(tmp_path):
    ended = process("render", "logistic", "-o", tmp_path / "nowhere" / "a.png", *SMALL)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert is_one_line(ended.stderr)
    assert "its folder does not exist" in ended.stderr
    assert not list(tmp_path.iterdir())


def test_that_a_picture_has_decimal_commas_on_request_and_then_no_longer(lossviz, tmp_path):
    pictures = []
    for name, *sign in (("a.png",), ("b.png", "--decimal", "comma"), ("c.png", "--decimal", "point")):
        code, *_ = lossviz("render", "four-learning-rates", "-o", tmp_path / name, *SMALL, "--view", "loss", *sign)
        assert code == 0
        with Image.open(tmp_path / name) as image:
            pictures.append(np.asarray(image.convert("RGB")))
    assert np.array_equal(pictures[0], pictures[2])
    assert not np.array_equal(pictures[0], pictures[1])
