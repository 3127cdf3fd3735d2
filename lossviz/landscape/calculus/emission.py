"""A graph written as straight-line code: over arrays, in place where it can, and over Python's floats."""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np

from lossviz.landscape.calculus.graph import B, Graph, Node, W, in_order, is_integer_power
from lossviz.landscape.calculus.operations import AT_A_POINT, OPERATIONS

_CONSTANTS = {"inf": math.inf, "nan": math.nan}
IN_FLOATS = AT_A_POINT | _CONSTANTS
"""What the lines of ``point_lines`` call."""
_CALL = re.compile(r"\b([a-z]\w*)\(")
_OVER_ARRAYS = {name: operation.arrays for name, operation in OPERATIONS.items()} | {"copyto": np.copyto} | _CONSTANTS


@dataclass(frozen=True)
class ArrayCode:
    """Code over arrays.

    Parameters
    ----------
    run : callable
        Takes w, b, the named numbers, and the arrays to write the outputs into.
    temporaries : int
        How many arrays of the outputs' size it needs at the same time besides.
    operations : int
        How many times it goes through an array of that size.
    """

    run: Callable[..., None]
    temporaries: int
    operations: int


def array_code(graph: Graph, outputs: Sequence[Node], parameters: int) -> ArrayCode:
    """Give the code that reckons the outputs over arrays.

    Its w and b are arrays of one or more dimensions that broadcast; each output array has their common shape. Each
    temporary has the shape of what it depends on, and is written over as soon as it is no longer needed.

    Parameters
    ----------
    graph : Graph
    outputs : sequence of Node
    parameters : int
        How many named numbers there are.
    """
    outputs = _by_multiplication(graph, outputs)
    writer = _Writer(outputs, [f"o{k}" for k in range(len(outputs))])
    copies = [f"copyto(o{k}, {name})" for k, name in enumerate(writer.names) if name != f"o{k}"]
    arguments = ["w", "b", *(f"p{k}" for k in range(parameters)), *(f"o{k}" for k in range(len(outputs)))]
    run = made([*writer.lines, *copies], arguments, _OVER_ARRAYS)
    return ArrayCode(run, writer.temporaries, writer.operations)


def abreast_code(graph: Graph, outputs: Sequence[Node], parameters: int) -> ArrayCode:
    """Give the code that reckons the outputs at points, w and b being arrays of one shape.

    Behind the arrays for the outputs it takes those for its temporaries: nothing is allocated, so that they may stay in
    the processor's cache from call to call.
    """
    outputs = _by_multiplication(graph, outputs)
    into = [f"o{k}" for k in range(len(outputs))]
    scratch = [f"x{k}" for k in range(_Writer(outputs, into, apart=False).temporaries)]
    writer = _Writer(outputs, into, apart=False, free=scratch)
    copies = [f"copyto({place}, {name})" for place, name in zip(into, writer.names, strict=True) if name != place]
    arguments = ["w", "b", *(f"p{k}" for k in range(parameters)), *into, *scratch]
    run = made([*writer.lines, *copies], arguments, _OVER_ARRAYS | (writer.constants or {}))
    return ArrayCode(run, len(scratch), writer.operations)


def consuming_code(
    outputs: Sequence[Node], parameters: int, consumed: Collection[Node], in_floats: Mapping[str, Any]
) -> Callable[..., Any]:
    """Give a function of the parameters alone that gives the outputs, and writes over what it was given.

    Behind the outputs it gives an array of both axes that is free, or None.

    Parameters
    ----------
    outputs : sequence of Node
    parameters : int
        Numbers and arrays; what use W and B have the shape of both axes, what use one of them that of one.
    consumed : collection of Node
        The parameters that are arrays of their own, no longer needed afterwards: the outputs may lie in them.
    in_floats : mapping of str to function
        As ``IN_FLOATS``: what is called for numbers.

    Notes
    -----
    Numbers come first, by Python's arithmetic; where that raises, no array has been touched.
    """
    writer = _Writer(outputs, [None] * len(outputs), consumed)
    names: list[str] = []
    for node, name in zip(outputs, writer.names, strict=True):
        # no two outputs share an array, and none is one that was given to be read
        own = not _axes(node) or (name not in names and (bool(node.operands) or node in consumed))
        names.append(name if own else f"array({name})")
    lines = [*writer.lines, f"return ({''.join(f'{name}, ' for name in names)}{writer.spare})"]
    functions = (
        _OVER_ARRAYS
        | (writer.constants or {})
        | {"array": np.array}
        | {f"at_{name}": one for name, one in in_floats.items()}
    )
    return made(lines, [f"p{k}" for k in range(parameters)], functions)


def point_code(graph: Graph, outputs: Sequence[Node], parameters: int) -> FunctionType:
    """Give a function of (w, b, parameters…), all floats, that gives the outputs.

    It raises ValueError, ZeroDivisionError or OverflowError where Python's arithmetic does.
    """
    outputs = _by_multiplication(graph, outputs)
    names: dict[Node, str] = {}
    lines = point_lines(outputs, names)
    lines.append(f"return ({''.join(f'{names[node]}, ' for node in outputs)})")
    return made(lines, ["w", "b", *(f"p{k}" for k in range(parameters))], IN_FLOATS)


def point_lines(outputs: Sequence[Node], names: dict[Node, str], prefix: str = "t") -> list[str]:
    """Give the lines that reckon the outputs in floats, by the functions ``IN_FLOATS``.

    Parameters
    ----------
    outputs : sequence of Node
    names : dict of Node to str
        What already has a name; the other nodes are put in with one that begins with the prefix.
    prefix : str
    """
    lines = []
    for node in in_order(outputs):
        if node not in names:
            names[node] = _leaf(node) or f"{prefix}{len(names)}"
            if node.operands:
                text = OPERATIONS[node.operation].point.format(*(names[operand] for operand in node.operands))
                lines.append(f"{names[node]} = {text}")
    return lines


class _Writer:
    """Writes the lines of an array function, and keeps the books of which array is free."""

    def __init__(
        self,
        outputs: Sequence[Node],
        into: Sequence[str | None],
        consumed: Collection[Node] | None = None,
        *,
        apart: bool = True,
        free: Sequence[str] = (),
    ) -> None:
        self.lines: list[str] = []
        self.temporaries = 0
        self.operations = 0
        self._names: dict[Node, str] = {}
        self._free: dict[int, list[str]] = defaultdict(list)
        self._made = 0
        self._consumed = consumed or ()
        # whether what depends on one axis alone has another shape than what depends on both
        self._apart = apart
        self.constants: dict[str, Any] | None = None if apart and consumed is None else {}
        self._free[W | B] += free
        order = in_order(outputs)
        if consumed is not None:
            numbers = [node for node in order if not _axes(node)]
            self._numbers(numbers)
            order = [*numbers, *(node for node in order if _axes(node))]
        last_use = {operand: node for node in order for operand in node.operands}
        places = {
            node: name for node, name in reversed([*zip(outputs, into, strict=True)]) if self._kind(node) == W | B
        }
        for node in order:
            if node not in self._names:
                self._names[node] = _leaf(node) or ""
                if node.operands:
                    dying = [operand for operand in dict.fromkeys(node.operands) if last_use[operand] is node]
                    self._write(node, places.get(node), [operand for operand in dying if operand not in outputs])
        self.names = [self._names[node] for node in outputs]
        self.spare = (self._free[W | B] or ["None"])[-1]

    def _numbers(self, order: Sequence[Node]) -> None:
        """Write what is made of numbers alone by Python's arithmetic."""
        for node in order:
            self._names[node] = _leaf(node) or self._new(0)
            if node.operands:
                text = _CALL.sub(r"at_\1(", OPERATIONS[node.operation].point)
                self.lines.append(f"{self._names[node]} = {text.format(*map(self._names.__getitem__, node.operands))}")

    def _write(self, node: Node, output: str | None, dying: list[Node]) -> None:
        self.operations += self._kind(node) == W | B
        operation = OPERATIONS[node.operation]
        operands = [self._operand(operand) for operand in node.operands]
        # conditions are arrays of another type, and numbers none at all: neither is written over
        kind = 0 if operation.condition else self._kind(node)
        freed: dict[int, list[str]] = defaultdict(list)
        for operand in dying:
            if (operand.operands or operand in self._consumed) and _axes(operand) and not operand.condition:
                freed[self._kind(operand)].append(self._names[operand])
        if kind and operation.in_place and (output or freed[kind] or self._free[kind]):
            name = output or (freed[kind].pop(0) if freed[kind] else self._free[kind].pop())
            self.lines.append(f"{node.operation}({', '.join(operands)}, out={name})")
        else:
            name = self._free[kind].pop() if kind and self._free[kind] else self._new(kind)
            self.lines.append(f"{name} = {node.operation}({', '.join(operands)})")
        self._names[node] = name
        for axes, names in freed.items():
            self._free[axes] += names

    def _operand(self, node: Node) -> str:
        """Name an operand of an array's operation: a number as an array without axes, which NumPy takes faster."""
        if self.constants is None or not node.constant:
            return self._names[node]
        name = f"c{node.serial}"
        self.constants[name] = np.array(node.number)
        return name

    def _kind(self, node: Node) -> int:
        """Give the shape that a node has, as the axes that it depends on."""
        return _axes(node) if self._apart or not _axes(node) else W | B

    def _new(self, kind: int) -> str:
        self._made += 1
        self.temporaries += kind == W | B
        return f"t{self._made}"


def _by_multiplication(graph: Graph, outputs: Sequence[Node]) -> list[Node]:
    """Give the outputs with products in the place of integer powers."""
    made: dict[Node, Node] = {}

    def raised(base: Node, exponent: int) -> Node:
        if exponent == 1:
            return base
        half = raised(base, exponent // 2)
        square = graph.plain("multiply", half, half)
        return graph.plain("multiply", square, base) if exponent % 2 else square

    for node in in_order(outputs):
        operands = tuple(made[operand] for operand in node.operands)
        if node.operation == "power" and node.operands[1].constant and is_integer_power(node.operands[1].number):
            made[node] = raised(operands[0], int(node.operands[1].number))
        else:
            made[node] = node if operands == node.operands else graph.plain(node.operation, *operands)
    return [made[node] for node in outputs]


def _leaf(node: Node) -> str | None:
    """Give the name or number that stands for a node without operands."""
    if node.operation == "number":
        return f"({node.number!r})" if math.copysign(1.0, node.number) < 0.0 else repr(node.number)
    if node.operation == "parameter":
        return f"p{int(node.number)}"
    return None if node.operands else node.operation


def _axes(node: Node) -> int:
    return node.uses & (W | B)


def made(lines: Sequence[str], arguments: Sequence[str], functions: Mapping[str, Any]) -> FunctionType:
    """Compile lines that hold nothing but names made here, numbers and operations; they see these functions alone."""
    source = "\n    ".join([f"def formula({', '.join(arguments)}):", *lines])
    names = {"__builtins__": {}, **functions}
    exec(compile(source, "<formula>", "exec"), names)
    formula = names["formula"]
    assert isinstance(formula, FunctionType)
    return formula
