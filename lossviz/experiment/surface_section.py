"""[surface]: what is descended, and the surface made of it."""

from collections.abc import Callable, Generator
from pathlib import Path

import msgspec

from lossviz.experiment.section import ExperimentError, Pair, Section
from lossviz.landscape.base import BaseSurface
from lossviz.landscape.datasets import Dataset, dataset, reading_csv, with_units
from lossviz.landscape.domain import Domain
from lossviz.landscape.fingerprint import recognising
from lossviz.landscape.fit import fit

OVER_DATA = ("data", "path", "columns")
SOURCES = (*OVER_DATA, "function", "formula", "grid")
"""The keys of [surface] that say what it is made of: each surface has exactly one."""

FORMULA_REACH = 3.0
"""How far a typed formula is looked at, from 0 in both directions, where its file names no domain."""

Reader = Callable[[Path, str | None], Generator[float, None, Dataset]]


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


class DomainSection(Section, frozen=True, kw_only=True):
    """The rectangle that is looked at: w = [low, high], b = [low, high]."""

    w: Pair
    b: Pair


class SurfaceSection(Section, frozen=True, kw_only=True):
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
    params: dict[str, float] = msgspec.field(default_factory=dict)
    units: dict[str, str] = msgspec.field(default_factory=dict)
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
