"""The sections of an experiment as frozen, strictly checked structures, and the surface and rules made of them."""

from collections.abc import Callable, Generator
from pathlib import Path

import msgspec

from lossviz.diagnosis.wording import short
from lossviz.landscape.datasets import Dataset, dataset, reading_csv, with_units
from lossviz.landscape.domain import Domain
from lossviz.landscape.fit import fit
from lossviz.landscape.fitted import Fit
from lossviz.landscape.work import completed
from lossviz.rules import optimizer
from lossviz.rules.base import Rule

FORMAT = 1
LAYOUTS = ("race", "line_and_point", "one_parameter", "all")
CARDS = ("surface", "map", "loss", "data", "slice", "happening", "coefficients")
"""What a window is laid out from, in the order of the keys 1 to 7."""
CONTROLS = (
    "loss surface",
    "experiment",
    "formula",
    "descents",
    "verdicts",
    "adding",
    "selected",
    "optimizer",
    "rule",
    "rates",
    "limits",
    "start",
    "steps",
    "playback",
    "status",
)
"""What can be hidden for a class, beside the cards: panels, and single things in them."""

HASHED = 2**22
"""Bytes of a file hashed between two yields: a few milliseconds."""

Pair = tuple[float, float]
Reader = Callable[[Path, str | None], Generator[float, None, Dataset]]


class ExperimentError(ValueError):
    """An experiment that can't be used: one sentence with file, key and what was expected."""

    def __init__(self, sentence: str) -> None:
        super().__init__(" ".join(sentence.split()))


def reading_table(path: Path, sha256: str | None = None) -> Generator[float, None, Dataset]:
    """Read a CSV file as a generator that yields its progress; first see that it is the one with this sha256.

    Raises
    ------
    ValueError
        If it is no table of numbers, or another file than it was.
    OSError
        If it can't be read.
    """
    if not sha256:
        return (yield from reading_csv(path))
    # needed only here
    import hashlib

    digest, size, done = hashlib.sha256(), max(1, path.stat().st_size), 0
    with path.open("rb") as stream:
        while block := stream.read(HASHED):
            digest.update(block)
            done += len(block)
            yield 0.3 * min(1.0, done / size)
    if digest.hexdigest() != sha256:
        raise ExperimentError(f"path: {path.name} is not the file it was: its sha256 differs.")
    return (yield from reading_csv(path))


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class DomainSection(_Section, frozen=True, kw_only=True):
    """The rectangle that is looked at: w = [low, high], b = [low, high]."""

    w: Pair
    b: Pair


class SurfaceSection(_Section, frozen=True, kw_only=True):
    """What is descended: data (shipped), path (a CSV) or columns (embedded) with units; model, loss and domain."""

    data: str | None = None
    path: str | None = None
    sha256: str | None = None
    columns: dict[str, list[float]] | None = None
    units: dict[str, str] = {}
    feature: str
    label: str
    model: str = "linear"
    loss: str | None = None
    standardize: bool = False
    domain: DomainSection | None = None

    def building(self, read: Reader = reading_table) -> Generator[float, None, Fit]:
        """Make the surface as a generator that yields its progress.

        Parameters
        ----------
        read : callable
            What reads the file of `path`; a caller that remembers files gives its own.

        Raises
        ------
        ExperimentError
            If the data lack a column, can't be read, or don't go with model and loss.
        """
        if self.data is not None:
            return self.fit_to(dataset(self.data))
        try:
            if self.columns is not None:
                return self.fit_to(Dataset("the embedded columns", self.columns))  # type: ignore[arg-type]
            assert self.path is not None
            data = yield from read(Path(self.path), self.sha256)
        except OSError as error:
            raise ExperimentError(f"surface: path: {self.path} can't be read: {error.strerror or error}.") from None
        except (ValueError, TypeError) as error:
            raise ExperimentError(f"surface: {error}") from None
        yield 1.0
        return self.fit_to(data)

    def fit_to(self, data: Dataset) -> Fit:
        """Make the surface of data that are there.

        Raises
        ------
        ExperimentError
            If they lack a column, or don't go with model and loss.
        """
        try:
            if self.data is not None and self.units:
                raise ExperimentError(f"units: the columns of {self.data} have units of their own.")
            return fit(
                with_units(data, self.units),
                feature=self.feature,
                label=self.label,
                model=self.model,
                loss=self.loss,
                standardize=self.standardize,
                domain=Domain(self.domain.w, self.domain.b) if self.domain else None,
            )
        except (ValueError, TypeError) as error:
            raise ExperimentError(f"surface: {error}") from None


class DescentSection(_Section, frozen=True, kw_only=True):
    """What the runs share: where they start, how many steps they make, what moves, when they stop."""

    start: Pair
    steps: int = 200
    free: tuple[str, ...] | None = None
    tolerance: float | None = None
    loss_below: float | None = None
    loss_change: float | None = None
    check_every: int = 1


class ViewSection(_Section, frozen=True, kw_only=True):
    """How it is looked at: the axes, the layout, the camera of the 3-D view (degrees) and the selected run.

    `point` is a weight and bias that was picked, `large` the one card that is seen alone ("": none), `hidden` the cards
    and controls that are not shown, `hide_future` keeps back what the steps that are not seen yet would tell. `pan_x`
    and `pan_y` shift the 3-D picture right and up, in half widths of its box.
    """

    height: str = "linear"
    loss_axis: str = "linear"
    step_axis: str = "linear"
    layout: str = "race"
    large: str = ""
    hidden: tuple[str, ...] = ()
    hide_future: bool = False
    point: Pair | None = None
    azimuth: float = -38.0
    elevation: float = 36.0
    zoom: float = 1.0
    pan_x: float = 0.0
    pan_y: float = 0.0
    selected: int = 0


class Run(_Section, frozen=True, kw_only=True):
    """One descent: an optimizer, its hyperparameters, and what it does otherwise than [descent] says."""

    name: str = ""
    optimizer: str = "gradient_descent"
    hyperparameters: dict[str, float | bool] = {}
    shown: bool = True
    start: Pair | None = None
    steps: int | None = None
    free: tuple[str, ...] | None = None
    tolerance: float | None = None
    loss_below: float | None = None
    loss_change: float | None = None
    check_every: int | None = None

    def rule(self) -> Rule:
        """Give the optimizer of this run."""
        return optimizer(self.optimizer, **self.hyperparameters)

    @property
    def label(self) -> str:
        """The run's name, or its optimizer and learning rate where it has none: ``"rate .71"``, ``"Adam .1"``."""
        if self.name:
            return self.name
        rule = self.rule()
        rate = short(float(rule.learning_rate))
        return f"rate {rate}" if rule.name == "gradient_descent" else f"{rule.title} {rate}"


class Experiment(_Section, frozen=True, kw_only=True):
    """A surface, the runs that descend it, and how they are looked at."""

    format: int = FORMAT
    title: str = ""
    surface: SurfaceSection
    descent: DescentSection
    runs: tuple[Run, ...] = ()
    view: ViewSection = ViewSection()

    def build_surface(self) -> Fit:
        """Make the surface.

        Raises
        ------
        ExperimentError
            If the data lack a column, can't be read, or don't go with model and loss.
        """
        return completed(self.building_surface())

    def building_surface(self, read: Reader = reading_table) -> Generator[float, None, Fit]:
        """Make the surface as a generator that yields its progress; `read` reads the file of its path."""
        return self.surface.building(read)

    def settings(self, run: Run) -> DescentSection:
        """Give [descent] with the run's own overrides."""
        names = [name for name in DescentSection.__struct_fields__ if getattr(run, name) is not None]
        return msgspec.structs.replace(self.descent, **{name: getattr(run, name) for name in names})
