import numpy as np
import pytest

import lossviz as lv
from lossviz.experiment import parse
from lossviz.jobs.tasks import scene_of
from lossviz.resources import resource
from lossviz.scene.frame import eased, frame_at, frame_of_step

TEXT = resource("experiments", "four-learning-rates.lossviz.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def scene():
    return scene_of(lv.load("four-learning-rates"), resolution=9)


def state(frame):
    balls = [(b.descent.number, b.row, b.part, b.w, b.b, b.loss, b.lift, b.resting, b.gone) for b in frame.balls]
    return frame.step, frame.row, balls


def test_that_a_frame_depends_on_the_time_alone(scene):
    times = [0.0, 3.7, 1.2, scene.timeline.duration, 0.61, 1.2]
    first = [state(frame_at(scene, t)) for t in times]
    again = {t: state(frame_at(scene, t)) for t in reversed(times)}
    assert first == [again[t] for t in times]
    assert state(frame_at(scene_of(lv.load("four-learning-rates"), resolution=9), 1.2)) == again[1.2]


def test_that_a_frame_has_a_ball_for_each_run(scene):
    frame = frame_at(scene, 0.0)
    assert [ball.descent.number for ball in frame.balls] == [0, 1, 2, 3]
    assert {(ball.w, ball.b) for ball in frame.balls} == {(-2.2, 3.6)}
    assert frame.selected.descent.number == 2


def test_that_on_whole_steps_balls_lie_on_computed_points(scene):
    for k in (0, 1, 17, 200):
        for ball in frame_of_step(scene, k).balls:
            t = ball.descent.trajectory
            assert (ball.row, ball.part, ball.lift) == (k, 0.0, 0.0)
            assert ball.resting
            assert (ball.w, ball.b, ball.loss) == (*t.path[k], t.losses[k])


def test_that_between_steps_a_ball_hops_over_the_straight_way(scene):
    for ball in frame_of_step(scene, 2.5).balls:
        t = ball.descent.trajectory
        assert not ball.resting
        assert (ball.row, ball.part, ball.lift) == (2, 0.5, 1.0)
        np.testing.assert_allclose([ball.w, ball.b], (t.path[2] + t.path[3]) / 2, rtol=1e-14)
        assert ball.loss == pytest.approx((t.losses[2] + t.losses[3]) / 2)


def test_that_a_hop_begins_and_ends_on_the_ground():
    assert [eased(part) for part in (0.0, 0.5, 1.0)] == [0.0, 0.5, 1.0]
    assert eased(0.01) < 0.001
    assert eased(0.99) > 0.999
    assert np.all(np.diff([eased(part) for part in np.linspace(0, 1, 50)]) > 0)


def test_that_a_step_outside_is_clamped(scene):
    assert frame_of_step(scene, -3).step == 0.0
    assert frame_of_step(scene, 999).step == 200.0
    assert frame_at(scene, 1e9).row == 200


def test_that_a_shorter_run_waits_at_its_end():
    scene = scene_of(parse(TEXT.replace("learning_rate = 0.36", "learning_rate = 0.36\nsteps = 5")), resolution=9)
    ball = frame_of_step(scene, 7.5).balls[1]
    assert (ball.row, ball.part, ball.resting) == (5, 0.0, True)


def test_that_a_run_that_is_not_shown_has_no_ball():
    scene = scene_of(parse(TEXT.replace("learning_rate = 0.71", "learning_rate = 0.71\nshown = false")), resolution=9)
    frame = frame_of_step(scene, 3)
    assert [ball.descent.number for ball in frame.balls] == [0, 1, 3]
    assert frame.selected is None
    assert scene.selected.number == 2


def test_that_a_ball_beyond_all_numbers_is_gone_and_not_drawn_between():
    scene = scene_of(parse(TEXT.replace("learning_rate = 0.71", "learning_rate = 10.0")), resolution=9)
    descent = scene.descents[2]
    last = descent.finite - 1
    assert not frame_of_step(scene, last).balls[2].gone
    assert frame_of_step(scene, last + 1).balls[2].gone
    hopping = frame_of_step(scene, last + 0.5).balls[2]
    # the way to a place beyond all numbers has no middle: the ball waits
    assert (hopping.w, hopping.b) == tuple(descent.trajectory.path[last])
