"""The fingerprint of a file: whether it still is the one that an experiment was made with."""

from collections.abc import Generator
from pathlib import Path

from lossviz.landscape.work import scaled

HASHED = 2**22
"""Bytes between two yields: a few milliseconds."""
FIRST_PART = 0.3
"""The part of the whole work that it is to recognise a file before it is read."""


def fingerprinting(path: Path) -> Generator[float, None, str]:
    """Give the sha256 of a file, in hexadecimal digits, as a generator that yields its progress.

    Raises
    ------
    OSError
        If it can't be read.
    """
    # needed only here
    import hashlib

    digest, size, done = hashlib.sha256(), max(1, path.stat().st_size), 0
    with path.open("rb") as stream:
        while block := stream.read(HASHED):
            digest.update(block)
            done += len(block)
            yield min(1.0, done / size)
    return digest.hexdigest()


def recognising(path: Path, sha256: str) -> Generator[float, None, None]:
    """See, as a generator that yields its progress up to a part, that a file is the one with this sha256.

    Raises
    ------
    ValueError
        If it is another one.
    OSError
        If it can't be read.
    """
    if (yield from scaled(fingerprinting(path), 0.0, FIRST_PART)) != sha256:
        raise ValueError(f"{path.name} is not the file it was: its sha256 differs.")
