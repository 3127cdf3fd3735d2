import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lossviz as lv
from lossviz.scene.heights import heights_for, nice_ticks

KINDS = ["linear", "log", "rank"]


def bowl(n=41, offset=0.5, scale=1.0):
    w, b = np.linspace(-2, 2, n), np.linspace(-1, 1, n)
    return lv.Grid(w, b, offset + scale * (w[:, None] ** 2 + 3 * b[None, :] ** 2))


def grids():
    yield bowl()
    yield bowl(offset=-3.0)
    yield bowl(offset=1e6)
    yield bowl(scale=1e-9)
    yield bowl(scale=1e200)
    holed = bowl()
    holed.loss[::3, ::2] = np.nan
    yield holed
    yield lv.fit(lv.dataset("birthwt"), feature="(age - 18)/10", label="bwt/1000").grid(33)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("grid", [*grids()])
def test_that_a_higher_loss_is_never_drawn_lower(kind, grid):
    heights = heights_for(grid, 2.0, kind)
    losses = np.linspace(heights.lowest, heights.ceiling, 300)
    drawn = heights.height(losses)
    assert np.all(np.isfinite(drawn))
    assert np.all(np.diff(drawn) >= 0)
    assert drawn[-1] > drawn[0]
    if kind != "rank":
        assert np.all(np.diff(drawn) > 0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("grid", [*grids()])
def test_that_shades_go_from_0_to_1_and_never_back(kind, grid):
    heights = heights_for(grid, 2.0, kind)
    losses = np.linspace(heights.lowest, heights.ceiling, 300)
    shades = heights.shade(losses)
    assert np.all(np.diff(shades) >= 0)
    assert shades[0] == 0.0
    assert 0.5 < shades[-1] <= 1.0 + 1e-12
    assert np.all(heights.shade(grid.loss[np.isfinite(grid.loss)]) >= 0)


@pytest.mark.parametrize("kind", KINDS)
def test_that_the_whole_grid_lies_above_the_floor(kind):
    for grid in grids():
        heights = heights_for(grid, 2.0, kind)
        assert np.nanmin(heights.height(grid.loss)) >= -1e-12
        assert heights.floor <= heights.lowest < heights.ceiling


@pytest.mark.parametrize("kind", KINDS)
def test_that_floor_and_ceiling_are_0_and_1(kind):
    heights = heights_for(bowl(offset=-3.0), -2.5, kind)
    assert heights.height(heights.ceiling) == pytest.approx(1.0)
    assert heights.height(heights.floor if kind == "linear" else heights.lowest) == pytest.approx(0.0, abs=1e-12)
    # what is above is drawn above, not clipped; a rank has nothing above it
    assert kind == "rank" or heights.height(heights.ceiling + 1.0) > 1.0


def test_that_nan_has_no_height():
    for kind in KINDS:
        assert np.isnan(heights_for(bowl(), 1.0, kind).height(np.array([np.nan, 1.0]))).tolist() == [True, False]


def test_that_the_rank_of_a_loss_is_the_part_of_the_domain_below_it():
    grid = bowl()
    heights = heights_for(grid, 1.0, "rank")
    for loss in (0.6, 1.0, 3.0, 5.0):
        assert heights.height(loss) == pytest.approx(np.mean(grid.loss < loss), abs=0.02)


@pytest.mark.parametrize("start", [0.6, 1.0, 3.0, 6.0, 7.4])
def test_that_the_start_fits_under_the_ceiling(start):
    heights = heights_for(bowl(), start, "linear")
    assert heights.height(start) < 1.0
    assert heights.ceiling <= 7.5 + 1e-12


def test_that_ranks_are_drawn_up_to_the_highest_loss():
    grid = bowl()
    assert heights_for(grid, 1.0, "rank").ceiling == np.max(grid.loss)


@pytest.mark.parametrize("start", [np.nan, np.inf, 1e308, -5.0])
def test_that_an_extreme_start_changes_the_axis_no_further_than_the_grid(start):
    heights = heights_for(bowl(), start, "linear")
    assert heights.lowest < heights.ceiling <= 7.5


def test_that_the_axis_starts_at_0_where_that_is_near():
    assert heights_for(bowl(offset=0.5), 1.0, "linear").floor == 0.0
    assert 0 < heights_for(bowl(offset=1e6), 1e6, "linear").floor < 1e6


@pytest.mark.parametrize("loss", [0.0, 5.0, -5.0])
@pytest.mark.parametrize("kind", KINDS)
def test_that_a_flat_surface_has_a_picture_too(kind, loss):
    grid = lv.Grid(np.arange(3.0), np.arange(3.0), np.full((3, 3), loss))
    heights = heights_for(grid, loss, kind)
    assert heights.floor < loss < heights.ceiling
    assert np.all(np.isfinite(heights.height(grid.loss)))


@pytest.mark.parametrize("kind", KINDS)
def test_that_a_surface_of_holes_has_a_picture_too(kind):
    heights = heights_for(lv.Grid(np.arange(3.0), np.arange(3.0), np.full((3, 3), np.nan)), 1.0, kind)
    assert heights.floor < heights.ceiling


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("grid", [*grids()])
def test_that_contours_lie_at_rising_losses_inside_the_picture(kind, grid):
    heights = heights_for(grid, 2.0, kind)
    levels = heights.levels
    assert np.all(np.diff(levels) > 0)
    assert levels[0] > heights.lowest
    assert 8 <= np.sum(levels <= heights.ceiling) <= 12


@pytest.mark.parametrize("kind", KINDS)
def test_that_ticks_are_losses_between_floor_and_ceiling(kind):
    for grid in grids():
        heights = heights_for(grid, 2.0, kind)
        ticks = heights.ticks()
        slack = 1e-9 * (heights.ceiling - heights.floor)
        assert 2 <= len(ticks) <= 8
        assert all(np.diff(ticks) >= 0)
        assert ticks[0] >= heights.floor - slack
        assert kind == "rank" or ticks[-1] <= heights.ceiling + slack


@given(spans_away=st.floats(-1e6, 1e6), span=st.floats(1e-9, 1e9), most=st.integers(2, 10))
def test_that_ticks_are_round_evenly_spaced_and_about_as_many_as_asked(spans_away, span, most):
    low = spans_away * span
    ticks = nice_ticks(low, low + span, most)
    assert 1 <= len(ticks) <= 1.4 * most + 1
    if len(ticks) > 1:
        step = ticks[1] - ticks[0]
        mantissa = step / 10.0 ** np.floor(np.log10(step * (1 + 1e-4)))
        assert any(abs(mantissa - round_number) < 1e-4 for round_number in (1, 2, 5))
        np.testing.assert_allclose(np.diff(ticks), step, rtol=1e-4)
        np.testing.assert_allclose(np.array(ticks) / step, np.round(np.array(ticks) / step), atol=1e-4)
    slack = 1e-6 * span
    assert all(low - slack <= tick <= low + span + slack for tick in ticks)


@pytest.mark.parametrize(("low", "high"), [(1, 1), (2, 1), (np.nan, 1), (0, np.inf)])
def test_that_an_axis_without_an_extent_has_no_ticks(low, high):
    assert nice_ticks(low, high, 5) == []
