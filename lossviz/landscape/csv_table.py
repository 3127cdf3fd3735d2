"""A table that is being read from a CSV file: blocks of rows become columns of numbers; text is left aside."""

import csv
import math
import re
from array import array
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lossviz.numerals import counted

Array = NDArray[np.float64]

CELLS = 8_000
"""Cells between two yields where each is looked at: about 10 ms."""

_THOUSANDS = re.compile(r"[-+−]?\d{1,3}([., '’]\d{3})+([.,]\d*)?")

Columns = tuple[dict[str, Array], int, tuple[str, ...]]


def text_of(line: bytes) -> str:
    """Decode UTF-8, or what Excel writes on Windows: a wrong guess shows in a name, and never in a number."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


class CsvTable:
    """Columns that grow, and where in the file they have come to."""

    def __init__(self, path: Path, names: list[str], separator: str, row: int, size: int) -> None:
        self.path, self.names, self.separator, self.row = path, names, separator, row
        self.comma = separator != ","
        self.mark = ""
        """The decimal mark seen so far, where both are understood."""
        self.dropped = 0
        self.filled = 0
        self.size = size
        self.begun = False
        self.texts: dict[int, str] = {}
        """The columns that hold text so far, each with the sentence that is said if it holds a number too."""
        self.kept = list(range(len(names)))
        """The columns of numbers."""
        self.columns: list[Array] = []

    def findtext_of(self, block: bytes) -> None:
        """Find the columns of text by the first cell of each, in the first block that has a row."""
        if self.begun:
            return
        undecided = set(self.kept)
        reader = csv.reader(_texts(_lines(block)), delimiter=self.separator, skipinitialspace=True)
        # a row that can't be read is told when it is read
        with suppress(csv.Error):
            for row, cells in enumerate(reader, self.row + 1):
                if all(not cell.strip() for cell in cells):
                    continue
                self.begun = True
                if len(cells) != len(self.names):
                    break
                for i in [i for i in undecided if cells[i].strip()]:
                    undecided.remove(i)
                    found = _shortened(cells[i])
                    # a number that is written in another way is no text
                    if not is_number(cells[i], True) and not _THOUSANDS.fullmatch(found):
                        self.texts[i] = f"{self._where(row, i)} a number, found '{found}'."
                if not undecided:
                    break
        self.kept = [i for i in self.kept if i not in self.texts]
        # no row is shorter than a digit for each number and what separates the cells; memory that isn't written to
        # isn't taken
        room = self.size // (len(self.kept) + len(self.names)) + 1
        self.columns = [np.empty(room) for _ in self.kept]

    def read(self, part: float, block: bytes) -> Generator[float, None, None]:
        """Take a block without quotes."""
        nul = block.find(b"\0")
        if nul >= 0:
            row = self.row + block.count(b"\n", 0, nul) + 1
            raise ValueError(f"{self.path.name}, row {row}: found a NUL byte; expected text.")
        whole = _lines(block)
        lines = self._withouttext_of(whole) if self.texts else whole
        values = self._plain(lines) if lines is not None else None
        if values is None and lines is not None:
            complete, dropped = self._complete(lines)
            if len(complete) < len(lines):
                values = self._plain(complete)
            self.dropped += dropped if values is not None else 0
        if values is None:
            yield from self._read_rows(_texts(whole), lambda: part)
            return
        self._add(values)
        self.row += len(whole)

    def read_quoted(self, blocks: Iterable[tuple[float, bytes]]) -> Generator[float, None, None]:
        """Take all that is left, line by line."""
        part = 0.0

        def lines() -> Iterator[str]:
            nonlocal part
            row = self.row
            for reached, block in blocks:
                part = reached
                if b"\0" in block:
                    row += block.count(b"\n", 0, block.find(b"\0")) + 1
                    raise ValueError(f"{self.path.name}, row {row}: found a NUL byte; expected text.")
                row += block.count(b"\n")
                yield from _texts(_lines(block))

        yield from self._read_rows(lines(), lambda: part)

    def finished(self) -> Columns:
        """Give the columns, each of its own length and no longer."""
        if not self.filled:
            left_out = f"; {counted(self.dropped)} have an empty cell" if self.dropped else ""
            raise ValueError(f"{self.path.name} has no row of numbers below its header{left_out}.")
        for values in self.columns:
            values.resize(self.filled, refcheck=False)
            values.flags.writeable = False
        arrays = {self.names[i]: values for i, values in zip(self.kept, self.columns, strict=True)}
        return arrays, self.dropped, tuple(self.names[i] for i in self.texts)

    def _plain(self, lines: list[bytes]) -> Array | None:
        """Give the numbers of lines that hold nothing else, shape (rows, columns); None where something else is."""
        if not any(lines):
            return np.empty((0, len(self.kept)))
        mark = self.mark
        if self.comma:
            block = b"\n".join(lines)
            found = [m for m in (",", ".") if m.encode() in block]
            if len(found) > 1 or (mark and found and found != [mark]):
                return None
            if found:
                mark = found[0]
            if mark == ",":
                lines = block.replace(b",", b".").split(b"\n")
        try:
            values = np.loadtxt(lines, delimiter=self.separator, comments=None, ndmin=2, encoding="ascii")
        except ValueError:
            return None
        if values.shape[1] != len(self.kept) or not np.all(np.isfinite(values)):
            return None
        self.mark = mark
        return values

    def _withouttext_of(self, lines: list[bytes]) -> list[bytes] | None:
        """Give the lines with their numbers alone; None where that must be looked at row by row."""
        separator = self.separator.encode()
        rows = [line.split(separator) if line.strip() else None for line in lines]
        table = [row for row in rows if row is not None]
        if not self.kept or any(len(row) != len(self.names) for row in table):
            return None
        for i in self.texts:
            # names come again and again
            if any(_is_finite(text_of(cell), self.comma) for cell in {row[i] for row in table}):
                return None
        numbers = [b"" if row is None else separator.join([row[i] for i in self.kept]) for row in rows]
        # a row without any number may still say something
        blank = separator + b" \t"
        if any(row is not None and not left.strip(blank) for row, left in zip(rows, numbers, strict=True)):
            return None
        return numbers

    def _complete(self, lines: list[bytes]) -> tuple[list[bytes], int]:
        """Give the lines without an empty cell, and how many others say something; all where one isn't as wide."""
        separator, others = self.separator.encode(), len(self.kept) - 1
        blank = b" " if self.separator == "\t" else b" \t"
        complete, dropped = [], 0
        for line in lines:
            squeezed = line.translate(None, blank)
            if not squeezed.strip(separator):
                # a blank line is none, and one of separators alone says nothing
                continue
            if separator * 2 in squeezed or squeezed.startswith(separator) or squeezed.endswith(separator):
                if line.count(separator) != others:
                    return lines, 0
                dropped += 1
            else:
                complete.append(line)
        return complete, dropped

    def _add(self, values: Array) -> None:
        if not len(values):
            return
        end = self.filled + len(values)
        for column, numbers in zip(self.columns, values.T, strict=True):
            column[self.filled : end] = numbers
        self.filled = end

    def _read_rows(self, lines: Iterator[str], part: Callable[[], float]) -> Generator[float, None, None]:
        """Take lines cell by cell."""
        width = len(self.kept)
        reader = csv.reader(lines, delimiter=self.separator, skipinitialspace=True)
        while True:
            numbers = array("d")
            rows = 0
            try:
                for cells in islice(reader, max(1, CELLS // len(self.names))):
                    rows += 1
                    self.row += 1
                    self._take(cells, numbers)
            except csv.Error as error:
                sentence = f"{self.path.name}, row {self.row + 1}: a row can't be read: {error}."
                raise ValueError(sentence) from None
            if rows and not width:
                raise ValueError(f"{self.path.name} has no column of numbers; every column holds text.")
            self._add(np.array(numbers).reshape(-1, width))
            if not rows:
                return
            yield part()

    def _take(self, cells: list[str], numbers: "array[float]") -> None:
        if all(not cell.strip() for cell in cells):
            return
        if len(cells) != len(self.names):
            expected = f"{len(self.names)} cell{'s' if len(self.names) > 1 else ''}"
            raise ValueError(f"{self.path.name}, row {self.row}: expected {expected}, found {len(cells)}.")
        for i, sentence in self.texts.items():
            if _is_finite(cells[i], self.comma):
                raise ValueError(sentence)
        if self.texts:
            cells = [cells[i] for i in self.kept]
        if any(not cell.strip() for cell in cells):
            self.dropped += 1
            return
        if not self.comma:
            try:
                row = [float(cell) for cell in cells]
            except ValueError:
                row = [math.nan]
            if all(map(math.isfinite, row)):
                numbers.extend(row)
                return
        for i, cell in zip(self.kept, cells, strict=True):
            numbers.append(self._number(i, cell))

    def _where(self, row: int, i: int) -> str:
        return f"{self.path.name}, row {row}, column '{self.names[i]}': expected"

    def _number(self, i: int, cell: str) -> float:
        where = self._where(self.row, i)
        found = _shortened(cell)
        mark = "," if "," in cell else "."
        if not is_number(cell, self.comma):
            hint = " with a decimal point" if not self.comma and is_number(cell, True) else ""
            hint = " without thousands separators" if _THOUSANDS.fullmatch(found) else hint
            raise ValueError(f"{where} a number{hint}, found '{found}'.")
        if self.comma and mark in cell:
            if self.mark and mark != self.mark:
                raise ValueError(
                    f"{where} a decimal {'comma' if self.mark == ',' else 'point'} as above, found '{found}'."
                )
            self.mark = mark
        number = float(cell.replace(",", ".") if self.comma else cell)
        if not math.isfinite(number):
            raise ValueError(f"{where} a finite number, found '{found}'.")
        return number


def _lines(block: bytes) -> list[bytes]:
    lines = block.split(b"\n")
    if not lines[-1]:
        del lines[-1]
    return lines


def _texts(lines: Iterable[bytes]) -> Iterator[str]:
    return (f"{text_of(line)}\n" for line in lines)


def _shortened(cell: str) -> str:
    found = " ".join(cell.split())
    return found if len(found) <= 40 else f"{found[:39]}…"


def _is_finite(cell: str, comma: bool) -> bool:
    """Tell a number from a text; Nan is also a name."""
    return is_number(cell, comma) and math.isfinite(float(cell.replace(",", ".") if comma else cell))


def is_number(cell: str, comma: bool) -> bool:
    """Tell whether a cell is a number; with `comma` also one with a decimal comma."""
    try:
        float(cell.replace(",", ".") if comma else cell)
    except ValueError:
        return False
    return True
