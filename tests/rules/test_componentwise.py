"""What componentwise rules are written in: the same for one number as for an array."""

import numpy as np
import pytest

from lossviz.rules.componentwise import divided, root

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
