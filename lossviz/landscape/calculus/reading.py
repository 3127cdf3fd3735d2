"""Reading: a typed text of w, b and named numbers becomes a graph."""

import ast
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lossviz.landscape.calculus.characters import check_characters, comma_advice
from lossviz.landscape.calculus.graph import B, Graph, Node, W, in_order
from lossviz.landscape.calculus.operations import OPERATIONS
from lossviz.landscape.naming import unknown
from lossviz.landscape.parsing import FormulaError, Limits, checked, tree_of

LIMITS = Limits(characters=1000, nodes=400, levels=100)
CONSTANTS = {"pi": math.pi, "e": math.e}
_OF_ONE = """
exp log log2 log10 log1p expm1 sqrt cbrt abs sin cos tan asin acos atan sinh cosh tanh sigmoid softplus relu sign floor
"""
FUNCTIONS: dict[str, tuple[int, int | None]] = {
    **dict.fromkeys(_OF_ONE.split(), (1, 1)),
    "atan2": (2, 2),
    "hypot": (2, 2),
    "max": (2, None),
    "min": (2, None),
    "where": (3, 3),
    "clip": (3, 3),
}
"""The functions, and how many arguments they take at least and at most."""

LONGEST_NAME = 30
_NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*_?")
_TAKEN = {"W": "w", "B": "b", "E": "e", "PI": "pi", "Pi": "pi"}
_NO_NAMES = ("inf", "nan", "domain", "declared")
_ELSEWHERE = {
    "ln": "log", "lg": "log10", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2",
    "fabs": "abs", "maximum": "max", "minimum": "min", "sgn": "sign", "clamp": "clip", "pow": "a**b", "power": "a**b",
    "square": "a**2",
}  # fmt: skip
"""What functions are called in other languages."""

_ALLOWED = "only w, b, numbers, names, + - * / **, comparisons, brackets and functions are allowed"
_OPERATORS: dict[type[ast.operator], Callable[[Graph, Node, Node], Node]] = {
    ast.Add: Graph.add,
    ast.Sub: Graph.subtract,
    ast.Mult: Graph.multiply,
    ast.Div: Graph.divide,
    ast.Pow: Graph.power,
}
_COMPARISONS: dict[type[ast.cmpop], tuple[str, bool]] = {
    ast.Lt: ("less", False),
    ast.LtE: ("less_equal", False),
    ast.Gt: ("less", True),
    ast.GtE: ("less_equal", True),
    ast.Eq: ("equal", False),
    ast.NotEq: ("not_equal", False),
}
"""The operation of each comparison, and whether its operands change places."""


@dataclass(frozen=True)
class Formula:
    """A text that was read.

    Parameters
    ----------
    graph : Graph
    value : Node
    names : tuple of str
        The named numbers, in the order of the text: parameter k of the graph is ``names[k]``.
    kink : str
        The first place where value or slope may jump, ``"abs at column 3"``; "" where there is none.
    """

    graph: Graph
    value: Node
    names: tuple[str, ...]
    kink: str


def read(text: str) -> Formula:
    """Read a formula.

    Raises
    ------
    FormulaError
        If it is none; nothing of it has been run, and nothing will be but the operations listed here.
    """
    LIMITS.check(text)
    check_characters(text)
    start = len(text) - len(text.lstrip())
    found = checked(tree_of(text, text), text, LIMITS, lambda node, column: _others(node, column, text[start:]))
    names = _names(found)
    graph = Graph()
    made: dict[ast.expr, Node] = {}
    places: dict[Node, tuple[int, str]] = {}
    # what is contained comes after what contains it
    for tree, column in reversed(found):
        node = made[tree] = _node(graph, tree, made, names)
        word = tree.func.id if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) else "a comparison"
        if isinstance(tree, (ast.Call, ast.Compare)):
            places[node] = min((column, word), places.get(node, (column, word)))
    value = graph.as_number(made[found[0][0]])
    kinks = [places[node] for node in in_order([value]) if node in places and _has_kink(node)]
    return Formula(graph, value, names, "{1} at column {0}".format(*min(kinks)) if kinks else "")


def _names(found: list[tuple[ast.expr, int]]) -> tuple[str, ...]:
    """Give the named numbers in the order of the text."""
    names = [node.id for node, _ in sorted(found, key=lambda entry: entry[1]) if isinstance(node, ast.Name)]
    if "w" not in names and "b" not in names:
        raise FormulaError("the formula has neither w nor b in it, the weight and the bias that descend", 1)
    return tuple(dict.fromkeys(name for name in names if name not in ("w", "b", *CONSTANTS)))


def _others(node: ast.expr, column: int, text: str) -> Iterable[ast.expr]:
    """Allow names, comparisons and calls of functions, and refuse all else."""
    match node:
        case ast.Name(id=name):
            _check_name(name, column)
            return ()
        case ast.Compare(left=left, ops=ops, comparators=comparators) if all(type(op) in _COMPARISONS for op in ops):
            return (left, *comparators)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            _check_call(name, len(arguments), column)
            return arguments
        case ast.Call(func=ast.Name(id=name)):
            raise FormulaError("the arguments of a function have no names here", column)
        case ast.Call(func=ast.Attribute(attr=name)):
            raise FormulaError(f"write {name[:LONGEST_NAME]} alone, without a point before it", column)
        case ast.Call():
            raise FormulaError("write * for a product, before the bracket too", column)
        case ast.Tuple(elts=[first, *_]):
            # the comma is what is wrong, not what stands before it
            comma = text.index(",", first.end_col_offset or 0)
            raise FormulaError(comma_advice(text), column - node.col_offset + comma)
        case ast.Tuple():
            raise FormulaError(comma_advice(text), column)
    raise FormulaError(_ALLOWED, column)


def _check_name(name: str, column: int) -> None:
    if name in FUNCTIONS:
        raise FormulaError(f"{name} is a function: write {name}( ) with what it is of in the brackets", column)
    if name in _TAKEN:
        raise FormulaError(f"'{name}' is not a name here; did you mean '{_TAKEN[name]}'?", column)
    if len(name) > LONGEST_NAME:
        raise FormulaError(f"a name has at most {LONGEST_NAME} letters", column)
    if not _NAME.fullmatch(name) or name in _NO_NAMES:
        raise FormulaError(f"'{name}' can't be the name of a number", column)


def _check_call(name: str, arguments: int, column: int) -> None:
    if name in ("w", "b", *CONSTANTS):
        raise FormulaError(f"'{name}' is not a function; write {name}*( ) for a product", column)
    if name in _ELSEWHERE:
        raise FormulaError(f"'{name}' is not a function here; write {_ELSEWHERE[name]}", column)
    if name not in FUNCTIONS:
        raise FormulaError(unknown("a function", name[:LONGEST_NAME], FUNCTIONS), column)
    fewest, most = FUNCTIONS[name]
    if arguments < fewest or (most is not None and arguments > most):
        many = f"{fewest} or more" if most is None else f"{fewest}"
        plural = "" if many == "1" else "s"
        raise FormulaError(f"{name} takes {many} argument{plural}, not {arguments}", column)


def _node(graph: Graph, tree: ast.expr, made: dict[ast.expr, Node], names: tuple[str, ...]) -> Node:
    """Give the node of a tree that has been checked, whose parts have been made."""

    def number(part: ast.expr) -> Node:
        return graph.as_number(made[part])

    match tree:
        case ast.Constant(value=int() | float() as value):
            return graph.number(float(value))
        case ast.Name(id="w"):
            return graph.w
        case ast.Name(id="b"):
            return graph.b
        case ast.Name(id=name):
            return graph.number(CONSTANTS[name]) if name in CONSTANTS else graph.parameter(names.index(name))
        case ast.UnaryOp(op=op, operand=operand):
            return graph.negative(number(operand)) if isinstance(op, ast.USub) else number(operand)
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](graph, number(left), number(right))
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            node = graph.number(1.0)
            for comparison, first, second in zip(ops, [left, *comparators], comparators, strict=False):
                operation, changed = _COMPARISONS[type(comparison)]
                pair = (number(second), number(first)) if changed else (number(first), number(second))
                node = graph.both(node, graph.apply(operation, *pair))
            return node
        case ast.Call(func=ast.Name(id="where"), args=[condition, this, that]):
            return graph.where(graph.as_condition(made[condition]), number(this), number(that))
        case ast.Call(func=ast.Name(id="max" | "min" as name), args=arguments):
            node, *others = map(number, arguments)
            for other in others:
                node = graph.apply(name, node, other)
            return node
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return graph.apply(name, *map(number, arguments))
    raise AssertionError("checked before")


def _has_kink(node: Node) -> bool:
    """Tell whether value or slope may jump at this node while w or b moves."""
    if not node.uses & (W | B) or not node.operands:
        return False
    if node.operation == "where":
        return bool(node.operands[0].uses & (W | B))
    if node.operation == "hypot":
        return not any(operand.constant and operand.number for operand in node.operands)
    operation = OPERATIONS[node.operation]
    return operation.kink or operation.condition
