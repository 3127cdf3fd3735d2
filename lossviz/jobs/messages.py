"""Messages: all that the backend thread is asked and answers. Frozen, so that neither side can change what was said.

Why they are as they are, against what has to fit later:

- A request has a *number* and a *channel*. A newer request in a channel cancels the older one, so a drag never queues
  up; a sweep, a basin map or a tuning run gets a channel of its own: a drag neither cancels it nor waits for it.
- A request carries the whole frozen Experiment and no live object: the same request makes a film in another process.
- Long work answers Progress and, where a coarse result is better than none, Partial; then exactly one of Done, Failed
  and Cancelled. Whoever listens drops what has not the newest number of its channel, and needs no other state.
"""

from pathlib import Path
from typing import Any, ClassVar

from msgspec import Struct

from lossviz.experiment import Experiment, SurfaceSection


class Request(Struct, frozen=True):
    """Something to compute.

    Parameters
    ----------
    number : int
        Larger than that of every request before it.
    """

    channel: ClassVar[str] = "other"
    number: int


class ComputeScene(Request, frozen=True):
    """Surface, grid and descents of an experiment; Done carries a Scene.

    Parameters
    ----------
    experiment : Experiment
    resolution : int
        Points of the grid an axis.
    draft : bool
        Whether the mesh for a moving camera will do where the fine one isn't there: more changes may come soon.
    """

    channel: ClassVar[str] = "scene"
    experiment: Experiment
    resolution: int = 193
    draft: bool = False


class FindStationary(Request, frozen=True):
    """The stationary points of a surface; Partial and Done carry a tuple of StationaryPoints.

    Parameters
    ----------
    surface : SurfaceSection
    """

    channel: ClassVar[str] = "stationary"
    surface: SurfaceSection


class TryRates(Request, frozen=True):
    """A learning-rate range test; Done carries a RangeTest.

    Parameters
    ----------
    subject : Experiment
        One run alone, as ``lossviz.jobs.rates.alone`` gives it.
    low, high : float
        The first and the last rate.
    steps : int
    """

    channel: ClassVar[str] = "rates"
    subject: Experiment
    low: float
    high: float
    steps: int


class LeaveRates(Request, frozen=True):
    """No range test is wanted any more: the one that was asked for is cancelled. Done carries None."""

    channel: ClassVar[str] = "rates"


class ProposeRace(Request, frozen=True):
    """Make an experiment in which optimizers race on a surface; Done carries it.

    Parameters
    ----------
    surface : SurfaceSection
        One that needs no data.
    keep : Experiment or None
        Whose descents are to run on it; None: those that suit it.
    """

    channel: ClassVar[str] = "table"
    surface: SurfaceSection
    keep: Experiment | None = None


class ShowSurfaces(Request, frozen=True):
    """The test functions with their pictures; Partial carries a Gallery with those drawn by now, Done the whole one."""

    channel: ClassVar[str] = "surfaces"


class KeepExperiment(Request, frozen=True):
    """Write an experiment aside, whole or not at all; Done carries None.

    Parameters
    ----------
    experiment : Experiment
    path : Path
    head : str
        Comment lines before it.
    """

    channel: ClassVar[str] = "keep"
    experiment: Experiment
    path: Path
    head: str = ""


class ReadTable(Request, frozen=True):
    """Read a CSV file; Done carries a Dataset.

    Parameters
    ----------
    path : str
    """

    channel: ClassVar[str] = "table"
    path: str


class FitTable(Request, frozen=True):
    """Make an experiment of columns of a CSV file; Done carries it, or the ChoiceError that says why there is none.

    Parameters
    ----------
    path : str
    surface : SurfaceSection or None
        What was chosen; None: what seems best.
    """

    channel: ClassVar[str] = "table"
    path: str
    surface: SurfaceSection | None = None


class LeaveTable(Request, frozen=True):
    """Nothing more is wanted of a CSV file: what was asked about it before is cancelled. Done carries None."""

    channel: ClassVar[str] = "table"


class Reply(Struct, frozen=True):
    """Something about the request of that number and channel."""

    number: int
    channel: str


class Progress(Reply, frozen=True):
    """How much of the work is done, 0..1."""

    part: float


class Partial(Reply, frozen=True):
    """A coarse result on the way to the exact one."""

    result: Any


class Done(Reply, frozen=True):
    """The result."""

    result: Any


class Failed(Reply, frozen=True):
    """Why there is no result: a sentence for people, and details for a report."""

    sentence: str
    details: str = ""


class Cancelled(Reply, frozen=True):
    """A newer request, or the end of the program, took its place."""


Ending = Done | Failed | Cancelled
