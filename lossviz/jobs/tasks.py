"""Tasks: one generator a request. They know neither threads nor Qt; the command line runs the same ones."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from lossviz.descent import StopRule, Trajectories, Trajectory, descending, side_by_side
from lossviz.diagnosis.nature import StationaryPoint
from lossviz.experiment import DescentSection, Experiment, ExperimentError, Run, SurfaceSection, dumps, write_whole
from lossviz.experiment.from_table import ChoiceError, choice_error, experiment_on, proposed
from lossviz.experiment.sections import reading_table
from lossviz.jobs.memory import Shelf
from lossviz.jobs.messages import (
    ComputeScene,
    FindStationary,
    FitTable,
    KeepExperiment,
    LeaveTable,
    ProposeRace,
    ReadTable,
    Request,
    ShowSurfaces,
)
from lossviz.landscape.base import BaseSurface
from lossviz.landscape.datasets import Dataset
from lossviz.landscape.domain import Grid
from lossviz.landscape.fitted import Fit
from lossviz.landscape.randomness import uniform
from lossviz.landscape.work import completed
from lossviz.rules.base import Rule
from lossviz.scene.heights import Heights, heights_for
from lossviz.scene.mesh import Mesh, build_mesh
from lossviz.scene.scene import Descent, Scene

if TYPE_CHECKING:
    from lossviz.scene.gallery import Thumbnail

COARSE = 41
"""Points an axis of the first, coarse grid, where the fine one takes long."""
LONG = 30_000_000
"""Costs of a grid above which a coarse one comes first: about a second."""

MOST_SAMPLES = 10_000_000
"""Samples of all surfaces that are kept; one with more is kept alone."""

FINE, MOVING = 96, 36
"""Cells an axis of the 3-D surface at rest, and while the camera moves."""

Work = Generator[float | Scene, None, Scene]


class Memory:
    """What the tasks keep between requests."""

    def __init__(self) -> None:
        self.tables: Shelf[Dataset] = Shelf(2)
        # a surface holds its samples, and a run its surface
        self.surfaces: Shelf[BaseSurface] = Shelf(8, lambda surface: surface.samples or 0, MOST_SAMPLES)
        self.grids: Shelf[Grid] = Shelf(16)
        self.runs: Shelf[Trajectory] = Shelf(128, lambda run: run.surface.samples or 0, 4 * MOST_SAMPLES)
        self.meshes: Shelf[Mesh] = Shelf(8)
        self.coarse_meshes: Shelf[Mesh] = Shelf(16)
        self.crowds: Shelf[Trajectories] = Shelf(16)
        self.stationary: Shelf[tuple[StationaryPoint, ...]] = Shelf(16)
        self.thumbnails: Shelf[Thumbnail] = Shelf(1000)


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
    if isinstance(request, LeaveTable):
        return _leave_table()
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


def _fit_table(request: FitTable, memory: Memory) -> Generator[float, None, Experiment | ChoiceError]:
    """Make an experiment of columns of a table, or say why they make none."""
    data = yield from _read_table(request, memory)
    chosen = request.surface or proposed(request.path, data)
    try:
        surface = yield from _surface(chosen, memory)
        assert isinstance(surface, Fit)
        yield 1.0
        return experiment_on(surface, chosen)
    except ValueError as error:
        return choice_error(error, chosen)


def _leave_table() -> Generator[float, None, None]:
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
    descents = yield from _descents(experiment, surface, surface_key, memory)
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


def _descents(
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
                crowd = memory.crowds.put(key, (yield from _crowd(surface, run, settings)))
        descents.append(Descent(number, run.label, trajectory.rule.title, run.shown, trajectory, crowd))
    return tuple(descents)


def _crowd(surface: BaseSurface, run: Run, settings: DescentSection) -> Generator[float, None, Trajectories]:
    """Run a descent from random starts, all over the domain and the same for every rule."""
    share = uniform(settings.random_seed, 2 * settings.random_starts).reshape(-1, 2).T
    low, width = np.array([surface.domain.w[0], surface.domain.b[0]]), np.array(surface.domain.width)
    starts = low[:, None] + share * width[:, None]
    stop = StopRule(settings.tolerance, settings.loss_below, settings.loss_change, settings.check_every)
    batch = yield from descending(surface, run.rule(), starts, settings.steps, free=settings.free, stop=stop)
    assert isinstance(batch, Trajectories)
    return batch


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
        settings = [experiment.settings(missing[key]) for key in group]
        shared = settings[0]
        work = descending(
            surface,
            [*group.values()],
            np.array([s.start for s in settings]).T,
            shared.steps,
            free=shared.free,
            stop=StopRule(shared.tolerance, shared.loss_below, shared.loss_change, shared.check_every),
        )
        while True:
            try:
                yield 0.8 * (number + next(work)) / len(groups)
            except StopIteration as done:
                batch = done.value
                break
        assert isinstance(batch, Trajectories)
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


def _run_key(run: Run, settings: DescentSection) -> bytes:
    alone = msgspec.structs.replace(settings, random_starts=0, random_seed=0)
    return msgspec.json.encode((run.optimizer, run.convention, sorted(run.hyperparameters.items()), alone))


def _crowd_key(run: Run, settings: DescentSection) -> bytes:
    anywhere = msgspec.structs.replace(settings, start=(0.0, 0.0))
    return msgspec.json.encode((run.optimizer, run.convention, sorted(run.hyperparameters.items()), anywhere))
