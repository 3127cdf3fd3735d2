import msgspec
import pytest

from lossviz.experiment import load
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.scene.frame import frame_of_step
from lossviz.scene.loss_readout import losses_text

MEMORY = Memory()


@pytest.fixture(scope="module")
def scene():
    return scene_of(load("four-learning-rates"), 65, MEMORY)


def test_that_a_step_tells_the_losses_of_the_runs_the_nearest_first(scene):
    told = losses_text(frame_of_step(scene, 30), 14.2, scene.descents[2])
    assert told.startswith("step 14 · rate 0.71: loss 0.571 kg² · rate 0.012: ")
    assert told.count("rate") == 4


def test_that_no_loss_of_a_step_that_was_not_seen_is_told(scene):
    assert losses_text(frame_of_step(scene, 3.5), 4.0, None) == "step 4"
    assert losses_text(frame_of_step(scene, 4.0), 4.0, None) != "step 4"
    for beyond in (-1.0, scene.steps + 1.0):
        assert losses_text(frame_of_step(scene, 3.5), beyond, None) == ""


def test_that_of_many_runs_a_few_are_told_and_the_rest_counted():
    experiment = load("four-learning-rates")
    run = experiment.runs[0]
    runs = tuple(
        msgspec.structs.replace(run, name="", hyperparameters={"learning_rate": 0.01 * (i + 1)}) for i in range(12)
    )
    many = scene_of(msgspec.structs.replace(experiment, runs=runs), 33, MEMORY)
    told = losses_text(frame_of_step(many, 5), 5, many.descents[7])
    assert told.startswith("step 5 · rate 0.08: loss ")
    assert told.endswith("· 7 more")
