"""Range tests as tasks."""

import msgspec
import pytest

import lossviz as lv
from lossviz.experiment import Experiment, ExperimentError, load
from lossviz.jobs.memory import Memory
from lossviz.jobs.messages import Cancelled, Done, Failed, LeaveRates, Progress, Reply, TryRates
from lossviz.jobs.rates import alone
from lossviz.jobs.tasks import perform
from lossviz.jobs.worker import Worker
from lossviz.landscape.work import completed

BIRTHS = load("four-learning-rates")


def changed(number: int = 0, **values: object) -> Experiment:
    run = msgspec.structs.replace(BIRTHS.runs[number], **values)
    return msgspec.structs.replace(BIRTHS, runs=(*BIRTHS.runs[:number], run, *BIRTHS.runs[number + 1 :]))


def test_that_the_task_gives_what_the_function_gives() -> None:
    found = completed(perform(TryRates(1, alone(BIRTHS, 0), 1e-3, 2.0, 50), Memory()))
    run = BIRTHS.runs[0]
    expected = lv.range_test(BIRTHS.build_surface(), run.rule(), BIRTHS.descent.start, 1e-3, 2.0, 50)
    assert found.losses.tolist() == expected.losses.tolist()
    assert (found.suggested, found.limit) == (expected.suggested, expected.limit)


def test_that_neither_rate_nor_name_nor_schedule_nor_looks_make_another_test() -> None:
    subject = alone(BIRTHS, 0)
    assert alone(changed(hyperparameters={"learning_rate": 0.5}), 0) == subject
    assert alone(changed(name="slow", shown=False, schedule="cosine", steps=7), 0) == subject
    view = msgspec.structs.replace(BIRTHS.view, selected=3, loss_axis="log")
    assert alone(msgspec.structs.replace(BIRTHS, view=view), 0) == subject


@pytest.mark.parametrize(
    "change", [{"optimizer": "adam"}, {"start": (0.0, 1.0)}, {"free": ("w",)}, {"batch_size": 8}, {"clip_norm": 0.1}]
)
def test_that_whatever_changes_the_descent_makes_another_test(change: dict[str, object]) -> None:
    assert alone(changed(**change), 0) != alone(BIRTHS, 0)
    first, second = (
        completed(perform(TryRates(1, subject, 1e-3, 2.0, 20), Memory()))
        for subject in (alone(BIRTHS, 0), alone(changed(**change), 0))
    )
    assert first.losses.tolist() != second.losses.tolist()


def test_that_a_test_that_was_made_is_remembered() -> None:
    memory = Memory()
    first = completed(perform(TryRates(1, alone(BIRTHS, 0), 1e-3, 2.0, 20), memory))
    assert completed(perform(TryRates(2, alone(BIRTHS, 1), 1e-3, 2.0, 20), memory)) is first
    assert completed(perform(TryRates(3, alone(BIRTHS, 0), 1e-3, 2.0, 21), memory)) is not first
    assert memory.rates.made == 2


def test_that_a_batch_larger_than_the_data_is_refused_in_one_sentence() -> None:
    with pytest.raises(ExperimentError, match="batch_size"):
        completed(perform(TryRates(1, alone(changed(batch_size=1000), 0), 1e-3, 2.0, 20), Memory()))


def test_that_a_newer_test_or_leaving_cancels_the_one_under_way(qtbot: object) -> None:
    replies: list[Reply] = []
    worker = Worker(replies.append)
    subject = alone(load("batches"), 3)
    # far longer than anybody waits
    worker.ask(TryRates(1, subject, 1e-9, 1e-8, 400_000))
    qtbot.waitUntil(lambda: any(isinstance(reply, Progress) for reply in replies))  # type: ignore[attr-defined]
    worker.ask(TryRates(2, subject, 1e-9, 1e-8, 400_000))
    worker.ask(LeaveRates(3))
    qtbot.waitUntil(lambda: any(reply.number == 3 for reply in replies))  # type: ignore[attr-defined]
    assert worker.close()
    endings = [(reply.number, type(reply)) for reply in replies if isinstance(reply, (Done, Failed, Cancelled))]
    assert sorted(endings, key=lambda ending: ending[0]) == [(1, Cancelled), (2, Cancelled), (3, Done)]
