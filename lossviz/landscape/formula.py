"""Typed formulas: arithmetic over named columns, checked against a whitelist before anything is evaluated."""

import ast
import keyword
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.naming import text_column, unknown
from lossviz.landscape.parsing import FormulaError, Limits, checked, tree_of, wrong_numbers

Array = NDArray[np.float64]

__all__ = ["Affine", "ColumnFormula", "FormulaError", "written"]

_LIMITS = Limits(characters=500, nodes=300, levels=40)
_ALLOWED = "only numbers, column names, + - * / ** and brackets are allowed"
# what Python would warn of on the terminal, or take for a comment
_STRANGE = re.compile(r"[\"'#$@\\]")
_QUOTED = re.compile(r"`([^`]*)`?")

_BINARY: dict[type[ast.operator], Callable[[Array, Array], Array]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}


@dataclass(frozen=True)
class Affine:
    """A formula that is ``scale * column + shift`` of one column: then results can be told in the column's units."""

    column: str
    scale: float
    shift: float


class ColumnFormula:
    """Arithmetic over columns: numbers, column names, + − * / ** and brackets.

    Parameters
    ----------
    text : str
        The formula. A text that is exactly a column's name means that column, whatever letters it has; within a
        formula a name that is no single word stands in backquotes, ```weight (kg)` / 1000``.
    columns : collection of str
        The names that may occur.
    left_out : collection of str
        The names of columns that hold text.

    Raises
    ------
    FormulaError
        If the text is not such a formula; the sentence says what and where.
    """

    def __init__(self, text: str, columns: tuple[str, ...], left_out: tuple[str, ...] = ()) -> None:
        self.text = text
        self._tree: ast.expr | None = None
        if text not in columns:
            if text in left_out:
                raise FormulaError(text_column(text), 1)
            plain, quoted = _unquoted(text, columns, left_out)
            self._tree = _parsed(plain, text)
            _check(self._tree, columns, plain, quoted, left_out)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that the formula uses, each once."""
        if self._tree is None:
            return (self.text,)
        return tuple(dict.fromkeys(node.id for node in ast.walk(self._tree) if isinstance(node, ast.Name)))

    def evaluate(self, columns: Mapping[str, Array]) -> Array:
        """Give the formula's value for every row; NaN or inf where the arithmetic has no finite one."""
        if self._tree is None:
            return np.asarray(columns[self.text], dtype=np.float64)
        with np.errstate(all="ignore"):
            value = _evaluated(self._tree, columns)
        rows = len(next(iter(columns.values()))) if columns else 1
        return np.array(np.broadcast_to(value, (rows,)), dtype=np.float64)

    def affine(self) -> Affine | None:
        """Give scale and shift where the formula is affine in exactly one column, else None."""
        if self._tree is None:
            return Affine(self.text, 1.0, 0.0)
        found = _affine(self._tree)
        if found is None or found[0] is None or found[1] == 0.0 or not np.all(np.isfinite(found[1:])):
            return None
        return Affine(found[0], found[1], found[2])


def written(column: str) -> str:
    """Give a column's name as it stands in a formula: in backquotes where it is no single word."""
    word = column.isidentifier() and not keyword.iskeyword(column) and normalize("NFKC", column) == column
    return column if word else f"`{column}`"


def _unquoted(text: str, columns: tuple[str, ...], left_out: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    """Put a word of the same length in the place of each name in backquotes; give the columns of these words."""
    quoted: dict[str, str] = {}

    def word(found: re.Match[str]) -> str:
        name, place = found[1], found.start() + 1
        if not found[0].endswith("`") or len(found[0]) < 2:
            raise FormulaError("a backquote has no partner", place)
        if name not in columns:
            raise FormulaError(_not_there(name, columns, left_out), place)
        # a letter that no column begins with, as many as needed to tell the names apart
        letter = next(c for c in map(chr, range(0x4E00, 0x9FFF)) if c not in letters)
        letters.add(letter)
        made = letter + "_" * (len(name) - 1)
        quoted[made] = name
        return f" {made} "

    letters = {name[0] for name in columns if name}
    # one that is too long is refused before it is looked at
    return (_QUOTED.sub(word, text) if len(text) <= _LIMITS.characters else text), quoted


def _parsed(text: str, typed: str) -> ast.expr:
    _LIMITS.check(text)
    strange = _STRANGE.search(text)
    if strange:
        raise FormulaError(_ALLOWED, strange.start() + 1)
    for number, place in wrong_numbers(text):
        raise FormulaError(f"'{number}' is not a number", place)
    return tree_of(text, typed)


def _not_there(name: str, columns: tuple[str, ...], left_out: tuple[str, ...]) -> str:
    return text_column(name) if name in left_out else unknown("a column", name, columns)


def _check(
    tree: ast.expr, columns: tuple[str, ...], text: str, quoted: dict[str, str], left_out: tuple[str, ...]
) -> None:
    """Refuse what is not allowed, and put the columns' own names into the tree."""
    # Python composes letters: a column's name may be written as two characters, and the same name as one
    names = {normalize("NFKC", name): name for name in reversed(columns)} | quoted

    def name(node: ast.expr, place: int) -> tuple[ast.expr, ...]:
        if not isinstance(node, ast.Name):
            raise FormulaError(_ALLOWED, place)
        if node.id not in names:
            raise FormulaError(_not_there(node.id, columns, left_out), place)
        node.id = names[node.id]
        return ()

    checked(tree, text, _LIMITS, name)


def _evaluated(node: ast.expr, columns: Mapping[str, Array]) -> Array:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            return _BINARY[type(op)](_evaluated(left, columns), _evaluated(right, columns))
        case ast.UnaryOp(op=op, operand=operand):
            value = _evaluated(operand, columns)
            return np.negative(value) if isinstance(op, ast.USub) else value
        case ast.Constant(value=float() | int() as number):
            # as float64: Python's own integers would make 9**9**9 a number of 10^8 digits
            return np.asarray(float(number))
        case ast.Name(id=name):
            return np.asarray(columns[name], dtype=np.float64)
    raise AssertionError("checked before")


def _affine(node: ast.expr) -> tuple[str | None, float, float] | None:
    """Give (column or None for a constant, scale, shift), or None where it is not affine in one column."""
    match node:
        case ast.Constant(value=float() | int() as number):
            return None, 0.0, float(number)
        case ast.Name(id=name):
            return name, 1.0, 0.0
        case ast.UnaryOp(op=op, operand=operand):
            inner = _affine(operand)
            sign = -1.0 if isinstance(op, ast.USub) else 1.0
            return inner and (inner[0], sign * inner[1], sign * inner[2])
        case ast.BinOp(left=left, op=op, right=right):
            return _combined(_affine(left), op, _affine(right))
    return None


def _combined(
    left: tuple[str | None, float, float] | None, op: ast.operator, right: tuple[str | None, float, float] | None
) -> tuple[str | None, float, float] | None:
    if left is None or right is None:
        return None
    (left_name, a, c), (right_name, d, f) = left, right
    match op:
        case ast.Add() | ast.Sub():
            if left_name and right_name and left_name != right_name:
                return None
            sign = 1.0 if isinstance(op, ast.Add) else -1.0
            return left_name or right_name, a + sign * d, c + sign * f
        case ast.Mult() if right_name is None:
            return left_name, a * f, c * f
        case ast.Mult() if left_name is None:
            return right_name, d * c, f * c
        case ast.Div() if right_name is None and f != 0.0:
            return left_name, a / f, c / f
        case ast.Pow() if left_name is None and right_name is None:
            with np.errstate(all="ignore"):
                return None, 0.0, float(np.power(c, f))
        case ast.Pow() if right_name is None and f == 1.0:
            return left
    return None
