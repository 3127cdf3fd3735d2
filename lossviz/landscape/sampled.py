"""Sampled: a loss that is known on a grid, and a spline between; and load_surface, which reads one from a file."""

from collections.abc import Generator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.base import BaseSurface
from lossviz.landscape.domain import Bounds, Domain, Grid, as_domain
from lossviz.landscape.objective import Array, Value
from lossviz.landscape.spline import Bicubic, local_slopes, spline_slopes, through
from lossviz.landscape.work import completed, scaled
from lossviz.numerals import short


class Sampled(BaseSurface):
    """A loss that was computed elsewhere, on a grid: a Surface.

    Between the points of a complete grid it is the cubic spline through all losses: its second derivatives are
    continuous. Where losses are missing (NaN), all is NaN in every cell that lies within two points of a missing one;
    elsewhere it is a cubic in each cell that only the losses within two points have a say in, and then the Hessian
    jumps where cells meet, while loss and gradient do not. Gradient and Hessian are the exact ones of what is drawn,
    not of what was sampled. Beyond the grid all is NaN, as nothing is known there.

    Parameters
    ----------
    title : str
        Where the losses come from.
    grid : Grid
        The losses; the axes increase, and have four points or more.
    spline : Bicubic
        What goes through them.
    domain : Domain, pair of pairs or None
        What is looked at: the whole grid, or a part of it.

    Raises
    ------
    ValueError
        If the domain reaches beyond the grid.
    """

    axis_names = ("w", "b")

    def __init__(self, title: str, grid: Grid, spline: Bicubic, domain: Domain | Bounds | None = None) -> None:
        self._title, self._spline = title, spline
        self.sampled = grid
        """The losses as they were read."""
        whole = Domain((float(grid.w[0]), float(grid.w[-1])), (float(grid.b[0]), float(grid.b[-1])))
        self._domain = whole if domain is None else as_domain(domain)
        for name in ("w", "b"):
            (low, high), (first, last) = getattr(self._domain, name), getattr(whole, name)
            if low < first or high > last:
                raise ValueError(
                    f"domain {name} must lie within the grid, from {short(first, 6)} to {short(last, 6)}, "
                    f"not from {short(low, 6)} to {short(high, 6)}."
                )

    @property
    def title(self) -> str:
        """Where the losses come from."""
        return self._title

    @property
    def formula(self) -> str:
        """Always "": nobody knows one."""
        return ""

    @property
    def samples(self) -> int | None:
        """Always None: the data are not known."""
        return None

    @property
    def domain(self) -> Domain:
        """The rectangle that is looked at."""
        return self._domain

    @property
    def known_minimum(self) -> tuple[float, float] | None:
        """Always None: it is looked for, as on every other surface."""
        return None

    @property
    def missing(self) -> int:
        """How many losses the grid lacks."""
        return int(np.count_nonzero(np.isnan(self.sampled.loss)))

    def covers(self, w: Value, b: Value) -> NDArray[np.bool_]:
        """Tell, point by point, whether a loss is known there: neither beyond the grid nor near a missing loss."""
        return np.asarray(np.isfinite(self.loss(w, b)))

    def loss(self, w: Value, b: Value) -> Array:
        """Give the loss, broadcasting over any shape."""
        return np.asarray(self._derivatives(w, b, 0)[0, 0])

    def value_and_gradient(self, theta: Array) -> tuple[Array, Array]:
        """Give loss ``(*batch)`` and gradient ``(2, *batch)`` at theta ``(2, *batch)``."""
        found = self._derivatives(theta[0], theta[1], 1)
        return np.asarray(found[0, 0]), np.array([found[1, 0], found[0, 1]])

    def hessian(self, w: Value, b: Value) -> Array:
        """Give the Hessian, shape ``(2, 2, *batch)``."""
        found = self._derivatives(w, b, 2)
        return np.array([[found[2, 0], found[1, 1]], [found[1, 1], found[0, 2]]])

    def gridding(self, n: int) -> Generator[float, None, Grid]:
        """Compute the grid along one axis after the other."""
        w, b = self.domain.axes(n)
        with np.errstate(all="ignore"):
            return Grid(w, b, (yield from self._spline.on_grid(w, b)))

    def _derivatives(self, w: Value, b: Value, order: int) -> Array:
        """Give the derivatives by w and by b up to this order, ``(order + 1, order + 1, *batch)``."""
        w, b = np.broadcast_arrays(np.asarray(w, dtype=np.float64), np.asarray(b, dtype=np.float64))
        flat_w, flat_b = w.ravel(), b.ravel()
        knots_w, knots_b = self._spline.w, self._spline.b
        inside = (flat_w >= knots_w[0]) & (flat_w <= knots_w[-1]) & (flat_b >= knots_b[0]) & (flat_b <= knots_b[-1])
        # a hole is no accident, and neither is a descent that has left
        with np.errstate(all="ignore"):
            found = self._spline.at(flat_w, flat_b, order)
        found[:, :, ~inside] = np.nan
        return found.reshape(order + 1, order + 1, *w.shape)


def load_surface(path: str | Path, domain: Domain | Bounds | None = None) -> Sampled:
    """Read losses on a grid from a file, as a surface.

    Parameters
    ----------
    path : str or Path
        One of: an ``.npz`` of NumPy with the arrays ``w`` (n,), ``b`` (m,) and ``loss`` (n, m), where
        ``loss[i, j]`` is the loss at ``(w[i], b[j])``; a ``.csv`` (or ``.tsv``, ``.txt``) whose first row has the
        values of b and whose first column those of w; an ``.h5`` (or ``.hdf5``) that tomgoldstein/loss-landscape has
        written, with w along its x (this needs h5py: ``pip install 'lossviz[hdf5]'``). From 4 to 2048 points an axis,
        evenly spaced or not. Where a loss is missing (NaN, an empty cell, −1 in an HDF5 file) the surface has a hole.
    domain : Domain or ((low, high), (low, high)), optional
        A part of the grid that is looked at. Default: all of it.

    Raises
    ------
    ValueError
        If it is not such a file, or the domain reaches beyond its grid; the sentence says what was expected.
    OSError
        If it can't be read.
    """
    return completed(reading_surface(path, domain))


def reading_surface(
    path: str | Path, domain: Domain | Bounds | None = None, sha256: str | None = None
) -> Generator[float, None, Sampled]:
    """Read a surface as a generator that yields its progress; first see that the file is the one with this sha256."""
    # needed only where a file is read
    from lossviz.landscape.fingerprint import FIRST_PART, recognising
    from lossviz.landscape.grid_file import reading_grid

    if sha256:
        yield from recognising(Path(path), sha256)
    title, grid = yield from scaled(reading_grid(Path(path)), FIRST_PART if sha256 else 0.0, 0.7)
    slopes = local_slopes if np.any(np.isnan(grid.loss)) else spline_slopes
    with np.errstate(all="ignore"):
        spline = yield from scaled(through(grid.w, grid.b, grid.loss, slopes), 0.7, 1.0)
    return Sampled(title, grid, spline, domain)
