import io
import sys
import zipfile

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lossviz as lv
from lossviz.landscape import grid_file
from lossviz.landscape.grid_file import reading_grid
from lossviz.landscape.work import completed

W, B = np.array([-1.0, 0.0, 0.5, 2.0]), np.array([0.0, 1.0, 2.0, 3.0, 4.0])
LOSS = np.arange(20.0).reshape(4, 5)
NAMED = {"w": W, "b": B, "loss": LOSS}


@pytest.fixture
def read(tmp_path):
    """What is read of a file with this name and content."""

    def from_content(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return completed(reading_grid(path))

    return from_content


def npz(compressed=False, **arrays):
    stream = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(stream, **arrays)
    return stream.getvalue()


def hdf5(**datasets):
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        for name, values in datasets.items():
            file[name] = values
    return stream.getvalue()


def same(grid, w=W, b=B, loss=LOSS):
    return np.array_equal(grid.w, w) and np.array_equal(grid.b, b) and np.array_equal(grid.loss, loss, equal_nan=True)


# NumPy's files


@pytest.mark.parametrize("compressed", [False, True])
def test_that_an_npz_is_read_whatever_its_kind_of_numbers_and_their_order(read, compressed):
    assert same(read("mine.npz", npz(compressed, **NAMED))[1])
    other = {
        "w": W.astype(">f4"),
        "b": B.astype(np.int16),
        "loss": np.asfortranarray(LOSS),
        "notes": np.array(["text"]),
    }
    title, grid = read("mine.npz", npz(compressed, **other))
    assert title == "mine.npz"
    assert same(grid)


def test_that_falling_axes_are_turned_round(read):
    turned = {"w": W[::-1], "b": B[::-1], "loss": LOSS[::-1, ::-1]}
    assert same(read("mine.npz", npz(**turned))[1])


def test_that_losses_that_are_not_finite_are_missing(read):
    loss = LOSS.copy()
    loss[0, :3] = np.nan, np.inf, -np.inf
    grid = read("mine.npz", npz(w=W, b=B, loss=loss))[1]
    assert np.count_nonzero(np.isnan(grid.loss)) == 3
    assert grid.loss[0, 3] == 3.0


def bomb():
    """A header that tells of far more than there is."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"shape": (10**6, 10**6), "fortran_order": False, "descr": "<f8"})
    axis = io.BytesIO()
    np.lib.format.write_array_header_1_0(axis, {"shape": (10**6,), "fortran_order": False, "descr": "<f8"})
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in (("w", axis), ("b", axis), ("loss", header)):
            archive.writestr(f"{name}.npy", content.getvalue())
    return stream.getvalue()


def longer():
    stream = io.BytesIO()
    np.lib.format.write_array(stream, LOSS)
    whole = io.BytesIO(npz(w=W, b=B))
    with zipfile.ZipFile(whole, "a") as archive:
        archive.writestr("loss.npy", stream.getvalue() + b"more")
    return whole.getvalue()


POINTS = "expected a grid with from 4 to 2048 points an axis, found"
BROKEN = "mine.npz is no .npz file, or a part of it is missing."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (npz(w=W, b=B, z=LOSS), "mine.npz: expected the arrays w, b and loss, found b, w, z."),
        (npz(), "mine.npz: expected the arrays w, b and loss, found none."),
        (npz(**dict.fromkeys("abcdefgh", W)), "found a, b, c, d, e, f, …."),
        (npz(**NAMED | {"loss": LOSS.T}), "and loss (n, m), found (4,), (5,) and (5, 4)."),
        (npz(**NAMED | {"w": W[:, None]}), "expected w of shape (n,), b (m,) and loss (n, m), found (4, 1), (5,)"),
        (npz(w=1.0, b=2.0, loss=3.0), "found (), () and ()."),
        (npz(w=[], b=[], loss=np.empty((0, 0))), f"mine.npz: {POINTS} 0 of w and 0 of b."),
        (npz(w=W[:1], b=B, loss=LOSS[:1]), f"{POINTS} 1 of w and 5 of b."),
        (npz(w=W, b=B[:3], loss=LOSS[:, :3]), f"{POINTS} 4 of w and 3 of b."),
        (bomb(), f"{POINTS} 1,000,000 of w and 1,000,000 of b."),
        (npz(**NAMED | {"w": W * np.nan}), "expected values of w within ±1e100, found not a number."),
        (npz(**NAMED | {"b": B * 1e120}), "expected values of b within ±1e100, found 1e120."),
        (npz(**NAMED | {"b": B % 3}), "expected values of b that only rise or only fall, found 2 before 0."),
        (npz(**NAMED | {"w": W * 0.0}), "expected values of w that only rise or only fall, found 0 before 0."),
        (npz(**NAMED | {"loss": LOSS * np.nan}), "mine.npz: expected losses, found no finite one."),
        (npz(**NAMED | {"loss": LOSS.astype(object)}), "expected loss to hold numbers, found Python objects."),
        (npz(**NAMED | {"loss": LOSS.astype(str)}), "expected loss to hold numbers, found '<U32'."),
        (npz(**NAMED | {"loss": LOSS + 0j}), "expected loss to hold numbers, found 'complex128'."),
        (npz(**NAMED)[:300], BROKEN),
        (npz(**NAMED).replace(LOSS.tobytes(), LOSS[::-1].tobytes()), BROKEN),
        (longer(), BROKEN),
        (b"", BROKEN),
        (b"w,b,loss\n1,2,3\n", BROKEN),
    ],
)
def test_that_a_wrong_npz_is_refused_in_one_sentence(read, refused, content, sentence):
    with refused(sentence):
        read("mine.npz", content)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=4), st.integers(0, 10**6))
def test_that_a_damaged_npz_is_read_or_refused_and_nothing_else(tmp_path_factory, changes, cut):
    content = bytearray(npz(compressed=True, **NAMED))
    for place, byte in changes:
        content[place % len(content)] = byte
    path = tmp_path_factory.getbasetemp() / "damaged.npz"
    path.write_bytes(content[: len(content) - cut % 40])
    try:
        completed(reading_grid(path))
    except (ValueError, OSError) as error:
        assert str(error).endswith((".", "'"))  # noqa: PT017 - either may come, or none


# CSV

CSV = "w,0,1,2,3,4\n-1,0,1,2,3,4\n0,5,6,7,8,9\n0.5,10,11,12,13,14\n2,15,16,17,18,19\n"


@pytest.mark.parametrize(
    "content",
    [
        CSV,
        CSV[1:],
        CSV.replace("\n", "\r\n"),
        f"\n\n{CSV}\n \n",
        CSV.replace(",", ";").replace("0.5", "0,5"),
        CSV.replace(",", "\t"),
        CSV.replace("w,", '"w\\b",'),
        f"\ufeff{CSV}",
        CSV.encode("utf-16"),
        "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in CSV.split("\n")[:-1]),
    ],
)
def test_that_a_csv_grid_is_read_as_a_table_is(read, content):
    title, grid = read("mine.csv", content)
    assert title == "mine.csv"
    assert same(grid)


def test_that_an_empty_cell_is_a_missing_loss(read):
    for content in (CSV.replace("7,8", ",8"), CSV.replace("7,8", "nan,8")):
        grid = read("mine.csv", content)[1]
        assert np.argwhere(np.isnan(grid.loss)).tolist() == [[1, 2]]


SHAPE = "the first row has the values of b, the first column those of w"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", f"mine.csv: expected a grid, found no losses: {SHAPE}."),
        ("w,0,1,2,3\n", "found no losses"),
        ("age\n1\n2\n", "mine.csv: expected a grid, found no losses"),
        ("age,weight\n1,2\n", f"mine.csv, row 1, column 2: expected a number, found 'weight': {SHAPE}."),
        (CSV.replace("13", "x" * 60), f"row 4, column 5: expected a number, found '{'x' * 39}…'"),
        (CSV.replace("0.5", ""), "mine.csv, row 4, column 1: expected a value of w, found an empty cell."),
        (CSV.replace("3,4\n-1", ",4\n-1"), "mine.csv, row 1, column 5: expected a value of b, found an empty cell."),
        (CSV.replace("13,", ""), "mine.csv, row 4: expected 6 cells, found 5."),
        (CSV[: CSV.index("0.5")], f"mine.csv: {POINTS} 2 of w and 5 of b."),
        (CSV.replace("0.5", "-3"), "expected values of w that only rise or only fall, found 0 before −3."),
        (b"\x00\x01\x02" * 50, f"mine.csv is no text file; expected a grid: {SHAPE}."),
        ("w" + ",1" * 3000, "mine.csv has more than 2048 columns; no more points an axis are read."),
        ("w,1\n" + "1,1\n" * 3000, "mine.csv has more than 2048 rows; no more points an axis are read."),
    ],
)
def test_that_a_wrong_csv_is_refused_in_one_sentence(read, refused, content, sentence):
    with refused(sentence):
        read("mine.csv", content)


# HDF5

# as loss-landscape computes them: number k of meshgrid(x, y), whatever shape the array has
BY_Y = LOSS.T.copy()


@pytest.mark.parametrize("shape", [(5, 4), (4, 5)])
def test_that_the_losses_of_loss_landscape_lie_row_by_row_of_y(read, shape):
    content = hdf5(xcoordinates=W, ycoordinates=B, train_loss=BY_Y.reshape(shape), train_acc=BY_Y)
    title, grid = read("resnet.h5", content)
    assert title == "resnet.h5"
    assert same(grid)


def test_that_a_loss_that_was_not_computed_is_missing(read):
    losses = BY_Y.astype(np.float32)
    losses[2, 1] = -1.0
    grid = read("resnet.hdf5", hdf5(xcoordinates=W, ycoordinates=B, train_loss=losses))[1]
    assert np.argwhere(np.isnan(grid.loss)).tolist() == [[1, 2]]


def test_that_the_test_loss_is_read_where_it_is_the_only_one_and_said_so(read):
    title, grid = read("resnet.h5", hdf5(xcoordinates=W, ycoordinates=B, test_loss=BY_Y))
    assert title == "resnet.h5, test loss"
    assert same(grid)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            hdf5(xcoordinates=W, train_loss=W),
            "mine.h5: expected xcoordinates, ycoordinates and train_loss or test_loss, found train_loss, xcoordinates.",
        ),
        (hdf5(), "found nothing."),
        (hdf5(xcoordinates=W, ycoordinates=B, train_loss=LOSS[:3]), "expected x × y losses, found 15 for 4 × 5 coord"),
        (hdf5(xcoordinates=W[:2], ycoordinates=B, train_loss=LOSS[:2]), f"{POINTS} 2 of w and 5 of b."),
        (hdf5(xcoordinates=W, ycoordinates=B, train_loss="text"), "expected train_loss to be an array of numbers."),
        (
            hdf5(xcoordinates=W, ycoordinates=B, train_loss=h5py.ExternalLink("other.h5", "x")),
            "expected train_loss to be an array of numbers.",
        ),
        (hdf5(xcoordinates=W, ycoordinates=B, train_loss=LOSS)[:-200], "mine.h5 is no HDF5 file, or a part of it is"),
        (b"w,b,loss", "mine.h5 is no HDF5 file, or a part of it is missing or damaged."),
    ],
)
def test_that_a_wrong_hdf5_file_is_refused_in_one_sentence(read, refused, content, sentence):
    with refused(sentence):
        read("mine.h5", content)


def test_that_without_h5py_it_is_said_how_to_get_it(read, refused, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    with refused("mine.h5: reading HDF5 files needs h5py: pip install h5py."):
        read("mine.h5", b"")


# any of them


def test_that_a_large_file_is_refused_before_it_is_read(read, refused, monkeypatch):
    monkeypatch.setattr(grid_file, "LARGEST_FILE", 2**20)
    with refused("mine.npz has 3 MiB; at most 1 MiB are read."):
        read("mine.npz", bytes(3 * 2**20))


def test_that_another_kind_of_file_is_refused(read, refused):
    with refused("mine.toml: a grid of losses is a .npz, .h5 or .csv file."):
        read("mine.toml", "")


def test_that_a_file_that_is_not_there_is_the_systems_own_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        lv.load_surface(tmp_path / "none.npz")
