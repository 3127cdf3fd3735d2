from typing import Any

import msgspec
import pytest

from lossviz.experiment import DescentSection, Experiment, Run, SurfaceSection, change_between, check
from lossviz.gui.condition_edits import for_all, with_conditions, with_steps

DATA = SurfaceSection(data="eight_births", feature="age", label="weight", model="linear", loss="mse")
RUNS = tuple(Run(hyperparameters={"learning_rate": rate}) for rate in (0.1, 0.2, 0.3))


def experiment(*runs: Run, **descent: Any) -> Experiment:
    return Experiment(surface=DATA, descent=DescentSection(start=(0.0, 0.0), **descent), runs=runs or RUNS)


def what_holds(e: Experiment, name: str) -> list[Any]:
    return [getattr(e.settings(run), name) for run in e.runs]


def test_that_a_condition_is_that_of_one_run_and_goes_where_it_equals_that_of_all() -> None:
    before = experiment(batch_size=4)
    after = with_conditions(before, 1, {"batch_size": 2})
    assert what_holds(after, "batch_size") == [4, 2, 4]
    assert [run.batch_size for run in after.runs] == [None, 2, None]
    assert with_conditions(after, 1, {"batch_size": 4}) == before


@pytest.mark.parametrize(
    ("name", "value"),
    [("batch_size", 4), ("schedule", "cosine"), ("clip_norm", 1.0), ("average", 0.5), ("check_seconds", 1.0)],
)
def test_that_a_run_can_do_without_what_all_have_and_the_others_keep_it(name: str, value: object) -> None:
    before = experiment(**{name: value})
    after = check(with_conditions(before, 1, {name: None}))
    assert what_holds(after, name) == [value, None, value]
    change = change_between(before, after)
    assert change.keys == {f"runs[1].{name}"}
    assert change.text.endswith(" of rate 0.2")


def test_that_a_schedule_written_as_a_table_is_the_same_as_its_name() -> None:
    before = experiment(schedule={"name": "cosine"})
    assert with_conditions(before, 0, {"schedule": "cosine"}) == before


def test_that_epochs_and_steps_take_the_place_of_each_other() -> None:
    before = experiment(epochs=3.0, batch_size=2)
    own = with_conditions(before, 0, {"epochs": None, "steps": 12})
    assert what_holds(own, "epochs") == [None, 3.0, 3.0]
    assert own.settings(own.runs[0]).steps == 12
    again = with_conditions(own, 0, {"epochs": 3.0})
    assert again == before
    more = with_conditions(own, 0, {"epochs": 5.0})
    assert (more.runs[0].epochs, more.runs[0].steps) == (5.0, None)


def test_that_a_number_of_steps_is_that_of_all_or_of_the_one_run_that_has_its_own() -> None:
    before = experiment(epochs=3.0)
    assert with_steps(before, 0, 50).descent == msgspec.structs.replace(before.descent, steps=50, epochs=None)
    own = with_conditions(before, 0, {"epochs": 5.0})
    after = with_steps(own, 0, 50)
    assert what_holds(after, "epochs") == [None, 3.0, 3.0]
    assert after.settings(after.runs[0]).steps == 50


def test_that_what_holds_for_one_can_hold_for_all() -> None:
    own = with_conditions(experiment(clip_value=2.0), 1, {"clip_norm": 1.0})
    own = with_conditions(own, 2, {"clip_norm": 3.0, "average": 0.5})
    after = for_all(own, 1, ("clip_value", "clip_norm"))
    assert what_holds(after, "clip_norm") == [1.0, 1.0, 1.0]
    assert what_holds(after, "average") == [None, None, 0.5]
    assert [run.clip_norm for run in after.runs] == [None, None, None]
    assert after.descent.clip_value == 2.0
