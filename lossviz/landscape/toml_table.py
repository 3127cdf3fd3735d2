"""Tables of a TOML file that are read key by key: what is wrong is one sentence with file, line and key."""

import math
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lossviz.landscape.naming import unknown

Place = tuple[str | int, ...]

LARGEST = 2**16
"""Bytes of a file; one that is larger is not what it is taken for."""

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*([\w"'-]+(?:\s*\.\s*[\w"'-]+)*)\s*=""")
_SYNTAX = re.compile(r"(?P<what>.*?)\.? \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")


@dataclass(frozen=True, eq=False)
class TomlTable:
    """A table of a TOML file, or the whole of it, asked for its values by kind.

    Every method raises a ValueError of one sentence where the file doesn't hold what is asked for.

    Parameters
    ----------
    name : str
        What errors call the file.
    text : str
        The whole file.
    values : mapping
        What the table holds.
    place : tuple of str and int
        The keys and numbers that lead to the table.
    """

    name: str
    text: str
    values: Mapping[str, Any]
    place: Place = ()

    def wrong(self, key: str, sentence: str) -> ValueError:
        """Make the error about a key of this table, or about the table itself where `key` is empty."""
        place = (*self.place, key) if key else self.place
        return ValueError(f"{self.name}, line {line_of(self.text, place)}: {_dotted(place)}{sentence}")

    def only(self, *known: str) -> None:
        """Refuse a key that is not among these."""
        for key in self.values:
            if key not in known:
                raise self.wrong(key, unknown("a key here", key, known))

    def word(self, key: str, default: str | None = None) -> str:
        """Give a text on one line, its blanks made single; required where there is no default."""
        value = self._given(key, default)
        if not isinstance(value, str):
            raise self.wrong(key, f"expected a text, found {value!r}.")
        if not value.strip() and default != "":
            raise self.wrong(key, "expected a text, found none.")
        return " ".join(value.split())

    def number(self, key: str, default: float | None = None) -> float:
        """Give a number, infinite ones included; required where there is no default."""
        return self._number(key, self._given(key, default))

    def pair(self, key: str, default: tuple[float, float] | None = None) -> tuple[float, float]:
        """Give two finite numbers, the first below the second; required where there is no default."""
        value = self._given(key, default)
        if not isinstance(value, (list, tuple)) or len(value) != 2:
            raise self.wrong(key, f"expected two numbers, [low, high], found {value!r}.")
        low, high = (self._number(key, bound) for bound in value)
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise self.wrong(key, f"expected two finite numbers, the low one first, found {low:g} and {high:g}.")
        return low, high

    def switch(self, key: str, default: bool | None) -> bool | None:
        """Give true or false, or the default."""
        value = self.values.get(key, default)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(key, f"expected true or false, found {value!r}.")
        return value

    def table(self, key: str, default: Mapping[str, Any] | None = None) -> "TomlTable":
        """Give a table within this one; required where there is no default."""
        value = self._given(key, default)
        if not isinstance(value, Mapping):
            raise self.wrong(key, f"expected a table, found {value!r}.")
        return TomlTable(self.name, self.text, value, (*self.place, key))

    def rows(self, key: str) -> tuple["TomlTable", ...]:
        """Give a list of tables; none where the key is missing."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
            raise self.wrong(key, f"expected a list of tables, found {value!r}.")
        return tuple(TomlTable(self.name, self.text, row, (*self.place, key, i)) for i, row in enumerate(value))

    def _given(self, key: str, default: Any) -> Any:
        value = self.values.get(key, default)
        if value is None:
            raise self.wrong("", f"'{key}' is missing; it is required.")
        return value

    def _number(self, key: str, value: object) -> float:
        try:
            number = math.nan if isinstance(value, bool) or not isinstance(value, (int, float)) else float(value)
        except OverflowError:
            number = math.nan
        if math.isnan(number):
            raise self.wrong(key, f"expected a number, found {value!r}.")
        return number


def read_table(path: Path) -> TomlTable:
    """Read a TOML file.

    Raises
    ------
    ValueError
        If it can't be read or isn't TOML; the sentence names file and line.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"{path.name}, line 1: expected at most {LARGEST // 1024} KiB of TOML.")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name}, line {_line_at(error)}: expected a text file in UTF-8.") from None
    except OSError as error:
        raise ValueError(f"{path.name} can't be read: {error.strerror or error}.") from None
    try:
        return TomlTable(path.name, text, tomllib.loads(text))
    except RecursionError:
        raise ValueError(f"{path.name}, line 1: not valid TOML: nested too deep.") from None
    except ValueError as error:
        raise ValueError(f"{path.name}, {_syntax(str(error), text)}") from None


def line_of(text: str, place: Place) -> int:
    """Find the line, counted from 1, where the value at this place of a TOML text is set, or what holds it.

    Parameters
    ----------
    text : str
        Valid TOML.
    place : tuple of str and int
        The keys and numbers that lead there: ``("minima", 1, "w")``.
    """
    starts = _starts(text)
    known = next((place[:n] for n in range(len(place), 0, -1) if place[:n] in starts), None)
    if known is None:
        return 1
    position = starts[known]
    if len(place) > len(known) and isinstance(row := place[len(known)], int):
        # tables that are written in one list: each begins with a brace
        for _ in range(row + 1):
            position = max(position, text.find("{", position + 1))
    return text.count("\n", 0, position) + 1


def _starts(text: str) -> dict[Place, int]:
    """Give where in the text each header and each key at the beginning of a line stands; the first of its name."""
    starts: dict[Place, int] = {}
    table: Place = ()
    rows: Counter[Place] = Counter()
    position = 0
    for line in text.splitlines(keepends=True):
        if header := _HEADER.match(line):
            table = _parts(header[2])
            if header[1] == "[[":
                rows[table] += 1
                table = (*table, rows[table] - 1)
            starts.setdefault(table, position)
        elif key := _KEY.match(line):
            parts = (*table, *_parts(key[1]))
            for n in range(len(table) + 1, len(parts) + 1):
                starts.setdefault(parts[:n], position)
        position += len(line)
    return starts


def _parts(dotted: str) -> Place:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _dotted(place: Place) -> str:
    """Name a place as people do, rows counted from 1: ``"minima 2, w: "``."""
    words = "".join(f" {part + 1}," if isinstance(part, int) else f".{part}" for part in place)
    return f"{words.removeprefix('.').replace(',.', ', ').rstrip(',')}: " if place else ""


def _line_at(error: UnicodeDecodeError) -> int:
    return bytes(error.object[: error.start]).count(b"\n") + 1


def _syntax(message: str, text: str) -> str:
    found = _SYNTAX.match(message)
    if not found:
        return f"line 1: not valid TOML: {message}."
    what = found["what"][:1].lower() + found["what"][1:]
    line = found["line"] or len(text.splitlines()) or 1
    column = f" (column {found['column']})" if found["column"] else ""
    return f"line {line}: not valid TOML: {what}{column}."
