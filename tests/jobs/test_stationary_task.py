"""Stationary points and random starts as tasks."""

import numpy as np

import lossviz as lv
from lossviz.experiment import parse
from lossviz.jobs.messages import FindStationary
from lossviz.jobs.tasks import Memory, perform, scene_of
from lossviz.landscape.work import completed

TEXT = """
format = 1
[surface]
function = "himmelblau"
[descent]
start = [1.0, 1.0]
steps = 50
random_starts = 20
random_seed = 3
[[runs]]
learning_rate = 0.01
[[runs]]
learning_rate = 0.01
random_starts = 0
"""


def test_that_a_scene_made_at_once_has_its_stationary_points() -> None:
    scene = scene_of(parse(TEXT), 17)
    assert scene.stationary is not None
    assert [point.kind for point in scene.stationary].count("minimum") == 4
    assert scene.best is not None
    assert scene.best[2] < 1e-20


def test_that_points_that_are_found_are_remembered() -> None:
    memory, experiment = Memory(), parse(TEXT)
    first = completed(perform(FindStationary(1, experiment.surface), memory))
    assert completed(perform(FindStationary(2, experiment.surface), memory)) is first
    assert memory.stationary.made == 1


def test_that_random_starts_lie_all_over_the_domain_and_are_the_same_again() -> None:
    first, second = (scene_of(parse(TEXT), 17).descents[0].crowd for _ in range(2))
    assert first is not None
    assert second is not None
    starts = first.path[0]
    assert starts.shape == (2, 20)
    assert np.array_equal(starts, second.path[0])
    domain = lv.surface("himmelblau").domain
    assert np.all(domain.contains(*starts))
    assert np.all(np.ptp(starts, axis=1) > 0.7 * np.array(domain.width))


def test_that_another_seed_draws_other_starts() -> None:
    first = scene_of(parse(TEXT), 17).descents[0].crowd
    other = scene_of(parse(TEXT.replace("random_seed = 3", "random_seed = 4")), 17).descents[0].crowd
    assert first is not None
    assert other is not None
    assert not np.any(first.path[0] == other.path[0])


def test_that_a_run_may_go_without_random_starts() -> None:
    assert scene_of(parse(TEXT), 17).descents[1].crowd is None


def test_that_random_starts_leave_the_run_itself_as_it_was() -> None:
    memory = Memory()
    with_crowd = scene_of(parse(TEXT), 17, memory).descents[0].trajectory
    without = (
        scene_of(parse(TEXT.replace("random_starts = 20", "random_starts = 0")), 17, memory).descents[0].trajectory
    )
    assert without is with_crowd
