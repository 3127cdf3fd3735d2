"""The test functions: those that are shipped, and those that a person has put into a folder, by name."""

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from lossviz.landscape.domain import Bounds, Domain
from lossviz.landscape.function import Function
from lossviz.landscape.function_file import GROUPS, Definition, definition_in
from lossviz.landscape.naming import unknown
from lossviz.landscape.toml_table import read_table
from lossviz.landscape.work import completed
from lossviz.resources import resource, shipped, user_folder

SUFFIX = ".toml"
MOST = 500
"""How many files of a folder are read."""


@dataclass(frozen=True)
class Catalogue:
    """The test functions that there are, and what is wrong with the files of those that there could be.

    Parameters
    ----------
    definitions : tuple of Definition
        By group, then in their order.
    problems : tuple of str
        One sentence for each file that can't be used.
    """

    definitions: tuple[Definition, ...]
    problems: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in the order of the definitions."""
        return tuple(definition.name for definition in self.definitions)


def surfaces() -> tuple[str, ...]:
    """Name the test functions, shipped ones first, then those of the person's own folder."""
    return catalogue().names


def surface(name: str, /, *, domain: Domain | Bounds | None = None, **values: float) -> Function:
    """Give a test function as a surface.

    Parameters
    ----------
    name : str
        One of ``surfaces()``.
    domain : Domain or pair of pairs, optional
        What is looked at, ``((w low, w high), (b low, b high))``; default: what its file says.
    **values : float
        Its own params, ``steepness=10``; default: what its file says.

    Raises
    ------
    ValueError
        If there is no such function or no such param, the sentence names the nearest; or a value is out of range.
    TypeError
        If a value is not a number.
    """
    found = bundled().get(name) if isinstance(name, str) else None
    if found is None:
        every = catalogue()
        found = next((definition for definition in every.definitions if definition.name == name), None)
        for problem in every.problems if found is None else ():
            if problem.startswith((f"{name}{SUFFIX},", f"{name}{SUFFIX} ")):
                raise ValueError(problem)
        if found is None:
            raise ValueError(unknown("a surface", name, every.names))
    return Function(found, domain, **values)


def catalogue() -> Catalogue:
    """Give all test functions; the person's folder is looked at anew each time, a file of it only when it changed."""
    return completed(reading_catalogue())


def reading_catalogue() -> Generator[float, None, Catalogue]:
    """Give all test functions as a generator that yields its progress; see ``catalogue``."""
    own, problems = yield from reading_folder(user_folder("surfaces"))
    return Catalogue(_sorted((*bundled().values(), *own)), problems)


@cache
def bundled() -> dict[str, Definition]:
    """Give the shipped test functions by name; tests have tried them out."""
    files = (resource("functions", f"{name}{SUFFIX}") for name in shipped("functions", SUFFIX))
    return {definition.name: definition for definition in _sorted(definition_in(read_table(file)) for file in files)}


def read_folder(path: str | Path) -> tuple[tuple[Definition, ...], tuple[str, ...]]:
    """Read the test functions of a folder, each a TOML file as those that are shipped.

    Parameters
    ----------
    path : str or Path
        A folder; where it doesn't exist there are none.

    Returns
    -------
    functions : tuple of Definition
        Those that can be used.
    problems : tuple of str
        One sentence for each file that can't: file, line, key, and what was expected.
    """
    return completed(reading_folder(path))


def reading_folder(path: str | Path) -> Generator[float, None, tuple[tuple[Definition, ...], tuple[str, ...]]]:
    """Read the test functions of a folder as a generator that yields its progress; see ``read_folder``."""
    folder = Path(path)
    try:
        files = sorted(file for file in folder.glob(f"*{SUFFIX}") if not file.name.startswith(".") and file.is_file())
    except OSError as error:
        return (), (f"{folder} can't be read: {error.strerror or error}.",)
    definitions, problems = [], []
    for number, file in enumerate(files[:MOST], 1):
        try:
            found = file.stat()
            definitions.append(_read(str(file), found.st_mtime_ns, found.st_size))
        except OSError as error:
            problems.append(f"{file.name} can't be read: {error.strerror or error}.")
        except ValueError as error:
            problems.append(str(error))
        yield number / len(files)
    if len(files) > MOST:
        problems.append(f"{folder} holds {len(files)} surfaces; only the first {MOST} are read.")
    return _sorted(definitions), tuple(problems)


@lru_cache(maxsize=2 * MOST)
def _read(path: str, changed: int, size: int) -> Definition:
    """Read and try out a file as it was at that time; raise ValueError where it can't be used."""
    # needed only where a person has files of their own
    from lossviz.landscape.function_proof import prove

    file = Path(path)
    if file.stem in bundled():
        raise ValueError(f"{file.name} bears the name of a shipped surface; give the file another name.")
    table = read_table(file)
    definition = definition_in(table)
    prove(definition, table)
    return definition


def _sorted(definitions: Iterable[Definition]) -> tuple[Definition, ...]:
    return tuple(sorted(definitions, key=lambda one: (GROUPS.index(one.group), one.order, one.name)))
