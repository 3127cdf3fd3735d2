"""Pictures that carry their experiment: the text that goes into a PNG or a GIF, and how it is read back.

A PNG has it under the keyword "lossviz" (tEXt, iTXt or zTXt), a GIF as a comment that begins with MARK. The pixels are
never decoded, and nothing that a file says about its own lengths is believed.
"""

import zlib
from pathlib import Path
from typing import BinaryIO

import msgspec

from lossviz.experiment.file import dumps, parse
from lossviz.experiment.section import ExperimentError
from lossviz.experiment.sections import Experiment
from lossviz.landscape.datasets import Dataset
from lossviz.landscape.fingerprint import fingerprinting
from lossviz.landscape.work import completed

KEYWORD = "lossviz"
MARK = "# lossviz experiment\n"
"""The first line of the text, a comment in TOML: it tells this comment of a GIF from others."""
LARGEST_DATA = 1_000_000
"""Bytes up to which the columns of a data file are taken along."""
LARGEST_TEXT = 16 * 2**20
MOST_BLOCKS = 1_000_000
"""Blocks that are looked at: those of a GIF of 255 MB, in about a second."""

_PNG = b"\x89PNG\r\n\x1a\n"
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")


class _PictureError(Exception):
    """What is wrong with a picture, without its name."""


def carried_text(experiment: Experiment, data: Dataset | None) -> str:
    """Give the text that a picture of an experiment carries; it opens elsewhere too, where the data are small.

    Parameters
    ----------
    experiment : Experiment
    data : Dataset or None
        The experiment's data, as they were read; None where it has none.
    """
    return MARK + dumps(self_contained(experiment, data))


def self_contained(experiment: Experiment, data: Dataset | None) -> Experiment:
    """Take the columns of a data file into the experiment below 1 MB, else a file's absolute path and its sha256."""
    surface, path = experiment.surface, experiment.surface.file
    if path is None:
        return experiment
    small = surface.path is not None and data is not None and 4 * data.rows * len(data) < LARGEST_DATA
    columns = {name: data[name].tolist() for name in data.columns} if data is not None and small else {}
    size = sum(len(repr(values)) for values in columns.values())
    if columns and size < LARGEST_DATA:
        surface = msgspec.structs.replace(surface, path=None, sha256=None, columns=columns)
    else:
        file = Path(path).resolve()
        sha256 = surface.sha256 or completed(fingerprinting(file))
        surface = msgspec.structs.replace(surface, **{surface.source: str(file)}, sha256=sha256)
    return msgspec.structs.replace(experiment, surface=surface)


def experiment_in_picture(path: str | Path) -> Experiment | None:
    """Read the experiment that a PNG or a GIF carries; None where it carries none.

    Parameters
    ----------
    path : str or Path

    Raises
    ------
    ExperimentError
        If the file is no picture, or damaged, or what it carries is not a valid experiment.
    OSError
        If it can't be read.
    """
    file = Path(path)
    if not file.is_file():
        raise ExperimentError(f"{path}: expected a picture file.")
    with open(file, "rb") as stream:
        try:
            text = _text_in(stream)
        except _PictureError as damage:
            raise ExperimentError(f"{file.name}: {damage}") from None
    return None if text is None else parse(text, file.name, file.resolve().parent)


def _text_in(stream: BinaryIO) -> str | None:
    head = stream.read(6)
    if head in (b"GIF87a", b"GIF89a"):
        return _text_in_gif(stream)
    if head + stream.read(2) == _PNG:
        return _text_in_png(stream)
    raise _PictureError("expected a PNG or a GIF, found something else.")


def _exactly(stream: BinaryIO, count: int) -> bytes:
    read = stream.read(count)
    if len(read) < count:
        raise _PictureError("the picture is cut off before its end.")
    return read


def _decoded(text: bytes, encoding: str) -> str:
    try:
        return text.decode(encoding)
    except UnicodeDecodeError:
        raise _PictureError("the experiment in the picture is damaged.") from None


# PNG: chunks of length, kind, content, checksum ----------------------------------------------------------------------


def _text_in_png(stream: BinaryIO) -> str | None:
    for _ in range(MOST_BLOCKS):
        head = _exactly(stream, 8)
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if kind == b"IEND":
            return None
        begun = stream.tell()
        # the keyword first: a giant chunk of somebody else's is not read
        if kind in _TEXTS and stream.read(min(length, len(KEYWORD) + 1)) == KEYWORD.encode() + b"\0":
            if length > LARGEST_TEXT:
                raise _PictureError(f"it carries more than {LARGEST_TEXT >> 20} MiB of text.")
            stream.seek(begun)
            content = _exactly(stream, length)
            if zlib.crc32(kind + content) != int.from_bytes(_exactly(stream, 4), "big"):
                raise _PictureError("the experiment in the picture is damaged.")
            return _text_of_chunk(kind, content[len(KEYWORD) + 1 :])
        stream.seek(begun + length + 4)
    return None


def _text_of_chunk(kind: bytes, content: bytes) -> str:
    if kind == b"tEXt":
        return _decoded(content, "latin-1")
    if kind == b"zTXt":
        return _decoded(_inflated(content[1:]), "latin-1")
    compressed, parts = content[:1] == b"\1", content[2:].split(b"\0", 2)
    if len(parts) < 3:
        raise _PictureError("the experiment in the picture is damaged.")
    return _decoded(_inflated(parts[2]) if compressed else parts[2], "utf-8")


def _inflated(content: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(content, LARGEST_TEXT + 1)
    except zlib.error:
        raise _PictureError("the experiment in the picture is damaged.") from None
    if len(text) > LARGEST_TEXT:
        raise _PictureError(f"it carries more than {LARGEST_TEXT >> 20} MiB of text.")
    if not inflater.eof:
        raise _PictureError("the experiment in the picture is damaged.")
    return text


# GIF: extensions and images, each a row of sub-blocks of 1 to 255 bytes that ends with an empty one -------------------


def _text_in_gif(stream: BinaryIO) -> str | None:
    _skip_colours(stream, _exactly(stream, 7)[4])
    left = MOST_BLOCKS
    while left > 0:
        begin = _exactly(stream, 1)
        if begin == b";":
            return None
        if begin == b"!":
            comment = _exactly(stream, 1) == b"\xfe"
        elif begin == b",":
            comment = False
            _skip_colours(stream, _exactly(stream, 9)[8])
            stream.seek(1, 1)
        else:
            raise _PictureError("the picture is damaged.")
        found, looked_at = _sub_blocks(stream, left, comment)
        if found:
            return _decoded(found, "utf-8")
        left -= looked_at
    return None


def _skip_colours(stream: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        stream.seek(3 << ((flags & 7) + 1), 1)


def _sub_blocks(stream: BinaryIO, most: int, wanted: bool) -> tuple[bytes, int]:
    """Go to the end of the sub-blocks; give their content if it is `wanted` and begins with MARK, and their number."""
    mark, content, number, total = MARK.encode(), [], 0, 0
    while (length := _exactly(stream, 1)[0]) and number < most:
        number += 1
        if not wanted:
            stream.seek(length, 1)
            continue
        content.append(_exactly(stream, length))
        total += length
        # somebody else's comment need not be kept
        wanted = content[0][: len(mark)] == mark[: len(content[0])]
        if total > LARGEST_TEXT:
            raise _PictureError(f"it carries more than {LARGEST_TEXT >> 20} MiB of text.")
    text = b"".join(content) if wanted else b""
    return (text if text.startswith(mark) else b""), number + 1
