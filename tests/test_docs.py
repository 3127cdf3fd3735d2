"""The documents say what the code does."""

from pathlib import Path

import pytest

import lossviz as lv
from lossviz.landscape.param import Param
from lossviz.numerals import short
from lossviz.rules import GROUPS, conventions, library, rule_class

OPTIMIZERS = (Path(__file__).parents[1] / "docs" / "optimizers.md").read_text(encoding="utf-8")


def default(param: Param) -> str:
    if isinstance(param.default, bool):
        return "on" if param.default else "off"
    return short(float(param.default), 6)


def test_that_the_tables_have_every_optimizer_with_its_defaults_and_no_other():
    rows = [
        f"| `{name}` | {library(name, way) or '–'} | "
        + ", ".join(f"{param.name} {default(param)}" for param in rule_class(name, way).params())
        + " |"
        for group in GROUPS.values()
        for name in group
        for way in conventions(name)
    ]
    assert [line for line in OPTIMIZERS.splitlines() if line.startswith("| `")] == rows


@pytest.mark.parametrize("name", lv.schedules())
def test_that_every_schedule_is_told(name):
    assert f"`{name}`" in OPTIMIZERS


def test_that_the_example_runs(capsys):
    code = OPTIMIZERS.split("```python\n")[1].split("```")[0]
    exec(code, {})
    assert "0.1" in capsys.readouterr().out
