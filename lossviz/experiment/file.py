"""Experiments as TOML: read, checked and written."""

import errno
import os
import re
import shutil
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from lossviz.descent import StopRule, checked_steps
from lossviz.experiment.sections import (
    CARDS,
    CONTROLS,
    FORMAT,
    LAYOUTS,
    MOST_RANDOM_STARTS,
    SOURCES,
    DescentSection,
    DomainSection,
    Experiment,
    ExperimentError,
    Pair,
    Run,
    SurfaceSection,
    ViewSection,
)
from lossviz.landscape.class_weights import checked_class_weight
from lossviz.landscape.datasets import datasets
from lossviz.landscape.domain import FARTHEST, Domain
from lossviz.landscape.grid_file import SUFFIXES
from lossviz.landscape.losses import LOSSES
from lossviz.landscape.models import MODELS
from lossviz.landscape.naming import unknown
from lossviz.landscape.penalty import checked_penalty
from lossviz.landscape.randomness import LARGEST_SEED
from lossviz.landscape.work import completed
from lossviz.numerals import short
from lossviz.resources import resource, shipped

SUFFIX = ".lossviz.toml"
MOST_LEVELS_UP = 3
"""Folders that the path of data goes up from the experiment's; data farther away are named by their absolute path."""
_OF_RUN = tuple(name for name in Run.__struct_fields__ if name != "hyperparameters")


def experiments() -> tuple[str, ...]:
    """Name the shipped experiments."""
    return shipped("experiments", SUFFIX)


@cache
def titles() -> dict[str, str]:
    """Give the titles of the shipped experiments by name, without checking the rest of them."""
    files = {name: resource("experiments", f"{name}{SUFFIX}") for name in experiments()}
    return {name: tomllib.loads(file.read_text(encoding="utf-8"))["title"] for name, file in files.items()}


def load(path: str | Path) -> Experiment:
    """Read an experiment from a file or from a picture that carries one, or a shipped one by its name.

    Parameters
    ----------
    path : str or Path
        A TOML file, a PNG or GIF that lossviz wrote, or one of ``experiments()``.

    Raises
    ------
    ExperimentError
        If it is not a valid experiment; the sentence names file, key and what was expected.
    OSError
        If it can't be read.
    """
    file = Path(path)
    if str(path) in experiments() and not file.is_file():
        file = resource("experiments", f"{path}{SUFFIX}")
    if not file.exists():
        near = unknown("a file or a shipped experiment", path, experiments())
        raise ExperimentError(near)
    if file.is_dir():
        raise ExperimentError(f"{path}: expected a file, found a folder.")
    if file.suffix.lower() in (".png", ".gif"):
        from lossviz.experiment.picture import experiment_in_picture

        carried = experiment_in_picture(file)
        if carried is None:
            raise ExperimentError(f"{file.name}: this picture carries no experiment; those that lossviz writes do.")
        return carried
    if file.suffix.lower() in (".csv", ".tsv", ".txt"):
        raise ExperimentError(
            f"{file.name} is a table of data; open it with: lossviz {file.name}, "
            f"or name it in an experiment as path = '{file.name}'."
        )
    if file.suffix.lower() in SUFFIXES:
        raise ExperimentError(
            f"{file.name} is a grid of losses; open it with: lossviz {file.name}, "
            f"or name it in an experiment as grid = '{file.name}'."
        )
    if file.stat().st_size > 64 * 2**20:
        raise ExperimentError(f"{file.name}: expected an experiment, at most 64 MiB of TOML.")
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ExperimentError(f"{file.name}: expected a text file in UTF-8.") from None
    return parse(text, file.name, file.resolve().parent)


def parse(text: str, name: str = "experiment", folder: Path | None = None) -> Experiment:
    """Read an experiment from TOML text.

    Parameters
    ----------
    text : str
    name : str
        What errors call it.
    folder : Path, optional
        What a relative `path` of the data is relative to; default: the working directory.
    """
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ExperimentError(f"{name}: not valid TOML: {error}.") from None
    try:
        return _converted(raw, folder or Path.cwd())
    except msgspec.ValidationError as error:
        raise ExperimentError(f"{name}: {_in_words(str(error), raw)}") from None
    except (ValueError, TypeError) as error:
        raise ExperimentError(f"{name}: {error}") from None


def _converted(raw: dict[str, Any], folder: Path) -> Experiment:
    found = raw.get("format", FORMAT)
    if isinstance(found, int) and found > FORMAT:
        raise ExperimentError(f"format: {found} is of a newer lossviz; this one reads up to format {FORMAT}.")
    if found != FORMAT or isinstance(found, bool):
        raise ExperimentError(f"format: expected {FORMAT}, found {found!r}.")
    raw = dict(raw)
    runs = raw.get("runs", [])
    if isinstance(runs, list):
        raw["runs"] = [_nested(run, f"runs[{i}]") if isinstance(run, dict) else run for i, run in enumerate(runs)]
    experiment = msgspec.convert(raw, Experiment)
    file = experiment.surface.file
    if file is not None:
        key = "path" if experiment.surface.path is not None else "grid"
        surface = msgspec.structs.replace(experiment.surface, **{key: os.path.normpath(folder / file)})
        experiment = msgspec.structs.replace(experiment, surface=surface)
    return check(experiment)


def _nested(run: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Put a run's hyperparameters, which stand beside its other keys in the file, into a table of their own."""
    own = {key: value for key, value in run.items() if key in _OF_RUN}
    for key, value in run.items():
        if key not in _OF_RUN and not isinstance(value, (bool, int, float)):
            raise ExperimentError(f"{where}.{key}: expected a number or true or false, found {value!r}.")
    return own | {"hyperparameters": {key: value for key, value in run.items() if key not in _OF_RUN}}


_CHOICES = {
    "height": ("linear", "log", "rank"),
    "loss_axis": ("linear", "log"),
    "step_axis": ("linear", "log"),
    "layout": LAYOUTS,
}
_CAMERA = (
    ("azimuth", -360.0, 360.0),
    ("elevation", 5.0, 90.0),
    ("zoom", 0.2, 5.0),
    ("pan_x", -3.0, 3.0),
    ("pan_y", -3.0, 3.0),
)
_KINDS = {"data": "a dataset", "model": "a model", "loss": "a loss"}


def check(experiment: Experiment) -> Experiment:
    """Give the experiment back if its values make sense together, else raise ExperimentError."""
    e = experiment
    # before anything is made on it
    if e.surface.domain:
        _sentence("surface.domain", Domain, e.surface.domain.w, e.surface.domain.b)
    _check_source(e.surface)
    for name, known in (("data", datasets()), ("model", tuple(MODELS)), ("loss", tuple(LOSSES))):
        given = getattr(e.surface, name)
        if name == "data" and str(given).lower().endswith((".csv", ".txt", ".tsv")):
            raise ExperimentError(f"surface.data: expected a shipped dataset; a file is named by path = '{given}'.")
        if given is not None and given not in known:
            raise ExperimentError(f"surface.{name}: {unknown(_KINDS[name], given, known)}")
    _sentence("surface", checked_penalty, e.surface.l1, e.surface.l2)
    _sentence("surface", checked_class_weight, e.surface.class_weight)
    _check_settings("descent", e.descent)
    for name, known in _CHOICES.items():
        given = getattr(e.view, name)
        if given not in known:
            raise ExperimentError(f"view.{name}: expected {', '.join(known[:-1])} or {known[-1]}, found '{given}'.")
    if e.view.large and e.view.large not in CARDS:
        raise ExperimentError(f"view.large: {unknown('a card', e.view.large, CARDS)}")
    for name in e.view.hidden:
        if name not in (*CARDS, *CONTROLS):
            raise ExperimentError(f"view.hidden: {unknown('a card or a control', name, (*CARDS, *CONTROLS))}")
    if e.view.point is not None:
        _check_place("view.point", e.view.point)
    if e.view.selected < 0:
        raise ExperimentError(f"view.selected: expected the number of a run, counted from 0, found {e.view.selected}.")
    for name, low, high in _CAMERA:
        value = getattr(e.view, name)
        if not low <= value <= high:
            raise ExperimentError(f"view.{name}: expected a number from {low:g} to {high:g}, found {value:g}.")
    for number, run in enumerate(e.runs):
        where = f"runs[{number}]"
        _sentence(where, run.rule)
        _check_settings(where, e.settings(run))
    return e


def _check_source(surface: SurfaceSection) -> None:
    """See that a surface is made of one thing, and has the keys that go with it."""
    if not surface.source:
        found = " and ".join(name for name in SOURCES if getattr(surface, name) is not None) or "none"
        every = f"{', '.join(SOURCES[:-1])} and {SOURCES[-1]}"
        raise ExperimentError(f"surface: expected exactly one of {every}, found {found}.")
    if surface.fitted:
        if surface.feature and surface.features is not None:
            raise ExperimentError("surface: expected feature or features, found both.")
        for name in ("label",) if surface.features is not None else ("feature", "label"):
            if not getattr(surface, name):
                raise ExperimentError(f"surface.{name}: missing; it is required with {surface.source}.")
        if surface.params:
            raise ExperimentError("surface.params: only a function or a formula has some.")
        return
    default = SurfaceSection()
    for name in SurfaceSection.__struct_fields__:
        allowed = {"domain", surface.source} | ({"sha256"} if surface.source == "grid" else {"params"})
        if name not in allowed and getattr(surface, name) != getattr(default, name):
            raise ExperimentError(f"surface.{name}: it goes with data, not with a {surface.source}.")
    if surface.source != "grid":
        # they are made in a few milliseconds, and remembered
        completed(surface.building())


def _check_settings(where: str, settings: DescentSection) -> None:
    _check_place(f"{where}.start", settings.start)
    _sentence(f"{where}.steps", checked_steps, settings.steps)
    stop = (settings.tolerance, settings.loss_below, settings.loss_change, settings.check_every)
    _sentence(where, StopRule, *stop)
    for name, most in (("random_starts", MOST_RANDOM_STARTS), ("random_seed", LARGEST_SEED)):
        if not 0 <= getattr(settings, name) <= most:
            found = getattr(settings, name)
            raise ExperimentError(f"{where}.{name}: expected a whole number from 0 to {most}, found {found}.")
    if settings.free is not None and (not settings.free or not set(settings.free) <= {"w", "b"}):
        raise ExperimentError(f"{where}.free: expected some of 'w' and 'b', found {list(settings.free)}.")


def _check_place(where: str, place: Pair) -> None:
    if not all(abs(value) <= FARTHEST for value in place):
        raise ExperimentError(f"{where}: expected two numbers within ±{short(FARTHEST)}, found {list(place)}.")


def _sentence(where: str, function: Any, *arguments: Any) -> None:
    try:
        function(*arguments)
    except (ValueError, TypeError) as error:
        raise ExperimentError(f"{where}: {error}") from None


def _in_words(message: str, raw: Mapping[str, Any]) -> str:
    """Turn msgspec's message into a sentence that starts with the key."""
    text, _, place = message.partition(" - at ")
    key = place.strip("`").removeprefix("$").removeprefix(".").replace("hyperparameters[...]", "hyperparameter")
    field = re.search(r"field `([^`]*)`", text)
    if field and "unknown" in text:
        section = {"surface": SurfaceSection, "descent": DescentSection, "view": ViewSection, "": Experiment}.get(key)
        known = section.__struct_fields__ if section else DomainSection.__struct_fields__
        return f"{key + '.' if key else ''}{field[1]}: unknown key: {unknown('a key here', field[1], known)}"
    if field:
        return f"{key + '.' if key else ''}{field[1]}: missing; it is required."
    words = {"`float`": "a number", "`int`": "a whole number", "`str`": "a text", "`bool`": "true or false"}
    words |= {"`array`": "a list", "`object`": "a table", "`null`": "nothing", " | ": " or "}
    for code, word in words.items():
        text = text.replace(code, word)
    text = re.sub(r"`([^`]*)`", r"\1", text).replace(" or null", "").replace("|null", "")
    text = text.replace("float", "number").replace("int", "whole number").replace("bool", "true or false")
    return f"{key or 'file'}: {text[:1].lower()}{text[1:]}."


def dumps(experiment: Experiment, folder: Path | None = None) -> str:
    """Write an experiment as TOML text; the path of its data becomes relative to `folder` where that is near."""
    import tomli_w

    raw: dict[str, Any] = {"format": FORMAT} | msgspec.to_builtins(experiment)
    for key in ("path", "grid"):
        if folder and raw["surface"].get(key):
            raw["surface"][key] = _seen_from(folder, raw["surface"][key])
    runs = [run | run.pop("hyperparameters", {}) for run in raw.pop("runs", [])]
    view = raw.pop("view", None)
    parts = [tomli_w.dumps(raw)]
    parts += ["[[runs]]\n" + tomli_w.dumps({"optimizer": "gradient_descent"} | run) for run in runs]
    parts += [tomli_w.dumps({"view": view})] if view else []
    # tomli-w breaks every list over lines; pairs of numbers read better on one
    return re.sub(r"\[\n\s+([-+.\w,\s]*?),?\n\]", lambda m: f"[{' '.join(m[1].split())}]", "\n".join(parts))


def _seen_from(folder: Path, path: str) -> str:
    """Give a file's path relative to a folder, if both may well be moved together: not too far up, nor by the root."""
    try:
        relative = Path(os.path.relpath(path, folder))
    except ValueError:
        # on another drive
        return path
    up = relative.parts.count("..")
    return path if up > MOST_LEVELS_UP or up >= len(folder.parts) - 1 else relative.as_posix()


def save(experiment: Experiment, path: str | Path) -> None:
    """Write an experiment to a file, whole or not at all.

    Raises
    ------
    OSError
        If it can't be written; what stood there before stays.
    """
    write_whole(path, dumps(experiment, Path(path).resolve().parent))


def write_whole(path: str | Path, text: str) -> None:
    """Write a text file in UTF-8, whole or not at all.

    Raises
    ------
    OSError
        If it can't be written, in one sentence; what stood there before stays.
    """
    # the file that a link points to is replaced, never the link
    file = Path(path).resolve()
    temporary = file.parent / f".{file.name}-{os.getpid()}-{os.urandom(4).hex()}.part"
    try:
        if file.exists() and not file.is_file():
            raise OSError(errno.EISDIR, "it is not an ordinary file")
        # not tempfile: its files are closed to everybody else, and stay so when they are renamed
        with open(temporary, "x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if file.exists():
            shutil.copymode(file, temporary)
        temporary.replace(file)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise OSError(f"{path} can't be written: {error.strerror or error}.") from None
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
