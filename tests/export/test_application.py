import os
import sys

import pytest

from lossviz.export.application import prepare_locale

NAMES = ("LC_ALL", "LC_CTYPE", "LANG", "LC_NUMERIC")


@pytest.mark.skipif(sys.platform != "linux", reason="locales by environment")
@pytest.mark.parametrize(
    ("given", "then"),
    [
        ({}, {"LC_CTYPE": "C.UTF-8"}),
        ({"LANG": "C"}, {"LANG": "C", "LC_CTYPE": "C.UTF-8"}),
        ({"LC_ALL": "POSIX"}, {"LC_ALL": "C.UTF-8"}),
        # whoever chooses signs of numbers gets them
        ({"LC_NUMERIC": "de_DE.UTF-8"}, {"LC_NUMERIC": "de_DE.UTF-8", "LC_CTYPE": "C.UTF-8"}),
        ({"LANG": "de_DE.UTF-8"}, {"LANG": "de_DE.UTF-8"}),
    ],
)
def test_that_a_plain_locale_becomes_utf8_and_nothing_else(given, then, monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    prepare_locale()
    found = {name: os.environ[name] for name in NAMES if name in os.environ}
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    assert found == then
