"""What a run comes to on surfaces that are no bowls."""

from dataclasses import replace

import numpy as np
import pytest

import lossviz as lv
from lossviz.diagnosis.verdict import verdict

GOLDEN = [
    # surface, optimizer, rate, start: outcome, cause, the plain text
    ("saddle", "gradient_descent", 0.1, (1.0, 0.0), "saddle", "flat", "at a saddle: it stands still by balance"),
    ("saddle", "momentum", 0.1, (0.0, 0.0), "saddle", "flat", "at a saddle: it stands still by balance"),
    ("saddle", "gradient_descent", 0.1, (1.0, 1e-3), "no_minimum", "", "off the map, where the loss sinks"),
    ("saddle", "gradient_descent", 1.03, (1.0, 0.0), "diverged", "rate too large", "each hop lands higher"),
    ("two_wells", "gradient_descent", 0.1, (0.25, 1.0), "saddle", "flat", "at a saddle"),
    ("two_wells", "gradient_descent", 0.3, (1.9, 1.0), "converged", "", "arrived smoothly"),
    ("two_wells", "fixed_step", 0.3, (1.9, 1.0), "oscillating", "rate too large", "hops to and fro over the valley"),
    ("two_wells", "fixed_step", 0.001, (1.9, 1.0), "slow", "rate too small", "creeping"),
    ("himmelblau", "gradient_descent", 1e-5, (-0.270845, -0.923039), "maximum", "flat", "at a maximum"),
    ("himmelblau", "gradient_descent", 0.024, (5.0, 5.0), "diverged", "rate too large", "gone: at step"),
    ("himmelblau", "gradient_descent", 0.025, (0.0, 0.0), "oscillating", "rate too large", "hops to and fro"),
    ("himmelblau", "fixed_step", 10.0, (0.0, 0.0), "oscillating", "rate too large", "leaps from slope to slope"),
    ("rosenbrock", "gradient_descent", 0.003, (-1.2, 1.0), "slow", "ravine", "creeping along the floor of a ravine"),
    ("rosenbrock", "adagrad", 0.01, (0.0, 2.0), "slow", "rate too small", "creeping"),
    ("plateau", "gradient_descent", 1.0, (4.9, 4.5), "plateau", "flat", "on a plateau: so flat"),
    ("plateau", "momentum", 1.0, (50.0, 50.0), "plateau", "flat", "on a plateau: so flat"),
    ("plateau", "adam", 0.3, (3.0, 3.0), "converged", "", "arrived at step"),
    ("plateau", "adagrad", 10.0, (1.0, 1.0), "plateau", "flat", "on a plateau: so flat"),
    ("rastrigin", "gradient_descent", 0.0015, (3.3, -2.2), "converged", "", "arrived smoothly"),
    ("rastrigin", "momentum", 10.0, (3.3, -2.2), "diverged", "rate too large", "gone: at step"),
    ("ackley", "gradient_descent", 0.01, (0.5, 0.5), "corner", "no curvature", "can't settle"),
    ("ackley", "fixed_step", 0.0123, (0.02, 0.0), "oscillating", "rate too large", "hops to and fro over the valley"),
    ("monkey_saddle", "gradient_descent", 0.1, (0.0, 0.0), "plateau", "flat", "on a plateau"),
    ("monkey_saddle", "gradient_descent", 0.1, (0.5, 0.3), "no_minimum", "", "off the map"),
    ("absolute", "gradient_descent", 0.3, (2.0, 1.0), "corner", "no curvature", "can't settle"),
    ("absolute", "gradient_descent", 0.3, (0.0, 0.0), "converged", "", "arrived smoothly, at step 0"),
    ("absolute", "adagrad", 0.9, (2.0, 1.0), "corner", "no curvature", "hops to and fro at a corner, less and less"),
    ("ridge", "gradient_descent", 0.3, (0.0, 1.0), "saddle", "flat", "at a saddle"),
    ("ridge", "gradient_descent", 0.3, (1.0, 2.0), "converged", "", "arrived smoothly"),
    ("inflection", "gradient_descent", 0.3, (0.0, 1.0), "plateau", "flat", "on level ground"),
    ("logarithm", "gradient_descent", 0.1, (2.0, 1.0), "converged", "", "arrived smoothly"),
    ("logarithm", "gradient_descent", 10.0, (2.0, 1.0), "left", "rate too large", "off the surface at step 1:"),
    ("slide", "gradient_descent", 0.1, (1.0, 1.0), "left", "", "off the surface at step 11:"),
    ("mae", "gradient_descent", 0.3, (-2.2, 3.6), "corner", "no curvature", "can't settle"),
    ("mae", "gradient_descent", 0.001, (-2.2, 3.6), "slow", "rate too small", "creeping"),
    ("huber", "gradient_descent", 0.8, (-2.2, 3.6), "converged", "", "arrived smoothly"),
    ("huber", "gradient_descent", 2.6, (-2.2, 3.6), "oscillating", "rate too large", "hops to and fro"),
    ("lasso", "gradient_descent", 0.2, (-2.2, 3.6), "corner", "no curvature", "can't settle"),
    ("seven", "gradient_descent", 0.3, (-30.0, 40.0), "plateau", "flat", "on a plateau: so flat"),
    ("seven", "gradient_descent", 10.0, (3.0, 3.0), "converged", "", "arrived smoothly"),
    ("separable", "gradient_descent", 1.0, (0.0, 0.0), "no_minimum", "", "sinking for ever"),
    ("one label", "gradient_descent", 1.0, (0.0, 0.0), "no_minimum", "", "sinking for ever"),
    ("constant", "gradient_descent", 0.1, (1.0, 0.0), "converged", "", "arrived smoothly"),
]

FORMULAS = {
    "absolute": ("abs(w) + 3*abs(b)", ((-3, 3), (-3, 3))),
    "ridge": ("w**2 + b**2 - 2*abs(w)", ((-3, 3), (-3, 3))),
    "inflection": ("w**3 + b**2", ((-2, 2), (-2, 2))),
    "logarithm": ("w*log(w) + b**2", ((0.01, 3), (-2, 2))),
    "slide": ("2*w + b**2 + 0*sqrt(w + 1)", ((-0.9, 3), (-2, 2))),
}
SEVEN = [-2.7, -1.5, 0.9, 0.5, 0.4, 0.3, -0.8], [1, 0, 1, 0, 1, 1, 0]


@pytest.fixture
def surface_of(fitted):
    """Give a surface by its name."""

    def made(name):
        births = {"feature": "(age - 18)/10", "label": "bwt/1000"}
        match name:
            case "mae" | "huber":
                return lv.fit(lv.dataset("birthwt"), loss=name, **births)
            case "lasso":
                return lv.fit(lv.dataset("birthwt"), l1=0.3, **births)
            case "seven":
                return fitted(*SEVEN, model="logistic", loss="squared_error", domain=((-6, 6), (-6, 6)))
            case "separable":
                return fitted([-2.0, -1.0, -0.5, 0.4, 1.0, 2.0], [0, 0, 0, 1, 1, 1], model="logistic")
            case "one label":
                return fitted([1.0, 2.0, 4.0], [1, 1, 1], model="logistic")
            case "constant":
                return fitted([2.0, 2.0, 2.0], [1.0, 2.0, 4.0])
        text, domain = FORMULAS.get(name, ("", None))
        return lv.expression(text, domain=domain) if text else lv.surface(name)

    return made


def run(surface, start, rate=0.1, name="gradient_descent", steps=200, **arguments):
    return lv.descend(surface, lv.optimizer(name, learning_rate=rate), start, steps, **arguments)


@pytest.mark.parametrize(("name", "optimizer", "rate", "start", "outcome", "cause", "plain"), GOLDEN)
def test_that_each_run_is_judged_as_a_lecturer_would(surface_of, name, optimizer, rate, start, outcome, cause, plain):
    told = run(surface_of(name), start, rate, optimizer).verdict
    assert (told.outcome, told.cause) == (outcome, cause)
    assert told.text.plain.startswith(plain)
    assert told.text.brief
    assert "nan" not in told.text.numbers + told.advice
    assert told.advice == "" or told.advice.endswith(".")


# Left


def test_that_a_descent_stops_where_the_loss_is_not_defined(surface_of):
    t = run(surface_of("slide"), (1.0, 1.0))
    assert t.steps == 11
    assert t.path[-1, 0] == pytest.approx(-1.2)
    assert np.isfinite(t.losses[:-1]).all()
    assert np.isnan(t.losses[-1])
    assert t.verdict_at(10).outcome == "slow"
    assert t.verdict.advice == "Start elsewhere."


def test_that_each_run_of_many_stops_by_itself(surface_of):
    starts = np.array([[1.0, 2.9, 1.0], [1.0, 1.0, 0.0]])
    ts = run(surface_of("slide"), starts, steps=15)
    assert ts.stopped.tolist() == [11, 15, 11]
    assert ts.outcomes.tolist() == ["left", "slow", "left"]
    np.testing.assert_array_equal(ts.path[12:, :, 0], np.tile(ts.path[11, :, 0], (4, 1)))


def test_that_a_loss_that_is_no_number_far_away_is_one_of_the_numbers_failing():
    t = run(lv.surface("three_hump_camel"), (1e20, 1e3), rate=1.0)
    assert t.verdict.outcome == "diverged"


def test_that_a_start_off_the_surface_is_told(surface_of):
    t = run(surface_of("slide"), (-3.0, 0.0))
    assert t.steps == 0
    assert t.verdict.text.plain.startswith("nowhere to begin")


# Saddles, maxima, plateaus


def test_that_a_saddle_is_told_at_any_scale():
    for scale in (1e-6, 1.0, 1e6):
        width = 2.0 / scale
        surface = lv.expression("(s*w)**2 - (s*b)**2", domain=((-width, width), (-width, width)), s=scale)
        t = run(surface, (1.0 / scale, 0.0), rate=0.3 / scale**2)
        assert t.verdict.outcome == "saddle"


def test_that_a_run_that_comes_near_a_saddle_rolls_on(surface_of):
    t = run(surface_of("saddle"), (1.0, 1e-5), steps=60)
    told = [t.verdict_at(k) for k in range(61)]
    assert {each.outcome for each in told} == {"slow"}
    assert t.losses[-1] < -0.05


def test_that_a_ball_that_rolls_over_a_saddle_does_not_stand_there(surface_of):
    t = run(surface_of("saddle"), (1.0, 0.0), steps=1, rate=0.5)
    assert t.path[1].tolist() == [0.0, 0.0]
    assert t.verdict.outcome == "slow"


def test_that_one_free_parameter_stands_at_a_maximum_where_both_would_at_a_saddle(surface_of):
    t = run(surface_of("saddle"), (1.0, 0.0), free=("b",))
    assert t.verdict.outcome == "maximum"


def test_that_flat_means_flat_beside_the_relief_of_the_domain(surface_of):
    t = run(surface_of("plateau"), (4.9, 4.5), steps=1)
    e = t.evidence
    assert t.verdict.outcome == "plateau"
    for share, outcome in ((0.99e-4, "plateau"), (1.01e-4, "slow")):
        rows = replace(e, swell=np.full(2, share * e.ground.relief))
        assert verdict(rows, t.rule, 1).outcome == outcome


def test_that_a_bottom_is_no_plateau_however_flat():
    t = run(lv.expression("w**4 + b**4", domain=((-2, 2), (-2, 2))), (1e-3, 1e-3))
    assert t.evidence.swell[-1] < 1e-4 * t.evidence.ground.relief
    assert (t.verdict.outcome, t.verdict.cause) == ("slow", "rate too small")


def test_that_steps_that_still_stride_are_not_stuck_on_a_plateau(surface_of):
    assert run(surface_of("plateau"), (4.9, 4.5), name="adam", rate=0.3, steps=3).verdict.outcome == "slow"


# Corners


def test_that_a_corner_says_within_what(surface_of):
    told = run(surface_of("absolute"), (2.0, 0.0), rate=0.3).verdict
    assert told.text.numbers.endswith("of late within ± 0.15, 0")
    assert told.advice == (
        "Let the rate fall toward the end, by a schedule, or try a smaller one, such as 0.03: the hops shrink with it."
    )


def test_that_a_corner_is_arrived_at_only_within_a_millionth_of_the_width(surface_of):
    surface = surface_of("mae")
    lowest, width = np.array(surface.known_minimum), np.array(surface.domain.width)
    for share, outcome in ((0.9e-6, "converged"), (1.1e-6, "slow")):
        assert run(surface, lowest + share * width, steps=1, rate=1e-12).verdict_at(0).outcome == outcome


@pytest.mark.parametrize("name", ["huber", "himmelblau", "rosenbrock"])
def test_that_there_is_no_corner_where_no_slope_jumps(surface_of, name):
    surface = surface_of(name)
    for rate in (0.01, 0.5, 3.0):
        for optimizer in ("adam", "rmsprop", "gradient_descent"):
            assert run(surface, (1.0, 1.0), rate, optimizer).verdict.outcome != "corner"


# No minimum


def test_that_a_penalty_is_advised_where_it_makes_a_minimum(surface_of, fitted):
    assert "penalty" in run(surface_of("separable"), (0.0, 0.0), rate=1.0).verdict.advice
    assert "penalty" not in run(surface_of("one label"), (0.0, 0.0), rate=1.0).verdict.advice
    mended = fitted([-2.0, -1.0, -0.5, 0.4, 1.0, 2.0], [0, 0, 0, 1, 1, 1], model="logistic", l2=0.1)
    assert run(mended, (0.0, 0.0), rate=1.0).verdict.outcome == "converged"


def test_that_a_held_parameter_takes_no_part_in_falling_for_ever(fitted):
    x, y = [1.0, 1.5, 2.5, 3.0], [0, 0, 1, 1]
    surface = fitted(x, y, model="logistic")
    assert run(surface, (0.0, 0.0)).evidence.ground.endless
    held = run(surface, (0.0, -1.0), free=("w",), steps=2000, rate=1.0)
    assert held.verdict.outcome == "converged"


# Rates on surfaces that are curved differently everywhere


def test_that_a_rate_is_advised_by_the_sharpest_place_so_far():
    t = run(lv.surface("himmelblau"), (5.0, 5.0), rate=0.024)
    safe = np.nanmin(t.evidence.limits[t.evidence.inside])
    advised = float(t.verdict.advice.split()[1].rstrip(","))
    assert advised == pytest.approx(safe / 2, rel=0.05)
    assert run(t.surface, (5.0, 5.0), rate=advised).verdict.outcome == "converged"


def test_that_hops_among_hills_are_not_divergence():
    surface = lv.surface("griewank")
    random = np.random.Generator(np.random.PCG64(1))
    for start in random.uniform(-5, 5, (6, 2)):
        t = run(surface, start, rate=10.0)
        assert "diverged" not in {t.verdict_at(k).outcome for k in range(1, 201, 3)}


def test_that_a_verdict_at_a_step_is_that_of_a_run_that_ended_there(surface_of):
    for name in ("himmelblau", "saddle", "plateau", "absolute", "slide"):
        whole = run(surface_of(name), (1.0, 0.5), rate=0.05, name="momentum", steps=60)
        for k in (1, 3, 9, 30, 59):
            if k <= whole.steps:
                assert whole.verdict_at(k) == run(surface_of(name), (1.0, 0.5), 0.05, "momentum", k).verdict
