"""The GIF format: one palette for all frames, the nearest colour in it, and the bytes of the file."""

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# Most colours of a picture: 256 less the one that stands for "as in the frame before".
_MOST_COLOURS = 255
# The palette entry that leaves a pixel as it was.
_TRANSPARENT = 0
_NOTHING_NEW = np.full((1, 1), _TRANSPARENT, dtype=np.uint8)
# Longest delay of one frame, in 1/100 s.
_LONGEST_DELAY = 65535
# How much a difference in red, green and blue weighs: the mean of the "redmean" distance, close to what the
# eye sees. Whole numbers keep every squared distance below 2**24, so that float32 computes it exactly, in
# whatever order a BLAS adds it: the same frames give the same palette on every machine.
_WEIGHTS = np.array([5.0, 8.0, 5.0], dtype=np.float32)
# So many distinct colours are looked at when a palette is made; a photograph has more, a drawn scene far fewer.
_MOST_DISTINCT = 65536
# Rounds of moving each colour to the mean of its pixels; beyond four the pictures gain less than 0.05 dB.
_ROUNDS = 4


def shared_palette(samples: Sequence[NDArray[np.uint8]], fixed: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Choose at most 255 colours for a whole film.

    Starting from the fixed colours, the colour that is worst served so far is added again and again; then the
    added ones move to the means of the pixels nearest to them.

    Parameters
    ----------
    samples
        Frames of the film, each (height, width, 4), in the order blue, green, red, 255.
    fixed
        (n, 3) red, green, blue: colours that must come out exactly; n at most 255.

    Returns
    -------
    palette
        (m, 3) red, green, blue, all different, m from 1 to 255; the fixed colours come first, in their order.

    Raises
    ------
    ValueError
        If an argument is not as said here, or there are neither samples nor fixed colours.
    """
    fixed = _distinct(_checked_colours(fixed))
    colours, counts = _census(samples, fixed)
    if not len(fixed) + len(colours):
        raise ValueError("A palette needs at least one sample frame or one fixed colour.")
    if len(fixed) + len(colours) <= _MOST_COLOURS:
        return np.concatenate([fixed, colours])
    palette = np.concatenate([fixed, _worst_served(colours, counts, fixed)])
    for _ in range(_ROUNDS):
        palette[len(fixed) :] = _means(colours, counts, palette)[len(fixed) :]
    return _distinct(palette)


def nearest(colours: NDArray[np.uint8], palette: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Find for each colour the row of the palette that is nearest to it; of equally near ones, the first.

    Parameters
    ----------
    colours
        (k, 3) red, green, blue.
    palette
        (n, 3) red, green, blue, n at least 1.

    Returns
    -------
    rows
        (k,) indices into the palette.
    """
    points = palette.astype(np.float32)
    # |c - p|² less |c|², which is the same for every p: one matrix product, with a column of ones for |p|²
    product = np.vstack([-2 * (points * _WEIGHTS).T, (points * points) @ _WEIGHTS])
    rows = np.empty(len(colours), dtype=np.intp)
    for start in range(0, len(colours), 8192):
        block = colours[start : start + 8192]
        extended = np.ones((len(block), 4), dtype=np.float32)
        extended[:, :3] = block
        rows[start : start + 8192] = np.argmin(extended @ product, axis=1)
    return rows


class ColourTable:
    """Turns pixels into palette entries, exactly nearest, remembering every colour that it has met.

    Parameters
    ----------
    palette
        (n, 3) red, green, blue, n from 1 to 255. Its row k is entry k + 1 of the file; entry 0 is transparent.
    """

    def __init__(self, palette: NDArray[np.uint8]) -> None:
        self._palette = palette
        # One byte for each of the 2**24 colours, 0 where not met yet; the system hands out only the pages touched.
        self._entries = np.zeros(1 << 24, dtype=np.uint8)

    def __call__(self, pixels: NDArray[np.uint32]) -> NDArray[np.uint8]:
        """Map pixels to entries.

        Parameters
        ----------
        pixels
            (k,) numbers 0xAARRGGBB; the top byte is ignored.

        Returns
        -------
        entries
            (k,) from 1 to 255.
        """
        colours = pixels & np.uint32(0xFFFFFF)
        entries = self._entries[colours]
        unmet = entries == 0
        if unmet.any():
            new = np.unique(colours[unmet])
            self._entries[new] = nearest(_split(new), self._palette) + 1
            entries = self._entries[colours]
        return entries


class GifStream:
    """Turns frames into the bytes of a GIF: one palette, no dither, and of each frame only the rectangle that changed.

    Pixels that stay as they are become transparent, which compresses best; a frame equal to the one before only
    makes that one last longer. Frame n, counted from 0, ends at round(100·(n+1)/fps) hundredths of a second (and what
    was held before it), so that rounding never adds up.

    Parameters
    ----------
    size
        Width and height of every frame in pixels, 1 to 65535.
    fps
        Frames per second, above 0 and at most 50: viewers play anything faster at 10.
    palette
        (n, 3) red, green, blue, n from 1 to 255. Every pixel takes the nearest one.
    loop
        Whether the film starts again at its end, for ever.
    comment
        A text that the file carries, in UTF-8; "" for none.

    Raises
    ------
    ValueError
        If the rate or the palette is not as said here.
    """

    def __init__(
        self, size: tuple[int, int], fps: float, palette: NDArray[np.uint8], loop: bool, comment: str = ""
    ) -> None:
        if not 0 < fps <= 50:
            raise ValueError(f"A GIF shows more than 0 and at most 50 frames a second, not {fps}.")
        palette = _checked_colours(palette)
        if not len(palette):
            raise ValueError("A palette has at least one colour.")
        self._size = size
        self._fps = fps
        self._head = _head(size, palette, loop) + _comment(comment)
        self._bits = _code_size(palette)
        self._table = ColourTable(palette)
        width, height = size
        self._pixels = np.zeros(width * height, dtype=np.uint32)
        self._canvas = np.full(width * height, _TRANSPARENT, dtype=np.uint8)
        self._frames = 0
        self._held = 0.0
        # The last picture waits until it is known how long it lasts; those before it fill so many hundredths.
        self._waiting = b""
        self._elapsed = 0

    def add(self, frame: NDArray[np.uint8]) -> bytes:
        """Take a frame.

        Parameters
        ----------
        frame
            (height, width, 4), C-contiguous, in the order blue, green, red, 255; it may be reused afterwards.

        Returns
        -------
        data
            What can be written by now, which may be nothing.
        """
        pixels = frame.view("<u4").reshape(-1)
        # Sources are compared first, because most pixels are equal and need no look at the palette at all.
        where = np.flatnonzero(pixels != self._pixels) if self._frames else np.arange(pixels.size)
        sources = pixels[where]
        self._pixels[where] = sources
        entries = self._table(sources)
        differs = entries != self._canvas[where]
        where, entries = where[differs], entries[differs]
        data = b"" if self._frames else self._head
        if where.size:
            self._canvas[where] = entries
            data += self._release()
            self._waiting = self._picture(where, entries)
        self._frames += 1
        return data

    def hold(self, seconds: float) -> None:
        """Show the last frame longer.

        Parameters
        ----------
        seconds
            How much longer, 0 or more.
        """
        self._held += seconds

    def end(self) -> bytes:
        """Finish, after one frame at least.

        Returns
        -------
        data
            The rest of the file.
        """
        return self._release() + b";"

    def _release(self) -> bytes:
        """Write the waiting picture, now that it has been shown up to the end of the frames taken so far."""
        end = round(100 * self._frames / self._fps + 100 * self._held)
        data = b""
        while self._waiting:
            delay = min(end - self._elapsed, _LONGEST_DELAY)
            data += _control(delay, transparent=self._elapsed > 0) + self._waiting
            self._elapsed += delay
            # What is longer than the format can say is continued by a picture that changes nothing.
            self._waiting = _picture(_NOTHING_NEW, 0, 0, self._bits) if end > self._elapsed else b""
        return data

    def _picture(self, where: NDArray[np.intp], entries: NDArray[np.uint8]) -> bytes:
        """Write the smallest rectangle that holds the entries; where they go is numbered row by row, ascending."""
        rows, columns = np.divmod(where, self._size[0])
        top, left = int(rows[0]), int(columns.min())
        patch = np.full((int(rows[-1]) + 1 - top, int(columns.max()) + 1 - left), _TRANSPARENT, dtype=np.uint8)
        patch[rows - top, columns - left] = entries
        return _picture(patch, left, top, self._bits)


def _head(size: tuple[int, int], palette: NDArray[np.uint8], loop: bool) -> bytes:
    """Write what comes before the first frame: signature, screen, palette, and the wish to loop."""
    bits = _code_size(palette)
    table = np.zeros((1 << bits, 3), dtype=np.uint8)
    # Viewers that know no transparency fill with this entry: the first colour, as a rule the ground, looks least odd.
    table[_TRANSPARENT] = palette[0]
    table[1 : len(palette) + 1] = palette
    screen = struct.pack("<HHBBB", *size, 0x80 | 0x70 | (bits - 1), _TRANSPARENT, 0)
    again = b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00" if loop else b""
    return b"GIF89a" + screen + table.tobytes() + again


def _comment(text: str) -> bytes:
    """Write a comment extension: sub-blocks of at most 255 bytes, and an empty one at the end."""
    raw = text.encode()
    blocks = (raw[start : start + 255] for start in range(0, len(raw), 255))
    return b"!\xfe" + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0" if raw else b""


def _code_size(palette: NDArray[np.uint8]) -> int:
    """Tell the bits of a palette entry, the transparent one included; the format asks for 2 at least."""
    return max(2, len(palette).bit_length())


def _control(delay: int, transparent: bool) -> bytes:
    """Write the block that says how long, in 1/100 s, the picture after it is shown."""
    leave_in_place = 1 << 2
    return b"!\xf9\x04" + struct.pack("<BHBB", leave_in_place | transparent, delay, _TRANSPARENT, 0)


def _picture(entries: NDArray[np.uint8], left: int, top: int, bits: int) -> bytes:
    """Write a rectangle of palette entries (height, width) whose corner lies at left, top on the screen."""
    from PIL import Image

    height, width = entries.shape
    compressed = Image.fromarray(entries).tobytes("gif", "L", bits, 0)
    return b"," + struct.pack("<HHHHBB", left, top, width, height, 0, bits) + compressed + b"\0"


def _checked_colours(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    colours = np.array(colours)
    if colours.dtype != np.uint8 or colours.ndim != 2 or colours.shape[1] != 3:
        raise ValueError(f"Colours are uint8 (n, 3), red, green and blue, not {colours.dtype} {colours.shape}.")
    if len(colours) > _MOST_COLOURS:
        raise ValueError(f"A GIF holds at most {_MOST_COLOURS} colours beside the transparent one, not {len(colours)}.")
    return colours


def _census(
    samples: Sequence[NDArray[np.uint8]], fixed: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Count the distinct colours of the samples, the fixed ones left out: (k, 3) and (k,)."""
    met = [np.empty(0, np.uint32)]
    numbers = [np.empty(0, np.intp)]
    for sample in samples:
        if sample.dtype != np.uint8 or sample.ndim != 3 or sample.shape[2] != 4:
            raise ValueError(f"A sample is a frame, uint8 (height, width, 4), not {sample.dtype} {sample.shape}.")
        packed = np.ascontiguousarray(sample).view("<u4").reshape(-1) & np.uint32(0xFFFFFF)
        distinct, count = np.unique(packed, return_counts=True)
        met.append(distinct)
        numbers.append(count)
    packed, place = np.unique(np.concatenate(met), return_inverse=True)
    counts = np.bincount(place, np.concatenate(numbers), len(packed)).astype(np.float64)
    free = ~np.isin(packed, fixed.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32))
    packed, counts = packed[free], counts[free]
    # The colours are in order, so that every k-th one is spread over all of them.
    stride = -(-len(packed) // _MOST_DISTINCT) or 1
    return _split(packed[::stride]), counts[::stride]


def _worst_served(
    colours: NDArray[np.uint8], counts: NDArray[np.float64], fixed: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Pick from more colours than there is room for those farthest from all that were picked before: (m, 3)."""
    # A colour counts by the root of its pixels: between large areas that must not show bands (plain counts) and
    # the few pixels of thin antialiased lines (no counts at all).
    points = colours.astype(np.float32)
    importance = np.sqrt(counts).astype(np.float32)
    distance = np.full(len(points), 1e30, dtype=np.float32)
    for colour in fixed.astype(np.float32):
        distance = np.minimum(distance, (points - colour) ** 2 @ _WEIGHTS)
    picked = []
    for _ in range(_MOST_COLOURS - len(fixed)):
        worst = int(np.argmax(distance * importance))
        picked.append(worst)
        distance = np.minimum(distance, (points - points[worst]) ** 2 @ _WEIGHTS)
    return colours[picked]


def _means(colours: NDArray[np.uint8], counts: NDArray[np.float64], palette: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Move each colour of the palette to the mean of the pixels nearest to it; unused ones stay: (n, 3)."""
    rows = nearest(colours, palette)
    total = np.bincount(rows, counts, len(palette))
    moved = palette.copy()
    for channel in range(3):
        weighted = np.bincount(rows, counts * colours[:, channel], len(palette))
        np.copyto(moved[:, channel], np.rint(weighted / np.maximum(total, 1)).astype(np.uint8), where=total > 0)
    return moved


def _split(packed: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Take numbers 0xRRGGBB apart: (k, 3)."""
    return np.stack([packed >> 16, packed >> 8, packed], axis=-1).astype(np.uint8)


def _distinct(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Drop repeated rows; the others keep their order."""
    first = np.unique(colours, axis=0, return_index=True)[1]
    return colours[np.sort(first)]
