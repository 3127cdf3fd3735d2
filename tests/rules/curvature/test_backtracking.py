import numpy as np
import pytest

import lossviz as lv
from lossviz.rules.base import Oracle


@pytest.mark.parametrize("name", ["rosenbrock", "beale", "himmelblau"])
@pytest.mark.parametrize("given", [{}, {"learning_rate": 30.0, "shrink": 0.8, "sufficient_decrease": 0.4}])
def test_that_every_step_meets_armijos_condition_and_the_length_before_it_did_not(name, given):
    surface, rule = lv.surface(name), lv.optimizer("backtracking", **given)
    t = lv.descend(surface, rule, (-0.5, 1.5), 60)
    # as long as losses differ by more than rounding
    clear = [k for k in range(t.steps) if t.losses[k] - t.losses[k + 1] > 1e-12 * t.losses[k]]
    assert len(clear) >= 15
    for k in clear:
        info, g = t.replay(k).step.info, t.gradients[k]
        length, loss = float(info["step_length"]), t.losses[k]

        def enough(length, loss=loss, g=g, k=k):
            reached = surface.loss(*(t.path[k] - length * g))
            return reached <= loss - rule.sufficient_decrease * length * (g @ g) + 1e-15 * loss

        assert enough(length)
        assert length == pytest.approx(rule.learning_rate * rule.shrink ** float(info["shortened"]), rel=1e-12)
        if info["shortened"]:
            assert not enough(length / rule.shrink)
    assert np.max(np.diff(t.losses) - 1e-15 * t.losses[:-1]) <= 0.0


def test_that_a_huge_slope_is_met_by_a_tiny_step():
    surface = lv.expression("exp(w**2 + b**2)", domain=((-20, 20), (-20, 20)))
    t = lv.descend(surface, lv.optimizer("backtracking"), (10.5, 10.5), 3)
    assert t.gradients[0, 0] > 1e90
    assert np.all(np.diff(t.losses) < 0.0)


def test_that_a_run_which_is_nowhere_disturbs_no_other():
    surface, rule = lv.surface("himmelblau"), lv.optimizer("backtracking")
    theta = np.array([[0.5, np.nan, 1e300], [1.0, 0.0, 1.0]])
    after = rule.step(Oracle(surface), theta, 1.0, ())
    alone = rule.step(Oracle(surface), theta[:, 0], 1.0, ())
    np.testing.assert_array_equal(after.theta[:, 0], alone.theta)
    assert after.info["evaluations"][0] == alone.info["evaluations"]
