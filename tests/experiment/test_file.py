import os
import stat
import tomllib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lossviz as lv
from lossviz.experiment import (
    DescentSection,
    DomainSection,
    Experiment,
    Run,
    SurfaceSection,
    ViewSection,
    check,
    dumps,
    parse,
    write_whole,
)
from lossviz.experiment import file as module
from lossviz.rules import CATALOGUE

# There and back


@pytest.mark.parametrize("name", lv.experiments())
def test_that_a_shipped_experiment_comes_back_from_its_own_text(name):
    experiment = lv.load(name)
    assert parse(dumps(experiment)) == experiment


finite = st.floats(allow_nan=False, allow_infinity=False)
positive = st.floats(1e-300, 1e300)
places = st.floats(-1e100, 1e100)
pairs = st.tuples(places, places)


@st.composite
def bounds(draw):
    low, high = sorted(draw(st.tuples(st.floats(-1e99, 1e99), st.floats(-1e99, 1e99))))
    return (low, high) if high - low >= 1e-100 else (low - 1.0 - abs(low), high + 1.0 + abs(high))


settings = {
    "start": pairs,
    "steps": st.integers(1, 10_000_000),
    "free": st.none() | st.sampled_from([("w",), ("b",), ("w", "b"), ("b", "w")]),
    "tolerance": st.none() | st.floats(0, 1e300),
    "loss_below": st.none() | finite,
    "loss_change": st.none() | st.floats(0, 1e300),
    "check_every": st.integers(1, 10**6),
    "random_starts": st.integers(0, 1000),
    "random_seed": st.integers(0, 2**63 - 1),
    "schedule": st.sampled_from(
        [
            None,
            "cosine",
            {"name": "cosine", "convention": "keras", "warmup": 3},
            {"name": "step", "step_size": 30, "gamma": 0.3},
            {"name": "multi_step", "milestones": [10, 20, 70]},
        ]
    ),
    "batch_size": st.none() | st.integers(1, 2**40),
    "seed": st.integers(0, 2**63 - 1),
    "shuffle": st.booleans(),
    "drop_last": st.booleans(),
    "accumulate": st.integers(1, 1000),
    "epochs": st.none() | st.floats(1e-9, 1e9),
    "clip_value": st.none() | positive,
    "clip_norm": st.none() | positive,
    "clip_global_norm": st.none() | positive,
    "average": st.none() | st.floats(0.0, 0.999),
    "rate_scale": st.none() | st.tuples(st.floats(0.0, 1e9), st.floats(0.0, 1e9)),
    "decay_mask": st.none() | st.sampled_from([("w",), ("b",), ("w", "b")]),
    "precision": st.sampled_from(["float64", "float32"]),
    "check_seconds": st.none() | positive,
    "step_seconds": st.floats(0.0, 1e9),
    "sample_seconds": st.floats(0.0, 1e9),
}


@st.composite
def random_runs(draw):
    name = draw(st.sampled_from(list(CATALOGUE)))
    params = [param for param in CATALOGUE[name].params() if draw(st.booleans())]
    values = {param.name: draw(st.booleans()) if param.switch else param.default for param in params}
    values["learning_rate"] = draw(st.floats(1e-9, 0.999))
    own = {key: draw(value) for key, value in settings.items() if draw(st.booleans())}
    return Run(
        name=draw(st.text(max_size=20)), optimizer=name, hyperparameters=values, shown=draw(st.booleans()), **own
    )


@st.composite
def random_experiments(draw):
    columns = draw(
        st.none()
        | st.dictionaries(
            st.text(min_size=1, max_size=8), st.lists(finite, min_size=2, max_size=2), min_size=1, max_size=4
        )
    )
    return Experiment(
        title=draw(st.text(max_size=40)),
        surface=SurfaceSection(
            data=None if columns else draw(st.sampled_from(["birthwt", "eight_births"])),
            columns=columns,
            feature=draw(st.text(min_size=1, max_size=40)),
            label=draw(st.text(min_size=1, max_size=40)),
            model=draw(st.sampled_from(["linear", "logistic"])),
            loss=draw(st.sampled_from([None, "mse", "rmse", "cross_entropy"])),
            standardize=draw(st.booleans()),
            domain=draw(st.none() | st.builds(DomainSection, w=bounds(), b=bounds())),
        ),
        descent=DescentSection(**{key: draw(value) for key, value in settings.items()}),
        runs=tuple(draw(st.lists(random_runs(), max_size=4))),
        view=ViewSection(
            height=draw(st.sampled_from(["linear", "log", "rank"])),
            cost_axis=draw(st.sampled_from(["steps", "samples", "seconds", "epochs"])),
            step_vectors=draw(st.booleans()),
            azimuth=draw(st.floats(-360, 360)),
            elevation=draw(st.floats(5, 90)),
            zoom=draw(st.floats(0.2, 5)),
            pan_x=draw(st.floats(-3, 3)),
            pan_y=draw(st.floats(-3, 3)),
            selected=draw(st.integers(0, 9)),
        ),
    )


@given(random_experiments())
def test_that_any_experiment_comes_back_from_its_own_text(experiment):
    assert check(experiment) is experiment
    assert parse(dumps(experiment)) == experiment


@pytest.mark.parametrize(
    "title", ["a [ b ] c", "[ 1, 2 ]", "[\n 1,\n 2\n]", 'quote " and \\ and \t', "θ ← θ − η·∇L", ""]
)
def test_that_a_title_comes_back_whatever_is_in_it(title):
    experiment = msgspec.structs.replace(lv.load("logistic"), title=title)
    assert parse(dumps(experiment)).title == title


def test_that_a_schedule_stands_on_one_line_of_its_descent_or_run():
    four = lv.load("four-learning-rates")
    own = msgspec.structs.replace(four.runs[1], schedule={"name": "multi_step", "milestones": [10, 20], "gamma": 0.5})
    shared = msgspec.structs.replace(four.descent, schedule={"name": "cosine", "minimum": 0.01}, decay_mask=("w",))
    text = dumps(msgspec.structs.replace(four, descent=shared, runs=(four.runs[0], own)))
    assert text.split("[descent]")[1].split("[[runs]]")[0].splitlines()[1:] == [
        "start = [-2.2, 3.6]",
        'schedule = { name = "cosine", minimum = 0.01 }',
        'decay_mask = ["w"]',
        "",
    ]
    assert '\nschedule = { name = "multi_step", milestones = [10, 20], gamma = 0.5 }\n' in text.split("[[runs]]")[2]


def test_that_what_is_written_reads_like_a_file_written_by_hand():
    text = dumps(lv.load("four-learning-rates"))
    assert "start = [-2.2, 3.6]\n" in text
    assert "w = [-2.8, 3.0]\n" in text
    assert text.count("[[runs]]\noptimizer = ") == 4
    assert tomllib.loads(text)["format"] == 1


def test_that_saving_and_loading_gives_the_same_experiment(tmp_path):
    experiment = lv.load("raw-age")
    lv.save(experiment, tmp_path / "mine.lossviz.toml")
    assert lv.load(tmp_path / "mine.lossviz.toml") == experiment
    assert lv.load(str(tmp_path / "mine.lossviz.toml")) == experiment


# Written whole or not at all


def test_that_saving_leaves_no_other_file(tmp_path):
    lv.save(lv.load("logistic"), tmp_path / "mine.toml")
    lv.save(lv.load("raw-age"), tmp_path / "mine.toml")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]
    assert lv.load(tmp_path / "mine.toml") == lv.load("raw-age")


@pytest.mark.parametrize("blow", [OSError(28, "No space left on device"), KeyboardInterrupt(), MemoryError()])
@pytest.mark.parametrize("there_already", [True, False])
def test_that_a_write_that_fails_changes_nothing(tmp_path, monkeypatch, blow, there_already):
    if there_already:
        (tmp_path / "mine.toml").write_text("old")

    def fail(descriptor):
        raise blow

    monkeypatch.setattr(module.os, "fsync", fail)
    with pytest.raises(type(blow)) as caught:
        lv.save(lv.load("logistic"), tmp_path / "mine.toml")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"] * there_already
    if there_already:
        assert (tmp_path / "mine.toml").read_text() == "old"
    if isinstance(blow, OSError):
        assert str(caught.value) == f"{tmp_path / 'mine.toml'} can't be written: No space left on device."


def test_that_a_folder_in_the_way_is_said(tmp_path):
    (tmp_path / "folder").mkdir()
    for target in (tmp_path / "folder", tmp_path / "nowhere" / "mine.toml", tmp_path / "folder" / ".." / "folder"):
        with pytest.raises(OSError, match=r"can't be written: .*\.$"):
            lv.save(lv.load("logistic"), target)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_that_a_file_keeps_its_permissions_and_a_new_one_gets_the_usual(tmp_path):
    (tmp_path / "ordinary").touch()
    write_whole(tmp_path / "new", "text")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "ordinary").stat().st_mode
    (tmp_path / "new").chmod(0o640)
    write_whole(tmp_path / "new", "other")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
    assert (tmp_path / "new").read_text() == "other"


def test_that_a_link_keeps_pointing_to_the_file_that_is_replaced(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write_whole(tmp_path / "link", "new")
    assert os.readlink(tmp_path / "link") == "real"
    assert (tmp_path / "real").read_text() == "new"


def test_that_a_reader_sees_the_old_file_or_the_new_one(tmp_path, monkeypatch):
    seen = []
    write_whole(tmp_path / "mine", "old")
    fsync = os.fsync

    def looked_at(descriptor):
        seen.append((tmp_path / "mine").read_text())
        fsync(descriptor)

    monkeypatch.setattr(module.os, "fsync", looked_at)
    write_whole(tmp_path / "mine", "new")
    assert seen == ["old"]
    assert (tmp_path / "mine").read_text() == "new"
