"""Surfaces without data in experiments: functions and formulas."""

import pytest

import lossviz as lv
from lossviz.experiment import ExperimentError, dumps, parse

ENDING = """
[descent]
start = [1.0, 1.0]
[[runs]]
optimizer = "adam"
learning_rate = 0.1
"""


def parsed(surface: str) -> lv.Experiment:
    return parse(f"format = 1\n[surface]\n{surface}{ENDING}")


def test_that_a_function_with_its_params_makes_the_surface() -> None:
    surface = parsed('function = "rosenbrock"\nparams = { steepness = 10 }').build_surface()
    assert float(surface.loss(0.0, 2.0)) == 1.0 + 10.0 * 4.0


def test_that_a_formula_with_its_params_makes_the_surface() -> None:
    surface = parsed('formula = "a*w**2 + b"\nparams = { a = 3 }').build_surface()
    assert float(surface.loss(2.0, 1.0)) == 13.0
    assert surface.domain == lv.Domain((-3.0, 3.0), (-3.0, 3.0))


def test_that_the_domain_of_the_file_counts() -> None:
    surface = parsed('function = "himmelblau"\ndomain = { w = [0, 1], b = [2, 3] }').build_surface()
    assert surface.domain == lv.Domain((0.0, 1.0), (2.0, 3.0))


@pytest.mark.parametrize(
    "surface",
    [
        'function = "rosenbrock"\nparams = { steepness = 10.0 }',
        'formula = "a*w**2 + b**2"\nparams = { a = 3.0 }\ndomain = { w = [0.0, 1.0], b = [2.0, 3.0] }',
    ],
)
def test_that_it_comes_back_from_its_own_text(surface: str) -> None:
    experiment = parsed(surface)
    assert parse(dumps(experiment)) == experiment


@pytest.mark.parametrize(
    ("surface", "said"),
    [
        ('function = "himelblau"', "himmelblau"),
        ('function = "rosenbrock"\nparams = { stepness = 1 }', "steepness"),
        ('function = "rosenbrock"\nparams = { steepness = -1 }', "steepness"),
        ('formula = "w +"', "column"),
        ('formula = "__import__(1)"', "column"),
        ('formula = "w**2 + b**2"\nparams = { a = 1 }', "a"),
        ('function = "sphere"\nformula = "w"', "exactly one of"),
        ('function = "sphere"\nfeature = "age"', "surface.feature: it goes with data"),
        ('function = "sphere"\nstandardize = true', "surface.standardize: it goes with data"),
        ('data = "birthwt"\nfeature = "age"', "surface.label: missing"),
        ('data = "birthwt"\nfeature = "age"\nlabel = "bwt"\nparams = { a = 1 }', "only a function or a formula"),
    ],
)
def test_that_what_makes_no_surface_is_refused_in_one_sentence(surface: str, said: str) -> None:
    with pytest.raises(ExperimentError) as refused:
        parsed(surface)
    assert said in str(refused.value)
    assert str(refused.value).count(". ") <= 1
    assert str(refused.value).endswith((".", "?"))


def test_that_random_starts_have_bounds() -> None:
    text = ENDING.replace("start =", "random_starts = 1001\nstart =", 1)
    with pytest.raises(ExperimentError, match=r"descent.random_starts: expected a whole number from 0 to 1000"):
        parse(f'format = 1\n[surface]\nfunction = "sphere"\n{text}')


@pytest.mark.parametrize("surface", ['function = "rosenbrock"', 'formula = "w + b"'])
def test_that_a_domain_beyond_all_use_is_refused_before_the_surface_is_made(surface: str) -> None:
    with pytest.raises(ExperimentError, match=r"surface\.domain: domain w must lie within ±1e100"):
        parsed(f"{surface}\ndomain = {{ w = [1e300, 1e308], b = [2, 3] }}")
