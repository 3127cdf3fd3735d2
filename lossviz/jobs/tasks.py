"""Tasks: one generator a request. They know neither threads nor Qt; the command line runs the same ones."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from lossviz.descent import StopRule, Trajectories, Trajectory, descending
from lossviz.experiment import DescentSection, Experiment, Run, SurfaceSection, dumps, write_whole
from lossviz.experiment.from_table import ChoiceError, choice_error, experiment_on, proposed
from lossviz.experiment.sections import reading_table
from lossviz.jobs.memory import Shelf
from lossviz.jobs.messages import ComputeScene, FitTable, KeepExperiment, LeaveTable, ReadTable, Request
from lossviz.landscape.datasets import Dataset
from lossviz.landscape.domain import Grid
from lossviz.landscape.fitted import Fit
from lossviz.landscape.work import completed
from lossviz.rules import stacked
from lossviz.scene.heights import Heights, heights_for
from lossviz.scene.mesh import Mesh, build_mesh
from lossviz.scene.scene import Descent, Scene

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
        self.surfaces: Shelf[Fit] = Shelf(8, lambda surface: len(surface.data.x), MOST_SAMPLES)
        self.grids: Shelf[Grid] = Shelf(16)
        self.runs: Shelf[Trajectory] = Shelf(128, lambda run: run.surface.samples or 0, 4 * MOST_SAMPLES)
        self.meshes: Shelf[tuple[Mesh, Mesh]] = Shelf(8)


def perform(request: Request, memory: Memory) -> Generator[Any, None, Any]:
    """Give the generator that does what a request asks; it yields progress or coarse results, returns the result."""
    if isinstance(request, ComputeScene):
        return compute_scene(request, memory)
    if isinstance(request, KeepExperiment):
        return _keep_experiment(request)
    if isinstance(request, ReadTable):
        return _read_table(request, memory)
    if isinstance(request, FitTable):
        return _fit_table(request, memory)
    if isinstance(request, LeaveTable):
        return _leave_table()
    raise TypeError(f"nothing is known to do for a {type(request).__name__}.")


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
        yield 1.0
        return experiment_on(surface, chosen)
    except ValueError as error:
        return choice_error(error, chosen)


def _leave_table() -> Generator[float, None, None]:
    """Do nothing: the request itself has cancelled the one before."""
    yield 1.0


def scene_of(experiment: Experiment, resolution: int = 193, memory: Memory | None = None) -> Scene:
    """Compute the scene of an experiment here and now, without a thread."""
    work = compute_scene(ComputeScene(0, experiment, resolution), memory or Memory())
    return completed(work)  # type: ignore[arg-type]


def compute_scene(request: ComputeScene, memory: Memory) -> Work:
    """Compute surface, grid and descents of an experiment, each only where it changed."""
    experiment = request.experiment
    surface_key = _surface_key(experiment.surface)
    surface = yield from _surface(experiment.surface, memory)
    runs = yield from _descents(experiment, surface, surface_key, memory)
    n = request.resolution
    grid = memory.grids.get((surface_key, n))
    if grid is None:
        if surface.cost_per_point * n * n > LONG and n > COARSE:
            coarse = yield from surface.gridding(COARSE)
            heights = _heights(experiment, coarse, runs)
            yield _scene(experiment, surface, coarse, heights, runs, build_mesh(coarse, heights, MOVING))
        grid = memory.grids.put((surface_key, n), (yield from surface.gridding(n)))
    heights = _heights(experiment, grid, runs)
    key = (surface_key, n, heights.kind, heights.ceiling)
    meshes = memory.meshes.get(key)
    if meshes is None:
        moving = build_mesh(grid, heights, MOVING)
        # the picture need not wait for its fine mesh
        yield _scene(experiment, surface, grid, heights, runs, moving)
        meshes = memory.meshes.put(key, (build_mesh(grid, heights, FINE), moving))
    return _scene(experiment, surface, grid, heights, runs, *meshes)


def _surface(section: SurfaceSection, memory: Memory) -> Generator[float, None, Fit]:
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
    experiment: Experiment, surface: Fit, surface_key: bytes, memory: Memory
) -> Generator[float, None, list[Trajectory]]:
    """Run the descents that aren't in memory; those of one kind side by side, in one array."""
    keys = [surface_key + _run_key(run, experiment.settings(run)) for run in experiment.runs]
    found = {key: memory.runs.get(key) for key in keys}
    missing: dict[bytes, list[int]] = {}
    for i, (run, key) in enumerate(zip(experiment.runs, keys, strict=True)):
        if found[key] is None and all(keys[j] != key for j in missing.get(_kind(experiment, run), [])):
            missing.setdefault(_kind(experiment, run), []).append(i)
    for number, group in enumerate(missing.values()):
        rules = tuple(experiment.runs[i].rule() for i in group)
        settings = [experiment.settings(experiment.runs[i]) for i in group]
        shared = settings[0]
        work = descending(
            surface,
            stacked(rules),
            np.array([s.start for s in settings]).T,
            shared.steps,
            free=shared.free,
            stop=StopRule(shared.tolerance, shared.loss_below, shared.loss_change, shared.check_every),
            rules=rules,
        )
        while True:
            try:
                yield 0.8 * (number + next(work)) / len(missing)
            except StopIteration as done:
                batch = done.value
                break
        assert isinstance(batch, Trajectories)
        for place, i in enumerate(group):
            found[keys[i]] = memory.runs.put(keys[i], batch[place])
        yield 0.8 * (number + 1) / len(missing)
    return [made for key in keys if (made := found[key]) is not None]


def _heights(experiment: Experiment, grid: Grid, runs: list[Trajectory]) -> Heights:
    starts = [float(run.losses[0]) for run in runs if np.isfinite(run.losses[0])]
    return heights_for(grid, max(starts, default=np.nan), experiment.view.height)


def _scene(
    experiment: Experiment,
    surface: Fit,
    grid: Grid,
    heights: Heights,
    runs: list[Trajectory],
    mesh: Mesh,
    moving: Mesh | None = None,
) -> Scene:
    """Put a scene together; without a mesh for movement the one mesh serves for both."""
    descents = tuple(
        Descent(number, run.label, run.rule().title, run.shown, trajectory)
        for number, (run, trajectory) in enumerate(zip(experiment.runs, runs, strict=True))
    )
    return Scene(experiment, surface, grid, heights, mesh, moving or mesh, descents)


def _surface_key(section: SurfaceSection) -> bytes:
    key: tuple[Any, ...] = (section,)
    if section.path is not None:
        path = Path(section.path)
        # a file that was edited is another file
        key += (path.stat().st_mtime_ns, path.stat().st_size) if path.exists() else ()
    return msgspec.json.encode(key)


def _run_key(run: Run, settings: DescentSection) -> bytes:
    return msgspec.json.encode((run.optimizer, sorted(run.hyperparameters.items()), settings))


def _kind(experiment: Experiment, run: Run) -> bytes:
    """Give what must be equal for two runs to be made side by side: all but numbers of the rule, and the start."""
    settings = msgspec.structs.replace(experiment.settings(run), start=(0.0, 0.0))
    switches = sorted((k, v) for k, v in run.rule().values.items() if isinstance(v, bool))
    return msgspec.json.encode((run.optimizer, switches, settings))
