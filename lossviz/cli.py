"""The command line: pictures, numbers and lists, without a window."""

import argparse
import csv
import io
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

if TYPE_CHECKING:
    from lossviz.experiment import Experiment
    from lossviz.scene.scene import Descent, Scene

FAILED, WRONG = 1, 2
INPUT, LARGEST_INPUT = "the standard input", 64 * 2**20
RESOLUTION = 193
"""Points of a picture's grid an axis: as in the window."""
OF_PICTURES = ("view", "size", "fps", "seconds", "at", "theme", "first", "last", "caption")
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
    names = commands.add_parser("list", help="what there is by name")
    names.add_argument("what", choices=("surfaces", "optimizers", "datasets", "experiments"))
    commands.add_parser("doctor", help="what works here, and what to install")
    return top


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; give the exit code: 0 done, 1 the work failed, 2 the request is wrong."""
    # a terminal that lacks a letter shows another one
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    chosen = parser().parse_args(arguments)
    actions = {"render": _render, "run": _run, "list": _list, "doctor": _doctor}
    try:
        code = actions[chosen.command](chosen)
        # now, not at the end of the process, where nothing could be said about it
        print(end="", flush=True)
        return code
    except (ValueError, TypeError) as error:
        return _said(str(error), WRONG)
    except KeyboardInterrupt:
        return _said("interrupted; nothing was written.", FAILED)
    except BrokenPipeError:
        # whoever read the output has enough of it
        _drop_output()
        return FAILED
    except (OSError, RuntimeError, MemoryError) as error:
        _drop_output()
        return _said(_reason(error), FAILED)


def _drop_output() -> None:
    """Let what is still to be written go nowhere, if it can't be written: Python tries again when it ends."""
    try:
        print(end="", flush=True)
    except OSError:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _reason(error: OSError | RuntimeError | MemoryError) -> str:
    """Give a sentence; what the system says itself has a number before it and no full stop."""
    if isinstance(error, MemoryError):
        return "there is not enough memory for this."
    if isinstance(error, OSError) and len(error.args) > 1:
        return f"{error.filename or 'the output'}: {error.strerror}."
    return str(error)


def _said(sentence: str, code: int) -> int:
    print(f"lossviz: {' '.join(sentence.split())}", file=sys.stderr)
    return code


def _experiment(file: str) -> "Experiment":
    """Read the experiment that is asked for; - is the standard input."""
    from lossviz.experiment import ExperimentError, load, parse
    from lossviz.landscape.grid_file import SUFFIXES

    if Path(file).suffix.lower() in SUFFIXES:
        return _race_on(file)
    if file != "-":
        return load(file)
    if sys.stdin is None:
        raise ExperimentError(f"{INPUT}: expected an experiment, found nothing.")
    raw = sys.stdin.buffer.read(LARGEST_INPUT + 1)
    if len(raw) > LARGEST_INPUT:
        raise ExperimentError(f"{INPUT}: expected an experiment, at most {LARGEST_INPUT >> 20} MiB of TOML.")
    try:
        return parse(raw.decode("utf-8-sig"), INPUT)
    except UnicodeDecodeError:
        raise ExperimentError(f"{INPUT}: expected text in UTF-8.") from None


def _race_on(file: str) -> "Experiment":
    """Make an experiment on a grid of losses, as the window does."""
    from lossviz.experiment import SurfaceSection
    from lossviz.jobs.messages import ProposeRace
    from lossviz.jobs.tasks import Memory, perform
    from lossviz.landscape.work import completed

    work = perform(ProposeRace(0, SurfaceSection(grid=os.path.abspath(file))), Memory())
    return cast("Experiment", completed(work))


def _computing(file: str, experiment: "Experiment", resolution: int) -> "Iterator[float | Scene]":
    """Compute an experiment bit by bit, the scene last; what is wrong with it is said with the file's name."""
    from lossviz.experiment import ExperimentError
    from lossviz.jobs.messages import ComputeScene
    from lossviz.jobs.tasks import Memory, compute_whole

    try:
        yield (yield from compute_whole(ComputeScene(0, experiment, resolution), Memory()))
    except ExperimentError as error:
        raise ExperimentError(f"{INPUT if file == '-' else Path(file).name}: {error}") from None


def _scene_of(file: str, resolution: int) -> "Scene":
    """Compute the experiment that is asked for."""
    *_, computed = _computing(file, _experiment(file), resolution)
    return cast("Scene", computed)


def _render(chosen: argparse.Namespace) -> int:
    from lossviz.export.interrupts import InterruptsBetweenFrames
    from lossviz.numerals import use_decimal_sign

    use_decimal_sign("," if chosen.decimal == "comma" else ".")
    # before interrupts are kept: they must end the wait for an input too
    experiment = _experiment(chosen.file)
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
        for computed in _computing(chosen.file, experiment, RESOLUTION):  # noqa: B007 - the last one is the scene
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


def _run(chosen: argparse.Namespace) -> int:
    scene = _scene_of(chosen.file, resolution=2)
    if chosen.csv:
        _write_rows(scene, Path(chosen.csv))
        print(f"{chosen.csv}: {sum(d.trajectory.steps + 1 for d in scene.descents)} rows")
        return 0
    facts = _facts(scene)
    if chosen.json:
        escaped = (getattr(sys.stdout, "encoding", None) or "utf-8").lower() != "utf-8"
        print(json.dumps(facts, indent=2, ensure_ascii=escaped, allow_nan=False))
        return 0
    print(facts["title"] or chosen.file)
    surface = facts["surface"]
    fitted = surface["model"] is not None
    if fitted:
        print(f"{surface['loss']} of {surface['model']} over {surface['samples']:,} samples")
    else:
        print(f"L({', '.join(scene.symbols)}) = {surface['formula']}" if surface["formula"] else surface["loss"])
    best = facts["minimum"]
    if best:
        print(f"minimum      {_point(best, scene.symbols)}")
        if fitted:
            print(f"             in the columns' units: {_line(best['original_units'])}")
    for run in facts["runs"]:
        print(f"\n{run['label']} ({run['optimizer']}, {run['steps']} steps): {run['outcome']}")
        print(f"  end        {'off the surface' if run['outcome'] == 'left' else _point(run['end'], scene.symbols)}")
        if fitted:
            print(f"             in the columns' units: {_line(run['original_units'])}")
        print(f"  verdict    {run['verdict']}")
        print(f"             {run['numbers']}")
        if run["destination"]:
            print(f"  ended      {run['destination']['text']}")
        if run["random_starts"]:
            print(f"  random     {run['random_starts']}")
        if run["advice"]:
            print(f"  advice     {run['advice']}")
    return 0


def _point(at: dict[str, float] | None, symbols: tuple[str, str]) -> str:
    if at is None:
        return "beyond all numbers"
    first, second = symbols
    return f"{first} {at['w']:.10g}, {second} {at['b']:.10g}, loss {at['loss']:.8g}"


def _line(line: dict[str, float] | None) -> str:
    return f"slope {line['slope']:.8g}, intercept {line['intercept']:.8g}" if line else "none"


def _facts(scene: "Scene") -> dict[str, Any]:
    """Give all numbers of a scene as plain data; what is not finite becomes null, as JSON has no NaN."""
    import math

    from lossviz.scene.ends import crowd_text, destination_at
    from lossviz.scene.frame import frame_of_step

    surface, fit = scene.surface, scene.fit

    def point(w: float, b: float, loss: float) -> dict[str, float] | None:
        values = {"w": float(w), "b": float(b), "loss": float(loss)}
        return values if all(math.isfinite(v) for v in values.values()) else None

    def original(w: float, b: float) -> dict[str, float] | None:
        if fit is None:
            return None
        slope, intercept = fit.data.in_columns(float(w), float(b))
        return {"slope": slope, "intercept": intercept} if math.isfinite(slope) and math.isfinite(intercept) else None

    last = frame_of_step(scene, float(scene.steps))

    def ended(descent: "Descent") -> dict[str, Any] | None:
        """Tell in which minimum a run has ended."""
        end = destination_at(last, descent)
        if end is None or end.point is None:
            return None
        above = end.above_best if math.isfinite(end.above_best) else None
        return {
            "kind": end.kind,
            "text": end.text,
            "at": point(*end.point.position, end.point.loss),
            "above_best": above,
        }

    minimum = scene.minimum
    runs = []
    for descent in scene.descents:
        t = descent.trajectory
        verdict = t.verdict
        runs.append(
            {
                "label": descent.label,
                "optimizer": descent.optimizer,
                "hyperparameters": {k: float(v) for k, v in t.rule.values.items()},
                "steps": t.steps,
                "end": point(t.path[-1, 0], t.path[-1, 1], t.losses[-1]),
                "original_units": original(t.path[-1, 0], t.path[-1, 1]),
                "outcome": verdict.outcome,
                "destination": ended(descent),
                "cause": verdict.cause,
                "advice": verdict.advice,
                "random_starts": crowd_text(last, descent) or None,
                "verdict": verdict.text.plain,
                "numbers": verdict.text.numbers,
                "formula": verdict.text.formula,
                "overshoots": len(t.overshoots),
                "zigzags": len(t.zigzags),
                "uphill": len(t.uphill),
            }
        )
    return {
        "title": scene.experiment.title,
        "surface": {
            "loss": surface.title,
            "formula": surface.formula,
            "model": f"a {fit.model.title}" if fit else None,
            "samples": surface.samples,
            "feature": fit.data.feature if fit else None,
            "label": fit.data.label if fit else None,
        },
        "minimum": (point(*minimum) or {}) | {"original_units": original(*minimum[:2])} if minimum else None,
        "runs": runs,
    }


def _write_rows(scene: "Scene", path: Path) -> None:
    """Write one line a row of a run: run, step, w, b, loss, gradient."""
    from lossviz.experiment import write_whole

    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("run", "step", "w", "b", "loss", "dloss_dw", "dloss_db"))
    for descent in scene.descents:
        t = descent.trajectory
        for k in range(t.steps + 1):
            numbers = (*t.path[k], t.losses[k], *t.gradients[k])
            writer.writerow((descent.label, k, *(repr(float(number)) for number in numbers)))
    write_whole(path, stream.getvalue())


def _list(chosen: argparse.Namespace) -> int:
    for name, text in _catalogue(chosen.what):
        print(f"{name:<24}{text}".rstrip())
    return 0


def _catalogue(what: str) -> list[tuple[str, str]]:
    from lossviz.experiment import experiments, load
    from lossviz.landscape.datasets import dataset, datasets
    from lossviz.landscape.functions import catalogue
    from lossviz.landscape.losses import LOSSES
    from lossviz.landscape.models import MODELS
    from lossviz.landscape.pretty import pretty
    from lossviz.rules import CATALOGUE

    if what == "optimizers":
        return [(name, rule.formula.replace("\n", ",  ")) for name, rule in CATALOGUE.items()]
    if what == "datasets":
        made = [(name, dataset(name)) for name in datasets()]
        return [(name, f"{d.title}: {', '.join(d.columns)}") for name, d in made]
    if what == "experiments":
        return [(name, load(name).title) for name in experiments()]
    every = catalogue()
    for problem in every.problems:
        print(problem, file=sys.stderr)
    own = [(d.name, f"{d.title}: {pretty(d.display or d.formula)}") for d in every.definitions]
    return own + [(f"{m.name} {name}", LOSSES[name].formula) for m in MODELS.values() for name in m.losses]


def _doctor(chosen: argparse.Namespace) -> int:
    from lossviz.export.doctor import report

    for what, works, text in report():
        print(f"{'yes' if works else 'NO':<4}{what:<20}{text}")
    return 0
