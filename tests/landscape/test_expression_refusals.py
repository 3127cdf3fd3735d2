"""What is no formula of w and b is refused in one sentence, at its column, at once; and nothing typed is ever run."""

import re
import time
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossviz.landscape.calculus.operations import AT_A_POINT, OPERATIONS
from lossviz.landscape.calculus.program import program
from lossviz.landscape.calculus.reading import FUNCTIONS
from lossviz.landscape.expression import expression
from lossviz.landscape.parsing import FormulaError


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("w^2", 2, "write ** for a power"),
        ("b + 2w", 5, "write 2*w instead of 2w"),
        ("2.5sin(w)", 1, "write 2.5*sin instead of 2.5sin"),
        ("2(w)", 1, "write * for a product"),
        ("b*(w)(2)", 3, "'w' is not a function; write w*( ) for a product"),
        ("w + 3 b", 7, "an operator is missing, such as *"),
        ("w b", 3, "an operator is missing, such as *"),
        ("w +", 4, "something is missing at its end"),
        ("(w + b", 1, "'(' was never closed"),
        ("w + b)", 6, "unmatched ')'"),
        ("αw", 1, "'α' is a Greek letter: write alpha"),
        ("3*λ*w", 3, "'λ' is a Greek letter: write lamda"),
        ("е*w", 1, "'е' (cyrillic small letter ie) is not allowed: only the letters a to z are"),
        ("w*ｂ", 3, "'ｂ' (fullwidth latin small letter b) is not allowed"),
        ("w + ２", 5, "'２' (fullwidth digit two) is not allowed: only the digits 0 to 9 are"),
        ("w²", 2, "'²' is not allowed: write **2"),
        ("w − b", 3, "write the plain minus -"),
        ("2·w", 2, "write * for a product"),
        ("|w|", 1, "write abs( )"),
        ("w\u00a0+ b", 2, "U+00A0 is not allowed"),
        ("w\0", 2, "U+0000 is not allowed"),
        ("w\tb", 2, "write a space instead of the tab"),
        ("w +\nb", 4, "the formula must be on one line"),
        ("snh(w)", 1, "'snh' is not a function; did you mean 'sinh'?"),
        ("b + ln(w)", 5, "'ln' is not a function here; write log"),
        ("w*qqqq(b)", 3, "'qqqq' is not a function; known: exp, log"),
        ("np.sin(w)", 1, "write sin alone"),
        ("sin*w", 1, "sin is a function: write sin( )"),
        ("W**2 + b", 1, "'W' is not a name here; did you mean 'w'?"),
        ("w*Pi", 3, "did you mean 'pi'?"),
        ("hypot(w)", 1, "hypot takes 2 arguments, not 1"),
        ("b + max(w)", 5, "max takes 2 or more arguments, not 1"),
        ("exp(w, b)", 1, "exp takes 1 argument, not 2"),
        ("where(w > 0, 1)", 1, "where takes 3 arguments, not 2"),
        ("exp()*w", 1, "exp takes 1 argument, not 0"),
        ("0,5*w", 2, "the decimal sign is a point"),
        ("max(w, b) + 0,5", 14, "the decimal sign is a point"),
        ("w and b", 3, "write (first)*(second) where both must hold"),
        ("w if b else 1", 3, "write where(condition, this, that)"),
        ("w = b", 3, "write == to compare"),
        ("w <> b", 3, "write != instead of <>"),
        ("w // 2", 3, "write floor(a/b)"),
        ("lambda*w", 1, "'lambda' has a meaning of its own and can't be a name"),
        ("x**2 + y**2", 1, "neither w nor b"),
        ("3", 1, "neither w nor b"),
        ("", 1, "the formula is empty"),
        ("   ", 1, "the formula is empty"),
        ("1e400*w", 1, "the number is too large"),
        ("0x10*w", 1, "'0x10' is not a decimal number"),
        ("domain*w", 1, "'domain' can't be the name of a number"),
        ("w*_a", 3, "'_a' can't be the name of a number"),
        ("w + " + "a" * 31, 5, "a name has at most 30 letters"),
        ("w" + " " * 1000, 1001, "the formula has 1001 characters; at most 1000 are allowed"),
        ("-" * 120 + "w", 101, "the formula is too long or nested deeper than 100 levels"),
    ],
)
def test_that_what_was_typed_wrong_is_said_at_its_column(refused, text, column, said):
    with refused(said, FormulaError) as caught:
        expression(text)
    assert caught.value.column == column
    assert str(caught.value).endswith(f"(at column {column}).")


HOSTILE = [
    "__import__('os').system('true')",
    "w.__class__",
    "().__class__.__bases__[0].__subclasses__()",
    "w.real + b",
    "eval(w)",
    "exec(w)",
    "open(w)",
    "print(w)",
    "copyto(w, b)",
    "formula(w, b)",
    "__builtins__*w",
    "w + __w__",
    "a__b*w",
    "(lambda: w)()",
    "(w := 3)",
    "f'{w}'",
    "f(w)",
    "'w'",
    '"w"',
    "b'w'",
    "w['a']",
    "w[0]",
    "[w for w in (1, 2)]",
    "{w}",
    "{1: w}",
    "[w, b]",
    "(w, b)",
    "w, b",
    "max(*w)",
    "max(*w, *b)",
    "max(w, b, axis=0)",
    "sin(x=w)",
    "max(**w)",
    "yield w",
    "await w",
    "...",
    "w + ...",
    "None + w",
    "True*w",
    "1j*w + 2J",
    "w @ b",
    "w % b",
    "w << 2",
    "w & b",
    "w | b",
    "~w",
    "not w",
    "w is b",
    "w in b",
    "import os",
    "w; b",
    "del w",
    "w # b",
    "w\\",
    "\\w",
    "w$",
    "`w`",
    "w?",
    "w!",
    "w:b",
    "w -> b",
    "w\r",
    "w\x0b",
    "w\x7f",
    "w\u2028b",
    "\u202ew",
    "w\u200b",
    "\ud800w",
    "ẘ",
    "ﬁ*w",
    "𝐰*2",
    "∂w",
    "∞*w",
    "1" * 100_000,
    "w + " * 100_000 + "1",
    "(" * 100_000,
    "w\0" * 50_000,
    "α" * 100_000,
    "(" * 1000,
    "(" * 240 + "w" + ")" * 240,
    "((((" * 60 + "w" + "))))" * 60 + ".x",
    "-" * 999 + "w",
    "w*(" * 300,
    "max(" * 200 + "w",
    "+".join(["w"] * 450),
    "**".join(["9"] * 300) + "*w",
    "9" * 999 + "*w",
    "9." * 400,
    "." * 900,
    "<" * 900,
    "*" * 900,
    "w" * 900,
    "1if w else " * 80,
    "+".join(f"a{k}" for k in range(150)) + "+w",
]


@pytest.mark.parametrize("text", HOSTILE, ids=[repr(text[:24]) for text in HOSTILE])
def test_that_all_else_is_refused_in_one_short_sentence_and_at_once(refused, text):
    took = []
    for _ in range(3):
        begun = time.process_time()
        with refused("at column ", FormulaError) as caught:
            expression(text)
        took.append(time.process_time() - begun)
    assert min(took) < 0.05
    assert 1 <= caught.value.column <= min(len(text), 1000) + 1
    assert len(str(caught.value)) < 300


HEAVY = [
    "w**b**" * 49 + "w",
    "w**" * 90 + "w",
    "max(" * 90 + "w" + ",b)" * 90,
    "hypot(" * 90 + "w" + ",b)" * 90,
    "where(w>b," * 48 + "w" + ",b)" * 48,
    "*".join(f"(w+{k})" for k in range(99)),
    "((((w**64)**64)**64)**64)**64",
    "(" * 99 + "w" + ")" * 99,
    "9**9**9**9*w",
    "w**9e99 - b**1e-300",
]


@pytest.mark.parametrize("text", HEAVY, ids=[repr(text[:24]) for text in HEAVY])
def test_that_the_heaviest_formulas_are_still_reckoned_in_a_moment(text):
    begun = time.process_time()
    surface = expression(text)
    loss, gradient = surface.value_and_gradient(np.array([0.3, 0.4]))
    hessian = surface.hessian(np.linspace(0.1, 2.0, 20)[:, None], np.linspace(0.1, 2.0, 20)[None, :])
    assert time.process_time() - begun < 5.0
    assert (loss.shape, gradient.shape, hessian.shape) == ((), (2,), (2, 2, 20, 20))


def accepted(text):
    """The surface, or None where the text is refused in one sentence."""
    try:
        return expression(text)
    except FormulaError as error:
        sentence = str(error)
    assert len(sentence.splitlines()) == 1
    assert re.search(r"\(at column \d+\)\.$", sentence)
    return None


@given(st.text(max_size=60))
def test_that_any_text_is_a_formula_or_refused_with_a_sentence(text):
    surface = accepted(text)
    assert surface is None or surface.loss(1.0, 2.0).shape == ()


@given(st.text(alphabet="wba123.+-*/()<>=,! e_", max_size=40))
def test_that_a_text_of_allowed_letters_is_reckoned_or_refused(text):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        surface = accepted(text)
        if surface is not None:
            assert surface.value_and_gradient(np.array([[0.5, 0.0], [2.0, 0.0]]))[1].shape == (2, 2)
            assert surface.hessian(0.5, 2.0).shape == (2, 2)


def test_that_nothing_typed_makes_python_warn_on_the_terminal():
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        for text in (*HOSTILE, "0x1for w in b", "1or w", "1(w)", "(1)(w)", "w is 1", "0777*w", "1_w", "1.e*w"):
            assert accepted(text) is None
    assert seen == []


def test_that_the_code_of_a_formula_can_reach_nothing_but_the_operations_listed():
    arguments = {1: "w", 2: "w, b", 3: "w, b, 2"}
    text = " + ".join(f"{name}({arguments[fewest]})" for name, (fewest, _) in FUNCTIONS.items())
    made = program(f"{text} + (w < b) + w**b*steepness")
    point, array = np.array([0.3, 0.4]), np.array([[0.3, 0.2], [0.4, 0.5]])
    for order in (0, 1, 2):
        made.at(order, *point, (1.0,))
        made.over(order, *array, (1.0,))
    codes = [*made._points.values(), *(code.run for code in made._arrays.values())]
    assert len(codes) == 6
    allowed = set(OPERATIONS) | set(AT_A_POINT) | {"copyto", "inf", "nan"}
    for code in codes:
        assert code.__globals__["__builtins__"] == {}
        assert set(code.__globals__) <= allowed | {"__builtins__", "formula"}
        # it names only these, its arguments and its own temporaries: nothing of the text is in it
        assert set(code.__code__.co_names) <= allowed
        assert all(re.fullmatch(r"w|b|[pot]\d+", name) for name in code.__code__.co_varnames)
        assert all(isinstance(constant, (float, str, type(None), tuple)) for constant in code.__code__.co_consts)


def test_that_every_function_works_at_a_point_and_over_arrays():
    for name, (fewest, _) in FUNCTIONS.items():
        inner = ", ".join(["w", "b", "0.75"][:fewest])
        surface = expression(f"{name}({inner}) + 0*b")
        with np.errstate(all="raise"):
            loss, gradient = surface.value_and_gradient(np.array([0.6, 0.7]))
            losses, gradients = surface.value_and_gradient(np.array([[0.6, 0.5], [0.7, 0.8]]))
        assert np.isfinite(loss)
        np.testing.assert_allclose(losses[0], loss, rtol=1e-14)
        np.testing.assert_allclose(gradients[:, 0], gradient, rtol=1e-14)
