"""Evidence: everything about a run's rows that a verdict is judged by, computed once for all rows and runs."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lossviz.diagnosis.events import Events, events
from lossviz.diagnosis.ground import Ground, ground_of
from lossviz.diagnosis.stability import curvature, free_hessian
from lossviz.landscape.base import points_at_once
from lossviz.landscape.domain import Domain
from lossviz.landscape.objective import Surface
from lossviz.rules.base import Rule

Array = NDArray[np.float64]
Marks = NDArray[np.bool_]

ARRIVED = 1e-6
"""How near the minimum counts as arrived: this part of the domain's width, in each coordinate."""
AROUND = 0.1
"""So much of the domain's width is around a place, where it is asked how flat that is."""
FAR = 1e6
"""So many widths from the middle of the domain a loss that is no number may be one of the numbers' failing."""
ROUNDING = 1e-14
"""A determinant below this part of what it is the difference of is 0."""
ASIDE = 1e-4
"""So much of the domain's width is to the side, where a corner is told from a ridge."""
WAYS = ((1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1))


@dataclass(frozen=True, eq=False)
class Evidence:
    """The rows of runs as a judge needs them; m is the number of free parameters.

    Parameters
    ----------
    path : array (steps + 1, m, *batch)
        The free parameters.
    losses : array (steps + 1, *batch)
    eigenvalues : array (steps + 1, m, *batch)
        Of the Hessian in each row, ascending.
    reach : array (steps + 1, m, *batch)
        The step |H⁻¹g| in widths of the domain, to the level point that the second order promises; NaN where H is
        singular to rounding.
    decrement : array (steps + 1, *batch)
        ½·gᵀH⁻¹g: by its second order, how much loss there is still to lose; NaN where H is not positive definite.
    level : array of bool (steps + 1, *batch)
        Where H is singular, and the slope at most what the curvature makes of a millionth of the domain's width.
    swell : array (steps + 1, *batch)
        How much the loss changes within a tenth of the domain's width, by its second order at most; NaN where that
        says nothing: on a convex surface.
    ridge : array of bool (steps + 1, *batch)
        On a surface with corners that may not be convex, where the slope counts as 0: the loss is lower to some side.
    pit : array of bool (steps + 1, *batch)
        The same, where it is higher to every side.
    moves : array (steps, *batch)
        The length of each step in widths of the domain.
    rates : array (steps, *batch)
    limits : array (steps + 1, *batch)
        The rule's limit for the rate in each row, which is one of the loss of all samples; NaN where none is known, or
        the slope was clipped there.
    bends : array of bool (steps, *batch)
        The overshoots in which the slope changed by more than curvature explains: over a kink.
    events : Events
    domain : array (m, 2)
        What is looked at of the free parameters, from and to.
    ground : Ground
    clipped : array of bool (steps, *batch)
        The steps whose slope was clipped.
    noisy : bool
        Whether the rule saw a part of the samples only, at each step another.
    precision : str
        What parameters are kept in: ``"float64"`` or ``"float32"``.
    """

    path: Array
    losses: Array
    eigenvalues: Array
    reach: Array
    decrement: Array
    level: Marks
    swell: Array
    ridge: Marks
    pit: Marks
    moves: Array
    rates: Array
    limits: Array
    bends: Marks
    events: Events
    domain: Array
    ground: Ground
    clipped: Marks
    noisy: bool = False
    precision: str = "float64"

    def lane(self, index: int, rows: int) -> "Evidence":
        """Give the evidence of one run of a batch, its first `rows` rows."""
        e = self.events
        steps = rows - 1
        return Evidence(
            self.path[:rows, :, index],
            self.losses[:rows, index],
            self.eigenvalues[:rows, :, index],
            self.reach[:rows, :, index],
            self.decrement[:rows, index],
            self.level[:rows, index],
            self.swell[:rows, index],
            self.ridge[:rows, index],
            self.pit[:rows, index],
            self.moves[:steps, index],
            self.rates[:steps, index],
            self.limits[:rows, index],
            self.bends[:steps, index],
            Events(e.overshoots[:steps, index], e.zigzags[:steps, index], e.uphill[:steps, index]),
            self.domain,
            self.ground,
            self.clipped[:steps, index],
            self.noisy,
            self.precision,
        )

    @cached_property
    def newton(self) -> Array:
        """The Newton step |H⁻¹g| in widths of the domain; NaN where H is not positive definite."""
        with np.errstate(invalid="ignore"):
            return np.where(self.eigenvalues[:, :1] > 0, self.reach, np.nan)

    @cached_property
    def arrivals(self) -> Marks:
        """Tell, row by row, whether it lies at a minimum: as near as 1e-6 of the width in each coordinate."""
        with np.errstate(invalid="ignore"):
            near = (self.eigenvalues[:, 0] > 0) & np.all(self.reach < ARRIVED, axis=1) & ~self.ridge | self.pit
            if self.ground.convex and not self.ground.endless:
                near |= self.level
            if self.ground.minimum is not None:
                shape = (1, -1, *(1 for _ in self.losses.shape[1:]))
                width = (self.domain[:, 1] - self.domain[:, 0]).reshape(shape)
                near |= np.all(np.abs(self.path - np.reshape(self.ground.minimum, shape)) < ARRIVED * width, axis=1)
        return np.asarray(near)

    @cached_property
    def inside(self) -> Marks:
        """Tell, row by row, whether it lies in the domain."""
        shape = (1, -1, *(1 for _ in self.losses.shape[1:]))
        low, high = self.domain[:, 0].reshape(shape), self.domain[:, 1].reshape(shape)
        return np.asarray(np.all((self.path >= low) & (self.path <= high), axis=1))


def off_surface(path: Array, losses: Array, domain: Domain) -> Marks:
    """Tell where a path (rows, 2, *batch) has come off the surface: the loss is no number, at a place not far away.

    Farther than a million widths it is rather the numbers that fail.
    """
    lost = np.isnan(losses)
    if np.any(lost):
        shape = (1, 2, *(1 for _ in losses.shape[1:]))
        with np.errstate(invalid="ignore"):
            away = np.abs(path - np.reshape(domain.centre, shape)) <= FAR * np.reshape(domain.width, shape)
        lost &= np.all(away, axis=1)
    return lost


def gathering(
    surface: Surface,
    rules: Sequence[Rule],
    path: Array,
    losses: Array,
    gradients: Array,
    rates: Array,
    free: Sequence[int],
    *,
    limited: bool = True,
    clipped: Marks | None = None,
    noisy: bool = False,
    precision: str = "float64",
) -> Generator[float, None, Evidence]:
    """Compute the evidence of runs as a generator that yields its progress.

    Parameters
    ----------
    surface : Surface
    rules : sequence of Rule
        One for all runs, or one a run.
    path, gradients : array (steps + 1, 2, *batch)
    losses : array (steps + 1, *batch)
    rates : array
        Broadcasts to (steps, *batch).
    free : sequence of int
        The parameters that move.
    limited : bool
        Whether the limits of the rules are those of the runs: not where the rates are scaled, for one.
    clipped : array of bool
        Broadcasts to (steps, *batch); None: no step was clipped.
    noisy : bool
    precision : str
    """
    index = list(free)
    ground = ground_of(surface, tuple(index))
    hessian = yield from _hessians(surface, path, index)
    eigenvalues, sharpest = curvature(np.moveaxis(hessian, 0, 2))
    eigenvalues, sharpest = np.moveaxis(eigenvalues, 1, 0), np.moveaxis(sharpest, 1, 0)
    whole = len(index) == path.shape[1]
    moving, g = (path, gradients) if whole else (path[:, index], gradients[:, index])
    width = np.array([surface.domain.width[i] for i in index]).reshape(-1, *(1 for _ in losses.shape[1:]))
    with np.errstate(all="ignore"):
        step, singular = _solved(hessian, g)
        definite = eigenvalues[:, 0] > 0
        reach = np.abs(step) / width
        decrement = np.where(definite, 0.5 * np.sum(g * step, axis=1), np.nan)
        moves = np.diff(moving, axis=0)
        moved = moves / width
        lengths = np.sqrt(np.sum(moved * moved, axis=1))
        sharpness = eigenvalues[:, -1]
        limits = _limits(rules, np.where(limited & (sharpness > 0), sharpness, np.nan))
    none: Marks = np.broadcast_to(np.False_, losses.shape)
    clipped = none[1:] if clipped is None else np.broadcast_to(clipped, lengths.shape)
    limits = np.where(np.concatenate([clipped, clipped[-1:] if len(clipped) else none]), np.nan, limits)
    level, ridge, pit, bends, swell = none, none, none, none[1:], np.broadcast_to(np.nan, losses.shape)
    if np.any(singular) or np.isfinite(ground.relief):
        with np.errstate(all="ignore"):
            slope = np.sqrt(np.sum((g * width) ** 2, axis=1))
            curved = np.sqrt(np.sum((hessian * width * width[:, None]) ** 2, axis=(1, 2)))
            level = singular & (slope <= ARRIVED * curved)
            if np.isfinite(ground.relief):
                swell = AROUND * slope + 0.5 * AROUND**2 * curved
    happened = events(moving, losses, g, sharpest)
    if ground.kinked:
        bends = happened.overshoots & _bent(hessian, g, moves)
        if not ground.convex:
            still = level | (definite & np.all(reach < ARRIVED, axis=1))
            ridge, pit = yield from _beside(surface, path, losses, index, still)
    return Evidence(
        moving,
        losses,
        eigenvalues,
        np.where(singular[:, None], np.nan, reach),
        decrement,
        level,
        swell,
        ridge,
        pit,
        lengths,
        np.broadcast_to(rates, lengths.shape),
        limits,
        bends,
        happened,
        np.array([(surface.domain.w, surface.domain.b)[i] for i in index]),
        ground,
        clipped,
        noisy,
        precision,
    )


def _hessians(surface: Surface, path: Array, free: Sequence[int]) -> Generator[float, None, Array]:
    """Give the Hessians in all rows, (rows, m, m, *batch), some rows at a time."""
    found = np.empty((len(path), len(free), len(free), *path.shape[2:]))
    at_once = points_at_once(surface, path[0, 0].size)
    for low in range(0, len(path), at_once):
        rows = slice(low, low + at_once)
        found[rows] = np.moveaxis(free_hessian(surface, np.moveaxis(path[rows], 1, 0), free), 2, 0)
        yield min(1.0, rows.stop / len(path))
    return found


def _bent(hessian: Array, g: Array, moves: Array) -> Marks:
    """Tell which steps the slope changed over by more than twice what the curvature at either end explains."""
    with np.errstate(all="ignore"):
        change = np.sum((g[1:] - g[:-1]) * moves, axis=1)
        square = moves[:, :, None] * moves[:, None]
        before, after = (np.abs(np.sum(rows * square, axis=(1, 2))) for rows in (hessian[:-1], hessian[1:]))
        return np.asarray(change > 2.0 * np.maximum(before, after))


def _beside(
    surface: Surface, path: Array, losses: Array, free: Sequence[int], still: Marks
) -> Generator[float, None, tuple[Marks, Marks]]:
    """Tell which of the rows where the slope counts as 0 have a lower loss to some side, and which none but higher."""
    lower, higher = np.zeros(losses.shape, dtype=bool), np.zeros(losses.shape, dtype=bool)
    here, loss = np.moveaxis(path, 1, 0)[:, still], losses[still]
    if loss.size:
        ways = [way for way in WAYS if all(i in free or way[i] == 0 for i in (0, 1))]
        aside = (ASIDE * np.array(ways) * surface.domain.width).T[:, :, None]
        rise = np.empty((len(ways), loss.size))
        at_once = points_at_once(surface, len(ways))
        for low in range(0, loss.size, at_once):
            some = slice(low, low + at_once)
            with np.errstate(all="ignore"):
                rise[:, some] = surface.loss(*(here[:, None, some] + aside)) - loss[some]
            yield 1.0
        with np.errstate(all="ignore"):
            rounding = 1e-12 * np.abs(loss)
            lower[still], higher[still] = np.any(rise < -rounding, axis=0), np.all(rise > rounding, axis=0)
    return lower, higher


def _limits(rules: Sequence[Rule], sharpness: Array) -> Array:
    """Give each run's limit for the rate in each row, NaN where none is known."""
    if len(rules) > 1:
        return np.stack([_limits([rule], sharpness[:, run]) for run, rule in enumerate(rules)], axis=1)
    limit = rules[0].limit(sharpness)
    if limit is None:
        return np.full(sharpness.shape, np.nan)
    # 0 is none: the sharpness has overflowed
    return np.broadcast_to(np.where(limit > 0.0, limit, np.nan), sharpness.shape)


def _solved(hessian: Array, g: Array) -> tuple[Array, Marks]:
    """Solve H·x = g for H (rows, m, m, *batch) and g (rows, m, *batch), m = 1 or 2; inf or NaN where singular.

    And tell where H is singular, to rounding.
    """
    if g.shape[1] == 1:
        return np.asarray(g / hessian[:, 0]), np.asarray(hessian[:, 0, 0] == 0.0)
    a, b, c = hessian[:, 0, 0], hessian[:, 0, 1], hessian[:, 1, 1]
    across, aslant = a * c, b * b
    determinant = across - aslant
    step = np.stack([(c * g[:, 0] - b * g[:, 1]) / determinant, (a * g[:, 1] - b * g[:, 0]) / determinant], axis=1)
    return step, np.abs(determinant) <= ROUNDING * np.maximum(np.abs(across), aslant)
