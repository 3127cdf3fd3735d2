import numpy as np
import pytest

import lossviz as lv
from lossviz.landscape import datasets as module
from lossviz.landscape.datasets import read_csv


@pytest.fixture
def read(tmp_path):
    def from_content(content):
        path = tmp_path / "mine.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_csv(path)

    return from_content


def as_lists(data):
    return {name: data[name].tolist() for name in data.columns}


# What is shipped


def test_that_both_datasets_are_shipped():
    assert lv.datasets() == ("birthwt", "eight_births")


def test_that_birthwt_has_189_births_of_which_59_are_low():
    data = lv.dataset("birthwt")
    assert data.rows == 189
    assert data.columns == ("id", "low", "age", "lwt", "race", "smoke", "ptl", "ht", "ui", "ftv", "bwt")
    assert np.sum(data["low"]) == 59
    np.testing.assert_array_equal(data["low"], data["bwt"] < 2500)
    assert (data["age"].min(), data["age"].max()) == (14, 45)
    assert data.dropped == 0
    assert not data.made_up
    assert "Hosmer" in data.source


def test_that_every_column_of_birthwt_has_its_meaning():
    data = lv.dataset("birthwt")
    assert set(data.meaning) == set(data.columns)
    assert (data.meaning["bwt"].text, data.meaning["bwt"].unit) == ("birth weight", "g")


def test_that_the_eight_births_are_said_to_be_made_up():
    data = lv.dataset("eight_births")
    assert data.made_up
    assert "made up" in data.title
    assert data["age"].tolist() == [19, 22, 24, 26, 28, 31, 35, 40]
    assert data["weight"].tolist() == [7.60, 8.30, 8.05, 6.40, 6.65, 9.20, 11.59, 6.90]


def test_that_an_unknown_dataset_is_refused_with_the_nearest(refused):
    with refused("did you mean 'birthwt'"):
        lv.dataset("birthweight")
    with refused("known: birthwt, eight_births"):
        lv.dataset("../datasets/zzz")


def test_that_an_unknown_column_is_refused_with_the_nearest(refused):
    with refused("birthwt: 'agee' is not a column; did you mean 'age'"):
        lv.dataset("birthwt")["agee"]


def test_that_a_dataset_is_a_mapping_of_its_columns():
    data = lv.dataset("eight_births")
    assert list(data) == ["age", "weight"]
    assert len(data) == 2
    assert "age" in data
    assert "agee" not in data


def test_that_the_columns_can_not_be_changed():
    given = np.array([1.0, 2.0])
    data = lv.Dataset("mine", {"x": given})
    with pytest.raises(ValueError, match="read-only"):
        data["x"][0] = 5
    with pytest.raises(TypeError):
        data.arrays["y"] = given
    given[0] = 7
    assert data["x"].tolist() == [1, 2]


@pytest.mark.parametrize(
    "columns", [{}, {"x": [1, 2], "y": [1]}, {"x": [[1, 2]], "y": [[3, 4]]}, {"x": 3}, {"x": [], "y": []}]
)
def test_that_columns_without_rows_or_of_unequal_length_are_refused(refused, columns):
    with refused("the columns must"):
        lv.Dataset("mine", columns)


# Reading a file

PLAIN = {"a": [1.5, -3.0], "b": [2.0, 400.0]}


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1.5,2\n-3,4e2\n",
        "a,b\r\n1.5,2\r\n-3,4e2\r\n",
        "a,b\r1.5,2\r-3,4e2\r",
        "a,b\n1.5,2\n-3,4e2",
        "a;b\n1.5;2\n-3;4e2\n",
        "a;b\n1,5;2\n-3,0;4e2\n",
        "a\tb\n1,5\t2\n-3\t400,0\n",
        " a , b \n 1.5 , 2 \n -3 , 4e2\n",
        '"a","b"\n"1.5","2"\n"-3","4e2"\n',
        '"a";"b"\n"1,5";"2"\n"-3";"4e2"\n',
        "\n\na,b\n1.5,2\n\n-3,4e2\n\n",
        "\ufeffa,b\n1.5,2\n-3,4e2\n",
        "a,b\n1.5,2\n-3,4e2\n".encode("utf-16"),
        b"\xfe\xff" + "a;b\n1,5;2\n-3;4e2\n".encode("utf-16-be"),
    ],
)
def test_that_separator_decimal_mark_line_end_and_encoding_are_found(read, content):
    data = read(content)
    assert as_lists(data) == PLAIN
    assert (data.name, data.dropped) == ("mine", 0)


def test_that_a_single_column_needs_no_separator(read):
    assert as_lists(read("age\n1\n2\n")) == {"age": [1, 2]}


def test_that_column_names_may_have_any_letters(read):
    assert read("größe (m),Ω\n1,2\n").columns == ("größe (m)", "Ω")


def test_that_a_single_row_is_a_dataset(read):
    assert read("a,b\n1,2\n").rows == 1


def test_that_rows_with_an_empty_cell_are_left_out_and_counted(read):
    data = read("a,b,c\n1,2,3\n4,,6\n,,9\n7, ,9\n10,11,12\n,,\n")
    assert as_lists(data) == {"a": [1, 10], "b": [2, 11], "c": [3, 12]}
    assert data.dropped == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "mine.csv is empty or not a text file"),
        (" \n\t\n", "mine.csv is empty or not a text file"),
        (b"\x00\x01\x02\x03", "mine.csv is empty or not a text file"),
        ("a,b\n1,2\n".encode("utf-16-le"), "mine.csv is empty or not a text file"),
        (b"\xff\xfe\x00", "not a text file in UTF-8 or UTF-16"),
        (b"a,b\n\xe9,2\n", "not a text file in UTF-8 or UTF-16"),
        ("1,2\n3,4\n", "row 1: expected column names, found only numbers"),
        ("\n1;2,5;3\n4;5;6\n", "row 2: expected column names, found only numbers"),
        ("a,a\n1,2\n", "row 1: every column needs a name of its own, found 'a', 'a'"),
        ("a,\n1,2\n", "row 1: every column needs a name of its own, found 'a', ''"),
        (",,\n", "row 1: every column needs a name of its own"),
        ("a,b\n", "mine.csv has no row of numbers"),
        ("a,b\n,\n1,\n", "mine.csv has no row of numbers"),
        ("a,b\n1,2\n3\n", "row 3: expected 2 cells, found 1"),
        ("a,b\n1,2\n\n3,4,5\n", "row 4: expected 2 cells, found 3"),
        ("# births\na,b\n1,2\n", "row 2: expected 1 cells, found 2"),
        ("a,b\n1,2\n3,four\n", "row 3, column 'b': expected a number, found 'four'"),
        ("a,b\n1 2,3\n", "row 2, column 'a': expected a number, found '1 2'"),
        ("a,b\n0x10,3\n", "row 2, column 'a': expected a number, found '0x10'"),
        ('a,b\n"1,5",3\n', "row 2, column 'a': expected a number, found '1,5'"),
        ("a;b\n1.234,5;3\n", "row 2, column 'a': expected a number, found '1.234,5'"),
        ("a,b\n1,2\n3,inf\n", "data row 2, column 'b': expected a finite number"),
        ("a,b\n1,-Infinity\n", "data row 1, column 'b': expected a finite number"),
        ("a,b\nnan,2\n", "data row 1, column 'a': expected a finite number"),
        ("a,b\n1,1e999\n", "data row 1, column 'b': expected a finite number"),
        ("a,b\n" + "1" * 200_000 + ",2\n", "mine.csv: a row can't be read"),
    ],
)
def test_that_a_file_of_another_kind_is_refused_where_it_fails(read, refused, content, said):
    with refused(said):
        read(content)


def test_that_a_file_too_large_is_refused_before_it_is_read(read, refused, monkeypatch):
    monkeypatch.setattr(module, "LARGEST_FILE", 5)
    with refused("mine.csv has 0 MiB; at most 0 MiB are read"):
        read("a,b\n1,2\n")


def test_that_a_file_that_is_not_there_is_an_oserror(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_csv(tmp_path / "nowhere.csv")
