"""Grids in the HDF5 files of tomgoldstein/loss-landscape, which computes the loss of a network along two directions."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np

from lossviz.landscape.domain import Array
from lossviz.landscape.grid_check import check_lengths

LOSSES = ("train_loss", "test_loss")
"""Which losses are read: the first that is there."""
NOT_COMPUTED = -1.0
"""What stands where the computation hasn't come to."""
SHOWN = 8


class _RefusedError(ValueError):
    """A file that is whole, but holds something else."""


def reading_hdf5(path: Path) -> Generator[float, None, tuple[str, Array, Array, Array]]:
    """Read which loss it is, w (n,) along its x, b (m,) along its y, and the losses (n, m), as a generator.

    In those files the losses lie row by row of y, whatever shape the file says: their place in memory counts, as
    scheduler.py numbers the points of meshgrid(x, y) and plot_2D.py draws them so.

    Raises
    ------
    ValueError
        If it is no such file, or h5py isn't there.
    OSError
        If it can't be read.
    """
    try:
        import h5py
    except ImportError:
        raise ValueError(f"{path.name}: reading HDF5 files needs h5py: pip install h5py.") from None
    yield 0.0
    # what can't be opened as a file is told by the system's own words
    with path.open("rb") as stream:
        try:
            with h5py.File(stream, "r") as file:
                which, w, b, losses = _content(path, file, h5py)
        except _RefusedError:
            raise
        except (OSError, RuntimeError, KeyError, TypeError, ValueError):
            # what h5py says of damage is for those who write such files
            raise ValueError(f"{path.name} is no HDF5 file, or a part of it is missing or damaged.") from None
    yield 1.0
    loss = losses.reshape(len(b), len(w)).T
    return which, w, b, np.where(loss == NOT_COMPUTED, np.nan, loss)


def _content(path: Path, file: Any, h5py: Any) -> tuple[str, Array, Array, Array]:
    """Give which loss it is, x, y and the losses as they lie in the file."""
    names = [str(name) for name in file]
    which = next((name for name in LOSSES if name in names), "")
    if not (which and "xcoordinates" in names and "ycoordinates" in names):
        expected = f"xcoordinates, ycoordinates and {' or '.join(LOSSES)}"
        shown = ", ".join(sorted(names)[:SHOWN]) + (", …" if len(names) > SHOWN else "")
        raise _RefusedError(f"{path.name}: expected {expected}, found {shown or 'nothing'}.")
    x, y, losses = (_dataset(path, file, name, h5py) for name in ("xcoordinates", "ycoordinates", which))
    if len(x.shape) != 1 or len(y.shape) != 1 or losses.size != x.size * y.size:
        sizes = f"{losses.size} for {x.size} × {y.size} coordinates"
        raise _RefusedError(f"{path.name}: expected x × y losses, found {sizes}.")
    try:
        check_lengths(path.name, x.size, y.size)
    except ValueError as error:
        raise _RefusedError(str(error)) from None
    w, b, raw = (np.asarray(part[()], dtype=np.float64) for part in (x, y, losses))
    return which, w, b, raw


def _dataset(path: Path, file: Any, name: str, h5py: Any) -> Any:
    """Give an array of numbers that lies in this file itself."""
    found = file[name] if isinstance(file.get(name, getlink=True), h5py.HardLink) else None
    if not isinstance(found, h5py.Dataset) or found.dtype.kind not in "fiu" or found.is_virtual or found.external:
        raise _RefusedError(f"{path.name}: expected {name} to be an array of numbers.")
    return found
