"""Terms: a rule's update line by line. Each line is written once, in symbols, and read, computed and filled from that.

So the line that is shown and the number beside it can't differ. A formula holds numbers, symbols, ``+ − · /``,
brackets, ``√x``, ``x²``, ``xᵗ`` and the length ``‖x‖``; a number directly before a symbol or bracket multiplies it. Its
symbols are those of the terms above it, of the rule's hyperparameters (η: the rate of this step), ``t``, the number of
this step from 1, and ``k``, the steps made before it. One convention: x/0 is 0, as a parameter that has felt no slope
stays where it is.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from lossviz.landscape.objective import Array

Value = float | Array
Writer = Callable[[str | float], str]

SLOPE = "slope"
RATE = "rate"


@dataclass(frozen=True)
class Term:
    """One line of a rule's update, as a person works it out.

    Parameters
    ----------
    symbol : str
        Such as ``"v′"``; lines below may use it. A line that is only shown has its formula as its symbol.
    name : str
        In a word or two.
    formula : str
        How it follows from the lines above; "" for what is given: the slope, and what the rule remembers.
    remembered : int, optional
        Its place in the rule's state before the step.
    carries : bool
        Whether it moves the parameters by itself, without a slope, as a velocity does.
    """

    symbol: str
    name: str
    formula: str = ""
    remembered: int | None = None
    carries: bool = False

    @cached_property
    def tree(self) -> "Node":
        """The formula, read."""
        return read(self.formula)

    @property
    def part(self) -> str:
        """The micro-step that it belongs to: the slope is taken, or the rate is put to it."""
        return SLOPE if self.symbol == "g" else RATE


class Node:
    """A piece of a formula."""

    def value(self, values: Mapping[str, Value]) -> Array:
        """Compute it from the values of its symbols."""
        raise NotImplementedError

    def text(self, write: Writer, begins: bool = True) -> str:
        """Write it, `write` giving each symbol's text; `begins`: nothing stands before it that a sign would hurt."""
        raise NotImplementedError

    def folded(self, values: Mapping[str, Value]) -> "Node":
        """Give the same with every piece that has one value for all components worked out: 1 − β₁ᵗ becomes 0.468."""
        if all(np.ndim(values[name]) == 0 for name in self.symbols()):
            return Constant(float(self.value(values)))
        inner = {name: part.folded(values) for name, part in vars(self).items() if isinstance(part, Node)}
        return replace(self, **inner) if inner else self  # type: ignore[type-var]

    def symbols(self) -> Iterator[str]:
        """Give its symbols, from left to right."""
        for part in vars(self).values():
            if isinstance(part, Node):
                yield from part.symbols()


@dataclass(frozen=True)
class Number(Node):
    """A number, as it is written."""

    written: str

    def value(self, values: Mapping[str, Value]) -> Array:
        """Give the number."""
        return np.asarray(float(self.written))

    def text(self, write: Writer, begins: bool = True) -> str:
        """Write the number."""
        return self.written


@dataclass(frozen=True)
class Constant(Node):
    """A piece that was worked out."""

    number: float

    def value(self, values: Mapping[str, Value]) -> Array:
        """Give the number."""
        return np.asarray(self.number)

    def text(self, write: Writer, begins: bool = True) -> str:
        """Write the number, with brackets around a negative one in the middle of a formula."""
        return _guarded(write(self.number), begins)


@dataclass(frozen=True)
class Symbol(Node):
    """A term or hyperparameter."""

    name: str

    def value(self, values: Mapping[str, Value]) -> Array:
        """Look its value up."""
        return np.asarray(values[self.name], dtype=np.float64)

    def text(self, write: Writer, begins: bool = True) -> str:
        """Write it, with brackets around a negative number in the middle of a formula."""
        return _guarded(write(self.name), begins)

    def symbols(self) -> Iterator[str]:
        """Give itself."""
        yield self.name


@dataclass(frozen=True)
class Negative(Node):
    """−x."""

    of: Node

    def value(self, values: Mapping[str, Value]) -> Array:
        """Turn the sign."""
        return -self.of.value(values)

    def text(self, write: Writer, begins: bool = True) -> str:
        """Write the sign first."""
        return f"−{self.of.text(write, False)}"


@dataclass(frozen=True)
class Pair(Node):
    """Two pieces and the sign between them: + − · or /."""

    left: Node
    sign: str
    right: Node

    def value(self, values: Mapping[str, Value]) -> Array:
        """Compute it; x/0 is 0."""
        a, b = self.left.value(values), self.right.value(values)
        if self.sign == "+":
            return a + b
        if self.sign == "−":
            return a - b
        if self.sign == "·":
            return a * b
        return np.where(b == 0.0, 0.0, a / np.where(b == 0.0, 1.0, b))

    def text(self, write: Writer, begins: bool = True) -> str:
        """Write both, with room around + and −."""
        room = " " if self.sign in "+−" else ""
        return f"{self.left.text(write, begins)}{room}{self.sign}{room}{self.right.text(write, False)}"


@dataclass(frozen=True)
class Root(Node):
    """√x."""

    of: Node

    def value(self, values: Mapping[str, Value]) -> Array:
        """Take the root."""
        return np.asarray(np.sqrt(self.of.value(values)))

    def text(self, write: Writer, begins: bool = True) -> str:
        """Write the root's sign first."""
        return f"√{self.of.text(write, False)}"


@dataclass(frozen=True)
class Power(Node):
    """x² or xᵗ."""

    of: Node
    exponent: str

    def value(self, values: Mapping[str, Value]) -> Array:
        """Raise it."""
        base = self.of.value(values)
        return base * base if self.exponent == "²" else np.asarray(base ** np.asarray(values["t"]))

    def text(self, write: Writer, begins: bool = True) -> str:
        """Write the exponent last."""
        return f"{self.of.text(write, False)}{self.exponent}"

    def symbols(self) -> Iterator[str]:
        """Give those of the base, and t."""
        yield from self.of.symbols()
        if self.exponent == "ᵗ":
            yield "t"


@dataclass(frozen=True)
class Length(Node):
    """‖x‖ over all components."""

    of: Node

    def value(self, values: Mapping[str, Value]) -> Array:
        """Compute it, scaled first: squares of 1e200 would overflow, those of 1e-200 vanish."""
        x = self.of.value(values)
        largest = np.max(np.abs(x), axis=0)
        scaled = x / np.where(largest > 0.0, largest, 1.0)
        return np.asarray(largest * np.sqrt(np.sum(scaled * scaled, axis=0)))

    def text(self, write: Writer, begins: bool = True) -> str:
        """Write it between its bars."""
        return f"‖{self.of.text(write)}‖"

    def folded(self, values: Mapping[str, Value]) -> Node:
        """Work it out: a length is one number for all components."""
        return Constant(float(self.value(values)))


@dataclass(frozen=True)
class Brackets(Node):
    """(x)."""

    of: Node

    def value(self, values: Mapping[str, Value]) -> Array:
        """Give what stands between them."""
        return self.of.value(values)

    def text(self, write: Writer, begins: bool = True) -> str:
        """Write it between them."""
        return f"({self.of.text(write)})"


def _guarded(text: str, begins: bool) -> str:
    return text if begins or not text.startswith("−") else f"({text})"


_TOKEN = re.compile(r"\s*(\d+(?:\.\d+)?|λmax|[A-Za-zα-ωΔ]\u0302?[₀-₉]*′?|[+−·/√²ᵗ()‖])")


def read(formula: str) -> Node:
    """Read a formula.

    Raises
    ------
    ValueError
        If it is none.
    """
    tokens: list[str] = []
    at = 0
    while at < len(formula.rstrip()):
        found = _TOKEN.match(formula, at)
        if found is None:
            raise ValueError(f"{formula!r} can't be read from {formula[at:]!r} on.")
        tokens.append(found[1])
        at = found.end()
    reader = _Reader(formula, tokens)
    made = reader.total()
    if reader.tokens:
        raise ValueError(f"{formula!r} has {reader.tokens[0]!r} where nothing more is expected.")
    return made


class _Reader:
    """Reads tokens from the left; each method takes what belongs to its level."""

    def __init__(self, formula: str, tokens: list[str]) -> None:
        self.formula, self.tokens = formula, tokens

    def _next(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def _take(self, expected: str = "") -> str:
        if not self.tokens or (expected and self.tokens[0] != expected):
            raise ValueError(f"{self.formula!r} lacks {expected or 'a number or symbol'!r}.")
        return self.tokens.pop(0)

    def total(self) -> Node:
        negative = self._next() == "−"
        if negative:
            self._take()
        made = self._product()
        if negative:
            made = Negative(made)
        while self._next() in ("+", "−"):
            sign = self._take()
            made = Pair(made, sign, self._product())
        return made

    def _product(self) -> Node:
        made = self._factor()
        while True:
            if self._next() in ("·", "/"):
                sign = self._take()
                made = Pair(made, sign, self._factor())
            elif isinstance(made, Number) and self._next() not in ("", "+", "−", ")", "‖", "²", "ᵗ"):
                made = Pair(made, "·", self._factor())
            else:
                return made

    def _factor(self) -> Node:
        if self._next() == "√":
            self._take()
            return Root(self._factor())
        token = self._take()
        if token == "(":
            made: Node = Brackets(self.total())
            self._take(")")
        elif token == "‖":
            made = Length(self.total())
            self._take("‖")
        elif token[0].isdigit():
            made = Number(token)
        elif token in "+−·/²ᵗ)":
            raise ValueError(f"{self.formula!r} has {token!r} where a number or symbol is expected.")
        else:
            made = Symbol(token)
        while self._next() in ("²", "ᵗ"):
            made = Power(made, self._take())
        return made
