"""The largest and smallest numbers that an experiment may hold, and what grows of them, in every view and in words."""

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import pytest

from lossviz.experiment import DescentSection, DomainSection, Experiment, Run, SurfaceSection, load
from lossviz.export.canvas import Canvas
from lossviz.jobs.tasks import scene_of
from lossviz.scene.frame import frame_of_step
from lossviz.scene.happening import describe

BIRTHS = load("four-learning-rates").surface
LINEAR = {"mse": BIRTHS, "rmse": msgspec.structs.replace(BIRTHS, loss="rmse")}
LOGISTIC, CLASSES = load("logistic").surface, load("two-classes").surface
FAR = (1e100, -1e100)
MOMENTS = ((0.0, ""), (0.5, ""), (1.0, "rate"), (2.0, "move"), (3.5, ""), (12.0, ""))


def looked_at(surface: SurfaceSection, domain: float | None = None) -> SurfaceSection:
    section = None if domain is None else DomainSection(w=(0.0, domain), b=(0.0, domain))
    return msgspec.structs.replace(surface, domain=section or surface.domain)


def embedded(x: list[float], y: list[float], domain: float | None = None, loss: str = "mse") -> SurfaceSection:
    return looked_at(SurfaceSection(columns={"x": x, "y": y}, feature="x", label="y", loss=loss), domain)


CASES: dict[str, tuple[SurfaceSection, float, dict[str, Any]]] = {
    "the farthest start": (LINEAR["mse"], 0.1, {"start": FAR}),
    "the smallest start": (LINEAR["mse"], 0.1, {"start": (5e-324, 0.0)}),
    "a step beyond the squares": (LINEAR["mse"], 1e154, {"start": FAR}),
    "a step to the largest numbers": (LINEAR["rmse"], 1e307, {"start": FAR}),
    "the largest rate": (LOGISTIC, 1.7e308, {}),
    "the largest rate along one parameter": (LOGISTIC, 1e307, {"free": ("w",)}),
    "the smallest rate": (LOGISTIC, 5e-324, {}),
    "the narrowest domain": (looked_at(LOGISTIC, 1e-100), 1e300, {}),
    "the narrowest domain from afar": (looked_at(LINEAR["mse"], 1e-100), 0.3, {"start": FAR}),
    "the widest domain": (looked_at(LINEAR["rmse"], 1e100), 1e300, {}),
    "the largest data": (embedded([0.0, 1e50, 2e49], [-1e50, 1e50, 0.0]), 1e-98, {"start": FAR}),
    "data whose squares vanish": (embedded([0.0, 1e-160], [0.0, 3e-162], 1e-80), 0.05, {"start": (2e-80, 0.0)}),
    "a function that overflows at once": (SurfaceSection(function="rosenbrock"), 1e300, {"start": (0.0, 0.0)}),
    "the largest losses": (SurfaceSection(formula="1e307*w**2 + b**2"), 0.1, {"start": (1.0, 1.0)}),
    "the smallest losses": (SurfaceSection(formula="1e-310*(w**2 + b**2)"), 0.1, {"start": (1.0, 1.0)}),
    "two features and next to no weights": (CLASSES, 5e-324, {"start": (5e-324, 0.0)}),
    "two features and the largest weights": (CLASSES, 1e300, {"start": FAR}),
    "a line without a rest": (embedded([0.0, 1.0], [0.0, 2.0], 3.0), 0.5, {"steps": 300}),
}
LOOKS: tuple[dict[str, Any], ...] = (
    {"height": "linear", "layout": "race"},
    {"height": "log", "loss_axis": "log", "step_axis": "log", "layout": "line_and_point", "point": FAR},
    {"height": "rank", "loss_axis": "log", "layout": "one_parameter", "hide_future": True},
)


@pytest.fixture(scope="module")
def canvases(qapp: Any) -> Iterator[list[Canvas]]:
    made = [Canvas(view, (480, 320)) for view in ("dashboard", "slice")]
    for canvas in made:
        canvas.__enter__()
    yield made
    for canvas in made:
        canvas.__exit__(None, None, None)


@pytest.mark.parametrize("case", CASES)
def test_that_whatever_may_be_asked_for_is_drawn_in_every_view_and_told(case: str, canvases: list[Canvas]) -> None:
    surface, rate, descent = CASES[case]
    runs = tuple(Run(optimizer=name, hyperparameters={"learning_rate": rate}) for name in ("momentum", "adam"))
    section = msgspec.structs.replace(DescentSection(start=(-2.2, 3.6), steps=12), **descent)
    experiment = Experiment(surface=surface, descent=section, runs=runs)
    for look in LOOKS:
        view = msgspec.structs.replace(experiment.view, **look)
        scene = scene_of(msgspec.structs.replace(experiment, view=view), 17)
        for step, phase in (*MOMENTS, (scene.steps, "")):
            frame = frame_of_step(scene, step, phase)
            for canvas in canvases:
                assert np.ptp(canvas.paint(frame)) > 50
            for level in ("plain", "numbers", "formula"):
                told = describe(frame, level)
                assert told is not None
                assert told.sentence
