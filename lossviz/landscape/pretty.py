"""Formulas as people write them: ``"sin(x)**2/sqrt(w)"`` becomes ``"sin²(x)/√w"``. For reading, not for typing."""

import ast
from collections.abc import Mapping
from functools import lru_cache

_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(1, 6)
"""How tightly a piece holds together; one that holds less than its place asks for gets brackets."""
_LOOSEST = 0

_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_BINARY: dict[type[ast.operator], tuple[str, int]] = {
    ast.Add: (" + ", _SUM),
    ast.Sub: (" − ", _SUM),
    ast.Mult: ("·", _PRODUCT),
    ast.Div: ("/", _PRODUCT),
}
_COMPARED: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "≤",
    ast.Gt: ">",
    ast.GtE: "≥",
    ast.Eq: "=",
    ast.NotEq: "≠",
}
_POWERED = frozenset(("sin", "cos", "tan", "sinh", "cosh", "tanh"))
"""Functions whose powers are written at the name: sin²(w)."""
_RENAMED = {"log": "ln", "log2": "log₂", "log10": "log₁₀"}
_GREEK = {"pi": "π"}

Piece = tuple[str, int]


@lru_cache(maxsize=512)
def _parsed(text: str) -> ast.expr:
    return ast.parse(text.strip(), mode="eval").body


def pretty(text: str, symbols: Mapping[str, str] | None = None) -> str:
    """Write a formula as it stands in a book: ``"(1 - w)**2"`` as ``"(1 − w)²"``, ``sqrt(w)`` as ``√w``.

    Parameters
    ----------
    text : str
        A formula that has been accepted as one.
    symbols : mapping of str to str, optional
        What stands for a name: ``{"steepness": "s"}``.
    """
    return _piece(_parsed(text), _GREEK | dict(symbols or {}))[0]


def _held(node: ast.expr, symbols: Mapping[str, str], tightness: int) -> str:
    """Write a piece, in brackets where it holds together less than its place asks for."""
    text, own = _piece(node, symbols)
    return text if own >= tightness else f"({text})"


def _piece(node: ast.expr, symbols: Mapping[str, str]) -> Piece:
    match node:
        case ast.Constant(value=value):
            return _number(value)
        case ast.Name(id=name):
            return symbols.get(name, name), _ATOM
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"−{_held(operand, symbols, _SIGN)}", _SIGN
        case ast.UnaryOp(operand=operand):
            return _piece(operand, symbols)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(left, right, symbols)
        case ast.BinOp(left=left, op=op, right=right):
            return _pair(left, op, right, symbols)
        case ast.Compare(left=left, ops=ops, comparators=others):
            parts = [_held(left, symbols, _SUM)]
            for comparison, other in zip(ops, others, strict=True):
                parts += [_COMPARED[type(comparison)], _held(other, symbols, _SUM)]
            return " ".join(parts), _LOOSEST
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _call(name, arguments, symbols)
    raise ValueError("this is no formula of numbers, names, operators and functions.")


def _pair(left: ast.expr, op: ast.operator, right: ast.expr, symbols: Mapping[str, str]) -> Piece:
    sign, own = _BINARY[type(op)]
    # (a/b)·c would be read as a/(b·c)
    quotient = isinstance(op, ast.Mult) and isinstance(left, ast.BinOp) and isinstance(left.op, ast.Div)
    first = _held(left, symbols, _ATOM if quotient else own)
    # a − (b − c) and a/(b·c) need their brackets, a + (b + c) and a·(b·c) don't
    second = _held(right, symbols, own if isinstance(op, (ast.Add, ast.Mult)) else own + 1)
    return f"{first}{sign}{f'({second})' if second.startswith('−') else second}", own


def _call(name: str, arguments: list[ast.expr], symbols: Mapping[str, str]) -> Piece:
    if name == "sqrt":
        return f"√{_held(arguments[0], symbols, _ATOM)}", _ATOM
    if name == "hypot":
        squares = " + ".join(_power(side, ast.Constant(2), symbols)[0] for side in arguments)
        return f"√({squares})", _ATOM
    inside = ", ".join(_piece(argument, symbols)[0] for argument in arguments)
    # of bars within bars nobody could tell which belong together
    if name == "abs" and "|" not in inside:
        return f"|{inside}|", _ATOM
    return f"{_RENAMED.get(name, name)}({inside})", _ATOM


def _power(base: ast.expr, exponent: ast.expr, symbols: Mapping[str, str]) -> Piece:
    whole = _whole(exponent)
    if whole is None:
        return f"{_held(base, symbols, _ATOM)}^{_held(exponent, symbols, _ATOM)}", _POWER
    raised = str(whole).translate(_SUPERSCRIPT)
    # sin⁻¹ would be read as the arc sine
    if whole > 0 and isinstance(base, ast.Call) and isinstance(base.func, ast.Name) and base.func.id in _POWERED:
        name, _, inside = _piece(base, symbols)[0].partition("(")
        return f"{name}{raised}({inside}", _ATOM
    # √w² would be read as √(w²)
    root = isinstance(base, ast.Call) and isinstance(base.func, ast.Name) and base.func.id in ("sqrt", "hypot")
    text = _piece(base, symbols)[0] if root else _held(base, symbols, _ATOM)
    return f"({text}){raised}" if root else f"{text}{raised}", _POWER


def _whole(node: ast.expr) -> int | None:
    """Give a whole number that stands there as such, with its sign."""
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)):
            return -value
        case ast.Constant(value=int() as value):
            return value
    return None


def _number(value: object) -> Piece:
    mantissa, _, exponent = repr(value).partition("e")
    mantissa = mantissa.removesuffix(".0")
    if not exponent:
        return mantissa, _ATOM
    ten = f"10{str(int(exponent)).translate(_SUPERSCRIPT)}"
    return (ten, _POWER) if mantissa == "1" else (f"{mantissa}·{ten}", _PRODUCT)
