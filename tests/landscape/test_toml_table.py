import tomllib

import pytest

from lossviz.landscape.toml_table import LARGEST, TomlTable, line_of, read_table

TEXT = """# a comment: name = 1
name = "Mine"
size = 2.5
big = 1_000_000_000_000_000_000_000
bounds = [1, 2]
backwards = [2, 1]
endless = [0, inf]
on = true
"quoted" = " two\\t words "
inline = { low = 1 }
rows = [{ w = 1 },
    { w = 2 }, { w = 3 },
    { w = 4 },
]

[part]
deep.low = 1

[part.inner]  # its comment
low = nan

[[lists]]
low = 1
[[lists]]
low = "two"
"""


@pytest.fixture
def table():
    return TomlTable("mine.toml", TEXT, tomllib.loads(TEXT))


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("name",), 2),
        (("quoted",), 9),
        (("inline", "low"), 10),
        (("rows",), 11),
        (("rows", 0, "w"), 11),
        (("rows", 1, "w"), 12),
        (("rows", 2), 12),
        (("rows", 3, "w"), 13),
        (("part",), 16),
        (("part", "deep"), 17),
        (("part", "deep", "low"), 17),
        (("part", "inner", "low"), 20),
        (("part", "inner", "missing"), 19),
        (("lists", 1, "low"), 25),
        (("nowhere",), 1),
        ((), 1),
    ],
)
def test_that_the_line_of_a_value_is_found(place, line):
    assert line_of(TEXT, place) == line


def test_that_values_are_given_by_kind(table):
    assert table.word("quoted") == "two words"
    assert table.word("missing", "") == ""
    assert table.number("size") == 2.5
    assert table.number("big") == 1e21
    assert table.number("missing", 3.0) == 3.0
    assert table.pair("bounds") == (1.0, 2.0)
    assert table.switch("on", None) is True
    assert table.switch("missing", None) is None
    assert table.table("part").table("deep").number("low") == 1.0
    assert table.table("missing", {}).values == {}
    assert [row.number("w") for row in table.rows("rows")] == [1.0, 2.0, 3.0, 4.0]
    assert table.rows("missing") == ()


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda t: t.word("size"), "mine.toml, line 3: size: expected a text, found 2.5."),
        (lambda t: t.word("missing"), "mine.toml, line 1: 'missing' is missing; it is required."),
        (lambda t: t.table("part").word("x"), "mine.toml, line 16: part: 'x' is missing; it is required."),
        (lambda t: t.number("name"), "mine.toml, line 2: name: expected a number, found 'Mine'."),
        (lambda t: t.number("on"), "mine.toml, line 8: on: expected a number, found True."),
        (
            lambda t: t.table("part").table("inner").number("low"),
            "mine.toml, line 20: part.inner.low: expected a number, found nan.",
        ),
        (lambda t: t.pair("size"), "mine.toml, line 3: size: expected two numbers, [low, high], found 2.5."),
        (
            lambda t: t.pair("backwards"),
            "mine.toml, line 6: backwards: expected two finite numbers, the low one first, found 2 and 1.",
        ),
        (
            lambda t: t.pair("endless"),
            "mine.toml, line 7: endless: expected two finite numbers, the low one first, found 0 and inf.",
        ),
        (lambda t: t.switch("size", None), "mine.toml, line 3: size: expected true or false, found 2.5."),
        (lambda t: t.table("size"), "mine.toml, line 3: size: expected a table, found 2.5."),
        (lambda t: t.rows("bounds"), "mine.toml, line 5: bounds: expected a list of tables, found [1, 2]."),
        (
            lambda t: t.rows("lists")[1].number("low"),
            "mine.toml, line 25: lists 2, low: expected a number, found 'two'.",
        ),
        (
            lambda t: t.table("inline").only("lowest"),
            "mine.toml, line 10: inline.low: 'low' is not a key here; did you",
        ),
    ],
)
def test_that_what_is_wrong_is_told_with_file_line_and_key(table, ask, sentence, refused):
    with refused(sentence):
        ask(table)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a = 1\nb = = 2\n", "x.toml, line 2: not valid TOML: invalid value (column 5)."),
        (b"a = 1\nb = [1,\n", "x.toml, line 2: not valid TOML: invalid value."),
        (b"a = 1\na = 2\n", "x.toml, line 2: not valid TOML: cannot overwrite a value (column 6)."),
        (b"a = 1\n\n# \xff\n", "x.toml, line 3: expected a text file in UTF-8."),
        (b"a = " + b"[" * 5000, "x.toml, line 1: not valid TOML"),
        (b"#" * (LARGEST + 1), "x.toml, line 1: expected at most 64 KiB of TOML."),
    ],
)
def test_that_a_file_that_is_no_toml_is_refused_with_its_line(content, sentence, tmp_path, refused):
    (tmp_path / "x.toml").write_bytes(content)
    with refused(sentence):
        read_table(tmp_path / "x.toml")


def test_that_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path, refused):
    with refused("x.toml can't be read: No such file or directory."):
        read_table(tmp_path / "x.toml")


def test_that_a_byte_order_mark_is_no_part_of_the_text(tmp_path):
    (tmp_path / "x.toml").write_bytes(b"\xef\xbb\xbfa = 1\n")
    assert read_table(tmp_path / "x.toml").number("a") == 1.0
