"""A graph written as straight-line code: over arrays, in place where it can, and over Python's floats."""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lossviz.landscape.calculus.graph import B, Graph, Node, W, in_order, is_integer_power
from lossviz.landscape.calculus.operations import AT_A_POINT, OPERATIONS

_CONSTANTS = {"inf": math.inf, "nan": math.nan}
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
    writer = _Writer(outputs)
    run = _made(writer.lines, parameters, [f"o{k}" for k in range(len(outputs))], _OVER_ARRAYS)
    return ArrayCode(run, writer.temporaries, writer.operations)


def point_code(graph: Graph, outputs: Sequence[Node], parameters: int) -> Callable[..., tuple[float, ...]]:
    """Give a function of (w, b, parameters…), all floats, that gives the outputs.

    It raises ValueError, ZeroDivisionError or OverflowError where Python's arithmetic does.
    """
    outputs = _by_multiplication(graph, outputs)
    names: dict[Node, str] = {}
    lines = []
    for node in in_order(outputs):
        names[node] = _leaf(node) or f"t{len(names)}"
        if node.operands:
            text = OPERATIONS[node.operation].point.format(*(names[operand] for operand in node.operands))
            lines.append(f"{names[node]} = {text}")
    lines.append(f"return ({''.join(f'{names[node]}, ' for node in outputs)})")
    return _made(lines, parameters, [], AT_A_POINT | _CONSTANTS)


class _Writer:
    """Writes the lines of an array function, and keeps the books of which array is free."""

    def __init__(self, outputs: Sequence[Node]) -> None:
        self.lines: list[str] = []
        self.temporaries = 0
        self.operations = 0
        self._names: dict[Node, str] = {}
        self._free: dict[int, list[str]] = defaultdict(list)
        self._made = 0
        order = in_order(outputs)
        last_use = {operand: node for node in order for operand in node.operands}
        into = {node: f"o{k}" for k, node in reversed(list(enumerate(outputs))) if _axes(node) == W | B}
        for node in order:
            self._names[node] = _leaf(node) or ""
            if node.operands:
                dying = [operand for operand in dict.fromkeys(node.operands) if last_use[operand] is node]
                self._write(node, into.get(node), [operand for operand in dying if operand not in outputs])
        for k, node in enumerate(outputs):
            if self._names[node] != f"o{k}":
                self.lines.append(f"copyto(o{k}, {self._names[node]})")

    def _write(self, node: Node, output: str | None, dying: list[Node]) -> None:
        self.operations += _axes(node) == W | B
        operation = OPERATIONS[node.operation]
        operands = [self._names[operand] for operand in node.operands]
        # conditions are arrays of another type, and numbers none at all: neither is written over
        kind = 0 if operation.condition else _axes(node)
        freed: dict[int, list[str]] = defaultdict(list)
        for operand in dying:
            if operand.operands and _axes(operand) and not operand.condition:
                freed[_axes(operand)].append(self._names[operand])
        if kind and operation.in_place and (output or freed[kind] or self._free[kind]):
            name = output or (freed[kind] or self._free[kind]).pop()
            self.lines.append(f"{node.operation}({', '.join(operands)}, out={name})")
        else:
            name = self._free[kind].pop() if kind and self._free[kind] else self._new(kind)
            self.lines.append(f"{name} = {node.operation}({', '.join(operands)})")
        self._names[node] = name
        for axes, names in freed.items():
            self._free[axes] += names

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


def _made(lines: list[str], parameters: int, outputs: list[str], functions: dict[str, Any]) -> Callable[..., Any]:
    """Compile lines that hold nothing but names made here, numbers and operations; they see these functions alone."""
    arguments = ", ".join(["w", "b", *(f"p{k}" for k in range(parameters)), *outputs])
    source = "\n    ".join([f"def formula({arguments}):", *lines])
    names = {"__builtins__": {}, **functions}
    exec(compile(source, "<formula>", "exec"), names)
    formula: Callable[..., Any] = names["formula"]
    return formula
