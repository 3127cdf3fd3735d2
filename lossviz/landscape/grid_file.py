"""Grid files: losses on a grid, in any of three formats."""

from collections.abc import Generator
from pathlib import Path

from lossviz.landscape.domain import Grid
from lossviz.landscape.grid_check import checked_grid
from lossviz.numerals import counted

LARGEST_FILE = 256 * 2**20
"""Bytes: more than the largest grid takes, as text with all its digits."""

TABLES = (".csv", ".tsv", ".txt")
HDF5 = (".h5", ".hdf5")
SUFFIXES = (".npz", *HDF5)
"""What can be nothing else but a grid of losses; a table may be data too."""


def reading_grid(path: Path) -> Generator[float, None, tuple[str, Grid]]:
    """Read losses on a grid as a generator that yields its progress; return what they are called, and the grid.

    A missing loss is NaN; one that isn't finite is missing. Axes that fall are turned round.

    Raises
    ------
    ValueError
        If it is no such file; the sentence says where and what was expected.
    OSError
        If it can't be read.
    """
    kind = path.suffix.lower()
    if kind not in (*SUFFIXES, *TABLES):
        raise ValueError(f"{path.name}: a grid of losses is a .npz, .h5 or .csv file.")
    size = path.stat().st_size
    if size > LARGEST_FILE:
        found = counted(round(size / 2**20))
        raise ValueError(f"{path.name} has {found} MiB; at most {LARGEST_FILE // 2**20} MiB are read.")
    # one format is needed at a time
    if kind == ".npz":
        from lossviz.landscape.grid_npz import reading_npz

        title, (w, b, loss) = path.name, (yield from reading_npz(path))
    elif kind in HDF5:
        from lossviz.landscape.grid_hdf5 import reading_hdf5

        which, w, b, loss = yield from reading_hdf5(path)
        title = path.name if which == "train_loss" else f"{path.name}, {which.replace('_', ' ')}"
    else:
        from lossviz.landscape.grid_csv import reading_grid_csv

        title, (w, b, loss) = path.name, (yield from reading_grid_csv(path))
    return title, checked_grid(path.name, w, b, loss)
