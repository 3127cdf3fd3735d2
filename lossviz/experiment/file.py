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

from lossviz.experiment.checking import KEYS_OF_RUN, check, check_key_of_run
from lossviz.experiment.descent_section import DescentSection
from lossviz.experiment.section import ExperimentError
from lossviz.experiment.sections import FORMAT, Experiment, ViewSection
from lossviz.experiment.surface_section import DomainSection, SurfaceSection
from lossviz.landscape.grid_file import SUFFIXES
from lossviz.landscape.naming import unknown
from lossviz.resources import resource, shipped

SUFFIX = ".lossviz.toml"
MOST_LEVELS_UP = 3
"""Folders that the path of data goes up from the experiment's; data farther away are named by their absolute path."""


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
    own = {key: value for key, value in run.items() if key in KEYS_OF_RUN}
    others = {key: value for key, value in run.items() if key not in KEYS_OF_RUN}
    for key, value in others.items():
        if not isinstance(value, (bool, int, float)):
            check_key_of_run(where, key)
            raise ExperimentError(f"{where}.{key}: expected a number or true or false, found {value!r}.")
    return own | {"hyperparameters": others}


_TYPES = {
    "float": "a number",
    "int": "a whole number",
    "str": "a text",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
}


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
    text = re.sub(r"`([^`]*)`", lambda types: _types_in_words(types[1]), text)
    return f"{key or 'file'}: {text[:1].lower()}{text[1:]}."


def _types_in_words(types: str) -> str:
    """Say "a text or a table" for ``str | object | null``: what may be left out can't be written as nothing."""
    found = [name for name in types.split(" | ") if name != "null"]
    # a whole number is a number
    found = [name for name in found if not (name == "int" and "float" in found)]
    return " or ".join(_TYPES.get(name, name) for name in found)


def dumps(experiment: Experiment, folder: Path | None = None) -> str:
    """Write an experiment as TOML text; the path of its data becomes relative to `folder` where that is near."""
    import tomli_w

    raw: dict[str, Any] = {"format": FORMAT} | msgspec.to_builtins(experiment)
    for key in ("path", "grid"):
        if folder and raw["surface"].get(key):
            raw["surface"][key] = _seen_from(folder, raw["surface"][key])
    descent, view = raw.pop("descent"), raw.pop("view", None)
    runs = [run | run.pop("hyperparameters", {}) for run in raw.pop("runs", [])]
    # tomli-w breaks every list over lines; pairs of numbers read better on one
    head = re.sub(r"\[\n\s+([-+.\w,\s]*?),?\n\]", lambda m: f"[{' '.join(m[1].split())}]", tomli_w.dumps(raw))
    parts = [head, "[descent]\n" + _lines(descent)]
    parts += ["[[runs]]\n" + _lines({"optimizer": "gradient_descent"} | run) for run in runs]
    parts += ["[view]\n" + _lines(view)] if view else []
    return "\n".join(parts)


def _lines(table: Mapping[str, Any]) -> str:
    """Write the keys of a table, each on a line of its own with all that it holds."""
    return "".join(f"{_pair(name, value)}\n" for name, value in table.items())


def _pair(name: str, value: Any) -> str:
    import tomli_w

    key = tomli_w.dumps({name: 0}).rpartition(" = ")[0]
    return f"{key} = {_on_one_line(value)}"


def _on_one_line(value: Any) -> str:
    import tomli_w

    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_on_one_line, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(_pair(name, inner) for name, inner in value.items())} }}"
    return tomli_w.dumps({"value": value}).partition(" = ")[2].rstrip("\n")


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


def write_whole(path: str | Path, content: str | bytes) -> None:
    """Write a file, whole or not at all; text in UTF-8.

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
        with open(temporary, "xb") as stream:
            stream.write(content.encode() if isinstance(content, str) else content)
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
