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


def test_that_a_film_of_some_steps_begins_and_ends_on_them(tmp_path: Path) -> None:
    scene = scene_of(short_experiment(), 33)
    times, _ = schedule(scene, 25.0, None, 3, 7)
    assert [scene.timeline.step_at(t) for t in (times[0], times[-1])] == [3.0, 7.0]
    assert times == sorted(times)
    assert len(times) == round((scene.timeline.seconds_at(7) - scene.timeline.seconds_at(3)) * 25)
    render(short_experiment(), tmp_path / "film.gif", "map", SIZE, first=3, last=7, seconds=1.0)
    for name, step in (("first.png", 3), ("last.png", 7)):
        render(short_experiment(), tmp_path / name, "map", SIZE, at=step)
    with Image.open(tmp_path / "film.gif") as film:
        for name, number in (("first.png", 0), ("last.png", film.n_frames - 1)):
            film.seek(number)
            with Image.open(tmp_path / name) as still:
                shown, exact = (np.asarray(image.convert("RGB"), dtype=int) for image in (film, still))
            assert np.abs(shown - exact).mean() < 1.5


@pytest.mark.parametrize("name", ["film.gif", "still.png", "frames"])
def test_that_every_picture_carries_what_it_was_made_from(name: str, tmp_path: Path) -> None:
    experiment = short_experiment()
    seconds = None if name == "still.png" else 0.3
    render(experiment, tmp_path / name, "loss", SIZE, seconds=seconds)
    file = tmp_path / name / "frame_00000.png" if name == "frames" else tmp_path / name
    assert lv.load(file) == experiment


@pytest.mark.parametrize("view", ["map", "dashboard"])
def test_that_a_caption_lies_below_all_else(view: str, tmp_path: Path) -> None:
    words = "Every learning rate below the limit arrives; " * 5
    for name, caption in (("with.png", words), ("without.png", "")):
        render(short_experiment(), tmp_path / name, view, (640, 360), at=3, caption=caption)
    with Image.open(tmp_path / "with.png") as one, Image.open(tmp_path / "without.png") as other:
        captioned, plain = (np.asarray(image.convert("RGB"), dtype=int) for image in (one, other))
    # the title stays where it was
    np.testing.assert_array_equal(captioned[:17], plain[:17])
    ground = np.array(rgb(STYLES["light"].ground))
    dark = np.abs(captioned - ground).sum(axis=2) > 200
    lines = np.flatnonzero(dark[-30:].any(axis=1))
    assert lines.size
    # and nothing of it touches an edge
    assert not dark[-3:].any()
    assert not dark[-30:, :5].any()
    assert not dark[-30:, -5:].any()


def test_that_a_caption_without_room_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^the caption is too long for a picture of 320x200: .*\.$"):
        render(short_experiment(), tmp_path / "still.png", "map", SIZE, caption="a word " * 400)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"first": 3.0, "last": 3.0}, "from a step to a later one, 0 to 12, not from 3 to 3"),
        ({"first": 5.0, "last": 3.0}, "from a step to a later one"),
        ({"first": -1.0}, "from a step to a later one"),
        ({"last": 13.0}, "from a step to a later one"),
        ({"first": float("nan")}, "from a step to a later one"),
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


def test_that_a_still_has_no_range_of_steps(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a range of steps makes a film"):
        render(short_experiment(), tmp_path / "still.png", first=3.0)


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
