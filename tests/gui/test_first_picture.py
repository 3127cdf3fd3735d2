"""The first picture is painted without what it does not need."""

import subprocess
import sys

import pytest

START = """
import sys
from lossviz.gui import app, backend, main_window, theme
from lossviz.experiment import load
from lossviz.jobs.messages import ComputeScene
from lossviz.jobs.tasks import Memory, compute_scene
from lossviz.landscape.work import completed
from lossviz.scene.frame import frame_of_step
from lossviz.scene.loss_range import loss_range
scene = completed(compute_scene(ComputeScene(1, load(app.DEFAULT), draft=True), Memory()))
assert loss_range(frame_of_step(scene, 0.0), False)
print(*sys.modules)
"""


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules that are loaded when the first picture can be painted."""
    return set(subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize(
    "module",
    [
        "numpy.ma",
        "lossviz.gui.autosave",
        "lossviz.gui.furniture",
        "lossviz.views.memory_marks",
        "lossviz.views.step_arrows",
        "lossviz.scene.ends",
        "lossviz.experiment.from_table",
        "lossviz.diagnosis.stationary",
        "lossviz.descent.strides",
        "lossviz.rules.formula_reading",
        "lossviz.rules.schedules.base",
        "lossviz.landscape.by_sample",
        "lossviz.landscape.calculus",
    ],
)
def test_that_the_first_picture_does_not_wait_for(module: str, loaded: set[str]) -> None:
    assert "lossviz.views.map_view" in loaded
    assert module not in loaded
