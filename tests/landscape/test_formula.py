import math
import re
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossviz.landscape.formula import Affine, ColumnFormula, FormulaError, written

COLUMNS = {
    "age": np.array([19.0, 33.0, 20.0, -4.5, 0.0]),
    "lwt": np.array([182.0, 155.0, 105.0, 0.25, -1.0]),
    "größe": np.array([1.0, 2.0, 3.0, 4.0, 5.0]),
    "birth weight (g)": np.array([2523.0, 2551.0, 2557.0, 2594.0, 2600.0]),
}
NAMES = tuple(COLUMNS)


def values(text):
    return ColumnFormula(text, NAMES).evaluate(COLUMNS)


# What a formula means


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(age - 18)/10", (COLUMNS["age"] - 18) / 10),
        ("age + lwt * 2", COLUMNS["age"] + COLUMNS["lwt"] * 2),
        ("age - lwt - 1", (COLUMNS["age"] - COLUMNS["lwt"]) - 1),
        ("2 * größe ** 2", 2 * COLUMNS["größe"] ** 2),
        ("-größe ** 2", -(COLUMNS["größe"] ** 2)),
        ("2 ** größe ** 0.5", 2 ** (COLUMNS["größe"] ** 0.5)),
        ("größe ** -1", 1 / COLUMNS["größe"]),
        ("+age - -lwt", COLUMNS["age"] + COLUMNS["lwt"]),
        ("1e3 * age", 1e3 * COLUMNS["age"]),
        (" \tage\n", COLUMNS["age"]),
        ("(age +\n 1)", COLUMNS["age"] + 1),
        ("3", np.full(5, 3.0)),
    ],
)
def test_that_operators_bind_as_in_mathematics(text, expected):
    np.testing.assert_array_equal(values(text), expected)


def test_that_a_text_that_is_a_columns_name_means_that_column_whatever_its_letters():
    formula = ColumnFormula("birth weight (g)", NAMES)
    np.testing.assert_array_equal(formula.evaluate(COLUMNS), COLUMNS["birth weight (g)"])
    assert formula.names == ("birth weight (g)",)
    assert (formula.affine().scale, formula.affine().shift) == (1.0, 0.0)


def test_that_a_formula_names_its_columns_once_each():
    assert ColumnFormula("age*lwt + age**2 - 3", NAMES).names == ("age", "lwt")
    assert ColumnFormula("1 + 2", NAMES).names == ()


def test_that_arithmetic_without_a_finite_value_gives_none():
    assert np.isnan(values("(0 - 1) ** 0.5 + 0*age")).all()
    assert np.isposinf(values("9**9**9**9")).all()
    np.testing.assert_array_equal(np.isfinite(values("1/age")), COLUMNS["age"] != 0)


# Against an evaluator that shares nothing with it


@st.composite
def expressions(draw, depth=4):
    """A text, and its meaning as nested tuples."""
    kind = draw(
        st.sampled_from(["number", "column"] if depth == 0 else ["number", "column", "sign", "binary", "binary"])
    )
    if kind == "number":
        number = draw(st.sampled_from([0, 1, 2, 3, 10, 0.5, 1.25, 1e3, 1e-3]))
        return repr(number), ("number", float(number))
    if kind == "column":
        name = draw(st.sampled_from(["age", "lwt", "größe"]))
        return name, ("column", name)
    if kind == "sign":
        sign = draw(st.sampled_from("+-"))
        text, meaning = draw(expressions(depth=depth - 1))
        return f"{sign}({text})", (sign, meaning)
    operator = draw(st.sampled_from(["+", "-", "*", "/", "**"]))
    (left, one), (right, two) = draw(expressions(depth=depth - 1)), draw(expressions(depth=depth - 1))
    space = draw(st.sampled_from(["", " "]))
    return f"({left}){space}{operator}{space}({right})", (operator, one, two)


def meant(tree, row):
    """Evaluate with Python's floats, one row at a time; NaN or inf where Python has an error for it."""
    match tree:
        case ("number", number):
            return number
        case ("column", name):
            return float(COLUMNS[name][row])
        case ("+", one):
            return meant(one, row)
        case ("-", one):
            return -meant(one, row)
    operator, one, two = tree[0], meant(tree[1], row), meant(tree[2], row)
    if operator == "/":
        return float(np.float64(one) / np.float64(two))
    if operator == "**":
        return float(np.float64(one) ** np.float64(two))
    return {"+": one + two, "-": one - two, "*": one * two}[operator]


@given(expressions())
def test_that_a_formula_has_the_value_that_plain_arithmetic_gives(drawn):
    text, tree = drawn
    with np.errstate(all="ignore"):
        expected = [meant(tree, row) for row in range(5)]
    # NumPy's powers of arrays and of single numbers may differ in the last bit
    np.testing.assert_allclose(values(text), expected, rtol=1e-12)


@st.composite
def affine_texts(draw):
    """A formula of one column by steps that keep it affine, and never with scale 0."""
    text = "age"
    for _ in range(draw(st.integers(0, 5))):
        number = draw(st.sampled_from(["2", "0.5", "10", "(1 - 4)", "2**3", "1e-3"]))
        step = draw(
            st.sampled_from(["{n}+{t}", "{t}-{n}", "{n}-{t}", "{n}*{t}", "{t}*{n}", "{t}/{n}", "-{t}", "{t}**1"])
        )
        text = "(" + step.format(t=text, n=number) + ")"
    return text


@given(affine_texts())
def test_that_where_a_formula_is_affine_scale_and_shift_give_its_values(text):
    line = ColumnFormula(text, NAMES).affine()
    assert line.column == "age"
    expected = values(text)
    np.testing.assert_allclose(
        line.scale * COLUMNS["age"] + line.shift, expected, rtol=1e-12, atol=1e-12 * np.max(np.abs(expected))
    )


@given(expressions())
def test_that_a_formula_called_affine_is_so(drawn):
    line = ColumnFormula(drawn[0], NAMES).affine()
    expected = values(drawn[0])
    if line is not None and np.all(np.isfinite(expected)):
        size = abs(line.shift) + np.max(np.abs(line.scale * COLUMNS[line.column]))
        np.testing.assert_allclose(line.scale * COLUMNS[line.column] + line.shift, expected, rtol=0, atol=1e-9 * size)


@given(
    scale=st.floats(-1e6, 1e6).filter(lambda value: abs(value) > 1e-6),
    shift=st.floats(-1e6, 1e6),
    divisor=st.floats(0.01, 1e3),
)
def test_that_shifting_and_scaling_is_recognised(scale, shift, divisor):
    line = ColumnFormula(f"({scale!r}*(age + {shift!r}))/{divisor!r}", NAMES).affine()
    assert line.column == "age"
    assert line.scale == pytest.approx(scale / divisor, rel=1e-14)
    assert line.shift == pytest.approx(scale * shift / divisor, rel=1e-14)


@pytest.mark.parametrize(
    "text",
    ["age*age", "age**2", "1/age", "age + lwt", "2**age", "3", "age - age", "age/0", "age*(1e200*1e200)", "age*lwt"],
)
def test_that_what_is_not_affine_in_one_column_is_not_called_so(text):
    assert ColumnFormula(text, NAMES).affine() is None


# What is refused

HOSTILE = [
    "__import__('os').system('true')",
    "age.__class__",
    "age.real",
    "().__class__.__bases__[0].__subclasses__()",
    "print(age)",
    "age()",
    "abs(age)",
    "eval('1')",
    "exec",
    "__builtins__",
    "lambda: age",
    "(lambda: age)()",
    "(age := 3)",
    "age = 3",
    "f'{age}'",
    "f'{__import__(\"os\")}'",
    "'age'",
    "b'age'",
    "age if age else lwt",
    "age and lwt",
    "not age",
    "~age",
    "age < 3",
    "age == lwt",
    "age // 2",
    "age % 2",
    "age @ lwt",
    "age << 2",
    "age | lwt",
    "age[0]",
    "age[:]",
    "[age for age in (1, 2)]",
    "{age}",
    "{1: age}",
    "[age]",
    "age, lwt",
    "*age",
    "yield age",
    "await age",
    "...",
    "None",
    "True",
    "1j",
    "import os",
    "age; lwt",
    "age\nlwt",
    "del age",
    "age age",
    "2age",
    "age +",
    "* age",
    "(age",
    "age)",
    "",
    " \n\t",
    "#",
    "\\",
    "age\0",
    "\0",
    "age\u200b",
    "\u202eage",
    "аge",  # Cyrillic а
    "agе",  # Cyrillic е
    "αge",
    "ag",
    "Age",
    "1" * 100_000,
    "age + " * 100_000 + "1",
    "(" * 100_000,
    "(" * 240 + "1" + ")" * 240,
    "(" * 60 + "age" + ")" * 60 + "." + "x",
    "-" * 499 + "1",
    "-" * 60 + "age",
    "+".join(["age"] * 120),
    "**".join(["9"] * 60),
    "9" * 400,
    "1e400",
    "0x" + "f" * 300,
    "\ud800",
]


@pytest.mark.parametrize("text", HOSTILE, ids=[repr(text[:24]) for text in HOSTILE])
def test_that_everything_else_is_refused_in_one_sentence(refused, text):
    with refused("at column ", FormulaError) as caught:
        ColumnFormula(text, NAMES)
    assert 1 <= caught.value.column <= max(len(text), 1) + 1
    assert len(str(caught.value)) < 1_000


def accepted(text, names=NAMES):
    """The formula, or None where it is refused in one sentence."""
    try:
        return ColumnFormula(text, names)
    except FormulaError as error:
        sentence = str(error)
    assert len(sentence.splitlines()) == 1
    assert sentence.endswith(").")
    return None


@given(st.text(max_size=60))
def test_that_any_text_is_a_formula_or_refused_with_a_sentence(text):
    formula = accepted(text)
    assert formula is None or formula.evaluate(COLUMNS).shape == (5,)


@given(st.text(alphabet="age lwt0123456789.+-*/()e_", max_size=40))
def test_that_a_text_of_allowed_letters_is_evaluated_or_refused(text):
    formula = accepted(text, ("age", "lwt"))
    if formula is not None:
        # numbers, names, operators and brackets are all that is left
        assert re.fullmatch(r"(\s|\d|[.+\-*/()_eE]|age|lwt)*", text)
        assert formula.evaluate({"age": COLUMNS["age"], "lwt": COLUMNS["lwt"]}).dtype == np.float64


def test_that_code_in_a_formula_is_not_run(tmp_path):
    for code in (
        f"__import__('pathlib').Path('{tmp_path}/made').touch()",
        f"[].append(open('{tmp_path}/made', 'w'))",
        f"age + open('{tmp_path}/made', 'w').write('')",
    ):
        with pytest.raises(FormulaError):
            ColumnFormula(code, NAMES)
    assert not list(tmp_path.iterdir())


def test_that_nothing_typed_makes_python_warn_on_the_terminal():
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        for text in (*HOSTILE, "1if age else 2", "0x1for age in lwt", "1or 2", "'\\d'", "age is 1", "1(age)", "0777"):
            assert accepted(text) is None
    assert seen == []


@pytest.mark.parametrize("text", ["2", "2.", ".5", "2.5", "1e5", "1.e-5", "1E+5", "1_000", "0", "00"])
def test_that_numbers_are_decimal(text):
    assert values(text)[0] == float(text)
    assert values(f"(age*0)+{text}")[0] == float(text)


@pytest.mark.parametrize("text", ["0x10", "0b1", "0o7", "1j", "2age", "1e5.5", "1.2.3", "1__0", "_1", "1_"])
def test_that_other_numbers_are_refused(text):
    assert accepted(text) is None


@pytest.mark.parametrize(
    ("text", "column"),
    [("nope", 1), ("  nope", 3), ("age + nope", 7), ("größe + nope", 9), ("(age +\nnope)", 8), ("age + 1 2", 9)],
)
def test_that_a_fault_is_found_at_its_character(text, column):
    with pytest.raises(FormulaError) as caught:
        ColumnFormula(text, NAMES)
    assert caught.value.column == column
    assert f"(at column {column})" in str(caught.value)


def test_that_an_unknown_column_is_refused_with_the_nearest():
    with pytest.raises(FormulaError, match=r"^'agee' is not a column; did you mean 'age'\? \(at column 1\)\.$"):
        ColumnFormula("agee", NAMES)


def test_that_a_large_power_stays_a_float():
    assert math.isinf(values("9**9**9**9")[0])
    assert values("2**1000")[0] == 2.0**1000


# Names that are no single word

ODD = {"weight (kg)": np.array([2.0, 4.0]), "class": np.array([1.0, 2.0]), "größe": np.array([3.0, 5.0])}


@pytest.mark.parametrize(
    ("text", "values", "names"),
    [
        ("`weight (kg)`", [2, 4], ("weight (kg)",)),
        ("`weight (kg)`/2", [1, 2], ("weight (kg)",)),
        ("`weight (kg)`*`class` - größe", [-1, 3], ("größe", "weight (kg)", "class")),
        ("`größe` + 1", [4, 6], ("größe",)),
        # the same letter as one character and as two
        ("gro\u0308ße + 1", [4, 6], ("größe",)),
    ],
)
def test_that_a_name_in_backquotes_is_a_column(text, values, names):
    formula = ColumnFormula(text, tuple(ODD))
    assert formula.evaluate(ODD).tolist() == values
    assert sorted(formula.names) == sorted(names)


def test_that_a_formula_of_a_name_in_backquotes_is_affine():
    assert ColumnFormula("(`weight (kg)` - 4)/2", tuple(ODD)).affine() == Affine("weight (kg)", 0.5, -2.0)


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("`weight (kg)", 1, "a backquote has no partner"),
        ("1 + `", 5, "a backquote has no partner"),
        ("1 + `weight`", 5, "'weight' is not a column; did you mean 'weight (kg)'?"),
        ("``", 1, "'' is not a column"),
        ("`weight (kg)` + b", 17, "'b' is not a column"),
        ("`weight (kg)` `class`", 16, "is not a formula"),
        ("2`class`", 3, "'2`class`' is not a formula"),
        ("`" + "x" * 600 + "`", 501, "at most 500 are allowed"),
    ],
)
def test_that_an_error_beside_backquotes_is_placed_where_it_was_typed(text, column, said):
    with pytest.raises(FormulaError) as caught:
        ColumnFormula(text, tuple(ODD))
    assert said in str(caught.value)
    assert caught.value.column == column


def test_that_every_column_can_be_written_in_a_formula():
    for name in ODD:
        assert ColumnFormula(f"{written(name)} + 0", tuple(ODD)).names == (name,)
    assert [written(name) for name in ODD] == ["`weight (kg)`", "`class`", "größe"]
