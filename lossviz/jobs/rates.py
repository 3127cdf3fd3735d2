"""The task of looking for a learning rate: a range test of one run, under the conditions that it descends under."""

from collections.abc import Generator

import msgspec

from lossviz.analysis.range_test import RangeTest, range_testing
from lossviz.experiment import DescentSection, Experiment, ExperimentError
from lossviz.jobs.memory import Shelf
from lossviz.landscape.base import BaseSurface


def alone(experiment: Experiment, number: int) -> Experiment:
    """Give a run alone, without what its range test doesn't depend on: equal ones have equal tests.

    The rate and the schedule are the test's own, and so is when it stops.
    """
    run, settings = experiment.runs[number], experiment.settings(experiment.runs[number])
    values = {name: value for name, value in run.hyperparameters.items() if name != "learning_rate"}
    bare = type(run)(optimizer=run.optimizer, convention=run.convention, hyperparameters=values)
    usual = DescentSection(start=settings.start)
    ignored = ("steps", "epochs", "schedule", "tolerance", "loss_below", "loss_change", "check_every")
    unasked = (*ignored, "random_starts", "random_seed")
    descent = msgspec.structs.replace(settings, **{name: getattr(usual, name) for name in unasked})
    return Experiment(surface=experiment.surface, descent=descent, runs=(bare,))


def try_rates(
    subject: Experiment,
    bounds: tuple[float, float, int],
    surface: BaseSurface,
    surface_key: bytes,
    shelf: Shelf[RangeTest],
) -> Generator[float, None, RangeTest]:
    """Make a range test that isn't on the shelf.

    Parameters
    ----------
    subject : Experiment
        As ``alone`` gives it.
    bounds : (low, high, steps)
    surface : BaseSurface
        What the experiment describes.
    surface_key : bytes
    shelf : Shelf

    Raises
    ------
    ExperimentError
        Such as of a batch larger than the data, which nobody knows before these are there.
    """
    (run,), settings = subject.runs, subject.descent
    key = (surface_key, msgspec.json.encode((run, settings)), bounds)
    found = shelf.get(key)
    if found is not None:
        return found
    try:
        made = yield from range_testing(
            surface, run.rule(), settings.start, *bounds, free=settings.free, conditions=settings.conditions()
        )
    except (ValueError, TypeError) as error:
        raise ExperimentError(str(error)) from None
    return shelf.put(key, made)
