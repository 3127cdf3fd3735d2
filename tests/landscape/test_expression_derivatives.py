"""Values, gradients and Hessians of random formulas, against arithmetic that shares nothing with the program's."""

import math
import os
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.landscape.expression import expression

EXAMPLES = int(os.environ.get("LOSSVIZ_FORMULAS", "150"))
"""How many random formulas; thousands on demand."""


class UnclearError(ArithmeticError):
    """The formula is not defined here, or too near to a jump or to overflow for two ways of reckoning to agree."""


# Taylor's series to the second order along a line: f(t) = value + slope·t + bend·t²/2


@dataclass
class Taylor:
    value: float
    slope: float = 0.0
    bend: float = 0.0
    largest: float = 0.0

    def __post_init__(self):
        parts = [abs(self.value), abs(self.slope), abs(self.bend)]
        if not all(part < 1e7 for part in parts):
            raise UnclearError
        self.largest = max(self.largest, *parts)


def along(f, value, slope, bend):
    """The function with these derivatives at f's value, of f."""
    return Taylor(value, slope * f.slope, bend * f.slope**2 + slope * f.bend, f.largest)


def times(f, g):
    return Taylor(
        f.value * g.value,
        f.value * g.slope + f.slope * g.value,
        f.value * g.bend + 2 * f.slope * g.slope + f.bend * g.value,
        max(f.largest, g.largest),
    )


def plus(f, g, sign=1.0):
    return Taylor(f.value + sign * g.value, f.slope + sign * g.slope, f.bend + sign * g.bend, max(f.largest, g.largest))


def inverse(f):
    x = away(f.value)
    return along(f, 1 / x, -1 / x**2, 2 / x**3)


def away(x, places=(0.0,)):
    """The number itself, where it is not near a place at which something jumps."""
    if any(abs(x - place) < 1e-3 for place in places):
        raise UnclearError
    return x


def integer_power(f, n):
    made = Taylor(1.0)
    for _ in range(abs(n)):
        made = times(made, f)
    return made if n >= 0 else inverse(made)


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def positive(x):
    if away(x) < 0:
        raise UnclearError
    return x


OF_ONE = {
    "exp": lambda x: (math.exp(x),) * 3,
    "expm1": lambda x: (math.exp(x) - 1, math.exp(x), math.exp(x)),
    "log": lambda x: (math.log(positive(x)), 1 / x, -1 / x**2),
    "log2": lambda x: (math.log(positive(x)) / math.log(2), 1 / x / math.log(2), -1 / x**2 / math.log(2)),
    "log10": lambda x: (math.log(positive(x)) / math.log(10), 1 / x / math.log(10), -1 / x**2 / math.log(10)),
    "log1p": lambda x: (math.log(positive(1 + x)), 1 / (1 + x), -1 / (1 + x) ** 2),
    "sqrt": lambda x: (positive(x) ** 0.5, 0.5 * x**-0.5, -0.25 * x**-1.5),
    "cbrt": lambda x: (
        math.copysign(abs(away(x)) ** (1 / 3), x),
        abs(x) ** (-2 / 3) / 3,
        -2 / 9 * math.copysign(abs(x) ** (-5 / 3), x),
    ),
    "abs": lambda x: (abs(x), math.copysign(1, away(x)), 0.0),
    "sin": lambda x: (math.sin(x), math.cos(x), -math.sin(x)),
    "cos": lambda x: (math.cos(x), -math.sin(x), -math.cos(x)),
    "tan": lambda x: (
        math.sin(x) / away(math.cos(x)),
        1 / math.cos(x) ** 2,
        2 * math.sin(x) / math.cos(x) ** 3,
    ),
    "asin": lambda x: (math.asin(positive(1 - abs(x)) and x), (1 - x * x) ** -0.5, x * (1 - x * x) ** -1.5),
    "acos": lambda x: (math.acos(positive(1 - abs(x)) and x), -((1 - x * x) ** -0.5), -x * (1 - x * x) ** -1.5),
    "atan": lambda x: (math.atan(x), 1 / (1 + x * x), -2 * x / (1 + x * x) ** 2),
    "sinh": lambda x: (math.sinh(x), math.cosh(x), math.sinh(x)),
    "cosh": lambda x: (math.cosh(x), math.sinh(x), math.cosh(x)),
    "tanh": lambda x: (math.tanh(x), 1 - math.tanh(x) ** 2, -2 * math.tanh(x) * (1 - math.tanh(x) ** 2)),
    "sigmoid": lambda x: (sigmoid(x), sigmoid(x) - sigmoid(x) ** 2, math.tanh(-x / 2) / 4 / math.cosh(x / 2) ** 2),
    "softplus": lambda x: (math.log(1 + math.exp(x)), sigmoid(x), sigmoid(x) - sigmoid(x) ** 2),
    "relu": lambda x: (max(away(x), 0.0), float(x > 0), 0.0),
    "sign": lambda x: (math.copysign(1, away(x)), 0.0, 0.0),
    "floor": lambda x: (float(math.floor(x)) if away(x - round(x)) else 0.0, 0.0, 0.0),
}
COMPARISONS = {
    "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
}


def squared(f):
    return times(f, f)


def root(f):
    return along(f, *OF_ONE["sqrt"](f.value))


def angle(y, x):
    """The angle of (x, y): that of a tangent, turned by half a circle where x is negative."""
    away(y.value)
    away(x.value)
    ratio = times(y, inverse(x))
    turn = 0.0 if x.value > 0 else math.copysign(math.pi, y.value)
    return plus(along(ratio, *OF_ONE["atan"](ratio.value)), Taylor(turn))


def pick(holds, x, y):
    return x if holds else y


def meaning(tree, names):
    kind, *parts = tree
    if kind == "number":
        return Taylor(parts[0])
    if kind == "name":
        return names[parts[0]]
    if kind == "power":
        return integer_power(meaning(parts[0], names), parts[1])
    if kind in COMPARISONS:
        x, y = (meaning(part, names).value for part in parts)
        away(x - y)
        return Taylor(float(COMPARISONS[kind](x, y)))
    if kind == "where":
        # what is not chosen need not be defined
        condition, x, y = parts
        return meaning(x if meaning(condition, names).value != 0.0 else y, names)
    inner = [meaning(part, names) for part in parts]
    if kind in OF_ONE:
        try:
            return along(inner[0], *OF_ONE[kind](inner[0].value))
        except (OverflowError, ZeroDivisionError):
            raise UnclearError from None
    match kind, inner:
        case "+", [x, y]:
            return plus(x, y)
        case "-", [x, y]:
            return plus(x, y, -1.0)
        case "negative", [x]:
            return plus(Taylor(0.0), x, -1.0)
        case "*", [x, y]:
            return times(x, y)
        case "/", [x, y]:
            return times(x, inverse(y))
        case "**", [x, y]:
            logarithm = along(x, *OF_ONE["log"](x.value))
            exponent = times(y, logarithm)
            if exponent.value > 20.0:
                raise UnclearError
            return along(exponent, *OF_ONE["exp"](exponent.value))
        case "max", [x, y]:
            return pick(away(x.value - y.value) > 0, x, y)
        case "min", [x, y]:
            return pick(away(x.value - y.value) < 0, x, y)
        case "hypot", [x, y]:
            return root(plus(squared(x), squared(y)))
        case "atan2", [y, x]:
            return angle(y, x)
        case "clip", [x, low, high]:
            away(x.value - low.value)
            away(x.value - high.value)
            away(low.value - high.value)
            raised = pick(x.value > low.value, x, low)
            return pick(raised.value < high.value, raised, high)
    raise AssertionError(kind)


def written(tree):
    kind, *parts = tree
    if kind == "number":
        return repr(parts[0])
    if kind == "name":
        return parts[0]
    if kind == "power":
        return f"(({written(parts[0])})**{parts[1]})"
    inner = [written(part) for part in parts]
    if kind == "negative":
        return f"(-{inner[0]})"
    if kind in ("+", "-", "*", "/", "**") or kind in COMPARISONS:
        return f"({inner[0]} {kind} {inner[1]})"
    return f"{kind}({', '.join(inner)})"


NUMBERS = st.sampled_from([0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 10.0])
LEAVES = st.one_of(
    st.tuples(st.just("name"), st.sampled_from(["w", "b", "w", "b", "a"])), st.tuples(st.just("number"), NUMBERS)
)


def grown(inner):
    operators = st.sampled_from(["+", "-", "*", "/", "+", "-", "*"])
    return st.one_of(
        st.tuples(operators, inner, inner),
        st.tuples(operators, inner, inner),
        st.tuples(st.sampled_from(sorted(OF_ONE)), inner),
        st.tuples(st.just("negative"), inner),
        st.tuples(st.just("power"), inner, st.integers(-3, 9)),
        st.tuples(st.sampled_from(["max", "min", "hypot", "atan2", "**", "<", ">="]), inner, inner),
        st.tuples(
            st.just("where"), st.tuples(st.sampled_from(sorted(COMPARISONS)), inner, inner) | inner, inner, inner
        ),
        st.tuples(st.just("clip"), inner, inner, inner),
    )


TREES = st.recursive(LEAVES, grown, max_leaves=14)
COORDINATE = st.floats(-2.5, 2.5).map(lambda x: round(x, 3))


def expected(tree, w, b, a):
    """Loss, gradient and Hessian from the series along w, b and the diagonal; and how large it got on the way."""
    runs = [
        meaning(tree, {"w": Taylor(w, dw), "b": Taylor(b, db), "a": Taylor(a)}) for dw, db in ((1, 0), (0, 1), (1, 1))
    ]
    by_w, by_b, both = runs
    mixed = (both.bend - by_w.bend - by_b.bend) / 2
    value, gradient = by_w.value, [by_w.slope, by_b.slope]
    return value, gradient, [[by_w.bend, mixed], [mixed, by_b.bend]], max(run.largest for run in runs)


met = {"clear": 0, "all": 0}


@settings(max_examples=EXAMPLES)
@given(TREES, COORDINATE, COORDINATE, st.sampled_from([-1.0, 0.5, 2.0]))
def test_that_a_random_formula_and_its_derivatives_are_as_reckoned_by_series(tree, w, b, a):
    tree = ("+", tree, ("*", ("name", "w"), ("name", "b")))
    tree = ("+", tree, ("*", ("number", 0.0), ("name", "a")))
    surface = expression(written(tree), a=a)
    met["all"] += 1
    batch = np.array([[w, 0.3, w], [b, -1.2, b]])
    # whatever comes of it, it comes without a warning
    losses, gradients = surface.value_and_gradient(batch)
    hessians = surface.hessian(*batch)
    try:
        value, gradient, hessian, largest = expected(tree, w, b, a)
    except UnclearError:
        return
    met["clear"] += 1
    near = {"rtol": 1e-9, "atol": 1e-11 * (1.0 + largest)}
    at = surface.value_and_gradient(np.array([w, b]))
    for point, found in ((at, surface.hessian(w, b)), ((losses[2], gradients[:, 2]), hessians[..., 2])):
        np.testing.assert_allclose(point[0], value, **near)
        np.testing.assert_allclose(point[1], gradient, **near)
        np.testing.assert_allclose(found, hessian, **near)
    grid = surface.loss(np.array([[w], [0.7]]), np.array([[0.1, b]]))
    np.testing.assert_allclose(grid[0, 1], value, **near)
    np.testing.assert_allclose(surface.loss(w, b), value, **near)


def test_that_most_random_formulas_have_derivatives_to_compare():
    if met["all"]:
        assert met["clear"] > 0.3 * met["all"]


@pytest.mark.parametrize(
    "text",
    [
        "(1 - w)**2 + 100*(b - w**2)**2",
        "-20*exp(-0.2*sqrt((w**2 + b**2)/2)) - exp((cos(2*pi*w) + cos(2*pi*b))/2) + 20 + e",
        "log(w**2 + 1)*tanh(b) + w**b**0.5",
        "softplus(3*w - b) + sigmoid(w*b)/(2 + sin(b))",
        "atan2(w, b)**3 + hypot(w, 2*b) + cbrt(w*b)",
        "where(w > 0.2, w**3*b, exp(b))*clip(b, 0.1, 5)",
    ],
)
def test_that_gradient_and_hessian_are_what_central_differences_approach(text):
    surface = expression(text)
    w, b = np.random.default_rng(3).uniform(0.3, 2.0, (2, 20))
    h = 1e-5
    slope_w = (surface.loss(w + h, b) - surface.loss(w - h, b)) / (2 * h)
    slope_b = (surface.loss(w, b + h) - surface.loss(w, b - h)) / (2 * h)
    np.testing.assert_allclose(surface.gradient(w, b), [slope_w, slope_b], rtol=1e-6, atol=1e-7)
    bend_w = (surface.gradient(w + h, b) - surface.gradient(w - h, b)) / (2 * h)
    bend_b = (surface.gradient(w, b + h) - surface.gradient(w, b - h)) / (2 * h)
    np.testing.assert_allclose(surface.hessian(w, b), [bend_w, bend_b], rtol=1e-6, atol=1e-6)
    theta, v = np.array([w, b]), np.array([b, -w])
    product = np.einsum("ij...,j...->i...", [bend_w, bend_b], v)
    np.testing.assert_allclose(surface.hessian_vector(theta, v), product, rtol=1e-6, atol=1e-6)
