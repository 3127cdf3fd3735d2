"""The graph of a formula: every subexpression once, simplified as it is made."""

import math
from collections.abc import Iterable

import numpy as np

from lossviz.landscape.calculus.operations import OPERATIONS

W, B, PARAMETERS = 1, 2, 4
"""What a node may use: bits of ``Node.uses``."""
LARGEST_POWER = 64
"""Up to here an integer power is made by multiplication."""


class Node:
    """One subexpression; in a graph there is one of each, so that they are compared by identity.

    Parameters
    ----------
    operation : str
        One of OPERATIONS, or ``"number"``, ``"w"``, ``"b"``, ``"parameter"``.
    operands : tuple of Node
    number : float
        Its value where it is a number; which one it is where it is a parameter.
    uses : int
        The bits of W, B and PARAMETERS.
    serial : int
        How many were made before it.
    """

    __slots__ = ("number", "operands", "operation", "serial", "uses")

    def __init__(self, operation: str, operands: tuple["Node", ...], number: float, uses: int, serial: int) -> None:
        self.operation = operation
        self.operands = operands
        self.number = number
        self.uses = uses
        self.serial = serial

    @property
    def constant(self) -> bool:
        """Whether it is a number."""
        return self.operation == "number"

    @property
    def condition(self) -> bool:
        """Whether it is true or false rather than a number."""
        return self.operation in OPERATIONS and OPERATIONS[self.operation].condition


class Graph:
    """Makes nodes: equal ones are one, numbers are folded, and what adds nothing is left out.

    A value is never simplified to one that is finite where it was not (``0*w`` stays); sums may be taken in another
    order, so that terms of w alone, or of b alone, come together: on a grid they cost one axis instead of all cells.
    """

    def __init__(self) -> None:
        self._nodes: dict[tuple[object, ...], Node] = {}
        self.w = self._made("w", (), 0.0, W)
        self.b = self._made("b", (), 0.0, B)

    def _made(self, operation: str, operands: tuple[Node, ...], number: float, uses: int) -> Node:
        key = (operation, number.hex(), *(node.serial for node in operands))
        node = self._nodes.get(key)
        if node is None:
            node = self._nodes[key] = Node(operation, operands, number, uses, len(self._nodes))
        return node

    def number(self, value: float) -> Node:
        """Give a number."""
        return self._made("number", (), float(value), 0)

    def parameter(self, index: int, uses: int = PARAMETERS) -> Node:
        """Give the named number with this index; or an array, of what these bits say."""
        return self._made("parameter", (), float(index), uses)

    def plain(self, operation: str, *operands: Node) -> Node:
        """Give an operation as it is, without simplifying it."""
        uses = 0
        for node in operands:
            uses |= node.uses
        return self._made(operation, operands, 0.0, uses)

    def apply(self, operation: str, *operands: Node) -> Node:
        """Give an operation, reckoned out where all operands are numbers."""
        if all(node.constant for node in operands):
            with np.errstate(all="ignore"):
                return self.number(float(OPERATIONS[operation].arrays(*(np.float64(node.number) for node in operands))))
        return self.plain(operation, *operands)

    def add(self, x: Node, y: Node) -> Node:
        """Give x + y."""
        if _is(x, 0.0):
            return y
        if _is(y, 0.0):
            return x
        if x is y:
            return self.multiply(self.number(2.0), x)
        if y.operation == "negative":
            return self.subtract(x, y.operands[0])
        if x.operation == "negative":
            return self.subtract(y, x.operands[0])
        return self._gathered("add", x, y) or self.apply("add", *_ordered(x, y))

    def subtract(self, x: Node, y: Node) -> Node:
        """Give x − y."""
        if _is(y, 0.0):
            return x
        if _is(x, 0.0):
            return self.negative(y)
        if y.operation == "negative":
            return self.add(x, y.operands[0])
        return self._gathered("subtract", x, y) or self.apply("subtract", x, y)

    def _gathered(self, operation: str, x: Node, y: Node) -> Node | None:
        """Give (p + q) ± y as p + (q ± y) where q and y are of the same axis and p is not."""
        axes = y.uses & (W | B)
        if x.operation in ("add", "subtract") and axes in (W, B) and x.uses & (W | B) == W | B:
            first, second = x.operands
            if first.uses & (W | B) == axes:
                rest = self.add if x.operation == "add" else self.subtract
                return rest(self.add(first, y) if operation == "add" else self.subtract(first, y), second)
            if second.uses & (W | B) == axes:
                if x.operation == "add":
                    return self.add(first, self.add(second, y) if operation == "add" else self.subtract(second, y))
                return self.subtract(first, self.subtract(second, y) if operation == "add" else self.add(second, y))
        return None

    def negative(self, x: Node) -> Node:
        """Give −x."""
        if x.operation == "negative":
            return x.operands[0]
        if x.operation == "subtract":
            return self.subtract(x.operands[1], x.operands[0])
        if x.operation == "multiply" and x.operands[0].constant:
            return self.multiply(self.number(-x.operands[0].number), x.operands[1])
        return self.apply("negative", x)

    def multiply(self, x: Node, y: Node) -> Node:
        """Give x · y."""
        if y.constant:
            x, y = y, x
        if x.constant and not y.constant:
            if x.number == 1.0:
                return y
            if x.number == -1.0:
                return self.negative(y)
            if y.operation == "negative":
                return self.multiply(self.number(-x.number), y.operands[0])
            if y.operation == "multiply" and y.operands[0].constant:
                factor = x.number * y.operands[0].number
                # not where that overflows or vanishes and the product need not
                if 1e-100 < abs(factor) < 1e100:
                    return self.multiply(self.number(factor), y.operands[1])
        if x is y:
            return self.power(x, self.number(2.0))
        return self.apply("multiply", *_ordered(x, y))

    def product(self, *factors: Node | float) -> Node:
        """Give the product of two or more nodes and numbers."""
        first, *others = (self.number(factor) if isinstance(factor, float) else factor for factor in factors)
        for other in others:
            first = self.multiply(first, other)
        return first

    def divide(self, x: Node, y: Node) -> Node:
        """Give x / y."""
        return x if _is(y, 1.0) else self.apply("divide", x, y)

    def power(self, x: Node, y: Node) -> Node:
        """Give x to the power of y."""
        if x.constant and y.constant:
            return self.apply("power", x, y)
        if x.constant and x.number == math.e:
            return self.apply("exp", y)
        if not y.constant:
            return self.apply("power", x, y)
        exponent = y.number
        if exponent == 0.0:
            return self.number(1.0)
        if exponent == 1.0:
            return x
        if exponent == 0.5:
            return self.apply("sqrt", x)
        if exponent in (-0.5, -1.0) or is_integer_power(-exponent):
            return self.divide(self.number(1.0), self.power(x, self.number(-exponent)))
        if x.operation == "abs" and exponent % 2.0 == 0.0:
            return self.power(x.operands[0], y)
        return self.apply("power", x, y)

    def where(self, condition: Node, x: Node, y: Node) -> Node:
        """Give x where the condition holds, else y."""
        if condition.constant:
            return x if condition.number else y
        return x if x is y else self.apply("where", condition, x, y)

    def both(self, first: Node, second: Node) -> Node:
        """Give the condition that both hold."""
        if first.constant:
            return second if first.number else first
        if second.constant:
            return first if second.number else second
        return self.apply("both", first, second)

    def as_condition(self, x: Node) -> Node:
        """Give the condition that a number is not 0."""
        return x if x.condition else self.apply("not_equal", x, self.number(0.0))

    def as_number(self, x: Node) -> Node:
        """Give 1 for a condition that holds and 0 for one that doesn't."""
        return self.apply("indicator", x) if x.condition else x


def is_integer_power(exponent: float) -> bool:
    """Tell whether a power is made by multiplication."""
    return exponent in range(2, LARGEST_POWER + 1)


def in_order(outputs: Iterable[Node]) -> list[Node]:
    """Give the nodes that the outputs need, operands before what is made of them."""
    order: dict[Node, None] = {}
    todo = [(node, False) for node in reversed(list(outputs))]
    while todo:
        node, ready = todo.pop()
        if node in order:
            continue
        if ready or not node.operands:
            order[node] = None
        else:
            todo.append((node, True))
            todo.extend((operand, False) for operand in reversed(node.operands))
    return list(order)


def degree(value: Node) -> float:
    """Give the degree of a polynomial of w and b; infinity for what is not written as one."""
    degrees: dict[Node, float] = {}
    for node in in_order([value]):
        inner = [degrees[operand] for operand in node.operands]
        if not node.uses & (W | B):
            found = 0.0
        elif not inner:
            found = 1.0
        elif node.operation in ("add", "subtract", "negative"):
            found = max(inner)
        elif node.operation == "multiply":
            found = sum(inner)
        elif node.operation == "divide" and inner[1] == 0.0:
            found = inner[0]
        elif node.operation == "power" and node.operands[1].constant and is_integer_power(node.operands[1].number):
            found = inner[0] * node.operands[1].number
        else:
            found = math.inf
        degrees[node] = found
    return degrees[value]


def _is(node: Node, value: float) -> bool:
    return node.constant and node.number == value


def _ordered(x: Node, y: Node) -> tuple[Node, Node]:
    """Give the operands of what commutes always in the same order."""
    return (x, y) if x.constant or (x.serial <= y.serial and not y.constant) else (y, x)
