"""Long work as generators: each yield is progress (0..1) and the point where the work can be left."""

from collections.abc import Generator
from typing import TypeVar

Result = TypeVar("Result")


def completed(work: Generator[float, None, Result]) -> Result:
    """Run a generator to its end, without a thread, and give what it returns."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            result: Result = done.value
            return result


def scaled(work: Generator[float, None, Result], low: float, high: float) -> Generator[float, None, Result]:
    """Let the progress of a part of the work run from `low` to `high`."""
    while True:
        try:
            yield low + (high - low) * next(work)
        except StopIteration as done:
            result: Result = done.value
            return result
