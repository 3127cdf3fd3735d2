"""Where the labels of upright lines stand: in rows above the curve, each beside its line, none over another."""

from collections.abc import Sequence
from typing import NamedTuple


class Place(NamedTuple):
    """Where a label begins, and in which row, counted from the top."""

    left: float
    row: int


def places(lines: Sequence[tuple[float, float]], room: float, gap: float) -> list[Place]:
    """Place the labels of upright lines, each at the right of its line or, where there is no room, at its left.

    A line goes down from the row of its label; a label that begins at the left of another line gets a row above that
    line's, where it can, so that none is crossed.

    Parameters
    ----------
    lines : sequence of (x, width)
        Where each line stands, ascending, and how wide its label is.
    room : float
        Labels stand between 0 and this.
    gap : float
        Between a line and its label, and between two labels of a row.
    """
    placed: list[Place] = []
    for x, width in lines:
        left = x + gap if x + gap + width <= room else max(0.0, x - gap - width)
        before = list(zip(lines, placed, strict=False))
        taken = {
            other.row
            for (_, wide), other in before
            if left < other.left + wide + gap and other.left < left + width + gap
        }
        # those at the right of it are still to be placed, and can be given lower rows
        found = [
            (sum(_crosses(x, width, Place(left, row), *other) for other in before), row)
            for row in range(len(lines))
            if row not in taken
        ]
        placed.append(Place(left, min(found)[1]))
    return placed


def _crosses(x: float, width: float, place: Place, line: tuple[float, float], other: Place) -> bool:
    """Tell whether of two lines one goes through the label of the other."""
    other_x, other_width = line
    through = other.left < x < other.left + other_width and place.row <= other.row
    return through or (place.left < other_x < place.left + width and other.row <= place.row)
