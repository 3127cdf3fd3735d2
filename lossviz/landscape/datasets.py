"""Datasets: named columns of numbers, shipped with lossviz, drawn by a recipe or read from a CSV file."""

import tomllib
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.naming import text_column, unknown
from lossviz.landscape.units import one_of, unit_in_name
from lossviz.landscape.work import completed
from lossviz.resources import resource, shipped

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Column:
    """What a column means: a text for axes, its unit ("" where it has none), and one of that unit ("year")."""

    text: str
    unit: str = ""
    one: str = ""


@dataclass(frozen=True, eq=False)
class Dataset(Mapping[str, Array]):
    """Columns of equal length by name: ``d["age"]`` is an array of float64.

    Parameters
    ----------
    name : str
        As in the API and in files.
    arrays : mapping of str to array (rows,)
        The columns; they are made read-only.
    meaning : mapping of str to Column
        What some of the columns mean.
    title, source, note : str
        In words: what it is, where it is from, what else to know.
    made_up : bool
        True where the numbers were invented.
    one, many : str
        What a row is: "birth", "births".
    dropped : int
        Rows left out when it was read, as a cell of theirs was empty.
    left_out : tuple of str
        Columns left aside when it was read, as they hold text.
    """

    name: str
    arrays: Mapping[str, Array]
    meaning: Mapping[str, Column] = field(default_factory=dict)
    title: str = ""
    source: str = ""
    note: str = ""
    made_up: bool = False
    one: str = "row"
    many: str = "rows"
    dropped: int = 0
    left_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        arrays = {}
        for name, values in self.arrays.items():
            arrays[name] = _kept(values)
        if len({array.shape for array in arrays.values()}) != 1 or next(iter(arrays.values())).ndim != 1:
            raise ValueError(f"{self.name}: the columns must be lists of numbers of one length.")
        if not next(iter(arrays.values())).size:
            raise ValueError(f"{self.name}: the columns must have at least one row.")
        object.__setattr__(self, "arrays", MappingProxyType(arrays))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in their order."""
        return tuple(self.arrays)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(next(iter(self.arrays.values())))

    def __getitem__(self, column: str) -> Array:
        try:
            return self.arrays[column]
        except KeyError:
            raise ValueError(f"{self.name}: {self._not_there(column)}") from None

    def _not_there(self, column: str) -> str:
        return text_column(column) if column in self.left_out else unknown("a column", column, self.columns)

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)

    def __contains__(self, column: object) -> bool:
        return column in self.arrays


def _kept(values: Any) -> Array:
    """Give an array that nobody changes: a copy, but of one that owns its numbers and is read-only itself."""
    if isinstance(values, np.ndarray) and values.dtype == np.float64:
        numbers: Array = values
        if numbers.flags.owndata and not numbers.flags.writeable:
            return numbers
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array


def datasets() -> tuple[str, ...]:
    """Name the shipped datasets."""
    return shipped("datasets", ".toml")


def dataset(name: str) -> Dataset:
    """Give a shipped dataset.

    Parameters
    ----------
    name : str
        One of ``datasets()``.

    Raises
    ------
    ValueError
        If there is no such dataset; the sentence names the nearest.
    """
    if name not in datasets():
        raise ValueError(unknown("a dataset", name, datasets()))
    about: dict[str, Any] = tomllib.loads(resource("datasets", f"{name}.toml").read_text(encoding="utf-8"))
    meaning = {column: Column(**words) for column, words in about.pop("columns").items()}
    return Dataset(name, _columns(name), meaning, **about)


@lru_cache(maxsize=8)
def _columns(name: str) -> Mapping[str, Array]:
    """Read or draw the columns of a shipped dataset."""
    file = resource("datasets", f"{name}.csv")
    if file.exists():
        return read_csv(file).arrays
    # needed only for a few
    from lossviz.landscape.generated import RECIPES

    return {column: _kept(values) for column, values in RECIPES[name]().items()}


def with_units(data: Dataset, units: Mapping[str, str]) -> Dataset:
    """Give the dataset with units for some of its columns, as axes and numbers are to be told in.

    Parameters
    ----------
    data : Dataset
    units : mapping of str to str
        From a column to its unit, ``{"age": "years"}``; "" for none.

    Raises
    ------
    ValueError
        If a column is not there; the sentence names the nearest.
    """
    meaning = dict(data.meaning)
    for column, unit in units.items():
        if column not in data:
            raise ValueError(f"units of {data.name}: {data._not_there(column)}")
        text, named = unit_in_name(column)
        meaning[column] = Column(text if named == unit else column, unit, one_of(unit))
    return replace(data, meaning=meaning)


def read_csv(path: str | Path) -> Dataset:
    """Read columns of numbers from a text file with a header row.

    The separator is a comma, semicolon or tab (with semicolons or tabs a decimal comma is understood); UTF-8, UTF-16,
    or the Windows-1252 of older programs. Rows with an empty cell are left out and counted in ``dropped``;
    columns of which no cell is a number are left aside and named in ``left_out``.

    Parameters
    ----------
    path : str or Path
        The file, at most 512 MiB.

    Raises
    ------
    ValueError
        If it is not such a file; the sentence says where and what was expected.
    OSError
        If it can't be read.
    """
    return completed(reading_csv(path))


def reading_csv(path: str | Path) -> Generator[float, None, Dataset]:
    """Read a CSV file as a generator that yields its progress; see ``read_csv``."""
    # needed only where a file is read
    from lossviz.landscape.csv_file import reading_columns

    arrays, dropped, left_out = yield from reading_columns(Path(path))
    return Dataset(Path(path).stem, arrays, dropped=dropped, left_out=left_out)
