"""What componentwise rules are written in: the same for one number as for an array."""

import numpy as np
import pytest

from lossviz.rules.componentwise import (
    chosen,
    decayed,
    divided,
    largest,
    power,
    root,
    sign,
    smallest,
    towards,
    used,
    with_decay,
)

VALUES = [0.0, -0.0, 1e-320, 0.1, 2.0, 1e300, np.inf, -1.0, -np.inf, np.nan]


@pytest.mark.parametrize("value", VALUES)
def test_that_the_root_of_a_number_is_that_of_an_array(value):
    with np.errstate(invalid="ignore"):
        expected = root(np.array([value]))[0]
    np.testing.assert_array_equal(root(value), expected)
    assert type(root(value)) is float


@pytest.mark.parametrize("by", VALUES)
@pytest.mark.parametrize("rate", [0.3, 1e300])
def test_that_a_number_divides_as_an_array_does_and_zero_gives_zero(rate, by):
    with np.errstate(over="ignore"):
        expected = divided(rate, np.array([by]))[0]
    np.testing.assert_array_equal(divided(rate, by), expected)
    if by == 0.0:
        assert expected == 0.0


@pytest.mark.parametrize("one", VALUES)
@pytest.mark.parametrize("other", VALUES)
@pytest.mark.parametrize("of_two", [largest, smallest])
def test_that_the_larger_and_the_smaller_of_numbers_are_those_of_arrays(of_two, one, other):
    np.testing.assert_array_equal(of_two(one, other), of_two(np.array([one]), other)[0])
    assert type(of_two(one, other)) is float


@pytest.mark.parametrize("value", VALUES)
def test_that_the_sign_of_a_number_is_that_of_an_array(value):
    np.testing.assert_array_equal(sign(value), sign(np.array([value]))[0])
    assert type(sign(value)) is float


@pytest.mark.parametrize("exponent", [0.0, 0.5, 0.75, 1.0, 2.0, -0.5, 1e3])
def test_that_powers_of_numbers_have_the_bits_of_those_of_arrays(exponent):
    bases = np.random.Generator(np.random.PCG64(1)).uniform(0.0, 1e3, 500)
    raised = power(bases, exponent)
    np.testing.assert_array_equal(power(bases, np.full(500, exponent)), raised)
    np.testing.assert_array_equal([power(base, exponent) for base in bases.tolist()], raised)
    assert type(power(2.0, exponent)) is float


def test_that_powers_are_pythons_own_bit_for_bit_as_in_the_libraries_corrections():
    generator = np.random.Generator(np.random.PCG64(2))
    betas, counts = generator.uniform(0.0, 1.0, 500), np.arange(1.0, 501.0)
    expected = [beta**count for beta, count in zip(betas.tolist(), counts.tolist(), strict=True)]
    np.testing.assert_array_equal(power(betas, counts), expected)
    assert power(np.float32(betas), np.float32(2.0)).dtype == np.float32


def test_that_a_power_too_large_is_infinite_for_numbers_and_arrays():
    for base, exponent in ((1e300, 2.0), (0.0, -0.5)):
        assert power(base, exponent) == power(np.array([base]), exponent)[0] == np.inf


@pytest.mark.parametrize("part", [0.0, 0.1, 0.499, 0.5, 0.9, 1.0])
def test_that_numbers_go_part_of_a_way_with_the_bits_of_arrays(part):
    before, value = np.random.Generator(np.random.PCG64(3)).normal(size=(2, 500))
    gone = towards(before, value, part)
    np.testing.assert_array_equal(towards(before, value, np.full(500, part)), gone)
    np.testing.assert_array_equal(
        [towards(*pair, part) for pair in zip(before.tolist(), value.tolist(), strict=True)], gone
    )
    np.testing.assert_allclose(gone, before + part * (value - before), rtol=0.0, atol=1e-14)


def test_that_all_of_a_way_leads_exactly_to_its_end():
    assert towards(1e16, 1.0, 1.0) == 1.0
    assert towards(1.0, 1e16, 0.0) == 1.0


def test_that_one_of_two_is_chosen_for_each_component():
    assert chosen(True, 1.0, 2.0) == 1.0
    assert chosen(np.bool_(False), 1.0, 2.0) == 2.0
    np.testing.assert_array_equal(chosen(np.array([True, False]), 1.0, np.array([3.0, 4.0])), [1.0, 4.0])


def test_that_what_is_zero_in_all_runs_is_not_used():
    for idle in (0.0, np.zeros(3)):
        assert not used(idle)
    for busy in (0.1, np.array([0.0, 0.1])):
        assert used(busy)


def test_that_weight_decay_of_zero_leaves_what_it_would_act_on():
    theta = np.array([np.inf, 2.0])
    slope = np.array([1.0, 3.0])
    assert with_decay(slope, theta, 0.0) is slope
    assert decayed(theta, 0.1, np.zeros(2)) is theta
    assert with_decay(3.0, 2.0, 0.5) == 4.0
    assert decayed(2.0, 0.1, 0.5) == 2.0 - 0.1
