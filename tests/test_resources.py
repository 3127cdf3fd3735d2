import importlib.metadata
import re
from pathlib import Path

import pytest

from lossviz import resources


def test_that_the_checkout_has_its_data():
    for folder in ("datasets", "experiments", "fonts", "functions", "icons"):
        assert any(resources.resource(folder).iterdir())


def test_that_what_is_shipped_is_named_in_order_without_its_suffix():
    assert resources.shipped("datasets", ".csv") == ("birthwt", "eight_births", "seven_points")
    assert resources.shipped("nowhere", ".csv") == ()


def test_that_an_installed_package_looks_for_its_data_inside_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(resources, "_HERE", tmp_path / "lossviz")
    assert resources.root() == tmp_path / "resources"
    (tmp_path / "lossviz" / "_resources").mkdir(parents=True)
    assert resources.root() == tmp_path / "lossviz" / "_resources"


def test_that_the_version_is_the_installed_one(monkeypatch):
    assert re.fullmatch(r"\d+\.\d+.*", resources.program_version())

    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    assert resources.program_version() == "0+checkout"


@pytest.mark.parametrize("name", ["birthwt", "eight_births"])
def test_that_every_dataset_says_where_it_is_from(name):
    text = resources.resource("datasets", f"{name}.toml").read_text(encoding="utf-8")
    assert "source = " in text


@pytest.mark.parametrize(
    ("platform", "variables", "folder"),
    [
        ("linux", {}, "HOME/.local/share/lossviz/surfaces"),
        ("linux", {"XDG_DATA_HOME": "/data"}, "/data/lossviz/surfaces"),
        ("linux", {"XDG_DATA_HOME": "data"}, "HOME/.local/share/lossviz/surfaces"),
        ("darwin", {"XDG_DATA_HOME": "/data"}, "HOME/Library/Application Support/lossviz/surfaces"),
        ("win32", {"APPDATA": "/roaming"}, "/roaming/lossviz/surfaces"),
        ("win32", {}, "HOME/AppData/Roaming/lossviz/surfaces"),
    ],
)
def test_that_a_persons_own_files_lie_where_the_platform_keeps_them(platform, variables, folder, tmp_path, monkeypatch):
    monkeypatch.setattr(resources.sys, "platform", platform)
    for name in ("XDG_DATA_HOME", "APPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": str(tmp_path), **variables}.items():
        monkeypatch.setenv(name, value)
    assert resources.user_folder("surfaces") == Path(folder.replace("HOME", str(tmp_path)))
