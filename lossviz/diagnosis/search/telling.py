"""Telling what the points are that were found: by curvature, or by the losses around where that doesn't decide."""

import numpy as np
from numpy.typing import NDArray

from lossviz.diagnosis.nature import StationaryPoint
from lossviz.diagnosis.search.lines import lines
from lossviz.diagnosis.search.surroundings import Surroundings, surroundings
from lossviz.diagnosis.search.unit_square import UnitSquare, Work, flat
from lossviz.diagnosis.stability import curvature
from lossviz.landscape.work import scaled

Array = NDArray[np.float64]
Marks = NDArray[np.bool_]

SINGULAR = 1e-9
"""A curvature below this part of the largest one around counts as 0."""
KNOWN = 1e-6
"""Where rounding leaves the place of a zero slope open by this part of the domain, the curvature there counts as 0."""
ALONG = 3.0
"""Points without curvature that lie within so many cells of each other are one line."""
LEVEL = 1e-5
"""A slope that is this small beside those half a cell away is 0."""
CLOSE = 1e-6
"""So near a kink, in widths of the domain, the slope is about as steep as further away."""
MOST_KINKS = 4096
"""So many are looked at: more are noise."""
CUSP = 3.0
"""Where the loss rises so many times as steeply close by as further away, it has a cusp."""

_KINK = "a kink: the slope jumps here and is never 0"


def told(square: UnitSquare, u: Array, cell: float) -> Work[list[StationaryPoint]]:
    """Tell what points are, leaving out those that are none: on a plateau, or at the edge of a jump.

    Parameters
    ----------
    square : UnitSquare
    u : array (2, n)
        Each point once.
    cell : float
        The width of the cells that they were looked for in.
    """
    ring = u[:, :, None] + 0.5 * cell * _circle(8)
    loss, slope = yield from scaled(square.slopes(ring), 0.0, 0.2)
    stands = np.sum(flat(loss, slope), axis=1) < 4
    u, ring, slope = u[:, stands], ring[:, stands], slope[:, stands]
    hessian = yield from scaled(square.hessians(u), 0.2, 0.25)
    off, steep = yield from scaled(_off_linear(square, u, hessian), 0.25, 0.35)
    kink = _kinks(off, steep, slope)
    _, here = yield from scaled(square.slopes(u), 0.35, 0.4)
    smooth = ~kink & (np.max(np.abs(here), axis=0) <= LEVEL * np.max(np.abs(slope), axis=(0, 2)))
    level = yield from scaled(
        _level_points(square, u[:, smooth], hessian[:, :, smooth], ring[:, smooth], off[smooth], cell), 0.4, 0.8
    )
    corners = yield from scaled(_corners(square, u[:, kink], cell), 0.8, 1.0)
    # where a flat-bottomed valley ends in a kink, the line of minima has been told
    told_of = square.inside(np.array([place for point in level for place in point.along]).reshape(-1, 2).T)
    return level + [
        point
        for point in corners
        if not point.along or np.all(_away(told_of, square.inside(np.array(point.position))) > ALONG * cell)
    ]


def only_minimum(square: UnitSquare, theta: Array) -> Work[list[StationaryPoint]]:
    """Tell of the one minimum of a convex loss, if it is inside the domain."""
    u = square.inside(theta)
    # a bound that was computed may be off by rounding
    if np.any(np.abs(u - 0.5) > 0.5 + 1e-12):
        return []
    kink = False
    if not square.surface.smooth:
        _, slope = yield from square.slopes(u[:, None, None] + 0.01 * _circle(8))
        hessian = yield from square.hessians(u[:, None])
        off, steep = yield from _off_linear(square, u[:, None], hessian)
        # the one minimum of a loss without curvature is a kink, if among a million samples a small one
        kink = bool(_kinks(off, steep, slope)[0] or not curvature(hessian)[0][0, 0] > 0.0)
    yield 1.0
    position = (float(theta[0]), float(theta[1]))
    return [_point(square, position, "minimum", True, _KINK if kink else "", hessian=not kink, is_global=True)]


def level_region(square: UnitSquare, nodes: Array, is_minimum: bool, everywhere: bool) -> StationaryPoint:
    """Make the point that stands for a region where the loss is constant, of which some nodes ``(2, n)`` are known."""
    text = "flat: the loss is the same everywhere" if everywhere else "flat: the loss is the same in a whole region"
    return _point(square, _pair(square, _middle(nodes)), "degenerate", is_minimum, text)


def beside(square: UnitSquare, point: StationaryPoint, nodes: Array, cell: float) -> bool:
    """Tell whether a point without curvature is but the edge of a level region, which is told as a whole."""
    if point.kind != "degenerate" or not nodes.shape[1]:
        return False
    away = _away(nodes, square.inside(np.array(point.position)))
    nearest = square.outside(nodes[:, np.argmin(away)])
    equal = np.isclose(square.surface.loss(*nearest), point.loss, rtol=1e-10, atol=1e-10 * cell)
    return bool(np.min(away) <= ALONG * cell and equal)


def _off_linear(square: UnitSquare, u: Array, hessian: Array) -> Work[tuple[Array, Array]]:
    """Give how far the slopes close to points ``(2, n)`` are off what the Hessian says, and how steep it is there.

    Where the loss is smooth the former is what rounding does to a slope: half the difference of those on opposite
    sides is the Hessian's product with the way there, but for what fourth derivatives do.
    """
    offsets = CLOSE * _circle(8)
    _, slope = yield from square.slopes(u[:, :, None] + offsets)
    with np.errstate(all="ignore"):
        expected = np.einsum("ijn,jk->ink", hessian, offsets[:, 0])
        odd = (slope - np.roll(slope, 4, axis=2)) / 2.0
        off, steep = (np.max(np.abs(a), axis=(0, 2)) for a in (odd - expected, slope))
    return off, steep


def _kinks(off: Array, steep: Array, around: Array) -> Marks:
    """Tell at which points the slope jumps: it doesn't tend to 0, nor does it change as the Hessian says.

    Parameters
    ----------
    off, steep : array (n,)
        From ``_off_linear``.
    around : array (2, n, k)
        Slopes further away from the points.
    """
    with np.errstate(all="ignore"):
        return np.asarray((steep > 1e-2 * np.max(np.abs(around), axis=(0, 2))) & ~(off < 0.1 * steep))


def _level_points(
    square: UnitSquare, u: Array, hessian: Array, ring: Array, off: Array, cell: float
) -> Work[list[StationaryPoint]]:
    """Tell what the points are where the gradient is 0: by the Hessian, or by the losses around it where singular."""
    around = yield from scaled(square.hessians(ring), 0.1, 0.5)
    values = curvature(hessian)[0]
    far = np.max(np.abs(np.where(np.isnan(around), 0.0, around)), axis=(0, 1, 3), initial=0.0)
    size = np.fmax(np.max(np.abs(values), axis=0), far)
    least = np.min(np.abs(values), axis=0)
    regular = (least > SINGULAR * size) & (off < KNOWN * least)
    points = yield from scaled(_regular(square, u[:, regular], hessian[:, :, regular]), 0.5, 0.5)
    rest: Array = np.asarray(u[:, ~regular])
    # the level points of an analytic loss make no line that just ends: such a one only tends to be level
    groups = yield from scaled(lines(rest, ALONG * cell, ending=not square.surface.smooth), 0.5, 0.5)
    centres = _centres(rest, groups)
    near = yield from scaled(surroundings(square, centres, 0.5 * cell), 0.5, 1.0)
    for number, group in enumerate(groups):
        points.append(_degenerate(square, rest[:, group], centres[:, number], near.of(number)))
        yield 1.0
    return points


def _corners(square: UnitSquare, u: Array, cell: float) -> Work[list[StationaryPoint]]:
    """Tell which kinks have no way down, or none up, or are saddles; the other ones are nothing."""
    radius = cell / 32.0
    near = yield from scaled(surroundings(square, u[:, :MOST_KINKS], radius), 0.0, 0.6)
    some = near.whole & (near.valley | near.hill | near.between | near.valley_line | near.hill_line)
    u, near = u[:, :MOST_KINKS][:, some], near.of(some)
    close = yield from scaled(surroundings(square, u, CLOSE), 0.6, 1.0)
    # where the loss jumps, or grows beyond all bounds, there is no corner
    stands = ~(close.largest > 0.3 * near.largest)
    # at a cusp the last digits of the place hide a slope along it, which shows further away
    cusp = np.flatnonzero(close.largest > CUSP * CLOSE / radius * near.largest)
    wide = yield from scaled(surroundings(square, u[:, cusp], 0.5 * cell), 1.0, 1.0)
    stands[cusp] &= ~(wide.lowest < -wide.equal)
    points = []
    for kind, mark in (
        ("minimum", near.valley & close.valley),
        ("maximum", near.hill & close.hill),
        ("saddle", near.between & close.between),
    ):
        for place in _pairs(square, u[:, stands & mark]):
            points.append(_point(square, place, kind, kind == "minimum", _KINK, hessian=False))
            yield 1.0
    for kind, mark in (("minima", near.valley_line), ("maxima", near.hill_line)):
        chosen = u[:, stands & mark]
        text = f"a line of {kind}, a kink all along: the loss is the same at each of its points"
        groups = yield from scaled(lines(chosen, ALONG * cell, ending=True), 1.0, 1.0)
        for group, centre in zip(groups, _centres(chosen, groups).T, strict=True):
            along = _pairs(square, chosen[:, group])
            position = _pair(square, centre)
            points.append(_point(square, position, "degenerate", kind == "minima", text, along, hessian=False))
            yield 1.0
    return points


def _regular(square: UnitSquare, u: Array, hessian: Array) -> Work[list[StationaryPoint]]:
    """Tell kinds by the signs of the curvatures."""
    loss = yield from square.losses(u)
    values = curvature(hessian)[0]
    eigenvalues = curvature(square.by_parameters(hessian))[0]
    kinds = np.where(values[0] > 0, "minimum", np.where(values[1] < 0, "maximum", "saddle"))
    columns = (kinds.tolist(), _pairs(square, u), loss.tolist(), zip(*eigenvalues.tolist(), strict=True))
    return [
        StationaryPoint(kind, position, value, both, kind == "minimum")
        for kind, position, value, both in zip(*columns, strict=True)
    ]


def _degenerate(square: UnitSquare, members: Array, centre: Array, near: Surroundings) -> StationaryPoint:
    along: tuple[tuple[float, float], ...] = ()
    if near.level:
        text = "flat: the loss is the same all around"
    elif near.valley_line or near.hill_line:
        text = f"a line of {'minima' if near.valley_line else 'maxima'}: the loss is the same at each of its points"
        along = _pairs(square, members)
    elif near.valley or near.hill:
        kind = "minimum" if near.valley else "maximum"
        text = f"a {kind} flatter than a parabola: along at least one direction the curvature is 0"
    elif near.between:
        text = f"a saddle with {near.ways_down} ways down: along at least one direction the curvature is 0"
    else:
        text = "a shelf: the slope is 0, and beyond it the loss falls on"
    is_minimum = bool(near.level | near.valley_line | near.valley)
    return _point(square, _pair(square, centre), "degenerate", is_minimum, text, along)


def _point(
    square: UnitSquare,
    position: tuple[float, float],
    kind: str,
    is_minimum: bool,
    text: str,
    along: tuple[tuple[float, float], ...] = (),
    hessian: bool = True,
    is_global: bool = False,
) -> StationaryPoint:
    low = high = np.nan
    with np.errstate(all="ignore"):
        loss = float(square.surface.loss(*position))
        if hessian:
            low, high = curvature(square.surface.hessian(*position))[0].tolist()
    return StationaryPoint(kind, position, loss, (low, high), is_minimum, is_global, text, along)


def _away(u: Array, place: Array) -> Array:
    """Give how far points ``(2, n)`` are from a place, along that axis where it is more."""
    return np.asarray(np.max(np.abs(u - place[:, None]), axis=0))


def _centres(u: Array, groups: list[NDArray[np.intp]]) -> Array:
    """Give the point of each group that is nearest to its middle, ``(2, groups)``."""
    return np.array([_middle(u[:, group]) for group in groups]).reshape(-1, 2).T


def _middle(u: Array) -> Array:
    """Give the one of the points ``(2, n)`` that is nearest to their middle."""
    middle = (np.min(u, axis=1) + np.max(u, axis=1)) / 2.0
    return np.asarray(u[:, np.argmin(np.sum((u - middle[:, None]) ** 2, axis=0))])


def _pair(square: UnitSquare, u: Array) -> tuple[float, float]:
    return _pairs(square, u[:, None])[0]


def _pairs(square: UnitSquare, u: Array) -> tuple[tuple[float, float], ...]:
    w, b = square.outside(u).tolist()
    return tuple(zip(w, b, strict=True))


def _circle(n: int) -> Array:
    """Give n points of the unit circle, shape (2, 1, n)."""
    angle = 2.0 * np.pi * (np.arange(n) + 0.381966) / n
    return np.stack([np.cos(angle), np.sin(angle)])[:, None, :]
