"""Layouts: which cards are seen, and where, in a room of some size. Pure arithmetic."""

from collections.abc import Collection
from dataclasses import dataclass

from lossviz.experiment import CARDS

GAP = 8
"""Pixels between two cards."""
NARROW, LOW = 910, 560
"""A room smaller than this, in pixels, gets the four views of the layout alone."""


@dataclass(frozen=True)
class Split:
    """Parts beside or above one another.

    Parameters
    ----------
    across : bool
        Beside one another; else above.
    parts : tuple of (weight, Split or name of a card)
    """

    across: bool
    parts: tuple[tuple[float, "Split | str"], ...]


def _row(*parts: tuple[float, Split | str]) -> Split:
    return Split(True, parts)


def _column(*parts: tuple[float, Split | str]) -> Split:
    return Split(False, parts)


@dataclass(frozen=True)
class Layout:
    """One way of looking at an experiment: its title, the cards in a room of full size, and in a small one."""

    title: str
    text: str
    full: Split
    small: Split


LAYOUTS: dict[str, Layout] = {
    "race": Layout(
        "Race",
        "The descents against one another",
        _column(
            (10.4, _row((1, "surface"), (1, "map"))),
            (10.6, _row((36, "loss"), (36, "data"), (30, "happening"))),
        ),
        _column((11, _row((1, "surface"), (1, "map"))), (10, _row((1, "loss"), (1, "data")))),
    ),
    "line_and_point": Layout(
        "Line and point",
        "A point of the map is a line in the data",
        _column(
            (12, _row((1, "map"), (1, "data"))),
            (9, _row((36, "surface"), (36, "coefficients"), (30, "happening"))),
        ),
        _column((12, _row((1, "map"), (1, "data"))), (9, _row((1, "surface"), (1, "coefficients")))),
    ),
    "one_parameter": Layout(
        "One parameter",
        "The loss along one parameter, and its slope",
        _row((64, "slice"), (36, _column((10, "data"), (11, "happening")))),
        _row((62, "slice"), (38, _column((1, "data"), (1, "happening")))),
    ),
    "all": Layout(
        "All",
        "Every card that there is room for",
        _column(
            (11, _row((1, "surface"), (1, "map"), (1, "slice"))),
            (10, _row((0.8, "loss"), (0.8, "data"), (0.9, "coefficients"), (1.05, "happening"))),
        ),
        _column((11, _row((1, "surface"), (1, "map"))), (10, _row((1, "loss"), (1, "slice")))),
    ),
}

TITLES = {
    "surface": "Surface",
    "map": "Map",
    "loss": "Loss by step",
    "data": "Data and lines",
    "slice": "One parameter",
    "happening": "What is happening",
    "coefficients": "Coefficients",
}

Place = tuple[int, int, int, int]


def arranged(
    layout: str, width: int, height: int, hidden: Collection[str] = (), large: str = "", zoom: float = 1.0
) -> dict[str, Place]:
    """Give each card that is seen its place.

    Parameters
    ----------
    layout : str
        One of LAYOUTS.
    width, height : int
        Of the room, in pixels.
    hidden : names of cards
        Their room goes to the others.
    large : str
        The one card that is seen alone; "": none.
    zoom : float
        How much larger than usual everything is drawn.

    Returns
    -------
    dict of name to (left, top, width, height)
    """
    if large in CARDS:
        return {large: (0, 0, width, height)}
    chosen = LAYOUTS[layout]
    small = width < NARROW * zoom or height < LOW * zoom
    tree = _without(chosen.small if small else chosen.full, hidden)
    places: dict[str, Place] = {}
    if tree is not None:
        _place(tree, 0.0, 0.0, width + GAP, height + GAP, places)
    return places


def _without(tree: Split | str, hidden: Collection[str]) -> Split | str | None:
    if isinstance(tree, str):
        return None if tree in hidden else tree
    parts = [(weight, _without(part, hidden)) for weight, part in tree.parts]
    left = tuple((weight, part) for weight, part in parts if part is not None)
    return Split(tree.across, left) if left else None


def _place(tree: Split | str, left: float, top: float, width: float, height: float, places: dict[str, Place]) -> None:
    """Share a rectangle, of which each part ends with a gap."""
    if isinstance(tree, str):
        x, y = round(left), round(top)
        places[tree] = (x, y, round(left + width) - GAP - x, round(top + height) - GAP - y)
        return
    whole = sum(weight for weight, _ in tree.parts)
    done = 0.0
    for weight, part in tree.parts:
        share = weight / whole
        if tree.across:
            _place(part, left + done * width, top, share * width, height, places)
        else:
            _place(part, left, top + done * height, width, share * height, places)
        done += share
