import json
from collections import Counter
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lossviz as lv
from lossviz.diagnosis.nature import KINDS, ended_in
from lossviz.diagnosis.stationary import finding
from lossviz.landscape.base import BaseSurface
from lossviz.landscape.expression import expression

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "stationary.json").read_text(encoding="utf-8"))
SEVEN = {name: np.array(values, dtype=float) for name, values in REFERENCE["data"].items()}
DOMAIN = ((-3.0, 3.0), (-2.0, 2.5))


class Sketch(BaseSurface):
    """A surface made of plain functions of w and b: its loss, its gradient and its Hessian."""

    title = formula = "sketch"
    samples = known_minimum = None
    domain = lv.Domain((-2.0, 2.0), (-1.5, 2.5))

    def __init__(self, loss, gradient, hessian, smooth=True, cost=1):
        self._parts = loss, gradient, hessian
        self.smooth, self._cost, self.asked = smooth, cost, 0

    @property
    def cost_per_point(self):
        return self._cost

    def loss(self, w, b):
        w, b = np.broadcast_arrays(np.asarray(w, dtype=float), np.asarray(b, dtype=float))
        self.asked += w.size
        return self._parts[0](w, b) + 0.0 * w

    def value_and_gradient(self, theta):
        return self.loss(*theta), np.array([part + 0.0 * theta[0] for part in self._parts[1](*theta)])

    def hessian(self, w, b):
        w, b = np.broadcast_arrays(np.asarray(w, dtype=float), np.asarray(b, dtype=float))
        self.asked += w.size
        a, c, d = (part + 0.0 * w for part in self._parts[2](w, b))
        return np.array([[a, c], [c, d]])


def bowl(hidden=None, **arguments):
    """(w − 0.4)² + 3(b − 0.2)², NaN where `hidden` says so."""

    def shown(w, b):
        return np.where(hidden(w, b), np.nan, 0.0) if hidden else 0.0

    return Sketch(
        lambda w, b: (w - 0.4) ** 2 + 3.0 * (b - 0.2) ** 2 + shown(w, b),
        lambda w, b: (2.0 * (w - 0.4) + shown(w, b), 6.0 * (b - 0.2) + shown(w, b)),
        lambda w, b: (2.0 + shown(w, b), 0.0, 6.0),
        **arguments,
    )


def points_of(formula, domain=DOMAIN, **values):
    return lv.stationary_points(expression(formula, domain=domain, **values))


def kinds(points):
    return dict(Counter(point.kind for point in points))


def seven_points(half):
    return lv.fit(
        lv.Dataset("seven", SEVEN),
        feature="x",
        label="y",
        model="logistic",
        loss="squared_error",
        domain=((-half, half), (-half, half)),
    )


# Against SciPy


@pytest.mark.parametrize("name", [*REFERENCE["surfaces"]])
def test_that_all_points_are_found_that_scipy_finds_from_thousands_of_starts(name):
    known = REFERENCE["surfaces"][name]
    surface = seven_points(6.0) if name == "seven_points" else lv.surface(name, domain=known["domain"])
    points = lv.stationary_points(surface)
    plain = [point for point in points if not point.text]
    assert dict.fromkeys(("minimum", "saddle", "maximum"), 0) | kinds(plain) == known["counts"]
    width = np.array(surface.domain.width)
    for kind, w, b, loss, low, high in known["points"]:
        away, nearest = min((np.max(np.abs(np.array(p.position) - (w, b)) / width), p.position, p) for p in plain)[::2]
        assert away < 1e-9
        assert nearest.kind == kind
        assert nearest.loss == pytest.approx(loss, rel=1e-9, abs=1e-12)
        assert nearest.eigenvalues == pytest.approx((low, high), rel=1e-6)
    if name != "ackley":
        assert len(plain) == len(points)


def test_that_the_kink_of_ackley_is_its_lowest_minimum_and_told_as_a_kink():
    lowest = lv.stationary_points(lv.surface("ackley"))[0]
    assert lowest.position == pytest.approx((0.0, 0.0), abs=1e-10)
    assert lowest.loss == pytest.approx(0.0, abs=1e-10)
    assert lowest.is_global
    assert lowest.text.startswith("a kink")
    assert np.all(np.isnan(lowest.eigenvalues))


def test_that_two_wells_have_two_minima_and_the_lower_one_is_global():
    left, right, between = lv.stationary_points(lv.surface("two_wells"))
    assert (left.kind, right.kind, between.kind) == ("minimum", "minimum", "saddle")
    assert left.loss < right.loss < between.loss
    assert (left.is_global, right.is_global, between.is_global) == (True, False, False)


def test_that_equally_low_minima_are_all_global_and_the_lowest_come_first():
    points = lv.stationary_points(lv.surface("himmelblau"))
    assert [point.is_global for point in points] == [True] * 4 + [False] * 5
    assert [KINDS.index(point.kind) for point in points] == [0] * 4 + [1] * 4 + [2]
    losses = [point.loss for point in lv.stationary_points(lv.surface("styblinski_tang"))[:4]]
    assert losses == sorted(losses)


roots = st.lists(st.integers(-27, 27), min_size=1, max_size=5, unique=True)


@settings(max_examples=25)
@given(roots, roots)
def test_that_polynomials_have_a_point_at_each_pair_of_roots_of_their_slopes(along_w, along_b):
    parts = [np.poly1d(np.array(sorted(of)) / 10.0, r=True) for of in (along_w, along_b)]
    (p, q), (pp, qq) = ([part.integ() for part in parts], [part.deriv() for part in parts])
    surface = Sketch(
        lambda w, b: p(w) + q(b),
        lambda w, b: (parts[0](w), parts[1](b)),
        lambda w, b: (pp(w), 0.0, qq(b)),
    )
    surface.domain = lv.Domain((-3.1, 2.9), (-2.75, 3.3))
    points = lv.stationary_points(surface)
    expected = {}
    for w, b in product(sorted(along_w), sorted(along_b)):
        signs = {bool(pp(w / 10.0) > 0), bool(qq(b / 10.0) > 0)}
        expected[w, b] = "saddle" if len(signs) == 2 else "minimum" if signs == {True} else "maximum"
    found = {(round(10.0 * p.position[0]), round(10.0 * p.position[1])): p.kind for p in points}
    assert found == expected
    assert len(points) == len(expected)
    for point in points:
        np.testing.assert_allclose(
            10.0 * np.array(point.position), np.round(10.0 * np.array(point.position)), atol=1e-8
        )


@pytest.mark.parametrize("apart", [0.3, 0.03, 0.003])
@pytest.mark.parametrize("shift", [0.0, 0.004, 0.011, 0.017, 0.03])
def test_that_a_minimum_and_a_saddle_close_together_are_both_found(apart, shift):
    # a cell of the search is 0.047 wide
    a, s = apart / 2.0, shift
    minimum, saddle = points_of(
        "(w - s)**3/3 - a*a*(w - s) + (b - 0.1 + 0.3*w)**2 + 0.01", a=a, s=s, domain=((-3.0, 3.0), (-2.0, 2.5))
    )
    assert (minimum.kind, saddle.kind) == ("minimum", "saddle")
    assert minimum.position[0] == pytest.approx(s + a, abs=1e-9)
    assert saddle.position[0] == pytest.approx(s - a, abs=1e-9)


@pytest.mark.parametrize("steepness", [1.0, 100.0, 1e6])
def test_that_the_floor_of_a_ravine_ends_in_one_exact_point(steepness):
    (point,) = points_of("(1 - w)**2 + steepness*(b - w**2)**2", domain=((-2.0, 2.0), (-1.0, 3.0)), steepness=steepness)
    assert point.kind == "minimum"
    assert point.position == pytest.approx((1.0, 1.0), rel=1e-10)


def test_that_units_of_the_parameters_change_neither_kinds_nor_numbers():
    formula = "(({0})**2 + ({1}) - 11)**2 + (({0}) + ({1})**2 - 7)**2"
    plain = points_of(formula.format("w", "b"), domain=((-5, 5), (-5, 5)))
    scaled = points_of(formula.format("w*1e-9", "(b - 3e4)*1e3"), domain=((-5e9, 5e9), (3e4 - 5e-3, 3e4 + 5e-3)))
    assert kinds(plain) == kinds(scaled) == {"minimum": 4, "saddle": 4, "maximum": 1}
    back = sorted((w * 1e-9, (b - 3e4) * 1e3) for w, b in (point.position for point in scaled))
    # the digits that 30,000 takes from b are lost
    np.testing.assert_allclose(back, sorted(point.position for point in plain), atol=1e-7)


# Edges, plateaus, holes


def test_that_a_point_on_the_edge_counts_and_one_beyond_does_not():
    corner = "(w - {0})**2 + (b - 2.5)**2"
    (point,) = points_of(corner.format(3.0))
    assert point.position == (3.0, 2.5)
    assert points_of(corner.format(3.001)) == []
    (point,) = points_of("(w - 0.3)**2 + (b + 2)**4")
    assert (point.position[1], point.is_minimum) == (-2.0, True)


@pytest.mark.parametrize("half", [6.0, 12.0, 100.0])
def test_that_far_plateaus_are_not_stationary(half):
    points = lv.stationary_points(seven_points(half))
    assert [point.kind for point in points] == ["minimum", "minimum"] + ["saddle"] * (2 if half == 6.0 else 3)
    assert [point.is_global for point in points[:2]] == [True, False]
    assert points[0].position == pytest.approx((0.2121, 0.3608), abs=1e-4)
    assert points[1].loss == pytest.approx(0.25670, abs=1e-5)


@pytest.mark.parametrize(
    "formula", ["exp(-w) + b**2", "tanh(100*w) + b**2", "w + b", "1e-6*w + b**2", "w**3 + w + b**2"]
)
def test_that_a_slope_that_only_tends_to_0_or_is_small_is_no_point(formula):
    assert points_of(formula) == []


def test_that_a_valley_that_saturates_is_no_line_of_minima():
    (point,) = points_of("tanh(100*(w - 1))**2 + b**2")
    assert (point.kind, point.text) == ("minimum", "")
    assert point.position == pytest.approx((1.0, 0.0))


def test_that_holes_neither_hide_points_nor_make_any():
    def hidden(w, b):
        return (w + 1.0) ** 2 + (b - 1.5) ** 2 < 0.5

    (point,) = lv.stationary_points(bowl(hidden, smooth=False))
    assert point.kind == "minimum"
    assert point.position == pytest.approx((0.4, 0.2))
    assert lv.stationary_points(bowl(lambda w, b: w < 1.0, smooth=False)) == []
    assert lv.stationary_points(bowl(lambda w, b: w < np.inf)) == []


def test_that_a_constant_surface_is_one_flat_point():
    (point,) = points_of("3 + 0*w")
    assert (point.kind, point.loss, point.eigenvalues) == ("degenerate", 3.0, (0.0, 0.0))
    assert point.text == "flat: the loss is the same everywhere"


def test_that_flat_regions_of_a_loss_with_corners_are_told_and_whether_they_are_lowest():
    (point,) = points_of("max(0, w**2 + b**2 - 1)")
    assert (point.kind, point.is_global) == ("degenerate", True)
    assert point.text == "flat: the loss is the same in a whole region"
    terraces = points_of("floor(w)", domain=((-1.5, 1.5), (0.0, 1.0)))
    assert [point.loss for point in terraces] == [-2.0, -1.0, 0.0, 1.0]
    assert [point.is_minimum for point in terraces] == [True, False, False, False]


def test_that_a_loss_that_no_grid_can_follow_has_no_points_that_are_told():
    assert points_of("sin(1000*w)*cos(1000*b)", domain=((-1e5, 1e5), (-1e5, 1e5))) == []


def test_that_crowded_points_get_a_finer_grid():
    # 38 extremes of each sine on either axis, a saddle at each pair of their zeros
    points = points_of("sin(20*w)*sin(20*b)", domain=((-3.0, 3.0), (-3.0, 3.0)))
    assert kinds(points) == {"saddle": 39 * 39, "minimum": 38 * 38 // 2, "maximum": 38 * 38 // 2}


# Points that the curvature doesn't decide


@pytest.mark.parametrize(
    ("formula", "text", "is_minimum"),
    [
        ("w**4 + b**4", "a minimum flatter than a parabola", True),
        ("w**4 + b**2 + 1", "a minimum flatter than a parabola", True),
        ("w**8 + b**8", "a minimum flatter than a parabola", True),
        ("w**4 - 4*w**3 + 6*w**2 - 4*w + 1 + b**2", "a minimum flatter than a parabola", True),
        ("-w**4 - b**2", "a maximum flatter than a parabola", False),
        ("w**3 + b**2", "a shelf", False),
        ("w**3 - 3*w*b**2", "a saddle with 3 ways down", False),
        ("w**2", "a line of minima", True),
        ("(0.37*w - b)**2", "a line of minima", True),
        ("-(w + b)**2", "a line of maxima", False),
    ],
)
def test_that_a_point_without_curvature_is_degenerate_and_said_what_it_is(formula, text, is_minimum):
    (point,) = points_of(formula)
    assert point.kind == "degenerate"
    assert point.text.startswith(text)
    assert point.is_minimum is is_minimum
    assert point.is_global is is_minimum


def test_that_a_ring_of_minima_is_one_line_around_a_maximum():
    top, ring = points_of("(w**2 + b**2 - 1)**2")
    assert (top.kind, ring.kind) == ("maximum", "degenerate")
    assert ring.text.startswith("a line of minima")
    np.testing.assert_allclose(np.hypot(*np.array(ring.along).T), 1.0, rtol=1e-9)
    angles = np.sort(np.arctan2(*np.array(ring.along).T))
    assert np.max(np.diff(angles)) < 0.2


# Kinks


@pytest.mark.parametrize(
    ("formula", "kind", "position"),
    [
        ("abs(w) + abs(b)", "minimum", (0.0, 0.0)),
        ("abs(w - 1) + 1000*abs(b - 0.3)", "minimum", (1.0, 0.3)),
        ("abs(w - b) + 0.01*abs(w + b - 1)", "minimum", (0.5, 0.5)),
        ("abs(w + 0.7) + b**2", "minimum", (-0.7, 0.0)),
        ("hypot(w - 0.3, b + 0.2)", "minimum", (0.3, -0.2)),
        ("sqrt(abs(w - 0.2)) + abs(b)", "minimum", (0.2, 0.0)),
        ("max(w**2 + b**2, (w - 1)**2 + b**2)", "minimum", (0.5, 0.0)),
        ("-abs(w) - abs(b)", "maximum", (0.0, 0.0)),
        ("abs(w) - abs(b - 0.1)", "saddle", (0.0, 0.1)),
    ],
)
def test_that_a_kink_is_found_and_told_as_one(formula, kind, position):
    (point,) = points_of(formula)
    assert point.kind == kind
    assert point.position == pytest.approx(position, abs=1e-9)
    assert point.text.startswith("a kink")


@pytest.mark.parametrize("formula", ["abs(w - 0.3)", "abs(0.37*w - b)", "abs(w**2 + b**2 - 1) - 0*w"])
def test_that_a_kink_all_along_a_line_is_told_once(formula):
    (line,) = [point for point in points_of(formula) if point.kind == "degenerate"]
    assert line.text.startswith("a line of minima, a kink all along")
    assert line.is_global


def test_that_kinks_beside_smooth_points_are_all_found():
    # five humps of the sine, cut by a kink along b
    points = points_of("abs(w) + abs(b) + 0.3*sin(5*w)")
    assert kinds(points) == {"minimum": 5}
    assert sum(point.is_global for point in points) == 1


@pytest.mark.parametrize("formula", ["1/hypot(w, b)", "log(hypot(w, b))"])
def test_that_a_pole_is_no_point(formula):
    assert points_of(formula) == []


# Fits


@pytest.mark.parametrize(
    ("feature", "label", "arguments"),
    [
        ("age", "bwt", {}),
        ("age", "bwt/1000", {"loss": "rmse"}),
        ("lwt", "bwt", {"standardize": True}),
        ("lwt/100", "low", {"model": "logistic"}),
    ],
)
def test_that_a_convex_fit_has_exactly_its_known_minimum(feature, label, arguments):
    surface = lv.fit(lv.dataset("birthwt"), feature=feature, label=label, **arguments)
    (point,) = lv.stationary_points(surface)
    assert (point.kind, point.is_global, point.text) == ("minimum", True, "")
    assert point.position == surface.known_minimum
    assert point.eigenvalues == pytest.approx(np.linalg.eigvalsh(surface.hessian(*point.position)), rel=1e-4)


def test_that_the_search_finds_a_convex_minimum_by_itself_too():
    surface = lv.fit(lv.dataset("birthwt"), feature="age", label="bwt/1000")
    known = surface.known_minimum
    surface.convex = False
    (point,) = lv.stationary_points(surface)
    assert point.position == pytest.approx(known, rel=1e-10)


def test_that_the_minimum_of_a_convex_fit_outside_the_domain_is_not_told(fitted):
    assert lv.stationary_points(fitted([0.0, 1.0], [0.0, 1.0], domain=((2.0, 3.0), (0.0, 1.0)))) == []


def test_that_separable_data_have_no_point(fitted):
    assert lv.stationary_points(fitted([-2.0, -1.0, 1.0, 2.0], [0.0, 0.0, 1.0, 1.0], model="logistic")) == []


def test_that_a_constant_feature_gives_a_line_of_minima(fitted):
    (line,) = lv.stationary_points(fitted([2.0, 2.0, 2.0], [0.0, 1.0, 5.0], domain=((-3.0, 3.0), (-3.0, 6.0))))
    assert line.kind == "degenerate"
    assert line.text.startswith("a line of minima")
    w, b = np.array(line.along).T
    np.testing.assert_allclose(2.0 * w + b, 2.0, atol=1e-12)


def test_that_many_best_lines_are_one_flat_region(fitted):
    # least absolute errors: each line between 0 and 1 on the left and between 1 and 3 on the right is as good
    points = lv.stationary_points(
        fitted([0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 1.0, 3.0], loss="mae", domain=((-3.0, 5.0), (-3.0, 3.0)))
    )
    assert [(point.kind, point.is_global) for point in points] == [("degenerate", True)]
    assert points[0].loss == pytest.approx(0.75)
    assert points[0].text.startswith("flat")


def test_that_the_best_line_by_absolute_errors_is_a_kink():
    surface = lv.fit(lv.dataset("birthwt"), feature="(age - 18)/10", label="bwt/1000", loss="mae")
    (point,) = lv.stationary_points(surface)
    assert (point.kind, point.position) == ("minimum", surface.known_minimum)
    assert point.text.startswith("a kink")


def test_that_a_perfect_fit_under_a_root_is_told_as_a_kink(fitted):
    (point,) = lv.stationary_points(fitted([0.0, 1.0, 2.0], [1.0, 3.0, 5.0], loss="rmse"))
    assert (point.kind, point.is_global) == ("minimum", True)
    assert point.position == pytest.approx((2.0, 1.0))
    assert point.text.startswith("a kink")


# The generator


def test_that_it_yields_growing_progress_and_early_what_is_found_so_far():
    work = finding(lv.surface("himmelblau"))
    progress, early = [], []
    while True:
        try:
            told = next(work)
        except StopIteration as ended:
            points = ended.value
            break
        (early if isinstance(told, tuple) else progress).append(told)
    assert progress == sorted(progress)
    assert 0.0 <= progress[0] <= progress[-1] <= 1.0
    assert early == [tuple(points)]


def test_that_it_can_be_left_at_every_yield():
    work = finding(bowl())
    next(work)
    work.close()
    with pytest.raises(StopIteration):
        next(work)


@pytest.mark.parametrize("cost", [1, 1000, 1_000_000])
def test_that_little_is_asked_between_two_yields_and_not_too_much_in_all(cost):
    surface = bowl(cost=cost, smooth=False)
    before, most = 0, 0
    for _ in finding(surface):
        most, before = max(most, surface.asked - before), surface.asked
    assert cost * most <= max(150_000, 2 * cost)
    # the fewest points an axis, their Newton steps and a few windows
    assert surface.asked * cost <= max(3e7, 1e4 * cost)


def test_that_a_resolution_is_a_whole_number(refused):
    with refused("resolution must be a whole number of 3 or more, not 2."):
        lv.stationary_points(bowl(), 2)
    for wrong in (2.5, "9"):
        with refused(f"resolution must be a whole number of 3 or more, not {wrong!r}."):
            lv.stationary_points(bowl(), wrong)
    assert len(lv.stationary_points(bowl(), np.int64(9))) == 1


# Where a run ended


def test_that_a_run_ended_in_the_nearest_minimum_if_it_is_near():
    surface = lv.surface("himmelblau")
    points = lv.stationary_points(surface)
    found = ended_in(points, (3.002, 1.999), surface.domain)
    assert found.position == pytest.approx((3.0, 2.0))
    assert ended_in(points, (3.2, 2.0), surface.domain) is None
    assert ended_in(points, (3.2, 2.0), surface.domain, within=0.1) is found
    saddle = next(point for point in points if point.kind == "saddle")
    assert ended_in(points, saddle.position, surface.domain) is None
    assert ended_in(points, (np.nan, 0.0), surface.domain) is None


def test_that_a_run_can_end_anywhere_on_a_line_of_minima():
    surface = expression("(w + 2*b - 1)**2", domain=DOMAIN)
    points = lv.stationary_points(surface)
    assert ended_in(points, (-1.2345, 1.11725), surface.domain) is points[0]
    assert ended_in(points, (-1.2345, 1.2), surface.domain) is None
