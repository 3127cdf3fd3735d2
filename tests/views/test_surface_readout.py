import numpy as np
import pytest
from PySide6.QtCore import QPointF

from lossviz.experiment import load
from lossviz.jobs.tasks import scene_of
from lossviz.scene.frame import frame_of_step
from lossviz.scene.mesh import in_box
from lossviz.scene.readout import row_text
from lossviz.scene.style import LIGHT
from lossviz.views.surface_painter import SurfacePainter
from lossviz.views.surface_readout import surface_readout


@pytest.fixture
def view(qapp):
    made = SurfacePainter(LIGHT)
    made.resize(600, 420)
    made.draw(frame_of_step(scene_of(load("four-learning-rates"), resolution=97), 3))
    return made


def test_that_a_ball_under_the_pointer_is_told_as_its_computed_point(view):
    ball = view.frame.balls[0]
    at = QPointF(*view.pixels(view.place(ball)).tolist())
    assert surface_readout(view, at) == row_text(view.frame.scene, ball.descent, 3)


def test_that_a_place_of_the_surface_is_told_with_its_loss(view):
    surface = view.frame.scene.surface
    w, b = -0.8, 3.6
    at = in_box(surface.domain, view.frame.scene.heights, np.array(w), np.array(b), surface.loss(w, b))
    text = surface_readout(view, QPointF(*view.pixels(at).tolist()))
    told = dict(part.split(" ", 1) for part in text.split(" · "))
    got = float(told["w"].replace("−", "-")), float(told["b"].replace("−", "-"))
    assert got == pytest.approx((w, b), abs=0.35)
    assert float(told["loss"].split()[0]) == pytest.approx(float(surface.loss(*got)), rel=0.02)


def test_that_beside_the_surface_nothing_is_told(view):
    assert surface_readout(view, QPointF(2, 2)) == ""
