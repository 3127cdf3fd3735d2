"""Encoders by the name of the file: a GIF, a PNG, or a folder of numbered PNGs."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lossviz.export.encoder import Encoder, ExportError, Frame, StrPath
from lossviz.export.gif import GifStream, shared_palette
from lossviz.export.png import PngSequence, PngStill, write_png

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
    comment
        A text that the file carries.

    Raises
    ------
    ValueError
        If an argument is not as said here.
    """

    def __init__(
        self,
        path: StrPath,
        size: tuple[int, int],
        fps: float,
        palette: NDArray[np.uint8],
        loop: bool = True,
        comment: str = "",
    ) -> None:
        super().__init__(path, size)
        self._stream = GifStream(self.size, fps, palette, loop, comment)

    def _hold(self, seconds: float) -> None:
        self._stream.hold(seconds)

    def _write(self, frame: Frame) -> None:
        self._file.write(self._stream.add(frame))

    def _close(self) -> None:
        self._file.write(self._stream.end())
        super()._close()


def encoder_for(
    path: StrPath,
    size: tuple[int, int],
    fps: float,
    palette: NDArray[np.uint8] | None,
    text: Mapping[str, str] | None = None,
    comment: str = "",
) -> Encoder:
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
    text
        What PNGs say about themselves, by keyword; of numbered ones the first.
    comment
        What a GIF carries.

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
        return GifEncoder(path, size, fps, np.empty((0, 3), np.uint8) if palette is None else palette, comment=comment)
    if suffix == ".png":
        return PngStill(path, size, text)
    if not suffix or Path(path).is_dir():
        return PngSequence(path, size, text)
    raise ValueError(f"Cannot write {path}: supported are .gif, .png, or a folder (no suffix) for numbered PNGs.")
