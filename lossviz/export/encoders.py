"""Encoders: frames go in one by one, and a whole file or folder appears at the end, or nothing does.

A frame is a C-contiguous ``numpy.uint8`` array of shape (height, width, 4) with the bytes blue, green, red, 255: the
memory of a ``QImage`` in ``Format_RGB32`` or ``Format_ARGB32_Premultiplied`` on a little-endian machine.
"""

import errno
import io
import math
import operator
import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from lossviz.export.gif import GifStream, shared_palette

__all__ = [
    "Encoder",
    "ExportError",
    "GifEncoder",
    "PngSequence",
    "PngStill",
    "encoder_for",
    "shared_palette",
    "write_png",
]

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
            if (found := _described(frame)) != (wanted := f"{self.size[0]}×{self.size[1]}"):
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
            raise self._refused("it is a folder", errno.EISDIR)
        if self._target.exists() and not self._target.is_file():
            raise self._refused("it is not an ordinary file", errno.EEXIST)
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
                raise self._refused(reason, error.errno) from error
            raise

    def _refused(self, reason: str, number: int | None) -> ExportError:
        refusal = ExportError(f"Cannot write {self.path}: {reason}.")
        refusal.errno = number
        return refusal


class GifEncoder(Encoder):
    """Writes a GIF, as `GifStream` says.

    Parameters
    ----------
    path
        The target file.
    size
        Width and height of every frame in pixels.
    fps
        Frames per second, above 0 and at most 50.
    palette
        (n, 3) red, green, blue, n from 1 to 255, such as `shared_palette` makes. Every pixel takes the nearest one.
    loop
        Whether the film starts again at its end, for ever.

    Raises
    ------
    ValueError
        If an argument is not as said here.
    """

    def __init__(
        self, path: StrPath, size: tuple[int, int], fps: float, palette: NDArray[np.uint8], loop: bool = True
    ) -> None:
        super().__init__(path, size)
        self._stream = GifStream(self.size, fps, palette, loop)

    def _hold(self, seconds: float) -> None:
        self._stream.hold(seconds)

    def _write(self, frame: Frame) -> None:
        self._file.write(self._stream.add(frame))

    def _close(self) -> None:
        self._file.write(self._stream.end())
        super()._close()


class PngStill(Encoder):
    """Writes one frame as a PNG.

    Parameters
    ----------
    path
        The target file.
    size
        Width and height of the frame in pixels.
    text
        What the file says about itself, by PNG keyword ("Title", "Description", …); "Software" is lossviz if not given.

    Raises
    ------
    ValueError
        If the size is wrong, or a keyword is not 1 to 79 ASCII characters.
    """

    def __init__(self, path: StrPath, size: tuple[int, int], text: Mapping[str, str] | None = None) -> None:
        super().__init__(path, size)
        self._text = _checked_text(text or {})

    def _write(self, frame: Frame) -> None:
        if self.frames:
            raise ValueError(f"{self.path} holds one frame; for more, name a .gif file or a folder.")
        self._file.write(_png(frame, self._text))


class PngSequence(Encoder):
    """Writes numbered PNGs, frame_00000.png and so on, in a folder that appears whole.

    Parameters
    ----------
    folder
        The target: a folder that doesn't exist yet, or is empty.
    size
        Width and height of every frame in pixels.
    """

    def _open(self) -> None:
        if self._target.exists():
            if not self._target.is_dir():
                raise self._refused("it is a file, and a folder for numbered PNGs is wanted", errno.ENOTDIR)
            if any(self._target.iterdir()):
                raise self._refused("the folder is not empty", errno.ENOTEMPTY)
        self.temporary.mkdir()

    def _write(self, frame: Frame) -> None:
        with open(self.temporary / f"frame_{self.frames:05d}.png", "xb") as file:
            file.write(_png(frame, _checked_text({})))
            file.flush()
            os.fsync(file.fileno())

    def _close(self) -> None:
        """Do nothing: each picture is on the disk already."""

    def _discard(self) -> None:
        shutil.rmtree(self.temporary, ignore_errors=True)


def write_png(path: StrPath, frame: Frame, text: Mapping[str, str] | None = None) -> None:
    """Write a still; the file appears whole or not at all, and the same frame and text give the same bytes.

    Parameters
    ----------
    path
        The target file.
    frame
        (height, width, 4), as the module says.
    text
        What the file says about itself, by PNG keyword; "Software" is lossviz if not given.

    Raises
    ------
    ValueError
        If the frame or a keyword is wrong.
    ExportError
        If the file can't be written.
    """
    if np.ndim(frame) != 3:
        raise ValueError(f"A still is made of an array (height, width, 4), not of {_described(frame)}.")
    with PngStill(path, frame.shape[1::-1], text) as still:
        still.add(frame)


def encoder_for(path: StrPath, size: tuple[int, int], fps: float, palette: NDArray[np.uint8] | None) -> Encoder:
    """Choose the encoder by the target's suffix: a GIF, a PNG, or (no suffix) a folder of numbered PNGs.

    Parameters
    ----------
    path
        The target.
    size
        Width and height of every frame in pixels.
    fps
        Frames per second; PNGs know of no time.
    palette
        (n, 3) red, green, blue; only a GIF needs it.

    Returns
    -------
    encoder
        Not started yet.

    Raises
    ------
    ValueError
        If the suffix is unknown, or an argument is wrong for that format.
    """
    suffix = Path(path).suffix.lower()
    if suffix == ".gif":
        return GifEncoder(path, size, fps, np.empty((0, 3), np.uint8) if palette is None else palette)
    if suffix == ".png":
        return PngStill(path, size)
    if not suffix or Path(path).is_dir():
        return PngSequence(path, size)
    raise ValueError(f"Cannot write {path}: supported are .gif, .png, or a folder (no suffix) for numbered PNGs.")


def _described(frame: object) -> str:
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


def _checked_text(text: Mapping[str, str]) -> dict[str, str]:
    for keyword in text:
        if not (1 <= len(keyword) <= 79 and keyword.isascii() and keyword.isprintable()):
            raise ValueError(f"A PNG's keyword is 1 to 79 ASCII characters, not {keyword!r}.")
    return {"Software": "lossviz", **text}


def _png(frame: Frame, text: Mapping[str, str]) -> bytes:
    from PIL import Image, PngImagePlugin

    information = PngImagePlugin.PngInfo()
    for keyword, value in text.items():
        information.add_text(keyword, value)
    image = Image.frombuffer("RGB", frame.shape[1::-1], frame, "raw", "BGRX", 0, 1)
    # Into memory first: written to a file, Pillow reports a full disk without saying that it was one.
    memory = io.BytesIO()
    # Level 4 takes half the time of zlib's usual 6, for 6 % more bytes.
    image.save(memory, "PNG", pnginfo=information, compress_level=4)
    return memory.getvalue()
