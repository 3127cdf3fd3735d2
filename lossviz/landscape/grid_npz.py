"""Grids in NumPy's .npz files: what an array's header says is looked at before the array takes any memory."""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Generator
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy

from lossviz.landscape.domain import Array
from lossviz.landscape.grid_check import check_lengths
from lossviz.landscape.work import scaled

BLOCK = 2**20
"""Bytes between two yields: some milliseconds."""
SHOWN = 6
"""Names that a sentence lists."""

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    lzma.LZMAError,
    EOFError,
    UnicodeDecodeError,
    RuntimeError,
    NotImplementedError,
)
"""What zipfile says of files that are none, damaged, locked by a password, or packed in ways it doesn't know."""

Header = tuple[tuple[int, ...], bool, np.dtype]


def reading_npz(path: Path) -> Generator[float, None, tuple[Array, Array, Array]]:
    """Read the arrays w (n,), b (m,) and loss (n, m) as a generator that yields its progress. Nothing is unpickled.

    Raises
    ------
    ValueError
        If they are not there, or no numbers of these shapes.
    OSError
        If it can't be read.
    """
    broken = ValueError(f"{path.name} is no .npz file, or a part of it is missing.")
    try:
        with zipfile.ZipFile(path) as archive:
            _check_names(path, [name.removesuffix(".npy") for name in archive.namelist()])
            headers = {name: _header(path, archive, name) for name in ("w", "b", "loss")}
            _check_shapes(path, headers)
            w = yield from scaled(_reading(path, archive, "w", headers["w"]), 0.0, 0.05)
            b = yield from scaled(_reading(path, archive, "b", headers["b"]), 0.05, 0.1)
            return w, b, (yield from scaled(_reading(path, archive, "loss", headers["loss"]), 0.1, 1.0))
    except _BROKEN:
        raise broken from None


def _check_names(path: Path, names: list[str]) -> None:
    if not {"w", "b", "loss"} <= set(names):
        shown = ", ".join(sorted(names)[:SHOWN]) + (", …" if len(names) > SHOWN else "")
        raise ValueError(f"{path.name}: expected the arrays w, b and loss, found {shown or 'none'}.")


def _check_shapes(path: Path, headers: dict[str, Header]) -> None:
    (w, b, loss) = (headers[name][0] for name in ("w", "b", "loss"))
    if not (len(w) == len(b) == 1 and loss == w + b):
        raise ValueError(
            f"{path.name}: expected w of shape (n,), b (m,) and loss (n, m), "
            f"found {_shape(w)}, {_shape(b)} and {_shape(loss)}."
        )
    check_lengths(path.name, *loss)


def _shape(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def _header(path: Path, archive: zipfile.ZipFile, name: str) -> Header:
    """Give shape, whether columns come first, and the kind of numbers of an array."""
    with archive.open(f"{name}.npy") as stream:
        shape, by_columns, dtype = _read_header(path, name, stream)
    if dtype.kind not in "fiu":
        found = "Python objects" if dtype.hasobject else f"'{dtype}'"
        raise ValueError(f"{path.name}: expected {name} to hold numbers, found {found}.")
    return shape, by_columns, dtype


def _read_header(path: Path, name: str, stream: IO[bytes]) -> Header:
    try:
        version = npy.read_magic(stream)
        read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
        header: Header = read(stream)
    except (ValueError, KeyError):
        raise ValueError(f"{path.name}: expected {name} to be an array of NumPy.") from None
    return header


def _reading(path: Path, archive: zipfile.ZipFile, name: str, header: Header) -> Generator[float, None, Array]:
    """Read an array, and never more bytes than its header says."""
    shape, by_columns, dtype = header
    size = dtype.itemsize * int(np.prod(shape))
    content = bytearray()
    with archive.open(f"{name}.npy") as stream:
        _read_header(path, name, stream)
        while len(content) < size:
            block = stream.read(min(BLOCK, size - len(content)))
            if not block:
                raise EOFError
            content += block
            yield len(content) / size
        if stream.read(1):
            # the sum that tells whether all of it is right stands at the end, and is looked at there
            raise EOFError
    numbers = np.frombuffer(content, dtype).astype(np.float64)
    return numbers.reshape(shape, order="F" if by_columns else "C")
