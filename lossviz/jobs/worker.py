"""The worker: one thread that runs the tasks' generators in turn, and answers each request with exactly one ending."""

import threading
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from lossviz.jobs.memory import Memory
from lossviz.jobs.messages import Cancelled, Done, Failed, Partial, Progress, Reply, Request
from lossviz.jobs.tasks import Work, perform

FIRST = ("keep", "table", "scene", "rates")
"""Channels that a person waits for: theirs is every turn as long as they have work."""

EXPECTED = (ValueError, TypeError, OSError, MemoryError, OverflowError)
"""What bad input raises: the sentence is meant for people. Anything else is a fault of the program, and said so."""


@dataclass
class _Job:
    request: Request
    work: Work | None = None


class Worker:
    """The one backend thread.

    Parameters
    ----------
    deliver : callable
        Called with each Reply, on the worker's thread.
    start : callable
        Makes the generator of a request; tests give their own.
    """

    def __init__(self, deliver: Callable[[Reply], None], start: Callable[[Request, Memory], Work] = perform) -> None:
        self._deliver = deliver
        self._start = start
        self.memory = Memory()
        self._inbox: deque[Request] = deque()
        self._wake = threading.Condition()
        self._closing = False
        # a daemon: should NumPy be stuck inside one call when the program ends, the program ends all the same
        self._thread = threading.Thread(target=self._run, name="lossviz backend", daemon=True)
        self._thread.start()

    def ask(self, request: Request) -> None:
        """Ask for something; an older request of its channel is cancelled."""
        with self._wake:
            self._inbox.append(request)
            self._wake.notify()

    def close(self, patience: float = 3.0) -> bool:
        """Cancel everything and end the thread; tell whether it ended within `patience` seconds."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join(patience)
        return not self._thread.is_alive()

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def _run(self) -> None:
        jobs: dict[str, _Job] = {}
        turns: deque[str] = deque()
        while True:
            with self._wake:
                while not (self._inbox or self._closing or jobs):
                    self._wake.wait()
                closing, asked = self._closing, list(self._inbox)
                self._inbox.clear()
            for request in asked:
                self._cancel(jobs.pop(request.channel, None))
                jobs[request.channel] = _Job(request)
                if request.channel not in turns:
                    turns.append(request.channel)
            if closing:
                for job in jobs.values():
                    self._cancel(job)
                return
            channel = next((name for name in FIRST if name in jobs), None)
            if channel is None:
                turns.rotate(-1)
                channel = next(name for name in turns if name in jobs)
            if self._advance(jobs[channel]):
                del jobs[channel]
                turns.remove(channel)

    def _advance(self, job: _Job) -> bool:
        """Go on to the job's next yield; tell whether it ended."""
        number, channel = job.request.number, job.request.channel
        try:
            if job.work is None:
                job.work = self._start(job.request, self.memory)
            answer = next(job.work)
        except StopIteration as done:
            self._deliver(Done(number, channel, done.value))
        except EXPECTED as error:
            self._deliver(Failed(number, channel, _sentence(error), traceback.format_exc()))
        except Exception as error:
            fault = (
                f"Something went wrong inside lossviz ({type(error).__name__}: {error}); the picture stays as it was."
            )
            self._deliver(Failed(number, channel, fault, traceback.format_exc()))
        else:
            part = isinstance(answer, float)
            self._deliver(Progress(number, channel, answer) if part else Partial(number, channel, answer))  # type: ignore[arg-type]
            return False
        return True

    def _cancel(self, job: _Job | None) -> None:
        if job is None:
            return
        try:
            if job.work is not None:
                job.work.close()
        except Exception:
            # it was asked to stop, and did so in its own way; the other jobs go on
            traceback.print_exc()
        finally:
            self._deliver(Cancelled(job.request.number, job.request.channel))


def _sentence(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return "There is not enough memory for this."
    return str(error) or type(error).__name__


class Mailbox:
    """The newest reply of each channel: who reads it late misses nothing that still counts.

    Parameters
    ----------
    wake : callable
        Called on the worker's thread when a letter comes into an empty box.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._lock = threading.Lock()
        self._letters: dict[str, Reply] = {}

    def put(self, reply: Reply) -> None:
        """Put a reply in the place of an older one of its channel."""
        with self._lock:
            empty = not self._letters
            before = self._letters.get(reply.channel)
            if before is None or before.number <= reply.number:
                self._letters[reply.channel] = reply
        if empty:
            self._wake()

    def take(self) -> list[Reply]:
        """Take all letters out."""
        with self._lock:
            letters = list(self._letters.values())
            self._letters.clear()
        return letters
