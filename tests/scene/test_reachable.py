import msgspec
import pytest

import lossviz as lv
from lossviz.jobs.tasks import scene_of
from lossviz.scene.frame import frame_of_step


def held(name, free):
    experiment = lv.load(name)
    return msgspec.structs.replace(experiment, descent=msgspec.structs.replace(experiment.descent, free=free))


@pytest.mark.parametrize("free", [("w",), ("b",)])
def test_that_where_one_parameter_is_held_the_minimum_is_that_of_the_other(free):
    scene = scene_of(held("four-learning-rates", free), resolution=21)
    at = scene.minimum
    index = "wb".index(free[0])
    assert at[1 - index] == scene.experiment.descent.start[1 - index]
    gradient = scene.surface.gradient(*at[:2])
    assert gradient[index] == pytest.approx(0.0, abs=1e-9)
    assert abs(gradient[1 - index]) > 0.1
    assert at[2] > scene.best[2]
    # the run that arrives, arrives there
    assert scene.descents[1].trajectory.path[-1] == pytest.approx(at[:2], abs=1e-6)


def test_that_with_both_free_it_is_the_surfaces_own():
    scene = scene_of(lv.load("four-learning-rates"), resolution=21)
    assert scene.minimum == scene.best
    assert scene.best[:2] == scene.surface.known_minimum


def test_that_it_is_kept_back_with_what_comes():
    experiment = lv.load("one-parameter")
    view = msgspec.structs.replace(experiment.view, hide_future=True)
    frame = frame_of_step(scene_of(msgspec.structs.replace(experiment, view=view), resolution=21), 3)
    assert frame.minimum is None
    assert frame.best is None
