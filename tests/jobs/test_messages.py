import pickle

import pytest

import lossviz as lv
from lossviz.jobs.messages import Cancelled, ComputeScene, Done, Failed, Partial, Progress, Reply


@pytest.mark.parametrize(
    "message",
    [
        ComputeScene(3, lv.load("logistic")),
        Progress(3, "scene", 0.5),
        Partial(3, "scene", "coarse"),
        Done(3, "scene", "fine"),
        Failed(3, "scene", "Why not.", "details"),
        Cancelled(3, "scene"),
    ],
    ids=lambda message: type(message).__name__,
)
def test_that_a_message_is_frozen_and_can_be_sent_to_another_process(message):
    with pytest.raises(AttributeError):
        message.number = 4
    assert message.channel == "scene"
    if not isinstance(message, Reply):
        assert pickle.loads(pickle.dumps(message)) == message
