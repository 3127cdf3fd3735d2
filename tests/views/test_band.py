import numpy as np
from PySide6.QtCore import QRectF

from lossviz.views.band import DENSE, band, dense_from

HEIGHT, EDGE = 100.0, 12.0


def noisy(rows: int, apart: float) -> np.ndarray:
    heights = np.random.default_rng(5).uniform(10.0, 90.0, rows)
    return np.stack([apart * np.arange(rows), heights], axis=1)


def covered(boxes: dict[int, QRectF], width: int) -> np.ndarray:
    """How often each pixel is painted; rows are pixels down, from −EDGE on."""
    found = np.zeros((int(HEIGHT + 2 * EDGE) + 4, width), dtype=int)
    for box in boxes.values():
        top = int(box.top() + EDGE) + 2
        found[top : top + int(box.height()), int(box.left())] += 1
    return found


def test_that_rows_are_dense_where_there_are_many_to_a_pixel_and_on_a_logarithm_from_there_on():
    assert dense_from(noisy(500, 1.0), 1.0) == 499
    assert dense_from(noisy(500, 0.1), 1.0) == 0
    assert dense_from(noisy(10, 0.01), 1.0) == 9
    bent = noisy(5000, 0.1)
    bent[:, 0] = 40.0 * np.log1p(np.arange(5000))
    first = dense_from(bent, 1.0)
    # a step is 40/(1 + k) pixels
    assert abs(first - 40.0 / DENSE) < 12


def test_that_a_band_reaches_from_the_lowest_to_the_highest_in_each_column_and_paints_no_pixel_twice():
    points = noisy(3000, 0.02)
    painted = covered(band(points, 0, HEIGHT, EDGE, 1.0), 60)
    assert painted.max() == 1
    for column in range(1, 60):
        inside = np.flatnonzero(np.floor(points[:, 0]) == column)
        heights = points[inside[0] - 1 : inside[-1] + 1, 1]
        rows = np.flatnonzero(painted[:, column]) - EDGE - 2
        assert rows[0] == np.floor(heights.min()) - 1
        assert rows[-1] == np.floor(heights.max())
        assert len(rows) == rows[-1] - rows[0] + 1


def test_that_what_a_step_adds_does_not_depend_on_the_steps_after_it():
    points = noisy(2000, 0.05)
    whole = band(points, 0, HEIGHT, EDGE, 1.0)
    for rows in (2, 300, 1999):
        assert band(points[:rows], 0, HEIGHT, EDGE, 1.0) == {k: box for k, box in whole.items() if k < rows - 1}


def test_that_of_very_many_rows_few_are_painted_and_what_lies_outside_is_cut():
    points = noisy(20_000, 0.01)
    points[::7, 1] = 1e140
    points[3::7, 1] = -1e140
    boxes = band(points, 0, HEIGHT, EDGE, 1.0)
    assert len(boxes) < 200 * 12
    assert min(box.top() for box in boxes.values()) == -EDGE - 1.0
    assert max(box.bottom() for box in boxes.values()) == HEIGHT + EDGE + 1.0


def test_that_a_smooth_line_is_a_band_of_a_line_s_width_and_a_single_point_none():
    level = np.stack([0.1 * np.arange(400), np.full(400, 50.0)], axis=1)
    boxes = band(level, 0, HEIGHT, EDGE, 1.0)
    assert {(box.top(), box.height()) for box in boxes.values()} == {(49.0, 2.0)}
    assert band(level, 399, HEIGHT, EDGE, 1.0) == {}
