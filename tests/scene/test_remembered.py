"""What a run's optimizer remembers, as it is drawn on the map."""

import numpy as np
import pytest

import lossviz as lv
from lossviz.scene.memory import remembered


def run(name, **given):
    return lv.descend(lv.surface("himmelblau"), lv.optimizer(name, **given), (-1.0, 2.0), 6)


def test_that_plain_descent_remembers_nothing_but_its_slope():
    t = run("gradient_descent")
    found = remembered(t, 2)
    np.testing.assert_array_equal(found.slope, t.gradients[2])
    np.testing.assert_array_equal(found.step, t.path[3] - t.path[2])
    assert found.carried is None
    assert found.size is None


def test_that_momentum_carries_its_velocity():
    t = run("momentum", learning_rate=0.001)
    found = remembered(t, 1)
    np.testing.assert_allclose(found.carried, 0.9 * t.gradients[0] + t.gradients[1], rtol=1e-12)
    np.testing.assert_allclose(found.step, -0.001 * found.carried, rtol=1e-9)
    assert found.name == "velocity"


def test_that_adam_carries_corrected_moments():
    t = run("adam", learning_rate=0.1)
    found = remembered(t, 0)
    # after one step both corrected moments are the slope's own
    np.testing.assert_allclose(found.carried, t.gradients[0], rtol=1e-12)
    np.testing.assert_allclose(found.size, np.abs(t.gradients[0]), rtol=1e-12)
    assert found.name == "mean slope"


def test_that_the_last_row_shows_the_step_that_led_there():
    t = run("rmsprop")
    np.testing.assert_array_equal(remembered(t, t.steps).step, remembered(t, t.steps - 1).step)


@pytest.mark.parametrize("free", ["w", "b"])
def test_that_a_held_parameter_has_no_part_in_it(free):
    t = lv.descend(lv.surface("himmelblau"), lv.optimizer("adam"), (-1.0, 2.0), 6, free=(free,))
    found = remembered(t, 3)
    held = 1 if free == "w" else 0
    for part in (found.slope, found.carried, found.size, found.step):
        assert part[held] == 0.0
        assert part[1 - held] != 0.0


def test_that_what_grows_beyond_all_numbers_is_not_drawn():
    t = lv.descend(lv.surface("himmelblau"), lv.optimizer("momentum", learning_rate=5.0), (-1.0, 2.0), 12)
    assert not remembered(t, t.steps).finite
