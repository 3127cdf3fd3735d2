"""From a surface to an experiment: a start worth looking at, and optimizers that race from it."""

import math
from collections.abc import Generator
from typing import TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from lossviz.descent import Trajectories, descending
from lossviz.experiment.checking import check
from lossviz.experiment.descent_section import DescentSection
from lossviz.experiment.sections import Experiment, Run
from lossviz.experiment.surface_section import SurfaceSection
from lossviz.landscape.base import BaseSurface
from lossviz.landscape.domain import Domain
from lossviz.rules import optimizer

Array = NDArray[np.float64]
_Batched = TypeVar("_Batched", DescentSection, Run)

RACERS = ("gradient_descent", "momentum", "rmsprop", "adam")
STEPS = 200
RATES = np.array([digit * 10.0**power for power in range(-7, 2) for digit in (1.0, 2.0, 5.0)])
"""The learning rates that are tried."""
NEAR = 0.005
"""The part of its fall by which the loss may still change in the second half of the steps."""
WORTH = 0.5
"""The part of the largest fall of any rate that a fall must have."""
UPHILL = 0.35
"""The part of the steps that may lead uphill."""
TINY = 1e-300
PLACES = (
    (-0.36, 0.32),
    (0.36, 0.32),
    (-0.36, -0.32),
    (0.36, -0.32),
    (-0.1, 0.4),
    (0.1, -0.4),
    (-0.42, 0.06),
    (0.42, -0.06),
)
"""The starts that are tried, from the middle of the domain, in widths."""


def racing(surface: BaseSurface, section: SurfaceSection) -> Generator[float, None, Experiment]:
    """Give an experiment in which four optimizers race on a surface, as a generator that yields its progress.

    Each optimizer has, of the learning rates 1, 2, 5 × 10ᵏ, one between the smallest that settles in time and the
    fastest that is smooth and stays in sight: an even way is seen better than hops. The start is, of eight places, the
    one from which gradient descent has the longest way to go.

    Parameters
    ----------
    surface : BaseSurface
    section : SurfaceSection
        How the surface is written in a file.
    """
    starts = _places(surface.domain)
    finite = np.isfinite(surface.loss(*starts))
    starts = starts[:, finite] if np.any(finite) else starts
    start, ways = starts[:, 0], -1.0
    for number, place in enumerate(starts.T):
        rate, path = yield from _best(surface, RACERS[0], place, number / (starts.shape[1] + len(RACERS)))
        steps = np.diff(path, axis=0) / np.array(surface.domain.width)
        way = float(np.sum(np.hypot(steps[:, 0], steps[:, 1]))) if np.all(np.isfinite(path)) else 0.0
        # twice as long a way over hops that lead nowhere is not worth looking at
        straight = np.hypot(*((path[-1] - path[0]) / np.array(surface.domain.width)))
        if min(way, 2.0 * straight) > ways:
            start, ways = place, min(way, 2.0 * float(straight))
    runs = []
    for number, name in enumerate(RACERS):
        done = (starts.shape[1] + number) / (starts.shape[1] + len(RACERS))
        rate, _ = yield from _best(surface, name, start, done)
        runs.append(Run(optimizer=name, hyperparameters={"learning_rate": rate}))
    experiment = Experiment(
        title=surface.title,
        surface=section,
        descent=DescentSection(start=_pair(start), steps=STEPS),
        runs=tuple(runs),
    )
    return check(experiment)


def on_surface(experiment: Experiment, surface: BaseSurface, section: SurfaceSection) -> Experiment:
    """Give an experiment with the same descents on another surface; a start outside its domain moves up a slope of it.

    Parameters
    ----------
    experiment : Experiment
    surface : BaseSurface
    section : SurfaceSection
        How the surface is written in a file.
    """
    start = experiment.descent.start
    if not surface.domain.contains(*start):
        # not the middle: many surfaces have a saddle or their minimum there
        places = _places(surface.domain)
        finite = np.flatnonzero(np.isfinite(surface.loss(*places)))
        start = _pair(places[:, finite[0] if finite.size else 0])
    return check(
        msgspec.structs.replace(
            experiment,
            title=surface.title,
            surface=section,
            descent=_with_batches_of(msgspec.structs.replace(experiment.descent, start=start), surface.samples),
            runs=tuple(
                _with_batches_of(msgspec.structs.replace(run, start=None), surface.samples) for run in experiment.runs
            ),
            view=msgspec.structs.replace(experiment.view, point=None),
        )
    )


def _with_batches_of(section: _Batched, samples: int | None) -> _Batched:
    """Give [descent] or a run without the batches that so many samples can't fill: a function has none at all."""
    if samples is None:
        return msgspec.structs.replace(section, batch_size=None, epochs=None)
    too_large = section.batch_size is not None and section.batch_size > samples
    return msgspec.structs.replace(section, batch_size=None) if too_large else section


def _pair(place: Array) -> tuple[float, float]:
    return float(place[0]), float(place[1])


def _places(domain: Domain) -> Array:
    """Give the starts that are tried (2, n), rounded to a fiftieth of the domain's width as a hand would set them."""
    columns = []
    for axis, (middle, width) in enumerate(zip(domain.centre, domain.width, strict=True)):
        digits = max(-300, min(300, 1 - math.floor(math.log10(width))))
        columns.append([round(middle + place[axis] * width, digits) for place in PLACES])
    return np.array(columns)


def _best(surface: BaseSurface, name: str, start: Array, done: float) -> Generator[float, None, tuple[float, Array]]:
    """Give a learning rate and the path with it: halfway from the smallest that settles in time to the fastest.

    Losses above the start's count as that one.
    """
    work = descending(surface, optimizer(name, learning_rate=RATES), start, STEPS)
    while True:
        try:
            next(work)
            yield done
        except StopIteration as ended:
            batch = ended.value
            break
    assert isinstance(batch, Trajectories)
    # runs that all stopped early, as where no loss is a number, stay where they are
    every = batch.losses[np.minimum(np.arange(STEPS + 1), len(batch.losses) - 1)]
    with np.errstate(all="ignore"):
        losses = np.where(np.isfinite(every), np.minimum(every, every[0]), every[0])
        seen = np.all(surface.domain.contains(batch.path[:, 0], batch.path[:, 1]), axis=0)
        smooth = np.flatnonzero(seen & (np.mean(np.diff(losses, axis=0) > 0.0, axis=0) <= UPHILL))
        rates, losses = (RATES[smooth], losses[:, smooth]) if smooth.size else (RATES, losses)
        fall = losses[0] - losses[-1]
        settled = np.all(np.abs(losses[STEPS // 2 :] - losses[-1]) <= NEAR * fall, axis=0)
        arrived = np.flatnonzero(settled & (fall > 0.0) & (fall >= WORTH * np.max(fall)))
        above = np.log(losses - np.min(losses) + NEAR * np.ptp(losses) + TINY).mean(axis=0)
    fastest = int(np.argmin(above))
    rate = float(rates[(int(arrived[0]) + fastest) // 2 if arrived.size else fastest])
    return rate, batch.path[:, :, int(np.flatnonzero(rate == RATES)[0])]
