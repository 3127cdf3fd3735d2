"""Scene: everything computed for an experiment that pictures are made from; it doesn't change with time."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lossviz.descent import Trajectories, Trajectory, steps_of
from lossviz.diagnosis.nature import StationaryPoint
from lossviz.experiment import Experiment
from lossviz.landscape.base import BaseSurface
from lossviz.landscape.domain import Grid
from lossviz.landscape.fitted import Fit
from lossviz.landscape.pair import PairFit
from lossviz.landscape.samples import Samples
from lossviz.scene.heights import Heights
from lossviz.scene.mesh import Mesh
from lossviz.scene.timeline import Timeline

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Descent:
    """One run as it is shown.

    Parameters
    ----------
    number : int
        Its place in the experiment: decides colour and marker.
    label : str
    optimizer : str
        The optimizer in words.
    shown : bool
    trajectory : Trajectory
    crowd : Trajectories or None
        The same rule from random starts.
    """

    number: int
    label: str
    optimizer: str
    shown: bool
    trajectory: Trajectory
    crowd: Trajectories | None = None

    @property
    def tag(self) -> str:
        """The label as it stands beside the path: without the word before a number."""
        return self.label.removeprefix("rate ")

    @cached_property
    def finite(self) -> int:
        """How many rows from the start are finite, and so can be drawn."""
        t = self.trajectory
        good = np.isfinite(t.losses) & np.all(np.isfinite(t.path), axis=1)
        return len(good) if np.all(good) else int(np.argmin(good))

    @cached_property
    def diverges(self) -> bool:
        """Whether its losses rise or fall beyond all bounds: they say nothing of the range that is worth showing."""
        t = self.trajectory
        endless = t.verdict.outcome == "no_minimum" and not t.evidence.ground.endless
        return endless or t.verdict.outcome == "diverged"

    @cached_property
    def leaves(self) -> bool:
        """Whether the whole run ends off the surface, where the loss is not defined."""
        return self.trajectory.verdict.outcome == "left"

    @property
    def beyond(self) -> str:
        """Where it is after the last row that is finite, in words."""
        return "off the surface" if self.leaves else "beyond all numbers"


@dataclass(frozen=True, eq=False)
class Scene:
    """What pictures of an experiment are made from.

    Parameters
    ----------
    experiment : Experiment
    surface : BaseSurface
    grid : Grid
        For the map and the 3-D view.
    heights : Heights
        The vertical axis: from loss to height and back.
    mesh, coarse_mesh : Mesh
        The 3-D geometry, fine for rest and coarse for movement.
    descents : tuple of Descent
        All runs, those not shown included.
    ghosts : tuple of Descent
        The runs as they were before the last change, drawn faintly.
    stationary : tuple of StationaryPoint or None
        The minima, saddles and maxima of the surface in its domain; None: not found yet.
    """

    experiment: Experiment
    surface: BaseSurface
    grid: Grid
    heights: Heights
    mesh: Mesh
    coarse_mesh: Mesh
    descents: tuple[Descent, ...]
    ghosts: tuple[Descent, ...] = ()
    stationary: tuple[StationaryPoint, ...] | None = None

    @property
    def fit(self) -> Fit | None:
        """The surface as the loss of a model of one feature over data; None where it is something else."""
        return self.surface if isinstance(self.surface, Fit) else None

    @property
    def pair(self) -> PairFit | None:
        """The surface as the loss of a model of two features over data; None where it is something else."""
        return self.surface if isinstance(self.surface, PairFit) else None

    @property
    def data(self) -> Samples | None:
        """The samples, with the first feature where there are two; None where there are no data."""
        if self.pair is not None:
            return self.pair.first
        return self.fit.data if self.fit is not None else None

    @property
    def symbols(self) -> tuple[str, str]:
        """The two parameters in symbols."""
        return ("w", "b") if self.pair is None else ("w₁", "w₂")

    @property
    def shown(self) -> tuple[Descent, ...]:
        """The runs that are drawn."""
        return tuple(descent for descent in self.descents if descent.shown)

    @property
    def selected(self) -> Descent | None:
        """The run that is explained."""
        return self.descents[min(self.experiment.view.selected, len(self.descents) - 1)] if self.descents else None

    @cached_property
    def asked(self) -> tuple[int, ...]:
        """How many steps each run was asked for, those not shown included."""
        e = self.experiment
        given = [e.settings(run) for run in e.runs]
        return tuple(s.steps if s.epochs is None else steps_of(self.surface, s.conditions(), s.epochs) for s in given)

    @cached_property
    def steps(self) -> int:
        """The last step of the longest run."""
        return max(self.asked, default=self.experiment.descent.steps)

    @cached_property
    def timeline(self) -> Timeline:
        """The clock."""
        return Timeline(self.steps)

    @cached_property
    def best(self) -> tuple[float, float, float] | None:
        """w, b and loss at the surface's own minimum, where it is known: least squares, for a line.

        Of several equally low ones, the first.
        """
        known = self.surface.known_minimum
        if known is not None:
            return (*known, float(self.surface.loss(*known)))
        lowest = next((point for point in self.stationary or () if point.is_global), None)
        return None if lowest is None else (*lowest.position, lowest.loss)

    @cached_property
    def minimum(self) -> tuple[float, float, float] | None:
        """w, b and loss at the minimum that the runs can reach: where all hold one parameter, on that slice alone."""
        paths = {(d.trajectory.free, float(d.trajectory.path[0, 1 - d.trajectory.free[0]])) for d in self.descents}
        if len(paths) != 1 or len(next(iter(paths))[0]) != 1:
            return self.best
        # slices are made of scenes
        from lossviz.scene.slice import slice_along

        (free,), held = next(iter(paths))
        lowest = slice_along(self, "wb"[free], held).minimum
        if lowest is None:
            return None
        return (lowest[0], held, lowest[1]) if free == 0 else (held, lowest[0], lowest[1])

    @property
    def w_text(self) -> str:
        """The axis of the weight in words, with its unit: ``"weight w (kg per 10 years)"``."""
        return self._axis(0, "per", self.fit.data.feature_step if self.fit else "")

    @property
    def b_text(self) -> str:
        """The axis of the bias in words, with its unit: ``"bias b (kg at age 18)"``."""
        return self._axis(1, "at", self.fit.data.feature_origin if self.fit else "")

    def _axis(self, which: int, relation: str, place: str) -> str:
        name = self.surface.axis_names[which]
        if self.fit is None or not place:
            return name
        unit = "log-odds" if self.fit.measure.binary else self.fit.data.label_unit
        return f"{name} ({unit} {relation} {place})" if unit else name

    @property
    def loss_unit(self) -> str:
        """The loss's unit: ``"kg²"``; "" for a pure number."""
        return self.surface.loss_unit

    @property
    def loss_text(self) -> str:
        """The axis of the loss in words: ``"loss (kg²)"``."""
        return f"loss ({self.loss_unit})" if self.loss_unit else "loss"
