"""Stationary points: every minimum, saddle and maximum of a surface inside its domain."""

from collections.abc import Generator
from operator import index

import numpy as np
from numpy.typing import NDArray

from lossviz.diagnosis.nature import StationaryPoint, with_global
from lossviz.diagnosis.search.grid import sampled
from lossviz.diagnosis.search.newton import zeros
from lossviz.diagnosis.search.telling import beside, level_region, only_minimum, told
from lossviz.diagnosis.search.unit_square import UnitSquare, clusters
from lossviz.diagnosis.search.zoom import lowest_around, resolve
from lossviz.landscape.base import BaseSurface
from lossviz.landscape.work import completed, scaled

Array = NDArray[np.float64]
Finding = Generator[float | tuple[StationaryPoint, ...], None, list[StationaryPoint]]

SAME = 1e-7
"""Points nearer than this part of the domain, along both axes, are one."""
FEW = 2048
"""So many cells that may hold a point are all looked at more closely, four times as fine."""


def stationary_points(surface: BaseSurface, resolution: int | None = None) -> list[StationaryPoint]:
    """Find every minimum, saddle and maximum of a surface inside its domain, edge included.

    Newton steps start in the cells of a grid in which both components of the gradient change sign, or around which it
    turns; they end at rounding, or where a step is below 1e-9 of the domain's width. Then the points in each cell are
    checked against the number of turns of the gradient around it (the index: +1 for a minimum or maximum, −1 for a
    saddle), and cells that disagree are cut finer until they agree or a kink is cornered.

    What can be missed: two points of opposite index (a minimum and a saddle, say) in one cell, if the gradient's signs
    at its corners show neither; features much narrower than a cell; points nearer to each other than 1e-7 of the
    domain, which are told as one; a kink on the edge of a hole or of the domain. Where the loss only tends to be level,
    on a far plateau, there is no point.

    Parameters
    ----------
    surface : BaseSurface
    resolution : int, optional
        Points an axis of the grid, 3 or more; default: 129, more where they are crowded, fewer where a loss costs much.

    Returns
    -------
    list of StationaryPoint
        Minima first, the lowest first; then saddles, maxima and degenerate points, such as a line of minima.
        Where the loss is known to be convex, and its one minimum too, that alone.

    Raises
    ------
    ValueError, TypeError
        If the resolution is not a whole number of 3 or more.
    """
    return completed(finding(surface, resolution))  # type: ignore[arg-type]


def finding(surface: BaseSurface, resolution: int | None = None) -> Finding:
    """Find the points as a generator that yields its progress, and once, early, what the coarse search has found."""
    _check(resolution)
    square = UnitSquare(surface)
    if surface.convex and surface.known_minimum is not None:
        return (yield from only_minimum(square, np.array(surface.known_minimum)))
    grid = yield from scaled(sampled(square, resolution), 0.0, 0.4)
    if not np.any(grid.finite) or grid.noise:
        return []
    # where a smooth loss is level in a whole region, it only tends to be: the slope is lost in rounding
    plateaus = (yield from grid.plateaus()) if grid.constant or not surface.smooth else []
    regions = [level_region(square, nodes, is_minimum, grid.constant) for nodes, is_minimum in plateaus]
    if grid.constant:
        return with_global(regions, grid.rise)
    starts, reach = yield from scaled(grid.starts(), 0.4, 0.4)
    if surface.known_minimum is not None:
        starts = np.append(starts, square.inside(np.array(surface.known_minimum))[:, None], axis=1)
        reach = np.append(reach, grid.cell)
    u = _different((yield from scaled(zeros(square, starts, reach), 0.4, 0.6)))
    points = yield from scaled(told(square, u, grid.cell), 0.6, 0.7)
    yield tuple(with_global(points + regions, grid.rise))
    closer = grid.unexplained(*_indices(square, points))
    if np.count_nonzero(grid.promising) <= FEW:
        # two points of opposite index in one cell don't show in its own
        closer = np.concatenate([closer, grid.middles(grid.promising)], axis=1)
    more = yield from scaled(resolve(square, closer, grid.cell, u), 0.7, 0.8)
    if not surface.smooth:
        low = yield from scaled(lowest_around(square, grid.valleys(), 0.6 * grid.cell), 0.8, 0.9)
        more = np.concatenate([more, low], axis=1)
    if more.shape[1]:
        u = _different(np.concatenate([u, more], axis=1))
        points = yield from scaled(told(square, u, grid.cell), 0.9, 1.0)
    edges = np.concatenate([np.empty((2, 0)), *(nodes for nodes, _ in plateaus)], axis=1)
    points = [point for point in points if not beside(square, point, edges, grid.cell)]
    return with_global(points + regions, grid.rise)


def _check(resolution: int | None) -> None:
    if resolution is None:
        return
    try:
        whole = index(resolution)
    except TypeError:
        raise TypeError(f"resolution must be a whole number of 3 or more, not {resolution!r}.") from None
    if whole < 3:
        raise ValueError(f"resolution must be a whole number of 3 or more, not {resolution!r}.")


def _different(u: Array) -> Array:
    """Give each of the points ``(2, n)`` once: the first of those that are the same but for rounding."""
    return u[:, np.unique(clusters(u, SAME), return_index=True)[1]]


def _indices(square: UnitSquare, points: list[StationaryPoint]) -> tuple[Array, NDArray[np.int64], Array]:
    """Give the points that have an index, their indices, and the points that have none."""
    plain = [point for point in points if point.kind != "degenerate"]
    others = [place for point in points if point.kind == "degenerate" for place in (point.position, *point.along)]
    index_of = np.array([-1 if point.kind == "saddle" else 1 for point in plain], dtype=np.int64)
    u, rest = (
        square.inside(np.array(places, dtype=np.float64).reshape(-1, 2).T)
        for places in ([point.position for point in plain], others)
    )
    return u, index_of, rest
