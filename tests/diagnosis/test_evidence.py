import numpy as np
import pytest

import lossviz as lv
from lossviz.diagnosis.evidence import gathering
from lossviz.landscape.work import completed


@pytest.fixture
def surface():
    data = lv.dataset("birthwt")
    return lv.fit(data, feature="(lwt - 130)/30", label="low", model="logistic", domain=((-3.5, 2.5), (-3.5, 2.0)))


def run(surface, **arguments):
    return lv.descend(surface, lv.optimizer("momentum", learning_rate=1.5), (2.0, 1.5), 30, **arguments)


def test_that_each_row_is_judged_by_its_own_hessian(surface):
    t = run(surface)
    e = t.evidence
    for k in (0, 7, 30):
        hessian = surface.hessian(*t.path[k])
        np.testing.assert_allclose(e.eigenvalues[k], np.linalg.eigvalsh(hessian), rtol=1e-9)
        step = np.linalg.solve(hessian, t.gradients[k])
        np.testing.assert_allclose(e.newton[k], np.abs(step) / surface.domain.width, rtol=1e-8)
        assert e.decrement[k] == pytest.approx(0.5 * t.gradients[k] @ step, rel=1e-8)
        assert e.limits[k] == pytest.approx(2 * 1.9 / np.linalg.eigvalsh(hessian)[1], rel=1e-9)
    np.testing.assert_allclose(
        e.moves, np.linalg.norm(np.diff(t.path, axis=0) / surface.domain.width, axis=1), rtol=1e-12
    )
    np.testing.assert_array_equal(e.rates, 1.5)


def test_that_one_free_parameter_is_judged_by_its_own_curvature(surface):
    t = run(surface, free=("w",))
    e = t.evidence
    assert e.eigenvalues.shape == e.newton.shape == (31, 1)
    hessian = surface.hessian(*t.path[5])
    assert e.eigenvalues[5, 0] == pytest.approx(hessian[0, 0], rel=1e-12)
    assert e.newton[5, 0] == pytest.approx(abs(t.gradients[5, 0] / hessian[0, 0]) / 6.0, rel=1e-12)
    assert e.limits[5] == pytest.approx(3.8 / hessian[0, 0], rel=1e-12)


def test_that_the_lanes_of_a_batch_are_the_runs(surface):
    rule = lv.optimizer("gradient_descent", learning_rate=np.array([0.5, 3.0, 20.0]))
    ts = lv.descend(surface, rule, (2.0, 1.5), 20)
    for k, rate in enumerate((0.5, 3.0, 20.0)):
        single = lv.descend(surface, lv.optimizer("gradient_descent", learning_rate=rate), (2.0, 1.5), 20).evidence
        lane = ts.evidence.lane(k, 21)
        for name in ("losses", "eigenvalues", "newton", "decrement", "moves", "rates", "limits"):
            np.testing.assert_allclose(getattr(lane, name), getattr(single, name), rtol=1e-9, err_msg=name)
        np.testing.assert_array_equal(lane.events.overshoots, single.events.overshoots)
        np.testing.assert_array_equal(lane.arrivals, single.arrivals)


def test_that_where_the_surface_is_not_curved_upward_there_is_no_newton_step(fitted):
    flat = fitted([2.0], [5.0])
    path = np.array([[0.0, 0.0], [1.0, 1.0]])
    losses, gradients = flat.loss(*path.T), flat.gradient(*path.T).T
    e = completed(gathering(flat, [lv.optimizer("adam")], path, losses, gradients, np.array([0.1]), (0, 1)))
    assert np.all(np.isnan(e.newton))
    assert np.all(np.isnan(e.decrement))
    assert not np.any(e.arrivals)
    assert np.all(np.isnan(e.limits))


def test_that_long_runs_over_many_samples_are_judged_a_few_rows_at_a_time():
    births = lv.fit(
        lv.dataset("birthwt"), feature="(lwt - 130)/30", label="low", model="logistic", loss="cross_entropy"
    )
    t = lv.descend(births, lv.optimizer("gradient_descent", learning_rate=1.0), (2.0, 1.5), 2000)
    given = (births, [t.rule], t.path[..., None], t.losses[:, None], t.gradients[..., None], t.learning_rates[:, None])
    work = gathering(*given, (0, 1))
    seen = []
    while True:
        try:
            seen.append(next(work))
        except StopIteration as done:
            found = done.value
            break
    assert len(seen) > 5
    assert seen == sorted(seen)
    np.testing.assert_array_equal(found.eigenvalues[..., 0], t.evidence.eigenvalues)
