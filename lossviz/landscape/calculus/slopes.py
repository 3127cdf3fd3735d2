"""The slope and the bend (first and second derivative) of each function of one variable."""

import math
from collections.abc import Callable

from lossviz.landscape.calculus.graph import Graph, Node

Slope = Callable[[Graph, Node, Node], Node]
Bend = Callable[[Graph, Node, Node, Node], Node]


def _over(graph: Graph, numerator: float, x: Node) -> Node:
    return graph.divide(graph.number(numerator), x)


def _one_less_square(graph: Graph, x: Node) -> Node:
    """Give 1 − x², exact near ±1 too."""
    one = graph.number(1.0)
    return graph.multiply(graph.subtract(one, x), graph.add(one, x))


def _sech_square(graph: Graph, x: Node) -> Node:
    """Give 1/cosh², which unlike 1 − tanh² is exact far out."""
    return graph.power(_over(graph, 1.0, graph.apply("cosh", x)), graph.number(2.0))


def _mirrored_sigmoid(graph: Graph, x: Node) -> Node:
    return graph.apply("sigmoid", graph.negative(x))


def _square_plus_one(graph: Graph, x: Node) -> Node:
    return graph.add(graph.number(1.0), graph.power(x, graph.number(2.0)))


SLOPES: dict[str, tuple[Slope, Bend]] = {
    "negative": (lambda g, x, f: g.number(-1.0), lambda g, x, f, s: g.number(0.0)),
    "exp": (lambda g, x, f: f, lambda g, x, f, s: f),
    "expm1": (lambda g, x, f: g.apply("exp", x), lambda g, x, f, s: s),
    "log": (lambda g, x, f: _over(g, 1.0, x), lambda g, x, f, s: g.negative(g.divide(s, x))),
    "log2": (lambda g, x, f: _over(g, 1.0 / math.log(2.0), x), lambda g, x, f, s: g.negative(g.divide(s, x))),
    "log10": (lambda g, x, f: _over(g, 1.0 / math.log(10.0), x), lambda g, x, f, s: g.negative(g.divide(s, x))),
    "log1p": (
        lambda g, x, f: _over(g, 1.0, g.add(g.number(1.0), x)),
        lambda g, x, f, s: g.negative(g.product(s, s)),
    ),
    "sqrt": (lambda g, x, f: _over(g, 0.5, f), lambda g, x, f, s: g.divide(g.product(-0.5, s), x)),
    "cbrt": (
        lambda g, x, f: _over(g, 1.0 / 3.0, g.product(f, f)),
        lambda g, x, f, s: g.divide(g.product(-2.0 / 3.0, s), x),
    ),
    "abs": (lambda g, x, f: g.apply("sign", x), lambda g, x, f, s: g.number(0.0)),
    "sin": (lambda g, x, f: g.apply("cos", x), lambda g, x, f, s: g.negative(f)),
    "cos": (lambda g, x, f: g.negative(g.apply("sin", x)), lambda g, x, f, s: g.negative(f)),
    "tan": (lambda g, x, f: _square_plus_one(g, f), lambda g, x, f, s: g.product(2.0, f, s)),
    "asin": (
        lambda g, x, f: _over(g, 1.0, g.apply("sqrt", _one_less_square(g, x))),
        lambda g, x, f, s: g.divide(g.product(x, s), _one_less_square(g, x)),
    ),
    "acos": (
        lambda g, x, f: _over(g, -1.0, g.apply("sqrt", _one_less_square(g, x))),
        lambda g, x, f, s: g.divide(g.product(x, s), _one_less_square(g, x)),
    ),
    "atan": (
        lambda g, x, f: _over(g, 1.0, _square_plus_one(g, x)),
        lambda g, x, f, s: g.product(-2.0, x, s, s),
    ),
    "sinh": (lambda g, x, f: g.apply("cosh", x), lambda g, x, f, s: f),
    "cosh": (lambda g, x, f: g.apply("sinh", x), lambda g, x, f, s: f),
    "tanh": (lambda g, x, f: _sech_square(g, x), lambda g, x, f, s: g.product(-2.0, f, s)),
    "sigmoid": (
        lambda g, x, f: g.product(f, _mirrored_sigmoid(g, x)),
        lambda g, x, f, s: g.product(s, g.subtract(_mirrored_sigmoid(g, x), f)),
    ),
    "softplus": (
        lambda g, x, f: g.apply("sigmoid", x),
        lambda g, x, f, s: g.product(s, _mirrored_sigmoid(g, x)),
    ),
}
"""The functions of one variable: f' made of (graph, x, f), and f'' made of (graph, x, f, f')."""

INFINITELY_STEEP = {"sqrt", "asin", "acos", "power"}
"""Slopes that may be infinite where the value is finite; where what is inside stands still there, so does the whole."""
