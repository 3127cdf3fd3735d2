"""What each operation of a formula is: over arrays, at one point, and where it breaks."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lossviz.landscape.losses import sigmoid, softplus


@dataclass(frozen=True)
class Operation:
    """One operation over numbers.

    Parameters
    ----------
    arrays : callable
        Over arrays that broadcast.
    point : str
        Over Python's floats: an expression with {0}, {1}, … for the operands, which are names or numbers. It may
        raise where the result is not finite.
    in_place : bool
        Whether `arrays` takes the array to write into, as `out`.
    condition : bool
        Whether the result is true or false.
    kink : bool
        Whether the result or its slope may jump where it is finite.
    """

    arrays: Callable[..., Any]
    point: str
    in_place: bool = True
    condition: bool = False
    kink: bool = False


def _indicator(condition: Any, out: Any = None) -> Any:
    return np.add(condition, 0.0, out=out)


def _relu(z: Any, out: Any = None) -> Any:
    return np.maximum(z, 0.0, out=out)


def _clip(x: Any, low: Any, high: Any, out: Any = None) -> Any:
    return np.minimum(np.maximum(x, low), high, out=out)


def _sigmoid_at(z: float) -> float:
    small = math.exp(-abs(z))
    return (1.0 if z >= 0.0 else small) / (1.0 + small)


def _softplus_at(z: float) -> float:
    return (z if z > 0.0 else 0.0) + math.log1p(math.exp(-abs(z)))


def _clip_at(x: float, low: float, high: float) -> float:
    raised = x if x >= low or x != x else low
    return raised if raised <= high or raised != raised else high


OPERATIONS = {
    "add": Operation(np.add, "{0} + {1}"),
    "subtract": Operation(np.subtract, "{0} - {1}"),
    "multiply": Operation(np.multiply, "{0} * {1}"),
    "divide": Operation(np.divide, "{0} / {1}"),
    "negative": Operation(np.negative, "-{0}"),
    "power": Operation(np.power, "pow({0}, {1})"),
    # Python's own, bit for bit: np.power has a faster way for arrays
    "float_power": Operation(np.float_power, "pow({0}, {1})"),
    "exp": Operation(np.exp, "exp({0})"),
    "log": Operation(np.log, "log({0})"),
    "log2": Operation(np.log2, "log2({0})"),
    "log10": Operation(np.log10, "log10({0})"),
    "log1p": Operation(np.log1p, "log1p({0})"),
    "expm1": Operation(np.expm1, "expm1({0})"),
    "sqrt": Operation(np.sqrt, "sqrt({0})"),
    "cbrt": Operation(np.cbrt, "cbrt({0})", kink=True),
    "abs": Operation(np.absolute, "fabs({0})", kink=True),
    "sin": Operation(np.sin, "sin({0})"),
    "cos": Operation(np.cos, "cos({0})"),
    "tan": Operation(np.tan, "tan({0})"),
    "asin": Operation(np.arcsin, "asin({0})"),
    "acos": Operation(np.arccos, "acos({0})"),
    "atan": Operation(np.arctan, "atan({0})"),
    "atan2": Operation(np.arctan2, "atan2({0}, {1})", kink=True),
    "sinh": Operation(np.sinh, "sinh({0})"),
    "cosh": Operation(np.cosh, "cosh({0})"),
    "tanh": Operation(np.tanh, "tanh({0})"),
    "hypot": Operation(np.hypot, "hypot({0}, {1})", kink=True),
    "sigmoid": Operation(sigmoid, "sigmoid({0})", in_place=False),
    "softplus": Operation(softplus, "softplus({0})", in_place=False),
    "relu": Operation(_relu, "(0.0 if {0} <= 0.0 else {0})", kink=True),
    "max": Operation(np.maximum, "({0} if {0} >= {1} or {0} != {0} else {1})", kink=True),
    "min": Operation(np.minimum, "({0} if {0} <= {1} or {0} != {0} else {1})", kink=True),
    "clip": Operation(_clip, "clip({0}, {1}, {2})", kink=True),
    "sign": Operation(np.sign, "(1.0 if {0} > 0.0 else -1.0 if {0} < 0.0 else {0})", kink=True),
    "floor": Operation(np.floor, "float(floor({0}))", kink=True),
    "where": Operation(np.where, "({1} if {0} else {2})", in_place=False, kink=True),
    # 0 or 1 of a condition
    "indicator": Operation(_indicator, "(1.0 if {0} else 0.0)", kink=True),
    "less": Operation(np.less, "{0} < {1}", in_place=False, condition=True),
    "less_equal": Operation(np.less_equal, "{0} <= {1}", in_place=False, condition=True),
    "equal": Operation(np.equal, "{0} == {1}", in_place=False, condition=True),
    "not_equal": Operation(np.not_equal, "{0} != {1}", in_place=False, condition=True),
    "both": Operation(np.logical_and, "{0} and {1}", in_place=False, condition=True),
}


_OF_MATH = """
pow exp log log2 log10 log1p expm1 sqrt cbrt fabs sin cos tan asin acos atan atan2 sinh cosh tanh hypot floor
"""
AT_A_POINT: dict[str, Callable[..., float]] = {
    **{name: getattr(math, name) for name in _OF_MATH.split()},
    "float": float,
    "sigmoid": _sigmoid_at,
    "softplus": _softplus_at,
    "clip": _clip_at,
}
"""The functions that the expressions for one point call."""
