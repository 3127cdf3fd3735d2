"""The experiment that the command line names, and the scene computed from it."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from lossviz.experiment import Experiment, ExperimentError, SurfaceSection, load, parse
from lossviz.jobs.memory import Memory
from lossviz.jobs.messages import ComputeScene, ProposeRace
from lossviz.jobs.tasks import compute_whole, perform
from lossviz.landscape.grid_file import SUFFIXES
from lossviz.landscape.work import completed
from lossviz.scene.scene import Scene

INPUT, LARGEST_INPUT = "the standard input", 64 * 2**20


def experiment_asked_for(file: str) -> Experiment:
    """Read the experiment that is asked for; - is the standard input."""
    if Path(file).suffix.lower() in SUFFIXES:
        return _race_on(file)
    if file != "-":
        return load(file)
    if sys.stdin is None:
        raise ExperimentError(f"{INPUT}: expected an experiment, found nothing.")
    raw = sys.stdin.buffer.read(LARGEST_INPUT + 1)
    if len(raw) > LARGEST_INPUT:
        raise ExperimentError(f"{INPUT}: expected an experiment, at most {LARGEST_INPUT >> 20} MiB of TOML.")
    try:
        return parse(raw.decode("utf-8-sig"), INPUT)
    except UnicodeDecodeError:
        raise ExperimentError(f"{INPUT}: expected text in UTF-8.") from None


def _race_on(file: str) -> Experiment:
    """Make an experiment on a grid of losses, as the window does."""
    work = perform(ProposeRace(0, SurfaceSection(grid=os.path.abspath(file))), Memory())
    return cast("Experiment", completed(work))


def computing(file: str, experiment: Experiment, resolution: int) -> Iterator[float | Scene]:
    """Compute an experiment bit by bit, the scene last; what is wrong with it is said with the file's name."""
    try:
        yield (yield from compute_whole(ComputeScene(0, experiment, resolution), Memory()))
    except ExperimentError as error:
        raise ExperimentError(f"{name_of(file)}: {error}") from None


def name_of(file: str) -> str:
    """Give what a file that is asked for is called where something is wrong with it."""
    return INPUT if file == "-" else Path(file).name


def scene_asked_for(file: str, resolution: int) -> Scene:
    """Compute the experiment that is asked for."""
    *_, computed = computing(file, experiment_asked_for(file), resolution)
    return cast("Scene", computed)
