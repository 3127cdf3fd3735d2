import tomllib

import pytest

from lossviz.landscape.function_file import definition_in
from lossviz.landscape.function_proof import prove
from lossviz.landscape.functions import bundled
from lossviz.landscape.toml_table import TomlTable, read_table
from lossviz.resources import resource

TEXT = """title = "T"
formula = "(w - place)**2 + 3*(b - 1)**2"
domain = { w = [-4, 4], b = [-4, 4] }
minima = [
    { w = "place", b = 1, loss = 0 },
]
[params.place]
default = 0.5
shown = [-1, 2]
"""


def proved(text):
    table = TomlTable("mine.toml", text, tomllib.loads(text))
    prove(definition_in(table), table)


def test_that_a_true_file_passes():
    proved(TEXT)


@pytest.mark.parametrize("name", bundled())
def test_that_what_is_shipped_passes(name):
    table = read_table(resource("functions", f"{name}.toml"))
    prove(definition_in(table), table)


def test_that_a_minimum_at_a_kink_passes():
    proved(TEXT.replace("(w - place)**2 + 3*(b - 1)**2", "abs(w - place) + hypot(w - place, b - 1)"))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("3*(b", "3(b", "line 2: formula: "),
        ("3*(b", "3*(bb", "line 2: formula: 'bb' is not w, b or one of its params; did you mean 'b'?"),
        ("(w - place)", "w", "line 2: formula: 'place' is declared, but the formula has no such name in it."),
        ("(w - place)", "log(-1 - (w - place)**2)", "line 2: formula: the loss is nowhere finite on the domain."),
        ("domain", 'display = "w +"\ndomain', "line 3: display: "),
        (
            "domain",
            'display = "(w - place)**2 + (b - 1)**2"\ndomain',
            "line 3: display: it is not equal to the formula.",
        ),
        ('"place"', '"plaice"', "line 5: minima 1, w: 'plaice' is not one of the params; did you mean 'place'?"),
        ('"place"', '"w"', "line 5: minima 1, w: expected a number, or a formula of the params alone, found 'w'."),
        ('"place"', '"1/0"', "line 5: minima 1, w: expected a number, or a formula of the params alone, found '1/0'."),
        ('"place"', '"place +"', "line 5: minima 1, w: "),
        ('"place"', "0.5", "line 5: minima 1: the loss at (0.5, 1) is 2.25, not 0 (where place = -1)."),
        ("loss = 0", "loss = 1", "line 5: minima 1: the loss at (0.5, 1) is 0, not 1 (where place = 0.5)."),
        ("b = 1,", "b = 1.0001,", "line 5: minima 1: (0.5, 1.0001) is no minimum; one may be at (0.5, 1) (where"),
        ("3*(b", "-3*(b", "line 5: minima 1: (0.5, 1) is no minimum: the loss is lower near by (where place = 0.5)."),
        ("3*(b - 1)**2", "3*(b - 1)**3", "line 5: minima 1: (0.5, 1) is no minimum: the loss is lower near by"),
    ],
)
def test_that_a_file_that_is_not_true_is_refused_with_the_line(old, new, sentence, refused):
    assert old in TEXT
    with refused(f"mine.toml, {sentence}"):
        proved(TEXT.replace(old, new, 1))
