"""Grids in CSV files: the first row has the values of b, the first column those of w, the rest are losses."""

import math
from collections.abc import Generator
from pathlib import Path

import numpy as np

from lossviz.landscape.csv_file import separator_of, text_blocks
from lossviz.landscape.csv_table import CELLS, is_number, text_of
from lossviz.landscape.domain import Array
from lossviz.landscape.grid_check import MOST
from lossviz.numerals import counted

SHAPE = "the first row has the values of b, the first column those of w"


def reading_grid_csv(path: Path) -> Generator[float, None, tuple[Array, Array, Array]]:
    """Read w (n,), b (m,) and the losses (n, m) as a generator that yields its progress.

    Separators, decimal commas and encodings are as in a table of data; an empty cell is a missing loss.

    Raises
    ------
    ValueError
        If it is no such file; the sentence says where and what was expected.
    OSError
        If it can't be read.
    """
    separator, row, unyielded = "", 0, 0
    rows: list[list[float]] = []
    with path.open("rb") as stream:
        for part, block in text_blocks(path, stream, path.stat().st_size):
            if b"\0" in block:
                raise ValueError(f"{path.name} is no text file; expected a grid: {SHAPE}.")
            lines = [text_of(line) for line in block.split(b"\n")]
            for number, line in enumerate(lines):
                row += number < len(lines) - 1 or bool(line)
                if not line.strip():
                    continue
                if not rows:
                    separator = separator_of(line, next(filter(str.strip, lines[number + 1 :]), ""))
                rows.append(_numbers(path, row, line, separator, len(rows[0]) if rows else None))
                if len(rows) > MOST + 1:
                    raise ValueError(
                        f"{path.name} has more than {counted(MOST)} rows; no more points an axis are read."
                    )
                unyielded += len(rows[-1])
                if unyielded > CELLS:
                    unyielded = 0
                    yield part
    if len(rows) < 2 or len(rows[0]) < 2:
        raise ValueError(f"{path.name}: expected a grid, found no losses: {SHAPE}.")
    cells = np.array(rows)
    return cells[1:, 0], cells[0, 1:], cells[1:, 1:]


def _numbers(path: Path, row: int, line: str, separator: str, expected: int | None) -> list[float]:
    """Give the numbers of a row, NaN for an empty cell; in the first row the corner may hold anything."""
    cells = [cell.strip().strip('"').strip() for cell in line.split(separator)]
    comma = separator != ","
    if expected is None:
        if len(cells) > MOST + 1:
            raise ValueError(f"{path.name} has more than {counted(MOST)} columns; no more points an axis are read.")
        cells[0] = ""
    elif len(cells) != expected:
        raise ValueError(f"{path.name}, row {row}: expected {expected} cells, found {len(cells)}.")
    numbers = []
    for column, cell in enumerate(cells, 1):
        on_axis = (expected is None) != (column == 1)
        if cell and not is_number(cell, comma):
            found = cell if len(cell) <= 40 else f"{cell[:39]}…"
            raise ValueError(f"{path.name}, row {row}, column {column}: expected a number, found '{found}': {SHAPE}.")
        if on_axis and not cell:
            axis = "b" if expected is None else "w"
            raise ValueError(
                f"{path.name}, row {row}, column {column}: expected a value of {axis}, found an empty cell."
            )
        numbers.append(float(cell.replace(",", ".") if comma else cell) if cell else math.nan)
    return numbers
