import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image

import lossviz as lv
from lossviz.export.movie import render, schedule
from lossviz.jobs.tasks import scene_of
from lossviz.scene.style import STYLES, rgb

SIZE = (320, 200)


@pytest.fixture(autouse=True)
def application(qapp: Any) -> None:
    """Pictures need the one application of the tests."""


def short_experiment(steps: int = 12) -> lv.Experiment:
    experiment = lv.load("four-learning-rates")
    return msgspec.structs.replace(experiment, descent=msgspec.structs.replace(experiment.descent, steps=steps))


def test_that_a_film_ends_on_the_last_step_and_rests_there() -> None:
    scene = scene_of(short_experiment(), 33)
    times, hold = schedule(scene, 25.0, None)
    assert times[0] == 0.0
    assert times[-1] == scene.timeline.duration
    assert hold == 2.0
    assert len(times) == round(scene.timeline.duration * 25)


@pytest.mark.parametrize("seconds", [0.5, 3.0, 10.0])
def test_that_a_film_is_as_long_as_asked_for_the_rest_included(seconds: float, tmp_path: Path) -> None:
    render(short_experiment(), tmp_path / "film.gif", "map", SIZE, seconds=seconds)
    with Image.open(tmp_path / "film.gif") as film:
        assert film.size == SIZE
        total = 0
        for number in range(film.n_frames):
            film.seek(number)
            total += film.info["duration"]
    assert total / 1000 == pytest.approx(seconds, abs=0.05)


def test_that_the_last_frame_of_a_film_is_the_still_of_the_last_step(tmp_path: Path) -> None:
    experiment = short_experiment()
    render(experiment, tmp_path / "film.gif", "map", SIZE, seconds=1.0)
    render(experiment, tmp_path / "still.png", "map", SIZE)
    with Image.open(tmp_path / "film.gif") as film, Image.open(tmp_path / "still.png") as still:
        film.seek(film.n_frames - 1)
        last, exact = (np.asarray(image.convert("RGB"), dtype=int) for image in (film, still))
    # a GIF has 255 colours: the nearest ones
    assert np.abs(last - exact).mean() < 1.5


def test_that_every_path_colour_is_exact_in_a_film(tmp_path: Path) -> None:
    render(short_experiment(), tmp_path / "film.gif", "map", (640, 400), seconds=1.0)
    with Image.open(tmp_path / "film.gif") as film:
        palette = np.asarray(film.getpalette()).reshape(-1, 3).tolist()
    for colour in STYLES["light"].paths:
        assert list(rgb(colour)) in palette


@pytest.mark.parametrize("name", ["film.gif", "still.png"])
def test_that_two_runs_write_equal_bytes(name: str, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        seconds = 1.0 if name.endswith(".gif") else None
        render(short_experiment(), tmp_path / folder / name, "dashboard", SIZE, seconds=seconds)
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_that_a_folder_gets_numbered_pictures(tmp_path: Path) -> None:
    render(short_experiment(), tmp_path / "frames", "loss", SIZE, seconds=0.6, fps=10)
    names = sorted(path.name for path in (tmp_path / "frames").glob("*.png"))
    assert names == [f"frame_{number:05d}.png" for number in range(len(names))]
    assert len(names) >= 5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"fps": 0.0}, "fps"),
        ({"fps": float("nan")}, "fps"),
        ({"seconds": -1.0}, "seconds"),
        ({"seconds": 1e6}, "at most 20,000"),
        ({"at": 3.0}, "still"),
    ],
)
def test_that_a_film_nobody_can_want_is_refused(arguments: dict[str, float], said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said):
        render(short_experiment(), tmp_path / "film.gif", **arguments)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_that_an_interrupt_in_the_middle_leaves_nothing_behind(number: signal.Signals, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "QT_QPA_PLATFORM")}
    command = [
        sys.executable,
        "-m",
        "lossviz",
        "render",
        "four-learning-rates",
        "-o",
        "film.gif",
        "--view",
        "dashboard",
    ]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as process:
        while not list(tmp_path.iterdir()):
            assert process.poll() is None
        process.send_signal(number)
        _, said = process.communicate(timeout=40)
    assert process.returncode == 1
    assert said == "lossviz: interrupted; nothing was written.\n"
    assert list(tmp_path.iterdir()) == []
