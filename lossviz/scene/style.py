"""Style: the colours and sizes of the pictures, as plain data."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

MARKERS = ("circle", "square", "triangle", "diamond", "pentagon", "cross", "plus", "star")
"""One a run, so that paths are told apart without their colours."""


@dataclass(frozen=True)
class Style:
    """Colours ("#rrggbb") and sizes (pixels at scale 1) of every picture.

    Parameters
    ----------
    name : str
    ground, card, hairline, ink, quiet, accent : str
        Behind the cards; the cards; thin lines; text; secondary text; the one accent.
    on_accent : str
        Text on the accent.
    casing : str
        The edge around paths and markers, so that they stand out on any shade.
    paths : tuple of str
        Colours of the runs, repeated where there are more.
    ramp : tuple of str
        Shades from low to high loss, evenly spaced.
    contour : str
        Contour lines on the ramp.
    data : str
        Data points.
    text, small, title : int
        Sizes of type.
    """

    name: str
    ground: str
    card: str
    hairline: str
    ink: str
    quiet: str
    accent: str
    on_accent: str
    casing: str
    paths: tuple[str, ...]
    ramp: tuple[str, ...]
    contour: str
    data: str
    text: int = 13
    small: int = 12
    title: int = 11

    def path(self, index: int) -> str:
        """Give the colour of run number `index`; the second time round each goes with another marker."""
        return self.paths[(index + index // len(MARKERS)) % len(self.paths)]

    @property
    def is_dark(self) -> bool:
        """Whether light stands on dark."""
        return sum(rgb(self.card)) < sum(rgb(self.ink))

    @cached_property
    def table(self) -> NDArray[np.uint8]:
        """The ramp as 256 RGB colours, shape (256, 3), low loss first."""
        stops = np.array([rgb(colour) for colour in self.ramp], dtype=np.float64)
        places = np.linspace(0.0, 1.0, len(stops))
        at = np.linspace(0.0, 1.0, 256)
        channels = [np.interp(at, places, stops[:, channel]) for channel in range(3)]
        return np.round(np.stack(channels, axis=1)).astype(np.uint8)


def rgb(colour: str) -> tuple[int, int, int]:
    """Give the three bytes of a "#rrggbb"."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mixed(one: str, other: str, share: float) -> str:
    """Mix two colours; share 0 gives the first, 1 the second."""
    parts = (round(a + (b - a) * share) for a, b in zip(rgb(one), rgb(other), strict=True))
    return "#{:02x}{:02x}{:02x}".format(*parts)


LIGHT = Style(
    name="light",
    ground="#f3f4f6",
    card="#ffffff",
    hairline="#dfe3e9",
    ink="#1b1f27",
    quiet="#5f6875",
    accent="#1769e0",
    on_accent="#ffffff",
    casing="#ffffff",
    paths=("#0072B2", "#009E73", "#D55E00", "#8E3B8A", "#A67C00", "#C2255C", "#495057", "#5C940D"),
    ramp=("#264270", "#96AECB", "#F0F4F8"),
    contour="#ffffff",
    data="#7b8494",
)

DARK = Style(
    name="dark",
    ground="#14171d",
    card="#1c2129",
    hairline="#2c333f",
    ink="#e8ebf0",
    quiet="#98a2b3",
    accent="#5aa9ff",
    on_accent="#0c1420",
    casing="#000000",
    paths=("#56B4E9", "#2FC39A", "#FF8A3D", "#E58FC0", "#E9C46A", "#FF7BA5", "#C7CED6", "#B5DE5E"),
    ramp=("#96BEE8", "#3A5478", "#222C3C"),
    contour="#c9d6e6",
    data="#8b95a5",
)

PRINT = replace(LIGHT, name="print", ground="#ffffff", hairline="#c9ced6", ink="#000000", quiet="#3a414c")

CONTRAST = replace(
    DARK,
    name="contrast",
    ground="#000000",
    card="#000000",
    hairline="#7d7d7d",
    ink="#ffffff",
    quiet="#ffffff",
    accent="#ffd60a",
    on_accent="#000000",
    casing="#000000",
    paths=("#6cc8ff", "#3df0b0", "#ffa040", "#ff9be0", "#ffe14d", "#ff7b9c", "#e6e6e6", "#c8ff5e"),
    ramp=("#9ac4f4", "#2c4468", "#0a0e16"),
    contour="#ffffff",
    data="#d0d0d0",
)
"""White on black, with every edge to be seen."""

STYLES = {style.name: style for style in (LIGHT, DARK, PRINT, CONTRAST)}
