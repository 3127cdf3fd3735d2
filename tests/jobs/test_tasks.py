import msgspec
import numpy as np
import pytest

import lossviz as lv
from lossviz.experiment import ExperimentError, parse
from lossviz.experiment.from_table import ChoiceError
from lossviz.jobs import tasks
from lossviz.jobs.messages import ComputeScene, FitTable, LeaveTable, ReadTable, Request
from lossviz.jobs.tasks import Memory, perform, scene_of
from lossviz.landscape import csv_file
from lossviz.resources import resource
from lossviz.scene.scene import Scene

TEXT = resource("experiments", "four-learning-rates.lossviz.toml").read_text(encoding="utf-8")


def made(memory):
    return memory.surfaces.made, memory.grids.made, memory.runs.made, memory.meshes.made


@pytest.fixture
def memory():
    kept = Memory()
    scene_of(parse(TEXT), 17, kept)
    assert made(kept) == (1, 1, 4, 1)
    return kept


def again(memory, text=TEXT, resolution=17):
    before = made(memory)
    scene = scene_of(parse(text), resolution, memory)
    return tuple(now - then for now, then in zip(made(memory), before, strict=True)), scene


# What changed is computed, and nothing else


def test_that_the_same_experiment_computes_nothing(memory):
    assert again(memory)[0] == (0, 0, 0, 0)


def test_that_a_changed_rate_computes_that_run_alone(memory):
    computed, scene = again(memory, TEXT.replace("learning_rate = 0.36", "learning_rate = 0.37"))
    assert computed == (0, 0, 1, 0)
    assert [d.trajectory.rule.learning_rate for d in scene.descents] == [0.012, 0.37, 0.71, 0.765]


def test_that_going_back_computes_nothing(memory):
    again(memory, TEXT.replace("learning_rate = 0.36", "learning_rate = 0.37"))
    assert again(memory)[0] == (0, 0, 0, 0)


def test_that_a_changed_start_computes_the_runs_and_not_the_surface(memory):
    computed, scene = again(memory, TEXT.replace("start = [-2.2, 3.6]", "start = [-2.1, 3.6]"))
    assert computed[:3] == (0, 0, 4)
    assert {d.trajectory.path[0, 0] for d in scene.descents} == {-2.1}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("selected = 2", "selected = 1"),
        ('height = "linear"', 'height = "linear"\nazimuth = 10.0'),
        ("learning_rate = 0.36", 'learning_rate = 0.36\nname = "arrives"'),
        ("learning_rate = 0.36", "learning_rate = 0.36\nshown = false"),
        ('title = "Four learning rates"', 'title = "Other"'),
        # the same run said in another way
        ("learning_rate = 0.36", "learning_rate = 0.36\nsteps = 200"),
    ],
)
def test_that_another_look_computes_nothing(memory, old, new):
    assert old in TEXT
    assert again(memory, TEXT.replace(old, new))[0] == (0, 0, 0, 0)


def test_that_another_height_makes_another_mesh_alone(memory):
    assert again(memory, TEXT.replace('"linear"\nlayout', '"log"\nlayout'))[0] == (0, 0, 0, 1)


def test_that_a_changed_surface_computes_everything(memory):
    assert again(memory, TEXT.replace('"mse"', '"rmse"'))[0] == (1, 1, 4, 1)
    assert again(memory, TEXT.replace("b = [0.2, 5.6]", "b = [0.2, 5.5]"))[0] == (1, 1, 4, 1)


def test_that_another_resolution_computes_the_grid_alone(memory):
    assert again(memory, resolution=19)[0] == (0, 1, 0, 1)


def test_that_equal_runs_are_computed_once(memory):
    computed, scene = again(memory, TEXT.replace("learning_rate = 0.012", "learning_rate = 0.5").replace("0.36", "0.5"))
    assert computed == (0, 0, 1, 0)
    assert scene.descents[0].trajectory is scene.descents[1].trajectory


def test_that_more_runs_than_there_is_room_for_are_all_there():
    experiment = lv.load("four-learning-rates")
    run = experiment.runs[0]
    runs = tuple(msgspec.structs.replace(run, hyperparameters={"learning_rate": 0.001 * (k + 1)}) for k in range(150))
    kept = Memory()
    scene = scene_of(msgspec.structs.replace(experiment, runs=runs), 9, kept)
    assert [d.trajectory.rule.learning_rate for d in scene.descents] == [0.001 * (k + 1) for k in range(150)]
    assert kept.runs.made == 150


def test_that_an_edited_data_file_is_another_surface(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("age,bwt\n18,3000\n28,3400\n40,2900\n")
    experiment = parse(TEXT.replace('data = "birthwt"', 'path = "mine.csv"'), folder=tmp_path)
    kept = Memory()
    assert scene_of(experiment, 9, kept).surface.samples == 3
    path.write_text("age,bwt\n18,3000\n28,3400\n40,2900\n41,3000\n")
    assert scene_of(experiment, 9, kept).surface.samples == 4
    assert kept.surfaces.made == 2


# Side by side


def test_that_runs_made_side_by_side_are_the_runs_made_alone():
    text = TEXT.replace("learning_rate = 0.71", 'learning_rate = 0.71\nstart = [1.0, 1.0]\nfree = ["w"]')
    text += (
        '\n[[runs]]\noptimizer = "adam"\nlearning_rate = 0.1\n[[runs]]\noptimizer = "adam"\nbeta1 = 0.5\nsteps = 50\n'
    )
    # tables of runs must follow each other
    head, _, tail = text.partition("[view]")
    view, _, more = tail.partition("[[runs]]")
    experiment = parse(f"{head}[[runs]]{more}\n[view]{view}")
    scene = scene_of(experiment, 9)
    assert len(scene.descents) == 6
    for run, descent in zip(experiment.runs, scene.descents, strict=True):
        own = experiment.settings(run)
        alone = lv.descend(scene.surface, run.rule(), own.start, own.steps, free=own.free)
        np.testing.assert_array_equal(descent.trajectory.path, alone.path)
        assert descent.trajectory.verdict == alone.verdict
        assert type(descent.trajectory.rule) is type(alone.rule)


def test_that_each_run_stops_by_its_own_rule():
    text = TEXT.replace("learning_rate = 0.36", "learning_rate = 0.36\ntolerance = 1e-3")
    scene = scene_of(parse(text), 9)
    assert [d.trajectory.steps for d in scene.descents][0::2] == [200, 200]
    assert 0 < scene.descents[1].trajectory.steps < 200


def test_that_an_experiment_without_runs_has_a_scene():
    scene = scene_of(parse(TEXT.split("[[runs]]")[0]), 9)
    assert scene.descents == ()
    assert scene.grid.loss.shape == (9, 9)


# As generators


def parts_of(work):
    parts = []
    while True:
        try:
            parts.append(next(work))
        except StopIteration as done:
            return parts, done.value


def test_that_progress_comes_between_0_and_1_and_then_the_scene():
    parts, scene = parts_of(perform(ComputeScene(1, parse(TEXT), 17), Memory()))
    progress = [part for part in parts if isinstance(part, float)]
    assert progress
    assert all(0.0 <= part <= 1.0 for part in progress)
    assert all(isinstance(part, (float, Scene)) for part in parts)
    assert isinstance(scene, Scene)


def test_that_a_draft_does_with_a_coarse_mesh_where_the_fine_one_is_not_there_yet():
    kept, experiment = Memory(), parse(TEXT)
    draft = parts_of(perform(ComputeScene(1, experiment, 97, draft=True), kept))[1]
    assert draft.mesh is draft.coarse_mesh
    assert made(kept) == (1, 1, 4, 0)
    scene = parts_of(perform(ComputeScene(2, experiment, 97), kept))[1]
    assert made(kept) == (1, 1, 4, 1)
    assert scene.grid is draft.grid
    assert scene.coarse_mesh is draft.coarse_mesh
    assert len(scene.mesh.cells) > len(draft.mesh.cells)
    assert [d.trajectory for d in draft.descents] == [d.trajectory for d in scene.descents]
    assert parts_of(perform(ComputeScene(3, experiment, 97, draft=True), kept))[1].mesh is scene.mesh


def test_that_a_coarse_picture_comes_first_where_the_fine_one_takes_long(monkeypatch):
    monkeypatch.setattr(tasks, "LONG", 1_000)
    monkeypatch.setattr(tasks, "COARSE", 5)
    parts, scene = parts_of(perform(ComputeScene(1, lv.load("logistic"), 17), Memory()))
    coarse, *others = [part for part in parts if isinstance(part, Scene)]
    assert coarse.grid.loss.shape == (5, 5)
    assert all(other.grid.loss.shape == (17, 17) for other in others)
    assert scene.grid.loss.shape == (17, 17)
    for one, two in zip(coarse.descents, scene.descents, strict=True):
        assert one.trajectory is two.trajectory


def test_that_a_coarse_picture_is_not_taken_for_the_fine_one(monkeypatch):
    monkeypatch.setattr(tasks, "LONG", 1_000)
    monkeypatch.setattr(tasks, "COARSE", 5)
    kept = Memory()
    work = perform(ComputeScene(1, lv.load("logistic"), 17), kept)
    while not isinstance(next(work), Scene):
        pass
    work.close()
    assert kept.grids.made == 0
    assert scene_of(lv.load("logistic"), 17, kept).grid.loss.shape == (17, 17)
    assert kept.surfaces.made == 1


def test_that_work_left_in_the_middle_leaves_nothing_half_made():
    kept = Memory()
    work = perform(ComputeScene(1, parse(TEXT), 17), kept)
    next(work)
    work.close()
    assert made(kept) == (0, 0, 0, 0)
    assert len(scene_of(parse(TEXT), 17, kept).descents) == 4


def test_that_a_wrong_column_is_refused_by_the_task(refused):
    with refused("'agee' is not a column", ExperimentError):
        scene_of(parse(TEXT.replace("(age - 18)", "(agee - 18)")), 9)


def test_that_an_unknown_request_is_refused(refused):
    with refused("nothing is known to do for a Request", TypeError):
        perform(Request(1), Memory())


# Tables


@pytest.fixture
def births(tmp_path):
    path = tmp_path / "births.csv"
    path.write_text("age,weight,low\n18,3.0,0\n22,,0\n28,3.4,0\n31,2.3,1\n40,2.9,0\n", encoding="utf-8")
    return path


def answer(request, memory):
    return parts_of(perform(request, memory))[1]


def test_that_a_table_is_read_once_until_it_is_edited(births):
    kept = Memory()
    data = answer(ReadTable(1, str(births)), kept)
    assert (data.rows, data.dropped, data.columns) == (4, 1, ("age", "weight", "low"))
    assert answer(ReadTable(2, str(births)), kept) is data
    births.write_text("age,weight\n18,3.0\n", encoding="utf-8")
    assert answer(ReadTable(3, str(births)), kept).rows == 1
    assert kept.tables.made == 2


def test_that_reading_a_table_tells_its_progress(births):
    parts, _ = parts_of(perform(ReadTable(1, str(births)), Memory()))
    assert parts
    assert all(isinstance(part, float) and 0.0 <= part <= 1.0 for part in parts)


def test_that_a_table_that_is_not_there_is_refused_in_a_sentence(tmp_path, refused):
    with refused("nowhere.csv can't be read: No such file or directory.", OSError):
        answer(ReadTable(1, str(tmp_path / "nowhere.csv")), Memory())
    with refused("can't be read: Is a directory.", OSError):
        answer(ReadTable(1, str(tmp_path)), Memory())


def test_that_another_formula_of_a_file_reads_it_no_more(births):
    kept = Memory()
    proposal = answer(FitTable(1, str(births)), kept)
    # the label is 0 and 1
    assert (proposal.surface.feature, proposal.surface.label, proposal.surface.model) == ("age", "low", "logistic")
    scene_of(proposal, 9, kept)
    for number, feature in enumerate(("age/10", "(age - 18)/10")):
        chosen = msgspec.structs.replace(proposal.surface, feature=feature, label="weight", model="linear", loss=None)
        experiment = answer(FitTable(2 + number, str(births), chosen), kept)
        assert experiment.surface == chosen
        # the picture's surface is the one that was fitted
        fitted = kept.surfaces.made
        assert scene_of(experiment, 9, kept).surface.data.feature == feature
        assert kept.surfaces.made == fitted
    assert kept.tables.made == 1


def test_that_choices_that_make_no_experiment_are_an_answer(births):
    kept = Memory()
    proposal = answer(FitTable(1, str(births)), kept)
    chosen = msgspec.structs.replace(proposal.surface, label="weight")
    error = answer(FitTable(2, str(births), chosen), kept)
    assert isinstance(error, ChoiceError)
    assert (error.choice, error.surface) == ("label", chosen)


def test_that_the_progress_of_a_file_is_that_of_its_scene(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_file, "BLOCK", 64)
    path = tmp_path / "mine.csv"
    path.write_text("age,bwt\n" + "".join(f"{18 + k % 20},{2000 + k}\n" for k in range(100)), encoding="utf-8")
    experiment = parse(TEXT.replace('data = "birthwt"', 'path = "mine.csv"'), folder=tmp_path)
    kept = Memory()
    parts, _ = parts_of(perform(ComputeScene(1, experiment, 9), kept))
    reading = [part for part in parts if isinstance(part, float)][:12]
    assert reading == sorted(reading)
    assert len(set(reading)) == 12
    # left in the middle of the file, nothing of it is kept
    other = Memory()
    work = perform(ComputeScene(1, experiment, 9), other)
    for _ in range(5):
        next(work)
    work.close()
    assert (other.tables.made, other.surfaces.made) == (0, 0)


def test_that_leaving_a_table_is_nothing_but_the_newest_request():
    assert answer(LeaveTable(1), Memory()) is None
    assert LeaveTable.channel == ReadTable.channel == FitTable.channel != ComputeScene.channel
