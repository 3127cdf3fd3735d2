import json
import math
import threading
from pathlib import Path

import numpy as np
import pytest

import lossviz as lv
from lossviz.landscape.calculus.program import program
from lossviz.landscape.expression import Expression, expression
from lossviz.landscape.objective import Surface
from lossviz.landscape.param import Param

KINKS = json.loads((Path(__file__).parents[1] / "reference" / "kinks.json").read_text(encoding="utf-8"))["cases"]
W, B = np.linspace(-2.0, 3.0, 7)[:, None], np.linspace(0.25, 4.0, 5)[None, :]


# What a formula means


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("-w**2 + b", lambda w, b: -(w**2) + b),
        ("w**-1*b", lambda w, b: b / w),
        ("2**w**2 + b", lambda w, b: 2 ** (w**2) + b),
        ("w - b - 1", lambda w, b: (w - b) - 1),
        ("w/b/2", lambda w, b: (w / b) / 2),
        ("+w - -b", lambda w, b: w + b),
        ("1e-3*w + .5*b + 2. + 1_000", lambda w, b: 0.001 * w + 0.5 * b + 1002),
        (" pi*w + e*b ", lambda w, b: np.pi * w + np.e * b),
        ("(w > 0) + 2*(b <= 1)", lambda w, b: (w > 0) + 2.0 * (b <= 1)),
        ("1 < w < 2", lambda w, b: ((w > 1) & (w < 2)) + 0.0 * b),
        ("3 > b >= 1 != w", lambda w, b: ((b < 3) & (b >= 1) & (w != 1)) + 0.0 * w),
        ("(w == 0.5) - (w != 0.5)", lambda w, b: np.where(w == 0.5, 1.0, -1.0) + 0.0 * b),
        ("where(w, b, -1)", lambda w, b: np.where(w != 0, b, -1.0)),
        ("where(0 < w < 1, w, b)", lambda w, b: np.where((w > 0) & (w < 1), w, b)),
        (
            "max(w, b, 1) + min(w, b, 1, 0.5)",
            lambda w, b: np.maximum(np.maximum(w, b), 1) + np.minimum(w, np.minimum(b, 0.5)),
        ),
        ("clip(w, 0, b)", lambda w, b: np.clip(w, 0, b)),
        ("log2(b) + log10(b) + cbrt(w)", lambda w, b: np.log2(b) + np.log10(b) + np.cbrt(w)),
        ("w**0 + b**1", lambda w, b: 1 + b + 0 * w),
        ("b**0.5*w**3", lambda w, b: np.sqrt(b) * w**3),
        ("sign(w)*floor(b)", lambda w, b: np.sign(w) * np.floor(b)),
        ("abs(w)**2 + abs(w)**3*b", lambda w, b: w**2 + np.abs(w) ** 3 * b),
    ],
)
def test_that_operators_and_functions_mean_what_they_do_in_mathematics(text, meant):
    surface = expression(text)
    expected = np.broadcast_to(meant(W, B), (7, 5))
    np.testing.assert_allclose(surface.loss(W, B), expected, rtol=1e-14, atol=1e-14)
    points = [[surface.loss(w, b) for b in B[0]] for w in W[:, 0].tolist()]
    np.testing.assert_allclose(points, expected, rtol=1e-14, atol=1e-14)


def test_that_a_whole_power_is_made_by_multiplication_alike_at_a_point_and_over_arrays():
    surface = expression("(w + 1/3)**7 - b**-5/(w - b)**2")
    w, b = np.random.default_rng(0).normal(size=(2, 50))
    losses, gradients = surface.value_and_gradient(np.array([w, b]))
    hessians = surface.hessian(w, b)
    for k in range(50):
        loss, gradient = surface.value_and_gradient(np.array([w[k], b[k]]))
        # + - * / alone: equal bit for bit
        assert (loss, *gradient) == (losses[k], *gradients[:, k])
        assert np.array_equal(surface.hessian(w[k], b[k]), hessians[..., k])


@pytest.mark.parametrize(
    ("text", "at", "value", "gradient"),
    [
        # not a number where mathematics has none, in the gradient too
        ("log(w) + b", (-1, 1), math.nan, (math.nan, math.nan)),
        ("w**0.5 + b", (-1, 1), math.nan, (math.nan, math.nan)),
        ("(-8)**(w/3) + b", (1, 1), math.nan, (math.nan, math.nan)),
        ("b + floor(log(w))", (-1, 1), math.nan, (math.nan, math.nan)),
        ("1/w + b", (0, 1), math.inf, (-math.inf, 1)),
        ("log(w) + b", (0, 1), -math.inf, (math.inf, 1)),
        ("exp(w) + b", (1000, 1), math.inf, (math.inf, 1)),
        ("sqrt(w) + b", (0, 1), 1, (math.inf, 1)),
        # finite as far as mathematics is
        ("softplus(w) + softplus(b)", (1000, -1000), 1000, (1, 0)),
        ("softplus(w) + b", (-40, 0), math.exp(-40), (math.exp(-40), 1)),
        ("sigmoid(w) + sigmoid(b)", (1000, -1000), 1, (0, 0)),
        ("sigmoid(w) + 0*b", (-40, 0), math.exp(-40), (math.exp(-40), 0)),
        ("tanh(w) + 0*b", (18, 0), 1, (4 * math.exp(-36), 0)),
        ("tanh(w) + tanh(b)", (1000, -1000), 0, (0, 0)),
        ("log1p(w) + expm1(b)", (1e-20, -1e-20), 0, (1, 1)),
        ("hypot(w, b)", (3e200, 4e200), 5e200, (0.6, 0.8)),
        ("atan2(w, b)", (1e200, 1e200), math.pi / 4, (0.5e-200, -0.5e-200)),
        ("w**b", (0, 2), 0, (0, 0)),
        ("w**b", (2, 3), 8, (12, 8 * math.log(2))),
        ("2**(w*b)", (2, 1.5), 8, (12 * math.log(2), 16 * math.log(2))),
        # what was not chosen spoils nothing
        ("where(w > 0, log(w), b)", (-1, 2), 2, (0, 1)),
        ("where(w > 0, sqrt(w)*b, 3*w)", (0, 2), 0, (3, 0)),
        ("where(b == 0, 1, sin(b)/b) + w", (0, 0), 1, (1, 0)),
        ("max(log(w), b) + relu(-1/w)", (1e-320, 5), 5, (0, 1)),
        ("clip(1/w, -1, b)", (0, 3), 3, (0, 1)),
        ("sqrt(relu(w)) + b", (-1, 2), 2, (0, 1)),
        # the tip of a cone is flat; where what is inside a root stands still, so does the root
        ("hypot(w, b)", (0, 0), 0, (0, 0)),
        ("sqrt(w**2 + b**2)", (0, 0), 0, (0, 0)),
        ("abs(w)**2 + b**0", (0, 0), 1, (0, 0)),
        ("w**0*b", (0, 3), 3, (0, 1)),
        ("b**p + w", (0, 0), 1, (1, 0)),
    ],
)
def test_that_a_number_is_given_where_there_is_one_and_none_where_there_is_not(text, at, value, gradient):
    surface = expression(text, **({"p": 0.0} if "p +" in text else {}))
    w, b = (float(x) for x in at)
    for batch in ((), (1,), (2, 3)):
        theta = np.array([np.full(batch, w), np.full(batch, b)])
        loss, slopes = surface.value_and_gradient(theta)
        assert (loss.shape, slopes.shape) == (batch, (2, *batch))
        np.testing.assert_allclose(loss, np.full(batch, value), rtol=1e-12, atol=1e-19)
        expected = np.array([np.full(batch, slope) for slope in gradient], dtype=float)
        np.testing.assert_allclose(slopes, expected, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("case", KINKS, ids=[f"{case['text']} at {case['w']:g}, {case['b']:g}" for case in KINKS])
def test_that_values_and_gradients_at_kinks_are_those_of_pytorch(case):
    surface = expression(case["text"])
    expected = np.array([float(number) for number in (case["value"], *case["gradient"])])
    for theta in (np.array([case["w"], case["b"]]), np.array([[case["w"]], [case["b"]]])):
        loss, gradient = surface.value_and_gradient(theta)
        np.testing.assert_allclose([loss.item(), *gradient.ravel()], expected, rtol=1e-14)


@pytest.mark.parametrize(
    ("text", "at", "hessian"),
    [
        ("where(w > 0, log(w), w**2*b)", (-1, 2), [[4, -2], [-2, 0]]),
        ("w**2 + b**2", (0, 0), [[2, 0], [0, 2]]),
        ("w**1 + b**3", (0, 0), [[0, 0], [0, 0]]),
        ("hypot(w, b)", (0, 0), [[0, 0], [0, 0]]),
        ("hypot(w, b)", (3e200, 4e200), [[1.28e-201, -0.96e-201], [-0.96e-201, 0.72e-201]]),
        ("softplus(w) + sigmoid(b)", (800, -800), [[0, 0], [0, 0]]),
        ("log(w) + b", (-1, 1), [[math.nan] * 2] * 2),
        ("abs(w)*b", (0, 1), [[0, 0], [0, 0]]),
        ("relu(w)**2*b", (-1, 1), [[0, 0], [0, 0]]),
        ("max(w**2, b)", (2, 1), [[2, 0], [0, 0]]),
        ("max(w**2, b**3)", (1, 1), [[1, 0], [0, 3]]),
        ("clip(w**2, 0, 9)*b", (2, 5), [[10, 4], [4, 0]]),
        ("atan2(w, b)", (1e160, 1e160), [[0, 0], [0, 0]]),
    ],
)
def test_that_hessians_are_finite_where_mathematics_is(text, at, hessian):
    surface = expression(text)
    np.testing.assert_allclose(surface.hessian(*at), hessian, rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(
        surface.hessian(*np.array(at, dtype=float)[:, None])[..., 0], hessian, rtol=1e-12, atol=1e-300
    )


# The surface that it is


def test_that_it_is_a_surface_that_can_be_descended():
    surface = lv.expression("(1 - w)**2 + steepness*(b - w**2)**2", domain=((-2, 2), (-1, 3)), steepness=10)
    assert isinstance(surface, lv.Surface)
    assert isinstance(surface, Surface)
    assert isinstance(surface, lv.Expression)
    assert surface.domain == lv.Domain((-2, 2), (-1, 3))
    assert (surface.samples, surface.known_minimum) == (None, None)
    run = lv.descend(surface, lv.optimizer("adam", learning_rate=0.1), start=(-1.5, 2.0), steps=400)
    np.testing.assert_allclose(run.path[-1], [1, 1], atol=1e-2)
    many = lv.descend(surface, lv.optimizer("gradient_descent", learning_rate=0.01), start=np.ones((2, 3)), steps=5)
    assert many.path.shape == (6, 2, 3)


def test_that_a_text_is_the_formula_it_shows():
    surface = expression(" w**2+b ")
    assert surface.text == surface.formula == " w**2+b "
    assert surface.title


@pytest.mark.parametrize("shape", [(), (1,), (4,), (3, 1), (2, 3, 4), (0,), (3, 0)])
@pytest.mark.parametrize(
    "text", ["w", "b", "w*b", "where(w > b, w, 2)", "w + 3", "exp(w)*sin(b) - w**2*b**3 + (w < b)"]
)
def test_that_all_that_is_given_has_the_shape_of_what_is_asked(text, shape):
    surface = expression(text)
    theta = np.random.default_rng(1).normal(size=(2, *shape))
    kept = theta.copy()
    loss, gradient = surface.value_and_gradient(theta)
    assert isinstance(loss, np.ndarray)
    assert loss.shape == surface.loss(*theta).shape == shape
    assert gradient.shape == surface.gradient(*theta).shape == (2, *shape)
    assert surface.hessian(*theta).shape == (2, 2, *shape)
    # nothing is written into what was given, nor is it given back
    loss += 1.0
    gradient += 1.0
    assert np.array_equal(theta, kept)


def test_that_whole_numbers_and_lists_are_numbers_too():
    surface = expression("w**2 + b")
    assert surface.loss(2, 1) == surface.loss(np.float32(2), np.array(1)) == 5.0
    np.testing.assert_array_equal(surface.loss([1, 2], 3), [4.0, 7.0])
    np.testing.assert_array_equal(surface.value_and_gradient(np.array([[1, 2], [3, 4]]))[1], [[2, 4], [1, 1]])


def test_that_what_is_too_large_for_one_block_is_the_same_as_its_parts():
    surface = expression("sin(w*b) + exp(-w**2)*b - hypot(w, b - 1)*cos(3*w)")
    w, b = np.random.default_rng(2).normal(size=(2, 200_000))
    losses, gradients = surface.value_and_gradient(np.array([w, b]))
    hessians = surface.hessian(w.reshape(2, 100_000), b.reshape(2, 100_000)).reshape(2, 2, -1)
    some = np.r_[0:5, 99_998:100_003, 199_990:200_000]
    few = surface.value_and_gradient(np.array([w, b])[:, some])
    np.testing.assert_allclose(losses[some], few[0], rtol=1e-14)
    np.testing.assert_allclose(gradients[:, some], few[1], rtol=1e-13)
    np.testing.assert_allclose(hessians[..., some], surface.hessian(w[some], b[some]), rtol=1e-13)


def test_that_a_grid_is_the_loss_at_its_points():
    surface = expression("w**2*b + cos(b) - where(w > b, w, 1)*3", domain=((-1, 2), (0, 5)))
    grid = surface.grid(301)
    assert (grid.w[0], grid.w[-1], grid.b[0], grid.b[-1]) == (-1, 2, 0, 5)
    np.testing.assert_allclose(grid.loss, surface.loss(grid.w[:, None], grid.b[None, :]), rtol=1e-14)
    assert grid.loss[300, 7] == pytest.approx(float(surface.loss(2.0, grid.b[7])))
    w, along = surface.slice("w", (0.0, 1.5), 9)
    np.testing.assert_allclose(along, surface.loss(w, 1.5))


def test_that_a_long_grid_gives_way_now_and_then():
    surface = expression("+".join(f"(w*b + {k})**1.37" for k in range(20)))
    progress = list(surface.gridding(700))
    assert progress == sorted(progress)
    assert len(progress) > 3
    assert 0.0 < progress[0] < progress[-1] <= 1.0


@pytest.mark.parametrize(
    ("text", "kink"),
    [
        ("w**2 + exp(b)*sqrt(w**2 + 1)", ""),
        ("w + abs(b) + relu(w)", "abs at column 5"),
        ("w*relu(b - 1)", "relu at column 3"),
        ("b + max(w, 1, b)", "max at column 5"),
        ("w + (b > 1)*w", "a comparison at column 6"),
        ("where(w > b, 1, 2)", "where at column 1"),
        ("w + floor(b)", "floor at column 5"),
        ("sign(w)", "sign at column 1"),
        ("  clip(w, 0, 1)", "clip at column 3"),
        ("hypot(w, b)", "hypot at column 1"),
        ("atan2(w, b) + cbrt(w)", "atan2 at column 1"),
        # there is none where only a named number decides
        ("abs(a)*w + max(a, 1)*b + where(a > 1, w, b)", ""),
        # pseudo-Huber, and a square
        ("hypot(w, 1) + abs(b)**2", ""),
        ("where(1 < 2, w, abs(w))", ""),
    ],
)
def test_that_it_says_whether_it_is_smooth_and_if_not_where(text, kink):
    surface = expression(text)
    assert surface.kink == kink
    assert surface.smooth is (kink == "")


@pytest.mark.parametrize(
    ("text", "quadratic"),
    [
        ("(w - 1)**2 + a*w*b - b/3 + 2", True),
        ("3*w - b", True),
        ("(w*b)**2", False),
        ("w**3 + b", False),
        ("1/w + b", False),
        ("exp(w)", False),
        ("abs(w)", False),
    ],
)
def test_that_it_knows_whether_its_hessian_is_the_same_everywhere(text, quadratic):
    surface = expression(text)
    assert surface.quadratic is quadratic
    if quadratic:
        w, b = np.random.default_rng(4).normal(size=(2, 5))
        assert np.ptp(surface.hessian(w, b), axis=-1).max() == 0.0


# Named numbers


def test_that_every_other_name_is_a_number_that_can_be_changed():
    surface = expression("tilt*w**2 + b*drop - tilt", drop=-3)
    assert [param.name for param in surface.params] == ["tilt", "drop"]
    assert surface.values == {"tilt": 1.0, "drop": -3.0}
    assert [param.default for param in surface.params] == [1.0, 1.0]
    assert [param.shown for param in surface.params] == [(0.0, 2.0), (-6.0, 0.0)]
    assert surface.loss(2.0, 1.0) == 4.0 - 3.0 - 1.0
    other = surface.with_values(tilt=2).over(((0, 1), (0, 1)))
    assert other.loss(2.0, 1.0) == 8.0 - 3.0 - 2.0
    assert other.domain == lv.Domain((0, 1), (0, 1))
    assert other.values == {"tilt": 2.0, "drop": -3.0}
    np.testing.assert_array_equal(other.gradient(2.0, 1.0), [8.0, -3.0])
    # the first is as it was
    assert (surface.loss(2.0, 1.0), surface.domain.w) == (0.0, (-3.0, 3.0))


def test_that_what_is_declared_of_a_number_holds():
    steepness = Param("steepness", "a", 100.0, low=0.0, shown=(1.0, 1000.0), log=True, text="How steep it is.")
    surface = expression("w**2 + steepness*b + c", declared=(steepness,))
    assert surface.params[0] is steepness
    assert surface.values == {"steepness": 100.0, "c": 1.0}
    with pytest.raises(ValueError, match=r"^steepness must be 0 or more, not −1\.$"):
        surface.with_values(steepness=-1)


@pytest.mark.parametrize(
    ("arguments", "kind", "sentence"),
    [
        ({"stepness": 3}, ValueError, "'stepness' is not a name in this formula; did you mean 'steepness'?"),
        ({"w": 3}, ValueError, "'w' is not a name in this formula; known: steepness."),
        ({"steepness": "3"}, TypeError, "steepness must be a number, not '3'."),
        ({"steepness": math.inf}, ValueError, "steepness must be a finite number, not inf."),
        ({"steepness": [1, 2]}, TypeError, "steepness must be one number, not 2."),
        (
            {"declared": (Param("height", "h", 1.0),)},
            ValueError,
            "'height' is declared, but the formula has no such name",
        ),
        ({"domain": 3}, TypeError, "domain must be ((low, high), (low, high)), not 3."),
        ({"domain": ((1, 0), (0, 1))}, ValueError, "domain w must be two finite numbers, low below high"),
    ],
)
def test_that_values_and_domains_that_do_not_fit_are_refused(refused, arguments, kind, sentence):
    with refused(sentence, kind):
        expression("w + steepness*b", **arguments)


def test_that_a_formula_is_a_text(refused):
    with refused("a formula is a text, not 3.", TypeError):
        expression(3)


def test_that_division_by_a_number_that_is_0_is_infinite_and_not_an_error():
    surface = expression("w/a + b*exp(1000*c)", a=0, c=1)
    with np.errstate(all="raise"):
        assert surface.loss(1.0, 1.0) == math.inf
        assert np.isinf(surface.loss(W, B + 1)).any()


def test_that_a_text_is_compiled_once_and_only_so_many_are_kept():
    text = "w**2 + 3*b - sin(w*b)"
    first, second = expression(text), expression(text, domain=((0, 1), (0, 1)))
    assert first._program is second._program is first.with_values()._program
    for k in range(300):
        expression(f"w + {k}*b")
    assert program.cache_info().currsize <= 128
    assert expression(text)._program is not first._program
    assert first.loss(1.0, 0.0) == 1.0


def test_that_two_threads_may_ask_the_same_formula_at_once():
    text = "+".join(f"sin({k}*w)*exp(b/{k + 1})" for k in range(1, 30))
    theta = np.array([[0.3, 0.4], [1.0, 2.0]])
    expected = np.sin(np.arange(1, 30) * 0.3) @ np.exp(1.0 / np.arange(2, 31))
    for k in range(5):
        surface = Expression(f"{text} + 0*{k}", ((0, 1), (0, 1)))
        found = []

        def ask(surface=surface, found=found):
            found.append((surface.hessian(*theta), surface.value_and_gradient(theta)[0][0]))

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 4
        for hessian, loss in found:
            np.testing.assert_array_equal(hessian, found[0][0])
            assert loss == pytest.approx(expected)
