import pytest

from lossviz.landscape.units import one_of, unit_in_name


@pytest.mark.parametrize(
    ("column", "parts"),
    [
        ("weight (kg)", ("weight", "kg")),
        ("weight [kg]", ("weight", "kg")),
        ("speed (km/h) ", ("speed", "km/h")),
        ("share(%)", ("share", "%")),
        ("größe (m²)", ("größe", "m²")),
        ("age", ("age", "")),
        ("(kg)", ("(kg)", "")),
        ("income (2019)", ("income (2019)", "")),
        ("smokes (1: yes)", ("smokes (1: yes)", "")),
        ("f(x) (kg", ("f(x) (kg", "")),
        ("", ("", "")),
    ],
)
def test_that_a_unit_in_brackets_is_parted_from_the_name(column, parts):
    assert unit_in_name(column) == parts


@pytest.mark.parametrize(("unit", "one"), [("years", "year"), ("kg", "kg"), ("gauss", "gauss"), ("", "")])
def test_that_one_of_a_unit_is_said_in_the_singular(unit, one):
    assert one_of(unit) == one
