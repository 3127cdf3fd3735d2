"""Tasks: one generator a request. They know neither threads nor Qt; the command line runs the same ones."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from lossviz.diagnosis.nature import StationaryPoint
from lossviz.experiment import Experiment, ExperimentError, SurfaceSection, dumps, write_whole
from lossviz.experiment.surface_section import reading_table
from lossviz.jobs.memory import Memory
from lossviz.jobs.messages import (
    ComputeScene,
    FindStationary,
    FitTable,
    KeepExperiment,
    LeaveRates,
    LeaveTable,
    ProposeRace,
    ReadTable,
    Request,
    ShowSurfaces,
    TryRates,
)
from lossviz.jobs.runs import descents_of
from lossviz.landscape.base import BaseSurface
from lossviz.landscape.datasets import Dataset
from lossviz.landscape.domain import Grid
from lossviz.landscape.fitted import Fit
from lossviz.landscape.work import completed
from lossviz.scene.heights import Heights, heights_for
from lossviz.scene.mesh import Mesh, build_mesh
from lossviz.scene.scene import Descent, Scene

if TYPE_CHECKING:
    from lossviz.analysis.range_test import RangeTest
    from lossviz.experiment.from_table import ChoiceError

COARSE = 41
"""Points an axis of the first, coarse grid, where the fine one takes long."""
LONG = 30_000_000
"""Costs of a grid above which a coarse one comes first: about a second."""

FINE, MOVING = 96, 36
"""Cells an axis of the 3-D surface at rest, and while the camera moves."""

Work = Generator[float | Scene, None, Scene]


def perform(request: Request, memory: Memory) -> Generator[Any, None, Any]:
    """Give the generator that does what a request asks; it yields progress or coarse results, returns the result."""
    if isinstance(request, ComputeScene):
        return compute_scene(request, memory)
    if isinstance(request, FindStationary):
        return _find_stationary(request.surface, memory)
    if isinstance(request, ProposeRace):
        return _propose_race(request, memory)
    if isinstance(request, ShowSurfaces):
        # the first picture doesn't need it
        from lossviz.jobs.surfaces import show_surfaces

        return show_surfaces(memory.thumbnails)
    if isinstance(request, KeepExperiment):
        return _keep_experiment(request)
    if isinstance(request, ReadTable):
        return _read_table(request, memory)
    if isinstance(request, FitTable):
        return _fit_table(request, memory)
    if isinstance(request, TryRates):
        return _try_rates(request, memory)
    if isinstance(request, (LeaveTable, LeaveRates)):
        return _leave()
    raise TypeError(f"nothing is known to do for a {type(request).__name__}.")


def _find_stationary(
    section: SurfaceSection, memory: Memory
) -> Generator[float | tuple[StationaryPoint, ...], None, tuple[StationaryPoint, ...]]:
    """Find the stationary points of a surface that aren't in memory; those that are found first come first."""
    key = _surface_key(section)
    found = memory.stationary.get(key)
    if found is not None:
        return found
    surface = yield from _surface(section, memory)
    # the first picture doesn't wait for this to be loaded
    from lossviz.diagnosis.stationary import finding

    work = finding(surface)
    while True:
        try:
            answer = next(work)
        except StopIteration as done:
            return memory.stationary.put(key, tuple(done.value))
        yield answer if isinstance(answer, float) else tuple(answer)


def _propose_race(request: ProposeRace, memory: Memory) -> Generator[float, None, Experiment]:
    """Make an experiment on a surface that was chosen."""
    # needed where a surface is chosen
    from lossviz.experiment.from_surface import on_surface, racing

    try:
        surface = yield from _surface(request.surface, memory)
    except ExperimentError as error:
        # there is no experiment yet of which this would be the key
        raise ExperimentError(str(error).removeprefix("surface: ").removeprefix("grid: ")) from None
    if request.keep is not None:
        return on_surface(request.keep, surface, request.surface)
    return (yield from racing(surface, request.surface))


def _keep_experiment(request: KeepExperiment) -> Generator[float, None, None]:
    yield 0.0
    write_whole(request.path, request.head + dumps(request.experiment))


def _read_table(request: ReadTable | FitTable, memory: Memory) -> Generator[float, None, Dataset]:
    """Read a CSV file; where that fails say so without the path, which a person has just chosen."""
    try:
        return (yield from _table(Path(request.path).resolve(), None, memory))
    except OSError as error:
        raise OSError(f"{Path(request.path).name} can't be read: {error.strerror or error}.") from None


def _fit_table(request: FitTable, memory: Memory) -> Generator[float, None, "Experiment | ChoiceError"]:
    """Make an experiment of columns of a table, or say why they make none."""
    # needed where columns are chosen
    from lossviz.experiment.from_table import choice_error, experiment_on, proposed

    data = yield from _read_table(request, memory)
    chosen = request.surface or proposed(request.path, data)
    try:
        surface = yield from _surface(chosen, memory)
        assert isinstance(surface, Fit)
        yield 1.0
        return experiment_on(surface, chosen)
    except ValueError as error:
        return choice_error(error, chosen)


def _try_rates(request: TryRates, memory: Memory) -> Generator[float, None, "RangeTest"]:
    """Make a range test of a run."""
    # needed where a learning rate is looked for
    from lossviz.jobs.rates import try_rates

    surface = yield from _surface(request.subject.surface, memory)
    key = _surface_key(request.subject.surface)
    bounds = (request.low, request.high, request.steps)
    return (yield from try_rates(request.subject, bounds, surface, key, memory.rates))


def _leave() -> Generator[float, None, None]:
    """Do nothing: the request itself has cancelled the one before."""
    yield 1.0


def scene_of(experiment: Experiment, resolution: int = 193, memory: Memory | None = None) -> Scene:
    """Compute the scene of an experiment here and now, without a thread."""
    work = compute_whole(ComputeScene(0, experiment, resolution), memory or Memory())
    return completed(work)  # type: ignore[arg-type]


def compute_whole(request: ComputeScene, memory: Memory) -> Work:
    """Compute a scene with its minima, saddles and maxima, for a film or a report; the window asks for these apart."""
    scene = yield from compute_scene(request, memory)
    search = _find_stationary(request.experiment.surface, memory)
    while True:
        try:
            found = next(search)
        except StopIteration as done:
            return replace(scene, stationary=done.value)
        if isinstance(found, float):
            yield found


def compute_scene(request: ComputeScene, memory: Memory) -> Work:
    """Compute surface, grid and descents of an experiment, each only where it changed."""
    experiment = request.experiment
    surface_key = _surface_key(experiment.surface)
    surface = yield from _surface(experiment.surface, memory)
    descents = yield from descents_of(experiment, surface, surface_key, memory)
    n = request.resolution
    grid = memory.grids.get((surface_key, n))
    if grid is None:
        if surface.cost_per_point * n * n > LONG and n > COARSE:
            coarse = yield from surface.gridding(COARSE)
            heights = _heights(experiment, coarse, descents)
            yield _scene(experiment, memory, surface, coarse, heights, descents, build_mesh(coarse, heights, MOVING))
        grid = memory.grids.put((surface_key, n), (yield from surface.gridding(n)))
    heights = _heights(experiment, grid, descents)
    key = (surface_key, n, heights.kind, heights.ceiling)
    moving = memory.coarse_meshes.get(key) or memory.coarse_meshes.put(key, build_mesh(grid, heights, MOVING))
    fine = memory.meshes.get(key)
    if fine is None and not request.draft:
        yield 0.9
        fine = memory.meshes.put(key, build_mesh(grid, heights, FINE))
    return _scene(experiment, memory, surface, grid, heights, descents, moving, fine)


def _surface(section: SurfaceSection, memory: Memory) -> Generator[float, None, BaseSurface]:
    """Make a surface that isn't in memory."""
    key = _surface_key(section)
    surface = memory.surfaces.get(key)
    if surface is None:
        yield 0.0
        made = yield from section.building(lambda path, sha256: _table(path, sha256, memory))
        surface = memory.surfaces.put(key, made)
    return surface


def _table(path: Path, sha256: str | None, memory: Memory) -> Generator[float, None, Dataset]:
    """Read a CSV file that isn't in memory, or was edited."""
    found = path.stat()
    key = (str(path), found.st_mtime_ns, found.st_size, sha256)
    table = memory.tables.get(key)
    return table if table is not None else memory.tables.put(key, (yield from reading_table(path, sha256)))


def _heights(experiment: Experiment, grid: Grid, descents: tuple[Descent, ...]) -> Heights:
    starts = [loss for descent in descents if np.isfinite(loss := float(descent.trajectory.losses[0]))]
    return heights_for(grid, max(starts, default=np.nan), experiment.view.height)


def _scene(
    experiment: Experiment,
    memory: Memory,
    surface: BaseSurface,
    grid: Grid,
    heights: Heights,
    descents: tuple[Descent, ...],
    coarse: Mesh,
    fine: Mesh | None = None,
) -> Scene:
    """Put a scene together; without a fine mesh the coarse one serves for both."""
    points = memory.stationary.get(_surface_key(experiment.surface))
    return Scene(experiment, surface, grid, heights, fine or coarse, coarse, descents, stationary=points)


def _surface_key(section: SurfaceSection) -> bytes:
    key: tuple[Any, ...] = (section,)
    if section.file is not None:
        path = Path(section.file)
        # a file that was edited is another file
        key += (path.stat().st_mtime_ns, path.stat().st_size) if path.exists() else ()
    return msgspec.json.encode(key)
