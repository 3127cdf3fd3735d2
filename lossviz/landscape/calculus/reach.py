"""How far from 0 a formula has a value everywhere: a bound on all that is reckoned on the way to it."""

import math
from collections.abc import Sequence

from lossviz.landscape.calculus.graph import Node, in_order, is_integer_power

LARGEST = 1e300
"""What all intermediate results must stay below."""
TRIED = tuple(10.0**digits for digits in (60, 40, 30, 20, 15, 12, 9, 7, 6, 5, 4, 3, 2, 1))
"""The distances that are looked at."""

_AT_MOST = {"sin": 1.0, "cos": 1.0, "tanh": 1.0, "atan": 2.0, "sigmoid": 1.0, "sign": 1.0, "atan2": 4.0}
_GROWS_NOT = ("negative", "abs", "relu", "cbrt")
_LARGEST_OF = ("max", "min", "clip")
_CONDITIONS = ("indicator", "less", "less_equal", "equal", "not_equal", "both")


def finite_within(value: Node, numbers: Sequence[float]) -> float:
    """Give the largest distance tried within which |w| and |b| give a finite value, whatever they are; 0 for none.

    Parameters
    ----------
    value : Node
    numbers : sequence of float
        The named numbers.
    """
    return next((reach for reach in TRIED if _bounded(value, reach, numbers)), 0.0)


def _bounded(value: Node, reach: float, numbers: Sequence[float]) -> bool:
    bounds: dict[Node, float] = {}
    for node in in_order([value]):
        bound = _bound(node, [bounds[operand] for operand in node.operands], reach, numbers)
        if not bound < LARGEST:
            return False
        bounds[node] = bound
    return True


def _bound(node: Node, inner: Sequence[float], reach: float, numbers: Sequence[float]) -> float:
    """Give what the size of a node is at most, its operands being of these sizes at most; infinity where unknown."""
    match node.operation:
        case "number":
            return abs(node.number)
        case "parameter":
            return abs(numbers[int(node.number)])
        case "w" | "b":
            return reach
        case "add" | "subtract" | "hypot":
            return inner[0] + inner[1]
        case "multiply":
            return inner[0] * inner[1]
        case "divide" if node.operands[1].constant and node.operands[1].number:
            return inner[0] / inner[1]
        case "power" if node.operands[1].constant and is_integer_power(node.operands[1].number):
            return _power(inner[0], int(node.operands[1].number))
        case "exp" | "expm1" | "sinh" | "cosh":
            return math.exp(inner[0]) + 1.0 if inner[0] < 690.0 else math.inf
        case "softplus" | "floor":
            return inner[0] + 1.0
        case "where":
            return max(inner[1], inner[2])
        case operation if operation in _GROWS_NOT:
            return max(inner[0], 1.0)
        case operation if operation in _LARGEST_OF:
            return max(inner)
        case operation if operation in _CONDITIONS:
            return 1.0
        case operation:
            return _AT_MOST.get(operation, math.inf)


def _power(of: float, exponent: int) -> float:
    try:
        return max(of, 1.0) ** exponent
    except OverflowError:
        return math.inf
