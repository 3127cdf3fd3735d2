"""The gallery: all test functions, each with a small picture in shades."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.base import BaseSurface
from lossviz.landscape.domain import Domain, Grid
from lossviz.landscape.function import Function
from lossviz.landscape.functions import Catalogue
from lossviz.scene.heights import heights_for

SIDE = 48
"""Points of a picture along each side."""
HOLE = -1


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """A small picture of a surface, for any style.

    Parameters
    ----------
    shades : array (SIDE, SIDE)
        Places in a style's table of 256 shades, the highest bias in the first row; HOLE where the loss is no number.
    minima : tuple of pairs
        Where the known minima of the domain lie: parts of the width from the left, of the height from the top.
    hollows : int
        Points that look like minima on so few: where there are many, so are the minima.
    """

    shades: NDArray[np.int16]
    minima: tuple[tuple[float, float], ...]
    hollows: int


@dataclass(frozen=True, eq=False)
class Gallery:
    """The test functions that there are, and the pictures of those that are drawn by now, by name."""

    catalogue: Catalogue
    thumbnails: Mapping[str, Thumbnail]


def drawing(function: Function) -> Generator[float, None, Thumbnail]:
    """Make the small picture of a test function, as a generator that yields its progress."""
    grid = yield from function.gridding(SIDE)
    shade = heights_for(grid, np.nan, "linear").shade(grid.loss.T[::-1])
    shades = np.where(np.isnan(shade), HOLE, np.nan_to_num(shade) * 255.0).round().astype(np.int16)
    yield 1.0
    places = (_place(minimum.w, minimum.b, function.domain) for minimum in function.minima)
    minima = tuple(place for place in places if min(place) >= 0.0 and max(place) <= 1.0)
    return Thumbnail(shades, minima, _hollows(function, grid))


def _place(w: float, b: float, domain: Domain) -> tuple[float, float]:
    across, up = domain.width
    return (w - domain.w[0]) / across, (domain.b[1] - b) / up


def _hollows(surface: BaseSurface, grid: Grid) -> int:
    """Count the points that are lower than all around them, and from which Newton's step stays near.

    Along a narrow valley or a crease a grid has low points where there is no minimum.
    """
    loss = grid.loss
    inner = loss[1:-1, 1:-1]
    low = np.isfinite(inner)
    for across in (0, 1, 2):
        for up in (0, 1, 2):
            if (across, up) != (1, 1):
                low &= inner < loss[across : across + len(inner), up : up + len(inner)]
    i, j = np.nonzero(low)
    if not i.size:
        return 0
    w, b = grid.w[i + 1], grid.b[j + 1]
    with np.errstate(all="ignore"):
        (ww, wb), (_, bb) = surface.hessian(w, b)
        along_w, along_b = surface.gradient(w, b)
        determinant = ww * bb - wb * wb
        step_w = (bb * along_w - wb * along_b) / determinant
        step_b = (ww * along_b - wb * along_w) / determinant
        near = (np.abs(step_w) <= grid.w[1] - grid.w[0]) & (np.abs(step_b) <= grid.b[1] - grid.b[0])
        return int(np.count_nonzero(near & (ww > 0.0) & (determinant > 0.0)))
