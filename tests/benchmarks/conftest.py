import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest

FIGURES = Path(__file__).parents[2] / "docs" / "figures.json"


def best(work: Callable[[], object], rounds: int = 7) -> float:
    """Seconds of the fastest of some rounds."""
    seconds = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


@pytest.fixture
def measure():
    return best


@pytest.fixture
def median():
    return statistics.median


@pytest.fixture
def record():
    """Keep a figure for docs/speed.md, which is written from them."""

    def keep(name: str, **figures: float | str) -> None:
        known = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
        known[name] = {key: round(value, 4) if isinstance(value, float) else value for key, value in figures.items()}
        FIGURES.write_text(json.dumps(dict(sorted(known.items())), indent=2) + "\n", encoding="utf-8")
        print(f"\n{name}: {figures}")  # noqa: T201

    return keep
