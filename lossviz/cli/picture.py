"""lossviz render: a picture or a film of an experiment."""

import argparse
import sys
from pathlib import Path
from typing import Any

from lossviz.cli.reading import computing, experiment_asked_for

RESOLUTION = 193
"""Points of a picture's grid an axis: as in the window."""
OF_PICTURES = ("view", "size", "fps", "seconds", "at", "theme", "first", "last", "caption")


def render(chosen: argparse.Namespace) -> int:
    """Write what was asked for, and say what was written."""
    from lossviz.export.interrupts import InterruptsBetweenFrames
    from lossviz.numerals import use_decimal_sign

    use_decimal_sign("," if chosen.decimal == "comma" else ".")
    # before interrupts are kept: they must end the wait for an input too
    experiment = experiment_asked_for(chosen.file)
    # from here on: an interrupt while Qt is loaded would be lost
    with InterruptsBetweenFrames() as interrupts:
        out = Path(chosen.out)
        if out.suffix and out.suffix.lower() not in (".gif", ".png"):
            raise ValueError(f"'{out.suffix}' can't be written; give a .gif, a .png, or a folder for numbered PNGs.")
        from lossviz.export.movie import rendering
        from lossviz.landscape.naming import unknown
        from lossviz.views.dashboard import PICTURES

        if chosen.view not in PICTURES:
            raise ValueError(f"view: {unknown('a view', chosen.view, PICTURES)}")
        computed: Any = None
        for computed in computing(chosen.file, experiment, RESOLUTION):  # noqa: B007 - the last one is the scene
            interrupts.check()
        work = rendering(computed, out, **{name: getattr(chosen, name) for name in OF_PICTURES})
        shown = sys.stderr.isatty() and not chosen.progress
        told = -1
        try:
            while True:
                part = next(work)
                interrupts.check()
                if shown:
                    print(f"\r{out.name}: {100 * part:.0f} %", end="", file=sys.stderr, flush=True)
                if chosen.progress and int(100 * part) > told:
                    told = int(100 * part)
                    print(f"progress {told / 100:.2f}", flush=True)
        except StopIteration as done:
            frames = f"{done.value} frames" if done.value > 1 else "1 picture"
        finally:
            work.close()
            if shown:
                print("\r\x1b[K", end="", file=sys.stderr)
    print(f"{out}: {frames}, {chosen.size[0]}x{chosen.size[1]}")
    return 0
