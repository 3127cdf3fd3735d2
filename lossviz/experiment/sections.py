"""The sections of an experiment as frozen, strictly checked structures, and the surface and rules made of them."""

from collections.abc import Callable, Generator
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from lossviz.landscape.base import BaseSurface
from lossviz.landscape.datasets import Dataset, dataset, reading_csv, with_units
from lossviz.landscape.domain import Domain
from lossviz.landscape.fingerprint import recognising
from lossviz.landscape.fit import fit
from lossviz.landscape.work import completed
from lossviz.numerals import short
from lossviz.rules import optimizer
from lossviz.rules.base import Rule

FORMAT = 1
LAYOUTS = ("race", "line_and_point", "one_parameter", "all", "minima")
CARDS = ("surface", "map", "loss", "data", "slice", "happening", "coefficients", "minima")
"""What a window is laid out from, in the order of the keys 1 to 8."""
CONTROLS = (
    "loss surface",
    "experiment",
    "formula",
    "descents",
    "verdicts",
    "adding",
    "random starts",
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

OVER_DATA = ("data", "path", "columns")
SOURCES = (*OVER_DATA, "function", "formula", "grid")
"""The keys of [surface] that say what it is made of: each surface has exactly one."""

FORMULA_REACH = 3.0
"""How far a typed formula is looked at, from 0 in both directions, where its file names no domain."""

MOST_RANDOM_STARTS = 1000

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
    if sha256:
        yield from recognising(path, sha256)
    return (yield from reading_csv(path))


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class DomainSection(_Section, frozen=True, kw_only=True):
    """The rectangle that is looked at: w = [low, high], b = [low, high]."""

    w: Pair
    b: Pair


class SurfaceSection(_Section, frozen=True, kw_only=True):
    """What is descended.

    Either the loss of a model over data, which are data (shipped), path (a CSV) or columns (embedded) with units; or a
    function (bundled, or the person's own), a formula (typed) or a grid (a file of losses). `params` are the numbers
    that a function or formula has beside w and b. With data, `l1` and `l2` add a penalty on the weight, and
    `class_weight` is "balanced" or the weights of the labels 0 and 1.
    """

    data: str | None = None
    path: str | None = None
    columns: dict[str, list[float]] | None = None
    function: str | None = None
    formula: str | None = None
    grid: str | None = None
    sha256: str | None = None
    params: dict[str, float] = {}
    units: dict[str, str] = {}
    feature: str = ""
    features: tuple[str, str] | None = None
    label: str = ""
    model: str = "linear"
    loss: str | None = None
    standardize: bool = False
    l1: float = 0.0
    l2: float = 0.0
    class_weight: str | Pair | None = None
    domain: DomainSection | None = None

    @property
    def source(self) -> str:
        """The key that says what it is made of; "" where none or several do."""
        given = [name for name in SOURCES if getattr(self, name) is not None]
        return given[0] if len(given) == 1 else ""

    @property
    def fitted(self) -> bool:
        """Whether it is the loss of a model over data."""
        return self.source in OVER_DATA

    @property
    def file(self) -> str | None:
        """The file that it is read from, if it is."""
        return self.path if self.path is not None else self.grid

    def building(self, read: Reader = reading_table) -> Generator[float, None, BaseSurface]:
        """Make the surface as a generator that yields its progress.

        Parameters
        ----------
        read : callable
            What reads the file of `path`; a caller that remembers files gives its own.

        Raises
        ------
        ExperimentError
            If the data lack a column, can't be read, or don't go with model and loss; if the function is unknown,
            the formula wrong, or the grid can't be read.
        """
        if not self.fitted:
            return (yield from self._building_given())
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

    def _building_given(self) -> Generator[float, None, BaseSurface]:
        """Make a surface that needs no data."""
        try:
            domain = Domain(self.domain.w, self.domain.b) if self.domain else None
            # what the first picture of most experiments doesn't need
            if self.function is not None:
                from lossviz.landscape.functions import surface

                return surface(self.function, domain=domain, **self.params)
            if self.formula is not None:
                from lossviz.landscape.expression import Expression

                around = domain or Domain(*((-FORMULA_REACH, FORMULA_REACH),) * 2)
                return Expression(self.formula, around, (), self.params)
            from lossviz.landscape.sampled import reading_surface

            assert self.grid is not None
            return (yield from reading_surface(Path(self.grid), domain=domain, sha256=self.sha256))
        except OSError as error:
            raise ExperimentError(f"surface: grid: {self.grid} can't be read: {error.strerror or error}.") from None
        except (ValueError, TypeError) as error:
            raise ExperimentError(f"surface: {error}") from None

    def fit_to(self, data: Dataset) -> BaseSurface:
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
                feature=self.feature or None,
                features=self.features,
                label=self.label,
                model=self.model,
                loss=self.loss,
                standardize=self.standardize,
                l1=self.l1,
                l2=self.l2,
                class_weight=self.class_weight,
                domain=Domain(self.domain.w, self.domain.b) if self.domain else None,
            )
        except (ValueError, TypeError) as error:
            raise ExperimentError(f"surface: {error}") from None


class DescentSection(_Section, frozen=True, kw_only=True):
    """What the runs share: where they start, how many steps they make, what moves, when they stop.

    `random_starts` runs more begin anywhere in the domain, drawn with `random_seed`.
    """

    start: Pair
    steps: int = 200
    free: tuple[str, ...] | None = None
    tolerance: float | None = None
    loss_below: float | None = None
    loss_change: float | None = None
    check_every: int = 1
    random_starts: int = 0
    random_seed: int = 0


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


@lru_cache(maxsize=256)
def _rule(name: str, convention: str, hyperparameters: tuple[tuple[str, type, Any], ...]) -> Rule:
    """Give an optimizer, the same one for the same hyperparameters: a drag asks for each dozens of times a frame."""
    return optimizer(name, convention=convention, **{key: value for key, _, value in hyperparameters})


class Run(_Section, frozen=True, kw_only=True):
    """One descent: an optimizer, its hyperparameters, and what it does otherwise than [descent] says.

    `convention` says whose way of the optimizer it is: PyTorch's, Keras's or Optax's.
    """

    name: str = ""
    optimizer: str = "gradient_descent"
    convention: str = "pytorch"
    hyperparameters: dict[str, float | bool] = {}
    shown: bool = True
    start: Pair | None = None
    steps: int | None = None
    free: tuple[str, ...] | None = None
    tolerance: float | None = None
    loss_below: float | None = None
    loss_change: float | None = None
    check_every: int | None = None
    random_starts: int | None = None
    random_seed: int | None = None

    def rule(self) -> Rule:
        """Give the optimizer of this run."""
        # with their types: 1.0 equals true, and is no switch
        given = tuple((name, type(v), v) for name, v in self.hyperparameters.items())
        return _rule(self.optimizer, self.convention, given)

    @property
    def label(self) -> str:
        """The run's name, or its optimizer and learning rate where it has none: ``"rate 0.71"``, ``"Adam 0.1"``."""
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

    def build_surface(self) -> BaseSurface:
        """Make the surface.

        Raises
        ------
        ExperimentError
            If the data lack a column, can't be read, or don't go with model and loss.
        """
        return completed(self.building_surface())

    def building_surface(self, read: Reader = reading_table) -> Generator[float, None, BaseSurface]:
        """Make the surface as a generator that yields its progress; `read` reads the file of its path."""
        return self.surface.building(read)

    @property
    def start(self) -> Pair:
        """Where the selected run begins: it may have a start of its own."""
        selected = self.runs[min(self.view.selected, len(self.runs) - 1)] if self.runs else None
        return self.settings(selected).start if selected is not None else self.descent.start

    def settings(self, run: Run) -> DescentSection:
        """Give [descent] with the run's own overrides."""
        names = [name for name in DescentSection.__struct_fields__ if getattr(run, name) is not None]
        return msgspec.structs.replace(self.descent, **{name: getattr(run, name) for name in names})
