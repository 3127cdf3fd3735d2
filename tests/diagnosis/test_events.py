import math

import numpy as np
import pytest

import lossviz as lv
from lossviz.diagnosis.events import events
from lossviz.rules import CATALOGUE


def plainly(path, losses, gradients, sharpest):
    """The definitions, word by word, for one run: sets of steps that overshoot, zig-zag, go uphill."""
    overshoots, zigzags, uphill = set(), set(), set()

    def dot(one, two):
        return math.fsum(a * b for a, b in zip(one, two, strict=True))

    largest = 0.0
    norms = []
    for g in gradients:
        norm = math.sqrt(dot(g, g)) if np.all(np.isfinite(g)) else math.nan
        largest = max(largest, norm) if math.isfinite(norm) else largest
        norms.append((norm, norm > 1e-12 * largest))
    for k in range(len(losses) - 1):
        g, after, move = gradients[k], gradients[k + 1], path[k + 1] - path[k]
        if losses[k + 1] - losses[k] > 1e-12 * abs(losses[k]):
            uphill.add(k)
        if not (norms[k][1] and norms[k + 1][1]):
            continue
        if dot(g, move) < 0 < dot(after, move):
            overshoots.add(k)
        one, two = dot(g, sharpest[k]), dot(after, sharpest[k])
        if one < 0 < two or two < 0 < one:
            zigzags.add(k)
    return overshoots, zigzags, uphill


def found(marks):
    return tuple(set(np.flatnonzero(each).tolist()) for each in (marks.overshoots, marks.zigzags, marks.uphill))


@pytest.mark.parametrize("seed", range(20))
def test_that_random_rows_have_the_events_of_the_definitions(seed):
    random = np.random.Generator(np.random.PCG64(seed))
    path, gradients = random.normal(size=(2, 40, 2))
    losses = random.normal(size=40)
    losses[5] = losses[4]
    gradients[10:13] *= 1e-13
    turn = random.uniform(0, 2 * np.pi, 40)
    sharpest = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    assert found(events(path, losses, gradients, sharpest)) == plainly(path, losses, gradients, sharpest)


@pytest.mark.parametrize("name", CATALOGUE)
@pytest.mark.parametrize("seed", range(4))
def test_that_real_runs_have_the_events_of_the_definitions(fitted, name, seed):
    random = np.random.Generator(np.random.PCG64(seed))
    surface = fitted(random.normal(1.0, 2.0, 30), random.normal(size=30))
    rate = 10 ** random.uniform(-1.5, 0.5)
    run = lv.descend(surface, lv.optimizer(name, learning_rate=rate), random.normal(size=2) * 3, 60)
    vectors = np.linalg.eigh(surface.hessian(0.0, 0.0))[1][:, 1]
    expected = plainly(run.path, run.losses, run.gradients, np.tile(vectors, (61, 1)))
    assert (set(run.overshoots), set(run.zigzags), set(run.uphill)) == expected
    assert (set(run.overshoots), set(run.zigzags), set(run.uphill)) == found(run.evidence.events)


def test_that_the_events_of_a_batch_are_those_of_its_runs():
    random = np.random.Generator(np.random.PCG64(3))
    path, gradients, sharpest = random.normal(size=(3, 20, 2, 7))
    losses = random.normal(size=(20, 7))
    batch = events(path, losses, gradients, sharpest)
    for k in range(7):
        single = events(path[..., k], losses[:, k], gradients[..., k], sharpest[..., k])
        np.testing.assert_array_equal(batch.overshoots[:, k], single.overshoots)
        np.testing.assert_array_equal(batch.zigzags[:, k], single.zigzags)
        np.testing.assert_array_equal(batch.uphill[:, k], single.uphill)


def test_that_a_run_may_overshoot_at_every_step_and_never_go_uphill(fitted):
    # L = b², rate 0.7 of the limit 1: each step lands at −0.4 of where it was
    surface = fitted([-1.0, 1.0], [0.0, 0.0])
    run = lv.descend(surface, lv.optimizer("gradient_descent", learning_rate=0.7), (0.0, 3.0), 20, free=("b",))
    np.testing.assert_allclose(run.path[1:, 1] / run.path[:-1, 1], -0.4, rtol=1e-12)
    assert len(run.overshoots) == 20
    assert len(run.zigzags) == 20
    assert len(run.uphill) == 0


def test_that_a_run_that_diverges_overshoots_and_goes_uphill_at_each_step(fitted):
    surface = fitted([-1.0, 1.0], [0.0, 0.0])
    run = lv.descend(surface, lv.optimizer("gradient_descent", learning_rate=1.1), (0.0, 3.0), 20, free=("b",))
    assert len(run.overshoots) == len(run.uphill) == 20


def test_that_momentum_goes_uphill_without_an_overshoot(fitted):
    # after the turn on the far side the ball rolls back: the first uphill step crosses nothing
    surface = fitted([-1.0, 1.0], [0.0, 0.0])
    run = lv.descend(surface, lv.optimizer("momentum", learning_rate=0.01, momentum=0.95), (0.0, 3.0), 60)
    assert set(run.uphill) - set(run.overshoots)
    assert len(run.overshoots) >= 1


def test_that_events_below_rounding_do_not_count():
    path = np.array([[0.0], [1.0], [0.0], [1.0]])
    sharpest = np.ones((4, 1))

    def marks(small, rise):
        losses = np.array([1.0, 1.0 + rise, 1.0, 1.0])
        gradients = np.array([[-1.0], [1.0], [small], [small * (1 if small < 0 else -1)]])
        return events(path, losses, gradients, sharpest)

    assert found(marks(1e-10, 1e-11)) == ({0}, {0, 2}, {0})
    # the gradient before the last step is below 1e-12 of the first; the rise below 1e-12 of the loss
    assert found(marks(1e-13, 1e-13)) == ({0}, {0}, set())


def test_that_a_larger_gradient_later_takes_no_event_back():
    path = np.array([[0.0], [1.0], [0.0], [9.0]])
    gradients = np.array([[-1e-14], [1e-14], [1e-14], [1e6]])
    assert events(path[:2], np.ones(2), gradients[:2], np.ones((2, 1))).overshoots.tolist() == [True]
    assert events(path, np.ones(4), gradients, np.ones((4, 1))).overshoots.tolist() == [True, False, False]


def test_that_rows_beyond_all_numbers_have_no_events_but_the_step_there_goes_uphill():
    path = np.array([[0.0], [1.0], [-1e200], [1e300], [-np.inf], [np.nan]])
    gradients = np.array([[-1.0], [1.0], [-1e200], [1e300], [-np.inf], [np.nan]])
    losses = np.array([1.0, 2.0, np.inf, np.inf, np.inf, np.nan])
    marks = events(path, losses, gradients, np.ones((6, 1)))
    assert found(marks) == ({0}, {0}, {0, 1})
