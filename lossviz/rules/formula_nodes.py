"""Pieces of a term's formula: each can be computed, written, and worked out as far as it is one number."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from lossviz.landscape.objective import Array

Value = float | Array
Writer = Callable[[str | float], str]


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
class Raised(Node):
    """x^y."""

    of: Node
    exponent: Node

    def value(self, values: Mapping[str, Value]) -> Array:
        """Raise it."""
        return np.asarray(self.of.value(values) ** self.exponent.value(values))

    def text(self, write: Writer, begins: bool = True) -> str:
        """Write the exponent behind the sign for raising."""
        return f"{self.of.text(write, False)}^{self.exponent.text(write, False)}"


@dataclass(frozen=True)
class Size(Node):
    """|x|, each component by itself."""

    of: Node

    def value(self, values: Mapping[str, Value]) -> Array:
        """Drop the sign."""
        return np.abs(self.of.value(values))

    def text(self, write: Writer, begins: bool = True) -> str:
        """Write it between its bars."""
        return f"|{self.of.text(write)}|"


@dataclass(frozen=True)
class Called(Node):
    """max(x, y), min(x, y) or sign(x)."""

    name: str
    first: Node
    second: Node | None = None

    def value(self, values: Mapping[str, Value]) -> Array:
        """Compute it."""
        first = self.first.value(values)
        if self.second is None:
            return np.asarray(np.sign(first))
        larger = np.maximum if self.name == "max" else np.minimum
        return np.asarray(larger(first, self.second.value(values)))

    def text(self, write: Writer, begins: bool = True) -> str:
        """Write it as it is called."""
        second = "" if self.second is None else f", {self.second.text(write)}"
        return f"{self.name}({self.first.text(write)}{second})"


@dataclass(frozen=True)
class Choice(Node):
    """if(x > y, a, b): a where x is larger, else b."""

    larger: Node
    smaller: Node
    then: Node
    otherwise: Node

    def value(self, values: Mapping[str, Value]) -> Array:
        """Choose."""
        chosen = self.larger.value(values) > self.smaller.value(values)
        return np.where(chosen, self.then.value(values), self.otherwise.value(values))

    def text(self, write: Writer, begins: bool = True) -> str:
        """Write condition and both ways."""
        condition = f"{self.larger.text(write)} > {self.smaller.text(write)}"
        return f"if({condition}, {self.then.text(write)}, {self.otherwise.text(write)})"

    def folded(self, values: Mapping[str, Value]) -> Node:
        """Drop the way that is not taken, where that is one for all components."""
        if all(np.ndim(values[name]) == 0 for part in (self.larger, self.smaller) for name in part.symbols()):
            taken = self.then if self.larger.value(values) > self.smaller.value(values) else self.otherwise
            return taken.folded(values)
        return super().folded(values)


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
