"""The descents of an experiment: those that aren't in memory are made, the ones that go together side by side."""

from collections.abc import Generator, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from lossviz.descent import Trajectories, Trajectory, descending, side_by_side
from lossviz.experiment import DescentSection, Experiment, ExperimentError, Run
from lossviz.jobs.memory import Memory
from lossviz.landscape.base import BaseSurface
from lossviz.landscape.randomness import uniform
from lossviz.rules.base import Rule
from lossviz.scene.scene import Descent

Array = NDArray[np.float64]


def descents_of(
    experiment: Experiment, surface: BaseSurface, surface_key: bytes, memory: Memory
) -> Generator[float, None, tuple[Descent, ...]]:
    """Give the runs as they are shown, with those of the same rules from random starts."""
    runs = yield from _runs(experiment, surface, surface_key, memory)
    descents = []
    for number, (run, trajectory) in enumerate(zip(experiment.runs, runs, strict=True)):
        crowd = None
        settings = experiment.settings(run)
        if settings.random_starts:
            key = surface_key + _crowd_key(run, settings)
            crowd = memory.crowds.get(key)
            if crowd is None:
                crowd = memory.crowds.put(key, (yield from _crowd(experiment, number, surface)))
        descents.append(Descent(number, run.label, run.kind, run.shown, trajectory, crowd))
    return tuple(descents)


def _crowd(experiment: Experiment, number: int, surface: BaseSurface) -> Generator[float, None, Trajectories]:
    """Run a descent from random starts, all over the domain and the same for every rule."""
    run = experiment.runs[number]
    settings = experiment.settings(run)
    share = uniform(settings.random_seed, 2 * settings.random_starts).reshape(-1, 2).T
    low, width = np.array([surface.domain.w[0], surface.domain.b[0]]), np.array(surface.domain.width)
    starts = low[:, None] + share * width[:, None]
    return (yield from _together(experiment, number, surface, run.rule(), starts))


def _together(
    experiment: Experiment, number: int, surface: BaseSurface, rules: Rule | Sequence[Rule], starts: Array
) -> Generator[float, None, Trajectories]:
    """Descend from several starts as a run says; what doesn't go with the surface is said with the run's key.

    Raises
    ------
    ExperimentError
        Such as of a batch larger than the data, which nobody knows before these are there.
    """
    settings = experiment.settings(experiment.runs[number])
    try:
        batch = yield from descending(
            surface,
            rules,
            starts,
            settings.steps,
            epochs=settings.epochs,
            free=settings.free,
            stop=settings.stop_rule(),
            conditions=settings.conditions(),
        )
    except (ValueError, TypeError) as error:
        raise ExperimentError(f"{_place_of(experiment, number, str(error))}: {error}") from None
    assert isinstance(batch, Trajectories)
    # here, not where it is first asked for: that may be where pictures are drawn
    yield from batch.gathering()
    return batch


def _place_of(experiment: Experiment, number: int, sentence: str) -> str:
    """Say where the key stands that a sentence begins with: what a run has not itself it has from [descent]."""
    key = sentence.split(maxsplit=1)[0].rstrip(":")
    shared = key in DescentSection.__struct_fields__ and getattr(experiment.runs[number], key) is None
    return "descent" if shared else f"runs[{number}]"


def _runs(
    experiment: Experiment, surface: BaseSurface, surface_key: bytes, memory: Memory
) -> Generator[float, None, list[Trajectory]]:
    """Run the descents that aren't in memory, those that go together side by side."""
    keys = [surface_key + _run_key(run, experiment.settings(run)) for run in experiment.runs]
    found = {key: memory.runs.get(key) for key in keys}
    # equal runs are one
    missing = {key: run for key, run in zip(keys, experiment.runs, strict=True) if found[key] is None}
    groups = _groups(experiment, missing)
    for number, group in enumerate(groups):
        starts = np.array([experiment.settings(missing[key]).start for key in group]).T
        work = _together(experiment, keys.index(next(iter(group))), surface, [*group.values()], starts)
        while True:
            try:
                yield 0.8 * (number + next(work)) / len(groups)
            except StopIteration as done:
                batch = done.value
                break
        for key, run in zip(group, batch, strict=True):
            found[key] = memory.runs.put(key, run)
        yield 0.8 * (number + 1) / len(groups)
    return [made for key in keys if (made := found[key]) is not None]


def _groups(experiment: Experiment, runs: dict[bytes, Run]) -> list[dict[bytes, Rule]]:
    """Give the rules of runs, by their keys, in groups that are descended side by side."""
    alike: dict[bytes, list[bytes]] = {}
    for key, run in runs.items():
        settings = msgspec.structs.replace(experiment.settings(run), start=(0.0, 0.0), random_starts=0, random_seed=0)
        alike.setdefault(msgspec.json.encode(settings), []).append(key)
    groups = []
    for keys in alike.values():
        rules = [runs[key].rule() for key in keys]
        groups += [{keys[i]: rules[i] for i in group} for group in side_by_side(rules)]
    return groups


def _run_key(run: Run, settings: DescentSection) -> bytes:
    alone = msgspec.structs.replace(settings, random_starts=0, random_seed=0)
    return msgspec.json.encode((run.optimizer, run.convention, sorted(run.hyperparameters.items()), alone))


def _crowd_key(run: Run, settings: DescentSection) -> bytes:
    anywhere = msgspec.structs.replace(settings, start=(0.0, 0.0))
    return msgspec.json.encode((run.optimizer, run.convention, sorted(run.hyperparameters.items()), anywhere))
