"""Experiment: one frozen value that says all that is needed to reproduce a picture; read, checked and written as TOML.

Why it is as it is, against what has to fit later: every section is flat data with defaults, so that undo, autosave, a
child process and a URL can all carry it; a run repeats any key of [descent] to override it (a schedule, a batch size or
a seed will be such keys); the hyperparameters of a run are an open table checked against the rule's Params, so a new
rule needs no change here; [surface] names its data in exactly one way, and a function, formula or grid will be further
ways. What isn't built yet is an unknown key, and unknown keys are refused: a file never means less than it says.
"""

import errno
import math
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
from lossviz.diagnosis.wording import short
from lossviz.landscape.datasets import Dataset, dataset, datasets, read_csv
from lossviz.landscape.domain import Domain
from lossviz.landscape.fit import fit
from lossviz.landscape.fitted import Fit
from lossviz.landscape.losses import LOSSES
from lossviz.landscape.models import MODELS
from lossviz.landscape.naming import unknown
from lossviz.resources import resource, shipped
from lossviz.rules import optimizer
from lossviz.rules.base import Rule

FORMAT = 1
SUFFIX = ".lossviz.toml"
Pair = tuple[float, float]


class ExperimentError(ValueError):
    """An experiment that can't be used: one sentence with file, key and what was expected."""

    def __init__(self, sentence: str) -> None:
        super().__init__(" ".join(sentence.split()))


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class DomainSection(_Section, frozen=True, kw_only=True):
    """The rectangle that is looked at: w = [low, high], b = [low, high]."""

    w: Pair
    b: Pair


class SurfaceSection(_Section, frozen=True, kw_only=True):
    """What is descended: data (shipped), path (a CSV) or columns (embedded); model, loss and domain."""

    data: str | None = None
    path: str | None = None
    sha256: str | None = None
    columns: dict[str, list[float]] | None = None
    feature: str
    label: str
    model: str = "linear"
    loss: str | None = None
    standardize: bool = False
    domain: DomainSection | None = None


class DescentSection(_Section, frozen=True, kw_only=True):
    """What the runs share: where they start, how many steps they make, what moves, when they stop."""

    start: Pair
    steps: int = 200
    free: tuple[str, ...] | None = None
    tolerance: float | None = None
    loss_below: float | None = None
    loss_change: float | None = None
    check_every: int = 1


class ViewSection(_Section, frozen=True, kw_only=True):
    """How it is looked at: the height axis, the layout, the camera of the 3-D view (degrees) and the selected run."""

    height: str = "linear"
    layout: str = "race"
    azimuth: float = -38.0
    elevation: float = 36.0
    zoom: float = 1.0
    selected: int = 0


class Run(_Section, frozen=True, kw_only=True):
    """One descent: an optimizer, its hyperparameters, and what it does otherwise than [descent] says."""

    name: str = ""
    optimizer: str = "gradient_descent"
    hyperparameters: dict[str, float | bool] = {}
    shown: bool = True
    start: Pair | None = None
    steps: int | None = None
    free: tuple[str, ...] | None = None
    tolerance: float | None = None
    loss_below: float | None = None
    loss_change: float | None = None
    check_every: int | None = None

    def rule(self) -> Rule:
        """Give the optimizer of this run."""
        return optimizer(self.optimizer, **self.hyperparameters)

    @property
    def label(self) -> str:
        """The run's name, or its optimizer and learning rate where it has none: ``"rate .71"``, ``"Adam .1"``."""
        if self.name:
            return self.name
        rule = self.rule()
        rate = short(float(rule.learning_rate))
        return f"rate {rate}" if rule.name == "gradient_descent" else f"{rule.title} {rate}"


class Experiment(_Section, frozen=True, kw_only=True):
    """A surface, the runs that descend it, and how they are looked at."""

    format: int = FORMAT
    title: str = ""
    surface: SurfaceSection
    descent: DescentSection
    runs: tuple[Run, ...] = ()
    view: ViewSection = ViewSection()

    def build_surface(self) -> Fit:
        """Make the surface.

        Raises
        ------
        ExperimentError
            If the data lack a column, can't be read, or don't go with model and loss.
        """
        s = self.surface
        domain = Domain(s.domain.w, s.domain.b) if s.domain else None
        try:
            return fit(
                self._dataset(),
                feature=s.feature,
                label=s.label,
                model=s.model,
                loss=s.loss,
                standardize=s.standardize,
                domain=domain,
            )
        except (ValueError, TypeError) as error:
            raise ExperimentError(f"surface: {error}") from None

    def settings(self, run: Run) -> DescentSection:
        """Give [descent] with the run's own overrides."""
        names = [name for name in DescentSection.__struct_fields__ if getattr(run, name) is not None]
        return msgspec.structs.replace(self.descent, **{name: getattr(run, name) for name in names})

    def _dataset(self) -> Dataset:
        s = self.surface
        if s.data is not None:
            return dataset(s.data)
        if s.columns is not None:
            return Dataset("the embedded columns", s.columns)  # type: ignore[arg-type]
        assert s.path is not None
        path = Path(s.path)
        try:
            import hashlib

            if s.sha256 and hashlib.sha256(path.read_bytes()).hexdigest() != s.sha256:
                raise ExperimentError(f"path: {path.name} is not the file it was: its sha256 differs.")
            return read_csv(path)
        except OSError as error:
            raise ExperimentError(f"path: {path} can't be read: {error.strerror or error}.") from None


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
    """Read an experiment from a file, or a shipped one by its name.

    Parameters
    ----------
    path : str or Path
        A TOML file, or one of ``experiments()``.

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
    path = experiment.surface.path
    if path is not None:
        surface = msgspec.structs.replace(experiment.surface, path=str(folder / path))
        experiment = msgspec.structs.replace(experiment, surface=surface)
    return check(experiment)


def _nested(run: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Put a run's hyperparameters, which stand beside its other keys in the file, into a table of their own."""
    own = {key: value for key, value in run.items() if key in _OF_RUN}
    for key, value in run.items():
        if key not in _OF_RUN and not isinstance(value, (bool, int, float)):
            raise ExperimentError(f"{where}.{key}: expected a number or true or false, found {value!r}.")
    return own | {"hyperparameters": {key: value for key, value in run.items() if key not in _OF_RUN}}


_KINDS = {"data": "a dataset", "model": "a model", "loss": "a loss"}


def check(experiment: Experiment) -> Experiment:
    """Give the experiment back if its values make sense together, else raise ExperimentError."""
    e = experiment
    sources = [name for name in ("data", "path", "columns") if getattr(e.surface, name) is not None]
    if len(sources) != 1:
        found = " and ".join(sources) or "none"
        raise ExperimentError(f"surface: expected exactly one of data, path and columns, found {found}.")
    for name, known in (("data", datasets()), ("model", tuple(MODELS)), ("loss", tuple(LOSSES))):
        given = getattr(e.surface, name)
        if given is not None and given not in known:
            raise ExperimentError(f"surface.{name}: {unknown(_KINDS[name], given, known)}")
    if e.surface.domain:
        _sentence("surface.domain", Domain, e.surface.domain.w, e.surface.domain.b)
    _check_settings("descent", e.descent)
    if e.view.height not in ("linear", "log", "rank"):
        raise ExperimentError(f"view.height: expected linear, log or rank, found '{e.view.height}'.")
    if e.view.layout != "race":
        raise ExperimentError(f"view.layout: expected race, found '{e.view.layout}'.")
    if e.view.selected < 0:
        raise ExperimentError(f"view.selected: expected the number of a run, counted from 0, found {e.view.selected}.")
    for name, low, high in (("azimuth", -360.0, 360.0), ("elevation", 5.0, 90.0), ("zoom", 0.2, 5.0)):
        value = getattr(e.view, name)
        if not low <= value <= high:
            raise ExperimentError(f"view.{name}: expected a number from {low:g} to {high:g}, found {value:g}.")
    for number, run in enumerate(e.runs):
        where = f"runs[{number}]"
        _sentence(where, run.rule)
        _check_settings(where, e.settings(run))
    return e


def _check_settings(where: str, settings: DescentSection) -> None:
    if not all(math.isfinite(value) for value in settings.start):
        raise ExperimentError(f"{where}.start: expected two finite numbers, found {list(settings.start)}.")
    _sentence(f"{where}.steps", checked_steps, settings.steps)
    stop = (settings.tolerance, settings.loss_below, settings.loss_change, settings.check_every)
    _sentence(where, StopRule, *stop)
    if settings.free is not None and (not settings.free or not set(settings.free) <= {"w", "b"}):
        raise ExperimentError(f"{where}.free: expected some of 'w' and 'b', found {list(settings.free)}.")


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
    """Write an experiment as TOML text; a data path inside `folder` becomes relative to it."""
    import tomli_w

    raw: dict[str, Any] = {"format": FORMAT} | msgspec.to_builtins(experiment)
    path = raw["surface"].get("path")
    if path and folder and Path(path).is_relative_to(folder):
        raw["surface"]["path"] = Path(path).relative_to(folder).as_posix()
    runs = [run | run.pop("hyperparameters", {}) for run in raw.pop("runs", [])]
    view = raw.pop("view", None)
    parts = [tomli_w.dumps(raw)]
    parts += ["[[runs]]\n" + tomli_w.dumps({"optimizer": "gradient_descent"} | run) for run in runs]
    parts += [tomli_w.dumps({"view": view})] if view else []
    # tomli-w breaks every list over lines; pairs of numbers read better on one
    return re.sub(r"\[\n\s+([-+.\w,\s]*?),?\n\]", lambda m: f"[{' '.join(m[1].split())}]", "\n".join(parts))


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
