"""Test functions as files: what a TOML file says of one, read and checked."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from lossviz.landscape.domain import Domain
from lossviz.landscape.naming import unknown
from lossviz.landscape.param import Param
from lossviz.landscape.toml_table import TomlTable

GROUPS = ("lecture", "more", "own")
"""What a list of surfaces is parted into: for a lecture, more of them, a person's own."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

Made = TypeVar("Made")


@dataclass(frozen=True)
class Definition:
    """A test function as its file says it; the formula is not looked at.

    Parameters
    ----------
    name : str
        The file's name, as in the API: ``"six_hump_camel"``.
    title : str
        The name in words.
    group : str
        One of ``GROUPS``.
    formula : str
        The loss as an expression of w, b and the names of `params`.
    domain : Domain
        What is looked at where nothing else is asked for.
    params : tuple of Param
    minima : tuple of three texts
        w, b and loss of each known minimum as expressions of the params, for all whose values they hold.
    source : str
        Where it was published.
    teaches : str
        One sentence for a student: what it shows.
    convention : str
        What else to know: what is meant where the formula leaves it open.
    display : str
        The formula as it is shown, where it is computed by another that is equal.
    smooth : bool or None
        Whether the Hessian exists everywhere; None: what the formula's functions say.
    order : float
        The place in its group; infinite: at the end.
    """

    name: str
    title: str
    group: str
    formula: str
    domain: Domain
    params: tuple[Param, ...] = ()
    minima: tuple[tuple[str, str, str], ...] = ()
    source: str = ""
    teaches: str = ""
    convention: str = ""
    display: str = ""
    smooth: bool | None = None
    order: float = math.inf


def definition_in(table: TomlTable) -> Definition:
    """Give the definition of a test function that a file holds; the function bears the file's name.

    Raises
    ------
    ValueError
        If it holds none; the sentence names file, line and key, and says what was expected.
    """
    name = table.name.removesuffix(".toml")
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"{table.name}: the name of the file is that of the surface; expected at most 40 small letters, digits "
            "and _, a letter first."
        )
    table.only(
        "title", "group", "order", "formula", "display", "smooth", "domain", "minima", "teaches", "convention",
        "source", "params",
    )  # fmt: skip
    group = table.word("group", "own")
    if group not in GROUPS:
        raise table.wrong("group", unknown("a group", group, GROUPS))
    domain = table.table("domain")
    domain.only("w", "b")
    w, b = domain.pair("w"), domain.pair("b")
    return Definition(
        name,
        table.word("title"),
        group,
        table.word("formula"),
        _sentence(table, "domain", lambda: Domain(w, b)),
        tuple(_param(params.table(key)) for params in [table.table("params", {})] for key in params.values),
        tuple(_minimum(row) for row in table.rows("minima")),
        table.word("source", ""),
        table.word("teaches", ""),
        table.word("convention", ""),
        table.word("display", ""),
        table.switch("smooth", None),
        table.number("order", math.inf),
    )


def _minimum(row: TomlTable) -> tuple[str, str, str]:
    row.only("w", "b", "loss")
    w, b, loss = (
        row.word(key) if isinstance(row.values.get(key), str) else repr(row.number(key)) for key in ("w", "b", "loss")
    )
    return w, b, loss


def _param(table: TomlTable) -> Param:
    table.only("symbol", "default", "low", "high", "open_low", "open_high", "shown", "log", "text")
    name = str(table.place[-1])
    if name in ("w", "b", "pi", "e"):
        raise table.wrong("", "expected another name; w, b, pi and e have a meaning already.")
    low, high = table.number("low", -math.inf), table.number("high", math.inf)
    if not low < high:
        raise table.wrong("low", f"expected it below 'high', found {low:g} and {high:g}.")
    default, log = table.number("default"), bool(table.switch("log", False))
    shown = table.pair("shown")
    if not low <= shown[0] < shown[1] <= high:
        raise table.wrong("shown", f"expected it within what is allowed, from {low:g} to {high:g}.")
    if log and shown[0] <= 0.0:
        raise table.wrong("shown", "expected it above 0, as 'log' is true.")
    param = Param(
        name,
        table.word("symbol", name),
        default,
        low,
        high,
        shown,
        log,
        table.word("text", ""),
        bool(table.switch("open_low", False)),
        bool(table.switch("open_high", False)),
    )
    _sentence(table, "default", lambda: param.check(default))
    return param


def _sentence(table: TomlTable, key: str, make: Callable[[], Made]) -> Made:
    """Make something; say what is wrong with it as a sentence about a key."""
    try:
        return make()
    except (ValueError, TypeError) as error:
        raise table.wrong(key, str(error)) from None
