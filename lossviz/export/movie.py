"""Pictures into files: films and stills, whole or not at all, equal on every run."""

import gc
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np

from lossviz.experiment.picture import KEYWORD, carried_text
from lossviz.export.canvas import Canvas
from lossviz.export.encoders import encoder_for, shared_palette, write_png
from lossviz.export.interrupts import InterruptsBetweenFrames
from lossviz.landscape.work import completed
from lossviz.numerals import counted
from lossviz.scene.frame import frame_at, frame_of_step
from lossviz.scene.scene import Scene
from lossviz.scene.style import Style, mixed, rgb
from lossviz.scene.timeline import HOLD

MOST_FRAMES = 20_000
SAMPLES = 5
"""Frames that the shared palette of a film is made from."""


def is_still(path: Path) -> bool:
    """Tell whether a file of this name holds one picture."""
    return path.suffix.lower() == ".png" and not path.is_dir()


def rendering(
    scene: Scene,
    path: str | Path,
    *,
    view: str = "surface",
    size: tuple[int, int] = (1280, 720),
    fps: float = 25.0,
    seconds: float | None = None,
    at: float | None = None,
    theme: str = "light",
    first: float | None = None,
    last: float | None = None,
    caption: str = "",
) -> Generator[float, None, int]:
    """Write a scene to a file, as a generator that yields its progress (0..1) and returns the number of frames.

    Parameters
    ----------
    scene : Scene
    path : str or Path
        ``.gif``: a film; ``.png``: a still; without a suffix: a folder of numbered PNGs.
    view : str
        One of ``lossviz.views.dashboard.PICTURES``: ``"surface"``, ``"map"``, ..., ``"dashboard"``.
    size : (width, height)
        In pixels.
    fps : float
        Frames a second, above 0.
    seconds : float, optional
        How long the film is, the rest on its last frame included; default: as long as in the window.
    at : float, optional
        The step of a still; default: the last.
    theme : str
        ``"light"``, ``"dark"`` or ``"print"``.
    first, last : float, optional
        The steps between which a film plays; default: all of them.
    caption : str
        A line under the picture, wrapped; "" for none.

    Raises
    ------
    ValueError
        If an argument is not what it must be.
    OSError
        If the file can't be written; nothing is left behind.
    """
    if view == "data" and scene.data is None:
        raise ValueError(f"view: {scene.surface.title} has no data to show; give another view.")
    path = Path(path)
    carried = carried_text(scene.experiment, scene.data.dataset if scene.data else None)
    text = {"Title": scene.experiment.title or "lossviz", KEYWORD: carried}
    if is_still(path):
        if first is not None or last is not None:
            raise ValueError("a range of steps makes a film: give it a .gif, or a folder for numbered PNGs.")
        step = float(scene.steps) if at is None else at
        if not 0.0 <= step <= scene.steps:
            raise ValueError(f"the step must be from 0 to {scene.steps}, not {step:g}.")
        with InterruptsBetweenFrames() as interrupts, Canvas(view, size, theme, caption) as canvas:
            yield 0.0
            pixels = canvas.paint(frame_of_step(scene, step))
            interrupts.check()
            write_png(path, pixels, text)
        return 1
    if at is not None:
        raise ValueError("a single step makes a still: give it a .png.")
    times, hold = schedule(scene, fps, seconds, first, last)
    # Qt's objects must not be collected by the encoder's thread
    collecting = gc.isenabled()
    gc.disable()
    try:
        with InterruptsBetweenFrames() as interrupts, Canvas(view, size, theme, caption) as canvas:
            palette = None
            if path.suffix.lower() == ".gif":
                chosen = [times[round(i * (len(times) - 1) / (SAMPLES - 1))] for i in range(SAMPLES)]
                samples = []
                for t in chosen:
                    interrupts.check()
                    samples.append(canvas.paint(frame_at(scene, t)).copy())
                palette = shared_palette(samples, fixed_colours(canvas.style))
            made = encoder_for(path, size, fps, palette, text, comment=carried)
            with made as encoder, ThreadPoolExecutor(1, "lossviz encoder") as thread:
                waiting: Future[None] | None = None
                for number, t in enumerate(times):
                    pixels = canvas.paint(frame_at(scene, t)).copy()
                    if waiting is not None:
                        waiting.result()
                    waiting = thread.submit(encoder.add, pixels)
                    interrupts.check()
                    yield (number + 1) / len(times)
                if waiting is not None:
                    waiting.result()
                encoder.hold(hold)
    finally:
        if collecting:
            gc.enable()
    return len(times)


def schedule(
    scene: Scene, fps: float, seconds: float | None, first: float | None = None, last: float | None = None
) -> tuple[list[float], float]:
    """Give the moments of a film's frames, the last one being the last step, and how long it rests there.

    Raises
    ------
    ValueError
        If `fps` or `seconds` is not a number above 0, or makes more frames than anyone waits for, or the film would not
        go from one of the steps to a later one.
    """
    if not (np.isfinite(fps) and fps > 0):
        raise ValueError(f"fps must be a number above 0, not {fps:g}.")
    if seconds is not None and not (np.isfinite(seconds) and seconds > 0):
        raise ValueError(f"seconds must be a number above 0, not {seconds:g}.")
    begin = 0.0 if first is None else first
    end = float(scene.steps) if last is None else last
    if not 0.0 <= begin < end <= scene.steps:
        raise ValueError(f"a film goes from a step to a later one, 0 to {scene.steps}, not from {begin:g} to {end:g}.")
    start, stop = scene.timeline.seconds_at(begin), scene.timeline.seconds_at(end)
    duration = stop - start
    hold = HOLD if seconds is None else min(HOLD, 0.15 * seconds)
    playing = duration if seconds is None else seconds - hold
    count = max(2, round(playing * fps))
    if count > MOST_FRAMES:
        raise ValueError(f"the film would have {counted(count)} frames; at most {counted(MOST_FRAMES)} are made.")
    return [start + duration * i / (count - 1) for i in range(count - 1)] + [stop], hold


def fixed_colours(style: Style) -> np.ndarray:
    """Give the colours that a film's palette must hold exactly, as (n, 3) bytes."""
    plain = (style.ground, style.card, style.hairline, style.ink, style.quiet, style.casing, style.contour)
    soft = [mixed(colour, style.card, 0.5) for colour in (style.ink, style.quiet, *style.paths)]
    return np.array([rgb(colour) for colour in dict.fromkeys((*plain, *style.paths, *style.ramp, *soft))], np.uint8)


def render(
    experiment: object,
    path: str | Path,
    view: str = "surface",
    size: tuple[int, int] = (1280, 720),
    fps: float = 25.0,
    *,
    seconds: float | None = None,
    at: float | None = None,
    theme: str = "light",
    first: float | None = None,
    last: float | None = None,
    caption: str = "",
) -> None:
    """Compute an experiment and write its picture or film to a file.

    Parameters
    ----------
    experiment : Experiment
    path, view, size, fps, seconds, at, theme, first, last, caption
        As in ``rendering``.

    Raises
    ------
    ValueError, OSError
        As in ``rendering``, and if the experiment can't be computed.
    """
    from lossviz.experiment import Experiment
    from lossviz.jobs.tasks import scene_of

    if not isinstance(experiment, Experiment):
        raise TypeError(f"render takes an Experiment, as lv.load gives it, not {type(experiment).__name__}.")
    work = rendering(
        scene_of(experiment),
        path,
        view=view,
        size=size,
        fps=fps,
        seconds=seconds,
        at=at,
        theme=theme,
        first=first,
        last=last,
        caption=caption,
    )
    completed(work)
