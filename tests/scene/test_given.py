import msgspec
import numpy as np
import pytest

from lossviz.experiment import Experiment, load, parse
from lossviz.jobs.tasks import Memory, scene_of
from lossviz.scene.frame import frame_of_step
from lossviz.scene.given import batch_meant, before_clipping, clipping_text, slope_name
from lossviz.scene.happening import describe
from lossviz.scene.looks import last_look, looks, looks_text
from lossviz.scene.loss_readout import losses_text

MEMORY = Memory()

BOTH = """format = 1
[surface]
data = "birthwt"
feature = "(age - 18)/10"
label = "bwt/1000"
[descent]
start = [-2.2, 3.6]
steps = 30
batch_size = 32
clip_global_norm = 0.5
[[runs]]
learning_rate = 0.2
"""


def scene(experiment: Experiment):
    return scene_of(experiment, 33, MEMORY)


def test_that_the_slope_before_clipping_is_that_of_the_batch_and_longer():
    t = scene(parse(BOTH)).descents[0].trajectory
    assert slope_name(t, 3) == "slope of this batch of 32"
    whole = before_clipping(t, 0)
    assert whole is not None
    assert np.hypot(*whole) > 0.5
    # the same way, shorter
    assert t.slopes[0] == pytest.approx(whole * 0.5 / np.hypot(*whole), rel=1e-5)
    assert clipping_text(t, 0) == f"from {np.hypot(*whole):.3g} to 0.5"


def test_that_of_accumulated_batches_only_what_they_were_clipped_to_is_told():
    t = scene(parse(BOTH.replace("batch_size = 32", "batch_size = 32\naccumulate = 2"))).descents[0].trajectory
    assert before_clipping(t, 0) is None
    assert clipping_text(t, 0) == "to 0.5"


def test_that_a_step_that_was_not_clipped_says_nothing():
    t = scene(load("four-learning-rates")).descents[0].trajectory
    assert [clipping_text(t, k) for k in (-1, 0, 5, t.steps)] == [""] * 4
    assert slope_name(t, 0) == "slope"


def test_that_the_batch_is_that_of_the_step_that_is_made_and_kept_back_with_what_comes():
    seen = scene(load("batches"))
    t = seen.descents[3].trajectory
    assert batch_meant(frame_of_step(seen, 7)).tolist() == t.batch(7).tolist()
    assert batch_meant(frame_of_step(seen, 7.5)).tolist() == t.batch(7).tolist()
    assert batch_meant(frame_of_step(seen, 7, "check")).tolist() == t.batch(6).tolist()
    assert batch_meant(frame_of_step(seen, seen.steps)) is None
    hidden = msgspec.structs.replace(seen.experiment.view, hide_future=True)
    kept = scene(msgspec.structs.replace(seen.experiment, view=hidden))
    assert batch_meant(frame_of_step(kept, 0)) is None
    assert batch_meant(frame_of_step(kept, 7)).tolist() == t.batch(6).tolist()
    assert batch_meant(frame_of_step(kept, 7.5)).tolist() == t.batch(7).tolist()


def test_that_what_is_happening_tells_batch_and_clipping():
    seen = scene(parse(BOTH))
    t = seen.descents[0].trajectory
    told = describe(frame_of_step(seen, 0), "numbers")
    rows = {row.name: row.values for row in told.rows}
    assert rows["batch"] == ("32 of 189 samples",)
    assert rows["clipped"] == (clipping_text(t, 0),)
    assert told.sentence.endswith(f" Its slope is clipped {clipping_text(t, 0)}.")
    slope = describe(frame_of_step(seen, 0, "slope"), "numbers")
    assert slope.sentence.startswith("The slope of this batch of 32 at the ball is ")
    assert slope.sentence.endswith(f" It was clipped {clipping_text(t, 0)}.")
    assert describe(frame_of_step(seen, 0, "slope"), "plain").sentence.endswith(" It is cut short.")


def test_that_the_loss_that_was_seen_last_is_told_beside_the_true_one():
    seen = scene(load("rare-checks"))
    every, _, often, rare = seen.descents
    assert looks_text(every.trajectory) == ""
    assert last_look(every.trajectory, 7) is None
    assert looks_text(rare.trajectory) == "looked at every 50 steps"
    assert looks(often.trajectory)[:3].tolist() == [0, 25, 50]
    assert [last_look(rare.trajectory, row) for row in (0, 49, 50, 99)] == [0, 0, 50, 50]
    losses = rare.trajectory.losses
    told = losses_text(frame_of_step(seen, 60), 60, rare)
    assert told.startswith(f"step 60 · every 50: seen {losses[50]:.3g} at step 50, true {losses[60]:.3g} kg² · ")
