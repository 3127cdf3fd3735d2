"""PNG encoders: a still, and numbered pictures in a folder; what they say about themselves."""

import errno
import io
import os
import shutil
from collections.abc import Mapping

import numpy as np

from lossviz.export.encoder import Encoder, Frame, StrPath, described


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
    text
        What the first picture says about itself, by PNG keyword, beside "Software", which all of them say.

    Raises
    ------
    ValueError
        If the size is wrong, or a keyword is not 1 to 79 ASCII characters.
    """

    def __init__(self, folder: StrPath, size: tuple[int, int], text: Mapping[str, str] | None = None) -> None:
        super().__init__(folder, size)
        self._text = _checked_text(text or {})

    def _open(self) -> None:
        if self._target.exists():
            if not self._target.is_dir():
                raise self.refused("it is a file, and a folder for numbered PNGs is wanted", errno.ENOTDIR)
            if any(self._target.iterdir()):
                raise self.refused("the folder is not empty", errno.ENOTEMPTY)
        self.temporary.mkdir()

    def _write(self, frame: Frame) -> None:
        with open(self.temporary / f"frame_{self.frames:05d}.png", "xb") as file:
            file.write(_png(frame, _checked_text({}) if self.frames else self._text))
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
        raise ValueError(f"A still is made of an array (height, width, 4), not of {described(frame)}.")
    with PngStill(path, frame.shape[1::-1], text) as still:
        still.add(frame)


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
