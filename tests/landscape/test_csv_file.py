import os
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossviz.landscape import csv_file
from lossviz.landscape.datasets import read_csv, reading_csv
from lossviz.landscape.work import completed


@pytest.fixture
def read(tmp_path):
    def from_content(content):
        path = tmp_path / "mine.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_csv(path)

    return from_content


def as_lists(data):
    return {name: data[name].tolist() for name in data.columns}


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
        '"a","b"\n1.5,2\n"-3","4e2\n"\n',
        "\n\na,b\n1.5,2\n\n-3,4e2\n\n",
        "a,b\n1.5,2\n-3,4e2\n\n\n \n,\n",
        "\ufeffa,b\n1.5,2\n-3,4e2\n",
        "a,b\n1.5,2\n-3,4e2\n".encode("utf-16"),
        b"\xfe\xff" + "a;b\r\n1,5;2\r\n-3;4e2\r\n".encode("utf-16-be"),
    ],
)
def test_that_separator_decimal_mark_line_end_and_encoding_are_found(read, content):
    data = read(content)
    assert as_lists(data) == PLAIN
    assert (data.name, data.dropped) == ("mine", 0)


def test_that_a_single_column_needs_no_separator(read):
    assert as_lists(read("age\n1\n2\n")) == {"age": [1, 2]}
    assert as_lists(read("age\n1,5\n2,5\n")) == {"age": [1.5, 2.5]}


def test_that_column_names_may_have_any_letters(read):
    assert read("größe (m),Ω\n1,2\n").columns == ("größe (m)", "Ω")


def test_that_a_separator_inside_a_name_is_not_taken_for_one(read):
    assert as_lists(read("größe, m;gewicht\n1,5;2\n")) == {"größe, m": [1.5], "gewicht": [2]}
    assert as_lists(read('"weight (kg, dry)",age\n1,5\n')) == {"weight (kg, dry)": [1], "age": [5]}


def test_that_names_in_latin_1_are_read(read):
    assert as_lists(read("größe;gewicht\n1,5;2\n".encode("latin-1"))) == {"größe": [1.5], "gewicht": [2]}


def test_that_a_first_column_without_a_name_numbers_the_rows(read):
    # as pandas and R write them
    assert read(",age\n0,19\n1,20\n").columns == ("row", "age")


def test_that_a_single_row_is_a_dataset(read):
    assert read("a,b\n1,2\n").rows == 1


def test_that_rows_with_an_empty_cell_are_left_out_and_counted(read):
    data = read("a,b,c\n1,2,3\n4,,6\n,,9\n7, ,9\n10,11,12\n,,\n")
    assert as_lists(data) == {"a": [1, 10], "b": [2, 11], "c": [3, 12]}
    assert data.dropped == 3


def test_that_empty_cells_are_found_whatever_the_separator(read):
    data = read("a\tb\n1\t2\n\t3\n4\t\n5\t6\n")
    assert (as_lists(data), data.dropped) == ({"a": [1, 5], "b": [2, 6]}, 2)
    data = read('a;b\n"1,5";2\n"";3\n4;""\n5;6\n')
    assert (as_lists(data), data.dropped) == ({"a": [1.5, 5], "b": [2, 6]}, 2)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "mine.csv is empty or not a text file"),
        (" \n\t\n", "mine.csv is empty or not a text file"),
        (b"\x00\x01\x02\x03", "mine.csv is empty or not a text file"),
        ("a,b\n1,2\n".encode("utf-16-le"), "mine.csv is empty or not a text file"),
        (b"\xff\xfe\x00", "mine.csv begins as a text in UTF-16, but is none."),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "mine.csv, row 3: found a NUL byte; expected text."),
        ("a,b\n1,2\n3,\x004\n", "mine.csv, row 3: found a NUL byte; expected text."),
        ('a,b\n"1",2\n3,\x004\n', "mine.csv, row 3: found a NUL byte; expected text."),
        ("a,b\n1,2\n\xe9,2\n".encode("latin-1"), "mine.csv, row 3, column 'a': expected a number, found 'é'."),
        ("a,b\nred,x\nblue,y\n", "mine.csv has no column of numbers; every column holds text."),
        ('a\n"red"\n', "mine.csv has no column of numbers; every column holds text."),
        # units below the names, and a text in the first row, are text among numbers
        ("a,b\nkg,years\n1,2\n", "mine.csv, row 2, column 'a': expected a number, found 'kg'."),
        ('a,b\n1,"NA"\n\n3,4\n', "mine.csv, row 2, column 'b': expected a number, found 'NA'."),
        ("a;b\n\n1;n/a\n3;1,5\n", "mine.csv, row 3, column 'b': expected a number, found 'n/a'."),
        ("a,b\n1,red\n2,blue\n3\n", "row 4: expected 2 cells, found 1"),
        ("1,2\n3,4\n", "row 1: expected column names, found only numbers"),
        ("\n1;2,5;3\n4;5;6\n", "row 2: expected column names, found only numbers"),
        ("a,a\n1,2\n", "row 1: every column needs a name of its own, found 'a' twice."),
        ("a,\n1,2\n", "row 1: every column needs a name of its own, found one without."),
        (",row\n1,2\n", "row 1: every column needs a name of its own, found one without."),
        (",,\n", "row 1: every column needs a name of its own, found one without."),
        ("a,b\n", "mine.csv has no row of numbers below its header."),
        ("a,b\n,\n1,\n", "mine.csv has no row of numbers below its header; 1 have an empty cell."),
        ("a,b\n1,2\n3\n", "row 3: expected 2 cells, found 1"),
        ("a,b\n1,2\n\n3,4,5\n", "row 4: expected 2 cells, found 3"),
        ("a,b\n1,2\n3,,\n", "row 3: expected 2 cells, found 3"),
        ("# births\na,b\n1,2\n", "row 2: expected 1 cell, found 2"),
        ("a,b\n1,2\n3,four\n", "row 3, column 'b': expected a number, found 'four'"),
        ("a,b\n1,\n2,3\n3,four\n", "row 4, column 'b': expected a number, found 'four'"),
        ("a,b\n4,3\n1 2,3\n", "row 3, column 'a': expected a number, found '1 2'"),
        ("a,b\n4,3\n0x10,3\n", "row 3, column 'a': expected a number, found '0x10'"),
        ('a,b\n"1,5",3\n', "row 2, column 'a': expected a number with a decimal point, found '1,5'."),
        ('a,b\n"1,500",3\n', "row 2, column 'a': expected a number without thousands separators, found '1,500'."),
        ("a;b\n1.234,5;3\n", "row 2, column 'a': expected a number without thousands separators, found '1.234,5'."),
        ("a;b\n1 234,5;3\n", "row 2, column 'a': expected a number without thousands separators, found '1 234,5'."),
        # a point may stand for thousands where commas are decimal: 1.234 is then not 1.234
        ("a;b\n1,5;3\n950;1.234\n", "row 3, column 'b': expected a decimal comma as above, found '1.234'."),
        ("a;b\n1.5;3\n1,5;4\n", "row 3, column 'a': expected a decimal point as above, found '1,5'."),
        ("a,b\n1,2\n3,inf\n", "row 3, column 'b': expected a finite number, found 'inf'."),
        ("a,b\n1,-Infinity\n", "row 2, column 'b': expected a finite number, found '-Infinity'."),
        ("a,b\nnan,2\n", "row 2, column 'a': expected a finite number, found 'nan'."),
        ("a,b\n1,1e999\n", "row 2, column 'b': expected a finite number, found '1e999'."),
        ("a,b\n1,2\n1," + "x" * 100 + "\n", f"row 3, column 'b': expected a number, found '{'x' * 39}…'."),
        ("a,b\n" + "1" * 200_000 + ",2\n", "mine.csv, row 2: a row can't be read"),
        ("a,b\n" + "1," * 600_000, "mine.csv: a row has more than 1 MiB; is it a table?"),
        (",".join(f"c{i}" for i in range(10_001)), "row 1: found 10,001 columns; at most 10,000 are read."),
    ],
)
def test_that_a_file_of_another_kind_is_refused_where_it_fails(read, refused, content, said):
    with refused(said):
        read(content)


# Columns of text


@pytest.mark.parametrize(
    "content",
    [
        "temperature,sales,town\n20.5,3,Bonn\n25,4,Kiel\n",
        "town;temperature;sales\nBonn;20,5;3\nSt. Goar;25;4\n",
        'temperature,town,sales\n20.5,"Bonn, Rhein",3\n25,"Kiel",4\n',
        "temperature\ttown\tsales\n20.5\tBonn\t3\n25\tNan\t4\n",
        "temperature\ttown\tsales\n20.5\t\t3\n25\tKiel\t4\n",
    ],
)
def test_that_a_column_of_text_is_left_aside_and_named(read, content):
    data = read(content)
    assert as_lists(data) == {"temperature": [20.5, 25], "sales": [3, 4]}
    assert data.left_out == ("town",)
    assert data.dropped == 0


def test_that_dates_are_text(read):
    data = read("date,time,x\n2024-01-05,12:30,1\n2024-01-06,12:40,2\n")
    assert (as_lists(data), data.left_out) == ({"x": [1, 2]}, ("date", "time"))


def test_that_an_empty_cell_counts_among_numbers_alone(read):
    data = read("a,note,b\n1,,2\n,none,3\n4,late,\n,sum,\n,,\n7,,8\n")
    assert (as_lists(data), data.dropped, data.left_out) == ({"a": [1, 7], "b": [2, 8]}, 3, ("note",))


@pytest.mark.parametrize("block", [4096, 2**17])
@pytest.mark.parametrize("quote", ["", '"'])
def test_that_numbers_beside_text_are_read_bit_for_bit(tmp_path, monkeypatch, block, quote):
    monkeypatch.setattr(csv_file, "BLOCK", block)
    rows = np.random.default_rng(3).normal(size=(5_000, 2))
    path = tmp_path / "mine.csv"
    lines = [f"{x!r},{quote}town {i}{quote},{y!r}" for i, (x, y) in enumerate(rows.tolist())]
    path.write_text("\n".join(["x,town,y", *lines]), encoding="utf-8")
    data = read_csv(path)
    np.testing.assert_array_equal(np.stack([data["x"], data["y"]], axis=1), rows)
    assert data.left_out == ("town",)


@pytest.mark.parametrize("quote", ["", '"'])
def test_that_a_number_far_down_a_column_of_text_is_text_among_numbers(tmp_path, refused, quote):
    path = tmp_path / "mine.csv"
    path.write_text("x,town\n" + f"1,{quote}Bonn{quote}\n" * 40_000 + "2,3\n", encoding="utf-8")
    with refused("mine.csv, row 2, column 'town': expected a number, found 'Bonn'."):
        read_csv(path)


def test_that_a_file_of_2_gb_is_refused_before_it_is_read(tmp_path, refused, monkeypatch):
    path = tmp_path / "huge.csv"
    path.write_bytes(b"a,b\n1,2\n")
    os.truncate(path, 2 * 2**30)
    monkeypatch.setattr(type(path), "open", lambda *_: pytest.fail("the file was opened"))
    with refused("huge.csv has 2048 MiB; at most 512 MiB are read."):
        read_csv(path)


def test_that_a_file_that_is_not_there_is_an_oserror(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_csv(tmp_path / "nowhere.csv")


# The three ways of a block


def written(path, rows, ends=None):
    """Write numbers with all their digits; `ends` are cells that make a block leave the fast way."""
    with path.open("w", encoding="utf-8") as stream:
        stream.write("x,y\n")
        for i, (x, y) in enumerate(rows.tolist()):
            stream.write(f"{x!r},{y!r}\n" if not ends or i % 7 else f"{x!r},{ends}\n")
    return path


@pytest.mark.parametrize("ends", [None, "", '"1.5"', " 2_5 "])
def test_that_every_way_reads_the_same_numbers_as_float(tmp_path, ends, monkeypatch):
    rows = np.random.default_rng(3).normal(size=(5_000, 2)) * 10.0 ** np.arange(-3, 7, 2).repeat(1000)[:, None]
    path = written(tmp_path / "mine.csv", rows, ends)
    # many blocks, so that rows lie across their ends
    monkeypatch.setattr(csv_file, "BLOCK", 4096)
    data = read_csv(path)
    plain = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    expected = [[float(cell.strip('"')) for cell in line] for line in plain if "" not in line]
    np.testing.assert_array_equal(np.stack([data["x"], data["y"]], axis=1), expected)
    assert data.dropped == 5_000 - len(expected)


@given(st.lists(st.tuples(*[st.floats(allow_nan=False, allow_infinity=False)] * 2), min_size=1))
def test_that_numbers_written_and_read_are_equal_bit_for_bit(tmp_path_factory, rows):
    path = written(tmp_path_factory.mktemp("csv") / "mine.csv", np.array(rows))
    data = read_csv(path)
    assert [value.hex() for value in data["x"].tolist()] == [float(x).hex() for x, _ in rows]
    assert [value.hex() for value in data["y"].tolist()] == [float(y).hex() for _, y in rows]


@pytest.mark.parametrize(
    ("bad", "said"),
    [("four", "expected a number, found 'four'"), ("1;2", "found '1;2'"), ("inf", "expected a finite number")],
)
@pytest.mark.parametrize("quoted", [False, True])
def test_that_the_row_is_named_far_down_the_file(tmp_path, refused, bad, said, quoted):
    lines = ["x,y", '"1",2' if quoted else "1,2", "", *("3,4" for _ in range(49_996)), f"5,{bad}", "6,7"]
    path = tmp_path / "mine.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    with refused(
        f"mine.csv, row 50000, column 'y': {said if said.startswith('exp') else f'expected a number, {said}'}"
    ):
        read_csv(path)


@pytest.mark.parametrize("mark", ["\n", "\r\n", "\r"])
def test_that_a_line_end_cut_by_a_block_is_one(tmp_path, monkeypatch, mark):
    monkeypatch.setattr(csv_file, "BLOCK", 5)
    path = tmp_path / "mine.csv"
    path.write_bytes(mark.join(["a,b", *(f"{i},{i + 1}" for i in range(40))]).encode())
    assert as_lists(read_csv(path)) == {"a": list(range(40)), "b": list(range(1, 41))}


def test_that_utf_16_cut_by_a_block_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_file, "BLOCK", 3)
    path = tmp_path / "mine.csv"
    path.write_bytes("größe 😀;b\n1,5;2\n".encode("utf-16"))
    assert as_lists(read_csv(path)) == {"größe 😀": [1.5], "b": [2]}


# As a generator


@pytest.mark.parametrize("ends", [None, "", '"1.5"'])
def test_that_progress_rises_to_1_in_small_steps(tmp_path, ends):
    path = written(tmp_path / "mine.csv", np.random.default_rng(3).normal(size=(50_000, 2)), ends)
    work, parts = reading_csv(path), []
    while True:
        try:
            parts.append(next(work))
        except StopIteration:
            break
    assert len(parts) >= 10
    assert parts == sorted(parts)
    assert 0.0 < parts[0] <= 0.2
    assert parts[-1] == 1.0


def test_that_a_read_that_is_left_closes_the_file(tmp_path):
    path = written(tmp_path / "mine.csv", np.ones((50_000, 2)))
    work = reading_csv(path)
    next(work)
    # a file left open would be told by a ResourceWarning, which is an error here
    work.close()


def test_that_the_numbers_are_held_once(tmp_path):
    path = written(tmp_path / "mine.csv", np.random.default_rng(3).normal(size=(50_000, 2)))
    tracemalloc.start()
    data = completed(reading_csv(path))
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert data["x"].flags.owndata
    assert held < 1.2 * 16 * 50_000
    # memory is asked for as if all rows were as short as can be; what isn't written to is never taken
    assert peak < 4 * path.stat().st_size + 16 * 2**20
