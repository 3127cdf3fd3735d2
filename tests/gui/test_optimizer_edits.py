import pytest

from lossviz.experiment import Run
from lossviz.gui.optimizer_edits import twin, with_convention, with_defaults, with_optimizer
from lossviz.rules import CATALOGUE, conventions, rule_class

WAYS = [(name, way) for name in CATALOGUE for way in conventions(name)]


def run(optimizer: str, convention: str = "pytorch", name: str = "", **hyperparameters: float | bool) -> Run:
    return Run(optimizer=optimizer, convention=convention, name=name, hyperparameters=hyperparameters)


def test_that_another_optimizer_keeps_the_rate_and_what_means_the_same_and_loses_the_name() -> None:
    adam = run("adam", name="mine", learning_rate=0.3, beta1=0.5, beta2=0.99, amsgrad=True)
    nadam = with_optimizer(adam, "nadam")
    assert nadam == run("nadam", learning_rate=0.3, beta1=0.5, beta2=0.99)
    assert with_optimizer(adam, "gradient_descent") == run("gradient_descent", learning_rate=0.3)
    assert with_optimizer(adam, "adam") is adam


def test_that_a_rate_of_another_kind_gives_way_to_the_usual_one() -> None:
    plain = run("gradient_descent", learning_rate=0.71)
    newton = with_optimizer(plain, "newton")
    assert newton.rule().learning_rate == CATALOGUE["newton"].params()[0].default == 1.0
    assert with_optimizer(run("newton", learning_rate=0.5), "gradient_descent").hyperparameters == {}


def test_that_what_was_left_at_its_default_is_at_the_default_of_the_other_optimizer() -> None:
    assert with_optimizer(run("gradient_descent"), "adam").hyperparameters == {}


def test_that_the_library_stays_where_it_has_the_other_optimizer() -> None:
    keras = run("adam", "keras", learning_rate=0.1)
    assert with_optimizer(keras, "nadam").way == "keras"
    assert "keras" not in conventions("radam")
    assert with_optimizer(keras, "radam").way == "pytorch"


@pytest.mark.parametrize(("name", "way"), WAYS)
def test_that_each_way_of_each_optimizer_can_be_had_from_each_of_a_few_others(name: str, way: str) -> None:
    for begun in (run("adam", "keras", learning_rate=0.1, epsilon=1e-3), run("newton"), run("rmsprop", alpha=0.8)):
        there = with_optimizer(begun, name)
        assert there.rule().name == name
        assert type(with_convention(there, way).rule()) is rule_class(name, way)
        assert type(with_defaults(there, way).rule()) is rule_class(name, way)


@pytest.mark.parametrize(("name", "way"), WAYS)
def test_that_another_library_changes_no_number_that_both_have_and_defaults_all(name: str, way: str) -> None:
    begun = with_defaults(run(name), conventions(name)[0])
    before, after = begun.rule().values, with_convention(begun, way).rule().values
    assert {key: after[key] for key in after if key in before} == {key: before[key] for key in before if key in after}
    usual = {param.name: param.default for param in rule_class(name, way).params()}
    assert with_defaults(begun, way).rule().values == usual


def test_that_a_number_goes_with_its_other_name() -> None:
    keras = with_convention(run("rmsprop", alpha=0.8, learning_rate=0.1), "keras")
    assert keras.rule().values["rho"] == 0.8
    assert with_convention(keras, "pytorch").rule().values["alpha"] == 0.8


def test_that_a_twin_has_the_same_numbers_and_says_whose_it_is() -> None:
    adam = run("adam", name="mine", learning_rate=0.1, beta1=0.8)
    other = twin(adam, "keras")
    assert other.label == "Adam (Keras) 0.1"
    assert other.rule().values["beta1"] == 0.8
    assert other.rule().values["epsilon"] == adam.rule().values["epsilon"]
    assert twin(other, "pytorch").label == "Adam 0.1"
