import hashlib
from dataclasses import fields
from pathlib import Path

import pytest

import lossviz as lv
from lossviz.descent.conditions import Conditions
from lossviz.experiment import CONDITIONS, DescentSection, ExperimentError, Run, dumps, parse
from lossviz.experiment.surface_section import reading_table
from lossviz.landscape import fingerprint
from lossviz.resources import resource

TEXT = resource("experiments", "four-learning-rates.lossviz.toml").read_text(encoding="utf-8")


def changed(old, new, text=TEXT):
    assert old in text
    return text.replace(old, new, 1)


def test_that_an_experiment_can_not_be_changed():
    experiment = lv.load("raw-age")
    with pytest.raises(AttributeError):
        experiment.title = "other"
    assert experiment == lv.load("raw-age")


# Data beside the file


def with_path(path):
    return changed('data = "birthwt"', f'path = "{path}"')


def test_that_a_data_path_is_relative_to_the_file(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "data" / "mine.csv").write_text("age,bwt\n18,3000\n28,3400\n40,2900\n")
    (tmp_path / "mine.toml").write_text(with_path("data/mine.csv"))
    monkeypatch.chdir(tmp_path / "elsewhere")
    experiment = lv.load(tmp_path / "mine.toml")
    assert experiment.build_surface().data.x.tolist() == [0.0, 1.0, 2.2]
    assert 'path = "data/mine.csv"' in dumps(experiment, tmp_path)


def near_data(tmp_path, folder):
    """An experiment saved in a folder, its data beside."""
    (tmp_path / "course" / "data").mkdir(parents=True)
    (tmp_path / "course" / folder).mkdir(parents=True, exist_ok=True)
    data = tmp_path / "course" / "data" / "mine.csv"
    data.write_text("age,bwt\n18,3000\n28,3400\n40,2900\n")
    lv.save(parse(with_path(data)), tmp_path / "course" / folder / "mine.toml")
    return (tmp_path / "course" / folder / "mine.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("folder", "path"),
    [
        (".", "data/mine.csv"),
        ("data", "mine.csv"),
        ("week 1", "../data/mine.csv"),
        ("week 1/monday/noon", "../../../data/mine.csv"),
    ],
)
def test_that_data_nearby_are_named_from_the_file_and_both_can_be_moved_together(tmp_path, folder, path):
    assert f'path = "{path}"' in near_data(tmp_path, folder)
    (tmp_path / "course").rename(tmp_path / "next year")
    moved = lv.load(tmp_path / "next year" / folder / "mine.toml")
    assert moved.build_surface().samples == 3
    # nothing goes up and down again in what is shown to people
    assert moved.surface.path == str(tmp_path / "next year" / "data" / "mine.csv")


def test_that_data_far_away_are_named_by_their_absolute_path(tmp_path):
    text = near_data(tmp_path, "a/b/c/d")
    assert f'path = "{tmp_path}/course/data/mine.csv"' in text
    (tmp_path / "course" / "a").rename(tmp_path / "a")
    assert lv.load(tmp_path / "a" / "b" / "c" / "d" / "mine.toml").build_surface().samples == 3


@pytest.mark.parametrize(("folder", "data"), [("/home", "/data/mine.csv"), ("/home/ada", "/srv/data/mine.csv")])
def test_that_no_path_leads_over_the_root_of_the_disk(tmp_path, folder, data):
    assert f'path = "{data}"' in dumps(parse(with_path(data)), Path(folder))


def test_that_a_file_reached_by_a_link_finds_its_data(tmp_path):
    near_data(tmp_path, "week 1")
    (tmp_path / "link.toml").symlink_to(tmp_path / "course" / "week 1" / "mine.toml")
    assert lv.load(tmp_path / "link.toml").build_surface().samples == 3


def test_that_a_data_file_must_be_the_one_it_was(tmp_path):
    data = b"age,bwt\n18,3000\n28,3400\n40,2900\n"
    (tmp_path / "mine.csv").write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    text = with_path("mine.csv").replace("feature =", f'sha256 = "{digest}"\nfeature =')
    experiment = parse(text, folder=tmp_path)
    assert experiment.build_surface().samples == 3
    (tmp_path / "mine.csv").write_bytes(data + b"41,3000\n")
    with pytest.raises(ExperimentError, match=r"mine\.csv is not the file it was"):
        experiment.build_surface()


# Penalties and class weights

CHOICES = {
    "l1": ("l1 = 0.02\nl2 = 0.5\n", {"l1": 0.02, "l2": 0.5}),
    "balanced": ('model = "logistic"\nclass_weight = "balanced"\n', {"class_weight": "balanced"}),
    "weights": ('model = "logistic"\nloss = "hinge"\nclass_weight = [1.0, 2.5]\n', {"class_weight": (1.0, 2.5)}),
}


@pytest.mark.parametrize(("written", "meant"), CHOICES.values(), ids=CHOICES)
def test_that_penalties_and_class_weights_are_read_used_and_written(written, meant):
    text = '[surface]\ndata = "birthwt"\nfeature = "(lwt - 130)/30"\nlabel = "low"\n' + written
    experiment = parse(text + "[descent]\nstart = [1.0, 1.0]\n")
    for key, value in meant.items():
        assert getattr(experiment.surface, key) == value
    assert parse(dumps(experiment)) == experiment
    surface = experiment.build_surface()
    same = lv.fit(
        lv.dataset("birthwt"),
        feature="(lwt - 130)/30",
        label="low",
        model=experiment.surface.model,
        loss=experiment.surface.loss,
        **meant,
    )
    assert surface.loss(0.7, -0.2) == same.loss(0.7, -0.2)
    # what is not used is not written
    assert "l1" not in dumps(lv.load("raw-age"))
    assert "class_weight" not in dumps(lv.load("raw-age"))


def test_that_class_weights_of_a_line_are_refused_when_the_surface_is_made():
    experiment = parse(changed("[descent]", 'class_weight = "balanced"\n[descent]'))
    with pytest.raises(ExperimentError, match="surface: class_weight goes with cross_entropy, squared_error or hinge"):
        experiment.build_surface()


def test_that_embedded_columns_are_data():
    text = changed('data = "birthwt"', "columns = { age = [18, 28, 38.0], bwt = [3000, 3500, 3100] }")
    surface = parse(text).build_surface()
    assert surface.data.x.tolist() == [0.0, 1.0, 2.0]
    assert surface.data.y.tolist() == [3.0, 3.5, 3.1]


# Runs


def test_that_a_run_overrides_what_the_descent_says():
    text = changed(
        "learning_rate = 0.36", 'learning_rate = 0.36\nsteps = 7\nstart = [0, 1]\nfree = ["b"]\ntolerance = 0'
    )
    experiment = parse(text)
    own, shared = experiment.settings(experiment.runs[1]), experiment.settings(experiment.runs[0])
    assert (own.steps, own.start, own.free, own.tolerance, own.check_every) == (7, (0.0, 1.0), ("b",), 0.0, 1)
    assert shared == experiment.descent


CONDITIONS_TEXT = """
schedule = { name = "cosine", minimum = 0.01 }
batch_size = 32
drop_last = true
clip_norm = 2
check_every = 5
loss_below = 0.5
"""


def test_that_the_conditions_and_the_stop_rule_of_the_descent_are_made_of_its_keys():
    settings = parse(changed("steps = 200", f"steps = 200{CONDITIONS_TEXT}")).descent
    conditions, stop = settings.conditions(), settings.stop_rule()
    assert conditions.schedule.values["minimum"] == 0.01
    assert conditions.schedule is settings.conditions().schedule
    assert (conditions.batch_size, conditions.drop_last, conditions.clip_norm) == (32, True, 2.0)
    assert (stop.check_every, stop.loss_below, stop.tolerance) == (5, 0.5, None)


def test_that_conditions_that_are_not_named_are_as_in_the_api():
    assert DescentSection(start=(0.0, 0.0)).conditions() == Conditions()
    assert set(CONDITIONS) == {field.name for field in fields(Conditions)} - {"record", "keep"}


def test_that_a_run_has_conditions_of_its_own_beside_those_of_all():
    text = changed("steps = 200", "epochs = 3\nbatch_size = 32\nclip_value = 1")
    experiment = parse(changed("learning_rate = 0.36", "learning_rate = 0.36\nbatch_size = 1\nsteps = 7", text))
    own, shared = experiment.settings(experiment.runs[1]), experiment.settings(experiment.runs[0])
    assert (own.conditions().batch_size, own.conditions().clip_value) == (1, 1.0)
    # its own number of steps counts for more than the epochs of all
    assert (own.steps, own.epochs, shared.epochs) == (7, None, 3.0)


def test_that_every_key_of_the_descent_can_be_a_runs_own():
    assert set(DescentSection.__struct_fields__) <= set(Run.__struct_fields__)


def test_that_a_run_without_a_name_is_called_by_its_rate():
    assert [run.label for run in lv.load("four-learning-rates").runs] == [
        "rate 0.012",
        "rate 0.36",
        "rate 0.71",
        "rate 0.765",
    ]
    assert Run(optimizer="adam", hyperparameters={"learning_rate": 0.1}).label == "Adam 0.1"
    assert Run(optimizer="fixed_step").label == "fixed step 0.01"
    assert Run(name="creeps").label == "creeps"


def test_that_a_run_makes_its_rule():
    rule = Run(optimizer="momentum", hyperparameters={"learning_rate": 0.3, "momentum": 0.5}).rule()
    assert (rule.name, rule.values) == ("momentum", {"learning_rate": 0.3, "momentum": 0.5})


# Data that do not fit


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("(age - 18)", "(agee - 18)", "surface: feature of birthwt: 'agee' is not a column; did you mean 'age'?"),
        ('"bwt/1000"', '"weight"', "surface: label of birthwt: 'weight' is not a column"),
        (
            '"mse"',
            '"cross_entropy"',
            "surface: the linear model goes with mse, rmse, mae or huber, not with cross_entropy.",
        ),
        ('"linear"\nloss = "mse"', '"logistic"', "surface: cross_entropy needs labels 0 and 1"),
        ('data = "birthwt"', 'path = "nowhere.csv"', "nowhere.csv can't be read: No such file or directory."),
        ('data = "birthwt"', 'path = "."', "can't be read: Is a directory."),
        (
            'data = "birthwt"',
            "columns = { age = [1, 2], bwt = [1] }",
            "surface: the embedded columns: the columns must be",
        ),
        (
            'data = "birthwt"',
            "columns = { age = [], bwt = [] }",
            "surface: the embedded columns: the columns must have",
        ),
        ('data = "birthwt"', "columns = { age = [1, nan], bwt = [1, 2] }", "is not finite in data row 2."),
        (
            "(age - 18)/10",
            "__import__('os').getcwd()",
            "only numbers, column names, + - * / ** and brackets are allowed",
        ),
    ],
)
def test_that_data_that_do_not_fit_are_refused_when_the_surface_is_made(tmp_path, refused, old, new, said):
    experiment = parse(changed(old, new), folder=tmp_path)
    with refused(said, ExperimentError):
        experiment.build_surface()


# Data from a file

CSV = "age,weight\n18,3.0\n28,3.4\n40,2.9\n"


@pytest.fixture
def own(tmp_path):
    """Give an experiment on a file of one's own, with further keys of [surface]."""
    (tmp_path / "mine.csv").write_text(CSV, encoding="utf-8")

    def with_keys(*keys):
        lines = ['path = "mine.csv"', 'feature = "age"', 'label = "weight"', *keys]
        return parse("[surface]\n" + "\n".join(lines) + "\n[descent]\nstart = [0, 0]\n", folder=tmp_path)

    return with_keys


def test_that_units_of_a_file_are_those_of_the_axes(own):
    surface = own('units = { age = "years", weight = "kg" }').build_surface()
    assert surface.data.feature_text == "age (years)"
    assert surface.data.label_text == "weight (kg)"


def test_that_units_of_embedded_columns_are_those_of_the_axes():
    columns = "columns = { age = [18, 28, 40], weight = [3.0, 3.4, 2.9] }"
    head = f'[surface]\n{columns}\nunits = {{ age = "years" }}\nfeature = "age"\nlabel = "weight"\n'
    surface = parse(head + "[descent]\nstart = [0, 0]\n").build_surface()
    assert (surface.data.feature_text, surface.data.label_text) == ("age (years)", "weight")


def test_that_the_unit_of_an_unknown_column_is_refused(own, refused):
    with refused("surface: units of mine: 'agee' is not a column; did you mean 'age'?", ExperimentError):
        own('units = { agee = "years" }').build_surface()


def test_that_a_shipped_dataset_has_units_of_its_own(refused):
    text = '[surface]\ndata = "birthwt"\nfeature = "age"\nlabel = "bwt"\nunits = { age = "months" }\n'
    with refused("surface: units: the columns of birthwt have units of their own.", ExperimentError):
        parse(text + "[descent]\nstart = [0, 0]\n").build_surface()


def test_that_a_file_with_its_sha256_is_read_and_another_one_refused(own, refused):
    right = hashlib.sha256(CSV.encode()).hexdigest()
    assert own(f'sha256 = "{right}"').build_surface().samples == 3
    with refused("surface: mine.csv is not the file it was: its sha256 differs.", ExperimentError):
        own(f'sha256 = "{right[::-1]}"').build_surface()


def test_that_a_surface_is_built_with_the_readers_table(own):
    read = []

    def reader(path, sha256):
        read.append((path.name, sha256))
        yield 0.5
        return lv.Dataset("remembered", {"age": [1, 2, 4], "weight": [1, 2, 3]})

    work = own('units = { age = "years" }').building_surface(reader)
    parts = []
    while True:
        try:
            parts.append(next(work))
        except StopIteration as end:
            surface = end.value
            break
    assert read == [("mine.csv", None)]
    assert parts == [0.5, 1.0]
    assert surface.data.dataset.name == "remembered"


def test_that_hashing_a_large_file_can_be_left(tmp_path, monkeypatch):
    monkeypatch.setattr(fingerprint, "HASHED", 4)
    path = tmp_path / "mine.csv"
    path.write_text(CSV, encoding="utf-8")
    work = reading_table(path, "0" * 64)
    parts = [next(work) for _ in range(5)]
    assert parts == sorted(parts)
    assert 0.0 < parts[0] < parts[-1] < 0.3
    work.close()
