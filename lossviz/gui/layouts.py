"""Layouts: which cards are seen, and where, in a room of some size. Pure arithmetic."""

from collections.abc import Collection
from dataclasses import dataclass

from lossviz.experiment import CARDS

GAP = 8
"""Pixels between two cards."""
NARROW, LOW = 910, 560
"""A room smaller than this, in pixels, gets the four views of the layout alone."""
WIDE = 1200
"""A room wider than this gets what there is no room for elsewhere."""
LEAST_WIDTH, LEAST_HEIGHT = 205, 180
"""Of a card that can still be read. Where there is less the cards need a higher room, which is scrolled."""
ALONE = 270
"""The height of a card that has its row alone."""
PEEK = 0.85
"""Of the room's height at most, so that the head of the next one is seen."""


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
    """One way of looking at an experiment: its title, the cards in a room of full size, in a small, and in a wide one.

    Where there is nothing more to be seen in a wide one, it is None.
    """

    title: str
    text: str
    full: Split
    small: Split
    wide: Split | None = None


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
        _column(
            (11, _row((1, "surface"), (1, "map"), (1, "slice"), (0.95, "minima"))),
            (10, _row((0.8, "loss"), (0.8, "data"), (0.9, "coefficients"), (1.05, "happening"))),
        ),
    ),
    "minima": Layout(
        "Minima",
        "Where a descent can end, and where it does",
        _row((58, _column((13, "map"), (8, "minima"))), (42, _column((1, "surface"), (1, "loss")))),
        _column((11, _row((1, "map"), (1, "surface"))), (10, _row((1.1, "minima"), (0.9, "loss")))),
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
    "minima": "Minima",
}

ABOUT_DATA = ("data", "coefficients")
"""The cards that say nothing where the surface is not the loss of a model over data."""

Place = tuple[int, int, int, int]


def arranged(
    layout: str,
    width: int,
    height: int,
    hidden: Collection[str] = (),
    large: str = "",
    zoom: float = 1.0,
    data: bool = True,
) -> dict[str, Place]:
    """Give each card that is seen its place: in the room, or where that is small, in one that is higher.

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
    data : bool
        Whether there are data: without, the table of minima takes their place.

    Returns
    -------
    dict of name to (left, top, width, height)
    """
    if large in CARDS and (data or large not in ABOUT_DATA):
        return {large: (0, 0, width, height)}
    chosen = LAYOUTS[layout]
    small = width < NARROW * zoom or height < LOW * zoom
    wide = chosen.wide if width >= WIDE * zoom else None
    whole = chosen.small if small else wide or chosen.full
    tree = _without(whole if data else _without_data(whole), hidden)
    if tree is None:
        return {}
    places = _placed(tree, width, height)
    widths, heights = [place[2] for place in places.values()], [place[3] for place in places.values()]
    if min(widths) < min(width, LEAST_WIDTH * zoom):
        # no room beside one another: below one another
        tree = _column(*((1, name) for name in places))
        each = max(LEAST_HEIGHT * zoom, min(ALONE * zoom, PEEK * height))
        least = round(len(places) * (each + GAP)) - GAP
    else:
        least = round(height * LEAST_HEIGHT * zoom / max(1, min(heights)))
    return _placed(tree, width, max(height, least))


def _without_data(tree: Split) -> Split:
    """Give a layout of cards that need no data: the minima stand where the data stood, or where they stand anyway."""
    gone = ABOUT_DATA if "minima" in _cards(tree) else ("coefficients",)
    left = _without(tree, gone)
    assert isinstance(left, Split)
    return _renamed(left, "data", "minima")


def _cards(tree: Split | str) -> list[str]:
    return [tree] if isinstance(tree, str) else [name for _, part in tree.parts for name in _cards(part)]


def _renamed(tree: Split, name: str, other: str) -> Split:
    parts = [
        (weight, _renamed(part, name, other) if isinstance(part, Split) else other if part == name else part)
        for weight, part in tree.parts
    ]
    return Split(tree.across, tuple(parts))


def _without(tree: Split | str, hidden: Collection[str]) -> Split | str | None:
    if isinstance(tree, str):
        return None if tree in hidden else tree
    parts = [(weight, _without(part, hidden)) for weight, part in tree.parts]
    left = tuple((weight, part) for weight, part in parts if part is not None)
    return Split(tree.across, left) if left else None


def _placed(tree: Split | str, width: int, height: int) -> dict[str, Place]:
    places: dict[str, Place] = {}
    _place(tree, 0.0, 0.0, width + GAP, height + GAP, places)
    return places


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
