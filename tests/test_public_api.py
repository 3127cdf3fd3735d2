import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import lossviz as lv

PACKAGE = Path(lv.__file__).parent
NAMES = {
    "surface", "surfaces", "expression", "Expression", "FormulaError",
    "load_surface", "fit", "dataset", "datasets", "read_csv", "Dataset", "Domain", "Grid", "Objective", "Surface",
    "optimizer", "optimizers", "Rule", "schedule", "schedules", "Schedule", "range_test", "RangeTest",
    "descend", "Trajectory", "Trajectories", "stability", "Stability", "Verdict",
    "stationary_points", "StationaryPoint",
    "Experiment", "Run", "ExperimentError", "experiments", "load", "save", "render",
}  # fmt: skip


def modules():
    """Every submodule by its dotted name."""
    names = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = ("lossviz", *path.relative_to(PACKAGE).with_suffix("").parts)
        names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return names


def fresh(code):
    """What a new process prints, as JSON; it must have no complaint."""
    ended = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    return json.loads(ended.stdout)


def test_that_the_public_names_are_those_that_people_script_against():
    assert set(lv.__all__) == NAMES
    assert set(dir(lv)) >= NAMES


def test_that_importing_every_submodule_shadows_no_public_name():
    # a module that bears the name of a public function takes its place in the package once it is imported
    code = f"""
import importlib, json, types
for name in {modules()!r}:
    importlib.import_module(name)
import lossviz as lv
names = {sorted(NAMES)!r}
first = [getattr(lv, name) for name in names]
second = [getattr(lv, name) for name in names]
shadowed = [n for n, one, two in zip(names, first, second) if one is not two or isinstance(one, types.ModuleType)]
print(json.dumps([shadowed, lv.datasets() == lv.datasets(), lv.optimizers() == lv.optimizers()]))
"""
    assert fresh(code) == [[], True, True]


@pytest.mark.parametrize("name", sorted(NAMES))
def test_that_a_public_name_is_the_same_each_time_and_documented(name):
    first = getattr(lv, name)
    assert getattr(lv, name) is first
    assert not isinstance(first, type(sys))
    assert first.__doc__
    assert first.__module__.startswith("lossviz.")


def test_that_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'lossviz' has no attribute 'fitt'"):
        lv.fitt  # noqa: B018
    assert not hasattr(lv, "surfacs")


def test_that_the_version_is_a_name_too():
    assert lv.__version__[0].isdigit()


@pytest.mark.parametrize(
    "code",
    [
        "import lossviz",
        "import lossviz; lossviz.optimizers(); lossviz.optimizers()",
        "import lossviz as lv; lv.descend(lv.fit(lv.dataset('birthwt'), feature='age', label='bwt'), "
        "lv.optimizer('adam'), (0, 0), 3).verdict",
        "import lossviz as lv; lv.load('logistic').build_surface().grid(9)",
        "from lossviz.jobs.worker import Worker; Worker(print).close()",
        "from lossviz.cli import main; import io, contextlib; "
        "contextlib.redirect_stdout(io.StringIO()).__enter__(); main(['run', 'logistic']); main(['list', 'datasets'])",
    ],
)
def test_that_floors_one_and_two_and_run_and_list_load_no_qt(code):
    loaded = fresh(
        f"{code}\nimport json, sys\n"
        "heavy = {'PySide6', 'pyqtgraph', 'OpenGL', 'shiboken6', 'PIL'}\n"
        "sys.__stdout__.write(json.dumps(sorted(heavy & {name.split('.')[0] for name in sys.modules})))"
    )
    assert loaded == []


def test_that_importing_lossviz_alone_loads_not_even_numpy():
    assert fresh("import lossviz, json, sys; print(json.dumps('numpy' in sys.modules))") is False


def test_that_ten_lines_of_the_api_go_from_data_to_a_verdict(tmp_path):
    (tmp_path / "mine.csv").write_text("age;kg\n19;2,5\n33;2,6\n20;2,4\n41;3,1\n")
    data = lv.read_csv(tmp_path / "mine.csv")
    surface = lv.fit(data, feature="(age - 18)/10", label="kg", model="linear", loss="mse", standardize=True)
    rule = lv.optimizer("gradient_descent", learning_rate=0.3)
    t = lv.descend(surface, rule, start=(-1.5, 2.0), steps=200)
    assert t.verdict.outcome == "converged"
    ts = lv.descend(surface, rule, start=np.array([[-1.5, 0.0, 1.0], [2.0, 0.0, 1.0]]))
    assert ts.outcomes.tolist() == ["converged"] * 3
    at = lv.stability(surface, rule, at=(0.0, 0.0), free=("w", "b"))
    assert at.limit == pytest.approx(1.0)
    assert surface.grid(16).loss.shape == (16, 16)
    assert isinstance(surface, lv.Surface)
    assert isinstance(t, lv.Trajectory)
    assert isinstance(ts, lv.Trajectories)
    assert isinstance(t.verdict, lv.Verdict)


def test_that_rendering_takes_an_experiment_alone(refused, tmp_path):
    with refused("render takes an Experiment, as lv.load gives it, not str.", TypeError):
        lv.render("logistic", tmp_path / "a.png")
    assert not list(tmp_path.iterdir())


def test_that_no_module_of_the_root_bears_a_public_name():
    children = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert not children & NAMES
