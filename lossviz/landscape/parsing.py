"""Typed formulas of whatever kind: a text becomes Python's tree of it, in which nothing is that was not allowed."""

import ast
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lossviz.numerals import counted

OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
"""The arithmetic that every formula has."""

_SHOWN = 60
_NUMBER = re.compile(r"(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?(?![\w.])", re.ASCII)
_NUMBER_BEGINS = re.compile(r"(?<![\w.])\.?[0-9][\w.]*")
_VALUE_ENDS = re.compile(r"[\w.)]$")
_VALUE_BEGINS = re.compile(r"[\w(]|\.\d")


class FormulaError(ValueError):
    """A formula that can't be used: one sentence, and the column (from 1) that it is about.

    Parameters
    ----------
    sentence : str
        What is wrong, without the position.
    column : int
        Where, counted from 1.
    """

    def __init__(self, sentence: str, column: int) -> None:
        super().__init__(f"{' '.join(sentence.rstrip('.').split())} (at column {column}).")
        self.column = column


@dataclass(frozen=True)
class Limits:
    """How much a formula may hold: characters, nodes of its tree, and levels of these."""

    characters: int
    nodes: int
    levels: int

    def check(self, text: str) -> None:
        """Refuse a text that is empty or too long; to be asked before anything else looks at it."""
        if len(text) > self.characters:
            raise FormulaError(
                f"the formula has {counted(len(text))} characters; at most {counted(self.characters)} are allowed",
                self.characters + 1,
            )
        if not text.strip():
            raise FormulaError("the formula is empty", 1)


def wrong_numbers(text: str) -> Iterable[tuple[str, int]]:
    """Yield what begins like a number and is no decimal one, each with its column: ``("2w", 1)``, ``("0x10", 5)``."""
    for begun in _NUMBER_BEGINS.finditer(text):
        if not _NUMBER.match(text, begun.start()):
            yield begun[0], begun.start() + 1


def tree_of(text: str, typed: str) -> ast.expr:
    """Give Python's tree of a text; only for one whose length and characters have been checked.

    Parameters
    ----------
    text : str
    typed : str
        The text as it was typed, to be named where it is no formula.
    """
    start = len(text) - len(text.lstrip())
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        # Python gives no place to what is missing at the end
        place = start + (error.offset or len(text.strip()) + 1)
        shown = typed if len(typed) <= _SHOWN else typed[:_SHOWN] + "…"
        raise FormulaError(f"'{shown}' is not a formula: {_reason(error.msg, text, place)}", place) from None
    except (ValueError, RecursionError, MemoryError):
        raise FormulaError(
            "the formula can't be read: a character is not allowed, or it is nested too deep", 1
        ) from None


def checked(
    tree: ast.expr, text: str, limits: Limits, others: Callable[[ast.expr, int], Iterable[ast.expr]]
) -> list[tuple[ast.expr, int]]:
    """Give every node of a formula's tree with its column, what contains before what is contained; or refuse it.

    Arithmetic and finite numbers are allowed; it is `others` that decides on all else.

    Parameters
    ----------
    tree : ast.expr
    text : str
        The text that the tree was made of.
    limits : Limits
    others : callable
        Takes a node and its column, and gives the nodes in it that are to be looked at, or raises FormulaError.
    """
    start = len(text) - len(text.lstrip())
    lines = text.strip().splitlines(keepends=True)
    todo = [(tree, 1)]
    found: list[tuple[ast.expr, int]] = []
    while todo:
        node, level = todo.pop()
        # Python counts the bytes of a line, people the characters of the text
        line = node.lineno - 1
        before = len(lines[line].encode()[: node.col_offset].decode())
        column = start + sum(map(len, lines[:line])) + before + 1
        found.append((node, column))
        if level > limits.levels or len(found) > limits.nodes:
            raise FormulaError(f"the formula is too long or nested deeper than {limits.levels} levels", column)
        match node:
            case ast.BinOp(left=left, op=op, right=right) if isinstance(op, OPERATORS):
                inner: Iterable[ast.expr] = (left, right)
            case ast.UnaryOp(op=ast.UAdd() | ast.USub(), operand=operand):
                inner = (operand,)
            case ast.Constant(value=float() | int() as value) if not isinstance(value, bool):
                if not _fits(value):
                    raise FormulaError("the number is too large", column)
                inner = ()
            case _:
                inner = others(node, column)
        todo += [(node, level + 1) for node in inner]
    return found


def _reason(said: str, text: str, place: int) -> str:
    """Give what is wrong at a place (from 1): where Python says no more than "invalid syntax", what it may be."""
    # what Python guesses at is not what is meant here
    said = re.split(r"\. (?:Perhaps|Maybe)", said)[0]
    if said != "invalid syntax":
        return said
    before, after = text[: place - 1].rstrip(), text[place - 1 :].lstrip()
    if not after:
        return "something is missing at its end"
    if _VALUE_ENDS.search(before) and _VALUE_BEGINS.match(after):
        return "an operator is missing, such as *"
    return said


def _fits(number: float) -> bool:
    try:
        return math.isfinite(float(number))
    except OverflowError:
        return False
