"""Every test function of the catalogue, against numbers that were made without it; and the folder of one's own."""

import json
from pathlib import Path

import numpy as np
import pytest

import lossviz as lv
from lossviz.landscape import functions
from lossviz.landscape.calculus.program import program
from lossviz.landscape.expression import expression
from lossviz.landscape.functions import bundled, catalogue, read_folder, reading_catalogue, surface, surfaces
from lossviz.landscape.work import completed

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "functions.json").read_text(encoding="utf-8"))[
    "cases"
]
NAMES = tuple(bundled())
LECTURE = (
    "sphere", "ellipse", "saddle", "monkey_saddle", "plateau", "two_wells", "ravine", "himmelblau", "rosenbrock",
    "beale",
)  # fmt: skip
KINKED = ("ackley", "bukin6")
"""Those with a minimum where the gradient doesn't exist."""

OWN = """title = "Mine"
formula = "w**2 + stretch*b**2"
domain = { w = [-1, 1], b = [-1, 1] }
minima = [{ w = 0, b = 0, loss = 0 }]

[params.stretch]
default = 2.0
low = 0.1
shown = [0.5, 5]
"""


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """A folder of one's own that is empty, whoever runs the tests."""
    folder = tmp_path / "surfaces"
    folder.mkdir()
    monkeypatch.setattr(functions, "user_folder", lambda kind: tmp_path / kind)
    return folder


@pytest.fixture(params=REFERENCE, ids=lambda case: "-".join([case["name"], *map(str, case["values"].values())]))
def case(request):
    return request.param


@pytest.fixture
def made(case):
    return surface(case["name"], **case["values"])


def random_points(made, count=8):
    (w_low, w_high), (b_low, b_high) = made.domain.w, made.domain.b
    return np.random.default_rng(5).uniform((w_low, b_low), (w_high, b_high), (count, 2)).T


def test_that_the_reference_has_every_function_and_all_of_their_params(case):
    assert {one["name"] for one in REFERENCE} == set(NAMES)
    varied = {name for one in REFERENCE if one["name"] == case["name"] for name in one["values"]}
    assert varied == {param.name for param in surface(case["name"]).params}


def test_that_losses_and_gradients_are_those_of_another_program(case, made):
    w, b, loss, *gradient = np.array(case["points"]).T
    np.testing.assert_allclose(made.loss(w, b), loss, rtol=1e-12, atol=1e-12 * np.max(np.abs(loss)))
    np.testing.assert_allclose(made.gradient(w, b), gradient, rtol=1e-10, atol=1e-10 * np.max(np.abs(gradient)))


def test_that_one_point_is_reckoned_as_many_are(case, made):
    w, b, *_ = np.array(case["points"]).T
    for k in range(3):
        scale = float(np.max(np.abs(made.loss(w, b))))
        assert float(made.loss(w[k], b[k])) == pytest.approx(made.loss(w, b)[k], rel=1e-12, abs=1e-13 * scale)


def test_that_the_minima_are_those_of_another_program(case, made):
    stated = sorted((minimum.w, minimum.b, minimum.loss) for minimum in made.minima)
    np.testing.assert_allclose(stated, sorted(map(tuple, case["minima"])), rtol=1e-14, atol=1e-14)


def test_that_each_minimum_has_its_loss_and_is_one(made):
    width = np.array(made.domain.width)
    for minimum in made.minima:
        at = (minimum.w, minimum.b)
        assert float(made.loss(*at)) == pytest.approx(minimum.loss, rel=1e-12, abs=1e-13)
        if made.name in KINKED:
            directions = np.linspace(0.0, 2.0 * np.pi, 64, endpoint=False)
            for reach in (1e-8, 1e-5, 1e-2):
                w, b = minimum.w + reach * np.cos(directions), minimum.b + reach * np.sin(directions)
                assert np.all(made.loss(w, b) > minimum.loss)
            continue
        curvature = made.hessian(*at)
        eigenvalues = np.linalg.eigvalsh(curvature)
        assert eigenvalues[0] > 0.0
        assert np.all(np.abs(np.linalg.solve(curvature, made.gradient(*at))) < 1e-12 * width)


def test_that_no_point_of_the_domain_is_lower_than_the_lowest_minimum(made):
    if made.minima:
        assert np.min(made.grid(129).loss) >= min(minimum.loss for minimum in made.minima) - 1e-12


def test_that_the_known_minimum_is_the_lowest_where_there_is_one_such(made):
    lowest = min((minimum.loss for minimum in made.minima), default=None)
    places = [(m.w, m.b) for m in made.minima if m.loss == pytest.approx(lowest, rel=1e-12, abs=1e-12)]
    assert made.known_minimum == (places[0] if len(places) == 1 else None)


def test_that_a_smallest_loss_of_0_is_0_to_all_digits(made):
    # what is shown as the smallest possible loss
    if made.known_minimum and min(minimum.loss for minimum in made.minima) == 0.0:
        assert float(made.loss(*made.known_minimum)) == 0.0


def test_that_the_gradient_is_that_of_differences(made):
    theta = random_points(made)
    step = 1e-6 * np.array(made.domain.width)
    gradient = made.gradient(*theta)
    for axis in range(2):
        shift = np.zeros((2, 1))
        shift[axis] = step[axis]
        difference = (made.loss(*(theta + shift)) - made.loss(*(theta - shift))) / (2.0 * step[axis])
        np.testing.assert_allclose(gradient[axis], difference, rtol=1e-5, atol=1e-5 * np.max(np.abs(gradient)))


def test_that_the_hessian_is_that_of_differences(made):
    theta = random_points(made)
    step = 1e-6 * np.array(made.domain.width)
    hessian = made.hessian(*theta)
    np.testing.assert_array_equal(hessian[0, 1], hessian[1, 0])
    for axis in range(2):
        shift = np.zeros((2, 1))
        shift[axis] = step[axis]
        difference = (made.gradient(*(theta + shift)) - made.gradient(*(theta - shift))) / (2.0 * step[axis])
        np.testing.assert_allclose(hessian[axis], difference, rtol=1e-5, atol=1e-5 * np.max(np.abs(hessian)))


def test_that_all_shapes_broadcast(made):
    w, b = made.domain.axes(4)
    grid = made.loss(w[:, None], b[None, :])
    assert grid.shape == (4, 4)
    np.testing.assert_allclose(grid, made.grid(4).loss, rtol=1e-12, atol=1e-12 * np.max(np.abs(grid)))
    assert made.loss(w, b[0]).shape == (4,)
    assert made.loss(w[1], b[1]).shape == ()
    assert made.gradient(w[:, None], b[None, :]).shape == (2, 4, 4)
    assert made.hessian(w[1], b[1]).shape == (2, 2)
    assert made.hessian(w, b).shape == (2, 2, 4)
    value, gradient = made.value_and_gradient(np.array([w, b]))
    assert (value.shape, gradient.shape) == ((4,), (2, 4))


def test_that_loss_and_gradient_are_finite_all_over_the_domain(made):
    # an odd number: the middle, where some have a kink, is among them
    w, b = made.domain.axes(65)
    assert np.all(np.isfinite(made.grid(65).loss))
    assert np.all(np.isfinite(made.gradient(w[:, None], b[None, :])))


def test_that_the_bottom_of_bukins_crease_has_a_finite_gradient():
    np.testing.assert_array_equal(surface("bukin6").gradient(-10.0, 1.0), [0.0, 0.0])


@pytest.mark.parametrize("name", ["ackley", "bukin6", "cross_in_tray", "eggholder", "holder_table", "schwefel"])
def test_that_creases_are_known_to_be_there(name):
    assert not surface(name).smooth


def test_that_the_other_functions_are_smooth():
    assert [name for name in NAMES if not surface(name).smooth] == [
        "ackley", "bukin6", "cross_in_tray", "eggholder", "holder_table", "schwefel",
    ]  # fmt: skip


def test_that_the_drop_wave_has_its_true_curvature_at_the_centre():
    # −(1 + cos 12r)/(r²/2 + 2) = −1 + (36 + 1/4) r² + …
    np.testing.assert_allclose(surface("drop_wave").hessian(0.0, 0.0), 72.5 * np.eye(2), rtol=1e-12)


def test_that_the_eggholder_is_lowest_on_its_edge_and_falls_beyond():
    made = surface("eggholder")
    assert "-959.6407 at (512, 404.2319)" in made.definition.convention
    assert float(made.loss(512.0, 404.2319)) == pytest.approx(-959.6407, abs=5e-5)
    assert np.min(made.grid(513).loss) > -959.6408
    assert float(made.loss(513.0, 404.2319)) < -959.6408


@pytest.mark.parametrize("name", NAMES)
def test_that_every_function_says_what_it_is_and_what_it_teaches(name):
    made = surface(name)
    said = made.definition
    assert said.group == ("lecture" if name in LECTURE else "more")
    assert made.title == said.title
    assert made.name == name
    assert said.source
    assert said.teaches.endswith(".")
    assert said.teaches.count(". ") == 0
    assert not said.convention or said.convention.endswith(".")
    assert all(param.text.endswith(".") for param in made.params)
    assert "**" not in made.formula
    assert "w" in made.formula


def test_that_what_is_shown_is_what_is_reckoned():
    for name in ("drop_wave", "schwefel", "bukin6", "eggholder", "plateau"):
        made = surface(name)
        w, b = random_points(made)
        shown = expression(made.definition.display, **made.values)
        np.testing.assert_allclose(shown.loss(w, b), made.loss(w, b), rtol=1e-12)
    assert surface("bukin6").formula == "100·√|b − 0.01·w²| + 0.01·|w + 10|"
    assert surface("rosenbrock").formula == "(a − w)² + s·(b − w²)²"


def test_that_the_list_begins_with_what_a_lecture_begins_with():
    assert surfaces()[:10] == LECTURE
    assert surfaces()[10:] == tuple(sorted(set(NAMES) - set(LECTURE)))
    assert lv.surfaces() == surfaces()


def test_that_listing_looks_at_no_formula():
    program.cache_clear()
    bundled.cache_clear()
    assert len(catalogue().definitions) == 40
    assert program.cache_info().currsize == 0


def test_that_a_descent_goes_to_a_minimum_it_knows():
    made = lv.surface("himmelblau")
    trajectory = lv.descend(made, lv.optimizer("gradient_descent", learning_rate=0.01), start=(2.0, 1.0), steps=200)
    np.testing.assert_allclose(trajectory.path[-1], [3.0, 2.0], rtol=1e-10)
    assert trajectory.verdict.outcome == "converged"


def test_that_domain_and_params_are_as_asked_for():
    made = lv.surface("rosenbrock", steepness=10, domain=((0, 1), (0, 2)))
    assert made.domain == lv.Domain((0.0, 1.0), (0.0, 2.0))
    assert made.values == {"a": 1.0, "steepness": 10.0}
    assert float(made.loss(0.0, 1.0)) == 11.0
    assert lv.surface("rosenbrock").values["steepness"] == 100.0
    assert isinstance(made, lv.Surface)


def test_that_minima_move_with_the_params():
    made = lv.surface("rosenbrock", a=0.5)
    assert made.known_minimum == (0.5, 0.25)
    assert made.with_values(a=-1.0).known_minimum == (-1.0, 1.0)
    assert made.over(((0, 1), (0, 1))).known_minimum == (0.5, 0.25)
    assert lv.surface("two_wells").known_minimum == (-1.0, 0.0)
    assert lv.surface("two_wells", tilt=0.0).known_minimum is None


@pytest.mark.parametrize(
    ("name", "settings", "sentence"),
    [
        ("himelblau", {}, "'himelblau' is not a surface; did you mean 'himmelblau'?"),
        ("rosenbrock", {"steepnes": 1.0}, "did you mean 'steepness'?"),
        ("rosenbrock", {"steepness": -1.0}, "steepness must be from 0.01 to "),
        ("rosenbrock", {"steepness": "high"}, "steepness must be a number, not 'high'."),
        ("sphere", {"steepness": 1.0}, "'steepness' is not a name in this formula"),
        ("sphere", {"domain": ((1, 0), (0, 1))}, "low below high"),
        (None, {}, "'None' is not a surface"),
    ],
)
def test_that_what_there_is_not_is_refused_in_a_sentence(refused, name, settings, sentence):
    with refused(sentence):
        surface(name, **settings)


def test_that_a_file_in_the_own_folder_is_a_surface(own_folder):
    (own_folder / "mine.toml").write_text(OWN)
    assert surfaces()[-1] == "mine"
    assert catalogue().problems == ()
    made = surface("mine", stretch=3.0)
    assert float(made.loss(1.0, 1.0)) == 4.0
    assert made.known_minimum == (0.0, 0.0)
    assert made.definition.group == "own"


def test_that_a_file_that_changed_is_read_again(own_folder):
    file = own_folder / "mine.toml"
    file.write_text(OWN)
    assert surface("mine").title == "Mine"
    file.write_text(OWN.replace('"Mine"', '"Mine, better"'))
    assert surface("mine").title == "Mine, better"
    file.unlink()
    assert "mine" not in surfaces()


def test_that_a_file_for_a_lecture_is_listed_with_the_shipped_ones(own_folder):
    (own_folder / "mine.toml").write_text('group = "lecture"\n' + OWN)
    assert surfaces()[10] == "mine"


def test_that_a_broken_file_is_a_sentence_and_hides_no_other(own_folder, refused):
    (own_folder / "mine.toml").write_text(OWN)
    (own_folder / "torn.toml").write_text('title = "Torn"\nformula = "w**2 +\n')
    (own_folder / "sphere.toml").write_text(OWN)
    (own_folder / "Big Name.toml").write_text(OWN)
    (own_folder / "letter.toml").write_bytes(b'title = "a"\n# \xff\n')
    (own_folder / ".hidden.toml").write_text("?")
    (own_folder / "notes.txt").write_text("?")
    (own_folder / "folder.toml").mkdir()
    found, problems = read_folder(own_folder)
    assert [definition.name for definition in found] == ["mine"]
    assert problems == (
        "Big Name.toml: the name of the file is that of the surface; expected at most 40 small letters, digits and _, "
        "a letter first.",
        "letter.toml, line 2: expected a text file in UTF-8.",
        "sphere.toml bears the name of a shipped surface; give the file another name.",
        "torn.toml, line 2: not valid TOML: illegal character '\\n' (column 18).",
    )
    assert float(surface("sphere").loss(1.0, 1.0)) == 2.0
    with refused("torn.toml, line 2: not valid TOML"):
        surface("torn")


def test_that_no_folder_is_no_problem(tmp_path):
    assert read_folder(tmp_path / "nowhere") == ((), ())


def test_that_too_many_files_are_said_to_be_too_many(own_folder, monkeypatch):
    monkeypatch.setattr(functions, "MOST", 2)
    for name in "abc":
        (own_folder / f"own_{name}.toml").write_text(OWN)
    found, problems = read_folder(own_folder)
    assert len(found) == 2
    assert problems == (f"{own_folder} holds 3 surfaces; only the first 2 are read.",)


def test_that_reading_many_files_can_be_left_after_each(own_folder):
    for name in "abc":
        (own_folder / f"own_{name}.toml").write_text(OWN)
    assert list(reading_catalogue()) == pytest.approx([1 / 3, 2 / 3, 1.0])
    assert len(completed(reading_catalogue()).definitions) == 43
