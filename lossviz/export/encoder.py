"""Encoder: frames go in one by one, and a whole file or folder appears at the end, or nothing does.

A frame is a C-contiguous ``numpy.uint8`` array of shape (height, width, 4) with the bytes blue, green, red, 255: the
memory of a ``QImage`` in ``Format_RGB32`` or ``Format_ARGB32_Premultiplied`` on a little-endian machine.
"""

import errno
import math
import operator
import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
StrPath = str | os.PathLike[str]

# Reasons in words that say what to do; others are left to the system.
_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EACCES: "there is no permission to write in its folder",
    errno.EPERM: "there is no permission to write in its folder",
    errno.EROFS: "the disk is read-only",
    errno.ENOENT: "its folder does not exist",
    errno.ENOTDIR: "its folder is a file",
}


class ExportError(OSError):
    """A file could not be written; the message is a sentence with the path and the reason."""


class Encoder(ABC):
    """Writes frames to a temporary beside the target, which becomes the target when all went well.

    Used as a context manager it starts on entry, finishes when the block ends, and cancels when the block is left by an
    exception, KeyboardInterrupt and GeneratorExit included. A call that fails cancels too. Until it has finished, the
    target stays as it was.

    Parameters
    ----------
    path
        The target; its folder must exist.
    size
        Width and height of every frame in pixels, 1 to 65535.

    Raises
    ------
    ValueError
        By each call, if an argument is wrong or the call comes at the wrong time.
    ExportError
        By each call, if the system refuses: no such folder, no permission, disk full, a target not to be replaced.
    """

    def __init__(self, path: StrPath, size: tuple[int, int]) -> None:
        self.path = Path(path)
        self.size = _checked_size(size)
        #: Frames added so far.
        self.frames = 0
        # The file that a link points to is replaced, never the link; and a later chdir changes nothing.
        self._target = Path(os.path.realpath(self.path))
        #: What is written meanwhile: to be removed by whoever kills this process.
        self.temporary = self._target.parent / f".lossviz-{os.getpid()}-{os.urandom(4).hex()}.part"
        self._state = "not started"

    def start(self) -> None:
        """Make the temporary."""
        if self._state != "not started":
            raise ValueError(f"The export to {self.path} is {self._state} already.")
        self._state = "started"
        with self._cancelled_on_failure():
            self._open()

    def add(self, frame: Frame) -> None:
        """Append a frame; its memory is free for reuse afterwards.

        Parameters
        ----------
        frame
            (height, width, 4), as the module says.
        """
        self._require_started()
        with self._cancelled_on_failure():
            if (found := described(frame)) != (wanted := f"{self.size[0]}×{self.size[1]}"):
                raise ValueError(f"A frame of {self.path} is an array of uint8 of {wanted} pixels, not {found}.")
            self._write(frame)
        self.frames += 1

    def hold(self, seconds: float) -> None:
        """Show the last frame longer, where the format knows of time; numbered pictures do not.

        Parameters
        ----------
        seconds
            How much longer, 0 or more.
        """
        self._require_started()
        if not (math.isfinite(seconds) and seconds >= 0):
            raise ValueError(f"A frame is held for 0 seconds or more, not {seconds}.")
        if not self.frames:
            raise ValueError(f"There is no frame of {self.path} yet that could be held.")
        self._hold(seconds)

    def finish(self) -> None:
        """Complete the temporary, bring it safely to the disk, and put it in the target's place."""
        self._require_started()
        with self._cancelled_on_failure():
            if not self.frames:
                raise ValueError(f"There is no frame to write to {self.path}.")
            self._close()
            if self._target.exists():
                shutil.copymode(self._target, self.temporary)
            os.replace(self.temporary, self._target)
        self._state = "finished"

    def cancel(self) -> None:
        """Remove the temporary; does nothing if the export has finished or was cancelled."""
        if self._state == "started":
            self._state = "cancelled"
            self._discard()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *details: object) -> None:
        if kind is not None:
            self.cancel()
        elif self._state == "started":
            self.finish()

    @abstractmethod
    def _write(self, frame: Frame) -> None:
        """Append a frame that is known to be right."""

    def _hold(self, seconds: float) -> None:  # noqa: B027 - most formats know of no time
        """Show the last frame longer."""

    def _open(self) -> None:
        """Make the temporary: one file, unless a subclass says otherwise."""
        if self._target.is_dir():
            raise self.refused("it is a folder", errno.EISDIR)
        if self._target.exists() and not self._target.is_file():
            raise self.refused("it is not an ordinary file", errno.EEXIST)
        # Not tempfile: its files are closed to everybody else, and stay so when they are renamed.
        descriptor = os.open(self.temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        self._file: BinaryIO = os.fdopen(descriptor, "wb")

    def _close(self) -> None:
        """Bring what was written safely to the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def _discard(self) -> None:
        """Remove the temporary, however much of it there is."""
        # Closing flushes, which fails again where writing has failed; and there may be no file yet.
        with suppress(OSError, AttributeError):
            self._file.close()
        with suppress(OSError):
            self.temporary.unlink()

    def _require_started(self) -> None:
        if self._state != "started":
            raise ValueError(f"The export to {self.path} is {self._state}.")

    @contextmanager
    def _cancelled_on_failure(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            self.cancel()
            if isinstance(error, OSError) and not isinstance(error, ExportError):
                reason = _REASONS.get(error.errno or 0) or error.strerror or str(error)
                raise self.refused(reason, error.errno) from error
            raise

    def refused(self, reason: str, number: int | None) -> ExportError:
        """Give the error that says why the target can't be written."""
        refusal = ExportError(f"Cannot write {self.path}: {reason}.")
        refusal.errno = number
        return refusal


def described(frame: object) -> str:
    """Tell a frame by its size, as in 1280×720, and what is no frame by its shape or type."""
    if not isinstance(frame, np.ndarray):
        return f"a {type(frame).__name__}"
    if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 4:
        return f"an array of {frame.dtype} {frame.shape}"
    return f"{frame.shape[1]}×{frame.shape[0]}" if frame.flags.c_contiguous else "one that is not C-contiguous"


def _checked_size(size: tuple[int, int]) -> tuple[int, int]:
    try:
        width, height = map(operator.index, size)
    except (TypeError, ValueError):
        raise ValueError(f"A size is two whole numbers, width and height, not {size!r}.") from None
    if not (1 <= width <= 65535 and 1 <= height <= 65535):
        raise ValueError(f"Width and height are 1 to 65535 pixels, not {width}×{height}.")
    return width, height
