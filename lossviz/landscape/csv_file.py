"""CSV files: columns of numbers read a block at a time, by the fastest way that is exact; text is left aside."""

import codecs
import csv
import math
import re
from array import array
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LARGEST_FILE = 512 * 2**20
LONGEST_ROW = 2**20
MOST_COLUMNS = 10_000
BLOCK = 2**17
"""Bytes between two yields: a few milliseconds of work where they are plainly numbers."""
CELLS = 8_000
"""Cells between two yields where each is looked at: about 10 ms."""

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

_THOUSANDS = re.compile(r"[-+−]?\d{1,3}([., '’]\d{3})+([.,]\d*)?")

Columns = tuple[dict[str, Array], int, tuple[str, ...]]
Blocks = Iterator[tuple[float, bytes]]


def reading_columns(path: Path) -> Generator[float, None, Columns]:
    """Read columns of numbers as a generator that yields progress.

    It returns the columns, how many rows it dropped, and the names of the columns of text.

    A block of rows that are plainly numbers goes through NumPy's parser; where that fails, rows with an empty cell are
    left out and it is tried again; where that fails too each cell is looked at, and the first that is no number is
    named. All three give ``float(cell)``, bit for bit. A column of which no cell is a number is left aside.

    Raises
    ------
    ValueError
        If it is not such a file; the sentence says where and what was expected.
    OSError
        If it can't be read.
    """
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise ValueError(f"{path.name} has {size / 2**20:,.0f} MiB; at most {LARGEST_FILE // 2**20} MiB are read.")
    with path.open("rb") as stream:
        blocks = _blocks(path, stream, size)
        table, begun = _begin(path, blocks, size)
        blocks = chain([begun], blocks)
        for part, block in blocks:
            table.find_text(block)
            if b'"' in block:
                # a quoted cell may reach into the next block: from here on line by line
                yield from table.read_quoted(chain([(part, block)], blocks))
                break
            yield from table.read(part, block)
            yield part
    return table.finished()


def _blocks(path: Path, stream: BinaryIO, size: int) -> Blocks:
    """Yield (part of the file, whole lines in UTF-8 with line feeds)."""
    head = stream.read(3)
    decoder = codecs.getincrementaldecoder("utf-16")() if head.startswith(_UTF16_MARKS) else None
    chunk = b"" if head == _UTF8_MARK else head
    done, rest = len(head), b""
    while True:
        more = stream.read(min(BLOCK, size - done))
        done += len(more)
        chunk += more
        if decoder is not None:
            try:
                chunk = decoder.decode(chunk, not more).encode()
            except UnicodeDecodeError:
                raise ValueError(f"{path.name} begins as a text in UTF-16, but is none.") from None
        whole, held = rest + chunk, b""
        if more and whole.endswith(b"\r"):
            whole, held = whole[:-1], b"\r"
        whole = whole.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        cut = whole.rfind(b"\n") + 1 if more else len(whole)
        rest, chunk = whole[cut:] + held, b""
        if len(rest) > LONGEST_ROW:
            raise ValueError(f"{path.name}: a row has more than {LONGEST_ROW // 2**20} MiB; is it a table?")
        if cut:
            yield min(1.0, done / size), whole[:cut]
        if not more:
            return


def _begin(path: Path, blocks: Blocks, size: int) -> tuple["_Table", tuple[float, bytes]]:
    """Read the header; give an empty table, and what is left of the first block."""
    nothing = ValueError(f"{path.name} is empty or not a text file; expected a header row and rows of numbers.")
    above = 0
    for part, block in blocks:
        lines = block.split(b"\n")
        first = next((i for i, line in enumerate(lines) if line.strip(b" \t,;")), None)
        if first is None:
            if block.strip():
                raise ValueError(
                    f"{path.name}, row {above + 1}: every column needs a name of its own, found one without."
                )
            above += block.count(b"\n")
            continue
        if b"\0" in lines[first]:
            raise nothing
        following = next((line for line in lines[first + 1 :] if line.strip()), b"")
        separator = _separator(_text(lines[first]), _text(following))
        text = [f"{_text(line)}\n" for line in lines[first:]]
        reader = csv.reader(text, delimiter=separator, skipinitialspace=True)
        try:
            names = [name.strip() for name in next(reader)]
        except csv.Error as error:
            raise ValueError(f"{path.name}, row {above + first + 1}: a row can't be read: {error}.") from None
        _check_header(path, above + first + 1, names, separator != ",")
        if not names[0]:
            # the numbers of the rows, as R and pandas write them
            names[0] = "row"
        below = b"\n".join(lines[first + reader.line_num :])
        return _Table(path, names, separator, above + first + reader.line_num, size), (part, below)
    raise nothing


def _text(line: bytes) -> str:
    """Decode UTF-8, or what Excel writes on Windows: a wrong guess shows in a name, and never in a number."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def _separator(header: str, row: str) -> str:
    """Find what separates the cells: it makes as many of the header as of the row below it, and numbers of that one."""

    def fitness(separator: str) -> tuple[bool, bool, bool]:
        try:
            names, cells = (
                next(csv.reader([line], delimiter=separator, skipinitialspace=True), []) for line in (header, row)
            )
        except csv.Error:
            return False, False, False
        alike = len(names) == len(cells)
        numbers = all(_is_number(cell, separator != ",") or not cell.strip() for cell in cells)
        return alike and len(names) > 1, len(names) > 1, alike and numbers

    return max(",;\t", key=fitness)


def _check_header(path: Path, row: int, names: list[str], comma: bool) -> None:
    where = f"{path.name}, row {row}"
    if all(_is_number(name, comma) for name in names):
        raise ValueError(f"{where}: expected column names, found only numbers.")
    if len(names) > MOST_COLUMNS:
        raise ValueError(f"{where}: found {len(names):,} columns; at most {MOST_COLUMNS:,} are read.")
    if "" in names[1:] or names == [""] or (not names[0] and "row" in names):
        raise ValueError(f"{where}: every column needs a name of its own, found one without.")
    if len(set(names)) < len(names):
        before: set[str] = set()
        twice = next(name for name in names if name in before or before.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"{where}: every column needs a name of its own, found '{twice}' twice.")


class _Table:
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

    def find_text(self, block: bytes) -> None:
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
                    if not _is_number(cells[i], True) and not _THOUSANDS.fullmatch(found):
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
        lines = self._without_text(whole) if self.texts else whole
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
            left_out = f"; {self.dropped:,} have an empty cell" if self.dropped else ""
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

    def _without_text(self, lines: list[bytes]) -> list[bytes] | None:
        """Give the lines with their numbers alone; None where that must be looked at row by row."""
        separator = self.separator.encode()
        rows = [line.split(separator) if line.strip() else None for line in lines]
        table = [row for row in rows if row is not None]
        if not self.kept or any(len(row) != len(self.names) for row in table):
            return None
        for i in self.texts:
            # names come again and again
            if any(_is_finite(_text(cell), self.comma) for cell in {row[i] for row in table}):
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
        if not _is_number(cell, self.comma):
            hint = " with a decimal point" if not self.comma and _is_number(cell, True) else ""
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
    return (f"{_text(line)}\n" for line in lines)


def _shortened(cell: str) -> str:
    found = " ".join(cell.split())
    return found if len(found) <= 40 else f"{found[:39]}…"


def _is_finite(cell: str, comma: bool) -> bool:
    """Tell a number from a text; Nan is also a name."""
    return _is_number(cell, comma) and math.isfinite(float(cell.replace(",", ".") if comma else cell))


def _is_number(cell: str, comma: bool) -> bool:
    try:
        float(cell.replace(",", ".") if comma else cell)
    except ValueError:
        return False
    return True
