"""Reading a term's formula: from the text to its pieces."""

import re

from lossviz.rules.formula_nodes import (
    Brackets,
    Called,
    Choice,
    Length,
    Negative,
    Node,
    Number,
    Pair,
    Power,
    Raised,
    Root,
    Size,
    Symbol,
)

_AFTER = ("", "+", "−", ")", "‖", "|", "²", "ᵗ", "^", ",", ">")
"""What a number may stand before without multiplying it."""
_TOKEN = re.compile(
    r"\s*(\d+(?:\.\d+)?|λmax|(?:max|min|sign|if)(?=\()|[A-Za-zα-ωΔ]\u0302?[₀-₉₊₋∞]*′?|[+−·/√²ᵗ^()‖|,>])"
)


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
            elif isinstance(made, Number) and self._next() not in _AFTER:
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
        elif token == "|":
            made = Size(self.total())
            self._take("|")
        elif token in ("max", "min", "sign", "if"):
            made = self._called(token)
        elif token[0].isdigit():
            made = Number(token)
        elif token in "+−·/²ᵗ^),>":
            raise ValueError(f"{self.formula!r} has {token!r} where a number or symbol is expected.")
        else:
            made = Symbol(token)
        while self._next() in ("²", "ᵗ", "^"):
            sign = self._take()
            made = Raised(made, self._factor()) if sign == "^" else Power(made, sign)
        return made

    def _called(self, name: str) -> Node:
        self._take("(")
        first = self.total()
        if name == "if":
            self._take(">")
            smaller = self.total()
            self._take(",")
            then = self.total()
            self._take(",")
            made: Node = Choice(first, smaller, then, self.total())
        elif name == "sign":
            made = Called(name, first)
        else:
            self._take(",")
            made = Called(name, first, self.total())
        self._take(")")
        return made
