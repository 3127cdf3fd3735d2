import tomllib

import pytest

from lossviz.landscape.domain import Domain
from lossviz.landscape.function_file import Definition, definition_in
from lossviz.landscape.param import Param
from lossviz.landscape.toml_table import TomlTable

WHOLE = """title = "My  own bowl"
group = "lecture"
order = 3
formula = "stretch*w**2 + b**2"
display = "b**2 + stretch*w**2"
smooth = true
domain = { w = [-1, 1], b = [-2, 2] }
minima = [{ w = 0, b = "stretch - stretch", loss = 0 }]
teaches = "That."
convention = "This."
source = "made up"

[params.stretch]
symbol = "s"
default = 2
low = 0
high = 9
open_low = true
shown = [1, 5]
log = true
text = "How steep."
"""


def definition(text, name="mine"):
    return definition_in(TomlTable(f"{name}.toml", text, tomllib.loads(text)))


def test_that_a_file_says_all_of_a_function():
    stretch = Param("stretch", "s", 2.0, 0.0, 9.0, (1.0, 5.0), log=True, text="How steep.", open_low=True)
    assert definition(WHOLE) == Definition(
        "mine",
        "My own bowl",
        "lecture",
        "stretch*w**2 + b**2",
        Domain((-1.0, 1.0), (-2.0, 2.0)),
        (stretch,),
        (("0.0", "stretch - stretch", "0.0"),),
        "made up",
        "That.",
        "This.",
        "b**2 + stretch*w**2",
        True,
        3.0,
    )


def test_that_title_formula_and_domain_are_enough():
    said = definition('title = "T"\nformula = "w + b"\ndomain = { w = [0, 1], b = [0, 1] }\n')
    assert said == Definition("mine", "T", "own", "w + b", Domain((0.0, 1.0), (0.0, 1.0)))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("title = ", "titel = ", "line 1: titel: 'titel' is not a key here; did you mean 'title'?"),
        ("title = ", "# ", "line 1: 'title' is missing; it is required."),
        ('"My  own bowl"', '" "', "line 1: title: expected a text, found none."),
        ("lecture", "lectures", "line 2: group: 'lectures' is not a group; did you mean 'lecture'?"),
        ('formula = "', 'formula = 1 # "', "line 4: formula: expected a text, found 1."),
        ("w = [-1, 1],", "", "line 7: domain: 'w' is missing; it is required."),
        ("w = [-1, 1]", "w = [1, -1]", "line 7: domain.w: expected two finite numbers, the low one first"),
        ("w = [-1, 1]", "w = [-1e200, 1]", "line 7: domain: domain w must lie within ±"),
        (", loss = 0", "", "line 8: minima 1: 'loss' is missing; it is required."),
        ("loss = 0", "lost = 0", "line 8: minima 1, lost: 'lost' is not a key here; did you mean 'loss'?"),
        ("loss = 0", "loss = true", "line 8: minima 1, loss: expected a number, found True."),
        ("[params.stretch]", "[params.w]", "line 13: params.w: expected another name; w, b, pi and e have a meaning"),
        ("[params.stretch]", "[params]\nx = 1\n[params.stretch]", "line 14: params.x: expected a table, found 1."),
        ("high = 9", "high = -9", "line 16: params.stretch.low: expected it below 'high', found 0 and -9."),
        ("default = 2", "default = 10", "line 15: params.stretch.default: stretch must be above 0 to 9, not 10."),
        ("default = 2", "default = true", "line 15: params.stretch.default: expected a number, found True."),
        ("[1, 5]", "[1, 10]", "line 19: params.stretch.shown: expected it within what is allowed, from 0 to 9."),
        ("[1, 5]", "[0, 5]", "line 19: params.stretch.shown: expected it above 0, as 'log' is true."),
        ('symbol = "s"', "symbol = 5", "line 14: params.stretch.symbol: expected a text, found 5."),
    ],
)
def test_that_what_a_file_lacks_is_told_with_its_line(old, new, sentence, refused):
    assert old in WHOLE
    with refused(f"mine.toml, {sentence}"):
        definition(WHOLE.replace(old, new, 1))


@pytest.mark.parametrize("name", ["Mine", "2wells", "my-own", "", "a" * 41, "größe"])
def test_that_a_file_bears_a_name_that_can_be_typed(name, refused):
    with refused("the name of the file is that of the surface"):
        definition(WHOLE, name)
