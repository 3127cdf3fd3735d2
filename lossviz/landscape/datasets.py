"""Datasets: named columns of numbers, shipped with lossviz or read from a CSV file."""

import io
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.naming import unknown
from lossviz.resources import resource, shipped

Array = NDArray[np.float64]

LARGEST_FILE = 512 * 2**20
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


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

    def __post_init__(self) -> None:
        arrays = {}
        for name, values in self.arrays.items():
            array = np.array(values, dtype=np.float64)
            array.flags.writeable = False
            arrays[name] = array
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
            raise ValueError(f"{self.name}: {unknown('a column', column, self.columns)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)

    def __contains__(self, column: object) -> bool:
        return column in self.arrays


def datasets() -> tuple[str, ...]:
    """Name the shipped datasets."""
    return shipped("datasets", ".csv")


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
    read = read_csv(resource("datasets", f"{name}.csv"))
    meaning = {column: Column(**words) for column, words in about.pop("columns").items()}
    return Dataset(name, read.arrays, meaning, **about)


def read_csv(path: str | Path) -> Dataset:
    """Read columns of numbers from a text file with a header row.

    The separator is a comma, semicolon or tab (with semicolons or tabs a decimal comma is understood); UTF-8 or UTF-16.
    Rows with an empty cell are left out and counted in ``dropped``.

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
    path = Path(path)
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise ValueError(f"{path.name} has {size / 2**20:,.0f} MiB; at most {LARGEST_FILE // 2**20} MiB are read.")
    raw = path.read_bytes()
    encoding = next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        raise ValueError(f"{path.name} is not a text file in UTF-8 or UTF-16.") from None
    first = text.lstrip().split("\n", 1)[0]
    if not first or "\0" in text:
        raise ValueError(f"{path.name} is empty or not a text file; expected a header row and rows of numbers.")
    separator = max(",;\t", key=first.count)
    import csv

    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    try:
        return _table(path, rows, comma=separator != ",")
    except csv.Error as error:
        raise ValueError(f"{path.name}: a row can't be read: {error}.") from None


def _table(path: Path, rows: Iterator[list[str]], comma: bool) -> Dataset:
    numbered = enumerate(rows, start=1)
    first, header = next(((n, row) for n, row in numbered if any(cell.strip() for cell in row)), (1, [""]))
    header = [name.strip() for name in header]
    if all(_is_number(name, comma) for name in header):
        raise ValueError(f"{path.name}, row {first}: expected column names, found only numbers.")
    if "" in header or len(set(header)) < len(header):
        raise ValueError(
            f"{path.name}, row {first}: every column needs a name of its own, found {', '.join(map(repr, header))}."
        )
    values: list[list[float]] = []
    dropped = 0
    for number, cells in numbered:
        if not cells or all(not cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise ValueError(f"{path.name}, row {number}: expected {len(header)} cells, found {len(cells)}.")
        if any(not cell.strip() for cell in cells):
            dropped += 1
            continue
        try:
            values.append([float(cell) for cell in cells])
        except ValueError:
            values.append([_number(path, number, *pair, comma) for pair in zip(header, cells, strict=True)])
    if not values:
        raise ValueError(f"{path.name} has no row of numbers below its header.")
    table = np.array(values, dtype=np.float64)
    if not np.all(np.isfinite(table)):
        row, column = np.argwhere(~np.isfinite(table))[0]
        raise ValueError(f"{path.name}, data row {row + 1}, column '{header[column]}': expected a finite number.")
    return Dataset(path.stem, dict(zip(header, table.T, strict=True)), dropped=dropped)


def _is_number(cell: str, comma: bool) -> bool:
    try:
        float(cell.replace(",", ".") if comma else cell)
    except ValueError:
        return False
    return True


def _number(path: Path, row: int, column: str, cell: str, comma: bool) -> float:
    if _is_number(cell, comma):
        return float(cell.replace(",", ".") if comma else cell)
    raise ValueError(f"{path.name}, row {row}, column '{column}': expected a number, found '{cell.strip()}'.")
