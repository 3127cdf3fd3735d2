"""Contours: the lines along which a grid's loss is the same."""

import numpy as np
import pytest
from contourpy import LineType, contour_generator

from lossviz.scene.contours import contours


@pytest.mark.parametrize("holes", [False, True])
def test_that_contours_are_those_of_contourpy_also_around_holes(holes: bool) -> None:
    generator = np.random.default_rng(3)
    x, y, loss = np.linspace(0.0, 1.0, 40), np.linspace(-2.0, 5.0, 30), generator.normal(size=(40, 30))
    if holes:
        loss[3:6, 4:9], loss[10, 10], loss[12, :3], loss[-1, -1] = np.nan, np.inf, -np.inf, np.nan
    levels = [-0.5, 0.0, 0.7, 9.0]
    reference = contour_generator(x, y, np.ma.masked_invalid(loss.T), line_type=LineType.Separate)
    found = list(contours(x, y, loss, np.array(levels)))
    assert [level for level, _ in found] == levels
    assert [len(lines) > 0 for _, lines in found] == [True, True, True, False]
    for level, lines in found:
        for line, expected in zip(lines, reference.lines(level), strict=True):
            np.testing.assert_array_equal(line, expected)
