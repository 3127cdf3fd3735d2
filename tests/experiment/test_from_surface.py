import msgspec
import numpy as np
import pytest

import lossviz as lv
from lossviz.experiment import SurfaceSection, load
from lossviz.experiment.from_surface import RATES, STEPS, on_surface, racing
from lossviz.landscape.work import completed


@pytest.mark.parametrize("name", ["himmelblau", "two_wells", "rosenbrock"])
def test_that_four_optimizers_race_and_all_of_them_get_lower(name: str) -> None:
    surface = lv.surface(name)
    experiment = completed(racing(surface, SurfaceSection(function=name)))
    assert [run.optimizer for run in experiment.runs] == ["gradient_descent", "momentum", "rmsprop", "adam"]
    for run in experiment.runs:
        path = lv.descend(surface, run.rule(), experiment.descent.start, STEPS)
        assert run.rule().learning_rate in RATES
        assert path.losses[-1] < 0.5 * path.losses[0]


def test_that_the_start_lies_in_the_domain() -> None:
    surface = lv.surface("beale")
    experiment = completed(racing(surface, SurfaceSection(function="beale")))
    assert surface.domain.contains(*experiment.descent.start)


def test_that_a_surface_without_finite_losses_makes_an_experiment_too() -> None:
    section = SurfaceSection(formula="log(-1 - w**2)")
    experiment = completed(racing(completed(section.building()), section))
    assert len(experiment.runs) == 4


def test_that_descents_are_kept_on_another_surface() -> None:
    before = load("four-learning-rates")
    surface = lv.surface("sphere")
    after = on_surface(before, surface, SurfaceSection(function="sphere"))
    assert after.runs == before.runs
    assert after.title == surface.title


def test_that_a_start_outside_moves_inside_but_not_to_the_middle() -> None:
    before = load("four-learning-rates")
    surface = lv.surface("sphere", domain=((10.0, 20.0), (0.0, 1.0)))
    section = SurfaceSection(function="sphere")
    start = on_surface(before, surface, section).descent.start
    assert surface.domain.contains(*start)
    assert np.all(np.abs(np.array(start) - surface.domain.centre) > 0.2 * np.array(surface.domain.width))


def test_that_batches_that_another_surface_can_not_fill_are_left_out() -> None:
    before = load("four-learning-rates")
    replace = msgspec.structs.replace
    batched = replace(before, descent=replace(before.descent, batch_size=32, epochs=3.0, shuffle=False))
    own = replace(batched, runs=(replace(before.runs[0], batch_size=100), *before.runs[1:]))
    function = on_surface(own, lv.surface("sphere"), SurfaceSection(function="sphere"))
    assert (function.descent.batch_size, function.descent.epochs, function.runs[0].batch_size) == (None, None, None)
    few = SurfaceSection(data="eight_births", feature="(age - 18)/10", label="weight")
    data = on_surface(own, few.fit_to(lv.dataset("eight_births")), few)
    assert (data.descent.batch_size, data.descent.epochs, data.runs[0].batch_size) == (None, 3.0, None)
    assert on_surface(own, own.build_surface(), own.surface).runs == own.runs
