"""CSV files: columns of numbers read a block at a time, by the fastest way that is exact; text is left aside."""

import codecs
import csv
from collections.abc import Generator, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from lossviz.landscape.csv_table import Columns, CsvTable, is_number, text_of
from lossviz.numerals import counted

LARGEST_FILE = 512 * 2**20
LONGEST_ROW = 2**20
MOST_COLUMNS = 10_000
BLOCK = 2**17
"""Bytes between two yields: a few milliseconds of work where they are plainly numbers."""

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

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
        found = counted(round(size / 2**20))
        raise ValueError(f"{path.name} has {found} MiB; at most {LARGEST_FILE // 2**20} MiB are read.")
    with path.open("rb") as stream:
        blocks = text_blocks(path, stream, size)
        table, begun = _begin(path, blocks, size)
        blocks = chain([begun], blocks)
        for part, block in blocks:
            table.findtext_of(block)
            if b'"' in block:
                # a quoted cell may reach into the next block: from here on line by line
                yield from table.read_quoted(chain([(part, block)], blocks))
                break
            yield from table.read(part, block)
            yield part
    return table.finished()


def text_blocks(path: Path, stream: BinaryIO, size: int) -> Blocks:
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


def _begin(path: Path, blocks: Blocks, size: int) -> tuple[CsvTable, tuple[float, bytes]]:
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
        separator = separator_of(text_of(lines[first]), text_of(following))
        text = [f"{text_of(line)}\n" for line in lines[first:]]
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
        return CsvTable(path, names, separator, above + first + reader.line_num, size), (part, below)
    raise nothing


def separator_of(header: str, row: str) -> str:
    """Find what separates the cells: it makes as many of the header as of the row below it, and numbers of that one."""

    def fitness(separator: str) -> tuple[bool, bool, bool]:
        try:
            names, cells = (
                next(csv.reader([line], delimiter=separator, skipinitialspace=True), []) for line in (header, row)
            )
        except csv.Error:
            return False, False, False
        alike = len(names) == len(cells)
        numbers = all(is_number(cell, separator != ",") or not cell.strip() for cell in cells)
        return alike and len(names) > 1, len(names) > 1, alike and numbers

    return max(",;\t", key=fitness)


def _check_header(path: Path, row: int, names: list[str], comma: bool) -> None:
    where = f"{path.name}, row {row}"
    if all(is_number(name, comma) for name in names):
        raise ValueError(f"{where}: expected column names, found only numbers.")
    if len(names) > MOST_COLUMNS:
        raise ValueError(f"{where}: found {counted(len(names))} columns; at most {counted(MOST_COLUMNS)} are read.")
    if "" in names[1:] or names == [""] or (not names[0] and "row" in names):
        raise ValueError(f"{where}: every column needs a name of its own, found one without.")
    if len(set(names)) < len(names):
        before: set[str] = set()
        twice = next(name for name in names if name in before or before.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"{where}: every column needs a name of its own, found '{twice}' twice.")
