"""The floors of the house, read from the sources: imports go down only, and only floor 3 knows Qt."""

import ast
import tomllib
from pathlib import Path

import pytest

import lossviz

PACKAGE = Path(lossviz.__file__).parent
PROJECT = PACKAGE.parent / "pyproject.toml"
FLOORS = [
    {"__main__"},
    {"gui", "cli"},
    {"export"},
    {"views"},
    {"jobs"},
    {"lessons"},
    {"scene"},
    {"experiment"},
    {"tuning"},
    {"analysis"},
    {"descent"},
    {"diagnosis"},
    {"rules"},
    {"landscape"},
    {"resources", "numerals"},
]
HEIGHT = {name: len(FLOORS) - k for k, names in enumerate(FLOORS) for name in names}
SOURCES = sorted(PACKAGE.rglob("*.py"))


def piece(path):
    """The piece of the house that a source belongs to: the package or module directly under lossviz."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(path):
    """Yield (line, level, module, name) of each import, inside functions and for types too; name is "" for a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, 0, alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, node.level, node.module or "", alias.name) for alias in node.names)


def test_that_every_piece_of_the_house_has_its_floor():
    found = {piece(path) for path in SOURCES} - {"__init__"}
    assert found <= set(HEIGHT)
    assert {"gui", "cli", "export", "views", "jobs", "scene", "experiment", "descent", "landscape"} <= found


@pytest.mark.parametrize("path", SOURCES, ids=[path.relative_to(PACKAGE).as_posix() for path in SOURCES])
def test_that_imports_go_down_only(path):
    for line, level, module, name in imports(path):
        assert level == 0, f"line {line} is relative"
        if module.split(".")[0] != "lossviz":
            continue
        if module == "lossviz":
            # the root is the public face: nobody inside looks at it, the entry point takes doors from it
            assert path == PACKAGE / "__main__.py", f"line {line} imports the root package"
            assert name in HEIGHT
        other = name if module == "lossviz" else module.split(".")[1]
        if other != piece(path):
            assert HEIGHT[other] < HEIGHT[piece(path)], f"line {line} imports {other}"


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if piece(path) not in ("gui", "views", "export")],
    ids=lambda path: path.relative_to(PACKAGE).as_posix(),
)
def test_that_only_floor_3_knows_qt(path):
    known = {module.split(".")[0] for _, _, module, _ in imports(path)}
    assert not known & {"PySide6", "pyqtgraph", "OpenGL", "shiboken6"}


@pytest.mark.skipif(not PROJECT.exists(), reason="an installed package has no pyproject.toml")
def test_that_the_linter_keeps_the_same_floors():
    tool = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["tool"]["importlinter"]
    assert tool["exclude_type_checking_imports"] is False
    layers, forbidden = tool["contracts"]
    assert layers["exhaustive"] is True
    assert [{name.strip(" ()") for name in layer.split("|")} for layer in layers["layers"]] == FLOORS
    without_qt = {
        f"lossviz.{path}" for path in {piece(path) for path in SOURCES} - {"__init__", "gui", "views", "export"}
    }
    assert set(forbidden["source_modules"]) == without_qt


def test_that_no_module_is_a_bag():
    names = {path.stem for path in SOURCES}
    assert not names & {"utils", "helpers", "common", "misc", "manager", "util", "helper"}
