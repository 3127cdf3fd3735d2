"""UnitSquare: a surface as seen over its domain stretched to the unit square, where distances compare."""

from collections.abc import Generator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.base import BaseSurface

Array = NDArray[np.float64]
Marks = NDArray[np.bool_]
Result = TypeVar("Result")
Work = Generator[float, None, Result]
"""Work that yields its progress from 0 to 1."""

COST_OF_A_BLOCK = 150_000
"""Costs between two yields: less than 20 ms of losses, gradients or Hessians."""
MOST_IN_A_BLOCK = 8_192

RESOLVED = 4.0 * float(np.finfo(np.float64).eps)
"""A slope that would change the loss by less than this part of it over the whole domain can't be told from 0."""


class UnitSquare:
    """A surface whose domain is 0..1 along both axes: u = (w − low)/width, and the same for b.

    Slopes and curvatures are by u, so that they say how much the loss changes over the whole domain, whatever units
    the parameters have; their signs, and the kind of a stationary point, are the same as by w and b.

    Parameters
    ----------
    surface : BaseSurface
    """

    def __init__(self, surface: BaseSurface) -> None:
        self.surface = surface
        self._low = np.array([surface.domain.w[0], surface.domain.b[0]])
        self._width = np.array(surface.domain.width)
        self._area = self._width[:, None, None] * self._width[None, :, None]
        self._block = max(1, min(MOST_IN_A_BLOCK, COST_OF_A_BLOCK // max(1, surface.cost_per_point)))

    def outside(self, u: Array) -> Array:
        """Give w and b of points u ``(2, *batch)``; 0 and 1 are the domain's own bounds, to the last bit."""
        theta = self._tall(self._low, u) + u * self._tall(self._width, u)
        high = np.array([self.surface.domain.w[1], self.surface.domain.b[1]])
        return np.where(u == 1.0, self._tall(high, u), theta)

    def inside(self, theta: Array) -> Array:
        """Give u of points (w, b)."""
        return np.asarray((theta - self._tall(self._low, theta)) / self._tall(self._width, theta))

    def losses(self, u: Array) -> Work[Array]:
        """Give the losses ``(*batch)`` at u ``(2, *batch)``."""
        flat = u.reshape(2, -1)
        loss = np.empty(flat.shape[1])
        for part, progress in self._parts(flat.shape[1]):
            with np.errstate(all="ignore"):
                loss[part] = self.surface.loss(*self.outside(flat[:, part]))
            yield progress
        return loss.reshape(u.shape[1:])

    def slopes(self, u: Array) -> Work[tuple[Array, Array]]:
        """Give the losses ``(*batch)`` and their gradients by u ``(2, *batch)``; NaN where one isn't finite."""
        flat = u.reshape(2, -1)
        loss, slope = np.empty(flat.shape[1]), np.empty(flat.shape)
        for part, progress in self._parts(flat.shape[1]):
            with np.errstate(all="ignore"):
                loss[part], gradient = self.surface.value_and_gradient(self.outside(flat[:, part]))
                slope[:, part] = gradient * self._width[:, None]
            yield progress
        bad = ~(np.isfinite(loss) & np.all(np.isfinite(slope), axis=0))
        loss[bad], slope[:, bad] = np.nan, np.nan
        return loss.reshape(u.shape[1:]), slope.reshape(u.shape)

    def hessians(self, u: Array) -> Work[Array]:
        """Give the Hessians by u, ``(2, 2, *batch)``."""
        flat = u.reshape(2, -1)
        hessian = np.empty((2, *flat.shape))
        for part, progress in self._parts(flat.shape[1]):
            with np.errstate(all="ignore"):
                hessian[:, :, part] = self.surface.hessian(*self.outside(flat[:, part])) * self._area
            yield progress
        return hessian.reshape(2, *u.shape)

    def by_parameters(self, hessian: Array) -> Array:
        """Give Hessians by u ``(2, 2, n)`` as those by w and b."""
        return np.asarray(hessian / self._area)

    def _parts(self, points: int) -> list[tuple[slice, float]]:
        """Cut so many points into blocks, each with the progress after it."""
        starts = range(0, points, self._block)
        return [(slice(first, first + self._block), min(1.0, (first + self._block) / points)) for first in starts]

    @staticmethod
    def _tall(pair: Array, like: Array) -> Array:
        return np.asarray(pair.reshape(2, *(1 for _ in like.shape[1:])))


def flat(loss: Array, slope: Array) -> Marks:
    """Tell where a surface is level as far as floating point can tell: on a plateau, or at a stationary point."""
    with np.errstate(invalid="ignore", over="ignore"):
        steepest = np.max(np.abs(slope), axis=0)
        # among the smallest numbers there are, the digits of a slope are lost
        return np.asarray((steepest <= RESOLVED * np.abs(loss)) | (steepest < 1e-290))


def clusters(u: Array, near: float) -> NDArray[np.intp]:
    """Give points u ``(2, n)`` numbers, so that those within `near` of each other, along both axes, have the same."""
    labels = np.zeros(u.shape, dtype=np.intp)
    for axis in (0, 1):
        order = np.argsort(u[axis], kind="stable")
        labels[axis, order] = np.cumsum(np.diff(u[axis, order], prepend=-np.inf) > near)
    return np.unique(labels, axis=1, return_inverse=True)[1].reshape(-1) if u.shape[1] else labels[0]
