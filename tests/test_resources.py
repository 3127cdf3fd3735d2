import importlib.metadata
import re

import pytest

from lossviz import resources


def test_that_the_checkout_has_its_data():
    for folder in ("datasets", "experiments", "fonts", "icons"):
        assert any(resources.resource(folder).iterdir())


def test_that_what_is_shipped_is_named_in_order_without_its_suffix():
    assert resources.shipped("datasets", ".csv") == ("birthwt", "eight_births")
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
