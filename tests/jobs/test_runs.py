"""Runs under conditions of their own: batches, schedules, clipping."""

import msgspec
import numpy as np
import pytest

import lossviz as lv
from lossviz.descent import trajectory
from lossviz.experiment import ExperimentError, parse
from lossviz.jobs.memory import Memory
from lossviz.jobs.tasks import scene_of
from lossviz.resources import resource

TEXT = resource("experiments", "four-learning-rates.lossviz.toml").read_text(encoding="utf-8")
BATCHES = "epochs = 4\nbatch_size = 32\nseed = 5\nclip_global_norm = 2.0\n"


def changed(old, new, text=TEXT):
    assert old in text
    return text.replace(old, new, 1)


def shared(keys, text=TEXT):
    return changed("steps = 200\n", f"steps = 200\n{keys}", text)


def own(keys, text=TEXT):
    return changed("learning_rate = 0.36\n", f"learning_rate = 0.36\n{keys}", text)


def ran_again(memory, text):
    before = memory.runs.made
    scene_of(parse(text), 5, memory)
    return memory.runs.made - before


def test_that_runs_are_made_under_the_conditions_of_all_and_their_own():
    scene = scene_of(parse(own('schedule = "cosine"\nbatch_size = 64\n', shared(BATCHES))), 5)
    ways = [(32, None), (64, lv.schedule("cosine")), (32, None), (32, None)]
    for descent, (size, schedule) in zip(scene.descents, ways, strict=True):
        t = descent.trajectory
        same = lv.descend(
            scene.surface,
            t.rule,
            (-2.2, 3.6),
            epochs=4,
            batch_size=size,
            seed=5,
            clip_global_norm=2.0,
            schedule=schedule,
        )
        np.testing.assert_array_equal(t.path, same.path)
        np.testing.assert_array_equal(t.clips, same.clips)


def test_that_epochs_say_how_long_the_longest_run_is():
    # 189 samples: six batches of 32 an epoch, three of 64
    assert scene_of(parse(shared(BATCHES)), 5).steps == 24
    assert scene_of(parse(own("batch_size = 1\n", shared(BATCHES))), 5).steps == 4 * 189
    # its own number of steps counts for more
    scene = scene_of(parse(own("steps = 30\n", shared(BATCHES))), 5)
    assert [descent.trajectory.steps for descent in scene.descents] == [24, 30, 24, 24]
    assert scene.steps == 30


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        (shared(BATCHES), 0),
        (shared(BATCHES.replace("seed = 5", "seed = 6")), 4),
        (own('schedule = "cosine"\n', shared(BATCHES)), 1),
        (changed("layout", 'cost_axis = "samples"\nstep_vectors = true\nlayout', shared(BATCHES)), 0),
        (TEXT, 4),
    ],
)
def test_that_only_runs_whose_conditions_changed_are_made_again(text, runs):
    memory = Memory()
    assert ran_again(memory, shared(BATCHES)) == 4
    assert ran_again(memory, text) == runs


def test_that_runs_from_random_starts_are_made_under_the_same_conditions():
    text = own("random_starts = 3\n", shared(BATCHES))
    scene = scene_of(parse(text), 5)
    crowd = scene.descents[1].crowd
    assert (len(crowd), len(crowd.losses)) == (3, 25)
    assert crowd.conditions == scene.descents[1].trajectory.conditions
    memory = Memory()
    ran_again(memory, text)
    ran_again(memory, text.replace("seed = 5", "seed = 6"))
    assert memory.crowds.made == 2


def test_that_all_that_verdicts_are_judged_by_is_computed_with_the_runs(monkeypatch):
    scene = scene_of(parse(own("random_starts = 3\n", shared(BATCHES))), 5)
    monkeypatch.delattr(trajectory, "gathering")
    assert all(descent.trajectory.verdict.outcome for descent in scene.descents)
    assert len(scene.descents[1].crowd.outcomes) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (shared("batch_size = 190\n"), "descent: batch_size must be at most 189, all samples, not 190."),
        (own("batch_size = 190\n"), "runs[1]: batch_size must be at most 189, all samples, not 190."),
        (
            own("batch_size = 9\n", shared("random_starts = 2\nbatch_size = 190\n")),
            "descent: batch_size must be at most",
        ),
    ],
)
def test_that_a_batch_larger_than_the_data_is_refused_where_its_key_stands(refused, text, said):
    with refused(said, ExperimentError):
        scene_of(parse(text), 5)


def test_that_a_function_has_no_batches(refused):
    four = parse(shared("batch_size = 32\n"))
    section = lv.load("four-minima").surface
    with refused("descent: batch_size goes with data, but this surface has no samples: leave it out.", ExperimentError):
        scene_of(msgspec.structs.replace(four, surface=section), 5)
