"""Files that can't be used: each is refused in one sentence with file, key and what was expected."""

import tomllib

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

import lossviz as lv
from lossviz.experiment import ExperimentError, parse
from lossviz.resources import resource

TEXT = resource("experiments", "four-learning-rates.lossviz.toml").read_text(encoding="utf-8")


def changed(old, new, text=TEXT):
    assert old in text
    return text.replace(old, new, 1)


BAD = {
    "a key that does not exist": ("format = 1", "format = 1\ncolour = 1", "colour: unknown key"),
    "a key of two lines": ("format = 1", 'format = 1\n"a\\nb" = 1', "a b: unknown key"),
    "a misspelt key of the surface": (
        "model =",
        "modle =",
        "surface.modle: unknown key: 'modle' is not a key here; did",
    ),
    "a key that reads like a type": ("model =", "interest = 1\nmodel =", "surface.interest: unknown key"),
    "a misspelt key of the descent": ("steps = 200", "stepz = 200", "descent.stepz: unknown key"),
    "a misspelt key of the view": ("layout =", "lay =", "view.lay: unknown key"),
    "a misspelt key of the domain": ("w = [-2.8, 3.0]", "v = [-2.8, 3.0]", "surface.domain.v: unknown key"),
    "a misspelt hyperparameter": (
        "learning_rate = 0.012",
        "learnin_rate = 1",
        "runs[0]: 'learnin_rate' is not a hyperp",
    ),
    "a hyperparameter of another rule": (
        "learning_rate = 0.71",
        "momentum = 0.9",
        "runs[2]: 'momentum' is not a hyperp",
    ),
    "a penalty below 0": ("model =", "l2 = -1\nmodel =", "surface: l2 must be a finite number of 0 or more, not −1."),
    "class weights of nothing": (
        "model =",
        "class_weight = [1, 0]\nmodel =",
        "surface: class_weight must be 'balanced' or two positive numbers",
    ),
    "no feature": ('feature = "(age - 18)/10"\n', "", "surface.feature: missing"),
    "no start": ("start = [-2.2, 3.6]\n", "", "descent.start: missing"),
    "half a domain": ("w = [-2.8, 3.0], ", "", "surface.domain.w: missing"),
    "steps that are no whole number": ("steps = 200", "steps = 2.5", "descent.steps: expected a whole number"),
    "steps as a text": ("steps = 200", 'steps = "200"', "descent.steps: expected a whole number, got a text"),
    "steps as a switch": ("steps = 200", "steps = true", "descent.steps: expected a whole number"),
    "steps as a date": ("steps = 200", "steps = 2020-01-01", "descent.steps: expected a whole number, got date"),
    "no steps": ("steps = 200", "steps = 0", "descent.steps: steps must be from 1 to 10,000,000, not 0."),
    "too many steps": ("steps = 200", "steps = 1_000_000_000", "would take 37.3 GiB"),
    "a number of 400 digits": ("steps = 200", "steps = 1" + "0" * 400, "descent.steps: steps must be from 1 to"),
    "a number of 5000 digits": ("steps = 200", "steps = 1" + "0" * 5000, "not valid TOML"),
    "a start that is NaN": (
        "start = [-2.2, 3.6]",
        "start = [nan, 3.6]",
        "descent.start: expected two numbers within ±1e100",
    ),
    "a start beyond all use": (
        "start = [-2.2, 3.6]",
        "start = [0, -1e101]",
        "descent.start: expected two numbers within",
    ),
    "a start of three": ("start = [-2.2, 3.6]", "start = [1, 2, 3]", "descent.start: expected a list of length 2"),
    "a start in words": ("start = [-2.2, 3.6]", 'start = "here"', "descent.start: expected a list, got a text"),
    "a start of switches": ("start = [-2.2, 3.6]", "start = [true, 1]", "descent.start[0]: expected a number"),
    "a start of 400 digits": (
        "start = [-2.2, 3.6]",
        f"start = [1{'0' * 400}, 1]",
        "descent.start[0]: number out of range",
    ),
    "a negative rate": (
        "learning_rate = 0.012",
        "learning_rate = -1",
        "runs[0]: learning_rate must be above 0, not −1.",
    ),
    "a rate that is NaN": ("learning_rate = 0.71", "learning_rate = nan", "runs[2]: learning_rate must be above 0"),
    "a rate in words": ("learning_rate = 0.36", 'learning_rate = "a"', "runs[1].learning_rate: expected a number"),
    "a list of rates": ("learning_rate = 0.36", "learning_rate = [1, 2]", "runs[1].learning_rate: expected a number"),
    "a rate that is a switch": (
        "learning_rate = 0.36",
        "learning_rate = true",
        "runs[1]: learning_rate must be a number",
    ),
    "a rate of 400 digits": ("learning_rate = 0.36", "learning_rate = 1" + "0" * 400, "out of range"),
    "an unknown optimizer": (
        '"gradient_descent"',
        '"gradient_decent"',
        "runs[0]: 'gradient_decent' is not an optimizer; did",
    ),
    "an optimizer as a number": ('"gradient_descent"', "3", "runs[0].optimizer: expected a text"),
    "a run's own bad steps": (
        "learning_rate = 0.36",
        "learning_rate = 0.36\nsteps = 0",
        "runs[1].steps: steps must be",
    ),
    "a run's own bad start": (
        "learning_rate = 0.36",
        "learning_rate = 1\nstart = [inf, 0]",
        "runs[1].start: expected two",
    ),
    "a run's own bad switch": (
        "learning_rate = 0.36",
        "learning_rate = 1\nshown = 1",
        "runs[1].shown: expected true or false",
    ),
    "a newer format": ("format = 1", "format = 2", "format: 2 is of a newer lossviz; this one reads up to format 1."),
    "a format of half a number": ("format = 1", "format = 1.5", "format: expected 1, found 1.5."),
    "a format in words": ("format = 1", 'format = "1"', "format: expected 1"),
    "a format as a switch": ("format = 1", "format = true", "format: expected 1, found True."),
    "a format of nothing": ("format = 1", "format = 0", "format: expected 1, found 0."),
    "a title as a number": ('title = "Four learning rates"', "title = 5", "title: expected a text"),
    "two sources of data": ('data = "birthwt"', 'data = "birthwt"\npath = "a.csv"', "found data and path."),
    "no source of data": (
        'data = "birthwt"\n',
        "",
        "surface: expected exactly one of data, path, columns, function, formula and grid, found none.",
    ),
    "an unknown dataset": ('"birthwt"', '"birthweight"', "surface.data: 'birthweight' is not a dataset; did you mean"),
    "an unknown model": (
        '"linear"\nloss',
        '"lineal"\nloss',
        "surface.model: 'lineal' is not a model; did you mean 'linear'",
    ),
    "an unknown loss": ('"mse"', '"msr"', "surface.loss: 'msr' is not a loss; did you mean 'mse'?"),
    "columns of words": ('data = "birthwt"', 'columns = { age = ["a"] }', "surface.columns"),
    "a switch as a number": ("model =", "standardize = 1\nmodel =", "surface.standardize: expected true or false"),
    "a domain upside down": ("w = [-2.8, 3.0]", "w = [3, -2.8]", "surface.domain: domain w must be two finite numbers"),
    "a domain without end": ("w = [-2.8, 3.0]", "w = [0, inf]", "surface.domain: domain w must be two finite numbers"),
    "a domain beyond all use": ("w = [-2.8, 3.0]", "w = [-1e160, 1e160]", "surface.domain: domain w must lie within"),
    "a domain of three": ("w = [-2.8, 3.0]", "w = [1, 2, 3]", "surface.domain.w: expected a list of length 2"),
    "an unknown height": (
        '"linear"\nlayout',
        '"loog"\nlayout',
        "view.height: expected linear, log or rank, found 'loog'.",
    ),
    "an unknown layout": (
        '"race"',
        '"rice"',
        "view.layout: expected race, line_and_point, one_parameter, all or minima, found 'rice'.",
    ),
    "a zoom out of range": ("layout", "zoom = 9\nlayout", "view.zoom: expected a number from 0.2 to 5, found 9."),
    "a pan out of range": ("layout", "pan_x = -4\nlayout", "view.pan_x: expected a number from -3 to 3, found -4."),
    "a zoom that is NaN": ("layout", "zoom = nan\nlayout", "view.zoom: expected a number from 0.2 to 5, found nan."),
    "an elevation below the floor": (
        "layout",
        "elevation = -3\nlayout",
        "view.elevation: expected a number from 5 to 90",
    ),
    "a run that can't be selected": ("selected = 2", "selected = -5", "view.selected: expected the number of a run"),
    "an unknown free parameter": (
        "steps = 200",
        'steps = 200\nfree = ["c"]',
        "descent.free: expected some of 'w' and 'b'",
    ),
    "no free parameter": ("steps = 200", "steps = 200\nfree = []", "descent.free: expected some of 'w' and 'b'"),
    "checks after no steps": (
        "steps = 200",
        "steps = 200\ncheck_every = 0",
        "descent: check_every must be a whole number",
    ),
    "a negative tolerance": (
        "steps = 200",
        "steps = 200\ntolerance = -1",
        "descent: tolerance must be a number of 0 or more",
    ),
    "an unknown schedule": (
        "steps = 200",
        'steps = 200\nschedule = "cosin"',
        "descent.schedule: 'cosin' is not a schedule; did you mean 'cosine'?",
    ),
    "a schedule without a name": (
        "steps = 200",
        "steps = 200\nschedule = { minimum = 0.1 }",
        "descent.schedule: a schedule must be a name, or a table with one",
    ),
    "a schedule as a number": (
        "steps = 200",
        "steps = 200\nschedule = 3",
        "descent.schedule: expected a text or a table",
    ),
    "a parameter of a schedule out of range": (
        "learning_rate = 0.36",
        'learning_rate = 0.36\nschedule = { name = "cosine", minimum = -1 }',
        "runs[1].schedule.minimum: minimum must be 0 or more, not −1.",
    ),
    "a misspelt parameter of a schedule": (
        "learning_rate = 0.36",
        'learning_rate = 0.36\nschedule = { name = "cosine", minimun = 1 }',
        "runs[1].schedule.minimun: 'minimun' is not a parameter of the schedule cosine; did you mean 'minimum'?",
    ),
    "a schedule of another library": (
        "steps = 200",
        'steps = 200\nschedule = { name = "cyclic", convention = "keras" }',
        "descent.schedule: Keras has no schedule cyclic; of those here it has",
    ),
    "a misspelt key of a run with a table": (
        "learning_rate = 0.36",
        'learning_rate = 0.36\nschedul = { name = "cosine" }',
        "runs[1].schedul: unknown key: 'schedul' is not a key here; did you mean 'schedule'?",
    ),
    "a misspelt key of a run with a number": (
        "learning_rate = 0.36",
        "learning_rate = 0.36\nbatchsize = 3",
        "runs[1].batchsize: unknown key: 'batchsize' is not a key here; did you mean 'batch_size'?",
    ),
    "a batch of nothing": (
        "steps = 200",
        "steps = 200\nbatch_size = 0",
        "descent: batch_size must be a whole number of 1 or more, not 0.",
    ),
    "half a batch": ("steps = 200", "steps = 200\nbatch_size = 1.5", "descent.batch_size: expected a whole number"),
    "a run's own bad batch": (
        "learning_rate = 0.36",
        "learning_rate = 0.36\nbatch_size = -3",
        "runs[1]: batch_size must be a whole number of 1 or more",
    ),
    "a seed below 0": ("steps = 200", "steps = 200\nseed = -1", "descent: seed must be a whole number"),
    "a shuffle in words": ("steps = 200", 'steps = 200\nshuffle = "yes"', "descent.shuffle: expected true or false"),
    "no accumulation": ("steps = 200", "steps = 200\naccumulate = 0", "descent: accumulate must be a whole number"),
    "no epochs": ("steps = 200", "steps = 200\nepochs = 0", "descent.epochs: expected a number above 0, found 0."),
    "epochs without end": ("steps = 200", "steps = 200\nepochs = inf", "descent.epochs: expected a number above 0"),
    "clipping to nothing": (
        "steps = 200",
        "steps = 200\nclip_global_norm = 0",
        "descent: clip_global_norm must be a number above 0, not 0.",
    ),
    "an average that never moves": (
        "steps = 200",
        "steps = 200\naverage = 1",
        "descent: average must be a number from 0 to below 1, not 1.",
    ),
    "a negative scale": (
        "steps = 200",
        "steps = 200\nrate_scale = [1, -1]",
        "descent: rate_scale must be a number of 0",
    ),
    "a scale for one": (
        "steps = 200",
        "steps = 200\nrate_scale = [1]",
        "descent.rate_scale: expected a list of length 2",
    ),
    "decay of nothing known": (
        "steps = 200",
        'steps = 200\ndecay_mask = ["x"]',
        "descent.decay_mask: expected some of 'w' and 'b', found ['x'].",
    ),
    "an unknown precision": (
        "steps = 200",
        'steps = 200\nprecision = "float16"',
        "descent: precision must be 'float64' or 'float32', not 'float16'.",
    ),
    "checks without pause": (
        "steps = 200",
        "steps = 200\ncheck_seconds = 0",
        "descent: check_seconds must be a number",
    ),
    "steps that give time back": ("steps = 200", "steps = 200\nstep_seconds = -1", "descent: step_seconds must be a"),
    "a convention that is not there": (
        '"gradient_descent"',
        '"adam"\nconvention = "kears"',
        "runs[0]: 'kears' is not a convention; did you mean 'keras'?",
    ),
    "a convention that lacks the optimizer": (
        '"gradient_descent"',
        '"fixed_step"\nconvention = "keras"',
        "runs[0]: Keras has no optimizer fixed_step; of those here it has",
    ),
    "an unknown axis of cost": (
        "layout",
        'cost_axis = "money"\nlayout',
        "view.cost_axis: expected steps, samples, seconds or epochs, found 'money'.",
    ),
    "arrows in words": ("layout", 'step_vectors = "yes"\nlayout', "view.step_vectors: expected true or false"),
    "a tolerance in words": ("steps = 200", 'steps = 200\ntolerance = "a"', "descent.tolerance: expected"),
}


@pytest.mark.parametrize("fault", BAD)
def test_that_a_file_with_a_fault_is_refused_with_file_key_and_what_was_expected(tmp_path, refused, fault):
    old, new, said = BAD[fault]
    (tmp_path / "mine.toml").write_text(changed(old, new), encoding="utf-8")
    with refused(said, ExperimentError) as caught:
        lv.load(tmp_path / "mine.toml")
    assert str(caught.value).startswith("mine.toml: ")
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "surface: missing"),
        (b"surface = 3\n[descent]\nstart = [1, 2]", "surface: expected a table"),
        (b"runs = [1, 2]\n" + TEXT.split("[[runs]]")[0].encode(), "runs[0]: expected a table"),
        (TEXT.split("[[runs]]")[0].encode() + b"\n[runs]\na = 1", "runs: expected a list"),
        (b"a = = 3", "not valid TOML"),
        (b"a = " + b"[" * 5000, "not valid TOML"),
        (b"\0", "not valid TOML"),
        (b"\xff\xfe\x00", "expected a text file in UTF-8"),
        (b"PK\x03\x04\x00\x00\xff", "expected a text file in UTF-8"),
        (b"age,bwt\n1,2\n", "not valid TOML"),
    ],
)
def test_that_what_is_no_experiment_is_refused_with_the_files_name(tmp_path, refused, content, said):
    (tmp_path / "mine.toml").write_bytes(content)
    with refused(said, ExperimentError) as caught:
        lv.load(tmp_path / "mine.toml")
    assert str(caught.value).startswith("mine.toml: ")


def test_that_a_file_written_on_windows_is_read(tmp_path):
    (tmp_path / "mine.toml").write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    assert lv.load(tmp_path / "mine.toml") == lv.load("four-learning-rates")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("logistc", "'logistc' is not a file or a shipped experiment; did you mean 'logistic'?"),
        ("zzz", f"known: {', '.join(lv.experiments())}."),
        ("\0", "is not a file"),
        ("a\nb", "'a b' is not a file"),
    ],
)
def test_that_a_file_that_is_not_there_is_refused_with_the_nearest_name(refused, name, said):
    with refused(said, ExperimentError):
        lv.load(name)


def test_that_a_folder_is_no_experiment(tmp_path, refused):
    with refused("expected a file, found a folder", ExperimentError):
        lv.load(tmp_path)


def test_that_a_folder_named_like_a_shipped_experiment_hides_it_not(tmp_path, monkeypatch):
    (tmp_path / "logistic").mkdir()
    monkeypatch.chdir(tmp_path)
    assert lv.load("logistic").surface.model == "logistic"


def test_that_opening_a_file_runs_no_code(tmp_path):
    for code in (
        f"__import__('pathlib').Path('{tmp_path}/made').touch()",
        f"age + open('{tmp_path}/made', 'w').write('')",
    ):
        (tmp_path / "mine.toml").write_text(changed("(age - 18)/10", code))
        experiment = lv.load(tmp_path / "mine.toml")
        with pytest.raises(ExperimentError):
            experiment.build_surface()
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]


@given(st.text(max_size=200))
def test_that_any_text_is_an_experiment_or_refused_in_one_sentence(text):
    sentence = ""
    try:
        parse(text, "mine.toml")
    except ExperimentError as error:
        sentence = str(error)
    assert sentence.startswith("mine.toml: ")
    assert len(sentence.splitlines()) == 1


WORDS = ["surface", "descent", "runs", "view", "format", "title", "start", "steps", "w", "a\nb", "hyperparameters"]
values = st.recursive(
    st.booleans() | st.integers(-(10**30), 10**30) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=6,
)


@given(key=st.sampled_from(WORDS), section=st.sampled_from([None, "surface", "descent", "view", "runs"]), value=values)
def test_that_any_value_anywhere_is_taken_or_refused_in_one_sentence(key, section, value):
    raw = tomllib.loads(TEXT)
    place = raw if section is None else raw[section][0] if section == "runs" else raw[section]
    place[key] = value
    sentence = "mine.toml: taken."
    try:
        parse(tomli_w.dumps(raw), "mine.toml")
    except ExperimentError as error:
        sentence = str(error)
    assert len(sentence.splitlines()) == 1
    assert sentence.startswith("mine.toml: ")
    assert sentence.endswith((".", "?"))
    assert "`" not in sentence
