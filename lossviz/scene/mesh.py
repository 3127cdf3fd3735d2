"""Mesh: the 3-D geometry of a surface, its light, contours and hidden lines, computed once for every brush.

The box: x and y from −1 to 1 are w and b across the domain, z from −TOP to TOP is height from 0 (floor) to 1 (ceiling).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.domain import Domain, Grid
from lossviz.scene.camera import TOP, Camera
from lossviz.scene.contours import contours
from lossviz.scene.heights import Heights

Array = NDArray[np.float64]

LIGHT = np.array([-0.35, -0.55, 0.76]) / np.linalg.norm([-0.35, -0.55, 0.76])
BACKLIGHT = np.array([-0.35, -0.55]) / np.hypot(-0.35, -0.55)
"""The direction of the light across the floor, for undersides."""
MARCH = 40
"""Points looked at between a point and the eye, to tell whether the surface hides it."""


@dataclass(frozen=True, eq=False)
class Mesh:
    """The surface as cells between grid points, cut off cleanly at the ceiling.

    Parameters
    ----------
    x, y : array (n,)
        Of the grid points, in the box.
    z : array (n, n)
        Their heights in the box, uncut; NaN in holes.
    cells : array (c, 6, 3)
        The corners of each cell that is drawn; the last corner is repeated where it has fewer than 6.
    sides : array (c,)
        How many corners each cell has, without repetitions.
    middle : array (c, 2)
        x and y of the middle of each cell before anything was cut off.
    shade : array (c,)
        0..1 for the colour ramp.
    normal : array (c, 3)
        Unit, upward.
    contours : array (s, 2, 3)
        Pieces of contour lines, each inside one cell.
    owner : array (s,)
        The cell of each piece.
    shadow : tuple of arrays (k, 2)
        The contour lines as x and y, whole, for the floor.
    """

    x: Array
    y: Array
    z: Array
    cells: Array
    sides: NDArray[np.intp]
    middle: Array
    shade: Array
    normal: Array
    contours: Array
    owner: NDArray[np.intp]
    shadow: tuple[Array, ...]

    def order(self, camera: Camera) -> NDArray[np.intp]:
        """Give the cells from far to near: exact for a heightfield, whose cells stand above one another nowhere."""
        across = camera.eye[:2]
        return np.argsort(-np.hypot(*(self.middle - across).T), kind="stable")

    @cached_property
    def light(self) -> Array:
        """The brightness of each cell seen from above, about 1."""
        return np.asarray(0.72 + 0.36 * np.clip(self.normal @ LIGHT, 0.0, 1.0))

    @cached_property
    def light_below(self) -> Array:
        """The brightness of each cell seen from below: lit from the other side, so that a wall has a form."""
        return np.asarray(0.86 + 0.2 * (self.normal[:, :2] @ -BACKLIGHT))

    @cached_property
    def level(self) -> Array:
        """How far along its normal each cell's plane lies: an eye that is less far sees the underside."""
        return np.asarray(np.einsum("ij,ij->i", self.normal, self.cells.mean(axis=1)))

    def from_below(self, camera: Camera) -> NDArray[np.bool_]:
        """Tell of which cells the underside is seen."""
        return np.asarray(self.normal @ camera.eye < self.level)

    def hidden(self, points: Array, camera: Camera) -> NDArray[np.bool_]:
        """Tell which points (n, 3) in the box the surface hides from the eye."""
        toward = camera.eye - points
        toward /= np.linalg.norm(toward, axis=1, keepdims=True)
        # beyond this the line to the eye is out of the box, or above the ceiling
        reach = np.clip((TOP - points[:, 2]) / np.maximum(toward[:, 2], 1e-3), 0.02, 3.0)
        along = np.linspace(0.0, 1.0, MARCH + 1)[1:] ** 1.5
        line = points[:, None, :] + (reach[:, None] * along)[:, :, None] * toward[:, None, :]
        surface = self._height(line[..., 0], line[..., 1])
        with np.errstate(invalid="ignore"):
            return np.asarray(np.any((surface <= TOP) & (surface > line[..., 2] + 0.01), axis=1))

    def _height(self, x: Array, y: Array) -> Array:
        """Give the surface's z between its grid points; NaN outside."""
        n = len(self.x)
        i, j = (x + 1.0) * 0.5 * (n - 1), (y + 1.0) * 0.5 * (n - 1)
        inside = (i >= 0) & (i <= n - 1) & (j >= 0) & (j <= n - 1)
        i0, j0 = np.clip(i.astype(int), 0, n - 2), np.clip(j.astype(int), 0, n - 2)
        u, v = i - i0, j - j0
        z = self.z
        low = z[i0, j0] * (1 - v) + z[i0, j0 + 1] * v
        high = z[i0 + 1, j0] * (1 - v) + z[i0 + 1, j0 + 1] * v
        return np.where(inside, low * (1 - u) + high * u, np.nan)


def in_box(domain: Domain, heights: Heights, w: Array, b: Array, loss: Array) -> Array:
    """Give points (..., 3) of the box for weights, biases and losses of equal shape; infinite where that overflows."""
    with np.errstate(over="ignore"):
        x = 2.0 * ((np.asarray(w) - domain.w[0]) / domain.width[0]) - 1.0
        y = 2.0 * ((np.asarray(b) - domain.b[0]) / domain.width[1]) - 1.0
    return np.stack([x, y, _z(heights, loss)], axis=-1)


def _z(heights: Heights, loss: Array) -> Array:
    with np.errstate(over="ignore"):
        return TOP * (2.0 * heights.height(loss) - 1.0)


def build_mesh(grid: Grid, heights: Heights, cells: int) -> Mesh:
    """Make the mesh of a grid.

    Parameters
    ----------
    grid : Grid
        n × n points.
    heights : Heights
    cells : int
        About so many cells an axis: the grid is thinned where it has more.
    """
    n = len(grid.w)
    every = max(1, round((n - 1) / cells))
    keep = np.arange(0, n, every)
    if keep[-1] != n - 1:
        keep = np.round(np.linspace(0, n - 1, len(keep))).astype(int)
    loss = grid.loss[np.ix_(keep, keep)]
    x = y = np.linspace(-1.0, 1.0, len(keep))
    # an infinite loss is a high wall: its cells are cut like others; a bottomless pit is a hole
    z = np.minimum(_z(heights, loss), 1e6)
    z[np.isneginf(z)] = np.nan
    corners = _corners(x, y, z)
    top = corners[:, :4, 2].max(axis=1)
    whole, cut = np.flatnonzero(top <= TOP), np.flatnonzero((top > TOP) & (corners[:, :4, 2].min(axis=1) < TOP))
    parts = [_cut_at_ceiling(corners[cell]) for cell in cut]
    polygons = np.concatenate([corners[whole], *(_padded(part) for part in parts)])
    sides = np.array([4] * len(whole) + [len(part) for part in parts], dtype=np.intp)
    source = np.concatenate([whole, cut])
    m = len(keep) - 1
    # quarters first, as the sum of the largest numbers overflows
    quarter = loss / 4.0
    middle = (quarter[:-1, :-1] + quarter[1:, :-1] + quarter[:-1, 1:] + quarter[1:, 1:]).ravel()
    rise_x = (z[1:, :-1] + z[1:, 1:] - z[:-1, :-1] - z[:-1, 1:]).ravel() / 2.0
    rise_y = (z[:-1, 1:] + z[1:, 1:] - z[:-1, :-1] - z[1:, :-1]).ravel() / 2.0
    normal = np.stack([-rise_x, -rise_y, np.full(m * m, x[1] - x[0])], axis=1)[source]
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    place = np.full(m * m, -1, dtype=np.intp)
    place[source] = np.arange(len(source))
    pieces, owner, shadow = _contours(x, y, loss, heights, place, m)
    centre = corners[source, :4, :2].mean(axis=1)
    return Mesh(x, y, z, polygons, sides, centre, heights.shade(middle[source]), normal, pieces, owner, shadow)


def _corners(x: Array, y: Array, z: Array) -> Array:
    """Give the corners of all cells, (cells, 6, 3), the last one repeated; those with NaN compare as not drawn."""
    points = np.stack([*np.meshgrid(x, y, indexing="ij"), z], axis=-1)
    around = [points[:-1, :-1], points[1:, :-1], points[1:, 1:], *3 * [points[:-1, 1:]]]
    return np.stack(around, axis=2).reshape(-1, 6, 3)


def _cut_at_ceiling(corners: Array) -> list[Array]:
    """Cut one cell off at the ceiling (Sutherland & Hodgman 1974); with two opposite corners gone, six are left."""
    kept: list[Array] = []
    for one, two in zip(corners[:4], np.roll(corners[:4], -1, axis=0), strict=True):
        if one[2] <= TOP:
            kept.append(one)
        if (one[2] <= TOP) != (two[2] <= TOP):
            part = (TOP - one[2]) / (two[2] - one[2])
            kept.append(one + part * (two - one))
    return kept


def _padded(corners: list[Array]) -> Array:
    return np.array(corners + [corners[-1]] * (6 - len(corners)))[None]


def _contours(
    x: Array, y: Array, loss: Array, heights: Heights, place: NDArray[np.intp], m: int
) -> tuple[Array, NDArray[np.intp], tuple[Array, ...]]:
    pieces, owners, shadow = [], [], []
    step = x[1] - x[0]
    for level, lines in contours(x, y, loss, heights.levels[heights.levels <= heights.ceiling]):
        z = float(_z(heights, np.asarray(level)))
        for flat in lines:
            shadow.append(flat)
            raised = np.column_stack([flat, np.full(len(flat), z)])
            piece = np.stack([raised[:-1], raised[1:]], axis=1)
            middle = piece.mean(axis=1)
            i = np.clip(((middle[:, 0] + 1.0) / step).astype(int), 0, m - 1)
            j = np.clip(((middle[:, 1] + 1.0) / step).astype(int), 0, m - 1)
            pieces.append(piece)
            owners.append(place[i * m + j])
    if not pieces:
        return np.empty((0, 2, 3)), np.empty(0, dtype=np.intp), ()
    owner = np.concatenate(owners)
    drawn = owner >= 0
    return np.concatenate(pieces)[drawn], owner[drawn], tuple(shadow)
