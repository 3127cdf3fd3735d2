import numpy as np
import pytest

import lossviz as lv
from lossviz.jobs.memory import Shelf
from lossviz.jobs.surfaces import show_surfaces
from lossviz.landscape.work import completed
from lossviz.scene.gallery import HOLE, SIDE, drawing


def test_that_the_highest_bias_is_in_the_first_row_and_the_lowest_loss_is_the_darkest():
    made = completed(drawing(lv.surface("trid")))
    row, column = np.unravel_index(np.argmin(made.shades), made.shades.shape)
    assert made.shades.shape == (SIDE, SIDE)
    assert (made.shades.min(), made.shades.max()) == (0, 255)
    # its minimum lies at w = 2, b = 2
    domain = lv.surface("trid").domain
    across, down = (2.0 - domain.w[0]) / domain.width[0], (domain.b[1] - 2.0) / domain.width[1]
    assert made.minima == ((pytest.approx(across), pytest.approx(down)),)
    assert abs(column / (SIDE - 1) - across) < 1 / SIDE
    assert abs(row / (SIDE - 1) - down) < 1 / SIDE


def test_that_minima_beyond_the_domain_are_left_out():
    surface = lv.surface("himmelblau", domain=((0.0, 5.0), (0.0, 5.0)))
    assert len(completed(drawing(surface)).minima) == 1


@pytest.mark.parametrize(
    ("name", "count"), [("himmelblau", 4), ("six_hump_camel", 6), ("rastrigin", 121), ("bukin6", 0)]
)
def test_that_hollows_are_told_from_the_low_points_of_a_crease(name, count):
    assert completed(drawing(lv.surface(name))).hollows == count


def test_that_no_number_is_a_hole(monkeypatch):
    surface = lv.surface("sphere")
    grid = surface.grid(SIDE)
    grid.loss[SIDE // 2 :] = np.nan

    def gridding(n):
        yield 1.0
        return grid

    monkeypatch.setattr(surface, "gridding", gridding)
    shades = completed(drawing(surface)).shades
    assert np.all(shades[:, SIDE // 2 :] == HOLE)
    assert np.all(shades[:, : SIDE // 2] >= 0)


def test_that_a_picture_is_drawn_once_and_the_list_comes_before_the_pictures(monkeypatch):
    shelf = Shelf(100)
    work = show_surfaces(shelf)
    first = next(answer for answer in work if not isinstance(answer, float))
    assert first.catalogue.names == lv.surfaces()
    assert first.thumbnails == {}
    assert list(completed(show_surfaces(shelf)).thumbnails) == list(lv.surfaces())
    made = shelf.made
    completed(show_surfaces(shelf))
    assert shelf.made == made
