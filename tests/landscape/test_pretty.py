import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossviz.landscape.pretty import pretty

WRITTEN = {
    "(1 - w)**2 + 100*(b - w**2)**2": "(1 − w)² + 100·(b − w²)²",
    "w**10 * b**-2": "w¹⁰·b⁻²",
    "w**b - 2**-w": "w^b − 2^(−w)",
    "w**0.5": "w^0.5",
    "(w**2)**3": "(w²)³",
    "w**2**3": "w^(2³)",
    "-w**2": "−w²",
    "(-w)**2": "(−w)²",
    "(-2)**2": "(−2)²",
    "w - (b - 1)": "w − (b − 1)",
    "w - (b + 1)": "w − (b + 1)",
    "w + (b - 1)": "w + b − 1",
    "w/(2*b)": "w/(2·b)",
    "w/2*b": "(w/2)·b",
    "w*b/2": "w·b/2",
    "w*-b": "w·(−b)",
    "w - -b*2": "w − (−b·2)",
    "-(w + b)": "−(w + b)",
    "+w": "w",
    "sin(2*pi*w)**2": "sin²(2·π·w)",
    "sin(w)**-1": "sin(w)⁻¹",
    "cos(sin(w))**2": "cos²(sin(w))",
    "exp(-w)": "exp(−w)",
    "log(w) + log10(b) + log2(w)": "ln(w) + log₁₀(b) + log₂(w)",
    "sqrt(w)*sqrt(w + b)": "√w·√(w + b)",
    "sqrt(w)**2": "(√w)²",
    "sqrt(w**2)": "√(w²)",
    "sqrt(abs(w - 1))": "√|w − 1|",
    "hypot(w, b - 1)/2": "√(w² + (b − 1)²)/2",
    "abs(w*exp(abs(b)))": "abs(w·exp(|b|))",
    "max(w, -b)": "max(w, −b)",
    "where(0 <= w < 1, b, 1e-8)": "where(0 ≤ w < 1, b, 10⁻⁸)",
    "where(w != b, 1, 0)": "where(w ≠ b, 1, 0)",
    "(w < b)*2": "(w < b)·2",
    "2.5e-12*w": "2.5·10⁻¹²·w",
    "w**1e-9": "w^(10⁻⁹)",
    "1.0*w": "1·w",
    "e*pi": "e·π",
}


@pytest.mark.parametrize("text", WRITTEN)
def test_that_a_formula_is_written_as_in_a_book(text):
    assert pretty(text) == WRITTEN[text]


def test_that_names_are_written_by_their_symbols():
    assert pretty("steepness*(b - a)**2", {"steepness": "s"}) == "s·(b − a)²"


def test_that_what_is_no_formula_is_refused_in_a_sentence(refused):
    with refused("this is no formula of numbers, names, operators and functions."):
        pretty("[w, b]")


FORMULAS = st.recursive(
    st.sampled_from(["w", "b", "2", "0.5", "pi"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda p: f"({p[0]}){p[1]}({p[2]})"),
        st.tuples(inner, st.sampled_from(["2", "3", "-1"])).map(lambda p: f"({p[0]})**{p[1]}"),
        inner.map(lambda p: f"-({p})"),
        inner.map(lambda p: f"sin({p})**2"),
        inner.map(lambda p: f"abs({p})"),
    ),
    max_leaves=8,
)
BACK = {"−": "-", "·": "*", "π": "pi"}


def typed(text):
    """A formula as it is typed, of one in a book without roots."""
    for sign, ascii_sign in BACK.items():
        text = text.replace(sign, ascii_sign)
    text = re.sub(r"sin²\(", "square_of_sin(", text)
    digits = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+", lambda found: f"**({found[0].translate(digits)})", text)
    return re.sub(r"\|([^|]*)\|", r"abs(\1)", text)


@given(FORMULAS)
def test_that_what_is_written_still_means_the_formula(text):
    names = {"w": 0.7, "b": -1.3, "pi": math.pi, "sin": math.sin, "abs": abs}
    names["square_of_sin"] = lambda x: math.sin(x) ** 2
    try:
        value = eval(text, {}, names)
    except (ZeroDivisionError, OverflowError):
        return
    assert eval(typed(pretty(text)), {}, names) == pytest.approx(value, rel=1e-9, abs=1e-12)
