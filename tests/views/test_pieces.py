from itertools import pairwise

import numpy as np

from lossviz.views.pieces import CELL, kept_rows, pieces


def test_that_each_step_of_a_path_inside_the_view_is_one_piece_from_point_to_point():
    points = np.array([[10.0, 10.0], [40.0, 20.0], [35.0, 70.0]])
    found = pieces(points, 100.0, 100.0, 12.0)
    assert [(line.x1(), line.y1(), line.x2(), line.y2()) for line in found] == [(10, 10, 40, 20), (40, 20, 35, 70)]


def test_that_steps_too_small_to_be_seen_are_drawn_with_the_next_one_that_is_not():
    tiny = CELL / 10.0
    xs = 20.0 + tiny * np.arange(200)
    found = pieces(np.stack([xs, np.full(200, 50.0)], axis=1), 100.0, 100.0, 12.0)
    drawn = [line for line in found if line is not None]
    assert len(drawn) <= 25
    # without a gap, and up to where the path is
    assert all(a.p2() == b.p1() for a, b in pairwise(drawn))
    assert drawn[0].x1() == 20.0
    assert xs[-1] - drawn[-1].x2() <= CELL


def test_that_what_a_step_draws_does_not_depend_on_the_steps_after_it():
    generator = np.random.default_rng(3)
    points = 50.0 + np.cumsum(generator.normal(scale=0.6, size=(300, 2)), axis=0)
    whole = pieces(points, 100.0, 100.0, 12.0)
    for rows in (2, 50, 171):
        assert pieces(points[:rows], 100.0, 100.0, 12.0) == whole[: rows - 1]


def test_that_pieces_are_cut_to_the_view_and_left_out_where_they_miss_it():
    points = np.array([[-1e6, 50.0], [1e6, 50.0], [1e6, -1e6], [2e12, 0.0], [-2e12, 90.0]])
    across, beside, above, lost = pieces(points, 100.0, 100.0, 12.0)
    assert (round(across.x1(), 6), round(across.x2(), 6)) == (-12.0, 112.0)
    assert beside is None
    assert above is None
    # both ends so far away that rounding decides where it goes
    assert lost is None


def test_that_no_points_and_a_single_one_have_no_pieces():
    assert pieces(np.empty((0, 2)), 100.0, 100.0, 12.0) == []
    assert pieces(np.zeros((1, 2)), 100.0, 100.0, 12.0) == []


def test_that_beyond_all_numbers_nothing_is_drawn_and_nothing_raised():
    points = np.array([[1.0, 1.0], [np.inf, 2.0], [np.nan, np.nan], [5.0, 5.0]])
    with np.errstate(all="raise"):
        assert kept_rows(points).tolist() == [True] * 4
    assert pieces(points, 100.0, 100.0, 12.0)[:3] == [None] * 3
