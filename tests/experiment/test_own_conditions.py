import pytest

from lossviz.experiment import Run
from lossviz.experiment.own_conditions import own_words


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({}, ()),
        ({"batch_size": 32}, ("batch 32",)),
        ({"schedule": "one_cycle"}, ("one cycle",)),
        ({"schedule": {"name": "multi_step", "milestones": [5]}}, ("steps at milestones",)),
        ({"schedule": "no such"}, ("no such",)),
        ({"clip_norm": 0.5, "precision": "float32"}, ("clip norm 0.5", "float32")),
        ({"rate_scale": (1.0, 0.1), "decay_mask": ("w",)}, ("rates × 1 and 0.1", "decay of w")),
        ({"batch_size": 1, "average": 0.9, "shuffle": False}, ("batch 1", "average 0.9", "…")),
    ],
)
def test_that_a_run_is_told_by_the_first_of_its_own_conditions(keys, words):
    assert own_words(Run(**keys)) == words


def test_that_a_run_without_a_name_is_labelled_by_them_too():
    run = Run(optimizer="adam", hyperparameters={"learning_rate": 0.1}, batch_size=32)
    assert run.label == "Adam 0.1, batch 32"
    assert Run(name="mine", batch_size=32).label == "mine"
