import msgspec
import numpy as np
import pytest

import lossviz as lv
from lossviz.experiment import check
from lossviz.experiment.from_table import ChoiceError, experiment_for, formula_typed, proposed
from lossviz.jobs.tasks import scene_of


def table(**columns):
    return lv.Dataset("mine", {name: np.asarray(values, dtype=float) for name, values in columns.items()})


@pytest.fixture
def births(tmp_path):
    """Give birthwt as a file of one's own, and read."""
    shipped = lv.dataset("birthwt")
    path = tmp_path / "births.csv"
    rows = zip(*(shipped[name].astype(int).tolist() for name in shipped.columns), strict=True)
    path.write_text("\n".join(",".join(map(str, row)) for row in [shipped.columns, *rows]), encoding="utf-8")
    return path, lv.read_csv(path)


def fit(births, feature="age", label="bwt", units=None, model="linear", loss=None, standardize=True):
    path, data = births
    return experiment_for(path, data, feature, label, units or {}, model, loss, standardize)


# What is proposed


def test_that_the_last_column_is_proposed_by_the_first_that_explains(births):
    section = proposed(*births)
    # not the number of the row, and not one of two groups
    assert (section.feature, section.label) == ("age", "bwt")
    assert (section.model, section.loss) == ("linear", "mse")
    assert section.path == str(births[0])


@pytest.mark.parametrize(
    ("columns", "feature", "label"),
    [
        ({"a": [1, 3, 2], "b": [4, 5, 7], "c": [6, 6, 6]}, "a", "b"),
        ({"a": [5, 5, 5], "b": [4, 5, 7], "c": [6, 7, 9]}, "b", "c"),
        ({"x": [0, 1, 2], "b": [4, 5, 7], "c": [6, 7, 9]}, "b", "c"),
        ({"year": [1990, 1991, 1992], "b": [4, 5, 7]}, "year", "b"),
        ({"ID": [7, 9, 12], "b": [4, 5, 7], "c": [6, 7, 9]}, "b", "c"),
        ({"group": [0, 1, 1], "b": [4, 5, 7], "c": [6, 7, 9]}, "b", "c"),
        ({"group": [0, 1, 1], "c": [6, 7, 9]}, "group", "c"),
        ({"row": [1, 2, 3], "c": [6, 7, 9]}, "row", "c"),
        ({"only": [6, 7, 9]}, "only", "only"),
        ({"a": [1], "b": [2]}, "a", "b"),
        ({"x": range(20), "y": [5] * 20}, "x", "y"),
        ({"y": [5, 5, 5], "x": [6, 7, 9]}, "x", "y"),
    ],
)
def test_that_columns_that_vary_are_proposed(columns, feature, label):
    section = proposed("mine.csv", table(**columns))
    assert (section.feature, section.label) == (feature, label)


def test_that_the_logistic_model_is_proposed_for_zeros_and_ones_alone():
    assert proposed("mine.csv", table(x=[1, 3, 4], y=[0, 1, 0])).model == "logistic"
    assert proposed("mine.csv", table(x=[1, 3, 4], y=[0, 1, 2])).model == "linear"
    assert proposed("mine.csv", table(y=[1, 1, 1], x=[1, 3, 4])).model == "linear"


def test_that_units_are_proposed_from_the_names_of_the_columns():
    data = lv.Dataset("mine", {"age [years]": [19.0, 20.0, 31.0], "n (1)": [1.0, 2.0, 4.0], "weight (kg)": [3, 2, 4]})
    assert proposed("mine.csv", data).units == {"age [years]": "years", "weight (kg)": "kg"}


def test_that_a_feature_far_from_0_is_standardised():
    y = [1, 2, 4, 3]
    assert proposed("mine.csv", table(x=[1990, 1991, 1992, 1995], y=y)).standardize
    assert not proposed("mine.csv", table(x=[-1, 0.2, 1, 1.5], y=y)).standardize


# What is made of choices


@pytest.mark.parametrize("standardize", [False, True])
@pytest.mark.parametrize(
    ("feature", "label", "model", "loss"),
    [
        ("age", "bwt", "linear", "mse"),
        ("(age - 18)/10", "bwt/1000", "linear", "mse"),
        ("age", "bwt", "linear", "rmse"),
        ("lwt", "bwt", "linear", "mse"),
        ("age**2", "bwt/1000", "linear", "mse"),
        ("age", "low", "logistic", None),
        ("lwt/100", "1 - low", "logistic", "cross_entropy"),
    ],
)
def test_that_the_descents_start_up_the_slope_inside_the_picture(births, feature, label, model, loss, standardize):
    experiment = fit(births, feature, label, {}, model, loss, standardize)
    assert check(experiment) is experiment
    surface = experiment.build_surface()
    start = experiment.descent.start
    assert surface.domain.contains(*start)
    minimum = surface.known_minimum
    height = surface.square if loss == "rmse" else surface
    # what the automatic domain shows reaches `rise` above the minimum
    up = (float(height.loss(*start)) - float(height.loss(*minimum))) / height.rise
    assert 0.4 < up < 1.0
    away = np.abs(np.subtract(start, minimum)) / surface.domain.width
    assert np.all(away > 0.05)
    # as a hand would set it
    assert all(len(f"{value:.12g}".strip("-0.").replace(".", "")) <= 6 for value in start)


def test_that_the_four_rates_are_parts_of_the_limit(births):
    experiment = fit(births, "(age - 18)/10", "bwt/1000", standardize=False)
    limit = lv.stability(experiment.build_surface(), lv.optimizer("gradient_descent"), at=(0.0, 0.0)).limit
    rates = [run.hyperparameters["learning_rate"] for run in experiment.runs]
    assert np.array(rates) / limit == pytest.approx([0.016, 0.48, 0.96, 1.03], rel=5e-3)
    assert rates[2] < limit < rates[3]
    descents = scene_of(experiment, 9).descents
    assert [d.trajectory.verdict.outcome for d in descents] == ["slow", "converged", "converged", "diverged"]
    assert experiment.view.selected == 2


def test_that_separable_data_have_a_start_and_rates_too():
    experiment = experiment_for("mine.csv", table(x=[1, 2, 3, 4], y=[0, 0, 1, 1]), "x", "y", {}, "logistic", None, True)
    surface = experiment.surface.fit_to(table(x=[1, 2, 3, 4], y=[0, 0, 1, 1]))
    assert surface.known_minimum is None
    assert surface.domain.contains(*experiment.descent.start)
    assert all(run.hyperparameters["learning_rate"] > 0 for run in experiment.runs)


@pytest.mark.parametrize("loss", ["mse", "rmse"])
def test_that_a_perfect_line_has_a_start_and_rates_too(loss):
    data = table(x=[1, 2, 3, 4], y=[1, 3, 5, 7])
    experiment = experiment_for("mine.csv", data, "x", "y", {}, "linear", loss, False)
    assert experiment.surface.fit_to(data).domain.contains(*experiment.descent.start)
    assert all(0 < run.hyperparameters["learning_rate"] < 10 for run in experiment.runs)


@pytest.mark.parametrize("scale", [1e-40, 1e-8, 1e8, 1e40])
def test_that_numbers_of_any_size_have_a_start_and_rates(scale):
    data = table(x=np.array([1.0, 2.0, 4.0, 3.0]) * scale, y=np.array([1.0, 3.0, 2.0, 5.0]) / scale)
    experiment = experiment_for("mine.csv", data, "x", "y", {}, "linear", None, False)
    assert all(run.hyperparameters["learning_rate"] > 0 for run in experiment.runs)
    assert np.all(np.isfinite(experiment.descent.start))


def test_that_equal_labels_are_fitted():
    data = table(x=range(20), y=[5] * 20)
    section = proposed("mine.csv", data)
    experiment = experiment_for(
        "mine.csv", data, section.feature, section.label, {}, section.model, section.loss, section.standardize
    )
    surface = experiment.surface.fit_to(data)
    assert np.allclose(surface.known_minimum, (0.0, 5.0))
    assert surface.domain.contains(*experiment.descent.start)
    assert all(run.hyperparameters["learning_rate"] > 0 for run in experiment.runs)


def test_that_the_title_says_what_is_fitted(births):
    assert fit(births, "(age - 18)/10", "bwt/1000").title == "births: bwt/1000 by (age - 18)/10"


def test_that_the_axes_have_the_units(births):
    scene = scene_of(fit(births, "(age - 18)/10", "bwt/1000", {"age": "years", "bwt": "g"}, standardize=False), 9)
    assert scene.w_text == "weight w (kg per 10 years)"
    assert scene.b_text == "bias b (kg at age 18)"
    assert scene.loss_text == "loss (kg²)"
    scene = scene_of(fit(births, "age", "bwt", {"age": "years", "bwt": "g"}, standardize=False), 9)
    assert scene.w_text == "weight w (g per year)"


def test_that_a_unit_in_a_columns_name_is_not_said_twice(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("mother (years);weight (kg)\n19;3,2\n25;2,9\n31;4,1\n", encoding="utf-8")
    data = lv.read_csv(path)
    section = msgspec.structs.replace(proposed(path, data), standardize=False)
    experiment = experiment_for(
        path, data, section.feature, section.label, section.units, section.model, section.loss, False
    )
    scene = scene_of(experiment, 9)
    assert scene.w_text == "weight w (kg per year)"
    assert scene.b_text == "bias b (kg at mother 0)"
    assert scene.surface.data.feature_text == "mother (years)"
    assert scene.surface.data.label_text == "weight (kg)"


# What is refused


@pytest.mark.parametrize(
    ("columns", "choices", "choice", "said"),
    [
        ({"x": [1], "y": [2]}, {}, "", "One row tells no slope; at least two rows are needed."),
        ({"x": [3, 3, 3], "y": [1, 2, 4]}, {}, "feature", "The feature is the same in every row; one that varies"),
        ({"x": [3, 3, 3], "y": [1, 2, 4]}, {"standardize": True}, "feature", "is the same in every row"),
        ({"x": [1, 2, 3], "y": [0, 1, 2]}, {"model": "logistic"}, "label", "It has the values 0, 1, 2; a logistic"),
        ({"x": [1, 2, 3], "y": [1, 1, 1]}, {"model": "logistic"}, "label", "The label is 1 in every row; both 0 and 1"),
        ({"x": [1, 2, 3], "y": [1, 2, 4]}, {"feature": "z"}, "feature", "'z' is not a column; known: x, y"),
        ({"x": [1, 2, 3], "y": [1, 2, 4]}, {"label": "1/(x - 2)"}, "label", "is not finite in data row 2."),
        ({"x": [1, 2, 3], "y": [1, 2, 4]}, {"feature": "1 + 2"}, "feature", "'1 + 2' uses no column."),
        ({"x": [1, 2, 3], "y": [1, 2, 4]}, {"units": {"z": "kg"}}, "", "Units of mine: 'z' is not a column"),
        (
            {"x": [1, 2], "y": [1, 2]},
            {"loss": "cross_entropy"},
            "",
            "The linear model goes with mse, rmse, mae or huber",
        ),
    ],
)
def test_that_choices_that_make_no_experiment_are_refused_by_name(refused, columns, choices, choice, said):
    chosen = {"feature": "x", "label": "y", "units": {}, "model": "linear", "loss": None, "standardize": False}
    with refused(said, ChoiceError) as caught:
        experiment_for("mine.csv", table(**columns), **(chosen | choices))
    assert caught.value.choice == choice
    assert caught.value.surface.feature == (chosen | choices)["feature"]


# What is typed


@pytest.mark.parametrize(
    ("typed", "formula"),
    [
        (" (age − 18)/10 ", "(age - 18)/10"),
        ("age·0,5", "age*0.5"),
        ("age × 2 ÷ 3", "age * 2 / 3"),
        ("`a, 1,5 − b` − 1,5", "`a, 1,5 − b` - 1.5"),
        ("a − 1,5", "a − 1,5"),
    ],
)
def test_that_signs_and_decimal_commas_of_print_are_understood(typed, formula):
    assert formula_typed(typed, ("age", "a − 1,5", "a, 1,5 − b")) == formula
    # an error points into what was typed
    assert len(formula) == len(typed.strip())
