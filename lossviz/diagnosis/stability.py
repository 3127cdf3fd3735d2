"""Stability: how sharp a surface is at a point, and which learning rates that allows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lossviz.landscape.naming import unknown
from lossviz.landscape.objective import Surface
from lossviz.rules.base import Rule
from lossviz.rules.plain import GradientDescent, Momentum

Array = NDArray[np.float64]


def free_indices(surface: Surface, free: Sequence[str] | None) -> tuple[int, ...]:
    """Give the positions of the parameters that move; None: all.

    Raises
    ------
    ValueError, TypeError
        If a name is not a parameter, or none is left.
    """
    if free is None:
        return tuple(range(len(surface.parameters)))
    try:
        names = (free,) if isinstance(free, str) else tuple(free)
    except TypeError:
        raise TypeError(f"free must name the parameters that move, not {free!r}.") from None
    for name in names:
        if name not in surface.parameters:
            raise ValueError(unknown("a parameter", name, surface.parameters))
    if not names:
        raise ValueError("at least one parameter must be free.")
    return tuple(i for i, name in enumerate(surface.parameters) if name in names)


def curvature(hessian: Array) -> tuple[Array, Array]:
    """Give the eigenvalues of Hessians, ascending, and the direction of the largest.

    Parameters
    ----------
    hessian : array (n, n, *batch)
        Symmetric; NaN in, NaN out.

    Returns
    -------
    eigenvalues : array (n, *batch)
    sharpest : array (n, *batch)
        Unit vectors.
    """
    n = hessian.shape[0]
    if n == 1:
        return hessian[0], np.ones_like(hessian[0])
    if n > 2:
        moved = np.moveaxis(hessian, (0, 1), (-2, -1))
        finite = np.all(np.isfinite(moved), axis=(-2, -1))
        values, vectors = np.linalg.eigh(np.where(finite[..., None, None], moved, 0.0))
        values[~finite] = np.nan
        return np.moveaxis(values, -1, 0), np.moveaxis(vectors[..., -1], -1, 0)
    a, b, c = hessian[0, 0], hessian[0, 1], hessian[1, 1]
    with np.errstate(invalid="ignore", over="ignore"):
        middle, half = (a + c) / 2.0, (a - c) / 2.0
        radius = np.hypot(half, b)
        largest = middle + radius
        # the smaller one from the determinant where that is the exact way: middle − radius cancels in a ravine
        with np.errstate(divide="ignore"):
            exact = (a * c - b * b) / largest
        smallest = np.where((middle > 0.0) & np.isfinite(exact), exact, middle - radius)
        # (half + radius, b) and (b, radius − half) are both eigenvectors; the longer one is free of cancellation
        first, second = np.where(half >= 0, half + radius, b), np.where(half >= 0, b, radius - half)
        length = np.hypot(first, second)
        with np.errstate(divide="ignore"):
            sharpest = np.where(
                length > 0.0,
                np.stack([first, second]) / length,
                np.array([1.0, 0.0]).reshape(2, *(1 for _ in length.shape)),
            )
    return np.stack([smallest, largest]), sharpest


def free_hessian(surface: Surface, path: Array, free: Sequence[int]) -> Array:
    """Give the Hessians at points (2, *batch), the rows and columns of the free parameters alone."""
    with np.errstate(all="ignore"):
        hessian = surface.hessian(path[0], path[1])
    index = list(free)
    return hessian[index][:, index]


@dataclass(frozen=True)
class Stability:
    """Which learning rates the curvature at a point allows; exact on a quadratic, local elsewhere.

    Parameters
    ----------
    sharpness : float
        λmax of the Hessian by the free parameters.
    condition_number : float
        λmax/λmin; NaN where the Hessian is not positive definite.
    zigzag : float or None
        Gradient descent crosses the valley floor at each step from here on: 1/λmax.
    fastest : float or None
        Gradient descent arrives soonest at 2/(λmin + λmax); None where the Hessian is indefinite.
    limit : float or None
        Above it the rule leaves a quadratic for ever; None where no exact one is known.
    best_momentum, best_rate : float or None
        For momentum: the pair that arrives soonest, β = ((√κ − 1)/(√κ + 1))² and η = (2/(√λmin + √λmax))² (Polyak).

    References
    ----------
    Goh (2017), Why Momentum Really Works, Distill.
    """

    sharpness: float
    condition_number: float
    zigzag: float | None
    fastest: float | None
    limit: float | None
    best_momentum: float | None = None
    best_rate: float | None = None


def stability(
    surface: Surface, optimizer: Rule, at: tuple[float, float], free: Sequence[str] | None = None
) -> Stability:
    """Tell which learning rates the curvature of a surface allows an optimizer.

    Parameters
    ----------
    surface : Surface
    optimizer : Rule
        With scalar hyperparameters.
    at : (w, b)
        Where the Hessian is taken; on a quadratic it is the same everywhere.
    free : sequence of str, optional
        The parameters that move; default: all.
    """
    point = np.asarray(at, dtype=np.float64)
    eigenvalues, _ = curvature(free_hessian(surface, point, free_indices(surface, free)))
    smallest, largest = float(eigenvalues[0]), float(eigenvalues[-1])
    limit = optimizer.limit(np.asarray(largest)) if largest > 0 else None
    plain = isinstance(optimizer, GradientDescent) and largest > 0
    definite = smallest > 0
    heavy = isinstance(optimizer, Momentum) and definite
    root = (np.sqrt(smallest), np.sqrt(largest)) if definite else (np.nan, np.nan)
    return Stability(
        sharpness=largest,
        condition_number=largest / smallest if definite else float("nan"),
        zigzag=1.0 / largest if plain else None,
        fastest=2.0 / (smallest + largest) if plain and definite else None,
        limit=None if limit is None else float(limit),
        best_momentum=float(((root[1] - root[0]) / (root[1] + root[0])) ** 2) if heavy else None,
        best_rate=float((2.0 / (root[0] + root[1])) ** 2) if heavy else None,
    )
