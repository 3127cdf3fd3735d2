import msgspec
import pytest

import lossviz as lv
from lossviz.experiment import (
    DescentSection,
    Experiment,
    Run,
    SurfaceSection,
    ViewSection,
    change_between,
    only_drawn,
    only_looks,
    with_looks_of,
)

replace = msgspec.structs.replace
FOUR = lv.load("four-learning-rates")


def with_view(**keys):
    return replace(FOUR, view=replace(FOUR.view, **keys))


def with_surface(**keys):
    return replace(FOUR, surface=replace(FOUR.surface, **keys))


def with_descent(**keys):
    return replace(FOUR, descent=replace(FOUR.descent, **keys))


def with_run(number, **keys):
    runs = list(FOUR.runs)
    runs[number] = replace(runs[number], **keys)
    return replace(FOUR, runs=tuple(runs))


@pytest.mark.parametrize(
    ("after", "text"),
    [
        (replace(FOUR, descent=replace(FOUR.descent, start=(0.0, 1.0))), "start"),
        (replace(FOUR, descent=replace(FOUR.descent, free=("w",))), "lock"),
        (replace(FOUR, descent=replace(FOUR.descent, start=(0.0, 1.0), steps=7)), "start and steps"),
        (with_run(2, hyperparameters={"learning_rate": 0.5}), "learning rate 0.71 → 0.5"),
        (with_run(2, optimizer="adam", hyperparameters={"learning_rate": 0.5}), "optimizer of rate 0.71"),
        (with_run(0, shown=False), "hiding rate 0.012"),
        (replace(FOUR, runs=FOUR.runs[:-1]), "removing rate 0.765"),
        (replace(FOUR, runs=(*FOUR.runs, Run(hyperparameters={"learning_rate": 0.2}))), "adding rate 0.2"),
        (replace(FOUR, runs=(*FOUR.runs, *FOUR.runs[:2])), "adding 2 descents"),
        (replace(FOUR, title="Other"), "title"),
        (replace(FOUR, surface=replace(FOUR.surface, loss="rmse")), "loss"),
        (with_surface(standardize=True, domain=None), "standardising"),
        (with_surface(model="logistic", loss="hinge", domain=None), "model"),
        (with_surface(l2=0.5), "l2 0 → 0.5"),
        (with_surface(domain=None), "domain"),
        (lv.load("logistic"), "loss surface"),
        (with_descent(schedule="cosine"), "schedule cosine"),
        (with_descent(schedule={"name": "step", "gamma": 0.5}), "schedule step"),
        (with_descent(batch_size=32), "batch size 32"),
        (with_descent(batch_size=32, epochs=2.5), "batch size 32 and epochs 2.5"),
        (with_descent(shuffle=False), "shuffle off"),
        (with_descent(clip_global_norm=1.0), "clip global norm 1"),
        (with_descent(precision="float32"), "precision float32"),
        (with_descent(rate_scale=(1.0, 0.5)), "rate scale"),
        (with_run(2, schedule="cosine"), "schedule cosine of rate 0.71"),
        (with_run(2, batch_size=32), "batch size 32 of rate 0.71"),
        (with_view(cost_axis="samples"), "cost axis"),
        (with_view(step_vectors=True), "what the optimizer remembers"),
        (with_view(layout="all"), "layout"),
        (with_view(hide_future=True), "hiding what comes"),
    ],
)
def test_that_an_edit_is_named_by_what_it_changes(after, text):
    assert change_between(FOUR, after).text == text


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ({"schedule": "cosine"}, "no schedule"),
        ({"batch_size": 32}, "all samples at once"),
        ({"epochs": 3.0}, "steps instead of epochs"),
        ({"clip_value": 1.0}, "no clip value"),
    ],
)
def test_that_taking_a_condition_away_is_named_too(keys, text):
    assert change_between(with_descent(**keys), FOUR).text == text
    one = with_run(0, **keys)
    assert change_between(one, FOUR).text == f"{text} of {one.runs[0].label}"


def test_that_the_way_of_another_library_is_named_whatever_its_hyperparameters_are():
    torch, keras = (replace(FOUR, runs=(Run(optimizer="adam", convention=way),)) for way in ("pytorch", "keras"))
    change = change_between(torch, keras)
    assert (change.text, change.keys) == ("Keras's way of Adam", {"runs[0].convention"})


def test_that_two_edits_of_one_knob_have_one_key_and_those_of_two_have_not():
    one = change_between(FOUR, with_run(2, hyperparameters={"learning_rate": 0.5}))
    other = change_between(FOUR, with_run(2, hyperparameters={"learning_rate": 0.4}))
    elsewhere = change_between(FOUR, with_run(1, hyperparameters={"learning_rate": 0.4}))
    assert one.keys == other.keys == {"runs[2].learning_rate"}
    assert elsewhere.keys != one.keys


def test_that_looking_from_elsewhere_is_no_edit_and_drawing_otherwise_needs_nothing_computed():
    assert only_looks(FOUR, with_view(azimuth=10.0, selected=1, large="map"))
    assert not only_looks(FOUR, with_view(layout="all"))
    assert only_drawn(FOUR, with_view(layout="all", point=(0.0, 1.0), hidden=("map",), loss_axis="log"))
    assert only_drawn(FOUR, with_view(cost_axis="samples", step_vectors=True))
    assert not only_drawn(FOUR, with_view(height="log"))
    assert not only_drawn(FOUR, replace(FOUR, descent=DescentSection(start=(0.0, 0.0))))


def test_that_looks_are_taken_over_and_nothing_else():
    turned = with_view(azimuth=10.0, zoom=2.0, layout="all")
    seen = with_looks_of(FOUR, turned)
    assert seen.view == replace(FOUR.view, azimuth=10.0, zoom=2.0)
    assert replace(seen, view=ViewSection()) == replace(FOUR, view=ViewSection())


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ({}, {"steepness": 20.0}, "steepness 20"),
        ({"steepness": 20.0}, {"steepness": 5.0}, "steepness 20 → 5"),
        ({"steepness": 20.0}, {}, "steepness as it was"),
        ({}, {"steepness": 20.0, "valley": 2.0}, "params"),
    ],
)
def test_that_an_edit_of_a_functions_numbers_is_named_by_them(before, after, text):
    descent = DescentSection(start=(0.0, 0.0))
    old, new = (
        Experiment(surface=SurfaceSection(function="rosenbrock", params=params), descent=descent)
        for params in (before, after)
    )
    assert change_between(old, new).text == text
