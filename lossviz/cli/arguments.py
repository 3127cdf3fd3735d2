"""What can be asked for at the command line."""

import argparse
import sys
from collections.abc import Iterator
from typing import NoReturn

WRONG = 2
"""The exit code of a request that is wrong."""
FILE = "an experiment, a picture that carries one, a grid of losses, a shipped name, or - for the standard input"


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and ends with 2."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}", file=sys.stderr)
        sys.exit(WRONG)


class _Views:
    """The views, for the help alone: knowing them loads Qt, during which an interrupt would be lost."""

    def __iter__(self) -> Iterator[str]:
        from lossviz.views.dashboard import PICTURES

        return iter(PICTURES)

    def __contains__(self, name: object) -> bool:
        return True


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"expected a size like 1280x720, found '{text}'")
    return int(width), int(height)


def parser() -> argparse.ArgumentParser:
    """Give the parser of all commands."""
    from lossviz.scene.style import STYLES

    top = _Parser(prog="lossviz", description="Loss surfaces over weight and bias, and the descents that run on them.")
    commands = top.add_subparsers(dest="command", required=True, parser_class=_Parser)
    render = commands.add_parser("render", help="write a picture or a film")
    render.add_argument("file", metavar="FILE", help=FILE)
    render.add_argument("-o", "--out", metavar="OUT", required=True, help=".gif, .png, or a folder for numbered PNGs")
    views = _Views()
    render.add_argument("--view", choices=views, default="surface", metavar="VIEW", help="%(choices)s")
    render.add_argument("--size", type=_size, default=(1280, 720), metavar="1280x720")
    render.add_argument("--fps", type=float, default=25.0, help="frames a second (default 25)")
    render.add_argument("--seconds", type=float, help="length of the film (default: as long as in the window)")
    render.add_argument("--from", type=float, dest="first", metavar="STEP", help="the step a film begins with")
    render.add_argument("--to", type=float, dest="last", metavar="STEP", help="the step a film ends with")
    render.add_argument("--at", type=float, metavar="STEP", help="the step of a still (default: the last)")
    render.add_argument("--caption", default="", metavar="TEXT", help="a line under the picture")
    render.add_argument("--theme", choices=tuple(STYLES), default="light")
    render.add_argument("--decimal", choices=("point", "comma"), default="point", help="decimal sign in the picture")
    render.add_argument("--progress", action="store_true", help="print a line for each per cent: progress 0.37")
    run = commands.add_parser("run", help="the descents, their verdicts and numbers")
    run.add_argument("file", metavar="FILE", help=FILE)
    form = run.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="everything as JSON")
    form.add_argument("--csv", metavar="OUT", help="every row of every run into a file")
    rates = commands.add_parser("rangetest", help="which learning rates are of use to a run")
    rates.add_argument("file", metavar="FILE", help=FILE)
    rates.add_argument("-o", "--out", metavar="OUT", help="its picture: .png, .svg or .pdf")
    rates.add_argument("--run", type=int, metavar="N", help="the run's number, the first is 1 (default: the selected)")
    rates.add_argument("--low", type=float, default=1e-5, help="the first rate (default 1e-5)")
    rates.add_argument("--high", type=float, default=10.0, help="the last rate (default 10)")
    rates.add_argument("--steps", type=int, default=200, help="how many rates, one a step (default 200)")
    rates.add_argument("--json", action="store_true", help="the numbers as JSON")
    rates.add_argument("--size", type=_size, default=(1280, 720), metavar="1280x720")
    rates.add_argument("--theme", choices=tuple(STYLES), default="light")
    rates.add_argument("--decimal", choices=("point", "comma"), default="point", help="decimal sign in the picture")
    names = commands.add_parser("list", help="what there is by name")
    names.add_argument("what", choices=("surfaces", "optimizers", "schedules", "datasets", "experiments"))
    commands.add_parser("doctor", help="what works here, and what to install")
    return top
