"""A rule's step traced: followed once with names in the place of numbers, and so written down as a graph.

What ``follow`` does is then known, operation by operation, and can be written as straight-line code: for one run in
plain numbers, for many in arrays that are written over. It makes the same operations in the same order, so the same
bits. A rule that looks at its numbers in another way than by arithmetic can't be traced, and is followed as it is.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lossviz.landscape.calculus.emission import IN_FLOATS, consuming_code, made, point_lines
from lossviz.landscape.calculus.graph import PARAMETERS, B, Graph, Node, W
from lossviz.landscape.calculus.operations import OPERATIONS
from lossviz.rules.base import State
from lossviz.rules.componentwise import Componentwise

SLOPE, THETA, RATE, REMEMBERED = 0, 1, 2, 3
"""Which parameter of the graph is what; what is remembered comes last, before hyperparameters that are arrays."""
NAMES = "wb"

_USES = (PARAMETERS, W, W | B)
"""What a number uses, one that differs from run to run, and one of each parameter of each run."""
_OF_UFUNC = {operation.arrays: name for name, operation in OPERATIONS.items() if isinstance(operation.arrays, np.ufunc)}
_MIRRORED = {np.greater: "less", np.greater_equal: "less_equal"}


class UntraceableError(TypeError):
    """A rule looks at its numbers otherwise than by arithmetic."""


class Named:
    """A quantity that has a name instead of a value; what is made of it is written into its graph."""

    __slots__ = ("graph", "node")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, graph: Graph, node: Node) -> None:
        self.graph = graph
        self.node = node

    def made(self, operation: str, *operands: Any) -> "Named":
        """Give what an operation makes of operands, names and numbers."""
        nodes = [self.of(operand) for operand in operands]
        if operation == "where" and nodes[0].constant:
            return Named(self.graph, nodes[1] if nodes[0].number else nodes[2])
        if operation == "equal" and nodes[1].constant and nodes[1].number == 0.0 and _positive(nodes[0]):
            return Named(self.graph, self.graph.number(0.0))
        return Named(self.graph, self.graph.plain(operation, *nodes))

    def of(self, operand: Any) -> Node:
        """Give the node of an operand."""
        if isinstance(operand, Named):
            return operand.node
        if np.ndim(operand) == 0 and isinstance(operand, (int, float, np.integer, np.floating)):
            return self.graph.number(float(operand))
        raise UntraceableError(f"{operand!r} is neither a name nor a number.")

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> "Named":
        if method == "__call__" and not kwargs:
            if ufunc in _OF_UFUNC:
                return self.made(_OF_UFUNC[ufunc], *inputs)
            if ufunc in _MIRRORED:
                return self.made(_MIRRORED[ufunc], *reversed(inputs))
            if ufunc is np.square:
                return self.made("multiply", *inputs, *inputs)
        raise UntraceableError(f"{ufunc.__name__} can't be traced.")

    def __array_function__(self, function: Any, types: Any, args: Sequence[Any], kwargs: Any) -> "Named":
        if function is np.where and len(args) == 3 and not kwargs:
            return self.made("where", *args)
        raise UntraceableError(f"{function.__name__} can't be traced.")

    def __bool__(self) -> bool:
        raise UntraceableError("a name is neither true nor false.")

    def __neg__(self) -> "Named":
        return self.made("negative", self)

    def __abs__(self) -> "Named":
        return self.made("abs", self)


def _spell(symbol: str, operation: str, mirrored: bool = False) -> None:
    """Let an operator of Python between names be this operation."""

    def one(self: Named, other: Any) -> Named:
        return self.made(operation, other, self) if mirrored else self.made(operation, self, other)

    setattr(Named, f"__{symbol}__", one)


for _symbol, _operation in (
    ("add", "add"),
    ("sub", "subtract"),
    ("mul", "multiply"),
    ("truediv", "divide"),
):
    _spell(_symbol, _operation)
    _spell(f"r{_symbol}", _operation, mirrored=True)
for _symbol, _operation, _turned in (
    ("lt", "less", False),
    ("le", "less_equal", False),
    ("gt", "less", True),
    ("ge", "less_equal", True),
    ("eq", "equal", False),
    ("ne", "not_equal", False),
):
    _spell(_symbol, _operation, _turned)


def _positive(node: Node) -> bool:
    """Tell whether a node is known never to be 0 or less; it may be no number."""
    if node.constant:
        return node.number > 0.0
    if node.operation == "add":
        first, second = node.operands
        return (_positive(first) and _not_negative(second)) or (_positive(second) and _not_negative(first))
    return False


def _not_negative(node: Node) -> bool:
    if node.constant:
        return node.number >= 0.0
    first, *others = node.operands or (node,)
    if node.operation == "multiply":
        return others[0] is first or (_not_negative(first) and _not_negative(others[0]))
    if node.operation in ("add", "divide", "min"):
        return _not_negative(first) and _not_negative(others[0])
    return node.operation in ("sqrt", "abs") or (node.operation == "max" and any(map(_not_negative, node.operands)))


@dataclass(frozen=True, eq=False)
class Script:
    """A step written down.

    Parameters
    ----------
    graph : Graph
        Its parameters are slope, theta, rate, what is remembered part by part, and the hyperparameters that are arrays.
    outputs : tuple of Node
        Where the step leads, and what is remembered then.
    given : tuple of Node
        The parameters.
    arrays : tuple of arrays
        The hyperparameters that are arrays.
    """

    graph: Graph
    outputs: tuple[Node, ...]
    given: tuple[Node, ...]
    arrays: tuple[Any, ...]


def traced(rule: Componentwise, dimensions: Sequence[int], rate_dimensions: int = 0) -> Script | None:
    """Write down a rule's step; None where it can't be traced.

    Parameters
    ----------
    rule : Componentwise
    dimensions : sequence of int
        Of each part that it remembers: 0 for a number, 1 for one a run, 2 for one a parameter and run.
    rate_dimensions : int
        Of the rate.
    """
    graph = Graph()
    counts = [2, 2, rate_dimensions, *dimensions]
    arrays = {name: value for name, value in rule.values.items() if np.ndim(value) and name != "learning_rate"}
    counts += [np.ndim(value) for value in arrays.values()]
    given = tuple(graph.parameter(k, _USES[count]) for k, count in enumerate(counts))
    names = [Named(graph, node) for node in given]
    own = copy.copy(rule)
    for name, value in zip(arrays, names[REMEMBERED + len(dimensions) :], strict=True):
        object.__setattr__(own, name, value)
    state = tuple(names[REMEMBERED : REMEMBERED + len(dimensions)])
    try:
        rate: Any = names[RATE]
        after, remembered = own.follow(names[SLOPE], names[THETA], rate, state)
        outputs = tuple(names[THETA].of(part) for part in (after, *remembered))
    except (TypeError, ValueError, AttributeError):
        return None
    return Script(graph, outputs, given, tuple(arrays.values()))


Stride = Callable[..., tuple[Any, ...]]


def in_place(script: Script, remembered: int) -> Stride:
    """Give the step over arrays: from slope, theta, rate, what is remembered and arrays to theta and what is then.

    The arrays of slope, theta and what is remembered are written over, and given back in any order.
    """
    consumed = {script.given[k] for k in (SLOPE, THETA, *range(REMEMBERED, REMEMBERED + remembered))}
    return consuming_code(script.outputs, len(script.given), consumed, IN_FLOATS)


Course = Callable[..., tuple[list[float], list[State]]]


def course(script: Script, free: Sequence[int], remembered: int) -> Course:
    """Give many steps of one run in plain numbers.

    A function of what gives loss and slopes, the point (w, b), what is remembered for each free component, the rates of
    the steps in stretches, what keeps a row (w, b, loss, ∂L/∂w, ∂L/∂b) before each step, and what keeps the point and
    what is remembered before each stretch. It gives both as they are then. It raises ValueError, ZeroDivisionError or
    OverflowError where Python's arithmetic does.
    """
    components = [NAMES[i] for i in free]
    parts = [
        [f"s{k}" if not script.given[REMEMBERED + k].uses & (W | B) else f"s{k}_{name}" for k in range(remembered)]
        for name in components
    ]
    memory = ", ".join(f"({''.join(f'{part}, ' for part in own)})" for own in parts)
    lines = ["w, b = point", f"{memory}, = memory", "for rates in stretches:"]
    lines += [f"    note(([w, b], [{memory}]))", "    for rate in rates:"]
    inner = ["loss, g_w, g_b = slopes(w, b)", "keep((w, b, loss, g_w, g_b))"]
    shared: dict[Node, str] = {}
    places: list[str] = []
    results: list[str] = []
    for name, own in zip(components, parts, strict=True):
        names = dict(zip(script.given, (f"g_{name}", name, "rate", *own), strict=True)) | shared
        inner += point_lines(script.outputs, names, f"t_{name}")
        shared |= {node: text for node, text in names.items() if not node.uses & (W | B)}
        for place, node in zip((name, *own), script.outputs, strict=True):
            if place not in places:
                places.append(place)
                results.append(names[node])
    inner.append(f"{', '.join(places)} = {', '.join(results)}")
    lines += [f"        {line}" for line in inner]
    lines.append(f"return [w, b], [{memory}]")
    return made(lines, ["slopes", "point", "memory", "stretches", "keep", "note"], IN_FLOATS)
