"""Evidence: everything about a run's rows that a verdict is judged by, computed once for all rows and runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lossviz.diagnosis.events import Events, events
from lossviz.diagnosis.stability import curvature, free_hessian
from lossviz.landscape.objective import Surface
from lossviz.rules.base import Rule

Array = NDArray[np.float64]

ARRIVED = 1e-6
"""How near the minimum counts as arrived: this part of the domain's width, in each coordinate."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """The rows of runs as a judge needs them; m is the number of free parameters.

    Parameters
    ----------
    losses : array (steps + 1, *batch)
    eigenvalues : array (steps + 1, m, *batch)
        Of the Hessian in each row, ascending.
    newton : array (steps + 1, m, *batch)
        The Newton step |H⁻¹g| in widths of the domain; NaN where H is not positive definite.
    decrement : array (steps + 1, *batch)
        ½·gᵀH⁻¹g: by its second order, how much loss there is still to lose.
    moves : array (steps, *batch)
        The length of each step in widths of the domain.
    rates : array (steps, *batch)
    limits : array (steps + 1, *batch)
        The rule's limit for the rate in each row; NaN where none is known.
    events : Events
    """

    losses: Array
    eigenvalues: Array
    newton: Array
    decrement: Array
    moves: Array
    rates: Array
    limits: Array
    events: Events

    def lane(self, index: int, rows: int) -> "Evidence":
        """Give the evidence of one run of a batch, its first `rows` rows."""
        e = self.events
        steps = rows - 1
        return Evidence(
            self.losses[:rows, index],
            self.eigenvalues[:rows, :, index],
            self.newton[:rows, :, index],
            self.decrement[:rows, index],
            self.moves[:steps, index],
            self.rates[:steps, index],
            self.limits[:rows, index],
            Events(e.overshoots[:steps, index], e.zigzags[:steps, index], e.uphill[:steps, index]),
        )

    @cached_property
    def arrivals(self) -> NDArray[np.bool_]:
        """Tell, row by row, whether it lies at a minimum: λmin > 0, each Newton step below 1e-6 of the width."""
        with np.errstate(invalid="ignore"):
            return np.asarray((self.eigenvalues[:, 0] > 0) & np.all(self.newton < ARRIVED, axis=1))


def gather(
    surface: Surface,
    rule: Rule,
    path: Array,
    losses: Array,
    gradients: Array,
    rates: Array,
    free: Sequence[int],
) -> Evidence:
    """Compute the evidence of runs.

    Parameters
    ----------
    surface : Surface
    rule : Rule
    path, gradients : array (steps + 1, 2, *batch)
    losses : array (steps + 1, *batch)
    rates : array (steps, *batch)
    free : sequence of int
        The parameters that move.
    """
    index = list(free)
    hessian = np.moveaxis(free_hessian(surface, np.moveaxis(path, 1, 0), index), 2, 0)
    eigenvalues, sharpest = curvature(np.moveaxis(hessian, 0, 2))
    eigenvalues, sharpest = np.moveaxis(eigenvalues, 1, 0), np.moveaxis(sharpest, 1, 0)
    g = gradients[:, index]
    width = np.array([surface.domain.width[i] for i in index]).reshape(-1, *(1 for _ in losses.shape[1:]))
    with np.errstate(all="ignore"):
        step = _solved(hessian, g)
        definite = eigenvalues[:, 0] > 0
        newton = np.where(definite[:, None], np.abs(step) / width, np.nan)
        decrement = np.where(definite, 0.5 * np.sum(g * step, axis=1), np.nan)
        moved = np.diff(path[:, index], axis=0) / width
        moves = np.sqrt(np.sum(moved * moved, axis=1))
        sharpness = eigenvalues[:, -1]
        limit = rule.limit(np.where(sharpness > 0, sharpness, np.nan))
    limits = np.full(losses.shape, np.nan) if limit is None else np.broadcast_to(limit, losses.shape)
    return Evidence(
        losses,
        eigenvalues,
        newton,
        decrement,
        moves,
        np.broadcast_to(rates, moves.shape),
        limits,
        events(path[:, index], losses, g, sharpest),
    )


def _solved(hessian: Array, g: Array) -> Array:
    """Solve H·x = g for H (rows, m, m, *batch) and g (rows, m, *batch), m = 1 or 2; inf or NaN where singular."""
    if g.shape[1] == 1:
        return np.asarray(g / hessian[:, 0])
    a, b, c = hessian[:, 0, 0], hessian[:, 0, 1], hessian[:, 1, 1]
    determinant = a * c - b * b
    return np.stack([(c * g[:, 0] - b * g[:, 1]) / determinant, (a * g[:, 1] - b * g[:, 0]) / determinant], axis=1)
