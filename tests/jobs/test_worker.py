"""Every request gets exactly one ending, whatever its task does."""

import threading
from collections.abc import Callable
from itertools import pairwise
from typing import ClassVar

import pytest

import lossviz as lv
from lossviz.jobs.messages import Cancelled, ComputeScene, Done, Ending, Failed, Partial, Progress, Reply, Request
from lossviz.jobs.worker import Mailbox, Worker
from lossviz.scene.scene import Scene

PATIENCE = 10.0


class Try(Request, frozen=True):
    """A request that brings its own task."""

    channel: ClassVar[str] = "scene"
    task: Callable = None


class Sweep(Try, frozen=True):
    channel: ClassVar[str] = "sweep"


class Tuning(Try, frozen=True):
    channel: ClassVar[str] = "tuning"


class Listener:
    """Keeps all replies, and waits for endings."""

    def __init__(self):
        self.replies = []
        self.changed = threading.Condition()

    def __call__(self, reply):
        with self.changed:
            self.replies.append(reply)
            self.changed.notify_all()

    def endings(self, number):
        return [reply for reply in self.replies if reply.number == number and isinstance(reply, Ending)]

    def wait(self, *numbers):
        with self.changed:
            assert self.changed.wait_for(lambda: all(self.endings(n) for n in numbers), PATIENCE)
        return [self.endings(n)[0] for n in numbers]


@pytest.fixture
def listener():
    return Listener()


@pytest.fixture
def worker(listener):
    made = Worker(listener, start=lambda request, memory: request.task())
    yield made
    assert made.close(PATIENCE)
    assert not made.alive
    # one ending a request that was answered at all
    for number in {reply.number for reply in listener.replies}:
        assert len(listener.endings(number)) == 1
        assert isinstance([reply for reply in listener.replies if reply.number == number][-1], Ending)


def answer(value, parts=2):
    def task():
        for k in range(parts):
            yield k / parts
        return value

    return task


class Endless:
    """A task that yields for ever, and tells when it has begun and when it was left."""

    def __init__(self):
        self.begun, self.left = threading.Event(), threading.Event()

    def __call__(self):
        try:
            while True:
                yield 0.5
                self.begun.set()
        finally:
            self.left.set()


# Endings


def test_that_a_task_is_answered_by_its_progress_and_its_result(worker, listener):
    worker.ask(Try(1, answer("result")))
    (done,) = listener.wait(1)
    assert done == Done(1, "scene", "result")
    assert listener.replies == [Progress(1, "scene", 0.0), Progress(1, "scene", 0.5), done]


def test_that_a_coarse_result_is_a_partial_one(worker, listener):
    def task():
        yield "coarse"
        return "fine"

    worker.ask(Try(1, task))
    listener.wait(1)
    assert listener.replies == [Partial(1, "scene", "coarse"), Done(1, "scene", "fine")]


def test_that_a_task_that_never_yields_is_done(worker, listener):
    worker.ask(Try(1, answer("result", parts=0)))
    assert listener.wait(1) == [Done(1, "scene", "result")]
    assert len(listener.replies) == 1


@pytest.mark.parametrize("when", ["making it", "at once", "in the middle"])
@pytest.mark.parametrize("blow", [ValueError("Bad input."), RuntimeError("Broken."), MemoryError(), OSError(2, "gone")])
def test_that_a_task_that_fails_is_answered_and_the_next_one_done(worker, listener, when, blow):
    def task():
        if when == "in the middle":
            yield 0.5
        raise blow
        yield 1.0

    def unmade():
        raise blow

    worker.ask(Try(1, unmade if when == "making it" else task))
    (failed,) = listener.wait(1)
    assert isinstance(failed, Failed)
    assert type(blow).__name__ in failed.details
    worker.ask(Try(2, answer("next")))
    assert listener.wait(2) == [Done(2, "scene", "next")]


@pytest.mark.parametrize("blow", [ZeroDivisionError("x"), RecursionError(), AssertionError("checked"), KeyError("k")])
def test_that_a_fault_of_the_program_is_called_so(worker, listener, blow):
    def task():
        raise blow
        yield

    worker.ask(Try(1, task))
    (failed,) = listener.wait(1)
    assert failed.sentence.startswith(f"Something went wrong inside lossviz ({type(blow).__name__}: ")
    assert failed.sentence.endswith("the picture stays as it was.")
    assert "Traceback" in failed.details


def test_that_bad_input_is_told_in_its_own_sentence(worker, listener):
    def task():
        yield 0.0
        raise ValueError("feature of births: 'agee' is not a column; did you mean 'age'?")

    worker.ask(Try(1, task))
    assert listener.wait(1)[0].sentence == "feature of births: 'agee' is not a column; did you mean 'age'?"


def test_that_full_memory_is_told_in_words(worker, listener):
    def task():
        raise MemoryError
        yield

    worker.ask(Try(1, task))
    assert listener.wait(1)[0].sentence == "There is not enough memory for this."


# Replaced by newer ones


def test_that_a_newer_request_of_a_channel_cancels_the_older_one(worker, listener):
    endless = Endless()
    worker.ask(Try(1, endless))
    assert endless.begun.wait(PATIENCE)
    worker.ask(Try(2, answer("newer")))
    assert listener.wait(1, 2) == [Cancelled(1, "scene"), Done(2, "scene", "newer")]
    assert endless.left.is_set()
    # nothing more of the old one after its ending
    last = max(k for k, reply in enumerate(listener.replies) if reply.number == 1)
    assert listener.replies[last] == Cancelled(1, "scene")


def test_that_of_many_requests_at_once_the_last_is_done_and_all_are_answered(worker, listener):
    for number in range(1, 101):
        worker.ask(Try(number, answer(number, parts=3)))
    endings = listener.wait(*range(1, 101))
    assert endings[-1] == Done(100, "scene", 100)
    assert all(isinstance(ending, (Done, Cancelled)) for ending in endings)


def test_that_a_request_cancelled_before_it_began_is_never_begun(worker, listener):
    gate, entered = threading.Event(), threading.Event()
    begun = []

    def closed():
        entered.set()
        gate.wait(PATIENCE)
        yield 0.0

    def recorded():
        begun.append(2)
        yield 0.0

    worker.ask(Try(1, closed))
    assert entered.wait(PATIENCE)
    worker.ask(Try(2, recorded))
    worker.ask(Try(3, answer("last")))
    gate.set()
    assert listener.wait(1, 2, 3)[1:] == [Cancelled(2, "scene"), Done(3, "scene", "last")]
    assert begun == []


@pytest.mark.parametrize("blow", [RuntimeError, ValueError])
def test_that_a_task_that_fails_while_it_is_left_is_cancelled_and_the_thread_goes_on(worker, listener, blow, capsys):
    begun = threading.Event()

    def task():
        try:
            while True:
                yield 0.5
                begun.set()
        finally:
            raise blow("on the way out")

    worker.ask(Try(1, task))
    assert begun.wait(PATIENCE)
    worker.ask(Try(2, answer("next")))
    assert listener.wait(1, 2) == [Cancelled(1, "scene"), Done(2, "scene", "next")]
    assert worker.alive
    assert "on the way out" in capsys.readouterr().err


def test_that_another_channel_neither_cancels_nor_waits(worker, listener):
    endless = Endless()
    worker.ask(Sweep(1, endless))
    assert endless.begun.wait(PATIENCE)
    worker.ask(Try(2, answer("drag")))
    assert listener.wait(2) == [Done(2, "scene", "drag")]
    assert not listener.endings(1)
    worker.ask(Sweep(3, answer("sweep")))
    assert listener.wait(1, 3) == [Cancelled(1, "sweep"), Done(3, "sweep", "sweep")]


# In turn


def test_that_channels_take_turns(worker, listener):
    gate, entered = threading.Event(), threading.Event()

    def closed():
        entered.set()
        gate.wait(PATIENCE)
        yield 0.0

    worker.ask(Try(1, closed))
    assert entered.wait(PATIENCE)
    worker.ask(Sweep(2, answer("a", parts=20)))
    worker.ask(Tuning(3, answer("b", parts=20)))
    gate.set()
    listener.wait(2, 3)
    order = [reply.number for reply in listener.replies if reply.number in (2, 3) and isinstance(reply, Progress)]
    assert len(order) == 40
    assert all(one != two for one, two in pairwise(order))


def test_that_what_a_person_waits_for_has_every_turn(worker, listener):
    gate, entered = threading.Event(), threading.Event()

    def closed():
        entered.set()
        gate.wait(PATIENCE)
        yield 0.0
        yield 0.5

    worker.ask(Sweep(1, closed))
    assert entered.wait(PATIENCE)
    worker.ask(Try(2, answer("drag", parts=30)))
    gate.set()
    listener.wait(1, 2)
    mine = [k for k, reply in enumerate(listener.replies) if reply.number == 2]
    assert mine == [*range(mine[0], mine[0] + 31)]


# The end


def test_that_closing_cancels_what_is_being_done_and_what_waits(listener):
    worker = Worker(listener, start=lambda request, memory: request.task())
    endless, sweep = Endless(), Endless()
    worker.ask(Try(1, endless))
    worker.ask(Sweep(2, sweep))
    assert endless.begun.wait(PATIENCE)
    assert worker.close(PATIENCE)
    assert listener.wait(1, 2) == [Cancelled(1, "scene"), Cancelled(2, "sweep")]
    assert endless.left.is_set()
    assert worker.close(PATIENCE)


def test_that_closing_an_idle_worker_ends_its_thread(listener):
    worker = Worker(listener)
    assert worker.alive
    assert worker.close(PATIENCE)
    assert not worker.alive
    assert listener.replies == []


def test_that_closing_does_not_wait_for_ever_for_a_task_that_is_stuck(listener):
    worker = Worker(listener, start=lambda request, memory: request.task())
    entered, gate = threading.Event(), threading.Event()

    def stuck():
        entered.set()
        gate.wait(PATIENCE)
        yield 0.0

    worker.ask(Try(1, stuck))
    assert entered.wait(PATIENCE)
    assert not worker.close(patience=0.01)
    gate.set()
    assert worker.close(PATIENCE)


def test_that_a_real_scene_comes_from_the_thread(listener):
    worker = Worker(listener)
    try:
        worker.ask(ComputeScene(1, lv.load("four-learning-rates"), 17))
        (done,) = listener.wait(1)
        assert isinstance(done.result, Scene)
        assert worker.memory.runs.made == 4
    finally:
        assert worker.close(PATIENCE)


# The mailbox


def test_that_only_the_newest_letter_of_a_channel_is_kept():
    box = Mailbox(lambda: None)
    box.put(Progress(1, "scene", 0.1))
    box.put(Progress(1, "scene", 0.9))
    box.put(Progress(7, "sweep", 0.2))
    assert box.take() == [Progress(1, "scene", 0.9), Progress(7, "sweep", 0.2)]
    assert box.take() == []


def test_that_an_older_number_does_not_replace_a_newer_one():
    box = Mailbox(lambda: None)
    box.put(Done(2, "scene", "new"))
    box.put(Done(1, "scene", "old"))
    assert box.take() == [Done(2, "scene", "new")]


def test_that_an_ending_is_not_lost_behind_what_came_before_it():
    box = Mailbox(lambda: None)
    for reply in (Progress(1, "scene", 0.0), Cancelled(1, "scene"), Progress(2, "scene", 0.0), Done(2, "scene", "x")):
        box.put(reply)
    assert box.take() == [Done(2, "scene", "x")]


def test_that_who_reads_is_woken_once_a_round():
    woken = []
    box = Mailbox(lambda: woken.append(1))
    box.put(Reply(1, "scene"))
    box.put(Reply(2, "scene"))
    assert len(woken) == 1
    box.take()
    box.put(Reply(3, "scene"))
    assert len(woken) == 2


def test_that_letters_from_a_thread_are_read_in_order():
    done = threading.Event()
    box = Mailbox(lambda: None)

    def write():
        for number in range(2_000):
            box.put(Reply(number, "scene"))
        done.set()

    thread = threading.Thread(target=write)
    thread.start()
    read = []
    while not done.is_set():
        read += box.take()
    thread.join()
    read += box.take()
    numbers = [letter.number for letter in read]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == 1_999
